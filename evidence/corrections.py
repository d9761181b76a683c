"""Decisions that people made in an exported workbook, taken into the store.

Three states of every number are compared: as exported, as it stands in the workbook, as it stands in the store now.
What differs from the export is a person's edit; what the store changed since is somebody else's decision and is never
overwritten. Whatever cannot be taken is named with its cell, and the rest is taken. The same workbook again changes
nothing.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from evidence.errors import EvidenceError, StoreError
from evidence.model.records import Records
from evidence.model.sheets import (
    DECISIONS,
    REASON,
    CellValue,
    SheetRow,
    Workbook,
    as_typed,
    editable,
    same_text,
    same_value,
)
from evidence.model.tables import CORRECTABLE, SOURCE_COLUMNS, TABLES, Kind, Row, as_text, records_of, to_row
from evidence.reports import FileReport

if TYPE_CHECKING:
    from evidence.store import Action, ResultTable, Store

_KINDS: dict[str, dict[str, Kind]] = {
    table: {column.name: column.kind for column in columns} for table, columns in TABLES.items()
}
#: What names a row of the tables that nobody may change in the workbook. Flags follow from the rows and come and go.
_KEYS = {
    "documents": ("document_id",),
    "studies": ("study_id", "document_id"),
    "arms": ("arm_id", "document_id"),
    "patients": ("result_id",),
}
_EMPTY = CellValue(place="", value=None)
#: Columns that merging studies changes, and the moment of a decision: compared with the export, not with the store.
_MAY_MOVE = frozenset({"study_id", "reviewed_at"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    """What a person changed in the row of one result."""

    result_id: str
    places: Mapping[str, str]  # cells by column
    values: Mapping[str, str]  # new texts by column
    status: str  # as it should stand afterwards
    by: str
    reason: str | None


@dataclass(slots=True)
class _Found:
    """What comparing the workbook with the store found."""

    edits: list[_Edit] = field(default_factory=list)
    entries: list[tuple[str, SheetRow]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def take_workbook(
    data: bytes,
    source: str,
    store: "Store",
    *,
    by: str | None,
    alone: bool = False,
    hidden: Collection[str] = (),
) -> FileReport:
    """Record the decisions in a workbook under the name in its column `reviewer`, else under `by`.

    With `alone` everything is recorded under `by`, whatever that column says. Rows of documents that are `hidden` from
    who sends it are taken for unknown: nothing is told of them, and nothing decided.

    Raises
    ------
    ReadError
        If it is no workbook of this program, or broken.
    StoreError
        If somebody decided and nobody says who; nothing is stored then.
    """
    from evidence.read.workbook import read_workbook

    book = read_workbook(data, source)
    if alone:
        book = replace(book, rows={table: tuple(map(_unsigned, rows)) for table, rows in book.rows.items()})
    records = store.records().without_numbers(hidden)
    found = _compare(book, records, by)
    entered = _entered(store)
    entries = [(table, row) for table, row in found.entries if not _known(_entry(table, row), table, entered)]
    unsigned = sum(not edit.by for edit in found.edits) + sum(not _signed(row, by) for _, row in entries)
    if unsigned:
        raise StoreError(
            f"{source}: {unsigned} changed {'row' if unsigned == 1 else 'rows'} without the name of who decided. "
            "Give --by NAME, or write the name in the column reviewer; nothing was stored."
        )
    made: Counter[str] = Counter()
    for edit in found.edits:
        _decide(edit, store, made, found.problems)
    for table, row in entries:
        _enter(table, row, store, made, found.problems, by=_signed(row, by))
    return FileReport(
        source=source,
        status="decided" if made else "unchanged",
        remark=_deleted(book),
        decisions=dict(made),
        problems=tuple(found.problems),
    )


def _compare(book: Workbook, records: Records, by: str | None) -> _Found:
    found = _Found()
    for table, keys in _KEYS.items():
        _unchanged_cells(book, table, keys, records, found.problems)
    for table in CORRECTABLE:
        now = {row["result_id"]: row for row in map(to_row, records_of(records, table))}
        places: dict[str, list[str]] = {}
        for row in book.rows.get(table, ()):
            places.setdefault(_text(row, "result_id"), []).append(_cell(row, "result_id").place)
        for row in book.rows.get(table, ()):
            result_id, place = _text(row, "result_id"), _cell(row, "result_id").place
            if not result_id:
                found.entries.append((table, row))
            elif len(places[result_id]) > 1:
                if place == places[result_id][0]:
                    found.problems.append(
                        f"{', '.join(places[result_id])}: result {result_id} stands there more than once, so none of "
                        "these rows was taken. Empty result_id where a row is meant as a new number."
                    )
            elif result_id not in book.exported or result_id not in now:
                where = "the store" if result_id in book.exported else "the export"
                found.problems.append(
                    f"{place}: {where} has no result {result_id}. Empty the cell to enter the row as a new number."
                )
            else:
                edit = _edit(table, row, book.exported[result_id], now[result_id], by, found.problems)
                if edit is not None:
                    found.edits.append(edit)
    return found


def _edit(
    table: str, row: SheetRow, base: Mapping[str, str], now: Row, by: str | None, problems: list[str]
) -> _Edit | None:
    """What a person changed in this row and is to be stored; None where that is nothing."""
    kinds, place = _KINDS[table], _cell(row, "result_id").place
    _fixed_cells(table, row, base, now, problems)
    values: dict[str, str] = {}
    for name in CORRECTABLE[table]:
        cell = _cell(row, name)
        if same_value(cell, base.get(name, ""), kinds[name]):
            continue
        if fault := _unfit(table, name, cell):
            problems.append(f"{cell.place}: {fault}")
        else:
            values[name] = as_typed(cell, kinds[name])
    wanted = _wanted_status(row, base, values, problems)
    if wanted is None:
        return None
    open_values = {name: text for name, text in values.items() if not _equal(text, now[name], kinds[name])}
    if not open_values and now["status"] == wanted:
        return None
    since = [name for name in CORRECTABLE[table] if not _equal(base.get(name, ""), now[name], kinds[name])]
    foreign = [name for name in since if name not in values or name in open_values]
    if now["status"] not in (base.get("status", ""), wanted):
        foreign.append("status")
    if foreign:
        mine = {**base, **values, "status": wanted}
        told = "; ".join(
            f"{name} is {now[name] or 'empty'} there and {mine.get(name) or 'empty'} here" for name in foreign
        )
        problems.append(
            f"{place}: {now['reviewer'] or 'somebody'} decided about {now['result_id']} in the store since the export "
            f"({told}). The store was not changed; export again and decide there."
        )
        return None
    return _Edit(
        result_id=now["result_id"],
        places={name: cell.place for name, cell in row.items()},
        values=open_values,
        status=wanted,
        by=_signed(row, by, base.get("reviewer", "")),
        reason=_text(row, REASON.name) or None,
    )


def _wanted_status(
    row: SheetRow, base: Mapping[str, str], values: Mapping[str, str], problems: list[str]
) -> str | None:
    """The status the row should have afterwards; None where nobody decided, or what is written there is no decision."""
    cell, before = _cell(row, "status"), base.get("status", "")
    status = _text(row, "status").lower()
    if status == "rejected" and before != "rejected":
        return status
    if values and status == "rejected":
        problems.append(f"{cell.place}: the row is rejected, so write corrected here for its changed numbers to count.")
        return None
    if values:
        return "corrected"
    if status == before:
        return None
    if status in DECISIONS:
        return status
    meant = {
        "corrected": "no number of the row was changed",
        "extracted": "a decision is taken back with `evidence undo`",
    }.get(status, f"write {' or '.join(DECISIONS)}")
    problems.append(f"{cell.place}: status {status or 'empty'} is no decision here: {meant}.")
    return None


def _decide(edit: _Edit, store: "Store", made: Counter[str], problems: list[str]) -> None:
    """Store an edit: a correction as one decision, or column by column where one of them is refused."""
    if edit.values:
        try:
            store.decide(edit.result_id, "correct", by=edit.by, reason=edit.reason, values=edit.values)
        except EvidenceError as error:
            if len(edit.values) > 1:
                for name, text in edit.values.items():
                    _decide(replace(edit, values={name: text}, status="corrected"), store, made, problems)
            else:
                problems.append(f"{edit.places[next(iter(edit.values))]}: {error}")
        else:
            made["corrected"] += 1
    if edit.status in DECISIONS:
        action: Action = "accept" if edit.status == "accepted" else "reject"
        try:
            store.decide(edit.result_id, action, by=edit.by, reason=edit.reason)
        except EvidenceError as error:
            problems.append(f"{edit.places['status']}: {error}")
        else:
            made[edit.status] += 1


def _enter(table: str, row: SheetRow, store: "Store", made: Counter[str], problems: list[str], *, by: str) -> None:
    place = next(cell.place for cell in row.values() if cell.value is not None)
    faults = [
        f"{cell.place}: {fault}" for name, cell in row.items() if cell.value is not None
        and (fault := _unfit(table, name, cell))
    ]  # fmt: skip
    if faults:
        problems += faults
        return
    try:
        store.enter(cast("ResultTable", table), _entry(table, row), by=by, reason=_text(row, REASON.name) or None)
    except EvidenceError as error:
        problems.append(f"{place}: the new row was not entered: {error}")
    else:
        made["entered"] += 1


def _entry(table: str, row: SheetRow) -> dict[str, str]:
    """Texts of a new row, by the columns that a person sets."""
    kinds = _KINDS[table]
    names = ("document_id", "study_id", *CORRECTABLE[table], *SOURCE_COLUMNS)
    texts = {name: as_typed(_cell(row, name), kinds[name]) for name in names}
    return {name: text for name, text in texts.items() if text}


def _entered(store: "Store") -> list[dict[str, str]]:
    """Rows as people entered them, texts by column."""
    entered: dict[str, dict[str, str]] = {}
    for decision in store.decisions():
        if decision.action == "enter":
            entered.setdefault(decision.about, {})[decision.column] = decision.after
    return list(entered.values())


def _known(entry: dict[str, str], table: str, entered: list[dict[str, str]]) -> bool:
    """Whether these very values were entered before, from this workbook or otherwise."""
    # The trail has the study's id within its document, and the places that follow from the quote.
    wanted = {name: text for name, text in entry.items() if name != "study_id"}
    return any(
        all(_equal(text, after.get(name, ""), _KINDS[table][name]) for name, text in wanted.items())
        and all(name in wanted for name, text in after.items() if text and name in CORRECTABLE[table])
        for after in entered
    )


def _fixed_cells(table: str, row: SheetRow, base: Mapping[str, str], now: Row, problems: list[str]) -> None:
    """Name the cells of a result that a person changed and may not."""
    for column in TABLES[table]:
        if column.name in editable(table) or column.name not in row:
            continue
        known = base.get(column.name, "") if column.name in _MAY_MOVE else now[column.name]
        cell = _cell(row, column.name)
        if not same_value(cell, known, column.kind):
            problems.append(_not_for_change(cell, column.name))


def _unchanged_cells(book: Workbook, table: str, keys: Sequence[str], records: Records, problems: list[str]) -> None:
    """Name the changed cells of a table that nobody may change; an empty one may have been filled since the export."""
    now = {tuple(row[key] for key in keys): row for row in map(to_row, records_of(records, table))}
    for row in book.rows.get(table, ()):
        known = now.get(tuple(_text(row, key) for key in keys))
        for column in TABLES[table] if known else ():
            cell = _cell(row, column.name)
            compared = cell.value is not None and column.name not in _MAY_MOVE
            if compared and known and not same_value(cell, known[column.name], column.kind):
                problems.append(_not_for_change(cell, column.name))


def _not_for_change(cell: CellValue, name: str) -> str:
    return f"{cell.place}: {name} is not for a person to change; the store keeps its value."


def _unfit(table: str, name: str, cell: CellValue) -> str | None:
    """Why what is typed in a cell can be no value of its column, as far as the cell alone tells."""
    from evidence.store.review import fault_of

    if cell.formula:
        return f"{name} is a formula ({cell.value}); write its value."
    kind = _KINDS[table].get(name, "text")
    if cell.percent and kind == "number":
        return f"{name} is formatted as a percentage, which holds {cell.value}; write the number without a % sign."
    return fault_of(name, kind, as_typed(cell, kind))


def _equal(one: str, other: str, kind: Kind) -> bool:
    return same_value(CellValue(place="", value=one or None), other, kind)


def _signed(row: SheetRow, by: str | None, before: str = "") -> str:
    """Who decided: the name written in the row since the export, else the name given for the workbook."""
    written = _text(row, "reviewer")
    return written if written and not same_text(written, before) else (by or "").strip()


def _unsigned(row: SheetRow) -> SheetRow:
    return {name: cell for name, cell in row.items() if name != "reviewer"}


def _cell(row: SheetRow, name: str) -> CellValue:
    return row.get(name, _EMPTY)


def _text(row: SheetRow, name: str) -> str:
    value = _cell(row, name).value
    return as_text(value).strip() if value is not None else ""


def _deleted(book: Workbook) -> str | None:
    """What is said of rows that are missing from the workbook."""
    there = {_text(row, "result_id") for table in CORRECTABLE for row in book.rows.get(table, ())}
    gone = len(book.exported.keys() - there)
    if not gone:
        return None
    return (
        f"{gone} exported {'row is' if gone == 1 else 'rows are'} no longer in the workbook. Deleting is not "
        "rejecting: the store keeps them as they are; to reject a row, write rejected in its column status."
    )
