"""Other sampling variances of effects than the usual one, named as metafor's `vtype` names them.

References
----------
UB of an SMD: Hedges (1983) J Educ Stat 8:157-168 (unbiased); LS2: Borenstein (2009) in Handbook of Research Synthesis,
eq. 12.17. AV: Hunter & Schmidt (2004) Methods of Meta-Analysis; of ROM: Doncaster & Spake (2018) Methods Ecol Evol
9:634-644.
"""

from collections.abc import Callable

import numpy as np

from evidence.formulas import kernels
from evidence.synthesise.columns import ARRAY, Vector

#: What a measure knows beside "LS".
VARIANTS = {
    "RD": ("UB", "AV"),
    "MD": ("UB", "HO"),
    "SMD": ("UB", "LS2", "AV"),
    "ROM": ("HO", "AV", "AVHO"),
    "PR": ("UB", "AV"),
    "PLO": ("AV",),
    "PLN": ("AV",),
}


def other_variance(measure: str, vtype: str, numbers: tuple[Vector, ...], y: Vector) -> Vector:
    """Variances of shape (k,) from what the measure's kernel takes, and from its effects y."""
    if measure in ("MD", "SMD", "ROM"):
        return _of_means(measure, vtype, numbers, y)
    groups = [numbers[i : i + 2] for i in range(0, len(numbers), 2)]
    if vtype == "UB":
        return sum((x * m / ((x + m) ** 2 * (x + m - 1)) for x, m in groups), np.zeros(len(y)))
    # the usual variance, had each study the average proportion
    averaged: list[Vector] = []
    for x, m in groups:
        n = x + m
        p = _mean(x / n, n)
        averaged += [p * n, (1 - p) * n]
    of_measure: dict[str, Callable[..., kernels.Pair]] = {
        "RD": kernels.risk_difference,
        "PR": kernels.proportion,
        "PLO": kernels.logit_proportion,
        "PLN": kernels.log_proportion,
    }
    v: Vector = of_measure[measure](ARRAY, *averaged)[1]
    return v


def _of_means(measure: str, vtype: str, numbers: tuple[Vector, ...], y: Vector) -> Vector:
    mean_a, sd_a, total_a, mean_b, sd_b, total_b = numbers
    n, share = total_a + total_b, 1 / total_a + 1 / total_b
    sd = kernels.pooled_sd(ARRAY, sd_a, total_a, sd_b, total_b)
    v: Vector
    if measure == "MD":
        v = sd**2 * share if vtype == "HO" else kernels.mean_difference(ARRAY, *numbers)[1]
    elif measure == "SMD":
        df = n - 2
        factor = kernels.small_sample_factor(ARRAY, df)
        if vtype == "UB":
            v = share + (1 - (df - 2) / (df * factor**2)) * y**2
        elif vtype == "LS2":
            v = factor**2 * (share + (y / factor) ** 2 / (2 * n))
        else:
            v = share + _mean(y, n) ** 2 / (2 * n)
    elif vtype == "HO":
        v = sd**2 / (total_a * mean_a**2) + sd**2 / (total_b * mean_b**2)
    else:
        cv_a, cv_b = _mean(sd_a / mean_a, total_a), _mean(sd_b / mean_b, total_b)
        if vtype == "AVHO":
            cv_a = cv_b = _mean(np.append(sd_a / mean_a, sd_b / mean_b), np.append(total_a, total_b))
        v = cv_a**2 / total_a + cv_b**2 / total_b
    return v


def _mean(x: Vector, weights: Vector) -> float:
    """Weighted mean of the studies whose numbers are known."""
    known = ~(np.isnan(x) | np.isnan(weights))
    return float(np.sum((x * weights)[known]) / np.sum(weights[known]))
