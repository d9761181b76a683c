"""The page of one row, as several routes answer it: whole, or the part of it that a decision exchanges."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from starlette.responses import Response

from evidence.errors import NotFound
from evidence.model.users import Role
from evidence.web import wording
from evidence.web.blinding import dual_review_of, under_dual_review
from evidence.web.presented import present, row_of
from evidence.web.rendering import page
from evidence.web.reviewing import Reviewed, Scope
from evidence.web.service import Service
from evidence.web.visitors import Visitor

#: What a decision did, in the past tense.
_DONE = {
    "accept": "Accepted",
    "correct": "Corrected",
    "reject": "Rejected",
    "undo": "Took back the decision about",
    "enter": "Entered",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The decision just made, and how to take it back."""

    result_id: str
    done: str
    headline: str
    seen: int  # the decision, as the newest about the row
    undo: bool  # whether there is something to take back


def address(result_id: str, scope: Scope, **more: str) -> str:
    """Where the page of a row is."""
    return with_query(f"/review/{quote(result_id)}", {**scope.fields, **more})


def with_query(path: str, fields: Mapping[str, str]) -> str:
    """An address with fields behind it."""
    return f"{path}?{urlencode(fields)}" if fields else path


def in_part(request: Request) -> bool:
    """Whether a page is there whose part is exchanged; not where a browser goes back to it."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def row_page(
    request: Request,
    service: Service,
    visitor: Visitor,
    result_id: str,
    scope: Scope,
    *,
    told: str | None = None,
    before: str | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    typed: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """A row beside its source.

    `told` is the row decided about before, and `before` the version of the store before that decision, from which
    pooled estimates may have moved. `typed` stands in the form of a correction that was refused; `more` are `conflict`,
    `preview` and `reason` of a decision that was.

    Raises
    ------
    NotFound
        If there is no such row.
    """
    state = service.reviewing.now()
    assignment = dual_review_of(service, row_of(state, result_id).document_id)
    if assignment is not None:
        values = {"visitor": visitor, "assignment": assignment, "part": in_part(request)}
        return page(request, "review_dual.html", values)
    values = {
        "view": present(service, state, result_id, scope, typed=typed),
        "conflict": None,
        "preview": None,
        "typed": typed is not None,
        "reason": "",
        **_around(service, visitor, state, scope, told, before),
        **more,
    }
    return page(request, "review_part.html" if in_part(request) else "review.html", values, status=status)


def done_page(
    request: Request,
    service: Service,
    visitor: Visitor,
    scope: Scope,
    *,
    told: str | None = None,
    before: str | None = None,
) -> Response:
    """What is shown where no row waits."""
    state = service.reviewing.now()
    values = {
        **_around(service, visitor, state, scope, told, before),
        "total": len(state.queue(scope, apart=under_dual_review(service)).order),
    }
    return page(request, "review_done_part.html" if in_part(request) else "review_done.html", values)


def first_waiting(service: Service, scope: Scope) -> str | None:
    """The row to look at first."""
    return service.reviewing.now().queue(scope, apart=under_dual_review(service)).next()


def next_waiting(service: Service, state: Reviewed, result_id: str, scope: Scope) -> str | None:
    """The row that waits behind one that may have left the store with a decision."""
    queue = state.queue(scope, apart=under_dual_review(service))
    return queue.next(result_id if result_id in queue.places else None)


def told_of(service: Service, state: Reviewed, result_id: str | None, visitor: Visitor) -> Told | None:
    """What this visitor last did about a row; None where the last who decided about it is another."""
    if result_id is None:
        return None
    try:
        trace = service.store.trace(result_id)
    except NotFound:
        return None
    row = trace.current or trace.extracted
    if row is not None and row.document_id in service.known.hidden:
        return None
    if not trace.events or trace.events[-1].reviewer != visitor.name:
        return None
    last = trace.events[-1]
    label = wording.labels(state.records).get(row.study_id, "") if row else ""
    return Told(
        result_id=result_id,
        done=_DONE[last.action],
        headline=wording.headline(row, label) if row else result_id,
        seen=last.event_id,
        undo=last.action != "undo",
    )


def _around(
    service: Service, visitor: Visitor, state: Reviewed, scope: Scope, told: str | None, before: str | None
) -> dict[str, Any]:
    """What stands around a row."""
    labels = wording.labels(state.records)
    documents = {document.document_id: document for document in state.records.documents}
    return {
        "visitor": visitor,
        "deciding": visitor.may(Role.REVIEWER),
        "scope": scope,
        "of_document": documents.get(scope.document_id or ""),
        "of_study": labels.get(scope.study_id or ""),
        "told": told_of(service, state, told, visitor),
        "before": before if before and service.reviewing.at(before) else None,
    }
