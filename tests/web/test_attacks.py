"""What somebody who means harm would try: on every route of the service, as it is served."""

import io
import logging
import re
from collections import defaultdict
from contextlib import suppress

import httpx
import pytest
from fastapi import Request
from sqlalchemy import Engine, event

from evidence import workers
from evidence.model.users import Role, Scope
from evidence.originals import OriginalFolder
from evidence.store import open_store
from evidence.web import Service, create_app, guards
from tests.web.conftest import PASSWORD, Browser, served
from tests.web.routes import CHANGING, READING, ROUTES, Asked
from tests.web.sending import connected, heard, multipart

#: Who has not logged in may ask for these alone.
OPEN = {Asked("GET", "/login"), Asked("POST", "/login"), Asked("POST", "/name")}
#: Routes that ask for another role than others of their kind, which is viewer to read and reviewer to change something.
ROLES = {
    Asked("POST", "/api/v1/pooled"): Role.VIEWER,  # nothing is stored
    Asked("POST", "/logout"): Role.VIEWER,
    Asked("GET", "/review"): Role.REVIEWER,
    Asked("GET", "/documents/{document_id}/enter"): Role.REVIEWER,
    **{asked: Role.REVIEWER for asked in READING if re.match("/dual$|/dual/{|/api/v1/assignments", asked.path)},
    Asked("POST", "/dual"): Role.ADJUDICATOR,
    Asked("POST", "/dual/{assignment_id}/withdraw"): Role.ADJUDICATOR,
    Asked("POST", "/dual/{assignment_id}/adjudicate/{result_id}"): Role.ADJUDICATOR,
    Asked("POST", "/dual/{assignment_id}/adjudicate/{result_id}/check"): Role.ADJUDICATOR,
    Asked("POST", "/api/v1/assignments"): Role.ADJUDICATOR,
    **{asked: Role.VIEWER for asked in CHANGING if asked.path.startswith("/account/")},
    **{asked: Role.ADMIN for asked in ROUTES if asked.path.startswith(("/users", "/api/v1/users"))},
}


@pytest.fixture
def folder(tmp_path):
    return OriginalFolder(tmp_path / "kept")


@pytest.fixture
def service(store, folder):
    return Service(store=store, files=folder)


@pytest.fixture
def values(store):
    """What stands for the parameters of addresses: things that are there."""
    records = store.records()
    job = store.jobs.submit(workers.INGEST, {"files": [], "ocr": False}, by="Ada")
    ids = {
        "document_id": next(document.document_id for document in records.documents if document.format == "pdf"),
        "result_id": records.contrasts[0].result_id,
        "job_id": store.jobs.cancel(job.job_id).job_id,
        "format": "jsonl",
        "kind": "jsonl",
        "study_id": records.studies[0].study_id,
        "question_id": "OS-HR",
    }
    return defaultdict(lambda: 1, ids)


def _send(browser, asked, values, **more):
    with suppress(httpx.RemoteProtocolError):
        return browser.request(asked.method, asked.at(values), follow_redirects=False, **more)


def _state(store):
    """Everything that a request could change."""
    users = [(user.user_id, user.role, user.disabled_at, user.sessions_from) for user in store.users.list()]
    tokens = [token for user in store.users.list() for token in store.users.tokens(user.user_id)]
    return store.version(), store.decisions(), users, tokens, store.jobs.list()


def _shown(asked):
    return f"{asked.method} {asked.path}"


# Strangers, roles, and pages of others.


def test_a_stranger_gets_and_changes_nothing_once_there_is_a_user(store, values, stranger):
    values["user_id"] = store.users.add("Grace", PASSWORD, "admin").user_id
    before = _state(store)
    forged = {"X-CSRF-Token": "x" * 32, "Cookie": "evidence_session=forged"}
    for asked in sorted(set(ROUTES) - OPEN, key=_shown):
        for headers in ({}, forged, {"Authorization": "Bearer evd_guessed"}, {"Authorization": "Basic R3JhY2U6eA=="}):
            answer = _send(stranger, asked, values, headers=headers)
            if asked.path.startswith("/api/"):
                assert answer.status_code == 401, asked
                assert answer.json()["error"]["code"] == "login_needed", asked
            else:
                assert answer.status_code == 303, asked
                assert answer.headers["location"].startswith("/login?next="), asked
            assert len(answer.content) < 500, asked
        assert _state(store) == before, asked


