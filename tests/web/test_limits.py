"""What is too large, too much, too deep or too slow is refused in the one shape of faults, and costs nobody else."""

import contextlib
import gc
import io
import json
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas
from starlette import formparsers

from evidence.originals import OriginalFolder
from evidence.store import jobs
from evidence.web import Service, guards
from tests.documents import hostile
from tests.flow.files import paper
from tests.web.conftest import PASSWORD, Browser
from tests.web.routes import ROUTES
from tests.web.sending import chunks, connected, heard, multipart
from tests.web.test_uploads import ended, running, upload  # noqa: F401

MB = 2**20


@pytest.fixture
def folder(tmp_path):
    return OriginalFolder(tmp_path / "kept")


@pytest.fixture
def service(store, folder):
    return Service(store=store, files=folder)


@pytest.fixture
def writes(home):
    """A browser that sends the token of its session with all it asks of the API."""
    home.headers["X-CSRF-Token"] = home.csrf("/jobs")
    return home


def told(answer):
    """The one shape of a fault."""
    (error,) = answer.json().values()
    assert set(error) == {"code", "message", "details"}
    assert answer.headers["content-security-policy"] == guards.POLICY
    return error


def test_an_upload_of_more_than_100_mb_is_refused_although_it_does_not_say_its_size(writes, folder, store):
    start, headers = multipart(("a.pdf", b""))
    body = chunks(101 * MB, first=start[: start.rindex(b"\r\n------")])
    answer = writes.post("/api/v1/documents", content=body, headers=headers)
    assert answer.status_code == 413
    assert told(answer)["code"] == "request_entity_too_large"
    assert folder.size() == 0
    assert store.jobs.list() == ()


def test_an_upload_that_says_that_it_is_too_large_is_refused_at_once(site, writes):
    with connected(site) as opened:
        opened.sendall(_head(writes, multipart()[1], guards.LARGEST_UPLOAD + 1))
        answer = heard(opened)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"larger than is taken here" in answer
    assert b"<html" in answer


def test_an_upload_may_be_larger_than_a_form(writes, store):
    answer = writes.post("/api/v1/documents", files=[("files", ("a.txt", b" " * 3 * MB))])
    assert answer.status_code == 202, answer.text
    assert writes.say("/jobs", {}, of="/jobs", files=[("files", ("a.txt", b" " * 3 * MB))]).status_code == 200
    assert len(store.jobs.list()) == 2


def test_a_workbook_may_be_larger_than_a_form_and_no_larger_than_ten_megabytes(writes):
    for size, status in ((3 * MB, 422), (11 * MB, 413)):
        answer = writes.say("/export/workbook", {}, of="/jobs", files=[("workbook", ("a.xlsx", b" " * size))])
        assert answer.status_code == status
    assert "larger than is taken here" in answer.text


@pytest.mark.parametrize("address", ["/login", "/api/v1/pooled", "/api/v1/rows", "/review/x/decide", "/jobs/1/cancel"])
@pytest.mark.parametrize("said", [True, False])
def test_any_other_request_of_more_than_1_mb_is_refused(writes, address, said):
    kind = "application/json" if address.startswith("/api") else "application/x-www-form-urlencoded"
    body = b'{"a": "' + b"x" * 2 * MB
    content = body if said else (body[at : at + 65536] for at in range(0, len(body), 65536))
    answer = writes.post(address, content=content, headers={"Content-Type": kind})
    assert answer.status_code == 413
    if address.startswith("/api"):
        told(answer)
    else:
        assert "larger than is taken here" in answer.text
        assert answer.headers["content-security-policy"] == guards.POLICY


@pytest.mark.parametrize("address", ["/api/v1/documents", "/jobs"])
def test_the_files_of_a_stranger_are_not_taken_at_all(stranger, store, address, monkeypatch):
    store.users.add("Ada", PASSWORD, "admin")
    begun = []
    monkeypatch.setattr(formparsers, "SpooledTemporaryFile", lambda **more: begun.append(more))
    body, headers = multipart(("a.pdf", b"x" * 5 * MB))
    answer = stranger.post(address, content=body, headers=headers, follow_redirects=False)
    assert answer.status_code in (401, 303)
    assert begun == []


def test_a_full_queue_is_told_with_the_time_to_wait_and_keeps_no_file(writes, folder, monkeypatch):
    monkeypatch.setattr(jobs, "MOST_WAITING_OF_ONE", 1)
    files = [("files", ("a.txt", paper()))]
    assert writes.post("/api/v1/documents", files=files).status_code == 202
    kept = folder.size()
    for answer in (
        writes.post("/api/v1/documents", files=[("files", ("b.txt", paper("OTHER")))]),
        writes.say("/jobs", {}, of="/jobs", files=[("files", ("b.txt", paper("OTHER")))]),
    ):
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        assert "wait already" in answer.text
    assert folder.size() == kept


