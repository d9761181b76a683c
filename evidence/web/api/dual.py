"""Dual review: assignments, one's own readings, and how often readers agreed."""

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, status
from pydantic import Field

from evidence.model.dual import Assignment, same_person
from evidence.model.users import Role
from evidence.present.agreement import accuracy_rows, agreement_rows
from evidence.web.api.shapes import Name, Said, Shape
from evidence.web.service import Service, Serving
from evidence.web.visitors import Adjudicator, Reviewer, Viewer, Visitor

router = APIRouter(prefix="/api/v1", tags=["dual review"])

AssignmentNumber = Annotated[int, Path(ge=1, lt=2**31)]


class ProgressShape(Shape):
    """How far a reader is."""

    reviewer: str
    read: int
    of: int = Field(description="Rows of the document; those that the reader entered are not told")
    finished: bool


class AssignmentShape(Shape):
    """A document that two people read independently."""

    assignment_id: int
    document_id: str
    first: str
    second: str = Field(description="A name, or `extractor`: what was extracted is the second reading")
    created_by: str
    created_at: dt.datetime
    closed_at: dt.datetime | None = Field(description="When every row was decided, or the review was withdrawn")
    unblinded: bool = Field(description="Both have finished, so that both readings are shown")
    progress: list[ProgressShape] = Field(description="To a reader their own alone, until both have finished")


class AssignmentList(Shape):
    """Assignments in the order they were made."""

    items: list[AssignmentShape]


class Assigned(Shape):
    """A document to give to two readers."""

    document_id: Name
    first: Name
    second: Name = Field(description="A name, or `extractor`")
    again: Said | None = Field(default=None, description="Why a document that two have read is read by two again")


class ReadingShape(Shape):
    """One thing that a reader recorded."""

    event_id: int
    result_id: str
    action: str
    reviewer: str
    at: dt.datetime
    reason: str | None
    values: dict[str, Any]


class ReadingList(Shape):
    """What was recorded, also what was taken back, in order; to a reader their own until both have finished."""

    rows: list[dict[str, str]] = Field(description="The rows as the reader may see them, their readings applied")
    readings: list[ReadingShape]


class Read(Shape):
    """What a reader says of a row."""

    result_id: Name
    action: Literal["accept", "correct", "reject", "undo"]
    values: dict[Name, Said] | None = Field(
        default=None, description="Of a correction; beside the extractor the whole reading"
    )
    reason: Said | None = None


class Missed(Shape):
    """A row that the reader found and that is not there."""

    table: Literal["arm_results", "contrasts"]
    values: dict[Name, Said] = Field(description="Texts by column, with study_id and quote")
    reason: Said | None = None


class Entered(Shape):
    """The row that was added to a reading."""

    result_id: str


class AgreementShape(Shape):
    """How often readers agreed, and how often the extractor was right."""

    agreement: list[dict[str, Any]] = Field(description="With the columns of `agreement.csv`")
    accuracy: list[dict[str, Any]] = Field(description="With the columns of `agreement-accuracy.csv`")


@router.get("/assignments")
def assignments(
    service: Serving,
    visitor: Reviewer,
    document_id: Annotated[Name | None, Query(description="Only of this document")] = None,
    open_only: bool = False,
) -> AssignmentList:
    """The assignments of who asks; of an adjudicator or admin all."""
    everybody = visitor.may(Role.ADJUDICATOR)
    found = service.store.dual.assignments(document_id=document_id, open_only=open_only)
    return AssignmentList(
        items=[_shape(service, visitor, each) for each in found if everybody or each.side_of(visitor.name)]
    )


@router.post("/assignments", status_code=status.HTTP_201_CREATED)
def assign(service: Serving, visitor: Adjudicator, assigned: Assigned) -> AssignmentShape:
    """Give a document to two readers."""
    made = service.store.dual.assign(
        assigned.document_id, assigned.first, assigned.second, by=visitor.named(), again=assigned.again
    )
    return _shape(service, visitor, made)


@router.get("/assignments/{assignment_id}/readings")
def readings(service: Serving, visitor: Reviewer, assignment_id: AssignmentNumber) -> ReadingList:
    """One's own reading, or both when both have finished."""
    dual = service.store.dual
    made = dual.readings(assignment_id, by=visitor.name)
    reads = dual.get(assignment_id).side_of(visitor.name) is not None
    return ReadingList(
        rows=list(dual.rows(assignment_id, by=visitor.name)) if reads else [],
        readings=[
            ReadingShape(
                **{name: getattr(one, name) for name in ReadingShape.model_fields if name != "values"},
                values=dict(one.values),
            )
            for one in made
        ],
    )


@router.post("/assignments/{assignment_id}/readings", status_code=status.HTTP_201_CREATED)
def read(service: Serving, visitor: Reviewer, assignment_id: AssignmentNumber, said: Read) -> AssignmentShape:
    """Record what one reads in a row."""
    service.store.dual.record(
        assignment_id, said.result_id, said.action, by=visitor.named(), values=said.values, reason=said.reason
    )
    return _shape(service, visitor, service.store.dual.get(assignment_id))


@router.post("/assignments/{assignment_id}/rows", status_code=status.HTTP_201_CREATED)
def enter(service: Serving, visitor: Reviewer, assignment_id: AssignmentNumber, missed: Missed) -> Entered:
    """Add a row to one's own reading."""
    by = visitor.named()
    name = service.store.dual.enter(assignment_id, missed.table, missed.values, by=by, reason=missed.reason)
    return Entered(result_id=name)


@router.post("/assignments/{assignment_id}/finish")
def finish(service: Serving, visitor: Reviewer, assignment_id: AssignmentNumber) -> AssignmentShape:
    """Say that one has finished; what one read cannot be changed afterwards."""
    return _shape(service, visitor, service.store.dual.finish(assignment_id, by=visitor.named()))


@router.get("/agreement")
def agreement(
    service: Serving,
    visitor: Viewer,  # noqa: ARG001
    document_id: Annotated[Name | None, Query(description="Only of this document")] = None,
) -> AgreementShape:
    """Agreement before adjudication, of the reviews that both have finished, and the extractor's accuracy."""
    return AgreementShape(
        agreement=agreement_rows(service.store.dual.agreement(document_id)),
        accuracy=accuracy_rows(service.store.dual.accuracy(document_id)),
    )


def _shape(service: Service, visitor: Visitor, assignment: Assignment) -> AssignmentShape:
    told = service.store.dual.progress(assignment.assignment_id)
    reads = assignment.side_of(visitor.name) is not None and not assignment.unblinded
    names = [name for name in AssignmentShape.model_fields if name != "progress"]
    return AssignmentShape(
        **{name: getattr(assignment, name) for name in names},
        progress=[
            ProgressShape(**{name: getattr(one, name) for name in ProgressShape.model_fields})
            for one in told
            if not reads or same_person(one.reviewer, visitor.name)
        ],
    )
