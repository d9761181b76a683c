"""The codes of the evidence tables. A code is its own text in every export, so these are string enums."""

from enum import StrEnum


class Outcome(StrEnum):
    """What was measured. What has no code here is OTHER, with the document's words in `outcome_text`."""

    OS = "OS"
    RFS = "RFS"
    LFS = "LFS"
    EFS = "EFS"
    PFS = "PFS"
    DFS = "DFS"
    DOR = "DOR"
    TTP = "TTP"
    GRFS = "GRFS"
    RELAPSE = "RELAPSE"
    NRM = "NRM"
    TRM = "TRM"
    DEATH = "DEATH"
    AGVHD = "AGVHD"
    CGVHD = "CGVHD"
    CR = "CR"
    CRI = "CRi"
    CRH = "CRh"
    CRP = "CRp"
    CRC = "CRc"
    PR = "PR"
    ORR = "ORR"
    MRD_NEG = "MRD_NEG"
    AE = "AE"
    SAE = "SAE"
    AE_G3 = "AE_G3"
    DISCONTINUATION = "DISCONTINUATION"
    OTHER = "OTHER"


class Measure(StrEnum):
    """As what it was measured: the first seven for one arm, the rest for a comparison of two."""

    PROPORTION = "proportion"
    SURVIVAL_PROBABILITY = "survival_probability"
    CUMULATIVE_INCIDENCE = "cumulative_incidence"
    MEDIAN_TIME = "median_time"
    COUNT = "count"
    MEAN = "mean"
    MEDIAN = "median"

    HR = "HR"
    SHR = "SHR"
    OR = "OR"
    RR = "RR"
    RD = "RD"
    MD = "MD"
    SMD = "SMD"
    IRR = "IRR"
    P = "P"


class Design(StrEnum):
    """How the study was made."""

    RANDOMIZED = "randomized"
    SINGLE_ARM = "single_arm"
    COHORT_RETROSPECTIVE = "cohort_retrospective"
    COHORT_PROSPECTIVE = "cohort_prospective"
    REVIEW = "review"
    PRECLINICAL = "preclinical"
    OTHER = "other"


class Report(StrEnum):
    """Whether the document is the study's own report or restates it."""

    PRIMARY = "primary"
    CITED = "cited"


class Role(StrEnum):
    """What an arm is in its study."""

    EXPERIMENTAL = "experimental"
    CONTROL = "control"
    SINGLE = "single"
    OTHER = "other"


class Adjustment(StrEnum):
    """Whether a comparison was adjusted (multivariable, stratified, weighted)."""

    UNADJUSTED = "unadjusted"
    ADJUSTED = "adjusted"


class Severity(StrEnum):
    """How strong a doubt is; in this order, worst first."""

    ERROR = "error"  # cannot both be true
    WARNING = "warning"  # unlikely
    INFO = "info"


class RowStatus(StrEnum):
    """Who stands behind a row."""

    EXTRACTED = "extracted"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REJECTED = "rejected"
    ENTERED = "entered"  # typed in by a person


class DocumentStatus(StrEnum):
    """How much of a document was read."""

    OK = "ok"
    PARTIAL = "partial"
    FAILED = "failed"


#: `derivation` of a number that stands in the document; any other text names the method that computed it.
REPORTED = "reported"


#: Outcomes that documents call by each other's names ("relapse or death" of leukaemia-free survival).
_KIN = (
    {Outcome.OS, Outcome.DEATH},
    {
        Outcome.RFS,
        Outcome.LFS,
        Outcome.EFS,
        Outcome.PFS,
        Outcome.DFS,
        Outcome.DOR,
        Outcome.TTP,
        Outcome.GRFS,
        Outcome.RELAPSE,
    },
    {Outcome.NRM, Outcome.TRM},
    {
        Outcome.CR,
        Outcome.CRI,
        Outcome.CRH,
        Outcome.CRP,
        Outcome.CRC,
        Outcome.PR,
        Outcome.ORR,
        Outcome.MRD_NEG,
    },
)
#: Outcomes that stand for many things, told apart by their words.
UNNAMED = (Outcome.OTHER, Outcome.AE, Outcome.AE_G3, Outcome.SAE)


def surely_differ(one: Outcome, other: Outcome) -> bool:
    """Whether two codes are of two things, whatever words a document has for each."""
    return one != other and not {one, other} & set(UNNAMED) and not any({one, other} <= kin for kin in _KIN)
