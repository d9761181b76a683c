"""Effects of one study from its counts, means or rates, with sampling variances; intervals of one proportion.

Group a is compared with group b. Effects are on the scale of analysis (log for ratios, fractions for risk differences
and proportions). Definitions and zero handling are metafor's (`escalc`): `to` says which studies get the constant `add`
in each cell: "only0" those with an empty cell, "all" every one, "none" none. What is then undefined is `nan`, never a
substitute.
"""

import math
from decimal import Decimal
from typing import NamedTuple

from evidence.formulas.intervals import USUAL_LEVEL, normal_quantile
from evidence.formulas.scales import freeman_tukey

UNDEFINED = math.nan


class TableEffect(NamedTuple):
    """Effect on the scale of analysis, its sampling variance, and what was added to each cell (0: nothing)."""

    y: float
    v: float
    added: float


class _Table(NamedTuple):
    """Events and non-events of both groups after `added` went into each cell."""

    a: float
    b: float
    c: float
    d: float
    added: float

    @property
    def total_a(self) -> float:
        return self.a + self.b

    @property
    def total_b(self) -> float:
        return self.c + self.d


def _adjusts(empty: bool, to: str) -> bool:
    if to not in ("only0", "all", "none"):
        raise ValueError(f'`to` is "only0", "all" or "none", not {to!r}.')
    return to == "all" or (to == "only0" and empty)


def _check_counts(events: float, total: float) -> None:
    if not (0 <= events <= total and 0 < total < math.inf):
        raise ValueError(f"{events} of {total} is no count of events among patients.")


def _table(events_a: float, total_a: float, events_b: float, total_b: float, add: float, to: str) -> _Table:
    _check_counts(events_a, total_a)
    _check_counts(events_b, total_b)
    cells = (events_a, total_a - events_a, events_b, total_b - events_b)
    added = add if _adjusts(min(cells) == 0, to) else 0.0
    a, b, c, d = (cell + added for cell in cells)
    return _Table(a, b, c, d, added)


def log_odds_ratio(
    events_a: float, total_a: float, events_b: float, total_b: float, *, add: float = 0.5, to: str = "only0"
) -> TableEffect:
    """Log odds ratio ln (a d / b c) with variance 1/a + 1/b + 1/c + 1/d; nan where a cell is 0 and nothing is added.

    Raises
    ------
    ValueError
        If the counts are none, or `to` is unknown.

    References
    ----------
    Woolf (1955) Ann Hum Genet 19:251-253.
    """
    t = _table(events_a, total_a, events_b, total_b, add, to)
    if min(t.a, t.b, t.c, t.d) <= 0:
        return TableEffect(UNDEFINED, UNDEFINED, t.added)
    y = math.log(t.a) - math.log(t.b) - math.log(t.c) + math.log(t.d)
    return TableEffect(y, 1 / t.a + 1 / t.b + 1 / t.c + 1 / t.d, t.added)


def log_risk_ratio(
    events_a: float, total_a: float, events_b: float, total_b: float, *, add: float = 0.5, to: str = "only0"
) -> TableEffect:
    """Log of the ratio of two risks with variance 1/a - 1/na + 1/c - 1/nb; nan where a group has no events.

    Raises
    ------
    ValueError
        If the counts are none, or `to` is unknown.

    References
    ----------
    Katz et al. (1978) Biometrics 34:469-474.
    """
    t = _table(events_a, total_a, events_b, total_b, add, to)
    if min(t.a, t.c) <= 0:
        return TableEffect(UNDEFINED, UNDEFINED, t.added)
    y = math.log(t.a / t.total_a) - math.log(t.c / t.total_b)
    return TableEffect(y, 1 / t.a - 1 / t.total_a + 1 / t.c - 1 / t.total_b, t.added)


def risk_difference(
    events_a: float, total_a: float, events_b: float, total_b: float, *, add: float = 0.5, to: str = "only0"
) -> TableEffect:
    """Difference of two risks, as fractions, with variance ab/na^3 + cd/nb^3.

    Raises
    ------
    ValueError
        If the counts are none, or `to` is unknown.
    """
    t = _table(events_a, total_a, events_b, total_b, add, to)
    v = t.a * t.b / t.total_a**3 + t.c * t.d / t.total_b**3
    return TableEffect(t.a / t.total_a - t.c / t.total_b, v, t.added)


def arcsine_difference(
    events_a: float, total_a: float, events_b: float, total_b: float, *, add: float = 0.0, to: str = "only0"
) -> TableEffect:
    """Difference of the arcsine square roots of two risks with variance 1/4na + 1/4nb; defined for empty cells too.

    Raises
    ------
    ValueError
        If the counts are none, or `to` is unknown.

    References
    ----------
    Ruecker et al. (2009) Stat Med 28:721-738.
    """
    t = _table(events_a, total_a, events_b, total_b, add, to)
    y = math.asin(math.sqrt(t.a / t.total_a)) - math.asin(math.sqrt(t.c / t.total_b))
    return TableEffect(y, 1 / (4 * t.total_a) + 1 / (4 * t.total_b), t.added)


