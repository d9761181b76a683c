"""A piece of work that the service does beside the requests: what was asked, who works on it, what came of it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class JobStatus(StrEnum):
    """Where a job is on its way; the last three are the end of it."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing happens to the job any more."""
        return self not in (JobStatus.WAITING, JobStatus.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job as it stands. Moments are in UTC."""

    job_id: int
    kind: str
    arguments: Mapping[str, Any]
    status: JobStatus
    attempts: int  # how often a worker took it
    worker: str | None  # who works on it
    lease_until: dt.datetime | None  # until when it is that worker's unless renewed
    done: int  # parts of the work that are done, of `total`
    total: int
    message: str | None  # what is being done
    result: Mapping[str, Any]
    reason: str | None  # why it failed
    created_by: str
    created_at: dt.datetime
    started_at: dt.datetime | None  # when it was last taken
    finished_at: dt.datetime | None
