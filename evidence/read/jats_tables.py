"""Tables of JATS articles as grids: spans expanded, rows of the head marked, footnotes kept."""

from typing import Any

from evidence.model.document import Cell, Table
from evidence.read.compose import Composer
from evidence.read.jats_inline import inline, plain
from evidence.read.jats_references import Links
from evidence.read.markup_tables import write_grid


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
        cells = write_grid(
            element, out, lambda td: _write_cell(td, out, links), where=f"{source}: {label or 'a table'}"
        )
        grids.append((at, cells, out.at))
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
