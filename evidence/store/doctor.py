"""Whether a store is what the program wrote: each thing that can be checked, with what holds and what does not.

Rows are read as plain values, because what was altered by other means may be no record any more. The bytes of the files
are not in the store, so a document id is not checked against them; the text that was read from them has a checksum.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    ForeignKeyConstraint,
    Select,
    Table,
    Text,
    and_,
    exists,
    inspect,
    select,
    text,
    type_coerce,
)
from sqlalchemy import exc as sql

from evidence.errors import EvidenceError
from evidence.model import tables
from evidence.store import chain, guards, schema
from evidence.store.database import Database

_RESTORE = "Restore the last backup that `evidence doctor` found clean."
#: So many faults of a kind are named; a damaged store has thousands.
_NAMED = 5
#: Tables whose rows have a quote.
_QUOTED = ("arm_results", "contrasts", "patients")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was checked."""

    check: str
    holds: bool
    message: str  # what holds; or the faults, and what to do


def examine(database: Database) -> tuple[Finding, ...]:
    """Everything that can be checked of an open store. A check that cannot read what it needs does not hold."""
    return tuple(_outcome(database, check) for check in CHECKS)


def schema_revision(connection: Connection) -> Iterator[str]:
    """Every table of this program's schema is there with its columns."""
    found = inspect(connection)
    for table in schema.metadata.sorted_tables:
        there = {column["name"] for column in found.get_columns(table.name)} if found.has_table(table.name) else set()
        for column in table.columns:
            if column.name not in there:
                yield f"table {table.name} has no column {column.name}"


def database_integrity(connection: Connection) -> Iterator[str]:
    """SQLite finds its own pages and indexes in order; PostgreSQL has no such question."""
    if connection.dialect.name == "sqlite":
        for said in connection.scalars(text("PRAGMA integrity_check")):
            if said != "ok":
                yield str(said)


def decision_chain(connection: Connection) -> Iterator[str]:
    """Every decision is as it was recorded, and none between two others is missing."""
    for name in chain.COLUMNS:
        yield from chain.faults(connection, schema.metadata.tables[name])


def append_only(connection: Connection) -> Iterator[str]:
    """The database refuses to change or remove a decision."""
    yield from guards.missing(connection)


def text_checksums(connection: Connection) -> Iterator[str]:
    """Every stored text has the checksum it was stored with."""
    columns = schema.documents.c
    for row in connection.execute(select(columns.document_id, columns.text, columns.text_sha256)):
        if row.text is None and row.text_sha256 is None:
            continue
        if row.text is None or hashlib.sha256(str(row.text).encode()).hexdigest() != row.text_sha256:
            yield f"the text of document {row.document_id} is not the one that was read"


def foreign_keys(connection: Connection) -> Iterator[str]:
    """Every row belongs to a document, study and arm that is stored."""
    for table in schema.metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            for row in connection.execute(_lost(table, key)):
                yield f"{table.name} has a row of {row[0]} that names no row of {key.referred_table.name}"


def orphans(connection: Connection) -> Iterator[str]:
    """Every decision and every flag is about rows that are stored."""
    stored: set[str] = set()
    for name in _QUOTED:
        stored |= set(connection.scalars(select(schema.ROWS[name].c.result_id)))
    events = connection.execute(select(*_plain(schema.events, "event_id", "result_id", "action", "values"))).all()
    known = stored | {row.result_id for row in events if row.action == "enter"}
    made = {row.event_id for row in events}
    for row in events:
        if row.result_id not in known:
            yield f"event {row.event_id} of events is about {row.result_id}, which is not stored"
        if row.action == "undo" and _object(row.values).get("undone") not in made:
            yield f"event {row.event_id} of events takes back an event that is not stored"
    yield from _lost_readings(connection, stored)
    studies = {
        tuple(row) for row in connection.execute(select(schema.studies.c.document_id, schema.studies.c.study_id))
    }
    for event in connection.execute(select(*_plain(schema.link_events, "event_id", "values"))):
        values = _object(event.values)
        for pair in (*values.get("rows", ()), *values.get("left", ())):
            if tuple(pair) not in studies:
                about = " of document ".join(reversed(pair))
                yield f"event {event.event_id} of link_events is about study {about}, which is not stored"
    for flag in connection.execute(select(*_plain(schema.flags, "flag_id", "result_ids"))):
        for result_id in json.loads(flag.result_ids):
            if result_id not in known:
                yield f"flag {flag.flag_id} is about {result_id}, which is not stored"


