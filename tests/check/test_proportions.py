from dataclasses import replace

import pytest

from evidence.check.proportions import percent_impossible, proportion_ci_mismatch
from evidence.model.codes import Measure, Outcome, Severity
from tests.check.rows import arm_result, found, number, source, trial


@pytest.mark.parametrize(
    ("value", "patients", "severity"),
    [
        ("53.8", 37, Severity.WARNING),  # 19/37 is 51.4%, 20/37 is 54.1%
        ("54.1", 37, None),
        ("54.0", 37, None),  # cut off
        ("53.9", 37, Severity.WARNING),
        ("54", 37, None),
        ("53", 37, Severity.WARNING),
        ("53.8", 370, None),
        ("53.8", None, None),
        ("0", 37, None),
        ("100", 37, None),
    ],
)
def test_a_percentage_has_to_be_a_whole_number_of_the_patients_of_the_arm(value, patients, severity):
    assert found(percent_impossible, trial(arm_result(value), a1=patients)) is severity


@pytest.mark.parametrize(
    "changes",
    [
        {"subgroup": "FLT3-ITD"},
        {"timepoint_months": number("12")},  # may be an estimate over time
        {"outcome": Outcome.RELAPSE},
        {"outcome": Outcome.OTHER},  # may be no proportion of patients at all
        {"measure": Measure.CUMULATIVE_INCIDENCE},
        {"source": source("CR in 53.8% (n = 26)")},
        {"source": source("CR in 53.8% of 26 patients")},
        {"source": replace(source("53.8"), column="Evaluable (n=26)")},
    ],
)
def test_a_percentage_may_have_a_denominator_of_its_own(changes):
    assert found(percent_impossible, trial(replace(arm_result("53.8"), **changes), a1=37)) is None


def test_numbers_with_digits_after_a_point_are_no_denominators():
    row = replace(arm_result("53.8"), source=source("CR was 53.8% and ORR 26.0%, after 26 % before"))
    assert found(percent_impossible, trial(row, a1=37)) is Severity.WARNING


def test_a_denominator_of_another_number_of_the_arm_will_do():
    other = replace(arm_result("50.0", 13, 26, measure=Measure.PROPORTION), result_id="r2", outcome=Outcome.PR)
    assert found(percent_impossible, trial(arm_result("53.8"), other, a1=37)) is None


@pytest.mark.parametrize(
    ("value", "events", "patients", "severity"),
    [
        ("13.0", 15, 108, Severity.WARNING),  # 13.9%
        ("13.9", 15, 108, None),
        ("13.0", 15, 1080, None),  # 15 of a few of them
    ],
)
def test_a_count_beside_a_percentage_tells_the_denominator(value, events, patients, severity):
    assert found(percent_impossible, trial(arm_result(value, events), a1=patients)) is severity


def test_one_doubt_for_an_arm_names_the_patients_who_explain_all():
    events = {"r1": 6, "r2": 17, "r3": 7}
    rows = [
        replace(arm_result(f"{100 * n / 65:.1f}"), result_id=row, outcome=Outcome.AE, outcome_text=f"event {n}")
        for row, n in events.items()
    ]
    (doubt,) = percent_impossible(trial(*rows, a1=69))
    assert doubt.result_ids == ("r1", "r2", "r3")
    assert doubt.message == (
        "sorafenib: event 6 9.2%, event 17 26.2%, event 7 10.8%: no whole numbers of the 69 patients of the arm, so "
        "the denominator is another; 65 patients would explain all."
    )


@pytest.mark.parametrize(
    ("low", "high", "severity"),
    [
        ("49.9", "78.8", None),  # Wilson; R 4.2.2 prop.test(25, 38, correct = FALSE): 0.49892 to 0.78788
        ("48.6", "80.4", None),  # Clopper-Pearson; binom.test: 0.48647 to 0.80367
        ("50.7", "80.9", None),  # Wald
        ("49", "79", None),
        ("48.0", "80.0", None),  # by some other method
        ("59.9", "78.8", Severity.WARNING),  # a digit wrong
        ("61.0", "70.5", Severity.WARNING),  # of many more patients
        ("20.0", "95.0", Severity.WARNING),
    ],
)
def test_the_interval_of_a_proportion_has_to_be_one_that_its_counts_give(low, high, severity):
    assert found(proportion_ci_mismatch, trial(arm_result("65.8", 25, 38, low=low, high=high))) is severity


def test_the_counts_behind_a_proportion_may_follow_from_its_arm():
    row = arm_result("65.8", low="59.9", high="78.8")
    assert found(proportion_ci_mismatch, trial(row, a1=38)) is Severity.WARNING
    assert found(proportion_ci_mismatch, trial(row, a1=None)) is None
    assert found(proportion_ci_mismatch, trial(replace(row, subgroup="FLT3-ITD"), a1=38)) is None


def test_the_level_at_which_an_interval_fits_is_named():
    row = arm_result("15.0", 150, 1000, low="13.2", high="17.0")  # binom.test(150, 1000, conf.level = 0.9)
    assert found(proportion_ci_mismatch, row) is Severity.WARNING
    (doubt,) = proportion_ci_mismatch(trial(row))
    assert "as an interval of 90% it would fit" in doubt.message
    assert found(proportion_ci_mismatch, replace(row, ci_level=number("90"))) is None