def peto_odds_ratio(
    events_a: float, total_a: float, events_b: float, total_b: float, *, add: float = 0.5, to: str = "only0"
) -> TableEffect:
    """Peto's one-step log odds ratio (O - E) / V with variance 1 / V; nan where V is 0.

    Raises
    ------
    ValueError
        If the counts are none, or `to` is unknown.

    References
    ----------
    Yusuf et al. (1985) Prog Cardiovasc Dis 27:335-371.
    """
    t = _table(events_a, total_a, events_b, total_b, add, to)
    total, events = t.total_a + t.total_b, t.a + t.c
    v = t.total_a * t.total_b * events * (total - events) / (total**2 * (total - 1)) if total > 1 else 0.0
    if v <= 0:
        return TableEffect(UNDEFINED, UNDEFINED, t.added)
    return TableEffect((t.a - events * t.total_a / total) / v, 1 / v, t.added)


def incidence_rate_ratio(
    events_a: float, time_a: float, events_b: float, time_b: float, *, add: float = 0.5, to: str = "only0"
) -> TableEffect:
    """Log of the ratio of two rates with variance 1/a + 1/b; nan where a group has no events and nothing is added.

    Raises
    ------
    ValueError
        If events are negative, times not positive, or `to` is unknown.
    """
    if not (events_a >= 0 and events_b >= 0 and time_a > 0 and time_b > 0):
        raise ValueError(f"{events_a} events in {time_a} and {events_b} in {time_b} are no rates.")
    added = add if _adjusts(min(events_a, events_b) == 0, to) else 0.0
    a, b = events_a + added, events_b + added
    if min(a, b) <= 0:
        return TableEffect(UNDEFINED, UNDEFINED, added)
    return TableEffect(math.log(a / time_a) - math.log(b / time_b), 1 / a + 1 / b, added)


def mean_difference(
    mean_a: float, sd_a: float, total_a: float, mean_b: float, sd_b: float, total_b: float
) -> tuple[float, float]:
    """Difference of two means with variance sa^2/na + sb^2/nb (variances not assumed equal).

    Raises
    ------
    ValueError
        If a standard deviation is negative or a total is not positive.
    """
    _check_means(sd_a, total_a, sd_b, total_b)
    return mean_a - mean_b, sd_a**2 / total_a + sd_b**2 / total_b


def standardised_mean_difference(
    mean_a: float, sd_a: float, total_a: float, mean_b: float, sd_b: float, total_b: float
) -> tuple[float, float]:
    """Hedges' g with the exact small-sample factor; variance 1/na + 1/nb + g^2 / (2 (na + nb)).

    Raises
    ------
    ValueError
        If a standard deviation is negative, both are 0, or fewer than 3 patients leave no degree of freedom.

    References
    ----------
    Hedges (1981) J Educ Stat 6:107-128.
    """
    _check_means(sd_a, total_a, sd_b, total_b)
    m = total_a + total_b - 2
    if m < 1 or not (sd_a > 0 or sd_b > 0):
        raise ValueError("A standardised mean difference needs a spread and at least three patients.")
    pooled = math.sqrt(((total_a - 1) * sd_a**2 + (total_b - 1) * sd_b**2) / m)
    if pooled == 0:
        raise ValueError("A standardised mean difference needs a spread in a group of more than one patient.")
    if m < 2:  # the factor has a gamma function at 0
        return UNDEFINED, UNDEFINED
    factor = math.exp(math.lgamma(m / 2) - math.lgamma((m - 1) / 2)) / math.sqrt(m / 2)
    g = factor * (mean_a - mean_b) / pooled
    return g, 1 / total_a + 1 / total_b + g**2 / (2 * (total_a + total_b))


def log_ratio_of_means(
    mean_a: float, sd_a: float, total_a: float, mean_b: float, sd_b: float, total_b: float
) -> tuple[float, float]:
    """Log of the ratio of two means with variance sa^2/(na ma^2) + sb^2/(nb mb^2), without bias correction.

    nan where the means have not the same sign, or one is 0.

    Raises
    ------
    ValueError
        If a standard deviation is negative or a total is not positive.

    References
    ----------
    Hedges, Gurevitch & Curtis (1999) Ecology 80:1150-1156.
    """
    _check_means(sd_a, total_a, sd_b, total_b)
    if mean_a * mean_b <= 0:
        return UNDEFINED, UNDEFINED
    return math.log(mean_a / mean_b), sd_a**2 / (total_a * mean_a**2) + sd_b**2 / (total_b * mean_b**2)


