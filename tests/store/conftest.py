"""A new store for each test, in either database."""

import pytest

from evidence.store import open_store


@pytest.fixture
def url(either):
    return either


@pytest.fixture
def store(url):
    with open_store(url) as opened:
        yield opened
