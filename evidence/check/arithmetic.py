"""Arithmetic within one reported number: estimate and interval, interval and p, percentage and count.

Every comparison allows for the rounding of the digits printed: a doubt is raised only where no unrounded values could
have been printed this way. Limits of what is usual were set on about 300 comparisons of published trials.
"""

import itertools
import math
import re
from collections.abc import Iterator
from decimal import Decimal

from evidence.check.doubt import Doubt, printed
from evidence.formulas.counts import half_unit
from evidence.formulas.intervals import USUAL_LEVEL, p_from_z, se_from_ci, z_from_p
from evidence.model.codes import Measure, Severity
from evidence.model.measures import CONTRAST_MEASURES, PERCENTAGES
from evidence.model.records import ArmResult, Contrast, Records, Result

#: Distance of the estimate from the centre of its interval, in half-widths, beyond which the interval looks misprinted.
#: Of 291 published comparisons two lay further away, and both look misprinted; the next lay at 0.088, 0.066 and 0.025.
OFF_CENTRE = 0.09
#: Difference of z between printed p and interval beyond which they are two different tests. Of 139 published p-values
#: nine tenths differed by less than 0.5.
DIFFERENT_TEST = 0.75
_LIMIT = "the limit"
#: A one-sided p-value is half the two-sided one that belongs to the interval.
_ONE_SIDED = re.compile(r"\b(one|1)[\s\u2010-\u2014-]?(sided|tailed)\b", re.IGNORECASE)


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
    for what, number in (("the value", _estimate(row)), (_LIMIT, row.ci_low), (_LIMIT, row.ci_high)):
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
    """The lower confidence limit is above the upper one."""
    for row in records.results():
        if row.ci_low is not None and row.ci_high is not None and row.ci_low > row.ci_high:
            yield Doubt.about(
                row,
                Severity.ERROR,
                f"the lower confidence limit {printed(row.ci_low)} is above the upper limit {printed(row.ci_high)}.",
            )


def ci_estimate_mismatch(records: Records) -> Iterator[Doubt]:
    """The estimate lies outside its confidence interval, or, for a comparison, far from where its centre should be.

    Intervals of hazard, odds and risk ratios are symmetric on the log scale, those of differences as they stand.
    Intervals of one arm (survival, medians, exact proportions) are not symmetric, so only "outside" is asked of them.
    """
    for row in records.results():
        estimate, low, high = _estimate(row), row.ci_low, row.ci_high
        if estimate is None or low is None or high is None or low > high:
            continue
        words = f"the estimate {printed(estimate)}"
        interval = f"{_level_words(row)} confidence interval {printed(low)} to {printed(high)}"
        if not _could_be_at_most(low, estimate) or not _could_be_at_most(estimate, high):
            yield Doubt.about(row, Severity.ERROR, f"{words} lies outside its {interval}.")
        elif isinstance(row, Contrast) and (off := _off_centre(row.measure, estimate, low, high)) > OFF_CENTRE:
            centre = _centre(row.measure, low, high)
            yield Doubt.about(
                row,
                Severity.WARNING,
                f"{words} lies far from the centre {centre:.2f} of its {interval} ({100 * off:.0f}% of the half-width "
                "away, more than rounding explains); a digit may be misprinted or misread.",
            )


def _could_be_at_most(lower: Decimal, upper: Decimal) -> bool:
    """Whether the unrounded numbers could stand in this order."""
    return lower - half_unit(lower) <= upper + half_unit(upper)


def _centre(measure: Measure, low: Decimal, high: Decimal) -> float:
    """Where the estimate should be, natural scale."""
    if CONTRAST_MEASURES[measure].log_scale:
        return math.sqrt(float(low) * float(high))
    return (float(low) + float(high)) / 2


def _off_centre(measure: Measure, estimate: Decimal, low: Decimal, high: Decimal) -> float:
    """Least distance from the centre of the interval, in half-widths, over all numbers that round to those printed."""
    log_scale = CONTRAST_MEASURES[measure].log_scale
    if log_scale and low - half_unit(low) <= 0:  # a limit printed as 0 or 0.0 has no logarithm to compare with
        return 0.0
    distances = []
    for e, a, b in itertools.product(*(_ends(number, log_scale) for number in (estimate, low, high))):
        if b <= a:
            return 0.0
        distances.append((e - (a + b) / 2) / ((b - a) / 2))
    if min(distances) <= 0 <= max(distances):
        return 0.0
    return min(abs(distance) for distance in distances)


def _ends(number: Decimal, log_scale: bool) -> tuple[float, float]:
    """Lowest and highest number that is printed like this, on the analysis scale."""
    half = half_unit(number)
    ends = float(number - half), float(number + half)
    return (math.log(ends[0]), math.log(ends[1])) if log_scale else ends


