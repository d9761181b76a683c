"""Two documents about one study: numbers that cannot both be right, and outcomes called by two names."""

from dataclasses import replace
from decimal import Decimal

import pytest

from evidence.check.conflicts_between import (
    conflict_between_documents,
    measure_named_differently,
    outcome_named_differently,
)
from evidence.model.codes import Adjustment, Measure, Outcome, Report, Role, Severity
from evidence.model.records import Flag
from tests.check.telling import Telling, together

#: What a check within the review has found.
CONFLICT = Flag(
    flag_id="f", document_id="review", study_id="x", result_ids=(), check="", severity=Severity.ERROR, message="…"
)


def paper(**known) -> Telling:
    return Telling("paper", **known)


def review(**known) -> Telling:
    return Telling("review", Report.CITED, **known)


def conflicts(*tellings):
    return list(conflict_between_documents(together(*tellings)))


def test_a_citing_document_that_gives_another_number_is_likely_wrong():
    (doubt,) = conflicts(
        paper().value("sorafenib", "85.0").value("placebo", "53.3"),
        review().value("sorafenib", "75").value("placebo", "53"),
    )
    assert doubt.severity is Severity.ERROR  # the other group agrees, so it is the same analysis
    assert doubt.document_id == "review"
    assert doubt.result_ids == ("review-x-1", "paper-x-1")
    assert doubt.message == (
        "TRIAL X, sorafenib, RFS, survival probability at 24 months: 85.0 in its own report (paper.pdf), but 75 in "
        "review.pdf; the latter cites it and is likely wrong."
    )


def test_a_number_alone_may_stand_for_other_follow_up():
    (doubt,) = conflicts(paper().value("sorafenib", "85.0"), review().value("sorafenib", "75"))
    assert doubt.severity is Severity.WARNING
    (doubt,) = conflicts(paper().value("sorafenib", "85.0"), Telling("update").value("sorafenib", "75"))
    assert doubt.severity is Severity.WARNING and "follow-up differs" in doubt.message


def test_exchanged_groups_are_one_error_even_where_the_document_also_has_them_right():
    (doubt,) = conflicts(
        paper().value("sorafenib", "85.0").value("placebo", "53.3"),
        review().value("sorafenib", "85").value("placebo", "53").value("sorafenib", "53").value("placebo", "85"),
    )
    assert doubt.severity is Severity.ERROR
    assert doubt.result_ids == ("review-x-3", "review-x-4", "paper-x-1", "paper-x-2")
    assert "the groups are exchanged in review.pdf, which cites it" in doubt.message


def test_what_the_document_itself_has_shown_is_no_second_error():
    swapped = replace(CONFLICT, check="arms_swapped", result_ids=("review-x-1", "review-x-2"))
    both = together(
        paper().value("sorafenib", "85.0").value("placebo", "53.3"),
        review().value("sorafenib", "53").value("placebo", "85"),
    )
    assert [doubt.severity for doubt in conflict_between_documents(both)] == [Severity.ERROR]
    assert [doubt.severity for doubt in conflict_between_documents(both.with_flags((swapped,)))] == [Severity.INFO]


def test_numbers_of_both_groups_that_differ_are_one_doubt():
    (doubt,) = conflicts(
        paper().value("sorafenib", "85.0").value("placebo", "53.3"),
        review().value("sorafenib", "75").value("placebo", "50"),
    )
    assert "placebo: 53.3 and 50" in doubt.message and doubt.severity is Severity.WARNING


PRIMARY = paper().value("sorafenib", "85.0").ratio("0.60", "0.40", "0.90").ratio("0.50", "0.30", "0.80", Outcome.EFS)
AGREEING = {
    "rounded": review().value("sorafenib", "85"),
    "at another time": review().value("sorafenib", "70", months="36"),
    "of another outcome": review().value("sorafenib", "70", Outcome.OS),
    "in part of the patients": review().value("sorafenib", "70", subgroup="MRD-positive"),
    "of another group": review().value("placebo", "70"),
    "of a group not known": review().value("somebody", "70"),
    "computed": review().value("sorafenib", "70", derivation="events_from_percent"),
    "of another drug": review(arms={"midostaurin": (Role.EXPERIMENTAL, ("midostaurin",))}).value("midostaurin", "70"),
    "of another study": review(study="y").value("sorafenib", "70"),
    "the same ratio": review().ratio("0.6", "0.4", "0.9"),
    "that stands in the paper for another outcome": review().ratio("0.50", outcome=Outcome.EFS),
}


@pytest.mark.parametrize("other", AGREEING.values(), ids=AGREEING.keys())
def test_what_both_can_be_right_about_is_no_conflict(other):
    assert conflicts(PRIMARY, other) == []


def test_a_number_that_the_paper_gives_for_another_part_of_the_patients_was_not_understood():
    primary = paper().value("sorafenib", "30").value("sorafenib", "41", subgroup="80 mg or more")
    assert conflicts(primary, review().value("sorafenib", "41")) == []


