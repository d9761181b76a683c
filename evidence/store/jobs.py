"""Jobs and who works on them: a queue in the same database as what the jobs change.

A worker takes a job for the time of a lease, and renews the lease while it works. One that was killed renews nothing:
its job is taken by another when the lease has run out. So a job may be worked on twice, and has to change nothing the
second time. Only the holder of a job may say what came of it.

Moments are those of the program that asks. A clock that was put back leaves leases that end later than any lease can;
they count as run out.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from evidence.errors import NotFound, QueueFull
from evidence.model.jobs import Job, JobStatus
from evidence.store import schema
from evidence.store.database import Database

#: Jobs that may wait, in all and of one person; each may name many files.
MOST_WAITING = 200
MOST_WAITING_OF_ONE = 50
#: How often a job is taken before it counts as one that ends its workers.
MOST_ATTEMPTS = 3
#: Seconds of a lease; longer than a stop of the program for another writer.
LEASE_SECONDS = 60.0
LONGEST_LEASE_SECONDS = 600.0

_jobs = schema.jobs
_row = _jobs.c


class Jobs:
    """The jobs of a store; any number of threads and processes may ask for them at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def submit(self, kind: str, arguments: Mapping[str, Any], *, by: str, total: int = 0) -> Job:
        """Put a job behind those that wait. `arguments` become JSON; `total` is the number of parts, where known.

        Raises
        ------
        QueueFull
            If too many jobs wait already.
        """
        with self._database.writing() as connection:
            _check_room(connection, by)
            values = {
                "kind": kind,
                "arguments": arguments,
                "status": JobStatus.WAITING.value,
                "attempts": 0,
                "done": 0,
                "total": total,
                "result": {},
                "created_by": by,
                "created_at": _now(),
            }
            job_id = connection.execute(insert(_jobs).returning(_row.job_id), values).scalar_one()
            return _known(connection, job_id)

    def check_room(self, *, by: str) -> None:
        """See that this person may submit a job now, before anything is made ready for it.

        Raises
        ------
        QueueFull
            If too many jobs wait already.
        """
        with self._database.reading() as connection:
            _check_room(connection, by)

    def take(self, worker: str, *, lease_seconds: float = LEASE_SECONDS) -> Job | None:
        """Give this worker the oldest job that waits or whose lease has run out; None where there is none.

        A job that was taken `MOST_ATTEMPTS` times and never let go fails instead. `worker` has to be another text for
        each process that takes jobs.
        """
        if not 0 < lease_seconds <= LONGEST_LEASE_SECONDS:
            raise ValueError(f"a lease lasts up to {LONGEST_LEASE_SECONDS:g} seconds, not {lease_seconds:g}")
        with self._database.reading() as connection:  # who finds nothing keeps no writer waiting
            if connection.scalar(_oldest(_now())) is None:
                return None
        with self._database.writing() as connection:
            now = _now()
            while (job_id := connection.scalar(_oldest(now))) is not None:
                job = _known(connection, job_id)
                if job.attempts >= MOST_ATTEMPTS:
                    _change(connection, job_id, status=JobStatus.FAILED, reason=_given_up(job), finished_at=now)
                    continue
                _change(
                    connection,
                    job_id,
                    status=JobStatus.RUNNING,
                    attempts=job.attempts + 1,
                    worker=worker,
                    lease_until=now + dt.timedelta(seconds=lease_seconds),
                    done=0,
                    message=None,
                    started_at=now,
                )
                return _known(connection, job_id)
            return None

    def renew(
        self,
        job_id: int,
        worker: str,
        *,
        done: int,
        total: int,
        message: str | None,
        lease_seconds: float = LEASE_SECONDS,
    ) -> bool:
        """Extend the lease and tell how far the work is; False where the job is no longer this worker's, who stops."""
        until = _now() + dt.timedelta(seconds=lease_seconds)
        return self._of_holder(job_id, worker, lease_until=until, done=done, total=total, message=message)

    def finish(self, job_id: int, worker: str, result: Mapping[str, Any]) -> bool:
        """Record what came of the job; False where it is no longer this worker's, and nothing is recorded."""
        return self._of_holder(
            job_id, worker, status=JobStatus.DONE, done=_row.total, result=result, finished_at=_now()
        )

    def fail(self, job_id: int, worker: str, reason: str) -> bool:
        """Record why the job cannot be done; False where it is no longer this worker's, and nothing is recorded."""
        return self._of_holder(job_id, worker, status=JobStatus.FAILED, reason=reason, finished_at=_now())

    def release(self, job_id: int, worker: str) -> bool:
        """Let the job wait again, at its old place, because its worker was asked to stop: that is no failed attempt."""
        return self._of_holder(job_id, worker, status=JobStatus.WAITING, attempts=_row.attempts - 1, message=None)

    def cancel(self, job_id: int) -> Job:
        """End a job that waits, or that is worked on: its worker stops when it next renews. One that ended stays so.

        What the worker stored before stays stored.

        Raises
        ------
        NotFound
            If there is no such job.
        """
        with self._database.writing() as connection:
            if not _known(connection, job_id).status.ended:
                _change(connection, job_id, status=JobStatus.CANCELLED, finished_at=_now())
            return _known(connection, job_id)

    def get(self, job_id: int) -> Job:
        """The job as it stands.

        Raises
        ------
        NotFound
            If there is no such job.
        """
        with self._database.reading() as connection:
            return _known(connection, job_id)

    def list(
        self, *, status: JobStatus | None = None, by: str | None = None, limit: int = 100, before: int | None = None
    ) -> tuple[Job, ...]:
        """The newest jobs first: those with this status, of this person, submitted before the job with this id."""
        wanted = select(_jobs).order_by(_row.job_id.desc()).limit(limit)
        if status is not None:
            wanted = wanted.where(_row.status == status.value)
        if by is not None:
            wanted = wanted.where(_row.created_by == by)
        if before is not None:
            wanted = wanted.where(_row.job_id < before)
        with self._database.reading() as connection:
            return tuple(_job(row) for row in connection.execute(wanted).mappings())

    def _of_holder(self, job_id: int, worker: str, **values: Any) -> bool:
        """Change a job that this worker holds."""
        with self._database.writing() as connection:
            return _change(connection, job_id, holder=worker, **values)


