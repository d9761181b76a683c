from dataclasses import replace

import pytest

from evidence.check.arithmetic import (
    ci_estimate_mismatch,
    ci_limits_order,
    events_exceed_total,
    percent_count_mismatch,
    value_out_of_range,
)
from evidence.model.codes import Measure, Severity
from tests.check.rows import arm_result, contrast, found, of


@pytest.mark.parametrize(
    ("low", "high", "severity"),
    [
        ("0.49", "0.83", None),
        ("0.49", "0.38", Severity.ERROR),
        ("0.83", "0.49", Severity.WARNING),  # from one side to the other, as some print differences
        ("0.49", "0.49", None),
        ("0.49", None, None),
    ],
)
def test_a_lower_limit_above_the_upper_one_is_doubted(low, high, severity):
    assert found(ci_limits_order, contrast("0.64", low, high)) is severity


@pytest.mark.parametrize(
    ("estimate", "low", "high", "severity"),
    [
        ("0.64", "0.49", "0.83", None),
        ("0.94", "0.49", "0.83", Severity.ERROR),
        ("0.34", "0.49", "0.83", Severity.ERROR),
        ("1", "1.02", "1.45", None),  # 1 may stand for 1.22
        ("1.0", "1.02", "1.08", None),  # 1.0 may stand for 1.049
        ("0.64", "0.49", "1.83", Severity.WARNING),  # 0.83 with a wrong first digit
        ("0.64", "0.19", "0.83", Severity.WARNING),
        ("0.89", "0.57", "1.16", Severity.WARNING),
        ("0.256", "0.10", "0.65", None),
        ("0.1", "0.0", "0.4", None),  # a limit printed as 0.0 has no centre to compare with
        ("2.047", "1.109", "3.377", Severity.WARNING),  # 3.777 would fit
        ("2.13", "1.14", "3.65", None),  # a little off, as intervals by other methods are
        ("0.26", "0.03", "2.20", None),
    ],
)
def test_an_estimate_belongs_to_the_middle_of_its_interval_on_the_log_scale(estimate, low, high, severity):
    assert found(ci_estimate_mismatch, contrast(estimate, low, high)) is severity


@pytest.mark.parametrize(
    ("estimate", "low", "high", "severity"),
    [
        ("-1.1", "-1.2", "-0.93", None),  # the last digit of -1.1 explains it
        ("2.5", "0.1", "4.9", None),
        ("4.5", "0.1", "4.9", Severity.WARNING),
        ("-2.5", "0.1", "4.9", Severity.ERROR),  # a lost minus sign
    ],
)
def test_a_difference_belongs_to_the_middle_of_its_interval_as_it_stands(estimate, low, high, severity):
    assert found(ci_estimate_mismatch, contrast(estimate, low, high, measure=Measure.MD)) is severity


@pytest.mark.parametrize(
    ("value", "low", "high", "severity"),
    [
        ("9.3", "7.7", "10.7", None),
        ("9.3", "7.7", "21.0", None),  # intervals of medians are not symmetric
        ("9.3", "9.7", "21.0", Severity.ERROR),
        ("9.3", "7.7", None, None),  # upper limit not reached
    ],
)
def test_a_median_only_has_to_lie_inside_its_interval(value, low, high, severity):
    row = arm_result(value, measure=Measure.MEDIAN_TIME, low=low, high=high)
    assert found(ci_estimate_mismatch, row) is severity


@pytest.mark.parametrize(
    ("value", "events", "total", "severity"),
    [
        ("65.8", 25, 38, None),
        ("66", 25, 38, None),
        ("68.5", 25, 38, Severity.ERROR),  # digits swapped
        ("65.7", 25, 38, Severity.INFO),  # cut off, not rounded
        ("65", 25, 38, Severity.INFO),
        ("64", 25, 38, Severity.ERROR),
        ("7.1", 22, 316, Severity.WARNING),  # 6.96%, and 7.1% of 316 is 22.4 patients: imprecise, the count stands
        ("40.8", 126, 311, Severity.ERROR),  # 40.8% of 311 is 127 patients
        ("26", 5, 20, Severity.WARNING),
        ("12.5", 1, 8, None),
        ("12", 1, 8, None),  # half a unit, rounded to even
        ("13", 1, 8, None),
        ("0", 0, 38, None),
        ("100", 38, 38, None),
        ("65.8", 25, 0, None),
        ("65.8", 25, None, None),
        ("65.8", None, 38, None),
    ],
)
def test_a_percentage_has_to_be_the_count_over_the_total(value, events, total, severity):
    assert found(percent_count_mismatch, arm_result(value, events, total)) is severity


@pytest.mark.parametrize("measure", [Measure.SURVIVAL_PROBABILITY, Measure.CUMULATIVE_INCIDENCE])
def test_an_estimated_probability_is_not_a_count_over_a_total(measure):
    assert found(percent_count_mismatch, arm_result("85.0", 25, 38, measure=measure)) is None


def test_more_events_than_patients_is_an_error():
    assert found(events_exceed_total, arm_result(events=39, total=38)) is Severity.ERROR
    assert found(events_exceed_total, arm_result(events=38, total=38)) is None


@pytest.mark.parametrize(
    ("row", "severity"),
    [
        (arm_result("100"), None),
        (arm_result("101"), Severity.ERROR),
        (arm_result("-3"), Severity.ERROR),
        (arm_result("90", low="71", high="108"), Severity.WARNING),  # simple intervals overshoot
        (arm_result("108", low="71", high="110"), Severity.ERROR),
        (arm_result("120", measure=Measure.MEAN), None),
        (arm_result("-2.5", measure=Measure.MEAN), None),
        (arm_result("-2.5", measure=Measure.MEDIAN_TIME), Severity.ERROR),
        (arm_result(events=-1, total=38), Severity.ERROR),
        (contrast("-0.64"), Severity.ERROR),
        (contrast("0.64", "-0.49", "0.83"), Severity.ERROR),
        (contrast("0.00", "0.00", "0.83"), None),
        (contrast("-12.5", measure=Measure.RD), None),
        (contrast("-112.5", measure=Measure.RD), Severity.ERROR),
        (contrast("-112.5", measure=Measure.MD), None),
        (contrast(p="=1.2", measure=Measure.P), Severity.ERROR),
        (contrast(p="=1.0", measure=Measure.P), None),
        (contrast("0.64", level="5"), Severity.ERROR),
        (contrast("0.64", timepoint="-12"), Severity.ERROR),
    ],
)
def test_a_number_has_to_be_one_that_its_measure_can_take(row, severity):
    assert found(value_out_of_range, row) is severity


def test_messages_carry_the_numbers_as_printed():
    (doubt,) = ci_limits_order(of(contrast("0.60", "0.490", "0.38")))
    assert doubt.message == (
        "sorafenib vs placebo, OS, HR: the lower confidence limit 0.490 is above the upper limit 0.38."
    )
    (doubt,) = percent_count_mismatch(of(arm_result("68.5", 25, 38)))
    assert doubt.message == "sorafenib, CR, proportion: 25 of 38 is 65.8%, but the document says 68.5%."


def test_an_arm_without_a_name_reads_well_in_a_message():
    nameless = replace(contrast("0.64", "0.83", "0.49"), arm="", comparator="", subgroup="FLT3")
    (doubt,) = ci_limits_order(of(nameless))
    assert doubt.message.startswith("(FLT3), OS, HR: the lower")
    (doubt,) = ci_limits_order(of(replace(nameless, arm="sorafenib", subgroup=None)))
    assert doubt.message.startswith("sorafenib vs an unnamed arm, OS, HR: ")
