"""Hazard ratios a document does not print. Values are those of R 4.2.2 for the same formulas, to four digits."""

from dataclasses import replace
from decimal import Decimal

import pytest

from evidence.check.derive_hazards import hazard_ratios
from evidence.model.codes import Adjustment, Measure, Outcome
from evidence.model.derivations import inputs_of
from tests.check.rows import contrast, source
from tests.check.trials import FIRST, SECOND, both, test_of, trial

LIMITS = {"ci_low": (Decimal(42), Decimal(30)), "ci_high": (Decimal(68), Decimal(55))}
DEATHS = {"measure": Measure.COUNT, "outcome": Outcome.DEATH, "months": None}
EVENTS = ("hr_from_events_p", "0.7121", "0.5071", "1.000")
MEDIANS = {"measure": Measure.MEDIAN_TIME, "months": None}


def made(records):
    return [(row.derivation, str(row.estimate), str(row.ci_low), str(row.ci_high)) for row in hazard_ratios(records)]


@pytest.mark.parametrize(
    ("rows", "size", "expected"),
    [
        # as a review restates a trial whose own hazard ratios are 0.24 and 0.256
        ((*both("90.5", "66.2"), test_of("=0.007")), {}, ("hr_from_survival_p", "0.2420", "0.08629", "0.6786")),
        ((*both("85", "53.3"), test_of("=0.002")), {}, ("hr_from_survival_p", "0.2583", "0.1094", "0.6095")),
        (
            (*both("90.5", "66.2"), test_of("=0.007")),
            {"n": (43, 40)},
            ("hr_from_survival_p", "0.2420", "0.08629", "0.6786"),
        ),
        # the curves differ less at that time than over the follow-up that the p-value is about
        (
            (*both("38.6", "32.3"), test_of("=0.003")),
            {"n": (90, 90)},
            ("hr_from_survival_p_events", "0.5762", "0.4004", "0.8293"),
        ),
        (
            (*both("55", "42"), *both(None, None, **DEATHS, events=(60, 75)), test_of("=0.05")),
            {"n": (150, 150)},
            EVENTS,
        ),
        ((*both(None, None, **DEATHS, events=(60, 75)), test_of("=0.05")), {"n": (150, 150)}, EVENTS),
        ((*both("55", "42", **LIMITS), test_of("<0.001")), {}, ("hr_from_survival_ci", "0.6891", "0.4083", "1.163")),
        (both("55", "42"), {"n": (100, 100)}, ("hr_from_survival_n", "0.6891", "0.4629", "1.026")),
        (both("12", "9", **MEDIANS), {}, ("hr_from_medians_approximation", "0.7500", "None", "None")),
        (
            (*both("12", "9", **MEDIANS), *both(None, None, **DEATHS, events=(70, 80))),
            {"n": (100, 100)},
            ("hr_from_medians_approximation", "0.7500", "0.5442", "1.034"),
        ),
    ],
)
def test_a_hazard_ratio_follows_by_the_first_method_its_numbers_allow(rows, size, expected):
    assert made(trial(*rows, **size)) == [expected]


def test_all_events_and_the_patients_of_both_arms_are_enough():
    together = replace(both(None, None, **DEATHS, events=140)[0], arm_id=None, arm="overall")
    rows = (*both("42", "55"), together, test_of("=0.02"))
    assert made(trial(*rows, n=(150, 75), n_total=225)) == [("hr_from_total_events_p", "1.518", "1.068", "2.156")]


@pytest.mark.parametrize(
    "rows",
    [
        both("55", "42"),  # neither intervals nor patients nor p
        (*both("55", "42"), test_of("<0.05")),
        (*both("55", "42"), test_of("=0.03", adjustment=Adjustment.ADJUSTED)),
        (*both("55", "42"), test_of("=0.03", source=source("a one-sided P of 0.03"))),
        (*both("55", "55"), test_of("=0.9")),
        (*both("55", "54"), test_of("=0.04")),  # they may be the same
        (*both("55.0", "54.0"), test_of("=0.9")),  # the rounding of P decides the standard error
        (*both("55", "42"), test_of("=0.03", months="12")),  # another time
        (*both("55", "42", outcome=Outcome.CR), test_of("=0.03", outcome=Outcome.CR)),
        (*both("55", "42", measure=Measure.CUMULATIVE_INCIDENCE), test_of("=0.03")),
        (*both(None, None, **DEATHS, events=(60, 75)), test_of("=0.05")),  # how many patients there are is not known
        (both("55", "42")[0], test_of("=0.03")),
    ],
)
def test_numbers_that_do_not_tell_give_no_hazard_ratio(rows):
    assert made(trial(*rows)) == []


