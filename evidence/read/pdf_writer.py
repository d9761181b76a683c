"""Paragraphs and tables of a PDF written as one text: headings on lines of their own, broken words joined."""

import re
from collections.abc import Iterable, Sequence

from evidence.model.document import Page
from evidence.read.compose import Composer, Heading
from evidence.read.headings import openings
from evidence.read.pdf_layout import Paragraph, goes_on
from evidence.read.pdf_page import Line, PageText, Span, Word
from evidence.read.pdf_tables import PrintedTable, write_table

_HYPHENS = ("-", "\u2010", "\u2011", "\u00ad")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011][^\W\d_]+)*")
#: How many pages the abstract may reach into.
_ABSTRACT_PAGES = 2

Item = Paragraph | PrintedTable


class Writer:
    """Writes the pages one after the other."""

    #: Whether `marks_of` wants to hear of words without marks.
    follows_words = False

    def __init__(self, pages: Sequence[PageText]) -> None:
        self.out = Composer()
        self.pages: list[Page] = []
        self.title: str | None = None
        self.sizes = [(page.width, page.height) for page in pages]
        self.vocabulary = vocabulary(pages)
        self.last: Paragraph | None = None
        self.number = 0  # of the page being written

    def page(self, items: Iterable[Item], index: int, title: Paragraph | None) -> None:
        """One page: its items, then its record."""
        start = self.out.at
        self.number = index + 1
        for item in items:
            if isinstance(item, PrintedTable):
                write_table(item, self.out, self.number, self.join)
                continue
            self.paragraph(item, index, is_title=item is title)
        width, height = self.sizes[index]
        if index + 1 == len(self.sizes):
            self.out.end_line()
        self.pages.append(
            Page(number=index + 1, char_start=start, char_end=self.out.at, width=width or None, height=height or None)
        )

    def paragraph(self, paragraph: Paragraph, index: int, *, is_title: bool) -> None:
        """A heading on its own line, or running text."""
        text, marks = self.join(paragraph.lines)
        before, self.last = self.last, paragraph
        if before is not None and goes_on(before, paragraph):
            if not before.lines[-1].broken:
                self.out.write(" ")
        else:
            self.out.end_paragraph()
        if is_title:
            self.title = text
        elif paragraph.level is not None:
            self.out.headings.append(Heading(text, self.out.at, paragraph.level))
        elif index < _ABSTRACT_PAGES:
            self.out.headings += (Heading(name, self.out.at + at, 2) for name, at in openings(text))
        start, _ = self.out.write(text)
        for kind, a, b in marks:
            self.out.mark(kind, start + a, start + b)

    def join(self, lines: Sequence[Line]) -> tuple[str, list[Span]]:
        """The text of lines, words broken at their ends joined, with its marks."""
        pieces: list[str] = []
        marks: list[Span] = []
        at = 0
        for i, line in enumerate(lines):
            if i:
                between = self.between(lines[i - 1], line)
                pieces.append(between)
                at += len(between)
            text = line.text
            if i + 1 < len(lines) and _breaks(text, lines[i + 1]):
                text = text[:-1]  # `between` decides whether the hyphen stays
            if self.follows_words or any(word.marks for word in line.words):
                start = at
                for word in line.words:
                    marks += self.marks_of(word, start, min(len(word.text), at + len(text) - start))
                    start += len(word.text) + 1
            pieces.append(text)
            at += len(text)
        return "".join(pieces), marks

    def marks_of(self, word: Word, at: int, length: int) -> list[Span]:
        """The marks of a word that is written at `at`, as far as it is written."""
        return [(kind, at + a, at + min(b, length)) for kind, a, b in word.marks if a < length]

    def between(self, before: Line, after: Line) -> str:
        """What stands between two lines: a blank, nothing, or the hyphen of a compound."""
        left, right = before.words[-1].text, after.words[0].text
        if before.broken:
            return self.hyphen(left, right)
        if _breaks(left, after):
            return self.hyphen(left[:-1], right)
        ends_open = left.endswith((*_HYPHENS, "\u2013", "/")) and len(left) > 1
        return "" if ends_open and right[0].isalnum() else " "

    def hyphen(self, left: str, right: str) -> str:
        """A hyphen where the document shows the compound or both its halves as words elsewhere; else nothing."""
        a, b = re.search(r"[^\W\d_]+$", left), re.match(r"[^\W\d_]+", right)
        if not a or not b:
            return "-"  # "2008-" and "007149": between figures a hyphen is part of what is printed
        first, second = a.group().lower(), b.group().lower()
        if f"{first}-{second}" in self.vocabulary:
            return "-"
        if first + second in self.vocabulary:
            return ""
        if not second.islower() or b.group()[0].isupper():
            return "-"
        return "-" if len(first) > 2 and first in self.vocabulary and second in self.vocabulary else ""


def _breaks(left: str, after: Line) -> bool:
    """Whether a word ends in a hyphen that may only be there for the line end."""
    return left.endswith(_HYPHENS) and left[-2:-1].isalpha() and after.text[:1].isalpha()


def vocabulary(pages: Sequence[PageText]) -> frozenset[str]:
    """Every word that stands within a line."""
    words: set[str] = set()
    for page in pages:
        whole: list[str] = []
        broken = False  # whether the line before ends in half a word
        for line in page.lines:
            breaks = line.broken or line.text.endswith(_HYPHENS)
            text = line.text.partition(" ")[2] if broken else line.text
            whole.append(text.rpartition(" ")[0] if breaks else text)
            broken = breaks
        words.update(_WORD.findall("\n".join(whole).lower().replace("\u2011", "-")))
    return frozenset(words)
