"""Numbers in the wrong place: those of two arms exchanged, those of another row copied."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from evidence.check.conflicts import UNNAMED, interval_words, three_numbers, value_of
from evidence.check.doubt import Doubt, name_of, place, printed
from evidence.model.codes import Severity
from evidence.model.records import ArmResult, Contrast, Records


def arms_swapped(records: Records) -> Iterator[Doubt]:
    """The numbers of two arms stand the other way round in another place of the document."""
    places: dict[tuple[object, ...], dict[tuple[object, ...], list[ArmResult]]] = defaultdict(lambda: defaultdict(list))
    for row in records.arm_results:
        if row.value is not None and row.arm_id is not None:
            words = row.outcome_text.lower() if row.outcome in UNNAMED else ""
            about = (row.document_id, row.study_id, row.outcome, words, row.measure, row.timepoint_months, row.subgroup)
            cell = (row.source.table, row.source.row) if row.source.column else (row.source.char_start,)
            places[about][cell].append(row)
    for found in places.values():
        pairs = [rows for rows in found.values() if len(rows) == 2 and len({row.arm for row in rows}) == 2]
        swapped = next((two for two in combinations(pairs, 2) if _exchanged(*two)), None)
        if swapped is not None:
            yield _swap(*swapped)


def _exchanged(one: Sequence[ArmResult], other: Sequence[ArmResult]) -> bool:
    first, second = ({row.arm: value_of(row) for row in rows} for rows in (one, other))
    if first.keys() != second.keys():
        return False
    a, b = first
    return (first[a], first[b]) == (second[b], second[a]) and first[a] != first[b]


def _swap(one: Sequence[ArmResult], other: Sequence[ArmResult]) -> Doubt:
    said = " and ".join(f"{printed(value_of(row))} with {row.arm}" for row in one)
    again = " and ".join(f"{printed(value_of(row))} with {row.arm}" for row in other)
    about = name_of(one[0]).removeprefix(f"{one[0].arm}, ")
    return Doubt(
        document_id=one[0].document_id,
        study_id=one[0].study_id,
        result_ids=tuple(row.result_id for row in (*one, *other)),
        severity=Severity.ERROR,
        message=f"{about}: {said} ({place(one[0].source)}), but {again} ({place(other[0].source)}); the arms are "
        "exchanged in one of the two places.",
    )


def repeated_numbers(records: Records) -> Iterator[Doubt]:
    """Two rows of tables print the same estimate, limits and p-value for different outcomes or models.

    One of them may have been copied from the other.
    """
    found: dict[tuple[object, ...], list[Contrast]] = defaultdict(list)
    for row in records.contrasts:
        if row.source.column and row.p_operator == "=" and row.p_value and len(row.p_value.as_tuple().digits) > 2:
            found[(row.document_id, row.study_id, row.measure, *three_numbers(row), row.p_value)].append(row)
    for one, *others in found.values():
        other = next(
            (row for row in others if (row.source.table, row.source.row) != (one.source.table, one.source.row)), None
        )
        if other is not None and one.ci_low is not None:
            first, second = (f"{row.outcome_text} ({place(row.source)})" for row in (one, other))
            yield Doubt(
                document_id=one.document_id,
                study_id=one.study_id,
                result_ids=(one.result_id, other.result_id),
                severity=Severity.WARNING,
                message=f"{first} and {second} have the same estimate {interval_words(three_numbers(one))} and the "
                f"same p={printed(one.p_value or Decimal(0))}; one may have been copied from the other.",
            )
