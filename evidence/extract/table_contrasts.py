"""Comparisons in tables: estimates with their limits and p-values, and p-values that stand alone."""

import re
from collections.abc import Sequence
from decimal import Decimal

from evidence.extract.cell_numbers import read_p
from evidence.extract.grids import Spot
from evidence.extract.group_names import Who
from evidence.extract.layouts import Sense
from evidence.extract.meanings import compares_within, hear
from evidence.extract.numbers import Kind, PValue, Quantity, Spread
from evidence.extract.outcomes import find_outcomes
from evidence.extract.pairs import Pair
from evidence.extract.sheets import Row, Sheet
from evidence.extract.table_directions import direction_of
from evidence.extract.table_notes import is_ratio, p_of_note, subdistribution_of
from evidence.extract.table_outcomes import Named
from evidence.model.codes import Measure, Outcome

#: Measures that are never zero or negative.
_RATIOS = (Measure.HR, Measure.SHR, Measure.OR, Measure.RR, Measure.IRR)


def write_estimates(sheet: Sheet, row: Row, taken: set[int]) -> None:
    """Estimates in columns of their own, in rows naming two groups, or in rows of a measure over columns of groups."""
    for position, sense in enumerate(sheet.layout.senses):
        if sense.role == "estimate":
            write_estimate(
                sheet, row, position, sense, sense.pair or row.pair or direction_of(sheet, sense), sense.measure, taken
            )
    if row.measure is None:
        return
    if row.pair is not None:
        for position, sense in enumerate(sheet.layout.senses):
            if sense.role in ("other", "group") and sense.index not in taken:
                write_estimate(sheet, row, position, sense, row.pair, row.measure, taken)
        return
    columns = [sense for sense in sheet.layout.senses if sense.role in ("group", "other") and not sense.baseline]
    cells = {sense.index: sheet.cell(row.line, sense.index) for sense in columns}
    filled = [sense for sense in columns if (cell := cells[sense.index]) is not None and not cell.reference]
    filled = _each_once(row, filled)
    references = [sense for sense in columns if (cell := cells[sense.index]) is not None and cell.reference]
    taken_here = {sense.index for sense in columns}
    if len(filled) == 1 and len(sheet.layout.groups) == 2 and not references:
        write_estimate(
            sheet, row, sheet.layout.senses.index(filled[0]), filled[0], sheet.usual_pair(filled[0]), row.measure, taken
        )
    elif len(references) == 1:
        base = references[0]
        for sense in filled:
            pair = (_column_group(sense), _column_group(base))
            write_estimate(
                sheet, row, sheet.layout.senses.index(sense), sense, pair, row.measure, taken, by_column=True
            )
    taken |= taken_here


def _each_once(row: Row, columns: Sequence[Sense]) -> list[Sense]:
    """Columns without those into which the cell of an earlier one reaches ("HR 0.64" below both arms)."""
    found: dict[int | None, Sense] = {}
    for sense in columns:
        spot = row.line.spots[sense.index]
        found.setdefault(spot.cell.char_start if spot is not None else None, sense)
    return list(found.values())