def test_adverse_events_are_told_apart_by_their_words():
    event = {"outcome": Outcome.AE_G3, "months": None, "measure": Measure.PROPORTION}
    primary = paper().value("sorafenib", "24", outcome_text="Anaemia", **event)
    assert conflicts(primary, review().value("sorafenib", "39", outcome_text="Sepsis", **event)) == []
    assert len(conflicts(primary, review().value("sorafenib", "39", outcome_text="anaemia", **event))) == 1


def test_a_document_that_gives_two_numbers_contradicts_itself_and_not_the_other():
    assert (
        conflicts(paper().value("sorafenib", "85.0"), review().value("sorafenib", "75").value("sorafenib", "70")) == []
    )


@pytest.mark.parametrize(
    ("other", "severity"),
    [
        (review().ratio("0.80"), Severity.WARNING),
        (review().ratio("0.80", "0.40", "0.90"), Severity.ERROR),  # the interval agrees
        (review().ratio("0.60", "0.40", "0.80"), Severity.ERROR),  # the estimate agrees
        (review().ratio("0.60", "0.40", "0.90", ci_level=Decimal(99)), None),
        (review().ratio("0.80", "0.40", "0.90", adjustment=Adjustment.ADJUSTED), None),
    ],
)
def test_ratios_and_their_intervals_are_compared(other, severity):
    primary = paper().ratio("0.60", "0.40", "0.90", adjustment=Adjustment.UNADJUSTED)
    assert [doubt.severity for doubt in conflicts(primary, other)] == [severity] * (severity is not None)


def test_proportions_of_other_totals_are_of_other_patients():
    counted = {"outcome": Outcome.CR, "months": None, "measure": Measure.PROPORTION}
    primary = paper().value("sorafenib", "30", events=75, total=249, **counted)
    assert conflicts(primary, review().value("sorafenib", "40", events=100, total=252, **counted)) == []
    assert len(conflicts(primary, review().value("sorafenib", "40", events=100, total=249, **counted))) == 1


def test_the_only_arm_of_a_study_is_the_whole_study():
    single = {"sorafenib": (Role.SINGLE, ("sorafenib",))}
    assert len(conflicts(paper(arms={}).value("overall", "40"), review(arms=single).value("sorafenib", "50"))) == 1
    assert conflicts(paper().value("overall", "40"), review(arms=single).value("sorafenib", "50")) == []


def test_the_same_numbers_under_two_names_of_an_outcome_are_told_once():
    (doubt,) = outcome_named_differently(
        together(
            paper().value("sorafenib", "78.9", Outcome.LFS).value("placebo", "56.6", Outcome.LFS),
            review().value("sorafenib", "78.9", Outcome.RFS).value("placebo", "56.6", Outcome.RFS),
        )
    )
    assert doubt.severity is Severity.INFO
    assert doubt.message == "TRIAL X: 78.9 and 56.6 stand for LFS in paper.pdf and for RFS in review.pdf."
    assert doubt.result_ids == ("review-x-1", "review-x-2", "paper-x-1", "paper-x-2")


@pytest.mark.parametrize(
    "other",
    [
        review().value("sorafenib", "78.9", Outcome.RFS),  # one number may agree by chance
        review().value("sorafenib", "78.9", Outcome.OS).value("placebo", "56.6", Outcome.OS),  # no name for the same
        review().value("sorafenib", "56.6", Outcome.RFS).value("placebo", "78.9", Outcome.RFS),
        review().value("sorafenib", "78.9", Outcome.LFS).value("placebo", "56.6", Outcome.RFS),
    ],
)
def test_numbers_that_only_look_alike_are_not_renamed(other):
    primary = paper().value("sorafenib", "78.9", Outcome.LFS).value("placebo", "56.6", Outcome.LFS)
    assert list(outcome_named_differently(together(primary, other))) == []


def test_one_estimate_and_interval_is_not_of_two_measures():
    primary = paper().ratio("32.5", "22.3", "42.6", measure=Measure.RD)
    (doubt,) = measure_named_differently(together(primary, review().ratio("32.5", "22.3", "42.6")))
    assert (doubt.severity, doubt.result_ids) == (Severity.ERROR, ("review-x-1", "paper-x-1"))
    assert doubt.message == (
        "TRIAL X, OS: 32.5 (22.3 to 42.6) is given as RD in its own report (paper.pdf) and as HR in review.pdf; it "
        "cannot be both."
    )
    shown = replace(CONFLICT, check="measure_mislabelled", result_ids=("review-x-1",))
    assert (
        list(measure_named_differently(together(primary, review().ratio("32.5", "22.3", "42.6")).with_flags((shown,))))
        == []
    )
    for other in (
        review().ratio("32.5", "22.3", "42.6", measure=Measure.RD),
        review().ratio("32.5"),
        review().ratio("32.5", "22.3", "42.5"),
        review().ratio("32.5", "22.3", "42.6", Outcome.EFS),
    ):
        assert list(measure_named_differently(together(primary, other))) == []
