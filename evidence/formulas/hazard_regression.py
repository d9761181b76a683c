"""Proportional hazards regression on patient data, with three ways of handling tied events, and strata.

The partial likelihood is maximised by Newton's method on centred and scaled covariates, and brought back.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from evidence.errors import PatientDataError
from evidence.formulas.intervals import USUAL_LEVEL, normal_quantile, p_from_z
from evidence.formulas.patients import Bools, Floats, Ints, patient_events, patient_labels, patient_times

TIES = ("efron", "breslow", "exact")

_MAX_STEPS = 50
#: The likelihood has no maximum where it rises by less than this share while a log hazard ratio, per standard deviation
#: of its covariate, still moves by more than the step.
_FLAT, _STEP = 1e-9, 1e-3
#: Information on a covariate, per event and squared standard deviation, that is rounding.
_NONE = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class CoxModel:
    """Log hazard ratios with Wald intervals (of the hazard ratios), and the three tests of all of them together."""

    names: tuple[str, ...]
    n: int
    events: int
    ties: str
    level: float  # percent
    coefficient: tuple[float, ...]
    se: tuple[float, ...]
    statistic: tuple[float, ...]
    p_value: tuple[float, ...]
    hr: tuple[float, ...]
    hr_low: tuple[float, ...]
    hr_high: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    log_likelihood_null: float
    log_likelihood: float
    df: int
    likelihood_ratio: float
    likelihood_ratio_p: float
    wald: float
    wald_p: float
    score: float
    score_p: float
    concordance: float | None  # None where no two patients can be ordered


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Log partial likelihood with its gradient and its information."""

    value: float
    score: Floats
    information: Floats


@dataclass(frozen=True, slots=True)
class _Stratum:
    """Patients sorted from the latest time to the earliest; among equal times the order is free."""

    z: Floats  # (n, p)
    time: Floats
    event: Bools
    at_risk: Ints  # per distinct event time: how many of the sorted patients
    died: Ints  # per distinct event time


def cox(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    covariates: npt.ArrayLike,
    *,
    names: Sequence[str] | None = None,
    ties: str = "efron",
    strata: Sequence[object] | None = None,
    level: float = USUAL_LEVEL,
) -> CoxModel:
    """Cox regression.

    Parameters
    ----------
    time, event : arrays of shape (n,)
        As in `kaplan_meier`.
    covariates : array of shape (n,) or (n, p)
        Numbers; a treatment is 1 and its comparator 0. More than a few are for statistical packages.
    names : p names, optional
        Of the covariates, for the result and messages.
    ties : str
        "efron" (as R), "breslow", or "exact": the conditional likelihood of discrete times.
    strata : n names, optional
        Each stratum has a baseline hazard of its own.
    level : float
        In percent.

    Raises
    ------
    PatientDataError
        If a patient cannot be used, there is no event, a covariate is constant or follows from others, or a covariate
        separates those with events from those without, so that its hazard ratio is 0 or infinite.

    References
    ----------
    Cox (1972) J R Stat Soc B 34:187-220; ties: Efron (1977) J Am Stat Assoc 72:557-565, Breslow (1974) Biometrics
    30:89-99; exact sums by recursion: Gail, Lubin & Rubinstein (1981) Biometrika 68:703-707; concordance: Harrell et
    al. (1996) Stat Med 15:361-387. Compared with coxph of R's survival in tests/reference/.
    """
    if ties not in TIES:
        raise PatientDataError(f"ties {ties!r} is none of {', '.join(TIES)}.")
    times = patient_times(time)
    n = len(times)
    events = patient_events(event, n).astype(bool)
    z, labels = covariate_columns(covariates, names, n)
    if not np.any(events):
        raise PatientDataError("No patient had an event, so no hazard ratio can be estimated.")
    layers = np.zeros(n, dtype=np.int64) if strata is None else patient_labels("stratum", strata, n).codes
    groups = [_stratum(z.scaled, times, events, layers == layer) for layer in range(int(np.max(layers)) + 1)]
    groups = [group for group in groups if len(group.died)]

    def likelihood(b: Floats) -> Likelihood:
        parts = [(_exact if ties == "exact" else _approximate)(group, b, ties == "efron") for group in groups]
        return Likelihood(
            sum(part.value for part in parts),
            np.sum([part.score for part in parts], axis=0),
            np.sum([part.information for part in parts], axis=0),
        )

    null = likelihood(np.zeros(len(labels)))
    b, fit = maximise(likelihood, null, labels)
    covariance = np.linalg.inv(fit.information) / np.outer(z.scale, z.scale)
    coefficient, se = b / z.scale, np.sqrt(np.diag(covariance))
    df = len(labels)
    tests = {
        "likelihood_ratio": 2 * (fit.value - null.value),
        "wald": float(b @ fit.information @ b),
        "score": float(null.score @ np.linalg.solve(null.information, null.score)),
    }
    half = normal_quantile(level) * se
    return CoxModel(
        names=labels,
        n=n,
        events=int(np.sum(events)),
        ties=ties,
        level=level,
        coefficient=_tuple(coefficient),
        se=_tuple(se),
        statistic=_tuple(coefficient / se),
        p_value=tuple(p_from_z(float(statistic)) for statistic in coefficient / se),
        hr=_tuple(np.exp(coefficient)),
        hr_low=_tuple(np.exp(coefficient - half)),
        hr_high=_tuple(np.exp(coefficient + half)),
        covariance=tuple(_tuple(row) for row in covariance),
        log_likelihood_null=null.value,
        log_likelihood=fit.value,
        df=df,
        likelihood_ratio=tests["likelihood_ratio"],
        likelihood_ratio_p=float(special.chdtrc(df, max(0.0, tests["likelihood_ratio"]))),
        wald=tests["wald"],
        wald_p=float(special.chdtrc(df, tests["wald"])),
        score=tests["score"],
        score_p=float(special.chdtrc(df, tests["score"])),
        concordance=_concordance(groups, b),
    )


