"""Tables of a page: found by their caption, read as a grid of cells, written into the text cell by cell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from evidence.model.document import Table
from evidence.read.compose import Composer, place
from evidence.read.pdf_glyphs import Line, PageText
from evidence.read.pdf_layout import Style

Join = Callable[[Sequence[Line]], tuple[str, list[tuple[int, int]]]]


@dataclass(slots=True)
class PrintedTable:
    """A table as lines of the page; `place` is where it stands in the stream."""

    place: float
    label: str
    caption: list[Line]
    rows: list[list[list[Line]]] = field(default_factory=list)  # row, column, lines of the cell
    heads: int = 1
    footnotes: list[Line] = field(default_factory=list)


def find_tables(document: Any, index: int, page: PageText, style: Style) -> list[PrintedTable]:
    """The tables of a page; their lines are taken out of `page.lines`."""
    return []


def write_table(table: PrintedTable, out: Composer, page: int, join: Join) -> None:
    """Caption, rows and footnotes as lines of text."""
