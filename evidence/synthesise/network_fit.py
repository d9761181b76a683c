"""The arithmetic of a network: generalised least squares of all contrasts, tau2, Q within and between designs.

The network's Laplacian is the sum of the trials' (`network_trials`); solved with one treatment held at 0 it gives the
effects of the others and their covariance. `network` validates; the functions here trust their input.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from evidence.synthesise.network_trials import Floats, Trials

#: tau2 is looked for up to this many times the largest variance, or sum of squared effects, of the trials.
_FAR = 20.0
_GRID = 24


@dataclass(frozen=True, slots=True)
class Fit:
    """Effects of all treatments (the first is 0), the covariance of differences from it, and the weighted Q."""

    mu: Floats  # (n,)
    covariance: Floats  # (n, n); row and column of the first treatment are 0
    Q: float


@dataclass(frozen=True, slots=True)
class QPart:
    """Part of Cochran's Q of a network."""

    Q: float
    df: int


def solve(stacks: Sequence[Trials], n: int, tau2: float) -> Fit:
    """Effects of n treatments with weights at the given tau2.

    References
    ----------
    Ruecker (2012) Res Synth Methods 3:312-324; multi-arm trials: Ruecker & Schwarzer (2014) Stat Med 33:4353-4369.
    """
    laplacian, right = np.zeros((n, n)), np.zeros(n)
    weights = [stack.laplacians(tau2) for stack in stacks]
    for stack, own in zip(stacks, weights, strict=True):
        _add(laplacian, stack, own)
        np.add.at(right, stack.arms, -np.einsum("mij,mij->mi", own, stack.y))
    covariance = np.zeros((n, n))
    covariance[1:, 1:] = np.linalg.inv(laplacian[1:, 1:])
    mu = np.zeros(n)
    mu[1:] = np.linalg.solve(laplacian[1:, 1:], right[1:])
    Q = 0.0
    for stack, own in zip(stacks, weights, strict=True):
        fitted = mu[stack.arms]
        Q -= float(np.sum(own * (stack.y - (fitted[:, :, None] - fitted[:, None, :])) ** 2)) / 2
    return Fit(mu, covariance, Q)


def degrees_of_freedom(stacks: Sequence[Trials], n: int) -> int:
    """Contrasts the trials give independently, less those the network needs."""
    return sum(stack.arms.shape[0] * (stack.arms.shape[1] - 1) for stack in stacks) - (n - 1)


def tau2_dl(stacks: Sequence[Trials], n: int) -> float:
    """DerSimonian and Laird's estimator for networks, by moments of Q; 0 where it would be negative.

    References
    ----------
    Jackson, White & Riley (2013) Biom J 55:231-245. As netmeta.
    """
    fit, lines = solve(stacks, n, 0.0), _lines(stacks, n)
    scaled = lines.design / lines.roots[:, None]
    spread = float(np.sum(1 / lines.roots) - np.sum(fit.covariance[1:, 1:] * (scaled.T @ scaled))) / 2
    return max(0.0, (fit.Q - degrees_of_freedom(stacks, n)) / spread)


def tau2_reml(stacks: Sequence[Trials], n: int) -> float:
    """Restricted maximum likelihood with the exact covariance of multi-arm trials; the highest of several maxima.

    References
    ----------
    Jackson, Barrett, Rice, White & Higgins (2014) Stat Med 33:3639-3654. As rma.mv of metafor with a random effect of
    each arm that has variance tau2 / 2.
    """
    lines = _lines(stacks, n)
    largest = max(float(np.max(lines.roots)), float(np.sum(lines.z**2)))
    grid = np.concatenate(([0.0], np.geomspace(1e-3 * float(np.min(lines.roots)), _FAR * largest, _GRID)))
    slopes = [_score(lines, float(tau2)) for tau2 in grid]
    found = [0.0] if slopes[0] <= 0 else []
    for low, high, before, after in zip(grid, grid[1:], slopes, slopes[1:], strict=False):
        if before > 0 >= after:
            root = optimize.brentq(lambda tau2: _score(lines, tau2), low, high, xtol=1e-14 * high, rtol=1e-13)
            found.append(float(root))
    return max(found, key=lambda tau2: _likelihood(lines, tau2)) if len(found) > 1 else found[0]


