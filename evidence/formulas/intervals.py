"""Standard error, p-value and confidence interval of one estimate, each from the others.

Everything is on the scale of analysis (log for HR, OR and RR); `scales.py` goes there and back. Quantiles are exact
normal quantiles of the level given, never 1.96. p-values are two-sided.
"""

import math
from statistics import NormalDist

#: What a document means when it prints an interval and no level.
USUAL_LEVEL = 95.0

_NORMAL = NormalDist()


def normal_quantile(level: float = USUAL_LEVEL) -> float:
    """Two-sided normal quantile of a level in percent: 1.959964 for 95.

    Raises
    ------
    ValueError
        Unless 0 < level < 100.

    References
    ----------
    Wichura (1988) Appl Stat 37:477-484 (algorithm AS 241, full double precision).
    """
    if not 0 < level < 100:
        raise ValueError(f"{level} is no confidence level in percent.")
    return -_NORMAL.inv_cdf((100 - level) / 200)


def se_from_ci(low: float, high: float, level: float = USUAL_LEVEL) -> float:
    """Standard error from a symmetric interval on the scale of analysis: half its width over the normal quantile.

    Raises
    ------
    ValueError
        If the limits are not finite or not in order.
    """
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"{low} to {high} is no confidence interval: the lower limit must be below the upper one.")
    return (high - low) / (2 * normal_quantile(level))


def se_from_p(estimate: float, p_value: float, sides: int = 2) -> float:
    """Standard error from an estimate on the scale of analysis and the p-value of its Wald test.

    A p-value is rounded when printed: near 1, or for an estimate near the null, the result has few valid digits.

    Raises
    ------
    ValueError
        Unless 0 < p < 1 (one-sided: < 0.5), the estimate is not the null value 0, and sides is 1 or 2.

    References
    ----------
    Parmar et al. (1998) Stat Med 17:2815-2834; Tierney et al. (2007) Trials 8:16.
    """
    z = z_from_p(p_value, sides)
    if not math.isfinite(estimate) or estimate == 0 or z == 0:
        raise ValueError(
            f"No standard error follows from p = {p_value} and an effect of {estimate} on the scale of analysis."
        )
    return abs(estimate) / z


def z_from_p(p_value: float, sides: int = 2) -> float:
    """Size of the normal deviate behind a p-value.

    Raises
    ------
    ValueError
        Unless 0 < p < 1 and sides is 1 or 2, or if a one-sided p is above 0.5 (its direction is then the other one).
    """
    if sides not in (1, 2):
        raise ValueError(f"A test has 1 or 2 sides, not {sides}.")
    if not 0 < p_value < 1 or (sides == 1 and p_value > 0.5):
        raise ValueError(f"p = {p_value} ({sides}-sided) gives no standard error.")
    return -_NORMAL.inv_cdf(p_value / sides)


def p_from_z(z: float) -> float:
    """Two-sided p-value of a normal deviate, exact in the tails."""
    return math.erfc(abs(z) / math.sqrt(2))


def p_from_se(estimate: float, se: float) -> float:
    """Two-sided Wald p-value of an estimate on the scale of analysis.

    Raises
    ------
    ValueError
        Unless the standard error is positive.
    """
    if not se > 0:
        raise ValueError(f"A standard error must be positive, not {se}.")
    return p_from_z(estimate / se)


def ci_from_se(estimate: float, se: float, level: float = USUAL_LEVEL) -> tuple[float, float]:
    """Wald interval on the scale of analysis.

    Raises
    ------
    ValueError
        If the standard error is negative or the level is none.
    """
    if not se >= 0:
        raise ValueError(f"A standard error cannot be {se}.")
    half = normal_quantile(level) * se
    return estimate - half, estimate + half
