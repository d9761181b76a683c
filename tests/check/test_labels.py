from dataclasses import replace

import pytest

from evidence.check.arithmetic import ci_estimate_mismatch
from evidence.check.labels import direction_mismatch, measure_mislabelled
from evidence.model.codes import Adjustment, Measure, Outcome, Severity
from tests.check.rows import arm_result, contrast, found, number, trial

SURVIVAL, MEDIAN = Measure.SURVIVAL_PROBABILITY, Measure.MEDIAN_TIME


def beside(between, ours, theirs, measure=Measure.PROPORTION, *, at=None, name="r", **changes):
    """A comparison after the two arms' numbers."""
    rows = [
        replace(
            arm_result(value, measure=measure),
            **{"result_id": f"{name}-{arm}", "arm_id": arm, "outcome": between.outcome, "timepoint_months": at}
            | changes,
        )
        for arm, value in (("a1", ours), ("a2", theirs))
    ]
    return (*rows, between)


def of_remission(*numbers, **named):
    return replace(contrast(*numbers, **named), outcome=Outcome.CR, outcome_text="complete remission")


def test_a_difference_in_percentage_points_is_no_hazard_ratio():
    records = trial(*beside(of_remission("32.5", "22.3", "42.6"), "54.3", "21.8"))
    (doubt,) = measure_mislabelled(records)
    assert doubt.severity is Severity.ERROR
    assert doubt.message == (
        "sorafenib vs placebo, CR, HR: 32.5 is called a hazard ratio, but it is the difference of 54.3% and 21.8%, and "
        "the 95% confidence interval 22.3 to 42.6 is symmetric as it stands: it is likely a risk difference in "
        "percentage points."
    )
    assert found(ci_estimate_mismatch, records) is None  # one doubt is enough


@pytest.mark.parametrize(
    ("between", "ours", "theirs", "severity"),
    [
        (of_remission("32.5"), "54.3", "21.8", Severity.ERROR),  # no ratio of remissions is so high
        (of_remission("2.5"), "54.3", "21.8", None),
        (of_remission("2.0", "1.2", "3.3"), "4.0", "2.0", None),  # ratio and difference are both 2
        (of_remission("32.5", "22.3", "42.6"), "50.0", "21.8", Severity.WARNING),  # by its interval alone
        (of_remission("0.64", "0.49", "0.83"), "54.3", "21.8", None),
    ],
)
def test_a_ratio_is_doubted_where_the_numbers_say_difference(between, ours, theirs, severity):
    assert found(measure_mislabelled, trial(*beside(between, ours, theirs))) is severity


@pytest.mark.parametrize(
    ("measure", "estimate", "severity"),
    [  # 60% and 30%: risk ratio 2.0, odds ratio 3.5
        (Measure.OR, "2.0", Severity.WARNING),
        (Measure.RR, "3.5", Severity.WARNING),
        (Measure.RR, "2.0", None),
        (Measure.OR, "3.5", None),
        (Measure.OR, "2.6", None),  # neither: adjusted, perhaps
        (Measure.HR, "2.0", None),
    ],
)
def test_odds_ratio_and_risk_ratio_are_told_apart_by_the_risks(measure, estimate, severity):
    between = of_remission(estimate, measure=measure)
    assert found(measure_mislabelled, trial(*beside(between, "60.0", "30.0"))) is severity
    adjusted = replace(between, adjustment=Adjustment.ADJUSTED)
    assert found(measure_mislabelled, trial(*beside(adjusted, "60.0", "30.0"))) is None


def test_rare_events_do_not_tell_odds_from_risks():
    assert found(measure_mislabelled, trial(*beside(of_remission("2.0", measure=Measure.OR), "4.0", "2.0"))) is None


def test_the_likely_measure_is_named():
    (doubt,) = measure_mislabelled(trial(*beside(of_remission("2.0", measure=Measure.OR), "60.0", "30.0")))
    assert doubt.message.endswith(
        "60.0% and 30.0% give an odds ratio of 3.50 and a risk ratio of 2.00: likely the latter."
    )


