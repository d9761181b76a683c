"""Henmi and Copas's interval: the common-effect estimate, with an interval that allows for heterogeneity.

Large studies keep their weight, so the estimate suffers less from small-study effects than a random-effects one.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import integrate, optimize, special

from evidence.errors import SynthesisError, TooFewStudies
from evidence.synthesise.pool import check_studies, pool

_ROOT_2PI = math.sqrt(2 * math.pi)


@dataclass(frozen=True, slots=True, kw_only=True)
class HenmiCopas:
    """Common-effect estimate with an interval under random effects; `se` holds under random effects too."""

    k: int
    level: float  # percent
    mu: float
    se: float
    ci_low: float
    ci_high: float
    tau2: float  # DerSimonian and Laird's


def henmi_copas(y: npt.ArrayLike, v: npt.ArrayLike, *, level: float = 95.0) -> HenmiCopas:
    """Interval of Henmi and Copas.

    Parameters
    ----------
    y, v : arrays of shape (k,)
        Effects on the scale of analysis and their sampling variances, > 0.
    level : float
        In percent.

    Raises
    ------
    TooFewStudies
        If k < 2.
    SynthesisError
        If a study cannot be used or the level is none.

    References
    ----------
    Henmi & Copas (2010) Stat Med 29:2969-2983. Compared with hc of metafor, whose search stops at four digits, in
    tests/reference/.
    """
    if not 0 < level < 100:
        raise SynthesisError(f"level {level} is no confidence level in percent; 95 is usual.")
    y_, v_ = check_studies(y, v)
    k = len(y_)
    if k < 2:
        raise TooFewStudies("The interval of Henmi and Copas", need=2, have=k)
    unit = float(np.median(v_))  # the distribution below does not depend on the unit of y
    mu = float(np.sum(y_ / v_) / np.sum(1 / v_))
    tau2 = pool(y_, v_, method="dl", interval="wald").tau2 or 0.0
    t = tau2 / unit
    w = unit / v_
    W1 = float(np.sum(w))
    W2, W3, W4 = (float(np.sum(w**power)) / W1 for power in (2, 3, 4))
    ratio = 1 + t * W2  # variance of the estimate over that with no heterogeneity

    def moments(r: float) -> tuple[float, float]:
        """Mean and variance of Q given the standardised estimate r."""
        excess = r**2 / ratio - 1 / ratio
        mean = (k - 1) + t * (W1 - W2) + t**2 * excess * (W3 - W2**2)
        variance = 2 * (k - 1) + 4 * t * (W1 - W2) + 2 * t**2 * (W1 * W2 - 2 * W3 + W2**2)
        variance += 4 * t**2 * excess * (W3 - W2**2) + 4 * t**3 * excess * (W4 - 2 * W2 * W3 + W2**3)
        variance += 2 * t**4 * (1 / ratio**2 - 2 * r**2 / ratio**2) * (W3 - W2**2) ** 2
        return mean, variance

    def tail(x: float) -> float:
        """Probability that the estimate is more than x of its estimated standard errors above the mean."""

        def density(r: float) -> float:
            mean, variance = moments(r)
            below = (W1 / W2 - 1) * ((r / x) ** 2 - 1) + (k - 1)
            return (
                float(special.gammainc(mean**2 / variance, below * mean / variance)) * math.exp(-(r**2) / 2) / _ROOT_2PI
            )

        return float(integrate.quad(density, x, np.inf, epsabs=1e-12, epsrel=1e-10, limit=200)[0])

    high = 2.0
    while tail(high) > (100 - level) / 200:
        high *= 2
    quantile = optimize.brentq(lambda x: tail(x) - (100 - level) / 200, 1e-8, high, xtol=1e-12, rtol=1e-12)
    se = math.sqrt(ratio / W1 * unit)
    half = math.sqrt(ratio) * quantile * se
    return HenmiCopas(k=k, level=level, mu=mu, se=se, ci_low=mu - half, ci_high=mu + half, tau2=tau2)
