from dataclasses import replace

import pytest

from evidence.check.within_arm import (
    competing_risks_sum,
    relapse_among_all,
    response_above_wider,
    survival_above_overall,
    survival_rises,
    total_above_arm,
)
from evidence.model.codes import Measure, Outcome, Severity
from tests.check.rows import arm_result, found, number, source, trial

SURVIVAL, INCIDENCE, MEDIAN = Measure.SURVIVAL_PROBABILITY, Measure.CUMULATIVE_INCIDENCE, Measure.MEDIAN_TIME


def result(outcome, value, measure=Measure.PROPORTION, *, at=None, **changes):
    row = arm_result(value, measure=measure)
    name = f"{outcome}-{value}-{at}"
    words = {"result_id": name, "outcome": outcome, "outcome_text": outcome.value, "timepoint_months": number(at)}
    return replace(row, **words | changes)


@pytest.mark.parametrize(
    ("measure", "outcome", "first", "second", "severity"),
    [
        (SURVIVAL, Outcome.OS, "60", "70", Severity.ERROR),
        (SURVIVAL, Outcome.OS, "60", "60", None),
        (SURVIVAL, Outcome.OS, "60", "60.4", None),  # 60 may be 60.4
        (SURVIVAL, Outcome.OS, "70", "60", None),
        (INCIDENCE, Outcome.RELAPSE, "30", "20", Severity.ERROR),
        (INCIDENCE, Outcome.RELAPSE, "20", "30", None),
        (Measure.PROPORTION, Outcome.CR, "20", "30", None),
    ],
)
def test_survival_cannot_rise_nor_an_incidence_fall_with_time(measure, outcome, first, second, severity):
    rows = result(outcome, first, measure, at="12"), result(outcome, second, measure, at="24")
    assert found(survival_rises, trial(*rows)) is severity


def test_numbers_of_different_things_are_not_held_against_each_other():
    rows = (
        result(Outcome.OS, "60", SURVIVAL, at="12"),
        result(Outcome.OS, "70", SURVIVAL, at="24", subgroup="FLT3-ITD"),
        result(Outcome.OS, "80", SURVIVAL, at="24", arm_id="a2"),
        result(Outcome.OS, "90", SURVIVAL, at="24", outcome_text="survival after relapse"),
        result(Outcome.PFS, "55", SURVIVAL, at="24"),
    )
    assert list(survival_rises(trial(*rows))) == []


def test_numbers_of_different_sentences_may_be_of_other_patients():
    later = replace(source(), char_start=900, char_end=906)
    rows = result(Outcome.OS, "60", SURVIVAL, at="12"), result(Outcome.OS, "70", SURVIVAL, at="24", source=later)
    assert found(survival_rises, trial(*rows)) is Severity.WARNING


@pytest.mark.parametrize(
    ("outcome", "measure", "value", "overall", "severity"),
    [
        (Outcome.RFS, SURVIVAL, "85", "66.2", Severity.WARNING),
        (Outcome.PFS, SURVIVAL, "66", "66.2", None),
        (Outcome.PFS, SURVIVAL, "67", "66.6", None),
        (Outcome.PFS, MEDIAN, "12.1", "9.0", Severity.WARNING),
        (Outcome.TTP, MEDIAN, "12.1", "9.0", None),  # death is no progression
        (Outcome.DOR, MEDIAN, "12.1", "9.0", None),
    ],
)
def test_survival_without_an_event_is_not_above_overall_survival(outcome, measure, value, overall, severity):
    rows = result(outcome, value, measure, at="24"), result(Outcome.OS, overall, measure, at="24")
    assert found(survival_above_overall, trial(*rows)) is severity


