"""Figures of tests are of R 4.2.2: `chisq.test` with and without correction, and `fisher.test`."""

from dataclasses import replace

import pytest

from evidence.check.p_values import p_ci_mismatch, p_count_mismatch
from evidence.model.codes import Adjustment, Measure, Outcome, Severity
from tests.check.rows import arm_result, contrast, found, number, source, trial


@pytest.mark.parametrize(
    ("low", "high", "p", "severity"),
    [
        ("0.49", "0.83", "<0.001", None),
        ("0.49", "0.83", "=0.12", Severity.WARNING),
        ("0.49", "0.83", ">0.05", Severity.WARNING),
        ("0.76", "1.43", "=0.02", Severity.WARNING),
        ("0.76", "1.43", "=0.18", Severity.INFO),  # about 0.8 by the interval: another test
        ("0.58", "0.98", "=0.02", None),  # 0.03, and 0.02 may be 0.0249
        ("0.265", "0.885", "=0.006", Severity.INFO),  # a log-rank p beside a Cox interval that says 0.018
        ("0.265", "0.885", "=0.018", None),
        ("0.71", "0.86", "=0.001", None),  # what many print for p < 0.001
        ("0.58", "1.00", "=0.05", None),  # 1.00 may be 0.999 or 1.004
        ("0.58", "1.00", "=0.04", None),
        ("0.58", "0.99", "=0.05", None),  # 0.05 may be 0.046
        ("1.67", "2.69", "=0.02", Severity.INFO),
        ("0.49", "0.83", "=0.000", None),
        ("0.10", "0.30", "<0.05", None),  # < says only that it is smaller
        ("0.93", "0.999", "<0.0001", Severity.INFO),
        ("0.49", "0.83", "=1.2", None),  # not a p-value; another check says so
        ("0.83", "0.49", "=0.12", None),  # limits in the wrong order; another check says so
        ("0.00", "0.83", "=0.03", None),
    ],
)
def test_p_and_interval_have_to_agree_about_the_null_value(low, high, p, severity):
    assert found(p_ci_mismatch, contrast(None, low, high, p=p)) is severity


def test_digits_that_are_doubted_already_are_not_doubted_twice():
    assert found(p_ci_mismatch, contrast("0.81", "0.57", "1.16", p="=0.38")) is Severity.INFO
    assert found(p_ci_mismatch, contrast("0.89", "0.57", "1.16", p="=0.38")) is None  # far from the centre


def test_a_p_value_is_judged_at_the_level_of_its_interval():
    assert found(p_ci_mismatch, contrast("0.64", "0.40", "1.02", p="=0.014", level="99")) is None
    assert found(p_ci_mismatch, contrast("0.64", "0.40", "1.02", p="=0.014")) is Severity.WARNING


@pytest.mark.parametrize(
    "quote",
    ["one-sided P=0.03", "1‑sided p=0.03", "P=0.03 (one-tailed)", "noninferior (P=0.03)", "non-inferiority, p=0.03"],
)
def test_a_p_of_another_hypothesis_is_not_held_against_a_two_sided_interval(quote):
    assert found(p_ci_mismatch, contrast("0.78", "0.60", "1.02", p="=0.03", quote=quote)) is None


def test_the_null_of_a_difference_is_zero():
    assert found(p_ci_mismatch, contrast("2.5", "0.5", "4.5", p="=0.40", measure=Measure.MD)) is Severity.WARNING
    assert found(p_ci_mismatch, contrast("2.5", "0.5", "4.5", p="=0.01", measure=Measure.MD)) is None


def test_the_level_at_which_an_interval_would_fit_its_p_is_named():
    (doubt,) = p_ci_mismatch(trial(contrast("0.64", "0.38", "1.08", p="=0.028")))
    assert doubt.message.endswith("says the opposite; as an interval of 99% it would fit.")


def two_arms(p, ours, theirs, **changes):
    """A p-value beside the proportions of both arms, given as "percent" or (events, total), in one sentence."""
    rows = []
    for arm_id, side in (("a1", ours), ("a2", theirs)):
        row = arm_result(side) if isinstance(side, str) else arm_result(None, *side)
        rows.append(replace(row, result_id=f"r-{arm_id}", arm_id=arm_id, arm=arm_id))
    between = replace(contrast(p=p, measure=Measure.P), **{"outcome": Outcome.CR} | changes)
    return trial(*rows, between, a1=38, a2=24)


