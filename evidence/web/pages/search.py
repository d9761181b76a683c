"""Finding a row by its study, its outcome, words of its sentence, or its id."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from evidence.model import tables
from evidence.model.records import Result
from evidence.web import wording
from evidence.web.blinding import under_dual_review
from evidence.web.rendering import page
from evidence.web.service import Serving
from evidence.web.visitors import Viewer

router = APIRouter(include_in_schema=False)

#: Rows that are listed; who finds more asks for more words.
_MOST = 100


@router.get("/search")
def search(
    request: Request, service: Serving, visitor: Viewer, q: Annotated[str, Query(max_length=500)] = ""
) -> Response:
    """The rows that have every word that was typed."""
    records = service.known.records()
    labels = wording.labels(records)
    apart = under_dual_review(service)
    wanted = q.casefold().split()
    found: list[tuple[Result, str]] = []
    total = 0
    for row in records.results() if wanted else ():
        if row.document_id in apart:
            continue
        headline = wording.headline(row, labels.get(row.study_id, ""))
        if all(word in _said(row, headline) for word in wanted):
            total += 1
            if total <= _MOST:
                found.append((row, headline))
    values = {"visitor": visitor, "q": q, "found": found, "total": total}
    return page(request, "search.html", values)


def _said(row: Result, headline: str) -> str:
    """Everything a row can be found by."""
    about = tables.to_row(row)
    named = ("result_id", "outcome_text", "arm", "comparator", "subgroup", "quote", "section", "table")
    return " ".join([headline, *(about.get(name, "") for name in named)]).casefold()
