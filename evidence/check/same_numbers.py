"""Do two rows print the same number, allowing for the rounding of their digits?"""

from decimal import Decimal

from evidence.check.doubt import printed
from evidence.formulas.counts import half_unit
from evidence.formulas.intervals import USUAL_LEVEL
from evidence.model.codes import Outcome
from evidence.model.records import ArmResult, Contrast, Result

#: Codes under which a document tells many things, which its words tell apart.
OF_MANY_THINGS = frozenset(
    {
        Outcome.OTHER,
        Outcome.AE,
        Outcome.SAE,
        Outcome.AE_G3,
        Outcome.DISCONTINUATION,
        Outcome.AGVHD,
        Outcome.CGVHD,
    }
)
#: Outcomes that documents call by one another's names.
_NAMED_ALIKE = (
    frozenset({Outcome.RFS, Outcome.LFS, Outcome.DFS, Outcome.EFS, Outcome.PFS}),
    frozenset({Outcome.NRM, Outcome.TRM}),
    frozenset({Outcome.CR, Outcome.CRC, Outcome.CRI, Outcome.CRP, Outcome.CRH, Outcome.ORR}),
)


def difference(one: Result, other: Result) -> tuple[str, str] | None:
    """The first number in which two rows differ beyond rounding, as both print it."""
    if isinstance(one, ArmResult) and isinstance(other, ArmResult):
        if one.total and other.total and one.total != other.total:
            return None  # other patients
        if None not in (one.value, other.value):
            return _apart(one.value, other.value)
        return _apart(one.events, other.events) if one.total == other.total else None
    if not isinstance(one, Contrast) or not isinstance(other, Contrast):
        return None
    if one.estimate is None and other.estimate is None:
        return _p_apart(one, other)
    return _apart(one.estimate, other.estimate) or _interval_apart(one, other)


def _apart(one: Decimal | int | None, other: Decimal | int | None) -> tuple[str, str] | None:
    if one is None or other is None or _agree(one, other):
        return None
    return printed(one), printed(other)


def _agree(one: Decimal | int, other: Decimal | int) -> bool:
    """Whether two printed numbers can be one number, rounded."""
    if isinstance(one, int) or isinstance(other, int):
        return one == other
    return abs(one - other) <= half_unit(one) + half_unit(other)


def _interval_apart(one: Contrast, other: Contrast) -> tuple[str, str] | None:
    limits = (one.ci_low, one.ci_high, other.ci_low, other.ci_high)
    if None in limits or (one.ci_level or USUAL_LEVEL) != (other.ci_level or USUAL_LEVEL):
        return None
    if not (_apart(one.ci_low, other.ci_low) or _apart(one.ci_high, other.ci_high)):
        return None
    return _interval(one), _interval(other)


def _interval(row: Contrast) -> str:
    low, high = (printed(limit) for limit in (row.ci_low, row.ci_high) if limit is not None)
    return f"{printed(row.estimate)} ({low} to {high})" if row.estimate is not None else f"{low} to {high}"


def _p_apart(one: Contrast, other: Contrast) -> tuple[str, str] | None:
    if one.p_operator != "=" or other.p_operator != "=" or one.p_value is None or other.p_value is None:
        return None
    apart = _apart(one.p_value, other.p_value)
    return (f"P={apart[0]}", f"P={apart[1]}") if apart else None


def rest_agrees(one: Result, other: Result) -> bool:
    """Whether two rows that differ in one number agree in another."""
    if isinstance(one, ArmResult) and isinstance(other, ArmResult):
        return one.events is not None and (one.events, one.total) == (other.events, other.total)
    if not isinstance(one, Contrast) or not isinstance(other, Contrast):
        return False
    limits = ((one.ci_low, other.ci_low), (one.ci_high, other.ci_high))
    same_interval = all(a is not None and b is not None and _agree(a, b) for a, b in limits)
    return same_interval or (one.estimate is not None and not _apart(one.estimate, other.estimate))


def number_text(row: Result) -> str:
    """The number of a row as printed, with its interval; empty where it has none."""
    if isinstance(row, Contrast):
        return _interval(row) if row.ci_low is not None and row.ci_high is not None else _text(row.estimate)
    return _text(row.value)


def _text(number: Decimal | None) -> str:
    return "" if number is None else printed(number)


def family(outcome: Outcome) -> object:
    """Outcomes that documents call by one another's names; the outcome itself where there are none."""
    return next((family for family in _NAMED_ALIKE if outcome in family), outcome)
