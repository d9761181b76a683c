"""Rows of `<tr>` and `<td>` as a grid: spans expanded, rows of the head marked. The same in JATS and in HTML."""

from collections.abc import Callable
from typing import Any

from evidence.errors import ReadError
from evidence.model.document import Cell
from evidence.read.compose import Composer, place

#: No printed table has more columns; a larger colspan is a fault of the file.
_MOST_COLUMNS = 500
MOST_CELLS = 200_000
_PARTS = ("thead", "tbody", "tfoot")
_CELLS = ("td", "th")

#: Writes one cell; gives its text and where it stands.
WriteCell = Callable[[Any], tuple[str, int]]


def write_grid(table: Any, out: Composer, write_cell: WriteCell, *, where: str) -> tuple[Cell, ...]:
    """One line of text per row, cells parted by tabs; a cell that spans stands once for each place it covers.

    The table holds its rows directly or in thead, tbody and tfoot; tags are without namespace and in small letters.
    `where` names file and table for the message of a fault.

    Raises
    ------
    ReadError
        If the spans make more cells than any table has.
    """
    cells: list[Cell] = []
    row = 0
    parts = [part for part in table if part.tag in _PARTS] or [table]
    # A tfoot may stand before the body.
    parts.sort(key=lambda part: _PARTS.index(part.tag) if part is not table else 0)
    headless = not any(part.tag == "thead" and part.find("tr") is not None for part in parts)
    for part in parts:
        rows = part.findall("tr")
        taken: set[tuple[int, int]] = set()  # places of this part that a cell above reaches into
        for r, tr in enumerate(rows):
            head = part.tag == "thead" or (headless and row == 0 and _looks_like_head(tr))
            out.end_line()
            column = 0
            for i, td in enumerate(td for td in tr if td.tag in _CELLS):
                while (r, column) in taken:
                    column += 1
                if i:
                    out.write("\t")
                width = min(_span(td, "colspan"), _MOST_COLUMNS)
                height = min(_span(td, "rowspan"), len(rows) - r)
                content, start = write_cell(td)
                for down in range(height):
                    for right in range(width):
                        taken.add((r + down, column + right))
                        if cell := place(content, start, row + down, column + right, head=head):
                            cells.append(cell)
                column += width
                if len(taken) + len(cells) > MOST_CELLS:
                    raise ReadError(f"{where} has more than {MOST_CELLS:,} cells; it is broken.")
            row += 1
    return tuple(sorted(cells, key=lambda cell: (cell.row, cell.column)))


def _span(td: Any, name: str) -> int:
    """A colspan or rowspan; anything that is no positive number counts as 1."""
    value = (td.get(name) or "1").strip()
    return max(1, int(value)) if value.isdecimal() and len(value) < 7 else 1


def _looks_like_head(tr: Any) -> bool:
    """First row of a table without a thead: names rather than numbers."""
    cells = [td for td in tr if td.tag in _CELLS]
    if all(td.tag == "th" for td in cells):
        return True
    return not any(character.isdigit() for td in cells[1:] for character in "".join(td.itertext()).split("(")[0])
