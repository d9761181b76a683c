import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from evidence.errors import SynthesisError, TooFewStudies
from evidence.model.question import INTERVALS, METHODS
from evidence.synthesise import effects, pool, subgroups

Y, V = [-0.65, -0.34, -0.05, -0.97, 0.11], [0.10, 0.03, 0.015, 0.16, 0.02]

studies = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 2)), min_size=2, max_size=8).map(
    lambda pairs: (np.array([y for y, _ in pairs]), np.array([v for _, v in pairs]))
)
methods = st.sampled_from(METHODS)


@settings(deadline=None, max_examples=60)
@given(studies, methods, st.randoms())
def test_the_order_of_studies_does_not_matter(data, method, random):
    y, v = data
    order = list(range(len(y)))
    random.shuffle(order)
    one, other = pool(y, v, method=method, interval="wald"), pool(y[order], v[order], method=method, interval="wald")
    assert other.mu == pytest.approx(one.mu, rel=1e-6, abs=1e-8)
    assert other.tau2 == pytest.approx(one.tau2, rel=1e-5, abs=1e-8)


@settings(deadline=None, max_examples=60)
@given(studies, methods, st.floats(-10, 10), st.sampled_from([1e-6, 0.01, 7.0, 1e5]))
def test_results_move_with_the_origin_and_the_unit(data, method, shift, unit):
    y, v = data
    assume(np.ptp(y) > 1e-3)
    one = pool(y, v, method=method)
    other = pool((y + shift) * unit, v * unit**2, method=method)
    assert other.mu / unit - shift == pytest.approx(one.mu, rel=1e-6, abs=1e-7)
    assert other.tau2 / unit**2 == pytest.approx(one.tau2, rel=1e-5, abs=1e-7)
    assert pytest.approx(one.I2, rel=1e-5, abs=1e-4) == other.I2


@settings(deadline=None, max_examples=60)
@given(studies)
def test_a_common_effect_is_the_inverse_variance_mean(data):
    y, v = data
    result = pool(y, v, method="common", interval="wald")
    assert result.mu == pytest.approx(np.sum(y / v) / np.sum(1 / v), abs=1e-10)
    assert result.se == pytest.approx(np.sum(1 / v) ** -0.5)
    assert sum(result.weights) == pytest.approx(100)


@settings(deadline=None, max_examples=60)
@given(studies, methods, st.sampled_from(INTERVALS))
def test_every_figure_is_finite_and_in_order(data, method, interval):
    result = pool(*data, method=method, interval=interval)
    assert result.ci_low <= result.mu <= result.ci_high
    assert 0 <= result.p_value <= 1
    assert 0 <= result.tau2 < math.inf
    assert 0 <= result.I2 <= 100
    if method != "common":
        assert result.pi_low <= result.ci_low <= result.ci_high <= result.pi_high
        assert 0 <= result.tau2_low <= result.tau2_high < math.inf


@settings(deadline=None, max_examples=40)
@given(studies, st.sampled_from(["ml", "reml"]))
def test_likelihood_tau2_is_a_maximum_that_no_grid_beats(data, method):
    y, v = data

    def log_likelihood(tau2):
        w = 1 / (v + tau2)
        rest = y - np.sum(w * y) / np.sum(w)
        value = np.sum(np.log(w)) / 2 - np.sum(w * rest**2) / 2
        return value - np.log(np.sum(w)) / 2 if method == "reml" else value

    found = log_likelihood(pool(y, v, method=method, interval="wald").tau2)
    assert found >= max(log_likelihood(tau2) for tau2 in [0, *np.geomspace(1e-6, 50, 400)]) - 1e-9


def test_one_study_is_returned_as_it_is():
    result = pool([-0.2], [0.04])
    assert (result.k, result.mu, result.se, result.interval) == (1, -0.2, 0.2, "wald")
    assert (result.ci_low, result.ci_high) == pytest.approx((-0.591992796908011, 0.191992796908011))
    assert (result.tau2, result.I2) == (0, 0)  # by convention, as metafor
    assert result.pi_low is result.tau2_low is result.se_tau2 is result.log_likelihood is None
    assert "nothing was pooled" in result.notes[0]


@pytest.mark.parametrize("value", [0.5, 0.0, 1e6 / 3, -math.log(3)])
@pytest.mark.parametrize("noise", [0.0, 1e-15])
def test_equal_estimates_give_no_interval_of_width_zero(value, noise):
    result = pool([value, value + noise, value, value - noise], [0.1, 0.2, 0.3, 0.4])
    assert result.interval == "wald"
    assert result.se == pytest.approx((1 / 0.1 + 1 / 0.2 + 1 / 0.3 + 1 / 0.4) ** -0.5)
    assert result.tau2 == 0
    assert "Hartung-Knapp variance would be 0" in result.notes[0]


def test_a_hartung_knapp_interval_narrower_than_the_classic_one_is_pointed_out():
    y, v = [-0.31, -0.28, -0.35, -0.30], [0.04, 0.09, 0.12, 0.05]
    assert "narrower than the classic" in pool(y, v).notes[0]
    assert pool(y, v, interval="hartung_knapp_adhoc").se == pool(y, v, interval="wald").se


