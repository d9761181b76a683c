"""Maximum likelihood of a random effect in counts, by adaptive Gauss-Hermite quadrature.

Each of k studies has m counts y whose log likelihood is y eta - B(eta), with eta = offset + alpha + z (theta + tau u):
an effect theta shared by all, for two groups an alpha of each study's own, and a standard normal u. Nodes are placed
about the mode of u, as wide as the curvature there. Studies are independent, so the slopes of the integrals are taken
study by study and all at once, and the alphas are eliminated from the Newton step.

References
----------
Pinheiro & Bates (1995) J Comput Graph Stat 4:12-35; as lme4 (Bates et al. 2015, J Stat Softw 67(1)) computes it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from evidence.errors import SynthesisError

Array = npt.NDArray[np.float64]

#: Steps of the differences, as a share of the standard error that a parameter has in a study.
_STEP = 0.002
_MOST_STEPS = 100
#: Nodes beyond which nothing changes, against which fewer are judged.
MOST_POINTS = 100
#: A standard deviation of log odds that is none.
_NO_SPREAD = 1e-6
#: Random effects are tried from these standard deviations; of several maxima the highest counts.
_STARTS = (0.2, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What the likelihood is made of; y and offset are of shape (k, m), z of shape (m,).

    `height` is the log likelihood less a constant near its greatest value, so that large counts leave small numbers.
    """

    y: Array
    offset: Array
    z: Array
    own_level: bool  # whether each study has an alpha
    height: Callable[[Array], Array]  # of eta, both of shape (..., k, m)
    moments: Callable[[Array], tuple[Array, Array]]  # first and second derivative of B

    def eta(self, point: "Point") -> Array:
        """Linear predictor at u = 0, of shape (..., k, m)."""
        eta: Array = self.offset + point.alpha[..., None] + point.theta[..., None] * self.z
        return eta


@dataclass(frozen=True, slots=True)
class Point:
    """Parameters; theta, alpha and tau broadcast to (..., k)."""

    theta: Array
    alpha: Array
    tau: Array


@dataclass(frozen=True, slots=True)
class Fit:
    """Where the likelihood is greatest."""

    theta: float
    se: float
    tau: float
    log_likelihood: float  # less the constant of `Counts.height`
    error: float  # of the quadrature, in units of the log likelihood
    alpha: Array = field(repr=False)


def maximise(counts: Counts, points: int, alpha: Array) -> tuple[Fit, Fit]:
    """The fits without and with a random effect; tau of the latter is 0 where no other value is likelier.

    Parameters
    ----------
    counts : Counts
        Of k studies.
    points : int
        Nodes of the quadrature.
    alpha : array of shape (k,)
        Where the search for the studies' own levels starts.

    Raises
    ------
    SynthesisError
        If the likelihood has no maximum within reach; the message names the study whose counts pull hardest.
    """
    nodes = _nodes(points)
    common = _climb(counts, nodes, 0.0, alpha, 0.0)
    best = common
    for start in _STARTS:
        fit = _climb(counts, nodes, common.theta, common.alpha, start)
        if fit.log_likelihood > best.log_likelihood + 1e-9:
            best = fit
    return common, best


def _nodes(points: int) -> tuple[Array, Array]:
    """Nodes t and log (weight exp(t^2) / sqrt(pi))."""
    t, w = special.roots_hermite(points)
    return t, np.log(w) + t**2 - np.log(np.pi) / 2


def log_likelihoods(counts: Counts, nodes: tuple[Array, Array], point: Point) -> Array:
    """Logarithm of each study's integral over u, of shape (..., k)."""
    at_zero, scale = counts.eta(point), point.tau[..., None] * counts.z
    if not np.any(scale):
        return np.asarray(np.sum(counts.height(at_zero), axis=-1))
    u = np.zeros(np.broadcast_shapes(at_zero.shape[:-1], scale.shape[:-1]))
    for _ in range(_MOST_STEPS):
        mean, variance = counts.moments(at_zero + scale * u[..., None])
        slope = np.sum(scale * (counts.y - mean), axis=-1) - u
        curvature = 1 + np.sum(scale**2 * variance, axis=-1)
        step = np.clip(slope / curvature, -1, 1)
        u = u + step
        if np.max(np.abs(step)) < 1e-12:
            break
    curvature = 1 + np.sum(scale**2 * counts.moments(at_zero + scale * u[..., None])[1], axis=-1)
    width = 1 / np.sqrt(curvature)
    t, log_w = (part.reshape(-1, *[1] * u.ndim) for part in nodes)
    at = u + np.sqrt(2) * width * t
    eta = at_zero + scale * at[..., None]
    terms = log_w + np.sum(counts.height(eta), axis=-1) - at**2 / 2
    top = np.max(terms, axis=0)
    return np.asarray(np.log(width) + top + np.log(np.sum(np.exp(terms - top), axis=0)))


