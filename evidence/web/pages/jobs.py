"""Uploads: the form, what became of each file, and how far the work is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from evidence.model.jobs import Job
from evidence.model.users import Role
from evidence.web.guards import LARGEST_UPLOAD
from evidence.web.rendering import page
from evidence.web.service import Service, Serving
from evidence.web.uploads import MOST_FILES, take_uploads
from evidence.web.visitors import Form, Ingester, Viewer, Visitor, ask_name

router = APIRouter(include_in_schema=False)

#: Jobs on one page.
_LISTED = 30
_Number = Annotated[int, Path(ge=1, lt=2**31)]
#: How the status of a file is told: the word, and the class that colours it.
_TOLD = {
    "added": ("read", "ok"),
    "unchanged": ("known already", "info"),
    "failed": ("failed", "failed"),
    "skipped": ("not taken", "warning"),
    "described": ("described", "ok"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """What became of one file of a job."""

    name: str
    said: str
    colour: str
    reason: str | None
    document_id: str | None  # where there is something to look at
    rows: int  # numbers that wait for a person


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLine:
    """A job in the list."""

    job: Job
    names: Sequence[str]  # of the files that were sent
    files: Sequence[FileLine]  # empty until the job is done

    @property
    def ends(self) -> bool:
        """Whether something is still to come."""
        return not self.job.status.ended


@router.get("/jobs")
def jobs(
    request: Request,
    service: Serving,
    visitor: Viewer,
    before: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
) -> Response:
    """The form, and the newest jobs first."""
    if visitor.may(Role.REVIEWER) and (asked := ask_name(request, service, visitor)):
        return asked
    found = service.store.jobs.list(limit=_LISTED, before=before)
    older = found[-1].job_id if len(found) == _LISTED else None
    values = {"lines": _lines(service, found), "older": older, "before": before}
    return page(request, "jobs.html", {"visitor": visitor, **values, **upload_values(service, visitor)})


@router.get("/jobs/{job_id}")
def job(request: Request, service: Serving, visitor: Viewer, job_id: _Number) -> Response:
    """One job; the part of the list alone where a script asks for it."""
    (line,) = _lines(service, [service.store.jobs.get(job_id)])
    template = "job_part.html" if "HX-Request" in request.headers else "job.html"
    return page(request, template, {"visitor": visitor, "line": line, "uploading": visitor.may(Role.REVIEWER)})


@router.post("/jobs")
def upload(service: Serving, visitor: Ingester, form: Form) -> Response:
    """Take files to be read, and show the job that reads them."""
    files = [file for file in form.getlist("files") if isinstance(file, UploadFile)]
    made = take_uploads(service, files, by=visitor.named(), ocr=form.get("ocr") == "yes")
    return RedirectResponse(f"/jobs#job-{made.job_id}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/jobs/{job_id}/cancel")
def cancel(service: Serving, visitor: Ingester, form: Form, job_id: _Number) -> Response:  # noqa: ARG001
    """Stop a job that waits or runs; what it stored stays."""
    service.store.jobs.cancel(job_id)
    return RedirectResponse(f"/jobs#job-{job_id}", status_code=HTTPStatus.SEE_OTHER)


def upload_values(service: Service, visitor: Visitor) -> dict[str, Any]:
    """What `upload.html` shows."""
    return {
        "uploading": visitor.may(Role.REVIEWER),
        "takes_files": service.files is not None,
        "most_files": MOST_FILES,
        "largest": LARGEST_UPLOAD,
    }


def _lines(service: Service, found: Sequence[Job]) -> list[JobLine]:
    records = service.known.records() if any(job.result for job in found) else None
    known = {document.document_id for document in records.documents} if records else set()
    rows: dict[str, int] = {}
    for row in records.results() if records else ():
        rows[row.document_id] = rows.get(row.document_id, 0) + 1
    return [
        JobLine(
            job=job,
            names=[file["name"] for file in job.arguments.get("files", ())],
            files=[_file_line(file, known, rows) for file in job.result.get("files", ())],
        )
        for job in found
    ]


def _file_line(file: Mapping[str, Any], known: Collection[str], rows: Mapping[str, int]) -> FileLine:
    said, colour = _TOLD.get(file["status"], (file["status"], "info"))
    if file["status"] == "added" and file["partly"]:
        said, colour = "read in part", "partial"
    document_id = file["document_id"] if file["document_id"] in known else None
    return FileLine(
        name=file["source"],
        said=said,
        colour=colour,
        reason=file["reason"] or file["remark"],
        document_id=document_id,
        rows=rows.get(document_id, 0) if document_id else 0,
    )
