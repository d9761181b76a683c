"""What stands below a table on its page: its notes, or other text."""

import re
from collections.abc import Collection, Sequence

from evidence.read.pdf_layout import Style
from evidence.read.pdf_page import Box, Line, PageText

#: A table that ends at a page's foot keeps its notes below its last rule; so many lines at most.
_MOST_NOTES = 30
#: The first note stands at most so many font sizes below the last rule, each further line below the one before.
_FIRST_NOTE, _NEXT_NOTE = 2.0, 1.2
_FIGURE = re.compile(r"^fig(?:ure|\.)", re.IGNORECASE)
_NOTE_MARK = re.compile(
    r"^(?:[*\u2020\u2021\u00a7\u00b6#|]|\(?[a-z]\)|Abbreviations?\b|Notes?\b|Data are\b|Values are\b)"
)


def note_lines(page: PageText, style: Style, area: Box, used: Collection[int]) -> list[int]:
    """Lines right below the last rule, in smaller letters than running text; marks may be lines of their own."""
    x0, top, x1, bottom = area
    reach = (x0 - 6, top - 2, x1 + 6, bottom)
    below = [i for i, line in enumerate(page.lines) if i not in used and line.upright and within(line.box, reach)]
    found: list[int] = []
    edge, apart = top, _FIRST_NOTE
    for row in side_by_side(page, below)[:_MOST_NOTES]:
        lines = [page.lines[i] for i in row]
        size = max(line.size for line in lines)
        if min(line.box[1] for line in lines) - edge > apart * size or _FIGURE.match(lines[0].text):
            break
        if any(line.size > (0.95 if line.font == style.font else 1.05) * style.size for line in lines):
            break
        if lines[0].box[0] > x0 + 0.6 * (x1 - x0):
            break
        found += row
        edge, apart = max(line.box[3] for line in lines), _NEXT_NOTE
    return found


def notes_of(lines: Sequence[Line]) -> list[list[Line]]:
    """Notes begin with a sign, or after a line that does not fill its width."""
    notes: list[list[Line]] = []
    right = max((line.box[2] for line in lines), default=0.0)
    for line in lines:
        starts = not notes or bool(_NOTE_MARK.match(line.text)) or any(a == 0 for _, a, _ in line.words[0].marks)
        if starts or (right - notes[-1][-1].box[2] > 8 * line.size and notes[-1][-1].text.endswith(".")):
            notes.append([line])
        else:
            notes[-1].append(line)
    return notes


def side_by_side(page: PageText, numbers: Sequence[int]) -> list[list[int]]:
    """Lines by their numbers from top to bottom, those at one height together and from left to right."""
    rows: list[list[int]] = []
    low = 0.0
    for i in sorted(numbers, key=lambda i: page.lines[i].box[1] + page.lines[i].box[3]):
        _, top, _, bottom = page.lines[i].box
        if rows and (top + bottom) / 2 < low:
            rows[-1].append(i)
            low = max(low, bottom)
        else:
            rows.append([i])
            low = bottom
    return [sorted(row, key=lambda i: page.lines[i].box[0]) for row in rows]


def is_wordy(line: Line) -> bool:
    """Whether a line is made of words, as running text is."""
    letters = sum(character.isalpha() for character in line.text)
    return len(line.words) >= 6 and letters > 0.7 * len(line.text.replace(" ", ""))


def within(box: Box, area: Box) -> bool:
    """Whether the middle of a box stands in an area."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]
