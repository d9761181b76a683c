import math
from decimal import Decimal

import pytest
from study_rows import arm, ask, counts, flag, hr, reasons, records, study, used

from evidence.errors import QuestionError
from evidence.model.codes import Adjustment, Design, Measure, Outcome, Report, Role, RowStatus, Severity
from evidence.model.question import Question
from evidence.synthesise import answer

GOOD = "0.48 (0.28-0.82)"


@pytest.mark.parametrize(
    ("row", "question", "reason"),
    [
        ({"status": RowStatus.REJECTED}, {}, "rejected by a reviewer"),
        ({}, {"status": ("accepted",)}, "status is extracted, asked for accepted"),
        ({"measure": Measure.SHR}, {}, "the measure is SHR, not HR"),
        ({"subgroup": "MRD-positive"}, {}, "subgroup MRD-positive, not the whole population"),
        ({}, {"subgroup": "MRD-positive"}, "the whole population, not MRD-positive"),
        ({"subgroup": "MRD-negative"}, {"subgroup": "MRD-positive"}, "subgroup MRD-negative, not MRD-positive"),
        ({"timepoint_months": Decimal(12)}, {"timepoint_months": 24.0}, "12 months, not 24 months"),
        ({}, {"timepoint_months": 24.0}, "no time point, not 24 months"),
        (
            {"derivation": "from_curve"},
            {},
            "computed from other numbers (from_curve); only reported numbers are asked for",
        ),
        ({"arm": "midostaurin"}, {}, "treatment does not match: midostaurin versus placebo"),
        ({"arm": "non-sorafenib"}, {}, "treatment does not match: non-sorafenib versus placebo"),
        (
            {"arm": "", "comparator": ""},
            {},
            "treatment does not match: an arm without a name versus an arm without a name",
        ),
        (
            {"comparator": "midostaurin"},
            {"comparator": ("placebo",)},
            "comparator does not match: sorafenib versus midostaurin",
        ),
        ({"comparator": "sorafenib 200 mg"}, {}, "both arms match the treatment: sorafenib versus sorafenib 200 mg"),
        ({}, {"treatment": ()}, "which arm is experimental is not known: sorafenib versus placebo"),
        ({}, {"design": ("single_arm",)}, "design is randomized, not single_arm"),
        ({}, {"population": ("AML",)}, "population does not match AML"),
        ({}, {"adjustment": "adjusted"}, "adjustment not stated; adjusted is asked for"),
        ({"adjustment": Adjustment.UNADJUSTED}, {"adjustment": "adjusted"}, "unadjusted; adjusted is asked for"),
        ({"estimate": None}, {}, "no estimate"),
        ({"estimate": None, "p_value": Decimal("0.03")}, {}, "no estimate, only a p-value"),
        ({"ci_low": None}, {}, "no confidence interval"),
        (
            {"ci_low": None, "p_value": Decimal("0.001"), "p_operator": "<"},
            {},
            "no confidence interval and only P<0.001",
        ),
        ({"estimate": Decimal(0)}, {}, "a HR of 0 is impossible"),
        ({"ci_low": Decimal(0)}, {}, "a limit of 0 has no logarithm: 0.48 (0 to 0.82)"),
        ({"ci_low": Decimal("0.9")}, {}, "the limits are not in order: 0.48 (0.9 to 0.82)"),
        ({"estimate": Decimal("0.9")}, {}, "the estimate lies outside its own interval: 0.9 (0.28 to 0.82)"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(row, question, reason):
    analysis = ask(hr("r1", "A", GOOD, **row), **question)
    assert used(analysis) == []
    assert reasons(analysis) == {"r1": reason}
    assert "Nothing matched: 1 rows have the outcome" in analysis.notes[0]


def test_rows_of_other_outcomes_are_not_listed():
    analysis = ask(hr("r1", "A", GOOD), hr("r2", "A", GOOD, outcome=Outcome.PFS))
    assert used(analysis) == [("r1",)]
    assert reasons(analysis) == {}


def test_every_row_of_the_outcome_is_either_used_or_left_out_with_a_reason():
    analysis = ask(
        hr("r1", "A", GOOD),
        hr("r2", "A", "0.50 (0.30-0.90)", subgroup="women"),
        hr("r3", "B", ""),
        counts("r4", "A", "sorafenib", 3, 10, outcome=Outcome.OS, measure=Measure.SURVIVAL_PROBABILITY),
    )
    assert used(analysis) == [("r1",)]
    assert reasons(analysis)["r4"] == "a number of one arm (survival_probability), not a comparison"
    assert set(reasons(analysis)) == {"r2", "r3", "r4"}


def test_the_estimate_enters_as_printed_with_the_standard_error_of_its_interval():
    (estimate,) = ask(hr("r1", "A", GOOD)).estimates
    assert (estimate.estimate, estimate.ci_low, estimate.ci_high) == (0.48, 0.28, 0.82)
    assert estimate.y == math.log(0.48)
    assert math.sqrt(estimate.v) == pytest.approx(math.log(0.82 / 0.28) / 2 / 1.959963984540054)


def test_an_interval_of_another_level_is_read_at_its_level_and_shown_at_the_asked_one():
    (estimate,) = ask(hr("r1", "A", GOOD, ci_level=Decimal(90))).estimates
    assert math.sqrt(estimate.v) == pytest.approx(math.log(0.82 / 0.28) / 2 / 1.6448536269514722)
    assert estimate.ci_low < 0.28 < 0.82 < estimate.ci_high
    assert "90% interval, 0.28 to 0.82" in estimate.notes[0]


def test_a_comparison_the_other_way_round_is_inverted_and_says_so():
    analysis = ask(hr("r1", "A", "1.25 (1.00-2.00)", arm="placebo", comparator="sorafenib"))
    (estimate,) = analysis.estimates
    assert (estimate.estimate, estimate.ci_low, estimate.ci_high) == (0.8, 0.5, 1.0)
    assert estimate.y == math.log(0.8)
    assert (estimate.arm.label, estimate.comparator.label) == ("sorafenib", "placebo")
    assert estimate.notes == ("Inverted: reported as placebo versus sorafenib, HR 1.25 (1.00 to 2.00).",)


def test_arms_are_found_by_their_records_and_give_their_size():
    ids = {"arm_id": "A-maintenance", "comparator_arm_id": "A-control"}
    row = hr("r1", "A", GOOD, arm="maintenance", comparator="control", **ids)
    analysis = ask(
        row,
        arm("A", "maintenance", treatment=("sorafenib",), n=100),
        arm("A", "control", role=Role.CONTROL, n=102),
    )
    (estimate,) = analysis.estimates
    assert (estimate.arm.n, estimate.comparator.n) == (100, 102)


def test_without_a_treatment_the_experimental_arm_is_compared_with_the_control():
    row = hr("r1", "A", "2.0 (1.0-4.0)", arm="C", comparator="E", arm_id="A-C", comparator_arm_id="A-E")
    analysis = ask(row, arm("A", "E", role=Role.EXPERIMENTAL), arm("A", "C", role=Role.CONTROL), treatment=())
    assert analysis.estimates[0].estimate == 0.5


def test_an_exact_p_value_stands_in_for_a_missing_interval_and_is_named():
    (estimate,) = ask(hr("r1", "A", "0.5", p_value=Decimal("0.05"), p_operator="=")).estimates
    assert math.sqrt(estimate.v) == pytest.approx(math.log(2) / 1.959963984540054)
    assert estimate.derivation == "se_from_p"
    assert "P=0.05" in estimate.notes[0]
    assert estimate.ci_high == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("better", "worse", "question", "reason"),
    [
        (
            {},
            {"derivation": "from_curve", "at": 1},
            {"include_derived": True},
            "computed (from_curve); a reported number is used",
        ),
        (
            {"at": 9},
            {"ci_low": None, "p_value": Decimal("0.05"), "p_operator": "=", "at": 1},
            {},
            "no confidence interval; another estimate of the study has one",
        ),
        (
            {"adjustment": Adjustment.ADJUSTED},
            {"adjustment": Adjustment.UNADJUSTED, "at": 1},
            {},
            "adjusted estimate preferred",
        ),
        ({"adjustment": Adjustment.ADJUSTED}, {"at": 1}, {}, "adjusted estimate preferred"),
        ({}, {"adjustment": Adjustment.UNADJUSTED, "at": 1}, {}, "unadjusted estimate not preferred"),
        (
            {"adjustment": Adjustment.UNADJUSTED},
            {"adjustment": Adjustment.ADJUSTED, "at": 1},
            {"adjustment": "prefer_unadjusted"},
            "unadjusted estimate preferred",
        ),
        ({}, {"timepoint_months": Decimal(12), "at": 1}, {}, "at 12 months; the estimate without a time point is used"),
        ({}, {"outcome": Outcome.EFS, "at": 1}, {"outcome": ("OS", "EFS")}, "EFS; OS is used for this study"),
        ({"at": 1}, {"at": 2}, {}, "duplicate of better"),
        (
            {"at": 1},
            {"comparator": "other", "estimate": Decimal("0.7"), "at": 2},
            {},
            "another comparison of the same study (other versus sorafenib); placebo versus sorafenib is read first",
        ),
        (
            {"at": 1},
            {"estimate": Decimal("0.52"), "at": 2},
            {},
            "two different values for the same comparison (0.48 (0.28 to 0.82) and 0.52 (0.28 to 0.82)): first used",
        ),
    ],
)
def test_of_several_estimates_of_a_study_the_better_one_is_used(better, worse, question, reason):
    rows = (hr("better", "A", GOOD, **better), hr("worse", "A", GOOD, **worse))
    for order in (rows, rows[::-1]):
        analysis = ask(*order, **question)
        assert used(analysis) == [("better",)]
        assert reasons(analysis) == {"worse": reason}


def test_a_choice_between_two_values_is_noted_on_the_one_used():
    (estimate,) = ask(hr("r1", "A", GOOD, at=1), hr("r2", "A", "0.52 (0.30-0.90)", at=2)).estimates
    assert "Two different values are given" in estimate.notes[0]
    assert "0.52 (0.3 to 0.9)" in estimate.notes[0]


def test_a_study_in_two_documents_counts_once_and_its_own_report_is_used():
    analysis = ask(
        hr("cited", "A", "0.50 (0.30-0.80)", document="review", at=1),
        hr("own", "A", GOOD, document="paper", at=500),
        study("A", document="review", report=Report.CITED),
        study("A", document="paper", label="ACRONYM"),
    )
    assert used(analysis) == [("own",)]
    assert reasons(analysis) == {"cited": "cited row; the study's own report is used"}
    assert analysis.estimates[0].label == "ACRONYM"


def test_a_cited_number_is_used_where_the_own_report_has_none_unless_it_is_not_wanted():
    rows = (
        hr("cited", "A", GOOD, document="review"),
        hr("own", "A", "", document="paper"),
        study("A", document="review", report=Report.CITED),
        study("A", document="paper"),
    )
    analysis = ask(*rows)
    assert used(analysis) == [("cited",)]
    assert analysis.estimates[0].report == "cited"
    assert reasons(ask(*rows, include_cited=False))["cited"] == "cited row; only the studies' own reports are asked for"


def test_pooled_numbers_of_a_review_are_no_study():
    rows = (hr("r1", "R", GOOD), study("R", design=Design.REVIEW))
    assert reasons(ask(*rows)) == {"r1": "from a review document, not a study of patients of its own"}
    assert used(ask(*rows, design=("review",))) == [("r1",)]


@pytest.mark.parametrize("status", [RowStatus.ACCEPTED, RowStatus.CORRECTED])
def test_a_row_under_an_error_is_held_back_until_a_person_decides(status):
    doubt = flag("r1")
    held = ask(hr("r1", "A", GOOD), doubt)
    assert reasons(held) == {"r1": f"held back until a person decides: {doubt.message}"}
    decided = ask(hr("r1", "A", GOOD, status=status), doubt)
    assert used(decided) == [("r1",)]
    assert decided.estimates[0].notes == (f"Error flag a_check: {doubt.message}",)
    assert decided.estimates[0].error_flags == ("a_check",)


def test_an_error_of_a_document_that_cites_a_study_does_not_hold_back_its_own_report():
    doubt = flag("r1", "r2", document="doc-review")
    rows = (hr("r1", "A", "0.48 (0.28-0.82)"), hr("r2", "A", "0.84 (0.28-0.82)", document="doc-review"))
    known = ask(*rows, study("A", document="doc-review", report=Report.CITED), study("A"), doubt)
    assert used(known) == [("r1",)] and known.estimates[0].notes == known.estimates[0].error_flags == ()
    assert reasons(known) == {"r2": f"held back until a person decides: {doubt.message}"}


def test_a_warning_goes_along_as_a_note():
    doubt = flag("r1", severity=Severity.WARNING, message="The interval is not symmetric around 0.48.")
    (estimate,) = ask(hr("r1", "A", GOOD), doubt).estimates
    assert (estimate.notes, estimate.error_flags) == (("The interval is not symmetric around 0.48.",), ())


def test_two_studies_of_one_label_are_told_apart():
    analysis = ask(
        hr("r1", "a", GOOD),
        hr("r2", "b", "0.50 (0.30-0.80)"),
        study("a", label="Li 2020", registry_ids=("NCT1",)),
        study("b", label="Li 2020", registry_ids=("NCT2",)),
    )
    assert [estimate.label for estimate in analysis.estimates] == ["Li 2020 (NCT1)", "Li 2020 (NCT2)"]


def test_the_same_numbers_under_two_names_are_pointed_out():
    analysis = ask(hr("r1", "A", GOOD), hr("r2", "B", GOOD))
    assert "A and B give exactly the same estimate and interval" in analysis.notes[0]


def test_studies_are_grouped_by_a_column_and_each_group_pooled():
    rows = [hr(f"r{i}", f"S{i}", f"0.{5 + i} (0.2-1.4)") for i in range(4)]
    designs = [Design.RANDOMIZED, Design.RANDOMIZED, Design.COHORT_RETROSPECTIVE, None]
    analysis = ask(*rows, *(study(f"S{i}", design=design) for i, design in enumerate(designs)), subgroup_by="design")
    assert [(group.name, group.members) for group in analysis.groups] == [
        ("cohort_retrospective", (2,)),
        ("not stated", (3,)),
        ("randomized", (0, 1)),
    ]
    assert analysis.groups[2].pooled.k == 2
    assert analysis.group_test.df == 2


def test_a_column_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(QuestionError, match="phase"):
        ask(hr("r1", "A", GOOD), subgroup_by="colour")


def test_one_study_is_shown_and_not_pooled():
    analysis = ask(hr("r1", "A", GOOD))
    assert analysis.pooled is None
    assert analysis.notes == ("One study: nothing was pooled.",)


def test_two_studies_are_pooled_as_asked():
    analysis = ask(hr("r1", "A", GOOD), hr("r2", "B", "0.7 (0.5-0.98)"), method="common", interval="wald", level=90.0)
    assert (analysis.pooled.k, analysis.pooled.method, analysis.pooled.interval, analysis.pooled.level) == (
        2, "common", "wald", 90.0,
    )  # fmt: skip


def test_a_question_without_a_measure_pools_nothing():
    analysis = answer(Question(id="q", outcome=("OS",)), records(hr("r1", "A", GOOD)))
    assert (analysis.estimates, analysis.left_out, analysis.pooled) == ((), (), None)


def test_mean_differences_turn_around_by_their_sign():
    row = hr("r1", "A", "3 (1-5)", measure=Measure.MD, arm="placebo", comparator="sorafenib")
    (estimate,) = ask(row, measure="MD").estimates
    assert (estimate.y, estimate.estimate, estimate.ci_low, estimate.ci_high) == (-3, -3, -5, -1)


def test_a_conflict_that_a_check_saw_points_to_its_flag():
    rows = (hr("r1", "A", GOOD, at=1), hr("r2", "A", "0.52 (0.30-0.90)", at=2))
    doubt = flag("r1", "r2", severity=Severity.WARNING, message="Two values are given for OS.")
    assert reasons(ask(*rows, doubt))["r2"].endswith("first used; see flag")
