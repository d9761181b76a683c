"""Kaplan-Meier curves of one group of patients: survival at a time, quantiles, restricted mean.

Curves are tuples over the distinct times of events and censorings; the unit of time is the user's. Where a figure is
not defined (limits once survival is 0, anything after the last observation) there is None.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evidence.errors import PatientDataError
from evidence.formulas.intervals import USUAL_LEVEL, normal_quantile
from evidence.formulas.patients import Floats, patient_events, patient_times

INTERVALS = ("log-log", "log", "plain")

#: Two survival proportions this close are the same, as in R's survival.
_SAME = float(np.sqrt(np.finfo(float).eps))


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalCurve:
    """Product-limit estimate at each distinct time; `se` is Greenwood's, of the survival itself."""

    n: int
    events: int
    level: float  # percent
    interval: str
    time: tuple[float, ...]
    n_risk: tuple[int, ...]  # just before the time
    n_event: tuple[int, ...]
    n_censored: tuple[int, ...]
    survival: tuple[float, ...]
    se: tuple[float | None, ...]
    ci_low: tuple[float | None, ...]
    ci_high: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalAt:
    """Survival at one time; None after the last observation, when nobody was followed any more."""

    time: float
    n_risk: int | None
    survival: float | None
    se: float | None
    ci_low: float | None
    ci_high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalTime:
    """A quantile of the survival time; None where the curve, or its limit, does not fall that far ("not reached")."""

    value: float | None
    ci_low: float | None
    ci_high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedMean:
    """Mean survival time up to `tau`: the area under the curve, with its Wald interval."""

    tau: float
    value: float
    se: float
    ci_low: float
    ci_high: float


def kaplan_meier(
    time: npt.ArrayLike, event: npt.ArrayLike, *, level: float = USUAL_LEVEL, interval: str = "log-log"
) -> SurvivalCurve:
    """Kaplan-Meier estimate of the survival of one group.

    Parameters
    ----------
    time : array of shape (n,)
        Time to event or censoring, >= 0. Who is censored at the time of an event was still at risk of it.
    event : array of shape (n,)
        1 or True: event, 0 or False: censored.
    level : float
        In percent.
    interval : str
        Scale on which the limits are symmetric: "log-log" (of log(-log S)), "log" (R's default) or "plain"; limits
        stay within 0 and 1.

    Raises
    ------
    PatientDataError
        If a time or an event cannot be used (it names the patient), or the interval is unknown.

    References
    ----------
    Kaplan & Meier (1958) J Am Stat Assoc 53:457-481; variance: Greenwood (1926); limits: Kalbfleisch & Prentice (2002)
    The Statistical Analysis of Failure Time Data, section 1.4. Compared with R's survival in tests/reference/.
    """
    if interval not in INTERVALS:
        raise PatientDataError(f"interval {interval!r} is none of {', '.join(INTERVALS)}.")
    if not 0 < level < 100:
        raise PatientDataError(f"level {level} is no confidence level in percent; 95 is usual.")
    times = patient_times(time)
    events = patient_events(event, len(times))
    distinct, place = np.unique(times, return_inverse=True)
    total = np.bincount(place)
    died = np.bincount(place, weights=events).astype(int)
    n_risk = len(times) - np.cumsum(total) + total
    survival = np.cumprod(1 - died / n_risk)
    log_se = np.sqrt(np.cumsum(_greenwood(n_risk, died)))
    low, high = _limits(survival, log_se, normal_quantile(level), interval)
    return SurvivalCurve(
        n=len(times),
        events=int(np.sum(died)),
        level=level,
        interval=interval,
        time=_floats(distinct),
        n_risk=tuple(int(n) for n in n_risk),
        n_event=tuple(int(n) for n in died),
        n_censored=tuple(int(n) for n in total - died),
        survival=_floats(survival),
        se=_defined(survival * np.where(survival > 0, log_se, np.nan)),
        ci_low=_defined(low),
        ci_high=_defined(high),
    )


def survival_at(curve: SurvivalCurve, times: Sequence[float]) -> tuple[SurvivalAt, ...]:
    """Survival with standard error and interval at each of the times asked.

    Before the first observation survival is 1 and its limits are 1; after the last there is None, even where the curve
    has reached 0.
    """
    return tuple(_at(curve, float(time)) for time in times)


def survival_quantile(curve: SurvivalCurve, probability: float = 0.5) -> SurvivalTime:
    """The time by which a share `probability` of the patients had the event: 0.5 for the median.

    The first time at which survival is at most 1 - probability; where the curve is flat at just that height, the middle
    of the flat part. The limits are where the limits of the curve meet that height.

    Raises
    ------
    PatientDataError
        Unless 0 < probability < 1.

    References
    ----------
    Brookmeyer & Crowley (1982) Biometrics 38:29-41. As quantile.survfit of R's survival.
    """
    if not 0 < probability < 1:
        raise PatientDataError(f"{probability} is no share between 0 and 1.")
    time = np.array(curve.time)
    return SurvivalTime(
        value=_crossing(time, curve.survival, probability),
        ci_low=_crossing(time, curve.ci_low, probability),
        ci_high=_crossing(time, curve.ci_high, probability),
    )


