"""How often two readers agreed before adjudication, and how often the extractor was right."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from evidence.present import agreement as tabulated
from evidence.web.pages.dual import title_of
from evidence.web.rendering import page
from evidence.web.service import Serving
from evidence.web.visitors import Viewer

router = APIRouter(include_in_schema=False)

OfDocument = Annotated[str | None, Query(max_length=500)]


@router.get("/dual/agreement")
def show(request: Request, service: Serving, visitor: Viewer, document: OfDocument = None) -> Response:
    """Agreement per field and accuracy of the extractor, of one document or of all."""
    documents = service.known.records().documents
    finished = {each.document_id for each in service.store.dual.assignments() if each.unblinded}
    wanted = document or None
    values = {
        "visitor": visitor,
        "agreements": service.store.dual.agreement(wanted),
        "accuracies": service.store.dual.accuracy(wanted),
        "documents": [(each, title_of(documents, each)) for each in sorted(finished)],
        "document": wanted,
        "title": title_of(documents, wanted) if wanted else None,
    }
    return page(request, "agreement.html", values)


@router.get("/dual/agreement.csv")
def agreement_file(service: Serving, visitor: Viewer, document: OfDocument = None) -> Response:  # noqa: ARG001
    """Agreement as CSV."""
    rows = tabulated.agreement_rows(service.store.dual.agreement(document or None))
    return _csv([name for name, _, _ in tabulated.AGREEMENT], rows, "agreement.csv")


@router.get("/dual/accuracy.csv")
def accuracy_file(service: Serving, visitor: Viewer, document: OfDocument = None) -> Response:  # noqa: ARG001
    """Accuracy of the extractor as CSV."""
    rows = tabulated.accuracy_rows(service.store.dual.accuracy(document or None))
    return _csv(tabulated.ACCURACY, rows, "accuracy.csv")


def _csv(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], name: str) -> Response:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    disposition = f'attachment; filename="{name}"'
    return Response(out.getvalue(), media_type="text/csv", headers={"Content-Disposition": disposition})
