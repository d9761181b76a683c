"""Two proportions: intervals of their difference and ratios, and tests that they are one.

Group a is compared with group b. Differences are of fractions, ratios on the natural scale.
"""

import math
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from evidence.formulas.counts import TableEffect, check_counts, log_odds_ratio, log_risk_ratio, risk_difference
from evidence.formulas.intervals import USUAL_LEVEL, ci_from_se, normal_quantile
from evidence.formulas.proportions import Interval, wilson

#: R's `fisher.test` counts tables as equally likely within this; exact ties would be lost in rounding.
_TIE = 1 + 1e-7

#: Tolerance of R's `fisher.test`, for whoever wants its digits.
FISHER_TEST = sys.float_info.epsilon**0.25
_EXACT = 1e-300  # the relative precision of the search is the limit
_HUGE = 1e9  # stands for -log 0, where infinity times no events would be nan


class ChiSquared(NamedTuple):
    """Test statistic with one degree of freedom and its p-value."""

    statistic: float
    p_value: float


class FisherExact(NamedTuple):
    """Conditional odds ratio (it may be 0 or infinite), its exact limits, and the two-sided p-value."""

    odds_ratio: float
    ci_low: float
    ci_high: float
    p_value: float


def newcombe(events_a: float, total_a: float, events_b: float, total_b: float, level: float = USUAL_LEVEL) -> Interval:
    """Interval of the risk difference from the score intervals of both risks.

    Raises
    ------
    ValueError
        If the counts are none or the level is none.

    References
    ----------
    Newcombe (1998) Stat Med 17:873-890, method 10.
    """
    a, b = wilson(events_a, total_a, level), wilson(events_b, total_b, level)
    p_a, p_b = events_a / total_a, events_b / total_b
    return Interval(
        p_a - p_b - math.hypot(p_a - a.low, b.high - p_b), p_a - p_b + math.hypot(a.high - p_a, p_b - b.low)
    )


def wald_difference(
    events_a: float, total_a: float, events_b: float, total_b: float, level: float = USUAL_LEVEL
) -> Interval:
    """Interval of the risk difference from its standard error; it may leave -1 to 1.

    Raises
    ------
    ValueError
        If the counts are none or the level is none.
    """
    effect = risk_difference(events_a, total_a, events_b, total_b, to="none")
    return Interval(*ci_from_se(effect.y, math.sqrt(effect.v), level))


def katz(events_a: float, total_a: float, events_b: float, total_b: float, level: float = USUAL_LEVEL) -> Interval:
    """Interval of the risk ratio from the standard error of its logarithm.

    Raises
    ------
    ValueError
        If the counts are none, the level is none, or a group has no events.

    References
    ----------
    Katz et al. (1978) Biometrics 34:469-474.
    """
    return _of_ratio("risk ratio", log_risk_ratio(events_a, total_a, events_b, total_b, to="none"), level)


def woolf(events_a: float, total_a: float, events_b: float, total_b: float, level: float = USUAL_LEVEL) -> Interval:
    """Interval of the odds ratio from the standard error of its logarithm.

    Raises
    ------
    ValueError
        If the counts are none, the level is none, or a cell is empty.

    References
    ----------
    Woolf (1955) Ann Hum Genet 19:251-253.
    """
    return _of_ratio("odds ratio", log_odds_ratio(events_a, total_a, events_b, total_b, to="none"), level)


def _of_ratio(name: str, effect: TableEffect, level: float) -> Interval:
    if math.isnan(effect.y):
        raise ValueError(f"The {name} has no standard error with an empty cell; fisher_exact gives exact limits.")
    low, high = ci_from_se(effect.y, math.sqrt(effect.v), level)
    return Interval(math.exp(low), math.exp(high))


def chi_squared(
    events_a: float, total_a: float, events_b: float, total_b: float, *, correction: str = "none"
) -> ChiSquared:
    """Test that two proportions are equal.

    Parameters
    ----------
    events_a, total_a, events_b, total_b : float
        Counts of patients.
    correction : str
        "none" (Pearson), "yates" (half an event, or less where the difference is smaller) or "n_minus_1" (times
        (N - 1) / N).

    Raises
    ------
    ValueError
        If the counts are none, the correction is unknown, or nobody or everybody had the event.

    References
    ----------
    Yates (1934) Suppl J R Stat Soc 1:217-235; Campbell (2007) Stat Med 26:3661-3675 for N - 1.
    """
    if correction not in ("none", "yates", "n_minus_1"):
        raise ValueError(f'`correction` is "none", "yates" or "n_minus_1", not {correction!r}.')
    check_counts(events_a, total_a)
    check_counts(events_b, total_b)
    total, events = total_a + total_b, events_a + events_b
    if events in (0, total):
        raise ValueError(f"{events} of {total} patients of both groups had the event: there is nothing to test.")
    expected = events * total_a / total
    difference = abs(events_a - expected)
    if correction == "yates":
        difference -= min(0.5, difference)
    statistic = difference**2 * total**3 / (total_a * total_b * events * (total - events))
    if correction == "n_minus_1":
        statistic *= (total - 1) / total
    return ChiSquared(statistic, math.erfc(math.sqrt(statistic / 2)))


