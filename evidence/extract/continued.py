"""Tables that a document prints in several parts, put together again."""

import re
from collections.abc import Sequence
from dataclasses import replace

from evidence.model.document import Table

_CONTINUED = re.compile(r"[\s.:(\[\u2013\u2014-]*(?:continued|cont(?:inue)?['\u2019]?d|cont)\b[\s.)\]]*", re.IGNORECASE)


def whole_tables(tables: Sequence[Table]) -> tuple[tuple[Table, ...], ...]:
    """The tables of a document in order, the parts of one together.

    A part has the label and the columns of the table before it, and its caption or none but "continued".
    """
    found: list[list[Table]] = []
    for table in tables:
        if found and _goes_on(found[-1][0], table):
            found[-1].append(table)
        else:
            found.append([table])
    return tuple(map(tuple, found))


def joined(parts: Sequence[Table]) -> Table:
    """One table of all parts, under the head of the first; a head that a part repeats is left out."""
    first = parts[0]
    if len(parts) == 1:
        return first
    cells, below = list(first.cells), 1 + max((cell.row for cell in first.cells), default=-1)
    for part in parts[1:]:
        own = [cell for cell in part.cells if not cell.head]
        start = min((cell.row for cell in own), default=0)
        cells += [replace(cell, row=cell.row - start + below) for cell in own]
        below = 1 + max((cell.row for cell in cells), default=-1)
    notes = tuple(dict.fromkeys(note for part in parts for note in part.footnotes))
    return replace(first, cells=tuple(cells), footnotes=notes)


def _goes_on(first: Table, table: Table) -> bool:
    if not first.label or table.label != first.label or _width(table) != _width(first):
        return False
    same = table.caption == first.caption and _head(table) == _head(first)
    return same or _CONTINUED.fullmatch(table.caption) is not None


def _width(table: Table) -> int:
    return max((cell.column for cell in table.cells), default=-1)


def _head(table: Table) -> list[tuple[int, int, str]]:
    return [(cell.row, cell.column, " ".join(cell.text.split())) for cell in table.cells if cell.head]
