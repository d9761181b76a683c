"""What a synthesis gives: one pooled estimate with its heterogeneity. Everything is on the analysis scale."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """One pooled estimate of k studies, named as metafor names it.

    `mu`, `se` and the limits are on the analysis scale (log for ratios). `I2` and `H2` come from tau2 and the typical
    sampling variance, as metafor and RevMan define them; `I2_Q` is 100 (Q - df) / Q. `weights` are percent and sum to
    100. `None` stands where a figure is not defined (tau2 of one study, a prediction interval of two).
    """

    method: str
    interval: str
    level: float  # percent
    k: int
    mu: float
    se: float
    statistic: float
    df: float | None  # None: the statistic is normal
    p_value: float
    ci_low: float
    ci_high: float
    pi_low: float | None
    pi_high: float | None
    tau2: float | None
    se_tau2: float | None
    tau2_low: float | None
    tau2_high: float | None
    Q: float
    Q_df: int
    Q_p: float
    I2: float | None
    H2: float | None
    I2_Q: float | None
    weights: tuple[float, ...]
    notes: tuple[str, ...] = ()  # what a reader must know: a fallback taken, an interval not defined
