"""Arithmetic on one study's numbers: floats in, floats out. Knows no tables and needs only the standard library.

`scales` goes from the natural scale to the scale of analysis and back, `intervals` has standard error, p-value and
interval from one another, `counts` effects from counts, means and rates, `proportions` and `two_proportions` their
intervals and tests, `hazards` the log hazard ratio from what a report prints, `absolute` what a ratio means per 1,000
patients, `quantiles` means from medians. `kernels` holds the formulas that arrays of studies share. SciPy is loaded by
the functions that need a beta quantile or exact tables, when they are called.

Patient data are columns of one study, so `survival_curves`, `survival_tests`, `hazard_regression`, `competing_risks`
and `reconstruction` use NumPy and SciPy; they are loaded when a name of theirs is first asked for.
"""

import importlib
from typing import TYPE_CHECKING, Any

from evidence.formulas.absolute import AbsoluteEffect, absolute_effect, risk_ratio_from_odds_ratio
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
    events_from_survival,
    log_hr_from_ci,
    log_hr_from_medians,
    log_hr_from_observed_expected,
    log_hr_from_oe,
    log_hr_from_p,
    log_hr_from_p_events,
    log_hr_from_survival,
    log_hr_from_survival_and_test,
    log_ratio_asymmetry,
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
from evidence.formulas.quantiles import MeanSd, mean_sd_from_quantiles, mean_sd_from_quartiles, skewed
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
    fisher_p_value,
    katz,
    newcombe,
    wald_difference,
    woolf,
)

if TYPE_CHECKING:
    from evidence.formulas.competing_risks import (
        CumulativeIncidence,
        FineGray,
        IncidenceAt,
        cumulative_incidence,
        fine_gray,
        incidence_at,
    )
    from evidence.formulas.hazard_regression import CoxModel, cox
    from evidence.formulas.reconstruction import ReconstructedPatients, reconstruct_ipd
    from evidence.formulas.survival_curves import (
        RestrictedMean,
        SurvivalAt,
        SurvivalCurve,
        SurvivalTime,
        kaplan_meier,
        restricted_mean,
        survival_at,
        survival_quantile,
    )
    from evidence.formulas.survival_tests import LogRank, log_rank

__all__ = [
    "FISHER_TEST",
    "AbsoluteEffect",
    "ChiSquared",
    "CoxModel",
    "CumulativeIncidence",
    "FineGray",
    "FisherExact",
    "IncidenceAt",
    "Interval",
    "LogHazardRatio",
    "LogRank",
    "MeanSd",
    "ReconstructedPatients",
    "RestrictedMean",
    "SurvivalAt",
    "SurvivalCurve",
    "SurvivalTime",
    "TableEffect",
    "absolute_effect",
    "agresti_coull",
    "arcsine_difference",
    "chi_squared",
    "ci_from_se",
    "clopper_pearson",
    "cox",
    "cumulative_incidence",
    "events_from_percent",
    "events_from_survival",
    "expit",
    "fine_gray",
    "fisher_exact",
    "fisher_p_value",
    "freeman_tukey",
    "freeman_tukey_back",
    "half_unit",
    "harmonic_mean",
    "incidence_at",
    "incidence_rate_ratio",
    "invert",
    "is_ratio",
    "jeffreys",
    "kaplan_meier",
    "katz",
    "log_hr_from_ci",
    "log_hr_from_medians",
    "log_hr_from_observed_expected",
    "log_hr_from_oe",
    "log_hr_from_p",
    "log_hr_from_p_events",
    "log_hr_from_survival",
    "log_hr_from_survival_and_test",
    "log_odds_ratio",
    "log_rank",
    "log_ratio_asymmetry",
    "log_ratio_of_means",
    "log_risk_ratio",
    "logit",
    "mean_difference",
    "mean_sd_from_quantiles",
    "mean_sd_from_quartiles",
    "natural",
    "newcombe",
    "normal_quantile",
    "one_proportion",
    "p_from_se",
    "p_from_z",
    "peto_odds_ratio",
    "reconstruct_ipd",
    "restricted_mean",
    "risk_difference",
    "risk_ratio_from_odds_ratio",
    "se_from_ci",
    "se_from_p",
    "skewed",
    "standardised_mean_difference",
    "survival_at",
    "survival_quantile",
    "wald",
    "wald_difference",
    "wilson",
    "wilson_corrected",
    "woolf",
]


#: Names that need NumPy, and their modules.
_PATIENT_DATA = {
    "competing_risks": "CumulativeIncidence FineGray IncidenceAt cumulative_incidence fine_gray incidence_at",
    "hazard_regression": "CoxModel cox",
    "reconstruction": "ReconstructedPatients reconstruct_ipd",
    "survival_curves": (
        "RestrictedMean SurvivalAt SurvivalCurve SurvivalTime kaplan_meier restricted_mean survival_at "
        "survival_quantile"
    ),
    "survival_tests": "LogRank log_rank",
}


def __getattr__(name: str) -> Any:
    """Load a name of the modules of patient data."""
    for module, names in _PATIENT_DATA.items():
        if name in names.split():
            return getattr(importlib.import_module(f"evidence.formulas.{module}"), name)
    raise AttributeError(f"module 'evidence.formulas' has no attribute {name!r}")
