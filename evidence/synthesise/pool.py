"""One pooled estimate: common or random effects, with confidence and prediction interval.

`many` computes the figures, of this one analysis as of many; here studies are checked, and what a reader must know of
the result is put in words. The problem is centred and scaled before it is solved, so that results move exactly with the
unit and the origin of y.
"""

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from evidence.errors import SynthesisError, TooFewStudies
from evidence.formulas.intervals import normal_quantile
from evidence.model.results import Pooled
from evidence.synthesise.fixed_weights import POWERS, fixed_weights_interval
from evidence.synthesise.many import PooledMany, check_options, solve
from evidence.synthesise.weighted import Array, Studies, scaled

TAU2_INTERVALS = ("q_profile", *POWERS)
EQUAL_EFFECTS = ("wald", "point")


def pool(
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    *,
    method: str = "reml",
    interval: str = "hartung_knapp",
    level: float = 95.0,
    prediction: str = "test",
    tau2_interval: str = "q_profile",
    equal_effects: str = "wald",
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
        "wald" (normal), "hartung_knapp" (t with k - 1 degrees of freedom), "hartung_knapp_adhoc" (the same, with a
        standard error never below the Wald one), "hartung_knapp_ci" (the wider of the first two) or
        "hartung_knapp_iqwig" (Hartung-Knapp, ad hoc where that is narrower than the Wald interval of DerSimonian and
        Laird).
    level : float
        In percent.
    prediction : str
        "test": with the quantile of the interval's own distribution (normal or t with k - 1), as metafor; "hts": t with
        k - 2 degrees of freedom; "k_minus_1": t with k - 1, whatever the interval.
    tau2_interval : str
        "q_profile", or from a Q with fixed weights: "jackson" (1 / se) or "biggerstaff_jackson" (1 / v).
    equal_effects : str
        What a Hartung-Knapp interval is where all effects are equal and its variance is 0: "wald", the classic one, or
        "point", the formula's own interval of width 0, as metafor.

    Returns
    -------
    Pooled
        One study is returned as it is, with a Wald interval and, as in metafor, tau2 = 0. Where all effects are equal
        the Wald interval takes the place of Hartung-Knapp. Both say so in `interval` and `notes`.
        I2 and H2 come from tau2; for "common" from Q, as in metafor.

    Raises
    ------
    SynthesisError
        If an option is unknown, lengths differ, or an effect or variance is not finite or a variance not positive.
    TooFewStudies
        If there is no study.
    NotConverged
        If tau2 cannot be found.

    References
    ----------
    Hartung & Knapp (2001) Stat Med 20:3875-3889; Sidik & Jonkman (2002) Stat Med 21:3153-3159; ad hoc: Roever, Knapp &
    Friede (2015) BMC Med Res Methodol 15:99; wider: Wiksten, Ruecker & Schwarzer (2016) Stat Med 35:2503-2515; IQWiG
    (2020) General Methods 6.0; prediction: Higgins, Thompson & Spiegelhalter (2009) J R Stat Soc A 172:137-159, with
    k - 1: Veroniki et al. (2019) Res Synth Methods 10:23-43. Of tau2 and its interval: `heterogeneity` and
    `fixed_weights`. Compared with metafor in tests/reference/.
    """
    check_options(method, interval, level, prediction)
    for name, value, allowed in (
        ("tau2_interval", tau2_interval, TAU2_INTERVALS),
        ("equal_effects", equal_effects, EQUAL_EFFECTS),
    ):
        if value not in allowed:
            raise SynthesisError(f"{name} {value!r} is none of {', '.join(allowed)}.")
    effects, variances = check_studies(y, v)
    studies = scaled(effects[:, None], variances[:, None])
    found = solve(studies, method, interval, level, prediction, keep_points=equal_effects == "point")
    result = found.one(0, notes_of(found, 0, studies, interval, prediction))
    if tau2_interval != "q_profile" and method != "common" and result.k > 1:
        low, high = fixed_weights_interval(studies, tau2_interval, level)
        typical = found.typical_variance[0] / studies.unit[0] ** 2
        (I2_low, H2_low), (I2_high, H2_high) = (
            (float(100 * limit / (limit + typical)), float(limit / typical + 1)) for limit in (low, high)
        )
        unit2 = float(studies.unit[0]) ** 2
        result = replace(
            result,
            tau2_low=low * unit2,
            tau2_high=high * unit2,
            I2_low=I2_low,
            I2_high=I2_high,
            H2_low=H2_low,
            H2_high=H2_high,
        )
    return result


def check_studies(y: npt.ArrayLike, v: npt.ArrayLike) -> tuple[Array, Array]:
    """Effects and variances as arrays.

    Raises
    ------
    SynthesisError, TooFewStudies
        As `pool`.
    """
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
    usable = np.isfinite(effects) & np.isfinite(variances)
    if not usable.all():
        place = int(np.argmin(usable))
        raise SynthesisError(
            f"Study {place + 1} of {len(effects)} has effect {effects[place]} and variance {variances[place]}: it has "
            "no usable estimate. Leave it out, or say how empty cells are to be handled."
        )
    if not (variances > 0).all():
        place = int(np.argmin(variances > 0))
        raise SynthesisError(
            f"Study {place + 1} of {len(effects)} has sampling variance {variances[place]}; it must be positive (the "
            "square of the standard error, on the scale of analysis)."
        )
    return effects, variances


def notes_of(found: PooledMany, column: int, studies: Studies, interval: str, prediction: str) -> tuple[str, ...]:
    """What a reader must know of one analysis: a fallback taken, an interval not defined or resting on little."""
    k = int(found.k[column])
    if k == 1:
        return (
            "One study: nothing was pooled. The interval is its own (Wald); tau2 and I2 are 0 by convention, as "
            "heterogeneity is not defined.",
        )
    notes = []
    if studies.agree[column] and interval != "wald":
        if found.classic[column]:
            notes.append(
                "All studies give the same estimate, so the Hartung-Knapp variance would be 0 and its interval a "
                "point; the classic (Wald) interval is given instead."
            )
        elif found.se[column] == 0:
            notes.append("All studies give the same estimate, so the Hartung-Knapp interval is a point.")
    elif interval == "hartung_knapp_ci" and found.classic[column]:
        notes.append("The classic (Wald) interval is given, as it is wider than the Hartung-Knapp one.")
    elif interval == "hartung_knapp":
        notes += _beside(found, column, studies)
    if prediction == "hts" and k < 3:
        notes.append("A prediction interval with k - 2 degrees of freedom needs three studies.")
    elif k < 3 and found.method != "common":
        notes.append("A prediction interval from two studies says little: tau2 rests on one difference.")
    return tuple(notes)


def _beside(found: PooledMany, column: int, studies: Studies) -> list[str]:
    """What to say of a Hartung-Knapp interval that is narrower than the classic one, or rests on two studies."""
    unit = float(studies.unit[column])
    w = 1 / (studies.v[:, column] + found.tau2[column] / unit**2)
    width = normal_quantile(found.level) * unit / math.sqrt(float(w.sum()))
    if found.ci_high[column] - found.mu[column] < width:
        return [
            "The Hartung-Knapp interval is narrower than the classic (Wald) one; "
            "hartung_knapp_adhoc never lets the standard error fall below the classic one."
        ]
    if found.k[column] == 2:
        return ["With two studies the Hartung-Knapp interval has one degree of freedom and is very wide."]
    return []
