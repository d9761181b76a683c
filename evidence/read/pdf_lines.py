"""Pieces of a page put together to words and lines, and the superscripts among them.

A line is what follows each other at one height without a wide gap; columns and cells of tables are lines of their own.
Decisions that concern every word are made for all words of a page at once, in arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from evidence.read.pdf_glyphs import BROKEN, MOST_GLYPHS, Pieces, Places, font_names, read_pieces
from evidence.read.pdf_page import Boxes, Line, PageText, Word, median
from evidence.read.pdf_turn import WAYS, turn, turn_back

#: After a ligature a blank narrower than this share of the font size parts no words ("Caulfi eld").
_NO_GAP = 0.06
#: A gap wider than this share of the font size ends a line: the next column or the next cell.
_WIDE_GAP = 1.3
#: Two characters are level if they overlap by more than this share of the lower one.
_LEVEL = 0.4
#: Smaller than this share of the line's size and raised by that share: a superscript.
_SMALLER, _RAISED = 0.8, 0.2
#: Signs of footnotes and charges that are raised without a letter or a figure.
_SIGNS = "*\u2020\u2021\u00a7\u00b6#+|\u2212"

Flags = npt.NDArray[np.bool_]


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
        frame = page.get_bbox()
        pieces, way = read_pieces(text_page.raw, count, frame)
        lines = lines_of(text_page.raw, pieces)
    finally:
        text_page.close()
    left, bottom, right, top = frame
    width, height = right - left, top - bottom
    if way in ("up", "down"):
        width, height = height, width
    display, back = turn(WAYS[page.get_rotation() // 90], *frame), turn_back(way, *frame)
    return PageText(
        width,
        height,
        lines,
        turn(way, *frame),
        lambda *box: display(*back(*box)),
        count,
        pieces.characters.count("\ufffd"),
    )


@dataclass(frozen=True, slots=True)
class _Ranges:
    """Which pieces make a word, which words a line: the first of each, and the place behind the last."""

    piece_from: Places  # by word
    piece_to: Places
    box_from: Places  # by word
    box_to: Places
    word_from: Places  # by line
    word_to: Places


def lines_of(text_page: Any, pieces: Pieces) -> list[Line]:
    """The lines of a page in the order of its content stream."""
    pieces, opens, joins, broken = _line_ends(pieces)
    if not len(pieces.starts):
        return []
    ranges = _ranges(pieces, *_parted(pieces, opens, joins))
    boxes, box_from, box_to = pieces.boxes, ranges.box_from, ranges.box_to
    first, last = boxes[:, box_from], boxes[:, box_to - 1]
    # A word that runs sideways shows it by its characters; one character shows nothing.
    runs_right = (box_to - box_from < 2) | (abs(last[0] - first[0]) >= abs(last[1] - first[1]))
    upright = np.logical_and.reduceat(runs_right, ranges.word_from)
    tops, bottoms, sizes, raised = _levels(pieces, ranges, upright)
    counts = ranges.word_to - ranges.word_from
    of_upright = np.repeat(upright, counts)
    x0, x1 = np.minimum.reduceat(boxes[0], box_from), np.maximum.reduceat(boxes[2], box_from)
    word_tops = np.where(of_upright, np.repeat(tops, counts), np.minimum.reduceat(boxes[1], box_from))
    word_bottoms = np.where(of_upright, np.repeat(bottoms, counts), np.maximum.reduceat(boxes[3], box_from))
    firsts = pieces.starts[ranges.piece_from]
    words = list(
        map(
            Word,
            _texts(pieces, ranges),
            x0.tolist(),
            word_tops.tolist(),
            x1.tolist(),
            word_bottoms.tolist(),
            firsts.tolist(),
            repeat(boxes),
            box_from.tolist(),
            box_to.tolist(),
        )
    )
    _mark_repaired(words, pieces, box_from)
    for word, small, above in raised:
        _mark_raised(words[word], small, above)
    a, b = ranges.word_from, ranges.word_to
    around = zip(
        np.minimum.reduceat(x0, a).tolist(),
        np.minimum.reduceat(word_tops, a).tolist(),
        np.maximum.reduceat(x1, a).tolist(),
        np.maximum.reduceat(word_bottoms, a).tolist(),
        strict=True,
    )
    names = font_names(text_page, [*firsts[a].tolist(), *firsts[b - 1].tolist()])
    lines = list(
        map(
            Line,
            [words[first:end] for first, end in zip(a.tolist(), b.tolist(), strict=True)],
            names[: len(a)],
            names[len(a) :],
            broken[ranges.piece_to - 1][b - 1].tolist(),
            upright.tolist(),
            sizes,
            around,
        )
    )
    _lay_down_single_letters(lines)
    return lines


def _line_ends(pieces: Pieces) -> tuple[Pieces, Flags, Flags, Flags]:
    """The pieces without hyphens at line ends, and by piece: whether a line begins, whether it joins on, is broken.

    A hyphen that pdfium took for one at a line end, and behind which the line goes on, is a piece that joins on.
    """
    characters, starts, ends = pieces.characters, pieces.starts, pieces.ends
    codes = np.frombuffer(characters.encode("utf-32-le"), dtype=np.uint32)
    number = ((codes == ord("\n")) | (codes == ord("\r"))).cumsum()[starts]  # of the printed line
    opens = np.append(True, number[1:] != number[:-1])[: len(starts)]
    joins, broken = np.zeros(len(starts), dtype=np.bool_), np.zeros(len(starts), dtype=np.bool_)
    hyphens = np.array([n for n, start in enumerate(starts.tolist()) if characters[start] in BROKEN], dtype=np.int64)
    if not len(hyphens):
        return pieces, opens, joins, broken
    kept = np.ones(len(starts), dtype=np.bool_)
    following = np.minimum(hyphens + 1, len(starts) - 1)
    goes_on = (following > hyphens) & (starts[following] == ends[hyphens])
    goes_on &= _level(pieces.boxes, pieces.boxes_to[hyphens - 1] - 1, pieces.boxes_from[following])
    for n, level in zip(hyphens.tolist(), goes_on.tolist(), strict=True):
        within = bool(n and kept[n - 1] and number[n - 1] == number[n])  # something stands before it in its line
        joins[n] = within and level
        kept[n] = joins[n]
        if not joins[n]:
            broken[n - 1] |= within
            opens[n + 1 : n + 2] = True
    counts = pieces.boxes_to - pieces.boxes_from
    boxes_kept = np.repeat(kept, counts)
    boxes_to = counts[kept].cumsum()
    remaining = Pieces(
        characters=characters,
        repaired=pieces.repaired,
        starts=starts[kept],
        ends=ends[kept],
        boxes_from=boxes_to - counts[kept],
        boxes_to=boxes_to,
        measured=pieces.measured[boxes_kept],
        boxes=pieces.boxes[:, boxes_kept],
    )
    return remaining, opens[kept], joins[kept], broken[kept]


def _level(boxes: Boxes, before: Places, after: Places) -> Flags:
    """Whether characters overlap vertically by a good part of the lower one."""
    _, top, _, bottom = boxes
    overlap = np.minimum(bottom[before], bottom[after]) - np.maximum(top[before], top[after])
    flags: Flags = overlap > _LEVEL * np.minimum(bottom[before] - top[before], bottom[after] - top[after])
    return flags


def _parted(pieces: Pieces, opens: Flags, joins: Flags) -> tuple[Flags, Flags]:
    """By piece: whether a line begins with it, and whether a word does."""
    x0, top, x1, bottom = pieces.boxes
    last, first = pieces.boxes_to[:-1] - 1, pieces.boxes_from[1:]
    heights = bottom - top
    size = np.maximum(heights[last], heights[first])
    gap = x0[first] - x1[last]
    parted = ~_level(pieces.boxes, last, first) | (gap > _WIDE_GAP * size) | (gap < -size)
    # The last two characters of a piece share a box if they come from one glyph.
    same = (pieces.boxes[:, last] == pieces.boxes[:, last - 1]).all(axis=0)
    ligature = same & (pieces.boxes_to - pieces.boxes_from > 1)[:-1]
    no_blank = ligature & (gap > -0.2 * size) & (gap < _NO_GAP * size)
    touching = pieces.starts[1:] == pieces.ends[:-1]
    line = opens.copy()
    line[1:] |= parted & ~joins[1:]
    word = line.copy()
    word[1:] |= ~(joins[1:] | touching | no_blank)
    return line, word


def _ranges(pieces: Pieces, line: Flags, word: Flags) -> _Ranges:
    """Words and lines from where they begin."""
    piece_from = word.nonzero()[0]
    piece_to = np.append(piece_from[1:], len(word))
    word_from = line[piece_from].nonzero()[0]
    return _Ranges(
        piece_from=piece_from,
        piece_to=piece_to,
        box_from=pieces.boxes_from[piece_from],
        box_to=pieces.boxes_to[piece_to - 1],
        word_from=word_from,
        word_to=np.append(word_from[1:], len(piece_from)),
    )


def _texts(pieces: Pieces, ranges: _Ranges) -> list[str]:
    """The characters of each word."""
    characters = pieces.characters
    parts = [characters[a:b] for a, b in zip(pieces.starts.tolist(), pieces.ends.tolist(), strict=True)]
    if len(parts) == len(ranges.piece_from):
        return parts
    return [
        parts[a] if b == a + 1 else "".join("-" if part in BROKEN else part for part in parts[a:b])
        for a, b in zip(ranges.piece_from.tolist(), ranges.piece_to.tolist(), strict=True)
    ]


def _levels(
    pieces: Pieces, ranges: _Ranges, upright: Flags
) -> tuple[list[float], list[float], list[float], list[tuple[int, float, float]]]:
    """Top, bottom and size of the font most of each line is set in.

    And words that may hold superscripts: their number, and what characters must be smaller than and stand above.
    """
    _, top, _, bottom = pieces.boxes
    starts = ranges.box_from[ranges.word_from]
    highest, lowest = np.minimum.reduceat(top, starts), np.maximum.reduceat(bottom, starts)
    even = (highest == np.maximum.reduceat(top, starts)) & (lowest == np.minimum.reduceat(bottom, starts))
    tops, bottoms, sizes = highest.tolist(), lowest.tolist(), (lowest - highest).tolist()
    raised: list[tuple[int, float, float]] = []
    ends = [*starts[1:].tolist(), len(top)]
    for line in (~even).nonzero()[0].tolist():
        a, b = int(starts[line]), ends[line]
        own_tops, own_bottoms = top[a:b].tolist(), bottom[a:b].tolist()
        heights = [low - high for high, low in zip(own_tops, own_bottoms, strict=True)]
        size = sizes[line] = median(heights)
        if not upright[line]:
            continue
        small = _SMALLER * size
        if min(heights) >= small:
            tops[line], bottoms[line] = median(own_tops), median(own_bottoms)
            continue
        tops[line] = median([high for high, height in zip(own_tops, heights, strict=True) if height >= small])
        bottoms[line] = median([low for low, height in zip(own_bottoms, heights, strict=True) if height >= small])
        above = bottoms[line] - _RAISED * size
        places = [
            a + n
            for n, (low, height) in enumerate(zip(own_bottoms, heights, strict=True))
            if height < small and low < above
        ]
        words = np.searchsorted(ranges.box_from, places, side="right") - 1
        raised += [(word, small, above) for word in dict.fromkeys(words.tolist())]
    return tops, bottoms, sizes, raised


def _mark_repaired(words: Sequence[Word], pieces: Pieces, box_from: Places) -> None:
    """Note in the words which of their characters were repaired."""
    places = np.searchsorted(pieces.measured, sorted(pieces.repaired))
    for place, number in zip(
        places.tolist(), (np.searchsorted(box_from, places, side="right") - 1).tolist(), strict=True
    ):
        at = place - int(box_from[number])
        words[number].marks += (("repaired", at, at + 1),)


def _mark_raised(word: Word, small: float, above: float) -> None:
    """Mark the characters of a word that are smaller than `small` and stand `above` a height."""
    flags = [
        bottom - top < small and bottom < above and _can_be_raised(character)
        for character, (_, top, _, bottom) in zip(word.text, word.each_box(), strict=True)
    ]
    start = None
    for i, flag in enumerate([*flags, False]):
        if flag and start is None:
            start = i
        elif not flag and start is not None:
            # Letters within a word are ligatures or small capitals; "10th" ends with its raised letters.
            inside = word.text[start].isalpha() and word.text[i : i + 1].isalpha()
            if not inside and any(character.isalnum() or character in _SIGNS for character in word.text[start:i]):
                word.marks += (("superscript", start, i),)
            start = None


def _can_be_raised(character: str) -> bool:
    """Capitals of a second font are often lower than their neighbours; they are no marks."""
    return not character.isupper() and not character.isspace()


def _lay_down_single_letters(lines: Sequence[Line]) -> None:
    """A word of one letter has no direction; among sideways words it is one of them."""
    for before, line in pairwise(lines):
        overlaps = min(before.box[2], line.box[2]) > max(before.box[0], line.box[0])
        if len(line.text) == 1 and not before.upright and overlaps:
            line.upright = False
