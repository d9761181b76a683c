"""Every INSERT and DELETE of what was read: runs, and documents with their rows, within a transaction of the caller."""

import datetime as dt
import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, insert

from evidence.errors import StoreError, TooLarge
from evidence.model import tables
from evidence.model.codes import DocumentStatus
from evidence.model.records import DocumentRecord, Records
from evidence.store import assigned, queries, schema

#: A document is replaced only by a fuller reading of it.
_FULLNESS = (DocumentStatus.FAILED, DocumentStatus.PARTIAL, DocumentStatus.OK)


def start_run(connection: Connection, version: str, options: Mapping[str, Any]) -> int:
    """Note a run that starts now; its id."""
    row = {"started_at": dt.datetime.now(dt.UTC), "version": version, "options": options}
    return int(connection.execute(insert(schema.runs).returning(schema.runs.c.run_id), row).scalar_one())


def belong(document_id: str, records: Records) -> None:
    """Refuse, by ValueError, rows of another document, and result ids that are not unique among all documents."""
    strange = {row.document_id for name in schema.ROWS for row in tables.records_of(records, name)} - {document_id}
    if strange:
        raise ValueError(f"rows of {', '.join(sorted(strange))} among those of document {document_id}")
    ids = [row.result_id for row in (*records.results(), *records.patients)]
    if len(set(ids)) < len(ids) or not all(result_id.startswith(document_id) for result_id in ids):
        raise ValueError(f"result ids of {document_id} have to be different and to begin with the document's id")


def make_room(connection: Connection, record: DocumentRecord, *, fuller: bool = False) -> bool:
    """Whether this document is to be stored; an emptier reading of it, stored before, is discarded.

    `fuller`: of two readings in part this one is the fuller.

    Raises
    ------
    StoreError
        If people have decided about rows of the emptier reading, which is then kept.
    """
    stored = queries.document_status(connection, record.document_id)
    if stored is None:
        return True
    more = _FULLNESS.index(record.status) - _FULLNESS.index(stored)
    if more < 0 or (more == 0 and not fuller):
        return False
    linked = any(record.document_id in dict(event.touched) for event in queries.link_events(connection))
    read_twice = assigned.assignments(connection, record.document_id)
    if linked or read_twice or queries.events(connection, [record.document_id]):
        raise StoreError(
            f"{record.source} could be read more fully than before, but people have decided about rows of the earlier "
            f"reading (document {record.document_id}), which was kept; ingest the file into a new store to compare."
        )
    for table in (*reversed(schema.ROWS.values()), schema.documents):
        connection.execute(delete(table).where(table.c.document_id == record.document_id))
    return True


def insert_document(connection: Connection, record: DocumentRecord, records: Records, about: Mapping[str, Any]) -> None:
    """Store a document and its rows; `about` are the columns of the document that its record does not have.

    Raises
    ------
    TooLarge
        If a whole number has more digits than a store keeps.
    """
    stamp_documents(connection)
    connection.execute(insert(schema.documents), [_values(record) | dict(about)])
    for name, table in schema.ROWS.items():
        rows = [_values(row) | {"position": at} for at, row in enumerate(tables.records_of(records, name))]
        if rows:
            connection.execute(insert(table), rows)


def stamp_documents(connection: Connection) -> None:
    """Note that a document changed, so that `Store.version` is another one."""
    connection.execute(delete(schema.stamps).where(schema.stamps.c.name == "documents"))
    connection.execute(insert(schema.stamps), {"name": "documents", "value": secrets.token_hex(8)})


def _values(record: tables.Record) -> dict[str, Any]:
    """Row to insert; codes as plain text, which every driver takes alike."""
    values = tables.to_values(record)
    for name, value in values.items():
        if isinstance(value, int) and abs(value) > schema.LARGEST_WHOLE:
            raise TooLarge(
                f"{name} is {value} in document {record.document_id}, and a store keeps whole numbers of up to "
                f"{len(str(schema.LARGEST_WHOLE))} digits; nothing of the document was stored."
            )
    return {name: str(value) if isinstance(value, StrEnum) else value for name, value in values.items()}
