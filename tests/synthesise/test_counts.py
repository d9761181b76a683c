import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import SynthesisError, TooFewStudies
from evidence.formulas import (
    arcsine_difference,
    incidence_rate_ratio,
    log_odds_ratio,
    log_ratio_of_means,
    log_risk_ratio,
    mean_difference,
    one_proportion,
    peto_odds_ratio,
    risk_difference,
    standardised_mean_difference,
)
from evidence.synthesise import effects, glmm, mantel_haenszel, peto

unhurried = settings(deadline=None)  # the machine may be busy

study = st.tuples(st.integers(2, 300), st.integers(2, 300)).flatmap(
    lambda totals: st.tuples(
        st.integers(0, totals[0]), st.just(totals[0]), st.integers(0, totals[1]), st.just(totals[1])
    )
)
tables = st.lists(study, min_size=2, max_size=8)
full_tables = st.lists(study.filter(lambda row: 0 < row[0] < row[1] and 0 < row[2] < row[3]), min_size=2, max_size=8)


def columns(rows):
    return [list(column) for column in zip(*rows, strict=True)]


def swapped(rows):
    return columns([(c, n2, a, n1) for a, n1, c, n2 in rows])


@pytest.mark.parametrize(
    ("measure", "formula"),
    [
        ("OR", log_odds_ratio),
        ("RR", log_risk_ratio),
        ("RD", risk_difference),
        ("AS", arcsine_difference),
        ("PETO", peto_odds_ratio),
    ],
)
@unhurried
@given(rows=tables, to=st.sampled_from(["only0", "all", "none"]))
def test_effects_of_many_studies_are_those_of_each(measure, formula, rows, to):
    a, n1, c, n2 = columns(rows)
    add = 0 if measure == "AS" else 0.5
    y, v = effects(measure, to=to, events_a=a, total_a=n1, events_b=c, total_b=n2)
    for i, row in enumerate(rows):
        expected = formula(*row, add=add, to=to)
        assert (y[i], v[i]) == pytest.approx(expected[:2], rel=1e-12, abs=1e-12, nan_ok=True)


def test_effects_of_means_rates_and_proportions_are_those_of_each():
    means = (5.1, 1.2, 12, 4.2, 1.5, 10)
    names = ("mean_a", "sd_a", "total_a", "mean_b", "sd_b", "total_b")
    for measure, formula in (
        ("MD", mean_difference),
        ("SMD", standardised_mean_difference),
        ("ROM", log_ratio_of_means),
    ):
        y, v = effects(measure, **{name: [x] for name, x in zip(names, means, strict=True)})
        assert (y[0], v[0]) == pytest.approx(formula(*means))
    y, v = effects("IRR", events_a=[0], time_a=[80], events_b=[3], time_b=[77])
    assert (y[0], v[0]) == pytest.approx(incidence_rate_ratio(0, 80, 3, 77)[:2])
    for measure in ("PR", "PLO", "PLN", "PAS", "PFT"):
        y, v = effects(measure, events=[0, 7], total=[15, 20])
        for i, row in enumerate([(0, 15), (7, 20)]):
            assert (y[i], v[i]) == pytest.approx(one_proportion(measure, *row)[:2], abs=1e-15)


MEANS = st.lists(
    st.tuples(
        st.floats(1, 50), st.floats(0.5, 9), st.integers(3, 90), st.floats(1, 50), st.floats(0.5, 9), st.integers(3, 90)
    ),
    min_size=1,
    max_size=5,
)


