"""Which way the ratios of a table point whose heads do not say it, by the numbers of the groups beside them."""

from decimal import Decimal

from evidence.extract.directions import above_one
from evidence.extract.group_names import Who
from evidence.extract.layouts import Sense
from evidence.extract.sheets import Row, Sheet

#: One row may be adjusted, or misprinted.
_FEWEST = 2
#: A ratio between these may lie on the other side of 1 than the raw numbers.
_NEAR_ONE = (Decimal("0.9"), Decimal("1.1"))


def direction_of(sheet: Sheet, sense: Sense) -> tuple[Who, Who] | None:
    """The groups compared by a column of ratios, in its direction.

    They are taken as experimental against control, unless all rows that tell, two at least, can only be meant the other
    way round.
    """
    if sense.index not in sheet.directions:
        sheet.directions[sense.index] = _by_numbers(sheet, sense, sheet.usual_pair(sense))
    return sheet.directions[sense.index]


def _by_numbers(sheet: Sheet, sense: Sense, pair: tuple[Who, Who] | None) -> tuple[Who, Who] | None:
    if pair is None:
        return None
    told = [
        points for line in sheet.grid.lines if (points := _as_usual(sheet, sheet.row(line), sense, pair)) is not None
    ]
    return pair if len(told) < _FEWEST or any(told) else (pair[1], pair[0])


def _as_usual(sheet: Sheet, row: Row, sense: Sense, pair: tuple[Who, Who]) -> bool | None:
    """Whether the ratio of a row is what its numbers of the first group over those of the second make."""
    ratio = sheet.cell(row.line, sense.index)
    measure = sense.measure
    if row.baseline or row.pair is not None or measure is None or ratio is None or ratio.value is None:
        return None
    if _NEAR_ONE[0] < ratio.value < _NEAR_ONE[1]:
        return None
    first, second, named = _number(sheet, row, pair[0]), _number(sheet, row, pair[1]), sheet.named(row, None)
    if first is None or second is None or named is None:
        return None
    expected = above_one(measure, named.kind, first[0], second[0], percent=first[1])
    return None if expected is None else expected == (ratio.value > 1)


def _number(sheet: Sheet, row: Row, who: Who) -> tuple[Decimal, bool] | None:
    """The percentage (True) or median (False) of a group in a row; None where it has another number, or several.

    Counts with their percentages may be of events or of those without.
    """
    found = [sense for sense in sheet.layout.senses if sense.role == "group" and sense.who == who]
    cell = sheet.cell(row.line, found[0].index) if len(found) == 1 else None
    if cell is None or cell.value is None or cell.fraction:
        return None
    unit, _ = sheet.unit(row, found[0])
    if cell.percent or unit == "percent":
        return cell.value, True
    return (cell.value, False) if unit == "median" else None
