"""Formulas of effects with their sampling variances, written once for a number and for an array of numbers.

The caller brings the functions (`SCALAR` here, NumPy's in `evidence.synthesise.effects`), has checked the numbers and
has added to empty cells what was asked for. Where an effect is not defined, functions of `math` raise and NumPy's give
nan or infinity. Cells are events and non-events: a, b of group a and c, d of group b. Each returns (y, v).
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

#: A float or an array of floats.
Number: TypeAlias = Any
Pair: TypeAlias = tuple[Number, Number]


class Functions(NamedTuple):
    """The elementary functions of one kind of number."""

    log: Callable[[Number], Number]
    exp: Callable[[Number], Number]
    sqrt: Callable[[Number], Number]
    asin: Callable[[Number], Number]
    log_gamma: Callable[[Number], Number]


SCALAR = Functions(math.log, math.exp, math.sqrt, math.asin, math.lgamma)


def log_odds_ratio(f: Functions, a: Number, b: Number, c: Number, d: Number) -> Pair:
    """Woolf (1955) Ann Hum Genet 19:251-253."""
    return f.log(a) - f.log(b) - f.log(c) + f.log(d), 1 / a + 1 / b + 1 / c + 1 / d


def log_risk_ratio(f: Functions, a: Number, b: Number, c: Number, d: Number) -> Pair:
    """Katz et al. (1978) Biometrics 34:469-474."""
    return f.log(a / (a + b)) - f.log(c / (c + d)), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)


def risk_difference(f: Functions, a: Number, b: Number, c: Number, d: Number) -> Pair:  # noqa: ARG001
    """Difference of two fractions; the variance is that of two binomials."""
    return a / (a + b) - c / (c + d), a * b / (a + b) ** 3 + c * d / (c + d) ** 3


def arcsine_difference(f: Functions, a: Number, b: Number, c: Number, d: Number) -> Pair:
    """Ruecker et al. (2009) Stat Med 28:721-738."""
    y = f.asin(f.sqrt(a / (a + b))) - f.asin(f.sqrt(c / (c + d)))
    return y, 1 / (4 * (a + b)) + 1 / (4 * (c + d))


def peto_odds_ratio(f: Functions, a: Number, b: Number, c: Number, d: Number) -> Pair:  # noqa: ARG001
    """Yusuf et al. (1985) Prog Cardiovasc Dis 27:335-371."""
    difference, v = observed_minus_expected(a, b, c, d)
    return difference / v, 1 / v


def observed_minus_expected(a: Number, b: Number, c: Number, d: Number) -> Pair:
    """Events of group a less those expected if both groups had one risk, and the hypergeometric variance."""
    total_a, total_b, events, total = a + b, c + d, a + c, a + b + c + d
    v = events * (b + d) * (total_a / total) * (total_b / total) / (total - 1)
    return (a * d - b * c) / total, v  # a - events * total_a / total, with less rounding


def log_rate_ratio(f: Functions, a: Number, time_a: Number, b: Number, time_b: Number) -> Pair:
    """Events are Poisson counts: Rothman, Greenland & Lash (2008) Modern Epidemiology, chapter 14."""
    return f.log(a / time_a) - f.log(b / time_b), 1 / a + 1 / b


def rate_difference(f: Functions, a: Number, time_a: Number, b: Number, time_b: Number) -> Pair:  # noqa: ARG001
    """Events are Poisson counts: Rothman, Greenland & Lash (2008) Modern Epidemiology, chapter 14."""
    return a / time_a - b / time_b, a / time_a**2 + b / time_b**2


def mean_difference(
    f: Functions,  # noqa: ARG001
    mean_a: Number,
    sd_a: Number,
    total_a: Number,
    mean_b: Number,
    sd_b: Number,
    total_b: Number,
) -> Pair:
    """Difference of two means whose variances need not be equal."""
    return mean_a - mean_b, sd_a**2 / total_a + sd_b**2 / total_b


def pooled_sd(f: Functions, sd_a: Number, total_a: Number, sd_b: Number, total_b: Number) -> Number:
    """Standard deviation within two groups of equal variance."""
    return f.sqrt(((total_a - 1) * sd_a**2 + (total_b - 1) * sd_b**2) / (total_a + total_b - 2))


def small_sample_factor(f: Functions, df: Number) -> Number:
    """Exact factor J that takes the bias from a standardised mean difference, df > 1: Hedges (1981)."""
    return f.exp(f.log_gamma(df / 2) - f.log_gamma((df - 1) / 2)) / f.sqrt(df / 2)


def standardised_mean_difference(
    f: Functions, mean_a: Number, sd_a: Number, total_a: Number, mean_b: Number, sd_b: Number, total_b: Number
) -> Pair:
    """Hedges (1981) J Educ Stat 6:107-128."""
    d = (mean_a - mean_b) / pooled_sd(f, sd_a, total_a, sd_b, total_b)
    g = small_sample_factor(f, total_a + total_b - 2) * d
    return g, 1 / total_a + 1 / total_b + g**2 / (2 * (total_a + total_b))


def log_ratio_of_means(
    f: Functions, mean_a: Number, sd_a: Number, total_a: Number, mean_b: Number, sd_b: Number, total_b: Number
) -> Pair:
    """Hedges, Gurevitch & Curtis (1999) Ecology 80:1150-1156."""
    return f.log(mean_a / mean_b), sd_a**2 / (total_a * mean_a**2) + sd_b**2 / (total_b * mean_b**2)


def proportion(f: Functions, x: Number, m: Number) -> Pair:  # noqa: ARG001
    """Fraction x of x + m, with the variance of a binomial."""
    return x / (x + m), x * m / (x + m) ** 3


def logit_proportion(f: Functions, x: Number, m: Number) -> Pair:
    """Log odds of x of x + m."""
    return f.log(x) - f.log(m), 1 / x + 1 / m


def log_proportion(f: Functions, x: Number, m: Number) -> Pair:
    """Logarithm of x of x + m."""
    return f.log(x / (x + m)), 1 / x - 1 / (x + m)


def arcsine_proportion(f: Functions, x: Number, m: Number) -> Pair:
    """Arcsine of the square root of x of x + m."""
    return f.asin(f.sqrt(x / (x + m))), 1 / (4 * (x + m))


def double_arcsine(f: Functions, x: Number, m: Number) -> Pair:
    """Freeman & Tukey (1950) Ann Math Stat 21:607-611; halved, as metafor (`PFT`) writes it."""
    n = x + m
    return 0.5 * (f.asin(f.sqrt(x / (n + 1))) + f.asin(f.sqrt((x + 1) / (n + 1)))), 1 / (4 * n + 2)


def log_ratio_from_ci(f: Functions, estimate: Number, low: Number, high: Number, quantile: float) -> Pair:
    """Logarithm of a ratio, and the variance behind its interval: Parmar et al. (1998) Stat Med 17:2815-2834."""
    return f.log(estimate), ((f.log(high) - f.log(low)) / (2 * quantile)) ** 2
