"""`evidence serve` as it is started, and uploads that its workers read."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import pytest

from evidence.store import open_store
from tests.flow.files import paper, pdf
from tests.web.conftest import PASSWORD, Browser


class Running:
    """A service in a process of its own."""

    def __init__(self, process, site, said):
        self.process, self.site, self.said = process, site, said

    def workers(self):
        """The processes below it: its workers, and one that Python keeps beside them."""
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        return [int(pid) for pid in listed.stdout.split()]


@contextmanager
def serving(folder, *options, store="sqlite:///evidence.db"):
    """A service started as a person starts it, on any free port."""
    command = [sys.executable, "-m", "evidence", "serve", "--port", "0", "--store", store, *options]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    errors = folder / "stderr.txt"
    with errors.open("w") as kept:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=kept, text=True, start_new_session=True
        )
    try:
        first = process.stdout.readline()
        found = re.search(r"http://\S+:\d+", first)
        assert found, first + errors.read_text()
        yield Running(process, found[0], errors)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        process.stdout.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("served"), "--by", "Ada") as started:
        yield started


@pytest.fixture
def browser(running):
    with Browser(running.site) as opened:
        yield opened


def upload(browser, *files, **fields):
    """Send files by the form of the page; the number of the job."""
    answer = browser.say("/jobs", fields, of="/jobs", files=[("files", each) for each in files], follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].rpartition("-")[2])


def ended(browser, job_id, seconds=90):
    """The job when it has ended."""
    deadline = time.monotonic() + seconds
    while (job := browser.get(f"/api/v1/jobs/{job_id}").json())["status"] in ("waiting", "running"):
        assert time.monotonic() < deadline, job
        time.sleep(0.1)
    return job


def test_an_uploaded_paper_is_read_and_leads_to_its_document_and_its_review(browser):
    job_id = upload(browser, ("a trial.pdf", pdf(paper("PDF").decode())), ("b.txt", paper()))
    job = ended(browser, job_id)
    assert [file["status"] for file in job["result"]["files"]] == ["added", "added"]
    page = browser.get("/jobs").text
    for file in job["result"]["files"]:
        assert f'href="/documents/{file["document_id"]}"' in page
        assert f'href="/review?document={file["document_id"]}"' in page
        assert browser.get(f"/documents/{file['document_id']}").status_code == 200
    assert "by Ada" in page


def test_progress_is_told_as_events_until_the_job_has_ended(browser):
    job_id = upload(browser, *((f"{n}.txt", paper(f"TRIAL{n}")) for n in range(3)))
    told = []
    with browser.stream("GET", f"/api/v1/jobs/{job_id}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("data: "):
                told.append(json.loads(line.removeprefix("data: ")))
    assert told[-1]["status"] == "done"
    assert told[-1]["done"] == 3
    assert [job["done"] for job in told] == sorted(job["done"] for job in told)


def test_the_part_of_a_page_that_shows_a_job_can_be_asked_for_alone(browser):
    job_id = upload(browser, ("c.txt", paper("PART")))
    ended(browser, job_id)
    part = browser.get(f"/jobs/{job_id}", headers={"HX-Request": "true"}).text
    assert part.startswith("<article")
    assert "data-job" not in part  # nothing more to follow
    assert "<html" in browser.get(f"/jobs/{job_id}").text


def test_a_form_without_a_file_says_so(browser):
    answer = browser.say("/jobs", {}, of="/jobs", files=[("files", ("", b""))])
    assert answer.status_code == 422
    assert "No file was sent" in answer.text


def test_the_same_file_again_is_known(browser):
    ended(browser, upload(browser, ("d.txt", paper("AGAIN"))))
    job = ended(browser, upload(browser, ("other name.txt", paper("AGAIN"))))
    assert [file["status"] for file in job["result"]["files"]] == ["unchanged"]


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_server_and_workers(tmp_path, ending):
    with serving(tmp_path, "--workers", "2", "--files", "kept") as started:
        deadline = time.monotonic() + 30
        while len(started.workers()) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        below = started.workers()
        with httpx.Client(base_url=started.site) as client:
            assert client.get("/login").status_code == 200
        started.process.send_signal(ending)
        assert started.process.wait(60) == 0
        deadline = time.monotonic() + 5  # Python's own helper ends after its parent
        while left := [pid for pid in below if _runs(pid)]:
            assert time.monotonic() < deadline, left
            time.sleep(0.05)
        assert "Traceback" not in started.said.read_text()
    assert (tmp_path / "kept").is_dir()


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_service_stops_while_a_browser_follows_a_job(tmp_path):
    with serving(tmp_path, "--workers", "0", "--by", "Ada") as started, Browser(started.site) as browser:
        job_id = upload(browser, ("a.txt", paper()))
        with browser.stream("GET", f"/api/v1/jobs/{job_id}/events") as answer:
            assert next(answer.iter_lines())
            started.process.send_signal(signal.SIGTERM)
            assert started.process.wait(30) == 0


def _said(folder, *options):
    command = [sys.executable, "-m", "evidence", "serve", "--store", "sqlite:///evidence.db", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_a_port_in_use_is_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = _said(tmp_path, "--port", str(port))
    assert said.returncode == 1
    assert said.stdout == ""
    assert said.stderr.count("\n") == 1
    assert f"127.0.0.1:{port}" in said.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1"])
def test_nobody_else_is_listened_to_before_there_is_a_user(tmp_path, host):
    said = _said(tmp_path, "--port", "0", "--host", host)
    assert said.returncode == 1
    assert "has no users" in said.stderr
    assert said.stdout == ""


def test_others_are_listened_to_once_there_is_a_user(tmp_path):
    with open_store(f"sqlite:///{tmp_path / 'evidence.db'}") as store:
        store.users.add("Ada", PASSWORD, "admin")
    with serving(tmp_path, "--host", "0.0.0.0", "--workers", "0") as started:
        port = started.site.rpartition(":")[2]
        assert httpx.get(f"http://127.0.0.1:{port}/", follow_redirects=False).headers["location"] == "/login?next=/"
