"""What a correction would do, before it is recorded: texts that are no values, doubts that come and go.

The same checks run as when a decision is stored; nothing is stored here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar, cast

from evidence.errors import NotFound
from evidence.model import tables
from evidence.model.codes import RowStatus, Severity
from evidence.model.records import ArmResult, Contrast, Flag, Records, Result

if TYPE_CHECKING:
    from evidence.store import ResultTable

#: Columns whose numbers a document prints; a time in months may be printed in years.
_PRINTED = ("value", "estimate", "ci_low", "ci_high", "p_value", "events", "total", "sd")
_Row = TypeVar("_Row", ArmResult, Contrast)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a correction would do.

    Texts by column that are no values stand in `faults`, with a sentence; then nothing else is looked at. A flag that
    says other numbers after the correction both vanishes and arises.
    """

    faults: Mapping[str, str]
    arising: tuple[Flag, ...] = ()  # worst first
    vanishing: tuple[Flag, ...] = ()
    warnings: tuple[str, ...] = ()
    row: Result | None = None  # as it would stand

    @property
    def refused(self) -> tuple[Flag, ...]:
        """The contradictions that would arise, for which a person has to give a reason."""
        return tuple(flag for flag in self.arising if flag.severity is Severity.ERROR)


def preview(records: Records, text: str, result_id: str, values: Mapping[str, str]) -> Preview:
    """What these values, texts by column, would make of a row.

    Parameters
    ----------
    records : Records
        Of the row's document, with its flags, as people left them (`Store.records` with `recheck`).
    text : str
        Of the document.
    result_id : str
        The row to be corrected.
    values : mapping
        As `Store.decide` takes them: an empty text is "not reported".

    Raises
    ------
    NotFound
        If the records have no such row.
    """
    row = next((row for row in records.results() if row.result_id == result_id), None)
    if row is None:
        raise NotFound(f"There is no result {result_id!r} among the rows of its document.")
    table = cast("ResultTable", tables.table_of(row))
    changed = {name: value for name, value in values.items() if tables.to_row(row).get(name) != value}
    if faults := _faults(table, records, changed):
        return Preview(faults=faults)
    typed = _typed(table, changed)
    corrected = tables.from_values(table, tables.to_values(row) | typed)
    corrected = replace(cast(Result, corrected), status=RowStatus.CORRECTED)
    after = _with(records, corrected)
    return _compared(records, after, corrected, typed, text)


def preview_entry(records: Records, text: str, table: "ResultTable", values: Mapping[str, str]) -> Preview:
    """What a row that a person reads in the document would bring; `values` as `Store.enter` takes them."""
    place = {name: value for name, value in values.items() if name in tables.SOURCE_COLUMNS}
    about = {name: values.get(name, "") for name in tables.CORRECTABLE[table]}
    if faults := _faults(table, records, about):
        return Preview(faults=faults)
    typed = _typed(table, about)
    ids = {"result_id": "entered", "document_id": values.get("document_id", ""), "study_id": values.get("study_id", "")}
    row = cast(Result, tables.from_row(table, {**about, **ids, "status": RowStatus.ENTERED.value, **_at(text, place)}))
    after = replace(
        records,
        arm_results=(*records.arm_results, row) if isinstance(row, ArmResult) else records.arm_results,
        contrasts=(*records.contrasts, row) if isinstance(row, Contrast) else records.contrasts,
    )
    return _compared(records, after, row, typed, text)


def _at(text: str, place: Mapping[str, str]) -> dict[str, str]:
    """Offsets and quote of a row to be entered; where only the quote is given, its first place in the text."""
    quote = place.get("quote", "")
    start = int(place["char_start"]) if place.get("char_start") else max(text.find(quote), 0)
    end = int(place["char_end"]) if place.get("char_end") else start + len(quote)
    return {**place, "char_start": str(start), "char_end": str(end), "quote": text[start:end]}


def _faults(table: "ResultTable", records: Records, values: Mapping[str, str]) -> dict[str, str]:
    from evidence.store import faults

    return faults(table, values, arm_ids=[arm.arm_id for arm in records.arms])


def _typed(table: str, values: Mapping[str, str]) -> dict[str, object]:
    kinds = {column.name: column.kind for column in tables.TABLES[table]}
    return {name: tables.from_text(text, kinds[name]) for name, text in values.items()}


def _with(records: Records, row: Result) -> Records:
    """The records with one row in place of that of its id."""
    return replace(
        records,
        arm_results=tuple(_or(row, other) for other in records.arm_results),
        contrasts=tuple(_or(row, other) for other in records.contrasts),
    )


def _or(row: Result, other: _Row) -> _Row:
    return cast(_Row, row) if other.result_id == row.result_id else other


def _compared(records: Records, after: Records, row: Result, typed: Mapping[str, object], text: str) -> Preview:
    """What changes between two states of a document's rows."""
    from evidence.check import recheck

    now = recheck(records, after)
    before, later = ({_said(flag): flag for flag in one.flags} for one in (records, now))
    return Preview(
        faults={},
        arising=_worst_first(flag for said, flag in later.items() if said not in before),
        vanishing=_worst_first(flag for said, flag in before.items() if said not in later),
        warnings=tuple(_unprinted(row, typed, text)),
        row=row,
    )


def _said(flag: Flag) -> tuple[str, tuple[str, ...], str]:
    return flag.check, flag.result_ids, flag.message


def _worst_first(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    order = list(Severity)
    return tuple(sorted(flags, key=lambda flag: order.index(flag.severity)))


def _unprinted(row: Result, typed: Mapping[str, object], text: str) -> Iterator[str]:
    """A sentence for each number that the quote, or the whole document, does not print."""
    from evidence.extract.places import printed_numbers
    from evidence.read import clean

    numbers = {name: value for name in _PRINTED if (value := typed.get(name)) is not None}
    if not numbers:
        return
    whole = clean(text)
    quoted = {number for _, number in printed_numbers(whole, row.source.char_start, row.source.char_end)}
    anywhere = {number for _, number in printed_numbers(whole, 0, len(text))}
    for name, value in numbers.items():
        if value not in anywhere and -cast(Decimal, value) not in anywhere:
            yield f"{name} {tables.as_text(value)} is not printed anywhere in the document."
        elif value not in quoted and -cast(Decimal, value) not in quoted:
            yield f"{name} {tables.as_text(value)} is not in the quote, but elsewhere in the document."
