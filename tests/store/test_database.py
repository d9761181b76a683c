"""Opening: new, old, newer, foreign and impossible databases."""

import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import build
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from evidence.errors import StoreError
from evidence.store import database, open_store, schema


@pytest.fixture
def file(tmp_path):
    return tmp_path / "evidence.db"


def revisions() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(database.MIGRATIONS))
    return ScriptDirectory.from_config(config)


def test_the_migrations_make_the_tables_of_the_schema(store, url):
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": database.VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, schema.metadata) == []
    engine.dispose()


def test_the_newest_migration_is_the_one_the_program_asks_for():
    assert revisions().get_heads() == [schema.REVISION]


def test_every_migration_is_inside_the_package():
    # What is beside the code is shipped with it: hatch packages the folder `evidence` as it is.
    assert database.MIGRATIONS.parent == Path(database.__file__).parent
    assert (database.MIGRATIONS / "env.py").is_file()
    assert len(list(revisions().walk_revisions())) == len(list((database.MIGRATIONS / "versions").glob("*.py")))


def test_a_store_is_kept_in_wal_mode_with_foreign_keys(file):
    with open_store(f"sqlite:///{file}") as store, store._database.reading() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert connection.scalar(text("PRAGMA busy_timeout")) == 30_000


def test_a_path_with_spaces_and_percent_signs_is_a_path(tmp_path):
    folder = tmp_path / "50 % Bücher"
    folder.mkdir()
    with open_store(f"sqlite:///{folder / 'evidence.db'}") as store:
        store.add(build.document(), build.records())
    assert (folder / "evidence.db").stat().st_size > 0


def test_processes_that_open_a_new_store_at_once_all_find_it_ready(file):
    code = (
        "import sys, time; from evidence.store import open_store\n"
        "time.sleep(max(0, float(sys.argv[2]) - time.time()))\n"
        "with open_store(sys.argv[1]) as store: print(len(store.records().documents))"
    )
    start = str(time.time() + 2.5)  # after the slowest import, all at one moment
    opening = [
        subprocess.Popen(
            [sys.executable, "-c", code, f"sqlite:///{file}", start],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(5)
    ]
    for process in opening:
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (0, "0\n"), err


def test_opening_waits_for_one_who_holds_the_new_file(file):
    # SQLite refuses to change to WAL at once here, whatever its timeout.
    holder = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    holder.execute("CREATE TABLE soon_undone (x)")
    letting_go = threading.Timer(0.3, holder.rollback)
    letting_go.start()
    with open_store(f"sqlite:///{file}") as store:
        assert store.add(build.document(), build.records())
    letting_go.join()
    holder.close()


def test_a_store_made_by_another_while_one_opens_is_not_made_again(file, monkeypatch):
    url = f"sqlite:///{file}"
    in_time = database.Database._write_ahead

    def overtaken(self):
        # Between looking for tables and locking the database.
        monkeypatch.setattr(database.Database, "_write_ahead", in_time)
        with open_store(url) as other:
            other.add(build.document(), build.records())
        in_time(self)

    monkeypatch.setattr(database.Database, "_write_ahead", overtaken)
    with open_store(url) as store:
        assert store.has(build.document_id("trial"))


def test_a_database_without_tables_becomes_a_store(file):
    file.touch()
    with open_store(f"sqlite:///{file}") as store:
        assert store.add(build.document(), build.records())


def test_a_store_of_a_newer_program_is_refused_and_left_as_it_is(file):
    open_store(f"sqlite:///{file}").close()
    with sqlite3.connect(file) as connection:
        connection.execute(f"UPDATE {database.VERSION_TABLE} SET version_num = '0999'")
    connection.close()
    before = file.read_bytes()
    with pytest.raises(
        StoreError, match=rf"newer version of evidence \(schema 0999, .* up to {schema.REVISION}\); update evidence"
    ):
        open_store(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_a_store_made_before_patients_were_kept_opens_with_its_rows(tmp_path):
    before = build.records()
    with open_store(f"sqlite:///{tmp_path / 'new.db'}") as store:
        store.add(build.document(), before)
        store.decide(build.hazard_ratio(), "accept", by="Ada")
    with open_store(build.older(tmp_path / "new.db", tmp_path / "old.db", "0001")) as store:
        (contrast,) = store.records().contrasts
        assert (contrast.source, contrast.reviewer) == (before.contrasts[0].source, "Ada")
        assert store.records().patients == ()
        store.add(build.document("other"), build.records("other"))
        assert [row.patient for row in store.records().patients] == ["UPN 7", "UPN 8"]


def test_a_migration_that_fails_leaves_the_database_as_it_was(file, monkeypatch):
    def fail(*arguments):
        raise RuntimeError("power cut")

    # The version is noted after the tables are made, in the same transaction.
    monkeypatch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        open_store(f"sqlite:///{file}")
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()
    monkeypatch.undo()
    with open_store(f"sqlite:///{file}") as store:
        assert store.add(build.document(), build.records())


def test_a_database_of_another_program_is_refused_and_left_as_it_is(file):
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE invoices (number INTEGER)")
    connection.close()
    before = file.read_bytes()
    with pytest.raises(StoreError, match=r"another program \(it has tables such as 'invoices'\); choose another"):
        open_store(f"sqlite:///{file}")
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"study,hr\nA,0.60\n" * 100, "is not a database; choose another file"),
        (b"%PDF-1.7\n" + b"\x00" * 5000, "is not a database; choose another file"),
    ],
)
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(file, content, sentence):
    file.write_bytes(content)
    with pytest.raises(StoreError, match=sentence):
        open_store(f"sqlite:///{file}")
    assert file.read_bytes() == content


def test_a_damaged_store_is_told_to_be_damaged(file):
    with open_store(f"sqlite:///{file}") as store:
        for number in range(20):
            store.add(build.document(str(number)), build.records(str(number)))
    content = bytearray(file.read_bytes())
    content[4096 * 2 :] = b"\xff" * (len(content) - 4096 * 2)
    file.write_bytes(content)
    with pytest.raises(StoreError, match="damaged; restore it from a backup"), open_store(f"sqlite:///{file}") as store:
        store.records()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("evidence.db", "'evidence.db' is no database URL; a store is named like sqlite:///evidence.db"),
        ("", "no database URL"),
        ("mysql://localhost/evidence", "cannot be in 'mysql'; name it like"),
        ("sqlite://", "names no file, so nothing would be kept"),
        ("sqlite:///:memory:", "names no file, so nothing would be kept"),
        ("sqlite:////proc/evidence.db", "cannot be opened or created; check that the folder exists"),
        ("sqlite:////nowhere/at/all/evidence.db", "folder /nowhere/at/all of the store evidence.db does not exist"),
        ("sqlite:////tmp", "/tmp is a folder, and a store is a file"),
    ],
)
def test_a_place_where_no_store_can_be_is_refused_with_what_to_do(url, sentence):
    with pytest.raises(StoreError) as fault:
        open_store(url)
    assert sentence in str(fault.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://ada:secret@127.0.0.1:1/evidence?connect_timeout=2",
        "postgresql+psycopg://ada@127.0.0.1:1/evidence?connect_timeout=2&password=secret",
        "postgresql://ada:a/secret:b@127.0.0.1:port/evidence",
    ],
)
def test_a_password_is_not_told(url):
    with pytest.raises(StoreError) as fault:
        open_store(url)
    assert "secret" not in str(fault.value)
    assert "127.0.0.1" in str(fault.value)
