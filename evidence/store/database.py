"""The database behind a store: opening, migrating, and the two ways in, `reading` and `writing`.

SQLite and PostgreSQL behave alike here: a reader sees one moment throughout, and there is one writer at a time. SQLite
gives the first with a transaction in WAL mode and the second with BEGIN IMMEDIATE; PostgreSQL with REPEATABLE READ and
an advisory lock. Whatever the driver says becomes a `StoreError` in words, never a traceback.
"""

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, column, create_engine, event, func, inspect, select, table, text
from sqlalchemy import exc as sql
from sqlalchemy.engine import URL, make_url

from evidence.errors import StoreError, StoreUnavailable
from evidence.store import schema

if TYPE_CHECKING:
    from alembic.config import Config

VERSION_TABLE = "evidence_version"
MIGRATIONS = Path(__file__).with_name("migrations")

#: How long a writer waits for another one; a document is written in well under a second.
PATIENCE_SECONDS = 30.0
#: Any number, as long as every program that writes to an evidence store in PostgreSQL takes the same.
_ADVISORY_LOCK = 5_493_816_402

_EXAMPLES = "sqlite:///evidence.db or postgresql+psycopg://user@host/database"
_DRIVERS = {"sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg"}

#: How long to wait for a server of PostgreSQL that does not answer; a URL may say `?connect_timeout=` otherwise.
_CONNECT_SECONDS = 10

_HELD = f"was held by another program for {PATIENCE_SECONDS:.0f} seconds; try again when it is done"
_NO_SERVER = "cannot be reached; check that the server runs, and its address. What was not yet recorded is not"

#: What a driver says (a pattern), and what it means for a person.
_SAYINGS = (
    ("file is not a database", "is not a database; choose another file, or move this one away"),
    ("malformed", "is damaged; restore it from a backup"),
    ("unable to open", "cannot be opened or created; check that the folder exists and that you may write to it"),
    ("readonly", "cannot be written to; check the permissions of the file and its folder"),
    ("read-only", "cannot be written to; check the permissions"),
    ("database is locked", _HELD),
    ("due to lock timeout", _HELD),
    ("disk is full", "is on a full disk; nothing was stored; free some space and try again"),
    ("disk I/O error", "is on a disk that cannot be read or written; check the disk and its free space"),
    ("password authentication failed|no password supplied", "refuses this user and password; check both in its URL"),
    ('database ".*" does not exist', "is not on the server; make it with `createdb --encoding UTF8 NAME`"),
    ('role ".*" does not exist', "cannot be opened by this user, whom the server does not know"),
    (
        "no pg_hba.conf entry",
        "may not be opened from this machine by this user; ask who keeps the server (pg_hba.conf)",
    ),
    (
        "permission denied",
        "may not be read or written so by this user; ask its owner for the rights, or to make the store",
    ),
    ("No space left on device", "is on a full disk; nothing was stored; free some space and try again"),
    (
        "too many (connections|clients)",
        "has no connection left for another program; try again, or raise max_connections",
    ),
    (
        "connection (to server|timeout|refused|is bad|failed|is lost|is closed)|closed the connection|timeout expired|"
        "terminating connection|the database system is|could not (connect|receive|send)|failed to resolve host",
        _NO_SERVER,
    ),
)
#: PostgreSQL keeps no such text, and what is in SQLite has to fit into PostgreSQL.
NO_NUL = "The character U+0000 is no text; leave it out."
_PASSWORD = re.compile(r"(://[^:/@]*:).*(?=@)|(password=)[^&]*")