def test_no_route_is_left_out(site, store, stranger):
    app = create_app(Service(store=store))
    others = {getattr(route, "path", None) for route in app.routes} - {None}
    assert others == {"/api/v1/openapi.json", "/static"}
    store.users.add("Grace", PASSWORD, "admin")
    assert stranger.get("/api/v1/openapi.json").status_code == 401
    for path in ("/docs", "/redoc", "/openapi.json", "/metrics", "/.env", "/.git/config"):
        assert stranger.get(path, follow_redirects=False).status_code == 404


@pytest.mark.parametrize("users", [True, False], ids=["users", "home"])
def test_nothing_is_changed_by_a_request_without_the_token_of_the_session(store, values, log_in, home, users):
    browser = log_in("Grace", "admin") if users else home
    values["user_id"] = store.users.list()[0].user_id if users else 1
    before = _state(store)
    token = browser.csrf()
    for asked in sorted(set(CHANGING) - OPEN, key=_shown):
        for more in (
            {},
            {"headers": {"X-CSRF-Token": ""}},
            {"headers": {"X-CSRF-Token": "guessed"}},
            {"data": {"csrf": "guessed"}},
            {"headers": {"X-CSRF-Token": token, "Origin": "https://other.example"}},
            {"headers": {"X-CSRF-Token": token, "Origin": "null"}},
            {"params": {"csrf": token}},
        ):
            assert _send(browser, asked, values, **more).status_code == 403, (asked, more)
        assert _state(store) == before, asked


def test_a_token_of_a_program_fills_no_form_of_a_page(site, store, values):
    user = store.users.add("Grace", PASSWORD, "admin")
    values["user_id"] = user.user_id
    secret, _ = store.users.issue_token(user.user_id, "script", list(Scope), 1)
    before = _state(store)
    with httpx.Client(base_url=site, headers={"Authorization": f"Bearer {secret}"}, timeout=60) as program:
        for asked in CHANGING:
            if not asked.path.startswith("/api/"):
                assert _send(program, asked, values, data={"csrf": ""}).status_code == 403, asked
    assert _state(store) == before


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_each_role_may_do_what_it_may_and_no_more(store, values, log_in, role):
    others = store.users.add("Other", PASSWORD, "viewer")
    log_in("Root", "admin")
    browser = log_in("Grace", role.value)
    values["user_id"] = others.user_id
    headers = {"X-CSRF-Token": browser.csrf()}
    for asked in sorted(set(ROUTES) - OPEN - {Asked("POST", "/logout")}, key=_shown):
        needed = ROLES.get(asked, Role.VIEWER if asked in READING else Role.REVIEWER)
        if asked.path.startswith("/account/") and asked in CHANGING:
            continue  # would end the session that asks
        before = _state(store)
        answer = _send(browser, asked, values, headers=headers)
        if role >= needed:
            assert answer.status_code not in (401, 403), (asked, answer.text)
        else:
            assert answer.status_code == 403, asked
            assert "needs the role" in answer.text
            assert _state(store) == before


def test_asking_for_a_page_changes_nothing(store, values, log_in):
    browser = log_in("Grace", "admin")
    values["user_id"] = store.users.list()[0].user_id
    before = _state(store)
    params = {"action": "accept", "seen": "0", "role": "viewer", "csrf": browser.csrf()}
    for asked in READING:
        _send(browser, asked, values)
        _send(browser, asked, values, params=params)
    assert _state(store) == before


