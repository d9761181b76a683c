"""The rows of the evidence tables, frozen and spelled as the tables spell them.

Numbers a document prints are `Decimal` with the digits printed: HR 0.60 is `Decimal("0.60")`. `None` is "not reported",
never a guess. Identifiers of studies and arms are unique within a document when they leave `extract`; the store gives a
study the same `study_id` across documents.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Protocol, TypeVar

from evidence.model.codes import (
    REPORTED,
    Adjustment,
    Design,
    DocumentStatus,
    Measure,
    Outcome,
    Report,
    Role,
    RowStatus,
    Severity,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a number was read: `Document.text[char_start:char_end] == quote`."""

    char_start: int
    char_end: int
    quote: str
    page: int | None = None
    section: str | None = None
    table: str | None = None
    row: str | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """One ingested file."""

    document_id: str
    source: str
    format: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    journal: str | None = None
    year: int | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    pages: int | None = None
    status: DocumentStatus = DocumentStatus.OK
    status_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One study as one document reports it."""

    study_id: str
    document_id: str
    label: str
    acronym: str | None = None
    registry_ids: tuple[str, ...] = ()
    first_author: str | None = None
    year: int | None = None
    report: Report = Report.PRIMARY
    design: Design | None = None
    phase: str | None = None
    population: str | None = None
    n_total: int | None = None
    followup_median_months: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One arm, cohort or compared group."""

    arm_id: str
    study_id: str
    document_id: str
    label: str
    role: Role = Role.OTHER
    treatment: tuple[str, ...] = ()  # normal names of drugs or regimens
    n: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmResult:
    """One number reported for one arm, or for the whole study population (`arm_id` None, `arm` "overall")."""

    result_id: str
    document_id: str
    study_id: str
    arm_id: str | None
    arm: str
    outcome: Outcome
    outcome_text: str
    measure: Measure
    source: Source
    timepoint_months: Decimal | None = None
    value: Decimal | None = None  # percent, months, or the number itself: see Measure
    not_reached: bool = False
    ci_low: Decimal | None = None
    ci_high: Decimal | None = None
    ci_level: Decimal | None = None
    sd: Decimal | None = None
    events: int | None = None
    total: int | None = None
    subgroup: str | None = None
    derivation: str = REPORTED
    confidence: float | None = None
    status: RowStatus = RowStatus.EXTRACTED
    reviewer: str | None = None
    reviewed_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One reported comparison of two arms; the estimate is `arm` versus `comparator`, on the natural scale."""

    result_id: str
    document_id: str
    study_id: str
    arm_id: str | None
    comparator_arm_id: str | None
    arm: str
    comparator: str
    outcome: Outcome
    outcome_text: str
    measure: Measure
    source: Source
    estimate: Decimal | None = None  # HR 0.60, not -0.51 and not 0.6
    ci_low: Decimal | None = None
    ci_high: Decimal | None = None
    ci_level: Decimal | None = None
    p_value: Decimal | None = None
    p_operator: str | None = None  # one of = < > <= >=
    adjustment: Adjustment | None = None
    timepoint_months: Decimal | None = None
    subgroup: str | None = None
    derivation: str = REPORTED
    confidence: float | None = None
    status: RowStatus = RowStatus.EXTRACTED
    reviewer: str | None = None
    reviewed_at: dt.datetime | None = None


Result = ArmResult | Contrast


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """One outcome of one patient, from a table that lists single patients."""

    result_id: str
    document_id: str
    study_id: str
    arm_id: str | None
    arm: str
    patient: str  # verbatim label: "1", "UPN 7"
    outcome: Outcome
    outcome_text: str
    source: Source
    time_months: Decimal | None = None  # to the event or the end of follow-up; None for a response
    event: bool | None = None  # None: the document does not tell
    event_text: str | None = None  # verbatim status the event was read from


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One doubt about the data, in one sentence a clinician understands, with the numbers."""

    flag_id: str
    document_id: str
    study_id: str | None
    result_ids: tuple[str, ...]
    check: str
    severity: Severity
    message: str


#: What a sentence is that claims an effect without a number.
CONCLUSION = "conclusion"
#: The number of patients over the columns of an arm in a table.
ARM_SIZE = "patients of the arm"
#: What limits are that a text gives over several studies.
OVER_STUDIES = "studies"
#: What numbers of patients, or single patients of a table, are by their residual disease.
MRD_POSITIVE = "patients MRD-positive before treatment"
MRD_NEGATIVE = "patients MRD-negative before treatment"
STAYED_MRD_NEGATIVE = "patients who stayed MRD-negative"
TURNED_MRD_NEGATIVE = "patients who became MRD-negative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number, or a claim, that a document prints beside its results; checks compare it, no table holds it.

    Quantities of one `source` and one `what` are parts of a whole: those with an `arm` add up to the one without.
    """

    document_id: str
    study_id: str | None
    what: str  # its words, made uniform: "patients randomized", "doses in 50 patients"
    source: Source
    arm: str | None = None  # words for the group
    patient: str | None = None  # verbatim label, in a table that lists single patients
    value: Decimal | None = None
    total: int | None = None  # of how many the value is
    group: int | None = None  # patients of the column it stands in, of some of whom it may not be known
    percent: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    spread: str | None = None  # what the limits are: "range", "iqr", "ci" or OVER_STUDIES
    result_ids: tuple[str, ...] = ()  # rows of which the limits are told
    p_value: Decimal | None = None


class _OfDocument(Protocol):
    @property
    def document_id(self) -> str: ...


_Row = TypeVar("_Row", bound=_OfDocument)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Rows of one document, or of many; `quantities` go no further than the checks."""

    documents: tuple[DocumentRecord, ...] = ()
    studies: tuple[Study, ...] = ()
    arms: tuple[Arm, ...] = ()
    arm_results: tuple[ArmResult, ...] = ()
    contrasts: tuple[Contrast, ...] = ()
    patients: tuple[Patient, ...] = ()
    flags: tuple[Flag, ...] = field(default=())
    quantities: tuple[Quantity, ...] = ()

    def results(self) -> Iterator[Result]:
        """Every number: those of one arm first, then the comparisons."""
        yield from self.arm_results
        yield from self.contrasts

    def without_numbers(self, documents: Collection[str]) -> "Records":
        """The same, of these documents nothing but what they are and which studies they report."""

        def elsewhere(rows: tuple[_Row, ...]) -> tuple[_Row, ...]:
            return tuple(row for row in rows if row.document_id not in documents)

        return Records(
            documents=self.documents,
            studies=tuple(
                replace(study, n_total=None, followup_median_months=None) if study.document_id in documents else study
                for study in self.studies
            ),
            arms=elsewhere(self.arms),
            arm_results=elsewhere(self.arm_results),
            contrasts=elsewhere(self.contrasts),
            patients=elsewhere(self.patients),
            flags=elsewhere(self.flags),
            quantities=elsewhere(self.quantities),
        )

    def with_flags(self, flags: tuple[Flag, ...]) -> "Records":
        """The same rows with these doubts added."""
        return replace(self, flags=self.flags + flags)
