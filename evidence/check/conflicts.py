"""Two numbers for one thing within a document: abstract, text and tables against each other, and arms exchanged.

Most numbers that seem to contradict each other are of other patients, times or analyses that the rows do not tell
apart. A conflict is therefore raised only where something else shows that both places mean one thing: the other
numbers of the result are the same, the numbers of two arms are exchanged, or the words leave no room.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from evidence.check.doubt import Doubt, name_of, printed
from evidence.formulas.counts import half_unit
from evidence.model.codes import REPORTED, Outcome, Severity
from evidence.model.records import ArmResult, Contrast, Quantity, Records, Result, Source

#: Outcomes that stand for many things, told apart by their words.
_UNNAMED = (Outcome.OTHER, Outcome.AE, Outcome.AE_G3, Outcome.SAE)


def conflict_within_document(records: Records) -> Iterator[Doubt]:
    """One result, or one number of patients, doses or deaths, is printed with two values in one document.

    Two comparisons are one result where the estimate and the limits agree but for one of the three; two numbers of an
    arm where the events and patients agree, or where both sentences print the same number for the other arm.
    """
    arm_results = [row for row in records.arm_results if row.derivation == REPORTED]
    yield from _comparisons(records.contrasts)
    yield from _retold(records)
    yield from _shares(arm_results)
    yield from _beside_the_same(arm_results)
    yield from _told_twice(records.quantities)


def place(source: Source) -> str:
    """Where a number stands, in words: "Table 2", "abstract", "text (Results)"."""
    if source.table:
        return source.table
    if source.section and re.search(r"\babstract|\bsummary", source.section, re.IGNORECASE):
        return "abstract"
    return f"text ({source.section})" if source.section else "text"


def _subject(row: Result) -> tuple[object, ...]:
    """What must be the same for two rows to be of one thing."""
    words = row.outcome_text.lower() if row.outcome in _UNNAMED else ""
    sides = (row.arm, row.comparator) if isinstance(row, Contrast) else (row.arm,)
    return (row.document_id, row.study_id, sides, row.outcome, words, row.measure, row.timepoint_months)


# ---------------------------------------------------------------------------------------------------------- comparisons


def _comparisons(contrasts: Iterable[Contrast]) -> Iterator[Doubt]:
    groups: dict[tuple[object, ...], list[Contrast]] = defaultdict(list)
    for row in contrasts:
        if row.estimate is not None and row.ci_low is not None and row.ci_high is not None:
            groups[_subject(row)].append(row)
    for rows in groups.values():
        for one, other in combinations(rows, 2):
            if place(one.source) != place(other.source) and _may_agree(one, other) and (found := _odd_one(one, other)):
                what, first, second = found
                severity = _severity(first, second, tables=bool(one.source.table and other.source.table))
                yield _conflict(one, other, f"{what} is {printed(first)}", printed(second), severity)


def _may_agree(one: Contrast, other: Contrast) -> bool:
    """Whether nothing says that two comparisons are of other patients or another model."""
    return one.subgroup == other.subgroup and (
        one.adjustment == other.adjustment or not (one.adjustment and other.adjustment)
    )


def _severity(one: Decimal, other: Decimal, *, tables: bool) -> Severity:
    """The last digit may be cut off in one place; two tables may hold two analyses, but the text tells of a table."""
    if abs(one - other) <= 2 * max(half_unit(one), half_unit(other)):
        return Severity.INFO
    return Severity.WARNING if tables else Severity.ERROR


def _odd_one(one: Contrast, other: Contrast) -> tuple[str, Decimal, Decimal] | None:
    """The only number in which two comparisons differ; None where none or several differ."""
    names = ("the estimate", "the lower limit", "the upper limit")
    odd = [
        (name, a, b)
        for name, a, b in zip(names, _numbers(one), _numbers(other), strict=True)
        if a is not None and b is not None and not same_number(a, b)
    ]
    return odd[0] if len(odd) == 1 else None


def _retold(records: Records) -> Iterator[Doubt]:
    """Estimates in the text that are those of a comparison but for a sign or one of three numbers."""
    rows: dict[str, list[Contrast]] = defaultdict(list)
    for row in records.contrasts:
        if row.estimate is not None and row.ci_low is not None and row.ci_high is not None:
            rows[row.document_id].append(row)
    doubted: set[str] = set()
    for quantity in records.quantities:
        told = (quantity.value, quantity.low, quantity.high)
        if quantity.spread != "ci" or any(_numbers(row) == told for row in rows[quantity.document_id]):
            continue
        alike = [(row, odd) for row in rows[quantity.document_id] if (odd := _misprint(told, _numbers(row)))]
        if len(alike) != 1:
            continue
        row, odd = alike[0]
        if row.result_id not in doubted and row.source.quote != quantity.source.quote:
            doubted.add(row.result_id)
            yield Doubt.about(
                row,
                _severity(*odd, tables=False),
                f"{_interval(_numbers(row))} ({place(row.source)}), but {_interval(told)} ({place(quantity.source)}).",
            )


_Three = tuple[Decimal | None, Decimal | None, Decimal | None]


def _numbers(row: Contrast) -> _Three:
    return row.estimate, row.ci_low, row.ci_high


def _misprint(one: _Three, other: _Three) -> tuple[Decimal, Decimal] | None:
    """The only number of three that differs, if a single misprint makes one of the other."""
    odd = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None and a != b]
    return odd[0] if len(odd) == 1 and _near(printed(odd[0][0]), printed(odd[0][1])) else None


def _near(one: str, other: str) -> bool:
    """Whether one misprint makes one number of the other: the sign, one digit, or two digits exchanged."""
    if one.lstrip("-") == other.lstrip("-"):
        return True
    places = [index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    if len(one) != len(other) or len(places) > 2:
        return False
    return len(places) == 1 or sorted(one) == sorted(other)


def _interval(three: _Three) -> str:
    value, low, high = (printed(number) for number in three if number is not None)
    return f"{value} ({low} to {high})"


def same_number(one: Decimal, other: Decimal) -> bool:
    """Whether two printed numbers can be one, the one with fewer digits rounded."""
    return abs(one - other) <= max(half_unit(one), half_unit(other))


# ------------------------------------------------------------------------------------------------ percentages of an arm


def _shares(rows: Iterable[ArmResult]) -> Iterator[Doubt]:
    """Percentages with the same count of the same patients."""
    groups: dict[tuple[object, ...], list[ArmResult]] = defaultdict(list)
    for row in rows:
        if row.value is not None and row.events and row.total:
            groups[(*_subject(row), row.subgroup, row.events, row.total)].append(row)
    for alike in groups.values():
        one = alike[0]
        other = next((row for row in alike[1:] if not same_number(_value(one), _value(row))), None)
        if other is not None:
            of = f"{one.events} of {one.total} is {printed(_value(one))}%"
            yield _conflict(one, other, of, f"{printed(_value(other))}%", Severity.INFO)


def _beside_the_same(rows: Iterable[ArmResult]) -> Iterator[Doubt]:
    """Numbers of one arm that differ in two sentences which give the same number to the other arm."""
    groups: dict[tuple[object, ...], dict[str, list[ArmResult]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row.value is not None and row.arm_id is not None and row.source.column is None:
            document, study, _, *about = _subject(row)
            groups[(document, study, *about, row.subgroup)][row.arm].append(row)
    for arms in groups.values():
        if len(arms) != 2:
            continue
        for alone, twice in (tuple(arms.values()), tuple(arms.values())[::-1]):
            if len(alone) == 1 and len(twice) == 2:
                one, other = twice
                quotes = (one.source.quote, other.source.quote)
                apart = (
                    place(one.source) != place(other.source)
                    and not _prints(quotes[0], _value(other))
                    and not _prints(quotes[1], _value(one))
                )
                if apart and all(_prints(quote, _value(alone[0])) for quote in quotes):
                    said, again = (f"{printed(_value(row))}" for row in twice)
                    beside = f" beside {printed(_value(alone[0]))} with {alone[0].arm}"
                    yield _conflict(one, other, said + beside, again, Severity.WARNING)


def _prints(quote: str, value: Decimal) -> bool:
    """Whether a quote prints this number."""
    return re.search(rf"(?<![\d.·]){printed(value).replace('.', '[.·]')}(?!\d|[.·]\d)", quote) is not None


def _value(row: ArmResult) -> Decimal:
    assert row.value is not None  # noqa: S101  # the caller asked
    return row.value


def _conflict(one: Result, other: Result, said: str, else_said: str, severity: Severity) -> Doubt:
    return Doubt(
        document_id=one.document_id,
        study_id=one.study_id,
        result_ids=(one.result_id, other.result_id),
        severity=severity,
        message=f"{name_of(one)}: {said} ({place(one.source)}), but {else_said} ({place(other.source)}).",
    )


# ------------------------------------------------------------------------------------------------- numbers told twice

#: Numbers of people taken in may be of several steps of a trial, so they make a warning only.
_STEPS = ("patients in the study", "patients enrolled", "patients randomized")
#: Smaller shares of the larger number are a part of it, or another step.
_ONE_THING = Decimal("0.8")


def _told_twice(quantities: Iterable[Quantity]) -> Iterator[Doubt]:
    """Patients taken in, doses given and deaths of one cause, each told of the whole study with several values."""
    groups: dict[tuple[object, ...], list[Quantity]] = defaultdict(list)
    for quantity in quantities:
        if quantity.arm is None and quantity.value is not None and _counted(quantity.what):
            groups[(quantity.document_id, quantity.study_id, quantity.what)].append(quantity)
    for alike in groups.values():
        values = {quantity.value: quantity for quantity in reversed(alike) if quantity.value is not None}
        least = max(values) * _ONE_THING if alike[0].what in _STEPS else 0
        values = {value: one for value, one in reversed(values.items()) if value >= least}
        if len(values) < 2:
            continue
        places = "; ".join(f"{printed(value)} ({place(values[value].source)})" for value in values)
        yield Doubt(
            document_id=alike[0].document_id,
            study_id=alike[0].study_id,
            result_ids=(),
            severity=Severity.WARNING if alike[0].what in _STEPS else Severity.ERROR,
            message=f"{alike[0].what}: the document gives different numbers: {places}.",
        )


def _counted(what: str) -> bool:
    return what in _STEPS or what.endswith(" deaths") or bool(re.search(r" in \d+ patients$", what))


# --------------------------------------------------------------------------------------------------------- arms swapped


def arms_swapped(records: Records) -> Iterator[Doubt]:
    """The numbers of two arms stand the other way round in another place of the document."""
    places: dict[tuple[object, ...], dict[tuple[object, ...], list[ArmResult]]] = defaultdict(lambda: defaultdict(list))
    for row in records.arm_results:
        if row.value is not None and row.arm_id is not None:
            words = row.outcome_text.lower() if row.outcome in _UNNAMED else ""
            about = (row.document_id, row.study_id, row.outcome, words, row.measure, row.timepoint_months, row.subgroup)
            cell = (row.source.table, row.source.row) if row.source.column else (row.source.char_start,)
            places[about][cell].append(row)
    for found in places.values():
        pairs = [rows for rows in found.values() if len(rows) == 2 and len({row.arm for row in rows}) == 2]
        swapped = next((two for two in combinations(pairs, 2) if _exchanged(*two)), None)
        if swapped is not None:
            yield _swap(*swapped)


def _exchanged(one: Sequence[ArmResult], other: Sequence[ArmResult]) -> bool:
    first, second = ({row.arm: _value(row) for row in rows} for rows in (one, other))
    if first.keys() != second.keys():
        return False
    a, b = first
    return (first[a], first[b]) == (second[b], second[a]) and first[a] != first[b]


def _swap(one: Sequence[ArmResult], other: Sequence[ArmResult]) -> Doubt:
    said = " and ".join(f"{printed(_value(row))} with {row.arm}" for row in one)
    again = " and ".join(f"{printed(_value(row))} with {row.arm}" for row in other)
    about = name_of(one[0]).removeprefix(f"{one[0].arm}, ")
    return Doubt(
        document_id=one[0].document_id,
        study_id=one[0].study_id,
        result_ids=tuple(row.result_id for row in (*one, *other)),
        severity=Severity.ERROR,
        message=f"{about}: {said} ({place(one[0].source)}), but {again} ({place(other[0].source)}); the arms are "
        "exchanged in one of the two places.",
    )


# ----------------------------------------------------------------------------------------------------- repeated numbers


def repeated_numbers(records: Records) -> Iterator[Doubt]:
    """Two rows of tables print the same estimate, limits and p-value for different outcomes or models.

    One of them may have been copied from the other.
    """
    found: dict[tuple[object, ...], list[Contrast]] = defaultdict(list)
    for row in records.contrasts:
        if row.source.column and row.p_operator == "=" and row.p_value and len(row.p_value.as_tuple().digits) > 2:
            found[(row.document_id, row.study_id, row.measure, *_numbers(row), row.p_value)].append(row)
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
                message=f"{first} and {second} have the same estimate {_interval(_numbers(one))} and the same "
                f"p={printed(one.p_value or Decimal(0))}; one may have been copied from the other.",
            )
