"""What the picture of a page shows beside its words: ruled lines, and which sign really stands between two figures.

OCR takes the raised point of "0·64" for a hyphen or a colon, which would make two numbers of one. The ink tells them
apart: a point is small and about as wide as high, a hyphen is wide, a colon is two blobs.
"""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from evidence.read.pdf_page import Box
from evidence.read.pdf_shapes import Rule, Shapes

Picture = npt.NDArray[np.uint8]  # grey values, rows from the top
Ink = npt.NDArray[np.bool_]

#: A3 has half as many at 300 dots per inch; a page that claims to be larger is rendered coarser.
_MOST_PIXELS = 40_000_000
#: Darker than this is ink.
_DARK = 140
#: Points; the shortest line that rules a table, and the thickest.
_SHORTEST, _THICKEST = 30.0, 2.5
#: A sign between figures, or behind a percentage, that OCR may have taken for another.
_BETWEEN = re.compile(r"(?<=[\d%])[-:.\u00b7\u2010-\u2014]+(?=\d)")
_POINTS = (".", "\u00b7")
#: A dash is lower than this share of a figure, and longer than that.
_FLAT, _LONG = 0.25, 0.4
#: A dash that is longer than this share of a figure is no hyphen.
_EN = 0.55
#: A point is lower than this share of a figure, and at most so much wider than high, or higher than wide.
_LOW, _ROUND = 0.35, 1.6
#: Its middle stands higher above the foot of the line than this share of a figure if it is a raised one.
_RAISED = 0.25
#: Stands for a sign that nobody can tell.
UNKNOWN = "\ufffd"


def rules(picture: Picture, scale: float) -> Shapes:
    """The lines that rule the page, in points; `scale` is pixels per point."""
    ink = picture < _DARK
    level = sorted((y0 / scale, x0 / scale, x1 / scale) for x0, y0, x1, _ in _bars(ink, scale))
    upright = tuple((x0 / scale, y0 / scale, x1 / scale, y1 / scale) for y0, x0, y1, x1 in _bars(ink.T, scale))
    drawn = tuple(Rule(y=y, x0=x0, x1=x1, segments=((x0, x1),)) for y, x0, x1 in level)
    return Shapes(rules=drawn, verticals=upright, areas=(), pictures=(), fills=())


def _bars(ink: Ink, scale: float) -> Iterator[tuple[int, int, int, int]]:
    """Long thin runs of ink along the rows: x0, y0, x1, y1 in pixels."""
    shortest, thickest = int(_SHORTEST * scale), _THICKEST * scale
    open_bars: list[list[int]] = []
    for y in np.flatnonzero(ink.sum(axis=1) >= shortest):
        edges = np.flatnonzero(np.diff(np.concatenate(([False], ink[y], [False])).astype(np.int8)))
        runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= shortest]
        going = []
        for bar in open_bars:
            if bar[3] < y:
                yield from _bar(bar, thickest)
            else:
                going.append(bar)
        open_bars = going
        for a, b in runs:
            same = next((bar for bar in open_bars if bar[0] < b and a < bar[2]), None)
            if same is None:
                open_bars.append([a, int(y), b, int(y) + 1])
            else:
                same[0], same[2], same[3] = min(a, same[0]), max(b, same[2]), int(y) + 1
    for bar in open_bars:
        yield from _bar(bar, thickest)


def _bar(bar: list[int], thickest: float) -> Iterator[tuple[int, int, int, int]]:
    if bar[3] - bar[1] <= thickest:
        yield bar[0], bar[1], bar[2], bar[3]


def signs(text: str, box: Box, picture: Picture) -> str:
    """A word with the signs between its figures as its ink shows them; `UNKNOWN` where that cannot be told.

    `box` is that of the word in pixels. Only what OCR took for a hyphen or a colon becomes unknown; a point that it saw
    is left, because it takes nothing else for one.
    """
    places = [match.span() for match in _BETWEEN.finditer(text)]
    if not places:
        return text
    x0, top, x1, bottom = (round(edge) for edge in box)
    ink = picture[max(top, 0) : bottom, max(x0, 0) : x1] < _DARK
    glyphs = _glyphs(ink)
    apart = len(glyphs) == len(text)
    dashes = apart or _dashes(ink) == sum(text[start] not in _POINTS for start, _ in places)
    read, at = [], 0
    for start, end in places:
        seen = _sign(ink, glyphs[start], glyphs[start - 1]) if apart and end == start + 1 else None
        if seen is None and text[start:end] in _POINTS:
            seen = text[start]
        elif seen is None and dashes and not apart:
            seen = "-" if text[start:end] == "-" else "\u2013"
        read += [text[at:start], seen or UNKNOWN]
        at = end
    return "".join([*read, text[at:]])


def _dashes(ink: Ink) -> int:
    """How many dashes a word has, also where they touch its figures: wide, and nothing above or below them."""
    some = ink.any(axis=0)
    if not some.any():
        return 0
    first, last = ink.argmax(axis=0), ink.shape[0] - 1 - ink[::-1].argmax(axis=0)
    foot, head = np.median(last[some]), np.median(first[some])
    height = foot - head + 1
    middle = (first + last) / 2
    thin = (
        some & (last - first < _FLAT * height) & (middle < foot - _RAISED * height) & (middle > head + _RAISED * height)
    )
    edges = np.flatnonzero(np.diff(np.concatenate(([False], thin, [False])).astype(np.int8)))
    return int(np.count_nonzero(edges[1::2] - edges[::2] >= _LONG * height))


def _glyphs(ink: Ink) -> list[tuple[int, int]]:
    """The columns of each sign, where blank columns part all of them."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], ink.any(axis=0), [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _sign(ink: Ink, columns: tuple[int, int], figure: tuple[int, int]) -> str | None:
    """What stands in these columns, measured by the figure before."""
    rows = np.flatnonzero(ink[:, columns[0] : columns[1]].any(axis=1))
    tall = np.flatnonzero(ink[:, figure[0] : figure[1]].any(axis=1))
    height = int(tall[-1] - tall[0]) + 1
    wide, high = columns[1] - columns[0], int(rows[-1] - rows[0]) + 1
    if len(rows) < high - 1:
        return ":"
    if high > _LOW * height:
        return None
    if wide > _ROUND * high:
        return "\u2013" if wide > _EN * height else "-"
    if wide > _LOW * height:
        return None
    above = tall[-1] - (rows[-1] + rows[0]) / 2
    return "\u00b7" if above > _RAISED * height else "."


def scale_of(page: Any, dots_per_inch: int) -> float:
    """Pixels per point for a `pypdfium2.PdfPage`."""
    width, height = page.get_size()
    return float(min(dots_per_inch / 72, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5))


def picture_of(page: Any, scale: float) -> Picture:
    """A `pypdfium2.PdfPage` in grey values."""
    grey: Picture = page.render(scale=scale, grayscale=True).to_numpy()
    return grey.reshape(grey.shape[0], -1)
