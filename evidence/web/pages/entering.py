"""Adding a row that the reading missed: its words are chosen on the page or in the text, or typed."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from evidence.errors import EvidenceError, StoreError
from evidence.live_checks import Preview, preview_entry
from evidence.model.dual import Assignment
from evidence.model.tables import CORRECTABLE
from evidence.web import sources, wording
from evidence.web.blinding import dual_review_of
from evidence.web.fields import NEEDED, PREFIX, arms_of, fields, typed
from evidence.web.rendering import page
from evidence.web.review_page import address
from evidence.web.reviewing import Reviewed, Scope
from evidence.web.service import Service, Serving
from evidence.web.sources import PageView
from evidence.web.visitors import Form, Reviewer, Viewer, Visitor, ask_name, texts

router = APIRouter(include_in_schema=False)

Table = Literal["arm_results", "contrasts"]
_TABLES: tuple[tuple[Table, str], ...] = (
    ("contrasts", "A comparison of two groups"),
    ("arm_results", "A number of one group"),
)
_Offset = Annotated[int | None, Query(ge=0)]


@router.get("/documents/{document_id}/enter")
def form_of_entry(
    request: Request,
    service: Serving,
    visitor: Reviewer,
    document_id: str,
    table: Table = "contrasts",
    at: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """The form in which a missing row is typed, beside the document."""
    if asked := ask_name(request, service, visitor):
        return asked
    return entry_form(request, service, visitor, document_id, table, at, dict(request.query_params))


@router.get("/documents/{document_id}/quote")
def quote(
    service: Serving,
    visitor: Viewer,  # noqa: ARG001
    document_id: str,
    start: Annotated[int, Query(ge=0)],
    end: Annotated[int, Query(ge=0)],
) -> Response:
    """The text of a document between two offsets."""
    return JSONResponse({"quote": service.store.text(document_id)[start:end]})


@router.post("/documents/{document_id}/enter/check")
def check(request: Request, service: Serving, visitor: Reviewer, form: Form, document_id: str) -> Response:
    """What the row that stands in the form would bring."""
    sent = texts(form)
    told = _preview(service, document_id, table_of_form(sent), entry_values(service, document_id, sent))
    return page(request, "review_check.html", {"visitor": visitor, "preview": told})


@router.post("/documents/{document_id}/enter")
def enter(request: Request, service: Serving, visitor: Reviewer, form: Form, document_id: str) -> Response:
    """Add the row, and show it."""
    if not visitor.name:
        raise StoreError("Say your name first (at the top), so that decisions can be recorded under it.")
    sent = texts(form)
    table, reason = table_of_form(sent), sent.get("reason", "").strip() or None
    values = entry_values(service, document_id, sent)
    told: Preview | None = None
    fault: str | None = None
    before = service.reviewing.now().version
    if not values.get("char_end"):
        fault = "The document does not have this quote; copy it as it stands there, or choose it beside the form."
    else:
        told = _preview(service, document_id, table, values)
    if told is not None and not told.faults and (reason or not told.refused):
        try:
            name = service.store.enter(table, values, by=visitor.name, reason=reason)
        except EvidenceError as error:
            fault = str(error)
        else:
            where = address(name, Scope(), told=name, before=before)
            return RedirectResponse(where, status_code=HTTPStatus.SEE_OTHER)
    at = int(sent["at"]) if sent.get("at", "").isdecimal() else 1
    return entry_form(
        request,
        service,
        visitor,
        document_id,
        table,
        at,
        sent,
        preview=told,
        fault=fault,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
    )


def find_quote(text: str, wanted: str) -> tuple[int, int] | None:
    """Where a text first stands in a document; spaces and line breaks stand for each other."""
    words = wanted.split()
    if not words:
        return None
    found = re.search(r"\s+".join(re.escape(word) for word in words), text)
    return found.span() if found else None


def entry_form(
    request: Request,
    service: Service,
    visitor: Visitor,
    document_id: str,
    table: Table,
    at: int,
    sent: Mapping[str, str],
    *,
    preview: Preview | None = None,
    fault: str | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    reading: Assignment | None = None,
) -> Response:
    """The form beside the document; with `reading`, for a reviewer of it who records it there."""
    state = service.reviewing.now()
    document = sources.document_of(state.records, document_id)
    text = service.store.text(document_id)
    labels = wording.labels(state.records)
    studies = [
        (study.study_id, labels[study.study_id]) for study in state.records.studies if study.document_id == document_id
    ]
    given = {name.removeprefix(PREFIX): value for name, value in sent.items() if name.startswith(PREFIX)}
    span = _span(text, sent)
    shown, reason = _page(service, state, document_id, at, span)
    values = {
        "visitor": visitor,
        "document": document,
        "assignment": None if reading else dual_review_of(service, document_id),
        "where": f"/dual/{reading.assignment_id}/enter" if reading else f"/documents/{document_id}/enter",
        "back": f"/dual/{reading.assignment_id}" if reading else f"/documents/{document_id}",
        "checked": reading is None,
        "table": table,
        "kinds": _TABLES,
        "studies": studies,
        "study_id": sent.get("study_id", studies[0][0] if len(studies) == 1 else ""),
        "fields": fields(table, given, arms_of(state.records, document_id)),
        "quote": sent.get("quote") or (text[slice(*span)] if span else ""),
        "span": span,
        "marked": shown,
        "reason": reason,
        "text": "" if shown else text,
        "preview": preview,
        "fault": fault,
        "given_reason": sent.get("reason", ""),
    }
    return page(request, "enter.html", values, status=status)


def _span(text: str, sent: Mapping[str, str]) -> tuple[int, int] | None:
    """Where the quote of a form stands: at its offsets while it is the text there, else where it is found."""
    start, end, wanted = sent.get("char_start", ""), sent.get("char_end", ""), sent.get("quote", "")
    if start.isdecimal() and end.isdecimal() and 0 <= int(start) < int(end) <= len(text):
        span = int(start), int(end)
        if not wanted or text[slice(*span)].split() == wanted.split():
            return span
    return find_quote(text, wanted)


def entry_values(service: Service, document_id: str, sent: Mapping[str, str]) -> dict[str, str]:
    """What `Store.enter` takes; what was left empty is not reported."""
    text = service.store.text(document_id)
    values = {name: value for name, value in typed(table_of_form(sent), sent).items() if value}
    values |= {"document_id": document_id, "study_id": sent.get("study_id", "")}
    span = _span(text, sent)
    if span is not None:
        values |= {"char_start": str(span[0]), "char_end": str(span[1]), "quote": text[slice(*span)]}
    return values


def _preview(service: Service, document_id: str, table: Table, values: Mapping[str, str]) -> Preview:
    needed = {name: "" for name in NEEDED if name in CORRECTABLE[table] and not values.get(name)}
    records = service.known.document(document_id)
    return preview_entry(records, service.store.text(document_id), table, {**values, **needed})


def table_of_form(sent: Mapping[str, str]) -> Table:
    """The table that a form of entry is for."""
    return "arm_results" if sent.get("table") == "arm_results" else "contrasts"


def _page(
    service: Service, state: Reviewed, document_id: str, at: int, span: tuple[int, int] | None
) -> tuple[PageView | None, str | None]:
    """The page to choose words on, with those that are chosen; or why there is none."""
    if sources.document_of(state.records, document_id).format != "pdf":
        return None, None
    try:
        document, laid_out = sources.document_places(service, state.records, document_id)
        chosen = [word for word in laid_out.words if span and word.char_start < span[1] and word.char_end > span[0]]
        number = chosen[0].box.page if chosen else at
        words = laid_out.words_of_page(number, service.store.text(document_id)) if chosen else ()
        areas = [word.area for word in words if span and word.char_start < span[1] and word.char_end > span[0]]
        return sources.page_view(laid_out, document, number, quote=areas), None
    except EvidenceError as error:
        return None, str(error)
