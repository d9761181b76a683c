"""One proportion: its effect on the scale of analysis, and seven intervals.

Intervals are of fractions, from the number of events and the number of patients. `clopper_pearson` and `wilson` are the
usual ones; `wald` is here to be compared with, not to be used with few patients.
"""

import math
from typing import NamedTuple

from evidence.formulas import kernels
from evidence.formulas.counts import UNDEFINED, TableEffect, adjusts, check_counts
from evidence.formulas.intervals import USUAL_LEVEL, normal_quantile
from evidence.formulas.kernels import SCALAR

_KERNELS = {
    "PR": kernels.proportion,
    "PLO": kernels.logit_proportion,
    "PLN": kernels.log_proportion,
    "PAS": kernels.arcsine_proportion,
    "PFT": kernels.double_arcsine,
}


class Interval(NamedTuple):
    """Lower and upper limit."""

    low: float
    high: float

    @property
    def centre(self) -> float:
        """The middle; of an Agresti-Coull interval the proportion it is built around."""
        return (self.low + self.high) / 2


def one_proportion(
    measure: str, events: float, total: float, *, add: float | None = None, to: str = "only0"
) -> TableEffect:
    """Proportion as it is (PR), as logit (PLO), logarithm (PLN), arcsine root (PAS) or double arcsine (PFT).

    `add` None adds 0.5 to events and non-events for the first three, nothing for the arcsines.

    Raises
    ------
    ValueError
        If the measure is none of these, the counts are none, or `to` is unknown.
    """
    if measure not in _KERNELS:
        raise ValueError(f"{measure!r} is no measure of one proportion: {', '.join(_KERNELS)}.")
    check_counts(events, total)
    constant = (0.0 if measure in ("PAS", "PFT") else 0.5) if add is None else add
    added = constant if adjusts(events in (0, total), to) else 0.0
    x, m = events + added, total - events + added
    if (x <= 0 and measure in ("PLO", "PLN")) or (m <= 0 and measure == "PLO"):
        return TableEffect(UNDEFINED, UNDEFINED, added)
    return TableEffect(*_KERNELS[measure](SCALAR, x, m), added)


def wilson(events: float, total: float, level: float = USUAL_LEVEL) -> Interval:
    """Score interval of a proportion, without continuity correction.

    Raises
    ------
    ValueError
        If the counts are none or the level is none.

    References
    ----------
    Wilson (1927) J Am Stat Assoc 22:209-212.
    """
    check_counts(events, total)
    z = normal_quantile(level)
    # At 0 and at all events the limit is exact; the subtraction would leave rounding noise.
    low = 0.0 if events == 0 else _score_limit(events / total, total, -z)
    high = 1.0 if events == total else _score_limit(events / total, total, z)
    return Interval(low, high)


def wilson_corrected(events: float, total: float, level: float = USUAL_LEVEL) -> Interval:
    """Score interval of a proportion with continuity correction, as R's `prop.test`.

    As there, the correction is half an event, or less where the proportion is within half an event of 1/2.

    Raises
    ------
    ValueError
        If the counts are none or the level is none.

    References
    ----------
    Newcombe (1998) Stat Med 17:857-872, method 4.
    """
    check_counts(events, total)
    z, correction = normal_quantile(level), min(0.5, abs(events - total / 2)) / total
    low, high = events / total - correction, events / total + correction
    return Interval(
        0.0 if low <= 0 else _score_limit(low, total, -z), 1.0 if high >= 1 else _score_limit(high, total, z)
    )


def _score_limit(p: float, total: float, z: float) -> float:
    """The proportion that lies z standard errors, its own, beyond p."""
    return (p + z**2 / (2 * total) + z * math.sqrt(p * (1 - p) / total + z**2 / (4 * total**2))) / (1 + z**2 / total)


def clopper_pearson(events: float, total: float, level: float = USUAL_LEVEL) -> Interval:
    """Exact interval of a proportion.

    Raises
    ------
    ValueError
        If the counts are none or the level is none.

    References
    ----------
    Clopper & Pearson (1934) Biometrika 26:404-413.
    """
    check_counts(events, total)
    return Interval(
        0.0 if events == 0 else _beta_quantile(events, total - events + 1, level, -1),
        1.0 if events == total else _beta_quantile(events + 1, total - events, level, 1),
    )


def jeffreys(events: float, total: float, level: float = USUAL_LEVEL) -> Interval:
    """Equal-tailed interval of the posterior under Jeffreys' prior; 0 where nobody and 1 where all had the event.

    Raises
    ------
    ValueError
        If the counts are none or the level is none.

    References
    ----------
    Brown, Cai & DasGupta (2001) Stat Sci 16:101-133.
    """
    check_counts(events, total)
    shape = events + 0.5, total - events + 0.5
    return Interval(
        0.0 if events == 0 else _beta_quantile(*shape, level, -1),
        1.0 if events == total else _beta_quantile(*shape, level, 1),
    )


def _beta_quantile(a: float, b: float, level: float, side: int) -> float:
    """Lower (side -1) or upper (1) limit of the equal-tailed interval of a beta distribution."""
    from scipy.special import betaincinv  # half a second to load, and needed here alone

    normal_quantile(level)  # refuses what is no level
    tail = (100 - level) / 200
    return float(betaincinv(a, b, tail if side < 0 else 1 - tail))


def agresti_coull(events: float, total: float, level: float = USUAL_LEVEL) -> Interval:
    """Wald interval around Wilson's centre; it may reach below 0 or above 1.

    Raises
    ------
    ValueError
        If the counts are none or the level is none.

    References
    ----------
    Agresti & Coull (1998) Am Stat 52:119-126.
    """
    check_counts(events, total)
    z = normal_quantile(level)
    n = total + z**2
    centre = (events + z**2 / 2) / n
    half = z * math.sqrt(centre * (1 - centre) / n)
    return Interval(centre - half, centre + half)


def wald(events: float, total: float, level: float = USUAL_LEVEL) -> Interval:
    """Proportion and its standard error; a point where nobody or all had the event, and it may leave 0 to 1.

    Raises
    ------
    ValueError
        If the counts are none or the level is none.

    References
    ----------
    Brown, Cai & DasGupta (2001) Stat Sci 16:101-133, who say why not to use it.
    """
    check_counts(events, total)
    p = events / total
    half = normal_quantile(level) * math.sqrt(p * (1 - p) / total)
    return Interval(p - half, p + half)
