"""The words of a printed table put into rows and columns.

Columns come from the segments a table's rules are drawn in, from vertical rules, or from the white between the words;
rows from the rules where there is one per row, else from the heights of the lines. A label or a value that takes
several lines is one cell. Nothing here changes a word.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from evidence.read.pdf_columns import Printed, borders_of, column_of, printed_lines, segments_of
from evidence.read.pdf_page import Box, Line, Word, median
from evidence.read.pdf_shapes import Rule, Shapes

#: Words nearer than this share of the font size belong to one heading over several columns.
_TOGETHER = 0.5
#: A rule over this share of the width parts rows; a shorter one belongs to a heading over several columns.
_FULL = 0.85
#: So many full rules per printed line, and every row has its own.
_RULE_PER_ROW = 0.4
_MOST_HEAD_ROWS = 6
#: Below the last row with several cells, so many words are a note and no heading.
_NOTE_WORDS = 7
#: Lines of one name stand closer than this share of the distance of rows.
_CLOSE = 0.92
#: A rule, or the next line of a name, stands so many heights of a line below the one before.
_BELOW = 1.6
_FIGURE = re.compile(r"\d")
_SIZE_OF_GROUP = re.compile(
    r"\(?\s*[nN]\s*=\s*\d[\d\s,.\u2009]*\)?|\d+\s*(?:%\s*(?:CI|C\.I|confidence)|%|years?|yrs?|weeks?|wks?|months?|days?|hours?|h)\b"
)

Row = list[tuple[tuple[int, ...], list[Line]]]  # columns a cell covers, and its lines


@dataclass(slots=True)
class Grid:
    """Rows from top to bottom, the first `heads` of which are the head; `notes` are lines below the last row.

    `heights` says of the cells that reach into the rows below how many rows they cover, by row and place in it.
    """

    rows: list[Row]
    heads: int
    notes: list[Line]
    heights: dict[tuple[int, int], int] = field(default_factory=dict)


def grid_of(lines: Sequence[Line], rules: Sequence[Rule], shapes: Shapes, area: Box) -> Grid | None:
    """Cells from the lines of a table; None where they make no columns."""
    fonts = {id(word): line.font for line in lines for word in line.words}
    printed = printed_lines([word for line in lines for word in line.words])
    if len(printed) < 2:
        return None
    full = _full(rules, area)
    head_end = _head_end(printed, full)
    borders = borders_of(printed, rules, shapes, area, head_end)
    if not borders:
        return None
    bands = _bands(printed, full, head_end, borders)
    walls = [box for box in shapes.verticals if area[0] < box[0] and box[2] < area[2]]
    partial = [rule for rule in rules if rule not in full]
    head = [band[0] for band in bands if band[0].top < head_end - 1]
    pitch = _pitch([line for line in printed if line.top >= head_end - 1], borders)
    rows: list[Row] = []
    heads = 0
    for n, band in enumerate(bands):
        if n < len(head):
            row = _head_row(band[0], head[n + 1 :], borders, partial, walls, fonts)
            if rows and _goes_on_in_head(rows[-1], row, partial, pitch):
                rows[-1] = _stacked(rows[-1], row)
                continue
            heads += 1
        else:
            row = _row(band, borders, fonts)
        rows.append(row)
    notes = _trailing_notes(rows)
    rows = without_empty_columns(rows)
    if len(rows) < 2 or not any(len(row) > 1 for row in rows):
        return None
    return Grid(rows, max(1, heads), notes)


def head_end_of(lines: Sequence[Line], rules: Sequence[Rule], area: Box) -> float:
    """Height at which the head of a table ends."""
    return _head_end(printed_lines([word for line in lines for word in line.words]), _full(rules, area))


def holds_values(text: str) -> bool:
    """Whether a line holds a figure that is no size of a group and no time."""
    return _FIGURE.search(_SIZE_OF_GROUP.sub("", text)) is not None


def cell_lines(words: Sequence[Word], fonts: dict[int, str]) -> list[Line]:
    """The words of one cell as printed lines; `fonts` by the id of a word."""
    return [Line(printed.words, fonts[id(printed.words[0])]) for printed in printed_lines(list(words))]


def holds_several_rows(row: Row) -> bool:
    """Whether a drawn row is several rows without a line between them.

    A value of several lines, each a figure complete in itself and level with a line of the label, is several values.
    """
    labels = [line.words[0].middle for columns, lines in row if columns[0] == 0 for line in lines]
    for columns, lines in row:
        if columns[0] == 0 or len(lines) < 2:
            continue
        whole = all(
            _FIGURE.search(line.text) and line.text[0] not in "([" and line.text.count("(") == line.text.count(")")
            for line in lines
        )
        level = all(any(abs(line.words[0].middle - at) < 0.3 * line.size for at in labels) for line in lines)
        if whole and level:
            return True
    return False


def _full(rules: Sequence[Rule], area: Box) -> list[Rule]:
    return [rule for rule in rules if rule.x1 - rule.x0 >= _FULL * (area[2] - area[0] - 8)]


def without_empty_columns(rows: Sequence[Row]) -> list[Row]:
    """Columns that no cell fills alone are the white between two others."""
    used = sorted({columns[0] for row in rows for columns, _ in row if len(columns) == 1})
    number = {column: i for i, column in enumerate(used)}
    return [[(tuple(number[c] for c in columns if c in number), lines) for columns, lines in row] for row in rows]


def _head_end(printed: Sequence[Printed], full: Sequence[Rule]) -> float:
    """Height below which the body starts: the first full rule under a few lines, else the first line with figures."""
    first = printed[0]
    for rule in full:
        above = sum((line.top + line.bottom) / 2 < rule.y for line in printed)
        if above and above <= _MOST_HEAD_ROWS + 3 and above < len(printed):
            return rule.y
    for line in printed[1:]:
        values = " ".join(word.text for word in line.words[1:])
        if holds_values(values):
            return line.top
    return first.bottom


def _bands(
    printed: Sequence[Printed], full: Sequence[Rule], head_end: float, borders: Sequence[float]
) -> list[list[Printed]]:
    """Printed lines that make one row each."""
    body = [line for line in printed if line.top >= head_end - 1]
    inner = [rule.y for rule in full if rule.drawn and rule.y > head_end + 2]
    head = [[line] for line in printed if line.top < head_end - 1]
    if len(inner) >= _RULE_PER_ROW * len(body):
        by_rule: dict[int, list[Printed]] = {}
        for line in body:
            by_rule.setdefault(sum(y < (line.top + line.bottom) / 2 for y in inner), []).append(line)
        return head + [part for key in sorted(by_rule) for part in _parts(by_rule[key], borders)]
    return head + _merged(body, borders)


def _parts(band: list[Printed], borders: Sequence[float]) -> list[list[Printed]]:
    """What stands between two rules: one row, or one per line where each line is complete in itself."""
    values = [_values(line, borders) for line in band]
    columns = [set(value) for value in values]
    alike = len(band) > 1 and all(columns) and all(own == columns[0] for own in columns[1:])
    figures = any(all(_FIGURE.search(value[column]) for value in values) for column in columns[0]) if alike else False
    texts = [text for value in values for text in value.values()]
    whole = all(text[0] not in "([" and text.count("(") == text.count(")") for text in texts)
    if not (alike and figures and whole):
        return [band]
    labels = [word for line in band for word in line.words if column_of(word, borders) == 0]
    if labels and any(not any(column_of(word, borders) == 0 for word in line.words) for line in band):
        # One label, set at half height, for several rows: it goes to the first of them.
        for line in band:
            line.words = [word for word in line.words if column_of(word, borders)]
        band[0].words = labels + band[0].words
    return [[line] for line in band]


def _values(line: Printed, borders: Sequence[float]) -> dict[int, str]:
    """Text of the cells right of the label."""
    texts: dict[int, str] = {}
    for word in line.words:
        if column := column_of(word, borders):
            texts[column] = f"{texts.get(column, '')} {word.text}".strip()
    return texts


def _merged(body: Sequence[Printed], borders: Sequence[float]) -> list[list[Printed]]:
    """Lines put together where a label or a value goes on below itself.

    Lines of one cell stand closer than rows do, so the usual distance of rows with values tells the two apart; a label
    that goes on in small letters does so at any distance.
    """
    filled = _filled(body, borders)
    tops = [line.top for line in body]
    pitch = _pitch(body, borders)
    bands: list[list[Printed]] = []
    columns: set[int] = set()
    for i, line in enumerate(body):
        goes_on = False
        if bands:
            close = line.top - tops[i - 1] < _CLOSE * pitch
            label = line.words[0].text
            adjacent = line.top - bands[-1][-1].bottom < 0.6 * line.words[0].size
            if filled[i] == {0}:
                # The rest of a label; a heading of its own starts with a capital at the distance of a row.
                low = label.islower() or (label[0] in "(\u2265\u2264<>" and close)
                goes_on = adjacent and (low or (close and pitch < float("inf") and columns != {0}))
            elif 0 not in filled[i]:
                # The rest of values ("(0.53 to 0.81)" below "0.66"), or the values of a label of two lines.
                goes_on = adjacent and (
                    close or columns == {0} or all(_opens(line, borders, c) for c in filled[i] & columns)
                )
            else:
                # Label and values both go on: "(1.2 to 2.6)" below "1.8", beside the rest of the label.
                both = filled[i] - {0} <= columns and all(_opens(line, borders, c) for c in filled[i] - {0})
                goes_on = adjacent and label.islower() and (both or (columns == {0} and close))
        if goes_on:
            bands[-1].append(line)
            columns |= filled[i]
        else:
            bands.append([line])
            columns = set(filled[i])
    return bands


def _filled(lines: Sequence[Printed], borders: Sequence[float]) -> list[set[int]]:
    """The columns in which each line has words."""
    return [{column_of(word, borders) for word in line.words} for line in lines]


def _pitch(body: Sequence[Printed], borders: Sequence[float]) -> float:
    """The usual distance from one row with values to the next; infinite where no two follow one another."""
    pairs = zip(pairwise(body), pairwise(_filled(body, borders)), strict=True)
    pitches = [b.top - a.top for (a, b), (f, g) in pairs if len(f) > 1 and len(g) > 1]
    return median(pitches) if pitches else float("inf")


def _opens(line: Printed, borders: Sequence[float], column: int) -> bool:
    """Whether a cell starts with a bracket."""
    first = next(word for word in line.words if column_of(word, borders) == column)
    return first.text[:1] in "(["


def _row(band: Sequence[Printed], borders: Sequence[float], fonts: dict[int, str]) -> Row:
    """The cells of one row of the body."""
    cells: dict[int, list[Line]] = {}
    for line in band:
        by_column: dict[int, list[Word]] = {}
        segments = segments_of(line.words, _TOGETHER)
        if len(segments) == 1 and column_of(segments[0][0], borders) == 0:
            by_column[0] = segments[0]  # a heading within the table may run over several columns
        else:
            for word in line.words:
                by_column.setdefault(column_of(word, borders), []).append(word)
        for column, words in by_column.items():
            cells.setdefault(column, []).append(Line(words, fonts[id(words[0])]))
    return [((column,), cells[column]) for column in sorted(cells)]


def _head_row(
    line: Printed,
    below: Sequence[Printed],
    borders: Sequence[float],
    partial: Sequence[Rule],
    walls: Sequence[Box],
    fonts: dict[int, str],
) -> Row:
    """The cells of one line of the head; a cell covers the columns between its walls or above its short rule."""
    height = (line.top + line.bottom) / 2
    crossing = sorted({wall[0] for wall in walls if wall[1] < height < wall[3]})
    cells: dict[tuple[int, ...], list[Word]] = {}
    segments = segments_of(line.words, _TOGETHER)
    under = [_rule_under(words, line, below, partial) for words in segments]
    for words, rule in zip(segments, under, strict=True):
        columns = {column_of(word, borders) for word in words}
        middle = (words[0].x0 + words[-1].x1) / 2
        left = max((x for x in crossing if x < middle), default=None)
        right = min((x for x in crossing if x > middle), default=None)
        if crossing and (left is not None or right is not None):
            columns |= _between(left, right, borders)
        elif rule is not None and under.count(rule) == 1:
            columns |= _between(rule.x0, rule.x1, borders)
        cells.setdefault(tuple(range(min(columns), max(columns) + 1)), []).extend(words)
    return [(columns, [Line(cells[columns], fonts[id(cells[columns][0])])]) for columns in sorted(cells)]


def _rule_under(words: Sequence[Word], line: Printed, below: Sequence[Printed], partial: Sequence[Rule]) -> Rule | None:
    """The short rule right below a heading, or below the lines in which the heading alone goes on."""
    middle, height = (words[0].x0 + words[-1].x1) / 2, (line.top + line.bottom) / 2
    size = line.bottom - line.top
    under = [rule for rule in partial if rule.y > height and rule.x0 <= middle <= rule.x1]
    rule = min(under, key=lambda rule: rule.y, default=None)
    if rule is None:
        return None
    for other in below:
        at = (other.top + other.bottom) / 2
        if at > rule.y:
            break
        names = [s for s in segments_of(other.words, _TOGETHER) if s[0].x0 < rule.x1 and s[-1].x1 > rule.x0]
        if len(names) > 1 or at - height > _BELOW * size:
            return None
        height = at if names else height
    return rule if rule.y - height < _BELOW * size else None


def _between(left: float | None, right: float | None, borders: Sequence[float]) -> set[int]:
    """Columns between two heights of the x axis."""
    first = 0 if left is None else sum(border < left + 3 for border in borders)
    last = len(borders) if right is None else sum(border < right - 3 for border in borders)
    return set(range(first, max(first, last) + 1))


def _goes_on_in_head(above: Row, below: Row, partial: Sequence[Rule], pitch: float) -> bool:
    """Whether a line of the head only continues the names above it, close below and without a rule between."""
    top = min(line.box[1] for _, lines in below for line in lines)
    bottom = max(line.box[3] for _, lines in above for line in lines)
    last = max(line.box[1] for _, lines in above for line in lines)
    size = max(line.size for _, lines in below for line in lines)
    close = top - bottom <= 0.35 * size or (top - bottom < size and top - last < _CLOSE * pitch)
    boxes = [line.box for _, lines in below for line in lines]
    between = [rule for rule in partial if bottom - 0.5 * size < rule.y < top + 0.5 * size]
    if not close or any(rule.x0 < box[2] and rule.x1 > box[0] for rule in between for box in boxes):
        return False
    names = {columns for columns, _ in above}
    taken = {column for columns in names for column in columns}
    return all(columns in names or not taken & set(columns) for columns, _ in below)


def _stacked(above: Row, below: Row) -> Row:
    """Two lines of the head as one row."""
    cells = {columns: list(lines) for columns, lines in above}
    for columns, lines in below:
        cells.setdefault(columns, []).extend(lines)
    return [(columns, cells[columns]) for columns in sorted(cells)]


def _trailing_notes(rows: list[Row]) -> list[Line]:
    """Take lines of text below the last row out of the rows."""
    last = max((i for i, row in enumerate(rows) if len(row) > 1), default=0)
    tail = rows[last + 1 :]
    lines = [line for row in tail for _, cell in row for line in cell]
    said = " ".join(line.text for line in lines)
    if len(said.split()) < _NOTE_WORDS and not said.endswith(".") and "=" not in said:
        return []
    del rows[last + 1 :]
    return lines
