"""Decisions of people about results: accept, correct, reject, enter, undo.

Extracted rows are never changed. A decision is an event that is only ever added, and the current value of a row is the
row as extracted with its decisions applied in order. `undo` takes back the last decision still in force.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Literal, cast

from sqlalchemy import Connection

from evidence.errors import Conflict, NotFound, StoreError
from evidence.model import tables
from evidence.model.codes import Adjustment, Measure, Outcome, RowStatus
from evidence.model.measures import CONTRAST_MEASURES
from evidence.model.records import Result
from evidence.store import chain, queries, schema
from evidence.store.queries import Event

Action = Literal["accept", "correct", "reject", "undo"]
ResultTable = Literal["arm_results", "contrasts"]

#: What the last decision in force makes of a row.
STATUS = {
    "accept": RowStatus.ACCEPTED,
    "correct": RowStatus.CORRECTED,
    "reject": RowStatus.REJECTED,
    "enter": RowStatus.ENTERED,
}
#: What a person may say of a row entered beyond what may be corrected: where it belongs and where it stands.
_PLACE = ("document_id", "study_id", *tables.SOURCE_COLUMNS)
#: Columns without which a number says nothing.
_NEEDED = ("arm", "comparator", "outcome", "measure")
_ARM_IDS = ("arm_id", "comparator_arm_id")
_OPERATORS = ("=", "<", ">", "<=", ">=")
#: How a person writes a value, or nothing for "not reported". Python would also take "NaN", "1_0" and any digits of
#: Unicode for a number, and anything but "true" for false.
_SHAPES: dict[tables.Kind, tuple[re.Pattern[str], str]] = {
    "boolean": (re.compile(r"(true|false)?"), "true or false"),
    "integer": (re.compile(r"(-?[0-9]+)?"), "a whole number"),
    "number": (re.compile(r"(-?([0-9]+(\.[0-9]+)?|\.[0-9]+))?"), "a number such as 0.60"),
}
#: Between which numbers a column can be at all, whatever the measure.
_LIMITS = {
    "p_value": (Decimal(0), Decimal(1)),
    "ci_level": (Decimal(50), Decimal("99.9999")),
    **{name: (Decimal(0), Decimal("Infinity")) for name in ("events", "total", "sd", "timepoint_months")},
}


def current(extracted: Result | None, events: Sequence[Event]) -> Result | None:
    """The row with its decisions applied; None for a row entered and taken back."""
    row = extracted
    for event in in_force(events):
        if event.action == "enter":
            row = _result(event.values["table"], event.values["after"])
        if row is None:
            continue
        if event.action == "correct":
            row = _corrected(row, event.values["after"])
        row = replace(row, status=STATUS[event.action], reviewer=event.reviewer, reviewed_at=event.at)
    return row


def in_force(events: Iterable[Event]) -> list[Event]:
    """The decisions that no later undo took back, in order."""
    events = list(events)
    undone = {event.values["undone"] for event in events if event.action == "undo"}
    return [event for event in events if event.action != "undo" and event.event_id not in undone]


def all_current(extracted: Iterable[Result], events: Iterable[Event]) -> list[Result]:
    """All rows with their decisions applied, by document: those extracted in their order, then those entered."""
    decisions: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        decisions[event.result_id].append(event)
    rows = [current(row, decisions.pop(row.result_id)) if row.result_id in decisions else row for row in extracted]
    rows += [current(None, made) for made in decisions.values()]
    return sorted((row for row in rows if row is not None), key=lambda row: row.document_id)


def decide(
    connection: Connection,
    result_ids: Iterable[str],
    action: Action,
    *,
    by: str,
    reason: str | None,
    values: Mapping[str, str] | None,
) -> None:
    """Record one decision about each of these results."""
    named(by)
    fitting(action, values)
    for result_id in dict.fromkeys(result_ids):
        events = queries.events_of(connection, result_id)
        about, noted = considered(connection, result_id, queries.result(connection, result_id), events, action, values)
        not_read_twice(connection, about.document_id)
        record(connection, about, action, by, reason, noted)


def considered(
    connection: Connection,
    result_id: str,
    extracted: Result | None,
    events: Sequence[Event],
    action: Action,
    values: Mapping[str, str] | None,
) -> tuple[Result | Event, Mapping[str, Any]]:
    """What a decision is about, and the values to note with it; refused where it does not fit the row as it stands."""
    row = current(extracted, events)
    if action == "undo" and events:
        made = in_force(events)
        if not made:
            raise StoreError(f"{result_id} has no decision left to undo.")
        return made[-1], {"undone": made[-1].event_id}
    if row is None:
        raise unknown_result(connection, result_id)
    if action == "undo":
        raise StoreError(f"{result_id} has no decision to undo: it is as extracted.")
    return row, correction(connection, row, values) if values else {}


def fitting(action: str, values: Mapping[str, str] | None) -> None:
    """Refuse what is no decision about a stored row, and values where none belong."""
    if action not in ("accept", "correct", "reject", "undo"):
        raise StoreError(f"{action!r} is no decision about a stored row; use accept, correct, reject or undo.")
    if (action == "correct") != bool(values):
        raise StoreError(
            "A correction needs at least one column with its new value."
            if action == "correct"
            else f"Only a correction takes new values; {action} takes none."
        )


def not_read_twice(connection: Connection, document_id: str) -> None:
    """Refuse a decision about a document that two reviewers are reading independently."""
    assignment_id = queries.dual_review_of(connection, document_id)
    if assignment_id is not None:
        raise Conflict(
            f"Document {document_id} is under dual review (assignment {assignment_id}): its two reviewers record "
            "readings there, and its rows are decided by adjudication when both have finished."
        )


def enter(connection: Connection, table: ResultTable, values: Mapping[str, str], *, by: str, reason: str | None) -> str:
    """Record a number that a person read in a stored document; its new result id.

    `study_id` in `values` is the id the study has in its document.
    """
    named(by)
    row = typed_in(connection, table, values)
    not_read_twice(connection, row.document_id)
    number = queries.entered_count(connection, row.document_id) + 1
    return record_entry(connection, replace(row, result_id=f"{row.document_id}-e{number}"), by, reason, {})


def record_entry(connection: Connection, row: Result, by: str, reason: str | None, noted: Mapping[str, Any]) -> str:
    """Record a row that a person entered, with what else is noted about it; its id."""
    record(connection, row, "enter", by, reason, {**as_entered(row), **noted})
    return row.result_id


def as_entered(row: Result) -> dict[str, Any]:
    """What is noted of a row that a person entered."""
    return {"table": tables.table_of(row), "before": {}, "after": tables.to_row(row)}


def typed_in(connection: Connection, table: ResultTable, values: Mapping[str, str]) -> Result:
    """The row that a person read in a stored document, still without an id."""
    typed = _typed(table, values, (*tables.CORRECTABLE[table], *_PLACE))
    document_id = typed.get("document_id") or ""
    text = queries.document_text(connection, document_id)
    if text is None:
        raise not_found("document with text", document_id, queries.document_ids(connection))
    local = [study.study_id for study in queries.studies(connection, [document_id])]
    if typed.get("study_id") not in local:
        raise not_found(f"study of {document_id}", str(typed.get("study_id") or ""), local)
    for name in _NEEDED:
        if name in tables.CORRECTABLE[table] and not typed.get(name):
            raise StoreError(f"A row of {table} needs {name!r}; say it and enter the row again.")
    _check_codes(connection, table, document_id, typed)
    typed |= {"result_id": "", "status": RowStatus.ENTERED} | _place(document_id, text, typed)
    return _result(table, {name: tables.as_text(value) for name, value in typed.items()})


def read_afresh(connection: Connection, row: Result, values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What a person who does not see the row read at its place: every column, empty where they say nothing."""
    table = tables.table_of(row)
    typed = _typed(table, values, tables.CORRECTABLE[table])
    for name in _NEEDED:
        if name in tables.CORRECTABLE[table] and not typed.get(name):
            raise StoreError(f"A reading of {row.result_id} needs {name!r}; say it and record the reading again.")
    _check_codes(connection, table, row.document_id, typed)
    return {"after": {name: tables.as_text(typed.get(name)) for name in tables.CORRECTABLE[table]}}


