"""Where a stretch of a PDF's text stands on its pages.

Nothing of this is stored with a document: the file is read again, and each word notes where it is written.
"""

import hashlib
from collections.abc import Sequence

from evidence.errors import ReadError
from evidence.model.document import Box, Document
from evidence.read.pdf import lay_out
from evidence.read.pdf_page import Box as Frame
from evidence.read.pdf_page import PageText, Span, Word
from evidence.read.pdf_writer import Writer

#: The kind of mark by which a word notes its place.
_PLACE = "place"
#: Characters further apart than this share of their height stand on different lines.
_LEVEL = 0.5
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
    if document.format != "pdf":
        return []
    if hashlib.sha256(data).hexdigest()[:16] != document.document_id:
        raise ReadError(f"{document.source}: this is not the file that was read. Give the same file.")
    layout = lay_out(data, document.source, ocr=any(mark.kind == "ocr" for mark in document.marks))
    writer = _Tracer(layout.pages)
    layout.write(writer)
    if writer.out.text() != document.text:
        raise ReadError(f"{document.source}: the file was read by another version of evidence. Ingest it again.")
    places = [mark for mark in writer.out.marks if mark.kind == _PLACE]
    found: list[tuple[int, Frame]] = []
    for (word, page), mark in zip(writer.words, places, strict=True):
        first, last = max(char_start, mark.char_start), min(char_end, mark.char_end)
        if first < last:
            frame = _part(word, first - mark.char_start, last - mark.char_start)
            if found and found[-1][0] == page and _on_one_line(found[-1][1], frame):
                found[-1] = page, _around([found[-1][1], frame])
            else:
                found.append((page, frame))
    return [_shown(layout.pages[page - 1], page, frame) for page, frame in found]


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


def _part(word: Word, start: int, end: int) -> Frame:
    """The box around some characters of a word; letters within a word of letters alone are taken as equally wide."""
    if len(word.boxes) == len(word.text):
        return _around(word.boxes[start:end])
    _, top, _, bottom = _around(word.boxes)
    width = (word.x1 - word.x0) / len(word.text)
    return word.x0 + start * width, top, word.x0 + end * width, bottom


def _around(parts: Sequence[Frame]) -> Frame:
    """The box around several."""
    return (
        min(box[0] for box in parts),
        min(box[1] for box in parts),
        max(box[2] for box in parts),
        max(box[3] for box in parts),
    )


def _on_one_line(before: Frame, after: Frame) -> bool:
    """Whether a box follows another one at the same height without a wide gap."""
    height = min(before[3] - before[1], after[3] - after[1])
    level = min(before[3], after[3]) - max(before[1], after[1]) > _LEVEL * height
    return level and before[0] <= after[0] and after[0] - before[2] < _WIDE * height


def _shown(page: PageText, number: int, frame: Frame) -> Box:
    x0, top, x1, bottom = page.shown(*frame)
    return Box(page=number, x0=x0, top=top, x1=x1, bottom=bottom)
