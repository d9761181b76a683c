"""The review: one row at a time beside the page it came from."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from evidence.model.question import Question
from evidence.pooled_moves import Move, default_questions, moves
from evidence.web.blinding import dual_review_of
from evidence.web.presented import row_of
from evidence.web.rendering import page
from evidence.web.review_page import address, done_page, first_waiting, row_page
from evidence.web.reviewing import Reviewed, Scope
from evidence.web.service import Service, Serving
from evidence.web.sources import source_of
from evidence.web.visitors import Reviewer, Viewer, ask_name
from evidence.web.wording import pooled_words, question_words

router = APIRouter(include_in_schema=False)

Asked = Annotated[str | None, Query()]


def limits(document: Asked = None, study: Asked = None) -> Scope:
    """What the review is limited to."""
    return Scope(document_id=document or None, study_id=study or None)


Limited = Annotated[Scope, Depends(limits)]


@router.get("/review")
def first(
    request: Request,
    service: Serving,
    visitor: Reviewer,
    scope: Limited,
    told: Asked = None,
    before: Asked = None,
) -> Response:
    """The first row that waits."""
    if asked := ask_name(request, service, visitor):
        return asked
    following = first_waiting(service, scope)
    if following is None or told:
        return done_page(request, service, visitor, scope, told=told, before=before)
    return RedirectResponse(address(following, scope), status_code=HTTPStatus.SEE_OTHER)


@router.get("/review/moves")
def moved(request: Request, service: Serving, visitor: Viewer, before: str) -> Response:
    """The pooled estimates that differ from those of an earlier state of the store."""
    earlier, now = service.reviewing.at(before), service.reviewing.now()
    found: tuple[Move, ...] = ()
    if earlier is not None and earlier.version != now.version:
        found = moves(earlier.records, now.records, _questions(service, earlier, now))
    told = [
        (question_words(each.question), *(pooled_words(one) for one in (each.earlier, each.later))) for each in found
    ]
    return page(request, "review_moves.html", {"visitor": visitor, "moves": told})


@router.get("/review/{result_id}")
def show(
    request: Request,
    service: Serving,
    visitor: Viewer,
    result_id: str,
    scope: Limited,
    told: Asked = None,
    before: Asked = None,
) -> Response:
    """A row beside its source."""
    if asked := ask_name(request, service, visitor):
        return asked
    return row_page(request, service, visitor, result_id, scope, told=told, before=before)


@router.get("/review/{result_id}/source")
def source(request: Request, service: Serving, visitor: Viewer, result_id: str) -> Response:
    """The source of a row whose document had to be laid out first."""
    state = service.reviewing.now()
    row = row_of(state, result_id)
    if dual_review_of(service, row.document_id) is not None:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    found = source_of(service, state.records, row, wait=True)
    return page(request, "review_source.html", {"visitor": visitor, "row": row, "source": found})


def _questions(service: Service, earlier: Reviewed, now: Reviewed) -> tuple[Question, ...]:
    """What is pooled: as asked for, or what was and is pooled by default."""
    if service.questions is not None:
        return tuple(service.questions)
    both = {question.id: question for state in (earlier, now) for question in default_questions(state.records)}
    return tuple(both.values())
