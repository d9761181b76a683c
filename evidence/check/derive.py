"""Numbers that the reported ones imply and the document does not print: a row each, named by its `derivation`.

A derived row stands beside the reported one, with the same source, and is used only where derived rows are asked for.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from evidence.check.patients import ArmCurve, arm_curves, reported_of
from evidence.formulas import counts
from evidence.formulas.survival_curves import survival_quantile
from evidence.model.codes import Measure
from evidence.model.derivations import derived_id
from evidence.model.records import ArmResult, Records


def events_from_percent(records: Records) -> Iterator[ArmResult]:
    """The number of patients with the event, from a proportion and its total.

    Only where exactly one whole number of patients rounds to the printed percentage: 65.8% of 38 is 25, but 66% of
    380 could be 249 to 252 and gives no row. Where no total is printed with the number, that of the arm is taken, and
    the method is `events_from_percent_and_arm_n`: the analysis may have left patients out.
    """
    patients = {(arm.document_id, arm.arm_id): arm.n for arm in records.arms}
    for row in records.arm_results:
        if row.measure is not Measure.PROPORTION or row.value is None or row.events is not None:
            continue
        of_arm = None if row.subgroup or row.arm_id is None else patients.get((row.document_id, row.arm_id))
        total = row.total or of_arm
        if not total or not 0 <= row.value <= 100:
            continue
        possible = counts.events_from_percent(row.value, total)
        if len(possible) == 1:
            name = "events_from_percent" if row.total else "events_from_percent_and_arm_n"
            yield replace(row, result_id=derived_id(name, row), events=possible[0], total=total, derivation=name)


#: Months at which survival is asked of a curve, beside those at which the document reports it.
_USUAL_TIMES = (12, 24, 36, 60)


def kaplan_meier_from_patients(records: Records) -> Iterator[ArmResult]:
    """Survival and median of an arm whose patients a table lists one by one, with log-log limits.

    Survival at one, two, three and five years and at every time the document reports it, as long as patients were
    followed. Percent and months are rounded to one decimal.
    """
    for curve in arm_curves(records):
        rows = reported_of(records, curve.first, frozenset({curve.first.outcome}))
        asked = {float(row.timepoint_months) for row in rows if row.timepoint_months is not None}
        for months in sorted(asked | {float(time) for time in _USUAL_TIMES}):
            at = curve.at(months)
            if at.survival is not None:
                limits = None if at.survival in (0, 1) else (at.ci_low, at.ci_high)
                low, high = (None if one is None else 100 * one for one in limits or (None, None))
                yield _of_curve(
                    curve, Measure.SURVIVAL_PROBABILITY, 100 * at.survival, low, high, Decimal(f"{months:g}")
                )
        median = survival_quantile(curve.estimate)
        yield _of_curve(curve, Measure.MEDIAN_TIME, median.value, median.ci_low, median.ci_high, None)


def _of_curve(
    curve: ArmCurve,
    measure: Measure,
    value: float | None,
    low: float | None,
    high: float | None,
    months: Decimal | None,
) -> ArmResult:
    """One number of a curve; it stands where the first of its patients does."""
    first, name = curve.first, "kaplan_meier_from_patients"
    return ArmResult(
        result_id=f"{first.result_id}-{name}-{'median' if months is None else months}",
        document_id=first.document_id,
        study_id=first.study_id,
        arm_id=first.arm_id,
        arm=first.arm,
        outcome=first.outcome,
        outcome_text=first.outcome_text,
        measure=measure,
        source=replace(first.source, row=None),
        timepoint_months=months,
        value=_rounded(value),
        not_reached=value is None,
        ci_low=_rounded(low),
        ci_high=_rounded(high),
        ci_level=Decimal(95) if low is not None or high is not None else None,
        total=curve.estimate.n,
        derivation=name,
    )


def _rounded(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(f"{number:.1f}")
