"""Every SELECT and INSERT of assignments and readings; what may be shown of them to whom is decided in `dual.py`."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, insert, select, update

from evidence.errors import NotFound
from evidence.model.dual import Assignment, Reading
from evidence.store import chain, schema

_ASSIGNMENT = tuple(column.name for column in schema.assignments.columns)
_READING = tuple(field.name for field in fields(Reading))


def add(connection: Connection, document_id: str, first: str, second: str, by: str, reason: str | None) -> int:
    """Note a new assignment; its id."""
    made = {
        "document_id": document_id,
        "first": first,
        "second": second,
        "created_by": by,
        "created_at": dt.datetime.now(dt.UTC),
    }
    columns = schema.assignments
    assignment_id = int(connection.execute(insert(columns).returning(columns.c.assignment_id), made).scalar_one())
    # Said in the chain too, so that nobody can exchange the readers unseen.
    readers = {"first": first, "second": second}
    append(connection, assignment_id, document_id, "assign", by, reason=reason, values=readers)
    return assignment_id


def close(connection: Connection, assignment_id: int) -> None:
    """Note that nothing is left to decide under this assignment."""
    about = schema.assignments.c.assignment_id == assignment_id
    connection.execute(update(schema.assignments).where(about).values(closed_at=dt.datetime.now(dt.UTC)))


def append(
    connection: Connection,
    assignment_id: int,
    document_id: str,
    action: str,
    by: str,
    *,
    result_id: str = "",
    reason: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> None:
    """Add a reading behind the last one."""
    chain.append(
        connection,
        schema.readings,
        {
            "assignment_id": assignment_id,
            "result_id": result_id,
            "document_id": document_id,
            "action": action,
            "reviewer": by,
            "reason": reason,
            "values": dict(values or {}),
        },
    )


def assignments(connection: Connection, document_id: str | None = None) -> tuple[Assignment, ...]:
    """Assignments in the order they were made, of one document or of all."""
    columns = schema.assignments.c
    wanted = select(*(columns[name] for name in _ASSIGNMENT)).order_by(columns.assignment_id)
    if document_id is not None:
        wanted = wanted.where(columns.document_id == document_id)
    event = schema.readings.c
    done: defaultdict[int, list[str]] = defaultdict(list)
    for row in connection.execute(
        select(event.assignment_id, event.reviewer).where(event.action == "finish").order_by(event.event_id)
    ):
        done[row.assignment_id].append(row.reviewer)
    return tuple(
        Assignment(**{name: row[name] for name in _ASSIGNMENT}, finished=tuple(done[row["assignment_id"]]))
        for row in connection.execute(wanted).mappings()
    )


def assignment(connection: Connection, assignment_id: int) -> Assignment:
    """The assignment of this id; NotFound where there is none."""
    for found in assignments(connection):
        if found.assignment_id == assignment_id:
            return found
    raise NotFound(f"There is no assignment {assignment_id} in the store.")


def readings(connection: Connection, only: Collection[int]) -> tuple[Reading, ...]:
    """What both reviewers recorded under these assignments, in order."""
    columns = schema.readings.c
    wanted = select(*(columns[name] for name in _READING)).where(columns.assignment_id.in_(sorted(only)))
    found = connection.execute(wanted.order_by(columns.event_id)).mappings()
    return tuple(Reading(**{name: row[name] for name in _READING}) for row in found)
