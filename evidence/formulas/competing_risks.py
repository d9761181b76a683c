"""Competing risks: cumulative incidence (Aalen-Johansen) and subdistribution hazard ratios (Fine-Gray)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evidence.errors import PatientDataError
from evidence.formulas.hazard_regression import Likelihood, covariate_columns, maximise
from evidence.formulas.intervals import USUAL_LEVEL, normal_quantile, p_from_z
from evidence.formulas.patients import Bools, Floats, Ints, patient_events, patient_times


@dataclass(frozen=True, slots=True, kw_only=True)
class CumulativeIncidence:
    """Probability of each kind of event by each distinct event time; kinds are counted from 1 on.

    `incidence[k - 1][i]` is of kind k at `time[i]`, `se` its infinitesimal jackknife standard error.
    """

    n: int
    time: tuple[float, ...]
    incidence: tuple[tuple[float, ...], ...]
    se: tuple[tuple[float, ...], ...]
    last: float  # the last observation; nothing is known after it


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidenceAt:
    """Cumulative incidence of one kind of event at one time; None after the last observation."""

    time: float
    incidence: float | None
    se: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FineGray:
    """Log subdistribution hazard ratios; `se` is robust, each patient being one unit.

    `se_model` is the inverse information, which takes the weights for known. `se_unclustered` is the robust one with
    each patient's stretches of constant weight as units: what coxph prints on finegray() data where nobody asks for
    `cluster`. It is for comparison with such output only: the stretches of one patient are not independent.
    """

    names: tuple[str, ...]
    n: int
    events: int
    level: float  # percent
    coefficient: tuple[float, ...]
    se: tuple[float, ...]
    se_model: tuple[float, ...]
    se_unclustered: tuple[float, ...]
    statistic: tuple[float, ...]
    p_value: tuple[float, ...]
    shr: tuple[float, ...]
    shr_low: tuple[float, ...]
    shr_high: tuple[float, ...]


def cumulative_incidence(time: npt.ArrayLike, event: npt.ArrayLike, *, kinds: int = 2) -> CumulativeIncidence:
    """Aalen-Johansen estimate of the cumulative incidence of each kind of event in one group.

    1 - Kaplan-Meier with other kinds censored would be too high.

    Parameters
    ----------
    time : array of shape (n,)
        Time to the first event of any kind, or to censoring, >= 0.
    event : array of shape (n,)
        0: censored, 1 to `kinds`: the kind of event.
    kinds : int
        How many kinds there are.

    Raises
    ------
    PatientDataError
        If a patient cannot be used.

    References
    ----------
    Aalen & Johansen (1978) Scand J Stat 5:141-150; standard error: sum of squares of every patient's influence, as
    survfit of R's survival for several states. Compared with it in tests/reference/.
    """
    times = patient_times(time)
    n = len(times)
    codes = patient_events(event, n, kinds)
    at = np.unique(times[codes > 0])
    survival = 1.0
    incidence, influence = np.zeros(kinds), np.zeros((n, kinds))
    alive = np.zeros(n)  # every patient's influence on the survival just before
    found: list[tuple[Floats, Floats]] = []
    for t in at:
        at_risk = times >= t
        size = float(np.sum(at_risk))
        now = (times == t)[:, None] & (codes[:, None] == np.arange(1, kinds + 1))
        hazard = np.sum(now, axis=0) / size
        own = (now - at_risk[:, None] * hazard) / size  # influence on each hazard
        incidence = incidence + survival * hazard
        influence = influence + alive[:, None] * hazard + survival * own
        alive = alive * (1 - np.sum(hazard)) - survival * np.sum(own, axis=1)
        survival *= 1 - float(np.sum(hazard))
        found.append((incidence, np.sqrt(np.sum(influence**2, axis=0))))
    return CumulativeIncidence(
        n=n,
        time=_tuple(at),
        incidence=tuple(tuple(float(values[k]) for values, _ in found) for k in range(kinds)),
        se=tuple(tuple(float(errors[k]) for _, errors in found) for k in range(kinds)),
        last=float(np.max(times)),
    )


def incidence_at(curve: CumulativeIncidence, times: Sequence[float], kind: int = 1) -> tuple[IncidenceAt, ...]:
    """Cumulative incidence of one kind of event at each of the times asked; 0 before the first event.

    Raises
    ------
    PatientDataError
        If there is no such kind of event.
    """
    if not 1 <= kind <= len(curve.incidence):
        raise PatientDataError(f"There is no event of kind {kind}; kinds are 1 to {len(curve.incidence)}.")
    asked = []
    for time in map(float, times):
        place = int(np.searchsorted(curve.time, time, side="right")) - 1
        if time > curve.last:
            asked.append(IncidenceAt(time=time, incidence=None, se=None))
        elif place < 0:
            asked.append(IncidenceAt(time=time, incidence=0.0, se=0.0))
        else:
            value, se = curve.incidence[kind - 1][place], curve.se[kind - 1][place]
            asked.append(IncidenceAt(time=time, incidence=value, se=se))
    return tuple(asked)


def fine_gray(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    covariates: npt.ArrayLike,
    *,
    kind: int = 1,
    kinds: int = 2,
    names: Sequence[str] | None = None,
    level: float = USUAL_LEVEL,
) -> FineGray:
    """Regression of the subdistribution hazard of one kind of event.

    Patients with another kind of event stay at risk, with the probability of not yet being censored as weight: G(t) /
    G(time of their event), G the Kaplan-Meier estimate of the censoring in all patients. Ties as Breslow.

    Parameters
    ----------
    time, event, kinds
        As in `cumulative_incidence`.
    covariates, names, level
        As in `cox`.
    kind : int
        The kind of event that is modelled.

    Raises
    ------
    PatientDataError
        As `cox`.

    References
    ----------
    Fine & Gray (1999) J Am Stat Assoc 94:496-509; weights: Geskus (2011) Biometrics 67:39-49. As coxph with robust
    variance on finegray() of R's survival; crr of cmprsk adds the uncertainty of G to the variance. Compared with
    survival in tests/reference/.
    """
    times = patient_times(time)
    n = len(times)
    codes = patient_events(event, n, kinds)
    z, labels = covariate_columns(covariates, names, n)
    if not np.any(codes == kind):
        raise PatientDataError(f"No patient had an event of kind {kind}, so no hazard ratio can be estimated.")
    at, died = np.unique(times[codes == kind], return_counts=True)
    weighting = _weighting(times, codes, kind, at)
    weights = weighting.weights
    dead = np.sum(z.scaled[codes == kind], axis=0)

    def likelihood(b: Floats) -> Likelihood:
        risk = weights * np.exp(z.scaled @ b)[:, None]
        total = np.sum(risk, axis=0)
        mean = risk.T @ z.scaled / total[:, None]
        inner = z.scaled.T @ ((risk @ (died / total))[:, None] * z.scaled) - (died[:, None] * mean).T @ mean
        linear = float(np.sum(z.scaled[codes == kind] @ b))
        return Likelihood(linear - float(died @ np.log(total)), dead - died @ mean, inner)

    b, fit = maximise(likelihood, likelihood(np.zeros(len(labels))), labels)
    model = np.linalg.inv(fit.information)
    patients, stretches = _score_residuals(z.scaled, weighting, times, codes == kind, at, died, b)
    coefficient = b / z.scale
    se, unclustered = (np.sqrt(np.sum((part @ model) ** 2, axis=0)) / z.scale for part in (patients, stretches))
    half = normal_quantile(level) * se
    return FineGray(
        names=labels,
        n=n,
        events=int(np.sum(died)),
        level=level,
        coefficient=_tuple(coefficient),
        se=_tuple(se),
        se_model=_tuple(np.sqrt(np.diag(model)) / z.scale),
        se_unclustered=_tuple(unclustered),
        statistic=_tuple(coefficient / se),
        p_value=tuple(p_from_z(float(statistic)) for statistic in coefficient / se),
        shr=_tuple(np.exp(coefficient)),
        shr_low=_tuple(np.exp(coefficient - half)),
        shr_high=_tuple(np.exp(coefficient + half)),
    )


@dataclass(frozen=True, slots=True)
class _Weighting:
    weights: Floats  # (n, event times): of every patient in the risk set of every event time
    stretch: Ints  # per event time: between which censorings it lies
    joined: Ints  # per patient: the last stretch that is of one piece with the time under observation


def _weighting(times: Floats, codes: Ints, kind: int, at: Floats) -> _Weighting:
    censored, left = np.unique(times[codes == 0], return_counts=True)
    # Events come before censorings at the same time.
    under_watch = np.array([np.sum((times > c) | ((times == c) & (codes == 0))) for c in censored])
    free = np.concatenate(([1.0], np.cumprod(1 - left / under_watch))) if len(censored) else np.ones(1)
    stretch, own = np.searchsorted(censored, at, side="left"), np.searchsorted(censored, times, side="left")
    other = (codes > 0) & (codes != kind)
    later = np.where(other[:, None], free[stretch] / free[own][:, None], 0.0)
    joined = np.where(other, own, len(censored))
    return _Weighting(np.where(times[:, None] >= at, 1.0, later), stretch, joined)


def _score_residuals(
    z: Floats, weighting: _Weighting, times: Floats, own: Bools, at: Floats, died: Ints, b: Floats
) -> tuple[Floats, Floats]:
    """Parts of the score, observed minus expected, covariates less their mean: of each patient, of each stretch."""
    risk = weighting.weights * np.exp(z @ b)[:, None]
    total = np.sum(risk, axis=0)
    mean = risk.T @ z / total[:, None]
    observed = np.zeros_like(z)
    observed[own] = z[own] - mean[np.searchsorted(at, times[own])]
    steps = risk * (died / total)
    kept, first = np.unique(weighting.stretch, return_index=True)
    expected = np.stack(
        [np.add.reduceat(steps * (z[:, [c]] - mean[:, c]), first, axis=1) for c in range(z.shape[1])], axis=2
    )
    apart = (kept > weighting.joined[:, None])[:, :, None]
    whole = observed - np.sum(np.where(apart, 0.0, expected), axis=1)
    single = -np.where(apart, expected, 0.0)
    return whole + np.sum(single, axis=1), np.concatenate([whole, single.reshape(-1, z.shape[1])])


def _tuple(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
