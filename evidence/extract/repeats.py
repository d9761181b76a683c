"""One fact, one row: a number that a document prints in its abstract, its text and its tables.

Readings of one number are told by the number itself and by what they say of it; they may leave open what the others
tell, but not contradict it. The row says what the fullest reading says, and what that leaves open as the others say;
its source is the first place that prints all of its numbers. Numbers that contradict each other stay apart, and a check
flags them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from evidence.model.codes import UNNAMED, Measure, surely_differ
from evidence.model.records import ArmResult, Contrast, Result, Source

Row = TypeVar("Row", ArmResult, Contrast)

#: Arm of a number that the document gives to nobody in particular.
_NOBODY = ""


def arm_results_once(rows: Sequence[ArmResult]) -> list[ArmResult]:
    """Each number of an arm in its fullest reading."""
    return _without_repetitions(_fullest(rows, _same_arm_result))


def contrasts_once(rows: Sequence[Contrast]) -> list[Contrast]:
    """Each comparison in one row."""
    estimates = [row for row in rows if row.measure is not Measure.P]
    alone = [row for row in rows if row.measure is Measure.P]
    groups: list[list[Contrast]] = []
    by_numbers: dict[tuple[object, ...], list[list[Contrast]]] = {}
    # intervals first: an estimate without one is the less precise form of one that has it
    for row in sorted(estimates, key=lambda row: row.ci_low is None):
        known = by_numbers.setdefault((row.study_id, row.measure, row.estimate), [])
        group = next((group for group in known if all(_one_fact(row, other) for other in group)), None)
        if group is None:
            group = []
            known.append(group)
            groups.append(group)
        group.append(row)
    return _without_repeated_p([*map(_joined, groups), *_fullest(alone, _same_p)])


# ----------------------------------------------------------------------------------------------------- what is the same


def _one_fact(one: Contrast, other: Contrast) -> bool:
    """Whether two readings with one estimate can be of one comparison."""
    if not _may_be_one(one.p_value, one.p_operator, other.p_value, other.p_operator):
        return False
    if one.ci_low is None or other.ci_low is None:
        return one.outcome == other.outcome and _agree(one.subgroup, other.subgroup) and _arms_agree(one, other)
    if (one.ci_low, one.ci_high) != (other.ci_low, other.ci_high):
        return False
    if one.source == other.source:
        return True
    if _in_table(one.source) and _in_table(other.source):
        # equal numbers of two rows of a table are two facts
        return one.source.table != other.source.table and (one.outcome, *_named(one)) == (other.outcome, *_named(other))
    two = one.arm_id is not None and _arms_agree(one, other) and surely_differ(one.outcome, other.outcome)
    return not two and _agree(one.subgroup, other.subgroup)


def _arms_agree(one: Contrast, other: Contrast) -> bool:
    """Whether two readings name the same arms, or one of them none."""
    return (one.arm, one.comparator) == (other.arm, other.comparator) or not (one.arm and other.arm)


def _in_table(source: Source) -> bool:
    return source.column is not None or source.row is not None


def _agree(one: str | None, other: str | None) -> bool:
    """Whether two descriptions of patients can be of the same: one is not told, or holds the words of the other."""
    if one is None or other is None:
        return True
    first, second = _words(one), _words(other)
    return first <= second or second <= first


_FILLER = frozenset("the a of in with who were had patients participants those subgroup group at".split())


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9+]+", text.lower())) - _FILLER


def _may_be_one(one: Decimal | None, sign: str | None, other: Decimal | None, other_sign: str | None) -> bool:
    """Whether two p-values can be one: "P<0.05" may be 0.048, and 0.05 may be 0.048 rounded."""
    if one is None or other is None:
        return True
    if sign == "=" and other_sign == "=":
        digits = max(_exponent(one), _exponent(other))
        return abs(one - other) <= Decimal((0, (1,), digits)) / 2
    if sign == other_sign or "=" not in (sign, other_sign):
        return True
    exact, limit, operator = (one, other, other_sign) if sign == "=" else (other, one, sign)
    return exact <= limit if operator in ("<", "<=") else exact >= limit


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _same_p(row: Contrast) -> tuple[object, ...]:
    compared = (row.arm, row.comparator, row.outcome, *_named(row), row.timepoint_months, row.subgroup)
    return (row.study_id, row.p_value, *compared)


def _same_arm_result(row: ArmResult) -> tuple[object, ...]:
    value = row.value if row.value is not None else ("events", row.events, row.total, row.not_reached)
    return (row.study_id, row.arm, row.outcome, row.measure, row.timepoint_months, row.subgroup, value, *_named(row))


def _named(row: Result) -> tuple[str, ...]:
    """Words that tell outcomes of one code apart."""
    return (row.outcome_text.lower(),) if row.outcome in UNNAMED else ()


# -------------------------------------------------------------------------------------------------------- what is kept


def _filled(row: Result) -> int:
    """How many columns a row fills; the fuller of two rows for one number is kept."""
    names = ("ci_low", "p_value", "events", "total", "timepoint_months", "arm_id", "comparator_arm_id", "adjustment")
    return sum(getattr(row, name, None) is not None for name in names)


def _fullest(rows: Sequence[Row], key: Callable[[Row], tuple[object, ...]]) -> list[Row]:
    """The fullest row of each number; "3 had a molecular and 3 a morphological relapse" are two."""
    places: dict[tuple[object, ...], set[str]] = {}
    for row in rows:
        places.setdefault((key(row), row.source.char_start), set()).add(row.outcome_text.lower())
    several = {number for (number, _), texts in places.items() if len(texts) > 1}
    best: dict[tuple[object, ...], Row] = {}
    for row in rows:
        same: tuple[object, ...] = key(row)
        if same in several:
            same = (*same, row.outcome_text.lower())
        if same not in best or _rank(row) > _rank(best[same]):
            best[same] = row
    return list(best.values())


def _without_repetitions(rows: list[ArmResult]) -> list[ArmResult]:
    """Without a bare count, or a percentage without time point or arm, that stands elsewhere with what it lacks."""
    counted = {(*_about(row), row.arm, row.events) for row in rows if row.measure is Measure.PROPORTION and row.events}
    timed = {(*_about(row), arm, row.value) for row in rows if row.timepoint_months for arm in (row.arm, _NOBODY)}
    return [
        row
        for row in rows
        if not (row.measure is Measure.COUNT and (*_about(row), row.arm, row.events) in counted)
        and not (
            row.measure is Measure.PROPORTION
            and row.timepoint_months is None
            and (*_about(row), row.arm, row.value) in timed
        )
    ]


def _about(row: ArmResult) -> tuple[object, ...]:
    """What a number of an arm is about, whatever it measures."""
    return (row.study_id, row.outcome, row.subgroup, *_named(row))


def _rank(row: Result) -> tuple[int, float]:
    return _filled(row), row.confidence or 0


def _joined(rows: Sequence[Contrast]) -> Contrast:
    """One row of several readings of a comparison."""
    if len(rows) == 1:
        return rows[0]
    first, *others = sorted(rows, key=_rank, reverse=True)
    tested = max((row for row in rows if row.p_value is not None), key=_exactness, default=first)
    joined = replace(
        first,
        p_value=tested.p_value,
        p_operator=tested.p_operator,
        adjustment=next((row.adjustment for row in (first, *others) if row.adjustment is not None), None),
        subgroup=next((row.subgroup for row in (first, *others) if row.subgroup is not None), None),
    )
    complete = [
        row
        for row in rows
        if (row.ci_low, row.p_value, row.p_operator) == (joined.ci_low, joined.p_value, joined.p_operator)
    ]
    return replace(joined, source=min((row.source for row in complete or [first]), key=lambda one: one.char_start))


def _exactness(row: Contrast) -> tuple[bool, int]:
    """An exact p-value before a limit, more digits before fewer."""
    return row.p_operator == "=", -_exponent(row.p_value) if row.p_value is not None else 0


def _without_repeated_p(rows: list[Contrast]) -> list[Contrast]:
    """A p-value that stands again without its estimate is no comparison of its own."""
    estimated = {_tested(row) for row in rows if row.measure is not Measure.P}
    return [row for row in rows if row.measure is not Measure.P or _tested(row) not in estimated]


def _tested(row: Contrast) -> tuple[object, ...]:
    """What a p-value was printed for."""
    return (row.study_id, frozenset((row.arm, row.comparator)), row.outcome, row.p_value, row.p_operator)
