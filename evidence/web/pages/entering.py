"""Adding a row that the reading missed: its words are chosen on the page or in the text, or typed."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from evidence.errors import EvidenceError, StoreError
from evidence.live_checks import Preview, preview_entry
from evidence.model.tables import CORRECTABLE
from evidence.web.entries import entry_form, entry_values, one_place, table_of_form
from evidence.web.fields import NEEDED
from evidence.web.rendering import page
from evidence.web.review_page import address
from evidence.web.reviewing import Scope
from evidence.web.service import Service, Serving
from evidence.web.visitors import Form, Reviewer, Viewer, ask_name, texts

router = APIRouter(include_in_schema=False)


@router.get("/documents/{document_id}/enter")
def form_of_entry(request: Request, service: Serving, visitor: Reviewer, document_id: str) -> Response:
    """The form in which a missing row is typed, beside the document."""
    if asked := ask_name(request, service, visitor):
        return asked
    return entry_form(request, service, visitor, document_id, request.query_params)


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
    told = _preview(service, document_id, texts(form))
    return page(request, "review_check.html", {"visitor": visitor, "preview": told})


@router.post("/documents/{document_id}/enter")
def enter(request: Request, service: Serving, visitor: Reviewer, form: Form, document_id: str) -> Response:
    """Add the row, and show it."""
    if not visitor.name:
        raise StoreError("Say your name first (at the top), so that decisions can be recorded under it.")
    sent = texts(form)
    reason = sent.get("reason", "").strip() or None
    before = service.reviewing.now().version
    try:
        one_place(service, document_id, sent)
        told = _preview(service, document_id, sent)
        if told.faults or (told.refused and not reason):
            return entry_form(request, service, visitor, document_id, sent, preview=told)
        values = entry_values(service, document_id, sent)
        name = service.store.enter(table_of_form(sent), values, by=visitor.name, reason=reason)
    except EvidenceError as fault:
        return entry_form(request, service, visitor, document_id, sent, fault=fault)
    return RedirectResponse(address(name, Scope(), told=name, before=before), status_code=HTTPStatus.SEE_OTHER)


def _preview(service: Service, document_id: str, sent: Mapping[str, str]) -> Preview:
    table, values = table_of_form(sent), entry_values(service, document_id, sent)
    needed = {name: "" for name in NEEDED if name in CORRECTABLE[table] and not values.get(name)}
    records = service.known.document(document_id)
    return preview_entry(records, service.store.text(document_id), table, {**values, **needed})
