"""The nouns of PDF reading: a page, its lines, their words.

All lengths are points. Boxes are measured from the top left corner of the page as a person reads it: a page whose text
runs sideways is turned first. They come from pdfium's loose character boxes, whose height is that of the font.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Box = tuple[float, float, float, float]  # x0, top, x1, bottom
Boxes = npt.NDArray[np.float64]  # x0, top, x1, bottom by character: four rows
Span = tuple[str, int, int]  # kind of mark, start, end
#: Left, bottom, right, top of page space to a Box; numbers and arrays alike.
Turn = Callable[[Any, Any, Any, Any], tuple[Any, Any, Any, Any]]


class Word:
    """Characters without a blank between them.

    `first` is the place of its first character on the page, `marks` are superscripts and repaired signs as spans of
    `text`. Of a word of letters alone only the first and the last character are measured.
    """

    __slots__ = ("_boxes", "_end", "_start", "bottom", "first", "marks", "text", "top", "x0", "x1")

    def __init__(
        self, text: str, x0: float, top: float, x1: float, bottom: float, first: int, boxes: Boxes, start: int, end: int
    ) -> None:
        self.text = text
        self.x0 = x0
        self.top = top
        self.x1 = x1
        self.bottom = bottom
        self.first = first
        self.marks: tuple[Span, ...] = ()
        # The boxes of the whole page, and which of them are those of this word: a list of its own would cost memory.
        self._boxes = boxes
        self._start = start
        self._end = end

    @property
    def boxes(self) -> list[Box]:
        """One box per character; in a word of letters alone, of the first and the last only."""
        return [(x0, top, x1, bottom) for x0, top, x1, bottom in self._boxes[:, self._start : self._end].T.tolist()]

    def each_box(self) -> list[Box]:
        """A box for each character; the inner ones of a word of letters, never measured, repeat the lower outer one."""
        boxes = self.boxes
        if len(boxes) == len(self.text):
            return boxes
        first, last = boxes
        # Letters that reach out of the font's box make it higher; the lower one is the usual.
        inner = first if first[3] - first[1] <= last[3] - last[1] else last
        return [first, *[inner] * (len(self.text) - 2), last]

    @property
    def size(self) -> float:
        """Height of the font."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Vertical middle."""
        return (self.top + self.bottom) / 2


class Line:
    """Words that follow each other at one height; `font` is that of the first letter, `end_font` that of the last word.

    `broken` says that its last word is broken by a hyphen that is not in `text`; `size` is the height of the font most
    of the line is set in, `box` goes around all words.
    """

    __slots__ = ("box", "broken", "end_font", "font", "size", "text", "upright", "words")

    def __init__(
        self,
        words: list[Word],
        font: str,
        end_font: str = "",
        broken: bool = False,
        upright: bool = True,
        size: float | None = None,
        box: Box | None = None,
    ) -> None:
        self.words = words
        self.font = font
        self.end_font = end_font or font
        self.broken = broken
        self.upright = upright
        self.text = " ".join([word.text for word in words])
        self.size = median([word.bottom - word.top for word in words]) if size is None else size
        self.box = box or box_of(words)


@dataclass(slots=True)
class PageText:
    """One page: `width` and `height` of the frame in which its text runs right, `lines` in stream order.

    `turn` leads from page space into that frame, `shown` from the frame to the page as it is displayed; the two differ
    where a table is printed sideways.
    """

    width: float
    height: float
    lines: list[Line]
    turn: Turn
    shown: Turn
    glyphs: int
    unreadable: int  # characters without a meaning


def box_of(words: list[Word]) -> Box:
    """The box around words."""
    return (
        min([word.x0 for word in words]),
        min([word.top for word in words]),
        max([word.x1 for word in words]),
        max([word.bottom for word in words]),
    )


def median(values: Iterable[float]) -> float:
    """The median of at least one value; that of `statistics` takes several times as long."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