def test_no_header_and_no_field_makes_another_method_of_a_request(store, values, log_in):
    browser = log_in("Grace", "admin")
    values["user_id"] = store.users.list()[0].user_id
    before = _state(store)
    names = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
    for asked in CHANGING:
        headers = {"X-CSRF-Token": browser.csrf(), **dict.fromkeys(names, asked.method)}
        answer = browser.get(asked.at(values), headers=headers, params={"_method": asked.method})
        if Asked("GET", asked.path) not in ROUTES and not asked.path.startswith("/review/"):
            assert answer.status_code in (404, 405, 422), asked
        assert _state(store) == before, asked


def test_a_post_is_no_delete(store, values, log_in):
    browser = log_in("Grace", "admin")
    job = store.jobs.submit(workers.INGEST, {"files": [], "ocr": False}, by="Ada")
    headers = {"X-CSRF-Token": browser.csrf(), "X-HTTP-Method-Override": "DELETE"}
    answer = browser.post(f"/api/v1/jobs/{job.job_id}", headers=headers, data={"_method": "DELETE"})
    assert answer.status_code == 405
    assert not store.jobs.get(job.job_id).status.ended


# Sessions.


def test_a_session_made_before_the_login_is_none_after_it(site, store):
    store.users.add("Grace", PASSWORD, "viewer")
    with Browser(site) as victim, Browser(site) as attacker:
        attacker.get("/login")
        planted, token = attacker.cookies["evidence_session"], attacker.csrf("/login")
        victim.cookies.set("evidence_session", planted, domain="127.0.0.1")
        fields = {"csrf": token, "name": "Grace", "password": PASSWORD}
        assert victim.post("/login", data=fields, follow_redirects=False).status_code == 303
        assert attacker.get("/").url.path == "/login"
        own = [cookie.value for cookie in victim.cookies.jar]
        assert planted not in own[-1:]
        victim.cookies.clear()
        victim.cookies.set("evidence_session", own[-1])
        assert victim.csrf() not in (None, token)


def test_a_login_is_throttled_for_a_name_and_for_an_address(site, store):
    for name in ("Grace", "Ada"):
        store.users.add(name, PASSWORD, "viewer")
    with Browser(site) as browser:
        for _ in range(5):
            answer = browser.say("/login", {"name": "Grace", "password": "wrong"}, of="/login")
            assert answer.status_code == 401
        answer = browser.say("/login", {"name": "Grace", "password": PASSWORD}, of="/login")
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        forwarded = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
        fields = {"name": "Grace", "password": PASSWORD}
        assert browser.say("/login", fields, of="/login", headers=forwarded).status_code == 429
        for number in range(15):
            browser.say("/login", {"name": f"n{number}", "password": "x"}, of="/login")
        assert browser.say("/login", {"name": "Ada", "password": PASSWORD}, of="/login").status_code == 429


def test_of_a_field_sent_twice_no_guess_gets_through(home, store):
    token = home.csrf("/jobs")
    row = store.records().contrasts[0].result_id
    for fields in ([token, "guessed"], ["guessed", "guessed"]):
        answer = home.post(f"/review/{row}/decide", data={"csrf": fields, "action": "accept", "seen": "0"})
        assert answer.status_code == 403
    body = '{"action": "reject", "action": "accept", "seen": 9, "seen": 0}'
    headers = {"X-CSRF-Token": token, "Content-Type": "application/json"}
    answer = home.post(f"/api/v1/rows/{row}/decisions", content=body, headers=headers)
    assert answer.status_code == 201  # the last of each, for what is checked and what is done alike
    assert [decision.action for decision in store.decisions()] == ["accept"]


# What every answer bears, and what it is asked under.


