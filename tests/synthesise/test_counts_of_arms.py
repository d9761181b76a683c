from decimal import Decimal

import pytest
from study_rows import arm, ask, counts, flag, hr, reasons, study, used

from evidence.formulas import clopper_pearson, log_odds_ratio
from evidence.model.codes import Measure, Outcome, Role

ODDS = {"outcome": ("CR",), "measure": "OR", "comparator": ("placebo",)}
RATE = {"outcome": ("CR",), "measure": "PLO"}


def both(events=12, total=40, other=20, other_total=41, **more):
    return (
        counts("a", "A", "sorafenib", events, total, **more),
        counts("b", "A", "placebo", other, other_total, **more),
    )


def test_events_of_both_arms_give_the_odds_ratio():
    (estimate,) = ask(*both(), **ODDS).estimates
    expected = log_odds_ratio(12, 40, 20, 41)
    assert (estimate.y, estimate.v) == (expected.y, expected.v)
    assert estimate.result_ids == ("a", "b")
    assert (estimate.arm.events, estimate.arm.n, estimate.comparator.events, estimate.comparator.n) == (12, 40, 20, 41)
    assert estimate.derivation == "reported"


def test_a_risk_difference_is_shown_in_percentage_points():
    (estimate,) = ask(*both(10, 40, 20, 40), **ODDS | {"measure": "RD"}).estimates
    assert estimate.y == -0.25
    assert estimate.estimate == -25


def test_a_reported_risk_difference_in_percentage_points_is_analysed_as_a_fraction():
    row = hr("r", "A", "-12", measure=Measure.RD, outcome=Outcome.CR, ci_low=Decimal(-20), ci_high=Decimal(-4))
    (estimate,) = ask(row, **ODDS | {"measure": "RD"}).estimates
    assert (estimate.y, estimate.estimate, estimate.ci_low) == (-0.12, -12, -20)


def test_an_empty_cell_is_noted():
    (estimate,) = ask(*both(0, 40), **ODDS).estimates
    assert "0.5 was added" in estimate.notes[0]


@pytest.mark.parametrize(("events", "other"), [(0, 0), (40, 41)])
def test_a_study_without_contrast_says_nothing_about_a_ratio(events, other):
    analysis = ask(*both(events, 40, other, 41), **ODDS)
    assert used(analysis) == []
    assert "in both arms says nothing about a ratio" in reasons(analysis)["a"]


def test_counts_come_before_a_reported_comparison_and_this_before_nothing():
    reported = hr("r", "A", "0.45 (0.2-1.1)", measure=Measure.OR, outcome=Outcome.CR)
    analysis = ask(*both(), reported, **ODDS)
    assert used(analysis) == [("a", "b")]
    assert reasons(analysis) == {"r": "the numbers of events in both arms are used"}
    assert used(ask(reported, **ODDS)) == [("r",)]


def test_counts_are_not_an_adjusted_estimate():
    analysis = ask(*both(), **ODDS, adjustment="adjusted")
    assert set(reasons(analysis).values()) == {"counts are unadjusted; an adjusted estimate is asked for"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"timepoint_months": Decimal(3)}, "the other arm's number for the same outcome and time was not found"),
        ({"events": None}, "no number of patients with the event"),
        ({"total": None}, "12 patients of a number that is not given with the result"),
        ({"events": 41}, "41 of 40 patients is impossible"),
        ({"measure": Measure.SURVIVAL_PROBABILITY}, "survival_probability is not a count of patients"),
        ({"arm": "overall", "arm_id": None}, "for the whole study population, not for one arm"),
        ({"arm": "midostaurin"}, "treatment does not match: midostaurin"),
        ({"events": None, "value": Decimal("30.0")}, "only a percentage (30.0% of 40), not the number of patients"),
    ],
)
def test_an_arm_that_cannot_be_used_says_why(row, reason):
    fields = {"arm": "sorafenib", "events": 12, "total": 40} | row
    rows = (counts("a", "A", **fields), counts("b", "A", "placebo", 20, 41))
    analysis = ask(*rows, **ODDS)
    assert used(analysis) == []
    assert reasons(analysis)["a"] == reason
    assert reasons(analysis)["b"] == "the other arm's number for the same outcome and time was not found"