def write_estimate(
    sheet: Sheet,
    row: Row,
    position: int,
    sense: Sense,
    pair: tuple[Who, Who] | None,
    measure: Measure | None,
    taken: set[int],
    *,
    by_column: bool = False,
    named: Named | None = None,
    sure: float = 0.9,
) -> None:
    """One estimate of a line, with limits and p-value, if its cell holds one; `pair` None leaves the groups empty."""
    spot = row.line.spots[sense.index]
    found = _estimate(sheet, row, position, sense)
    if spot is None or found is None or measure is None:
        return
    quantity, last, used = found
    if len(sense.either) > 1:
        measure = _measure_of_row(sense, row, sheet)
        if measure is None:
            return
    if measure in _RATIOS and quantity.value is not None and quantity.value <= 0:
        if row.unit not in ("mean", "mean_sd", "mean_se"):
            return
        measure = Measure.MD  # a row of means in a table of ratios
    if measure is Measure.MD and is_ratio(row.line.head, sheet.grid.notes):
        return  # "LDL*" among differences, with "*ratio to baseline": no measure of the tables
    if measure is Measure.MD and "%" in spot.text and row.unit in ("percent", "count_percent", None):
        measure = Measure.RD
    named = named or sheet.named(row, None if by_column else sense)
    if named is None or (pair is None and named.sure < 0.85):
        return
    if measure is Measure.HR and _of_subdistribution(sheet, named):
        measure = Measure.SHR
    taken |= {sense.index, *used}
    p_sense = _p_of(sheet, position, sense, row, used)
    p = None
    if p_sense is not None and (p_spot := row.line.spots[p_sense.index]) is not None:
        p = read_p(p_spot.text, named=p_sense.role == "p")
        taken.add(p_sense.index)
    p = p or p_of_note(spot.cell.text, sheet.grid.notes)
    quantity = _with_p(quantity, p)
    first, second = pair or (Who(arm=None, label=""), Who(arm=None, label=""))
    if quantity.spread is None:
        sure *= 0.85
    if pair is None:
        sure *= 0.5
    elif first.arm is None or second.arm is None:
        sure *= 0.9
    if (
        quantity.spread is not None
        and quantity.value is not None
        and not quantity.spread.low <= quantity.value <= quantity.spread.high
    ):
        sure *= 0.4
    sheet.rows.add_contrast(
        sheet.context,
        Pair(arm=first.arm, comparator=second.arm, sure=1.0),
        quantity,
        measure=measure,
        outcome=named.code,
        outcome_text=named.text,
        months=None if measure in (Measure.HR, Measure.SHR) else sheet.months(row, sense),
        subgroup=sheet.subgroup(row, None if by_column else sense, named),
        adjustment=sheet.adjustment(row, sense),
        source=sheet.source(row.line, spot, last, sense.column.head),
        sure=sure * named.sure,
        labels=(first.label or "", second.label or ""),
    )


def _of_subdistribution(sheet: Sheet, named: Named) -> bool:
    """Whether the notes call the hazard ratio of an outcome one of the subdistribution: of all, or of those named."""
    for text in subdistribution_of(sheet.grid.notes):
        told = find_outcomes(text, 0, len(text), sheet.groups.outcome_words)
        if not told or any(mention.code is named.code is not Outcome.OTHER for mention in told):
            return True
    return False


def _estimate(sheet: Sheet, row: Row, position: int, sense: Sense) -> tuple[Quantity, Spot, set[int]] | None:
    """Estimate with its limits: in one cell, the limits in the next cell, or one limit in each of the next two."""
    line, senses = row.line, sheet.layout.senses
    spot, cell = line.spots[sense.index], sheet.cell(line, sense.index)
    if spot is None or cell is None or cell.value is None or cell.not_reached or cell.fraction:
        return None
    low, high, last, used = cell.low, cell.high, spot, set[int]()
    following = senses[position + 1 : position + 3]
    if low is None and following:
        after, after_spot = sheet.cell(line, following[0].index), line.spots[following[0].index]
        limits = (
            (following[0].role in ("limits", "p") and following[0].parts[-1].limits)
            or following[0].role == "limits"
            or following[0].column.parts == sense.column.parts
        )
        if after is not None and after_spot is not None and limits:
            if after.low is not None and after.value is None:
                low, high, last, used = after.low, after.high, after_spot, {following[0].index}
            elif len(following) > 1 and after.value is not None and after.bracket is None:
                upper, upper_spot = sheet.cell(line, following[1].index), line.spots[following[1].index]
                if (
                    upper is not None
                    and upper_spot is not None
                    and upper.value is not None
                    and after.value <= cell.value <= upper.value
                ):
                    low, high, last = after.value, upper.value, upper_spot
                    used = {following[0].index, following[1].index}
    if low is None and cell.reference:
        return None
    spread = None
    if low is not None and high is not None:
        level = re.search(
            r"\b(\d{2}(?:\.\d)?)\s?%\s?(?:CI|confidence)",
            " ".join((*sense.column.parts, *row.line.labels, *row.line.headings)),
        )
        spread = Spread(low=low, high=high, kind="ci", level=Decimal(level[1]) if level else None, start=0, end=0)
    quantity = Quantity(kind=Kind.ESTIMATE, start=0, end=0, at=0, value=cell.value, spread=spread)
    return quantity, last, used


