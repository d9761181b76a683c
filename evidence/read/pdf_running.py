"""Running heads and feet, page numbers and stamps: what a PDF prints on every page and no paragraph holds."""

import math
import re
from collections import Counter
from collections.abc import Sequence

from evidence.read.pdf_page import Line, PageText

#: Running heads and feet stand in this share of the page's height at its top and bottom, stamps at its sides.
_MARGIN, _SIDE = 0.08, 0.06
#: A line is a running head if it stands at the same height on this many pages (two of a two-page document), and on this
#: share of them: left and right pages, and an odd first one, may differ.
_REPEATS, _SHARE = 3, 0.25
#: Running heads of two pages that are not the same share at least so many characters.
_SHARED = 12
_NUMBERED = re.compile(
    r"^(?:extended data\s+)?(?:table|fig(?:ure)?|box|panel)\b", re.IGNORECASE
)  # never a running head
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"^(?:page\s*)?[A-Za-z]?\d{1,5}(?:\s*(?:of|/)\s*\d{1,4})?$", re.IGNORECASE)


def drop_running_lines(pages: Sequence[PageText]) -> list[list[Line]]:
    """Take running heads and feet, page numbers and stamps out of the pages; per page the lines taken out."""
    printed = [[_place(line) for line in page.lines] for page in pages]
    places = Counter(place for found in printed for place in set(found))
    outermost = [_outermost(page) for page in pages]
    enough = max(min(_REPEATS, max(2, len(pages))), math.ceil(_SHARE * len(pages)))
    dropped = []
    for number, page in enumerate(pages):
        others = [line.text for i, lines in enumerate(outermost) if i != number for line in lines]
        # At the very edge of the page a number is its number, and what only partly repeats is a running head as well.
        edge = [line for line in outermost[number] if _PAGE_NUMBER.match(line.text) or _is_shared(line.text, others)]
        beside = [line.box[1] for line in edge if not _PAGE_NUMBER.match(line.text)]
        edge += [line for line in outermost[number] if any(abs(line.box[1] - height) < 1 for height in beside)]
        gone = [
            line in edge or _repeats(line, place, page, places, enough)
            for line, place in zip(page.lines, printed[number], strict=True)
        ]
        dropped.append([line for line, goes in zip(page.lines, gone, strict=True) if goes])
        page.lines = [line for line, goes in zip(page.lines, gone, strict=True) if not goes]
    return dropped


def _place(line: Line) -> tuple[str, int, bool]:
    """What repeats: the text without its numbers, and the height it stands at; left and right pages may differ."""
    return _DIGITS.sub("0", line.text), round(line.box[1] / 4), line.upright


def _repeats(
    line: Line, place: tuple[str, int, bool], page: PageText, places: Counter[tuple[str, int, bool]], enough: int
) -> bool:
    """Whether a line in a margin stands on many pages alike, or a sideways one at the edge."""
    x0, _, x1, _ = line.box
    if line.upright and not _in_margin(line, page):
        return False
    text, height, upright = place
    repeats = sum(places[text, height + shift, upright] for shift in (-1, 0, 1))
    # A stamp along the edge ("Downloaded from ..."); the lettering of a figure's axis stays.
    at_edge = not upright and (x1 < _SIDE * page.width or x0 > (1 - _SIDE) * page.width)
    return repeats >= enough or at_edge


def _in_margin(line: Line, page: PageText) -> bool:
    """Whether a line stands where running heads and feet do, and is no caption."""
    _, top, _, bottom = line.box
    in_margin = bottom < _MARGIN * page.height or top > (1 - _MARGIN) * page.height
    return line.upright and in_margin and not _NUMBERED.match(line.text)


def _outermost(page: PageText) -> list[Line]:
    """The highest and the lowest lines of a page, if they stand in its margins."""
    lines = [line for line in page.lines if line.upright]
    top, bottom = min((line.box[1] for line in lines), default=0), max((line.box[3] for line in lines), default=0)
    return [line for line in lines if _in_margin(line, page) and (line.box[1] < top + 1 or line.box[3] > bottom - 1)]


def _is_shared(text: str, others: Sequence[str]) -> bool:
    """Whether one running head holds the other: "J Ex 2020; 38: 1-9" and the same with a DOI behind it."""
    return len(text) >= _SHARED and any(text in other or (len(other) >= _SHARED and other in text) for other in others)
