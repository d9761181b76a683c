"""The chain that shows whether decisions are as they were made: an event carries the SHA-256 of itself and of the last.

`hash` is taken over every other column of the event as the database keeps it, among them `previous`, the `hash` of the
event before it. So an event that was altered no longer has its hash, and one that was removed, added or moved leaves an
event whose `previous` is not there. Each table is a chain of its own. What a chain cannot show by itself is that its
newest events were cut off.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, Text, insert, select, type_coerce

from evidence.errors import StoreError
from evidence.store import schema
from evidence.store.database import NO_NUL

#: What is hashed, in this order. It cannot change: hashes that are stored must stay what they are.
COLUMNS: Mapping[str, Sequence[str]] = {
    "events": ("event_id", "result_id", "document_id", "action", "reviewer", "at", "reason", "values", "previous"),
    "link_events": ("event_id", "action", "reviewer", "at", "reason", "values", "previous"),
    "readings": (
        *("event_id", "assignment_id", "result_id", "document_id", "action", "reviewer", "at", "reason"),
        *("values", "previous"),
    ),
}


def append(connection: Connection, table: Table, made: Mapping[str, Any]) -> None:
    """Add an event behind the last one of its table.

    The caller's transaction is that of the only writer, so nobody adds another event behind the same one; a unique
    index on `previous` would refuse it.

    Raises
    ------
    StoreError
        If the name or the reason holds a character that PostgreSQL does not keep.
    """
    if any("\0" in (made[name] or "") for name in ("reviewer", "reason")):
        raise StoreError(NO_NUL)
    last = connection.execute(
        select(table.c.event_id, table.c.hash).order_by(table.c.event_id.desc()).limit(1)
    ).one_or_none()
    values = schema.JsonObject().process_bind_param(made["values"], connection.dialect)
    row = {
        **made,
        "event_id": last.event_id + 1 if last else 1,
        "at": dt.datetime.now(dt.UTC),
        "previous": last.hash if last else "",
    }
    told = row | {"values": values, "at": row["at"].replace(tzinfo=None)}
    connection.execute(insert(table), row | {"hash": hash_of(table.name, told)})


def hash_of(table: str, row: Mapping[str, Any]) -> str:
    """SHA-256 of an event, in 64 hex digits, from the values of its columns as the database keeps them."""
    told = [table, *(_plain(row[name]) for name in COLUMNS[table])]
    return hashlib.sha256(json.dumps(told, default=repr).encode()).hexdigest()


def faults(connection: Connection, table: Table) -> Iterator[str]:
    """What is wrong with the chain of a table, in words, one for each event where it shows."""
    last = ""
    # Read as plain text, since a value that somebody altered may be none of its type.
    raw = [type_coerce(column, Text).label(column.name) for column in table.columns if column.name != "event_id"]
    for row in connection.execute(select(table.c.event_id, *raw).order_by(table.c.event_id)).mappings():
        event = f"event {row['event_id']} of {table.name}"
        told = {str(name): value for name, value in row.items()}
        if hash_of(table.name, told) != row["hash"]:
            yield f"{event} is not as it was recorded"
        if row["previous"] != last:
            yield f"the event recorded before {event} is not the one that stands before it now"
        last = row["hash"]


def end(connection: Connection, table: Table) -> str:
    """Hash of the newest event; empty where there is none."""
    return connection.scalar(select(table.c.hash).order_by(table.c.event_id.desc()).limit(1)) or ""


def _plain(value: Any) -> Any:
    """A moment as SQLite writes it, in UTC; what else there is, as it is."""
    return value.isoformat(" ", "microseconds") if isinstance(value, dt.datetime) else value
