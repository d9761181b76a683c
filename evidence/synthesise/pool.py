"""One pooled estimate: common or random effects, with confidence and prediction interval.

tau2 comes from `heterogeneity`, the estimate and its variance at that tau2 from PyMARE's weighted least squares. The
problem is centred and scaled before it is solved, so that results move exactly with the unit and the origin of y.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from evidence.errors import SynthesisError, TooFewStudies
from evidence.formulas.intervals import normal_quantile, p_from_z
from evidence.model.question import INTERVALS, METHODS
from evidence.model.results import Pooled
from evidence.synthesise import heterogeneity

Vector = npt.NDArray[np.float64]

PREDICTIONS = ("test", "hts")

_CORRECTION = {
    "wald": "wald",
    "hartung_knapp": "knapp-hartung",
    "hartung_knapp_adhoc": "knapp-hartung-conservative",
}

#: Distances from the median that are no differences between studies: within rounding of y, or this small beside a
#: standard error. No document prints so many digits.
_ROUNDING = 8 * np.finfo(float).eps
_NEGLIGIBLE = 1e-7


def pool(
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    *,
    method: str = "reml",
    interval: str = "hartung_knapp",
    level: float = 95.0,
    prediction: str = "test",
) -> Pooled:
    """Pooled estimate of k studies.

    Parameters
    ----------
    y, v : arrays of shape (k,)
        Effects on the scale of analysis (log HR, log OR, MD ...) and their sampling variances, > 0; not their
        standard errors.
    method : str
        "common" (one true effect) or the estimator of tau2 for random effects: dl he hs sj ml reml eb pm.
    interval : str
        "wald" (normal), "hartung_knapp" (t with k - 1 degrees of freedom) or "hartung_knapp_adhoc" (the same, with a
        standard error never below the Wald one).
    level : float
        In percent.
    prediction : str
        "test": with the quantile of the interval's own distribution (normal or t with k - 1), as metafor; "hts": t with
        k - 2 degrees of freedom.

    Returns
    -------
    Pooled
        One study is returned as it is, with a Wald interval and no heterogeneity. Where all effects are equal the
        Hartung-Knapp variance would be 0: the Wald interval takes its place. Both say so in `interval` and `notes`.
        I2 and H2 come from tau2; for "common" from Q, as in metafor.

    Raises
    ------
    SynthesisError
        If an option is unknown, lengths differ, or an effect or variance is not finite or a variance not positive.
    TooFewStudies
        If there is no study.

    References
    ----------
    Hartung & Knapp (2001) Stat Med 20:3875-3889; Sidik & Jonkman (2002) Stat Med 21:3153-3159; ad hoc: Roever, Knapp &
    Friede (2015) BMC Med Res Methodol 15:99; prediction: Higgins, Thompson & Spiegelhalter (2009) J R Stat Soc A
    172:137-159. Of tau2 and its interval: `heterogeneity`. Compared with metafor in tests/reference/.
    """
    _check_options(method, interval, level, prediction)
    effects, variances = _check_studies(y, v)
    k = len(effects)
    notes: list[str] = []
    if k == 1:
        return _single(float(effects[0]), float(variances[0]), method, level)

    origin, unit = float(np.median(effects)), math.sqrt(float(np.median(variances)))
    y_, v_ = (effects - origin) / unit, variances / unit**2
    # Where studies agree to the last digit, what is left of them after centring is noise of the subtraction.
    agree = bool(np.max(np.abs(effects - origin)) <= max(_ROUNDING * np.max(np.abs(effects)), _NEGLIGIBLE * unit))
    if agree:
        y_ = np.zeros(k)
    tau2 = 0.0 if method == "common" or agree else heterogeneity.estimate_tau2(y_, v_, method)
    if agree and interval == "hartung_knapp":
        interval = "wald"
        notes.append(
            "All studies give the same estimate, so the Hartung-Knapp variance would be 0 and its interval a point; "
            "the classic (Wald) interval is given instead."
        )
    mu, se = _weighted_mean(y_, v_, tau2, interval)
    df = None if interval == "wald" else float(k - 1)
    half = _quantile(level, df) * se
    low, high = mu - half, mu + half
    if interval == "hartung_knapp":
        notes += _beside(y_, v_, tau2, half, level, origin, unit)
    pi = None if method == "common" else _prediction(mu, se, tau2, k, df, level, prediction, notes)

    Q, Q_df, Q_p = heterogeneity.cochran_q(y_, v_)
    I2_Q = heterogeneity.i2_from_q(Q, Q_df)
    I2, H2 = (I2_Q, Q / Q_df) if method == "common" else heterogeneity.i2_h2(tau2, v_)
    limits = None if method == "common" else heterogeneity.q_profile(y_, v_, level)
    statistic = (mu * unit + origin) / (se * unit)
    w = 1 / (v_ + tau2)
    return Pooled(
        method=method,
        interval=interval,
        level=level,
        k=k,
        mu=mu * unit + origin,
        se=se * unit,
        statistic=statistic,
        df=df,
        p_value=_p_value(statistic, df),
        ci_low=low * unit + origin,
        ci_high=high * unit + origin,
        pi_low=pi.low * unit + origin if pi else None,
        pi_high=pi.high * unit + origin if pi else None,
        tau2=tau2 * unit**2,
        se_tau2=None if method == "common" else heterogeneity.se_tau2(y_, v_, tau2, method) * unit**2,
        tau2_low=limits.low * unit**2 if limits else None,
        tau2_high=limits.high * unit**2 if limits else None,
        Q=Q,
        Q_df=Q_df,
        Q_p=Q_p,
        I2=I2,
        H2=H2,
        I2_Q=I2_Q,
        weights=tuple(float(share) for share in 100 * w / np.sum(w)),
        notes=tuple(notes),
    )


def _check_options(method: str, interval: str, level: float, prediction: str) -> None:
    for name, value, allowed in (
        ("method", method, METHODS),
        ("interval", interval, INTERVALS),
        ("prediction", prediction, PREDICTIONS),
    ):
        if value not in allowed:
            raise SynthesisError(f"{name} {value!r} is none of {', '.join(allowed)}.")
    if not 0 < level < 100:
        raise SynthesisError(f"level {level} is no confidence level in percent; 95 is usual.")


def _check_studies(y: npt.ArrayLike, v: npt.ArrayLike) -> tuple[Vector, Vector]:
    try:
        effects, variances = np.asarray(y, dtype=float), np.asarray(v, dtype=float)
    except (TypeError, ValueError) as error:
        raise SynthesisError("Effects and variances must be numbers.") from error
    if effects.ndim != 1 or effects.shape != variances.shape:
        raise SynthesisError(
            f"Effects and variances must be two lists of one length, but are of shapes {effects.shape} and "
            f"{variances.shape}."
        )
    if not len(effects):
        raise TooFewStudies("Pooling", need=1, have=0)
    for place, (effect, variance) in enumerate(zip(effects, variances, strict=True), start=1):
        if not (math.isfinite(effect) and math.isfinite(variance)):
            raise SynthesisError(
                f"Study {place} of {len(effects)} has effect {effect} and variance {variance}: it has no usable "
                "estimate. Leave it out, or say how empty cells are to be handled."
            )
        if variance <= 0:
            raise SynthesisError(
                f"Study {place} of {len(effects)} has sampling variance {variance}; it must be positive (the square of "
                "the standard error, on the scale of analysis)."
            )
    return effects, variances


def _single(y: float, v: float, method: str, level: float) -> Pooled:
    """The study itself."""
    se = math.sqrt(v)
    half = normal_quantile(level) * se
    return Pooled(
        method=method,
        interval="wald",
        level=level,
        k=1,
        mu=y,
        se=se,
        statistic=y / se,
        df=None,
        p_value=p_from_z(y / se),
        ci_low=y - half,
        ci_high=y + half,
        pi_low=None,
        pi_high=None,
        tau2=None,
        se_tau2=None,
        tau2_low=None,
        tau2_high=None,
        Q=0.0,
        Q_df=0,
        Q_p=1.0,
        I2=None,
        H2=None,
        I2_Q=None,
        weights=(100.0,),
        notes=("One study: nothing was pooled. The interval is its own (Wald); heterogeneity is not defined.",),
    )


def _weighted_mean(y: Vector, v: Vector, tau2: float, interval: str) -> tuple[float, float]:
    """Mean with weights 1 / (v + tau2) and its standard error."""
    from pymare.estimators import WeightedLeastSquares  # loads pandas and sympy: a second or more

    fit = WeightedLeastSquares(tau2=tau2, small_sample_correction=_CORRECTION[interval])
    fit.fit(y[:, None], X=np.ones((len(y), 1)), v=v[:, None])
    mu = float(fit.params_["fe_params"][0, 0])
    if not np.any(y):  # equal effects: the corrected variance is 0 / 0, the ad hoc one is the classic one
        return mu, float(1 / np.sqrt(np.sum(1 / (v + tau2))))
    return mu, math.sqrt(float(np.ravel(fit.params_["inv_cov"])[0]))


@dataclass(frozen=True, slots=True)
class _Range:
    low: float
    high: float


def _prediction(
    mu: float, se: float, tau2: float, k: int, df: float | None, level: float, rule: str, notes: list[str]
) -> _Range | None:
    if rule == "hts" and k < 3:
        notes.append("A prediction interval with k - 2 degrees of freedom needs three studies.")
        return None
    if k < 3:
        notes.append("A prediction interval from two studies says little: tau2 rests on one difference.")
    half = _quantile(level, k - 2.0 if rule == "hts" else df) * math.sqrt(se**2 + tau2)
    return _Range(mu - half, mu + half)


def _beside(y: Vector, v: Vector, tau2: float, half: float, level: float, origin: float, unit: float) -> list[str]:
    """What to say of a Hartung-Knapp interval that is narrower than the classic one, or rests on two studies."""
    mu, classic = _weighted_mean(y, v, tau2, "wald")
    width = normal_quantile(level) * classic
    limits = f"{(mu - width) * unit + origin:.4g} to {(mu + width) * unit + origin:.4g} on the scale of analysis"
    if half < width:
        return [
            f"The Hartung-Knapp interval is narrower than the classic (Wald) one, {limits}; "
            "hartung_knapp_adhoc never lets the standard error fall below the classic one."
        ]
    if len(y) == 2:
        return [
            "With two studies the Hartung-Knapp interval has one degree of freedom and is very wide; "
            f"the classic (Wald) interval is {limits}."
        ]
    return []


def _quantile(level: float, df: float | None) -> float:
    """Two-sided quantile of the normal distribution, or of t."""
    return normal_quantile(level) if df is None else -float(special.stdtrit(df, (100 - level) / 200))


def _p_value(statistic: float, df: float | None) -> float:
    """Two-sided p-value under the normal distribution, or t."""
    return p_from_z(statistic) if df is None else 2 * float(special.stdtr(df, -abs(statistic)))