@pytest.mark.parametrize(
    ("sd", "p", "severity"),
    [  # means 10.0 and 12.0 of 50 each
        ("1.0", "=0.16", Severity.WARNING),  # as SE: z = 2 / 1.41, p = 0.157; as SD: z = 10
        ("7.07", "=0.16", None),  # as SD: z = 1.41
        ("1.0", "=0.0001", None),
        ("1.0", "=0.4", None),  # neither
        ("1.0", "<0.2", None),
    ],
)
def test_a_standard_error_called_standard_deviation_is_told_by_the_p_value(sd, p, severity):
    between = replace(contrast(p=p, measure=Measure.P), outcome=Outcome.OTHER, outcome_text="score")
    rows = beside(between, "10.0", "12.0", Measure.MEAN, sd=number(sd), outcome_text="score")
    assert found(measure_mislabelled, trial(*rows, a1=50, a2=50)) is severity


@pytest.mark.parametrize(
    ("sd", "limits", "severity"),
    [  # means 10.0 and 12.0 of 50 each
        ("1.0", ("-4.8", "0.8"), Severity.WARNING),  # SE 1.43; as SE: 1.41, as SD: 0.2
        ("7.07", ("-4.8", "0.8"), None),  # as SD: 1.41
        ("1.0", ("-2.4", "-1.6"), None),  # SE 0.2
        ("1.0", ("-6.8", "2.8"), None),  # neither
        ("1.0", ("0.8", "-4.8"), None),
    ],
)
def test_a_standard_error_called_standard_deviation_is_told_by_the_interval_of_the_difference(sd, limits, severity):
    between = replace(contrast("-2.0", *limits, measure=Measure.MD), outcome=Outcome.OTHER, outcome_text="score")
    rows = beside(between, "10.0", "12.0", Measure.MEAN, sd=number(sd), outcome_text="score")
    assert found(measure_mislabelled, trial(*rows, a1=50, a2=50)) is severity


@pytest.mark.parametrize(
    ("estimate", "ours", "theirs", "measure", "severity"),
    [
        ("0.60", "40", "60", SURVIVAL, Severity.WARNING),
        ("0.60", "60", "40", SURVIVAL, None),
        ("1.60", "60", "40", SURVIVAL, Severity.WARNING),
        ("0.60", "50", "53", SURVIVAL, None),  # no clear difference
        ("0.84", "40", "60", SURVIVAL, None),
        ("0.60", "5.0", "9.0", MEDIAN, Severity.WARNING),
        ("0.60", "9.0", "5.0", MEDIAN, None),
    ],
)
def test_a_hazard_ratio_points_the_way_of_the_arms_own_numbers(estimate, ours, theirs, measure, severity):
    at = number("24") if measure is SURVIVAL else None
    assert found(direction_mismatch, trial(*beside(contrast(estimate), ours, theirs, measure, at=at))) is severity


def test_several_numbers_that_fit_the_ratio_turned_round_are_enough():
    between = contrast("1.18", "0.95", "1.45")
    early = beside(between, "56", "51", SURVIVAL, at=number("24"), name="early")
    late = beside(between, "34", "31", SURVIVAL, at=number("60"), name="late")
    assert found(direction_mismatch, trial(*early)) is None
    assert found(direction_mismatch, trial(*early[:2], *late)) is Severity.WARNING


def test_curves_that_cross_are_no_doubt():
    between = contrast("0.60")
    early = beside(between, "40", "60", SURVIVAL, at=number("24"), name="early")
    late = beside(between, "30", "20", SURVIVAL, at=number("60"), name="late")
    assert found(direction_mismatch, trial(*early[:2], *late)) is None


def test_harms_and_responses_are_counted_by_their_own_ratio():
    relapse = replace(contrast("0.40", measure=Measure.HR), outcome=Outcome.RELAPSE, outcome_text="relapse")
    rows = beside(relapse, "60", "30", Measure.CUMULATIVE_INCIDENCE, at=number("24"), outcome_text="relapse")
    assert found(direction_mismatch, trial(*rows)) is Severity.WARNING
    assert (
        found(direction_mismatch, trial(*beside(of_remission("0.40", measure=Measure.OR), "60", "30")))
        is Severity.WARNING
    )
    assert found(direction_mismatch, trial(*beside(of_remission("2.40", measure=Measure.OR), "60", "30"))) is None
