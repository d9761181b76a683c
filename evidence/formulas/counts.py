"""Effects of one study from its counts, means or rates, with sampling variances.

The formulas stand in `kernels`; here numbers are checked and empty cells treated. Group a is compared with group b.
Effects are on the scale of analysis (log for ratios, fractions for risk differences). Definitions and zero handling are
metafor's (`escalc`): `to` says which studies get the constant `add` in each cell: "only0" those with an empty cell,
"all" every one, "none" none. What is then undefined is `nan`, never a substitute.
"""

import math
from decimal import Decimal
from typing import NamedTuple

from evidence.formulas import kernels
from evidence.formulas.kernels import SCALAR

UNDEFINED = math.nan


class TableEffect(NamedTuple):
    """Effect on the scale of analysis, its sampling variance, and what was added to each cell (0: nothing)."""

    y: float
    v: float
    added: float


class _Table(NamedTuple):
    """Events and non-events of both groups after `added` went into each cell."""

    cells: tuple[float, float, float, float]
    added: float


def adjusts(empty: bool, to: str) -> bool:
    """Whether a study gets the constant under the rule `to`."""
    if to not in ("only0", "all", "none"):
        raise ValueError(f'`to` is "only0", "all" or "none", not {to!r}.')
    return to == "all" or (to == "only0" and empty)


def check_counts(events: float, total: float) -> None:
    """Refuse what is no number of events among patients."""
    if not (0 <= events <= total and 0 < total < math.inf):
        raise ValueError(f"{events} of {total} is no count of events among patients.")


def _table(events_a: float, total_a: float, events_b: float, total_b: float, add: float, to: str) -> _Table:
    check_counts(events_a, total_a)
    check_counts(events_b, total_b)
    cells = (events_a, total_a - events_a, events_b, total_b - events_b)
    added = add if adjusts(min(cells) == 0, to) else 0.0
    a, b, c, d = (cell + added for cell in cells)
    return _Table((a, b, c, d), added)


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
    if min(t.cells) <= 0:
        return TableEffect(UNDEFINED, UNDEFINED, t.added)
    return TableEffect(*kernels.log_odds_ratio(SCALAR, *t.cells), t.added)


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
    if min(t.cells[0], t.cells[2]) <= 0:
        return TableEffect(UNDEFINED, UNDEFINED, t.added)
    return TableEffect(*kernels.log_risk_ratio(SCALAR, *t.cells), t.added)


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
    return TableEffect(*kernels.risk_difference(SCALAR, *t.cells), t.added)


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
    return TableEffect(*kernels.arcsine_difference(SCALAR, *t.cells), t.added)


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
    a, b, c, d = t.cells
    if a + c <= 0 or b + d <= 0:
        return TableEffect(UNDEFINED, UNDEFINED, t.added)
    return TableEffect(*kernels.peto_odds_ratio(SCALAR, *t.cells), t.added)


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
    added = add if adjusts(min(events_a, events_b) == 0, to) else 0.0
    a, b = events_a + added, events_b + added
    if min(a, b) <= 0:
        return TableEffect(UNDEFINED, UNDEFINED, added)
    return TableEffect(*kernels.log_rate_ratio(SCALAR, a, time_a, b, time_b), added)


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
    return kernels.mean_difference(SCALAR, mean_a, sd_a, total_a, mean_b, sd_b, total_b)


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
    if (total_a - 1) * sd_a == 0 and (total_b - 1) * sd_b == 0:
        raise ValueError("A standardised mean difference needs a spread in a group of more than one patient.")
    if m < 2:  # the factor has a gamma function at 0
        return UNDEFINED, UNDEFINED
    return kernels.standardised_mean_difference(SCALAR, mean_a, sd_a, total_a, mean_b, sd_b, total_b)


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
    return kernels.log_ratio_of_means(SCALAR, mean_a, sd_a, total_a, mean_b, sd_b, total_b)


def _check_means(sd_a: float, total_a: float, sd_b: float, total_b: float) -> None:
    if not (sd_a >= 0 and sd_b >= 0 and total_a > 0 and total_b > 0):
        raise ValueError(f"Standard deviations {sd_a}, {sd_b} of {total_a} and {total_b} patients make no sense.")


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