def test_every_answer_has_its_protective_headers(service, values):
    app = create_app(service)

    @app.get("/bug")
    def bug(request: Request) -> None:
        raise ValueError(f"secret {request.query_params}")

    asked = [
        *((path, 200) for path in ("/", "/login", "/static/evidence.css", "/api/v1/documents", "/api/v1/openapi.json")),
        *((path, 404) for path in ("/nothing", "/api/v1/nothing", "/static/nothing", "/documents/none")),
        ("/api/v1/contrasts?limit=x", 422),
        ("/bug?password=hunter2", 500),
        ("/jobs/1/cancel", 405),
        ("/review", 303),
    ]
    with served(app) as site, Browser(site) as browser:
        answers = [browser.get(path, follow_redirects=False) for path, _ in asked]
        answers.append(browser.get("/", headers={"Host": "rebound.example"}))
        answers.append(browser.post("/login", data={"name": "x" * 2**21}))
    assert [answer.status_code for answer in answers] == [*(status for _, status in asked), 400, 413]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert policy == guards.POLICY
        assert "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "server" not in answer.headers
        assert "hunter2" not in answer.text and "Traceback" not in answer.text


@pytest.mark.parametrize(
    "host",
    ["rebound.example", "127.0.0.1.rebound.example", "localhost@rebound.example", "rebound.example:80", "", "[::2]"],
)
def test_a_name_of_somebody_else_is_not_answered(stranger, host):
    answer = stranger.get("/login", headers={"Host": host})
    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1234", "[::1]:99", "LOCALHOST"])
def test_the_names_of_this_computer_are_answered(stranger, host):
    assert stranger.get("/login", headers={"Host": host}).status_code == 200


def test_two_host_headers_are_refused(site):
    with connected(site) as opened:
        opened.sendall(b"GET /login HTTP/1.1\r\nHost: localhost\r\nHost: rebound.example\r\nConnection: close\r\n\r\n")
        assert heard(opened).startswith(b"HTTP/1.1 400")


def test_a_forwarded_host_is_not_believed(stranger, store):
    store.users.add("Grace", PASSWORD, "viewer")
    answer = stranger.get("/", headers={"X-Forwarded-Host": "rebound.example"}, follow_redirects=False)
    assert answer.headers["location"] == "/login?next=/"


