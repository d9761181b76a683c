"""How far studies differ beyond chance: Q, tau2 by eight methods with its interval, I2 and H2.

Every function takes `Studies`, any number of analyses as columns, and gives arrays of shape (m,); tau2 is in squared
units of their y. Values where an analysis has no residual degree of freedom are 0, and the callers say so.

One place decides who computes tau2, `estimate_tau2`: PyMARE's estimators are DerSimonian-Laird, Hedges, and the search
for the maximum of the likelihood in ML and REML, which `likelihood` brings to machine precision. The rest is here.
"""

import numpy as np
from scipy import special

from evidence.errors import NotConverged
from evidence.synthesise import likelihood
from evidence.synthesise.weighted import Array, Counts, Projection, Studies, distinct, sums

#: The steps of `solve_q` at least square the error near the root; far from it they need a few for each power of ten
#: between the variances.
_MAX_STEPS = 500
#: PyMARE scans the whole line and then refines the best place on it; after so many steps Newton's are quicker.
_SEARCH_STEPS = 4


def generalised_q(studies: Studies, tau2: Array) -> tuple[Array, Array]:
    """Q with weights 1 / (v + tau2), and its derivative with respect to tau2."""
    w = 1 / (studies.v + tau2)
    weighted = w * (residuals := Projection(studies, w).residuals(studies.y))
    return sums(weighted * residuals), -sums(weighted**2)


def solve_q(studies: Studies, target: Array) -> Array:
    """The tau2 >= 0 at which Q(tau2) meets `target`; 0 where Q(0) is already below it.

    Q(tau2) is a sum of terms a / (lambda + tau2) with a and lambda > 0, so 1 / Q rises and is concave: Newton's method
    on it approaches the root from the left and cannot overshoot.

    Raises
    ------
    NotConverged
        If the steps do not end, which only variances beyond the range of floating point could cause.
    """
    tau2 = np.zeros(studies.k.shape)
    active = np.arange(len(tau2))
    left = studies
    for _ in range(_MAX_STEPS):
        Q, slope = generalised_q(left, tau2[active])
        below = (target[active] >= Q) | (slope == 0)
        step = np.where(below, 0.0, Q * (1 - Q / target[active]) / np.where(below, 1.0, slope))
        tau2[active] += step
        open_ = step > 1e-9 * tau2[active]  # the next step would be its square
        if not open_.any():
            return tau2
        if not open_.all():
            active, left = active[open_], left.columns(np.flatnonzero(open_))
    raise NotConverged("tau2", *likelihood.extreme_study(studies, int(active[0])))


def q_profile(studies: Studies, level: float = 95.0) -> tuple[Array, Array]:
    """Confidence interval of tau2 by the Q-profile method.

    The limits are where Q(tau2) meets the tail quantiles of chi-squared with k - p degrees of freedom; a limit is 0
    where Q(0) is already below its quantile. Without a degree of freedom the limits are nan.

    References
    ----------
    Viechtbauer (2007) Stat Med 26:37-52, doi:10.1002/sim.2514. Compared with metafor in tests/reference/.
    """
    tail = (100 - level) / 200
    different, place = distinct(np.maximum(studies.df, 1))
    low = solve_q(studies, special.chdtri(different, tail)[place])
    high = solve_q(studies, 2 * special.gammaincinv(different / 2, tail)[place])
    none = studies.df < 1
    return np.where(none, np.nan, low), np.where(none, np.nan, high)


def typical_variance(studies: Studies) -> Array:
    """The sampling variance of a typical study, (k - p) / tr P at tau2 = 0; nan without a degree of freedom.

    References
    ----------
    Higgins & Thompson (2002) Stat Med 21:1539-1558, eq. 9; with moderators as metafor.
    """
    trace = Projection(studies, 1 / studies.v).trace()
    with np.errstate(divide="ignore", invalid="ignore"):
        typical: Array = np.where(studies.df > 0, studies.df / trace, np.nan)
    return typical


def i2_from_q(Q: Array, df: Counts) -> Array:
    """I2 in percent as 100 (Q - df) / Q, at least 0.

    References
    ----------
    Higgins et al. (2003) BMJ 327:557-560.
    """
    share: Array = 100 * np.maximum(0.0, Q - df) / np.where(Q > 0, Q, np.inf)
    return share


