"""Lines of a page put into paragraphs in reading order.

The content stream of a published PDF mostly is the publisher's own reading order, so lines stay in it; what is done
here is to see where a paragraph, a heading or an entry of a list of references starts, and what runs on.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from statistics import median

from evidence.read.headings import ends_the_paper, level_of, opening
from evidence.read.pdf_page import Line, PageText

_BOLD = re.compile(r"bold|black|heavy|semibold|demi|-B\b|\.B\b|\bBd", re.IGNORECASE)
#: A full stop, or one with the numbers of citations behind it; "0.64" is none.
_SENTENCE_END = re.compile(
    r"[.!?:][\"'\u201d\u2019)\]]*$|(?<=[^\W\d_]|[)\]%])[.!?:][\"'\u201d\u2019)\]]*[\d,\u2013*-]+$"
)
#: So far from the end of a line the end of a sentence is looked for.
_LONGEST_END = 60
_LONGEST_HEADING = 90
#: Running text is looked for in this share of the pages, in lines of so many words.
_BODY_PAGES, _WORDS_OF_PROSE = 0.6, 5
#: So many lines of running text beside each other make two columns.
_COLUMN_LINES = 3
_MOST_HEADING_LINES = 6
#: The number an item of a list begins with: "12", "12.", "[12]", "(12)".
_ITEM = re.compile(r"^[\[(]?(\d{1,3})[\].)]*$")
#: White between the lines of one paragraph, in font sizes, unless the document sets its text wider.
_WIDE = 0.75
#: Lines with fewer words are labels of a figure as often as prose.
_FEWEST_WORDS = 4
#: A line of running text that ends so far from the right edge of its column, in font sizes, is the last of a paragraph.
_SHORT = 1.5


@dataclass(slots=True, eq=False)  # one is another only if it is the same
class Paragraph:
    """Lines that belong together; `level` is set for a heading, `item` for an entry of a list of references."""

    lines: list[Line]
    level: int | None = None
    item: bool = False

    @property
    def text(self) -> str:
        """The lines with blanks between them."""
        return " ".join(line.text for line in self.lines)

    @property
    def finished(self) -> bool:
        """Whether its last line ends a sentence."""
        line = self.lines[-1]
        return not line.broken and bool(_SENTENCE_END.search(line.text, max(0, len(line.text) - _LONGEST_END)))


@dataclass(frozen=True, slots=True)
class Style:
    """The font most of a document is set in; `leading` is the white between its lines as a share of its size."""

    font: str
    size: float
    leading: float = 0.4

    def is_body(self, line: Line) -> bool:
        """Whether a line is set in the size of running text."""
        return abs(line.size - self.size) < 0.07 * self.size


def body_style(pages: Sequence[PageText]) -> Style:
    """Font and size of running text: what sets the most characters of the first pages.

    References and supplements at the end may outweigh the text above them.
    """
    weights: Counter[tuple[str, float]] = Counter()
    for page in pages[: max(2, math.ceil(_BODY_PAGES * len(pages)))]:
        for line in page.lines:
            if len(line.words) >= _WORDS_OF_PROSE:
                weights[line.font, round(2 * line.size) / 2] += len(line.text)
    (font, size), _ = weights.most_common(1)[0] if weights else (("", 10.0), 0)
    style = Style(font, size)
    gaps = [
        _gap(before, line) / line.size
        for page in pages
        for before, line in pairwise(page.lines)
        if before.font == line.font == font and style.is_body(line) and _overlap(before, line)
    ]
    usual = [gap for gap in gaps if 0 <= gap < 1]
    return Style(font, size, median(usual)) if usual else style


def in_column_order(lines: Sequence[Line], style: Style) -> list[Line]:
    """Lines with the left column before the right one, where the stream has running text the other way round."""
    blocks: list[list[Line]] = []
    for line in lines:
        before = blocks[-1][-1] if blocks else None
        if before and 0 < line.box[1] - before.box[1] < 4 * line.size and _overlap(before, line):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    ordered: list[list[Line]] = []
    columns: list[_Column | None] = []
    for block in blocks:
        column = _column(block, style)
        at = len(ordered)
        if column:
            at = next((i for i, other in enumerate(columns) if other and _right_of(other, column, style)), at)
        ordered.insert(at, block)
        columns.insert(at, column)
    return [line for block in ordered for line in block]


_Column = tuple[float, float, float, float]  # left edge, top of the first line, right edge, bottom of the last line


def _column(block: Sequence[Line], style: Style) -> _Column | None:
    """Where a block stands that is running text."""
    if (
        len(block) < _COLUMN_LINES
        or sum(style.is_body(line) and line.font == style.font for line in block) < _COLUMN_LINES
    ):
        return None
    left, right = min(line.box[0] for line in block), max(line.box[2] for line in block)
    return left, block[0].box[1], right, block[-1].box[3]


def _right_of(other: _Column, block: _Column, style: Style) -> bool:
    """Whether another column stands at the same heights and begins where this one has ended."""
    shared = min(block[3], other[3]) - max(block[1], other[1])
    return block[2] <= other[0] and shared > _COLUMN_LINES * style.size


@dataclass(slots=True)
class Listing:
    """The list of references while a document is walked through: whether it has begun, and its last number."""

    begun: bool = False
    number: int = 0


def paragraphs(lines: Sequence[Line], style: Style, listing: Listing | None = None) -> list[Paragraph]:
    """Paragraphs and headings in the order of the lines; entries of a list of references are paragraphs.

    `listing` is carried from page to page.
    """
    listing = listing or Listing()
    found: list[Paragraph] = []
    for line in lines:
        last = found[-1] if found else None
        level = _heading_level(line, style)
        if level is not None:
            listing.begun = ends_the_paper(line.text) or (listing.begun and level_of(line.text) is None)
            listing.number *= listing.begun
        number = _item(line) if listing.begun else None
        if number is not None and (number == listing.number + 1 or not listing.number):
            listing.number = number
            found.append(Paragraph([line], item=True))
        elif listing.number and last and last.level is None and _continues_item(last, line):
            last.lines.append(line)
        elif last and last.level is not None and _continues_heading(last.lines[-1], line):
            last.lines.append(line)
            if len(last.lines) > _MOST_HEADING_LINES or _ends_in_another_font(line):
                last.level = None  # running text in heavy type, or text behind a heading of two lines
        elif level is not None:
            found.append(Paragraph([line], level))
        elif last and last.level is None and _continues(last, line, style):
            last.lines.append(line)
        else:
            found.append(Paragraph([line]))
    return found


def _item(line: Line) -> int | None:
    """The number a line begins with, if it can be that of an entry of a list."""
    match = _ITEM.match(line.words[0].text)
    if not match or (
        len(line.words) > 1 and not (line.words[1].text[:1].isalnum() or line.words[1].text[0] in '["\u201c')
    ):
        return None
    return int(match.group(1))


def _continues_item(entry: Paragraph, line: Line) -> bool:
    """Whether a line goes on with an entry: behind its number, close below it, or at the top of the next column."""
    before = entry.lines[-1]
    if line.upright != before.upright or abs(before.size - line.size) > 0.12 * max(before.size, line.size):
        return False
    same_height = abs(line.box[1] - before.box[1]) < 0.5 * line.size
    next_column = line.box[1] < before.box[1]
    return same_height or next_column or _gap(before, line) < 0.75 * line.size


def _ends_in_another_font(line: Line) -> bool:
    """Whether a line begins in bold type and does not end in it: a heading with text behind it."""
    return is_bold(line.font) and not is_bold(line.end_font)


@lru_cache(maxsize=1024)
def is_bold(font: str) -> bool:
    """Whether the name of a font says that it is a bold one."""
    return bool(_BOLD.search(font))


def is_running_text(paragraph: Paragraph, style: Style) -> bool:
    """Whether a paragraph is set as the body of the paper is, rather than as a caption, a note or a box."""
    return paragraph.level is None and any(line.font == style.font and style.is_body(line) for line in paragraph.lines)


def runs_on(first: Paragraph, second: Paragraph) -> bool:
    """Whether a sentence of one paragraph ends in another one, behind a table, a figure or the end of a page."""
    if first.level is not None or second.level is not None or second.item or first.finished:
        return False
    return second.lines[0].text[:1].islower() or _breaks_off(first, second.lines[0])


def _breaks_off(paragraph: Paragraph, line: Line) -> bool:
    """Whether a paragraph of several lines ends within a sentence at the edge of its column, in the type of a line."""
    before = paragraph.lines[-1]
    if paragraph.finished or len(paragraph.lines) < 2 or before.end_font != line.font:
        return False
    if min(len(before.words), len(line.words)) < _FEWEST_WORDS:
        return False
    if abs(before.size - line.size) > 0.07 * line.size:
        return False
    right = max(other.box[2] for other in paragraph.lines[-6:])
    return right - before.box[2] < _SHORT * line.size and before.box[2] - before.box[0] > 0.5 * (right - before.box[0])


def goes_on(before: Paragraph, after: Paragraph) -> bool:
    """Whether a paragraph at the top of a page continues the last one of the page before."""
    if before.level is not None or after.level is not None or after.item or before.finished:
        return False
    first = after.lines[0]
    if abs(first.size - before.lines[-1].size) > 0.07 * first.size:
        return False
    return before.lines[-1].broken or _starts_within_a_sentence(first) or first.font == before.lines[-1].font


def _heading_level(line: Line, style: Style) -> int | None:
    """1 for a part of a paper, 2 for a lower heading, None for running text."""
    text = line.text.strip()
    if not text or len(text) > _LONGEST_HEADING or not line.upright or line.broken or text.endswith((".", ",", ";")):
        return None
    known = level_of(text)
    if known is None and _ends_in_another_font(line):
        return None
    if known == 2 and not (text[0].isupper() or text[0].isdigit()):
        known = None
    if known is not None and (line.font != style.font or line.size > style.size * 1.08 or text.isupper()):
        return known
    bold = is_bold(line.font) and is_bold(line.end_font) and not is_bold(style.font) and line.size > 0.93 * style.size
    if not (bold or line.size > style.size * 1.15):
        return None
    if not (text[0].isupper() or text[0].isdigit()) or text.endswith(":") or opening(text) or _lists_names(line):
        return None
    letters = sum(character.isalpha() for character in text)
    return 2 if letters >= 4 and letters > 0.6 * len(text.replace(" ", "")) else None


def _lists_names(line: Line) -> bool:
    """Authors are set in large or bold letters as headings are, with commas and the signs of their institutions."""
    marks = sum(len(word.marks) for word in line.words)
    return marks > 1 or line.text.count(",") + line.text.count("|") > 1 or (marks == 1 and "," in line.text)


def _continues_heading(before: Line, line: Line) -> bool:
    same = before.font == line.font and abs(before.size - line.size) < 0.5
    close = -0.5 * line.size < _gap(before, line) < 0.8 * line.size and _overlap(before, line)
    return same and close and level_of(line.text) is None and level_of(before.text) is None


def _continues(paragraph: Paragraph, line: Line, style: Style) -> bool:
    """Whether a line goes on with the paragraph before it."""
    before = paragraph.lines[-1]
    if line.upright != before.upright or abs(before.size - line.size) > 0.12 * max(before.size, line.size):
        return False
    if before.broken:
        return True
    x0, top, _, _ = line.box
    _, before_top, before_right, _ = before.box
    left = min(other.box[0] for other in paragraph.lines[-3:])
    right = max(other.box[2] for other in paragraph.lines[-6:])
    gap = _gap(before, line)
    # A colon before a small letter or a figure ends nothing.
    ended = paragraph.finished and not (before.text.endswith(":") and _starts_within_a_sentence(line))
    wide = max(_WIDE, 1.3 * style.leading) if style.is_body(line) else _WIDE
    if top >= before_top - 0.3 * line.size and gap < wide * line.size and _overlap(before, line):
        indented = x0 - left > 0.8 * line.size
        short = right - before_right > _SHORT * line.size
        return not (ended and (indented or short or gap > (wide - 0.25) * line.size))
    # The next column, or a line below a figure: only an unfinished sentence goes on there.
    # What stands above in the same column is a caption or a box.
    if ended or len(before.text) <= 20 or (top < before_top and _overlap(before, line)):
        return False
    return _starts_within_a_sentence(line) or _breaks_off(paragraph, line)


def _starts_within_a_sentence(line: Line) -> bool:
    first = line.text[:1]
    return first.islower() or first.isdigit() or first in "(\u2013\u2212-+\u00b1~[<>=\u2264\u2265%"


def _gap(before: Line, after: Line) -> float:
    """Empty height between two lines; negative where the second stands higher."""
    return after.box[1] - before.box[3]


def _overlap(a: Line, b: Line) -> bool:
    return min(a.box[2], b.box[2]) > max(a.box[0], b.box[0])
