"""A Word document of tables and pictures, ready to paste: real captions, repeated heads, rows that no page break cuts.

Captions carry SEQ fields, so that Word numbers them anew where they are pasted among others. The same content gives
the same bytes.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from evidence.errors import ExportError
from evidence.present.names import plain
from evidence.present.paper import PaperRow, PaperTable, lines_of
from evidence.present.wording import NOT_REPORTED

#: A4, with margins that leave a picture of 180 mm its width.
_SHORT, _LONG, _MARGIN = 210.0, 297.0, 15.0
PICTURE_WIDTH = _SHORT - 2 * _MARGIN
#: Of a page on its end, less a caption.
PICTURE_HEIGHT = _LONG - 2 * _MARGIN - 22.0
#: Points; no text of the document is smaller.
_CELL_SIZE, _NOTE_SIZE, _TEXT_SIZE = 8.5, 8.0, 10.0
_FONT = "Arial"
_CELL_STYLE = "Tablecell"
_GREY = RGBColor(0x59, 0x59, 0x59)
_HEAD_FILL, _HEADING_FILL = "E8EEF4", "F3F3F3"
_LANGUAGES = {"w:val": "en-GB", "w:eastAsia": "zh-CN", "w:bidi": "ar-SA"}
#: Without a fixed date the same content would give other bytes every second.
_MADE = (1980, 1, 1, 0, 0, 0)


class WordDocument:
    """A document that is being written from top to bottom."""

    def __init__(self, title: str, *, wide: bool = False) -> None:
        self._file = docx.Document()
        self._counts: dict[str, int] = {}
        self._ids = 0
        self._wide = wide
        self._page(self._file.sections[0])
        self._styles()
        properties = self._file.core_properties
        properties.title, properties.language = plain(title)[:255], _LANGUAGES["w:val"]
        properties.author, properties.comments = "", ""
        properties.created = properties.modified = dt.datetime(*_MADE)
        self._file.add_heading(plain(title), level=0)

    def heading(self, text: str, level: int = 1) -> None:
        """A heading; it stays with what follows."""
        self._file.add_heading(plain(text), level=level)

    def paragraph(self, text: str) -> None:
        """One paragraph of text."""
        self._file.add_paragraph(plain(text))

    def wide(self, wide: bool) -> None:
        """Turn the pages that follow on their side, or back; nothing happens where they are so already."""
        if wide is not self._wide:
            self._wide = wide
            self._page(self._file.add_section(WD_SECTION.NEW_PAGE))

    def table(self, table: PaperTable) -> None:
        """A table with its caption above and its notes below."""
        self._caption("Table", table.caption, above=True)
        width = (_LONG if self._wide else _SHORT) - 2 * _MARGIN
        total = sum(column.width for column in table.columns)
        widths = [width * column.width / total for column in table.columns]
        made = self._file.add_table(rows=0, cols=len(widths))
        made.style, made.alignment, made.autofit = "Table Grid", WD_TABLE_ALIGNMENT.LEFT, False
        _margins(made)
        _describe_table(made, plain(table.caption))
        for column, share in zip(made.columns, widths, strict=True):
            column.width = Mm(share)
        self._row(made, PaperRow(cells=tuple(column.head for column in table.columns)), widths, head=True)
        for row in table.rows:
            self._row(made, row, widths)
        for note in table.notes:
            self._file.add_paragraph(plain(note), style="Table note")

    def picture(self, png: Sequence[bytes], caption: str, description: str) -> None:
        """A picture of 180 mm, in as many parts as need a page of their own, with its caption below."""
        for index, part in enumerate(png):
            paragraph = self._file.add_paragraph()
            paragraph.paragraph_format.keep_with_next = True
            inline = paragraph.add_run().add_picture(io.BytesIO(part), width=Mm(PICTURE_WIDTH))
            words = plain(description) if index == 0 else f"{plain(caption)}, continued"
            properties = inline._inline.docPr
            properties.set("descr", words)
            properties.set("name", f"Picture {self._next_id()}")
            if index == 0:
                self._caption("Figure", caption)
            else:
                self._file.add_paragraph(f"Figure {self._counts['Figure']}, continued", style="Caption")

    def references(self, listed: Iterable[str]) -> None:
        """The numbered references, under their own heading; the numbers are text, so that pasting keeps them."""
        texts = list(listed)
        if texts:
            self.heading("References")
        for number, text in enumerate(texts, start=1):
            paragraph = self._file.add_paragraph(style="Reference")
            paragraph.add_run(f"{number}.\t{plain(text)}")

    def save(self, path: Path) -> Path:
        """Write the document.

        Raises
        ------
        ExportError
            If the file cannot be written.
        """
        made = io.BytesIO()
        self._file.save(made)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_without_times(made))
        except OSError as error:
            raise ExportError(
                f"{path} could not be written: {error.strerror or error}. Close it if a word processor holds it open, "
                "or give another place with --out."
            ) from error
        return path

    def _next_id(self) -> int:
        self._ids += 1
        return self._ids

    def _page(self, section: Any) -> None:
        long, short = Mm(_LONG), Mm(_SHORT)
        section.orientation = WD_ORIENT.LANDSCAPE if self._wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (long, short) if self._wide else (short, long)
        for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
            setattr(section, side, Mm(_MARGIN))

    def _styles(self) -> None:
        styles = self._file.styles
        for name, size in (("Normal", _TEXT_SIZE), ("Caption", 9.0), ("Title", 18.0), *_HEADINGS):
            style = styles[name]
            style.font.name, style.font.size = _FONT, Pt(size)
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for kind in [key for key in fonts.attrib if key.endswith("Theme")]:
                del fonts.attrib[kind]
            for kind in ("w:hAnsi", "w:cs", "w:eastAsia"):
                fonts.set(qn(kind), _FONT)
            if name != "Normal":
                style.font.color.rgb = RGBColor(0, 0, 0)
        styles["Caption"].font.bold = True
        styles["Caption"].paragraph_format.space_before = Pt(8)
        styles["Normal"].paragraph_format.space_after = Pt(4)
        for name, size in (("Table cell", _CELL_SIZE), ("Table note", _NOTE_SIZE), ("Reference", 9.0)):
            style = styles.add_style(name, 1)
            style.base_style = styles["Normal"]
            style.font.size = Pt(size)
            style.paragraph_format.space_after = Pt(0 if name == "Table cell" else 2)
        styles["Table note"].font.color.rgb = _GREY
        styles["Table note"].paragraph_format.space_before = Pt(2)
        hanging = styles["Reference"].paragraph_format
        hanging.left_indent, hanging.first_line_indent = Mm(8), Mm(-8)
        hanging.tab_stops.add_tab_stop(Mm(8))
        defaults = styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
        language = defaults.find(qn("w:lang"))
        if language is None:
            language = OxmlElement("w:lang")
            defaults.append(language)
        for key, value in _LANGUAGES.items():
            language.set(qn(key), value)

    def _caption(self, kind: str, text: str, *, above: bool = False) -> None:
        """The caption "Table 1. ..." with its number as a field that Word counts."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        paragraph = self._file.add_paragraph(style="Caption")
        paragraph.paragraph_format.keep_with_next = above
        paragraph.add_run(f"{kind} ")
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), f" SEQ {kind} \\* ARABIC ")
        run = paragraph.add_run(str(self._counts[kind]))
        field.append(run._r)
        paragraph._p.append(field)
        paragraph.add_run(f". {plain(text)}")

    def _row(self, table: Any, row: PaperRow, widths: Sequence[float], *, head: bool = False) -> None:
        made = table.add_row()
        properties = made._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if head:
            properties.append(OxmlElement("w:tblHeader"))
        cells = made.cells
        if row.heading:
            merged = cells[0].merge(cells[-1])
            _fill(merged, _HEADING_FILL)
            _write(merged, row.cells[0], bold=True, head=True)
            return
        for index, (cell, text, width) in enumerate(zip(cells, row.cells, widths, strict=True)):
            cell.width = Mm(width)
            if head:
                _fill(cell, _HEAD_FILL)
            _write(cell, text, bold=head or index == 0, head=head)


