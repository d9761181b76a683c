"""Taking the tables away, comparing studies side by side, and bringing an edited workbook back."""

import io
import tempfile
import zipfile
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from evidence.corrections import take_workbook
from evidence.errors import EvidenceError, NotFound, QuestionError, StoreError
from evidence.model.codes import Outcome, RowStatus
from evidence.model.question import Question
from evidence.model.users import Role
from evidence.panel import write_comparison
from evidence.present.compare import ComparisonTable, comparison_table
from evidence.present.compare_views import RESULT_HEADS, by_outcome, result_cells
from evidence.reports import FileReport
from evidence.web.answers import row_address
from evidence.web.exporting import FORMATS, exported
from evidence.web.rendering import page
from evidence.web.service import Service, Serving
from evidence.web.visitors import Form, Reviewer, Viewer, Visitor, ask_name

router = APIRouter(include_in_schema=False)

#: Bytes that the parts of a workbook unpack to; 20,000 rows have a tenth of it.
_UNPACKED = 64 * 1024 * 1024
_READING = Lock()  # one workbook at a time: each is held in memory whole

#: Numbers that a person stands behind.
_BY_PEOPLE = (RowStatus.ACCEPTED, RowStatus.CORRECTED, RowStatus.ENTERED)
Status = Literal["", "decided"]
#: What each format is for.
_FOR = {
    "xlsx": "to read, filter and decide in; changes come back below",
    "docx": "to write a manuscript from",
    "csv": "for any program; one file for each table",
    "jsonl": "for programs, one row in each line",
    "parquet": "for data frames of R, Python or Julia",
    "ris": "for a reference manager",
    "revman": "for Cochrane's RevMan",
    "robvis": "to judge the risk of bias, and to draw it",
    "metafor": "to pool the same numbers again in R",
}
_COMPARISONS = {"xlsx": "a spreadsheet", "docx": "a Word document", "csv": "CSV", "html": "a page", "md": "Markdown"}
_Said = Annotated[str, Query(max_length=500)]


@router.get("/export")
def export(request: Request, service: Serving, visitor: Viewer, status: Status = "") -> Response:
    """The formats, the form of a comparison, and the form of an edited workbook."""
    if visitor.may(Role.REVIEWER) and (named := ask_name(request, service, visitor)):
        return named
    return _page(request, visitor, status=status)


@router.get("/export/file/{kind}")
def download(service: Serving, visitor: Viewer, kind: str, status: Status = "") -> Response:  # noqa: ARG001
    """The tables in one format."""
    made = exported(service, kind, statuses=_BY_PEOPLE if status else ())
    return _attached(made.content, made.name, made.media_type)


@router.get("/export/comparison")
def compare(
    request: Request,
    service: Serving,
    visitor: Viewer,
    outcome: Annotated[list[_Said] | None, Query(max_length=40)] = None,
    treatment: _Said = "",
    status: Status = "",
) -> Response:
    """Studies side by side, as the documents print their numbers."""
    chosen = {"outcomes": outcome or [], "treatment": treatment, "status": status}
    try:
        table = _comparison(service, outcome or [], treatment, status)
    except QuestionError as error:
        values = {"visitor": visitor, "fault": str(error), **_compared(), **chosen}
        return page(request, "comparison.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    fields = urlencode({"outcome": outcome or [], "treatment": treatment, "status": status}, doseq=True)
    values = {
        "visitor": visitor,
        "fault": "",
        "heads": RESULT_HEADS,
        "parts": [
            (name, [(result_cells(row), [row_address(each) for each in row.result_ids]) for row in rows])
            for name, rows in by_outcome(table).items()
        ],
        "files": [(f"/export/comparison/{kind}?{fields}", words) for kind, words in _COMPARISONS.items()],
        **_compared(),
        **chosen,
    }
    return page(request, "comparison.html", values)


@router.get("/export/comparison/{kind}")
def comparison_file(
    service: Serving,
    visitor: Viewer,  # noqa: ARG001
    kind: str,
    outcome: Annotated[list[_Said] | None, Query(max_length=40)] = None,
    treatment: _Said = "",
    status: Status = "",
) -> Response:
    """A comparison as a file."""
    if kind not in _COMPARISONS:
        raise NotFound(f"There is no comparison as {kind!r}; there are {', '.join(_COMPARISONS)}.")
    table = _comparison(service, outcome or [], treatment, status)
    with tempfile.TemporaryDirectory(prefix="evidence-") as temporary:
        (made,) = write_comparison(table, Path(temporary) / f"comparison.{kind}")
        return _attached(made.read_bytes(), made.name, "application/octet-stream")


@router.post("/export/workbook")
def workbook(request: Request, service: Serving, visitor: Reviewer, form: Form) -> Response:
    """Take the decisions in an edited workbook, all under the visitor's name, and tell what became of each."""
    file = form.get("workbook")
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise StoreError("No file was sent; choose the workbook that was exported here and edited.")
        if service.known.hidden:  # what does not fit is told with the values that stand there
            raise StoreError(
                "You are to read a document without what was extracted; finish it before you send a workbook."
            )
        report = _taken(service, file, by=visitor.named())
    except EvidenceError as error:
        return _page(request, visitor, fault=str(error), status_code=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _page(request, visitor, report=report)


def _taken(service: Service, file: UploadFile, *, by: str) -> FileReport:
    file.file.seek(0)
    data = file.file.read()
    name = Path((file.filename or "").replace("\\", "/")).name or "the workbook"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        raise StoreError(f"{name} is no workbook; send the xlsx file that was exported here and edited.") from None
    if unpacked > _UNPACKED:
        raise StoreError(
            f"{name} would unpack to {unpacked // 1024**2} MB and at most {_UNPACKED // 1024**2} MB are taken here; "
            "give it to `evidence ingest`."
        )
    with _READING:
        return take_workbook(data, name, service.store, by=by, alone=True, hidden=service.known.hidden)


def _comparison(service: Service, outcomes: list[str], treatment: str, status: Status) -> ComparisonTable:
    named = tuple(part.strip() for part in treatment.split(";") if part.strip())
    question = Question(
        id="comparison",
        outcome=tuple(dict.fromkeys(outcomes)),
        treatment=named,
        status=tuple(_BY_PEOPLE) if status else (),
    )
    return comparison_table(service.known.records(), question)


def _compared() -> dict[str, object]:
    return {"codes": [code.value for code in Outcome]}


def _page(
    request: Request,
    visitor: Visitor,
    *,
    status: Status = "",
    report: FileReport | None = None,
    fault: str = "",
    status_code: HTTPStatus = HTTPStatus.OK,
) -> Response:
    suffix = f"?status={status}" if status else ""
    values = {
        "visitor": visitor,
        "deciding": visitor.may(Role.REVIEWER),
        "formats": [(words, f"/export/file/{kind}{suffix}", _FOR[kind]) for kind, (words, _, _) in FORMATS.items()],
        "status": status,
        "report": report,
        "fault": fault,
        "outcomes": [],
        "treatment": "",
        **_compared(),
    }
    return page(request, "export.html", values, status=status_code)


def _attached(content: bytes, name: str, media_type: str) -> Response:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
