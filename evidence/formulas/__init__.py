"""Arithmetic on one study's numbers: floats in, floats out. Knows no tables and needs only the standard library.

`scales` goes from the natural scale to the scale of analysis and back, `intervals` has standard error, p-value and
interval from one another, `counts` proportions and two-by-two tables, `hazards` the log hazard ratio from what a report
prints. SciPy is loaded by the one function that needs a beta quantile (`clopper_pearson`), when it is called.
"""

from evidence.formulas.counts import (
    TableEffect,
    agresti_coull,
    clopper_pearson,
    events_from_percent,
    half_unit,
    incidence_rate_ratio,
    log_odds_ratio,
    log_risk_ratio,
    mean_difference,
    one_proportion,
    peto_odds_ratio,
    risk_difference,
    standardised_mean_difference,
    wilson,
)
from evidence.formulas.hazards import (
    LogHazardRatio,
    log_hr_from_ci,
    log_hr_from_observed_expected,
    log_hr_from_oe,
    log_hr_from_p,
    log_hr_from_p_events,
)
from evidence.formulas.intervals import ci_from_se, normal_quantile, p_from_se, p_from_z, se_from_ci, se_from_p
from evidence.formulas.scales import (
    expit,
    freeman_tukey,
    freeman_tukey_back,
    harmonic_mean,
    invert,
    is_ratio,
    logit,
    natural,
)

__all__ = [
    "LogHazardRatio",
    "TableEffect",
    "agresti_coull",
    "ci_from_se",
    "clopper_pearson",
    "events_from_percent",
    "expit",
    "freeman_tukey",
    "freeman_tukey_back",
    "half_unit",
    "harmonic_mean",
    "incidence_rate_ratio",
    "invert",
    "is_ratio",
    "log_hr_from_ci",
    "log_hr_from_observed_expected",
    "log_hr_from_oe",
    "log_hr_from_p",
    "log_hr_from_p_events",
    "log_odds_ratio",
    "log_risk_ratio",
    "logit",
    "mean_difference",
    "natural",
    "normal_quantile",
    "one_proportion",
    "p_from_se",
    "p_from_z",
    "peto_odds_ratio",
    "risk_difference",
    "se_from_ci",
    "se_from_p",
    "standardised_mean_difference",
    "wilson",
]
