"""Absolute risks of a summary of findings: the right way round, from a risk that somebody reports or gives."""

import math
from dataclasses import replace
from decimal import Decimal

import pytest

from evidence.model.codes import Measure, Outcome, RowStatus
from evidence.model.question import Question
from evidence.model.records import Records
from evidence.model.results import ArmCount
from evidence.model.summary import Summary, SummaryOutcome
from evidence.synthesise import findings
from tests.present.analyses import analysis_of, estimate, ratios
from tests.present.rows import arm_result, contrast

#: Trial by trial: hazard ratio, its interval, survival of the comparator at 24 months, its patients.
TRIALS = {
    "one": (0.5, 0.4, 0.625, "60.0", 100),
    "two": (0.6, 0.4, 0.9, "70.0", 300),
    "three": (0.4, 0.2, 0.8, "50.0", 20),
}


def question(outcome="OS", measure="HR"):
    return Question(id="q", outcome=(outcome,), measure=measure)


def asked(**more):
    return Summary(id="s", outcome=(SummaryOutcome(question="q", **({"months": 24} | more)),))


def analysed(names=("one",), outcome="OS", measure="HR", **more):
    rows = [
        estimate(
            name, *TRIALS[name][:3], study_id=name, result_ids=(f"{name}-hr",), outcome=outcome,
            comparator=ArmCount(label="placebo", n=TRIALS[name][4]),
        )
        for name in names
    ]  # fmt: skip
    return analysis_of(rows, question=question(outcome, measure), **more)


def comparator(name, value=None, measure=Measure.SURVIVAL_PROBABILITY, outcome=Outcome.OS, **more):
    fields = {
        "result_id": f"{name}-s0", "study_id": name, "timepoint_months": Decimal(24),
        "value": Decimal(value or TRIALS[name][3]),
    }  # fmt: skip
    return arm_result("placebo", outcome, measure, **(fields | more))


def rows(*names):
    return Records(
        arm_results=tuple(comparator(name) for name in names),
        contrasts=tuple(contrast(result_id=f"{name}-hr", study_id=name) for name in names),
    )


def finding(summary, analysis, records):
    (found,) = findings(summary, {"q": analysis}, records).rows
    return found


def test_survival_with_the_intervention_is_that_of_the_comparator_to_the_power_of_the_hazard_ratio():
    found = finding(asked(), analysed(), rows("one"))
    assert found.survival and found.comparator.risk == pytest.approx(0.6)
    made = found.intervention
    assert (made.risk, made.low, made.high) == pytest.approx((0.6**0.5, 0.6**0.625, 0.6**0.4))
    assert made.low < made.risk < made.high
    assert found.comparator.arms[0].result_ids == ("one-s0",)


def test_events_are_the_other_patients():
    survival = finding(asked(), analysed(), rows("one"))
    event = finding(asked(show="event"), analysed(), rows("one"))
    assert event.comparator.risk == pytest.approx(1 - survival.comparator.risk)
    assert event.intervention.risk == pytest.approx(1 - survival.intervention.risk)
    assert (event.intervention.low, event.intervention.high) == pytest.approx(
        (1 - survival.intervention.high, 1 - survival.intervention.low)
    )


def test_an_incidence_of_relapse_falls_with_a_hazard_ratio_below_one():
    records = Records(
        arm_results=(comparator("one", "30", Measure.CUMULATIVE_INCIDENCE, Outcome.RELAPSE),),
        contrasts=(contrast(result_id="one-hr", study_id="one", outcome=Outcome.RELAPSE),),
    )
    found = finding(asked(), analysed(outcome="RELAPSE"), records)
    assert not found.survival
    assert (found.comparator.risk, found.intervention.risk) == pytest.approx((0.3, 1 - 0.7**0.5))