_HEADINGS = (("Heading 1", 14.0), ("Heading 2", 12.0), ("Heading 3", 11.0))


def _write(cell: Any, text: str, *, bold: bool = False, head: bool = False) -> None:
    """Lines of a cell as paragraphs, the first of them bold; those of a head are held on the page of what follows."""
    for index, line in enumerate(lines_of(text)):
        paragraph = cell.paragraphs[0] if index == 0 else cell.add_paragraph()
        paragraph._p.style = _CELL_STYLE  # by its id: python-docx would look through all styles for every cell
        paragraph.paragraph_format.keep_with_next = head or None
        run = paragraph.add_run(line)
        run.bold = (bold and (head or index == 0)) or None
        if line == NOT_REPORTED:
            run.font.color.rgb = _GREY


def _fill(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for key, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", colour)):
        shade.set(qn(key), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _margins(table: Any) -> None:
    """Room around the texts of all cells, in twentieths of a point."""
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", 30), ("left", 70), ("bottom", 30), ("right", 70)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(width))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    look.addprevious(margins)  # the order that the schema asks for


def _describe_table(table: Any, text: str) -> None:
    """The caption as the table's own description, for screen readers."""
    properties = table._tbl.tblPr
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), text)
    properties.append(caption)


def _without_times(made: io.BytesIO) -> bytes:
    """The file with the times of its parts fixed."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            entry = zipfile.ZipInfo(part.filename, date_time=_MADE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(part.filename))
    return fixed.getvalue()