def test_of_two_studies_it_is_said_how_little_their_interval_tells():
    notes = " ".join(pool([0.1, 0.9], [0.05, 0.06]).notes)
    assert "one degree of freedom and is very wide" in notes
    assert "two studies" in notes


def test_a_prediction_interval_with_k_minus_2_degrees_of_freedom_needs_three_studies():
    result = pool([0.1, 0.9], [0.05, 0.06], prediction="hts")
    assert (result.pi_low, result.pi_high) == (None, None)
    assert "three studies" in " ".join(result.notes)


@pytest.mark.parametrize(
    ("y", "v", "message"),
    [
        ([0.1, math.nan], [0.1, 0.1], "Study 2 of 2 has effect nan"),
        ([0.1, 0.2], [0.1, math.inf], "Study 2 of 2"),
        ([0.1, 0.2], [0.0, 0.1], "Study 1 of 2 has sampling variance 0.0"),
        ([0.1, 0.2], [0.1, -0.1], "must be positive"),
        ([0.1, 0.2], [0.1], "one length"),
        (["a"], [0.1], "must be numbers"),
    ],
)
def test_unusable_studies_are_refused_by_their_place(y, v, message):
    with pytest.raises(SynthesisError, match=message):
        pool(y, v)


def test_no_study_at_all_is_refused():
    with pytest.raises(TooFewStudies, match="at least 1 study"):
        pool([], [])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "REML"}, "dl, he"),
        ({"interval": "z"}, "wald"),
        ({"prediction": "t"}, "hts"),
        ({"level": 0}, "percent"),
        ({"level": 100}, "percent"),
    ],
)
def test_unknown_options_are_refused_with_the_known_ones(options, message):
    with pytest.raises(SynthesisError, match=message):
        pool(Y, V, **options)


@settings(deadline=None, max_examples=60)
@given(studies)
def test_inputs_are_left_untouched(data):
    y, v = data
    before = y.copy(), v.copy()
    pool(y, v)
    assert np.array_equal(y, before[0])
    assert np.array_equal(v, before[1])


def test_a_subgroup_of_one_study_enters_the_test_and_is_not_pooled():
    groups, test = subgroups(Y, V, ["b", "a", "b", "c", "a"])
    assert [(group.name, group.members, group.pooled is None) for group in groups] == [
        ("a", (1, 4), False),
        ("b", (0, 2), False),
        ("c", (3,), True),
    ]
    assert test.df == 2


def test_one_subgroup_alone_has_no_test_of_differences():
    assert subgroups(Y, V, ["a"] * 5)[1] is None


def test_a_group_name_for_every_study_is_required():
    with pytest.raises(SynthesisError, match="4 group names for 5 studies"):
        subgroups(Y, V, ["a"] * 4)


@pytest.mark.parametrize(
    ("measure", "columns", "message"),
    [
        ("OD", {"events": [1]}, "unknown"),
        ("OR", {"events_a": [1], "total_a": [3]}, "needs the columns events_a, total_a, events_b, total_b"),
        ("PLO", {"events": [1, 2], "total": [3]}, "one length"),
        ("PLO", {"events": [1, 5], "total": [3, 4]}, "Study 2 of 2: 5 events among 4"),
        ("PLO", {"events": ["x"], "total": [4]}, "no number"),
        ("HR", {"estimate": [0.5], "ci_low": [0.9], "ci_high": [0.4]}, "Study 1 of 1"),
    ],
)
def test_columns_that_do_not_fit_a_measure_are_refused(measure, columns, message):
    with pytest.raises(SynthesisError, match=message):
        effects(measure, **columns)


def test_hazard_ratios_come_from_intervals_of_any_level_or_from_p_values():
    y, v = effects("HR", estimate=[0.5], ci_low=[0.25], ci_high=[1.0], level=90)
    assert y[0] == math.log(0.5)
    assert v[0] == pytest.approx((math.log(4) / 2 / 1.6448536269514722) ** 2)
    assert effects("HR", estimate=[0.5], p_value=[0.05])[1][0] == pytest.approx((math.log(2) / 1.959963984540054) ** 2)


def test_an_absent_number_gives_nan_and_pool_refuses_it():
    y, v = effects("OR", events_a=[3, math.nan], total_a=[10, 10], events_b=[4, 4], total_b=[10, 10])
    assert math.isnan(y[1]) and math.isnan(v[1])
    with pytest.raises(SynthesisError, match="Study 2"):
        pool(y, v)


def test_importing_the_room_loads_neither_pymare_nor_scipy_stats():
    code = "import sys, evidence.synthesise; print({'pymare', 'scipy.stats', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("apart", [1e-12, 1e-10, 1e-8, 1e-6])
def test_effects_that_hardly_differ_have_an_interval(apart):
    pooled = pool([0, apart], [0.125, 0.25], method="common", interval="hartung_knapp")
    assert pooled.se > 0
    assert pooled.ci_low < pooled.mu < pooled.ci_high