@unhurried
@given(MEANS, st.floats(0.01, 100), st.floats(-40, 40))
def test_effects_of_means_move_with_their_unit_and_origin(rows, unit, origin):
    def of(measure, rows):
        names = ("mean_a", "sd_a", "total_a", "mean_b", "sd_b", "total_b")
        return effects(measure, **dict(zip(names, columns(rows), strict=True)))

    scaled = [(unit * m1, unit * s1, n1, unit * m2, unit * s2, n2) for m1, s1, n1, m2, s2, n2 in rows]
    moved = [(m1 + origin, s1, n1, m2 + origin, s2, n2) for m1, s1, n1, m2, s2, n2 in rows]
    for measure, factor in (("MD", unit), ("SMD", 1), ("ROM", 1)):
        (y, v), (y_scaled, v_scaled) = of(measure, rows), of(measure, scaled)
        assert list(y_scaled) == pytest.approx(list(factor * y), rel=1e-9, abs=1e-9)
        assert list(v_scaled) == pytest.approx(list(factor**2 * v), rel=1e-9, abs=1e-12)
    for measure in ("MD", "SMD"):
        (y, v), (y_moved, v_moved) = of(measure, rows), of(measure, moved)
        assert list(y_moved) == pytest.approx(list(y), abs=1e-9)
        assert list(v_moved) == pytest.approx(list(v), rel=1e-9)


@unhurried
@given(full_tables)
def test_counting_non_events_turns_odds_ratios_around(rows):
    others = [(n1 - a, n1, n2 - c, n2) for a, n1, c, n2 in rows]
    for pooled in (mantel_haenszel, peto):
        one, other = pooled(*columns(rows)), pooled(*columns(others))
        assert (one.mu, one.se, one.Q) == pytest.approx((-other.mu, other.se, other.Q), rel=1e-9, abs=1e-9)


@unhurried
@given(full_tables)
def test_swapping_the_groups_turns_pooled_effects_around(rows):
    for measure in ("OR", "RR", "RD", "IRR", "IRD"):
        one, other = mantel_haenszel(*columns(rows), measure=measure), mantel_haenszel(*swapped(rows), measure=measure)
        assert one.mu == pytest.approx(-other.mu, abs=1e-12)
        assert (one.se, one.Q) == pytest.approx((other.se, other.Q), rel=1e-6, abs=1e-9)
    one, other = peto(*columns(rows)), peto(*swapped(rows))
    assert one.mu == pytest.approx(-other.mu, abs=1e-12)


@unhurried
@given(full_tables, st.randoms())
def test_the_order_of_studies_does_not_matter(rows, random):
    mixed = random.sample(rows, len(rows))
    for pooled in (mantel_haenszel, peto):
        one, other = pooled(*columns(rows)), pooled(*columns(mixed))
        assert (one.mu, one.se, one.Q) == pytest.approx((other.mu, other.se, other.Q), rel=1e-9, abs=1e-9)
        assert sorted(one.weights) == pytest.approx(sorted(other.weights))


@unhurried
@given(full_tables)
def test_a_study_without_events_changes_no_ratio(rows):
    for measure in ("OR", "RR"):
        without = mantel_haenszel(*columns(rows), measure=measure)
        more = mantel_haenszel(*columns([*rows, (0, 40, 0, 50)]), measure=measure)
        assert (more.mu, more.se, more.Q) == pytest.approx((without.mu, without.se, without.Q), rel=1e-9, abs=1e-12)
        assert (more.k, more.k_estimates) == (without.k + 1, without.k_estimates)
        assert f"study {len(rows) + 1}" in more.notes[0]


@unhurried
@given(st.lists(study, min_size=1, max_size=6))
def test_mantel_haenszel_gives_numbers_or_says_why_not(rows):
    for measure in ("OR", "RR", "RD"):
        try:
            result = mantel_haenszel(*columns(rows), measure=measure)
        except SynthesisError as error:
            assert "Mantel-Haenszel" in str(error)
        else:
            figures = (result.mu, result.se, result.p_value, result.ci_low, result.ci_high, result.Q, result.Q_p)
            assert all(map(math.isfinite, figures))


SMALL = [(3, 40, 8, 41), (1, 35, 4, 33), (6, 62, 7, 60), (2, 25, 9, 27)]


