"""What tests of several rooms share: empty databases for stores, of both kinds."""

import shutil

import pytest

from tests.postgresql import Server


@pytest.fixture(scope="session")
def postgresql():
    """A real server, started once."""
    server = Server()
    yield server
    server.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.program)])
def new_url(request, tmp_path):
    """Gives the URL of another empty database at each call: in SQLite, and by `make programs` in PostgreSQL."""
    made = []

    def make():
        file = f"sqlite:///{tmp_path / ('evidence.db' if not made else f'evidence{len(made)}.db')}"
        made.append(file if request.param == "sqlite" else request.getfixturevalue("postgresql").new_database())
        return made[-1]

    yield make
    for url in made if request.param == "postgresql" else ():
        request.getfixturevalue("postgresql").drop(url)


@pytest.fixture
def either(new_url):
    """URL of an empty database of either kind."""
    return new_url()


@pytest.fixture(scope="module")
def chromium():
    """Debian's Chromium, for one file: two at once cannot be driven by one process. Where it is missing, tests fail."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium")
    assert program, "Chromium is not installed; on Debian: apt-get install chromium"
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        started = playwright.chromium.launch(executable_path=program, args=arguments)
        yield started
        started.close()