@pytest.mark.parametrize(
    ("percent", "total", "events"),
    [("65.8", 38, 25), ("30", 40, 12), ("66", 380, None), ("65.0", 38, None)],
)
def test_a_percentage_gives_a_count_only_where_exactly_one_number_rounds_to_it(percent, total, events):
    row = counts("a", "A", "sorafenib", None, total, value=percent)
    analysis = ask(row, **RATE, include_derived=True)
    assert [estimate.arm.events for estimate in analysis.estimates] == ([events] if events else [])
    if events:
        assert analysis.estimates[0].derivation == "events_from_percent"
        assert f"{events}, was computed from {percent}% of {total}" in analysis.estimates[0].notes[0]
    else:
        assert reasons(analysis)["a"] == f"more than one number of patients, or none, rounds to {percent}% of {total}"


def test_the_size_of_the_arm_stands_in_for_a_missing_total_only_where_derived_numbers_are_asked_for():
    rows = (counts("a", "A", "sorafenib", 25), arm("A", "sorafenib", n=38))
    assert used(ask(*rows, **RATE)) == []
    (estimate,) = ask(*rows, **RATE, include_derived=True).estimates
    assert (estimate.arm.events, estimate.arm.n, estimate.derivation) == (25, 38, "total_from_arm")


def test_one_proportion_is_shown_in_percent_with_its_exact_interval():
    (estimate,) = ask(counts("a", "A", "sorafenib", 25, 38), **RATE).estimates
    low, high = clopper_pearson(25, 38)
    assert estimate.estimate == pytest.approx(100 * 25 / 38)
    assert (estimate.ci_low, estimate.ci_high) == (100 * low, 100 * high)
    assert estimate.comparator is None


@pytest.mark.parametrize("measure", ["PLO", "PFT"])
def test_no_and_all_patients_are_poolable_proportions(measure):
    rows = (counts("a", "A", "sorafenib", 0, 12), counts("b", "B", "sorafenib", 9, 9))
    analysis = ask(*rows, outcome=("CR",), measure=measure)
    assert [estimate.estimate for estimate in analysis.estimates] == [0, 100]
    assert analysis.pooled.k == 2


def test_without_a_treatment_only_single_arms_give_a_proportion():
    rows = (
        counts("a", "A", "E", 3, 10),
        arm("A", "E", role=Role.EXPERIMENTAL),
        arm("A", "C", role=Role.CONTROL),
        counts("b", "B", "overall", 4, 10, arm_id=None),
        arm("B", "all patients", role=Role.SINGLE),
    )
    analysis = ask(*rows, **RATE, treatment=())
    assert used(analysis) == [("b",)]
    assert reasons(analysis) == {"a": "the study has several arms and the question names no treatment"}


def test_the_whole_population_of_a_single_arm_study_had_that_arms_treatment():
    rows = (counts("b", "B", "overall", 4, 10, arm_id=None), arm("B", "cohort", treatment=("sorafenib",)))
    assert used(ask(*rows, **RATE)) == [("b",)]


def test_a_comparison_is_not_a_proportion():
    row = hr("r", "A", "0.45 (0.2-1.1)", measure=Measure.OR, outcome=Outcome.CR)
    assert reasons(ask(row, **RATE)) == {"r": "a comparison of two arms, not a proportion of one"}


def test_best_response_comes_before_a_time_point_and_several_time_points_are_noted():
    at = [counts(f"m{months}", "A", "sorafenib", 5, 10 + months, timepoint_months=Decimal(months)) for months in (6, 3)]
    analysis = ask(*at, **RATE)
    assert used(analysis) == [("m6",)]
    assert reasons(analysis) == {"m3": "at 3 months; 6 months is read first"}
    assert "several time points" in analysis.estimates[0].notes[0]
    assert used(ask(*at, counts("best", "A", "sorafenib", 7, 12), **RATE)) == [("best",)]


def test_arms_of_different_documents_are_not_paired():
    rows = (counts("a", "A", "sorafenib", 3, 10, document="d1"), counts("b", "A", "placebo", 4, 10, document="d2"))
    analysis = ask(*rows, study("A", document="d1"), study("A", document="d2"), **ODDS)
    assert used(analysis) == []
    assert len(analysis.left_out) == 2


def test_an_error_on_one_arm_holds_back_the_pair():
    analysis = ask(*both(), flag("b"), **ODDS)
    assert used(analysis) == []
    assert reasons(analysis)["b"].startswith("held back")
    assert "other arm" in reasons(analysis)["a"]
