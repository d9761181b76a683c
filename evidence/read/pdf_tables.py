"""Tables of a page: found by their caption, read as a grid of cells, written into the text cell by cell.

A table is what stands between the first and the last rule or tinted area next to a caption "Table n". The words between
them become cells in `pdf_grid`; here is where a table begins and ends, and how it comes into the text.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from evidence.model.document import Cell, Table
from evidence.read.compose import Composer, place
from evidence.read.pdf_cells import drawn_grid
from evidence.read.pdf_continued import foot_of_open, head_again, unruled_area
from evidence.read.pdf_grid import Grid, grid_of
from evidence.read.pdf_layout import Style
from evidence.read.pdf_notes import is_wordy, note_lines, notes_of, within
from evidence.read.pdf_page import Box, Line, PageText, Span
from evidence.read.pdf_shapes import Rule, Shapes

Join = Callable[[Sequence[Line]], tuple[str, list[Span]]]

_LABEL = re.compile(
    r"^(?P<label>(?:(?:Supplementa(?:ry|l)|Extended\s+Data|Appendix|Online)\s+)?e?Table\s+(?:[A-Z]?\d{1,3}[A-Za-z]?|[IVX]{1,5}))\b"
    r"\s*(?P<mark>[.:|\u2013\u2014-]?)\s*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
#: How far from its caption a table may begin.
_REACH = 70.0
_LONGEST_CAPTION = 8  # lines


@dataclass(slots=True)
class PrintedTable:
    """A table as it stands on the page; `place` is where it stands in the stream of lines.

    One that goes on from the column or page before prints no caption: `goes_on` is the part that has it.
    """

    place: int
    label: str
    caption: list[Line]
    grid: Grid
    notes: list[Line] = field(default_factory=list)
    goes_on: "PrintedTable | None" = None


def names_a_table(page: PageText) -> bool:
    """Whether a line may be the caption of a table."""
    return any(_label(line.text) for line in page.lines)


def find_tables(
    index: int, page: PageText, style: Style, drawn: Callable[[], Shapes], before: PrintedTable | None = None
) -> tuple[list[PrintedTable], list[str]]:
    """The tables of a page, and a sentence for each that could not be cut out.

    Cells that are drawn throughout are taken as they are; else rules and the white between the words make them. The
    lines of the tables are taken out of `page.lines`. `drawn` is called only if there is a caption, or the head of the
    table `before`, the last of the page before.
    """
    captions = [i for i in range(len(page.lines)) if _is_caption(page.lines, i, style)]
    if not captions and (before is None or head_again(page, before.grid, ()) is None):
        return [], []
    shapes = drawn()
    tables: list[PrintedTable] = []
    gaps: list[str] = []
    taken: set[int] = set()
    heads = [page.lines[i].box for i in captions]
    for i in captions:
        if i in taken:
            continue
        found = _table(page, shapes, style, i, heads, taken)
        if found is not None:
            table, lines = found
            tables.append(table)
            taken |= lines
        else:
            match = _LABEL.match(page.lines[i].text)
            label = f"{_spelt(match.group('label')) if match else 'A table'} (page {index + 1})"
            if _is_picture(page.lines[i].box, shapes, page):
                gaps.append(f"{label} is an image and was not read.")
            else:
                gaps.append(f"{label} has no rules or columns to cut it by; it was read as lines, not as a table.")
    for earlier in [*([before] if before else []), *tables]:
        again = head_again(page, earlier.grid, taken)
        found = _table(page, shapes, style, None, heads, taken, again) if again else None
        if found is not None:
            part, lines = found
            part.label, part.goes_on = earlier.label, earlier
            tables.append(part)
            taken |= lines
    # Places count the lines that stay.
    order = [i for i in range(len(page.lines)) if i not in taken]
    for table in tables:
        table.place = sum(1 for i in order if i < table.place)
    page.lines = [page.lines[i] for i in order]
    return tables, gaps


def write_table(table: PrintedTable, out: Composer, page: int, join: Join) -> None:
    """Label and caption, one line per row with cells parted by tabs, then the notes."""
    out.end_paragraph()
    start = out.at
    heading = _write(table.caption, out, join)
    opening = table
    while opening.goes_on is not None:
        opening = opening.goes_on
    title = heading if opening is table else join(opening.caption)[0]
    match = _LABEL.match(title)
    cells: list[Cell] = []
    for r, row in enumerate(table.grid.rows):
        out.end_line()
        for n, (columns, lines) in enumerate(row):
            if n:
                out.write("\t")
            at = out.at
            content = _write(lines, out, join)
            for row_below in range(r, r + table.grid.heights.get((r, n), 1)):
                for column in columns:
                    if cell := place(content, at, row_below, column, head=r < table.grid.heads):
                        cells.append(cell)
    notes = []
    for note in notes_of(table.notes):
        out.end_line()
        notes.append(_write(note, out, join))
    out.end_line()
    out.tables.append(
        Table(
            label=table.label,
            caption=match.group("rest").strip() if match else title,
            char_start=start,
            char_end=out.at - 1,
            cells=tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))),
            footnotes=tuple(notes),
            page=page,
        )
    )
    out.end_paragraph()


def _write(lines: Sequence[Line], out: Composer, join: Join) -> str:
    text, marks = join(lines)
    start, _ = out.write(text)
    for kind, a, b in marks:
        out.mark(kind, start + a, start + b)
    return text


def _spelt(label: str) -> str:
    """A label as tables are cited: "TABLE 2" as "Table 2"."""
    return " ".join(label.split()).replace("TABLE", "Table")


def _label(text: str) -> re.Match[str] | None:
    """The label a text begins with; looking for the word first saves most of the time."""
    return _LABEL.match(text) if "table" in text.lower() else None


def _is_caption(lines: Sequence[Line], i: int, style: Style) -> bool:
    """Whether a line starts a caption, rather than a line of prose that begins with "Table 2 shows"."""
    line = lines[i]
    match = _label(line.text)
    if not match or not line.upright:
        return False
    rest = match.group("rest")
    if rest and (rest[0].islower() or rest[0] in "),;.") and not match.group("mark"):
        return False
    if i and style.is_body(line) and line.font == style.font:
        before = lines[i - 1]
        close = 0 <= line.box[1] - before.box[1] < 1.6 * line.size and abs(before.box[0] - line.box[0]) < 2 * line.size
        if close and before.font == line.font:
            return False
    return not (match.group("mark") == "." and not rest and style.is_body(line) and line.font == style.font)


def _table(
    page: PageText,
    shapes: Shapes,
    style: Style,
    first: int | None,
    captions: Sequence[Box],
    taken: set[int],
    again: Box | None = None,
) -> tuple[PrintedTable, set[int]] | None:
    """The table of one caption and the numbers of its lines; None where nothing like a table stands near.

    One that goes on without a caption begins with the head that is printed `again`.
    """
    head = page.lines[first].box if first is not None else (0.0, 0.0, 0.0, 0.0)
    if again is not None:
        head = (again[0], again[1] - 3, again[2], again[1] - 2)
    frame = _frame(head, shapes, page)
    others = [box for box in captions if box != head]
    for upwards in (False, True) if first is not None else (False,):
        rules = _rules_of(head, shapes, page, style, frame, others, upwards=upwards)
        if len(rules) < 2:
            continue
        limit = min(rules[0].y, rules[-1].y) if not upwards else page.height
        caption = _caption_lines(page, first, limit, taken) if first is not None else []
        x0, x1 = min(rule.x0 for rule in rules) - 4, max(rule.x1 for rule in rules) + 4
        top, bottom = rules[0].y, rules[-1].y
        if frame and upwards:
            top = frame[1]  # the head may stand above the first rule
        if not upwards and not frame:
            bottom = foot_of_open(page, style, (x0, top, x1, bottom), taken | set(caption)) or bottom
        limit = frame[3] if frame else page.height
        if upwards:
            limit = min(limit, head[1])
        found = _cut(page, shapes, style, caption, rules, (x0, top, x1, bottom), limit, taken)
        if found is not None:
            return found
    if first is None or _is_picture(head, shapes, page):
        return None
    caption = _caption_lines(page, first, page.height, taken)
    for lines in (caption, caption[:1]):  # the head of a table may stand as close as a caption goes on
        area = unruled_area(page, style, [page.lines[i] for i in lines], taken | set(lines))
        if area is not None:
            return _cut(page, shapes, style, lines, [], area, page.height, taken)
    return None


def _cut(
    page: PageText,
    shapes: Shapes,
    style: Style,
    caption: Sequence[int],
    rules: Sequence[Rule],
    area: Box,
    limit: float,
    taken: set[int],
) -> tuple[PrintedTable, set[int]] | None:
    """The table in an area, its notes down to a height, and the numbers of its lines; None where it has no cells."""
    x0, top, x1, bottom = area
    inside = [
        i
        for i, line in enumerate(page.lines)
        if i not in taken and i not in caption and line.upright and within(line.box, (x0, top - 2, x1, bottom + 2))
    ]
    if len(inside) < 4:
        return None
    lines = [page.lines[i] for i in inside]
    grid = (drawn_grid(lines, rules, shapes, area) if rules else None) or grid_of(lines, rules, shapes, area)
    if grid is None:
        return None
    used = set(inside) | set(caption)
    notes = note_lines(page, style, (x0, bottom, x1, limit), used | taken)
    match = _LABEL.match(page.lines[caption[0]].text) if caption else None
    table = PrintedTable(
        min(used), _spelt(match.group("label")) if match else "", [page.lines[i] for i in caption], grid,
        grid.notes + [page.lines[i] for i in notes],
    )  # fmt: skip
    return table, used | set(notes)


def _frame(head: Box, shapes: Shapes, page: PageText) -> Box | None:
    """The smallest tinted or framed area that holds the caption together with a table."""
    holding = [
        area
        for area in shapes.areas
        if area[0] - 3 <= head[0] and area[1] - 3 <= head[1] and area[2] + 3 >= head[2] and area[3] + 3 >= head[3]
        and sum(within(line.box, area) for line in page.lines) >= 6
    ]  # fmt: skip
    return min(holding, key=lambda area: (area[2] - area[0]) * (area[3] - area[1]), default=None)


def _rules_of(
    head: Box,
    shapes: Shapes,
    page: PageText,
    style: Style,
    frame: Box | None,
    captions: Sequence[Box],
    *,
    upwards: bool,
) -> list[Rule]:
    """The rules of the table next to a caption, from top to bottom: the nearest, then all that go on from it."""
    if upwards:
        candidates = [rule for rule in reversed(shapes.rules) if rule.y <= head[1] + 2]
    else:
        candidates = [rule for rule in shapes.rules if rule.y >= head[3] - 3]
    if frame:
        candidates = [rule for rule in candidates if frame[1] + 3 < rule.y < frame[3] - 3 and _inside(rule, frame)]
    found: list[Rule] = []
    edge = head[1] if upwards else head[3]
    for rule in candidates:
        if not found:
            if abs(rule.y - edge) > (_REACH if not upwards else _REACH / 2) and not (frame and upwards):
                break
            if (
                min(rule.x1, head[2]) - max(rule.x0, head[0]) < min(20.0, 0.5 * (head[2] - head[0]))
                or rule.x1 - rule.x0 < 60
            ):
                continue
        else:
            x0, x1 = min(r.x0 for r in found), max(r.x1 for r in found)
            if rule.x1 < x0 or rule.x0 > x1:
                continue
            if rule.x0 < x0 - 12 or rule.x1 > x1 + 12:
                if len(found) == 1 and not found[0].drawn:
                    found.clear()  # the tint of a caption is narrower than its table
                else:
                    break
            low, high = sorted((found[-1].y, rule.y)) if found else (rule.y, rule.y)
            if found and (
                _parted(low, high, (x0, x1), page, style)
                or any(low < box[1] < high and box[0] < x1 and box[2] > x0 for box in captions)
            ):
                if not upwards:
                    break
                found.clear()  # notes stand between the table and a caption below it
        found.append(rule)
    return sorted(found, key=lambda rule: rule.y)


def _parted(low: float, high: float, span: tuple[float, float], page: PageText, style: Style) -> bool:
    """Whether what stands between two heights belongs to no table: running text, or long lines and no row."""
    x0, x1 = span
    between = [
        line
        for line in page.lines
        if line.upright and low < (line.box[1] + line.box[3]) / 2 < high and line.box[0] < x1 and line.box[2] > x0
    ]
    prose = sum(style.is_body(line) and line.font == style.font and is_wordy(line) for line in between)
    if prose >= 3:
        return True
    heights = sorted((line.box[1] + line.box[3]) / 2 for line in between)
    has_row = any(b - a < 2 for a, b in pairwise(heights))
    long = [line for line in between if len(line.words) >= 9]
    # One long line alone, close between two rules, is a heading within the table.
    return bool(long) and not has_row and (len(between) > 1 or high - low > 2.5 * long[0].size)


def _caption_lines(page: PageText, first: int, limit: float, taken: set[int]) -> list[int]:
    """The lines of a caption: what follows at the same height or closely below, in the same size, above the table."""
    found = [first]
    for i in range(first + 1, min(len(page.lines), first + _LONGEST_CAPTION)):
        line, before = page.lines[i], page.lines[found[-1]]
        box, last = line.box, before.box
        if i in taken or (box[1] + box[3]) / 2 > limit or abs(line.size - before.size) > 0.15 * before.size:
            break
        same_row = abs(box[1] - last[1]) < 0.4 * line.size and box[0] > last[0]
        below = 0 < box[1] - last[1] < 1.8 * line.size and box[0] < max(page.lines[j].box[2] for j in found)
        if not same_row and not below:
            break
        found.append(i)
    return found


def _is_picture(head: Box, shapes: Shapes, page: PageText) -> bool:
    """Whether a large picture, rather than text, stands next to a caption."""
    for x0, top, x1, bottom in shapes.pictures:
        if x1 - x0 > 0.25 * page.width and bottom - top > 40 and x0 < head[2] and x1 > head[0]:
            near = -5 < top - head[3] < _REACH or -5 < head[1] - bottom < _REACH / 2
            if near and sum(within(line.box, (x0, top, x1, bottom)) for line in page.lines) < 4:
                return True
    return False


def _inside(rule: Rule, area: Box) -> bool:
    return area[0] - 3 <= rule.x0 and rule.x1 <= area[2] + 3
