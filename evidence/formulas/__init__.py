"""Arithmetic on one study's numbers: floats in, floats out. Knows no tables and needs only the standard library.

`scales` goes from the natural scale to the scale of analysis and back, `intervals` has standard error, p-value and
interval from one another, `counts` effects from counts, means and rates, `proportions` and `two_proportions` their
intervals and tests, `hazards` the log hazard ratio from what a report prints, `absolute` what a ratio means per 1,000
patients, `quantiles` means from medians. `kernels` holds the formulas that arrays of studies share. SciPy is loaded by
the functions that need a beta quantile or exact tables, when they are called.
"""

from evidence.formulas.counts import (
    TableEffect,
    arcsine_difference,
    events_from_percent,
    half_unit,
    incidence_rate_ratio,
    log_odds_ratio,
    log_ratio_of_means,
    log_risk_ratio,
    mean_difference,
    peto_odds_ratio,
    risk_difference,
    standardised_mean_difference,
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
from evidence.formulas.proportions import (
    Interval,
    agresti_coull,
    clopper_pearson,
    jeffreys,
    one_proportion,
    wald,
    wilson,
    wilson_corrected,
)
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
from evidence.formulas.two_proportions import (
    FISHER_TEST,
    ChiSquared,
    FisherExact,
    chi_squared,
    fisher_exact,
    katz,
    newcombe,
    wald_difference,
    woolf,
)

__all__ = [
    "FISHER_TEST",
    "ChiSquared",
    "FisherExact",
    "Interval",
    "LogHazardRatio",
    "TableEffect",
    "agresti_coull",
    "arcsine_difference",
    "chi_squared",
    "ci_from_se",
    "clopper_pearson",
    "events_from_percent",
    "expit",
    "fisher_exact",
    "freeman_tukey",
    "freeman_tukey_back",
    "half_unit",
    "harmonic_mean",
    "incidence_rate_ratio",
    "invert",
    "is_ratio",
    "jeffreys",
    "katz",
    "log_hr_from_ci",
    "log_hr_from_observed_expected",
    "log_hr_from_oe",
    "log_hr_from_p",
    "log_hr_from_p_events",
    "log_odds_ratio",
    "log_ratio_of_means",
    "log_risk_ratio",
    "logit",
    "mean_difference",
    "natural",
    "newcombe",
    "normal_quantile",
    "one_proportion",
    "p_from_se",
    "p_from_z",
    "peto_odds_ratio",
    "risk_difference",
    "se_from_ci",
    "se_from_p",
    "standardised_mean_difference",
    "wald",
    "wald_difference",
    "wilson",
    "wilson_corrected",
    "woolf",
]
