"""What people decide about numbers."""

import datetime as dt
from typing import Literal

from fastapi import APIRouter, status
from pydantic import Field

from evidence.errors import NotFound
from evidence.web.api.rows import ResultShape, result_shape
from evidence.web.api.shapes import USUAL_LIMIT, After, Limit, Listed, Name, Number, Said, Shape, listed
from evidence.web.service import Serving
from evidence.web.visitors import Reviewer, Viewer

router = APIRouter(prefix="/api/v1", tags=["decisions"])


class Decided(Shape):
    """A decision about one number."""

    action: Literal["accept", "correct", "reject", "undo"]
    values: dict[Name, Said] | None = Field(
        default=None, description="Of a correction: texts by column; empty: not reported"
    )
    reason: Said | None = None
    seen: Number = Field(description="`seen` of the number as it was read; another decision since then is a conflict")


class Entered(Shape):
    """A number that the extraction missed."""

    table: Literal["arm_results", "contrasts"]
    values: dict[Name, Said] = Field(description="Texts by column, with document_id, study_id and quote")
    reason: Said | None = None


class ColumnDecision(Shape):
    """One column that one decision changed."""

    at: dt.datetime
    reviewer: str
    action: str
    about: str
    document_id: str | None
    column: str
    before: str
    after: str
    reason: str | None


@router.post("/rows/{result_id}/decisions", status_code=status.HTTP_201_CREATED)
def decide(service: Serving, visitor: Reviewer, result_id: Name, decided: Decided) -> ResultShape:
    """Accept, correct or reject a number, or take the last decision about it back; the number as it then stands."""
    service.known.result(result_id)  # a conflict tells the number as it stands
    service.store.decide(
        result_id,
        decided.action,
        by=visitor.named(),
        reason=decided.reason,
        values=decided.values,
        seen=decided.seen,
    )
    try:
        return result_shape(service, result_id)
    except NotFound as error:  # the undo of a row entered
        raise NotFound(f"{result_id} was taken back and is no more.") from error


@router.post("/rows", status_code=status.HTTP_201_CREATED)
def enter(service: Serving, visitor: Reviewer, entered: Entered) -> ResultShape:
    """Enter a number that the extraction missed, with the words it stands in."""
    by = visitor.named()
    return result_shape(service, service.store.enter(entered.table, entered.values, by=by, reason=entered.reason))


@router.get("/decisions")
def decisions(
    service: Serving,
    visitor: Viewer,  # noqa: ARG001
    after: After = None,
    limit: Limit = USUAL_LIMIT,
) -> Listed[ColumnDecision]:
    """Everything people decided, also what was taken back, in the order of time."""
    made = (
        (
            f"{number:012d}",
            ColumnDecision(**{name: getattr(decision, name) for name in ColumnDecision.model_fields}),
        )
        for number, decision in enumerate(service.known.decisions())
    )
    return listed(made, after, limit)
