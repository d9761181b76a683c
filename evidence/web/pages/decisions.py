"""What a person decides about a row, checked before it is recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, cast

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from evidence.errors import Conflict, StoreError
from evidence.history import Step, history
from evidence.live_checks import Preview, preview
from evidence.model import tables
from evidence.model.records import Result
from evidence.web.fields import changed, typed
from evidence.web.presented import row_of
from evidence.web.rendering import page
from evidence.web.review_page import address, done_page, next_waiting, row_page, with_query
from evidence.web.reviewing import Scope
from evidence.web.service import Service, Serving
from evidence.web.visitors import Form, Reviewer, Visitor, texts
from evidence.web.wording import NAMES

router = APIRouter(include_in_schema=False)

_Action = Literal["accept", "correct", "reject", "undo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One column of a row that somebody decided about meanwhile, as the tables write it."""

    name: str
    shown: str  # before those decisions
    sent: str | None  # None: not among what was sent
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A decision that met another one."""

    message: str
    action: str
    steps: Sequence[Step]  # what was decided meanwhile
    differences: Sequence[Difference]


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
    seen = int(sent["seen"]) if sent.get("seen", "").isdecimal() else 0
    values: dict[str, str] | None = None
    if action == "reject" and not reason:
        raise StoreError("Say why the row is rejected; the reason stands in its history.")
    if action == "correct":
        row = row_of(before, result_id)
        values = _changes(row, sent)
        events = service.store.trace(result_id).events
        if values and seen == (events[-1].event_id if events else 0):  # else the decision made meanwhile is told first
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
    if conflict.current is None:  # it was entered, and taken back
        raise conflict
    now = tables.to_row(conflict.current)
    corrects = sent.get("action") == "correct"
    values = typed(tables.table_of(conflict.current), sent) if corrects else None
    steps = _meanwhile(service, result_id, sent)
    seen = dict(now)
    for step in reversed(steps):
        seen.update({change.column: change.before for change in step.changes if change.column in now})
    differences = [
        Difference(name=NAMES[name], shown=seen[name], sent=values.get(name) if values else None, now=now[name])
        for name in tables.CORRECTABLE[tables.table_of(conflict.current)]
        if seen[name] != now[name] or (values and values.get(name, seen[name]) != seen[name])
    ]
    meeting = Meeting(message=str(conflict), action=sent.get("action", ""), steps=steps, differences=differences)
    # Of what was typed only the person's own changes stand in the form; the rest is as it stands now.
    own = {name: text for name, text in (values or {}).items() if text != seen[name].strip()}
    answer = row_page(
        request,
        service,
        visitor,
        result_id,
        scope,
        status=HTTPStatus.CONFLICT,
        typed=own if corrects else None,
        conflict=meeting,
        reason=sent.get("reason", ""),
    )
    answer.headers.update({"HX-Retarget": "#review", "HX-Reswap": "innerHTML"})
    return answer


def _meanwhile(service: Service, result_id: str, sent: Mapping[str, str]) -> Sequence[Step]:
    """What was decided since the decision that was seen."""
    seen = int(sent["seen"]) if sent.get("seen", "").isdecimal() else 0
    newer = sum(event.event_id > seen for event in service.store.trace(result_id).events)
    return history(service.store, result_id)[-newer:]
