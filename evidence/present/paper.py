"""A table as it stands on paper: caption, columns with their widths, rows, notes; and the same as HTML.

`word.py` writes it into a Word document. Every text is text of documents: it is shown, never obeyed.
"""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evidence.present.names import plain
from evidence.present.wording import NOT_REPORTED


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperColumn:
    """Head of a column and its share of the width."""

    head: str
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """The cells of a row, the first of them its head; or one heading over all columns. A cell may have several lines.

    `result_ids` are the rows of the evidence tables that its numbers were read from.
    """

    cells: tuple[str, ...]
    heading: bool = False
    result_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTable:
    """One table."""

    caption: str
    columns: tuple[PaperColumn, ...]
    rows: tuple[PaperRow, ...]
    notes: tuple[str, ...] = ()


def columns(*heads: tuple[str, float]) -> tuple[PaperColumn, ...]:
    """Columns from heads and shares of the width."""
    return tuple(PaperColumn(head=head, width=width) for head, width in heads)


def lines_of(text: str) -> list[str]:
    """The lines of a cell, each without what a reader would obey; at least one."""
    return [plain(line) for line in text.split("\n")] or [""]


def stacked(*parts: str | None) -> str:
    """Parts of a cell below one another; those that are not there are left out."""
    return "\n".join(part for part in parts if part)


def paper_html(table: PaperTable) -> str:
    """The table as an HTML fragment with its caption and notes, all texts escaped.

    A column's head has its scope, the first cell of a row is the row's head; `data-result-ids` names its numbers.
    """
    head = "".join(f'<th scope="col">{_escaped(column.head)}</th>' for column in table.columns)
    body = "\n".join(_row(row, len(table.columns)) for row in table.rows)
    notes = "\n".join(f'<p class="note">{_escaped(note)}</p>' for note in table.notes)
    return (
        f'<table class="paper"><caption>{_escaped(table.caption)}</caption>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table>\n{notes}"
    )


def papers_html(tables: Iterable[PaperTable], references: Sequence[str] = ()) -> str:
    """Tables below one another, then the references they number."""
    parts = [paper_html(table) for table in tables]
    if references:
        listed = "\n".join(f"<li>{_escaped(reference)}</li>" for reference in references)
        parts.append(f"<h2>References</h2>\n<ol>\n{listed}\n</ol>")
    return "\n".join(parts)


def _row(row: PaperRow, width: int) -> str:
    if row.heading:
        return f'<tr><th scope="rowgroup" colspan="{width}">{_escaped(row.cells[0])}</th></tr>'
    first, *others = row.cells
    ids = f' data-result-ids="{html.escape(" ".join(row.result_ids))}"' if row.result_ids else ""
    cells = "".join(
        f'<td class="absent">{cell}</td>' if cell == NOT_REPORTED else f"<td>{_escaped(cell)}</td>" for cell in others
    )
    return f'<tr{ids}><th scope="row">{_escaped(first)}</th>{cells}</tr>'


def _escaped(text: str) -> str:
    return "<br>".join(html.escape(line) for line in lines_of(text))
