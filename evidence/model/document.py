"""What a reader makes of a file: one text with pages, sections, tables and marks, all addressed by offsets into it.

`Document.text` is what the file says, character for character, in reading order. `Document.clean` is the same text with
its typography made uniform for the number grammar, with the way back: `clean.span(a, b)` gives offsets in `text`.
Quotes are always cut from `text`.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from evidence.model.codes import DocumentStatus
from evidence.model.records import DocumentRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page; offsets are half open, sizes in points."""

    number: int  # 1-based
    char_start: int
    char_end: int
    width: float | None = None
    height: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle on a page, in points from the top left corner of the page as it is displayed."""

    page: int  # 1-based
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and the text up to the next heading of the same or a higher level, heading included."""

    heading: str
    char_start: int
    char_end: int
    level: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a table. A cell that spans stands once for each place it covers, with the same offsets."""

    row: int  # 0-based, counted from the first head row
    column: int
    text: str  # verbatim: Document.text[char_start:char_end]
    char_start: int
    char_end: int
    head: bool = False  # stands in a head row


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A grid of cells with its caption; `char_start` and `char_end` span label, caption, cells and footnotes."""

    label: str  # "Table 2"; empty where the document gives none
    caption: str
    char_start: int
    char_end: int
    cells: tuple[Cell, ...]
    footnotes: tuple[str, ...] = ()
    page: int | None = None

    def grid(self) -> list[list[Cell | None]]:
        """Rows of cells by place; None where the table has no cell."""
        height = 1 + max((cell.row for cell in self.cells), default=-1)
        width = 1 + max((cell.column for cell in self.cells), default=-1)
        rows: list[list[Cell | None]] = [[None] * width for _ in range(height)]
        for cell in self.cells:
            rows[cell.row][cell.column] = cell
        return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A span of the text that is not prose, or not as printed: a citation mark, a superscript, a repaired glyph."""

    kind: str  # "citation", "superscript", "repaired", "ocr" (a page read from its image)
    char_start: int
    char_end: int
    references: tuple[int, ...] = ()  # numbers of the entries it cites, ranges expanded


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One entry of the list of references; None for what it does not print or cannot be told apart."""

    number: int  # as printed, else its place in the list, from 1
    first_author: str | None = None  # family name, or the name of a group
    year: int | None = None
    doi: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One value of a record that a registry keeps as data, with the line of the text that shows it."""

    path: str  # place in the record: "resultsSection.outcomeMeasuresModule.outcomeMeasures[0].paramType"
    value: str  # as the record has it
    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True)
class CleanText:
    """Text with uniform typography and the place in the original where each of its characters came from.

    `starts[i]` and `ends[i]` are the offsets, in the original, of the piece that became clean character i; both have
    the length of `text`. Characters dropped by cleaning (soft hyphens, line-end hyphenation) belong to no clean
    character.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of the clean characters [start, end); an empty span stays empty."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else (self.ends[-1] if len(self.ends) else 0)
            return at, at
        return self.starts[start], self.ends[end - 1]

    @classmethod
    def unchanged(cls, text: str) -> "CleanText":
        """The text as it is, each character its own origin."""
        return cls(text, array("l", range(len(text))), array("l", range(1, len(text) + 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bibliography:
    """What the document says about itself."""

    title: str | None = None
    authors: tuple[str, ...] = ()  # "Smith J" or "John Smith", as printed
    journal: str | None = None
    year: int | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    registry_ids: tuple[str, ...] = ()
    first_author: str | None = None  # family name alone
    article_type: str | None = None  # as the file itself says: "review-article"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file as text with structure. `status` and `status_reason` say what could not be read."""

    document_id: str  # first 16 hex digits of the SHA-256 of the file's bytes
    source: str  # path, URL or identifier the user gave
    format: str  # "pdf", "text", "jats" ...
    text: str
    clean: CleanText
    pages: tuple[Page, ...] = ()
    sections: tuple[Section, ...] = ()
    tables: tuple[Table, ...] = ()
    marks: tuple[Mark, ...] = ()
    references: tuple[Reference, ...] = ()
    facts: tuple[Fact, ...] = ()  # of formats that are data rather than prose
    bibliography: Bibliography = field(default_factory=Bibliography)
    status: DocumentStatus = DocumentStatus.OK
    status_reason: str | None = None

    def page_at(self, offset: int) -> int | None:
        """1-based number of the page that holds this offset; None for formats without pages."""
        for page in self.pages:
            if page.char_start <= offset < page.char_end:
                return page.number
        return None

    def section_at(self, offset: int) -> str | None:
        """Heading of the innermost section that holds this offset."""
        inner: Section | None = None
        for section in self.sections:
            if section.char_start <= offset < section.char_end and (inner is None or section.level >= inner.level):
                inner = section
        return inner.heading if inner else None

    def record(self) -> DocumentRecord:
        """The document's row of the evidence tables."""
        about = self.bibliography
        return DocumentRecord(
            document_id=self.document_id,
            source=self.source,
            format=self.format,
            title=about.title,
            authors=about.authors,
            journal=about.journal,
            year=about.year,
            doi=about.doi,
            pmid=about.pmid,
            pmcid=about.pmcid,
            pages=len(self.pages) or None,
            status=self.status,
            status_reason=self.status_reason,
        )
