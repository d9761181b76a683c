"""Log hazard ratio and its standard error from what a report prints.

Hazard ratios are group a versus group b. O - E and V are the log-rank statistic of group a and its variance; the log
hazard ratio is (O - E) / V with variance 1 / V.

References
----------
Parmar, Torri & Stewart (1998) Stat Med 17:2815-2834. Tierney et al. (2007) Trials 8:16.
"""

import math
from typing import NamedTuple

from evidence.formulas.intervals import USUAL_LEVEL, ci_from_se, p_from_z, se_from_ci, se_from_p, z_from_p


class LogHazardRatio(NamedTuple):
    """Natural logarithm of a hazard ratio and its standard error."""

    log_hr: float
    se: float

    @property
    def v(self) -> float:
        """Sampling variance of the log hazard ratio."""
        return self.se**2

    @property
    def log_rank_v(self) -> float:
        """Variance V of the log-rank statistic."""
        return 1 / self.v

    @property
    def o_minus_e(self) -> float:
        """Log-rank O - E of group a."""
        return self.log_hr / self.v

    @property
    def hr(self) -> float:
        """Hazard ratio."""
        return math.exp(self.log_hr)

    @property
    def z(self) -> float:
        """Wald statistic."""
        return self.log_hr / self.se

    @property
    def p_value(self) -> float:
        """Two-sided p-value of the Wald test."""
        return p_from_z(self.z)

    def interval(self, level: float = USUAL_LEVEL) -> tuple[float, float]:
        """Wald interval of the hazard ratio."""
        low, high = ci_from_se(self.log_hr, self.se, level)
        return math.exp(low), math.exp(high)


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


def log_ratio_asymmetry(estimate: float, ci_low: float, ci_high: float, level: float = USUAL_LEVEL) -> float:
    """Distance of a log ratio from the middle of its log limits, in standard errors; only rounding if they are Wald's.

    Raises
    ------
    ValueError
        If a number is not positive or the limits are not in order.
    """
    printed, middle = (log_hr_from_ci(value, ci_low, ci_high, level) for value in (estimate, None))
    return abs(printed.log_hr - middle.log_hr) / printed.se


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


def log_hr_from_medians(median_a: float, median_b: float, events_a: float, events_b: float) -> LogHazardRatio:
    """From both median times and the events, if hazards are constant: ln (median b / median a), variance 1/Oa + 1/Ob.

    Curves that are not exponential, or medians far from where the curves differ, give another hazard ratio.

    Raises
    ------
    ValueError
        Unless all four are positive.

    References
    ----------
    Machin, Cheung & Parmar (2006) Survival Analysis, section 4.2.
    """
    if not min(median_a, median_b, events_a, events_b) > 0:
        raise ValueError("Medians and events of both groups must be positive.")
    return LogHazardRatio(math.log(median_b) - math.log(median_a), math.sqrt(1 / events_a + 1 / events_b))


def events_from_survival(survival: float, total: float) -> float:
    """Events behind a survival proportion if nobody was censored before: an upper bound, not rounded.

    Raises
    ------
    ValueError
        Unless 0 <= survival <= 1 and total > 0.
    """
    if not (0 <= survival <= 1 and total > 0):
        raise ValueError(
            f"A survival of {survival} among {total} gives no events; survival is a fraction, not percent."
        )
    return total * (1 - survival)


def log_hr_from_survival_and_test(
    survival_a: float, survival_b: float, p_value: float, *, sides: int = 2
) -> LogHazardRatio:
    """From the proportions event-free at one time, as fractions, and the log-rank p-value; patients are not needed.

    The hazard ratio is that of the proportions, ln Sa / ln Sb (exact under proportional hazards), its standard error
    the one with which it has that p-value, |ln HR| / z. Where the curves differ more, or less, at that time than over
    the whole follow-up, the two do not belong together and the interval is too wide, or too narrow.

    Raises
    ------
    ValueError
        If a proportion is none, both are equal, or p gives no z.

    References
    ----------
    Parmar, Torri & Stewart (1998) Stat Med 17:2815-2834; Tierney et al. (2007) Trials 8:16.
    """
    _check_survival(survival_a, survival_b)
    return log_hr_from_p(math.log(survival_a) / math.log(survival_b), p_value, sides=sides)


