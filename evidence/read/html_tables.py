"""Tables of a web page with what belongs to them: label, caption and footnotes, wherever the page puts these.

Pages wrap a table in several boxes. The box is the nearest one that begins with the table's label, or that is named as
one; without such a box the caption is the paragraph before the table. Tables that only lay out a page are none.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from evidence.model.document import Cell, Table
from evidence.read.compose import Composer
from evidence.read.html_page import is_named, words
from evidence.read.markup_tables import WriteCell, write_grid

_LABEL = re.compile(
    r"^\W*(?P<label>(?:Supplementa(?:ry|l)\s+|Extended\s+Data\s+|Appendix\s+|e)?Table\s*(?:[A-Z]?\d+[A-Za-z]?|[IVX]+)\b)[\s.:|\u2013\u2014-]*",
    re.IGNORECASE,
)
#: Longer text in front of a table is prose of the article, not a caption.
_LONGEST_CAPTION = 1500
#: How many boxes around a table are looked at.
_BOXES = 8
_LONGEST_FOOTNOTES = 6000


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A table with its box; `before` and `after` are the elements that caption and explain it."""

    table: Any
    box: Any  # the outermost element that belongs to the table; the table itself where there is no box
    label: str
    caption: str
    before: tuple[Any, ...]
    after: tuple[Any, ...]


def data_tables(root: Any) -> list[Wrapped]:
    """The tables that hold data, in order, with what belongs to each."""
    return [_wrapped(table, root) for table in root.iter("table") if _holds_data(table)]


def absent_tables(root: Any, found: list[Wrapped]) -> list[str]:
    """Labels of tables of which the page shows only the caption, as link to another page or as image."""
    there = {wrapped.label.lower() for wrapped in found}
    labels = []
    for element in root.iter("figcaption", "figure", "div", "section"):
        is_box = element.tag in ("figure", "figcaption") or is_named(element, "tables")
        if is_box and element.find(".//table") is None and (match := _LABEL.match(words(element))):
            label = _spelled(match)
            if label.lower() not in there and label not in labels:
                labels.append(label)
    return labels


def write_table(
    wrapped: Wrapped, out: Composer, write_cell: WriteCell, plain: Callable[[Any], str], source: str
) -> None:
    """Write label, caption, cells and footnotes."""
    out.end_paragraph()
    start = out.at
    if wrapped.label:
        out.write(wrapped.label)
    if wrapped.caption:
        out.write((". " if wrapped.label else "") + wrapped.caption)
    cells: tuple[Cell, ...] = write_grid(
        wrapped.table, out, write_cell, where=f"{source}: {wrapped.label or 'a table'}"
    )
    notes = tuple(text for text in (plain(element) for element in wrapped.after) if text)
    for note in notes:
        out.end_line()
        out.write(note)
    out.tables.append(
        Table(
            label=wrapped.label,
            caption=wrapped.caption,
            char_start=start,
            char_end=out.at,
            cells=cells,
            footnotes=notes,
        )
    )
    out.end_paragraph()


def _holds_data(table: Any) -> bool:
    """At least two rows and two columns, no table inside, not said to be mere layout."""
    if table.get("role") in ("presentation", "none") or table.find(".//table") is not None:
        return False
    rows = list(table.iter("tr"))
    return len(rows) > 1 and any(len(row) > 1 for row in rows)


def _wrapped(table: Any, root: Any) -> Wrapped:
    box, label, caption = table, "", ""
    before: tuple[Any, ...] = ()
    inner = table.find("caption")
    if inner is not None:
        label, caption = _parted(words(inner))
    for parent in _parents(table, root):
        if sum(1 for _ in parent.iter("table")) > 1:
            break
        front = _front(parent, table)
        text = " ".join(part for part in (words(element) for element in front) if part)
        if len(text) > _LONGEST_CAPTION:
            break
        if text and _LABEL.match(text) and not label:
            box, (label, caption), before = parent, _parted(text, caption), front
        elif not text and (is_named(parent, "tables") or parent.tag == "figure") and _short_behind(parent, table):
            box = parent
        elif text and not _LABEL.match(text):
            if not (is_named(parent, "tables") or parent.tag == "figure") or caption:
                break
            box, caption, before = parent, text, front
    if not label and not before and (above := _above(box)) is not None:
        label, caption = _parted(words(above), caption)
        before = (above,)
    after = tuple(_behind(box, table)) or tuple(_below(box))
    return Wrapped(table=table, box=box, label=label, caption=caption, before=before, after=after)


def _parents(table: Any, root: Any) -> Iterator[Any]:
    for number, parent in enumerate(table.iterancestors()):
        if parent is root or number >= _BOXES or parent.tag in ("body", "main", "article"):
            return
        yield parent


def _front(box: Any, table: Any) -> tuple[Any, ...]:
    """What a box holds in front of its table: whole elements, from the outermost inwards."""
    found = []
    inner = {table, *table.iterancestors()}
    element = box
    while element is not table:
        step = next((child for child in element if child in inner), None)
        if step is None:
            break
        found += [child for child in element if child is not step and _comes_before(child, step)]
        element = step
    return tuple(found)


def _comes_before(one: Any, other: Any) -> bool:
    parent = one.getparent()
    return bool(parent.index(one) < parent.index(other))


def _behind(box: Any, table: Any) -> Iterator[Any]:
    """What a box holds behind its table, notes taken one by one."""
    element = table
    while element is not box:
        for sibling in element.itersiblings():
            yield from _notes(sibling)
        element = element.getparent()


def _below(box: Any) -> Iterator[Any]:
    """Footnotes that stand behind the box."""
    following = box.getnext()
    while following is not None and is_named(following, "footnotes"):
        yield from _notes(following)
        following = following.getnext()


def _notes(element: Any) -> Iterator[Any]:
    """The paragraphs and items of footnotes; the element itself if it has none."""
    inner = [
        child for child in element.iter("p", "li", "dd") if child.find(".//p") is None and child.find(".//li") is None
    ]
    inner = inner or [child for child in element if child.tag == "div"]
    yield from inner or [element]


def _short_behind(box: Any, table: Any) -> bool:
    return sum(len(words(element)) for element in _behind(box, table)) <= _LONGEST_FOOTNOTES


def _above(box: Any) -> Any:
    """The element before a box if it is the table's caption."""
    above = box.getprevious()
    if above is None or above.find(".//table") is not None:
        return None
    text = words(above)
    return above if len(text) <= _LONGEST_CAPTION and _LABEL.match(text) else None


def _parted(text: str, caption: str = "") -> tuple[str, str]:
    """Label and caption of a line that begins with the label; a caption known before is kept behind it."""
    match = _LABEL.match(text)
    if not match:
        return "", " ".join(part for part in (text, caption) if part)
    return _spelled(match), " ".join(part for part in (text[match.end() :].strip(), caption) if part)


def _spelled(match: re.Match[str]) -> str:
    label = " ".join(match.group("label").split())
    return re.sub(r"(?i)(table)(?=\d)", r"\1 ", label)
