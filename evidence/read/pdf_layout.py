"""Lines of a page put into paragraphs in reading order, running heads and feet left out.

The content stream of a published PDF mostly is the publisher's own reading order, so lines stay in it; what is done
here is to drop what repeats from page to page, and to see where a paragraph or a heading starts.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.read.headings import level_of, opening
from evidence.read.pdf_glyphs import Line, PageText

#: Running heads and feet stand in this share of the page's height at its top and bottom, stamps at its sides.
_MARGIN, _SIDE = 0.08, 0.06
#: A line is a running head if it stands at the same height on this many pages (two of a two-page document), and on this
#: share of them: left and right pages, and an odd first one, may differ.
_REPEATS, _SHARE = 3, 0.25
_NUMBERED = re.compile(
    r"^(?:extended data\s+)?(?:table|fig(?:ure)?|box|panel)\b", re.IGNORECASE
)  # never a running head
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"^(?:page\s*)?[A-Za-z]?\d{1,5}(?:\s*(?:of|/)\s*\d{1,4})?$", re.IGNORECASE)
_BOLD = re.compile(r"bold|black|heavy|semibold|demi|-B\b|\.B\b|\bBd", re.IGNORECASE)
#: A full stop, or one with the numbers of citations behind it; "0.64" is none.
_SENTENCE_END = re.compile(
    r"[.!?:][\"'\u201d\u2019)\]]*$|(?<=[^\W\d_]|[)\]%])[.!?:][\"'\u201d\u2019)\]]*[\d,\u2013*-]+$"
)
_LONGEST_HEADING = 90
#: Running text is looked for in this share of the pages, in lines of so many words.
_BODY_PAGES, _WORDS_OF_PROSE = 0.6, 5
#: So many lines of running text beside each other make two columns.
_COLUMN_LINES = 3
_MOST_HEADING_LINES = 6


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together; `level` is set for a heading."""

    lines: list[Line]
    level: int | None = None

    @property
    def text(self) -> str:
        """The lines with blanks between them."""
        return " ".join(line.text for line in self.lines)

    @property
    def finished(self) -> bool:
        """Whether its last line ends a sentence."""
        return bool(_SENTENCE_END.search(self.lines[-1].text)) and not self.lines[-1].broken


@dataclass(frozen=True, slots=True)
class Style:
    """The font most of a document is set in."""

    font: str
    size: float

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
    return Style(font, size)


def drop_running_lines(pages: Sequence[PageText]) -> list[list[Line]]:
    """Take running heads and feet, page numbers and stamps out of the pages; per page the lines taken out."""
    places: Counter[tuple[str, int, bool]] = Counter()
    for page in pages:
        places.update({_place(line) for line in page.lines})
    enough = max(min(_REPEATS, max(2, len(pages))), math.ceil(_SHARE * len(pages)))
    dropped = []
    for page in pages:
        running = [_is_running(line, page, places, enough) for line in page.lines]
        dropped.append([line for line, gone in zip(page.lines, running, strict=True) if gone])
        page.lines = [line for line, gone in zip(page.lines, running, strict=True) if not gone]
    return dropped


def _place(line: Line) -> tuple[str, int, bool]:
    """What repeats: the text without its numbers, and the height it stands at; left and right pages may differ."""
    return _DIGITS.sub("0", line.text), round(line.box[1] / 4), line.upright


def _is_running(line: Line, page: PageText, places: Counter[tuple[str, int, bool]], enough: int) -> bool:
    x0, top, x1, bottom = line.box
    text, height, upright = _place(line)
    repeats = sum(places[text, height + shift, upright] for shift in (-1, 0, 1))
    if not upright:
        # A stamp along the edge ("Downloaded from ..."); the lettering of a figure's axis stays.
        return repeats >= enough or x1 < _SIDE * page.width or x0 > (1 - _SIDE) * page.width
    in_margin = bottom < _MARGIN * page.height or top > (1 - _MARGIN) * page.height
    if not in_margin or _NUMBERED.match(line.text):
        return False
    return repeats >= enough or bool(_PAGE_NUMBER.match(line.text))


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
    for block in blocks:
        at = next((i for i, other in enumerate(ordered) if _stands_right_of(other, block, style)), len(ordered))
        ordered.insert(at, block)
    return [line for block in ordered for line in block]


