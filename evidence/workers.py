"""Processes that work on the jobs of a store: uploaded files become documents, one job at a time in each process.

A worker holds a job by a lease, which it renews while it works. It stops when it is asked to (SIGTERM; the job waits
again), when the job was cancelled or is another's, and when the program that started it is gone. It may be killed at
any moment: what it stored is whole, and whoever takes the job up again stores nothing twice. Files are read in a
process below the worker, under limits of memory and time (`processes.py`).
"""

import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from evidence import pipeline
from evidence.errors import EvidenceError
from evidence.files import FoundFile
from evidence.model.jobs import Job
from evidence.originals import OriginalFolder, shown_name
from evidence.reports import FileReport

if TYPE_CHECKING:
    from evidence.store import Store

#: The kind of job that reads uploaded files.
INGEST = "ingest"
#: Seconds of the lease of a job, of which no more than a third passes before it is renewed.
LEASE_SECONDS = 60.0
#: A lease is renewed at least so often, because that tells whether the job was cancelled; progress no more often.
_RENEWED_SECONDS, _TOLD_SECONDS = 5.0, 0.5
#: How often a worker without a job asks for one.
_ASKED_SECONDS = 0.5
#: What a worker that stops has to end; the store waits so long for another writer.
_GRACE_SECONDS = 35.0
#: A worker that ends at once is started again after this, and after twice as long the next time, up to the longest.
_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in the folder of originals, and what the person who uploaded it calls it."""

    document_id: str
    name: str


def submit_ingest(store: "Store", uploads: Iterable[Upload], *, by: str, ocr: bool = False) -> Job:
    """Ask for these files to be read, extracted, checked and stored; the job's `result` has `files`, their reports.

    Each report is a `FileReport` by its fields. Files of one name are told apart by a number.

    Raises
    ------
    QueueFull
        If too many jobs wait already.
    """
    files: dict[str, str] = {}  # name -> id
    for upload in uploads:
        name, number = shown_name(upload.name), 1
        while name in files:
            number += 1
            name = f"{shown_name(upload.name)} ({number})"
        files[name] = upload.document_id
    listed = [{"document_id": document_id, "name": name} for name, document_id in files.items()]
    return store.jobs.submit(INGEST, {"files": listed, "ocr": ocr}, by=by, total=len(listed))


def work(url: str, folder: Path, *, lease_seconds: float = LEASE_SECONDS, until_empty: bool = False) -> None:
    """Take jobs of the store at this URL, with files from this folder, until asked to stop or none is left.

    Meant for the main thread of a process of its own, whose signals it takes over.

    Raises
    ------
    StoreError
        If the store or the folder cannot be used.
    """
    from evidence.store import open_store

    stop = _Stop()
    worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    files = OriginalFolder(folder)
    with open_store(url) as store:
        while not stop.asked():
            job = store.jobs.take(worker, lease_seconds=lease_seconds)
            if job is not None:
                _do(job, store, files, _Hold(store, job, worker, lease_seconds, stop))
            elif until_empty:
                return
            else:
                time.sleep(_ASKED_SECONDS)


class Crew:
    """Worker processes beside a server: started, started again when one ends, and stopped together."""

    def __init__(self, url: str, folder: Path, *, size: int = 1, lease_seconds: float = LEASE_SECONDS) -> None:
        # Fresh processes: a fork of a server, which has threads, would not be safe.
        self._context = get_context("spawn")
        self._given = (url, folder, lease_seconds)
        self._size = size
        self._processes: list[BaseProcess] = []
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._keep_up, name="workers", daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the workers, and whatever looks after them."""
        self._processes = [self._started() for _ in range(self._size)]
        self._watch.start()

    def stop(self) -> None:
        """Ask every worker to let its job go, and end those that take longer than another writer may hold them up."""
        self._stopping.set()
        self._watch.join()
        for process in self._processes:
            process.terminate()
        deadline = time.monotonic() + _GRACE_SECONDS
        for process in self._processes:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                process.kill()
                process.join()

    def pids(self) -> tuple[int, ...]:
        """The ids of the processes that are running."""
        return tuple(process.pid for process in self._processes if process.pid and process.is_alive())

    def _started(self) -> BaseProcess:
        url, folder, lease_seconds = self._given
        process = self._context.Process(target=work, args=(url, folder), kwargs={"lease_seconds": lease_seconds})
        process.start()
        return process

    def _keep_up(self) -> None:
        """Replace workers that ended, without haste where they end at once."""
        pause = _SHORTEST_PAUSE
        since = time.monotonic()
        while not self._stopping.wait(pause):
            ended = [place for place, process in enumerate(self._processes) if not process.is_alive()]
            for place in ended:
                self._processes[place].join()
                self._processes[place] = self._started()
            if not ended:
                pause = _SHORTEST_PAUSE
            else:
                pause = min(2 * pause, _LONGEST_PAUSE) if time.monotonic() - since < 2 * pause else _SHORTEST_PAUSE
                since = time.monotonic()


