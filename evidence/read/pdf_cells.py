"""Tables whose every cell is drawn, by lines or as a filled rectangle, cut along what is drawn.

pdfplumber's table finder puts cells together from lines and filled rectangles, also cells that cover several rows or
columns. Where all cells are drawn nothing is left to guess: a label of three lines, or a value that belongs to two
rows, is one cell. Where rules only part groups of rows, or the outer edges are open, it leaves words out or makes one
cell of several rows; its answer is taken only if every word has its cell, and `pdf_grid` reads all other tables.

The finder is given the geometry that pdfium has read already. Left to itself pdfplumber interprets the page a second
time, at 0.02 to 0.5 s per page and with other words than those whose offsets are kept.
"""

import io
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pdfplumber

from evidence.read.pdf_glyphs import Box, Line, Word
from evidence.read.pdf_grid import Grid, Row, cell_lines, head_end_of, holds_several_rows, without_empty_columns
from evidence.read.pdf_shapes import Rule, Shapes

#: The finder compares every vertical edge with every horizontal one.
_MOST_EDGES = 3000
#: Edges nearer than this are one.
_SAME = 3.0
#: So much of a table's words must stand in drawn cells.
_ALL = 0.97
#: A rectangle with more than this share of the words is the ground of a table and no cell.
_GROUND = 0.4
_TOLERANCES = {"snap_tolerance": _SAME, "join_tolerance": _SAME, "intersection_tolerance": _SAME, "edge_min_length": 3}


class DrawnCells:
    """Finds drawn cells on the pages of one document; pdfplumber is opened when a table first needs it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._page: Any = None

    def grid(self, lines: Sequence[Line], rules: Sequence[Rule], shapes: Shapes, area: Box) -> Grid | None:
        """The grid of the lines of a table; None where its cells are not all drawn."""
        words = [word for line in lines for word in line.words]
        edges = _edges(shapes, area)
        if not 8 <= len(edges) <= _MOST_EDGES:
            return None
        for table in self._finder().find_tables(
            {
                "vertical_strategy": "explicit",
                "horizontal_strategy": "explicit",
                "explicit_vertical_lines": edges,
                "explicit_horizontal_lines": edges,
                **_TOLERANCES,
            }
        ):
            held = [(cell, sum(_holds(cell, word) for word in words)) for cell in table.cells]
            cells = [cell for cell, count in held if count]
            if sum(count for _, count in held) < _ALL * len(words):
                continue
            if max(count for _, count in held) <= _GROUND * len(words):
                return _grid(cells, lines, rules, area)
        return None

    def _finder(self) -> Any:
        """A page of pdfplumber's. Its content is never read: with explicit edges only its table finder is at work."""
        if self._page is None:
            self._page = pdfplumber.open(io.BytesIO(self._data), pages=[1]).pages[0]
        return self._page


def _edges(shapes: Shapes, area: Box) -> list[dict[str, Any]]:
    """Lines and filled rectangles within a table as pdfplumber describes them."""
    left, top, right, bottom = area
    reach = (left - _SAME, top - _SAME, right + _SAME, bottom + _SAME)
    found = []
    for rule in shapes.rules:
        if rule.drawn:
            found += [_described("line", (x0, rule.y, x1, rule.y)) for x0, x1 in rule.segments]
    for x0, high, x1, low in shapes.verticals:
        found.append(_described("line", ((x0 + x1) / 2, high, (x0 + x1) / 2, low)))
    found += [_described("rect", fill) for fill in shapes.fills]
    return [
        edge
        for edge in found
        if edge["x1"] > reach[0] and edge["x0"] < reach[2] and edge["bottom"] > reach[1] and edge["top"] < reach[3]
    ]


def _described(kind: str, box: Box) -> dict[str, Any]:
    x0, top, x1, bottom = box
    size = {"width": x1 - x0, "height": bottom - top}
    return {
        "object_type": kind,
        "x0": x0,
        "x1": x1,
        "top": top,
        "bottom": bottom,
        "doctop": top,
        "y0": 0,
        "y1": 0,
    } | size


def _grid(cells: Sequence[Box], lines: Sequence[Line], rules: Sequence[Rule], area: Box) -> Grid | None:
    """Cells as rows and columns; None where a drawn cell holds several printed rows, or there is but one column."""
    xs = _distinct([x for cell in cells for x in (cell[0], cell[2])])
    ys = _distinct([y for cell in cells for y in (cell[1], cell[3])])
    if len(xs) < 3 or len(ys) < 3:
        return None
    fonts = {id(word): line.font for line in lines for word in line.words}
    waiting = [word for line in lines for word in line.words]
    by_row: dict[int, list[tuple[tuple[int, ...], list[Line], int]]] = {}
    for cell in sorted(cells):
        held = [word for word in waiting if _holds(cell, word)]
        if held:
            waiting = [word for word in waiting if not _holds(cell, word)]
            columns = tuple(range(_place(cell[0], xs), _place(cell[2], xs)))
            by_row.setdefault(_place(cell[1], ys), []).append((columns, cell_lines(held, fonts), _place(cell[3], ys)))
    places = sorted(by_row)
    rows: list[Row] = [[(columns, held) for columns, held, _ in by_row[place]] for place in places]
    heights = {
        (r, n): sum(place <= other < end for other in places)
        for r, place in enumerate(places)
        for n, (_, _, end) in enumerate(by_row[place])
    }
    head_end = head_end_of(lines, rules, area)
    heads = sum(min(held[0].words[0].middle for _, held in row) < head_end for row in rows)
    if any(holds_several_rows(row) for row in rows[heads:]):
        return None
    notes = cell_lines(waiting, fonts) if waiting else []
    return Grid(without_empty_columns(rows), max(1, heads), notes, heights)


def _distinct(values: Sequence[float]) -> list[float]:
    """Values nearer than `_SAME` to the one before as one."""
    ordered = sorted(values)
    return ordered[:1] + [b for a, b in pairwise(ordered) if b - a > _SAME]


def _place(value: float, edges: Sequence[float]) -> int:
    return min(range(len(edges)), key=lambda i: abs(edges[i] - value))


def _holds(box: Box, word: Word) -> bool:
    """Whether the middle of a word stands in a box."""
    return box[0] <= (word.x0 + word.x1) / 2 <= box[2] and box[1] <= word.middle <= box[3]
