"""Trim and fill: what the pooled estimate would be if the funnel plot were made symmetric."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evidence.errors import SynthesisError
from evidence.model.results import Pooled
from evidence.synthesise.asymmetry import egger, require_ten
from evidence.synthesise.pool import check_studies, pool

ESTIMATORS = ("L0", "R0")
SIDES = ("left", "right")

_MAX_STEPS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """Studies estimated to be missing on one side of the funnel plot, and the estimate with them filled in.

    `se` is None where the variance of L0 comes out negative; `p_value` (no study is missing on that side) exists for R0
    only. `pooled` is of all studies, the filled ones last.
    """

    estimator: str
    side: str
    missing: int
    se: float | None
    p_value: float | None
    y: tuple[float, ...]  # of the filled studies
    v: tuple[float, ...]
    pooled: Pooled


def trim_and_fill(
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    *,
    estimator: str = "L0",
    side: str | None = None,
    method: str = "reml",
    interval: str = "hartung_knapp",
    level: float = 95.0,
    force: bool = False,
) -> Filled:
    """Trim and fill.

    The outermost studies of the other side are trimmed until the rest is symmetric, then mirrored at its mean. It takes
    all asymmetry for missing studies and does badly where studies differ; it is a sensitivity analysis and no corrected
    estimate.

    Parameters
    ----------
    y, v : arrays of shape (k,)
        Effects on the scale of analysis and their sampling variances, > 0.
    estimator : str
        Of the number of missing studies: "L0" or "R0".
    side : str, optional
        Where studies are missing, "left" (small effects) or "right"; by default the side that Egger's regression points
        at.
    method, interval, level
        As in `pool`; `method` is used for trimming and for the estimate.
    force : bool
        Compute it for fewer than ten studies.

    Raises
    ------
    TooFewStudies
        If k < 10 unless forced; in any case if k < 2 (3 without a side).
    SynthesisError
        If an option is unknown, the side cannot be told, or the number of missing studies never settles.

    References
    ----------
    Duval & Tweedie (2000) Biometrics 56:455-463 and J Am Stat Assoc 95:89-98. Compared with trimfill of metafor in
    tests/reference/.
    """
    y_, v_ = check_studies(y, v)
    k = len(y_)
    if estimator not in ESTIMATORS:
        raise SynthesisError(f"estimator {estimator!r} is none of {', '.join(ESTIMATORS)}.")
    require_ten("Trim and fill", k, force, least=3 if side is None else 2)
    if side is None:
        side = _side(y_, v_, method)
    if side not in SIDES:
        raise SynthesisError(f"side {side!r} is none of {', '.join(SIDES)}.")
    sign = -1.0 if side == "right" else 1.0
    order = np.argsort(sign * y_, kind="stable")
    effects, variances = sign * y_[order], v_[order]
    missing, before, steps = 0, -1, 0
    mean, se = 0.0, None
    while missing != before:
        steps += 1
        if steps > _MAX_STEPS:
            raise SynthesisError(
                f"The number of missing studies goes back and forth between {before} and {missing}: trim and fill has "
                "no answer for these studies."
            )
        before = missing
        mean = pool(effects[: k - missing], variances[: k - missing], method=method, interval="wald").mu
        missing, se = _missing(effects - mean, estimator)
    filled_y = sign * (2 * mean - effects[k - missing :])
    filled_v = variances[k - missing :]
    return Filled(
        estimator=estimator,
        side=side,
        missing=missing,
        se=se,
        p_value=0.5 ** (missing + 1) if estimator == "R0" else None,
        y=tuple(float(effect) for effect in filled_y),
        v=tuple(float(variance) for variance in filled_v),
        pooled=pool(
            np.concatenate([y_, filled_y]),
            np.concatenate([v_, filled_v]),
            method=method,
            interval=interval,
            level=level,
        ),
    )


def _side(y: npt.NDArray[np.float64], v: npt.NDArray[np.float64], method: str) -> str:
    try:
        slope = egger(y, v, model="mixed", method=method, force=True).slope
    except SynthesisError as error:
        raise SynthesisError(f"On which side studies are missing cannot be told; give `side`. {error}") from error
    return "right" if slope < 0 else "left"


def _missing(deviations: npt.NDArray[np.float64], estimator: str) -> tuple[int, float | None]:
    """How many studies are missing below, from the signed ranks of the deviations, and its standard error."""
    k = len(deviations)
    ranks = np.empty(k)
    ranks[np.argsort(np.abs(deviations), kind="stable")] = np.arange(1, k + 1)
    if estimator == "R0":
        below = ranks[deviations < 0]
        found = k - float(np.max(below, initial=0.0)) - 1 if len(below) else 0.0
        return max(0, round(found)), math.sqrt(2 * max(0.0, found) + 2)
    above = float(np.sum(ranks[deviations > 0]))
    found = (4 * above - k * (k + 1)) / (2 * k - 1)
    variance = k * (k + 1) * (2 * k + 1) + 10 * found**3 + 27 * found**2 + 17 * found
    variance += -18 * k * found**2 - 18 * k * found + 6 * k**2 * found
    return max(0, round(found)), 4 * math.sqrt(variance / 24) / (2 * k - 1) if variance >= 0 else None