@dataclass(frozen=True, slots=True)
class Columns:
    """Covariates with mean 0 and standard deviation 1, and what each was divided by."""

    scaled: Floats
    scale: Floats


def covariate_columns(
    covariates: npt.ArrayLike, names: Sequence[str] | None, n: int
) -> tuple[Columns, tuple[str, ...]]:
    """Covariates as a matrix, centred and scaled, with their names.

    Raises
    ------
    PatientDataError
        If one is missing, constant or follows from the others, or there are not n of each.
    """
    try:
        z = np.asarray(covariates, dtype=float)
    except (TypeError, ValueError) as error:
        raise PatientDataError("Covariates must be numbers; give groups as 0 and 1.") from error
    z = z[:, None] if z.ndim == 1 else z
    if z.ndim != 2 or len(z) != n or not z.shape[1]:
        raise PatientDataError(f"Covariates of shape {z.shape} for {n} patients; there must be a row for each.")
    labels = tuple(names) if names is not None else tuple(f"covariate {i}" for i in range(1, z.shape[1] + 1))
    if len(labels) != z.shape[1]:
        raise PatientDataError(f"{len(labels)} names for {z.shape[1]} covariates.")
    bad = np.argwhere(~np.isfinite(z))
    if len(bad):
        row, column = bad[0]
        raise PatientDataError(
            f"Patient {row + 1} of {n} has no usable value of {labels[column]}; leave the patient out."
        )
    centred = z - np.mean(z, axis=0)
    scale = np.std(z, axis=0)
    for label, spread, size in zip(labels, scale, np.max(np.abs(z), axis=0), strict=True):
        if spread <= 1e-12 * size:
            raise PatientDataError(f"{label} is the same for all patients, so it has no hazard ratio.")
    scaled = centred / scale
    for column in range(1, len(labels)):
        if np.linalg.matrix_rank(scaled[:, : column + 1], tol=1e-9 * math.sqrt(n)) <= column:
            raise PatientDataError(f"{labels[column]} follows from the covariates before it; leave one of them out.")
    return Columns(scaled, scale), labels


def maximise(
    likelihood: Callable[[Floats], Likelihood], start: Likelihood, labels: tuple[str, ...]
) -> tuple[Floats, Likelihood]:
    """Newton's method from 0, with halved steps where the likelihood would fall.

    Raises
    ------
    PatientDataError
        If no event happened while patients who differ were at risk, or the likelihood has no maximum: a covariate
        separates the patients with events.
    """
    roots, vectors = np.linalg.eigh(start.information)
    if roots[0] <= _NONE:
        label = labels[int(np.argmax(np.abs(vectors[:, 0])))]
        raise PatientDataError(
            f"No event happened while patients who differ in {label} were at risk, so it has no hazard ratio."
        )
    b, now = np.zeros(len(labels)), start
    for _ in range(_MAX_STEPS):
        if np.linalg.eigvalsh(now.information)[0] <= _NONE:
            break
        step = np.linalg.solve(now.information, now.score)
        ahead = likelihood(b + step)
        for _ in range(_MAX_STEPS):
            if ahead.value >= now.value - 1e-10 * abs(now.value):
                break
            step /= 2
            ahead = likelihood(b + step)
        size, gain = float(np.max(np.abs(step))), ahead.value - now.value
        b, now = b + step, ahead
        if size <= 1e-10 * max(1.0, float(np.max(np.abs(b)))):
            return b, now
        if gain <= _FLAT * max(1.0, abs(now.value)) and size > _STEP:
            break
    worst = labels[int(np.argmax(np.abs(b)))]
    raise PatientDataError(
        f"The partial likelihood has no maximum: {worst} separates the patients with events from the others, so its "
        "hazard ratio is 0 or infinite. Compare the groups with a log-rank test instead."
    )