def _p_of(sheet: Sheet, position: int, sense: Sense, row: Row, used: set[int]) -> Sense | None:
    """The column with the p-value of an estimate: of the same two groups, else the next one before another estimate."""
    senses = sheet.layout.senses
    if sense.pair is not None:
        same = [
            one
            for one in senses
            if one.role == "p"
            and one.pair is not None
            and _same_pair(one.pair, sense.pair)
            and (one.rest == sense.rest or not one.rest)
        ]
        if len(same) == 1:
            return same[0]
    for one in senses[position + 1 :]:
        if one.index in used:
            continue
        spot = row.line.spots[one.index]
        if one.role == "p" and one.pair is None and not compares_within(" ".join(one.column.parts)):
            return one if spot is None or read_p(spot.text, named=True) else None
        if spot is not None and one.role == "other" and read_p(spot.text, named=False):
            return one
        if spot is not None and one.role == "limits" and "P" in " ".join(one.column.parts):
            return one
        if one.role in ("estimate", "group"):
            return None
    return None


def write_p_values(sheet: Sheet, row: Row, taken: set[int]) -> None:
    """p-values that stand behind no estimate, where it is plain which two groups they compare."""
    for sense in sheet.layout.senses:
        if sense.role != "p" or sense.index in taken or compares_within(" ".join(sense.column.parts)):
            continue
        before = [one for one in sheet.layout.senses if one.role == "group" and one.index < sense.index]
        if before and before[-1].baseline and sense.months is None:
            continue
        spot = row.line.spots[sense.index]
        p = read_p(spot.text, named=True) if spot is not None else None
        pair = sense.pair or row.pair or (sheet.usual_pair(sense) if sheet.layout.groups else None)
        named = sheet.named(row, sense)
        if spot is None or p is None or pair is None or named is None or row.who is not None:
            continue
        _write_p(sheet, row, sense, spot, p, pair, named)


def _write_p(sheet: Sheet, row: Row, sense: Sense, spot: Spot, p: PValue, pair: tuple[Who, Who], named: Named) -> None:
    sheet.rows.add_contrast(
        sheet.context,
        Pair(arm=pair[0].arm, comparator=pair[1].arm, sure=1.0),
        Quantity(kind=Kind.P_VALUE, start=0, end=0, at=0, value=p.value, p=p),
        measure=Measure.P,
        outcome=named.code,
        outcome_text=named.text,
        months=sheet.months(row, sense),
        subgroup=sheet.subgroup(row, sense, named),
        adjustment=sheet.adjustment(row, sense),
        source=sheet.source(row.line, spot, spot, sense.column.head),
        sure=0.85 * named.sure,
        labels=(pair[0].label or "", pair[1].label or ""),
    )


def write_p_of_notes(sheet: Sheet, row: Row) -> None:
    """p-values that the note to a sign gives, behind the share of one of two groups ("37 (37%)*", "*P<0.001").

    Behind a mean or a score the sign may as well tell of a change from baseline within the group.
    """
    if any(sense.role in ("p", "estimate") for sense in sheet.layout.senses) or row.pair is not None:
        return
    marked: dict[PValue, tuple[Sense, Spot]] = {}
    for sense in sheet.layout.senses:
        spot = row.line.spots[sense.index]
        p = p_of_note(spot.cell.text, sheet.grid.notes) if sense.role == "group" and spot is not None else None
        if p is not None and spot is not None:
            marked.setdefault(p, (sense, spot))
    cells = [cell for sense in sheet.layout.senses if (cell := sheet.cell(row.line, sense.index)) is not None]
    shares = all(cell.percent or cell.bracket_percent or cell.fraction for cell in cells)
    for p, (sense, spot) in marked.items():
        pair, named = sheet.usual_pair(sense), sheet.named(row, sense)
        if pair is not None and named is not None and shares and len(marked) == 1:
            _write_p(sheet, row, sense, spot, p, pair, named)