def test_a_full_queue_of_all_is_told_too(writes, monkeypatch):
    monkeypatch.setattr(jobs, "MOST_WAITING", 0)
    answer = writes.post("/api/v1/documents", files=[("files", ("a.txt", paper()))])
    assert (answer.status_code, told(answer)["code"]) == (429, "queue_full")


def test_a_full_folder_is_told(store, tmp_path, writes, service):
    object.__setattr__(service, "files", OriginalFolder(tmp_path / "small", quota=100))
    answer = writes.post("/api/v1/documents", files=[("files", ("a.txt", paper()))])
    assert (answer.status_code, told(answer)["code"]) == (507, "folder_full")
    assert list((tmp_path / "small").iterdir()) == []
    assert store.jobs.list() == ()


@pytest.mark.parametrize("many", [201, 5000])
def test_too_many_files_are_refused(writes, folder, many):
    files = [("files", (f"{n}.txt", b"x")) for n in range(many)]
    answer = writes.post("/api/v1/documents", files=files)
    assert 400 <= answer.status_code < 500
    told(answer)
    assert folder.size() == 0


def test_too_many_fields_are_refused(writes):
    answer = writes.say("/jobs", {f"f{n}": "x" for n in range(1000)}, of="/jobs", files=[("files", ("a.txt", b"x"))])
    assert answer.status_code == 400
    assert "Too many fields" in answer.text


def test_a_request_that_stops_coming_is_given_up(site, writes, folder, store, monkeypatch):
    monkeypatch.setattr(guards, "LONGEST_SILENCE", 0.3)
    body, headers = multipart(("a.txt", paper() * 20), csrf=writes.headers["X-CSRF-Token"])
    with connected(site) as opened:
        opened.sendall(_head(writes, headers, len(body)) + body[:5000])
        began = time.monotonic()
        answer = heard(opened)
        assert time.monotonic() - began < 10
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"stopped coming" in answer
    assert folder.size() == 0
    assert store.jobs.list() == ()


def test_an_upload_that_is_broken_off_leaves_nothing(site, writes, folder, store, tmp_path, monkeypatch):
    spooled = tmp_path / "spooled"
    spooled.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spooled))
    body, headers = multipart(("a.txt", b"x" * 5 * MB), csrf=writes.headers["X-CSRF-Token"])
    for _ in range(3):
        with connected(site) as opened:
            opened.sendall(_head(writes, headers, len(body)) + body[: 4 * MB])
            _until(lambda: _open_files(spooled) > 0)
        _until(lambda: _open_files(spooled) == 0)
    assert list(spooled.iterdir()) == []
    assert folder.size() == 0
    assert store.jobs.list() == ()


def test_a_whole_upload_leaves_nothing_but_its_file(writes, folder, tmp_path, monkeypatch):
    spooled = tmp_path / "spooled"
    spooled.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spooled))
    content = b"x" * 3 * MB
    assert writes.say("/jobs", {}, of="/jobs", files=[("files", ("a.txt", content))]).status_code == 200
    assert folder.size() == len(content)
    _until(lambda: _open_files(spooled) == 0)


