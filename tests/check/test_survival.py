"""Intervals of survival are those of R's survival 3.5.3 (`survfit` with conf.type log, plain and log-log)."""

from dataclasses import replace

import pytest

from evidence.check.survival import crude_survival, follow_up_short, median_ci_cut, survival_ci_mismatch
from evidence.model.codes import Measure, Outcome, Severity
from tests.check.rows import arm_result, found, number, source, trial


def survival(value, low=None, high=None, *, at="24", name="r1", outcome=Outcome.OS):
    row = arm_result(value, measure=Measure.SURVIVAL_PROBABILITY, low=low, high=high)
    return replace(row, result_id=name, timepoint_months=number(at), outcome=outcome)


@pytest.mark.parametrize(
    ("low", "high"),
    [("33.9", "66.2"), ("31.5", "63.2"), ("31.0", "62.1"), ("34", "66"), ("30.0", "70.0")],  # the last: censored
)
def test_the_intervals_of_all_patients_are_not_doubted_on_any_scale(low, high):
    assert found(survival_ci_mismatch, trial(survival("47.4", low, high), a1=38)) is None


@pytest.mark.parametrize(
    ("low", "high", "patients", "severity"),
    [
        ("33.9", "66.2", 38, None),
        ("33.9", "66.2", 30, Severity.WARNING),  # of 38 patients
        ("33.9", "66.2", 36, None),
        ("33.9", "66.2", None, None),
        ("40.0", "56.2", 38, Severity.WARNING),
        ("43.9", "66.2", 380, Severity.WARNING),  # 33.9 misprinted: the estimate lies too low
        ("33.9", "49.2", 380, Severity.WARNING),
        ("0", "66.2", 38, None),
    ],
)
def test_an_interval_narrower_than_its_patients_allow_is_doubted(low, high, patients, severity):
    assert found(survival_ci_mismatch, trial(survival("47.4", low, high), a1=patients)) is severity


def test_a_standard_error_to_either_side_is_named():
    (doubt,) = survival_ci_mismatch(trial(survival("47.4", "39.3", "55.5"), a1=38))
    assert doubt.message == (
        "sorafenib, OS, survival probability at 24 months: the 95% confidence interval 39.3 to 55.5 is narrower than "
        "38 patients allow; it would take at least 141; it may be one standard error to either side."
    )


def test_a_log_interval_of_few_patients_that_is_cut_is_noted():
    (doubt,) = survival_ci_mismatch(trial(survival("20.0", "3.5", "100.0"), a1=5))
    assert doubt.severity is Severity.INFO
    assert "is the log interval of 5 patients cut at its end" in doubt.message
    assert found(survival_ci_mismatch, trial(survival("20.0", "0", "55.1"), a1=5)) is Severity.INFO  # plain
    assert found(survival_ci_mismatch, trial(survival("20.0", "0.8", "58.2"), a1=5)) is None  # log-log


def median(value, low, high, name="r1", **changes):
    row = arm_result(value, measure=Measure.MEDIAN_TIME, low=low, high=high)
    return replace(row, **{"result_id": name, "outcome": Outcome.OS} | changes)


@pytest.mark.parametrize(
    ("low", "high", "severity"),
    [("0", "50.8", Severity.WARNING), ("0.0", "50.8", Severity.WARNING), ("0", "30.1", None), ("2.0", "50.8", None)],
)
def test_the_interval_of_a_median_that_is_cut_at_0_says_little(low, high, severity):
    assert found(median_ci_cut, median("18.4", low, high)) is severity


def test_the_cut_intervals_of_a_study_are_one_doubt():
    (doubt,) = median_ci_cut(trial(median("18.4", "0", "50.8"), median("11.4", "0", "29.2", "r2", outcome=Outcome.EFS)))
    assert doubt.result_ids == ("r1", "r2")
    assert "18.4 (0 to 50.8), 11.4 (0 to 29.2) months" in doubt.message


@pytest.mark.parametrize(
    ("value", "follow_up", "changes", "severity"),
    [
        ("18.4", "13.2", {}, Severity.INFO),
        ("13.2", "13.2", {}, None),
        ("13.4", "13", {}, None),  # 13 may be 13.49
        ("18.4", None, {}, None),
        ("18.4", "13.2", {"subgroup": "FLT3-ITD"}, None),
        ("18.4", "13.2", {"outcome": Outcome.PFS}, None),
    ],
)
def test_a_median_survival_beyond_the_median_follow_up_is_noted(value, follow_up, changes, severity):
    assert found(follow_up_short, trial(median(value, None, None, **changes), follow_up=follow_up)) is severity


@pytest.mark.parametrize(
    ("values", "patients", "severity"),
    [
        (["47.4", "44.7", "39.5"], 38, Severity.INFO),  # 18, 17 and 15 of 38
        (["47.4", "44.9", "39.5"], 38, None),
        (["47", "45", "39"], 38, None),  # so few digits fit by accident
        (["47.4"], 38, None),
        (["47.4", "47.4", "47.4"], 38, None),  # one number, printed often
        (["100", "100"], 38, None),
    ],
)
def test_survival_that_is_all_crude_fractions_is_noted(values, patients, severity):
    rows = [survival(value, name=f"r{i}", at=str(12 * i)) for i, value in enumerate(values, 1)]
    assert found(crude_survival, trial(*rows, a1=patients)) is severity


def test_survival_with_its_fraction_printed_is_noted():
    row = replace(survival("94.7"), events=18, total=19, source=source("94.7% (18/19)"))
    (doubt,) = crude_survival(trial(row, a1=19))
    assert doubt.message.startswith(
        "Trial A: the survival probabilities are crude fractions of the patients (94.7% = 18/19):"
    )