@pytest.mark.parametrize(
    "reported",
    [
        contrast("0.24", "0.08", "0.74"),
        contrast("0.24", "0.08", "0.74", timepoint="24"),
        contrast("0.24", p="=0.007"),
        replace(contrast("4.17", "1.35", "12.5"), arm_id="a2", comparator_arm_id="a1"),
        replace(contrast("0.24", "0.08", "0.74"), measure=Measure.SHR),
    ],
)
def test_a_reported_hazard_ratio_is_never_joined_by_a_computed_one(reported):
    assert made(trial(*both("90.5", "66.2"), test_of("=0.007"), reported)) == []


@pytest.mark.parametrize(
    "reported",
    [
        contrast("0.24"),
        contrast("0.24", p="<0.05"),
        contrast("0.24", "0.08", "0.74", timepoint="12"),
        replace(contrast("0.24", "0.08", "0.74"), subgroup="MRD-positive"),
        replace(contrast("0.24", "0.08", "0.74"), outcome=Outcome.EFS),
    ],
)
def test_a_reported_number_that_is_another_or_cannot_be_pooled_does_not_stand_in_the_way(reported):
    assert len(made(trial(*both("90.5", "66.2"), test_of("=0.007"), reported))) == 1


def test_survival_printed_twice_and_differently_counts_only_beside_its_p_value():
    swapped = both("53", "85", source=SECOND)
    beside = trial(*both("85", "53"), *swapped, test_of("=0.002"))
    assert made(beside) == [("hr_from_survival_p", "0.2560", "0.1079", "0.6075")]
    elsewhere = replace(FIRST, char_start=500, char_end=506)
    assert made(trial(*both("85", "53"), *swapped, test_of("=0.002", source=elsewhere))) == []


def test_of_two_p_values_of_one_time_the_one_beside_the_numbers_is_taken():
    other = test_of("=0.83", months=None, source=SECOND)
    (row,) = hazard_ratios(trial(*both("55", "42"), test_of("=0.03"), other))
    assert row.p_value == Decimal("0.03")
    assert made(trial(*both("55", "42"), test_of("=0.03"), replace(other, source=FIRST))) == []


def test_a_p_value_of_the_whole_follow_up_goes_with_the_latest_survival():
    rows = (*both("80", "70", months="12"), *both("55", "42", months="36"), test_of("=0.03", months=None))
    (row,) = hazard_ratios(trial(*rows))
    assert row.timepoint_months == 36


@pytest.mark.parametrize(
    "words", ["12 and 19 died during treatment", "deaths within 30 days", "treatment-related deaths"]
)
def test_deaths_of_some_kind_are_not_the_events_of_overall_survival(words):
    some = both(None, None, **DEATHS, events=(60, 75), source=source(words))
    rows = (*both("55", "42"), *some, test_of("=0.05"))
    assert [row[0] for row in made(trial(*rows, n=(150, 150)))] == ["hr_from_survival_p"]


@pytest.mark.parametrize("survival", [("55", "42"), ("42", "55")])
def test_who_is_better_follows_from_the_arms_own_numbers(survival):
    rows = (*both(*survival), *both(None, None, **DEATHS, events=(60, 75)), test_of("=0.05"))
    (row,) = hazard_ratios(trial(*rows, n=(150, 150)))
    assert (row.estimate < 1) is (survival == ("55", "42"))


def test_numbers_that_contradict_one_another_do_not_tell_who_is_better():
    rows = (*both("55", "42"), *both("9", "12", **MEDIANS), *both(None, None, **DEATHS, events=(60, 75)))
    assert [row[0] for row in made(trial(*rows, test_of("=0.05"), n=(150, 150)))] == ["hr_from_survival_p"]


def test_a_computed_row_names_its_inputs_and_has_the_place_of_the_first():
    rows = [replace(row, confidence=0.9) for row in (*both("90.5", "66.2", source=SECOND), test_of("=0.007"))]
    (row,) = hazard_ratios(trial(*rows))
    assert inputs_of(row) == ("d1-r1", "d1-r2", "d1-r3")
    assert (row.source, row.derivation) == (SECOND, "hr_from_survival_p")
    assert (row.arm, row.comparator, row.adjustment) == ("sorafenib", "placebo", Adjustment.UNADJUSTED)
    assert row.confidence == pytest.approx(0.729)
