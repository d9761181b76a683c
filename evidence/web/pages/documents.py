"""A document: its state, its rows, its pages, and accepting together what nobody doubts."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from evidence.errors import Conflict, EvidenceError, StoreError
from evidence.model.codes import RowStatus
from evidence.model.records import DocumentRecord, Flag, Result
from evidence.model.users import Role
from evidence.review_queue import unflagged
from evidence.web import sources, wording
from evidence.web.blinding import dual_review_of
from evidence.web.rendering import page
from evidence.web.reviewing import Reviewed
from evidence.web.service import Service, Serving
from evidence.web.visitors import Form, Reviewer, Viewer, ask_name, texts

router = APIRouter(include_in_schema=False)

#: A picture belongs to the bytes of its document, which its address names.
_CACHED = {"Cache-Control": "private, max-age=604800"}
_Number = Annotated[int, Path(ge=1, le=100_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLine:
    """One row of a document in a list."""

    row: Result
    headline: str
    flags: Sequence[Flag]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptable:
    """The rows of a document that may be accepted together, and a mark by which a changed set is known."""

    lines: Sequence[RowLine]

    @property
    def mark(self) -> str:
        """Another one for another set of rows."""
        return hashlib.sha256("\n".join(line.row.result_id for line in self.lines).encode()).hexdigest()[:16]


@router.get("/documents/{document_id}")
def show(
    request: Request,
    service: Serving,
    visitor: Viewer,
    document_id: str,
    at: Annotated[int, Query(ge=1, le=100_000)] = 1,
    accepted: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """A document with its rows and its pages."""
    if asked := ask_name(request, service, visitor):
        return asked
    state = service.reviewing.now()
    document = sources.document_of(state.records, document_id)
    assignment = dual_review_of(service, document_id)
    lines = () if assignment is not None else _lines(state, document_id)
    shown, reason = _page(service, state, document, at)
    values = {
        "visitor": visitor,
        "document": document,
        "studies": _studies(state, document_id),
        "lines": lines,
        "waiting": sum(line.row.status is RowStatus.EXTRACTED for line in lines),
        "flags": wording.worst_first([flag for flag in state.records.flags if flag.document_id == document_id]),
        "assignment": assignment,
        "acceptable": Acceptable(lines=() if assignment is not None else _acceptable(service, state, document_id)),
        "accepted": accepted,
        "deciding": visitor.may(Role.REVIEWER),
        "marked": shown,
        "reason": reason,
        "text": "" if shown else service.store.text(document_id),
    }
    return page(request, "document.html", values)


@router.get("/documents/{document_id}/pages/{number}.png")
def picture(request: Request, service: Serving, visitor: Viewer, document_id: str, number: _Number) -> Response:  # noqa: ARG001
    """A page of a PDF."""
    document = sources.document_of(service.known.records(), document_id)
    return Response(sources.picture(service, document, number).png, media_type="image/png", headers=_CACHED)


@router.get("/documents/{document_id}/pages/{number}/words")
def words(service: Serving, visitor: Viewer, document_id: str, number: _Number) -> Response:  # noqa: ARG001
    """The words of a page with their boxes in points: start, end, x, y, width, height."""
    document, laid_out = sources.document_places(service, service.known.records(), document_id)
    view = sources.page_view(laid_out, document, number)
    found = []
    for word in laid_out.words_of_page(number, service.store.text(document_id)):
        box = sources.box_of(word.area, view.width, view.height)
        found.append([word.char_start, word.char_end, box.x, box.y, box.width, box.height])
    return JSONResponse({"words": found}, headers=_CACHED)


@router.post("/documents/{document_id}/accept")
def accept(service: Serving, visitor: Reviewer, form: Form, document_id: str) -> Response:
    """Accept together the rows that nobody doubts, where they are those that were shown."""
    if not visitor.name:
        raise StoreError("Say your name first (at the top), so that decisions can be recorded under it.")
    state = service.reviewing.now()
    acceptable = Acceptable(lines=_acceptable(service, state, document_id))
    if not acceptable.lines or acceptable.mark != texts(form).get("mark"):
        raise Conflict(
            f"The rows without a doubt are other ones than were shown; now there are {len(acceptable.lines)}. "
            "Nothing was recorded; look at the document again."
        )
    names = [line.row.result_id for line in acceptable.lines]
    service.store.decide(names, "accept", by=visitor.name, reason="accepted together, without a doubt", seen={})
    where = f"/documents/{document_id}?accepted={len(names)}"
    return RedirectResponse(where, status_code=HTTPStatus.SEE_OTHER)


def _lines(state: Reviewed, document_id: str) -> tuple[RowLine, ...]:
    labels = wording.labels(state.records)
    flags: defaultdict[str, list[Flag]] = defaultdict(list)
    for flag in state.records.flags:
        for name in flag.result_ids:
            flags[name].append(flag)
    return tuple(
        RowLine(
            row=row,
            headline=wording.headline(row, labels.get(row.study_id, "")),
            flags=wording.worst_first(flags[row.result_id]),
        )
        for row in state.records.results()
        if row.document_id == document_id
    )


def _acceptable(service: Service, state: Reviewed, document_id: str) -> tuple[RowLine, ...]:
    """Rows that may be accepted together: what somebody has decided about before is looked at by itself."""
    touched = {decision.about for decision in service.known.decisions()}
    wanted = set(unflagged(state.records, document_id=document_id)) - touched
    return tuple(line for line in _lines(state, document_id) if line.row.result_id in wanted)


def _studies(state: Reviewed, document_id: str) -> list[str]:
    labels = wording.labels(state.records)
    return sorted({labels[study.study_id] for study in state.records.studies if study.document_id == document_id})


def _page(
    service: Service, state: Reviewed, document: DocumentRecord, number: int
) -> tuple[sources.PageView | None, str | None]:
    """A page of the document, or why there is none to show."""
    if document.format != "pdf":
        return None, None
    try:
        _, laid_out = sources.document_places(service, state.records, document.document_id)
        return sources.page_view(laid_out, document, number), None
    except EvidenceError as error:
        return None, str(error)
