"""Where a number stands, for a page that shows it: pictures of pages, boxes on them, words around a quote.

A PDF is drawn and laid out in a process of its own, under limits of time and memory, because one made to harm may hold
a reader up. Boxes are shares of the page, so that they fit its picture at every size.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeVar

from evidence.errors import EvidenceError, ReadError
from evidence.model.document import Box, CleanText, Document, Mark
from evidence.model.records import DocumentRecord, Patient, Result
from evidence.processes import Work, in_order

if TYPE_CHECKING:
    from evidence.read import PageImage, PlacedWord

#: Seconds that drawing one page may take, and laying a document out; of one read by OCR, each page takes some seconds.
_PAGE_SECONDS, _LAYOUT_SECONDS, _OCR_SECONDS = 10.0, 20.0, 1800.0
#: Documents whose boxes are kept, some hundred kB each.
_MOST_KEPT = 16
#: So many processes draw, and so many lay out, at once; who comes later waits.
_DRAWING, _LAYING_OUT = threading.BoundedSemaphore(2), threading.BoundedSemaphore(2)
#: Where a sentence ends, or a line that is no sentence.
_SENTENCE_END = re.compile(r"(?<=[.!?])[\])\"'\u201d\u2019]*\s+(?=[A-Z0-9(\[\"'\u201c\u2018])|\n+")
_BLANKS = re.compile(r"\s+")

Span = tuple[int, int]
_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A rectangle on a page, in shares of its width and height, from 0 to 1, from its top left corner."""

    page: int  # 1-based
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPlaces:
    """Where a row stands: the page to show first, its quote line by line, and its numbers by column.

    `number` is what the row is about: its value or estimate, or what was reported in its place. Empty where the quote
    does not print it as it stands in the row.
    """

    page: int | None  # None for a row without a quote
    quote: tuple[Area, ...]
    number: tuple[Area, ...]
    columns: Mapping[str, tuple[Area, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPlace:
    """A word of a page, with its offsets in the text of the document."""

    text: str
    char_start: int
    char_end: int
    area: Area


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPlaces:
    """The words of a PDF and the boxes of some stretches of its text."""

    clean: CleanText
    sizes: tuple[tuple[float, float], ...]  # width and height of each page as it is displayed, in points
    words: tuple["PlacedWord", ...]
    stretches: Mapping[Span, tuple[Area, ...]]

    def row(self, row: Result | Patient) -> RowPlaces:
        """Where a row stands whose quote was among the stretches."""
        from evidence.extract.places import column_places, number_places

        source = row.source
        quote = self.stretches.get((source.char_start, source.char_end), ())
        columns = {
            column: tuple(area for place in places for area in self.stretches.get(place, ()))
            for column, places in column_places(row, self.clean).items()
        }
        number = tuple(area for place in number_places(row, self.clean) for area in self.stretches.get(place, ()))
        first = (number or quote)[:1]
        return RowPlaces(page=first[0].page if first else None, quote=quote, number=number, columns=columns)

    def words_of_page(self, page: int, text: str) -> tuple[WordPlace, ...]:
        """The words of a page (from 1) in the order of `text`, that of the document.

        Text selected on the picture goes from the `char_start` of its first word to the `char_end` of its last.
        """
        return tuple(
            WordPlace(
                text=text[word.char_start : word.char_end],
                char_start=word.char_start,
                char_end=word.char_end,
                area=_area(word.box, self.sizes),
            )
            for word in self.words
            if word.box.page == page
        )


def page_picture(data: bytes, page: int, *, width: int = 1200, source: str = "the document") -> "PageImage":
    """A page of a PDF as PNG of about this width in pixels, with its size in pixels and the number of pages.

    Raises
    ------
    ReadError
        If the file is encrypted or broken, or drawing the page takes too long or too much memory.
    NotFound
        If there is no such page.
    """
    with _DRAWING:
        return _apart(_draw, (data, source, page, width), seconds=_PAGE_SECONDS, source=source)


def document_places(
    stored: DocumentRecord, text: str, rows: Collection[Result | Patient], original: Callable[[], bytes]
) -> DocumentPlaces:
    """Where the words of a stored PDF and the quotes of these rows stand on its pages.

    Laid out once and kept; asked for again where a row has a quote that was not asked for before. Numbers are found in
    a quote whatever a person corrects them to.

    Parameters
    ----------
    stored : DocumentRecord
        Of a PDF.
    text : str
        The text of the document as stored.
    rows : collection of Result or Patient
        Best all rows of the document.
    original : function
        Gives the bytes the document was read from; called only where they are needed.

    Raises
    ------
    ReadError
        If the document is no PDF; if the file is not the one that was read, is read differently by this version, or
        laying it out takes too long or too much memory.
    """
    if stored.format != "pdf":
        raise ReadError(f"{stored.source} has no pages to show (its format is {stored.format}).")
    quotes = {(row.source.char_start, row.source.char_end) for row in rows}
    known = _kept(stored.document_id)
    if known is not None and quotes <= known.stretches.keys():
        return known
    quotes |= known.stretches.keys() if known is not None else set()
    laid_out = _Asked(data=original(), stored=stored, text=text, quotes=tuple(sorted(quotes)))
    seconds = _OCR_SECONDS if laid_out.by_ocr else _LAYOUT_SECONDS
    with _LAYING_OUT:
        found = _apart(_lay_out, laid_out, seconds=seconds, source=stored.source)
    with _keeping:
        _documents[stored.document_id] = found
        while len(_documents) > _MOST_KEPT:
            _documents.popitem(last=False)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text of one kind: what stands around a quote, the quote, or a number of the row in it."""

    kind: Literal["before", "quote", "number", "after"]
    text: str
    char_start: int
    char_end: int


def context(text: str, row: Result | Patient, *, before: int = 600, after: int = 400) -> tuple[Piece, ...]:
    """A row's quote with the text around it, in order: what a person reads where there is no page to show.

    About `before` and `after` characters stand around the quote; they begin and end with a paragraph or a sentence
    where there is one, and never inside a word.
    """
    from evidence.extract.places import number_places
    from evidence.read import clean

    start, end = row.source.char_start, row.source.char_end
    first, last = _opening(text, start, before), _closing(text, end, after)
    # What stands around the quote may change how a sign in it is read, so it is made uniform together with it.
    near = replace(row, source=replace(row.source, char_start=start - first, char_end=end - first))
    numbers = [(first + a, first + b) for a, b in number_places(near, clean(text[first:last]))]
    pieces = [Piece(kind="before", text=text[first:start], char_start=first, char_end=start)]
    at = start
    for a, b in sorted(numbers):
        if a >= at:
            pieces.append(Piece(kind="quote", text=text[at:a], char_start=at, char_end=a))
            pieces.append(Piece(kind="number", text=text[a:b], char_start=a, char_end=b))
            at = b
    pieces.append(Piece(kind="quote", text=text[at:end], char_start=at, char_end=end))
    pieces.append(Piece(kind="after", text=text[end:last], char_start=end, char_end=last))
    return tuple(piece for piece in pieces if piece.text)


def _opening(text: str, start: int, most: int) -> int:
    """Where the text before a quote begins: with a paragraph, else a sentence, else a word."""
    low = max(start - most, 0)
    if low == 0:
        return 0
    paragraph = text.find("\n\n", low, start)
    if paragraph >= 0:
        return paragraph + 2
    borders = [match.end() for match in _SENTENCE_END.finditer(text, low, start - 1)]
    words = [match.end() for match in _BLANKS.finditer(text, low - 1, start - 1)]
    return (borders or words or [start])[0]


def _closing(text: str, end: int, most: int) -> int:
    """Where the text behind a quote ends: with a paragraph, else a sentence, else a word."""
    high = min(end + most, len(text))
    if high == len(text):
        return high
    paragraph = text.rfind("\n\n", end, high)
    if paragraph >= 0:
        return paragraph
    borders = [match.start() for match in _SENTENCE_END.finditer(text, end + 1, high)]
    words = [match.start() for match in _BLANKS.finditer(text, end + 1, high + 1)]
    return (borders or words or [end])[-1]


# In a process of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A document to lay out, with the stretches of its text whose boxes are wanted."""

    data: bytes
    stored: DocumentRecord
    text: str
    quotes: tuple[Span, ...]

    @property
    def by_ocr(self) -> bool:
        """Whether pages of it were read from their images."""
        from evidence.read import BY_OCR

        return BY_OCR in (self.stored.status_reason or "")


def _prepare() -> None:
    """Load what drawing and laying out need, so that nobody waits for it twice."""
    import evidence.extract.places
    import evidence.read  # noqa: F401


def _draw(asked: tuple[bytes, str, int, int]) -> "PageImage | EvidenceError":
    from evidence.read import page_image

    data, source, page, width = asked
    try:
        return page_image(data, source, page, width=width)
    except EvidenceError as error:
        return error


def _lay_out(asked: _Asked) -> "DocumentPlaces | EvidenceError":
    """The places of a document; the text as stored stands for reading it again."""
    from evidence.extract.places import printed_numbers
    from evidence.read import boxes, clean, page_sizes, placed_words

    stored = asked.stored
    recognised = (Mark(kind="ocr", char_start=0, char_end=len(asked.text)),) if asked.by_ocr else ()
    document = Document(
        document_id=stored.document_id,
        source=stored.source,
        format=stored.format,
        text=asked.text,
        clean=clean(asked.text),
        marks=recognised,
    )
    try:
        words = placed_words(asked.data, document)
        sizes = page_sizes(asked.data, stored.source)
        numbers = {place for quote in asked.quotes for place, _ in printed_numbers(document.clean, *quote)}
        stretches = {
            span: tuple(_area(box, sizes) for box in boxes(asked.data, document, *span))
            for span in (*asked.quotes, *numbers)
        }
    except EvidenceError as error:
        return error
    return DocumentPlaces(clean=document.clean, sizes=sizes, words=tuple(words), stretches=stretches)


def _area(box: Box, sizes: Sequence[tuple[float, float]]) -> Area:
    """A box in points as shares of its page; what reaches over the edge is cut."""
    wide, high = sizes[box.page - 1]
    left, top, right, bottom = (
        min(max(value / size, 0.0), 1.0)
        for value, size in ((box.x0, wide), (box.top, high), (box.x1, wide), (box.bottom, high))
    )
    return Area(page=box.page, left=left, top=top, width=right - left, height=bottom - top)


_documents: OrderedDict[str, DocumentPlaces] = OrderedDict()
_keeping = threading.Lock()


def _kept(document_id: str) -> DocumentPlaces | None:
    with _keeping:
        if document_id in _documents:
            _documents.move_to_end(document_id)
        return _documents.get(document_id)


def _not_here(_: object) -> None:
    return None


def _apart(do: "Callable[[_Item], _Made | EvidenceError]", item: _Item, *, seconds: float, source: str) -> "_Made":
    """What a function makes of an item in a process of its own; its faults are raised here."""

    def stopped(_: _Item, reason: str) -> "_Made | EvidenceError":
        return ReadError(f"{source}: {reason}, so it was stopped. Read the number in the file itself.")

    work: Work[_Item, _Made | EvidenceError] = Work(do=do, at_once=_not_here, stopped=stopped, prepare=_prepare)
    ((_, made),) = in_order(work, [item], 1, seconds=seconds)
    if isinstance(made, EvidenceError):
        raise made
    return made
