"""Rules, tinted areas and pictures of a page: what a table is drawn with."""

import ctypes
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

from evidence.read.pdf_page import Box, Turn

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


def read_shapes(page: Any, turn: Turn, width: float, height: float) -> Shapes:
    """Everything drawn on a `pypdfium2.PdfPage`, sorted by kind."""
    segments: list[tuple[float, float, float, bool]] = []
    verticals, areas, pictures = [], [], []
    fills: list[Box] = []
    for item, kind, bounds in _objects(page.raw):
        points = pdfium.FPDFPath_CountSegments(item) if kind == pdfium.FPDF_PAGEOBJ_PATH else 0
        box = turn(*bounds)
        wide, high = box[2] - box[0], box[3] - box[1]
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            pictures.append(box)
        elif high <= _THIN and wide >= _SHORTEST_RULE:
            segments.append(((box[1] + box[3]) / 2, box[0], box[2], True))
        elif wide <= _THIN and high >= _SHORTEST_RULE:
            verticals.append(box)
        elif wide >= 20 and high >= 6 and not (wide > 0.95 * width and high > 0.9 * height):
            areas.append(box)
            if _FEWEST_POINTS <= points <= _MOST_POINTS and _is_filled(item):
                fills += [turn(*part) for part in _rectangles(item, points)]
            elif points in (4, 5) and _is_filled(item):
                fills.append(box)
            segments += [(box[1], box[0], box[2], False), (box[3], box[0], box[2], False)]
    return Shapes(tuple(_joined(segments)), tuple(verticals), tuple(areas), tuple(pictures), tuple(fills))


def _is_filled(path: Any) -> bool:
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    return bool(pdfium.FPDFPath_GetDrawMode(path, ctypes.byref(mode), ctypes.byref(stroke)) and mode.value)


def _rectangles(path: Any, points: int) -> Iterator[Box]:
    """The rectangles a path is made of, as left, bottom, right, top of page space."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(path, ctypes.byref(matrix))
    x, y = ctypes.c_float(), ctypes.c_float()
    corners: list[tuple[float, float]] = []
    for i in range(points + 1):
        segment = pdfium.FPDFPath_GetPathSegment(path, i) if i < points else None
        starts = segment is None or pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO
        if starts and len(corners) in (4, 5):
            xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
            yield min(xs), min(ys), max(xs), max(ys)
        if starts:
            corners = []
        if segment is not None:
            pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
            corners.append(
                (
                    matrix.a * x.value + matrix.c * y.value + matrix.e,
                    matrix.b * x.value + matrix.d * y.value + matrix.f,
                )
            )


def _objects(page: Any) -> Iterator[tuple[Any, int, Box]]:
    """Handle, kind and bounds (left, bottom, right, top of page space) of every path and image, forms opened."""
    bounds = [ctypes.c_float() for _ in range(4)]
    pointers = [ctypes.byref(value) for value in bounds]
    wanted = (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE)
    waiting = [
        pdfium.FPDFPage_GetObject(page, i) for i in range(min(_MOST_OBJECTS, pdfium.FPDFPage_CountObjects(page)))
    ]
    for item in waiting:
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind in wanted and pdfium.FPDFPageObj_GetBounds(item, *pointers):
            yield item, kind, (bounds[0].value, bounds[1].value, bounds[2].value, bounds[3].value)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and len(waiting) < _MOST_OBJECTS:
            # The list grows while it is walked: forms may hold forms.
            waiting += [
                pdfium.FPDFFormObj_GetObject(item, i)
                for i in range(min(_MOST_OBJECTS, pdfium.FPDFFormObj_CountObjects(item)))
            ]


def _joined(segments: Iterable[tuple[float, float, float, bool]]) -> list[Rule]:
    """Segments at one height that meet or overlap, as one rule."""
    rules: list[Rule] = []
    level: list[tuple[float, float, float, bool]] = []
    for segment in sorted(segments):
        if level and segment[0] - level[0][0] > _LEVEL:
            rules += _chains(level)
            level = []
        level.append(segment)
    return rules + _chains(level) if level else rules


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
