"""What single studies do to a pooled estimate: leaving each out, adding one after the other, and diagnostics."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from evidence.errors import SynthesisError, TooFewStudies
from evidence.formulas.intervals import normal_quantile
from evidence.model.results import Pooled
from evidence.synthesise.many import PooledMany, check_options, solve, t_quantile
from evidence.synthesise.pool import check_studies, notes_of, pool
from evidence.synthesise.weighted import Array, scaled


@dataclass(frozen=True, slots=True)
class Cumulative:
    """One `Pooled` for each study added; `order` are the indices of the studies as they were added."""

    order: tuple[int, ...]
    steps: tuple[Pooled, ...]

    def __iter__(self) -> Iterator[Pooled]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, step: int) -> Pooled:
        return self.steps[step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    """Diagnostics of k studies, arrays of shape (k,) in their order, named as metafor names them.

    `rstudent` is the residual from the estimate without the study, over its standard error; `dffits` and `dfbetas` how
    many standard errors the estimate moves without the study; `cooks_d` the same squared, over the variance with it;
    `cov_r` the variance without over that with it; `hat` its weight as a fraction, `weights` in percent; `tau2_del` and
    `QE_del` tau2 and Q without it. `residual`, `residual_se` and `rstandard` are from the estimate with it. `baujat_x`
    is its squared Pearson residual, its part in Q under a common effect, and `baujat_y` its influence on the estimate.
    `influential` marks studies by metafor's rules. `without` holds every figure of the analyses without each study.
    """

    rstudent: Array
    dffits: Array
    cooks_d: Array
    cov_r: Array
    hat: Array
    weights: Array
    tau2_del: Array
    QE_del: Array
    dfbetas: Array
    influential: npt.NDArray[np.bool_]
    residual: Array
    residual_se: Array
    rstandard: Array
    baujat_x: Array
    baujat_y: Array
    without: PooledMany


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """Best linear unbiased predictions of k studies' true effects, with intervals; arrays of shape (k,)."""

    estimate: Array
    se: Array
    low: Array
    high: Array


def leave_one_out(
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    *,
    method: str = "reml",
    interval: str = "hartung_knapp",
    level: float = 95.0,
    prediction: str = "test",
) -> tuple[Pooled, ...]:
    """The pooled estimate without each study, in the order of the studies.

    Parameters
    ----------
    y, v, method, interval, level, prediction
        As in `pool`.

    Raises
    ------
    SynthesisError
        As `pool`.
    TooFewStudies
        If there are fewer than two studies.

    References
    ----------
    As `pool`. Compared with metafor's `leave1out` in tests/reference/.
    """
    check_options(method, interval, level, prediction)
    effects, variances = check_studies(y, v)
    if len(effects) < 2:
        raise TooFewStudies("Leaving one study out", need=2, have=len(effects))
    return _steps(effects, variances, ~np.eye(len(effects), dtype=bool), method, interval, level, prediction)


def cumulative(
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    by: npt.ArrayLike | str | None = None,
    *,
    method: str = "reml",
    interval: str = "hartung_knapp",
    level: float = 95.0,
    prediction: str = "test",
) -> Cumulative:
    """The pooled estimate after each study, as studies are added.

    Parameters
    ----------
    y, v, method, interval, level, prediction
        As in `pool`.
    by : array of shape (k,), "precision" or None
        Studies are added in rising order of these values, such as years; ties keep their order. "precision": the most
        precise first. None: as they come.

    Returns
    -------
    Cumulative
        The first step is the first study itself.

    Raises
    ------
    SynthesisError
        As `pool`; or if `by` has another length or a value that is no number.

    References
    ----------
    Lau et al. (1992) N Engl J Med 327:248-254. Compared with metafor's `cumul` in tests/reference/.
    """
    check_options(method, interval, level, prediction)
    effects, variances = check_studies(y, v)
    order = _order(by, variances)
    shown = np.triu(np.ones((len(order), len(order)), dtype=bool))
    steps = _steps(effects[order], variances[order], shown, method, interval, level, prediction)
    return Cumulative(tuple(int(i) for i in order), steps)


def _order(by: npt.ArrayLike | str | None, v: Array) -> npt.NDArray[np.intp]:
    if by is None:
        return np.arange(len(v))
    if isinstance(by, str):
        if by != "precision":
            raise SynthesisError(f'Studies are added by values, or by "precision", not by {by!r}.')
        return np.argsort(v, kind="stable")
    try:
        keys = np.asarray(by, dtype=float)
    except (TypeError, ValueError) as error:
        raise SynthesisError("The values by which studies are added must be numbers.") from error
    if keys.shape != v.shape or np.isnan(keys).any():
        raise SynthesisError(f"Every one of the {len(v)} studies needs a value by which it is added.")
    return np.argsort(keys, kind="stable")