def not_found(kind: str, asked: str, known: Collection[str]) -> NotFound:
    """The fault of asking for what is not stored, naming ids that look alike."""
    close = get_close_matches(asked, known, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(close)}?" if close else "`evidence list` shows what is stored."
    return NotFound(f"There is no {kind} {asked!r} in the store; {hint}")


def unknown_result(connection: Connection, result_id: str) -> NotFound:
    """The fault of asking for a number that is not stored."""
    # Comparing with every id of a large store takes seconds; ids begin with their document, so few letters narrow it.
    near = queries.result_ids(connection, result_id[:6]) or queries.result_ids(connection)
    return not_found("result", result_id, near)


def named(by: str) -> None:
    """Refuse a decision of nobody."""
    if not by.strip():
        raise StoreError("A decision needs the name of the person who makes it (--by NAME).")


def record(
    connection: Connection, about: Result | Event, action: str, by: str, reason: str | None, values: Mapping[str, Any]
) -> None:
    """Add a decision behind the last one."""
    chain.append(
        connection,
        schema.events,
        {
            "result_id": about.result_id,
            "document_id": about.document_id,
            "action": action,
            "reviewer": by.strip(),
            "reason": reason,
            "values": dict(values),
        },
    )


def _corrected(row: Result, texts: Mapping[str, str]) -> Result:
    table = tables.table_of(row)
    kinds = {column.name: column.kind for column in tables.TABLES[table]}
    values = tables.to_values(row) | {name: tables.from_text(text, kinds[name]) for name, text in texts.items()}
    return cast(Result, tables.from_values(table, values))


def _result(table: str, texts: Mapping[str, str]) -> Result:
    return cast(Result, tables.from_row(table, texts))


