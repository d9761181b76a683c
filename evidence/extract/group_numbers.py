"""What the number of one group in a cell is: a proportion, a count, a mean, a median, a survival probability.

The cell gives the form, its heads the unit; where the two do not make one thing, the number is not read.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from evidence.extract.cell_numbers import CellNumber
from evidence.extract.numbers import Kind, Quantity
from evidence.extract.table_outcomes import Named
from evidence.extract.times import to_months
from evidence.model.codes import Measure, Outcome

#: Further from events / total than this, in percentage points, a bracket is no percentage of that total.
_SHARE_TOLERANCE = Decimal("1.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupNumber:
    """One number of one group; times are in months."""

    measure: Measure
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    quantity: Quantity
    sure: float


def number_of_group(
    cell: CellNumber,
    unit: str | None,
    spread: str | None,
    size: int | None,
    named: Named,
    time_unit: str | None,
    months: Decimal | None,
    general: set[str],
) -> GroupNumber | None:
    """What the number of one group is; None where the table does not tell."""
    if unit == "rate" or unit in ("sd", "se"):
        return None
    if cell.not_reached:
        timed = unit == "median" or named.kind == "time_to_event" or "time" in named.text.lower()
        return _made(Measure.MEDIAN_TIME, None, kind=Kind.NOT_REACHED) if timed else None
    if cell.fraction:
        return _share(
            cell,
            cell.total,
            explicit=cell.bracket_percent or unit in ("count_percent", "fraction", "percent"),
        )
    value = cell.value
    if value is None:
        return None
    if cell.plus_minus:
        if unit == "median":
            return None
        if named.kind in ("time_to_event", "incidence", "response") and (cell.percent or unit == "percent"):
            return _percent(cell, value, named, months, spread)
        sd = (
            cell.bracket
            if unit == "mean_sd" or (unit != "mean_se" and "mean_sd" in general and "mean_se" not in general)
            else None
        )
        sure = 1.0 if unit in ("mean_sd", "mean_se") else 0.85
        return _made(Measure.MEAN, value, sd=sd, total=cell.total or size, sure=sure)
    if cell.low is not None and cell.high is not None:
        return _limited(cell, unit, spread, named, time_unit, months, size)
    if cell.bracket is not None or (cell.bracket_percent and cell.whole):
        if unit in ("mean_sd", "mean_se", "mean") and not cell.bracket_percent:
            return _made(Measure.MEAN, value, sd=cell.bracket if unit == "mean_sd" else None, total=cell.total or size)
        if unit == "median" and not cell.bracket_percent:
            return None
        fits = _fits(cell, size)
        if cell.whole and (
            cell.bracket_percent or unit in ("count_percent", "count") or (unit in (None, "percent") and fits)
        ):
            if unit in (None, "count") and not cell.bracket_percent and not fits:
                return None
            return _share(cell, size if fits else None, explicit=True, sure=1.0 if fits or size is None else 0.7)
        if unit is None and general == {"mean_sd", "count_percent"} and not cell.whole:
            return _made(Measure.MEAN, value, sd=cell.bracket, total=cell.total or size, sure=0.9)
        return None
    if unit == "percent" or cell.percent:
        return _percent(cell, value, named, months, spread)
    if unit in ("count", "count_percent", "fraction") and cell.whole:
        if unit == "count_percent" and value != 0:
            return _made(Measure.COUNT, value, events=int(value), total=size, sure=0.8)
        return _made(Measure.COUNT, value, events=int(value), total=size, sure=0.95)
    if unit in ("mean", "mean_sd", "mean_se"):
        return _made(Measure.MEAN, value, total=cell.total or size, sure=0.9)
    if unit == "median":
        return _median(value, None, None, named, time_unit)
    return None


def _fits(cell: CellNumber, size: int | None) -> bool:
    """Whether the bracket is the percentage of events in the group's size."""
    if size is None or cell.value is None or cell.value > size:
        return False
    return cell.bracket is None or abs(100 * cell.value / size - cell.bracket) < _SHARE_TOLERANCE


