"""Arithmetic within one reported number: estimate and interval, interval and p, percentage and count.

Every comparison allows for the rounding of the digits printed: a doubt is raised only where no unrounded values could
have been printed this way. Limits of what is usual were set on about 300 comparisons of published trials.
"""

from collections.abc import Iterator
from decimal import Decimal

from evidence.check.doubt import Doubt, printed
from evidence.check.rounding import (
    centre,
    could_be_at_most,
    distance,
    estimate_of,
    interval_of_difference,
    interval_words,
    is_off_centre,
    places,
)
from evidence.formulas.counts import half_unit
from evidence.model.codes import Measure, Severity
from evidence.model.measures import CONTRAST_MEASURES, PERCENTAGES
from evidence.model.records import Contrast, Records, Result

_LIMIT = "the limit"


def value_out_of_range(records: Records) -> Iterator[Doubt]:
    """A number outside what it can be: a percentage above 100, a p-value above 1, a negative ratio or time.

    A limit of a percentage beyond 0 or 100 is unlikely rather than impossible: simple intervals of small groups
    overshoot.
    """
    for row in records.results():
        wrong = tuple(_impossible(row))
        if wrong:
            overshooting = row.measure in PERCENTAGES and all(what == _LIMIT for what, _, _ in wrong)
            yield Doubt.about(
                row,
                Severity.WARNING if overshooting else Severity.ERROR,
                "; ".join(f"{what} {printed(number)} is {rule}" for what, number, rule in wrong) + ".",
            )


def _impossible(row: Result) -> Iterator[tuple[str, Decimal | int, str]]:
    """Name, number and rule broken, for each impossible number of a row."""
    low, high = _range(row)
    for what, number in (("the value", estimate_of(row)), (_LIMIT, row.ci_low), (_LIMIT, row.ci_high)):
        if number is not None and low is not None and number < low:
            yield what, number, f"below {low}"
        if number is not None and high is not None and number > high:
            yield what, number, f"above {high}"
    if row.ci_level is not None and not 50 <= row.ci_level < 100:
        yield "the confidence level", row.ci_level, "not between 50 and 100"
    if row.timepoint_months is not None and row.timepoint_months < 0:
        yield "the time point", row.timepoint_months, "negative"
    if isinstance(row, Contrast):
        if row.p_value is not None and not 0 <= row.p_value <= 1:
            yield "the p-value", row.p_value, "not between 0 and 1"
        return
    for what, count in (("the number of events", row.events), ("the number of patients", row.total), ("SD", row.sd)):
        if count is not None and count < 0:
            yield what, count, "negative"


def _range(row: Result) -> tuple[int | None, int | None]:
    """Lowest and highest value a measure can take, natural scale; None where there is no end."""
    if row.measure in PERCENTAGES:
        return 0, 100
    if row.measure is Measure.RD:
        return -100, 100
    if row.measure in (Measure.COUNT, Measure.MEDIAN_TIME):
        return 0, None
    facts = CONTRAST_MEASURES.get(row.measure)
    return (0 if facts and facts.log_scale else None), None


def ci_limits_order(records: Records) -> Iterator[Doubt]:
    """The lower confidence limit is above the upper one.

    Unlikely rather than wrong where the estimate lies between them: some print the limits of a difference from the
    upper to the lower, "-0.9 (0.0 to -1.8)".
    """
    for row in records.results():
        if row.ci_low is not None and row.ci_high is not None and row.ci_low > row.ci_high:
            estimate = estimate_of(row)
            between = estimate is not None and row.ci_high <= estimate <= row.ci_low
            yield Doubt.about(
                row,
                Severity.WARNING if between else Severity.ERROR,
                f"the lower confidence limit {printed(row.ci_low)} is above the upper limit {printed(row.ci_high)}.",
            )


def ci_estimate_mismatch(records: Records) -> Iterator[Doubt]:
    """The estimate lies outside its confidence interval, or, for a comparison, far from where its centre should be.

    Intervals of hazard, odds and risk ratios are symmetric on the log scale, those of differences as they stand.
    A ratio whose interval is symmetric as it stands is asked about under `measure_mislabelled`.
    Intervals of one arm (survival, medians, exact proportions) are not symmetric, so only "outside" is asked of them.
    """
    for row in records.results():
        estimate, low, high = estimate_of(row), row.ci_low, row.ci_high
        if estimate is None or low is None or high is None or low > high:
            continue
        words = f"the estimate {printed(estimate)}"
        if not could_be_at_most(low, estimate) or not could_be_at_most(estimate, high):
            yield Doubt.about(row, Severity.ERROR, f"{words} lies outside its {interval_words(row)}.")
        elif isinstance(row, Contrast) and not interval_of_difference(row) and is_off_centre(row):
            yield Doubt.about(
                row,
                Severity.WARNING,
                f"{words} lies far from the centre {centre(row.measure, low, high):.2f} of its {interval_words(row)} "
                f"({100 * distance(row):.0f}% of the half-width away, more than rounding explains); a digit may be "
                "misprinted or misread.",
            )


def percent_count_mismatch(records: Records) -> Iterator[Doubt]:
    """The printed percentage is not events / total, beyond what rounding its digits explains.

    An error where the percentage belongs to another number of patients, a warning where it is merely imprecise: 7.1% of
    316 is still 22 patients. Asked of proportions only: a Kaplan-Meier probability or a cumulative incidence is no
    count over a total.
    """
    for row in records.arm_results:
        if row.measure is not Measure.PROPORTION or row.value is None or row.events is None or not row.total:
            continue
        implied = Decimal(100 * row.events) / row.total
        off = abs(implied - row.value)
        if off <= half_unit(row.value):
            continue
        digits = max(1, places(row.value))
        said = f"{row.events} of {row.total} is {implied:.{digits}f}%, but the document says {printed(row.value)}%"
        same_patients = abs(row.value * row.total / 100 - row.events) < Decimal("0.5")
        if off < 2 * half_unit(row.value):
            yield Doubt.about(row, Severity.INFO, f"{said}; its digits may be cut off rather than rounded.")
        elif same_patients:
            yield Doubt.about(row, Severity.WARNING, f"{said}; that is still nearest to {row.events} patients.")
        else:
            yield Doubt.about(row, Severity.ERROR, f"{said}.")


def events_exceed_total(records: Records) -> Iterator[Doubt]:
    """More patients with the event than patients."""
    for row in records.arm_results:
        if row.events is not None and row.total is not None and row.events > row.total:
            yield Doubt.about(row, Severity.ERROR, f"{row.events} patients with the event of only {row.total}.")
