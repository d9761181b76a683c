"""From the natural scale to the scale of analysis and back.

Ratios (HR, OR, RR ...) are analysed as logarithms, proportions as logits or double arcsines, differences as they are.
Proportions and risk differences are fractions here; `natural` writes them in percent, as the evidence tables do.
"""

import math
import statistics
from collections.abc import Iterable

from evidence.formulas import kernels

#: Measures that are analysed as natural logarithms.
RATIOS = frozenset({"HR", "SHR", "OR", "RR", "IRR", "PETO", "ROM"})


def is_ratio(measure: str) -> bool:
    """Whether the measure is analysed on the log scale."""
    return measure in RATIOS


def logit(p: float) -> float:
    """Log odds of a fraction.

    Raises
    ------
    ValueError
        Unless 0 < p < 1.
    """
    if not 0 < p < 1:
        raise ValueError(f"The logit of {p} is not defined; it needs a fraction between 0 and 1.")
    return math.log(p) - math.log1p(-p)


def expit(x: float) -> float:
    """Fraction with these log odds; the inverse of `logit`."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    odds = math.exp(x)
    return odds / (1 + odds)


def freeman_tukey(events: float, total: float) -> float:
    """Double arcsine of a proportion, as the mean of the two arcsines; its variance is 1 / (4 total + 2).

    Raises
    ------
    ValueError
        Unless 0 <= events <= total and total > 0.

    References
    ----------
    Freeman & Tukey (1950) Ann Math Stat 21:607-611; halved, as metafor (`PFT`) writes it.
    """
    if not (0 <= events <= total and total > 0):
        raise ValueError(f"{events} of {total} is no proportion.")
    y: float = kernels.double_arcsine(kernels.SCALAR, events, total - events)[0]
    return y


def freeman_tukey_back(x: float, total: float) -> float:
    """Fraction whose double arcsine at this total is x; the inverse of `freeman_tukey`.

    For a pooled value `total` is the harmonic mean of the studies' totals, a convention that can mislead when totals
    differ much (Schwarzer et al. 2019, Res Synth Methods 10:476-483). Values outside what 0 and 1 give become 0 and 1.

    References
    ----------
    Miller (1978) Am Stat 32:138.
    """
    if x <= freeman_tukey(0, total):
        return 0.0
    if x >= freeman_tukey(total, total):
        return 1.0
    sine, cosine = math.sin(2 * x), math.cos(2 * x)
    inner = 1 - (sine + (sine - 1 / sine) / total) ** 2
    return 0.5 * (1 - math.copysign(1.0, cosine) * math.sqrt(max(0.0, inner)))


def harmonic_mean(totals: Iterable[float]) -> float:
    """Harmonic mean, the total at which a pooled double arcsine is brought back."""
    return statistics.harmonic_mean(list(totals))


def natural(measure: str, x: float, total: float | None = None) -> float:
    """Value on the scale of the evidence tables: ratios as ratios, proportions and their differences in percent.

    Means and their differences stay as they are.

    `total` is needed by PFT alone: the study's own, or the harmonic mean of the pooled studies'.

    Raises
    ------
    ValueError
        If PFT comes without `total`.
    """
    if measure in RATIOS:
        return math.exp(x)
    if measure in ("PR", "RD"):
        return 100 * x
    if measure == "PLO":
        return 100 * expit(x)
    if measure == "PLN":
        return 100 * math.exp(x)
    if measure == "PAS":
        return 100 * math.sin(min(max(x, 0.0), math.pi / 2)) ** 2
    if measure == "PFT":
        if total is None:
            raise ValueError("A double arcsine (PFT) comes back to a proportion only with the number of patients.")
        return 100 * freeman_tukey_back(x, total)
    return x


def invert(measure: str, estimate: float, low: float, high: float) -> tuple[float, float, float]:
    """Estimate and limits of B versus A from those of A versus B; the limits change places.

    Raises
    ------
    ValueError
        If a ratio or one of its limits is not positive.
    """
    if measure not in RATIOS:
        return -estimate, -high, -low
    if min(estimate, low, high) <= 0:
        raise ValueError(f"{measure} {estimate} ({low} to {high}) cannot be inverted: a ratio is greater than 0.")
    return 1 / estimate, 1 / high, 1 / low
