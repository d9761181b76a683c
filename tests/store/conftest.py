"""A new store for each test: an SQLite file, or a PostgreSQL database where `EVIDENCE_TEST_POSTGRES` names a server."""

import os
import uuid

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from evidence.store import open_store


@pytest.fixture
def url(tmp_path):
    server = os.environ.get("EVIDENCE_TEST_POSTGRES")
    if not server:
        yield f"sqlite:///{tmp_path / 'evidence.db'}"
        return
    name = f"evidence_test_{uuid.uuid4().hex}"
    engine = create_engine(make_url(server), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def store(url):
    with open_store(url) as opened:
        yield opened
