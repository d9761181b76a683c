"""A program that ingests, uploads and decides, killed at a moment; and what of its work must be there afterwards.

The program has a worker beside it, and both die together with the processes below them that read. After each call that
returned it writes what was acknowledged by it into a log; the log of a killed process is whole, because each line is
handed to the system at once.

Loading the libraries takes far longer than the work that is to be interrupted. So programs are forked from a process
that has loaded them, and their own processes are forked too, unlike those of `evidence`, which start afresh.
"""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from evidence import pipeline, processes, workers  # noqa: E402
from evidence.model.jobs import JobStatus  # noqa: E402
from evidence.one_file import prepare  # noqa: E402
from evidence.originals import OriginalFolder  # noqa: E402
from evidence.store import Store, open_store  # noqa: E402
from evidence.workers import Crew, Upload, submit_ingest, work  # noqa: E402
from tests.flow.files import paper  # noqa: E402

#: Papers that the program ingests itself, and jobs with so many uploaded papers each.
PAPERS, JOBS, UPLOADS = 12, 6, 3
#: Seconds of a lease: what an orphaned job waits.
LEASE = 1.0
#: A program that was not killed ends by itself in less.
PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found after one kill."""

    at: float  # seconds after the program was ready
    running: bool  # whether it had more to do
    acknowledged: int
    taken_up: int  # jobs that had been begun and were begun again
    faults: tuple[str, ...]


def url_of(folder: Path) -> str:
    """The store of a program that works in this folder: one of its own in SQLite, unless another was named."""
    named = folder / "store"
    return named.read_text() if named.exists() else f"sqlite:///{folder / 'evidence.db'}"


def own_papers() -> list[bytes]:
    return [paper(f"OWN{n}") for n in range(PAPERS)]


def uploads() -> list[list[bytes]]:
    return [[paper(f"JOB{job}PART{n}") for n in range(UPLOADS)] for job in range(JOBS)]


def id_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def program(folder: Path) -> None:
    """Upload and ask for jobs, ingest papers, decide about each as it comes; a worker does the jobs meanwhile."""
    log = os.open(folder / "log", os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def acknowledged(kind: str, what: object) -> None:
        os.write(log, json.dumps([kind, what]).encode() + b"\n")

    files = OriginalFolder(folder / "files")
    with Crew(url_of(folder), files.folder, lease_seconds=LEASE), open_store(url_of(folder)) as store:
        acknowledged("ready", None)
        waiting = uploads()

        def one_step(done: int, _of: int, source: str) -> None:
            document_id = id_of(Path(source).read_bytes())
            acknowledged("stored", document_id)
            (contrast, *_) = store.records(document_id=document_id).contrasts
            for action, values in (
                ("accept", {}),
                ("correct", {"estimate": f"0.5{done}"}),
                ("undo", {}),
                ("reject", {}),
            ):
                reason = f"{action} {source}"
                store.decide(contrast.result_id, action, by="Ada", reason=reason, values=values or None)
                acknowledged("decided", reason)
            if waiting:
                job = []
                for data in waiting.pop():
                    job.append(Upload(files.keep(data), "paper.txt"))
                    acknowledged("kept", job[-1].document_id)
                acknowledged("job", submit_ingest(store, job, by="Ada").job_id)

        pipeline.ingest([folder / "papers"], store, progress=one_step)
        while any(not job.status.ended for job in store.jobs.list()):
            time.sleep(0.02)
        acknowledged("ended", None)


def serve() -> None:
    """Start programs for whoever asks on standard input, by a folder, and wait for the end of one, by its id."""
    prepare()
    for line in sys.stdin:
        asked = line.strip()
        if asked.isdigit():
            os.waitpid(int(asked), 0)
        else:
            child = os.fork()
            if child == 0:
                os.setsid()
                os.setsid = lambda: None  # the processes below stay in the group, and are killed with it
                processes.get_context = workers.get_context = lambda _: get_context("fork")
                try:
                    program(Path(asked))
                except Exception:
                    traceback.print_exc()
                finally:
                    os.killpg(0, signal.SIGKILL)  # with the process that reads, which waits for more
            asked = str(child)
        os.write(1, f"{asked}\n".encode())


class Programs:
    """The process that starts programs."""

    def __enter__(self) -> Self:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("EVIDENCE_")}
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def started(self, folder: Path, url: str | None = None) -> int:
        """The id of a program that works in this folder, and with the store at this URL if one is named."""
        (folder / "papers").mkdir(parents=True)
        if url is not None:
            (folder / "store").write_text(url)
        for n, data in enumerate(own_papers()):
            (folder / "papers" / f"{n}.txt").write_bytes(data)
        running = int(self._asked(folder))
        deadline = time.monotonic() + PATIENCE
        while not entries(folder):
            assert time.monotonic() < deadline, "the program did not start"
            time.sleep(0.005)
        return running

    def ended(self, running: int) -> None:
        """Wait for the end of this program."""
        self._asked(running)

    def _asked(self, what: object) -> str:
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


def duration(programs: Programs, folder: Path, url: str | None = None) -> float:
    """Seconds from ready to all done, undisturbed."""
    running = programs.started(folder, url)
    begun = time.monotonic()
    while ["ended", None] not in entries(folder):
        assert time.monotonic() < begun + PATIENCE, "the program does not end"
        time.sleep(0.01)
    took = time.monotonic() - begun
    programs.ended(running)
    return took


def entries(folder: Path) -> list[list[object]]:
    """What was acknowledged until now."""
    log = folder / "log"
    lines = log.read_bytes().splitlines(keepends=True) if log.exists() else []
    return [json.loads(line) for line in lines if line.endswith(b"\n")]


def moments(number: int, seconds: float, seed: int) -> list[float]:
    """Random moments, one in each of as many equal parts of this time, in random order."""
    draw = random.Random(seed)
    found = [(n + draw.random()) * seconds / number for n in range(number)]
    draw.shuffle(found)
    return found


def killed(programs: Programs, folder: Path, moment: float, url: str | None = None) -> Outcome:
    """Start a program, kill it and its worker at this moment, look at what is there, and go on with its work."""
    running = programs.started(folder, url)
    time.sleep(moment)
    os.killpg(running, signal.SIGKILL)
    programs.ended(running)
    said = entries(folder)
    with open_store(url_of(folder)) as store:
        faults = [*examined(store), *missing(store, folder, said)]
        begun = {job.job_id for job in store.jobs.list() if job.status is JobStatus.RUNNING}
        faults += gone_on(store, folder)
        taken_up = sum(store.jobs.get(job_id).attempts == 2 for job_id in begun)
        if taken_up < len(begun):
            faults.append(f"{len(begun) - taken_up} jobs that had been begun were not taken up again")
        faults += [*examined(store), *missing(store, folder, said)]
    return Outcome(moment, ["ended", None] not in said, len(said), taken_up, tuple(faults))


def examined(store: Store) -> list[str]:
    """What `evidence doctor` finds."""
    return [f"{finding.check}: {finding.message}" for finding in store.examine() if not finding.holds]


def missing(store: Store, folder: Path, said: list[list[object]]) -> list[str]:
    """What was acknowledged and is not there, or not once."""
    told = [decision.reason for decision in store.decisions()]
    files = OriginalFolder(folder / "files")
    there = {
        "ready": lambda _: True,
        "ended": lambda _: True,
        "stored": store.has,
        "decided": lambda reason: reason in told,
        "kept": lambda document_id: files.path_of(document_id) is not None,
        "job": lambda job_id: store.jobs.get(job_id).job_id == job_id,
    }
    lost = [f"{kind} {what} was acknowledged and is lost" for kind, what in said if not there[str(kind)](what)]
    for path in files.folder.iterdir():
        if not path.name.startswith(".") and id_of(path.read_bytes()) != path.name:
            lost.append(f"{path.name} is half a file")
    return lost


def gone_on(store: Store, folder: Path) -> list[str]:
    """Let another worker end the jobs and another run ingest the papers; what of it does not come out right."""
    deadline = time.monotonic() + PATIENCE
    while any(not job.status.ended for job in store.jobs.list()) and time.monotonic() < deadline:
        work(url_of(folder), folder / "files", lease_seconds=LEASE, until_empty=True)
        time.sleep(0.05)
    jobs = store.jobs.list()
    wrong = [f"job {job.job_id} is {job.status}: {job.reason}" for job in jobs if job.status is not JobStatus.DONE]
    pipeline.ingest([folder / "papers"], store)
    wanted = {id_of(data) for data in own_papers()}
    wanted |= {file["document_id"] for job in jobs for file in job.arguments["files"]}
    stored = [record.document_id for record in store.records().documents]
    if sorted(stored) != sorted(wanted):
        wrong.append(f"{len(stored)} documents are stored, not the {len(wanted)} that were given")
    return wrong


if __name__ == "__main__":
    serve()
