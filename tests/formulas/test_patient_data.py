"""Survival of one study's patients: what must hold whatever the data, and what is refused and how."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence import formulas
from evidence.errors import EvidenceError, PatientDataError

TIME = [5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45]
EVENT = [1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0]
GROUP = list("aababbabbab")

patients = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 2), st.booleans()), min_size=6, max_size=40)
few = settings(deadline=None, max_examples=40)


def columns(rows):
    time, kind, group = zip(*rows, strict=True)
    return list(time), list(kind), list(group)


def test_a_curve_without_censoring_is_the_share_still_alive():
    curve = formulas.kaplan_meier([1, 2, 2, 3, 4], [1, 1, 1, 1, 1])
    assert curve.survival == pytest.approx((0.8, 0.4, 0.2, 0.0))
    assert curve.n_risk == (5, 4, 2, 1)
    assert (curve.se[-1], curve.ci_low[-1], curve.ci_high[-1]) == (None, None, None)  # of 0 nothing is known


def test_the_median_of_a_curve_flat_at_one_half_is_the_middle_of_the_flat_part():
    median = formulas.survival_quantile(formulas.kaplan_meier([2, 4, 6, 8], [1, 1, 1, 1]))
    assert median.value == 5


def test_a_median_that_is_not_reached_is_none():
    median = formulas.survival_quantile(formulas.kaplan_meier([2, 4, 6, 8], [1, 0, 0, 0]))
    assert (median.value, median.ci_high) == (None, None)


def test_after_the_last_observation_nothing_is_known():
    (after,) = formulas.survival_at(formulas.kaplan_meier(TIME, EVENT), [46])
    assert (after.n_risk, after.survival, after.se, after.ci_low) == (None, None, None, None)


def test_before_the_first_observation_all_are_alive():
    (before,) = formulas.survival_at(formulas.kaplan_meier(TIME, EVENT), [4])
    assert (before.n_risk, before.survival, before.se, before.ci_low, before.ci_high) == (11, 1, 0, 1, 1)


def test_a_restricted_mean_beyond_the_data_is_refused_unless_extended():
    curve = formulas.kaplan_meier(TIME, EVENT)
    with pytest.raises(PatientDataError, match="last observation is at 45"):
        formulas.restricted_mean(curve, 60)
    beyond = formulas.restricted_mean(curve, 60, extend=True).value - formulas.restricted_mean(curve, 45).value
    assert beyond == pytest.approx(15 * curve.survival[-1])


def test_days_brought_to_months_keep_their_ties():
    months = [(day / 30.4375) + 1 - 1 for day in TIME]
    assert formulas.kaplan_meier(months, EVENT).survival == formulas.kaplan_meier(TIME, EVENT).survival


@few
@given(patients)
def test_incidence_of_all_kinds_and_survival_add_up_to_one(rows):
    time, kind, _ = columns(rows)
    if not any(kind):
        return
    curve = formulas.cumulative_incidence(time, kind)
    survival = formulas.kaplan_meier(time, [one > 0 for one in kind])
    for place, t in enumerate(curve.time):
        (at,) = formulas.survival_at(survival, [t])
        assert at.survival + sum(part[place] for part in curve.incidence) == pytest.approx(1, abs=1e-12)


@few
@given(patients)
def test_the_influence_of_each_patient_gives_greenwoods_error_where_there_is_one_kind_and_no_censoring(rows):
    time = [t for t, _, _ in rows]
    curve = formulas.cumulative_incidence(time, [1] * len(time), kinds=1)
    for value, se in zip(curve.incidence[0], curve.se[0], strict=True):
        assert se == pytest.approx((value * (1 - value) / len(time)) ** 0.5, abs=1e-8)


def comparable(time, event, group):
    try:
        return formulas.log_rank(time, event, group)
    except PatientDataError:
        return None


@few
@given(patients)
def test_a_log_rank_test_does_not_depend_on_the_order_of_patients_or_the_unit_of_time(rows):
    time, kind, group = columns(rows)
    test = comparable(time, [k > 0 for k in kind], group)
    if test is None:
        return
    turned = formulas.log_rank([t * 30.4375 for t in time[::-1]], [k > 0 for k in kind[::-1]], group[::-1])
    assert turned.chi2 == pytest.approx(test.chi2, rel=1e-9, abs=1e-12)
    assert sum(test.observed) == pytest.approx(sum(test.expected))


@few
@given(patients)
def test_the_score_test_of_exact_cox_regression_is_the_log_rank_test(rows):
    time, kind, group = columns(rows)
    event = [k > 0 for k in kind]
    test = comparable(time, event, group)
    try:
        model = formulas.cox(time, event, [float(g) for g in group], ties="exact")
    except PatientDataError:
        return
    assert model.score == pytest.approx(test.chi2, rel=1e-9, abs=1e-12)


@few
@given(patients, st.sampled_from(["efron", "breslow", "exact"]))
def test_a_hazard_ratio_turns_over_with_its_covariate_and_shrinks_with_its_unit(rows, ties):
    time, kind, group = columns(rows)
    event, z = [k > 0 for k in kind], np.array([float(g) for g in group])
    try:
        model = formulas.cox(time, event, z, ties=ties)
    except PatientDataError:
        return
    turned = formulas.cox(time, event, 5 - 1000 * z, ties=ties)
    assert turned.coefficient[0] == pytest.approx(-model.coefficient[0] / 1000, rel=1e-7, abs=1e-12)
    assert turned.se[0] == pytest.approx(model.se[0] / 1000, rel=1e-7)
    assert turned.concordance == model.concordance


@few
@given(patients)
def test_without_other_kinds_of_event_fine_and_gray_is_cox(rows):
    time, kind, group = columns(rows)
    event, z = [int(k > 0) for k in kind], [float(g) for g in group]
    try:
        model = formulas.cox(time, event, z, ties="breslow")
    except PatientDataError:
        return
    same = formulas.fine_gray(time, event, z)
    assert same.coefficient == pytest.approx(model.coefficient, rel=1e-8, abs=1e-10)
    assert same.se_model == pytest.approx(model.se, rel=1e-8)
    assert same.se_unclustered == pytest.approx(same.se, rel=1e-8)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: formulas.kaplan_meier([1, None, 3], [1, 1, 0]), "Patient 2 of 3 has time nan"),
        (lambda: formulas.kaplan_meier([1, -2, 3], [1, 1, 0]), "Patient 2 of 3 has time -2.0"),
        (lambda: formulas.kaplan_meier([1, 2, 3], [1, 2, 0]), "Patient 2 of 3 has event 2.0"),
        (lambda: formulas.kaplan_meier([1, 2, 3], [1, 0]), "2 values of event for 3 patients"),
        (lambda: formulas.kaplan_meier([], []), "not empty"),
        (lambda: formulas.kaplan_meier(["x"], [1]), "must hold numbers"),
        (lambda: formulas.kaplan_meier([1], [1], interval="logit"), "none of log-log, log, plain"),
        (lambda: formulas.kaplan_meier([1], [1], level=0.95 * 0), "no confidence level"),
        (lambda: formulas.survival_quantile(formulas.kaplan_meier([1], [1]), 50), "no share"),
        (lambda: formulas.restricted_mean(formulas.kaplan_meier([1], [1]), 0), "positive time"),
        (lambda: formulas.log_rank(TIME, EVENT, ["a"] * 11), "one group"),
        (lambda: formulas.log_rank(TIME, EVENT, [None] + ["a"] * 10), "Patient 1 of 11 has no group"),
        (lambda: formulas.log_rank([1, 2, 3, 4], [0, 0, 1, 1], list("aabb")), "cannot be compared"),
        (lambda: formulas.cox(TIME, [0] * 11, range(11)), "No patient had an event"),
        (lambda: formulas.cox(TIME, EVENT, [1.0] * 11, names=["dose"]), "dose is the same for all patients"),
        (
            lambda: formulas.cox(TIME, EVENT, [[t, 2 * t + 1] for t in range(11)], names=["age", "birth"]),
            "birth follows from the covariates before it",
        ),
        (lambda: formulas.cox(TIME, EVENT, [np.nan, *range(10)]), "Patient 1 of 11 has no usable value"),
        (lambda: formulas.cox(TIME, EVENT, GROUP), "give groups as 0 and 1"),
        (lambda: formulas.cox(TIME, EVENT, range(10)), "must be a row for each"),
        (lambda: formulas.cox(TIME, EVENT, range(11), ties="discrete"), "none of efron"),
        (lambda: formulas.cox([1, 2, 3, 4], [1, 1, 0, 0], [1, 1, 0, 0], names=["arm"]), "arm separates the patients"),
        (lambda: formulas.fine_gray(TIME, EVENT, range(11), kind=2), "No patient had an event of kind 2"),
        (lambda: formulas.incidence_at(formulas.cumulative_incidence(TIME, EVENT), [5], 3), "no event of kind 3"),
    ],
)
def test_what_cannot_be_computed_is_refused_with_the_reason(ask, message):
    with pytest.raises(EvidenceError, match=message):
        ask()


@pytest.mark.parametrize(
    ("labels", "groups"),
    [(["b", "A", "b", "A"], ("A", "b")), ([10, 9, 10, 9], ("9", "10")), ([True, False] * 2, ("False", "True"))],
)
def test_groups_stand_in_order_of_the_alphabet_or_of_numbers(labels, groups):
    assert formulas.log_rank([1, 2, 3, 4], [1, 1, 1, 0], labels).groups == groups


def test_ties_that_overflow_the_exact_likelihood_are_refused():
    n = 3000
    with pytest.raises(PatientDataError, match="too many for the exact likelihood"):
        formulas.cox([1] * n, [i % 2 for i in range(n)], np.arange(n) % 7, ties="exact")


def test_a_name_that_does_not_exist_is_refused():
    with pytest.raises(AttributeError, match="has no attribute 'lifelines'"):
        formulas.lifelines  # noqa: B018
