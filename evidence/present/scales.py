"""From the analysis scale to the natural scale of a question's measure, and the axis that shows it.

Natural scale is what the evidence tables write: ratios as ratios, proportions in percent, risk differences in
percentage points. Axes of ratios are logarithmic and symmetric about 1, proportions run from 0 to 100 %,
differences are linear.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from evidence.formulas.scales import harmonic_mean, natural
from evidence.model.codes import Measure
from evidence.model.measures import CONTRAST_MEASURES
from evidence.model.results import Analysis, Pooled

#: Ticks of a ratio axis by its upper end; the wider the axis, the fewer of 1, 2, 5 have room.
_RATIO_TICKS: dict[float, tuple[float, ...]] = {
    2: (0.5, 1, 2),
    5: (0.2, 0.5, 1, 2, 5),
    10: (0.1, 0.2, 0.5, 1, 2, 5, 10),
    20: (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20),
    50: (0.02, 0.1, 0.5, 1, 2, 10, 50),
    100: (0.01, 0.1, 1, 10, 100),
}
#: An axis holds this share of the confidence limits, and those that are little further out: so many times as far. The
#: few beyond are clipped with an arrowhead, so that one wide interval does not squeeze all others.
_HELD_LIMITS = 0.85
_LITTLE_FURTHER = 1.5
#: So many times as far as the furthest estimate an axis reaches: room for its square and an arrowhead beside it.
_BESIDE_A_SQUARE = 1.15
_PERCENT_TICKS = (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)
#: Distances between the ticks of a linear axis are these times a power of ten.
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How one measure is shown. `natural` takes a value of the analysis scale to the natural scale."""

    short: str  # head of the estimate column: "HR", "%"
    words: str  # label of the axis
    log: bool
    percent: bool  # a proportion: 0 to 100, no null line
    null: float | None  # natural scale
    natural: Callable[[float], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Range and ticks, natural scale."""

    low: float
    high: float
    log: bool
    ticks: tuple[float, ...]

    def fraction(self, value: float) -> float:
        """Place on the axis: 0 at its low end, 1 at its high end, outside them beyond."""
        if not self.log:
            return (value - self.low) / (self.high - self.low)
        if value <= 0:
            return -math.inf
        return math.log(value / self.low) / math.log(self.high / self.low)


def scale_of(analysis: Analysis) -> Scale:
    """Scale of the question's measure; an analysis always has one."""
    name = analysis.question.measure or ""
    if name in ("PLO", "PFT"):
        # A double arcsine comes back with the harmonic mean of the studies' totals.
        totals = [row.arm.n for row in analysis.estimates if row.arm.n]
        back = partial(natural, name, total=harmonic_mean(totals) if totals else None)
        return Scale(short="%", words="Proportion (%)", log=False, percent=True, null=None, natural=back)
    return scale_of_contrasts(name)


def scale_of_contrasts(name: str) -> Scale:
    """Scale of a measure that compares two arms."""
    facts = CONTRAST_MEASURES[Measure(name)]
    words = facts.words[0].upper() + facts.words[1:]
    return Scale(
        short=name,
        words=f"{words} (log scale)" if facts.log_scale else words,
        log=facts.log_scale,
        percent=False,
        null=facts.null,
        natural=partial(natural, name),
    )


def axis_of(scale: Scale, *analyses: Analysis) -> Axis:
    """Axis that holds every estimate, the pooled intervals, and all confidence limits but a few extreme ones.

    Of subgroups it holds the estimates: the interval of two studies may reach over several powers of ten.
    """
    if scale.percent:
        return Axis(low=0.0, high=100.0, log=False, ticks=_PERCENT_TICKS)
    points: list[float] = []
    ends: list[float] = []
    limits: list[float] = []
    for analysis in analyses:
        own = scale_of(analysis)
        points += [row.estimate for row in analysis.estimates]
        limits += [limit for row in analysis.estimates for limit in (row.ci_low, row.ci_high)]
        alone = analysis.reported_only.pooled if analysis.reported_only else None
        for pooled in (analysis.pooled, alone):
            if pooled is not None:
                ends += [own.natural(pooled.ci_low), own.natural(pooled.ci_high)]
        ends += [own.natural(group.pooled.mu) for group in analysis.groups if group.pooled]
        if has_prediction(analysis.pooled):
            limits += [own.natural(analysis.pooled.pi_low), own.natural(analysis.pooled.pi_high)]  # type: ignore[union-attr, arg-type]
    null = scale.null or 0.0
    distances = [
        [_distance(value, null, log=scale.log) for value in values if math.isfinite(value)]
        for values in (points, ends, limits)
    ]
    reach = max(_BESIDE_A_SQUARE * max(distances[0], default=0.0), max(distances[1], default=0.0), _held(distances[2]))
    return _log_axis(reach) if scale.log else _linear_axis(reach, null)


def has_prediction(pooled: Pooled | None) -> bool:
    """Whether there is a prediction interval to show: two studies cannot give one."""
    return pooled is not None and pooled.k > 2 and pooled.pi_low is not None and pooled.pi_high is not None


def _distance(value: float, null: float, *, log: bool) -> float:
    """How far a value is from no effect on the axis."""
    if not log:
        return abs(value - null)
    return abs(math.log(value / null)) if value > 0 else math.inf


def _log_axis(reach: float) -> Axis:
    ends = tuple(_RATIO_TICKS)
    high = next((end for end in ends if math.log(end) >= reach), ends[-1])
    return Axis(low=1 / high, high=high, log=True, ticks=_RATIO_TICKS[high])


def _linear_axis(reach: float, base: float) -> Axis:
    reach = reach or 1.0
    power = 10 ** math.floor(math.log10(reach / 2))
    step = next(s * power for s in _STEPS if 3 * s * power >= reach)
    count = math.ceil(reach / step - 1e-9)
    return Axis(
        low=base - count * step,
        high=base + count * step,
        log=False,
        ticks=tuple(base + index * step for index in range(-count, count + 1)),
    )


def _held(distances: list[float]) -> float:
    """The distance that holds the asked share of them, and those little further."""
    if not distances:
        return 0.0
    ordered = sorted(distances)
    most = ordered[min(len(ordered) - 1, math.ceil(_HELD_LIMITS * len(ordered)) - 1)]
    return max(distance for distance in ordered if distance <= most or distance <= _LITTLE_FURTHER * most)


def log_ticks(low: float, high: float, most: int = 9) -> tuple[float, ...]:
    """Natural numbers within a range of ratios, evenly spread on its logarithmic axis: 0.2, 0.5, 1, 2, 5.

    A range without three of them gets the ticks of a linear axis.
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for digits, every in (((1, 1.5, 2, 3, 4, 5, 7), 1), ((1, 2, 5), 1), ((1, 3), 1), ((1,), 1), ((1,), 2), ((1,), 4)):
        powers = [power for power in range(first, last + 1) if power % every == 0]
        ticks = [digit * 10.0**power for power in powers for digit in digits]
        inside = tuple(float(f"{tick:.6g}") for tick in ticks if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9))
        if len(inside) <= most:
            return inside if len(inside) >= 3 else linear_ticks(low, high)
    return (low, high)


def linear_ticks(low: float, high: float, least: int = 4) -> tuple[float, ...]:
    """Round numbers within a range, at least so many where it has a width."""
    if high <= low:
        return (low,)
    power = 10.0 ** math.floor(math.log10((high - low) / least))
    step = max(size * power for size in _STEPS if size * power <= (high - low) / least * (1 + 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(float(f"{index * step:.6g}") for index in range(first, last + 1))