def _head(browser, headers, size):
    cookie = f"evidence_session={browser.cookies['evidence_session']}"
    lines = ["POST /jobs HTTP/1.1", "Host: localhost", f"Cookie: {cookie}", f"Content-Length: {size}"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode()


def _open_files(folder):
    """Files of a folder that this process holds open, those without a name among them."""
    gc.collect()
    found = 0
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found += str(folder) in str(entry.readlink())
        except FileNotFoundError:  # closed meanwhile
            continue
    return found


def _until(holds):
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 300_000,
        b'{"outcome": ' + b"[" * 100_000 + b"]" * 100_000 + b', "measure": "HR"}',
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"outcome": ["OS"], "measure": "HR", "level": 1' + b"0" * 100_000 + b"}",
        b'{"outcome": ["OS"], "measure": "HR", "level": 1e400}',
        b'{"outcome": ["OS"], "measure": "HR", "level": NaN}',
        b'{"outcome": ["OS"], "measure": "HR", "timepoint_months": -Infinity}',
        b'{"outcome": ["OS", ' + b'"OS", ' * 20_000 + b'"x"], "measure": "HR"}',
        b"\xff\xfe\x00",
        b"null",
        b'"' + b"\\ud800" + b'"',
    ],
    ids=range(11),
)
def test_a_body_that_means_harm_is_refused_in_one_shape(writes, body):
    began = time.monotonic()
    answer = writes.post("/api/v1/pooled", content=body, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500
    told(answer)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("depth", [200, 990, 5_000, 150_000])
@pytest.mark.parametrize("shape", ["bare", "within"])
def test_a_deeply_nested_body_is_refused_wherever_json_is_taken(writes, shape, depth):
    """Whole, below the depth at which a parser gives up, and beyond it; alone, and where any value may stand."""
    deep = b"[" * depth + b"]" * depth
    body = deep if shape == "bare" else b'{"values": {"arm": %b}, "first": %b, "name": %b}' % (deep, deep, deep)
    changing = [
        asked for asked in ROUTES if asked.path.startswith("/api/") and asked.method in ("POST", "PUT", "PATCH")
    ]
    assert len(changing) > 8
    values = defaultdict(lambda: "1")
    for asked in changing:
        answer = writes.request(
            asked.method, asked.at(values), content=body, headers={"Content-Type": "application/json"}
        )
        assert 400 <= answer.status_code < 500, (asked, answer.text[:300])
        assert len(told(answer)["message"]) < 2000


@pytest.mark.parametrize("number", [2**53 + 1, 10**400, -1, 1.5, "1e400"])
def test_a_number_that_no_database_keeps_is_refused(writes, store, number):
    row = store.records().contrasts[0].result_id
    body = json.dumps({"action": "accept", "seen": number})
    headers = {"Content-Type": "application/json"}
    answer = writes.post(f"/api/v1/rows/{row}/decisions", content=body, headers=headers)
    assert answer.status_code == 422
    assert len(told(answer)["message"]) < 1000
    assert store.decisions() == ()


@pytest.mark.parametrize(
    "path", ["/documents/{}", "/jobs/{}", "/review/{}", "/static/{}", "/api/v1/documents/{}", "/{}"]
)
@pytest.mark.parametrize("size", [3_000, 50_000, 200_000])
def test_a_very_long_address_is_refused_and_the_service_goes_on(site, home, path, size):
    with connected(site) as opened:
        cookie = f"evidence_session={home.cookies['evidence_session']}"
        asked = f"GET {path.format('9' * size)} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n"
        opened.sendall(f"{asked}Connection: close\r\n\r\n".encode())
        answer = heard(opened)
    assert answer.startswith(b"HTTP/1.1 4")
    assert home.get("/").status_code == 200


@pytest.mark.parametrize(
    "header", ["Cookie: evidence_session=" + "x" * 200_000, "X-A: " + "x" * 1_000_000, "X: 1\r\n" * 30_000]
)
def test_very_long_headers_are_refused_and_the_service_goes_on(site, home, header):
    with connected(site) as opened:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may have heard enough
            opened.sendall(f"GET / HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n".encode())
        answer = heard(opened)
    assert answer[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 431", b"")
    assert home.get("/").status_code == 200


def pages(number):
    """A PDF of so many pages with a line on each."""
    made = io.BytesIO()
    canvas = Canvas(made, invariant=1)
    for _ in range(number):
        canvas.drawString(50, 780, "Overall survival was longer with drug A.")
        canvas.showPage()
    canvas.save()
    return made.getvalue()


#: Files that mean harm, and what is said of each.
HOSTILE = {
    "glyphs.pdf": (hostile.many_glyphs, "too many characters"),
    "inflating.pdf": (hostile.inflating, "would unpack to more than 128 MB"),
    "pages.pdf": (lambda: pages(3000), "3,000 pages"),
    "bomb.docx": (hostile.word_bomb, "100 times its size"),
    "overlapping.docx": (hostile.overlapping_zip, "would unpack to"),
}


def test_hostile_files_cost_themselves_alone(running):  # noqa: F811
    with Browser(running.site) as browser:
        files = [(name, make()) for name, (make, _) in HOSTILE.items()]
        assert len(dict(files)["glyphs.pdf"]) < 15_000
        job_id = upload(browser, *files, ("good.txt", paper("GOOD")))
        slowest = 0.0
        while browser.get(f"/api/v1/jobs/{job_id}").json()["status"] in ("waiting", "running"):
            began = time.monotonic()
            assert browser.get("/login").status_code == 200
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.2)
        job = ended(browser, job_id)
    found = {file["source"]: file for file in job["result"]["files"]}
    assert job["status"] == "done"
    assert found.keys() == {*HOSTILE, "good.txt"}
    assert found["good.txt"]["status"] == "added"
    for name, (_, said) in HOSTILE.items():
        assert found[name]["status"] == "failed" or found[name]["partly"], name
        assert said in found[name]["reason"]
    assert slowest < 5
