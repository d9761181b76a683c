"""A proportion against its patients: percentages that are no whole number of them, and intervals they do not allow."""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from evidence.check.beside import Count, Patients
from evidence.check.doubt import Doubt, printed
from evidence.check.rounding import interval_words, level
from evidence.formulas import intervals, proportions
from evidence.formulas.counts import half_unit
from evidence.formulas.scales import expit, logit
from evidence.model.codes import Measure, Outcome, Severity
from evidence.model.measures import TIME_TO_EVENT
from evidence.model.records import ArmResult, Records

#: Percentages of these are often incidences over time, which are no counts over a total.
_OVER_TIME = TIME_TO_EVENT | {Outcome.RELAPSE, Outcome.NRM, Outcome.TRM, Outcome.AGVHD, Outcome.CGVHD, Outcome.DEATH}
#: A smaller number of patients is named where so few would explain all percentages by chance.
_BY_CHANCE = 0.05
_WHOLE = re.compile(r"(?<![\d.,\u00b7])\d[\d,]*(?![\d.\u00b7]*\d|[\d.,\u00b7\s]*%)")
#: The evaluable patients of an arm are rarely fewer than this part of it.
_EVALUABLE = 0.5


def percent_impossible(records: Records) -> Iterator[Doubt]:
    """A percentage that no whole number of the arm's patients gives: it has another denominator.

    Digits may be rounded or cut off, and a denominator that stands in the sentence, in the table's heads or with
    another number of the arm is no doubt. One doubt for each arm; where one smaller number of patients explains all of
    its percentages, and would hardly do so by chance, it is named.
    """
    patients = Patients(records)
    denominators: defaultdict[tuple[object, ...], set[int]] = defaultdict(set)
    asked: defaultdict[tuple[object, ...], list[tuple[ArmResult, int]]] = defaultdict(list)
    for row in records.arm_results:
        arm = row.document_id, row.study_id, row.arm_id
        if row.total:
            denominators[arm].add(row.total)
        if total := _denominator(row, patients):
            asked[arm].append((row, total))
    for about, rows in asked.items():
        impossible = [
            row
            for row, total in rows
            if not any(_could_be(row, n) for n in {total, *denominators[about], *_numbers_beside(row)})
        ]
        if impossible:
            yield _about_denominator(impossible, rows[0][1])


def _about_denominator(rows: list[ArmResult], total: int) -> Doubt:
    said = list(dict.fromkeys(f"{row.outcome_text or row.outcome.value} {_said(row)}" for row in rows))
    listed = ", ".join(said[:4]) + (f" and {len(said) - 4} more" if len(said) > 4 else "")
    first = rows[0]
    return Doubt(
        document_id=first.document_id,
        study_id=first.study_id,
        result_ids=tuple(row.result_id for row in rows),
        severity=Severity.WARNING,
        message=f"{first.arm or 'an unnamed arm'}: {listed}: no whole number{'s' if len(said) > 1 else ''} of the "
        f"{total} patients of the {'arm' if first.arm_id else 'study'}, so the denominator is another"
        f"{_explained_by(rows, total)}.",
    )


def _said(row: ArmResult) -> str:
    percent = f"{printed(row.value)}%" if row.value is not None else ""
    return percent if row.events is None else f"{percent} ({row.events} patients)"


def _denominator(row: ArmResult, patients: Patients) -> int | None:
    """Patients the percentage should be a part of; None where it has its own, or may be an estimate over time."""
    if row.measure is not Measure.PROPORTION or row.value is None or not 0 < row.value < 100:
        return None
    if row.events is None:
        if row.total is not None:
            return row.total
        coded = row.outcome is not Outcome.OTHER and row.outcome not in _OVER_TIME
        return patients.whole(row) if coded and row.arm_id is not None and row.timepoint_months is None else None
    whole = patients.whole(row) if row.total is None else None
    implied = 100 * row.events / row.value
    return whole if whole and _EVALUABLE * whole <= implied <= whole / _EVALUABLE else None


def _numbers_beside(row: ArmResult) -> set[int]:
    """Whole numbers of the sentence, or of the cell's heads, that may be its denominator."""
    text = " ".join(filter(None, (row.source.quote, row.source.row, row.source.column)))
    return {int(number.replace(",", "")) for number in _WHOLE.findall(text)} - {0, row.events}


def _could_be(row: ArmResult, total: int, units: int = 2) -> bool:
    """Whether some number of patients, or the one printed, gives the percentage, rounded or cut off."""
    assert row.value is not None  # noqa: S101  # the caller asked
    margin = units * half_unit(row.value)
    if row.events is not None:
        return abs(Decimal(100 * row.events) / total - row.value) < margin
    nearest = (row.value * total / 100).to_integral_value()
    return any(abs(100 * (nearest + step) / total - row.value) < margin for step in (-1, 0, 1))