@settings(max_examples=15, deadline=None)
@given(st.lists(study.filter(lambda row: 0 < row[0] < row[1] and 0 < row[2] < row[3]), min_size=2, max_size=5))
def test_swapping_the_groups_turns_mixed_models_around(rows):
    for model in ("UM.FS", "CM.EL"):
        one, other = glmm(*columns(rows), model=model), glmm(*swapped(rows), model=model)
        assert one.mu == pytest.approx(-other.mu, abs=1e-5)
        assert (one.se, one.tau2) == pytest.approx((other.se, other.tau2), rel=1e-4, abs=1e-6)


def test_a_mixed_model_of_proportions_turns_with_the_outcome():
    events, totals = [3, 0, 7, 12, 1], [20, 15, 31, 40, 9]
    one = glmm(events, totals)
    other = glmm([n - x for x, n in zip(events, totals, strict=True)], totals)
    assert one.mu == pytest.approx(-other.mu, abs=1e-7)
    assert (one.se, one.tau2) == pytest.approx((other.se, other.tau2), rel=1e-6)


def test_studies_that_hardly_differ_have_no_spread():
    result = glmm([10, 20, 30], [100, 200, 300], [20, 40, 60], [100, 200, 300])
    assert result.tau2 == 0
    assert result.mu == pytest.approx(math.log(10 / 90 / (20 / 80)))
    assert (result.pi_low, result.pi_high) == (result.ci_low, result.ci_high)
    assert (result.Q, result.Q_lrt) == (pytest.approx(0, abs=1e-9), pytest.approx(0, abs=1e-7))


@pytest.mark.parametrize("model", ["UM.FS", "CM.EL", "CM.AL"])
def test_the_maximum_of_the_likelihood_is_where_more_nodes_leave_it(model):
    few, many = glmm(*columns(SMALL), model=model, points=25), glmm(*columns(SMALL), model=model, points=61)
    assert (few.mu, few.se, few.tau2) == pytest.approx((many.mu, many.se, many.tau2), rel=1e-7, abs=1e-9)


def test_a_quadrature_that_errs_says_so():
    rows = [(0, 2, 3, 10), (0, 7, 2, 4), (5, 10, 0, 3), (0, 6, 2, 8), (3, 10, 0, 4), (1, 2, 2, 10), (8, 8, 2, 5)]
    rows += [(0, 6, 3, 11), (0, 2, 4, 11)]
    assert "points=100" in glmm(*columns(rows), model="CM.AL").notes[0]
    assert glmm(*columns(rows), model="CM.AL", points=50).notes == ()
    assert glmm(*columns(rows), model="CM.EL").points == 100
    assert glmm(*columns(SMALL), model="CM.EL").points == 7


def test_large_counts_are_fitted_as_well_as_small_ones():
    rows = [(4000 * a, 4000 * n, 4000 * c, 4000 * m) for a, n, c, m in SMALL]
    result = glmm(*columns(rows), model="UM.FS")
    y, _ = effects("OR", **dict(zip(("events_a", "total_a", "events_b", "total_b"), columns(rows), strict=True)))
    # with so many patients the studies' own log odds ratios are all but known
    assert result.mu == pytest.approx(np.mean(y), abs=1e-3)
    assert result.tau2 == pytest.approx(np.var(y), rel=1e-2)


