"""What a person decides about a row, checked before it is recorded."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Literal, cast

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from evidence.errors import Conflict, StoreError
from evidence.live_checks import Preview, preview
from evidence.model import tables
from evidence.model.records import Result
from evidence.web.fields import changed, typed
from evidence.web.meetings import meeting, newest, seen_in
from evidence.web.presented import row_of
from evidence.web.rendering import page
from evidence.web.review_page import address, done_page, next_waiting, row_page, with_query
from evidence.web.reviewing import Scope
from evidence.web.service import Service, Serving
from evidence.web.visitors import Form, Reviewer, Visitor, texts

router = APIRouter(include_in_schema=False)

_Action = Literal["accept", "correct", "reject", "undo"]


@router.post("/review/{result_id}/check")
def check(request: Request, service: Serving, visitor: Reviewer, form: Form, result_id: str) -> Response:
    """What the correction that stands in the form would do."""
    row = row_of(service.reviewing.now(), result_id)
    values = _changes(row, texts(form))
    told = _preview(service, row, values) if values else None
    return page(request, "review_check.html", {"visitor": visitor, "preview": told})


@router.post("/review/{result_id}/decide")
def decide(request: Request, service: Serving, visitor: Reviewer, form: Form, result_id: str) -> Response:
    """Record a decision and go on to the next row; after undo the row itself is shown."""
    if not visitor.name:
        raise StoreError("Say your name first (at the top), so that decisions can be recorded under it.")
    sent = texts(form)
    scope = Scope(document_id=sent.get("document") or None, study_id=sent.get("study") or None)
    before = service.reviewing.now()
    action = cast(_Action, sent.get("action", ""))
    reason = sent.get("reason", "").strip() or None
    seen = seen_in(sent)
    values: dict[str, str] | None = None
    if action == "reject" and not reason:
        raise StoreError("Say why the row is rejected; the reason stands in its history.")
    if action == "correct":
        row = row_of(before, result_id)
        values = _changes(row, sent)
        if values and seen == newest(service, result_id):  # else the decision made meanwhile is told first
            told = _preview(service, row, values)
            if told.faults or (told.refused and not reason):
                return _refused(request, service, visitor, row, scope, sent, told)
    try:
        service.store.decide(result_id, action, by=visitor.name, reason=reason, values=values, seen=seen)
    except Conflict as conflict:
        return _met(request, service, visitor, conflict, result_id, scope, sent)
    after = service.reviewing.now()
    following = (
        result_id if action == "undo" and result_id in after.rows else next_waiting(service, after, result_id, scope)
    )
    where = address(following, scope) if following else with_query("/review", scope.fields)
    if "HX-Request" not in request.headers:
        more = {**scope.fields, "told": result_id, "before": before.version}
        return RedirectResponse(with_query(where.partition("?")[0], more), status_code=HTTPStatus.SEE_OTHER)
    if following is None:
        answer = done_page(request, service, visitor, scope, told=result_id, before=before.version)
    else:
        answer = row_page(request, service, visitor, following, scope, told=result_id, before=before.version)
    answer.headers["HX-Push-Url"] = where
    return answer


def _changes(row: Result, sent: Mapping[str, str]) -> dict[str, str]:
    table = tables.table_of(row)
    return changed(typed(table, sent), tables.to_row(row))


def _preview(service: Service, row: Result, values: Mapping[str, str]) -> Preview:
    records = service.known.document(row.document_id)
    return preview(records, service.store.text(row.document_id), row.result_id, values)


def _refused(
    request: Request,
    service: Service,
    visitor: Visitor,
    row: Result,
    scope: Scope,
    sent: Mapping[str, str],
    told: Preview,
) -> Response:
    """The form again, with what was typed and why it was not recorded."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if "HX-Request" in request.headers:  # the form stays as it is
        values = {"visitor": visitor, "preview": told, "answer": True}
        answer: Response = page(request, "review_refused.html", values, status=status)
        answer.headers.update({"HX-Retarget": "#refused", "HX-Reswap": "innerHTML"})
        return answer
    return row_page(
        request,
        service,
        visitor,
        row.result_id,
        scope,
        status=status,
        typed=typed(tables.table_of(row), sent),
        preview=told,
        reason=sent.get("reason", ""),
    )


def _met(
    request: Request,
    service: Service,
    visitor: Visitor,
    conflict: Conflict,
    result_id: str,
    scope: Scope,
    sent: Mapping[str, str],
) -> Response:
    """The row as it stands now, beside what was seen and what was sent."""
    values: dict[str, str] | None = None
    if conflict.current is not None and sent.get("action") == "correct":
        values = typed(tables.table_of(conflict.current), sent)
    met = meeting(service, conflict, result_id, action=sent.get("action", ""), seen=seen_in(sent), values=values)
    answer = row_page(
        request,
        service,
        visitor,
        result_id,
        scope,
        status=HTTPStatus.CONFLICT,
        typed=met.own if met.typed else None,
        conflict=met,
        reason=sent.get("reason", ""),
    )
    answer.headers.update({"HX-Retarget": "#review", "HX-Reswap": "innerHTML"})
    return answer
