"""What every reader fills: the text written piece by piece, with the offsets of headings, tables and marks.

A reader writes in reading order and never looks back, so an offset it was given stays true. Turning the result into a
`Document` (identity, cleaned text, status) is done once, in `evidence.read`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from evidence.errors import ReadError
from evidence.model.document import Bibliography, Cell, Fact, Mark, Page, Reference, Section, Table

#: Characters; a thousand printed pages have fewer.
MOST_CHARACTERS = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One file's content as a reader hands it over.

    `gaps` are sentences about what was not read, `notices` about what a user of the numbers has to know (a retraction).
    """

    text: str
    pages: tuple[Page, ...] = ()
    sections: tuple[Section, ...] = ()
    tables: tuple[Table, ...] = ()
    marks: tuple[Mark, ...] = ()
    references: tuple[Reference, ...] = ()
    facts: tuple[Fact, ...] = ()
    bibliography: Bibliography = field(default_factory=Bibliography)
    gaps: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading where it stands; level 1 is the highest."""

    text: str
    at: int
    level: int


class Composer:
    """Text under construction. `at` is the offset the next piece will get."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.at = 0
        self.headings: list[Heading] = []
        self.tables: list[Table] = []
        self.marks: list[Mark] = []

    def write(self, text: str) -> tuple[int, int]:
        """Append; the span it got."""
        start = self.at
        self.parts.append(text)
        self.at += len(text)
        return start, self.at

    def end_line(self) -> None:
        """Go to a new line, unless at the start of one."""
        if self.parts and self.at and not self._last().endswith("\n"):
            self.write("\n")

    def end_paragraph(self) -> None:
        """Leave exactly one empty line, unless at the very start."""
        self.end_line()
        if self.at and not (self._last() == "\n" and self._before_last().endswith("\n")):
            self.write("\n")

    def heading(self, text: str, level: int) -> None:
        """A heading on a line of its own."""
        self.end_paragraph()
        self.headings.append(Heading(text, self.at, level))
        self.write(text)
        self.end_line()

    def mark(self, kind: str, start: int, end: int, references: tuple[int, ...] = ()) -> None:
        """Note that a span is not prose."""
        if end > start:
            self.marks.append(Mark(kind=kind, char_start=start, char_end=end, references=references))

    def text(self) -> str:
        """Everything written so far."""
        return "".join(self.parts)

    def _last(self) -> str:
        return self.parts[-1] if self.parts else ""

    def _before_last(self) -> str:
        return self.parts[-2] if len(self.parts) > 1 else ""


def refuse_books(text: str, source: str) -> None:
    """Raise `ReadError` for a text that is longer than any paper."""
    if len(text) > MOST_CHARACTERS:
        raise ReadError(
            f"{source}: the text has {len(text):,} characters, more than {MOST_CHARACTERS:,}. Give the paper alone."
        )


def sections(headings: Sequence[Heading], length: int) -> tuple[Section, ...]:
    """Each heading with the text up to the next one of the same or a higher level, in order of appearance."""
    found = []
    for i, heading in enumerate(headings):
        end = next((later.at for later in headings[i + 1 :] if later.level <= heading.level), length)
        found.append(Section(heading=heading.text, char_start=heading.at, char_end=end, level=heading.level))
    return tuple(found)


def place(content: str, start: int, row: int, column: int, *, head: bool) -> Cell | None:
    """The cell whose content stands at `start`, blanks around it left out; None where there is nothing."""
    stripped = content.strip(" \t\n")  # em spaces at the left are kept: they show the level of a row label
    if not stripped.strip():
        return None
    start += content.index(stripped)
    return Cell(row=row, column=column, text=stripped, char_start=start, char_end=start + len(stripped), head=head)