class _Stopped(Exception):
    """The worker was asked to stop."""


class _Lost(Exception):
    """The job is no longer this worker's."""


class _Stop:
    """Whether this process was asked to stop, by a signal or by the end of the one that started it."""

    def __init__(self) -> None:
        self._asked = False
        signal.signal(signal.SIGTERM, self._hear)
        # Ctrl-C reaches every process of a terminal; the server says what becomes of its workers.
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _hear(self, *_: object) -> None:
        self._asked = True

    def asked(self) -> bool:
        """Whether to stop now."""
        parent = parent_process()
        return self._asked or (parent is not None and not parent.is_alive())


class _Hold:
    """The lease of one job: renewed in time, and given news."""

    def __init__(self, store: "Store", job: Job, worker: str, lease_seconds: float, stop: _Stop) -> None:
        self.worker = worker
        self._jobs, self._job_id, self._lease_seconds, self._stop = store.jobs, job.job_id, lease_seconds, stop
        self._news: tuple[int, int, str | None] = (0, job.total, None)
        self._told: tuple[int, int, str | None] = self._news
        self._told_at = time.monotonic()

    def progress(self, done: int, total: int, name: str) -> None:
        """Note how far the work is."""
        self._news = (done, total, name)

    def pulse(self) -> None:
        """Renew the lease when it is time, or when there is news; raises `_Stopped` or `_Lost` to end the work."""
        if self._stop.asked():
            raise _Stopped
        due = min(self._lease_seconds / 3, _RENEWED_SECONDS) if self._told == self._news else _TOLD_SECONDS
        if time.monotonic() - self._told_at < due:
            return
        done, total, name = self._news
        self._told, self._told_at = self._news, time.monotonic()
        kept = self._jobs.renew(
            self._job_id, self.worker, done=done, total=total, message=name, lease_seconds=self._lease_seconds
        )
        if not kept:
            raise _Lost


def _do(job: Job, store: "Store", folder: OriginalFolder, hold: _Hold) -> None:
    """Work on a job and say what came of it; a store that cannot be written ends the worker, and its lease the job."""
    try:
        if job.kind != INGEST:
            raise EvidenceError(f"This version of evidence knows no job of the kind {job.kind!r}; update it.")
        result = _ingested(job.arguments, store, folder, hold)
    except _Stopped:
        store.jobs.release(job.job_id, hold.worker)
    except _Lost:
        return
    except EvidenceError as error:
        store.jobs.fail(job.job_id, hold.worker, str(error))
    except Exception as error:
        fault = f"A fault of evidence itself ({type(error).__name__}: {error}), not of the files. Please report it."
        store.jobs.fail(job.job_id, hold.worker, fault)
    else:
        store.jobs.finish(job.job_id, hold.worker, result)


def _ingested(
    arguments: Mapping[str, Any], store: "Store", folder: OriginalFolder, hold: _Hold
) -> dict[str, list[dict[str, Any]]]:
    """The reports of the files of a job."""
    uploads = [Upload(file["document_id"], file["name"]) for file in arguments["files"]]
    paths = {upload: folder.path_of(upload.document_id) for upload in uploads}
    found = [FoundFile(path=str(path), named=True, name=upload.name) for upload, path in paths.items() if path]
    made = pipeline.ingest(found, store, ocr=arguments["ocr"], progress=hold.progress, pulse=hold.pulse)
    for upload, path in paths.items():
        if path is not None:
            folder.keep_parts(upload.document_id, _parts(made.files, upload.name))
    absent = [
        FileReport(
            source=upload.name,
            status="failed",
            document_id=upload.document_id,
            reason=f"{upload.name}: the uploaded file is no longer there. Upload it again.",
        )
        for upload, path in paths.items()
        if path is None
    ]
    return {"files": [asdict(report) for report in (*made.files, *absent)]}


def _parts(reports: Sequence[FileReport], name: str) -> set[str]:
    """The documents in the file of this name, where it holds several."""
    return {
        report.document_id
        for report in reports
        if report.document_id and report.status != "described" and report.source.startswith(f"{name}#")
    }