def _check_room(connection: Connection, by: str) -> None:
    waiting = select(func.count()).select_from(_jobs).where(_row.status == JobStatus.WAITING.value)
    _refuse(int(connection.scalar(waiting) or 0), MOST_WAITING, "")
    _refuse(int(connection.scalar(waiting.where(_row.created_by == by)) or 0), MOST_WAITING_OF_ONE, f" of {by}")


def _refuse(waiting: int, most: int, whose: str) -> None:
    if waiting >= most:
        raise QueueFull(
            f"{waiting} jobs{whose} wait already, and no more than {most} may; try again when some of them are done."
        )


def _oldest(now: dt.datetime) -> Any:
    """The id of the oldest job that may be taken."""
    latest = now + dt.timedelta(seconds=LONGEST_LEASE_SECONDS)
    run_out: ColumnElement[bool] = or_(_row.lease_until < now, _row.lease_until > latest)
    free = or_(
        _row.status == JobStatus.WAITING.value,
        and_(_row.status == JobStatus.RUNNING.value, or_(_row.lease_until.is_(None), run_out)),
    )
    return select(_row.job_id).where(free).order_by(_row.job_id).limit(1)


def _given_up(job: Job) -> str:
    last = f", the last time after {job.done} of {job.total} files" if job.total else ""
    return (
        f"The job was given up after {job.attempts} attempts: each time the process that worked on it ended before it "
        f"was done{last}. Submit the files one by one to find the one that does this."
    )


def _change(connection: Connection, job_id: int, *, holder: str | None = None, **values: Any) -> bool:
    """Update one job, if it is held by `holder` where one is named; who does not work on it holds no lease of it."""
    status: JobStatus | None = values.get("status")
    if status is not None:
        values["status"] = status.value
        if status is not JobStatus.RUNNING:
            values |= {"worker": None, "lease_until": None}
    wanted = update(_jobs).where(_row.job_id == job_id)
    if holder is not None:
        wanted = wanted.where(_row.worker == holder, _row.status == JobStatus.RUNNING.value)
    return connection.execute(wanted.values(**values)).rowcount == 1


def _known(connection: Connection, job_id: int) -> Job:
    row = connection.execute(select(_jobs).where(_row.job_id == job_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no job {job_id}; the list of jobs names those that are known.")
    return _job(row)


def _job(row: Mapping[Any, Any]) -> Job:
    return Job(**{**row, "status": JobStatus(row["status"])})


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
