"""What printed digits allow: the numbers that could be behind them, and where an estimate lies in its interval."""

import itertools
import math
from decimal import Decimal

from evidence.check.doubt import printed
from evidence.formulas.counts import half_unit
from evidence.formulas.intervals import USUAL_LEVEL
from evidence.model.codes import Measure
from evidence.model.measures import CONTRAST_MEASURES
from evidence.model.records import ArmResult, Contrast, Result

#: Distance of the estimate from the centre of its interval, in half-widths, beyond which the interval looks misprinted.
#: Of 291 published comparisons two lay further away, and both look misprinted; the next lay at 0.088, 0.066 and 0.025.
OFF_CENTRE = 0.09
#: The same for differences of means, whose intervals are symmetric as printed: of 63 two lay further away than 0.01,
#: and both are misprinted.
OFF_CENTRE_OF_MEANS = 0.05


def could_be_at_most(lower: Decimal, upper: Decimal) -> bool:
    """Whether the unrounded numbers could stand in this order."""
    return lower - half_unit(lower) <= upper + half_unit(upper)


def centre(measure: Measure, low: Decimal, high: Decimal) -> float:
    """Where the estimate should be, natural scale."""
    if CONTRAST_MEASURES[measure].log_scale:
        return math.sqrt(float(low) * float(high))
    return (float(low) + float(high)) / 2


def distance(row: Contrast) -> float:
    """`off_centre` of a comparison on its measure's own scale; 0 where it has no interval."""
    if row.estimate is None or row.ci_low is None or row.ci_high is None:
        return 0.0
    return off_centre(row.estimate, row.ci_low, row.ci_high, log_scale=CONTRAST_MEASURES[row.measure].log_scale)


def is_off_centre(row: Contrast) -> bool:
    """Whether the estimate lies too far from the centre of its interval for rounding, and for the usual methods."""
    return distance(row) > (OFF_CENTRE_OF_MEANS if row.measure is Measure.MD else OFF_CENTRE)


def interval_of_difference(row: Contrast) -> bool:
    """Whether a ratio's interval is symmetric as it stands, like that of a difference, and not in logarithms."""
    if row.estimate is None or row.ci_low is None or row.ci_high is None:
        return False
    if not CONTRAST_MEASURES[row.measure].log_scale or not is_off_centre(row):
        return False
    return off_centre(row.estimate, row.ci_low, row.ci_high, log_scale=False) == 0


def off_centre(estimate: Decimal, low: Decimal, high: Decimal, *, log_scale: bool) -> float:
    """Least distance from the centre of the interval, in half-widths, over all numbers that round to those printed."""
    if log_scale and min(number - half_unit(number) for number in (estimate, low, high)) <= 0:
        return 0.0  # what is printed as 0 or 0.0 has no logarithm to compare with
    distances = []
    for e, a, b in itertools.product(*(ends(number, log_scale) for number in (estimate, low, high))):
        if b <= a:
            return 0.0
        distances.append((e - (a + b) / 2) / ((b - a) / 2))
    if min(distances) <= 0 <= max(distances):
        return 0.0
    return min(abs(distance) for distance in distances)


def ends(number: Decimal, log_scale: bool) -> tuple[float, float]:
    """Lowest and highest number that is printed like this, on the analysis scale."""
    half = half_unit(number)
    lowest, highest = float(number - half), float(number + half)
    return (math.log(lowest), math.log(highest)) if log_scale else (lowest, highest)


def places(number: Decimal) -> int:
    """Decimal places printed."""
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def estimate_of(row: Result) -> Decimal | None:
    """The number itself, of an arm or of a comparison."""
    return row.value if isinstance(row, ArmResult) else row.estimate


def level(row: Result) -> float:
    """Confidence level in percent, the usual one where none or an impossible one is given."""
    stated = float(row.ci_level) if row.ci_level is not None else USUAL_LEVEL
    return stated if 50 <= stated < 100 else USUAL_LEVEL


def interval_words(row: Result) -> str:
    """The interval with its level and the digits printed."""
    assert row.ci_low is not None and row.ci_high is not None  # noqa: S101  # the caller asked
    return f"{level(row):g}% confidence interval {printed(row.ci_low)} to {printed(row.ci_high)}"
