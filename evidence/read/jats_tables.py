"""Tables of JATS articles as grids: spans expanded, rows of the head marked, footnotes kept."""

from typing import Any

from evidence.errors import ReadError
from evidence.model.document import Cell, Table
from evidence.read.compose import Composer, place
from evidence.read.jats_inline import inline, plain
from evidence.read.jats_references import Links

#: No printed table has more columns; a larger colspan is a fault of the file.
_MOST_COLUMNS = 500
_MOST_CELLS = 200_000


def write_table_wrap(wrap: Any, out: Composer, source: str, links: Links) -> str | None:
    """Write label, caption, cells and footnotes; a sentence if the table is there as an image only."""
    label = plain(wrap.find("label")).rstrip(".: ")
    caption = _caption(wrap)
    elements = wrap.findall(".//table")
    if not elements:
        out.end_paragraph()
        out.write(" ".join(part for part in (label, caption) if part))
        out.end_paragraph()
        return f"{label or 'A table without label'} is an image and was not read."
    out.end_paragraph()
    start = out.at
    if label:
        out.write(label)
    if caption:
        out.write((". " if label else "") + caption)
    grids: list[tuple[int, tuple[Cell, ...], int]] = []
    for element in elements:
        out.end_line()
        at = out.at if grids else start
        grids.append((at, _write_grid(element, out, label, source, links), out.at))
    footnotes = _write_footnotes(wrap, out)
    for i, (at, cells, end) in enumerate(grids):
        out.tables.append(
            Table(
                label=label,
                caption=caption,
                char_start=at,
                char_end=out.at if i == len(grids) - 1 else end,
                cells=cells,
                footnotes=footnotes,
            )
        )
    out.end_paragraph()
    return None


def _caption(wrap: Any) -> str:
    caption = wrap.find("caption")
    if caption is None:
        return ""
    parts = [plain(part) for part in caption if isinstance(part.tag, str)]
    return " ".join(part for part in parts if part)


def _write_grid(table: Any, out: Composer, label: str, source: str, links: Links) -> tuple[Cell, ...]:
    """One line of text per row, cells parted by tabs; a cell that spans stands once for each place it covers."""
    cells: list[Cell] = []
    row = 0
    sections = [part for part in table if part.tag in ("thead", "tbody", "tfoot")] or [table]
    # A tfoot may stand before the body.
    sections.sort(key=lambda part: ("thead", "tbody", "tfoot").index(part.tag) if part is not table else 0)
    headless = not any(part.tag == "thead" for part in sections)
    for part in sections:
        rows = part.findall("tr")
        taken: set[tuple[int, int]] = set()  # places of this part that a cell above reaches into
        for r, tr in enumerate(rows):
            head = part.tag == "thead" or (headless and row == 0 and _looks_like_head(tr))
            out.end_line()
            column = 0
            for i, td in enumerate(td for td in tr if td.tag in ("td", "th")):
                while (r, column) in taken:
                    column += 1
                if i:
                    out.write("\t")
                width = min(_span(td, "colspan"), _MOST_COLUMNS)
                height = min(_span(td, "rowspan"), len(rows) - r)
                content, start = _write_cell(td, out, links)
                for down in range(height):
                    for right in range(width):
                        taken.add((r + down, column + right))
                        if cell := place(content, start, row + down, column + right, head=head):
                            cells.append(cell)
                column += width
                if len(taken) + len(cells) > _MOST_CELLS:
                    raise ReadError(
                        f"{source}: {label or 'a table'} has more than {_MOST_CELLS:,} cells; it is broken."
                    )
            row += 1
    return tuple(sorted(cells, key=lambda cell: (cell.row, cell.column)))


def _write_cell(td: Any, out: Composer, links: Links) -> tuple[str, int]:
    """The cell's text with its marks, and where it stands."""
    content = inline(td)
    start, _ = out.write(content.text)
    links.mark(content, out, start)
    return content.text, start


def _write_footnotes(wrap: Any, out: Composer) -> tuple[str, ...]:
    notes = []
    for foot in wrap.findall("table-wrap-foot"):
        for part in foot.findall(".//fn") or [foot]:
            if text := plain(part):
                out.end_line()
                out.write(text)
                notes.append(text)
        if foot.findall(".//fn"):
            # Paragraphs beside the numbered notes explain the table as well.
            for part in foot.findall("p"):
                if text := plain(part):
                    out.end_line()
                    out.write(text)
                    notes.append(text)
    return tuple(notes)


def _span(td: Any, name: str) -> int:
    """A colspan or rowspan; anything that is no positive number counts as 1."""
    value = (td.get(name) or "1").strip()
    return max(1, int(value)) if value.isdecimal() and len(value) < 7 else 1


def _looks_like_head(tr: Any) -> bool:
    """First row of a table without a thead: names rather than numbers."""
    cells = [td for td in tr if td.tag in ("td", "th")]
    if all(td.tag == "th" for td in cells):
        return True
    return not any(character.isdigit() for td in cells[1:] for character in plain(td).split("(")[0])