@pytest.mark.parametrize(("how", "percent"), [("median", 60.0), ("pooled", (60 * 100 + 70 * 300 + 50 * 20) / 420)])
def test_the_comparators_risk_is_the_median_or_the_weighted_mean_of_the_arms(how, percent):
    names = ("one", "two", "three")
    found = finding(asked(comparator_from=how), analysed(names), rows(*names))
    assert found.comparator.risk == pytest.approx(percent / 100)
    assert found.comparator.how == how and len(found.comparator.arms) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"timepoint_months": Decimal(12)},
        {"timepoint_months": None},
        {"arm": "sorafenib", "arm_id": "d1-sorafenib"},
        {"study_id": "another"},
        {"outcome": Outcome.EFS},
        {"subgroup": "women"},
        {"status": RowStatus.REJECTED},
        {"derivation": "kaplan_meier_from_patients"},
        {"measure": Measure.PROPORTION},  # may count the deaths
        {"value": None},
    ],
)
def test_no_baseline_risk_is_invented(change):
    records = rows("one")
    records = replace(records, arm_results=(replace(records.arm_results[0], **change),))
    found = finding(asked(), analysed(), records)
    assert found.comparator is None and found.intervention is None
    assert "at 24 months" in found.why_not
    assert found.effect == pytest.approx((0.5, 0.4, 0.625))


def test_a_risk_that_is_given_is_used_with_its_source():
    found = finding(asked(comparator_percent=45.0, comparator_source="national registry"), analysed(), Records())
    assert (found.comparator.risk, found.comparator.how, found.comparator.source) == (
        0.45,
        "given",
        "national registry",
    )
    assert found.intervention.risk == pytest.approx(0.45**0.5)


def test_without_a_time_a_hazard_ratio_gives_no_risk():
    found = finding(asked(months=None), analysed(), rows("one"))
    assert found.comparator is None and "no time is given" in found.why_not


def test_an_odds_ratio_starts_from_the_counts_that_were_pooled():
    used = estimate(
        "one", 2.0, 1.0, 4.0, outcome="CRc",
        arm=ArmCount(label="a", n=50, events=20), comparator=ArmCount(label="b", n=40, events=10),
    )  # fmt: skip
    found = finding(asked(months=None), analysis_of([used], question=question("CRc", "OR")), Records())
    assert (found.comparator.risk, found.intervention.risk) == pytest.approx((0.25, 0.4))
    assert (found.intervention.low, found.intervention.high) == pytest.approx((0.25, 4 / 7))


def test_a_ratio_of_survival_that_may_count_deaths_gives_no_risk():
    found = finding(asked(), analysed(measure="OR"), rows("one"))
    assert found.comparator is None and "survivors or deaths" in found.why_not


def test_no_events_in_any_comparator_arm_give_no_risk():
    used = estimate("one", 2.0, 1.0, 4.0, outcome="CRc", comparator=ArmCount(label="b", n=40, events=0))
    found = finding(asked(months=None), analysis_of([used], question=question("CRc", "OR")), Records())
    assert found.intervention is None and "0%" in found.why_not


def test_a_risk_ratio_that_gives_more_than_everybody_gives_no_risk():
    summary = asked(comparator_percent=60.0, comparator_source="x")
    found = finding(summary, analysis_of([estimate("one", 2.0, 1.5, 3.0)], question=question("CRc", "RR")), Records())
    assert found.intervention is None and "no risk between 0 and 1" in found.why_not


def test_a_limit_without_end_is_left_open():
    pooled = replace(analysis_of(ratios(3)).pooled, ci_low=-math.inf, ci_high=1e4)
    analysis = analysis_of(ratios(3), question=question(), pooled=pooled)
    found = finding(asked(comparator_percent=60.0, comparator_source="x"), analysis, Records())
    assert found.intervention.risk > 0 and (found.intervention.low, found.intervention.high) == (None, None)


def test_different_values_of_one_arm_and_time_are_told():
    records = rows("one")
    records = replace(records, arm_results=(*records.arm_results, comparator("one", "62", result_id="again")))
    (arm,) = finding(asked(), analysed(), records).comparator.arms
    assert (arm.percent, arm.others) == (60.0, (62.0,))


@pytest.mark.parametrize("k", [0, 1, 2])
def test_any_number_of_studies_makes_a_row(k):
    names = ("one", "two")[:k]
    found = finding(asked(), analysed(names), rows(*names))
    assert (found.effect is None) is (k == 0)
    assert found.participants == sum(100 + TRIALS[name][4] for name in names)


def test_a_question_without_an_answer_is_named():
    found = findings(asked(), {}, Records())
    assert found.rows == () and [row.question for row in found.unanswered] == ["q"]
