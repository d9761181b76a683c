"""PDF through pdfium: text in reading order with pages, headings, superscripts and tables.

What repeats on every page is left out of the text; words broken at line ends are joined; tables are written cell by
cell, so that every cell is a span of the text.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from evidence.errors import ReadError
from evidence.model.document import Mark, Page, Section
from evidence.read.bibliography import authors_below, from_text
from evidence.read.citations import citation_marks, outside_tables, with_references
from evidence.read.compose import Composer, Content, sections
from evidence.read.headings import ends_the_paper
from evidence.read.pdf_layout import (
    Listing,
    Paragraph,
    Style,
    body_style,
    in_column_order,
    is_running_text,
    paragraphs,
    runs_on,
)
from evidence.read.pdf_lines import read_page
from evidence.read.pdf_ocr import BY_OCR, read_image, require_ocr
from evidence.read.pdf_page import PageText, Word
from evidence.read.pdf_running import drop_running_lines
from evidence.read.pdf_shapes import Shapes, read_shapes
from evidence.read.pdf_streams import refuse_swollen
from evidence.read.pdf_tables import PrintedTable, find_tables, names_a_table
from evidence.read.pdf_writer import Item, Writer
from evidence.read.references import reference_list

#: A document with more pages is a book.
MOST_PAGES = 2000
#: So many drawn objects are kept from the time a page is read until its tables are; parsing it again costs more.
_MOST_KEPT = 30_000
#: A page with fewer characters than this and a picture on it is a scan.
_NO_TEXT = 25
#: More characters without a meaning than this share make a page unreadable.
_UNREADABLE = 0.05
#: A gap names so many pages or runs of pages and counts the others.
_MOST_NAMED = 20
#: A sentence goes on within so many paragraphs; no page of a paper has more.
_NEAR = 200
#: How many paragraphs below the title may hold the authors.
_AUTHOR_PARAGRAPHS = 8


def read_pdf(data: bytes, source: str, *, ocr: bool = False) -> Content:
    """Every page with its text; pages without any are named in `gaps`, or read with `ocr` and named in `notices`.

    Raises
    ------
    ReadError
        If the file is encrypted, broken, longer than `MOST_PAGES`, or has no text at all.
    """
    layout = lay_out(data, source, ocr=ocr)
    writer = Writer(layout.pages)
    layout.write(writer)
    text = writer.out.text()
    end = next((heading.at for heading in writer.out.headings if ends_the_paper(heading.text)), len(text))
    first_page = text[: writer.pages[0].char_end]
    parts = sections(writer.out.headings, len(text))
    references = reference_list(text, parts)
    return Content(
        text=text,
        pages=tuple(writer.pages),
        sections=parts,
        tables=tuple(writer.out.tables),
        marks=_with_ocr(
            _marks(text, writer.out, parts, {reference.number for reference in references}),
            [writer.pages[number - 1] for number in layout.recognised],
        ),
        references=references,
        bibliography=from_text(
            text[:end],
            front=f"{layout.running}\n{first_page}",
            title=writer.title,
            authors=_authors(layout.items[0], layout.title),
        ),
        gaps=tuple(layout.gaps),
        notices=tuple(
            _gap(layout.recognised, len(layout.pages), f"{BY_OCR}; compare the numbers with the printed page")
        ),
    )


@dataclass(slots=True)
class Layout:
    """A document before it is written: per page the paragraphs and tables in reading order."""

    pages: list[PageText]
    items: list[list[Item]]
    title: Paragraph | None
    running: str  # running heads and feet of the first two pages
    gaps: list[str]
    recognised: list[int]  # numbers of the pages read by OCR

    def write(self, writer: Writer) -> None:
        """Hand everything to a writer, page by page."""
        for number, items in enumerate(self.items):
            writer.page(items, number, self.title)


def lay_out(data: bytes, source: str, *, ocr: bool = False) -> Layout:
    """Read the pages, cut the tables out and put what is left into paragraphs."""
    document = open_pdf(data, source)
    try:
        pages, drawn, gaps, recognised = _pages(document, source, ocr=ocr)
        metadata_title = _metadata_title(document)
        dropped = drop_running_lines(pages)
        style = body_style(pages)
        printed: list[list[PrintedTable]] = []
        for number, page in enumerate(pages):
            before = printed[-1][-1] if printed and printed[-1] else None
            tables, unread = find_tables(number, page, style, partial(_shapes, document, number, page, drawn), before)
            printed.append(tables)
            gaps += unread
    finally:
        document.close()
    found = []
    listing = Listing()
    for page, tables in zip(pages, printed, strict=True):
        page.lines = in_column_order(page.lines, style)
        found.append(_in_order(page, tables, paragraphs(page.lines, style, listing)))
    _rejoin(found, style)
    running = " \n".join(line.text for lines in dropped[:2] for line in lines)
    return Layout(pages, found, _title(found[0], style.size, metadata_title), running, gaps, recognised)


def _marks(text: str, out: Composer, parts: Sequence[Section], known: set[int]) -> tuple[Mark, ...]:
    """The marks in order, citations in brackets or as raised figures among them, whichever the document uses."""
    body = parts[0].char_start if parts else 0
    raised = with_references(text, out.marks, known, body=body)
    brackets = [mark for mark in outside_tables(citation_marks(text), out.tables) if mark.kind == "citation"]
    cited = [mark for mark in with_references(text, brackets, known) if mark.references]
    if known and len(cited) > sum(bool(mark.references) for mark in raised) and 1 in cited[0].references:
        return tuple(sorted([*out.marks, *cited], key=lambda mark: mark.char_start))
    return tuple(sorted(raised, key=lambda mark: mark.char_start))


def _with_ocr(marks: Sequence[Mark], pages: Sequence[Page]) -> tuple[Mark, ...]:
    """The marks, and one around the text of each page that was read by OCR."""
    seen = [
        Mark(kind="ocr", char_start=page.char_start, char_end=page.char_end)
        for page in pages
        if page.char_start < page.char_end
    ]
    return tuple(sorted([*marks, *seen], key=lambda mark: mark.char_start))


def open_pdf(data: bytes, source: str) -> Any:
    """The file as a `pypdfium2.PdfDocument`, which somebody has to close.

    Raises
    ------
    ReadError
        If the file is encrypted, broken, longer than `MOST_PAGES`, or would unpack without end.
    """
    refuse_swollen(data, source)
    try:
        document = pdfium.PdfDocument(data)
        pages = len(document)
    except pdfium.PdfiumError as error:
        if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            raise ReadError(
                f"{source}: the PDF is encrypted and asks for a password. Save a copy without one and give that."
            ) from error
        raise ReadError(
            f"{source}: the PDF is broken or cut short ({str(error).rstrip('.')}). Download it again."
        ) from error
    if pages == 0:
        document.close()
        raise ReadError(f"{source}: the PDF has no pages. Download it again.")
    if pages > MOST_PAGES:
        document.close()
        raise ReadError(f"{source}: the PDF has {pages:,} pages, more than {MOST_PAGES:,}. Give the paper alone.")
    return document


def _pages(document: Any, source: str, *, ocr: bool) -> tuple[list[PageText], dict[int, Shapes], list[str], list[int]]:
    """The text of every page, and a sentence for each kind of page that could not be read.

    And, by index, what is drawn on pages that may hold tables, as long as it is not too much to keep; and the numbers
    of the pages that were read by OCR.
    """
    if ocr:
        require_ocr()
    pages: list[PageText] = []
    drawn: dict[int, Shapes] = {}
    kept = 0
    recognised: list[int] = []
    scanned: list[int] = []
    garbled: list[int] = []
    crowded, broken = [], []
    for number in range(1, len(document) + 1):
        try:
            page = document[number - 1]
        except pdfium.PdfiumError:
            broken.append(number)
            pages.append(_empty(0.0, 0.0))
            continue
        try:
            content = read_page(page)
            unread = None
            if content.glyphs < _NO_TEXT:
                unread = scanned if _has_picture(page) else None
            elif content.unreadable > _UNREADABLE * content.glyphs:
                unread = garbled
                content.lines = []
            if unread is not None and ocr:
                seen, ruled = read_image(page, source)
                if seen.lines:
                    content, unread, drawn[number - 1] = seen, None, ruled
                    recognised.append(number)
            if unread is not None:
                unread.append(number)
            if number - 1 not in drawn and kept < _MOST_KEPT and names_a_table(content):
                drawn[number - 1] = read_shapes(page, content)
                kept += len(drawn[number - 1])
        except OverflowError:
            crowded.append(number)
            content = _empty(*page.get_size())
        finally:
            page.close()
        pages.append(content)
    if not any(page.lines for page in pages):
        if crowded and not scanned:
            raise ReadError(
                f"{source}: the pages of the PDF hold too many characters for a paper. Give the paper alone."
            )
        what = "its pages are images (a scan)" if scanned else "its pages hold no readable text"
        remedy = "OCR found none either; give the paper in another format" if ocr else "Read it with OCR (--ocr)"
        raise ReadError(f"{source}: the PDF has no text layer, {what}. {remedy}.")
    remedy = "OCR found no text on it either" if ocr else "read it with OCR (--ocr)"
    strange = [n for n, page in enumerate(pages, 1) if any("\ufffd" in line.text for line in page.lines)]
    unknown = [number for number in strange if number not in recognised]
    unclear = [number for number in strange if number in recognised]
    return (
        pages,
        drawn,
        [
            *_gap(scanned, len(pages), f"no text layer (a scanned image); {remedy}"),
            *_gap(garbled, len(pages), f"its fonts do not say which characters they show; {remedy}"),
            *_gap(crowded, len(pages), "too many characters for a page of a paper; it was not read"),
            *_gap(
                unknown, len(pages), "some signs have no meaning in the file's fonts and stand as \ufffd in the text"
            ),
            *_gap(unclear, len(pages), "OCR cannot tell some signs between figures, which stand as \ufffd in the text"),
            *_gap(broken, len(pages), "the page is broken; download the file again"),
        ],
        recognised,
    )


def _shapes(document: Any, index: int, page: PageText, drawn: dict[int, Shapes]) -> Shapes:
    """What is drawn on a page, read now if it was not kept."""
    if index in drawn:
        return drawn[index]
    pdf_page = document[index]
    try:
        return read_shapes(pdf_page, page)
    finally:
        pdf_page.close()


def _gap(numbers: Sequence[int], of: int, reason: str) -> Iterator[str]:
    if numbers:
        runs = _runs(numbers)
        named = ", ".join(text for text, _ in runs[:_MOST_NAMED])
        if others := sum(count for _, count in runs[_MOST_NAMED:]):
            named += f" and {others} others"
        yield f"Page{'s' if len(numbers) > 1 else ''} {named} of {of}: {reason}."


def _runs(numbers: Sequence[int]) -> list[tuple[str, int]]:
    """Numbers in order with their counts, three and more in a row as a range: "1, 2", "4-7"."""
    runs = []
    for _, run in groupby(enumerate(numbers), key=lambda item: item[1] - item[0]):
        following = [number for _, number in run]
        text = f"{following[0]}-{following[-1]}" if len(following) > 2 else ", ".join(map(str, following))
        runs.append((text, len(following)))
    return runs


def _empty(width: float, height: float) -> PageText:
    return PageText(width, height, [], lambda *box: box, lambda *box: box, 0, 0)


def _has_picture(page: Any) -> bool:
    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _metadata_title(document: Any) -> str | None:
    title = document.get_metadata_value("Title").strip()
    return title if len(title.split()) >= 4 else None


def _in_order(page: PageText, tables: list[PrintedTable], prose: list[Paragraph]) -> list[Item]:
    """Tables put between the paragraphs where they stand in the stream."""
    places = {id(line): place for place, line in enumerate(page.lines)}
    items: list[tuple[float, Item]] = [(places[id(paragraph.lines[0])], paragraph) for paragraph in prose]
    items += [(table.place - 0.5, table) for table in tables]
    items.sort(key=lambda item: item[0])
    return [item for _, item in items]


def _rejoin(pages: Sequence[list[Item]], style: Style) -> None:
    """Bring together sentences that tables, figures or boxes part.

    Where running text breaks off and goes on behind such a float, the float gives way: the second half comes forward on
    the same page; across pages the first half goes to the foot of its page and the second to the head of the next.
    """
    for number, items in enumerate(pages):
        following = pages[number + 1] if number + 1 < len(pages) else []
        for first in [item for item in items if isinstance(item, Paragraph)]:
            if not is_running_text(first, style) or first.finished:
                continue
            at = items.index(first)
            rest = items[at + 1 : at + 1 + _NEAR]
            second = _next_running((item for item in rest if not _stands_above(item, first)), style)
            if second is not None:
                if rest[0] is not second and runs_on(first, second):
                    items.remove(second)
                    items.insert(at + 1, second)
                continue
            second = _next_running(following, style)
            if second is not None and runs_on(first, second):
                items.append(items.pop(at))
                following.insert(0, following.pop(following.index(second)))


def _stands_above(item: Item, first: Paragraph) -> bool:
    """Whether a paragraph begins above another one in the same column: a caption, where text cannot go on."""
    if not isinstance(item, Paragraph):
        return False
    (left, top, right, _), (x0, y0, x1, _) = item.lines[0].box, first.lines[-1].box
    return top < y0 and min(right, x1) > max(left, x0)


def _next_running(items: Iterable[Item], style: Style) -> Paragraph | None:
    return next((item for item in items if isinstance(item, Paragraph) and is_running_text(item, style)), None)


def _title(items: Sequence[Item], body: float, from_metadata: str | None) -> Paragraph | None:
    """The paragraph of the first page that is the title: as the metadata say, else the one in the largest letters."""
    candidates = [item for item in items if isinstance(item, Paragraph) and 4 <= len(item.text.split()) <= 45]
    if from_metadata:
        for paragraph in candidates:
            if _letters(from_metadata) and _letters(paragraph.text) == _letters(from_metadata):
                return paragraph
    large = [paragraph for paragraph in candidates if paragraph.lines[0].size > 1.25 * body]
    return max(large, key=lambda paragraph: paragraph.lines[0].size, default=None)


def _authors(items: Sequence[Item], title: Paragraph | None) -> tuple[str, ...]:
    """The names below the title, signs of institutions left out."""
    if title is None:
        return ()
    below = [item for item in items[items.index(title) + 1 :] if isinstance(item, Paragraph)]
    lines = []
    for paragraph in below[:_AUTHOR_PARAGRAPHS]:
        lines.append(" ".join(_without_marks(word) for line in paragraph.lines for word in line.words))
    return authors_below(lines)


def _without_marks(word: Word) -> str:
    text = word.text
    for _, a, b in reversed(word.marks):
        text = text[:a] + " " + text[b:]
    return text


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())
