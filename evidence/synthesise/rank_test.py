"""Begg and Mazumdar's rank correlation test of funnel plot asymmetry."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evidence.errors import SynthesisError
from evidence.formulas.intervals import p_from_z
from evidence.synthesise.asymmetry import require_ten
from evidence.synthesise.pool import check_studies

#: Exact p-values of Kendall's tau up to this many studies; the normal approximation is as good long before.
_EXACT_UP_TO = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RankTest:
    """Kendall's rank correlation of standardised effects with their variances.

    `p_value` is exact where there are no ties, else `p_normal`, that of `statistic` = `score` / `score_se`.
    """

    k: int
    tau: float
    p_value: float
    exact: bool
    score: float  # concordant less discordant pairs
    score_se: float
    statistic: float
    p_normal: float


def begg(y: npt.ArrayLike, v: npt.ArrayLike, *, force: bool = False) -> RankTest:
    """Begg and Mazumdar's rank correlation test. It has less power than Egger's.

    Parameters
    ----------
    y, v : arrays of shape (k,)
        Effects on the scale of analysis and their sampling variances, > 0.
    force : bool
        Test fewer than ten studies.

    Raises
    ------
    TooFewStudies
        If k < 10 unless forced; in any case if k < 3.
    SynthesisError
        If a study cannot be used, all variances are equal, or one study alone makes up the pooled estimate.

    References
    ----------
    Begg & Mazumdar (1994) Biometrics 50:1088-1101; ties: Kendall (1970) Rank Correlation Methods. As ranktest of
    metafor (exact p-value) and metabias of meta (normal, without correction for continuity).
    """
    y_, v_ = check_studies(y, v)
    k = len(y_)
    require_ten("Begg's test of funnel plot asymmetry", k, force)
    w = 1 / v_
    left = v_ - 1 / np.sum(w)
    if np.min(left) <= 1e-12 * np.min(v_):
        raise SynthesisError(
            f"Study {int(np.argmin(v_)) + 1} of {k} is so precise that the pooled estimate is its own: a rank test "
            "says nothing. Check its variance."
        )
    standardised = (y_ - np.sum(w * y_) / np.sum(w)) / np.sqrt(left)
    pairs_of = (np.sign(standardised[i] - standardised[:i]) * np.sign(v_[i] - v_[:i]) for i in range(1, k))
    score = float(sum(np.sum(pairs) for pairs in pairs_of))
    tied = [np.unique(column, return_counts=True)[1].astype(float) for column in (standardised, v_)]
    pairs = k * (k - 1) / 2
    free = [pairs - float(np.sum(t * (t - 1))) / 2 for t in tied]
    if min(free) == 0:
        raise SynthesisError(
            "All studies have the same variance or the same standardised effect: there is nothing to correlate."
        )
    two = [float(np.sum(t * (t - 1))) for t in tied]
    three = [float(np.sum(t * (t - 1) * (t - 2))) for t in tied]
    spread = k * (k - 1) * (2 * k + 5) - sum(float(np.sum(t * (t - 1) * (2 * t + 5))) for t in tied)
    spread = spread / 18 + two[0] * two[1] / (2 * k * (k - 1)) + three[0] * three[1] / (9 * k * (k - 1) * (k - 2))
    statistic = score / math.sqrt(spread)
    exact = min(free) == pairs and k <= _EXACT_UP_TO
    return RankTest(
        k=k,
        tau=score / math.sqrt(free[0] * free[1]),
        p_value=_kendall_p(round((score + pairs) / 2), k) if exact else p_from_z(statistic),
        exact=exact,
        score=score,
        score_se=math.sqrt(spread),
        statistic=statistic,
        p_normal=p_from_z(statistic),
    )


def _kendall_p(concordant: int, k: int) -> float:
    """Two-sided exact p-value: in how many orders of k are as many or fewer (or more) pairs concordant."""
    share = np.ones(1)  # of orders by the number of concordant pairs
    for i in range(2, k + 1):
        total = np.concatenate(([0.0], np.cumsum(np.concatenate((share, np.zeros(i - 1))))))
        reach = np.arange(len(share) + i - 1)
        share = (total[reach + 1] - total[np.maximum(reach + 1 - i, 0)]) / i
    middle = k * (k - 1) / 4
    tail = np.sum(share[concordant:]) if concordant > middle else np.sum(share[: concordant + 1])
    return min(1.0, 2 * float(tail))
