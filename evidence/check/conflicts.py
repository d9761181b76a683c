"""Two numbers for one thing within a document: abstract, text and tables against each other.

Most numbers that seem to contradict each other are of other patients, times or analyses that the rows do not tell
apart. A conflict is therefore raised only where something else shows that both places mean one thing: the other
numbers of the result or of another arm are the same, or the words leave no room.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from evidence.check.arms import arm_sizes
from evidence.check.doubt import Doubt, name_of, place, printed
from evidence.formulas.counts import half_unit
from evidence.model.codes import REPORTED, UNNAMED, Adjustment, Severity
from evidence.model.records import ArmResult, Contrast, Quantity, Records, Result


def conflict_within_document(records: Records) -> Iterator[Doubt]:
    """One result, or one number of patients, doses or deaths, is printed with two values in one document.

    Two comparisons are one result where the estimate and the limits agree but for one of the three, or where text and
    tables give all patients one result each; two numbers of an arm where the events and patients agree, or where both
    places print the same number for another arm.
    """
    arm_results = [row for row in records.arm_results if row.derivation == REPORTED]
    yield from _comparisons(records.contrasts)
    yield from _retold(records)
    yield from _shares(arm_results)
    yield from _beside_the_same(arm_results)
    yield from _told_twice(records.quantities)
    yield from arm_sizes(records)


def _subject(row: Result) -> tuple[object, ...]:
    """What must be the same for two rows to be of one thing."""
    words = row.outcome_text.lower() if row.outcome in UNNAMED else ""
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
        yield from _two_results(rows)


def _two_results(rows: Sequence[Contrast]) -> Iterator[Doubt]:
    """One result in the text and another in a table, for all patients, that differ in all three numbers.

    A warning where both print one p-value; else one of the two may be adjusted without saying so. Adjusted results are
    not asked: a document may have several models.
    """
    told = [row for row in rows if row.arm_id and row.comparator_arm_id and row.subgroup is None]
    if any(row.adjustment is Adjustment.ADJUSTED for row in told):
        return
    text, tables = ([row for row in told if bool(row.source.table) is there] for there in (False, True))
    if len(text) != 1 or len(tables) != 1 or not _may_agree(text[0], tables[0]):
        return
    one, other = text[0], tables[0]
    pairs = zip(three_numbers(one), three_numbers(other), strict=True)
    if any(a is None or b is None or same_number(a, b) for a, b in pairs):
        return
    tested = one.p_value is not None and (one.p_value, one.p_operator) == (other.p_value, other.p_operator)
    beside = f", both with p{one.p_operator}{printed(one.p_value)}" if tested and one.p_value is not None else ""
    severity = Severity.WARNING if tested else Severity.INFO
    yield _conflict(
        one, other, interval_words(three_numbers(one)), interval_words(three_numbers(other)), severity, beside
    )


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
        for name, a, b in zip(names, three_numbers(one), three_numbers(other), strict=True)
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
        if quantity.spread != "ci" or any(three_numbers(row) == told for row in rows[quantity.document_id]):
            continue
        alike = [(row, odd) for row in rows[quantity.document_id] if (odd := _misprint(told, three_numbers(row)))]
        if len(alike) != 1:
            continue
        row, odd = alike[0]
        if row.result_id not in doubted and row.source.quote != quantity.source.quote:
            doubted.add(row.result_id)
            yield Doubt.about(
                row,
                _severity(*odd, tables=False),
                f"{interval_words(three_numbers(row))} ({place(row.source)}), but {interval_words(told)} "
                f"({place(quantity.source)}).",
            )


#: Estimate and limits.
Three = tuple[Decimal | None, Decimal | None, Decimal | None]


def three_numbers(row: Contrast) -> Three:
    """Estimate and limits of a comparison."""
    return row.estimate, row.ci_low, row.ci_high


def _misprint(one: Three, other: Three) -> tuple[Decimal, Decimal] | None:
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


def interval_words(three: Three) -> str:
    """An estimate with its limits as a sentence prints them."""
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
        other = next((row for row in alike[1:] if not same_number(value_of(one), value_of(row))), None)
        if other is not None:
            of = f"{one.events} of {one.total} is {printed(value_of(one))}%"
            yield _conflict(one, other, of, f"{printed(value_of(other))}%", Severity.INFO)


def _beside_the_same(rows: Iterable[ArmResult]) -> Iterator[Doubt]:
    """Numbers of one arm that differ in two places which give the same number to another arm."""
    groups: dict[tuple[object, ...], list[ArmResult]] = defaultdict(list)
    for row in rows:
        if row.value is not None and row.arm_id is not None:
            document, study, _, *about = _subject(row)
            groups[(document, study, *about, row.subgroup)].append(row)
    for alike in groups.values():
        if len(alike) > 2:
            found = (pair for two in combinations(_by_place(alike), 2) for pair in _changed(*two))
            for one, other, beside in found:
                severity = _severity(value_of(one), value_of(other), tables=True)
                said = f"{printed(value_of(one))} beside {printed(value_of(beside))} with {beside.arm}"
                yield _conflict(one, other, said, printed(value_of(other)), severity)
                break


def _by_place(rows: Sequence[ArmResult]) -> list[dict[str, ArmResult]]:
    """The row of each arm in each sentence or line of a table that gives every arm one number.

    A number that stands in two places is one row with one of them as its source; a sentence tells by its words whether
    it prints the numbers of the others.
    """
    places: dict[tuple[object, ...], list[ArmResult]] = defaultdict(list)
    for row in rows:
        source = row.source
        places[(source.table, source.row) if source.column else (source.char_start,)].append(row)
    found = []
    for here in places.values():
        source = here[0].source
        arms = {row.arm for row in here}
        others = [
            row for row in rows if row.arm not in arms and not source.column and _prints(source.quote, value_of(row))
        ]
        everybody = [*here, *others]
        if len({row.arm for row in everybody}) == len(everybody):
            found.append({row.arm: row for row in everybody})
    return found


_Change = tuple[ArmResult, ArmResult, ArmResult]


def _changed(one: dict[str, ArmResult], other: dict[str, ArmResult]) -> Iterator[_Change]:
    """The rows of an arm that differ between two places, and that of an arm that does not."""
    arms = one.keys() & other.keys()
    same = [arm for arm in arms if same_number(value_of(one[arm]), value_of(other[arm]))]
    odd = [arm for arm in arms if arm not in same]
    if len(same) == 1 and len(odd) == 1:
        (beside,), (arm,) = same, odd
        first, second = one[arm], other[arm]
        if place(first.source) != place(second.source) and not (
            _of_others(first, second)
            or _prints(first.source.quote, value_of(second))
            or _prints(second.source.quote, value_of(first))
        ):
            yield first, second, one[beside]


def _of_others(one: ArmResult, other: ArmResult) -> bool:
    """Whether counts show that two percentages are of other patients."""
    return any(
        a is not None and b is not None and a != b for a, b in ((one.events, other.events), (one.total, other.total))
    )


def _prints(quote: str, value: Decimal) -> bool:
    """Whether a quote prints this number."""
    return re.search(rf"(?<![\d.·]){printed(value).replace('.', '[.·]')}(?!\d|[.·]\d)", quote) is not None


def value_of(row: ArmResult) -> Decimal:
    """The number of a row that has one."""
    assert row.value is not None  # noqa: S101  # the caller asked
    return row.value


def _conflict(one: Result, other: Result, said: str, else_said: str, severity: Severity, beside: str = "") -> Doubt:
    return Doubt(
        document_id=one.document_id,
        study_id=one.study_id,
        result_ids=(one.result_id, other.result_id),
        severity=severity,
        message=f"{name_of(one)}: {said} ({place(one.source)}), but {else_said} ({place(other.source)}){beside}.",
    )


# ------------------------------------------------------------------------------------------------- numbers told twice

#: Numbers of people taken in may be of several steps of a trial, so they make a warning only.
_STEPS = ("patients in the study", "patients enrolled", "patients randomized")
#: Patients with an earlier treatment may be counted in one arm only, so they make a warning too.
_WITH_HISTORY = "patients with previous "
#: Smaller shares of the larger number are a part of it, or another step.
_ONE_THING = Decimal("0.8")


def _told_twice(quantities: Iterable[Quantity]) -> Iterator[Doubt]:
    """Patients taken in or treated before, doses given and deaths of one cause, told of all with several values."""
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
            severity=Severity.WARNING if alike[0].what.startswith((*_STEPS, _WITH_HISTORY)) else Severity.ERROR,
            message=f"{alike[0].what}: the document gives different numbers: {places}.",
        )


def _counted(what: str) -> bool:
    return (
        what.startswith((*_STEPS, _WITH_HISTORY))
        or what.endswith(" deaths")
        or bool(re.search(r" in \d+ patients$", what))
    )
