"""Reading a document independently of its other reader: row by row, then "I have finished"."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Literal, cast, get_args
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from evidence.errors import EvidenceError, StoreError
from evidence.model.dual import Assignment
from evidence.web import wording
from evidence.web.dual_rows import (
    ReadingRow,
    form_fields,
    next_unread,
    own_assignment,
    own_progress,
    reading_rows,
    row_named,
    source_of_row,
)
from evidence.web.entries import entry_form, entry_values, one_place, table_of_form
from evidence.web.faults import status_of
from evidence.web.fields import changed, typed
from evidence.web.pages.dual import AssignmentNumber, title_of
from evidence.web.rendering import page
from evidence.web.service import Service, Serving
from evidence.web.visitors import Form, Reviewer, Visitor, ask_name, texts

router = APIRouter(include_in_schema=False)

_Action = Literal["accept", "correct", "reject", "undo"]


@router.get("/dual/{assignment_id}")
def overview(request: Request, service: Serving, visitor: Reviewer, assignment_id: AssignmentNumber) -> Response:
    """The visitor's reading of a document; who does not read it is led to both readings."""
    if asked := ask_name(request, service, visitor):
        return asked
    if service.store.dual.get(assignment_id).unblinded:
        return RedirectResponse(f"/dual/{assignment_id}/adjudicate", status_code=HTTPStatus.SEE_OTHER)
    assignment = own_assignment(service, visitor, assignment_id)
    rows = reading_rows(service, visitor, assignment)
    values = {
        "visitor": visitor,
        "assignment": assignment,
        "title": title_of(service.known.records().documents, assignment.document_id),
        "rows": rows,
        "progress": own_progress(service, visitor, assignment),
        "following": next_unread(rows),
        "reading": _is_reading(service, visitor, assignment),
    }
    return page(request, "dual_reading.html", values)


@router.get("/dual/{assignment_id}/rows/{result_id}")
def show(
    request: Request,
    service: Serving,
    visitor: Reviewer,
    assignment_id: AssignmentNumber,
    result_id: str,
    told: Annotated[str | None, Query()] = None,
) -> Response:
    """One row beside its page or text."""
    return _row_page(request, service, visitor, assignment_id, result_id, told=told)


@router.post("/dual/{assignment_id}/rows/{result_id}")
def record(
    request: Request, service: Serving, visitor: Reviewer, form: Form, assignment_id: AssignmentNumber, result_id: str
) -> Response:
    """Record what the visitor says of a row, and go on to the next that is not read."""
    sent = texts(form)
    assignment = own_assignment(service, visitor, assignment_id)
    row = row_named(reading_rows(service, visitor, assignment), result_id)
    action, reason = sent.get("action", ""), sent.get("reason", "").strip() or None
    try:
        if action not in get_args(_Action):
            raise StoreError("Accept, correct or reject the row, or undo what you said of it.")
        if action == "reject" and not reason:
            raise StoreError("Say why the row is rejected; who settles differences sees the reason.")
        values = _values(row, sent) if action == "correct" else None
        service.store.dual.record(
            assignment_id, result_id, cast(_Action, action), by=visitor.name, values=values, reason=reason
        )
    except EvidenceError as fault:
        return _row_page(request, service, visitor, assignment_id, result_id, fault=fault, sent=sent)
    rows = reading_rows(service, visitor, assignment)
    following = next_unread(rows, result_id)
    if action == "undo":
        following = next((each for each in rows if each.result_id == result_id), following)
    if following is None:
        return RedirectResponse(f"/dual/{assignment_id}", status_code=HTTPStatus.SEE_OTHER)
    where = f"/dual/{assignment_id}/rows/{quote(following.result_id)}"
    told = "" if action == "undo" else f"?told={quote(result_id)}"
    return RedirectResponse(where + told, status_code=HTTPStatus.SEE_OTHER)


@router.get("/dual/{assignment_id}/enter")
def form_of_entry(request: Request, service: Serving, visitor: Reviewer, assignment_id: AssignmentNumber) -> Response:
    """The form for a row that the reading lacks."""
    assignment = own_assignment(service, visitor, assignment_id)
    return entry_form(request, service, visitor, assignment.document_id, request.query_params, reading=assignment)


@router.post("/dual/{assignment_id}/enter")
def enter(
    request: Request, service: Serving, visitor: Reviewer, form: Form, assignment_id: AssignmentNumber
) -> Response:
    """Add a row to the visitor's reading."""
    assignment = own_assignment(service, visitor, assignment_id)
    sent, document_id = texts(form), assignment.document_id
    reason = sent.get("reason", "").strip() or None
    try:
        one_place(service, document_id, sent)
        values = entry_values(service, document_id, sent)
        name = service.store.dual.enter(assignment_id, table_of_form(sent), values, by=visitor.name, reason=reason)
    except EvidenceError as fault:
        return entry_form(request, service, visitor, document_id, sent, fault=fault, reading=assignment)
    return RedirectResponse(f"/dual/{assignment_id}/rows/{quote(name)}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/dual/{assignment_id}/finish")
def finish(service: Serving, visitor: Reviewer, form: Form, assignment_id: AssignmentNumber) -> Response:
    """Note that the visitor has finished; the page has asked whether that is so."""
    if "sure" not in texts(form):
        raise StoreError("Confirm that you have finished; what you read cannot be changed afterwards.")
    service.store.dual.finish(assignment_id, by=visitor.named())
    return RedirectResponse(f"/dual/{assignment_id}", status_code=HTTPStatus.SEE_OTHER)


def _is_reading(service: Service, visitor: Visitor, assignment: Assignment) -> bool:
    return assignment.closed_at is None and not own_progress(service, visitor, assignment).finished


def _values(row: ReadingRow, sent: Mapping[str, str]) -> dict[str, str]:
    values = typed(row.table, sent)
    if row.afresh:
        return {name: text for name, text in values.items() if text}
    return changed(values, row.told)


def _row_page(
    request: Request,
    service: Service,
    visitor: Visitor,
    assignment_id: int,
    result_id: str,
    *,
    told: str | None = None,
    fault: EvidenceError | None = None,
    sent: Mapping[str, str] | None = None,
) -> Response:
    assignment = own_assignment(service, visitor, assignment_id)
    rows = reading_rows(service, visitor, assignment)
    row = row_named(rows, result_id)
    correcting = sent is not None and sent.get("action") == "correct"
    order = [each.result_id for each in rows]
    at = order.index(result_id)
    following = next_unread(rows, result_id)
    values = {
        "visitor": visitor,
        "assignment": assignment,
        "title": title_of(service.known.records().documents, assignment.document_id),
        "row": row,
        "facts": wording.facts(row.row) if row.shown else (),
        "source": source_of_row(service, row),
        "fields": form_fields(service.known.records(), row, typed(row.table, sent) if sent and correcting else None),
        "typing": correcting or (row.afresh and not row.read),
        "progress": own_progress(service, visitor, assignment),
        "position": at + 1,
        "total": len(rows),
        "previous": order[at - 1] if at else None,
        "following": following.result_id if following and following.result_id != result_id else None,
        "told": next((each for each in rows if each.result_id == told and each.read), None),
        "reading": _is_reading(service, visitor, assignment),
        "fault": str(fault) if fault else None,
        "reason": (sent or {}).get("reason", ""),
    }
    return page(request, "dual_row.html", values, status=status_of(fault) if fault else HTTPStatus.OK)
