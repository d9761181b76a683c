"""Numbers in the wrong place: those of two arms exchanged, those of another row copied."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from evidence.check.conflicts import interval_words, three_numbers, value_of
from evidence.check.doubt import Doubt, name_of, place, printed
from evidence.model.codes import UNNAMED, Severity, surely_differ
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
    """Two rows print the same estimate, limits and p-value for different outcomes or models.

    One of them may have been copied from the other. Outside of two rows of tables the outcomes must be of two
    kinds, for one is often called by several names.
    """
    found: dict[tuple[object, ...], list[Contrast]] = defaultdict(list)
    for row in records.contrasts:
        if row.p_value and row.ci_low is not None:
            key = (row.document_id, row.study_id, row.measure, *three_numbers(row), row.p_value, row.p_operator)
            found[key].append(row)
    for alike in found.values():
        pair = next((pair for pair in combinations(alike, 2) if _copied(*pair)), None)
        if pair is not None:
            one, other = pair
            first, second = (f"{row.outcome_text} ({place(row.source)})" for row in (one, other))
            yield Doubt(
                document_id=one.document_id,
                study_id=one.study_id,
                result_ids=(one.result_id, other.result_id),
                severity=Severity.WARNING,
                message=f"{first} and {second} have the same estimate {interval_words(three_numbers(one))} and the "
                f"same p{one.p_operator}{printed(one.p_value or Decimal(0))}; one may have been copied from the other.",
            )


def _copied(one: Contrast, other: Contrast) -> bool:
    """Whether two rows with the same numbers are of two things."""
    tabled = bool(one.source.column and other.source.column)
    if tabled and (one.source.table, one.source.row) == (other.source.table, other.source.row):
        return False
    if tabled and one.p_operator == "=" and one.p_value is not None and len(one.p_value.as_tuple().digits) > 2:
        return True
    arms = one.arm_id is not None and (one.arm_id, one.comparator_arm_id) == (other.arm_id, other.comparator_arm_id)
    return surely_differ(one.outcome, other.outcome) and arms and one.subgroup is None and other.subgroup is None
