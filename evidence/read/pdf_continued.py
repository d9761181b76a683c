"""Tables that no rule ends: without rules, or going on elsewhere under their head printed again without a caption."""

import re
from collections.abc import Collection, Sequence

from evidence.read.pdf_columns import printed_lines
from evidence.read.pdf_grid import Grid, holds_values
from evidence.read.pdf_layout import Style
from evidence.read.pdf_notes import is_wordy, side_by_side, within
from evidence.read.pdf_page import Box, Line, PageText, Word

#: How far a word of the head may stand from its place when the head is printed again.
_SHIFT = 3.0
#: A line below an open table belongs to it if it stands at most so many heights of a line below the one before.
_NEXT_ROW = 2.2
#: A table without rules has at least so many rows of two cells or more, its head included.
_FEWEST_ROWS = 4
_ROW = re.compile(r"\d")


def head_again(page: PageText, grid: Grid, taken: Collection[int]) -> Box | None:
    """Where the head of an earlier table is printed again on a page; None where it is not."""
    words = [word for row in grid.rows[: grid.heads] for _, lines in row for line in lines for word in line.words]
    if not words or not any(character.isalpha() for word in words for character in word.text):
        return None
    said = _said(words)
    lead = printed_lines(list(words))[0].words[0]
    left, right = min(word.x0 for word in words), max(word.x1 for word in words)
    top, bottom = min(word.top for word in words), max(word.bottom for word in words)
    for i, line in enumerate(page.lines):
        first = line.words[0]
        if i in taken or not line.upright or first.text != lead.text:
            continue
        x0, y0 = first.x0 - (lead.x0 - left), first.top - (lead.top - top)
        box = (x0 - _SHIFT, y0 - _SHIFT, x0 + right - left + _SHIFT, y0 + bottom - top + _SHIFT)
        inside = [
            word for j, other in enumerate(page.lines) if j not in taken for word in other.words if _in(word, box)
        ]
        if _said(inside) == said:
            return x0, y0, x0 + right - left, y0 + bottom - top
    return None


def foot_of_open(page: PageText, style: Style, area: Box, used: Collection[int]) -> float | None:
    """The foot of a table whose rules hold its head alone, where rows follow below; None where it is closed."""
    x0, top, x1, bottom = area
    lines = [i for i, line in enumerate(page.lines) if i not in used and line.upright]
    head = [page.lines[i] for i in lines if within(page.lines[i].box, (x0, top - 2, x1, bottom + 2))]
    if not head or any(holds_values(line.text) for line in head):
        return None
    size = max(line.size for line in head)
    below = [i for i in lines if within(page.lines[i].box, (x0, bottom, x1, page.height))]
    small = [i for i in below if abs(page.lines[i].size - size) < 0.15 * size]
    rows = [[page.lines[i] for i in row] for row in side_by_side(page, small)]
    prose = [row for row in rows if any(style.is_body(line) and is_wordy(line) for line in row)]
    return _end_of_rows(rows[: rows.index(prose[0])] if prose else rows, bottom)


def unruled_area(page: PageText, style: Style, caption: Sequence[Line], used: Collection[int]) -> Box | None:
    """Where the rows of a table without rules stand below its caption; None where no rows do.

    They are set in other letters than running text, in two cells or more.
    """
    left, edge = min(line.box[0] for line in caption), max(line.box[3] for line in caption)
    below = [i for i, line in enumerate(page.lines) if i not in used and line.upright and line.box[1] > edge - 1]
    columns = [line for line in page.lines if style.is_body(line) and line.font == style.font and is_wordy(line)]
    right = min((line.box[0] for line in columns if line.box[0] > left + 0.3 * page.width), default=page.width)
    table = [i for i in below if left - 4 <= page.lines[i].box[0] and page.lines[i].box[2] < right]
    table = [i for i in table if not (style.is_body(page.lines[i]) and page.lines[i].font == style.font)]
    rows = [[page.lines[i] for i in row] for row in side_by_side(page, table)]
    if not rows:
        return None
    size = rows[0][0].size
    other = next((n for n, row in enumerate(rows) if abs(row[0].size - size) > 0.15 * size), len(rows))
    bottom = _end_of_rows(rows[:other], edge)
    if bottom is None:
        return None
    inside = [row for row in rows[:other] if row[0].box[3] <= bottom]
    celled = [row for row in inside if len(row) > 1]
    if len(celled) < _FEWEST_ROWS or 2 * len(celled) < len(inside):
        return None
    return left - 4, edge, max(line.box[2] for row in inside for line in row) + 4, bottom


def _end_of_rows(rows: Sequence[Sequence[Line]], top: float) -> float | None:
    """The foot of a table without a closing rule; None where no rows follow its head.

    `rows` are the printed lines below `top`, from top to bottom.
    """
    edge, found, end = top, 0, None
    for lines in rows:
        size = max(line.size for line in lines)
        words = [word.text for line in lines for word in line.words]
        if min(line.box[1] for line in lines) - edge > _NEXT_ROW * size or len(words) > 6 * (1 + _figures(words)):
            break
        edge = max(line.box[3] for line in lines)
        found += _figures(words) > 1
        end = edge
    return end if found > 1 else None


def _figures(words: Sequence[str]) -> int:
    """How many words hold a figure."""
    return sum(_ROW.search(word) is not None for word in words)


def _said(words: Sequence[Word]) -> str:
    return " ".join(word.text for line in printed_lines(list(words)) for word in line.words)


def _in(word: Word, box: Box) -> bool:
    return box[0] <= (word.x0 + word.x1) / 2 <= box[2] and box[1] <= word.middle <= box[3]
