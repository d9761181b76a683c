"""Patients listed one by one against what their document reports of them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from evidence.check import check
from evidence.check.curves import ipd_mismatch
from evidence.check.derive import kaplan_meier_from_patients
from evidence.model.codes import Measure, Outcome, Role, Severity
from evidence.model.records import Arm, ArmResult, Patient, Records, Study
from tests.check.rows import number, source

#: (months, died): a death at 10 of ten patients at risk, three left alive at 12, a death at 20 of the six left.
TEN = [(10, True), (12, False), (12, False), (12, False), (20, True), *[(40, False)] * 5]
#: 90% after the first death, and 90% times 5/6 after the second.
AT_12, AT_24 = "90.0", "75.0"


def patients(rows, outcome=Outcome.OS, text="OS (months)", arm_id="a1"):
    return tuple(
        Patient(
            result_id=f"{outcome}-{arm_id}-{place}",
            document_id="d1",
            study_id="s1",
            arm_id=arm_id,
            arm="sorafenib",
            patient=str(place),
            outcome=outcome,
            outcome_text=text,
            source=replace(source(), table="Table 2"),
            time_months=None if months is None else Decimal(str(months)),
            event=event,
        )
        for place, (months, event) in enumerate(rows, start=1)
    )


def reported(value=None, months=None, *, outcome=Outcome.OS, measure=Measure.SURVIVAL_PROBABILITY, **more):
    return ArmResult(
        result_id=f"r-{outcome}-{measure}-{value}-{months}-{more.get('events')}",
        document_id="d1",
        study_id="s1",
        arm_id="a1",
        arm="sorafenib",
        outcome=outcome,
        outcome_text="",
        measure=measure,
        source=source(),
        value=number(value),
        timepoint_months=number(months),
        **more,
    )


def of(listed, *rows, n=10, follow_up=None):
    return Records(
        studies=(
            Study(study_id="s1", document_id="d1", label="S", n_total=n, followup_median_months=number(follow_up)),
        ),
        arms=(Arm(arm_id="a1", study_id="s1", document_id="d1", label="sorafenib", role=Role.SINGLE, n=n),),
        arm_results=rows,
        patients=tuple(listed),
    )


def doubts(records):
    return list(ipd_mismatch(records))


@pytest.mark.parametrize(
    ("value", "months"), [(AT_12, "12"), (AT_24, "24"), ("75", "24"), ("90.0", "15"), (AT_12, "10")]
)
def test_a_rate_that_the_patients_give_raises_no_doubt(value, months):
    assert not doubts(of(patients(TEN), reported(value, months)))


@pytest.mark.parametrize("value", ["100", "90.0"])
def test_a_time_rounded_to_whole_months_may_lie_before_or_after_the_time_point(value):
    assert not doubts(of(patients(TEN), reported(value, "10")))


def test_a_crude_fraction_is_told_with_what_the_patients_give():
    (doubt,) = doubts(of(patients(TEN), reported("80.0", "24")))
    assert doubt.severity is Severity.WARNING
    assert "80.0% at 24 months" in doubt.message and "the 10 patients of Table 2 give 75.0%" in doubt.message
    assert "80.0% is 8 of 10 patients, a crude fraction" in doubt.message


def test_a_fraction_that_is_not_even_that_of_patients_without_an_event_is_told_with_theirs():
    (doubt,) = doubts(of(patients(TEN), reported("60.0", "24")))
    assert "60.0% is 6 of 10 patients, but 8 (80.0%) of them had no event by then." in doubt.message


def test_several_rates_of_one_curve_are_one_doubt():
    (doubt,) = doubts(of(patients(TEN), reported("80.0", "24"), reported("70.0", "12"), reported("75.0", "36")))
    assert len(doubt.result_ids) == 2
    assert "80.0% and 70.0% at 24 and 12 months" in doubt.message


@pytest.mark.parametrize(("value", "severity"), [("45.0", Severity.ERROR), ("60.0", Severity.WARNING)])
def test_a_rate_is_an_error_where_no_way_of_counting_gives_it(value, severity):
    # at 24 months five are followed event-free and eight are not known to have died: 50 to 80%
    assert [doubt.severity for doubt in doubts(of(patients(TEN), reported(value, "24")))] == [severity]


def test_a_rate_beyond_the_last_time_or_of_a_subgroup_is_not_compared():
    assert not doubts(of(patients(TEN), reported("10.0", "60")))
    assert not doubts(of(patients(TEN), replace(reported("10.0", "24"), subgroup="women")))


@pytest.mark.parametrize(
    ("listed", "n"),
    [(patients(TEN[:-1]), 10), (patients(TEN), 40), (patients([*TEN[:-1], (40, None)]), 10)],
    ids=["one missing", "some of the arm", "one status not told"],
)
def test_only_a_table_of_the_whole_arm_is_compared(listed, n):
    assert not doubts(of(listed, reported("10.0", "24"), n=n))
    assert not list(kaplan_meier_from_patients(of(listed, n=n)))


@pytest.mark.parametrize(
    ("row", "agrees"),
    [
        ({"not_reached": True}, True),
        ({"value": "18"}, False),
    ],
)
def test_a_median_is_compared_with_that_of_the_patients(row, agrees):
    value = row.pop("value", None)
    found = doubts(of(patients(TEN), reported(value, None, measure=Measure.MEDIAN_TIME, **row)))
    assert not found if agrees else "give no median" in found[0].message


def test_a_median_that_was_reached_is_not_one_that_was_not():
    dying = [(month, True) for month in range(1, 11)]
    assert not doubts(of(patients(dying), reported("5.5", None, measure=Measure.MEDIAN_TIME)))
    (doubt,) = doubts(of(patients(dying), reported(None, None, measure=Measure.MEDIAN_TIME, not_reached=True)))
    assert "was not reached" in doubt.message and "give 5.5 months" in doubt.message


@pytest.mark.parametrize(("events", "agrees"), [(2, True), (3, False)])
def test_deaths_are_counted(events, agrees):
    row = reported("20.0", None, outcome=Outcome.DEATH, measure=Measure.PROPORTION, events=events, total=10)
    found = doubts(of(patients(TEN), row))
    assert not found if agrees else "reports 3, but 2 of the 10 patients of Table 2" in found[0].message


def test_responses_are_counted_by_any_usual_meaning():
    listed = [
        *patients([(None, True)] * 4, Outcome.CR, "Best response"),
        *patients([(None, True)] * 2, Outcome.CRI, "Best response"),
        *patients([(None, False)] * 4, Outcome.ORR, "Best response"),
    ]
    listed = [replace(row, patient=str(place)) for place, row in enumerate(listed)]

    def said(outcome, events):
        return reported(None, None, outcome=outcome, measure=Measure.PROPORTION, events=events, total=10)

    assert not doubts(of(listed, said(Outcome.CR, 4), said(Outcome.ORR, 6)))
    assert not doubts(of(listed, said(Outcome.CR, 6)))
    (doubt,) = doubts(of(listed, said(Outcome.CR, 5)))
    assert "reports 5, but 4 or 6 of the 10 patients" in doubt.message


def test_the_median_follow_up_is_that_of_the_reverse_estimate():
    # six of ten are followed beyond 12 months and five to 40: by the reverse estimate the median is 40 months
    (doubt,) = doubts(of(patients(TEN), follow_up="30"))
    assert doubt.severity is Severity.INFO
    assert "reported as 30 months, which is the middle of all observed times" in doubt.message
    assert "followed for 40 months" in doubt.message
    assert not doubts(of(patients(TEN), follow_up="40"))


def test_a_death_that_ends_no_remission_and_a_remission_no_longer_followed_are_told():
    remission = [(10, False), (12, False), (1, False), *TEN[3:]]
    survival = [(10, True), (12, False), (14, False), (13, False), *TEN[4:]]
    found = doubts(of([*patients(remission, Outcome.RFS, "RFS"), *patients(survival)]))
    assert [(doubt.severity, doubt.result_ids) for doubt in found] == [
        (Severity.INFO, ("RFS-a1-1",)),
        (Severity.INFO, ("RFS-a1-3",)),
    ]
    assert "patient 1 died without a relapse" in found[0].message


def test_survival_follows_from_the_patients_with_limits():
    rows = {row.timepoint_months: row for row in kaplan_meier_from_patients(of(patients(TEN), reported("80.0", "18")))}
    assert {months: str(row.value) for months, row in rows.items() if months is not None} == {
        12: "90.0", 18: "90.0", 24: "75.0", 36: "75.0",
    }  # fmt: skip
    # R survival 3.5.3, survfit(conf.type = "log-log"): 0.473009 to 0.985281 and 0.298278 to 0.933875
    assert (rows[12].ci_low, rows[12].ci_high) == (Decimal("47.3"), Decimal("98.5"))
    assert (rows[24].ci_low, rows[24].ci_high) == (Decimal("29.8"), Decimal("93.4"))
    assert rows[None].not_reached and rows[None].measure is Measure.MEDIAN_TIME
    assert {row.derivation for row in rows.values()} == {"kaplan_meier_from_patients"}


def test_what_is_computed_stands_beside_what_is_reported():
    said = reported("80.0", "24")
    checked = check(of(patients(TEN), said))
    assert said in checked.arm_results
    assert check(checked) == checked