def write_interactions(sheet: Sheet, row: Row, taken: set[int]) -> None:
    """p-values for interaction: they ask whether two groups compare alike at all levels of a factor.

    The words of the outcome and the subgroup name the factor, so that none is taken for a test of the groups.
    """
    for position, sense in enumerate(sheet.layout.senses):
        spot = row.line.spots[sense.index]
        p = read_p(spot.text, named=True) if sense.role == "interaction" and spot is not None else None
        if spot is None or p is None:
            continue
        before = [one for one in sheet.layout.senses[:position] if one.role == "estimate"]
        pair = sense.pair or row.pair or (before[-1].pair or sheet.usual_pair(before[-1]) if before else None)
        named = sheet.named(row, None)
        factor = _factor(sheet, row, named)
        if pair is None or named is None or not factor:
            continue
        taken.add(sense.index)
        hazards = any(one.measure in (Measure.HR, Measure.SHR) for one in sheet.layout.senses)
        sheet.rows.add_contrast(
            sheet.context,
            Pair(arm=pair[0].arm, comparator=pair[1].arm, sure=1.0),
            Quantity(kind=Kind.P_VALUE, start=0, end=0, at=0, value=p.value, p=p),
            measure=Measure.P,
            outcome=Outcome.OS if named.code is Outcome.DEATH and hazards else named.code,
            outcome_text=f"{named.text} (interaction with {factor})",
            months=sheet.months(row, sense),
            subgroup=factor,
            adjustment=sheet.adjustment(row, sense),
            source=sheet.source(row.line, spot, spot, sense.column.head),
            sure=0.8 * named.sure,
            labels=(pair[0].label or "", pair[1].label or ""),
        )


def _factor(sheet: Sheet, row: Row, named: Named | None) -> str:
    """Whose levels a p-value for interaction compares: the head of the levels, their heading, or the line itself."""
    if row.subgroup:
        return hear(sheet.grid.label_heads[-1]).rest
    if named is None or not named.subgroup:
        return ""
    heading, colon, _ = named.subgroup.partition(": ")
    return heading if colon or not _filled_estimates(sheet, row) else ""


def _filled_estimates(sheet: Sheet, row: Row) -> bool:
    return any(sense.role == "estimate" and row.line.spots[sense.index] is not None for sense in sheet.layout.senses)


def _measure_of_row(sense: Sense, row: Row, sheet: Sheet) -> Measure | None:
    """Of several measures in one head: a hazard ratio for survival, the difference or other ratio for the rest."""
    named = sheet.named(row, sense)
    hazards = [measure for measure in sense.either if measure in (Measure.HR, Measure.SHR)]
    others = [measure for measure in sense.either if measure not in hazards]
    fitting = hazards if named is not None and named.kind == "time_to_event" else others
    return fitting[0] if len(hazards) == len(others) == 1 else None


def _column_group(sense: Sense) -> Who:
    if sense.who is not None:
        return sense.who
    return Who(arm=None, label=" ".join(sense.column.parts))


def _same_pair(one: tuple[Who, Who], other: tuple[Who, Who]) -> bool:
    return [(who.arm, (who.label or "").lower() if who.arm is None else "") for who in one] == [
        (who.arm, (who.label or "").lower() if who.arm is None else "") for who in other
    ]


def _with_p(quantity: Quantity, p: PValue | None) -> Quantity:
    return Quantity(kind=quantity.kind, start=0, end=0, at=0, value=quantity.value, spread=quantity.spread, p=p)