def _stratum(z: Floats, times: Floats, events: Bools, members: Bools) -> _Stratum:
    order = np.flatnonzero(members)[np.argsort(-times[members], kind="stable")]
    time, event = times[order], events[order]
    at, died = np.unique(-time[event], return_counts=True)  # from the latest on
    at_risk = np.asarray(np.searchsorted(-time, at, side="right"), dtype=np.int64)
    return _Stratum(z[order], time, event, at_risk, died)


def _approximate(group: _Stratum, b: Floats, efron: bool) -> Likelihood:
    """Breslow's likelihood, or Efron's: the l-th of d tied events has l / d of them no longer at risk."""
    z, dead = group.z, group.z[group.event]
    eta = z @ b
    weighted = weighted_moments(np.exp(eta), z)
    sums = np.cumsum(weighted, axis=0)[group.at_risk - 1]
    sums = np.repeat(sums, group.died, axis=0)
    if efron:
        first = np.concatenate(([0], np.cumsum(group.died)[:-1]))
        tied = np.repeat(np.add.reduceat(weighted[group.event], first, axis=0), group.died, axis=0)
        rank = np.arange(len(tied)) - np.repeat(first, group.died)
        sums = sums - (rank / np.repeat(group.died, group.died))[:, None] * tied
    return from_sums(float(np.sum(eta[group.event])), np.sum(dead, axis=0), np.log(sums[:, 0]), sums)


def _exact(group: _Stratum, b: Floats, _: bool) -> Likelihood:
    """The sum over all ways to choose d events among those at risk, built up patient by patient."""
    eta = group.z @ b
    risk = np.exp(eta)
    most, width = int(np.max(group.died)), group.z.shape[1]
    e0, e1 = np.zeros(most + 1), np.zeros((most + 1, width))
    e2 = np.zeros((most + 1, width, width))
    e0[0] = 1.0
    rows, logs, entered = [], [], 0
    for size, died in zip(group.at_risk, group.died, strict=True):
        with np.errstate(over="ignore", invalid="ignore"):  # asked of below
            for z, r in zip(group.z[entered:size], risk[entered:size], strict=True):
                cross = e1[:-1, :, None] * z
                e2[1:] += r * (e2[:-1] + cross + np.swapaxes(cross, 1, 2) + e0[:-1, None, None] * np.outer(z, z))
                e1[1:] += r * (e1[:-1] + e0[:-1, None] * z)
                e0[1:] += r * e0[:-1]
        entered = size
        if not np.isfinite(e0[died]):
            raise PatientDataError(
                f"{died} of {size} patients have their event at one time: too many for the exact likelihood. Ask for "
                "ties='efron'."
            )
        rows.append(np.concatenate(([e0[died]], e1[died], e2[died].ravel())))
        logs.append(math.log(e0[died]))
    sums = np.array(rows)
    dead = group.z[group.event]
    return from_sums(float(np.sum(eta[group.event])), np.sum(dead, axis=0), np.array(logs), sums)


def from_sums(linear: float, dead: Floats, logs: Floats, sums: Floats) -> Likelihood:
    """Likelihood from the sums of weights, weighted covariates and their weighted squares at each event."""
    width = len(dead)
    mean = sums[:, 1 : width + 1] / sums[:, :1]
    square = (sums[:, width + 1 :] / sums[:, :1]).reshape(-1, width, width)
    information = np.sum(square - mean[:, :, None] * mean[:, None, :], axis=0)
    return Likelihood(linear - float(np.sum(logs)), dead - np.sum(mean, axis=0), information)


def weighted_moments(weight: Floats, z: Floats) -> Floats:
    """For each patient the weight, the weighted covariates and their weighted products, as `from_sums` adds them up."""
    products = weight[:, None, None] * z[:, :, None] * z[:, None, :]
    return np.column_stack([weight, weight[:, None] * z, products.reshape(len(z), -1)])


def _concordance(groups: list[_Stratum], b: Floats) -> float | None:
    """Share of pairs that can be ordered in which the higher risk failed first; ties of risk count half."""
    right = pairs = 0.0
    for later, own in (pair for group in groups for pair in _ordered(group, group.z @ b)):
        right += float(np.sum(later < own)) + float(np.sum(later == own)) / 2
        pairs += len(later)
    return right / pairs if pairs else None


def _ordered(group: _Stratum, eta: Floats) -> Iterator[tuple[Floats, float]]:
    """Each patient with an event, and the risks of those who surely had it later."""
    eta = np.round(eta, 12)  # equal covariates must give equal risks
    for place in np.flatnonzero(group.event):
        later = (group.time > group.time[place]) | ((group.time == group.time[place]) & ~group.event)
        yield eta[later], float(eta[place])


def _tuple(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