def _share(cell: CellNumber, total: int | None, *, explicit: bool, sure: float = 1.0) -> GroupNumber | None:
    """Events with their percentage, or of their total."""
    if cell.value is None:
        return None
    events = int(cell.value)
    if cell.bracket is None:
        return _made(Measure.COUNT, cell.value, events=events, total=total, sure=sure)
    if not explicit and not _fits(cell, total):
        return _made(Measure.COUNT, cell.value, events=events, total=total, sure=sure * 0.8)
    if cell.bracket is not None and cell.bracket > 100:
        return None
    return _made(Measure.PROPORTION, cell.bracket, events=events, total=total, sure=sure)


def _percent(
    cell: CellNumber, value: Decimal, named: Named, months: Decimal | None, spread: str | None
) -> GroupNumber | None:
    if not 0 <= value <= 100 or re.search(r"\bchange\b", named.text, re.IGNORECASE):
        return None
    measure = Measure.PROPORTION
    if (
        named.kind == "time_to_event"
        and not re.search(
            r"death"
            r"|mortality",
            named.text,
            re.IGNORECASE,
        )
    ) or (
        re.search(
            r"surviv"
            r"|freedom"
            r"|\bfree\b",
            named.text,
            re.IGNORECASE,
        )
        and months is not None
    ):
        measure = Measure.SURVIVAL_PROBABILITY
    elif (named.kind == "incidence" and months is not None) or re.search(
        r"cumulative incidence", named.text, re.IGNORECASE
    ):
        measure = Measure.CUMULATIVE_INCIDENCE
    ci = spread == "ci"
    return _made(measure, value, low=cell.low if ci else None, high=cell.high if ci else None)


def _limited(
    cell: CellNumber,
    unit: str | None,
    spread: str | None,
    named: Named,
    time_unit: str | None,
    months: Decimal | None,
    size: int | None,
) -> GroupNumber | None:
    value = cell.value
    if value is None:
        return None
    if unit == "percent" or cell.percent:
        return _percent(cell, value, named, months, spread)
    if unit in ("mean", "mean_sd", "mean_se"):
        ci = spread == "ci"
        return _made(
            Measure.MEAN, value, low=cell.low if ci else None, high=cell.high if ci else None, total=cell.total or size
        )
    timed = named.kind == "time_to_event" and time_unit is not None and spread == "ci"
    if unit == "median" or timed:
        return _median(
            value, cell.low if spread == "ci" else None, cell.high if spread == "ci" else None, named, time_unit
        )
    if re.search(r"\bchange\b", named.text, re.IGNORECASE) and spread == "ci":
        return _made(Measure.MEAN, value, low=cell.low, high=cell.high, total=cell.total or size, sure=0.8)
    return None


def _median(
    value: Decimal, low: Decimal | None, high: Decimal | None, named: Named, time_unit: str | None
) -> GroupNumber | None:
    timed = named.kind == "time_to_event" or re.search(r"\btime[ -]to\b|surviv", named.text, re.IGNORECASE)
    if not timed or (time_unit == "days" and named.code is Outcome.OTHER):
        return _made(Measure.MEDIAN, value, low=low, high=high)
    if time_unit is None:
        return None
    convert = [to_months(number, time_unit) if number is not None else None for number in (value, low, high)]
    return _made(Measure.MEDIAN_TIME, convert[0], low=convert[1], high=convert[2])


def _made(
    measure: Measure,
    value: Decimal | None,
    *,
    low: Decimal | None = None,
    high: Decimal | None = None,
    sd: Decimal | None = None,
    events: int | None = None,
    total: int | None = None,
    kind: Kind = Kind.COUNT,
    sure: float = 1.0,
) -> GroupNumber:
    quantity = Quantity(kind=kind, start=0, end=0, at=0, value=value, events=events, total=total, sd=sd)
    return GroupNumber(measure=measure, value=value, low=low, high=high, quantity=quantity, sure=sure)
