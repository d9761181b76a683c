"""The sheets of the workbook that are no table of their own: a row per study, and the audit trail."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from evidence.model.codes import Report
from evidence.model.decisions import Decision
from evidence.model.records import DocumentRecord, Records, Study
from evidence.model.tables import TABLES

_STUDY_COLUMNS = "acronym registry_ids first_author year design phase population n_total followup_median_months".split()
_OF_STUDIES = {column.name: column for column in TABLES["studies"]}
#: Name, kind and meaning, as on the README sheet.
CHARACTERISTICS: tuple[tuple[str, str, str], ...] = (
    ("label", "text", "what people call the study"),
    *((name, _OF_STUDIES[name].kind, _OF_STUDIES[name].meaning) for name in _STUDY_COLUMNS),
    ("arms", "text", "arms with their patients"),
    ("outcomes", "text", "outcomes with a number, rejected ones left out"),
    ("reports", "text", "documents that report the study: its own ones first, then those that cite it"),
    ("differing", "text", "what its documents say differently; the row follows the first of them"),
    ("study_id", "text", "the same for the same study across documents"),
)
AUDIT: tuple[tuple[str, str, str], ...] = (
    ("at", "time", "when (UTC)"),
    ("reviewer", "text", "who decided"),
    ("action", "text", "accept, correct, reject, enter, undo, merge or split"),
    ("about", "text", "the number, or the studies merged or split"),
    ("document_id", "text", "its document"),
    ("column", "text", "what changed"),
    ("before", "text", "what stood there, as the tables write it"),
    ("after", "text", "what stands there since"),
    ("reason", "text", "why, in the reviewer's words"),
)


def characteristics(records: Records) -> list[dict[str, Any]]:
    """One row per study: what its own report says, and where that is silent, what another document says of it."""
    documents = {document.document_id: document for document in records.documents}
    told: defaultdict[str, list[Study]] = defaultdict(list)
    for study in records.studies:
        told[study.study_id].append(study)
    for studies in told.values():
        studies.sort(key=lambda study: study.report is not Report.PRIMARY)
    outcomes: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for row in records.results():
        if row.status != "rejected":
            outcomes[row.study_id][str(row.outcome)] = None
    return [
        {
            "label": studies[0].label,
            **{name: _first(studies, name) for name in _STUDY_COLUMNS},
            "arms": "; ".join(_arms(records, studies[0])),
            "outcomes": ", ".join(outcomes[study_id]),
            "reports": "; ".join(_report(study, documents.get(study.document_id)) for study in studies),
            "differing": "; ".join(_differing(studies)),
            "study_id": study_id,
        }
        for study_id, studies in told.items()
    ]


def audit_rows(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """One row per column that a decision changed."""
    return [{name: getattr(decision, name) for name, _, _ in AUDIT} for decision in decisions]


def _first(studies: Sequence[Study], name: str) -> Any:
    return next((value for study in studies if (value := getattr(study, name)) not in (None, ())), None)


def _arms(records: Records, study: Study) -> list[str]:
    return [
        arm.label if arm.n is None else f"{arm.label} (n = {arm.n})"
        for arm in records.arms
        if (arm.document_id, arm.study_id) == (study.document_id, study.study_id)
    ]


def _report(study: Study, document: DocumentRecord | None) -> str:
    name = (document and (document.title or document.source)) or study.document_id
    return f"{name} ({study.report.value})"


def _differing(studies: Sequence[Study]) -> list[str]:
    found = []
    for name in ("design", "phase", "n_total", "followup_median_months"):
        values = dict.fromkeys(str(value) for study in studies if (value := getattr(study, name)) is not None)
        if len(values) > 1:
            found.append(f"{name}: {' or '.join(values)}")
    return found
