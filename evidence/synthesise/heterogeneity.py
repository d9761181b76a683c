"""How far studies differ beyond chance: Q, tau2 by nine methods with its interval, I2 and H2.

Arrays are of shape (k,): effects y on the scale of analysis and sampling variances v > 0; tau2 is in squared units of
y. `pool` validates and rescales; the functions here trust their input.

DerSimonian-Laird, Hedges, ML and REML are PyMARE's. Its search for the likelihood's maximum stops at about six digits;
Newton steps on the score carry it to machine precision.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from evidence.errors import TooFewStudies

Vector = npt.NDArray[np.float64]

#: Newton on Q(tau2) doubles tau2 at worst in each step, so this covers any ratio of tau2 to v in double precision.
_MAX_STEPS = 1100


@dataclass(frozen=True, slots=True)
class Limits:
    """Lower and upper limit."""

    low: float
    high: float


def cochran_q(y: Vector, v: Vector) -> tuple[float, int, float]:
    """Cochran's Q with inverse-variance weights, its degrees of freedom k - 1 and its p-value (1 for one study).

    References
    ----------
    Cochran (1954) Biometrics 10:101-129.
    """
    Q, df = generalised_q(y, v, 0.0)[0], len(y) - 1
    return Q, df, float(special.chdtrc(df, Q)) if df else 1.0


def generalised_q(y: Vector, v: Vector, tau2: float) -> tuple[float, float]:
    """Q with weights 1 / (v + tau2), and its derivative with respect to tau2."""
    w = 1 / (v + tau2)
    residual = y - np.sum(w * y) / np.sum(w)
    return float(np.sum(w * residual**2)), -float(np.sum((w * residual) ** 2))


def solve_q(y: Vector, v: Vector, target: float) -> float:
    """The tau2 >= 0 at which Q(tau2) meets `target`; 0 where Q(0) is already below it.

    Q is convex and falls, so Newton from 0 approaches the root from the left and cannot overshoot.
    """
    tau2 = 0.0
    for _ in range(_MAX_STEPS):
        Q, slope = generalised_q(y, v, tau2)
        if target >= Q or slope == 0:
            break
        step = (target - Q) / slope
        tau2 += step
        if step <= 1e-15 * tau2:
            break
    return tau2


def q_profile(y: Vector, v: Vector, level: float = 95.0) -> Limits:
    """Confidence interval of tau2 by the Q-profile method.

    The limits are where Q(tau2) meets the tail quantiles of chi-squared with k - 1 degrees of freedom; a limit is 0
    where Q(0) is already below its quantile.

    Parameters
    ----------
    y, v : arrays of shape (k,)
        Effects on the scale of analysis and their sampling variances, > 0.
    level : float
        In percent.

    Returns
    -------
    Limits
        Of tau2, in squared units of y.

    Raises
    ------
    TooFewStudies
        If k < 2.

    References
    ----------
    Viechtbauer (2007) Stat Med 26:37-52, doi:10.1002/sim.2514. Compared with metafor in tests/reference/.
    """
    df = len(y) - 1
    if df < 1:
        raise TooFewStudies("The Q-profile interval of tau2", need=2, have=len(y))
    tail = (100 - level) / 200
    upper_quantile, lower_quantile = special.chdtri(df, tail), 2 * special.gammaincinv(df / 2, tail)
    return Limits(solve_q(y, v, float(upper_quantile)), solve_q(y, v, float(lower_quantile)))


def i2_h2(tau2: float, v: Vector) -> tuple[float, float]:
    """I2 in percent and H2 from tau2 and the typical sampling variance, for k >= 2.

    References
    ----------
    Higgins & Thompson (2002) Stat Med 21:1539-1558, eq. 9 for the typical variance; as metafor.
    """
    w = 1 / v
    typical = (len(v) - 1) * np.sum(w) / (np.sum(w) ** 2 - np.sum(w**2))
    return float(100 * tau2 / (tau2 + typical)), float(tau2 / typical + 1)


def i2_from_q(Q: float, df: int) -> float:
    """I2 in percent as 100 (Q - df) / Q, at least 0.

    References
    ----------
    Higgins et al. (2003) BMJ 327:557-560.
    """
    return max(0.0, 100 * (Q - df) / Q) if Q > 0 else 0.0


def estimate_tau2(y: Vector, v: Vector, method: str) -> float:
    """Between-study variance by a method's name, for k >= 2; truncated at 0.

    Parameters
    ----------
    y, v : arrays of shape (k,)
        Effects on the scale of analysis and their sampling variances, > 0.
    method : str
        dl, he, hs, sj, ml, reml, eb or pm.

    References
    ----------
    dl: DerSimonian & Laird (1986) Control Clin Trials 7:177-188. he: Hedges & Olkin (1985) Statistical Methods for
    Meta-Analysis. hs: Hunter & Schmidt (1990) Methods of Meta-Analysis.
    sj: Sidik & Jonkman (2005) Appl Stat 54:367-384. ml, reml: Viechtbauer (2005) J Educ Behav Stat 30:261-293.
    pm: Paule & Mandel (1982) J Res NBS 87:377-385; eb: Morris (1983) J Am Stat Assoc 78:47-55, which has the same root.
    """
    k = len(y)
    if method in ("pm", "eb"):
        return solve_q(y, v, k - 1.0)
    if method == "hs":
        return max(0.0, (generalised_q(y, v, 0.0)[0] - k) / float(np.sum(1 / v)))
    if method == "sj":
        start = float(np.var(y))
        return start * generalised_q(y, v, start)[0] / (k - 1)
    tau2 = _pymare_tau2(y, v, method)
    return _polish(tau2, y, v, restricted=method == "reml") if method in ("ml", "reml") else tau2


def _pymare_tau2(y: Vector, v: Vector, method: str) -> float:
    from pymare import estimators  # loads pandas and sympy: a second or more

    fit: Any
    if method == "dl":
        fit = estimators.DerSimonianLaird()
    elif method == "he":
        fit = estimators.Hedges()
    else:
        fit = estimators.VarianceBasedLikelihoodEstimator(method=method)
    fit.fit(y[:, None], v=v[:, None], X=np.ones((len(y), 1)))
    return max(0.0, float(np.ravel(fit.params_["tau2"])[0]))


def _polish(tau2: float, y: Vector, v: Vector, *, restricted: bool) -> float:
    """Newton on the score of the (restricted) likelihood from a tau2 near its maximum."""
    for _ in range(50):
        score, slope = _score(tau2, y, v, restricted)
        if slope >= 0:  # not on the hill of a maximum: the search's value stands
            return tau2
        moved = tau2 - score / slope
        if moved <= 0:
            return 0.0 if _score(0.0, y, v, restricted)[0] <= 0 else tau2
        if abs(moved - tau2) <= 1e-15 * moved:
            return moved
        tau2 = moved
    return tau2


def _score(tau2: float, y: Vector, v: Vector, restricted: bool) -> tuple[float, float]:
    """Derivative of the (restricted) log likelihood profiled over mu, and its own derivative."""
    w = 1 / (v + tau2)
    s1, s2, s3 = np.sum(w), np.sum(w**2), np.sum(w**3)
    residual = y - np.sum(w * y) / s1
    score = -s1 / 2 + np.sum((w * residual) ** 2) / 2
    slope = s2 / 2 - np.sum(w**3 * residual**2) + np.sum(w**2 * residual) ** 2 / s1
    if restricted:
        score += s2 / (2 * s1)
        slope += (s2 / s1) ** 2 / 2 - s3 / s1
    return float(score), float(slope)


def se_tau2(y: Vector, v: Vector, tau2: float, method: str) -> float:
    """Asymptotic standard error of tau2, for k >= 2, as metafor gives it for each method.

    References
    ----------
    Viechtbauer (2005) J Educ Behav Stat 30:261-293; Viechtbauer, Lopez-Lopez, Sanchez-Meca & Marin-Martinez (2015)
    Psychol Methods 20:360-374.
    """
    k = len(v)
    if method in ("ml", "reml", "eb", "pm"):
        w = 1 / (v + tau2)
        if method == "ml":
            return float(np.sqrt(2 / np.sum(w**2)))
        if method == "reml":
            return float(np.sqrt(2 / np.sum(_projection(w) ** 2)))
        return float(np.sqrt(2 * k**2 / (k - 1)) / np.sum(w))
    if method == "he":
        P = np.eye(k) - 1 / k
        inner = 2 * np.sum(P**2 * np.outer(v, v)) + 4 * tau2 * np.sum(np.diag(P) * v) + 2 * tau2**2 * (k - 1)
        return float(np.sqrt(inner) / (k - 1))
    if method == "sj":
        start = float(np.var(y))
        P = _projection(1 / (v + start))
        inner = 2 * np.sum(P**2 * np.outer(v, v)) + 4 * tau2 * np.sum(P**2 * v) + 2 * tau2**2 * np.sum(P**2)
        return float(start * np.sqrt(inner) / (k - 1))
    P = _projection(1 / v)
    divisor = np.sum(1 / v) if method == "hs" else np.trace(P)
    inner = 2 * (k - 1) + 4 * tau2 * np.trace(P) + 2 * tau2**2 * np.sum(P**2)
    return float(np.sqrt(inner) / divisor)


def _projection(w: Vector) -> npt.NDArray[np.float64]:
    """W - W 1 (1'W1)^-1 1'W, the matrix whose quadratic form in y is Q."""
    P: npt.NDArray[np.float64] = np.diag(w) - np.outer(w, w) / np.sum(w)
    return P