def _stands_right_of(other: list[Line], block: list[Line], style: Style) -> bool:
    """Whether both are running text at the same heights, and the other begins where the block's column has ended."""
    for lines in (block, other):
        if sum(style.is_body(line) and line.font == style.font for line in lines) < _COLUMN_LINES:
            return False
    left = max(line.box[2] for line in block) <= min(line.box[0] for line in other)
    shared = min(block[-1].box[3], other[-1].box[3]) - max(block[0].box[1], other[0].box[1])
    return left and shared > _COLUMN_LINES * style.size


def paragraphs(lines: Sequence[Line], style: Style) -> list[Paragraph]:
    """Paragraphs and headings in the order of the lines."""
    found: list[Paragraph] = []
    for line in lines:
        last = found[-1] if found else None
        level = _heading_level(line, style)
        if last and last.level is not None and _continues_heading(last.lines[-1], line):
            last.lines.append(line)
            if len(last.lines) > _MOST_HEADING_LINES:
                last.level = None  # running text in heavy type
        elif level is not None:
            found.append(Paragraph([line], level))
        elif last and last.level is None and _continues(last, line):
            last.lines.append(line)
        else:
            found.append(Paragraph([line]))
    return found


def is_bold(font: str) -> bool:
    """Whether the name of a font says that it is a bold one."""
    return bool(_BOLD.search(font))


def is_running_text(paragraph: Paragraph, style: Style) -> bool:
    """Whether a paragraph is set as the body of the paper is, rather than as a caption, a note or a box."""
    return paragraph.level is None and any(line.font == style.font and style.is_body(line) for line in paragraph.lines)


def starts_within_a_sentence(paragraph: Paragraph) -> bool:
    """Whether a paragraph begins with a small letter."""
    return paragraph.level is None and paragraph.lines[0].text[:1].islower()


def goes_on(before: Paragraph, after: Paragraph) -> bool:
    """Whether a paragraph at the top of a page continues the last one of the page before."""
    if before.level is not None or after.level is not None or before.finished:
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
    if known == 2 and not (text[0].isupper() or text[0].isdigit()):
        known = None
    if known is not None and (line.font != style.font or line.size > style.size * 1.08 or text.isupper()):
        return known
    if not (text[0].isupper() or text[0].isdigit()) or opening(text) or _lists_names(line):
        return None
    letters = sum(character.isalpha() for character in text)
    wordy = letters >= 4 and letters > 0.6 * len(text.replace(" ", "")) and not text.endswith(":")
    bold = is_bold(line.font) and not is_bold(style.font) and line.size > 0.93 * style.size
    return 2 if wordy and (bold or line.size > style.size * 1.15) else None


def _lists_names(line: Line) -> bool:
    """Authors are set in large or bold letters as headings are, with commas and the signs of their institutions."""
    marks = sum(len(word.marks) for word in line.words)
    return marks > 1 or line.text.count(",") + line.text.count("|") > 1 or (marks == 1 and "," in line.text)


def _continues_heading(before: Line, line: Line) -> bool:
    same = before.font == line.font and abs(before.size - line.size) < 0.5
    close = -0.5 * line.size < _gap(before, line) < 0.8 * line.size and _overlap(before, line)
    return same and close and level_of(line.text) is None and level_of(before.text) is None


def _continues(paragraph: Paragraph, line: Line) -> bool:
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
    ended = paragraph.finished
    if top >= before_top - 0.3 * line.size and gap < 0.75 * line.size and _overlap(before, line):
        indented = x0 - left > 0.8 * line.size
        short = right - before_right > 1.5 * line.size
        return not (ended and (indented or short or gap > 0.5 * line.size))
    # The next column, or a line below a figure: only an unfinished sentence goes on there.
    return not ended and len(before.text) > 20 and _starts_within_a_sentence(line)


def _starts_within_a_sentence(line: Line) -> bool:
    first = line.text[:1]
    return first.islower() or first.isdigit() or first in "(\u2013\u2212-[<>=\u2264\u2265%"


def _gap(before: Line, after: Line) -> float:
    """Empty height between two lines; negative where the second stands higher."""
    return after.box[1] - before.box[3]


def _overlap(a: Line, b: Line) -> bool:
    return min(a.box[2], b.box[2]) > max(a.box[0], b.box[0])