def _lost_readings(connection: Connection, stored: set[str]) -> Iterator[str]:
    """What is wrong with readings of two reviewers, and with decisions that say to stand on them."""
    columns = ("event_id", "assignment_id", "result_id", "action", "values")
    readings = connection.execute(select(*_plain(schema.readings, *columns))).all()
    known = stored | {row.result_id for row in readings if row.action == "enter"}
    made = {row.event_id for row in readings}
    for row in readings:
        if row.result_id and row.result_id not in known:
            yield f"event {row.event_id} of readings is about {row.result_id}, which is not stored"
        if row.action == "undo" and _object(row.values).get("undone") not in made:
            yield f"event {row.event_id} of readings takes back an event that is not stored"
    given = {row.assignment_id: _object(row.values) for row in readings if row.action == "assign"}
    for row in connection.execute(select(*_plain(schema.assignments, "assignment_id", "first", "second"))):
        if given.get(row.assignment_id) != {"first": row.first, "second": row.second}:
            yield f"the readers of assignment {row.assignment_id} are not those that were recorded"
    for event in connection.execute(select(*_plain(schema.events, "event_id", "values"))):
        for reading in _object(event.values).get("dual", {}).get("readings", {}).values():
            if not made.issuperset(reading["events"]):
                yield f"event {event.event_id} of events stands on a reading that is not stored"


def quotes(connection: Connection) -> Iterator[str]:
    """Every quote stands in the text of its document at its offsets, also that of a row a person entered."""
    texts = schema.documents.c
    for document_id in connection.scalars(select(texts.document_id).order_by(texts.document_id)).all():
        content = connection.scalar(select(texts.text).where(texts.document_id == document_id)) or ""
        for name in _QUOTED:
            row_of = schema.ROWS[name].c
            columns = (row_of.result_id, row_of.char_start, row_of.char_end, row_of.quote)
            for result_id, start, end, quote in connection.execute(
                select(*columns).where(row_of.document_id == document_id).order_by(row_of.position)
            ):
                if not _stands(content, start, end, quote):
                    yield f"the quote of {result_id} does not stand at its place in document {document_id}"
        event = schema.events.c
        entered = (event.document_id == document_id) & (event.action == "enter")
        for result_id, values in connection.execute(
            select(*_plain(schema.events, "result_id", "values")).where(entered)
        ):
            after = _object(values)["after"]
            start, end = (tables.from_text(after.get(name, ""), "integer") for name in ("char_start", "char_end"))
            if not _stands(content, start, end, after.get("quote", "")):
                yield f"the quote of {result_id}, entered by a person, does not stand in document {document_id}"


#: Each check with what is said where it holds, and what to do where it does not.
CHECKS: tuple[tuple[Callable[[Connection], Iterator[str]], str, str], ...] = (
    (schema_revision, f"the tables are those of schema {schema.REVISION}", _RESTORE),
    (database_integrity, "SQLite finds its file in order (PostgreSQL has no such question to ask)", _RESTORE),
    (
        decision_chain,
        "every decision is as it was recorded",
        f"Ask who wrote to the database by other means. {_RESTORE}",
    ),
    (append_only, "the database refuses to change or remove a decision", f"Ask who took the guards away. {_RESTORE}"),
    (text_checksums, "every stored text is as it was read", _RESTORE),
    (foreign_keys, "every row belongs to a document, study and arm that is stored", _RESTORE),
    (orphans, "every decision and flag is about rows that are stored", _RESTORE),
    (quotes, "every quote stands in its document at its offsets", "Ingest these files into a new store and compare."),
)


def _outcome(database: Database, check: tuple[Callable[[Connection], Iterator[str]], str, str]) -> Finding:
    ask, holds, remedy = check
    try:
        with database.reading() as connection:
            faults = list(ask(connection))
            ends = [chain.end(connection, schema.metadata.tables[name]) for name in chain.COLUMNS]
    except (EvidenceError, sql.SQLAlchemyError, ValueError, KeyError, TypeError, AttributeError) as error:
        # Whatever was altered, the other checks go on.
        faults = [f"it could not be checked, because what is stored cannot be read ({error})"]
    if not faults:
        # Who notes the ends elsewhere can tell later that no decision at the end was removed.
        told = [f"{name} to {end[:16]}" for name, end in zip(chain.COLUMNS, ends, strict=True) if end]
        ends_at = f" ({', '.join(told)})" if told and ask is decision_chain else ""
        return Finding(check=ask.__name__, holds=True, message=f"{holds}{ends_at}")
    more = f"; and {len(faults) - _NAMED:,} more" if len(faults) > _NAMED else ""
    return Finding(check=ask.__name__, holds=False, message=f"{'; '.join(faults[:_NAMED])}{more}. {remedy}")


def _lost(table: Table, key: ForeignKeyConstraint) -> Select[Any]:
    """Ids of the rows that name a row which is not there."""
    parent = key.referred_table.alias()
    pairs = [(element.parent, parent.c[element.column.name]) for element in key.elements]
    there = exists().where(and_(*(mine == theirs for mine, theirs in pairs)))
    return select(next(iter(table.primary_key))).where(*(mine.is_not(None) for mine, _ in pairs), ~there)


def _plain(table: Table, *names: str) -> list[Any]:
    """Columns as the database keeps them."""
    return [table.c[name] if name == "event_id" else type_coerce(table.c[name], Text).label(name) for name in names]


def _object(stored: str) -> dict[str, Any]:
    return dict(json.loads(stored))


def _stands(text: str, start: Any, end: Any, quote: Any) -> bool:
    """Whether the quote is what the text says between the offsets; a row entered without one has nothing to show."""
    if quote == "" and start == end:
        return True
    return isinstance(start, int) and isinstance(end, int) and 0 <= start <= end and text[start:end] == quote