def correction(connection: Connection, row: Result, values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The columns that change, before and after, as the tables write them."""
    after = _corrections(connection, row, values)
    before = {name: text for name, text in tables.to_row(row).items() if name in after}
    if before == after:
        raise StoreError(f"{row.result_id} already has these values; accept it instead.")
    return {"before": before, "after": after}


def with_values(connection: Connection, row: Result, values: Mapping[str, str]) -> Result:
    """The row with values that a person gives for some of its columns."""
    return _corrected(row, _corrections(connection, row, values))


def _corrections(connection: Connection, row: Result, values: Mapping[str, str]) -> dict[str, str]:
    """New texts of columns, each refused where it is no value of its column."""
    table = tables.table_of(row)
    typed = _typed(table, values, tables.CORRECTABLE[table])
    for name in _NEEDED:
        if name in typed and not typed[name]:
            raise StoreError(f"{name!r} of {row.result_id} cannot be empty; reject the row if it should not be there.")
    _check_codes(connection, table, row.document_id, typed)
    return {name: tables.as_text(value) for name, value in typed.items()}


def _typed(table: str, values: Mapping[str, str], allowed: Collection[str]) -> dict[str, Any]:
    """Values behind texts typed by a person, each refused where it is no value of its column."""
    kinds = {column.name: column.kind for column in tables.TABLES[table]}
    typed: dict[str, Any] = {}
    for name, text in values.items():
        if name not in allowed:
            raise StoreError(_not_for_a_person(name, table, allowed))
        if fault := fault_of(name, kinds[name], text):
            raise StoreError(fault)
        typed[name] = tables.from_text(text, kinds[name])
    return typed


def fault_of(name: str, kind: tables.Kind, text: str) -> str | None:
    """Why a text typed by a person is no value of this column; None where it is one."""
    if kind not in _SHAPES:
        return None
    shape, words = _SHAPES[kind]
    if not shape.fullmatch(text):
        return f"{name} should be {words}, not {text!r}."
    if text and kind == "integer" and abs(Decimal(text)) > schema.LARGEST_WHOLE:
        return f"{name} should have at most {len(str(schema.LARGEST_WHOLE))} digits, not {len(text.lstrip('-0'))}."
    if text and name in _LIMITS:
        low, high = _LIMITS[name]
        if not low <= Decimal(text) <= high:
            return f"{name} should be {f'from {low} to {high}' if high.is_finite() else f'{low} or more'}, not {text}."
    return None


def faults(table: str, values: Mapping[str, str], *, arm_ids: Collection[str]) -> dict[str, str]:
    """Why texts typed by a person are no values of their columns, by column; empty where all are.

    `arm_ids` are those of the document that the row belongs to.
    """
    kinds = {column.name: column.kind for column in tables.TABLES[table]}
    codes = _codes(table)
    found: dict[str, str] = {}
    for name, text in values.items():
        if name not in tables.CORRECTABLE[table]:
            found[name] = _not_for_a_person(name, table, tables.CORRECTABLE[table])
        elif fault := fault_of(name, kinds[name], text):
            found[name] = fault
        elif name in _NEEDED and not text:
            found[name] = f"{name!r} cannot be empty; reject the row if it should not be there."
        elif text and name in codes and text not in codes[name]:
            found[name] = _no_code(name, text, table, codes[name])
        elif text and name in _ARM_IDS and text not in arm_ids:
            found[name] = f"The document has no arm {text!r}; its arms are {', '.join(arm_ids) or 'none'}."
    return found


def _check_codes(connection: Connection, table: str, document_id: str, typed: Mapping[str, Any]) -> None:
    """Refuse codes that the column does not know and arms that the document does not have."""
    for name, codes in _codes(table).items():
        if typed.get(name) is not None and typed[name] not in codes:
            raise StoreError(_no_code(name, typed[name], table, codes))
    for name in _ARM_IDS:
        if typed.get(name) is not None:
            known = queries.arm_ids(connection, document_id)
            if typed[name] not in known:
                raise not_found(f"arm of {document_id}", typed[name], known)


def _no_code(name: str, text: str, table: str, codes: Iterable[str]) -> str:
    return f"{text!r} is no {name} of {table}; use one of {', '.join(codes)}."


def _not_for_a_person(name: str, table: str, allowed: Iterable[str]) -> str:
    return f"{name!r} of {table} is not for a person to set; these are: {', '.join(allowed)}."


def _codes(table: str) -> dict[str, tuple[str, ...]]:
    compares = table == "contrasts"
    return {
        "outcome": tuple(Outcome),
        "measure": tuple(measure for measure in Measure if (measure in CONTRAST_MEASURES) == compares),
        "adjustment": tuple(Adjustment),
        "p_operator": _OPERATORS,
    }


def _place(document_id: str, text: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Offsets and quote of a row entered; where only the quote is given, its first place in the document."""
    start, end, quote = typed.get("char_start"), typed.get("char_end"), typed.get("quote") or ""
    if start is None or end is None:
        start = text.find(quote)
        end = start + len(quote)
    if not 0 <= start <= end <= len(text) or (quote and text[start:end] != quote):
        raise StoreError(f"The quote does not stand there in document {document_id}; copy it from `evidence show`.")
    return {"char_start": start, "char_end": end, "quote": text[start:end]}