def log_likelihood(stacks: Sequence[Trials], n: int, tau2: float) -> float:
    """Restricted log-likelihood of each trial's contrasts with the first of its treatments, as metafor gives it."""
    lines = _lines(stacks, n)
    design, constant = np.zeros((n, n)), 0.0
    for stack in stacks:
        m, size = stack.arms.shape
        # X'X of contrasts with the first arm: 1 for the others, their number for the first, -1 between.
        unit = np.diag([size - 1.0] + [1.0] * (size - 1))
        unit[0, 1:] = unit[1:, 0] = -1.0
        _add(design, stack, np.broadcast_to(unit, (m, size, size)))
        constant -= m * np.log(size)  # from arm effects to contrasts
    constant += np.linalg.slogdet(design[1:, 1:])[1] - (len(lines.z) - (n - 1)) * np.log(2 * np.pi)
    return float(_likelihood(lines, tau2) + constant / 2)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Independent combinations of the arm effects of each trial, of variance root + tau2 / 2."""

    design: Floats  # (N, n - 1), the first treatment left out
    z: Floats  # (N,)
    roots: Floats  # (N,)


def _lines(stacks: Sequence[Trials], n: int) -> _Lines:
    designs = []
    for stack in stacks:
        m, size = stack.arms.shape
        design = np.zeros((m, size - 1, n))
        np.put_along_axis(
            design, np.repeat(stack.arms[:, None, :], size - 1, axis=1), np.swapaxes(stack.vectors, 1, 2), 2
        )
        designs.append(design.reshape(-1, n)[:, 1:])
    z = [np.einsum("mik,mi->mk", stack.vectors, np.mean(stack.y, axis=2)).ravel() for stack in stacks]
    return _Lines(np.concatenate(designs), np.concatenate(z), np.concatenate([stack.roots.ravel() for stack in stacks]))


def _score(lines: _Lines, tau2: float) -> float:
    """Slope of the restricted log-likelihood, times 4."""
    w = 1 / (lines.roots + tau2 / 2)
    scaled = lines.design * w[:, None]
    covariance = np.linalg.inv(lines.design.T @ scaled)
    residual = w * (lines.z - lines.design @ (covariance @ (scaled.T @ lines.z)))
    return float(residual @ residual - np.sum(w) + np.sum(covariance * (scaled.T @ scaled)))


def _likelihood(lines: _Lines, tau2: float) -> float:
    """Restricted log-likelihood but for what does not depend on tau2."""
    w = 1 / (lines.roots + tau2 / 2)
    scaled = lines.design * w[:, None]
    information = lines.design.T @ scaled
    residual = lines.z - lines.design @ np.linalg.solve(information, scaled.T @ lines.z)
    return float(np.sum(np.log(w)) - np.linalg.slogdet(information)[1] - w @ residual**2) / 2


def within_designs(stacks: Sequence[Trials]) -> QPart:
    """Q of the trials within each design (set of treatments), every design with effects of its own.

    References
    ----------
    Krahn, Binder & Koenig (2013) BMC Med Res Methodol 13:35.
    """
    Q, df = 0.0, 0
    for stack in stacks:
        for design in np.unique(stack.arms, axis=0):
            own = np.all(stack.arms == design, axis=1)
            size = len(design)
            part = Trials(
                names=tuple(name for name, member in zip(stack.names, own, strict=True) if member),
                arms=np.broadcast_to(np.arange(size), (int(np.sum(own)), size)),
                y=stack.y[own],
                variances=stack.variances[own],
                roots=stack.roots[own],
                vectors=stack.vectors[own],
            )
            Q += solve([part], size, 0.0).Q if np.sum(own) > 1 else 0.0
            df += (int(np.sum(own)) - 1) * (size - 1)
    return QPart(Q, df)


def count_designs(stacks: Sequence[Trials]) -> tuple[int, int]:
    """Number of designs, and of the contrasts they give independently."""
    sizes = [(len(np.unique(stack.arms, axis=0)), stack.arms.shape[1]) for stack in stacks]
    return sum(count for count, _ in sizes), sum(count * (size - 1) for count, size in sizes)


def _add(total: Floats, stack: Trials, own: Floats) -> None:
    np.add.at(total, (stack.arms[:, :, None], stack.arms[:, None, :]), own)
