"""Meta-regression: how effects change with what differs between studies."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from evidence.errors import SynthesisError
from evidence.formulas.intervals import normal_quantile
from evidence.model.question import INTERVALS
from evidence.synthesise import heterogeneity, likelihood
from evidence.synthesise.design import design_of
from evidence.synthesise.many import check_options, t_quantile, two_sided_p
from evidence.synthesise.pool import check_studies
from evidence.synthesise.weighted import Array, Projection, Studies, scaled

#: Share of the effects' spread that is rounding.
_EXACT = 1e-24
#: Numbers that a permutation test works on together.
_CHUNK = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """A meta-regression of k studies, named as metafor names it; arrays of shape (p,) follow `terms`.

    `QM` tests all coefficients but the intercept (all of them, without one): chi-squared, or under Hartung-Knapp F with
    `QM_df` and `QM_df2` degrees of freedom. `QE` is the residual heterogeneity at tau2 = 0. `R2` is the share of tau2
    that the moderators explain, in percent; for "common" the adjusted R2 of the weighted regression; None without an
    intercept. `I2` and `H2` are of what the moderators leave.
    """

    method: str
    interval: str
    level: float
    k: int
    terms: tuple[str, ...]
    b: Array
    se: Array
    statistic: Array
    df: float | None  # None: the statistics are normal
    p_value: Array
    ci_low: Array
    ci_high: Array
    covariance: Array  # (p, p)
    tau2: float
    se_tau2: float | None
    tau2_low: float | None
    tau2_high: float | None
    QM: float | None  # None: no moderator
    QM_df: int
    QM_df2: int | None
    QM_p: float | None
    QE: float
    QE_df: int
    QE_p: float
    I2: float
    H2: float
    R2: float | None
    log_likelihood: float
    AIC: float
    BIC: float
    AICc: float
    fitted: Array  # (k,)
    fitted_se: Array
    residuals: Array
    hat: Array
    weights: Array  # percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Permutations:
    """p-values of a permutation test: of each coefficient (two-sided) and of QM."""

    p_value: Array
    QM_p: float | None
    n: int  # permutations, the observed order among them
    exact: bool  # every order was tried


def regress(
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    X: object,
    *,
    method: str = "reml",
    interval: str = "hartung_knapp",
    level: float = 95.0,
    terms: Sequence[str] | None = None,
    intercept: bool = True,
) -> Regression:
    """Meta-regression of effects on moderators.

    Parameters
    ----------
    y, v : arrays of shape (k,)
        Effects on the scale of analysis and their sampling variances, > 0.
    X : array of shape (k,) or (k, q), or a mapping from names to columns of length k
        Moderators. A column of numbers is a continuous one. A column of texts is a categorical one: a term for every
        category but the first in alphabetical order, which is the reference (every category, if there is no intercept
        and it stands first).
    method, interval, level
        As in `pool`; `interval` is one of wald, hartung_knapp and hartung_knapp_adhoc, with k - p degrees of freedom.
    terms : list of names, optional
        Of the columns of an array; x1, x2 ... otherwise.
    intercept : bool
        Whether a column of ones comes first.

    Returns
    -------
    Regression

    Raises
    ------
    SynthesisError
        As `pool`; or if a moderator has a missing value, is constant, or depends on those before it.
    TooFewStudies
        If there are not more studies than coefficients.

    References
    ----------
    Raudenbush (2009) in Cooper, Hedges & Valentine, The Handbook of Research Synthesis, chapter 16; Knapp & Hartung
    (2003) Stat Med 22:2693-2710; R2: Raudenbush (2009), eq. 16.22, at least 0; coefficients under tau2 as Viechtbauer
    (2010) J Stat Softw 36(3). Compared with metafor in tests/reference/.
    """
    check_options(method, interval, level)
    if interval not in INTERVALS:
        raise SynthesisError(f"interval {interval!r} is none of {', '.join(INTERVALS)} for a regression.")
    effects, variances = check_studies(y, v)
    design = design_of(X, len(effects), terms, intercept)
    names, (k, p) = design.terms, design.columns.shape
    studies = scaled(effects[:, None], variances[:, None], design.basis, centre=design.centre)
    _refuse_equal(studies, interval)
    turn = design.turn
    tau2 = heterogeneity.estimate_tau2(studies, method)
    w = 1 / (studies.v + tau2)
    P = Projection(studies, w)
    scale, df = _scale(studies, P, interval), None if interval == "wald" else float(k - p)
    unit = float(studies.unit[0])
    covariance = scale[0] * unit**2 * turn @ P.covariance[0] @ turn.T
    b = unit * turn @ P.coefficients(studies.y)[0] + studies.origin[0] * design.ones
    se = np.sqrt(np.diag(covariance))
    statistic = b / se
    half = (normal_quantile(level) if df is None else float(t_quantile(level, np.array([df]))[0])) * se
    tested = np.arange(1 if intercept else 0, p)
    QM = _qm(b[None], covariance[None], tested, df)
    QE = float(heterogeneity.generalised_q(studies, np.zeros(1))[0][0])
    typical = heterogeneity.typical_variance(studies)
    if method == "common":
        I2, H2 = float(heterogeneity.i2_from_q(np.array(QE), np.array(k - p))), QE / (k - p)
        low = high = spread = None
    else:
        I2, H2 = float(100 * tau2[0] / (tau2[0] + typical[0])), float(tau2[0] / typical[0] + 1)
        low, high = (float(limit[0]) * unit**2 for limit in heterogeneity.q_profile(studies, level))
        spread = float(heterogeneity.se_tau2(studies, tau2, method)[0]) * unit**2
    fit = likelihood.criteria(studies, tau2, method)
    quadratic = np.einsum("ki,ij,kj->k", studies.X, P.covariance[0], studies.X)
    fitted = design.columns @ b
    return Regression(
        method=method,
        interval=interval,
        level=level,
        k=k,
        terms=names,
        b=b,
        se=se,
        statistic=statistic,
        df=df,
        p_value=two_sided_p(statistic, np.full(p, np.nan if df is None else df)),
        ci_low=b - half,
        ci_high=b + half,
        covariance=covariance,
        tau2=float(tau2[0]) * unit**2,
        se_tau2=spread,
        tau2_low=low,
        tau2_high=high,
        QM=float(QM[0]) if len(tested) else None,
        QM_df=len(tested),
        QM_df2=None if df is None else k - p,
        QM_p=_qm_p(float(QM[0]), len(tested), df) if len(tested) else None,
        QE=QE,
        QE_df=k - p,
        QE_p=float(special.chdtrc(k - p, QE)),
        I2=I2,
        H2=H2,
        R2=_r2(effects, variances, method, float(tau2[0]) * unit**2, QE, p) if intercept and p > 1 else None,
        log_likelihood=float(fit.log_likelihood[0]),
        AIC=float(fit.AIC[0]),
        BIC=float(fit.BIC[0]),
        AICc=float(fit.AICc[0]),
        fitted=fitted,
        fitted_se=np.sqrt(scale[0] * quadratic) * unit,
        residuals=effects - fitted,
        hat=w[:, 0] * quadratic,
        weights=100 * w[:, 0] / w.sum(),
    )


def permutation_test(
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    X: object,
    *,
    method: str = "reml",
    interval: str = "hartung_knapp",
    n: int = 1000,
    seed: int = 0,
    intercept: bool = True,
) -> Permutations:
    """Permutation test of a meta-regression: moderators are dealt out anew among the studies.

    Every order is tried if there are at most `n` that differ; otherwise `n` orders drawn at random, the observed one
    among them. The p-value is the share of orders with a test statistic at least as large as the observed one.

    Parameters
    ----------
    y, v, X, method, interval, intercept
        As in `regress`.
    n : int
        Orders to try; 1000 or more.
    seed : int
        Of the random orders, so that the result can be repeated.

    Raises
    ------
    SynthesisError, TooFewStudies
        As `regress`; or if n < 1.

    References
    ----------
    Higgins & Thompson (2004) Stat Med 23:1663-1682. As `permutest` of metafor.
    """
    check_options(method, interval, 95.0)
    if n < 1:
        raise SynthesisError(f"A permutation test needs at least one order, not {n}.")
    effects, variances = check_studies(y, v)
    design = design_of(X, len(effects), None, intercept)
    k, p = design.columns.shape
    tested = np.arange(1 if intercept else 0, p)
    orders, exact = _orders(design.columns, n, seed)
    above, above_qm = np.zeros(p), 0
    width = max(1, _CHUNK // k)
    least: Array | None = None
    for i in range(0, len(orders), width):
        rows = orders[i : i + width].T
        studies = scaled(effects[rows], variances[rows], design.basis, centre=design.centre)
        _refuse_equal(studies, interval)
        P = Projection(studies, 1 / (studies.v + heterogeneity.estimate_tau2(studies, method)))
        unit = studies.unit[:, None]
        scale = (_scale(studies, P, interval)[:, None] * unit**2)[:, :, None]
        covariance = scale * (design.turn @ P.covariance @ design.turn.T)
        b = unit * (P.coefficients(studies.y) @ design.turn.T) + studies.origin[:, None] * design.ones
        size = np.abs(b) / np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
        figures = np.column_stack([size, _qm(b, covariance, tested, None)])
        if least is None:
            least = figures[0] * (1 - 1e-10)  # as large up to rounding counts as large
        counts = (figures >= least).sum(axis=0)
        above, above_qm = above + counts[:-1], above_qm + int(counts[-1])
    return Permutations(
        p_value=above / len(orders),
        QM_p=above_qm / len(orders) if len(tested) else None,
        n=len(orders),
        exact=exact,
    )


def _refuse_equal(studies: Studies, interval: str) -> None:
    """Hartung-Knapp has no variance where nothing is left to explain."""
    if interval != "hartung_knapp":
        return
    w = 1 / studies.v
    left = (w * Projection(studies, w).residuals(studies.y) ** 2).sum(axis=0)
    if (left <= _EXACT * (w * studies.y**2).sum(axis=0)).any():
        raise SynthesisError(
            "The moderators explain the effects exactly, so the Hartung-Knapp variance would be 0. Ask for the "
            'interval "wald" or "hartung_knapp_adhoc", or use fewer moderators.'
        )


def _scale(studies: Studies, P: Projection, interval: str) -> Array:
    """What the Wald covariance is multiplied by."""
    if interval == "wald":
        return np.ones(studies.k.shape)
    factor: Array = (P.w * P.residuals(studies.y) ** 2).sum(axis=0) / studies.df
    return np.maximum(factor, 1.0) if interval == "hartung_knapp_adhoc" else factor


def _qm(b: Array, covariance: Array, tested: npt.NDArray[np.intp], df: float | None) -> Array:
    """Wald-type statistic of some coefficients together, for each row of b; divided by their number for an F test."""
    if not len(tested):
        return np.zeros(len(b))
    part = b[:, tested, None]
    solved = np.linalg.solve(covariance[:, tested[:, None], tested], part)
    QM: Array = (part * solved).sum(axis=(1, 2)) / (1 if df is None else len(tested))
    return QM


def _qm_p(QM: float, df1: int, df2: float | None) -> float:
    return float(special.chdtrc(df1, QM) if df2 is None else special.fdtrc(df1, df2, QM))


def _r2(y: Array, v: Array, method: str, tau2: float, QE: float, p: int) -> float:
    """Share of heterogeneity explained against the model without moderators, in percent, at least 0."""
    alone = scaled(y[:, None], v[:, None])
    if method == "common":
        Q, k = float(heterogeneity.generalised_q(alone, np.zeros(1))[0][0]), len(y)
        return 100 * max(0.0, 1 - (QE / (k - p)) / (Q / (k - 1))) if Q > 0 else 0.0
    total = float(heterogeneity.estimate_tau2(alone, method)[0] * alone.unit[0] ** 2)
    return 100 * max(0.0, 1 - tau2 / total) if total > 0 else 0.0


def _orders(columns: Array, n: int, seed: int) -> tuple[npt.NDArray[np.intp], bool]:
    """Orders of the studies, the observed one first: all that differ, if they are at most n, else n by chance."""
    kinds = np.unique(columns, axis=0, return_inverse=True)[1].ravel()
    k = len(kinds)
    logarithm = special.gammaln(k + 1) - special.gammaln(np.bincount(kinds) + 1).sum()
    if logarithm <= math.log(n) + 1e-9:
        place = np.argsort(kinds, kind="stable")
        orders = [np.arange(k)]
        for dealt in _arrangements(list(np.bincount(kinds)), k):
            order = np.empty(k, dtype=np.intp)
            order[place] = np.argsort(dealt, kind="stable")
            if dealt != kinds.tolist():
                orders.append(order)
        return np.array(orders), True
    random = np.random.default_rng(seed)
    return np.array([np.arange(k), *(random.permutation(k) for _ in range(n - 1))]), False


def _arrangements(counts: list[int], k: int) -> Iterator[list[int]]:
    """Every way to deal out kinds that occur so often among k studies."""
    if k == 0:
        yield []
    for kind, count in enumerate(counts):
        if count:
            counts[kind] -= 1
            for rest in _arrangements(counts, k - 1):
                yield [kind, *rest]
            counts[kind] += 1
