"""The evidence tables: documents, studies, arms, numbers, patients and doubts."""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from evidence.errors import NotFound
from evidence.model.codes import Outcome, RowStatus, Severity
from evidence.model.tables import records_of, table_of
from evidence.web.api.shapes import USUAL_LIMIT, After, Limit, Listed, Name, Shape, listed, row_of, values_of
from evidence.web.service import Service, Serving
from evidence.web.visitors import Viewer

router = APIRouter(prefix="/api/v1", tags=["rows"])

#: Title of a row of each table, and the column that is its id.
_TABLES = {
    "documents": ("Document", "document_id"),
    "studies": ("Study", "study_id"),
    "arms": ("Arm", "arm_id"),
    "arm_results": ("ArmResult", "result_id"),
    "contrasts": ("Contrast", "result_id"),
    "patients": ("Patient", "result_id"),
    "flags": ("Flag", "flag_id"),
}
_SHAPES = {table: row_of(table, title) for table, (title, _) in _TABLES.items()}

OfDocument = Annotated[Name | None, Query(description="Only of this document")]
OfStudy = Annotated[Name | None, Query(description="Only of this study")]


class EventShape(Shape):
    """One decision about a number."""

    event_id: int
    action: str
    reviewer: str
    at: dt.datetime
    reason: str | None
    values: dict[str, Any] = Field(description="Texts by column `before` and `after`, or the event `undone`")


class ResultShape(Shape):
    """One number, where it stands, what people decided, and what is doubtful about it."""

    table: str
    row: dict[str, Any] = Field(description="With the columns of its table")
    extracted: dict[str, Any] | None = Field(description="As first read; null for a row that a person entered")
    seen: int = Field(description="Id of the newest decision; give it with yours, so that none in between is missed")
    events: list[EventShape]
    flags: list[dict[str, Any]] = Field(description="Doubts that name this number, with the columns of `flags`")


def result_shape(service: Service, result_id: str) -> ResultShape:
    """What is known of one number.

    Raises
    ------
    NotFound
        If there is none of this id.
    """
    records, row = service.known.records(), service.known.result(result_id)
    trace = service.store.trace(result_id)
    events = [
        EventShape(
            event_id=event.event_id,
            action=event.action,
            reviewer=event.reviewer,
            at=event.at,
            reason=event.reason,
            values=dict(event.values),
        )
        for event in trace.events
    ]
    return ResultShape(
        table=table_of(row),
        row=values_of(row),
        extracted=None if trace.extracted is None else values_of(trace.extracted),
        seen=events[-1].event_id if events else 0,
        events=events,
        flags=[values_of(flag) for flag in records.flags if result_id in flag.result_ids],
    )


@router.get("/rows/{result_id}")
def result(service: Serving, visitor: Viewer, result_id: Name) -> ResultShape:  # noqa: ARG001
    """One number of an arm or one comparison, with its history."""
    return result_shape(service, result_id)


@router.get("/documents/{document_id}", response_model=_SHAPES["documents"])
def document(service: Serving, visitor: Viewer, document_id: Name) -> dict[str, Any]:  # noqa: ARG001
    """One document."""
    for record in service.known.records().documents:
        if record.document_id == document_id:
            return values_of(record)
    raise NotFound(f"There is no document {document_id!r}.")


class TextShape(Shape):
    """The text of a document."""

    document_id: str
    text: str = Field(description="What `char_start` and `char_end` of its rows refer to")


@router.get("/documents/{document_id}/text")
def text(service: Serving, visitor: Viewer, document_id: Name) -> TextShape:  # noqa: ARG001
    """The text of a document."""
    return TextShape(document_id=document_id, text=service.store.text(document_id))


def _list(table: str) -> Callable[..., Listed[Any]]:
    key = _TABLES[table][1]

    def rows(
        service: Serving,
        visitor: Viewer,  # noqa: ARG001
        document_id: OfDocument = None,
        study_id: OfStudy = None,
        outcome: Annotated[Outcome | None, Query(description="Only of this outcome")] = None,
        status: Annotated[RowStatus | None, Query(description="Only those people left so")] = None,
        severity: Annotated[Severity | None, Query(description="Only doubts of this severity")] = None,
        after: After = None,
        limit: Limit = USUAL_LIMIT,
    ) -> Listed[Any]:
        wanted = {
            "document_id": document_id,
            "study_id": study_id,
            "outcome": outcome,
            "status": status,
            "severity": severity,
        }
        chosen = (
            (f"{getattr(record, key)} {getattr(record, 'document_id', '')}", values_of(record))
            for record in records_of(service.known.records(), table)
            if all(value is None or getattr(record, name, value) == value for name, value in wanted.items())
        )
        return listed(chosen, after, limit)

    rows.__name__ = table
    rows.__doc__ = f"Rows of the table `{table}`, in the order of their ids. A filter it has no column for is ignored."
    return rows


for _table in _TABLES:
    router.get(f"/{_table}", response_model=Listed[_SHAPES[_table]])(_list(_table))  # type: ignore[valid-type]
