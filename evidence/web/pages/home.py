"""The first page: what is stored, in which state, and what to do next."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from evidence.model.codes import RowStatus, Severity
from evidence.model.records import DocumentRecord, Records
from evidence.model.studies import merged_studies, study_labels
from evidence.web.pages.jobs import upload_values
from evidence.web.rendering import page
from evidence.web.service import Serving
from evidence.web.visitors import Viewer, ask_name

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentState:
    """A document in the list, with how far people are with it."""

    record: DocumentRecord
    studies: Sequence[str]
    rows: int
    decided: int
    flags: Counter[Severity]


@router.get("/")
def home(request: Request, service: Serving, visitor: Viewer) -> Response:
    """Documents and studies with their state."""
    if visitor.name and (named := ask_name(request, service, visitor)):
        return named
    records = service.known.records()
    studies = len({study.study_id for study in records.studies})
    values = {"documents": document_states(records), "studies": studies, **upload_values(service, visitor)}
    return page(request, "home.html", {"visitor": visitor, **values})


def document_states(records: Records) -> list[DocumentState]:
    """How far people are with every document, those with the most left to do first."""
    labels = study_labels(merged_studies(records.studies), (study.study_id for study in records.studies))
    rows = Counter(row.document_id for row in records.results())
    decided = Counter(row.document_id for row in records.results() if row.status is not RowStatus.EXTRACTED)
    flags: dict[str, Counter[Severity]] = {}
    for flag in records.flags:
        flags.setdefault(flag.document_id, Counter())[flag.severity] += 1
    told = [
        DocumentState(
            record=record,
            studies=tuple(
                dict.fromkeys(
                    labels[study.study_id] for study in records.studies if study.document_id == record.document_id
                )
            ),
            rows=rows[record.document_id],
            decided=decided[record.document_id],
            flags=flags.get(record.document_id, Counter()),
        )
        for record in records.documents
    ]
    return sorted(told, key=lambda state: (state.decided - state.rows, state.record.source))
