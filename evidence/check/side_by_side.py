"""What several documents say of one study, side by side: which of their rows are about the same group of patients."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from evidence.check.doubt import Doubt
from evidence.model.codes import Report, Role, Severity
from evidence.model.matching import plain
from evidence.model.records import Arm, Contrast, DocumentRecord, Records, Result

#: A study as one document reports it: the ids of both.
Telling = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What the records say of arms, documents and studies, by their ids."""

    arms: Mapping[tuple[str, str | None], Arm]
    arms_of: Mapping[Telling, int]
    documents: Mapping[str, DocumentRecord]
    reports: Mapping[Telling, Report]
    labels: Mapping[Telling, str]

    @classmethod
    def of(cls, records: Records) -> "Known":
        """Records by the ids of documents, studies and arms."""
        return cls(
            arms={(arm.document_id, arm.arm_id): arm for arm in records.arms},
            arms_of=Counter((arm.document_id, arm.study_id) for arm in records.arms),
            documents={document.document_id: document for document in records.documents},
            reports={(study.document_id, study.study_id): study.report for study in records.studies},
            labels={(study.document_id, study.study_id): study.label for study in records.studies},
        )

    def cited(self, row: Result) -> bool:
        """Whether the document of a row restates the study of others."""
        return self.reports.get(telling(row)) is Report.CITED

    def order(self, told: Telling) -> tuple[bool, Telling]:
        """The study's own report before documents that cite it, and those in the order of their ids."""
        return self.reports.get(told) is Report.CITED, told

    def label(self, row: Result) -> str:
        """What the document of a row calls its study."""
        return self.labels.get(telling(row), row.study_id)

    def document(self, document_id: str) -> str:
        """What a person calls a document: the name of its file."""
        document = self.documents.get(document_id)
        return (PurePath(document.source).name or document.source) if document else document_id

    def same_groups(self, one: Result, other: Result) -> bool:
        """Whether numbers of two documents about one study belong to the same group, or compare the same two."""
        if isinstance(one, Contrast) != isinstance(other, Contrast):
            return False
        return self._same_arm(one, other) and self._same_comparator(one, other)

    def _same_arm(self, one: Result, other: Result) -> bool:
        a, b = (self.arms.get((row.document_id, row.arm_id)) for row in (one, other))
        if a is not None and b is not None:
            return same_group(a, b)
        # The whole study population, which is also the only arm of a study that has no other.
        whole = all(row.arm == "overall" for row, arm in ((one, a), (other, b)) if arm is None)
        only = all(arm is None or (arm.role is Role.SINGLE and self.arms_of[telling(one)] < 2) for arm in (a, b))
        return whole and only and (a is b or max(self.arms_of[telling(row)] for row in (one, other)) < 2)

    def _same_comparator(self, one: Result, other: Result) -> bool:
        if not isinstance(one, Contrast) or not isinstance(other, Contrast):
            return True
        a, b = (self.arms.get((row.document_id, row.comparator_arm_id)) for row in (one, other))
        return a is not None and b is not None and same_group(a, b)


def telling(row: Result) -> Telling:
    """The document and the study of a row."""
    return row.document_id, row.study_id


def same_group(a: Arm, b: Arm) -> bool:
    """Whether arms of one study in two documents are the same, by their roles and treatments.

    A control group is recognised by its role, as documents name it in many ways; other arms need the same treatment, or
    the same label where a treatment is not known or the arms have no role.
    """
    if a.role is b.role is Role.CONTROL:
        return True
    compared = {a.role, b.role} <= {Role.EXPERIMENTAL, Role.SINGLE}
    if compared and a.treatment and b.treatment:
        return set(a.treatment) == set(b.treatment)
    same_drugs = not (a.treatment and b.treatment) or set(a.treatment) == set(b.treatment)
    return (compared or a.role is b.role) and same_drugs and plain(a.label) == plain(b.label)


def doubt_about(pairs: Sequence[tuple[Result, Result]], severity: Severity, message: str) -> Doubt:
    """A doubt about rows of a document, each behind the row of another document it is set against."""
    theirs = pairs[0][1]
    return Doubt(
        document_id=theirs.document_id,
        study_id=theirs.study_id,
        result_ids=tuple(dict.fromkeys(pair[side].result_id for side in (1, 0) for pair in pairs)),
        severity=severity,
        message=message,
    )
