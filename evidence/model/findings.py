"""A summary of findings as it was worked out: each row's relative effect and the absolute risks that follow from it.

Risks are fractions of patients as the row counts them: with the event, or without it where survival is shown.
"""

from dataclasses import dataclass

from evidence.model.question import Question
from evidence.model.results import Analysis
from evidence.model.summary import Summary, SummaryOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparatorRate:
    """What one comparator arm contributes to the comparator's risk."""

    label: str  # of the study
    percent: float  # of patients counted as the row counts them
    n: int | None
    result_ids: tuple[str, ...]
    others: tuple[float, ...] = ()  # different values of the same arm and time, percent, which were not used


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparatorRisk:
    """Risk of the comparator, and where it comes from."""

    risk: float
    how: str  # "median" or "pooled" of the arms, or "given"
    source: str = ""  # of a risk that was given
    arms: tuple[ComparatorRate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsoluteRisk:
    """Risk with the intervention and its limits, all counted as the row counts; a limit is None where it has none."""

    risk: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One row of a summary of findings. `effect` are estimate and limits of the ratio, None where no study has one."""

    row: SummaryOutcome
    question: Question
    analysis: Analysis
    survival: bool
    effect: tuple[float, float, float] | None
    participants: int  # in arms of which the number is known
    unknown_n: int  # arms of which it is not
    comparator: ComparatorRisk | None = None
    intervention: AbsoluteRisk | None = None
    why_not: str = ""  # why there are no absolute risks
    asymmetry: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The rows of one summary; `unanswered` are rows whose question could not be worked on."""

    summary: Summary
    rows: tuple[Finding, ...]
    unanswered: tuple[SummaryOutcome, ...] = ()