def test_one_doubt_for_an_outcome_that_is_printed_twice_and_none_where_the_prints_differ():
    rows = (
        result(Outcome.RFS, "85", SURVIVAL, at="24"),
        result(Outcome.RFS, "85", SURVIVAL, at="24", result_id="again"),
        result(Outcome.OS, "66.2", SURVIVAL, at="24"),
    )
    assert found(survival_above_overall, trial(*rows)) is Severity.WARNING
    other = result(Outcome.RFS, "53", SURVIVAL, at="24")  # which of them is right is the question of another check
    assert found(survival_above_overall, trial(*rows, other)) is None


@pytest.mark.parametrize(
    ("outcome", "wider", "value", "other", "severity"),
    [
        (Outcome.CR, Outcome.ORR, "45", "40", Severity.ERROR),
        (Outcome.CR, Outcome.ORR, "40", "40", None),
        (Outcome.CRI, Outcome.CRC, "45.2", "45.0", Severity.ERROR),
        (Outcome.CRC, Outcome.CR, "45", "40", None),
        (Outcome.CR, Outcome.PR, "45", "40", None),
    ],
)
def test_a_kind_of_remission_is_not_more_frequent_than_all_of_them(outcome, wider, value, other, severity):
    assert found(response_above_wider, trial(result(outcome, value), result(wider, other))) is severity


def test_remissions_of_other_patients_are_not_compared():
    rows = result(Outcome.CR, "45", total=20), result(Outcome.ORR, "40", total=38)
    assert list(response_above_wider(trial(*rows))) == []


@pytest.mark.parametrize(
    ("free", "relapse", "died", "severity"),
    [("60", "25", "15", None), ("60", "25", "12", None), ("60", "25", "30", Severity.WARNING)],
)
def test_relapse_death_without_it_and_survival_without_either_are_everybody(free, relapse, died, severity):
    rows = (
        result(Outcome.LFS, free, SURVIVAL, at="24"),
        result(Outcome.RELAPSE, relapse, INCIDENCE, at="24"),
        result(Outcome.NRM, died, INCIDENCE, at="24"),
    )
    assert found(competing_risks_sum, trial(*rows)) is severity
    assert found(competing_risks_sum, trial(*rows[:2])) is None


@pytest.mark.parametrize(
    ("outcome", "events", "total", "severity"),
    [
        (Outcome.AE, 30, 100, Severity.WARNING),
        (Outcome.AE, 30, 51, None),  # analysed as treated
        (Outcome.AE, 30, 40, None),
        (Outcome.DEATH, 60, None, Severity.WARNING),
        (Outcome.RELAPSE, 60, None, None),  # may be events
        (Outcome.OTHER, 30, 90, Severity.WARNING),
        (Outcome.OTHER, 90, 400, None),  # more than all patients: visits, samples
    ],
)
def test_a_number_is_not_of_more_patients_than_its_arm_has(outcome, events, total, severity):
    row = result(outcome, None, events=events, total=total)
    assert found(total_above_arm, trial(row, a1=50, n_total=100)) is severity
    assert found(total_above_arm, trial(replace(row, subgroup="FLT3-ITD"), a1=50, n_total=100)) is None


def test_what_a_table_counts_without_an_outcome_code_may_be_no_patients():
    visits = result(Outcome.OTHER, None, total=90, source=replace(source(), table="Table 2"))
    assert list(total_above_arm(trial(visits, a1=50, n_total=100))) == []


@pytest.mark.parametrize(
    ("remission", "relapse", "severity"),
    [
        ((25, 38), (6, 38), Severity.INFO),
        ((25, 38), (6, 25), None),
        ((38, 38), (6, 38), None),  # all were in remission
        ((5, 38), (6, 38), None),  # more than were in remission: of another kind
        (None, (6, 38), None),
    ],
)
def test_a_relapse_rate_of_patients_who_never_were_in_remission_is_noted(remission, relapse, severity):
    counts = {Outcome.RELAPSE: relapse} | ({Outcome.CRC: remission} if remission else {})
    rows = [
        result(outcome, f"{100 * events / total:.1f}", events=events, total=total)
        for outcome, (events, total) in counts.items()
    ]
    assert found(relapse_among_all, trial(*rows, a1=38)) is severity