def restricted_mean(curve: SurvivalCurve, tau: float, *, extend: bool = False) -> RestrictedMean:
    """Restricted mean survival time: the area under the curve from 0 to tau.

    Parameters
    ----------
    curve : SurvivalCurve
        From `kaplan_meier`; its level is that of the interval.
    tau : float
        End of the period, > 0, in the unit of the curve. Groups to be compared need the same tau.
    extend : bool
        Carry the last survival on to a tau beyond the last observation, as R does; the data do not support it unless
        survival is 0 there.

    Raises
    ------
    PatientDataError
        If tau is not positive, or beyond the last observation while some patients are still without the event.

    References
    ----------
    Irwin (1949) J Hyg 47:188-189; variance: Klein & Moeschberger (2003) Survival Analysis, section 4.5. As
    print.survfit(rmean = tau) of R's survival.
    """
    if not (math.isfinite(tau) and tau > 0):
        raise PatientDataError(f"tau is {tau}; the period of a restricted mean must end at a positive time.")
    last = curve.time[-1]
    if tau > last and curve.survival[-1] > 0 and not extend:
        raise PatientDataError(
            f"The last observation is at {last:g}, when {100 * curve.survival[-1]:.3g}% are without the event: a "
            f"restricted mean to {tau:g} would rest on no data. Choose a tau up to {last:g}, or say extend=True."
        )
    within = np.array(curve.time) <= tau
    time = np.array(curve.time)[within]
    heights = np.concatenate(([1.0], np.array(curve.survival)[within]))
    areas = np.diff(np.concatenate(([0.0], time, [tau]))) * heights
    beyond = np.cumsum(areas[:0:-1])[::-1]  # area from each time to tau
    hazard = _greenwood(np.array(curve.n_risk)[within], np.array(curve.n_event)[within])
    se = math.sqrt(float(np.sum(np.where(beyond > 0, beyond**2 * np.where(np.isfinite(hazard), hazard, 0.0), 0.0))))
    value, half = float(np.sum(areas)), normal_quantile(curve.level) * se
    return RestrictedMean(tau=tau, value=value, se=se, ci_low=value - half, ci_high=value + half)


def _greenwood(n_risk: npt.NDArray[np.int64], died: npt.NDArray[np.int64]) -> Floats:
    """Summands of the variance of log S; infinite where all at risk have the event."""
    left = n_risk * (n_risk - died)
    return np.where(left > 0, died / np.where(left > 0, left, 1), np.inf)


def _limits(survival: Floats, log_se: Floats, z: float, interval: str) -> tuple[Floats, Floats]:
    s = np.where(survival > 0, survival, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        if interval == "plain":
            return np.maximum(s - z * s * log_se, 0), np.minimum(s + z * s * log_se, 1)
        if interval == "log":
            return s * np.exp(-z * log_se), np.minimum(s * np.exp(z * log_se), 1)
        half = z * log_se / np.abs(np.log(np.where(s < 1, s, np.nan)))
        return s ** np.exp(half), s ** np.exp(-half)


def _at(curve: SurvivalCurve, time: float) -> SurvivalAt:
    if time > curve.time[-1]:
        return SurvivalAt(time=time, n_risk=None, survival=None, se=None, ci_low=None, ci_high=None)
    place = int(np.searchsorted(curve.time, time, side="right")) - 1
    if place < 0:
        return SurvivalAt(time=time, n_risk=curve.n, survival=1.0, se=0.0, ci_low=1.0, ci_high=1.0)
    gone = sum(curve.n_event[: place + 1]) + sum(curve.n_censored[: place + 1])
    return SurvivalAt(
        time=time,
        n_risk=curve.n_risk[place] if curve.time[place] == time else curve.n - gone,
        survival=curve.survival[place],
        se=curve.se[place],
        ci_low=curve.ci_low[place],
        ci_high=curve.ci_high[place],
    )


def _crossing(time: Floats, heights: Sequence[float | None], probability: float) -> float | None:
    """Where 1 - height meets the probability; the middle of a part that is flat at just that height."""
    fallen = 1 - np.array([np.nan if height is None else height for height in heights])
    reached, passed = fallen >= probability - _SAME, fallen >= probability + _SAME
    if not np.any(reached):
        return None
    start = float(time[reached][np.argmin(fallen[reached])])
    if abs(fallen[-1] - probability) < _SAME:
        return (start + float(time[-1])) / 2
    return (start + float(time[passed][np.argmin(fallen[passed])])) / 2 if np.any(passed) else None


def _floats(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _defined(values: Floats) -> tuple[float | None, ...]:
    return tuple(None if math.isnan(value) else float(value) for value in values)
