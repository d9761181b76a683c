"""Tables whose every cell is drawn, by lines or as a filled rectangle, cut along what is drawn.

pdfplumber's table finder puts cells together from lines and filled rectangles, also cells that cover several rows or
columns. Where all cells are drawn nothing is left to guess: a label of three lines, or a value that belongs to two
rows, is one cell. Where rules only part groups of rows, or the outer edges are open, it leaves words out or makes one
cell of several rows; its answer is taken only if every word has its cell, and `pdf_grid` reads all other tables.

The finder is given the geometry that pdfium has read already. Left to itself pdfplumber interprets the page a second
time, at 0.02 to 0.5 s per page and with other words than those whose offsets are kept.
"""

import io
import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import pdfplumber
import pypdfium2 as pdfium

from evidence.read.pdf_grid import Grid, Row, cell_lines, head_end_of, holds_several_rows, without_empty_columns
from evidence.read.pdf_page import Box, Line, Word
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


def drawn_grid(lines: Sequence[Line], rules: Sequence[Rule], shapes: Shapes, area: Box) -> Grid | None:
    """The grid of the lines of a table; None where its cells are not all drawn."""
    words = [word for line in lines for word in line.words]
    edges = _edges(shapes, area)
    if not 8 <= len(edges) <= _MOST_EDGES or not _enclosed(words, edges):
        return None
    middles = sorted((word.middle, (word.x0 + word.x1) / 2) for word in words)
    for table in _finder().find_tables(
        {
            "vertical_strategy": "explicit",
            "horizontal_strategy": "explicit",
            "explicit_vertical_lines": edges,
            "explicit_horizontal_lines": edges,
            **_TOLERANCES,
        }
    ):
        held = [(cell, _count(cell, middles)) for cell in table.cells]
        cells = [cell for cell, count in held if count]
        most = max(count for _, count in held)
        if sum(count for _, count in held) >= _ALL * len(words) and most <= _GROUND * len(words):
            return _grid(cells, lines, rules, area)
    return None


@cache
def _finder() -> Any:
    """An empty page of pdfplumber's: with explicit edges its table finder reads nothing from the page."""
    document, buffer = pdfium.PdfDocument.new(), io.BytesIO()
    document.new_page(100, 100)
    document.save(buffer)
    document.close()
    return pdfplumber.open(buffer).pages[0]


def _enclosed(words: Sequence[Word], edges: Sequence[dict[str, Any]]) -> bool:
    """Whether something vertical is drawn left and right of all words."""
    upright = [edge for edge in edges if edge["height"]]
    left, right = min(word.x0 for word in words), max(word.x1 for word in words)
    return (
        bool(upright)
        and min(edge["x0"] for edge in upright) < left + _SAME
        and max(edge["x1"] for edge in upright) > right - _SAME
    )


def _count(cell: Box, middles: Sequence[tuple[float, float]]) -> int:
    """How many of the points, sorted by height, stand in a cell."""
    x0, top, x1, bottom = cell
    first = bisect_left(middles, (top, 0.0))
    last = bisect_right(middles, (bottom, math.inf))
    return sum(x0 <= middles[i][1] <= x1 for i in range(first, last))


def _edges(shapes: Shapes, area: Box) -> list[dict[str, Any]]:
    """Lines and filled rectangles within a table as pdfplumber describes them."""
    left, top, right, bottom = area[0] - _SAME, area[1] - _SAME, area[2] + _SAME, area[3] + _SAME
    drawn = [("line", (x0, rule.y, x1, rule.y)) for rule in shapes.rules if rule.drawn for x0, x1 in rule.segments]
    drawn += [("line", ((x0 + x1) / 2, high, (x0 + x1) / 2, low)) for x0, high, x1, low in shapes.verticals]
    drawn += [("rect", fill) for fill in shapes.fills]
    return [
        _described(kind, box)
        for kind, box in drawn
        if box[2] > left and box[0] < right and box[3] > top and box[1] < bottom
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
    waiting = sorted((word for line in lines for word in line.words), key=lambda word: word.middle)
    by_row: dict[int, list[tuple[tuple[int, ...], list[Line], int]]] = {}
    for cell in sorted(cells):
        held, waiting = _divided(waiting, cell)
        if held:
            columns = tuple(range(_place(cell[0], xs), _place(cell[2], xs)))
            by_row.setdefault(_place(cell[1], ys), []).append((columns, cell_lines(held, fonts), _place(cell[3], ys)))
    places = sorted(by_row)
    rows: list[Row] = [[(columns, held) for columns, held, _ in by_row[place]] for place in places]
    heights = {
        (r, n): bisect_left(places, end) - r
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
    """The nearest edge."""
    after = bisect_left(edges, value)
    if not after or after == len(edges):
        return min(after, len(edges) - 1)
    return after - (value - edges[after - 1] <= edges[after] - value)


def _divided(words: list[Word], box: Box) -> tuple[list[Word], list[Word]]:
    """Words whose middle stands in a box, and the others; they come and go in the order of their height."""
    x0, top, x1, bottom = box
    first = bisect_left(words, top, key=lambda word: word.middle)
    last = bisect_right(words, bottom, key=lambda word: word.middle)
    level = [(x0 <= (word.x0 + word.x1) / 2 <= x1, word) for word in words[first:last]]
    outside = [word for inside, word in level if not inside]
    return [word for inside, word in level if inside], words[:first] + outside + words[last:]
