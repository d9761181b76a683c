"""Fail-safe N: how many studies without effect would undo the result. Superseded, but still asked for."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evidence.errors import SynthesisError
from evidence.formulas.intervals import normal_quantile, p_from_z
from evidence.synthesise.asymmetry import require_ten
from evidence.synthesise.pool import check_studies

TYPES = ("rosenthal", "orwin", "rosenberg")

#: A whole number that misses it by rounding is that number.
_WHOLE = float(np.sqrt(np.finfo(float).eps))


@dataclass(frozen=True, slots=True, kw_only=True)
class FailSafeN:
    """How many studies averaging no effect bring the result below significance, or (Orwin) down to the target."""

    type: str
    n: int
    k: int
    alpha: float
    mean: float | None  # None for Rosenthal, who adds z values
    target: float | None
    p_value: float | None  # of the studies there are; one-sided for Rosenthal, None for Orwin


def fail_safe_n(
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    type: str = "rosenthal",  # noqa: A002
    *,
    alpha: float = 0.05,
    target: float | None = None,
    weighted: bool = False,
    force: bool = False,
) -> FailSafeN:
    """Fail-safe N. It assumes common effects and averages of exactly 0 in missing studies: not to be relied on.

    Parameters
    ----------
    y, v : arrays of shape (k,)
        Effects on the scale of analysis and their sampling variances, > 0.
    type : str
        "rosenthal": sum of z values, one-sided; "orwin": mean effect brought to `target`; "rosenberg": common-effect
        estimate, two-sided.
    alpha : float
        Level of significance, for Rosenthal and Rosenberg.
    target : float, optional
        For Orwin: the effect that would no longer matter, half the mean by default; its sign is that of the mean.
    weighted : bool
        For Orwin: mean with weights 1 / v instead of the plain one.
    force : bool
        Compute it for fewer than ten studies.

    Raises
    ------
    TooFewStudies
        If k < 10 unless forced.
    SynthesisError
        If an option is unknown, or a target of 0 (never reached).

    References
    ----------
    Rosenthal (1979) Psychol Bull 86:638-641; Orwin (1983) J Educ Stat 8:157-159; Rosenberg (2005) Evolution 59:464-468.
    As fsn of metafor.
    """
    y_, v_ = check_studies(y, v)
    if type not in TYPES:
        raise SynthesisError(f"type {type!r} is none of {', '.join(TYPES)}.")
    if not 0 < alpha < 0.5:
        raise SynthesisError(f"alpha {alpha} is no level of significance; 0.05 is usual.")
    k = len(y_)
    require_ten("Fail-safe N", k, force, least=1)
    w = 1 / v_
    mean: float | None = None
    p_value: float | None = None
    if type == "rosenthal":
        z = abs(float(np.sum(y_ / np.sqrt(v_)))) / math.sqrt(k)
        p_value = p_from_z(z) / 2
        found = k * (z / normal_quantile(100 * (1 - 2 * alpha))) ** 2 - k
    elif type == "rosenberg":
        mean = float(np.sum(w * y_) / np.sum(w))
        p_value = p_from_z(mean * math.sqrt(float(np.sum(w))))
        found = k * ((float(np.sum(w * y_)) / normal_quantile(100 * (1 - alpha))) ** 2 / float(np.sum(w)) - 1)
    else:
        mean = float(np.sum(w * y_) / np.sum(w)) if weighted else float(np.mean(y_))
        target = mean / 2 if target is None else math.copysign(target, mean)
        if target == 0:
            raise SynthesisError("No number of studies without effect brings the mean to 0; give another target.")
        found = k * (mean - target) / target
    return FailSafeN(
        type=type,
        n=_up(max(0.0, found)),
        k=k,
        alpha=alpha,
        mean=mean,
        target=target if type == "orwin" else None,
        p_value=p_value,
    )


def _up(value: float) -> int:
    return round(value) if abs(value - round(value)) < _WHOLE else math.ceil(value)
