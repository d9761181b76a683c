"""A table as lines of cells under joined heads: which rows are heads, which columns are labels, what stands over what.

A reader of tables gives a rectangle of cells (`Table`). Here it becomes a `Grid`: heads of several rows joined from the
top down, label columns told from number columns, group headings carried to the lines below them (full-width rows, rows
with only their first cell filled, and the parents of indented rows), spanned labels repeated. Nothing here knows what a
head or a label means.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from evidence.extract.continued import joined, whole_tables
from evidence.extract.nlp import Reading
from evidence.model.document import Cell, Table

#: At most this many columns can hold labels: factor, level, and one more.
_MOST_LABEL_COLUMNS = 3

#: What the cell of a number looks like; everything else is words.
_NUMERIC = re.compile(
    r"[(\[<>=≤≥~±+\s-]*(?:\d|\.\d)|[Pp]\s?[=<>≤≥]|(?:NR|NE|NS|NA|N/A|n/a|ns|n\.s\.|N\.S\.|ref\.?|reference"
    r"|not reached|not estimable|-+|\.\.+)$",
    re.IGNORECASE,
)
#: A level that bounds or spans numbers ("<50 years", "≥90", "18-39 y"); what stands below 1 is a p-value.
_BOUNDED = re.compile(
    r"[<>≤≥]=?\s?[1-9]\d*(?:\.\d+)?(?:[\s-]?[A-Za-z%/][^\d]*)?|[1-9]\d*\s?(?:-|to)\s?\d+\s?[A-Za-z][^\d]*"
)
_SIZE_LABEL = re.compile(
    r"(?:(?:total|overall),? )?(?:no\.?|number|n|patients?|participants|subjects)(?!\w)(?: of)?"
    r"(?: (?:the )?(?:patients?|pts|participants|subjects|women|men|cases|individuals|children|evaluated"
    r"|evaluable|analy[sz]ed|"
    r"randomi[sz]ed|treated|enrolled|assessed|included|in (?:the )?(?:group|analysis)))*(?:,? \(?n\)?)?",
    re.IGNORECASE,
)
_SIZE = re.compile(r"\(?\s*[Nn]\s?=\s?(?P<n>\d[\d, ]*)\s*\)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One cell with its clean text, footnote marks taken out."""

    cell: Cell
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The head of one column, its parts from the top down."""

    index: int
    parts: tuple[str, ...]
    head: str  # verbatim


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of numbers. `labels` are its own words, `headings` those of the rows above that it stands under."""

    spots: tuple[Spot | None, ...]  # by column; None where there is no cell or no text
    labels: tuple[str, ...]
    headings: tuple[str, ...]  # outermost first
    head: str  # verbatim, headings not included
    sizes: dict[int, int]  # people per column, where a row above said so
    limits: dict[int, Spot]  # confidence limits per column, where the next row holds nothing else


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table made ready for reading."""

    label: str
    caption: str  # clean
    notes: str  # footnotes, clean, each on a line
    columns: tuple[Column, ...]
    label_heads: tuple[str, ...]  # heads of the label columns
    lines: tuple[Line, ...]


def grids(reading: Reading, without: Collection[Table] = ()) -> Iterator[Grid]:
    """The tables of a document that hold numbers; not those `without`, which are read otherwise."""
    left_out = {id(table) for table in without}
    for parts, found in _of_document(reading):
        if left_out.isdisjoint(map(id, parts)):
            yield from found


@lru_cache(maxsize=1)  # several steps go through the tables of a document
def _of_document(reading: Reading) -> tuple[tuple[tuple[Table, ...], tuple[Grid, ...]], ...]:
    whole = whole_tables(reading.document.tables)
    return tuple((parts, tuple(grids_of(reading, joined(parts)))) for parts in whole)


def spots(reading: Reading, table: Table) -> list[list[Spot | None]]:
    """The rows of a table that hold any text."""
    rows = [[_spot(reading, cell) for cell in row] for row in table.grid()]
    return [row for row in rows if any(row)]


def clean_text(reading: Reading, start: int, end: int) -> str:
    """Clean text of a stretch of the document, given by offsets in its own text, without the marks in it."""
    starts = reading.document.clean.starts
    first, last = bisect_left(starts, start), bisect_left(starts, end)
    pieces, at = [], first
    for mark_start, mark_end in reading.marks:
        if first <= mark_start and mark_end <= last and at <= mark_start:
            pieces.append(reading.text[at:mark_start])
            at = mark_end
    pieces.append(reading.text[at:last])
    return re.sub(r"[ \t\n]+", " ", "".join(pieces))


def grids_of(reading: Reading, table: Table) -> Iterator[Grid]:
    """A table, or its parts where it sets new heads over the same columns further down; those that hold numbers."""
    rows = spots(reading, table)
    if len(rows) < 2:
        return
    count = _head_rows(rows)
    heads, body = rows[:count], rows[count:]
    if not body:
        return
    labels = _label_columns(heads, body)
    label_heads = tuple(" ".join(_column(heads, index).parts) for index in range(labels))
    for over, part in _parts(heads, body, labels):
        lines = tuple(_lines(part, labels))
        if not lines:
            continue
        yield Grid(
            label=table.label,
            caption=clean_words(table.caption),
            notes=" \n".join(clean_words(note) for note in table.footnotes),
            columns=tuple(_column(over, index) for index in range(labels, len(rows[0]))),
            label_heads=label_heads,
            lines=lines,
        )


_Rows = list[list[Spot | None]]


def _parts(heads: _Rows, body: _Rows, labels: int) -> Iterator[tuple[_Rows, _Rows]]:
    """Heads with the rows below them; a row of nothing but words over most columns is the head of a new part."""
    filled = {index for row in heads for index, spot in enumerate(row) if index >= labels and spot is not None}
    part: _Rows = []
    for row in body:
        values = {index for index, spot in enumerate(row) if index >= labels and spot is not None}
        words = len(values) > 1 and 2 * len(values) > len(filled) and not any(row[:labels])
        if words and len(distinct(row)) > 1 and not any(is_numeric(spot.text) for spot in row if spot is not None):
            yield heads, part
            heads, part = [row], []
        else:
            part.append(row)
    yield heads, part


def _spot(reading: Reading, cell: Cell | None) -> Spot | None:
    if cell is None:
        return None
    text = clean_text(reading, cell.char_start, cell.char_end)
    return Spot(cell=cell, text=text) if text.strip() else None


def clean_words(text: str) -> str:
    """Caption and notes are not addressed by offsets; dashes and blanks made uniform are enough for them."""
    return re.sub(r"\s+", " ", re.sub(r"[\u2010-\u2015\u2212]", "-", text.replace("\u00b7", "."))).strip()


def is_numeric(text: str) -> bool:
    """Whether a cell holds a number (or stands for one: NR, NS, a dash)."""
    return bool(_NUMERIC.match(text.strip()))


def distinct(row: list[Spot | None]) -> list[Spot]:
    """The cells of a row, a spanning cell once."""
    found: dict[tuple[int, int], Spot] = {}
    for spot in row:
        if spot is not None:
            found.setdefault((spot.cell.char_start, spot.cell.char_end), spot)
    return list(found.values())


def _head_rows(rows: list[list[Spot | None]]) -> int:
    """How many rows at the top are heads: those marked so, and those below them without a label or a number."""
    count = 0
    for row in rows:
        spots = [spot for spot in row if spot is not None]
        marked = all(spot.cell.head for spot in spots)
        beside = row[0] is None and len(distinct(row)) > 1 and not any(is_numeric(spot.text) for spot in spots)
        if not marked and not beside and count:
            break
        if not marked and not count and any(is_numeric(spot.text) for spot in spots[1:]):
            break
        count += 1
        if not marked and not beside:
            break
    return count - 1 if _is_first_heading(rows, count - 1) else count


def _is_first_heading(rows: list[list[Spot | None]], last: int) -> bool:
    """Whether the last row marked as a head is the heading of the first lines: one like it stands over other lines.

    A ruled table may draw its line below both ("Overall survival" above the factors, then "Relapse" above them again).
    """
    if not last or not _is_alone(rows[last]) or any(row[0] is not None for row in rows[:last]):
        return False
    return last + 1 < len(rows) and not _is_alone(rows[last + 1]) and any(_is_alone(row) for row in rows[last + 2 :])


def _is_alone(row: list[Spot | None]) -> bool:
    """Whether a row holds nothing but its first cell."""
    return row[0] is not None and not any(row[1:])


def _label_columns(heads: list[list[Spot | None]], body: list[list[Spot | None]]) -> int:
    """How many columns on the left hold labels."""
    count = 1
    for index in range(1, min(_MOST_LABEL_COLUMNS, len(body[0]) - 1)):
        own = [
            row[index]
            for row in body
            if (spot := row[index]) is not None and (row[0] is None or row[0].cell.char_start != spot.cell.char_start)
        ]
        texts = [spot.text for spot in own if spot is not None]
        words = [text for text in texts if not is_numeric(text)]
        if words:
            words += [text for text in texts if _BOUNDED.fullmatch(text.strip())]
        headless = not any(row[index] for row in heads)
        if not texts or not (2 * len(words) > len(texts) or (headless and words)):
            break
        count += 1
    return count


def _column(heads: list[list[Spot | None]], index: int) -> Column:
    spots = [row[index] for row in heads]
    parts: list[str] = []
    raw: list[str] = []
    for spot, row in zip(spots, heads, strict=True):
        if spot is None:
            continue
        text = spot.text.strip()
        label = row[0].text.strip() if row[0] is not None and index else ""
        if re.fullmatch(r"\d[\d, ]*", text) and _SIZE_LABEL.fullmatch(label):
            text = f"n = {text}"
        if parts and parts[-1] != text and (parts[-1].count("(") > parts[-1].count(")") or parts[-1][-1] in ",/"):
            parts[-1] += " " + text  # a head set over two lines
            raw.append(" ".join(spot.cell.text.split()))
        elif not parts or parts[-1] != text:
            parts.append(text)
            raw.append(" ".join(spot.cell.text.split()))
    return Column(index=index, parts=tuple(parts), head=" ".join(raw))


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


@dataclass(slots=True)
class _Heading:
    """A heading and the indent of the first line under it, once there is one."""

    indent: int
    words: str
    below: int | None = None
    outer: bool = False  # stands over headings of its own indent, up to the next of its kind


#: Label of a row that holds the limits of the row above.
_LIMITS_LABEL = re.compile(r"\(?95\s?% ?(?:CIs?|confidence intervals?)(?: (?:of|for) [\w ]+)?\)?", re.IGNORECASE)
#: A factor's own line in a table of its levels: nothing but a p-value; 1.00 is the estimate of a reference level.
_P_ONLY = re.compile(r"[Pp]?\s?[=<>≤≥]?\s?(?!1\.0+$)[01]?\.\d+\s?[*a-z†‡]{0,2}|-+")


def _lines(body: list[list[Spot | None]], labels: int) -> list[Line]:
    lines: list[Line] = []
    previous: Line | None = None
    stack: list[_Heading] = []
    carried: list[str] = [""] * labels
    sizes: dict[int, int] = {}
    outer = _outer(body)
    for place, row in enumerate(body):
        first = row[0]
        values = [
            spot for spot in distinct(row[labels:]) if first is None or spot.cell.char_start != first.cell.char_start
        ]
        said = _said_sizes(row, labels)
        if not said and not any(is_numeric(spot.text) for spot in values):
            if first is not None and not values:
                words = dict.fromkeys(spot.text.strip() for spot in row[:labels] if spot is not None)
                _push(stack, _indent(first.text), " ".join(words), outer=place in outer)
                carried = [""] * labels
            continue
        if said:
            sizes = sizes | said
            if first is not None and not _SIZE_LABEL.fullmatch(first.text.strip(" .:")):
                _push(stack, _indent(first.text), first.text.strip())
            continue
        if previous is not None and first is not None and _LIMITS_LABEL.fullmatch(first.text.strip()):
            below = {index: spot for index, spot in enumerate(row) if index >= labels and spot is not None}
            previous.limits.update(below)
            continue
        own = _labels(row, labels, carried)
        if first is not None:
            _leave(stack, _indent(first.text))
        verbatim = dict.fromkeys(" ".join(spot.cell.text.split()) for spot in row[:labels] if spot is not None)
        previous = Line(
            spots=tuple(row),
            labels=own,
            headings=tuple(heading.words for heading in stack),
            head=" ".join(verbatim) or " ".join(own),
            sizes=dict(sizes),
            limits={},
        )
        lines.append(previous)
        if (
            first is not None
            and labels == 1
            and len(values) <= 2
            and all(_P_ONLY.fullmatch(s.text.strip()) for s in values)
        ):
            _push(stack, _indent(first.text), first.text.strip())
    return lines


def _outer(body: list[list[Spot | None]]) -> set[int]:
    """Rows that are headings of headings: each stands once, right above one that comes back below another of them."""
    alone = {
        place: row[0].text.strip()
        for place, row in enumerate(body)
        if row[0] is not None and all(spot is None or spot.text == row[0].text for spot in row[1:])
    }
    times = Counter(alone.values())
    return {
        place
        for place, words in alone.items()
        if times[words] == 1 and place + 1 in alone and times[alone[place + 1]] > 1
    }


def _push(stack: list[_Heading], indent: int, words: str, *, outer: bool = False) -> None:
    """A heading ends those of its own or a deeper level; right below another heading it stands under that one."""
    while stack and (stack[-1].indent > indent or (stack[-1].indent == indent and stack[-1].below is not None)):
        if stack[-1].outer and not outer and stack[-1].indent == indent:
            break
        stack.pop()
    if len(stack) > 1 and stack[-1].below is None and stack[-2].indent == stack[-1].indent == indent:
        stack.pop()
    for heading in stack:
        heading.below = heading.below if heading.below is not None else indent
    stack.append(_Heading(indent, words, outer=outer))


def _leave(stack: list[_Heading], indent: int) -> None:
    """A line that is indented less than those under a heading does not stand under it."""
    while stack and (indent < stack[-1].indent or (stack[-1].below is not None and indent < stack[-1].below)):
        stack.pop()
    for heading in stack:
        heading.below = heading.below if heading.below is not None else indent


def _said_sizes(row: list[Spot | None], labels: int) -> dict[int, int]:
    """People per column, where a row says nothing else ("No. of patients | 54 | 54", "| n=74 | n=66")."""
    cells = {index: spot.text.strip() for index, spot in enumerate(row) if index >= labels and spot is not None}
    found = {index: _SIZE.fullmatch(text) for index, text in cells.items()}
    if cells and all(found.values()):
        return {index: int(re.sub(r"\D", "", match["n"])) for index, match in found.items() if match}
    label = row[0].text.strip() if row[0] is not None else ""
    if not _SIZE_LABEL.fullmatch(label.rstrip(" .:")):
        return {}
    numbers = {index: text for index, text in cells.items() if re.fullmatch(r"\d[\d, ]*", text)}
    return {index: int(re.sub(r"\D", "", text)) for index, text in numbers.items()}


def _labels(row: list[Spot | None], labels: int, carried: list[str]) -> tuple[str, ...]:
    """The words of a line; an empty first label is that of the line above, as a spanning cell would give."""
    own: list[str] = []
    for index in range(labels):
        spot = row[index]
        text = spot.text.strip() if spot is not None else ""
        if index and spot is not None and row[index - 1] is not None and own and spot.text.strip() == own[-1]:
            text = ""
        own.append(text)
    if not own[0] and carried[0]:
        own[0] = carried[0]
    carried[:] = own
    return tuple(text for text in own if text)
