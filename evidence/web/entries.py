"""The form of a row that a person enters, beside its document: what was sent in it, and where its quote stands."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Literal

from fastapi import Request
from starlette.responses import Response

from evidence.errors import EvidenceError, StoreError
from evidence.live_checks import Preview
from evidence.model.dual import Assignment
from evidence.web import sources, wording
from evidence.web.blinding import dual_review_of
from evidence.web.fields import PREFIX, arms_of, fields, typed
from evidence.web.rendering import page
from evidence.web.reviewing import Reviewed
from evidence.web.service import Service
from evidence.web.sources import PageView
from evidence.web.visitors import Visitor

Table = Literal["arm_results", "contrasts"]
#: Where a quote stands: offsets into the text of its document.
Span = tuple[int, int]
_TABLES: tuple[tuple[Table, str], ...] = (
    ("contrasts", "A comparison of two groups"),
    ("arm_results", "A number of one group"),
)
#: Letters shown on each side of a place; and of so many places one is chosen, of more the quote has to say more.
_AROUND = 60
_MOST_PLACES = 20
_LAST_PAGE = 100_000


def entry_form(
    request: Request,
    service: Service,
    visitor: Visitor,
    document_id: str,
    sent: Mapping[str, str],
    *,
    preview: Preview | None = None,
    fault: EvidenceError | None = None,
    reading: Assignment | None = None,
) -> Response:
    """The form beside the document, with what was `sent`; with `reading`, for a reviewer of it who records it there.

    After an entry that was refused it has the `fault`, or the `preview` that speaks against it.
    """
    state = service.reviewing.now()
    document = sources.document_of(state.records, document_id)
    text, table = service.store.text(document_id), table_of_form(sent)
    labels = wording.labels(state.records)
    studies = [
        (study.study_id, labels[study.study_id]) for study in state.records.studies if study.document_id == document_id
    ]
    given = {name.removeprefix(PREFIX): value for name, value in sent.items() if name.startswith(PREFIX)}
    places = places_of(text, sent)
    span = places[0] if len(places) == 1 else None
    shown, reason = _page(service, state, document_id, sent, span)
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
        "places": [_in_its_words(text, each) for each in places] if 1 < len(places) <= _MOST_PLACES else [],
        "marked": shown,
        "reason": reason,
        "text": "" if shown else text,
        "preview": preview,
        "fault": str(fault) if fault else None,
        "given_reason": sent.get("reason", ""),
    }
    refused = fault is not None or preview is not None
    return page(request, "enter.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK)


def table_of_form(sent: Mapping[str, str]) -> Table:
    """The table that a form of entry is for."""
    return "arm_results" if sent.get("table") == "arm_results" else "contrasts"


def find_quotes(text: str, wanted: str) -> Sequence[Span]:
    """Where these words stand in a document; spaces and line breaks stand for each other."""
    words = wanted.split()
    if not words:
        return ()
    return [found.span() for found in re.finditer(r"\s+".join(re.escape(word) for word in words), text)]


def places_of(text: str, sent: Mapping[str, str]) -> Sequence[Span]:
    """Where the quote of a form stands: at its offsets while it is the text there, or wherever it is found.

    Of several places the one that was chosen by where it starts.
    """
    start, end, wanted = sent.get("char_start", ""), sent.get("char_end", ""), sent.get("quote", "")
    if start.isdecimal() and end.isdecimal() and 0 <= int(start) < int(end) <= len(text):
        span = int(start), int(end)
        if not wanted or text[slice(*span)].split() == wanted.split():
            return (span,)
    found = find_quotes(text, wanted)
    return [span for span in found if str(span[0]) == sent.get("place")] or found


def entry_values(service: Service, document_id: str, sent: Mapping[str, str]) -> dict[str, str]:
    """What `Store.enter` takes; what was left empty is not reported.

    Of several places of the quote it has the first, for a check alone: `one_place` refuses these.
    """
    text = service.store.text(document_id)
    values = {name: value for name, value in typed(table_of_form(sent), sent).items() if value}
    values |= {"document_id": document_id, "study_id": sent.get("study_id", "")}
    for start, end in places_of(text, sent)[:1]:
        values |= {"char_start": str(start), "char_end": str(end), "quote": text[start:end]}
    return values


def one_place(service: Service, document_id: str, sent: Mapping[str, str]) -> None:
    """Refuse a quote that the document does not have, or has at several places of which none was chosen.

    Raises
    ------
    StoreError
        If so.
    """
    places = places_of(service.store.text(document_id), sent)
    if not places:
        raise StoreError("The document does not have this quote; copy it as it stands there, or choose it.")
    if len(places) > 1:
        choice = "choose below which place is meant, or quote" if len(places) <= _MOST_PLACES else "quote"
        raise StoreError(f"These words stand {len(places)} times in the document; {choice} more of the sentence.")


def _in_its_words(text: str, span: Span) -> tuple[int, str, str, str]:
    """Where a place starts, the words before it, it, and the words behind it."""
    start, end = span
    around = text[max(0, start - _AROUND) : start], text[start:end], text[end : end + _AROUND]
    before, quote, behind = (" ".join(part.split()) for part in around)
    return start, before, quote, behind


def _page(
    service: Service, state: Reviewed, document_id: str, sent: Mapping[str, str], span: Span | None
) -> tuple[PageView | None, str | None]:
    """The page to choose words on, with those that are chosen; or why there is none."""
    if sources.document_of(state.records, document_id).format != "pdf":
        return None, None
    asked = int(sent["at"]) if sent.get("at", "").isdecimal() else 1
    try:
        document, laid_out = sources.document_places(service, state.records, document_id)
        chosen = [word for word in laid_out.words if span and word.char_start < span[1] and word.char_end > span[0]]
        number = chosen[0].box.page if chosen else min(max(asked, 1), _LAST_PAGE)
        words = laid_out.words_of_page(number, service.store.text(document_id)) if chosen else ()
        areas = [word.area for word in words if span and word.char_start < span[1] and word.char_end > span[0]]
        return sources.page_view(laid_out, document, number, quote=areas), None
    except EvidenceError as error:
        return None, str(error)
