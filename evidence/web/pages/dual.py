"""Documents that two people read independently: who reads what, how far they are, and giving them out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import RedirectResponse, Response

from evidence.errors import EvidenceError
from evidence.model.codes import DocumentStatus
from evidence.model.dual import EXTRACTOR, Assignment, Progress
from evidence.model.records import DocumentRecord
from evidence.model.users import Role
from evidence.web.dual_rows import own_progress
from evidence.web.faults import status_of
from evidence.web.rendering import page
from evidence.web.service import Service, Serving
from evidence.web.visitors import Adjudicator, Form, Reviewer, Visitor, ask_name, texts

router = APIRouter(include_in_schema=False)

AssignmentNumber = Annotated[int, Path(ge=1, lt=2**31)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentLine:
    """An assignment in a list, with what the visitor may know of it."""

    assignment: Assignment
    title: str
    progress: Sequence[Progress]  # the visitor's own, if they are to read; of others only to who is no reader
    decided: int = 0  # rows, where both have finished
    rows: int = 0

    @property
    def differing(self) -> bool:
        """Whether rows wait for adjudication."""
        return self.assignment.unblinded and self.assignment.closed_at is None


@router.get("/dual")
def show(request: Request, service: Serving, visitor: Reviewer) -> Response:
    """What the visitor reads; to who gives documents out, all."""
    return ask_name(request, service, visitor) or _page(request, service, visitor)


@router.post("/dual")
def assign(request: Request, service: Serving, visitor: Adjudicator, form: Form) -> Response:
    """Give a document to two reviewers."""
    sent = texts(form)
    first, second, again = (sent.get(name, "") for name in ("first", "second", "again"))
    try:
        service.store.dual.assign(sent.get("document", ""), first, second, by=visitor.named(), again=again)
    except EvidenceError as fault:
        return _page(request, service, visitor, fault=fault, sent=sent)
    return RedirectResponse("/dual", status_code=HTTPStatus.SEE_OTHER)


@router.post("/dual/{assignment_id}/withdraw")
def withdraw(service: Serving, visitor: Adjudicator, form: Form, assignment_id: AssignmentNumber) -> Response:
    """End a dual review before its rows are decided."""
    reason = texts(form).get("reason", "").strip() or None
    service.store.dual.withdraw(assignment_id, by=visitor.named(), reason=reason)
    return RedirectResponse("/dual", status_code=HTTPStatus.SEE_OTHER)


def title_of(documents: Sequence[DocumentRecord], document_id: str) -> str:
    """What a document is called."""
    found = next((each for each in documents if each.document_id == document_id), None)
    return document_id if found is None else found.title or found.source


def _page(
    request: Request,
    service: Service,
    visitor: Visitor,
    *,
    fault: EvidenceError | None = None,
    sent: Mapping[str, str] | None = None,
) -> Response:
    documents = service.known.records().documents
    told = service.store.dual.assignments()
    giving = visitor.may(Role.ADJUDICATOR)
    under = {each.document_id for each in told if each.closed_at is None}
    values = {
        "visitor": visitor,
        "mine": [_line(service, visitor, each, documents) for each in told if each.side_of(visitor.name)],
        "others": [
            _line(service, visitor, each, documents) for each in told if giving and not each.side_of(visitor.name)
        ],
        "giving": giving,
        "documents": [
            (each.document_id, each.title or each.source)
            for each in documents
            if each.document_id not in under and each.status is not DocumentStatus.FAILED
        ],
        "read": {each.document_id for each in told if each.unblinded},
        "users": [user.name for user in service.store.users.list() if not user.disabled and user.role >= Role.REVIEWER],
        "at_home": visitor.via == "home",
        "extractor": EXTRACTOR,
        "sent": sent or {},
        "fault": str(fault) if fault else None,
    }
    return page(request, "dual.html", values, status=status_of(fault) if fault else HTTPStatus.OK)


def _line(
    service: Service, visitor: Visitor, assignment: Assignment, documents: Sequence[DocumentRecord]
) -> AssignmentLine:
    number = assignment.assignment_id
    rows = service.store.dual.compare(number) if assignment.unblinded else ()
    reads = assignment.side_of(visitor.name) is not None
    return AssignmentLine(
        assignment=assignment,
        title=title_of(documents, assignment.document_id),
        progress=(own_progress(service, visitor, assignment),) if reads else service.store.dual.progress(number),
        decided=sum(row.adjudicated for row in rows),
        rows=len(rows),
    )
