"""What pdfium knows of one page: its characters, and the boxes of their font around them.

A page is taken as a whole: the text in one piece, all boxes in one array. Of a word of letters alone only the first and
the last character are measured, for nothing in it is raised where these two are equally high; `pdf_lines` makes lines
of words from the pieces.
"""

import ctypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium

from evidence.read.pdf_calls import codes, fonts, loose_boxes, text_of
from evidence.read.pdf_page import Boxes
from evidence.read.pdf_repair import repairs
from evidence.read.pdf_turn import WAYS, turn, turn_back

#: A page with more characters than this is no paper; it would only cost time and memory.
MOST_GLYPHS = 200_000
#: pdfium puts one of these where it took a hyphen at a line end for a broken word.
BROKEN = "\x02\ufffe"
#: A piece; the group stands for a word in which nothing can be raised and no ligature ends: two of its boxes tell all.
_PIECE = re.compile(
    rf"((?<![^\s])[A-Za-z][a-z]{{2,}}(?<!f)(?<!f[fil])[.,;:]?(?!\S))|[^\s{BROKEN}]+|[{BROKEN}]",
)
#: What a character without a meaning is stored as.
_MEANINGLESS = re.compile(r"[\x00\x01\x03-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
#: Every so many characters the text of a page is compared with its glyphs.
_SAMPLE = 61
#: Boxes of one font differ in height by less than this share.
_SAME_FONT = 0.05
_FONT_PREFIX = re.compile(r"^[A-Z]{6}\+")

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a page between blanks, line ends and broken hyphens, the hyphens being pieces themselves.

    `starts` and `ends` are their places in `characters`. The boxes of a piece are the columns of `boxes` from
    `boxes_from` up to `boxes_to`, those of the characters at `measured`; upright where most of the text runs right.
    """

    characters: str
    repaired: frozenset[int]
    starts: Places
    ends: Places
    boxes_from: Places
    boxes_to: Places
    measured: Places
    boxes: Boxes


def read_pieces(text_page: Any, count: int, frame: tuple[float, float, float, float]) -> tuple[Pieces, str]:
    """The pieces of a page, and which way most of its text runs in page space.

    `frame` is left, bottom, right and top of the page, `count` the number of its characters.
    """
    characters, repaired = _characters(text_page, count)
    found = [n for match in _PIECE.finditer(characters) for n in (match.start(), match.end(), match.lastindex or 0)]
    starts, ends, group = np.array(found, dtype=np.int64).reshape(-1, 3).T.copy()
    plain = group > 0
    pieces = _measured(text_page, characters, repaired, starts, ends, plain, frame)
    first, last = pieces.boxes[:, pieces.boxes_from], pieces.boxes[:, pieces.boxes_to - 1]
    right, down = last[0] + last[2] - first[0] - first[2], last[1] + last[3] - first[1] - first[3]
    level = abs(right) >= abs(down)
    # a word that runs sideways has no height of its font in its boxes, and one that ends with a raised letter has two
    first_height, last_height = abs(first[3] - first[1]), abs(last[3] - last[1])
    even = abs(last_height - first_height) <= _SAME_FONT * first_height
    if (plain & ~(level & even)).any():
        pieces = _measured(text_page, characters, repaired, starts, ends, plain & level & even, frame)
    ways = np.where(level, np.where(right >= 0, 0, 2), np.where(down > 0, 3, 1))
    votes = np.bincount(ways, weights=ends - starts - 1, minlength=4)
    way = WAYS[int(votes.argmax())]
    if way != "right":
        x0, top, x1, bottom = pieces.boxes
        pieces.boxes[:] = turn(way, *frame)(*turn_back("right", *frame)(x0, top, x1, bottom))
    return pieces, way


def _measured(
    text_page: Any,
    characters: str,
    repaired: frozenset[int],
    starts: Places,
    ends: Places,
    plain: npt.NDArray[np.bool_],
    frame: tuple[float, float, float, float],
) -> Pieces:
    """The pieces with the boxes of all their characters, or of the first and last where they are `plain`."""
    counts = np.where(plain, 2, ends - starts)
    boxes_to = counts.cumsum()
    boxes_from = boxes_to - counts
    measured: Places = np.arange(counts.sum(), dtype=np.int64) + np.repeat(starts - boxes_from, counts)
    measured[boxes_to[plain] - 1] = ends[plain] - 1
    left, top, right, bottom = loose_boxes(text_page, measured.tolist())
    boxes = np.array(turn("right", *frame)(left, bottom, right, top))
    return Pieces(characters, repaired, starts, ends, boxes_from, boxes_to, measured, boxes)


def _characters(text_page: Any, count: int) -> tuple[str, frozenset[int]]:
    """Characters, and which of them were repaired; U+FFFD stands for one without a meaning."""
    text = text_of(text_page, count)
    # Where glyphs have no code the text leaves them out, and its places are no longer those of the glyphs.
    sample = range(0, count, _SAMPLE)
    if len(text) != count or codes(text_page, sample) != [ord(character) for character in text[::_SAMPLE]]:
        text = "".join([chr(code) if code < 0x110000 else "\ufffd" for code in codes(text_page, range(count))])
    text = _MEANINGLESS.sub("\ufffd", text)
    signs = repairs(text_page, text)
    if signs:
        characters = list(text)
        for i, sign in signs.items():
            characters[i] = sign
        text = "".join(characters)
    return text, frozenset(signs)


def font_names(text_page: Any, places: Sequence[int]) -> list[str]:
    """The name of the font of each of some characters, without the prefix of a subset."""
    found = fonts(text_page, places)
    names = {font: _font_name(text_page, place) for font, place in dict(zip(found, places, strict=True)).items()}
    return [names[font] for font in found]


def _font_name(text_page: Any, place: int) -> str:
    buffer = ctypes.create_string_buffer(128)  # the longest name a PDF can hold
    pdfium.FPDFText_GetFontInfo(text_page, place, buffer, len(buffer), None)
    return _FONT_PREFIX.sub("", buffer.value.decode("utf-8", errors="replace"))
