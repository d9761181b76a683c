"""Interval of tau2 from the exact distribution of a Q with fixed weights, as tau2 grows."""

import numpy as np
from scipy import optimize

from evidence.errors import NotConverged
from evidence.synthesise.likelihood import extreme_study
from evidence.synthesise.weighted import Array, Studies

#: Points of the contour. The error falls by a factor of 3.9 with each; 32 reach the rounding of floating point.
_POINTS = 32
#: Doublings of the search for an upper limit.
_DOUBLINGS = 200


#: Power of 1 / v that makes the weights, by name of the interval.
POWERS = {"jackson": 0.5, "biggerstaff_jackson": 1.0}


def fixed_weights_interval(studies: Studies, kind: str = "jackson", level: float = 95.0) -> tuple[float, float]:
    """Confidence interval of tau2 of one analysis of k >= 2 studies without moderators; a limit is at least 0.

    The limits are the tau2 under which a Q as large, or as small, as the observed one has the probability of a tail.
    Its weights are a = 1 / v for "biggerstaff_jackson", the Q of DerSimonian and Laird, and 1 / se for "jackson". For
    normal effects Q is a sum of independent chi-squared variables with one degree of freedom, weighted by the
    eigenvalues of S A S, where A = diag(a) - aa' / sum(a) and S = diag(v + tau2)^½.

    Raises
    ------
    NotConverged
        If no upper limit can be found.

    References
    ----------
    Jackson (2013) Res Synth Methods 4:220-229; Biggerstaff & Jackson (2008) Stat Med 27:6093-6110. Compared with R's
    meta (`method.tau.ci = "J"`, its default for DerSimonian-Laird) and metafor (`method = "GENQ"`).
    """
    y, v = studies.y[:, 0], studies.v[:, 0]
    a = v ** -POWERS[kind]
    A = np.diag(a) - np.outer(a, a) / a.sum()
    observed = float(y @ A @ y)
    tail = (100 - level) / 200

    def above(tau2: float) -> float:
        """Probability of a larger Q than the observed one."""
        root = np.sqrt(v + tau2)
        weights = np.linalg.eigvalsh(A * np.outer(root, root))[1:]  # the smallest is 0
        return 1 - sum_of_chi_squared(observed, weights)

    def limit(probability: float) -> float:
        if observed <= 0 or above(0.0) >= probability:
            return 0.0
        high = float(np.median(v))
        for _ in range(_DOUBLINGS):
            if above(high) > probability:
                return float(optimize.brentq(lambda tau2: above(tau2) - probability, 0.0, high, xtol=1e-14, rtol=1e-12))
            high *= 2
        raise NotConverged("the interval of tau2", *extreme_study(studies, 0))

    return limit(tail), limit(1 - tail)


def sum_of_chi_squared(q: float, weights: Array) -> float:
    """Probability that a sum of chi-squared variables (df 1), times `weights` > 0, is at most q > 0.

    The inverse Laplace transform of prod (1 + 2 weight s)^-½ / s along a parabola around its cut, the negative axis.

    References
    ----------
    Weideman & Trefethen (2007) Math Comp 76:1341-1356, for the parabola.
    """
    step = 3 / _POINTS
    u = (np.arange(-_POINTS, _POINTS) + 0.5) * step
    s = np.pi * _POINTS / (12 * q) * (1j * u + 1) ** 2
    slope = np.pi * _POINTS / (12 * q) * 2j * (1j * u + 1)
    transform = np.exp(s * q - 0.5 * np.log1p(2 * np.multiply.outer(s, weights)).sum(axis=1)) / s
    return float(np.clip((step / (2j * np.pi) * (transform * slope).sum()).real, 0.0, 1.0))
