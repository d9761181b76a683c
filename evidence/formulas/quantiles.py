"""Mean and standard deviation of a sample from its median, quartiles and range.

All methods take the sample as normal. `skewed` tests that from the same numbers; `mean_sd_from_quantiles` gives its
verdict with the result, for whoever uses the mean must know of it.
"""

import math
from statistics import NormalDist
from typing import NamedTuple

MEANS = ("luo", "wan", "bland", "hozo")
SDS = ("wan", "shi", "bland", "hozo")

_quantile = NormalDist().inv_cdf


class MeanSd(NamedTuple):
    """Mean and standard deviation; `skewed`: the numbers they come from reject a normal distribution."""

    mean: float
    sd: float
    skewed: bool


class _Given(NamedTuple):
    """What is known: quartiles, extremes or both about the median of n patients."""

    n: float
    median: float
    quartiles: tuple[float, float] | None
    extremes: tuple[float, float] | None


def mean_sd_from_quantiles(
    n: float,
    median: float,
    *,
    quartiles: tuple[float, float] | None = None,
    extremes: tuple[float, float] | None = None,
    mean: str | None = None,
    sd: str | None = None,
) -> MeanSd:
    """Mean and standard deviation of n patients from the median with quartiles, with extremes, or with both.

    Parameters
    ----------
    n : float
        Patients, at least 2 (5 where quartiles and extremes are given).
    median : float
        Within the quartiles and extremes.
    quartiles, extremes : (float, float)
        First and third quartile; least and greatest value.
    mean : str
        "luo" (the default), "wan", "bland" (needs both) or "hozo" (from the extremes alone).
    sd : str
        "wan" (the default), "shi" (needs both, and is then the default), "bland" (needs both) or "hozo" (extremes
        alone).

    Returns
    -------
    MeanSd
        In the unit of the median. With `skewed` the numbers do not look like a normal sample: the mean may mislead,
        and the median should be reported beside it, or the logarithms used.

    Raises
    ------
    ValueError
        If numbers are absent, not finite or not in order, n is too small, or a method does not fit what is given.

    References
    ----------
    luo: Luo et al. (2018) Stat Methods Med Res 27:1785-1805. wan: Wan et al. (2014) BMC Med Res Methodol 14:135. shi:
    Shi et al. (2020) Res Synth Methods 11:641-654. bland: Bland (2015) Int J Stat Med Res 4:57-64. hozo: Hozo et al.
    (2005) BMC Med Res Methodol 5:13. As metafor's `conv.fivenum`, which withholds what `skewed` marks unless told
    otherwise.
    """
    given = _Given(n, median, quartiles, extremes)
    _check(given)
    both = quartiles is not None and extremes is not None
    mean = mean or "luo"
    sd = sd or ("shi" if both else "wan")
    if mean not in MEANS or sd not in SDS:
        raise ValueError(f"Means are by {', '.join(MEANS)}, deviations by {', '.join(SDS)}; not {mean!r} and {sd!r}.")
    if not both and (mean == "bland" or sd in ("shi", "bland")):
        raise ValueError(f"{mean!r} and {sd!r}: bland and shi need the quartiles and the extremes.")
    if (extremes is None or both) and "hozo" in (mean, sd):
        raise ValueError("hozo needs the extremes and no quartiles.")
    return MeanSd(_mean(given, mean), _sd(given, sd), skewed(n, median, quartiles=quartiles, extremes=extremes))


def mean_sd_from_quartiles(q1: float, median: float, q3: float, n: float) -> MeanSd:
    """Mean (Luo) and standard deviation (Wan) of n patients from the median and quartiles.

    Raises
    ------
    ValueError
        As `mean_sd_from_quantiles`.
    """
    return mean_sd_from_quantiles(n, median, quartiles=(q1, q3))


def skewed(
    n: float,
    median: float,
    *,
    quartiles: tuple[float, float] | None = None,
    extremes: tuple[float, float] | None = None,
) -> bool:
    """Whether a normal distribution is rejected at 5%, from how far the median is from the middle of the limits.

    Raises
    ------
    ValueError
        As `mean_sd_from_quantiles`.

    References
    ----------
    Shi et al. (2023) Stat Methods Med Res 32:1338-1360.
    """
    given = _Given(n, median, quartiles, extremes)
    _check(given)
    of_quartiles, of_extremes = _asymmetry(median, quartiles), _asymmetry(median, extremes)
    if quartiles is None:
        return of_extremes > 1.01 / math.log(n + 9) + 2.43 / (n + 1)
    if extremes is None:
        return of_quartiles > 2.65 / math.sqrt(n) - 6 / n**2
    statistic = max(2.65 * math.log(0.6 * n) / math.sqrt(n) * of_extremes, of_quartiles)
    return statistic > 3 / math.sqrt(n) - 40 / n**3


