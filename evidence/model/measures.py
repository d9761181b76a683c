"""What each measure is and which way each outcome is good."""

from dataclasses import dataclass

from evidence.model.codes import Measure, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureFacts:
    """Scale of analysis, value of no effect and name in words of one contrast measure."""

    words: str
    log_scale: bool
    null: float | None  # natural scale; None where the measure has no estimate


CONTRAST_MEASURES: dict[Measure, MeasureFacts] = {
    Measure.HR: MeasureFacts(words="hazard ratio", log_scale=True, null=1.0),
    Measure.SHR: MeasureFacts(words="subdistribution hazard ratio", log_scale=True, null=1.0),
    Measure.OR: MeasureFacts(words="odds ratio", log_scale=True, null=1.0),
    Measure.RR: MeasureFacts(words="risk ratio", log_scale=True, null=1.0),
    Measure.IRR: MeasureFacts(words="incidence rate ratio", log_scale=True, null=1.0),
    Measure.RD: MeasureFacts(words="risk difference (percentage points)", log_scale=False, null=0.0),
    Measure.MD: MeasureFacts(words="mean difference", log_scale=False, null=0.0),
    Measure.SMD: MeasureFacts(words="standardised mean difference", log_scale=False, null=0.0),
    Measure.P: MeasureFacts(words="p-value", log_scale=False, null=None),
}

#: Measures of one arm whose `value` is a percentage.
PERCENTAGES = frozenset({Measure.PROPORTION, Measure.SURVIVAL_PROBABILITY, Measure.CUMULATIVE_INCIDENCE})

#: A hazard ratio for these counts losses (death, relapse, progression): below 1 favours the first arm.
TIME_TO_EVENT = frozenset(
    {
        Outcome.OS,
        Outcome.RFS,
        Outcome.LFS,
        Outcome.EFS,
        Outcome.PFS,
        Outcome.DFS,
        Outcome.DOR,
        Outcome.TTP,
        Outcome.GRFS,
    }
)

#: More of these is good for the patient.
RESPONSES = frozenset(
    {
        Outcome.CR,
        Outcome.CRI,
        Outcome.CRH,
        Outcome.CRP,
        Outcome.CRC,
        Outcome.PR,
        Outcome.ORR,
        Outcome.MRD_NEG,
    }
)

#: Less of these is good for the patient.
HARMS = frozenset(
    {
        Outcome.RELAPSE,
        Outcome.NRM,
        Outcome.TRM,
        Outcome.DEATH,
        Outcome.AGVHD,
        Outcome.CGVHD,
        Outcome.AE,
        Outcome.SAE,
        Outcome.AE_G3,
        Outcome.DISCONTINUATION,
    }
)


def lower_is_better(outcome: Outcome, measure: Measure) -> bool | None:
    """Whether an estimate below the null favours the first arm; None where the outcome does not tell.

    A hazard ratio of OS counts deaths, so lower is better; an odds ratio of remission counts remissions, so higher is.
    A risk difference of a survival probability counts survivors, so higher is better.
    """
    if outcome in TIME_TO_EVENT:
        return measure in (Measure.HR, Measure.SHR, Measure.IRR)
    if outcome in RESPONSES:
        return False
    if outcome in HARMS:
        return True
    return None
