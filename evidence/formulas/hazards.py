"""Log hazard ratio and its standard error from what a report prints.

Hazard ratios are group a versus group b. O - E and V are the log-rank statistic of group a and its variance; the log
hazard ratio is (O - E) / V with variance 1 / V.

References
----------
Parmar, Torri & Stewart (1998) Stat Med 17:2815-2834. Tierney et al. (2007) Trials 8:16.
"""

import math
from typing import NamedTuple

from evidence.formulas.intervals import USUAL_LEVEL, se_from_ci, se_from_p, z_from_p


class LogHazardRatio(NamedTuple):
    """Natural logarithm of a hazard ratio and its standard error."""

    log_hr: float
    se: float

    @property
    def v(self) -> float:
        """Sampling variance of the log hazard ratio."""
        return self.se**2


def log_hr_from_ci(estimate: float | None, ci_low: float, ci_high: float, level: float = USUAL_LEVEL) -> LogHazardRatio:
    """From the hazard ratio and its interval; without the estimate, its logarithm is the middle of the log limits.

    Raises
    ------
    ValueError
        If a number is not positive or the limits are not in order.
    """
    if not (ci_low > 0 and ci_high > 0 and (estimate is None or estimate > 0)):
        raise ValueError(f"HR {estimate} ({ci_low} to {ci_high}): a hazard ratio and its limits are greater than 0.")
    low, high = math.log(ci_low), math.log(ci_high)
    return LogHazardRatio((low + high) / 2 if estimate is None else math.log(estimate), se_from_ci(low, high, level))


def log_hr_from_p(estimate: float, p_value: float, *, sides: int = 2) -> LogHazardRatio:
    """From the hazard ratio and the exact p-value of its test: se = |ln HR| / z.

    Raises
    ------
    ValueError
        If the hazard ratio is not positive or is 1, or p gives no z.
    """
    if not estimate > 0:
        raise ValueError(f"HR {estimate}: a hazard ratio is greater than 0.")
    log_hr = math.log(estimate)
    return LogHazardRatio(log_hr, se_from_p(log_hr, p_value, sides))


def log_hr_from_oe(o_minus_e: float, v: float) -> LogHazardRatio:
    """From the log-rank O - E of group a and its variance V.

    Raises
    ------
    ValueError
        Unless V is positive.
    """
    if not v > 0:
        raise ValueError(f"The log-rank variance must be positive, not {v}.")
    return LogHazardRatio(o_minus_e / v, 1 / math.sqrt(v))


def log_hr_from_observed_expected(
    observed_a: float, expected_a: float, observed_b: float, expected_b: float
) -> LogHazardRatio:
    """From observed and log-rank expected events of both groups: ln (Oa/Ea)/(Ob/Eb), variance 1/Ea + 1/Eb.

    Raises
    ------
    ValueError
        Unless all four are positive.
    """
    if min(observed_a, expected_a, observed_b, expected_b) <= 0:
        raise ValueError("Observed and expected events of both groups must be positive.")
    log_hr = math.log(observed_a / expected_a) - math.log(observed_b / expected_b)
    return LogHazardRatio(log_hr, math.sqrt(1 / expected_a + 1 / expected_b))


def log_hr_from_p_events(
    p_value: float,
    *,
    favours_a: bool,
    events_a: float | None = None,
    events_b: float | None = None,
    events: float | None = None,
    total_a: float | None = None,
    total_b: float | None = None,
    sides: int = 2,
) -> LogHazardRatio:
    """From the log-rank p-value, its direction and the events; O - E is z times the root of V, below 0 if it favours a.

    V is Oa Ob / O with the events of both groups, O na nb / (na + nb)^2 with all events and both numbers analysed, and
    O / 4 with all events alone (randomised one to one).

    Raises
    ------
    ValueError
        If p gives no z or the events do not give V.
    """
    if events_a is not None and events_b is not None and min(events_a, events_b) > 0:
        v = events_a * events_b / (events_a + events_b)
    elif events is not None and total_a is not None and total_b is not None and min(events, total_a, total_b) > 0:
        v = events * total_a * total_b / (total_a + total_b) ** 2
    elif events is not None and events > 0 and total_a is None and total_b is None:
        v = events / 4
    else:
        raise ValueError(
            "Give the events of both groups, or all events with both numbers analysed, or all events of a trial "
            "randomised one to one; each positive."
        )
    size = z_from_p(p_value, sides) * math.sqrt(v)
    return log_hr_from_oe(-size if favours_a else size, v)
