"""Plain text and light markdown: headings, citation marks and tables are found, the text itself is left as it is."""

import codecs
import re

from evidence.errors import UnknownFormat
from evidence.model.document import Table
from evidence.read.bibliography import from_text
from evidence.read.citations import citation_marks, outside_tables, with_references
from evidence.read.compose import Content, Heading, refuse_books, sections
from evidence.read.headings import ends_the_paper, level_of, openings
from evidence.read.references import reference_list
from evidence.read.text_tables import find_tables

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: More control characters than this share, and the bytes are no text.
_CONTROL_SHARE = 0.005
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LINE = re.compile(r"[^\n]*")
_HASHES = re.compile(r"^(#{1,6})\s+(?P<text>.*?)\s*#*\s*$")
#: What stands under a heading of two lines, by its level.
_UNDERLINES = ((1, re.compile(r"^={3,}\s*$")), (2, re.compile(r"^-{3,}\s*$")))
_BOLD_LINE = re.compile(r"^\s*\*\*(?P<text>[^*]{2,90}?)\*\*:?\s*$")
#: A line of its own that could be a heading no list knows: few words, no figures, no end of a sentence.
_SHORT_LINE = re.compile(r"^\s*[A-Z][A-Za-z\u00c0-\u024f\u2010-\u2015'\u2019()/ -]{3,70}$")
_LONGEST_HEADING_WORDS = 8
#: What follows such a line must be prose of at least this many characters.
_PROSE = 60


def read_text(data: bytes, source: str) -> Content:
    """Decode and find what structure there is.

    Raises
    ------
    UnknownFormat
        If the bytes are no text.
    ReadError
        If it is longer than any paper, or a table in it larger.
    """
    text, gaps = _decode(data, source)
    refuse_books(text, source)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    tables, table_gaps = find_tables(text, source)
    headings = _headings(text, tables)
    end = next((heading.at for heading in headings if ends_the_paper(heading.text)), len(text))
    parts = sections(headings, len(text))
    references = reference_list(text, parts)
    return Content(
        text=text,
        sections=parts,
        tables=tables,
        marks=with_references(
            text, outside_tables(citation_marks(text), tables), {reference.number for reference in references}
        ),
        references=references,
        bibliography=from_text(text[:end]),
        gaps=(*gaps, *table_gaps),
    )


def _decode(data: bytes, source: str) -> tuple[str, tuple[str, ...]]:
    """The text, and a sentence where the encoding had to be assumed."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return _checked(data.decode(encoding), source), ()
            except UnicodeDecodeError as error:
                raise UnknownFormat(
                    f"{source}: the file says it is {encoding.upper()} text, but byte {error.start} is not. "
                    "Save it again as UTF-8."
                ) from error
    try:
        return _checked(data.decode("utf-8"), source), ()
    except UnicodeDecodeError as error:
        at = error.start
    try:
        text, encoding = data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        text, encoding = data.decode("latin-1"), "Latin-1"
    return _checked(text, source), (
        f"The text is not UTF-8 (byte {at}); {encoding} was assumed, so accented letters and signs may be wrong.",
    )


def _checked(text: str, source: str) -> str:
    """The text, unless it is none."""
    strange = len(_CONTROL.findall(text))
    if "\x00" in text or strange > _CONTROL_SHARE * len(text):
        raise UnknownFormat(
            f"{source}: the content is binary, neither PDF nor article XML nor text ({strange} control characters in "
            f"{len(text)}). Give the paper as PDF, JATS XML or plain text."
        )
    return text


def _headings(text: str, tables: tuple[Table, ...]) -> list[Heading]:
    """Markdown headings, bold lines, known or short lines of their own, and openings of abstract paragraphs."""
    lines = [(match.start(), match.group()) for match in _LINE.finditer(text)]
    lines = [(at, line) for at, line in lines if line or at == 0 or text[at - 1] == "\n"]
    markdown = any(_HASHES.match(line) for _, line in lines) or any(_underlined(lines, i) for i in range(len(lines)))
    found: list[Heading] = []
    first = next((i for i, (_, line) in enumerate(lines) if line.strip()), 0)
    table_at = 0
    for i, (at, line) in enumerate(lines):
        while table_at < len(tables) and tables[table_at].char_end <= at:
            table_at += 1
        if not line.strip() or (table_at < len(tables) and tables[table_at].char_start <= at):
            continue
        heading = (
            _markdown_heading(line, at)
            or _underlined(lines, i)
            or _lone_heading(lines, i, allow_unlisted=not markdown and i != first)
        )
        if heading:
            found.append(heading)
        else:
            found += (Heading(name, at + inside, 2) for name, inside in openings(line))
    return found


def _markdown_heading(line: str, at: int) -> Heading | None:
    if match := _HASHES.match(line):
        return Heading(match.group("text").strip("*_ "), at, len(match.group(1)))
    if match := _BOLD_LINE.match(line):
        # Under a markdown heading of any depth a bold line is a lower one.
        return Heading(match.group("text").strip(" :"), at, level_of(match.group("text")) or 4)
    return None


def _underlined(lines: list[tuple[int, str]], i: int) -> Heading | None:
    """A line alone in its paragraph with a line of = or - below it."""
    at, line = lines[i]
    following = lines[i + 1][1] if i + 1 < len(lines) else ""
    if not line.strip() or line[:1] in "-=|" or (i > 0 and lines[i - 1][1].strip()):
        return None
    level = next((level for level, pattern in _UNDERLINES if pattern.match(following)), None)
    return Heading(line.strip("*_ "), at, level) if level else None


def _lone_heading(lines: list[tuple[int, str]], i: int, *, allow_unlisted: bool) -> Heading | None:
    at, line = lines[i]
    level = level_of(line)
    if level is not None and len(line.split()) <= _LONGEST_HEADING_WORDS:
        return Heading(line.strip().rstrip(":"), at, level)
    if not allow_unlisted or not _SHORT_LINE.match(line) or len(line.split()) > _LONGEST_HEADING_WORDS:
        return None
    blank_before = i > 0 and not lines[i - 1][1].strip()
    following = next((text for _, text in lines[i + 1 : i + 8] if text.strip()), "")
    if blank_before and (len(following) >= _PROSE or level_of(following)) and "\t" not in following:
        return Heading(line.strip(), at, 2)
    return None
