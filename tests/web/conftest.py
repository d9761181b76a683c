"""A service over a store of two documents of the corpus, served on a port and asked as a browser would ask."""

import re
import shutil
import socket
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from argon2 import PasswordHasher

from evidence import pipeline
from evidence.store import credentials, open_store
from evidence.web import Service, create_app

CORPUS = Path(__file__).parents[2] / "corpus"
#: A two-column PDF and an article in JATS, both with hazard ratios.
DOCUMENTS = (CORPUS / "pdf" / "burchert-2020-sormain.pdf", CORPUS / "jats" / "oran-2020.xml")
PASSWORD = "correct horse battery"


@pytest.fixture(scope="session", autouse=True)
def quick_passwords():
    """Passwords are hashed in no time; with the parameters of the program they are in the tests of the store."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(credentials, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def ingested(tmp_path_factory):
    """A store with the documents, copied for each test."""
    return _kept(tmp_path_factory, DOCUMENTS)


@pytest.fixture(scope="session")
def ingested_corpus(tmp_path_factory):
    """A store with many documents of the corpus, which have doubts of each severity and pooled results."""
    return _kept(
        tmp_path_factory, sorted(path for path in CORPUS.glob("*/*") if path.suffix in (".pdf", ".xml", ".txt"))
    )


def _kept(tmp_path_factory, documents):
    file = tmp_path_factory.mktemp("ingested") / "evidence.db"
    with open_store(f"sqlite:///{file}") as store:
        report = pipeline.ingest(documents, store)
        assert {each.status for each in report.files} == {"added"}
    return file


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'evidence.db'}"


@pytest.fixture
def store(tmp_path, url, ingested):
    shutil.copy(ingested, tmp_path / "evidence.db")
    with open_store(url) as opened:
        yield opened


@contextmanager
def served(app):
    """The address under which the application answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.005)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def service(store):
    return Service(store=store)


@pytest.fixture(scope="session")
def application():
    """One application and its address; each test gives it a service of its own."""
    app = create_app(Service(store=None))
    with served(app) as address:
        yield app, address


@pytest.fixture
def site(service, application):
    """The address of the service."""
    app, address = application
    app.state.service = service
    return address


@pytest.fixture
def stranger(site):
    """A browser of which nothing is known."""
    with Browser(site) as browser:
        yield browser


@pytest.fixture
def home(site):
    """A browser of the one person at home."""
    with Browser(site) as browser:
        browser.say("/name", {"name": "Ada"}, of="/login")
        yield browser


@pytest.fixture
def log_in(site, store):
    """Browsers of users, made as they are asked for."""
    opened = []

    def as_user(name, role):
        if name not in {user.name for user in store.users.list()}:
            store.users.add(name, PASSWORD, role)
        opened.append(Browser(site))
        answer = opened[-1].say("/login", {"name": name, "password": PASSWORD}, of="/login")
        assert answer.status_code == 200, answer.text
        return opened[-1]

    yield as_user
    for browser in opened:
        browser.close()


@pytest.fixture
def person(chromium, site):
    """`person("Grace")` gives a page of a browser in which this person reviews; faults of scripts fail the test."""
    contexts, faults = [], []

    def begin(name, *, width=1280, height=900, **more):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, base_url=site, reduced_motion="reduce", **more
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda told: faults.append(told.text) if "Content Security Policy" in told.text else None)
        page.goto("/login")
        page.get_by_label("Name").fill(name)
        if page.get_by_label("Password").count():
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Log in").click()
        else:
            page.get_by_role("button", name="Go on").click()
        page.get_by_role("link", name="Documents").first.wait_for()
        return page

    yield begin
    for context in contexts:
        context.close()
    assert faults == []


class Browser(httpx.Client):
    """A client with cookies that follows redirects and sends the token of the page it was on."""

    def __init__(self, site):
        super().__init__(base_url=site, follow_redirects=True, timeout=60)

    def csrf(self, page="/"):
        """The token of this page's session; None where the page has none."""
        found = re.search(r'name="csrf" value="([^"]+)"|X-CSRF-Token": "([^"]+)"', self.get(page).text)
        return found and (found[1] or found[2])

    def say(self, address, fields, *, of="/", **more):
        """Send a form of a page."""
        return self.post(address, data={"csrf": self.csrf(of), **fields}, **more)