def log_hr_from_survival(
    survival_a: float,
    survival_b: float,
    *,
    total_a: float | None = None,
    total_b: float | None = None,
    ci_a: tuple[float, float] | None = None,
    ci_b: tuple[float, float] | None = None,
    level: float = USUAL_LEVEL,
    p_value: float | None = None,
    sides: int = 2,
    variance: str = "events",
) -> LogHazardRatio:
    """From the proportions event-free in both groups at one time, as fractions.

    Without a p-value, the difference of ln(-ln S), exact under proportional hazards; the standard error of S comes from
    its interval where that is given, else it is sqrt(S (1 - S) / total). With the log-rank p-value, O - E is z times
    the root of V with the events that the proportions imply, as `log_hr_from_p_events`. Without an interval, censoring
    before that time is ignored, which makes the standard error too small.

    Parameters
    ----------
    survival_a, survival_b : float
        Between 0 and 1, both excluded.
    total_a, total_b : float
        Patients; needed for a group without interval, and for a p-value.
    ci_a, ci_b : (float, float)
        Limits of each proportion.
    level : float
        Of these limits, in percent.
    p_value, sides : float, int
        Of the log-rank test; its direction is that of the proportions.
    variance : str
        V of a p-value: "events" of both groups, Oa Ob / O, or "totals", O na nb / (na + nb)^2.

    Raises
    ------
    ValueError
        If a proportion is none, what is needed is absent, or `variance` is unknown.

    References
    ----------
    Parmar, Torri & Stewart (1998) Stat Med 17:2815-2834; Tierney et al. (2007) Trials 8:16; for ln(-ln S):
    Kalbfleisch & Prentice (2002) The Statistical Analysis of Failure Time Data, section 1.4.
    """
    _check_survival(survival_a, survival_b)
    if p_value is None:
        se = [
            _se_of_survival(survival, total, ci, level) / abs(survival * math.log(survival))
            for survival, total, ci in ((survival_a, total_a, ci_a), (survival_b, total_b, ci_b))
        ]
        return LogHazardRatio(math.log(math.log(survival_a) / math.log(survival_b)), math.hypot(*se))
    if variance not in ("events", "totals"):
        raise ValueError(f'`variance` is "events" or "totals", not {variance!r}.')
    if total_a is None or total_b is None:
        raise ValueError("A p-value and survival proportions need the number of patients of both groups.")
    if survival_a == survival_b:
        raise ValueError("Equal survival proportions do not say which group a p-value favours.")
    events_a, events_b = events_from_survival(survival_a, total_a), events_from_survival(survival_b, total_b)
    favours_a = survival_a > survival_b
    if variance == "events":
        return log_hr_from_p_events(p_value, favours_a=favours_a, events_a=events_a, events_b=events_b, sides=sides)
    return log_hr_from_p_events(
        p_value, favours_a=favours_a, events=events_a + events_b, total_a=total_a, total_b=total_b, sides=sides
    )


def _check_survival(survival_a: float, survival_b: float) -> None:
    if not (0 < survival_a < 1 and 0 < survival_b < 1):
        raise ValueError(f"Survival of {survival_a} and {survival_b}: both must be fractions between 0 and 1.")


def _se_of_survival(survival: float, total: float | None, ci: tuple[float, float] | None, level: float) -> float:
    if ci is not None:
        return se_from_ci(*ci, level)
    if total is None or not total > 0:
        raise ValueError("A survival proportion needs its interval or the number of patients.")
    return math.sqrt(survival * (1 - survival) / total)