class Database:
    """One open database at the current schema."""

    def __init__(self, url: str) -> None:
        """Open the database at this URL; make or migrate its tables where needed.

        Raises
        ------
        StoreError
            If the URL is none, the database cannot be reached or written, is no evidence store, or is newer than this
            program.
        """
        self._url = _parsed(url)
        self.name = _without_password(self._url.render_as_string(hide_password=True))
        self._engine = self._connectable()
        if self._sqlite:
            event.listen(self._engine, "connect", _sqlite_connects)
            event.listen(self._engine, "begin", _sqlite_begins)
        # A reader sees one moment; a writer must see what was written while it waited for the lock.
        self._reader = self._engine.execution_options(**self._isolated("REPEATABLE READ"))
        self._writer = self._engine.execution_options(writing=True, **self._isolated("READ COMMITTED"))
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    @property
    def _sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the database."""
        with self._faults(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is the only writer; all of it is kept, or, after an exception, none."""
        with self._faults(), self._writer.begin() as connection:
            if not self._sqlite:
                patience = func.set_config("lock_timeout", f"{PATIENCE_SECONDS:.0f}s", True)
                connection.execute(select(patience, func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
            yield connection

    def close(self) -> None:
        """Close every connection; the object cannot be used afterwards in another process."""
        self._engine.dispose()

    def _isolated(self, level: str) -> dict[str, Any]:
        return {} if self._sqlite else {"isolation_level": level}

    def _connectable(self) -> Engine:
        arguments: dict[str, Any] = {}
        if self._sqlite:
            # A thread or process that waits for another writer is no fault until it waited this long.
            arguments["timeout"] = PATIENCE_SECONDS
        elif "connect_timeout" not in self._url.query:
            arguments["connect_timeout"] = _CONNECT_SECONDS
        try:
            # A connection that was lost with the server is noticed before it is used, and made anew. Values stay out of
            # what an exception says: among them are hashes of passwords, and secrets.
            return create_engine(
                self._url, connect_args=arguments, pool_pre_ping=not self._sqlite, hide_parameters=True
            )
        except (ImportError, sql.NoSuchModuleError) as error:
            raise StoreError(
                f"The store {self.name} needs a database driver that is not installed ({error}); "
                "install it with: pip install 'psycopg[binary]'."
            ) from error

    def _open(self) -> None:
        with self.reading() as connection:
            self._refuse_foreign(connection)
            self._refuse_few_characters(connection)
            revision = revision_of(connection)
        if self._sqlite:
            self._write_ahead()
        if revision == schema.REVISION:
            return
        with self.writing() as connection:
            # Read again under the lock: another process may have made the tables meanwhile.
            revision = revision_of(connection)
            if revision != schema.REVISION:
                self._migrate(connection, revision)

    def _refuse_foreign(self, connection: Connection) -> None:
        """A database with tables of another program is left as it is."""
        names = set(inspect(connection).get_table_names())
        if names and VERSION_TABLE not in names:
            raise StoreError(
                f"{self.name} is a database of another program (it has tables such as {min(names)!r}); "
                "choose another file or database for the evidence store."
            )

    def _refuse_few_characters(self, connection: Connection) -> None:
        """A database of PostgreSQL that cannot keep every character would stop at the first one it lacks."""
        encoding = "UTF8" if self._sqlite else connection.scalar(text("SHOW server_encoding"))
        if encoding != "UTF8":
            raise StoreError(
                f"{self.name} keeps text as {encoding}, which lacks most characters; make a database with "
                "`createdb --encoding UTF8 --template template0 NAME`."
            )

    def _migrate(self, connection: Connection, revision: str | None) -> None:
        if revision is not None and revision not in revisions():
            raise StoreError(
                f"{self.name} was written by a newer version of evidence (schema {revision}, this program knows up to "
                f"{schema.REVISION}); update evidence, or choose another store. Nothing was changed."
            )
        upgrade(connection)

    def _write_ahead(self) -> None:
        """Set WAL mode, which stays with the file: readers and the writer do not wait for each other.

        SQLite refuses the change at once, without its usual patience, while another process is opening the file.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        with self._faults(), closing(self._engine.raw_connection()) as connection:
            while True:
                try:
                    connection.cursor().execute("PRAGMA journal_mode = WAL")
                    return
                except sqlite3.OperationalError as error:
                    if "locked" not in str(error) or time.monotonic() > deadline:
                        raise
                time.sleep(0.05)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """What the driver says, in words and with what to do; rows that break a constraint are a bug and pass."""
        try:
            yield
        except sql.IntegrityError:
            raise
        except UnicodeEncodeError as error:
            raise StoreError(f"Half a character ({error.object[error.start]!a}) is no text; leave it out.") from error
        except (sql.DBAPIError, sqlite3.Error) as error:
            said = str(error.orig if isinstance(error, sql.DBAPIError) else error).strip()
            for saying, meaning in _SAYINGS:
                if re.search(saying, said):
                    raise StoreUnavailable(f"The store {self.name} {meaning}.") from error
            if "cannot contain NUL" in said:
                raise StoreError(NO_NUL) from error
            if isinstance(error, sql.DataError):
                raise
            raise StoreUnavailable(
                f"The database {self.name} refused: {said.splitlines()[0] if said else type(error).__name__}. "
                "Nothing was stored; check that it runs, and its name and rights."
            ) from error


def revisions() -> tuple[str, ...]:
    """Every revision this program knows."""
    from alembic.script import ScriptDirectory

    return tuple(script.revision for script in ScriptDirectory.from_config(_migrations()).walk_revisions())


def upgrade(connection: Connection, revision: str | None = None) -> None:
    """Make the tables, or bring them to this revision, by default the newest; within the caller's transaction."""
    from alembic import command

    config = _migrations()
    config.attributes["connection"] = connection
    command.upgrade(config, revision or schema.REVISION)


def _migrations() -> "Config":
    # Alembic takes a fifth of a second to import, and most openings need no migration.
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _parsed(url: str) -> URL:
    """The URL, refused where it names no database that can be a store."""
    try:
        parsed = make_url(url)
    except (sql.ArgumentError, ValueError) as error:
        raise StoreError(
            f"{_without_password(url)!r} is no database URL; a store is named like {_EXAMPLES}."
        ) from error
    if parsed.drivername not in _DRIVERS:
        raise StoreError(f"A store cannot be in {parsed.drivername!r}; name it like {_EXAMPLES}.")
    if parsed.get_backend_name() != "sqlite":
        return parsed
    if parsed.database in (None, "", ":memory:"):
        raise StoreError(f"{url!r} names no file, so nothing would be kept; name the store like {_EXAMPLES}.")
    file = Path(parsed.database)
    if file.is_dir():
        raise StoreError(f"{file} is a folder, and a store is a file; name it like sqlite:///{file / 'evidence.db'}.")
    if not file.parent.is_dir():
        raise StoreError(
            f"The folder {file.parent} of the store {file.name} does not exist; make it, or choose another."
        )
    return parsed


def _without_password(url: str) -> str:
    """A URL as it may be told to anybody."""
    return _PASSWORD.sub(r"\1\2***", url)


def _sqlite_connects(connection: Any, _record: object) -> None:
    # Transactions are begun by `_sqlite_begins`, not by the driver, which would begin them too late to lock.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def _sqlite_begins(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def revision_of(connection: Connection) -> str | None:
    """Revision of the tables of this database; None where there are none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    revision: str | None = connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE)))
    return revision
