"""Where the columns of a printed table begin and end.

They are drawn as the segments of its rules or as vertical rules, or else are parted by white that runs through its
lines from top to bottom.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from evidence.read.pdf_page import Box, Word, median
from evidence.read.pdf_shapes import Rule, Shapes

#: White at least this share of the font size parts two columns.
_RIVER = 0.42
#: So much of the text may cross a border of columns taken from segments of rules.
_CROSSING = 0.08


@dataclass(slots=True)
class Printed:
    """One printed line across the table."""

    words: list[Word]
    top: float
    bottom: float


def printed_lines(words: list[Word]) -> list[Printed]:
    """Words at one height, from left to right."""
    found: list[Printed] = []
    for word in sorted(words, key=lambda word: (word.middle, word.x0)):
        last = found[-1] if found else None
        if last and min(last.bottom, word.bottom) - max(last.top, word.top) > 0.5 * word.size:
            last.words.append(word)
            if word.top != last.top or word.bottom != last.bottom:
                # The usual height: a taller neighbour must not draw the next line in.
                last.top = median(w.top for w in last.words)
                last.bottom = median(w.bottom for w in last.words)
        else:
            found.append(Printed([word], word.top, word.bottom))
    for line in found:
        line.words.sort(key=lambda word: word.x0)
    return found


def borders_of(
    printed: Sequence[Printed], rules: Sequence[Rule], shapes: Shapes, area: Box, head_end: float
) -> list[float]:
    """Where one column ends and the next begins, from left to right; empty where there is one column only."""
    body = [line for line in printed if line.top >= head_end - 1] or list(printed)
    rivers = _rivers(body, [line for line in printed if line not in body], area)
    drawn = _drawn_borders(rules, shapes, area)
    if drawn and _crossings(body, drawn) <= _CROSSING * sum(len(line.words) for line in body):
        # Segments may leave two columns undivided that the white divides.
        extra = [x for x in rivers if all(abs(x - border) > 12 for border in drawn) and _divides(body, drawn, x)]
        return sorted([*drawn, *extra])
    return rivers


def _drawn_borders(rules: Sequence[Rule], shapes: Shapes, area: Box) -> list[float]:
    """Ends of rule segments that several rules share, and vertical rules."""
    x0, top, x1, bottom = area
    ends: list[float] = []
    for rule in rules:
        if rule.drawn:
            ends += [(a[1] + b[0]) / 2 for a, b in pairwise(rule.segments) if abs(a[1] - b[0]) < 4]
    upright: Counter[int] = Counter()
    for left, high, right, low in shapes.verticals:
        if x0 < left and right < x1 and low > top and high < bottom:
            upright[round((left + right) / 2)] += int(min(low, bottom) - max(high, top))
    ends += [x for x, length in upright.items() if length > 0.4 * (bottom - top) for _ in range(2)]
    clusters: list[list[float]] = []
    for x in sorted(ends):
        if clusters and x - clusters[-1][-1] < 4:
            clusters[-1].append(x)
        else:
            clusters.append([x])
    return [median(cluster) for cluster in clusters if len(cluster) >= 2 and x0 + 12 < median(cluster) < x1 - 12]


def _rivers(body: Sequence[Printed], head: Sequence[Printed], area: Box) -> list[float]:
    """Middles of the white bands that run through (nearly) all lines with several cells.

    Where the names in the head reach into a band, the border stands where the fewest of their lines cross it.
    """
    x0, _, x1, _ = area
    width = int(x1 - x0) + 2
    size = median(word.size for line in body for word in line.words)
    rows = [line for line in body if len(segments_of(line.words, 0.9)) > 1] or list(body)
    covered, named = _coverage(rows, x0, width), _coverage(head, x0, width)
    allowed = 0.04 * len(rows)
    found, start = [], None
    for x, lines in enumerate(covered.tolist()):
        if lines <= allowed:
            start = x if start is None else start
        elif start is not None:
            if start > 0 and x - start >= max(2.5, _RIVER * size):
                first, last = _emptiest(named[start:x].tolist())
                found.append(x0 + start + (first + last) / 2)
            start = None
    return found


def _coverage(lines: Sequence[Printed], x0: float, width: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """How many lines have a word at each point of the width."""
    covered = np.zeros(width, dtype=np.int64)
    for line in lines:
        filled = np.zeros(width, dtype=np.bool_)
        for word in line.words:
            filled[max(0, int(word.x0 - x0)) : max(0, min(width - 1, int(word.x1 - x0)) + 1)] = True
        covered += filled
    return covered


def _emptiest(counts: Sequence[int]) -> tuple[int, int]:
    """The longest stretch of the smallest count."""
    least, best, start = min(counts), (0, 0), 0
    for at, count in enumerate([*counts, least + 1]):
        if count > least:
            best = max(best, (start, at), key=lambda stretch: stretch[1] - stretch[0])
            start = at + 1
    return best


def _crossings(body: Sequence[Printed], borders: Sequence[float]) -> int:
    return sum(word.x0 + 1.5 < x < word.x1 - 1.5 for line in body for word in line.words for x in borders)


def _divides(body: Sequence[Printed], borders: Sequence[float], x: float) -> bool:
    """Whether white between two borders has words on both sides in many lines."""
    left = max((border for border in borders if border < x), default=float("-inf"))
    right = min((border for border in borders if border > x), default=float("inf"))
    both = sum(
        any(left < word.x1 <= x for word in line.words) and any(x <= word.x0 < right for word in line.words)
        for line in body
    )
    return both > 0.3 * len(body)


def segments_of(words: Sequence[Word], apart: float) -> list[list[Word]]:
    """Words with less than `apart` font sizes between them."""
    found: list[list[Word]] = []
    for word in words:
        if found and word.x0 - found[-1][-1].x1 < apart * word.size:
            found[-1].append(word)
        else:
            found.append([word])
    return found


def column_of(word: Word, borders: Sequence[float]) -> int:
    """The number of the column, from 0, that the middle of a word stands in."""
    return bisect_left(borders, (word.x0 + word.x1) / 2)