@pytest.mark.parametrize(
    ("p", "ours", "theirs", "severity"),
    [
        ("=0.898", "15.8", "12.5", Severity.WARNING),  # 6/38 and 3/24: 0.72, 1 and 1
        ("=0.72", "15.8", "12.5", None),
        ("=1.0", "15.8", "12.5", None),
        ("=0.898", "16", "14", None),  # 16% of 38 is 6, but 14% of 24 is no whole number
        ("=0.005", (25, 38), (7, 24), None),  # 0.0049, 0.0108, 0.0086
        ("=0.004", (25, 38), (7, 24), None),  # cut off
        ("=0.011", (25, 38), (7, 24), None),
        ("=0.009", (25, 38), (7, 24), None),
        ("=0.04", (25, 38), (7, 24), Severity.WARNING),
        ("<0.01", (25, 38), (7, 24), None),
        ("<0.001", (25, 38), (7, 24), Severity.WARNING),
        (">0.05", (25, 38), (7, 24), Severity.WARNING),
        ("=0.0304", (24, 82), (37, 81), None),  # 0.0304, 0.0452, 0.0359
        ("=0.042", (4, 54), (0, 54), Severity.INFO),  # 0.0415, 0.126, 0.118
        ("=0.12", (4, 54), (0, 54), None),
        ("=0.042", (0, 54), (0, 54), None),  # nothing to test
    ],
)
def test_a_p_of_two_proportions_is_that_of_their_counts_by_a_usual_test(p, ours, theirs, severity):
    assert found(p_count_mismatch, two_arms(p, ours, theirs)) is severity


def test_the_message_gives_what_each_test_gives():
    (doubt,) = p_count_mismatch(two_arms("=0.898", "15.8", "12.5"))
    assert doubt.message == (
        "sorafenib vs placebo, CR, P: p=0.898 does not follow from 6/38 against 3/24: the chi-squared test gives 0.72, "
        "with Yates' correction it gives 1, Fisher's exact test gives 1; it is of another test or other patients."
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"adjustment": Adjustment.ADJUSTED},
        {"outcome": Outcome.OS},
        {"subgroup": "FLT3-ITD"},
        {"timepoint_months": number("24")},
        {"source": source("P for interaction, 0.898")},
        {"comparator_arm_id": None},
    ],
)
def test_a_p_of_something_else_is_not_held_against_the_counts(changes):
    assert found(p_count_mismatch, two_arms("=0.898", "15.8", "12.5", **changes)) is None


def test_counts_of_another_sentence_are_not_taken_for_those_behind_a_p():
    elsewhere = replace(source(), char_start=500, char_end=506)
    assert found(p_count_mismatch, two_arms("=0.898", "15.8", "12.5", source=elsewhere)) is None


def test_counts_of_a_table_are_those_behind_a_p_whose_sentence_prints_their_percentages():
    said = replace(source("15.8% against 12.5% (P=0.898)"), char_start=500, char_end=530)
    assert found(p_count_mismatch, two_arms("=0.898", "15.8", "12.5", source=said)) is Severity.WARNING


def test_a_second_p_in_the_sentence_is_about_something_else():
    records = two_arms("=0.72", "15.8", "12.5")
    (first,) = records.contrasts
    second = replace(first, result_id="c2", p_value=number("0.03"))
    assert found(p_count_mismatch, replace(records, contrasts=(first, second))) is None


def test_the_p_values_of_one_table_are_one_doubt():
    cell = replace(source(), table="Table 2", row="any")
    records = two_arms("=0.40", "65.8", "12.5", source=cell)
    rows = tuple(replace(row, source=cell) for row in records.arm_results)
    (first,) = records.contrasts
    other = replace(source(), table="Table 2", row="other")
    again = (*(replace(row, result_id=f"{row.result_id}2", outcome=Outcome.PR, source=other) for row in rows),)
    second = replace(first, result_id="c2", outcome=Outcome.PR, source=other)
    (doubt,) = p_count_mismatch(replace(records, arm_results=rows + again, contrasts=(first, second)))
    assert doubt.result_ids == ("c1", "c2")
    assert "nor do 1 more p-values of Table 2" in doubt.message