def _steps(
    y: Array, v: Array, shown: npt.NDArray[np.bool_], method: str, interval: str, level: float, prediction: str
) -> tuple[Pooled, ...]:
    """One result for each column of `shown`, which says which studies it has."""
    Y, V = np.where(shown, y[:, None], np.nan), np.where(shown, v[:, None], np.nan)
    studies = scaled(Y, V)
    found = solve(studies, method, interval, level, prediction)
    return tuple(found.one(i, notes_of(found, i, studies, interval, prediction)) for i in range(shown.shape[1]))


def influence(
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    *,
    method: str = "reml",
    interval: str = "hartung_knapp",
    level: float = 95.0,
) -> Influence:
    """Outlier and influence diagnostics of each study.

    Parameters
    ----------
    y, v, method, interval, level
        As in `pool`; `interval` is wald, hartung_knapp or hartung_knapp_adhoc and enters the variances.

    Raises
    ------
    SynthesisError
        As `pool`.
    TooFewStudies
        If there are fewer than three studies.

    References
    ----------
    Viechtbauer & Cheung (2010) Res Synth Methods 1:112-125; Baujat et al. (2002) Stat Med 21:2641-2652. Compared with
    metafor's `influence`, `rstandard` and `baujat` in tests/reference/.
    """
    check_options(method, interval, level)
    effects, variances = check_studies(y, v)
    k = len(effects)
    if k < 3:
        raise TooFewStudies("Influence of single studies", need=3, have=k)
    full = pool(effects, variances, method=method, interval=interval, level=level)
    shown = ~np.eye(k, dtype=bool)
    studies = scaled(np.where(shown, effects[:, None], np.nan), np.where(shown, variances[:, None], np.nan))
    without = solve(studies, method, interval, level, "test")
    total = variances + (full.tau2 or 0.0)
    hat = 1 / total / (1 / total).sum()
    variance, variance_del = full.se**2, without.se**2
    scale = _factor(without, interval)
    total_del = without.tau2 + variances
    move = full.mu - without.mu
    dffits = move / np.sqrt(scale * hat * total_del)
    dfbetas = move * np.sqrt((1 / (variances[:, None] + without.tau2)).sum(axis=0) / scale)
    cooks_d = move**2 / variance
    residual = effects - full.mu
    residual_se = np.sqrt(total - 1 / (1 / total).sum())
    return Influence(
        rstudent=(effects - without.mu) / np.sqrt(scale * total_del + variance_del),
        dffits=dffits,
        cooks_d=cooks_d,
        cov_r=variance_del / variance,
        hat=hat,
        weights=100 * hat,
        tau2_del=without.tau2,
        QE_del=without.Q,
        dfbetas=dfbetas,
        influential=(np.abs(dffits) > 3 * np.sqrt(1 / (k - 1)))
        | (special.chdtr(1, cooks_d) > 0.5)
        | (hat > 3 / k)
        | (np.abs(dfbetas) > 1),
        residual=residual,
        residual_se=residual_se,
        rstandard=residual / residual_se,
        baujat_x=residual**2 / total,
        baujat_y=move**2 / variance_del,
        without=without,
    )


def _factor(found: PooledMany, interval: str) -> Array:
    """What the Wald variance was multiplied by in each analysis."""
    if interval == "wald":
        return np.ones(found.k.shape)
    factor = np.where(found.classic, 1.0, found.hartung_knapp_factor)
    return np.maximum(factor, 1.0) if interval == "hartung_knapp_adhoc" else factor


def predict_studies(
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    *,
    method: str = "reml",
    interval: str = "hartung_knapp",
    level: float = 95.0,
) -> Predictions:
    """Best linear unbiased predictions: each study's estimate drawn towards the pooled one by its imprecision.

    Parameters
    ----------
    y, v, method, interval, level
        As in `pool`.

    Raises
    ------
    SynthesisError, TooFewStudies
        As `pool`.

    References
    ----------
    Raudenbush & Bryk (1985) J Educ Stat 10:75-98; Morris (1983) J Am Stat Assoc 78:47-55. Compared with metafor's
    `blup` in tests/reference/.
    """
    effects, variances = check_studies(y, v)
    full = pool(effects, variances, method=method, interval=interval, level=level)
    tau2 = full.tau2 or 0.0
    own = tau2 / (tau2 + variances)
    estimate = own * effects + (1 - own) * full.mu
    se = np.sqrt(own * variances + (1 - own) ** 2 * full.se**2)
    half = (normal_quantile(level) if full.df is None else t_quantile(level, np.array([full.df]))[0]) * se
    return Predictions(estimate=estimate, se=se, low=estimate - half, high=estimate + half)
