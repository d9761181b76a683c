"""Where a stretch of a PDF's text stands on its pages.

Nothing of this is stored with a document: the file is read again, and each word notes where it is written. The words of
the document asked about last are kept, some MB, so that asking for many of its quotes lays it out once.
"""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from evidence.errors import ReadError
from evidence.model.document import Box, Document
from evidence.read.pdf import lay_out
from evidence.read.pdf_page import Box as Frame
from evidence.read.pdf_page import PageText, Span, Word, median
from evidence.read.pdf_writer import Writer

#: The kind of mark by which a word notes its place.
_PLACE = "place"
#: Characters further apart than this share of their height stand on different lines.
_LEVEL = 0.5
#: Boxes taller than this many usual ones belong to signs of other fonts.
_TALL = 1.1
#: A gap wider than this many heights parts columns.
_WIDE = 2.0


def boxes(data: bytes, document: Document, char_start: int, char_end: int) -> list[Box]:
    """Rectangles around the printed characters of `document.text[char_start:char_end]`, one per line.

    Parameters
    ----------
    data : bytes
        The file the document was read from.
    document : Document
        As `read` gave it. For formats without pages the result is empty.
    char_start : int
        Offset in `document.text`.
    char_end : int
        Offset behind the last character.

    Raises
    ------
    ReadError
        If the file is not the one the document was read from, or another version of this program read it.
    """
    if document.format != "pdf" or char_start >= char_end:
        return []
    printed = _printed_as_read(data, document)
    lines: list[tuple[int, list[Frame]]] = []  # page, and the characters or words of one line of it
    for word, page, start, end in printed.words_between(char_start, char_end):
        parts = _parts(word, max(char_start, start) - start, min(char_end, end) - start)
        if lines and lines[-1][0] == page and _on_one_line(_around(lines[-1][1]), _around(parts)):
            lines[-1][1].extend(parts)
        else:
            lines.append((page, parts))
    return [_shown(printed.pages[page - 1], page, _around(parts)) for page, parts in lines]


class PlacedWord(NamedTuple):
    """A word as it is written in the text, with the rectangle around it on its page."""

    char_start: int
    char_end: int
    box: Box


def placed_words(data: bytes, document: Document) -> list[PlacedWord]:
    """Every word of a PDF in the order of the text; empty for formats without pages. Faults as in `boxes`."""
    if document.format != "pdf":
        return []
    printed = _printed_as_read(data, document)
    return [
        PlacedWord(start, end, _shown(printed.pages[page - 1], page, _around(_parts(word, 0, end - start))))
        for word, page, start, end in printed.words
    ]


class _Written(NamedTuple):
    """A word with its page and the offsets it is written at."""

    word: Word
    page: int
    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True)
class _Printed:
    """The text of a file, and its words in the order of the text."""

    text: str
    pages: list[PageText]
    words: list[_Written]

    def words_between(self, char_start: int, char_end: int) -> list[_Written]:
        """The words of which some characters stand between two offsets."""
        first = bisect_right(self.words, char_start, key=lambda written: written.char_end)
        return self.words[first : bisect_left(self.words, char_end, key=lambda written: written.char_start)]


def _printed_as_read(data: bytes, document: Document) -> _Printed:
    """The words of the file, which has to give the text that was read."""
    recognised = any(mark.kind == "ocr" for mark in document.marks)
    printed = _printed(data, document.document_id, document.source, ocr=recognised)
    if printed.text != document.text:
        raise ReadError(f"{document.source}: the file was read by another version of evidence. Ingest it again.")
    return printed


@lru_cache(maxsize=1)
def _printed(data: bytes, document_id: str, source: str, *, ocr: bool) -> _Printed:
    if hashlib.sha256(data).hexdigest()[:16] != document_id:
        raise ReadError(f"{source}: this is not the file that was read. Give the same file.")
    layout = lay_out(data, source, ocr=ocr)
    writer = _Tracer(layout.pages)
    layout.write(writer)
    places = [mark for mark in writer.out.marks if mark.kind == _PLACE]
    words = [
        _Written(word, page, mark.char_start, mark.char_end)
        for (word, page), mark in zip(writer.words, places, strict=True)
    ]
    return _Printed(writer.out.text(), layout.pages, words)


class _Tracer(Writer):
    """Writes the same text, and notes of each word where it is written and on which page it stands."""

    follows_words = True

    def __init__(self, pages: Sequence[PageText]) -> None:
        super().__init__(pages)
        self.words: list[tuple[Word, int]] = []

    def marks_of(self, word: Word, at: int, length: int) -> list[Span]:
        if length == 0:
            return []
        self.words.append((word, self.number))
        return [(_PLACE, at, at + length)]


def _parts(word: Word, start: int, end: int) -> list[Frame]:
    """The boxes of some characters of a word; letters in a word of letters alone are taken as equally wide."""
    if len(word.boxes) == len(word.text):
        return list(word.boxes[start:end])
    _, top, _, bottom = _around(word.boxes)
    width = (word.x1 - word.x0) / len(word.text)
    return [(word.x0 + start * width, top, word.x0 + end * width, bottom)]


def _around(parts: Sequence[Frame]) -> Frame:
    """The box around several; what is much taller than the others reaches into other lines and does not make it taller.

    The signs of some fonts for mathematics have boxes that are taller than a line.
    """
    usual = median(box[3] - box[1] for box in parts)
    level = [box for box in parts if box[3] - box[1] <= _TALL * usual]
    return (
        min(box[0] for box in parts),
        min(box[1] for box in level),
        max(box[2] for box in parts),
        max(box[3] for box in level),
    )


def _on_one_line(before: Frame, after: Frame) -> bool:
    """Whether a box follows another one at the same height without a wide gap."""
    height = min(before[3] - before[1], after[3] - after[1])
    level = min(before[3], after[3]) - max(before[1], after[1]) > _LEVEL * height
    return level and before[0] <= after[0] and after[0] - before[2] < _WIDE * height


def _shown(page: PageText, number: int, frame: Frame) -> Box:
    x0, top, x1, bottom = page.shown(*frame)
    return Box(page=number, x0=x0, top=top, x1=x1, bottom=bottom)
