"""tau2 as R's metafor prints it: its iterations stop early by default, which shows in the fourth digit.

For comparing with a printed analysis, and nothing else: `pool` has the value to which these iterations converge.
"""

import sys
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from evidence.errors import NotConverged, SynthesisError
from evidence.synthesise import heterogeneity
from evidence.synthesise.design import design_of
from evidence.synthesise.likelihood import extreme_study
from evidence.synthesise.many import check_options
from evidence.synthesise.pool import check_studies
from evidence.synthesise.weighted import Array, Projection, Studies, scaled

#: Defaults of `rma.uni`: change of tau2 that ends Fisher scoring, its steps, and the tolerance of the root search.
_THRESHOLD, _MAX_STEPS, _TOLERANCE = 1e-5, 100, float(np.finfo(float).eps) ** 0.25
_EPS = sys.float_info.epsilon


def metafor_default_tau2(y: npt.ArrayLike, v: npt.ArrayLike, *, method: str = "reml", X: object | None = None) -> float:
    """tau2 of k >= 2 studies as `rma(y, v, method = ...)` of metafor gives it with its default control.

    Parameters
    ----------
    y, v, method
        As in `pool`; closed forms are the same.
    X : as in `regress`, optional
        Moderators, with an intercept.

    Raises
    ------
    SynthesisError
        As `pool`; or if there is one study.
    NotConverged
        Where metafor says that its iterations did not converge.

    References
    ----------
    Viechtbauer (2010) J Stat Softw 36(3), version 3.8: Fisher scoring from Hedges' estimate for ML, REML and EB; for PM
    R's `uniroot`, which is the root finder of Brent (1973) Algorithms for Minimization without Derivatives, chapter 4.
    """
    check_options(method, "wald", 95.0)
    effects, variances = check_studies(y, v)
    if len(effects) < 2:
        raise SynthesisError("One study has no tau2.")
    if X is None:
        studies = scaled(effects[:, None], variances[:, None])
    else:
        design = design_of(X, len(effects), None, True)
        studies = scaled(effects[:, None], variances[:, None], design.basis, centre=design.centre)
    unit2 = float(studies.unit[0]) ** 2  # metafor's limits are absolute, in units of y
    if method == "pm":
        return _by_uniroot(studies, effects, unit2)
    if method in ("ml", "reml", "eb"):
        start = float(heterogeneity.estimate_tau2(studies, "he")[0]) * unit2
        return _by_scoring(studies, start, method, unit2)
    return float(heterogeneity.estimate_tau2(studies, method)[0]) * unit2


def _by_scoring(studies: Studies, tau2: float, method: str, unit2: float) -> float:
    k, df = float(studies.k[0]), float(studies.df[0])
    for _ in range(_MAX_STEPS + 1):
        w = 1 / (studies.v + tau2 / unit2)
        P = Projection(studies, w)
        residuals = P.residuals(studies.y)
        square = ((w * residuals) ** 2).sum()
        if method == "ml":
            step = (square - w.sum()) / (w**2).sum()
        elif method == "reml":
            step = (square - P.trace()[0]) / P.trace_square()[0]
        else:
            step = ((w * residuals**2).sum() * k / df - k) / w.sum()
        step *= unit2
        while tau2 + step < 0:
            step /= 2
        tau2 += float(step)
        if abs(step) <= _THRESHOLD:
            return tau2
    raise NotConverged("tau2 by metafor's Fisher scoring", *extreme_study(studies))


def _by_uniroot(studies: Studies, y: Array, unit2: float) -> float:
    def difference(tau2: float) -> float:
        Q = heterogeneity.generalised_q(studies, np.array([tau2 / unit2]))[0]
        return float(Q[0] - studies.df[0])

    deviation = 1.4826 * float(np.median(np.abs(y - np.median(y))))
    top = max(100.0, 10 * deviation**2)
    if difference(0.0) < 0:
        return 0.0
    if difference(top) > 0:
        raise NotConverged("tau2 by metafor's uniroot", *extreme_study(studies))
    return _uniroot(difference, 0.0, top)


def _uniroot(f: Callable[[float], float], a: float, b: float) -> float:
    """R's `zeroin`, step by step, so that it stops where R does."""
    fa, fb = f(a), f(b)
    c, fc = a, fa
    while True:
        previous = b - a
        if abs(fc) < abs(fb):
            a, b, c, fa, fb, fc = b, c, b, fb, fc, fb
        tolerance = 2 * _EPS * abs(b) + _TOLERANCE / 2
        new = (c - b) / 2
        if abs(new) <= tolerance or fb == 0:
            return b
        if abs(previous) >= tolerance and abs(fa) > abs(fb):
            width, t = c - b, fb / fa
            if a == c:
                p, q = width * t, 1.0 - t
            else:
                r, s = fa / fc, fb / fc
                p = t * (width * r * (r - s) - (b - a) * (s - 1.0))
                q = (r - 1.0) * (s - 1.0) * (t - 1.0)
            if p > 0:
                q = -q
            else:
                p = -p
            if p < 0.75 * width * q - abs(tolerance * q) / 2 and p < abs(previous * q / 2):
                new = p / q
        if abs(new) < tolerance:
            new = tolerance if new > 0 else -tolerance
        a, fa = b, fb
        b += new
        fb = f(b)
        if (fb > 0) == (fc > 0) and fc != 0:
            c, fc = a, fa