def fisher_exact(
    events_a: int,
    total_a: int,
    events_b: int,
    total_b: int,
    level: float = USUAL_LEVEL,
    *,
    tolerance: float = _EXACT,
) -> FisherExact:
    """Odds ratio by conditional maximum likelihood with exact limits, and Fisher's exact test.

    Given both margins, events of group a are noncentral hypergeometric. The limits cut off half the error on each side;
    p sums the tables that are no more likely than the one observed.

    Parameters
    ----------
    events_a, total_a, events_b, total_b : int
        Counts of patients.
    level : float
        In percent.
    tolerance : float
        Absolute, of the root search for an odds ratio below 1, or its reciprocal above. `FISHER_TEST` repeats R's
        `fisher.test`, whose odds ratio and limits therefore have about four valid digits.

    Raises
    ------
    ValueError
        If the counts are none or no whole numbers, the level is none, or nobody or everybody had the event.

    References
    ----------
    Fisher (1935) J R Stat Soc 98:39-82; Cornfield (1956) Proc 3rd Berkeley Symp 4:135-148 for the limits.
    """
    import numpy as np

    normal_quantile(level)  # refuses what is no level
    x, log_p = _tables(events_a, total_a, events_b, total_b)
    lowest, highest, tail = x[0], x[-1], (100 - level) / 200

    def probabilities(odds_ratio: float) -> Any:
        terms = log_p + x * (math.log(odds_ratio) if odds_ratio > 0 else -_HUGE)
        p = np.exp(terms - np.max(terms))
        return p / p.sum()

    p = probabilities(1.0)
    least, most = events_a == lowest, events_a == highest
    estimate, low, high = 0.0 if least else math.inf, 0.0, math.inf
    if not (least or most):
        estimate = _root(lambda t: float(probabilities(t) @ x) - events_a, tolerance)
    if not least:
        low = _root(lambda t: float(probabilities(t)[x >= events_a].sum()) - tail, tolerance)
    if not most:
        high = _root(lambda t: tail - float(probabilities(t)[x <= events_a].sum()), tolerance)
    return FisherExact(
        odds_ratio=estimate,
        ci_low=low,
        ci_high=high,
        p_value=float(min(1.0, p[p <= p[int(events_a - lowest)] * _TIE].sum())),
    )


def fisher_p_value(events_a: int, total_a: int, events_b: int, total_b: int) -> float:
    """Two-sided p-value of `fisher_exact` alone, without the search for the odds ratio and its limits.

    Raises
    ------
    ValueError
        As `fisher_exact`.
    """
    import numpy as np

    x, log_p = _tables(events_a, total_a, events_b, total_b)
    p = np.exp(log_p - np.max(log_p))
    p /= p.sum()
    return float(min(1.0, p[p <= p[int(events_a - x[0])] * _TIE].sum()))


def _tables(events_a: int, total_a: int, events_b: int, total_b: int) -> tuple[Any, Any]:
    """Events of group a in every table with these margins, ascending, and the logarithms of their weights."""
    import numpy as np
    from scipy.special import gammaln

    check_counts(events_a, total_a)
    check_counts(events_b, total_b)
    if any(number != int(number) for number in (events_a, total_a, events_b, total_b)):
        raise ValueError("Fisher's exact test needs whole numbers of patients.")
    events = events_a + events_b
    lowest, highest = max(0, events - total_b), min(total_a, events)
    if lowest == highest:
        raise ValueError(f"{events} of {total_a + total_b} patients had the event: the odds ratio can be anything.")
    x = np.arange(lowest, highest + 1.0)
    return x, -sum(gammaln(n + 1) for n in (x, total_a - x, events - x, total_b - events + x))


def _root(rising: Callable[[float], float], tolerance: float) -> float:
    """Odds ratio at which a rising function of it is 0."""
    middle = rising(1.0)
    if middle == 0:
        return 1.0
    if middle > 0:
        return _zero(rising, 0.0, 1.0, tolerance)
    return 1 / _zero(lambda t: rising(1 / t), sys.float_info.epsilon, 1.0, tolerance)


def _zero(function: Callable[[float], float], a: float, b: float, tolerance: float) -> float:
    """Root between a and b, where the signs differ, by the steps of R's `uniroot`.

    References
    ----------
    Brent (1973) Algorithms for Minimization without Derivatives, chapter 4, with the acceptance of steps of zeroin.c.
    """
    f_a, f_b = function(a), function(b)
    c, f_c = a, f_a
    while True:
        last = b - a
        if abs(f_c) < abs(f_b):
            a, b, c = b, c, b
            f_a, f_b, f_c = f_b, f_c, f_b
        enough = 2 * sys.float_info.epsilon * abs(b) + tolerance / 2
        step = (c - b) / 2
        if abs(step) <= enough or f_b == 0:
            return b
        if abs(last) >= enough and abs(f_a) > abs(f_b):
            s = f_b / f_a
            if a == c:
                p, q = (c - b) * s, 1 - s
            else:
                r, t = f_a / f_c, f_b / f_c
                p, q = s * ((c - b) * r * (r - t) - (b - a) * (t - 1)), (r - 1) * (t - 1) * (s - 1)
            q = -q if p > 0 else q
            p = abs(p)
            if p < 0.75 * (c - b) * q - abs(enough * q) / 2 and p < abs(last * q / 2):
                step = p / q
        if abs(step) < enough:
            step = math.copysign(enough, step)
        a, f_a = b, f_b
        b += step
        f_b = function(b)
        if (f_b > 0) == (f_c > 0):
            c, f_c = a, f_a
