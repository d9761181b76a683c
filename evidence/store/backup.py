"""A whole store as one file, and back: a ZIP archive with a manifest and every table as JSON lines.

The file is the same whichever database it came from, so a store moves from SQLite to PostgreSQL by backup and restore.
It is written from within one reading transaction, while others go on writing. The manifest holds the SHA-256 of every
other member; nothing is restored before all of them were compared. No member's name is ever used as a path.
"""

import datetime as dt
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version as installed_version
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, Integer, MetaData, Table, func, insert, select
from sqlalchemy import exc as sql

from evidence.errors import StoreError
from evidence.model.records import DocumentRecord
from evidence.store import chain, database, queries

#: Gives the bytes a document was read from, or None where its file is no longer there.
Originals = Callable[[DocumentRecord], bytes | None]
#: Takes the bytes of a document.
Keep = Callable[[bytes], object]

_FORMAT = "evidence backup 1"
_MANIFEST = "manifest.json"
#: A manifest names a few tables, and originals by their ids; a larger one is no manifest of ours.
_LARGEST_MANIFEST = 64 * 1024 * 1024
_ROWS_AT_ONCE = 500
_BYTES_AT_ONCE = 1024 * 1024
#: Tables whose rows never leave the store or enter it: who has the secrets of a service can be anybody there.
_STAY = ("login_failures", "secrets")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds."""

    format: str
    version: str  # of the program that wrote it
    revision: str  # of the tables
    made_at: str  # UTC, ISO 8601
    tables: Mapping[str, int]  # rows of each table
    originals: Mapping[str, str]  # by document id, the path or name the file had
    absent: tuple[str, ...]  # originals asked for that were not where they were read
    sha256: Mapping[str, str]  # of every other member of the archive


def write(connection: Connection, file: Path, originals: Originals | None) -> Manifest:
    """Copy the store that this transaction sees into a new file; whole, or not at all.

    Raises
    ------
    StoreError
        If the file exists or cannot be written, or a stored value cannot be read.
    """
    if file.exists():
        raise StoreError(f"{file} exists already, and a backup replaces nothing; give another name.")
    growing = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(growing, "w", zipfile.ZIP_DEFLATED) as archive:
            manifest = _fill(archive, connection, originals)
        growing.replace(file)
    except OSError as error:
        raise StoreError(f"{file} could not be written: {error.strerror or error}. Choose another place.") from error
    except ValueError as error:
        raise StoreError(f"A stored value cannot be read ({error}); `evidence doctor` says which.") from error
    finally:
        growing.unlink(missing_ok=True)
    return manifest


@contextmanager
def opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """A backup whose members all have their checksums.

    Raises
    ------
    StoreError
        If the file is no backup, is damaged, or was written by a newer program.
    """
    with _faults(file), zipfile.ZipFile(file) as archive:
        manifest = _manifest(archive)
        if manifest.revision not in database.revisions():
            raise StoreError(
                f"{file} was written by a newer version of evidence ({manifest.version}); update evidence."
            )
        yield archive, manifest


def restore(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest, *, force: bool) -> None:
    """Replace the tables of an empty store by those of the backup, and bring them to this program's schema.

    With `force` a store that is not empty is replaced as well, unless it has a decision that the backup has not.

    Raises
    ------
    StoreError
        If the store is not empty, or would lose decisions.
    """
    standing = [table for table in _reflected(connection) if table.name not in _STAY]
    if any(connection.scalar(select(func.count()).select_from(table)) for table in standing):
        if not force:
            raise StoreError(
                "The store holds something already and was left as it is; restore into a new one (--store URL), or "
                "replace it with --force."
            )
        _keep_decisions(connection, archive, manifest)
    everything = MetaData()
    everything.reflect(connection)
    everything.drop_all(connection)
    database.upgrade(connection, manifest.revision)
    tables = _reflected(connection)
    if {table.name for table in tables} != set(manifest.tables):
        raise ValueError(f"its tables are not those of schema {manifest.revision}")
    for table in (table for table in tables if table.name not in _STAY):
        rows = (_typed(table, row) for row in _rows(archive, table.name))
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            connection.execute(insert(table), some)
        _continue_numbers(connection, table)
    database.upgrade(connection)


def originals(archive: zipfile.ZipFile, manifest: Manifest, folder: Path) -> list[Path]:
    """Write the files of a backup into a folder, named by document id and the name they had; none is replaced.

    Raises
    ------
    StoreError
        If one cannot be written.
    """
    written = []
    for document_id, source in manifest.originals.items():
        name = "".join(letter if letter.isalnum() or letter in "-_. " else "_" for letter in source.split("/")[-1])
        target = folder / f"{document_id}-{name[-100:]}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                file.write(archive.read(_original(document_id)))
        except FileExistsError:
            continue
        except OSError as error:
            raise StoreError(f"{target} could not be written: {error.strerror or error}.") from error
        written.append(target)
    return written


def hand_over(archive: zipfile.ZipFile, manifest: Manifest, keep: Keep) -> None:
    """Give the bytes of every file of a backup, one after the other."""
    for document_id in manifest.originals:
        keep(archive.read(_original(document_id)))


def _fill(archive: zipfile.ZipFile, connection: Connection, originals: Originals | None) -> Manifest:
    counts: dict[str, int] = {}
    checksums: dict[str, str] = {}
    for table in _reflected(connection):
        member = _member(table.name)
        digest = hashlib.sha256()
        counts[table.name] = 0
        wanted = select(table).order_by(*table.primary_key).limit(0 if table.name in _STAY else None)
        with archive.open(member, "w", force_zip64=True) as lines:
            for row in connection.execute(wanted, execution_options={"yield_per": _ROWS_AT_ONCE}).mappings():
                line = json.dumps(dict(row), default=_moment).encode() + b"\n"
                lines.write(line)
                digest.update(line)
                counts[table.name] += 1
        checksums[member] = digest.hexdigest()
    kept: dict[str, str] = {}
    absent = []
    for record in sorted(queries.documents(connection), key=lambda record: record.source) if originals else ():
        data = originals(record) if originals else None
        if data is None:
            absent.append(record.source)
            continue
        archive.writestr(_original(record.document_id), data)
        kept[record.document_id] = record.source
        checksums[_original(record.document_id)] = hashlib.sha256(data).hexdigest()
    manifest = Manifest(
        format=_FORMAT,
        version=installed_version("evidence"),
        revision=database.revision_of(connection) or "",
        made_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        tables=counts,
        originals=kept,
        absent=tuple(absent),
        sha256=checksums,
    )
    archive.writestr(_MANIFEST, json.dumps(asdict(manifest), indent=1))
    return manifest


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    """The manifest, after every member was compared with it; ValueError where one is not as it says."""
    if archive.getinfo(_MANIFEST).file_size > _LARGEST_MANIFEST:
        raise ValueError("its manifest is too large")
    manifest = Manifest(**json.loads(archive.read(_MANIFEST)))
    if manifest.format != _FORMAT:
        raise ValueError(f"its format is {manifest.format!r}")
    named = {*map(_member, manifest.tables), *map(_original, manifest.originals)}
    if named != set(manifest.sha256) or sorted(archive.namelist()) != sorted([*named, _MANIFEST]):
        raise ValueError("its members are not those its manifest names")
    for name, checksum in manifest.sha256.items():
        digest = hashlib.sha256()
        with archive.open(name) as member:
            while data := member.read(_BYTES_AT_ONCE):
                digest.update(data)
        if digest.hexdigest() != checksum:
            raise ValueError(f"{name} does not have its checksum")
    if any(not document_id.isalnum() for document_id in manifest.originals):
        raise ValueError("an original has an id that is none")
    return manifest


@contextmanager
def _faults(file: Path) -> Iterator[None]:
    """What is wrong with a backup, in one sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise StoreError(f"There is no backup {file}; check the name.") from error
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError),  # the archive
        *(ValueError, KeyError, TypeError, OSError),  # what it holds
        *(sql.IntegrityError, sql.DataError),
    ) as error:
        said = str(error.orig if isinstance(error, sql.DBAPIError) else error).strip("'\" ") or type(error).__name__
        raise StoreError(
            f"{file} is no whole backup of an evidence store ({said}). Nothing was restored; take another copy."
        ) from error


