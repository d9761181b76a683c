"""Word documents (docx, docm): paragraphs, headings, tables and footnotes, in the order of the page.

What a person sees is read: tracked insertions are in, deletions, comments and hidden text are out. Macros are never
looked at. Numbers that Word gives to the entries of a list of references are written out.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lxml import etree

from evidence.errors import ReadError, UnknownFormat
from evidence.model.document import Bibliography, Cell, Table
from evidence.read.archive import refuse_bombs
from evidence.read.bibliography import family_name, from_text
from evidence.read.citations import citation_marks, outside_tables, with_references
from evidence.read.compose import Composer, Content, Heading, place, sections
from evidence.read.headings import ends_the_paper, level_of, openings
from evidence.read.jats_inline import Inline
from evidence.read.references import reference_list
from evidence.read.text_tables import is_footnote, label_of
from evidence.read.xml_tree import parse_xml

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DRAWINGS = (f"{_W}drawing", f"{_W}pict", f"{_W}object")
#: Elements that only hold others, and those that hold what is not on the page any more, or never was.
_HOLDERS = frozenset(
    f"{_W}{name}" for name in "sdt sdtContent customXml smartTag ins moveTo hyperlink fldSimple".split()
)
_GONE = frozenset(f"{_W}{name}" for name in "del moveFrom rPr pPr instrText delText".split())
_MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
_TEMPLATES = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
)
_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_LONGEST_HEADING_WORDS = 12
_MOST_CELLS = 200_000
_SIGNS = {f"{_W}tab": " ", f"{_W}br": " ", f"{_W}cr": " ", f"{_W}noBreakHyphen": "\u2011"}


def read_word(data: bytes, source: str) -> Content:
    """Read the body, then the footnotes.

    Raises
    ------
    UnknownFormat
        If the archive is no Word document.
    ReadError
        If it is encrypted, broken, or would fill the memory.
    """
    names = refuse_bombs(data, source)
    if "word/document.xml" not in names and "[Content_Types].xml" not in names:
        raise UnknownFormat(
            f"{source}: this is a ZIP archive and no Office document with a text. Unpack it and give the papers in it."
        )
    document = _opened(data, source)
    # Counted before each cell is read, which takes seconds.
    if any(table.xpath("count(.//w:tc)") > _MOST_CELLS for table in document.element.body.iter(f"{_W}tbl")):
        raise ReadError(f"{source}: a table has more than {_MOST_CELLS:,} cells; it is no paper.")
    writer = _Writer(document, source)
    writer.blocks(document.element.body)
    _write_footnotes(document, writer.out, source)
    writer.out.end_line()
    text = writer.out.text()
    parts = sections(writer.out.headings, len(text))
    references = reference_list(text, parts)
    known = {reference.number for reference in references}
    marks = sorted([*writer.out.marks, *citation_marks(text)], key=lambda mark: mark.char_start)
    end = next((heading.at for heading in writer.out.headings if ends_the_paper(heading.text)), len(text))
    return Content(
        text=text,
        sections=parts,
        tables=tuple(writer.out.tables),
        marks=with_references(text, outside_tables(marks, writer.out.tables), known),
        references=references,
        bibliography=_bibliography(document, writer.title, text[:end]),
        gaps=tuple(writer.gaps),
    )


def _opened(data: bytes, source: str) -> Any:
    """The document as python-docx gives it; with macros or as template it is laid out the same."""
    from docx.opc.exceptions import PackageNotFoundError
    from docx.opc.part import PartFactory
    from docx.package import Package
    from docx.parts.document import DocumentPart

    for kind in (_MACROS, *_TEMPLATES):
        PartFactory.part_type_for.setdefault(kind, DocumentPart)
    try:
        part = Package.open(io.BytesIO(data)).main_document_part
        if isinstance(part, DocumentPart) and part.document.element.body is not None:
            return part.document
    except (
        KeyError,
        ValueError,
        AttributeError,
        NotImplementedError,
        RuntimeError,
        PackageNotFoundError,
        zipfile.BadZipFile,
        zlib.error,
        etree.XMLSyntaxError,
        EOFError,
        OSError,
    ) as error:
        raise ReadError(f"{source}: the Office document is broken ({error}). Save it again as docx or PDF.") from error
    raise UnknownFormat(f"{source}: this is an Office document, but no Word document. Give the paper as docx or PDF.")


class _Writer:
    """Walks the body and writes it."""

    def __init__(self, document: Any, source: str) -> None:
        self.out = Composer()
        self.gaps: list[str] = []
        self.title: str | None = None
        self._source = source
        self._styles = {style.style_id: style.name or "" for style in document.styles}
        self._caption: tuple[str, str, int] | None = None  # label, caption and place of the paragraph just written
        self._notes_of: int | None = None  # the table whose footnotes may follow
        self._numbers: dict[str, int] = {}

    def blocks(self, element: Any) -> None:
        """Paragraphs and tables in order."""
        for child in element:
            if child.tag == f"{_W}p":
                self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                self._table(child)
            elif child.tag in _HOLDERS:
                self.blocks(child)

    def _paragraph(self, p: Any) -> None:
        content = _inline(p)
        text = content.text
        if not text.strip():
            if self._caption and next(p.iter(*_DRAWINGS), None) is not None:
                self.gaps.append(f"{self._caption[0]} is an image and was not read.")
                self._caption = None
            return
        if self._notes_of is not None and is_footnote(text):
            self._footnote(content)
            return
        self._notes_of = self._caption = None
        style = self._style(p)
        if style == "title" and self.title is None:
            self.title = text.strip()
        level = self._level(style, text)
        if level is not None:
            self.out.heading(text.strip(), level)
            return
        self.out.end_paragraph()
        self.out.write(self._number(p))
        self.out.headings += (Heading(name, self.out.at + at, 2) for name, at in openings(text))
        start = self._write(content)
        if label := label_of(text):
            self._caption = (*label, start)
        self.out.end_line()

    def _style(self, p: Any) -> str:
        style = p.find(f"{_W}pPr/{_W}pStyle")
        return self._styles.get(style.get(f"{_W}val"), "").lower() if style is not None else ""

    def _level(self, style: str, text: str) -> int | None:
        """Level of a heading by its style, else by its words; None for running text."""
        if match := _HEADING.match(style):
            return int(match.group(1))
        words = len(text.split())
        return level_of(text) if words <= _LONGEST_HEADING_WORDS and not text.rstrip().endswith(".") else None

    def _number(self, p: Any) -> str:
        """The number that Word puts before an entry of the list of references."""
        numbered = p.find(f"{_W}pPr/{_W}numPr/{_W}numId")
        if numbered is None or not self.out.headings or not ends_the_paper(self.out.headings[-1].text):
            return ""
        name = numbered.get(f"{_W}val")
        self._numbers[name] = self._numbers.get(name, 0) + 1
        return f"{self._numbers[name]}. "

    def _write(self, content: Inline) -> int:
        start, _ = self.out.write(content.text)
        for kind, a, b, _targets in content.marks:
            self.out.mark(kind, start + a, start + min(b, len(content.text)))
        return start

    def _footnote(self, content: Inline) -> None:
        self.out.end_line()
        self._write(content)
        table = self.out.tables[-1]
        notes = (*table.footnotes, content.text.strip())
        self.out.tables[-1] = replace(table, footnotes=notes, char_end=self.out.at)
        self.out.end_line()

    def _table(self, table: Any) -> None:
        rows = [row for row in _rows(table) if row.find(f"{_W}trPr/{_W}del") is None]
        label, caption, start = self._caption or ("", "", None)
        self._caption = None
        if start is None:
            self.out.end_paragraph()
        start = self.out.at if start is None else start
        cells: list[Cell] = []
        above: dict[int, tuple[str, int]] = {}  # by column: what a cell merged downwards repeats
        for r, row in enumerate(rows):
            self.out.end_line()
            head = row.find(f"{_W}trPr/{_W}tblHeader") is not None or (r == 0 and _looks_like_head(row))
            column = _whole(row.find(f"{_W}trPr/{_W}gridBefore"), 0)
            for i, tc in enumerate(_cells(row)):
                if i:
                    self.out.write("\t")
                properties = tc.find(f"{_W}tcPr")
                width = _whole(properties.find(f"{_W}gridSpan"), 1) if properties is not None else 1
                merged = properties.find(f"{_W}vMerge") if properties is not None else None
                goes_on = merged is not None and merged.get(f"{_W}val") in (None, "continue")
                text, at = above.get(column, ("", self.out.at)) if goes_on else self._cell(tc)
                for right in range(min(width, 500)):
                    above[column + right] = (text, at)
                    if cell := place(text, at, r, column + right, head=head):
                        cells.append(cell)
                column += width
            if len(cells) > _MOST_CELLS:
                raise ReadError(
                    f"{self._source}: {label or 'a table'} has more than {_MOST_CELLS:,} cells; it is no paper."
                )
        if cells:
            self.out.tables.append(
                Table(label=label, caption=caption, char_start=start, char_end=self.out.at, cells=tuple(cells))
            )
            self._notes_of = len(self.out.tables) - 1
        self.out.end_line()

    def _cell(self, tc: Any) -> tuple[str, int]:
        content = Inline()
        for p in tc.iter(f"{_W}p"):
            content.add(" ")
            _walk(p, content)
        return content.text, self._write(content)


def _inline(p: Any) -> Inline:
    content = Inline()
    _walk(p, content)
    return content


def _walk(element: Any, out: Inline) -> None:
    """The runs of a paragraph, superscripts marked."""
    for child in element:
        if child.tag in _GONE:
            continue
        if child.tag != f"{_W}r":
            if child.tag in _HOLDERS:
                _walk(child, out)
            continue
        properties = child.find(f"{_W}rPr")
        raised = properties.find(f"{_W}vertAlign") if properties is not None else None
        if properties is not None and properties.find(f"{_W}vanish") is not None:
            continue
        start = out.length
        for piece in child:
            out.add(piece.text if piece.tag == f"{_W}t" else _SIGNS.get(piece.tag))
        if raised is not None and raised.get(f"{_W}val") == "superscript":
            out.mark("superscript", start)


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        if child.tag == f"{_W}tr":
            yield child
        elif child.tag in _HOLDERS:
            yield from _rows(child)


def _cells(row: Any) -> Iterator[Any]:
    for child in row:
        if child.tag == f"{_W}tc":
            yield child
        elif child.tag in _HOLDERS:
            yield from _cells(child)


def _looks_like_head(row: Any) -> bool:
    """Names rather than numbers."""
    texts = ["".join(tc.itertext()) for tc in _cells(row)]
    return not any(character.isdigit() for text in texts[1:] for character in text.split("(")[0])


def _whole(element: Any, default: int) -> int:
    value = (element.get(f"{_W}val") or "") if element is not None else ""
    return int(value) if value.isdecimal() and len(value) < 5 else default


def _write_footnotes(document: Any, out: Composer, source: str) -> None:
    """Footnotes and endnotes stand in parts of their own."""
    notes = []
    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.rsplit("/", 1)[-1] in ("footnotes", "endnotes"):
            root = parse_xml(relation.target_part.blob, source)
            for note in root.iter("footnote", "endnote"):
                if note.get(f"{_W}type") is None and (text := " ".join(t.text or "" for t in note.iter("t")).strip()):
                    notes.append(" ".join(text.split()))
    if notes:
        out.heading("Footnotes", 1)
    for note in notes:
        out.end_line()
        out.write(note)


def _bibliography(document: Any, title: str | None, text: str) -> Bibliography:
    """From the text; what it does not show from the properties, whose author may be whoever typed the document."""
    about = document.core_properties
    found = from_text(text, title=title or (about.title or "").strip() or None)
    if found.authors or not about.author:
        return found
    names = tuple(" ".join(name.split()) for name in re.split(r"[;]", about.author) if name.strip())
    front = text[:3000]
    if not names or not all(family_name(name) in front for name in names):
        return found
    return replace(found, authors=names, first_author=family_name(names[0]))
