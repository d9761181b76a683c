"""What only a server can do: be lost and come back, refuse a person, hold a store too long, lack characters."""

import threading
import time

import build
import pytest
from sqlalchemy import text

from evidence.errors import StoreError
from evidence.store import database, open_store, schema
from tests.postgresql import GUARDED, PASSWORD

pytestmark = pytest.mark.program

#: What a user may read who only looks at the evidence.
READ = (database.VERSION_TABLE, *schema.ROWS, *"documents runs events link_events stamps".split())


@pytest.fixture
def url(postgresql):
    made = postgresql.new_database()
    yield made
    postgresql.drop(made)


def test_a_store_works_again_when_its_server_does(postgresql, url):
    with open_store(url) as store:
        store.add(build.document(), build.records())
        store.decide(build.remission(), "accept", by="Ada")
        before = store.records()
        postgresql.stop()
        try:
            for use in (store.records, lambda: store.decide(build.hazard_ratio(), "accept", by="Ada")):
                with pytest.raises(StoreError, match="cannot be reached; check that the server runs") as fault:
                    use()
                assert "\n" not in str(fault.value)
            with pytest.raises(StoreError, match="cannot be reached"):
                open_store(url)
        finally:
            postgresql.start()
        assert store.records() == before
        store.decide(build.hazard_ratio(), "accept", by="Ada")
        assert all(finding.holds for finding in store.examine())


def test_a_server_that_ends_in_the_middle_of_a_decision_keeps_none_of_it(postgresql, url):
    with open_store(url) as store:
        store.add(build.document(), build.records())
        with pytest.raises(StoreError, match="cannot be reached"), store._database.writing() as connection:
            connection.execute(text("DELETE FROM flags"))
            postgresql.stop()
            try:
                connection.execute(text("DELETE FROM patients"))
            finally:
                postgresql.start()
        assert len(store.records().flags) == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"username": GUARDED, "password": "wrong:secret@x"}, "refuses this user and password"),
        ({"username": GUARDED}, "refuses this user and password"),
        ({"database": "nowhere"}, "is not on the server; make it with `createdb"),
        ({"username": "nobody_known"}, "by this user, whom the server does not know"),
        ({"password": "secret", "query": {"host": "/tmp/no-such-folder"}}, "cannot be reached"),
        ({"password": "secret", "host": "127.0.0.1", "port": 1, "query": {}}, "cannot be reached"),
        ({"password": "secret", "host": "no-such-host.invalid", "query": {}}, "cannot be reached"),
    ],
)
def test_who_cannot_come_in_is_told_why_without_the_password(postgresql, url, change, sentence):
    name = url.split("/")[3].split("?")[0]
    with pytest.raises(StoreError) as fault:
        open_store(postgresql.url(change.get("database", name), **change))
    assert sentence in str(fault.value)
    assert "secret" not in str(fault.value) and "\n" not in str(fault.value)


def test_a_user_without_rights_is_told_and_one_who_may_read_reads(postgresql, url):
    with open_store(url) as store:
        store.add(build.document(), build.records())
    name = url.split("/")[3].split("?")[0]
    guarded = postgresql.url(name, username=GUARDED, password=PASSWORD)
    with pytest.raises(StoreError, match=r"may not be .* by this user") as fault:
        open_store(guarded)
    assert PASSWORD not in str(fault.value)
    build.tamper(url, *(f"GRANT SELECT ON {table} TO {GUARDED}" for table in READ))
    with open_store(guarded) as store:
        assert len(store.records().contrasts) == 1
        assert store.trace(build.remission()).current is not None
        with pytest.raises(StoreError, match=r"may not be .* by this user"):
            store.decide(build.remission(), "accept", by="Ada")


def test_a_writer_waits_for_another_and_says_when_it_gives_up(url, monkeypatch):
    with open_store(url) as store, open_store(url) as other:
        store.add(build.document(), build.records())
        monkeypatch.setattr(database, "PATIENCE_SECONDS", 1.0)
        with store._database.writing(), pytest.raises(StoreError, match="was held by another program"):
            other.decide(build.remission(), "accept", by="Ada")
        with store._database.writing():
            deciding = threading.Thread(target=other.decide, args=(build.remission(), "accept"), kwargs={"by": "Ada"})
            deciding.start()
            time.sleep(0.3)
        deciding.join(10)
        assert len(store.trace(build.remission()).events) == 1


def test_a_database_that_lacks_characters_is_no_store(postgresql):
    postgresql.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        with pytest.raises(StoreError, match=r"keeps text as LATIN1.*createdb --encoding UTF8"):
            open_store(postgresql.url("latin"))
    finally:
        postgresql.execute("DROP DATABASE latin WITH (FORCE)")
