"""Small-study effects: what must hold whatever the studies, and what is refused and how."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import SynthesisError, TooFewStudies
from evidence.synthesise import begg, count_asymmetry, egger, fail_safe_n, henmi_copas, pool, trim_and_fill

few = settings(deadline=None, max_examples=25)
seeds = st.integers(0, 10_000)


def studies(seed, k=12):
    random = np.random.default_rng(seed)
    v = random.uniform(0.01, 0.5, k)
    return random.normal(-0.3, np.sqrt(v + 0.05)), v


TESTS = {
    "egger": egger,
    "begg": begg,
    "trim and fill": trim_and_fill,
    "fail-safe": fail_safe_n,
}


@pytest.mark.parametrize("name", TESTS)
def test_fewer_than_ten_studies_are_refused_with_the_reason_unless_forced(name):
    y, v = studies(1, 9)
    with pytest.raises(TooFewStudies, match=r"needs at least 10 studies, but 9 .*cannot tell asymmetry from chance"):
        TESTS[name](y, v)
    assert TESTS[name](y, v, force=True)


@few
@given(seeds, st.sampled_from([-1.0, 1e3, -1e-3]), st.sampled_from(["weighted", "mixed", "thompson"]))
def test_eggers_test_does_not_depend_on_the_unit_and_turns_with_the_sign(seed, scale, model):
    y, v = studies(seed)
    one, other = egger(y, v, model=model), egger(scale * y, scale**2 * v, model=model)
    assert other.statistic == pytest.approx(math.copysign(1, scale) * one.statistic, rel=1e-6, abs=1e-9)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-6)
    assert other.limit == pytest.approx(scale * one.limit, rel=1e-6, abs=1e-9 * abs(scale))


@few
@given(seeds, st.sampled_from(["L0", "R0"]), st.sampled_from([None, "left", "right"]))
def test_trim_and_fill_turns_with_the_sign(seed, estimator, side):
    y, v = studies(seed)
    turned = {"left": "right", "right": "left", None: None}
    one = trim_and_fill(y, v, estimator=estimator, side=side, method="dl")
    other = trim_and_fill(-y, v, estimator=estimator, side=turned[side], method="dl")
    assert (other.missing, other.side) == (one.missing, turned[one.side])
    assert other.pooled.mu == pytest.approx(-one.pooled.mu, abs=1e-12)
    assert one.pooled.k == 12 + one.missing


@few
@given(seeds)
def test_the_rank_test_does_not_depend_on_order_or_unit(seed):
    y, v = studies(seed)
    one, other = begg(y, v), begg(100 * y[::-1], 1e4 * v[::-1])
    assert (other.tau, other.p_value) == (pytest.approx(one.tau), pytest.approx(one.p_value))


@few
@given(seeds)
def test_without_heterogeneity_the_interval_of_henmi_and_copas_surrounds_the_common_effect(seed):
    y, v = studies(seed)
    found = henmi_copas(y, v)
    assert found.mu == pytest.approx(pool(y, v, method="common").mu)
    assert found.ci_low < found.mu < found.ci_high
    assert found.tau2 == pytest.approx(pool(y, v, method="dl").tau2)


def test_identical_studies_have_none_missing():
    found = trim_and_fill([0.2] * 12, np.linspace(0.01, 0.2, 12), estimator="R0", side="left", method="dl")
    assert (found.missing, found.y) == (0, ())


def test_a_fail_safe_n_of_a_whole_number_is_not_rounded_up():
    assert fail_safe_n([0.2] * 10, [0.01] * 10, "orwin", target=0.1).n == 10


COUNTS = [[0, 3, 5, 2, 8, 1, 4, 6, 2, 9, 3], [40] * 11, [2, 5, 6, 6, 9, 4, 4, 9, 3, 12, 7], [41, *[39] * 10]]


@pytest.mark.parametrize("test", ["harbord", "peters", "deeks", "macaskill", "pustejovsky"])
def test_tests_for_counts_turn_with_the_arms(test):
    totals = [40, 60, 80, 45, 200, 30, 75, 120, 50, 300, 90]
    a, _, b, _ = COUNTS
    one = count_asymmetry(a, totals, b, totals, test=test)
    other = count_asymmetry(b, totals, a, totals, test=test)
    assert other.statistic == pytest.approx(-one.statistic, abs=1e-9)
    assert one.df == 9


@pytest.mark.parametrize("events", [0, 40])
def test_studies_without_or_with_nothing_but_events_are_left_out_of_tests_for_counts(events):
    with_one = [[column[0], extra, *column[1:]] for column, extra in zip(COUNTS, [events, 40] * 2, strict=True)]
    found = count_asymmetry(*with_one)
    assert (found.k, found.left_out, found.statistic) == (11, (1,), count_asymmetry(*COUNTS).statistic)


def test_thompsons_test_at_its_own_tau2_is_thompsons_test():
    found = egger(Y, V, model="thompson")
    again = egger(Y, V, model="thompson", tau2=found.tau2)
    for name in ("statistic", "p_value", "slope_se", "limit_low", "tau2"):
        assert getattr(again, name) == pytest.approx(getattr(found, name), rel=1e-9)


Y, V = studies(5)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: egger(Y, V, predictor="year"), "'year' is none of se, v, n"),
        (lambda: egger(Y, V, model="rma"), "'rma' is none of weighted, mixed, thompson"),
        (lambda: egger(Y, V, predictor="n"), "needs the number of patients"),
        (lambda: egger(Y, V, predictor="n", n=[5]), "1 numbers of patients for 12 studies"),
        (lambda: egger(Y, V, predictor="n", n=[0] * 12), "Study 1 of 12 has 0.0 patients"),
        (lambda: egger(Y, [0.1] * 12), "same size or precision"),
        (lambda: egger([2 * math.sqrt(v) for v in V], V), "lie on a line"),
        (lambda: egger(Y[:2], V[:2], force=True), "at least 3 studies"),
        (lambda: egger(Y, [0, *V[1:]]), "Study 1 of 12 has sampling variance 0"),
        (lambda: begg(Y, [0.1] * 12), "nothing to correlate"),
        (lambda: trim_and_fill(Y, V, estimator="Q0"), "'Q0' is none of L0, R0"),
        (lambda: trim_and_fill(Y, [0.1] * 12), "give `side`"),
        (lambda: begg(Y, [1e-20, *V[1:]]), "Study 1 of 12 is so precise"),
        (lambda: trim_and_fill(Y, V, side="top"), "'top' is none of left, right"),
        (lambda: fail_safe_n(Y, V, "fisher"), "'fisher' is none of rosenthal"),
        (lambda: fail_safe_n(Y, V, alpha=5), "no level of significance"),
        (lambda: fail_safe_n(Y, V, "orwin", target=0), "give another target"),
        (lambda: henmi_copas([0.1], [0.1]), "at least 2 studies"),
        (lambda: henmi_copas(Y, V, level=0), "no confidence level"),
        (lambda: count_asymmetry(*COUNTS, test="egger"), "'egger' is none of harbord"),
        (lambda: count_asymmetry(*COUNTS, measure="SMD"), "not for 'SMD'"),
        (lambda: count_asymmetry([-1, *COUNTS[0][1:]], *COUNTS[1:]), "tudy 1 "),
        (lambda: egger(Y, V, model="thompson", tau2=-1), "from 0 on"),
    ],
)
def test_what_cannot_be_tested_is_refused_with_the_reason(ask, message):
    with pytest.raises(SynthesisError, match=message):
        ask()
