"""Rows of single groups: each number of a line under a group, or beside one."""

import re
from dataclasses import replace

from evidence.extract.cell_numbers import CellNumber, read_cell
from evidence.extract.grids import Line, Spot
from evidence.extract.group_names import WHOLE, Who
from evidence.extract.group_numbers import number_of_group
from evidence.extract.layouts import Sense
from evidence.extract.meanings import says_nothing
from evidence.extract.sheets import Row, Sheet
from evidence.model.codes import Measure, Outcome, Role

_TIME_TO = re.compile(r"\btime[ -]to\b|\bsurvival\b", re.IGNORECASE)
_SIZES_HEAD = re.compile(
    r"[(]?[nN][)]?|[Nn]o\.?(?: of)? (?:patients|participants|subjects)|[Nn]umber of (?:patients|participants"
    r"|subjects)|[Pp]atients,? ?\(?[nN]\)?|[Tt]otal [nN]"
)
_TWO_WORDS = re.compile(r"[A-Za-z]{3,}\s?/\s?[A-Za-z]{3,}")


#: Heads of columns that part the events of one group ("Any grade | Grade 3 or 4").
_GRADES = re.compile(r"\bgrades?\b|\bserious\b", re.IGNORECASE)


def write_numbers(sheet: Sheet, row: Row, taken: set[int]) -> None:
    """Every number of a line that belongs to one group."""
    line = row.line
    size = size_of_row(sheet, line, taken) if row.who is not None else None
    single = not sheet.layout.groups and any(arm.role is Role.SINGLE for arm in sheet.context.arms)
    for position, sense in enumerate(sheet.layout.senses):
        if sense.index in taken or sense.baseline or sense.role not in ("group", "other"):
            continue
        everybody = single and row.who is None and sense.role == "other" and bool(_GRADES.search(sense.column.head))
        who = WHOLE if everybody else sense.who if sense.role == "group" else row.who
        if row.who is not None and row.who != WHOLE and sense.role == "group" and sense.who == WHOLE:
            who = row.who
        if who is None or (
            row.who not in (None, WHOLE)
            and sense.role == "group"
            and row.who.arm != (sense.who.arm if sense.who else None)
            and sense.who != WHOLE
        ):
            continue
        if who == WHOLE and sense.role == "other" and not everybody:
            continue
        spot = line.spots[sense.index]
        cell = sheet.cell(line, sense.index)
        if spot is None or cell is None:
            continue
        write_number(sheet, row, sense, _following(sheet, position), who, spot, cell, taken, size=size)


def _percent_of(cell: CellNumber, more: CellNumber) -> bool:
    """Whether the next cell is the percentage of a fraction ("62/99 | 62.6")."""
    if not cell.fraction or not cell.total or cell.value is None or cell.bracket is not None or more.value is None:
        return False
    return more.bracket is None and abs(100 * cell.value / cell.total - more.value) < 1


def size_of_row(sheet: Sheet, line: Line, taken: set[int]) -> int | None:
    """People in the group of a row, from a column of group sizes."""
    for sense in sheet.layout.senses:
        cell = (
            sheet.cell(line, sense.index)
            if sense.role == "other" and _SIZES_HEAD.fullmatch(sense.column.head.strip())
            else None
        )
        if cell is not None and cell.whole and cell.value is not None and cell.bracket is None:
            taken.add(sense.index)
            return int(cell.value)
    return None


def _following(sheet: Sheet, position: int) -> Sense | None:
    """The next column of the same group, which may hold the second half of a number (SD, percentage)."""
    senses = sheet.layout.senses
    if position + 1 >= len(senses):
        return None
    this, after = senses[position], senses[position + 1]
    same = after.column.parts[:-1] == this.column.parts[:-1] or (this.role == after.role == "other")
    return after if same else None


def write_number(
    sheet: Sheet,
    row: Row,
    sense: Sense,
    after: Sense | None,
    who: Who,
    spot: Spot,
    cell: CellNumber,
    taken: set[int],
    size: int | None = None,
) -> None:
    """One cell as a row; the column after it may hold its second half."""
    line = row.line
    named = sheet.named(row, sense)
    if named is None:
        return
    unit, said_by = sheet.unit(row, sense)
    if unit == "median" and any(_TIME_TO.search(said.text) for said in (*sense.parts, *row.said)):
        named = replace(named, kind="time_to_event")
    last = line.limits.get(sense.index, spot)
    if (
        after is not None
        and (second := line.spots[after.index]) is not None
        and (more := read_cell(second.text)) is not None
    ):
        if unit in ("mean", None) and after.unit in ("sd", "se") and cell.bracket is None and more.value is not None:
            cell = CellNumber(value=cell.value, bracket=more.value, plus_minus=True, total=cell.total)
            unit, last = f"mean_{after.unit}", second
            taken.add(after.index)
        elif (
            unit == "count"
            and after.unit in ("percent",)
            and cell.whole
            and cell.bracket is None
            and more.value is not None
        ):
            cell = CellNumber(value=cell.value, bracket=more.value, bracket_percent=True, total=cell.total, whole=True)
            unit, last = "count_percent", second
            taken.add(after.index)
        elif _percent_of(cell, more) and after.unit == "percent" and says_nothing(after.rest):
            cell = replace(cell, bracket=more.value, bracket_percent=True)
            last = second
            taken.add(after.index)
    size = size or line.sizes.get(sense.index) or sense.size or sheet.size_of_heading(row, who)
    size = size or (sheet.caption.size if who == WHOLE else None)
    if (
        cell.fraction
        and cell.bracket is None
        and (not sheet.layout.fractions or (unit != "fraction" and _TWO_WORDS.search(row.rest)))
    ):
        return  # "male/female 27/25" counts two things
    read = number_of_group(
        cell,
        unit,
        "ci" if sense.index in line.limits else row.spread or sense.spread or sheet.caption.spread,
        size,
        named,
        sheet.time_unit(row, sense),
        sheet.months(row, sense),
        sheet.general,
    )
    if read is None:
        return
    code = named.code
    if (
        code is Outcome.OS
        and read.measure in (Measure.PROPORTION, Measure.COUNT)
        and re.search(r"death|mortality|died", named.text, re.IGNORECASE)
    ):
        code = Outcome.DEATH
    sure = 0.9 * named.sure * said_by * read.sure * (1.0 if who.arm is not None or who == WHOLE else 0.8)
    whole = next((index for index, arm in enumerate(sheet.context.arms) if arm.role is Role.SINGLE), None)
    sheet.rows.add_arm_result(
        sheet.context,
        who.arm if who.arm is not None else whole if who == WHOLE else None,
        read.quantity,
        measure=read.measure,
        outcome=code,
        outcome_text=named.text,
        value=read.value,
        ci_low=read.low,
        ci_high=read.high,
        months=None if read.measure is Measure.MEDIAN_TIME else sheet.months(row, sense),
        subgroup=sheet.subgroup(row, sense, named),
        source=sheet.source(line, spot, last, sense.column.head),
        sure=sure,
        arm_label=who.label if who != WHOLE else None,
    )
