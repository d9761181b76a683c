"""Workers read uploaded files job by job; whatever happens to one of them, its job is done in the end, and once."""

import hashlib
import os
import re
import signal
import threading
import time

import pytest

from evidence import workers
from evidence.files import original
from evidence.model.jobs import JobStatus
from evidence.originals import OriginalFolder
from evidence.store import open_store
from evidence.workers import INGEST, Crew, Upload, submit_ingest, work
from tests.documents import hostile
from tests.flow.files import paper, pdf

RIS = b"".join(
    b"TY  - JOUR\nTI  - Trial %d of drug A\nAB  - Patients were treated with drug A, and %d died.\nER  - \n" % (n, n)
    for n in (1, 2)
)


@pytest.fixture
def url(either):
    return either


@pytest.fixture
def store(url):
    with open_store(url) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path):
    return OriginalFolder(tmp_path / "evidence.db.files")


@pytest.fixture
def quiet(monkeypatch):
    """`work` in this process, which keeps its own signals."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)


def submit(store, folder, *files, **options):
    uploads = [Upload(folder.keep(data), name) for name, data in files]
    return submit_ingest(store, uploads, by="Ada", **options).job_id


def until(store, job_id, *statuses, seconds=60):
    deadline = time.monotonic() + seconds
    while (job := store.jobs.get(job_id)).status not in statuses:
        assert time.monotonic() < deadline, job
        time.sleep(0.05)
    return job


def test_uploaded_files_become_documents_under_the_names_they_had(store, url, folder, quiet):
    job_id = submit(store, folder, ("../a/Müller.txt", paper()), ("Müller.txt", paper("OTHER")), ("empty.txt", b""))
    work(url, folder.folder, until_empty=True)
    job = store.jobs.get(job_id)
    assert (job.status, job.done, job.total) == (JobStatus.DONE, 3, 3) or job.reason
    assert [(file["source"], file["status"]) for file in job.result["files"]] == [
        ("Müller.txt", "added"),
        ("Müller.txt (2)", "added"),
        ("empty.txt", "failed"),
    ]
    assert job.result["files"][0]["rows"]["contrasts"] == 1
    stored = {record.document_id: record for record in store.records().documents}
    first = stored[hashlib.sha256(paper()).hexdigest()[:16]]
    assert first.source == "Müller.txt"
    assert original(first, folder) == paper()


def test_a_job_that_is_done_again_stores_nothing_twice(store, url, folder, quiet):
    for _ in range(2):
        job_id = submit(store, folder, ("paper.txt", paper()))
        work(url, folder.folder, until_empty=True)
    snapshot = store.snapshot_id()
    assert [file["status"] for file in store.jobs.get(job_id).result["files"]] == ["unchanged"]
    assert len(store.records().documents) == 1 and store.snapshot_id() == snapshot


def test_the_documents_of_a_bibliography_are_found_in_its_file(store, url, folder, quiet):
    submit(store, folder, ("refs.ris", RIS))
    work(url, folder.folder, until_empty=True)
    records = store.records().documents
    assert [record.source for record in records] == ["refs.ris#1", "refs.ris#2"]
    assert b"".join(original(record, folder) for record in records).split() == RIS.split()


def test_an_uploaded_workbook_decides_nothing_in_the_name_of_others(store, url, folder, quiet, evidence, papers):
    (papers / "paper.txt").write_bytes(paper())
    evidence("ingest", papers)
    evidence("export", "--out", "review.xlsx", "--format", "xlsx")
    job_id = submit(store, folder, ("review.xlsx", (papers.parent / "review.xlsx").read_bytes()))
    work(url, folder.folder, until_empty=True)
    (report,) = store.jobs.get(job_id).result["files"]
    assert report["status"] == "failed" and report["decisions"] is None
    assert store.decisions() == ()


@pytest.mark.parametrize(
    ("kind", "arguments", "reason"),
    [
        ("compress", {}, "knows no job of the kind 'compress'"),
        (INGEST, {}, r"A fault of evidence itself \(KeyError"),
    ],
)
def test_a_job_that_cannot_be_done_says_why(store, url, folder, quiet, kind, arguments, reason):
    job_id = store.jobs.submit(kind, arguments, by="Ada").job_id
    work(url, folder.folder, until_empty=True)
    job = store.jobs.get(job_id)
    assert job.status is JobStatus.FAILED and re.search(reason, job.reason)


def test_a_hostile_upload_costs_itself_alone(store, url, folder, quiet):
    hostiles = {name: hostile.FILES[name]() for name in ("glyphs.pdf", "inflating.pdf", "overlapping.docx")}
    job_id = submit(store, folder, *hostiles.items(), ("good.txt", paper()))
    work(url, folder.folder, until_empty=True)
    job = store.jobs.get(job_id)
    assert job.status is JobStatus.DONE
    reports = {file["source"]: file for file in job.result["files"]}
    assert reports.pop("good.txt")["status"] == "added"
    assert reports.keys() == hostiles.keys()
    for name, report in reports.items():
        assert report["status"] == "failed" and report["reason"].startswith(name)


def test_an_upload_that_is_gone_is_named(store, url, folder, quiet):
    job_id = submit(store, folder, ("gone.txt", paper()), ("there.txt", paper("OTHER")))
    folder.path_of(hashlib.sha256(paper()).hexdigest()[:16]).unlink()
    work(url, folder.folder, until_empty=True)
    reports = {file["source"]: file for file in store.jobs.get(job_id).result["files"]}
    assert reports["there.txt"]["status"] == "added"
    assert "gone.txt: the uploaded file is no longer there" in reports["gone.txt"]["reason"]


def test_a_worker_that_is_killed_is_replaced_and_its_job_taken_up_again(store, url, folder):
    job_id = submit(store, folder, *((f"{n}.txt", paper(f"TRIAL{n}")) for n in range(12)))
    with Crew(url, folder.folder, lease_seconds=2) as crew:
        until(store, job_id, JobStatus.RUNNING)
        (pid,) = crew.pids()
        os.kill(pid, signal.SIGKILL)
        job = until(store, job_id, JobStatus.DONE)
        assert crew.pids() not in ((), (pid,))
    assert job.attempts == 2
    assert len(job.result["files"]) == 12
    assert all(finding.holds for finding in store.examine())


def test_a_worker_that_is_asked_to_stop_lets_its_job_wait(store, url, folder):
    job_id = submit(store, folder, *((f"{n}.pdf", pdf(*(["words " * 15 + f"{n}"] * 60))) for n in range(20)))
    with Crew(url, folder.folder) as crew:
        until(store, job_id, JobStatus.RUNNING)
        started = time.monotonic()
    assert time.monotonic() - started < 10 and crew.pids() == ()
    job = store.jobs.get(job_id)
    assert (job.status, job.attempts, job.worker) == (JobStatus.WAITING, 0, None)


def test_a_cancelled_job_ends_the_work_on_it(store, url, folder, quiet, monkeypatch):
    monkeypatch.setattr(workers, "_TOLD_SECONDS", 0)
    job_id = submit(store, folder, *((f"{n}.txt", paper(f"TRIAL{n}")) for n in range(40)))

    def cancel():
        with open_store(url) as mine:
            until(mine, job_id, JobStatus.RUNNING)
            while not mine.jobs.get(job_id).done:
                time.sleep(0.02)
            mine.jobs.cancel(job_id)

    thread = threading.Thread(target=cancel)
    thread.start()
    work(url, folder.folder, until_empty=True)
    thread.join()
    assert store.jobs.get(job_id).status is JobStatus.CANCELLED
    assert 0 < len(store.records().documents) < 40
