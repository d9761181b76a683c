"""Many analyses pooled at once, as arrays: for simulation, sensitivity analyses and living reviews.

Everything that `pool` says of one analysis is computed here, in columns; `pool` is one column with notes.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from evidence.errors import SynthesisError, TooFewStudies
from evidence.formulas.intervals import normal_quantile
from evidence.model.question import INTERVALS, METHODS
from evidence.model.results import Pooled
from evidence.synthesise import heterogeneity, likelihood
from evidence.synthesise.weighted import Array, Counts, Projection, Studies, distinct, scaled, sums

#: Besides those a question can ask for: the wider one of the Hartung-Knapp and the classic interval, and IQWiG's rule.
ALL_INTERVALS = (*INTERVALS, "hartung_knapp_ci", "hartung_knapp_iqwig")
#: Numbers that are worked on together: as many as stay in the processor's cache.
_CHUNK = 80_000
PREDICTIONS = ("test", "hts", "k_minus_1")


@dataclass(frozen=True, kw_only=True)
class PooledMany:
    """Figures of m analyses under the names of `Pooled`, as arrays of shape (m,); `weights` of shape (k, m).

    nan stands exactly where `Pooled` has None: in `df` where the statistic is normal, in the limits of tau2, I2 and H2
    and in the prediction interval where they are not defined; and in `weights` for a study that is not in an analysis.
    `classic` marks analyses whose interval is the classic (Wald) one although another was asked for: one study, or
    effects that are all equal.
    """

    method: str
    interval: str
    level: float
    k: Counts
    mu: Array
    se: Array
    statistic: Array
    df: Array
    p_value: Array
    ci_low: Array
    ci_high: Array
    pi_low: Array
    pi_high: Array
    tau2: Array
    se_tau2: Array
    tau2_low: Array
    tau2_high: Array
    Q: Array
    Q_df: Counts
    Q_p: Array
    I2: Array
    H2: Array
    I2_Q: Array
    weights: Array
    typical_variance: Array
    hartung_knapp_factor: Array
    I2_low: Array
    I2_high: Array
    H2_low: Array
    H2_high: Array
    H2_Q: Array
    I2_Q_low: Array
    I2_Q_high: Array
    log_likelihood: Array
    AIC: Array
    BIC: Array
    AICc: Array
    classic: npt.NDArray[np.bool_]

    def one(self, analysis: int, notes: tuple[str, ...] = ()) -> Pooled:
        """One analysis as `Pooled`, with the weights of its own studies."""
        values = {name: float(getattr(self, name)[analysis]) for name in _FIGURES}
        figures = {name: None if math.isnan(value) else value for name, value in values.items()}
        weights = self.weights[:, analysis]
        return Pooled(
            method=self.method,
            interval="wald" if self.classic[analysis] else self.interval,
            level=self.level,
            k=int(self.k[analysis]),
            Q_df=int(self.Q_df[analysis]),
            weights=tuple(weights[~np.isnan(weights)].tolist()),
            notes=notes,
            **figures,  # type: ignore[arg-type]
        )


_FIGURES = tuple(
    field.name
    for field in fields(PooledMany)
    if field.name not in ("method", "interval", "level", "k", "Q_df", "weights", "classic")
)


def pool_many(
    Y: npt.ArrayLike,
    V: npt.ArrayLike,
    *,
    method: str = "reml",
    interval: str = "hartung_knapp",
    level: float = 95.0,
    prediction: str = "test",
) -> PooledMany:
    """Pooled estimates of m analyses of up to k studies each, as `pool` gives them for one.

    Parameters
    ----------
    Y, V : arrays of shape (k, m)
        Effects on the scale of analysis and their sampling variances, > 0: a row for each study, a column for each
        analysis. nan in either is a study that the analysis does not have.
    method, interval, level, prediction
        As in `pool`.

    Returns
    -------
    PooledMany
        The same figures as `pool`, as arrays.

    Raises
    ------
    SynthesisError
        If an option is unknown, shapes differ, or a variance is not positive or a value infinite; the message names the
        study and the analysis by their places.
    TooFewStudies
        If an analysis has no study.

    References
    ----------
    As `pool`. Compared with metafor in tests/reference/.
    """
    check_options(method, interval, level, prediction)
    effects, variances = _check(Y, V)
    width = max(1, _CHUNK // len(effects))
    parts = [
        solve(scaled(effects[:, i : i + width], variances[:, i : i + width]), method, interval, level, prediction)
        for i in range(0, effects.shape[1], width)
    ]
    return parts[0] if len(parts) == 1 else _joined(parts)


def _joined(parts: list[PooledMany]) -> PooledMany:
    figures = {
        name: np.concatenate([getattr(part, name) for part in parts], axis=-1)
        for name in (*_FIGURES, "k", "Q_df", "weights", "classic")
    }
    first = parts[0]
    return PooledMany(method=first.method, interval=first.interval, level=first.level, **figures)


def check_options(method: str, interval: str, level: float, prediction: str = "test") -> None:
    """Refuse an unknown option, with the known ones."""
    for name, value, allowed in (
        ("method", method, METHODS),
        ("interval", interval, ALL_INTERVALS),
        ("prediction", prediction, PREDICTIONS),
    ):
        if value not in allowed:
            raise SynthesisError(f"{name} {value!r} is none of {', '.join(allowed)}.")
    if not 0 < level < 100:
        raise SynthesisError(f"level {level} is no confidence level in percent; 95 is usual.")


def _check(Y: npt.ArrayLike, V: npt.ArrayLike) -> tuple[Array, Array]:
    try:
        y, v = np.array(Y, dtype=float), np.array(V, dtype=float)
    except (TypeError, ValueError) as error:
        raise SynthesisError("Effects and variances must be numbers.") from error
    if y.ndim != 2 or y.shape != v.shape:
        raise SynthesisError(
            "Effects and variances of many analyses must be of one shape, studies by analyses, but are of shapes "
            f"{y.shape} and {v.shape}."
        )
    absent = np.isnan(y) | np.isnan(v)
    y[absent] = v[absent] = np.nan
    wrong = ~absent & ~(np.isfinite(y) & np.isfinite(v) & (v > 0))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise SynthesisError(
            f"Study {row + 1} of analysis {column + 1} has effect {y[row, column]} and sampling variance "
            f"{v[row, column]}; both must be finite and the variance positive. nan leaves a study out."
        )
    empty = absent.all(axis=0)
    if y.size == 0 or empty.any():
        raise TooFewStudies(f"Pooling (analysis {int(np.argmax(empty)) + 1 if empty.size else 1})", need=1, have=0)
    return y, v


def solve(
    studies: Studies,
    method: str,
    interval: str,
    level: float,
    prediction: str,
    *,
    keep_points: bool = False,
    known_tau2: float | None = None,
) -> PooledMany:
    """Every figure of every analysis; options and studies are trusted.

    With `keep_points` a Hartung-Knapp interval of equal effects stays the point that its formula gives. A `known_tau2`,
    in squared units of the effects, is not estimated.
    """
    origin, unit = studies.origin, studies.unit
    zero = np.zeros(studies.k.shape)
    df = studies.df
    tau2 = heterogeneity.estimate_tau2(studies, method) if known_tau2 is None else known_tau2 / unit**2
    w = 1 / (studies.v + tau2)
    P = Projection(studies, w)
    mu = P.coefficients(studies.y)[:, 0]
    classic_se = np.sqrt(P.covariance[:, 0, 0])
    factor = sums(w * (studies.y - mu) ** 2) / np.maximum(df, 1)
    z = normal_quantile(level)
    se, t_df, half = _interval(studies, interval, level, classic_se, factor, z, keep_points)
    centre = mu * unit + origin
    statistic = _ratio(centre, se * unit)

    Q = heterogeneity.generalised_q(studies, zero)[0]
    typical = heterogeneity.typical_variance(studies)
    I2_Q = heterogeneity.i2_from_q(Q, df)
    several = df > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        H2_Q = np.where(several, Q / df, 1.0)
    nothing = np.full(zero.shape, np.nan)
    if method == "common":
        I2, H2, spread, low, high, pi_half = I2_Q, H2_Q, nothing, nothing, nothing, nothing
    else:
        I2, H2 = _share(tau2, np.where(several, typical, 1.0))
        spread = heterogeneity.se_tau2(studies, tau2, method)
        low, high = heterogeneity.q_profile(studies, level)
        pi_half = _prediction_quantile(studies, prediction, level, t_df, z) * np.sqrt(se**2 + tau2)
    I2_low, H2_low = _share(low, typical)
    I2_high, H2_high = _share(high, typical)
    fit = likelihood.criteria(studies, tau2, method)
    I2_Q_low, I2_Q_high = _test_based(Q, studies.k, z)
    return PooledMany(
        method=method,
        interval=interval,
        level=level,
        k=studies.k,
        mu=centre,
        se=se * unit,
        statistic=statistic,
        df=t_df,
        p_value=two_sided_p(statistic, t_df),
        ci_low=(mu - half) * unit + origin,
        ci_high=(mu + half) * unit + origin,
        pi_low=(mu - pi_half) * unit + origin,
        pi_high=(mu + pi_half) * unit + origin,
        tau2=tau2 * unit**2,
        se_tau2=spread * unit**2,
        tau2_low=low * unit**2,
        tau2_high=high * unit**2,
        Q=Q,
        Q_df=df,
        Q_p=heterogeneity.q_p_value(Q, df),
        I2=I2,
        H2=H2,
        I2_Q=I2_Q,
        weights=np.where(studies.present, 100 * w / w.sum(axis=0), np.nan),
        typical_variance=typical * unit**2,
        hartung_knapp_factor=np.where(several, factor, np.nan),
        I2_low=I2_low,
        I2_high=I2_high,
        H2_low=H2_low,
        H2_high=H2_high,
        H2_Q=H2_Q,
        I2_Q_low=I2_Q_low,
        I2_Q_high=I2_Q_high,
        log_likelihood=fit.log_likelihood,
        AIC=fit.AIC,
        BIC=fit.BIC,
        AICc=fit.AICc,
        classic=np.isnan(t_df) & (interval != "wald"),
    )


def _interval(
    studies: Studies, interval: str, level: float, classic: Array, factor: Array, z: float, keep_points: bool
) -> tuple[Array, Array, Array]:
    """Standard error, degrees of freedom (nan: normal) and half the width of the interval of each analysis."""
    nothing = np.full(classic.shape, np.nan)
    if interval == "wald":
        return classic, nothing, z * classic
    df = np.maximum(studies.df, 1)
    t = t_quantile(level, df)
    se = np.sqrt(factor) * classic
    back = studies.df < 1
    if interval == "hartung_knapp_adhoc":
        se = np.maximum(se, classic)
    elif interval == "hartung_knapp_iqwig":
        w = 1 / (studies.v + heterogeneity.estimate_tau2(studies, "dl"))
        se = np.where(t * se < z / np.sqrt(w.sum(axis=0)), np.maximum(se, classic), se)
    elif not keep_points:
        back = back | studies.agree
    if interval == "hartung_knapp_ci":
        back = back | (z * classic > t * se)
    return np.where(back, classic, se), np.where(back, np.nan, df), np.where(back, z * classic, t * se)


def _prediction_quantile(studies: Studies, rule: str, level: float, df: Array, z: float) -> Array:
    """Quantile of the prediction interval; nan where there is none."""
    if rule == "test":
        normal = np.isnan(df)
        quantile = np.where(normal, z, t_quantile(level, np.where(normal, 1, df)))
        return np.where(studies.k > 1, quantile, np.nan)
    wanted = studies.k - (2 if rule == "hts" else 1)
    return np.where(wanted > 0, t_quantile(level, np.maximum(wanted, 1)), np.nan)


def _share(tau2: Array, typical: Array) -> tuple[Array, Array]:
    """I2 in percent and H2 from tau2 and the typical sampling variance (Higgins & Thompson 2002)."""
    return 100 * tau2 / (tau2 + typical), tau2 / typical + 1


def _test_based(Q: Array, k: Counts, z: float) -> tuple[Array, Array]:
    """Limits of the Q-based I2 from the standard error of ln H, with H at least 1; nan where k = 2 does not give one.

    References
    ----------
    Higgins & Thompson (2002) Stat Med 21:1539-1558, the test-based interval; as R's meta.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        large = 0.5 * (np.log(Q) - np.log(k - 1)) / (np.sqrt(2 * Q) - np.sqrt(2 * k - 3))
        small = np.where(k > 2, np.sqrt((1 - 1 / (3 * (k - 2.0) ** 2)) / (2 * (k - 2.0))), np.nan)
        se = np.where(k < Q, large, small)
        log_h = np.log(np.maximum(Q / (k - 1), 1.0)) / 2
    low, high = (np.maximum(np.exp(log_h + side * z * se), 1.0) for side in (-1, 1))
    return 100 * (1 - 1 / low**2), 100 * (1 - 1 / high**2)


def t_quantile(level: float, df: npt.NDArray[Any]) -> Array:
    """Two-sided quantiles of t, each number of degrees of freedom solved once."""
    return _by_df(lambda one: -special.stdtrit(one, (100 - level) / 200), df)


def _by_df(quantile: Callable[[Array], Array], df: npt.NDArray[Any]) -> Array:
    different, place = distinct(df)
    found: Array = quantile(different.astype(float))[place]
    return found


def two_sided_p(statistic: Array, df: Array) -> Array:
    """Two-sided p-values under t, or under the normal distribution where df is nan."""
    size: Array = -np.abs(statistic)
    normal = np.isnan(df)
    tail: Array = np.where(normal, special.ndtr(size), special.stdtr(np.where(normal, 1, df), size))
    return 2 * tail


def _ratio(estimate: Array, se: Array) -> Array:
    """Test statistic; 0 where an estimate of 0 has a standard error of 0, infinite for another."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((estimate == 0) & (se == 0), 0.0, estimate / se)
