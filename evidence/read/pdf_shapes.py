"""Rules, tinted areas and pictures of a page: what a table is drawn with."""

import ctypes
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pypdfium2.raw as pdfium

from evidence.read.pdf_calls import bounds, count_points, kinds, objects, parts, points
from evidence.read.pdf_page import Box, PageText, Turn

#: Anything thinner is a rule, anything larger an area.
_THIN = 2.6
_SHORTEST_RULE = 6.0
#: Where segments of one rule meet; tables often draw one segment per cell.
_MEET = 5.0
_LEVEL = 1.6
#: A page with more drawn objects is a figure; its tables are found without rules.
_MOST_OBJECTS = 30_000
#: A filled path with so many points may be the cells of a table; one with more is a drawing.
_FEWEST_POINTS, _MOST_POINTS = 15, 4000


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line, put together from its segments; `drawn` is False for the edge of a tinted area."""

    y: float
    x0: float
    x1: float
    segments: tuple[tuple[float, float], ...] = ()
    drawn: bool = True


@dataclass(frozen=True, slots=True)
class Shapes:
    """What is drawn on a page, in the frame of its text."""

    rules: tuple[Rule, ...]  # from top to bottom
    verticals: tuple[Box, ...]
    areas: tuple[Box, ...]
    pictures: tuple[Box, ...]
    fills: tuple[Box, ...]  # filled rectangles, those of one path each for itself

    def __len__(self) -> int:
        return sum(map(len, (self.rules, self.verticals, self.areas, self.pictures, self.fills)))


def read_shapes(page: Any, text: PageText) -> Shapes:
    """Everything drawn on a `pypdfium2.PdfPage`, sorted by kind, in the frame of its text."""
    turn, width, height = text.turn, text.width, text.height
    segments: list[tuple[float, float, float, bool]] = []
    verticals, areas, pictures = [], [], []
    fills: list[Box] = []
    for item, kind, box in _objects(page.raw, turn):
        wide, high = box[2] - box[0], box[3] - box[1]
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            pictures.append(box)
        elif high <= _THIN and wide >= _SHORTEST_RULE:
            segments.append(((box[1] + box[3]) / 2, box[0], box[2], True))
        elif wide <= _THIN and high >= _SHORTEST_RULE:
            verticals.append(box)
        elif wide >= 20 and high >= 6 and not (wide > 0.95 * width and high > 0.9 * height):
            areas.append(box)
            count = count_points(item) if kind == pdfium.FPDF_PAGEOBJ_PATH else 0
            if _FEWEST_POINTS <= count <= _MOST_POINTS and _is_filled(item):
                fills += [turn(*part) for part in _rectangles(item, count)]
            elif count in (4, 5) and _is_filled(item):
                fills.append(box)
            segments += [(box[1], box[0], box[2], False), (box[3], box[0], box[2], False)]
    return Shapes(tuple(_joined(segments)), tuple(verticals), tuple(areas), tuple(pictures), tuple(fills))


def _objects(page: Any, turn: Turn) -> Iterator[tuple[int, int, Box]]:
    """Every path and image with its kind and its box, forms opened."""
    waiting = objects(page, _MOST_OBJECTS)
    found: list[tuple[int, int]] = []
    seen = 0
    while waiting:
        seen += len(waiting)
        inner: list[int] = []
        for item, kind in zip(waiting, kinds(waiting), strict=True):
            if kind in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE):
                found.append((item, kind))
            elif kind == pdfium.FPDF_PAGEOBJ_FORM:
                inner += parts(item, _MOST_OBJECTS - seen - len(inner))
        waiting = inner
    (left, bottom, right, top), has = bounds([item for item, _ in found])
    boxes = zip(*[row.tolist() for row in turn(left, bottom, right, top)], strict=True)
    return ((item, kind, box) for (item, kind), box, real in zip(found, boxes, has, strict=True) if real)


def _is_filled(path: int) -> bool:
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    item = ctypes.cast(path, pdfium.FPDF_PAGEOBJECT)
    return bool(pdfium.FPDFPath_GetDrawMode(item, ctypes.byref(mode), ctypes.byref(stroke)) and mode.value)


def _rectangles(path: int, count: int) -> Iterator[Box]:
    """The rectangles a path is made of, as left, bottom, right, top of page space."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(ctypes.cast(path, pdfium.FPDF_PAGEOBJECT), ctypes.byref(matrix))
    a, b, c, d, e, f = matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f
    of_points, places = points(path, count)
    starts = [i for i, kind in enumerate(of_points) if kind == pdfium.FPDF_SEGMENT_MOVETO]
    for first, end in pairwise([*starts, count]):
        if end - first in (4, 5):
            xs = [a * x + c * y + e for x, y in places[first:end]]
            ys = [b * x + d * y + f for x, y in places[first:end]]
            yield min(xs), min(ys), max(xs), max(ys)


def _joined(segments: Iterable[tuple[float, float, float, bool]]) -> list[Rule]:
    """Segments at one height that meet or overlap, as one rule; a line along the edge of a tint is one by itself."""
    rules: list[Rule] = []
    level: list[tuple[float, float, float, bool]] = []
    for segment in sorted(segments):
        if level and segment[0] - level[0][0] > _LEVEL:
            rules += _of_level(level)
            level = []
        level.append(segment)
    return rules + _of_level(level)


def _of_level(level: list[tuple[float, float, float, bool]]) -> list[Rule]:
    return _chains([part for part in level if part[3]]) + _chains([part for part in level if not part[3]])


def _chains(level: list[tuple[float, float, float, bool]]) -> list[Rule]:
    chains: list[list[tuple[float, float, float, bool]]] = []
    for segment in sorted(level, key=lambda segment: segment[1]):
        if chains and segment[1] - max(part[2] for part in chains[-1]) <= _MEET:
            chains[-1].append(segment)
        else:
            chains.append([segment])
    return [
        Rule(
            y=chain[0][0],
            x0=chain[0][1],
            x1=max(part[2] for part in chain),
            segments=tuple((part[1], part[2]) for part in chain),
            drawn=any(part[3] for part in chain),
        )
        for chain in chains
    ]
