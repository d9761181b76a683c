"""Both readings of a document side by side, and what is decided from them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, cast, get_args
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from evidence.errors import Conflict, EvidenceError, NotFound, StoreError
from evidence.live_checks import Preview, preview, preview_entry
from evidence.model import tables
from evidence.model.codes import RowStatus
from evidence.model.dual import EXTRACTOR, Assignment, Choice, Compared, Version
from evidence.model.users import Role
from evidence.web import sources, wording
from evidence.web.faults import status_of
from evidence.web.fields import arms_of, changed, fields, typed
from evidence.web.meetings import Meeting, meeting, newest, seen_in
from evidence.web.pages.dual import AssignmentNumber, title_of
from evidence.web.rendering import page
from evidence.web.service import Service, Serving
from evidence.web.visitors import Adjudicator, Form, Reviewer, Visitor, ask_name, texts
from evidence.web.wording import NAMES

if TYPE_CHECKING:
    from evidence.store import ResultTable

router = APIRouter(include_in_schema=False)

#: Choices as decisions are called.
_CHOICES = {"first": "the first reading", "second": "the second", "values": "other values", "reject": "not there"}
_VERDICTS = {"kept": "has this row", "rejected": "rejected this row", "absent": "does not have this row"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLine:
    """One column in both readings, with what they are to each other in words."""

    name: str
    first: str
    second: str
    relation: Literal["same", "same number, other digits", "differs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLine:
    """One row in the list of both readings."""

    row: Compared
    headline: str
    differing: Sequence[str]  # what differs, in words


@router.get("/dual/{assignment_id}/adjudicate")
def overview(request: Request, service: Serving, visitor: Reviewer, assignment_id: AssignmentNumber) -> Response:
    """The rows of both readings: what differs first."""
    if asked := ask_name(request, service, visitor):
        return asked
    assignment = service.store.dual.get(assignment_id)
    rows = service.store.dual.compare(assignment_id)
    words = _headlines(service)
    lines = [RowLine(row=row, headline=words(row), differing=_differing(row)) for row in rows]
    values = {
        **_around(service, visitor, assignment, rows),
        "differing": [line for line in lines if not line.row.agreed],
        "alike": [line for line in lines if line.row.agreed],
        "waiting": next((row.result_id for row in rows if not row.agreed and not row.adjudicated), None),
    }
    return page(request, "adjudication.html", values)


@router.post("/dual/{assignment_id}/agreed")
def take_agreed(service: Serving, visitor: Reviewer, form: Form, assignment_id: AssignmentNumber) -> Response:
    """Take over every row on which both agree, where it is as many as were shown."""
    shown = texts(form).get("count", "")
    waiting = sum(row.agreed and not row.adjudicated for row in service.store.dual.compare(assignment_id))
    if shown != str(waiting):
        raise StoreError(f"{waiting} agreed rows wait now, and {shown or 'none'} were shown; look at the list again.")
    service.store.dual.take_agreed(assignment_id, by=visitor.named())
    return RedirectResponse(f"/dual/{assignment_id}/adjudicate", status_code=HTTPStatus.SEE_OTHER)


@router.get("/dual/{assignment_id}/adjudicate/{result_id}")
def show(
    request: Request, service: Serving, visitor: Reviewer, assignment_id: AssignmentNumber, result_id: str
) -> Response:
    """One row in both readings, beside its source."""
    return _row_page(request, service, visitor, assignment_id, result_id)


@router.post("/dual/{assignment_id}/adjudicate/{result_id}/check")
def check(
    request: Request,
    service: Serving,
    visitor: Adjudicator,
    form: Form,
    assignment_id: AssignmentNumber,
    result_id: str,
) -> Response:
    """What the values that stand in the form would do."""
    row = _row_named(service.store.dual.compare(assignment_id), result_id)
    told = _preview(service, row, typed(row.table, texts(form)))
    return page(request, "review_check.html", {"visitor": visitor, "preview": told})


@router.post("/dual/{assignment_id}/adjudicate/{result_id}")
def decide(
    request: Request,
    service: Serving,
    visitor: Adjudicator,
    form: Form,
    assignment_id: AssignmentNumber,
    result_id: str,
) -> Response:
    """Decide a row, and go on to the next that differs."""
    sent = texts(form)
    choice, reason, seen = sent.get("choice", ""), sent.get("reason", "").strip() or None, seen_in(sent)
    row = _row_named(service.store.dual.compare(assignment_id), result_id)
    values = typed(row.table, sent) if choice == "values" else None
    told: Preview | None = None
    try:
        if choice not in get_args(Choice):
            raise StoreError("Choose the first reading, the second, other values, or that the row is not there.")
        settles = service.store.dual.get(assignment_id).side_of(visitor.name) is None
        if settles and seen == newest(service, result_id):  # else the decision made meanwhile is told first
            told = _preview(service, row, _chosen(row, cast(Choice, choice), values))
        if told is not None and (told.faults or (told.refused and not reason)):
            return _row_page(request, service, visitor, assignment_id, result_id, told=told, sent=sent)
        service.store.dual.adjudicate(
            assignment_id,
            result_id,
            cast(Choice, choice),
            by=visitor.named(),
            reason=reason,
            values=values,
            seen=seen,
        )
    except Conflict as conflict:
        met = meeting(service, conflict, result_id, action=_CHOICES.get(choice, choice), seen=seen, values=values)
        return _row_page(request, service, visitor, assignment_id, result_id, met=met, sent=sent)
    except EvidenceError as fault:
        return _row_page(request, service, visitor, assignment_id, result_id, fault=fault, sent=sent)
    following = _next_differing(service.store.dual.compare(assignment_id), result_id)
    where = f"/dual/{assignment_id}/adjudicate" + (f"/{quote(following)}" if following else "")
    return RedirectResponse(where, status_code=HTTPStatus.SEE_OTHER)


def _row_page(
    request: Request,
    service: Service,
    visitor: Visitor,
    assignment_id: int,
    result_id: str,
    *,
    fault: EvidenceError | None = None,
    told: Preview | None = None,
    met: Meeting | None = None,
    sent: Mapping[str, str] | None = None,
) -> Response:
    """A row in both readings; after a decision that was not recorded with the `fault`, the check or the other one."""
    seen = newest(service, result_id)  # before what is shown is read, so that nothing newer goes unseen
    assignment = service.store.dual.get(assignment_id)
    rows = service.store.dual.compare(assignment_id)
    row = _row_named(rows, result_id)
    records = service.known.records()
    order = [each.result_id for each in rows if not each.agreed] or [each.result_id for each in rows]
    before = order[: order.index(result_id)] if result_id in order else []
    arms = arms_of(records, row.row.document_id)
    kept = next((one.row for one in (row.first, row.second) if one.row is not None), row.row)
    typing = sent is not None and sent.get("choice") == "values"
    given = typed(row.table, sent or {}) if typing else {}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if told else HTTPStatus.CONFLICT if met else HTTPStatus.OK
    values = {
        **_around(service, visitor, assignment, rows),
        "row": row,
        "headline": _headlines(service)(row),
        "place": wording.place_words(row.row),
        "lines": _pair_lines(row),
        "verdicts": _VERDICTS,
        "source": sources.source_of(service, records, row.row, wait=True),
        "fields": fields(row.table, {**tables.to_row(kept), **given}, arms),
        "typing": typing,
        "seen": seen,
        "preview": told,
        "conflict": met,
        "previous": before[-1] if before else None,
        "following": _next_differing(rows, result_id),
        "fault": str(fault) if fault else None,
        "reason": (sent or {}).get("reason", ""),
    }
    return page(request, "adjudicate_row.html", values, status=status_of(fault) if fault else status)


def _chosen(row: Compared, choice: Choice, values: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """The columns as they would be decided; None where the row is not kept."""
    if choice in ("values", "reject"):
        return values
    version: Version = getattr(row, choice)
    if version.row is None or version.verdict != "kept":
        return None
    told = tables.to_row(version.row)
    return {name: told[name] for name in tables.CORRECTABLE[row.table]}


def _preview(service: Service, row: Compared, values: Mapping[str, str] | None) -> Preview | None:
    """What these values would do to the row, or as a row of their own where readers entered it; None if nothing."""
    if values is None:
        return None
    document_id = row.row.document_id
    records, text = service.known.document(document_id), service.store.text(document_id)
    known = next((each for each in records.results() if each.result_id == row.result_id), None)
    if known is not None:
        changes = changed(values, tables.to_row(known))
        return preview(records, text, row.result_id, changes) if changes or known.status is RowStatus.REJECTED else None
    told = tables.to_row(row.row)
    place = {name: told[name] for name in ("document_id", "study_id", *tables.SOURCE_COLUMNS)}
    return preview_entry(records, text, cast("ResultTable", row.table), {**place, **values})


def _around(service: Service, visitor: Visitor, assignment: Assignment, rows: Sequence[Compared]) -> dict[str, object]:
    open_still = assignment.closed_at is None
    return {
        "visitor": visitor,
        "assignment": assignment,
        "title": title_of(service.known.records().documents, assignment.document_id),
        "first": assignment.first,
        "second": "the extractor" if assignment.second == EXTRACTOR else assignment.second,
        "decided": sum(row.adjudicated for row in rows),
        "total": len(rows),
        "agreed": sum(row.agreed and not row.adjudicated for row in rows),
        "taking": open_still,
        "is_reader": assignment.side_of(visitor.name) is not None,
        "deciding": open_still and visitor.may(Role.ADJUDICATOR) and assignment.side_of(visitor.name) is None,
    }


def _headlines(service: Service) -> Callable[[Compared], str]:
    """Rows in one line each; readings name a study as its document does, which others may know by another id."""
    records = service.known.records()
    labels = wording.labels(records)
    known = {row.result_id: labels[row.study_id] for row in records.results()}

    def headline(row: Compared) -> str:
        return wording.headline(row.row, known.get(row.result_id, labels.get(row.row.study_id, "")))

    return headline


def _row_named(rows: Sequence[Compared], result_id: str) -> Compared:
    found = next((row for row in rows if row.result_id == result_id), None)
    if found is None:
        raise NotFound(f"There is no row {result_id!r} in the readings of this document.")
    return found


def _next_differing(rows: Sequence[Compared], result_id: str) -> str | None:
    """The next row that differs and is not decided, from the start again behind the last."""
    order = [row.result_id for row in rows]
    at = order.index(result_id) if result_id in order else 0
    turned = [*rows[at + 1 :], *rows[:at]]
    return next((row.result_id for row in turned if not row.agreed and not row.adjudicated), None)


def _pair_lines(row: Compared) -> tuple[PairLine, ...]:
    """Columns side by side; of a row that one of them has not, those that the other reports."""
    if row.fields:
        return tuple(
            PairLine(
                name=NAMES[each.column],
                first=each.first,
                second=each.second,
                relation="same" if each.agreed else "same number, other digits" if each.same_number else "differs",
            )
            for each in row.fields
        )
    columns = tables.CORRECTABLE[row.table]
    one, other = (_kept(version) for version in (row.first, row.second))
    return tuple(
        PairLine(name=NAMES[name], first=one.get(name, ""), second=other.get(name, ""), relation="differs")
        for name in columns
        if one.get(name) or other.get(name)
    )


def _kept(version: Version) -> Mapping[str, str]:
    return tables.to_row(version.row) if version.row is not None and version.verdict == "kept" else {}


def _differing(row: Compared) -> tuple[str, ...]:
    if row.first.verdict != row.second.verdict:
        return (f"one of them {_VERDICTS[next(v for v in (row.first.verdict, row.second.verdict) if v != 'kept')]}",)
    return tuple(NAMES[each.column].lower() for each in row.fields if not each.agreed)