def p_ci_mismatch(records: Records) -> Iterator[Doubt]:
    """The p-value and the confidence interval say different things about the null value.

    p is computed from the interval as a Wald test would. A log-rank p beside a Cox interval differs a little and may
    fall on the other side of 5%; when both stand on one side and differ much, that is only noted.
    """
    for row in records.contrasts:
        null = CONTRAST_MEASURES[row.measure].null
        low, high = row.ci_low, row.ci_high
        if null is None or low is None or high is None or row.p_value is None or low >= high:
            continue
        if _ONE_SIDED.search(row.source.quote) or not 0 <= row.p_value <= 1:
            continue
        excludes = _excludes(low, high, null)
        significant = _significant(row)
        interval = f"{_level_words(row)} confidence interval {printed(low)} to {printed(high)}"
        p_words = f"p{row.p_operator or '='}{printed(row.p_value)}"
        if excludes is not None and significant is not None and excludes is not significant:
            side = "excludes" if excludes else "includes"
            yield Doubt.about(
                row,
                Severity.WARNING,
                f"the {interval} {side} {null:g} (no difference), but {p_words} says the opposite.",
            )
        elif (z := _z_range(row, low, high, null)) and (implied := _different_test(row, z)) is not None:
            yield Doubt.about(
                row,
                Severity.INFO,
                f"the {interval} implies p about {implied:.2g}, the document says {p_words}; they may come from "
                "different tests.",
            )


def _excludes(low: Decimal, high: Decimal, null: float) -> bool | None:
    """Whether the interval excludes the null value; None where rounding leaves it open."""
    value = Decimal(str(null))
    if low - half_unit(low) > value or high + half_unit(high) < value:
        return True
    if low + half_unit(low) < value < high - half_unit(high):
        return False
    return None


def _significant(row: Contrast) -> bool | None:
    """Whether p is below the level of the interval; None where the print leaves it open."""
    assert row.p_value is not None  # noqa: S101  # the caller asked
    alpha = Decimal(str(round(1 - _level(row) / 100, 6)))
    p, operator = row.p_value, row.p_operator or "="
    if operator in ("<", "<="):
        return True if p <= alpha else None
    if operator in (">", ">="):
        return False if p >= alpha else None
    if p + half_unit(p) < alpha:
        return True
    return False if p - half_unit(p) > alpha else None


def _z_range(row: Contrast, low: Decimal, high: Decimal, null: float) -> tuple[float, float] | None:
    """Lowest and highest |z| of the Wald test that the printed interval (and estimate) allows."""
    log_scale = CONTRAST_MEASURES[row.measure].log_scale
    if log_scale and low - half_unit(low) <= 0:
        return None
    at = math.log(null) if log_scale else null
    values = []
    for a, b in itertools.product(_ends(low, log_scale), _ends(high, log_scale)):
        if b <= a:
            return None
        values.append(((a + b) / 2 - at) / se_from_ci(a, b, _level(row)))
    inside = min(values) <= 0 <= max(values)
    return (0.0 if inside else min(map(abs, values))), max(map(abs, values))


def _different_test(row: Contrast, z: tuple[float, float]) -> float | None:
    """Two-sided p implied by the interval, where the printed p is far from it; None where they agree."""
    assert row.p_value is not None  # noqa: S101  # the caller asked
    half, operator = half_unit(row.p_value), row.p_operator or "="
    printed_low = _z_of(min(row.p_value + half, Decimal(1)))  # a larger p is a smaller z
    printed_high = _z_of(max(row.p_value - half, Decimal(0)))
    at_least, at_most = z[0] - printed_high, printed_low - z[1]  # > 0: the interval implies more, or less, evidence
    if operator in ("<", "<="):
        at_least = -math.inf
    if operator in (">", ">="):
        at_most = -math.inf
    if max(at_least, at_most) <= DIFFERENT_TEST:
        return None
    return p_from_z(sum(z) / 2)


def _z_of(p: Decimal) -> float:
    """|z| of a two-sided p-value, ends included: the lower end of a p printed as 0.000 is 0."""
    if p <= 0:
        return math.inf
    return 0.0 if p >= 1 else z_from_p(float(p))


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
        places = max(1, _places(row.value))
        said = f"{row.events} of {row.total} is {implied:.{places}f}%, but the document says {printed(row.value)}%"
        same_patients = abs(row.value * row.total / 100 - row.events) < Decimal("0.5")
        if off < 2 * half_unit(row.value):
            yield Doubt.about(row, Severity.INFO, f"{said}; its digits may be cut off rather than rounded.")
        elif same_patients:
            yield Doubt.about(row, Severity.WARNING, f"{said}; that is still nearest to {row.events} patients.")
        else:
            yield Doubt.about(row, Severity.ERROR, f"{said}.")


def _places(number: Decimal) -> int:
    """Decimal places printed."""
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def events_exceed_total(records: Records) -> Iterator[Doubt]:
    """More patients with the event than patients."""
    for row in records.arm_results:
        if row.events is not None and row.total is not None and row.events > row.total:
            yield Doubt.about(row, Severity.ERROR, f"{row.events} patients with the event of only {row.total}.")


def _estimate(row: Result) -> Decimal | None:
    return row.value if isinstance(row, ArmResult) else row.estimate


def _level(row: Result) -> float:
    """Confidence level in percent, the usual one where none or an impossible one is given."""
    level = float(row.ci_level) if row.ci_level is not None else USUAL_LEVEL
    return level if 50 <= level < 100 else USUAL_LEVEL


def _level_words(row: Result) -> str:
    return f"{_level(row):g}%"
