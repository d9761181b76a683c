"""What is decided from two readings: a decision like any other, that notes the readings it stands on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from evidence.errors import StoreError
from evidence.model import tables
from evidence.model.dual import SIDES, Assignment, Choice, Compared, Version
from evidence.model.records import Result
from evidence.store import queries, review


def adjudicate(
    connection: Connection,
    assignment: Assignment,
    row: Compared,
    choice: Choice,
    *,
    by: str,
    reason: str | None,
    values: Mapping[str, str] | None = None,
) -> None:
    """Decide one row; what was decided about it from these readings before is taken back first."""
    if (choice == "values") != bool(values):
        raise StoreError("Values go with the choice 'values', and that choice needs them.")
    made = review.in_force(queries.events_of(connection, row.result_id))
    extracted = queries.result(connection, row.result_id)
    taken = _taken(connection, row, choice, values)
    for event in reversed(made):
        review.record(connection, event, "undo", by, reason, {"undone": event.event_id})
    note = {"dual": {"assignment": assignment.assignment_id, "choice": choice, "readings": _read(row)}}
    if extracted is None:
        kept = replace(taken or row.row, result_id=row.result_id)
        review.record_entry(connection, kept, by, reason, note)
        if taken is None:
            review.record(connection, kept, "reject", by, reason, note)
    elif taken is None:
        review.record(connection, extracted, "reject", by, reason, note)
    else:
        changed = _changed(extracted, taken)
        review.record(connection, extracted, "correct" if changed else "accept", by, reason, changed | note)


def _taken(connection: Connection, row: Compared, choice: Choice, values: Mapping[str, str] | None) -> Result | None:
    """The row as chosen; None where it is chosen that the document has no such number."""
    if choice == "values":
        return review.with_values(connection, row.row, values or {})
    if choice == "reject":
        return None
    if choice not in SIDES:
        raise StoreError(f"{choice!r} cannot be chosen; use first, second, values or reject.")
    version: Version = getattr(row, choice)
    return version.row if version.verdict == "kept" else None


def _changed(extracted: Result, taken: Result) -> dict[str, Any]:
    """Columns in which a row differs from the one extracted, before and after."""
    before, after = tables.to_row(extracted), tables.to_row(taken)
    columns = [name for name in tables.CORRECTABLE[tables.table_of(extracted)] if before[name] != after[name]]
    if not columns:
        return {}
    return {"before": {name: before[name] for name in columns}, "after": {name: after[name] for name in columns}}


def _read(row: Compared) -> dict[str, Any]:
    """Who read what, as the decision notes it."""
    return {side: _told(getattr(row, side)) for side in SIDES}


def _told(version: Version) -> dict[str, Any]:
    told: dict[str, Any] = {"reviewer": version.reviewer, "verdict": version.verdict, "events": list(version.events)}
    if version.row is not None and version.verdict == "kept":
        read = tables.to_row(version.row)
        told["read"] = {name: read[name] for name in tables.CORRECTABLE[tables.table_of(version.row)] if read[name]}
    return told
