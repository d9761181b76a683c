"""Competing risks: cumulative incidence (Aalen-Johansen) and subdistribution hazard ratios (Fine-Gray)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evidence.errors import PatientDataError
from evidence.formulas.hazard_regression import Likelihood, covariate_columns, from_sums, maximise, weighted_moments
from evidence.formulas.intervals import USUAL_LEVEL, normal_quantile, p_from_z
from evidence.formulas.patients import Bools, Floats, Ints, patient_events, patient_times

#: A sum of squares this small beside its parts is 0.
_ROUNDING = 1e-14


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
    ordered = np.sort(times)
    Y = (n - _places_before(ordered, at)).astype(float)
    place = np.searchsorted(at, times, side="right")  # how many event times a patient's own time has reached
    died = np.zeros((len(at), kinds))
    np.add.at(died, (place[codes > 0] - 1, codes[codes > 0] - 1), 1.0)
    hazard = died / Y[:, None]
    total = np.sum(hazard, axis=1)
    before = np.concatenate(([1.0], np.cumprod(1 - total)[:-1]))[: len(at)]
    incidence = _running(before[:, None] * hazard)
    return CumulativeIncidence(
        n=n,
        time=_tuple(at),
        incidence=tuple(_tuple(column) for column in incidence[1:].T),
        se=tuple(_tuple(column) for column in _jackknife(codes, place, Y, hazard, before, incidence).T),
        last=float(ordered[-1]),
    )


def _jackknife(codes: Ints, place: Ints, Y: Floats, hazard: Floats, before: Floats, incidence: Floats) -> Floats:
    """Standard errors of shape (event times, kinds): root of the sum of the squared influences of all patients.

    A patient under observation has the influence `all_alike`; from the own time on, it changes by `slope` times the
    change of the incidence, `slope` being how the patient changed the survival.
    """
    total = np.sum(hazard, axis=1)
    left = 1 - total
    gone = np.where(left > 0, 1 / (Y * np.where(left > 0, left, 1.0)), 0.0)  # once nobody is left, nothing changes
    survival = _running((total * gone)[:, None])[:, 0]
    all_alike = _running((before * (survival[:-1] - 1 / Y))[:, None] * hazard)
    event = codes > 0
    slope = survival[place]
    slope[event] -= gone[place[event] - 1]
    own = all_alike[place]
    own[event, codes[event] - 1] += (before / Y)[place[event] - 1]
    fixed = own - slope[:, None] * incidence[place]
    order = np.argsort(place, kind="stable")
    reached = np.searchsorted(place[order], np.arange(1, len(Y) + 1), side="right")
    parts = (fixed**2, fixed * slope[:, None], np.broadcast_to(slope[:, None] ** 2, fixed.shape))
    square, cross, slopes = (_running(part[order])[reached] for part in parts)
    now = incidence[1:]
    size = (len(codes) - reached)[:, None] * all_alike[1:] ** 2 + square + slopes * now**2
    squares = size + 2 * cross * now
    return np.asarray(np.sqrt(np.where(squares > _ROUNDING * size, squares, 0.0)))


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
    sets = _risk_sets(times, codes, kind)
    own = z.scaled[codes == kind]

    def likelihood(b: Floats) -> Likelihood:
        sums = np.repeat(sets.sums(weighted_moments(np.exp(z.scaled @ b), z.scaled)), sets.died, axis=0)
        return from_sums(float(np.sum(own @ b)), np.sum(own, axis=0), np.log(sums[:, 0]), sums)

    b, fit = maximise(likelihood, likelihood(np.zeros(len(labels))), labels)
    model = np.linalg.inv(fit.information)
    meats = _squared_scores(z.scaled, sets, times, codes == kind, b)
    coefficient = b / z.scale
    se, unclustered = (np.sqrt(np.diag(model @ meat @ model)) / z.scale for meat in meats)
    half = normal_quantile(level) * se
    return FineGray(
        names=labels,
        n=n,
        events=int(np.sum(sets.died)),
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
class _RiskSets:
    """Who is at risk of the event at each of its times, patients in order of their time.

    Another kind of event leaves a patient at risk with weight G(time) / G(own time). Between two censorings G does not
    change: such a stretch of time is told by the number of times of censoring before it.
    """

    at: Floats  # distinct times of the event
    died: Ints
    G_at: Floats  # just before each of them
    stretch: Ints
    order: Ints  # of the patients by time
    before: Ints  # per event time: how many patients had their own time before
    other: Bools  # per patient: another kind of event
    G_own: Floats
    own_stretch: Ints

    def sums(self, values: Floats) -> Floats:
        """Weighted sums over each risk set of values of shape (n, m)."""
        early = np.where(self.other[:, None], values / self.G_own[:, None], 0.0)
        under, out = (_running(column[self.order]) for column in (values, early))
        return np.asarray(under[-1] - under[self.before] + self.G_at[:, None] * out[self.before])


def _risk_sets(times: Floats, codes: Ints, kind: int) -> _RiskSets:
    at, died = np.unique(times[codes == kind], return_counts=True)
    order = np.argsort(times, kind="stable")
    censored, left = np.unique(times[codes == 0], return_counts=True)
    # Events come before censorings at the same time.
    later = len(times) - np.searchsorted(times[order], censored, side="right")
    G = np.concatenate(([1.0], np.cumprod(1 - left / (later + left))))
    stretch, own_stretch = (_places_before(censored, values) for values in (at, times))
    return _RiskSets(
        at=at,
        died=died,
        G_at=G[stretch],
        stretch=stretch,
        order=order,
        before=_places_before(times[order], at),
        other=(codes > 0) & (codes != kind),
        G_own=G[own_stretch],
        own_stretch=own_stretch,
    )


def _squared_scores(z: Floats, sets: _RiskSets, times: Floats, own: Bools, b: Floats) -> tuple[Floats, Floats]:
    """Sum of the squared scores, observed less expected: of the patients, and of their stretches of constant weight."""
    risk = np.exp(z @ b)
    sums = sets.sums(np.column_stack([risk, risk[:, None] * z]))
    mean = sums[:, 1:] / sums[:, :1]
    steps = (sets.died / sums[:, 0])[:, None] * np.column_stack([np.ones(len(mean)), mean])
    under = _running(steps)[np.searchsorted(sets.at, times, side="right")]  # what came up to a patient's own time
    whole = -risk[:, None] * (z * under[:, :1] - under[:, 1:])
    whole[own] += z[own] - mean[np.searchsorted(sets.at, times[own])]
    # After another kind of event: the first stretch goes on from the time under observation, each later one is apart.
    kept, first = np.unique(sets.stretch, return_index=True)
    parts = np.add.reduceat(sets.G_at[:, None] * steps, first, axis=0)
    after = _running(sets.G_at[:, None] * steps)
    scale = np.where(sets.other, risk / sets.G_own, 0.0)[:, None]
    end = np.concatenate((first, [len(steps)]))[np.searchsorted(kept, sets.own_stretch, side="right")]
    same = after[end] - after[np.searchsorted(sets.at, times, side="right")]
    apart = after[-1] - after[end]
    whole -= scale * (z * same[:, :1] - same[:, 1:])
    rest = -scale * (z * apart[:, :1] - apart[:, 1:])
    squares = _running((parts[:, :, None] * parts[:, None, :]).reshape(len(parts), -1))
    left = (squares[-1] - squares[np.searchsorted(kept, sets.own_stretch, side="right")]).reshape(
        -1, *2 * parts.shape[1:]
    )
    turn = np.concatenate([z[:, :, None], np.broadcast_to(-np.eye(z.shape[1]), (len(z), *2 * z.shape[1:]))], axis=2)
    stretches = np.einsum("n,nia,nab,njb->ij", scale[:, 0] ** 2, turn, left, turn)
    patients = whole + rest
    return patients.T @ patients, whole.T @ whole + stretches


def _places_before(ordered: Floats, values: Floats) -> Ints:
    """How many of the ordered numbers are less than each value."""
    return np.asarray(np.searchsorted(ordered, values, side="left"), dtype=np.int64)


def _running(values: Floats) -> Floats:
    """Sums of none, the first, the first two ... rows."""
    return np.concatenate((np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)))


def _tuple(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
