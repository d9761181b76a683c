"""Two readings of one document, row by row and column by column.

Rows of the extraction are there for both readers. Rows that the readers entered themselves are matched: those that say
what the number is about alike, or that stand at the same place, the likest first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from evidence.model import tables
from evidence.model.codes import Outcome, RowStatus
from evidence.model.dual import (
    CATEGORIES,
    EXTRACTOR,
    NUMBERS,
    Assignment,
    Compared,
    FieldPair,
    Reading,
    Side,
    Version,
)
from evidence.model.records import Result
from evidence.model.users import name_key
from evidence.store import review
from evidence.store.queries import Event

#: Who says the same about these columns speaks of the same number, whatever it is.
_ABOUT = ("arm", "comparator", "outcome", "measure", "timepoint_months", "subgroup")
_ARM_IDS = ("arm_id", "comparator_arm_id")


def compared(
    assignment: Assignment, extracted: Iterable[Result], readings: Sequence[Reading], events: Sequence[Event]
) -> tuple[Compared, ...]:
    """Every row that one of the two readings has: those extracted in their order, then those entered."""
    rows = {row.result_id: row for row in extracted}
    first, second = (versions(assignment, side, rows, readings) for side in ("first", "second"))
    shared = [result_id for result_id in rows if result_id in first and result_id in second]
    loose = [[result_id for result_id in side if result_id not in shared] for side in (first, second)]
    matched = _matched([first[one] for one in loose[0]], [second[one] for one in loose[1]])
    pairs = [*((first[result_id], second[result_id]) for result_id in shared), *matched]
    decided = _adjudicated(assignment, events)
    absent = [_absent(assignment.first), _absent(assignment.second)]
    found = [_side_by_side(one or absent[0], other or absent[1], rows, decided) for one, other in pairs]
    place = {result_id: position for position, result_id in enumerate(rows)}
    return tuple(sorted(found, key=lambda row: place.get(row.result_id, len(place))))


def versions(
    assignment: Assignment, side: Side, extracted: Mapping[str, Result], readings: Iterable[Reading]
) -> dict[str, Version]:
    """By result id what one reader says of it; a row entered and taken back is not there."""
    reader = getattr(assignment, side)
    if reader == EXTRACTOR:
        return {
            result_id: Version(reviewer=EXTRACTOR, verdict="kept", row=row, reason=None, events=(), result_id=result_id)
            for result_id, row in extracted.items()
        }
    found = {}
    for result_id, made in own(readings, reader).items():
        force = review.in_force(made)
        row = review.current(extracted.get(result_id), force)
        if row is None or not force or (row.status is RowStatus.REJECTED and result_id not in extracted):
            continue
        found[result_id] = Version(
            reviewer=reader,
            verdict="rejected" if row.status is RowStatus.REJECTED else "kept",
            row=row,
            reason=force[-1].reason,
            events=tuple(event.event_id for event in force),
            result_id=result_id,
        )
    return found


def own(readings: Iterable[Reading], reader: str) -> dict[str, list[Event]]:
    """What one reader recorded about each row, as decisions that are none yet."""
    made: dict[str, list[Event]] = {}
    for reading in readings:
        if reading.result_id and reading.reviewer == reader:
            made.setdefault(reading.result_id, []).append(
                Event(
                    event_id=reading.event_id,
                    result_id=reading.result_id,
                    document_id=reading.document_id,
                    action=reading.action,
                    reviewer=reading.reviewer,
                    at=reading.at,
                    reason=reading.reason,
                    values=reading.values,
                )
            )
    return made


def field_pairs(first: Result, second: Result) -> tuple[FieldPair, ...]:
    """Columns that one of two rows of a table reports, names before numbers."""
    table = tables.table_of(first)
    told, other = tables.to_row(first), tables.to_row(second)
    names, numbers = CATEGORIES[table], NUMBERS[table]
    # A reader who types a label and no id says nothing of the id.
    ids = [name for name in _ARM_IDS if name in told and told[name] and other[name] and told[name] != other[name]]
    pairs = []
    for column in (*names, *ids, *numbers):
        mine, theirs = as_compared(column, told), as_compared(column, other)
        if mine or theirs:
            same_number = as_number(mine) == as_number(theirs) if column in numbers else mine == theirs
            pairs.append(
                FieldPair(
                    column=column,
                    first=told[column],
                    second=other[column],
                    agreed=mine == theirs,
                    same_number=same_number,
                )
            )
    return tuple(pairs)


def as_compared(column: str, row: Mapping[str, str]) -> str:
    """The text of a column by which two readings are compared; what goes without saying is said."""
    text = row[column]
    if column == "ci_level" and not text and (row["ci_low"] or row["ci_high"]):
        return "95"
    if column == "p_operator" and not text and row["p_value"]:
        return "="
    if column == "timepoint_months" and text:
        return format(Decimal(text).normalize(), "f")
    if column == "outcome" and text == Outcome.OTHER:
        text = f"{text}: {row['outcome_text']}"
    if column in ("arm", "comparator", "outcome", "subgroup"):
        return name_key(text)
    return text


def as_number(text: str) -> Decimal | None:
    """What a column of numbers says apart from its digits; None where it is empty."""
    return Decimal(text) if text else None


def _absent(reader: str) -> Version:
    return Version(reviewer=reader, verdict="absent", row=None, reason=None, events=(), result_id=None)


def _side_by_side(first: Version, second: Version, extracted: Mapping[str, Result], decided: set[str]) -> Compared:
    ids = [version.result_id for version in (first, second) if version.result_id is not None]
    result_id = next((known for known in ids if known in extracted), ids[0])
    row = next(row for row in (extracted.get(result_id), first.row, second.row) if row is not None)
    kept = first.verdict == second.verdict == "kept"
    fields = field_pairs(first.row, second.row) if kept and first.row and second.row else ()
    return Compared(
        result_id=result_id,
        table=tables.table_of(row),
        row=row,
        first=first,
        second=second,
        fields=fields,
        agreed=first.verdict == second.verdict and all(field.agreed for field in fields),
        adjudicated=result_id in decided,
    )


def _adjudicated(assignment: Assignment, events: Iterable[Event]) -> set[str]:
    """Rows with a decision in force that was made from these readings."""
    of_dual = (event for event in review.in_force(events) if "dual" in event.values)
    return {event.result_id for event in of_dual if event.values["dual"]["assignment"] == assignment.assignment_id}


def _matched(first: Sequence[Version], second: Sequence[Version]) -> Iterator[tuple[Version | None, Version | None]]:
    """Each row of either reader once, beside the likest of the other reader where one is about the same number."""
    likeness = {
        (i, j): like for i, one in enumerate(first) for j, other in enumerate(second) if (like := _likeness(one, other))
    }
    partner: dict[int, int] = {}
    for i, j in sorted(likeness, key=lambda pair: (likeness[pair], -pair[0], -pair[1]), reverse=True):
        if i not in partner and j not in partner.values():
            partner[i] = j
    for i, one in enumerate(first):
        yield one, second[partner[i]] if i in partner else None
    for j, other in enumerate(second):
        if j not in partner.values():
            yield None, other


def _likeness(one: Version, other: Version) -> tuple[bool, bool, int] | None:
    """How much speaks for two rows being one number; None where nothing does."""
    if one.row is None or other.row is None or tables.table_of(one.row) != tables.table_of(other.row):
        return None
    if one.row.study_id != other.row.study_id:
        return None
    mine, theirs = tables.to_row(one.row), tables.to_row(other.row)
    about = all(as_compared(name, mine) == as_compared(name, theirs) for name in _ABOUT if name in mine)
    a, b = one.row.source, other.row.source
    place = bool(a.quote and b.quote) and a.char_start < b.char_end and b.char_start < a.char_end
    if not about and not place:
        return None
    return about, place, sum(field.agreed for field in field_pairs(one.row, other.row))