def _explained_by(rows: list[ArmResult], total: int) -> str:
    """The one smaller denominator of all, as words; nothing where several would do, or one by chance."""
    candidates = range(math.ceil(_EVALUABLE * total), total)
    by_chance = float(len(candidates))
    for value, events in {(row.value, row.events) for row in rows}:
        assert value is not None  # noqa: S101  # they have one
        unit = 2 * float(half_unit(value))
        by_chance *= min(1.0, unit * total / 100 if events is None else unit / float(value))
    if by_chance > _BY_CHANCE:
        return ""
    fitting = [n for n in candidates if all(_could_be(row, n, 1) for row in rows)]
    if len(fitting) != 1:
        return ""
    return f"; {fitting[0]} patients would explain {'it' if len(rows) == 1 else 'all'}"


class _Method(NamedTuple):
    name: str
    interval: Callable[[float, float, float], tuple[float, float]]


def _logit(events: float, total: float, level: float) -> tuple[float, float]:
    """Wald interval of the logit, as survey programs give it."""
    if not 0 < events < total:
        return math.nan, math.nan
    low, high = intervals.ci_from_se(logit(events / total), math.sqrt(1 / events + 1 / (total - events)), level)
    return expit(low), expit(high)


_METHODS = (
    _Method("Wilson", proportions.wilson),
    _Method("Clopper-Pearson", proportions.clopper_pearson),
    _Method("Wald", proportions.wald),
    _Method("Agresti-Coull", proportions.agresti_coull),
    _Method("Jeffreys", proportions.jeffreys),
    _Method("Wilson with correction", proportions.wilson_corrected),
    _Method("logit", _logit),
)
#: How far a limit may lie outside the usual intervals, in their half-widths: bootstrap, mid-p and the like.
_SLACK = 0.15
#: A unit of the last digit, in half-widths, at which both limits fit a level hardly by accident.
_FINE = Decimal("0.06")
_OTHER_LEVELS = (90.0, 99.0, 95.0)


def proportion_ci_mismatch(records: Records) -> Iterator[Doubt]:
    """The interval of a proportion is none that its events and patients allow, by any of seven methods.

    Doubted only beyond a margin, as there are more methods, or where it fits another level, which is then named.
    """
    patients = Patients(records)
    for row in records.arm_results:
        if row.measure is not Measure.PROPORTION or row.value is None or row.ci_low is None or row.ci_high is None:
            continue
        count = patients.count(row)
        if count is None or not row.ci_low <= row.value <= row.ci_high or row.ci_low >= row.ci_high:
            continue
        usual = _intervals(count, level(row))
        if any(_fits(row, interval) for interval in usual.values()):
            continue
        other = _other_level(row, count)
        if not _outside(row, list(usual.values())) and not (other and _precise(row)):
            continue
        low, high = usual["Clopper-Pearson"]
        yield Doubt.about(
            row,
            Severity.WARNING,
            f"the {interval_words(row)} is not that of {count.events} of {count.total} patients: the exact one is "
            f"{100 * low:.1f} to {100 * high:.1f}{other}.",
        )


def _intervals(count: Count, level: float) -> dict[str, tuple[float, float]]:
    """Low and high by method, as fractions cut at 0 and 1."""
    found = {}
    for method in _METHODS:
        low, high = method.interval(count.events, count.total, level)
        if not math.isnan(low):
            found[method.name] = (max(0.0, low), min(1.0, high))
    return found


def _fits(row: ArmResult, interval: tuple[float, float]) -> bool:
    """Whether both limits would be printed as the row's, rounded or cut off."""
    return all(
        abs(100 * limit - float(number)) <= 2 * float(half_unit(number))
        for limit, number in zip(interval, (row.ci_low, row.ci_high), strict=True)
        if number is not None
    )


def _outside(row: ArmResult, usual: list[tuple[float, float]]) -> bool:
    """Whether a limit lies clearly outside the range of the usual ones."""
    for number, limits in ((row.ci_low, [low for low, _ in usual]), (row.ci_high, [high for _, high in usual])):
        assert number is not None  # noqa: S101  # the caller asked
        width = max(high - low for low, high in usual) / 2
        slack = 100 * _SLACK * width + 2 * float(half_unit(number))
        if not 100 * min(limits) - slack <= number <= 100 * max(limits) + slack:
            return True
    return False


def _precise(row: ArmResult) -> bool:
    """Whether the limits have digits enough to tell levels apart."""
    assert row.ci_low is not None and row.ci_high is not None  # noqa: S101  # the caller asked
    unit = 2 * max(half_unit(row.ci_low), half_unit(row.ci_high))
    return unit <= _FINE * (row.ci_high - row.ci_low) / 2


def _other_level(row: ArmResult, count: Count) -> str:
    for other in _OTHER_LEVELS:
        if other != level(row):
            for name, interval in _intervals(count, other).items():
                if _fits(row, interval):
                    return f"; as an interval of {other:g}% it would fit ({name})"
    return ""
