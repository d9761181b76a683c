"""The evidence tables as files."""

from typing import Literal

from fastapi import APIRouter
from starlette.responses import Response

from evidence.web.exporting import MEDIA_TYPES, exported
from evidence.web.service import Serving
from evidence.web.visitors import Viewer

router = APIRouter(prefix="/api/v1", tags=["exports"])


@router.get(
    "/exports/{format}",
    response_class=Response,
    responses={200: {"content": {name: {"schema": {"type": "string", "format": "binary"}} for name in MEDIA_TYPES}}},
)
def export(
    service: Serving,
    visitor: Viewer,  # noqa: ARG001
    format: Literal["xlsx", "docx", "csv", "jsonl", "parquet", "ris", "revman", "robvis", "metafor"],  # noqa: A002
) -> Response:
    """The tables in one file; a format of several files comes as a ZIP archive."""
    made = exported(service, format)
    disposition = f'attachment; filename="{made.name}"'
    return Response(made.content, media_type=made.media_type, headers={"Content-Disposition": disposition})