def _asymmetry(median: float, limits: tuple[float, float] | None) -> float:
    if limits is None or limits[0] == limits[1]:
        return 0.0
    return abs(limits[0] + limits[1] - 2 * median) / (limits[1] - limits[0])


def _mean(given: _Given, method: str) -> float:
    n, m = given.n, given.median
    if given.extremes is None:
        q1, q3 = _both_of(given.quartiles)
        if method == "wan":
            return (q1 + m + q3) / 3
        share = 0.7 + 0.39 / n
        return share * (q1 + q3) / 2 + (1 - share) * m
    low, high = given.extremes
    if given.quartiles is None:
        if method == "wan" or (method == "hozo" and n <= 25):
            return (low + 2 * m + high) / 4
        if method == "hozo":
            return m
        share = 4 / (4 + math.pow(n, 0.75))
        return share * (low + high) / 2 + (1 - share) * m
    q1, q3 = given.quartiles
    if method != "luo":  # Wan took over Bland's mean
        return (low + 2 * q1 + 2 * m + 2 * q3 + high) / 8
    of_extremes, of_quartiles = 2.2 / (2.2 + math.pow(n, 0.75)), 0.7 - 0.72 / math.pow(n, 0.55)
    return of_extremes * (low + high) / 2 + of_quartiles * (q1 + q3) / 2 + (1 - of_extremes - of_quartiles) * m


def _sd(given: _Given, method: str) -> float:
    n, m = given.n, given.median
    if method == "bland":
        (low, high), (q1, q3) = _both_of(given.extremes), _both_of(given.quartiles)
        squares = low**2 + 2 * q1**2 + 2 * m**2 + 2 * q3**2 + high**2
        products = low * q1 + q1 * m + m * q3 + q3 * high
        total = low + 2 * q1 + 2 * m + 2 * q3 + high
        return math.sqrt(max(0.0, squares / 16 + products / 8 - total**2 / 64))
    if method == "hozo":
        low, high = _both_of(given.extremes)
        if n <= 15:
            return math.sqrt(((low - 2 * m + high) ** 2 / 4 + (high - low) ** 2) / 12)
        return (high - low) / (4 if n <= 70 else 6)
    parts = []
    weights = (2.0, 2.0)
    if method == "shi":
        weights = (2 + 0.14 * n**0.6, 2 + 2 / (0.07 * n**0.6))
    elif given.extremes is not None and given.quartiles is not None:
        weights = (4.0, 4.0)
    if given.extremes is not None:
        low, high = given.extremes
        parts.append((high - low) / (weights[0] * _quantile((n - 0.375) / (n + 0.25))))
    if given.quartiles is not None:
        q1, q3 = given.quartiles
        parts.append((q3 - q1) / (weights[1] * _quantile((0.75 * n - 0.125) / (n + 0.25))))
    return math.fsum(parts)


def _both_of(limits: tuple[float, float] | None) -> tuple[float, float]:
    if limits is None:
        raise ValueError("Quartiles or extremes are absent.")
    return limits


def _check(given: _Given) -> None:
    if given.quartiles is None and given.extremes is None:
        raise ValueError("A median alone gives no mean: quartiles or extremes are needed.")
    low, high = given.extremes or (-math.inf, math.inf)
    q1, q3 = given.quartiles or (given.median, given.median)
    known = [*(given.extremes or ()), *(given.quartiles or ()), given.median]
    if not (all(map(math.isfinite, known)) and low <= q1 <= given.median <= q3 <= high):
        raise ValueError(f"{sorted(known)} are not minimum, quartiles, median and maximum in order.")
    least = 5 if given.quartiles and given.extremes else 2
    if not least <= given.n < math.inf:
        raise ValueError(f"{given.n} patients are too few, or no number, for a mean from {len(known)} quantiles.")