def _climb(counts: Counts, nodes: tuple[Array, Array], theta: float, alpha: Array, tau: float) -> Fit:
    """Newton with halved steps from one start; with tau = 0 the random effect stays out."""
    free = (["theta", "tau"] if tau else ["theta"], ["alpha"] if counts.own_level else [])
    height = _height(counts, nodes, theta, alpha, tau)
    for _ in range(_MOST_STEPS):
        slopes, curvatures = _derivatives(counts, nodes, theta, alpha, tau, free[0] + free[1])
        shared, own = _newton(slopes, curvatures, len(free[0]))
        size = 1.0
        while True:
            # tau falls to a tenth at most, so that it cannot jump over the maximum to the saddle at 0
            spread = max(tau + size * shared[1], tau / 10) if tau else 0.0
            moved = theta + size * shared[0], alpha + size * own, spread
            reached = _height(counts, nodes, *moved)
            if reached >= height - 1e-12 * abs(height):
                break
            size /= 2
            if size < 1e-6:
                break
        small = max(np.max(np.abs(size * shared)), np.max(np.abs(size * own), initial=0.0)) < 1e-9
        (theta, alpha, tau), height = moved, reached
        if small or size < 1e-6:
            break
        if 0 < tau < _NO_SPREAD:
            return _climb(counts, nodes, theta, alpha, 0.0)
    else:
        raise _no_maximum(slopes)
    slopes, curvatures = _derivatives(counts, nodes, theta, alpha, tau, free[0] + free[1])
    information = -_without_own(curvatures, len(free[0]))
    if not np.all(np.linalg.eigvalsh(information) > 0):
        if tau:  # a ridge that falls towards tau = 0
            return _climb(counts, nodes, theta, alpha, 0.0)
        raise _no_maximum(slopes)
    error = abs(_height(counts, _nodes(MOST_POINTS), theta, alpha, tau) - height)
    return Fit(theta, float(np.sqrt(np.linalg.inv(information)[0, 0])), tau, height, error, alpha)


def _height(counts: Counts, nodes: tuple[Array, Array], theta: float, alpha: Array, tau: float) -> float:
    return float(np.sum(log_likelihoods(counts, nodes, Point(np.array([theta]), alpha, np.array([tau])))))


def _derivatives(
    counts: Counts, nodes: tuple[Array, Array], theta: float, alpha: Array, tau: float, names: list[str]
) -> tuple[Array, Array]:
    """Slopes (p, k) and curvatures (p, p, k) of each study's log likelihood, by differences of fourth order."""
    k, p = len(alpha), len(names)
    variance = counts.moments(counts.eta(Point(np.array([theta]), alpha, np.array([0.0]))))[1]
    of_level = 1 / np.sqrt(1 + np.sum(variance, axis=-1))
    of_effect = np.hypot(tau, 1 / np.sqrt(1 + np.sum(counts.z**2 * variance, axis=-1)))
    h = _STEP * np.array([of_level if name == "alpha" else of_effect for name in names])  # (p, k)
    unit = np.eye(p)
    pairs = [(i, j) for i in range(p) for j in range(i)]
    moves = [np.zeros(p)]
    for far in (1.0, 2.0):
        moves += [sign * far * unit[i] for i in range(p) for sign in (1, -1)]
        moves += [far * (si * unit[i] + sj * unit[j]) for i, j in pairs for si in (1, -1) for sj in (1, -1)]
    shifts = np.array(moves)[:, :, None] * h
    at: dict[str, Any] = {"theta": theta, "alpha": alpha, "tau": tau}
    where = {name: at[name] + (shifts[:, names.index(name)] if name in names else 0.0 * shifts[:, 0]) for name in at}
    f = log_likelihoods(counts, nodes, Point(where["theta"], where["alpha"], where["tau"]))
    slopes, curvatures = np.zeros((2, p, k)), np.zeros((2, p, p, k))
    rest = f[1:].reshape(2, -1, k)
    for far in (0, 1):
        width = (1 + far) * h
        up, down = rest[far, 0 : 2 * p : 2], rest[far, 1 : 2 * p : 2]
        slopes[far] = (up - down) / (2 * width)
        curvatures[far][np.arange(p), np.arange(p)] = (up - 2 * f[0] + down) / width**2
        for (i, j), four in zip(pairs, rest[far, 2 * p :].reshape(-1, 4, k), strict=True):
            mixed = (four[0] - four[1] - four[2] + four[3]) / (4 * width[i] * width[j])
            curvatures[far][i, j] = curvatures[far][j, i] = mixed
    return (4 * slopes[0] - slopes[1]) / 3, (4 * curvatures[0] - curvatures[1]) / 3


def _newton(slopes: Array, curvatures: Array, shared: int) -> tuple[Array, Array]:
    """Step of the shared parameters, uphill also where the likelihood is not concave, and of each study's own."""
    slope = np.sum(slopes[:shared], axis=1)
    own = len(slopes) > shared
    if own:
        slope = slope - np.sum(curvatures[:shared, shared] * slopes[shared] / curvatures[shared, shared], axis=1)
    values, vectors = np.linalg.eigh(_without_own(curvatures, shared))
    step = vectors @ ((vectors.T @ slope) / np.maximum(np.abs(values), 1e-12))
    step = np.clip(step, -2, 2)
    if not own:
        return step, np.zeros(slopes.shape[1])
    return step, np.clip(-(slopes[shared] + step @ curvatures[:shared, shared]) / curvatures[shared, shared], -2, 2)


def _without_own(curvatures: Array, shared: int) -> Array:
    """Curvature of the likelihood of the shared parameters with each study's own at its best."""
    total: Array = np.sum(curvatures[:shared, :shared], axis=2)
    if len(curvatures) > shared:
        mixed = curvatures[:shared, shared]
        total = total - np.einsum("ik,jk->ij", mixed / curvatures[shared, shared], mixed)
    return total


def _no_maximum(slopes: Array) -> SynthesisError:
    place = int(np.argmax(np.abs(slopes[0]))) + 1
    return SynthesisError(
        f"The likelihood of the mixed model has no maximum that can be found; of the {slopes.shape[1]} studies in it, "
        f"number {place} pulls hardest. Check its counts, or pool with mantel_haenszel or peto."
    )