def _keep_decisions(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Refuse a backup without a decision of the store that it would replace."""
    for table in (table for table in _reflected(connection) if table.name in chain.COLUMNS):
        saved = {row.get("hash") for row in _rows(archive, table.name)} if table.name in manifest.tables else set()
        lost = set(connection.scalars(select(table.c.hash))) - saved
        if lost:
            raise StoreError(
                f"The backup lacks decisions that the store has ({len(lost)} in {table.name}), so the store was left "
                "as it is; restore into a new one (--store URL)."
            )


def _reflected(connection: Connection) -> list[Table]:
    """The tables as they are in the database, parents first, without that of the revision."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != database.VERSION_TABLE]


def _rows(archive: zipfile.ZipFile, table: str) -> Iterator[dict[str, Any]]:
    with archive.open(_member(table)) as lines:
        for line in lines:
            yield dict(json.loads(line))


def _typed(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Row to insert: moments from their text."""
    if set(row) != {column.name for column in table.columns}:
        raise ValueError(f"a row of {table.name} has other columns")
    return {
        name: dt.datetime.fromisoformat(value) if value and isinstance(table.c[name].type, DateTime) else value
        for name, value in row.items()
    }


def _continue_numbers(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows after those restored; SQLite does so by itself."""
    key = next(iter(table.primary_key))
    if connection.dialect.name != "postgresql" or not isinstance(key.type, Integer):
        return
    last = connection.scalar(select(func.max(key)))
    if last is not None:
        connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, key.name), last)))


def _moment(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    raise ValueError(f"{value!r} is no value of a table")


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"


def _original(document_id: str) -> str:
    return f"originals/{document_id}"
