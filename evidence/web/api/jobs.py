"""Uploads, and the work on them."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, status
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response, StreamingResponse

from evidence.model.jobs import Job, JobStatus
from evidence.web.api.shapes import USUAL_LIMIT, JobNumber, Limit, Shape
from evidence.web.service import Serving
from evidence.web.uploads import MOST_FILES, take_uploads
from evidence.web.visitors import Ingester, Viewer

router = APIRouter(prefix="/api/v1", tags=["jobs"])

#: What an upload is, for the description.
_FILES = {
    "type": "object",
    "properties": {
        "files": {
            "type": "array",
            "items": {"type": "string", "format": "binary"},
            "minItems": 1,
            "maxItems": MOST_FILES,
            "description": "Papers: PDF, JATS, HTML, Word, text …",
        }
    },
    "required": ["files"],
}
#: Seconds between two looks at a job, and how long one listener is told about it.
_EVERY = 0.5
_LONGEST = 600.0


class JobShape(Shape):
    """A piece of work."""

    job_id: int
    kind: str
    status: JobStatus
    attempts: int = Field(description="How often a worker took it; it is given up after three")
    done: int = Field(description="Files done, of `total`")
    total: int
    message: str | None = Field(description="What is being done")
    reason: str | None = Field(description="Why it failed")
    result: dict[str, Any] = Field(description="What became of each file")
    created_by: str
    created_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None


class JobList(Shape):
    """The newest jobs first."""

    items: list[JobShape]
    next: int | None = Field(description="Give this as `before` to get older ones; null at the end")


def job_shape(job: Job) -> JobShape:
    """A job as the API tells it."""
    return JobShape(**{name: getattr(job, name) for name in JobShape.model_fields})


async def sent_files(request: Request, visitor: Ingester) -> AsyncIterator[list[UploadFile]]:  # noqa: ARG001
    """The files that were sent, which are taken only after it is known that the visitor may send some."""
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FILES) as form:
        yield [file for file in form.getlist("files") if isinstance(file, UploadFile)]


@router.post(
    "/documents",
    status_code=status.HTTP_202_ACCEPTED,
    tags=["rows"],
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FILES}}}},
)
def upload(
    service: Serving,
    visitor: Ingester,
    files: Annotated[list[UploadFile], Depends(sent_files)],
    ocr: bool = False,
) -> JobShape:
    """Take files to be read; the answer is the job that reads them."""
    return job_shape(take_uploads(service, files, by=visitor.named(), ocr=ocr))


@router.get("/jobs")
def jobs(
    service: Serving,
    visitor: Viewer,  # noqa: ARG001
    status: JobStatus | None = None,
    before: JobNumber | None = None,
    limit: Limit = USUAL_LIMIT,
) -> JobList:
    """Jobs, the newest first."""
    found = service.store.jobs.list(status=status, limit=limit, before=before)
    return JobList(items=list(map(job_shape, found)), next=found[-1].job_id if len(found) == limit else None)


@router.get("/jobs/{job_id}")
def job(service: Serving, visitor: Viewer, job_id: JobNumber) -> JobShape:  # noqa: ARG001
    """One job."""
    return job_shape(service.store.jobs.get(job_id))


@router.delete("/jobs/{job_id}")
def cancel(service: Serving, visitor: Ingester, job_id: JobNumber) -> JobShape:  # noqa: ARG001
    """Stop a job that waits or runs; what it stored stays."""
    return job_shape(service.store.jobs.cancel(job_id))


@router.get(
    "/jobs/{job_id}/events",
    response_class=Response,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
def events(request: Request, service: Serving, visitor: Viewer, job_id: JobNumber) -> Response:  # noqa: ARG001
    """The job again whenever it has changed, as server-sent events named `job`, until it has ended."""
    first = service.store.jobs.get(job_id)

    async def told() -> AsyncIterator[str]:
        job, shown = first, ""
        for _ in range(int(_LONGEST / _EVERY)):
            now = job_shape(job).model_dump_json()
            if now != shown:
                shown = now
                yield f"event: job\ndata: {now}\n\n"
            if job.status.ended or await request.is_disconnected():
                return
            await asyncio.sleep(_EVERY)
            job = await run_in_threadpool(service.store.jobs.get, job_id)

    return StreamingResponse(told(), media_type="text/event-stream")