def estimate_tau2(studies: Studies, method: str) -> Array:
    """Between-study variance by a method's name, truncated at 0; 0 for "common".

    Parameters
    ----------
    studies : Studies
        m analyses.
    method : str
        common, dl, he, hs, sj, ml, reml, eb or pm.

    References
    ----------
    dl: DerSimonian & Laird (1986) Control Clin Trials 7:177-188. he: Hedges & Olkin (1985) Statistical Methods for
    Meta-Analysis. hs: Hunter & Schmidt (1990) Methods of Meta-Analysis.
    sj: Sidik & Jonkman (2005) Appl Stat 54:367-384. ml, reml: Viechtbauer (2005) J Educ Behav Stat 30:261-293.
    pm: Paule & Mandel (1982) J Res NBS 87:377-385; eb: Morris (1983) J Am Stat Assoc 78:47-55, which has the same root.
    With moderators as Viechtbauer et al. (2015) Psychol Methods 20:360-374.
    """
    tau2 = np.zeros(studies.k.shape)
    solvable = np.flatnonzero((studies.df > 0) & ~studies.agree)
    if method == "common" or not len(solvable):
        return tau2
    some = studies if len(solvable) == len(tau2) else studies.columns(solvable)
    if method in ("pm", "eb"):
        found = solve_q(some, some.df.astype(float))
    elif method == "hs":
        found = (generalised_q(some, np.zeros(len(solvable)))[0] - some.k) / sums(1 / some.v)
    elif method == "sj":
        start = _variance(some)
        found = start * generalised_q(some, start)[0] / some.df
    elif method == "dl" and some.unequal:  # PyMARE's trace is a difference, of which nothing may be left
        P = Projection(some, 1 / some.v)
        found = (sums(P.w * P.residuals(some.y) ** 2) - some.df) / P.trace()
    else:
        found = _pymare_tau2(some, method)
        if method in ("ml", "reml"):
            found = likelihood.maximise(some, found, restricted=method == "reml")
    tau2[solvable] = np.maximum(found, 0.0)
    return tau2


def _variance(studies: Studies) -> Array:
    """Variance of the effects with divisor k, where Sidik and Jonkman start."""
    distance: Array = np.where(studies.present, studies.y - sums(studies.y) / studies.k, 0.0)
    return sums(distance**2) / studies.k


def _pymare_tau2(studies: Studies, method: str) -> Array:
    """PyMARE's estimate; analyses of equally many studies go together, as it counts every row."""
    from pymare import estimators  # loads pandas and sympy: a second or more

    tau2 = np.empty(studies.k.shape)
    rows = studies.y.shape[0]
    for k in distinct(studies.k)[0]:
        which = np.flatnonzero(studies.k == k)
        y, v, X = studies.y[:, which], studies.v[:, which], studies.X
        if k < rows:  # absent studies only occur where X is a column of ones, so that any order is right
            order = np.argsort(~studies.present[:, which], axis=0, kind="stable")[:k]
            y, v, X = np.take_along_axis(y, order, axis=0), np.take_along_axis(v, order, axis=0), X[:k]
        if method == "dl":
            fit = estimators.DerSimonianLaird()
        elif method == "he":
            fit = estimators.Hedges()
        else:
            fit = estimators.VarianceBasedLikelihoodEstimator(method=method, maxiter=_SEARCH_STEPS)
        fit.fit(y, v=v, X=X)
        tau2[which] = np.ravel(fit.params_["tau2"])
    return np.maximum(tau2, 0.0)


def se_tau2(studies: Studies, tau2: Array, method: str) -> Array:
    """Asymptotic standard error of tau2, as metafor gives it for each method; nan without a degree of freedom.

    References
    ----------
    Viechtbauer (2005) J Educ Behav Stat 30:261-293; Viechtbauer, Lopez-Lopez, Sanchez-Meca & Marin-Martinez (2015)
    Psychol Methods 20:360-374.
    """
    k, df, v = studies.k, np.where(studies.df > 0, studies.df, np.nan), studies.v0
    if method in ("ml", "reml", "eb", "pm"):
        w = 1 / (studies.v + tau2)
        if method == "ml":
            variance = 2 / sums(w**2)
        elif method == "reml":
            variance = 2 / np.where(studies.df > 0, Projection(studies, w).trace_square(), np.nan)
        else:
            variance = 2 * k**2 / df / sums(w) ** 2
    elif method in ("he", "sj"):
        start = _variance(studies)
        P = Projection(studies, studies.present / 1.0 if method == "he" else 1 / (studies.v + start))
        first = P.trace_with(v) if method == "he" else P.trace_square_with(v)
        variance = 2 * P.trace_square_with_twice(v) + 4 * tau2 * first + 2 * tau2**2 * P.trace_square()
        variance *= (1 if method == "he" else start**2) / df**2
    else:
        P = Projection(studies, 1 / studies.v)
        divisor = sums(1 / studies.v) if method == "hs" else P.trace()
        variance = (2 * df + 4 * tau2 * P.trace() + 2 * tau2**2 * P.trace_square()) / divisor**2
    error: Array = np.sqrt(np.where(studies.df > 0, variance, np.nan))
    return error


def q_p_value(Q: Array, df: Counts) -> Array:
    """p-value of Cochran's Q (Cochran 1954, Biometrics 10:101-129); 1 without a degree of freedom."""
    return np.where(df > 0, special.chdtrc(np.maximum(df, 1), Q), 1.0)