def _check_means(sd_a: float, total_a: float, sd_b: float, total_b: float) -> None:
    if not (sd_a >= 0 and sd_b >= 0 and total_a > 0 and total_b > 0):
        raise ValueError(f"Standard deviations {sd_a}, {sd_b} of {total_a} and {total_b} patients make no sense.")


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
    if measure not in ("PR", "PLO", "PLN", "PAS", "PFT"):
        raise ValueError(f"{measure!r} is no measure of one proportion: PR, PLO, PLN, PAS or PFT.")
    _check_counts(events, total)
    constant = (0.0 if measure in ("PAS", "PFT") else 0.5) if add is None else add
    added = constant if _adjusts(events in (0, total), to) else 0.0
    x, n = events + added, total + 2 * added
    if measure == "PR":
        return TableEffect(x / n, x / n * (1 - x / n) / n, added)
    if measure == "PAS":
        return TableEffect(math.asin(math.sqrt(x / n)), 1 / (4 * n), added)
    if measure == "PFT":
        return TableEffect(freeman_tukey(x, n), 1 / (4 * n + 2), added)
    if x <= 0 or (measure == "PLO" and x >= n):
        return TableEffect(UNDEFINED, UNDEFINED, added)
    if measure == "PLN":
        return TableEffect(math.log(x / n), 1 / x - 1 / n, added)
    return TableEffect(math.log(x) - math.log(n - x), 1 / x + 1 / (n - x), added)


def wilson(events: float, total: float, level: float = USUAL_LEVEL) -> tuple[float, float]:
    """Score interval of a proportion, as fractions, without continuity correction.

    Raises
    ------
    ValueError
        If the counts are none or the level is none.

    References
    ----------
    Wilson (1927) J Am Stat Assoc 22:209-212.
    """
    _check_counts(events, total)
    z2 = normal_quantile(level) ** 2
    p = events / total
    centre = (p + z2 / (2 * total)) / (1 + z2 / total)
    half = math.sqrt(z2 * (p * (1 - p) / total + z2 / (4 * total**2))) / (1 + z2 / total)
    # At 0 and at all events the limit is exact; the subtraction would leave rounding noise.
    return (0.0 if events == 0 else centre - half), (1.0 if events == total else centre + half)


def clopper_pearson(events: float, total: float, level: float = USUAL_LEVEL) -> tuple[float, float]:
    """Exact interval of a proportion, as fractions.

    Raises
    ------
    ValueError
        If the counts are none or the level is none.

    References
    ----------
    Clopper & Pearson (1934) Biometrika 26:404-413.
    """
    from scipy.special import betaincinv  # half a second to load, and needed here alone

    _check_counts(events, total)
    normal_quantile(level)  # refuses what is no level
    tail = (100 - level) / 200
    low = 0.0 if events == 0 else float(betaincinv(events, total - events + 1, tail))
    high = 1.0 if events == total else float(betaincinv(events + 1, total - events, 1 - tail))
    return low, high


def agresti_coull(events: float, total: float, level: float = USUAL_LEVEL) -> tuple[float, float]:
    """Wald interval around Wilson's centre, as fractions; it may reach below 0 or above 1.

    Raises
    ------
    ValueError
        If the counts are none or the level is none.

    References
    ----------
    Agresti & Coull (1998) Am Stat 52:119-126.
    """
    _check_counts(events, total)
    z = normal_quantile(level)
    n = total + z**2
    centre = (events + z**2 / 2) / n
    half = z * math.sqrt(centre * (1 - centre) / n)
    return centre - half, centre + half


def half_unit(number: Decimal) -> Decimal:
    """Half a unit of the last printed digit: 0.005 for 0.60, 0.5 for 34."""
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):  # NaN or infinity: nothing was rounded
        return Decimal(0)
    return Decimal(5).scaleb(min(exponent, 0) - 1)


def events_from_percent(percent: Decimal, total: int) -> range:
    """The numbers of patients among `total` that round to the printed percentage.

    65.8% of 38 is 25 and nothing else; 66% of 380 may be 249 to 252; 64.0% of 38 is no number of patients. Only where
    the range holds exactly one number can it stand for a count. Both ways of rounding a half are allowed.

    Parameters
    ----------
    percent : Decimal
        With the digits printed: 65.80 is a narrower statement than 65.8.
    total : int
        Patients, > 0.
    """
    if not percent.is_finite():
        return range(0)
    half = half_unit(percent)
    fewest = math.ceil((percent - half) * total / 100)
    most = math.floor((percent + half) * total / 100)
    return range(max(0, fewest), min(total, most) + 1)
