"""The (restricted) likelihood of tau2: its maximum to machine precision, its value and the criteria made of it.

PyMARE's search compares values of the likelihood, which fixes its maximum to six digits at best. Newton steps on the
score end at machine precision. Where they do not start on the hill of a maximum, or variances differ so much that a
search could pass a maximum by, the whole line is scanned and every maximum on it compared.
"""

from typing import NamedTuple

import numpy as np
from scipy import optimize

from evidence.errors import NotConverged
from evidence.synthesise.weighted import Array, Projection, Studies, sums

_MAX_STEPS = 30
#: A start that is further off than this, or further than _NEAR_ZERO from a maximum at 0, may lie on another hill.
_FAR = 0.1
_NEAR_ZERO = 1e-3
#: Beyond this ratio of variances there may be a second maximum that the search does not see; at 10^5 one was met.
_UNEQUAL = 1e3
#: Values of tau2 that a scan compares.
_SCAN = 400


class Criteria(NamedTuple):
    """Log likelihood and the information criteria, of shape (m,)."""

    log_likelihood: Array
    AIC: Array
    BIC: Array
    AICc: Array


def maximise(studies: Studies, start: Array, *, restricted: bool) -> Array:
    """The tau2 >= 0 of the global maximum, from a start near it; for analyses with a degree of freedom."""
    tau2 = start.copy()
    spread = np.where(studies.present, studies.v, 0.0).max(axis=0) / studies.v.min(axis=0)
    scan = spread > _UNEQUAL
    active = np.flatnonzero(~scan)
    left = studies if len(active) == len(tau2) else studies.columns(active)
    for _ in range(_MAX_STEPS):
        if not len(active):
            break
        here = tau2[active]
        score, slope = score_and_slope(left, here, restricted)
        with np.errstate(divide="ignore", invalid="ignore"):
            moved = here - score / slope
        hill = slope < 0
        at_zero = (moved <= 0) | ((here == 0) & (score <= 0))
        scan[active[~hill & ~at_zero]] = True
        open_ = hill & ~at_zero & (np.abs(moved - here) > 1e-9 * moved)  # the next step would be its square
        tau2[active] = np.where(at_zero, 0.0, np.where(hill, moved, here))
        active, left = active[open_], left.columns(np.flatnonzero(open_))
    scan[active] = True
    zero = np.flatnonzero((tau2 == 0) & ~scan)
    if len(zero):
        rising = score_and_slope(studies.columns(zero), np.zeros(len(zero)), restricted)[0] > 0
        scan[zero[rising]] = True
    scan |= (np.abs(tau2 - start) > _FAR * start) & (np.maximum(tau2, start) > _NEAR_ZERO)
    for column in np.flatnonzero(scan):
        tau2[column] = _scan(studies, int(column), restricted)
    return tau2


def score_and_slope(studies: Studies, tau2: Array, restricted: bool) -> tuple[Array, Array]:
    """Derivative of the (restricted) log likelihood profiled over the coefficients, and its own derivative."""
    w = 1 / (studies.v + tau2)
    P = Projection(studies, w)
    once = w * P.residuals(studies.y)  # P y
    score = sums(once**2) / 2
    slope = -sums(w * P.residuals(once) ** 2)
    if restricted:
        return score - P.trace() / 2, slope + P.trace_square() / 2
    return score - sums(w) / 2, slope + sums(w**2) / 2


def _scan(studies: Studies, column: int, restricted: bool) -> float:
    """The global maximum of one analysis: the best of all maxima on the line, each to machine precision."""
    one = studies.columns(np.array([column]))
    y, v = one.y[one.present], one.v[one.present]
    top = 100 * max(float(np.ptp(y)) ** 2, float(v.max()))
    points = np.concatenate([[0.0], np.geomspace(float(v.min()) * 1e-6, top, _SCAN)])

    def score(tau2: float) -> float:
        return float(score_and_slope(one, np.array([tau2]), restricted)[0][0])

    scores = score_and_slope(one.columns(np.zeros(len(points), dtype=int)), points, restricted)[0]
    if not np.isfinite(scores).all():
        raise NotConverged("tau2", *extreme_study(studies, column))
    maxima = [0.0] if scores[0] <= 0 else []
    for i in np.flatnonzero((scores[:-1] > 0) & (scores[1:] <= 0)):
        root = optimize.brentq(score, points[i], points[i + 1], xtol=1e-15 * points[i + 1], rtol=1e-14)
        maxima.append(float(root))
    if not maxima:
        raise NotConverged("tau2", *extreme_study(studies, column))
    return max(maxima, key=lambda tau2: float(_log_likelihood(one, np.array([tau2]), restricted)[0]))


def _log_likelihood(studies: Studies, tau2: Array, restricted: bool) -> Array:
    """At the unit of `studies`, with the constant of the (restricted) normal density."""
    w = 1 / (studies.v + tau2)
    P = Projection(studies, w)
    spread = sums(np.where(studies.present, np.log(studies.v + tau2), 0.0))
    value: Array = -(spread + sums(w * P.residuals(studies.y) ** 2)) / 2
    if restricted:
        whole = P.moment(studies.present.astype(float))
        value += (_log_determinant(whole) - _log_determinant(P.information)) / 2
    value -= (studies.df if restricted else studies.k) * np.log(2 * np.pi) / 2
    return value


def _log_determinant(matrices: Array) -> Array:
    logarithm: Array = np.log(matrices[:, 0, 0]) if matrices.shape[1] == 1 else np.linalg.slogdet(matrices)[1]
    return logarithm


def criteria(studies: Studies, tau2: Array, method: str) -> Criteria:
    """Log likelihood at the estimates, AIC, BIC and AICc; of the restricted likelihood for "reml".

    Parameters are the coefficients and, unless the effect is common, tau2. Restricted likelihoods compare only models
    with the same moderators.

    References
    ----------
    Burnham & Anderson (2002) Model Selection and Multimodel Inference, for AICc; k - p in place of k under REML, as
    metafor. The restricted likelihood has the term log|X'X| / 2 of Harville (1974) Biometrika 61:383-385.
    """
    restricted = method == "reml"
    n = studies.df if restricted else studies.k
    value = _log_likelihood(studies, tau2, restricted) - n * np.log(studies.unit)
    value[n < 1] = np.nan
    parameters = studies.X.shape[1] + (method != "common")
    enough = np.maximum(n, parameters + 2)
    deviance = -2.0 * value
    return Criteria(
        log_likelihood=value,
        AIC=deviance + 2.0 * parameters,
        BIC=deviance + parameters * np.log(np.maximum(n, 1)),
        AICc=deviance + 2.0 * parameters * enough / (enough - parameters - 1),
    )


def extreme_study(studies: Studies, column: int = 0) -> tuple[int, int, float, float]:
    """The study whose variance is furthest from the typical one: its place, of how many, its effect and variance."""
    v = studies.v[:, column]
    distance = np.where(np.isfinite(v), np.abs(np.log(v)), -1.0)
    row = int(np.argmax(distance))
    unit, origin = float(studies.unit[column]), float(studies.origin[column])
    return row + 1, len(v), float(studies.y[row, column]) * unit + origin, float(v[row]) * unit**2
