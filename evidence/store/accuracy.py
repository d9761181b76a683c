"""How often the extractor was right, where people decided: for whole rows, single columns, and missed rows.

Rows that nobody decided about say nothing and count nowhere. What is `found` can only be told from rows that people
entered because they were missing, so it is an upper limit where nobody looked for missing rows.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from statistics import fmean

from sqlalchemy import Connection

from evidence.formulas.proportions import wilson
from evidence.model import tables
from evidence.model.codes import REPORTED, RowStatus
from evidence.model.dual import CATEGORIES, NUMBERS, Accuracy
from evidence.model.records import Result
from evidence.store import queries, review

#: Lower ends of the bands of confidence: whether 0.9 is right nine times in ten is asked of each.
_BANDS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """A row as extracted, and as people left it."""

    table: str
    extracted: Result | None  # None: it was missed
    current: Result
    version: str
    format: str


def accuracies(connection: Connection, document_id: str | None) -> tuple[Accuracy, ...]:
    """By table: overall, then by version of the extractor, format of the document and band of confidence."""
    decided = list(_decided(connection, document_id))
    groups: tuple[tuple[str, Callable[[_Decided], str | None]], ...] = (
        ("all", lambda _: ""),
        ("extractor_version", lambda row: row.version),
        ("format", lambda row: row.format),
        ("confidence", _band),
    )
    found: list[Accuracy] = []
    for group, member_of in groups:
        members: defaultdict[tuple[str, str], list[_Decided]] = defaultdict(list)
        for row in decided:
            member = member_of(row)
            if member is not None:
                members[member, row.table].append(row)
        for (member, table), rows in sorted(members.items()):
            found += _of_group(group, member, table, rows)
    return tuple(found)


def _decided(connection: Connection, document_id: str | None) -> Iterator[_Decided]:
    only = None if document_id is None else [document_id]
    events = queries.events(connection, only)
    touched = {event.document_id for event in events}
    formats = {record.document_id: record.format for record in queries.documents(connection, touched)}
    versions = {one: queries.document_origin(connection, one)[1] for one in touched}
    rows: Iterable[Result] = (row for table in tables.CORRECTABLE for row in queries.rows(connection, table, touched))
    extracted = {row.result_id: row for row in rows if row.derivation == REPORTED}
    for current in review.all_current(extracted.values(), events):
        before = extracted.get(current.result_id)
        missed = before is None and current.status is not RowStatus.REJECTED
        if missed or (before is not None and current.status is not RowStatus.EXTRACTED):
            yield _Decided(
                table=tables.table_of(current),
                extracted=before,
                current=current,
                version=versions[current.document_id],
                format=formats[current.document_id],
            )


def _of_group(group: str, member: str, table: str, rows: list[_Decided]) -> Iterator[Accuracy]:
    pairs = [(row.extracted, row.current) for row in rows if row.extracted is not None]
    kept = [(before, after) for before, after in pairs if after.status is not RowStatus.REJECTED]
    unchanged = sum(not _changed(before, after) for before, after in kept)
    confidences = [before.confidence for before, _ in pairs if before.confidence is not None]
    expected = fmean(confidences) if group == "confidence" else None
    counts = [
        ("", "accepted", unchanged, len(pairs)),
        ("", "corrected", len(kept) - unchanged, len(pairs)),
        ("", "rejected", len(pairs) - len(kept), len(pairs)),
    ]
    if group != "confidence":  # a row that was missed has no confidence
        missed = len(rows) - len(pairs)
        counts.append(("", "found", len(kept), len(kept) + missed))
    for column in (*CATEGORIES[table], *NUMBERS[table]):
        told = [(tables.to_row(before)[column], tables.to_row(after)[column]) for before, after in kept]
        if column in NUMBERS[table]:
            told = [(before, after) for before, after in told if before or after]
        counts.append((column, "right", sum(before == after for before, after in told), len(told)))
    for field, what, count, n in counts:
        if n:
            interval = wilson(count, n)
            yield Accuracy(
                group=group,  # type: ignore[arg-type]
                member=member,
                table=table,
                field=field,
                what=what,  # type: ignore[arg-type]
                count=count,
                n=n,
                low=interval.low,
                high=interval.high,
                expected=expected if what == "accepted" else None,
            )


def _changed(extracted: Result, current: Result) -> bool:
    before, after = tables.to_row(extracted), tables.to_row(current)
    return any(before[name] != after[name] for name in tables.CORRECTABLE[tables.table_of(extracted)])


def _band(row: _Decided) -> str | None:
    """Band of confidence of a row that was extracted, such as 0.9 to 0.95."""
    if row.extracted is None or row.extracted.confidence is None:
        return None
    low = max(edge for edge in _BANDS if edge <= row.extracted.confidence)
    high = next((edge for edge in _BANDS if edge > low), 1.0)
    return f"{low:g} to {high:g}"
