"""Finding a row by its study, its outcome, words of its sentence, or its id."""

import re
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
    """The rows that have every word that was typed, or words that begin like it."""
    records = service.known.records()
    labels = wording.labels(records)
    apart = under_dual_review(service)
    wanted = [re.compile(rf"(?<!\w){re.escape(word)}") for word in q.casefold().split()]
    found: list[tuple[bool, Result, str]] = []
    for row in records.results() if wanted else ():
        if row.document_id in apart:
            continue
        headline = wording.headline(row, labels.get(row.study_id, ""))
        said = _said(row, headline)
        if all(word.search(said) for word in wanted):
            found.append((all(word.search(headline.casefold()) for word in wanted), row, headline))
    found.sort(key=lambda each: not each[0])  # those of which the words are the heading come first
    listed = [(row, headline) for _, row, headline in found[:_MOST]]
    return page(request, "search.html", {"visitor": visitor, "q": q, "found": listed, "total": len(found)})


def _said(row: Result, headline: str) -> str:
    """Everything a row can be found by."""
    about = tables.to_row(row)
    named = ("result_id", "outcome_text", "arm", "comparator", "subgroup", "quote", "section", "table")
    return " ".join([headline, *(about.get(name, "") for name in named)]).casefold()
