"""Regression tables: a level of a factor against its reference level, or a factor by itself."""

import re

from evidence.extract.cell_numbers import read_p
from evidence.extract.group_names import Who
from evidence.extract.layouts import Sense, factor_of
from evidence.extract.meanings import hear, says_nothing
from evidence.extract.numbers import Kind, Quantity
from evidence.extract.pairs import Pair
from evidence.extract.sheets import Row, Sheet
from evidence.extract.table_contrasts import write_estimate
from evidence.extract.table_groups import size_of_row, write_number
from evidence.extract.table_outcomes import Named, name_outcome, outcome_of_caption
from evidence.model.codes import Measure, Outcome

_AGAINST = re.compile(
    r"(?:^|[:(,]\s*|(?<=\w)\s(?=\S+\s(?:vs|versus)))(?P<a>[^:(),]+?)\s(?:vs?\.?|versus|compared (?:with"
    r"|to))\s(?P<b>[^:(),]+)\)?",
    re.IGNORECASE,
)
#: "HLA typing matched/mismatched", "Age <=30/>30 years": a factor with its two levels, and no more than two.
_EITHER = re.compile(r"(?P<factor>[^/]*\s)?(?P<a>[^\s/]+)\s?/\s?(?P<b>[^/]+)")


def write_factor(sheet: Sheet, row: Row, taken: set[int]) -> None:
    """A line of a regression table: a level of a factor against its reference, or a factor by itself."""
    line = row.line
    factor, level = factor_of(line)
    reference = sheet.layout.references.get(factor)
    name = factor[-1] if factor and not _heads_outcome(sheet, factor[-1]) else ""
    pair = _levels(sheet, name, level, reference)
    caption = outcome_of_caption(sheet.groups.outcome_words, sheet.grid.caption)
    bare = _bare_row(row)
    size = size_of_row(sheet, line, taken)
    for position, sense in enumerate(sheet.layout.senses):
        named = (
            name_outcome(sheet.groups.outcome_words, row="", headings=row.headings, column=sense.rest, caption="")
            if sense.rest or row.headings
            else None
        )
        if named is None or (named.code is Outcome.OTHER and named.kind == "other"):
            named = caption or (named if sense.rest and not says_nothing(sense.rest) else None)
        if named is None:
            continue
        if sense.role in ("estimate", "other"):
            _write_factor_p(sheet, row, sense, named, pair)
        if sense.role == "estimate":
            write_estimate(sheet, bare, position, sense, pair, sense.measure, taken, named=named, sure=0.85)
        elif sense.role in ("other", "group") and sense.index not in taken and (sense.unit or sense.months):
            spot, cell = line.spots[sense.index], sheet.cell(line, sense.index)
            who = pair[0] if reference is None or level != reference else _level(sheet, name, level)
            if spot is not None and cell is not None and (name or who.arm is not None):
                write_number(sheet, bare, sense, None, who, spot, cell, taken, size=size)


def _write_factor_p(sheet: Sheet, row: Row, sense: Sense, named: Named, pair: tuple[Who, Who]) -> None:
    """A cell that prints its p-value with the letter ("P = 0.014") beside a factor of two levels."""
    spot = row.line.spots[sense.index]
    p = read_p(spot.text, named=False) if spot is not None else None
    if spot is None or p is None or (not pair[1].label and pair[1].arm is None):
        return
    sheet.rows.add_contrast(
        sheet.context,
        Pair(arm=pair[0].arm, comparator=pair[1].arm, sure=1.0),
        Quantity(kind=Kind.P_VALUE, start=0, end=0, at=0, value=p.value, p=p),
        measure=Measure.P,
        outcome=named.code,
        outcome_text=named.text,
        months=None,
        subgroup=sheet.people,
        adjustment=sheet.adjustment(row, sense),
        source=sheet.source(row.line, spot, spot, sense.column.head),
        sure=0.7 * named.sure,
        labels=(pair[0].label or "", pair[1].label or ""),
    )


def _heads_outcome(sheet: Sheet, heading: str) -> bool:
    """Whether a heading names an outcome or a model instead of a factor."""
    if re.search(r"\b(?:model|analysis|univaria\w+|multivaria\w+)\b", heading, re.IGNORECASE):
        return True
    kind = _kind_of(sheet, heading)
    if kind != "incidence":  # GVHD may be a factor; among headings that all name outcomes it is one of them
        return kind == "time_to_event"
    headings = {line.headings[-1] for line in sheet.grid.lines if line.headings}
    return len(headings) > 1 and all(_kind_of(sheet, one) in ("time_to_event", "incidence") for one in headings)


def _kind_of(sheet: Sheet, heading: str) -> str | None:
    """The kind of outcome that a heading names, if it names one."""
    named = name_outcome(sheet.groups.outcome_words, row="", headings=(hear(heading).rest,), column="", caption="")
    return named.kind if named is not None else None


def _level(sheet: Sheet, name: str, level: str) -> Who:
    known = sheet.groups.who(level, loose=False, share=0.8)
    if known is not None and known.arm is not None:
        return known
    return Who(arm=None, label=(hear(f"{name} {level}").rest or f"{name} {level}").strip())


def _levels(sheet: Sheet, name: str, level: str, reference: str | None) -> tuple[Who, Who]:
    inside = sheet.groups.pair(f"{level}", sheet.layout.groups)
    if inside is not None:
        return inside
    match = _AGAINST.search(level)
    if match:
        factor = f"{name} {level[: match.start('a')]}".strip(" ,:(")
        return _level(sheet, factor, match["a"].strip()), _level(sheet, factor, match["b"].strip(" )"))
    if reference is not None and reference != level:
        return _level(sheet, name, level), _level(sheet, name, reference)
    if two := _EITHER.fullmatch(level):
        factor = f"{name} {two['factor'] or ''}".strip()
        return _level(sheet, factor, two["a"]), _level(sheet, factor, two["b"])
    return _level(sheet, name, level), Who(arm=None, label="")


def _bare_row(row: Row) -> Row:
    """The line of a factor: its words are a group, not an outcome."""
    return Row(
        line=row.line,
        said=row.said,
        who=None,
        pair=None,
        rest="",
        when="",
        headings=row.headings,
        subgroup=None,
        measure=None,
        unit=row.unit if row.unit not in ("count", "percent") else None,
        spread=row.spread,
        months=None,
        baseline=False,
    )
