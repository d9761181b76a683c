"""Every SELECT of the store, by name.

Rows come back as records of the model, as extracted: decisions are applied in `review.py`, studies linked in
`identity.py`. `documents` limits rows to these documents; None is all of them.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, func, select, union_all

from evidence.errors import NotFound
from evidence.model import tables
from evidence.model.codes import DocumentStatus
from evidence.model.records import DocumentRecord, Result, Study
from evidence.store import schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of the program that stored documents."""

    run_id: int
    started_at: dt.datetime  # UTC
    version: str
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One decision of a person about one result.

    `values` holds the texts of the columns `before` and `after` a correction, `after` and `table` of a row entered, and
    the event id `undone` by an undo.
    """

    event_id: int  # decisions in the order they were made
    result_id: str
    document_id: str
    action: str
    reviewer: str
    at: dt.datetime  # UTC
    reason: str | None
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEvent:
    """One decision of a person about which studies are one.

    `values` holds the `rows` it is about, as pairs of document id and the id of the study in it, the rows `left` behind
    by a split, and the event id `undone` by an undo.
    """

    event_id: int  # decisions in the order they were made
    action: str
    reviewer: str
    at: dt.datetime  # UTC
    reason: str | None
    values: Mapping[str, Any]

    @property
    def rows(self) -> frozenset[tuple[str, str]]:
        """Document and study of every row joined or set apart."""
        return frozenset((document_id, study_id) for document_id, study_id in self.values["rows"])

    @property
    def touched(self) -> frozenset[tuple[str, str]]:
        """The rows, and those left behind by them."""
        return self.rows | {(document_id, study_id) for document_id, study_id in self.values.get("left", ())}


def run(connection: Connection, run_id: int) -> Run:
    """The run of this id; NotFound where there is none."""
    for row in _mappings(connection, select(schema.runs).where(schema.runs.c.run_id == run_id)):
        return Run(**row)
    raise NotFound(f"There is no run {run_id} in the store; begin one with start_run.")


def document_status(connection: Connection, document_id: str) -> DocumentStatus | None:
    """How much of this document was read; None where it is not stored."""
    status = connection.scalar(select(schema.documents.c.status).where(schema.documents.c.document_id == document_id))
    return DocumentStatus(status) if status is not None else None


def document_text(connection: Connection, document_id: str) -> str | None:
    """The text that offsets of this document refer to; None where it could not be read or is not stored."""
    text: str | None = connection.scalar(
        select(schema.documents.c.text).where(schema.documents.c.document_id == document_id)
    )
    return text


def document_origin(connection: Connection, document_id: str) -> tuple[int, str]:
    """Run and extractor version that stored this document."""
    origin = select(schema.documents.c.run_id, schema.documents.c.extractor_version)
    run_id, version = connection.execute(origin.where(schema.documents.c.document_id == document_id)).one()
    return run_id, version


def documents(connection: Connection, only: Collection[str] | None = None) -> tuple[DocumentRecord, ...]:
    """Documents, by id."""
    return _records(connection, _rows("documents", only).order_by(schema.documents.c.document_id), "documents")


def studies(connection: Connection, only: Collection[str] | None = None) -> tuple[Study, ...]:
    """Studies under the ids they have in their documents."""
    return rows(connection, "studies", only)


def rows(connection: Connection, table: str, only: Collection[str] | None = None) -> tuple[Any, ...]:
    """Rows of one table, by document and in the order of the extraction."""
    columns = schema.ROWS[table].c
    return _records(connection, _rows(table, only).order_by(columns.document_id, columns.position), table)


def result(connection: Connection, result_id: str) -> Result | None:
    """One number as extracted; None where no document has it."""
    for table in tables.CORRECTABLE:
        wanted = _rows(table, None).where(schema.ROWS[table].c.result_id == result_id)
        found: tuple[Result, ...] = _records(connection, wanted, table)
        if found:
            return found[0]
    return None


def events(connection: Connection, only: Collection[str] | None = None) -> tuple[Event, ...]:
    """Decisions in the order they were made."""
    return _events(connection, _limited(_told(schema.events, Event), "events", only))


def events_of(connection: Connection, result_id: str) -> tuple[Event, ...]:
    """Decisions about one number in the order they were made."""
    return _events(connection, _told(schema.events, Event).where(schema.events.c.result_id == result_id))


def link_events(connection: Connection) -> tuple[LinkEvent, ...]:
    """Decisions about which studies are one, in the order they were made."""
    found = _mappings(connection, _told(schema.link_events, LinkEvent).order_by(schema.link_events.c.event_id))
    return tuple(LinkEvent(**row) for row in found)


def arm_ids(connection: Connection, document_id: str) -> tuple[str, ...]:
    """Arms of one document."""
    wanted = select(schema.arms.c.arm_id).where(schema.arms.c.document_id == document_id)
    return tuple(connection.scalars(wanted.order_by(schema.arms.c.position)))


def document_ids(connection: Connection) -> tuple[str, ...]:
    """All documents."""
    return tuple(connection.scalars(select(schema.documents.c.document_id).order_by(schema.documents.c.document_id)))


def result_ids(connection: Connection, start: str = "") -> tuple[str, ...]:
    """All numbers, extracted or entered, whose id starts like this."""
    parts = [
        select(table.c.result_id).where(table.c.result_id.startswith(start, autoescape=True))
        for table in (schema.arm_results, schema.contrasts, schema.events)
    ]
    return tuple(sorted(set(connection.scalars(union_all(*parts)))))


def entered_count(connection: Connection, document_id: str) -> int:
    """How many rows people have entered for this document, also those taken back."""
    mine = (schema.events.c.document_id == document_id) & (schema.events.c.action == "enter")
    return connection.scalar(select(func.count()).select_from(schema.events).where(mine)) or 0


def dual_review_of(connection: Connection, document_id: str) -> int | None:
    """Assignment under which two reviewers read this document now; None where there is none."""
    columns = schema.assignments.c
    mine = (columns.document_id == document_id) & columns.closed_at.is_(None)
    found: int | None = connection.scalar(select(columns.assignment_id).where(mine))
    return found


def _rows(table: str, only: Collection[str] | None) -> Select[Any]:
    """SELECT of the columns of the evidence table: neither the text nor what is the store's own."""
    columns = schema.metadata.tables[table].c
    return _limited(select(*(columns[column.name] for column in tables.TABLES[table])), table, only)


def _told(table: Table, record: type[Event | LinkEvent]) -> Select[Any]:
    """SELECT of what an event says, without the columns that chain it."""
    return select(*(table.c[field.name] for field in fields(record)))


def _limited(statement: Select[Any], table: str, only: Collection[str] | None) -> Select[Any]:
    if only is None:
        return statement
    return statement.where(schema.metadata.tables[table].c.document_id.in_(sorted(only)))


def _records(connection: Connection, statement: Select[Any], table: str) -> tuple[Any, ...]:
    return tuple(tables.from_values(table, row) for row in _mappings(connection, statement))


def _events(connection: Connection, statement: Select[Any]) -> tuple[Event, ...]:
    return tuple(Event(**row) for row in _mappings(connection, statement.order_by(schema.events.c.event_id)))


def _mappings(connection: Connection, statement: Select[Any]) -> list[Mapping[str, Any]]:
    found: list[RowMapping] = list(connection.execute(statement).mappings())
    return [{str(name): value for name, value in row.items()} for row in found]
