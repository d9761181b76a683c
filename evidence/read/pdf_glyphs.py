"""What pdfium knows of one page: lines of words in the order of the content stream, with boxes and fonts.

All lengths are points. Boxes are measured from the top left corner of the page as a person reads it: a page whose text
runs sideways is turned first. They come from pdfium's loose character boxes, whose height is that of the font.
"""

import ctypes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pypdfium2.raw as pdfium

from evidence.read.pdf_repair import repair

#: A page with more characters than this is no paper; it would only cost time and memory.
MOST_GLYPHS = 200_000
#: pdfium puts one of these where it took a hyphen at a line end for a broken word.
_BROKEN = "\x02\ufffe"
#: After a ligature a blank narrower than this share of the font size parts no words ("Caulfi eld").
_NO_GAP = 0.06
#: A gap wider than this share of the font size ends a line: the next column or the next cell.
_WIDE_GAP = 1.3
#: Smaller than this share of the line's size and raised by that share: a superscript.
_SMALLER, _RAISED = 0.8, 0.2
#: Signs of footnotes and charges that are raised without a letter or a figure.
_SIGNS = "*\u2020\u2021\u00a7\u00b6#+|\u2212"
_TOKEN = re.compile(rf"[^\s{_BROKEN}]+|[{_BROKEN}]|[\r\n]+|[^\S\r\n]+")
#: A word in which nothing can be raised and no ligature ends: two of its boxes tell all about it.
_PLAIN = re.compile(r"[A-Za-z][a-z]{2,}(?<!f)(?<!f[fil])[.,;:]?")
#: What a character without a meaning is stored as.
_MEANINGLESS = re.compile(r"[\x00\x01\x03-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
#: Every so many characters the text of a page is compared with its glyphs.
_SAMPLE = 61
_FONT_PREFIX = re.compile(r"^[A-Z]{6}\+")

Box = tuple[float, float, float, float]  # x0, top, x1, bottom
Span = tuple[str, int, int]  # kind of mark, start, end
Token = tuple[int, int, list[Box]]  # first character, end, boxes; no boxes for blanks and line ends
Turn = Callable[[float, float, float, float], Box]  # left, bottom, right, top of page space to a Box


@dataclass(slots=True)
class Word:
    """Characters without a blank between them."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    first: int  # index of its first character on the page
    boxes: list[Box]  # one per character; in a plain word, of letters alone, of the first and the last only
    marks: list[Span] = field(default_factory=list)  # superscripts and repaired signs as spans of `text`

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
        self, words: list[Word], font: str, end_font: str = "", broken: bool = False, upright: bool = True
    ) -> None:
        self.words = words
        self.font = font
        self.end_font = end_font or font
        self.broken = broken
        self.upright = upright
        self.text = " ".join(word.text for word in words)
        self.size = _median([box[3] - box[1] for word in words for box in word.boxes])
        self.box = box_of(words)


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
        min(word.x0 for word in words),
        min(word.top for word in words),
        max(word.x1 for word in words),
        max(word.bottom for word in words),
    )


def read_page(page: Any) -> PageText:
    """Lines of words of one `pypdfium2.PdfPage`.

    Raises
    ------
    OverflowError
        If the page has more than `MOST_GLYPHS` characters.
    """
    text_page = page.get_textpage()
    try:
        count = text_page.count_chars()
        if count > MOST_GLYPHS:
            raise OverflowError(f"{count:,} characters")
        characters, repaired = _characters(text_page.raw, count)
        left, bottom, right, top = page.get_bbox()
        tokens, direction = _tokens(text_page.raw, characters, left, top)
        turn = _turn(direction, left, bottom, right, top)
        if direction != "right":
            back = _turn_back("right", left, bottom, right, top)
            tokens = [(start, end, [turn(*back(*box)) for box in boxes]) for start, end, boxes in tokens]
        lines = []
        font_of = _Fonts(text_page.raw)
        for words, broken in _word_runs(characters, tokens, repaired):
            upright = all(_runs_right(word) for word in words)
            if upright:
                _find_raised(words)
            font = font_of(words[0].first)
            end_font = font_of(words[-1].first) if len(words) > 1 else font
            lines.append(Line(words, font, end_font, broken, upright))
        _lay_down_single_letters(lines)
    finally:
        text_page.close()
    width, height = right - left, top - bottom
    if direction in ("up", "down"):
        width, height = height, width
    displayed = ("right", "up", "left", "down")[page.get_rotation() // 90]
    display, back = _turn(displayed, left, bottom, right, top), _turn_back(direction, left, bottom, right, top)
    return PageText(width, height, lines, turn, lambda *box: display(*back(*box)), count, characters.count("\ufffd"))


def _characters(text_page: Any, count: int) -> tuple[str, set[int]]:
    """Characters, and which of them were repaired; U+FFFD stands for one without a meaning."""
    buffer = (ctypes.c_ushort * (count + 1))()
    length = pdfium.FPDFText_GetText(text_page, 0, count, buffer) - 1
    text = bytes(buffer)[: 2 * length].decode("utf-16-le", errors="surrogatepass")
    # Where glyphs have no code the text leaves them out, and its places are no longer those of the glyphs.
    sample = range(0, count, _SAMPLE)
    if len(text) != count or any(pdfium.FPDFText_GetUnicode(text_page, i) != ord(text[i]) for i in sample):
        codes = (pdfium.FPDFText_GetUnicode(text_page, i) for i in range(count))
        text = "".join(chr(code) if code < 0x110000 else "\ufffd" for code in codes)
    characters = list(_MEANINGLESS.sub("\ufffd", text))
    repaired = repair(text_page, characters)
    return "".join(characters), repaired


def _tokens(text_page: Any, characters: str, left: float, top: float) -> tuple[list[Token], str]:
    """Words, blanks and line ends with their boxes, and which way most of the text runs in page space.

    The boxes are those of an upright page: measured from its left and top edge, downwards.
    """
    rectangle = pdfium.FS_RECTF()
    pointer = ctypes.byref(rectangle)
    measure = pdfium.FPDFText_GetLooseCharBox
    votes = dict.fromkeys(("right", "left", "up", "down"), 0)
    tokens: list[Token] = []
    for match in _TOKEN.finditer(characters):
        start, end = match.span()
        boxes: list[Box] = []
        if not characters[start].isspace():
            plain = end - start > 2 and _PLAIN.fullmatch(characters, start, end)
            for i in (start, end - 1) if plain else range(start, end):
                measure(text_page, i, pointer)
                boxes.append(
                    (rectangle.left - left, top - rectangle.top, rectangle.right - left, top - rectangle.bottom)
                )
            if end - start > 1:
                first, last = boxes[0], boxes[-1]
                right = last[0] + last[2] - first[0] - first[2]
                down = last[1] + last[3] - first[1] - first[3]
                if abs(right) >= abs(down):
                    votes["right" if right >= 0 else "left"] += end - start - 1
                else:
                    votes["down" if down > 0 else "up"] += end - start - 1
                    if plain:  # a word that runs sideways has no height of its font in its boxes
                        boxes = []
                        for i in range(start, end):
                            measure(text_page, i, pointer)
                            x0, x1 = rectangle.left - left, rectangle.right - left
                            boxes.append((x0, top - rectangle.top, x1, top - rectangle.bottom))
        tokens.append((start, end, boxes))
    return tokens, max(votes, key=lambda way: votes[way])


def _turn(direction: str, left: float, bottom: float, right: float, top: float) -> Turn:
    """How to come from page space to the frame in which the text runs right and lines run down."""
    if direction == "up":
        return lambda x0, y0, x1, y1: (y0 - bottom, x0 - left, y1 - bottom, x1 - left)
    if direction == "down":
        return lambda x0, y0, x1, y1: (top - y1, right - x1, top - y0, right - x0)
    if direction == "left":
        return lambda x0, y0, x1, y1: (right - x1, y0 - bottom, right - x0, y1 - bottom)
    return lambda x0, y0, x1, y1: (x0 - left, top - y1, x1 - left, top - y0)


def _turn_back(direction: str, left: float, bottom: float, right: float, top: float) -> Turn:
    """The way back from that frame: x0, top, x1, bottom to left, bottom, right, top of page space."""
    if direction == "up":
        return lambda x0, y0, x1, y1: (y0 + left, x0 + bottom, y1 + left, x1 + bottom)
    if direction == "down":
        return lambda x0, y0, x1, y1: (right - y1, top - x1, right - y0, top - x0)
    if direction == "left":
        return lambda x0, y0, x1, y1: (right - x1, y0 + bottom, right - x0, y1 + bottom)
    return lambda x0, y0, x1, y1: (x0 + left, top - y1, x1 + left, top - y0)


def _word_runs(characters: str, tokens: list[Token], repaired: set[int]) -> Iterator[tuple[list[Word], bool]]:
    """Words line by line, and whether the line ends in a broken word."""
    words: list[Word] = []
    parted = True  # a blank or the line's start stands before the next token
    for n, (start, end, own) in enumerate(tokens):
        token = characters[start:end]
        if token[0] in "\r\n":
            if words:
                yield words, False
            words, parted = [], True
        elif token in _BROKEN:
            following = tokens[n + 1][2] if n + 1 < len(tokens) else []
            if words and following and _same_level(words[-1].boxes[-1], following[0]):
                _extend(words[-1], "-", own, [])
                parted = False
            elif words:
                yield words, True
                words, parted = [], True
        elif not own:
            parted = True
        else:
            marks = (
                [("repaired", i - start, i - start + 1) for i in range(start, end) if i in repaired] if repaired else []
            )
            if words:
                before = words[-1].boxes[-1]
                gap, size = own[0][0] - before[2], max(before[3] - before[1], own[0][3] - own[0][1])
                if not _same_level(before, own[0]) or gap > _WIDE_GAP * size or gap < -size:
                    yield words, False
                    words, parted = [], True
                elif parted and -0.2 * size < gap < _NO_GAP * size and _ends_in_ligature(words[-1]):
                    parted = False
            if words and not parted:
                _extend(words[-1], token, own, marks)
            else:
                words.append(Word(token, *_around(own), start, own, marks))
            parted = False
    if words:
        yield words, False


def _around(boxes: list[Box]) -> Box:
    """The box around several."""
    if len(boxes) == 1:
        return boxes[0]
    return (
        min([box[0] for box in boxes]),
        min([box[1] for box in boxes]),
        max([box[2] for box in boxes]),
        max([box[3] for box in boxes]),
    )


def _extend(word: Word, text: str, boxes: list[Box], marks: list[Span]) -> None:
    word.marks += [(kind, a + len(word.text), b + len(word.text)) for kind, a, b in marks]
    word.boxes = _each(word.text, word.boxes) + _each(text, boxes)
    word.text += text
    word.x0, word.top, word.x1, word.bottom = _around(word.boxes)


def _each(text: str, boxes: list[Box]) -> list[Box]:
    """A box for each character; the inner ones of a plain word, which nobody measured, repeat the lower outer one."""
    if len(boxes) == len(text):
        return boxes
    first, last = boxes
    # Letters that reach out of the font's box make it higher; the lower one is the usual.
    inner = first if first[3] - first[1] <= last[3] - last[1] else last
    return [first, *[inner] * (len(text) - 2), last]


def _ends_in_ligature(word: Word) -> bool:
    """Whether the last two characters come from one glyph and so share its box."""
    return len(word.boxes) > 1 and word.boxes[-1] == word.boxes[-2]


def _same_level(before: Box, after: Box) -> bool:
    """Whether two characters overlap vertically by a good part of the smaller one."""
    overlap = min(before[3], after[3]) - max(before[1], after[1])
    return overlap > 0.4 * min(before[3] - before[1], after[3] - after[1])


def _runs_right(word: Word) -> bool:
    if len(word.boxes) < 2:
        return True
    first, last = word.boxes[0], word.boxes[-1]
    return abs(last[0] - first[0]) >= abs(last[1] - first[1])


def _lay_down_single_letters(lines: list[Line]) -> None:
    """A word of one letter has no direction; among sideways words it is one of them."""
    for before, line in pairwise(lines):
        overlaps = min(before.box[2], line.box[2]) > max(before.box[0], line.box[0])
        if len(line.text) == 1 and not before.upright and overlaps:
            line.upright = False


def _find_raised(words: list[Word]) -> None:
    """Mark superscripts, and give every word the top and bottom of the line's own font."""
    boxes = [box for word in words for box in word.boxes]
    heights = [box[3] - box[1] for box in boxes]
    small = _SMALLER * _median(heights)
    usual = boxes if min(heights) >= small else [box for box in boxes if box[3] - box[1] >= small]
    bottom, top = _median([box[3] for box in usual]), _median([box[1] for box in usual])
    raised = small / _SMALLER * _RAISED
    for word in words:
        if usual is not boxes:
            _mark_raised(word, small, bottom - raised)
        word.top, word.bottom = top, bottom


def _mark_raised(word: Word, small: float, above: float) -> None:
    """Mark the characters of a word that are smaller than `small` and stand `above` a height."""
    flags = [
        box[3] - box[1] < small and box[3] < above and _can_be_raised(character)
        for character, box in zip(word.text, _each(word.text, word.boxes), strict=True)
    ]
    start = None
    for i, flag in enumerate([*flags, False]):
        if flag and start is None:
            start = i
        elif not flag and start is not None:
            # Letters within a word are ligatures or small capitals; "10th" ends with its raised letters.
            inside = word.text[start].isalpha() and word.text[i : i + 1].isalpha()
            if not inside and any(character.isalnum() or character in _SIGNS for character in word.text[start:i]):
                word.marks.append(("superscript", start, i))
            start = None


def _median(values: list[float]) -> float:
    values.sort()
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def _can_be_raised(character: str) -> bool:
    """Capitals of a second font are often lower than their neighbours; they are no marks."""
    return not character.isupper() and not character.isspace()


class _Fonts:
    """Names of fonts by the place of a character, without the prefix of a subset."""

    def __init__(self, text_page: Any) -> None:
        self._text_page = text_page
        self._flags = ctypes.c_int()
        self._buffer = ctypes.create_string_buffer(128)
        self._names: dict[bytes, str] = {}

    def __call__(self, index: int) -> str:
        size = len(self._buffer)
        length = pdfium.FPDFText_GetFontInfo(self._text_page, index, self._buffer, size, ctypes.byref(self._flags))
        stored = self._buffer.raw[: max(0, min(length, size) - 1)]
        if stored not in self._names:
            self._names[stored] = _FONT_PREFIX.sub("", stored.decode("utf-8", errors="replace"))
        return self._names[stored]