def test_studies_without_information_are_left_out_of_a_mixed_model_and_named():
    result = glmm(*columns([*SMALL, (0, 30, 0, 30), (0, 8, 0, 9)]))
    assert result.k == 4
    assert "study 5, 6: left out" in result.notes[0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mantel_haenszel([5], [4], [1], [9]), "Study 1 of 1: 5 events among 4 patients in group a"),
        (lambda: mantel_haenszel([1, 2], [4, 5], [1, -1], [9, 9]), "Study 2 of 2: -1 events"),
        (lambda: mantel_haenszel([1, math.nan], [4, 5], [1, 1], [9, 9]), "Study 2 of 2: events_a is nan"),
        (lambda: mantel_haenszel([1], [math.inf], [1], [9]), "Study 1 of 1: total_a is inf"),
        (lambda: mantel_haenszel([1], [4], [1], [0]), "Study 1 of 1: 1 events among 0 patients in group b"),
        (lambda: mantel_haenszel([0, 0], [4, 5], [1, 2], [9, 9]), "event in group a"),
        (lambda: mantel_haenszel([4, 5], [4, 5], [1, 2], [9, 9]), "odds ratio is infinite"),
        (lambda: mantel_haenszel([0], [4], [0], [9], measure="RD"), "no standard error"),
        (lambda: mantel_haenszel([1], [4], [2], [9], measure="SMD"), "not 'SMD'"),
        (lambda: mantel_haenszel([1], [4], [2], [9], level=0), "level"),
        (lambda: mantel_haenszel([1], [0], [2], [9], measure="IRR"), "person-time of 0 in group a"),
        (lambda: mantel_haenszel([1], [4], [2], [9], add=-1), "add"),
        (lambda: mantel_haenszel([1, 2], [4], [2], [9]), "one length"),
        (lambda: peto([0, 4], [9, 4], [0, 7], [8, 7]), "nothing to compare"),
        (lambda: peto(["x"], [4], [2], [9]), "no number"),
        (lambda: glmm([0, 0, 0], [10, 12, 9]), "Perfect separation.*nobody had the event"),
        (lambda: glmm([10, 12], [10, 12]), "Perfect separation.*everybody"),
        (lambda: glmm([0, 0], [9, 9], [3, 2], [9, 9]), "Perfect separation.*group a had the fewest"),
        (lambda: glmm([3, 2], [9, 9], [0, 0], [9, 9], measure="IRR"), "Perfect separation.*group a had the most"),
        (lambda: glmm([0, 9, 0], [9, 9, 8]), "Perfect separation.*spread of effects is infinite"),
        (lambda: glmm([3, 0], [9, 9], [0, 2], [9, 9]), "Perfect separation.*spread of effects is infinite"),
        (lambda: glmm([3, 2], [9, 9], [1, 4], [9, 9], model="UM.RS"), "UM.FS, CM.EL, CM.AL"),
        (lambda: glmm([3, 2], [9, 9], measure="RR"), "OR or IRR"),
        (lambda: glmm([3, 2], [9, 9], [1, 4], [9, 9], points=0.5), "1 to 100 points"),
        (lambda: glmm([3, 12], [9, 9]), "Study 2 of 2: 12 events"),
        (lambda: effects("MD", mean_a=[1], sd_a=[-1], total_a=[3], mean_b=[1], sd_b=[1], total_b=[3]), "Study 1 of 1"),
        (lambda: effects("SMD", mean_a=[1], sd_a=[0], total_a=[3], mean_b=[1], sd_b=[0], total_b=[3]), "a spread"),
        (lambda: effects("RD", events_a=[1], total_a=[3], events_b=[1], total_b=[3], vtype="HO"), "LS, UB, AV"),
        (lambda: effects("PLO", events=[1], total=[3], to="if0"), "only0, all, if0all, none"),
        (lambda: effects("HR", estimate=[1.0], p_value=[0.04]), "Study 1 of 1: a ratio of 1"),
        (lambda: effects("HR", estimate=[0.5, 0.3], ci_low=[0.4, 0.4], ci_high=[0.9, 0.9]), "Study 2 of 2: 0.3"),
        (lambda: effects("HR", estimate=[-0.5], ci_low=[-0.9], ci_high=[-0.1]), "natural scale"),
        (lambda: effects("IRR", events_a=[1], time_a=[-3], events_b=[1], time_b=[3]), "Study 1 of 1: 1 events in"),
    ],
)
def test_what_cannot_be_pooled_is_refused_with_the_study_and_the_reason(call, words):
    with pytest.raises(SynthesisError, match=words):
        call()


@pytest.mark.parametrize(
    "call", [lambda: mantel_haenszel([], [], [], []), lambda: peto([], [], [], []), lambda: glmm([], [])]
)
def test_no_study_is_refused(call):
    with pytest.raises(TooFewStudies):
        call()


def test_one_study_is_too_few_for_a_mixed_model():
    with pytest.raises(TooFewStudies, match="2 studies"):
        glmm([0, 2], [9, 9], [0, 4], [9, 9])