@pytest.mark.parametrize(
    "path",
    [
        "../app.py",
        "..%2fapp.py",
        "%2e%2e/app.py",
        "%2e%2e%2f%2e%2e%2fapp.py",
        "....//app.py",
        "..\\app.py",
        "..%5capp.py",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "evidence.css/../../app.py",
        "evidence.css%00.py",
        "%252e%252e%252fapp.py",
        "%c0%ae%c0%ae/app.py",
        "%uff0e%uff0e/app.py",
        "..;/app.py",
        "evidence.css/..%2f..%2fapp.py",
        "",
        ".",
    ],
)
def test_nothing_but_the_packaged_files_is_under_static(site, path):
    with connected(site) as opened:  # a client would tidy the path
        opened.sendall(f"GET /static/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = heard(opened)
    assert re.match(rb"HTTP/1.1 (400|404|405)", answer), answer[:200]
    assert b"create_app" not in answer and b"root:" not in answer


@pytest.mark.parametrize(
    "path",
    [
        "/static/{}",
        "/pooled/files/{}?question=OS-HR",
        "/export/file/{}",
        "/documents/{}",
        "/documents/{}/pages/1.png",
        "/jobs/{}",
        "/api/v1/documents/{}/text",
        "/api/v1/exports/{}",
    ],
)
@pytest.mark.parametrize(
    "name", ["..%2f..%2fapp.py", "%2e%2e%2fevidence.db", "..%5c..%5cevidence.db", "%2fetc%2fpasswd"]
)
def test_no_name_in_an_address_is_a_path(site, home, path, name):
    with connected(site) as opened:
        cookie = f"evidence_session={home.cookies['evidence_session']}"
        asked = f"GET {path.format(name)} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n"
        opened.sendall(f"{asked}Connection: close\r\n\r\n".encode())
        answer = heard(opened)
    assert re.match(rb"HTTP/1.1 4(00|04|05|22)", answer), answer[:200]
    assert not re.search(rb"create_app|root:|SQLite format", answer)


# Text that would like to be something else: a path, a page, a template, SQL.

NAMES = [
    "../../x.txt",
    "/etc/cron.d/x.txt",
    "C:\\Windows\\..\\x.txt",
    "..\\..\\x.txt",
    "x" * 2000 + ".txt",
    "trial\u202efdp.txt",
    "..",
    ".",
    "-rf.txt",
    "con.txt",
    "a#b.txt",
    "<script>alert(1)</script>.txt",
    "{{7*191}}.txt",
    "💊" * 300 + ".txt",
]


def test_no_name_of_an_upload_is_a_path(home, store, url, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(workers.signal, "signal", lambda *_: None)
    files = [(name, b"Overall survival, paper %d." % number) for number, name in enumerate(NAMES)]
    body, headers = multipart(*files, csrf=home.csrf("/jobs"))
    before = {path.name for path in tmp_path.iterdir()}
    assert home.post("/jobs", content=body, headers=headers).status_code == 200
    workers.work(url, folder.folder, until_empty=True)
    (job,) = store.jobs.list()
    shown = [file["source"] for file in job.result["files"]]
    assert len(shown) == len(NAMES)
    assert len(set(shown)) == len(NAMES)
    for name in shown:
        assert 0 < len(name) <= 160
        assert name.isprintable()
        assert not re.search(r"[/\\\x00#\u202e]", name.replace("</script>", "")), name
        assert not name.startswith((".", "-"))
    assert all(re.fullmatch("[0-9a-f]{16}", path.name) for path in folder.folder.iterdir())
    assert {path.name for path in tmp_path.iterdir()} == before
    assert "<script>alert" not in home.get("/jobs").text
    assert "1337" not in home.get("/jobs").text


@pytest.mark.parametrize("name", ["a\x00b.txt", "\x00", "a\r\nSet-Cookie: a=b", "a\nb", "x" * 10_000])
def test_a_name_that_fits_no_header_is_refused_or_shown_in_one_line(home, store, folder, name):
    body, headers = multipart((name, b"words"), csrf=home.csrf("/jobs"))
    answer = home.post("/jobs", content=body, headers=headers)
    assert answer.status_code in (200, 400)
    assert "set-cookie" not in answer.headers
    for job in store.jobs.list():
        assert all(file["name"].isprintable() for file in job.arguments["files"])
    assert all(re.fullmatch("[0-9a-f]{16}", path.name) for path in folder.folder.iterdir())


MARKUP = "<script>alert(1)</script>"
QUOTED = "\"'><img src=x onerror=alert(1)>"
BRACES = "{{7*191}}${7*191}{% raw %}"


@pytest.fixture
def marked(home, store, url, folder, monkeypatch):
    """A browser of a store whose titles, labels, quotes, reasons and names hold markup; what stands for parameters."""
    monkeypatch.setattr(workers.signal, "signal", lambda *_: None)
    words = f"{MARKUP} {QUOTED} {BRACES}"
    paper = (
        f"Drug A for leukaemia {words}: the TRIAL trial\n\n"
        f"Methods: Patients were randomly assigned to drug A {MARKUP} or chemotherapy {QUOTED}.\n\n"
        "Results: In all, 371 patients were randomized, 247 to drug A and 124 to chemotherapy. "
        f"Overall survival {words} was longer with drug A than with chemotherapy (hazard ratio for death, 0.64; 95% "
        "CI, 0.49 to 0.83; P<0.001).\n"
    )
    page = (
        f"<!DOCTYPE html><html><head><title>{MARKUP}</title></head><body><h2>Results</h2><p>{paper}</p></body></html>"
    )
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script>{paper}</svg>'
    files = [(f"{words}.txt", paper), ("page.html", page), ("picture.svg", picture)]
    body, headers = multipart(*((name, data.encode()) for name, data in files), csrf=home.csrf("/jobs"))
    home.say("/name", {"name": f"Ada {MARKUP}"}, of="/login")
    body, headers = multipart(*((name, data.encode()) for name, data in files), csrf=home.csrf("/jobs"))
    assert home.post("/jobs", content=body, headers=headers).status_code == 200
    workers.work(url, folder.folder, until_empty=True)
    (job,) = store.jobs.list()
    first, *others = [file["document_id"] for file in job.result["files"]]
    row = next(row for row in store.records().contrasts if row.document_id == first)
    given = {"estimate": "0.65", "outcome_text": words}
    store.decide(row.result_id, "correct", by=f"Ada {MARKUP}", reason=words, values=given)
    ids = {"document_id": first, "result_id": row.result_id, "job_id": job.job_id, "format": "jsonl", "number": 1}
    return home, defaultdict(lambda: 1, ids), others


def test_text_with_markup_or_braces_stays_text_everywhere(marked):
    browser, values, others = marked
    seen = 0
    for document_id in (values["document_id"], *others):
        values["document_id"] = document_id
        for asked in READING:
            if asked.path.endswith("/events"):
                continue
            answer = _send(browser, asked, values, params={"q": MARKUP} if asked.path == "/search" else {})
            if answer.headers.get("content-type", "").startswith("text/html"):
                seen += "&lt;script&gt;alert" in answer.text
                assert "<script>alert" not in answer.text, asked
                assert not re.search("<(?:img src=x|svg[^>]*onload)", answer.text), asked
                assert "1337" not in answer.text, asked
            elif answer.headers.get("content-type", "").startswith("application/json"):
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert "1337" not in answer.text
    assert seen >= 5


def test_an_uploaded_page_or_picture_is_never_served_as_such(marked, folder):
    browser, values, others = marked
    contents = {path.read_bytes() for path in folder.folder.iterdir()}
    for document_id in (values["document_id"], *others):
        values["document_id"] = document_id
        addresses = [asked.at(values) for asked in READING if not asked.path.endswith("/events")]
        addresses += [f"/documents/{document_id}/{name}" for name in ("original", "file", "page.html", "picture.svg")]
        addresses += [f"/static/{document_id}", f"/files/{document_id}", f"/kept/{document_id}", f"/{document_id}"]
        for address in addresses:
            answer = browser.get(address)
            assert "svg" not in answer.headers.get("content-type", ""), address
            assert answer.content not in contents, address


TEXTS = [
    "' OR 1=1 --",
    '"; DROP TABLE documents; --',
    "%",
    "_%",
    "x\x00y",
    "\\",
    "Ⅷ'ʼ＇",
    "😀" * 50,
    "1) UNION SELECT 1",
    "$1 :a ?",
]


def test_what_is_looked_for_never_becomes_sql(home, store):
    said = []

    def hear(_connection, _cursor, statement, *_):
        said.append(statement)

    before = _state(store)
    event.listen(Engine, "before_cursor_execute", hear)
    try:
        for text in TEXTS:
            answers = _looked_for(home, text)
            faults = [answer.url for answer in answers if answer.status_code >= 500]
            assert faults == [], text
            for answer in answers[:4]:
                assert answer.status_code == 422 or answer.json()["items"] == [], text
            assert not [statement for statement in said if len(text) > 2 and text in statement], text
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    assert said
    assert _state(store) == before


def _looked_for(home, text):
    """What is answered wherever something can be looked for, sorted or chosen by this text."""
    return [
        *(home.get(f"/api/v1/{table}", params={"document_id": text}) for table in ("contrasts", "documents", "flags")),
        home.get("/api/v1/arms", params={"study_id": text}),
        home.get("/api/v1/contrasts", params={"after": text, "limit": 5}),
        *(home.get("/api/v1/jobs", params={name: text}) for name in ("before", "status", "limit", "order", "sort")),
        *(home.get("/api/v1/contrasts", params={name: text}) for name in ("outcome", "status", "order", "sort")),
        home.get("/search", params={"q": text}),
        home.get("/jobs", params={"before": text}),
        home.get("/review", params={"document": text, "study": text}),
        home.get("/review/moves", params={"before": text}),
        *(home.get(httpx.URL(home.base_url).copy_with(raw_path=_path(way, text))) for way in WAYS),
    ]


WAYS = (
    "/documents/{}",
    "/documents/{}/enter",
    "/review/{}",
    "/jobs/{}",
    "/api/v1/documents/{}",
    "/api/v1/documents/{}/text",
    "/api/v1/rows/{}",
    "/api/v1/jobs/{}",
    "/api/v1/questions/{}",
    "/api/v1/exports/{}",
)


def _path(way, text):
    return way.format("".join(f"%{byte:02X}" for byte in text.encode())).encode()


def test_what_is_written_in_forms_never_becomes_sql(home, store):
    home.headers["X-CSRF-Token"] = home.csrf("/jobs")
    row = store.records().contrasts[0]
    documents = len(store.records().documents)
    for text in TEXTS:
        for answer in _written(home, row, text):
            assert answer.status_code < 500, (answer.url, text)
    assert len(store.records().documents) == documents
    for decision in store.decisions():
        assert decision.reason in (*TEXTS, None)
    assert all(finding.holds for finding in store.examine())


def _written(home, row, text):
    return (
        home.post(f"/api/v1/rows/{row.result_id}/decisions", json={"action": "accept", "reason": text, "seen": 0}),
        home.post("/api/v1/pooled", json={"outcome": ["OS"], "measure": "HR", "treatment": [text], "subgroup": text}),
        home.post(f"/review/{row.result_id}/decide", data={"action": "reject", "reason": text, "seen": text}),
        home.post("/login", data={"name": text, "password": text}),
        home.post("/name", data={"name": text}),
        home.post("/users", data={"name": text, "password": text, "again": text, "role": text}),
        home.post(f"/documents/{row.document_id}/enter", data={"v_outcome": text, "v_quote": text, "table": text}),
    )


# The log.


def test_the_log_tells_who_asked_for_what_and_no_secret(service, store):
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    log = logging.getLogger("evidence.web")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    app = create_app(service)

    @app.get("/bug")
    def bug(request: Request) -> None:
        raise ValueError(f"{request.query_params} {request.headers['authorization']}")

    secret, cookies = "", set()
    try:
        with served(app) as site, Browser(site) as browser:
            user = store.users.add("Grace", PASSWORD, "admin")
            secret, _ = store.users.issue_token(user.user_id, "script", list(Scope), 1)
            browser.say("/login", {"name": "Grace", "password": "nearly right password"}, of="/login")
            browser.say("/login", {"name": "Grace", "password": PASSWORD}, of="/login")
            csrf = browser.csrf()
            cookies = {cookie.value for cookie in browser.cookies.jar}
            row = store.records().contrasts[0].result_id
            browser.post(f"/review/{row}/decide", data={"csrf": csrf, "action": "reject", "reason": "private words"})
            browser.get("/search", params={"q": "looked for"})
            browser.get("/api/v1/documents", headers={"Authorization": f"Bearer {secret}"})
            browser.get("/bug", params={"password": "hunter2"}, headers={"Authorization": f"Bearer {secret}"})
            browser.get("/a%0d%0aforged%20line%1b[31m")
    finally:
        log.removeHandler(handler)
    said = written.getvalue()
    assert re.search(r"^127\.0\.0\.1 POST /login 401 \d+ ms$", said, re.MULTILINE)
    assert re.search(r"^127\.0\.0\.1 GET /search 200 \d+ ms$", said, re.MULTILINE)
    assert re.search(r"^ValueError in GET /bug$", said, re.MULTILINE)
    assert "def bug" not in said.partition("ValueError")[0]
    assert "forged line" not in said and "\x1b" not in said
    for hidden in (PASSWORD, "nearly right", secret, csrf, *cookies, "private words", "looked", "hunter2", "?"):
        assert hidden not in said, hidden


def test_a_second_service_knows_the_sessions_of_the_first(url, store, log_in):
    """Sessions are the store's, not the process's; one whose key is another's is none."""
    browser = log_in("Grace", "viewer")
    cookie = browser.cookies["evidence_session"]
    with (
        open_store(url) as again,
        served(create_app(Service(store=again))) as site,
        httpx.Client(base_url=site, cookies={"evidence_session": cookie}) as client,
    ):
        assert client.get("/").status_code == 200
