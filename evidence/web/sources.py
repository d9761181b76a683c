"""What is shown beside a row: the page it stands on with its boxes, or the text around it."""

from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock, Thread
from typing import TYPE_CHECKING

from evidence import files, places
from evidence.errors import EvidenceError, NotFound, ReadError
from evidence.model.records import DocumentRecord, Records, Result
from evidence.places import Area, DocumentPlaces, Piece

if TYPE_CHECKING:
    from evidence.read import PageImage
    from evidence.web.service import Service

#: Width of the picture of a page in pixels: sharp where half of a wide screen shows it.
PICTURE_WIDTH = 1400
#: Pictures that are kept, some 300 kB each.
_PICTURES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle on the picture of a page, in points from its top left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """A page with what is marked on it."""

    document: DocumentRecord
    page: int
    pages: int
    width: float  # of the page, in points
    height: float
    quote: tuple[Box, ...] = ()
    number: tuple[Box, ...] = ()
    others: tuple[Box, ...] = ()  # the other numbers of the row


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """A page, or text; `waiting` while the page is looked for."""

    pieces: tuple[Piece, ...]
    page: PageView | None = None
    waiting: bool = False
    reason: str | None = None  # why there is no page although the document has pages


class _NotKept(Exception):
    """The places of this document would have to be laid out first."""


def original(service: "Service", document: DocumentRecord) -> bytes:
    """The bytes a document was read from.

    Raises
    ------
    ReadError
        If they are not there any more.
    """
    data = files.original(document, service.files)
    if data is None:
        raise ReadError(f"The file of {document.source} is not there any more, or was changed; its text is shown.")
    return data


def document_of(records: Records, document_id: str) -> DocumentRecord:
    """A stored document.

    Raises
    ------
    NotFound
        If there is none of this id.
    """
    found = next((each for each in records.documents if each.document_id == document_id), None)
    if found is None:
        raise NotFound(f"There is no document {document_id!r} in the store.")
    return found


def source_of(service: "Service", records: Records, row: Result, *, wait: bool) -> SourceView:
    """What to show beside a row; without `wait`, a page only where the document is laid out already."""
    document = document_of(records, row.document_id)
    text = service.store.text(row.document_id)
    pieces = places.context(text, row)
    if document.format != "pdf":
        return SourceView(pieces=pieces)
    try:
        laid_out = _places(service, document, text, [*records.results(), row], wait=wait)
        where = laid_out.row(row)
    except _NotKept:
        return SourceView(pieces=pieces, waiting=True)
    except EvidenceError as error:
        return SourceView(pieces=pieces, reason=str(error))
    page = where.page or row.source.page
    if page is None:
        return SourceView(pieces=pieces, reason="The place of this quote on a page is not known.")
    others = [area for column in where.columns.values() for area in column if area not in where.number]
    return SourceView(
        pieces=pieces,
        page=page_view(laid_out, document, page, quote=where.quote, number=where.number, others=others),
    )


def prepare(service: "Service", records: Records, row: Result) -> None:
    """Lay the document of a row out and draw its page behind the scenes, so that nobody waits when it is shown."""
    document = document_of(records, row.document_id)
    with _keeping:
        if document.format != "pdf" or (document.document_id, row.source.page) in _prepared:
            return
        _prepared.append((document.document_id, row.source.page))

    def work() -> None:
        try:
            found = (
                _places(service, document, service.store.text(document.document_id), records.results(), wait=True)
                .row(row)
                .page
            )
            picture(service, document, found or row.source.page or 1)
        except EvidenceError:
            pass  # it is told where the row is shown

    Thread(target=work, daemon=True).start()


def document_places(service: "Service", records: Records, document_id: str) -> tuple[DocumentRecord, DocumentPlaces]:
    """A document with the places of its words; faults as in `places.document_places`."""
    document = document_of(records, document_id)
    return document, _places(service, document, service.store.text(document_id), records.results(), wait=True)


def page_view(
    laid_out: DocumentPlaces,
    document: DocumentRecord,
    page: int,
    *,
    quote: Sequence[Area] = (),
    number: Sequence[Area] = (),
    others: Sequence[Area] = (),
) -> PageView:
    """A page of a document with the marks on it.

    Raises
    ------
    NotFound
        If there is no such page.
    """
    pages = len(laid_out.sizes)
    if not 1 <= page <= pages:
        raise NotFound(f"{document.source} has no page {page}; its pages are 1 to {pages}.")
    width, height = laid_out.sizes[page - 1]

    def boxes(areas: Sequence[Area]) -> tuple[Box, ...]:
        return tuple(box_of(area, width, height) for area in areas if area.page == page)

    return PageView(
        document=document,
        page=page,
        pages=pages,
        width=width,
        height=height,
        quote=boxes(quote),
        number=boxes(number),
        others=boxes(others),
    )


def box_of(area: Area, width: float, height: float) -> Box:
    """A share of a page in points, to a hundredth."""
    return Box(
        x=round(area.left * width, 2),
        y=round(area.top * height, 2),
        width=round(area.width * width, 2),
        height=round(area.height * height, 2),
    )


def picture(service: "Service", document: DocumentRecord, page: int) -> "PageImage":
    """A page of a PDF as PNG, drawn once and kept; faults as in `places.page_picture`."""
    key = document.document_id, page
    with _keeping:
        if key in _pictures:
            _pictures.move_to_end(key)
            return _pictures[key]
    drawn = places.page_picture(original(service, document), page, width=PICTURE_WIDTH, source=document.source)
    with _keeping:
        _pictures[key] = drawn
        while len(_pictures) > _PICTURES:
            _pictures.popitem(last=False)
    return drawn


def _places(
    service: "Service", document: DocumentRecord, text: str, results: Iterable[Result], *, wait: bool
) -> DocumentPlaces:
    rows = [row for row in results if row.document_id == document.document_id]

    def read() -> bytes:
        if not wait:
            raise _NotKept
        return original(service, document)

    return places.document_places(document, text, rows, read)


_pictures: "OrderedDict[tuple[str, int], PageImage]" = OrderedDict()
#: Pages drawn ahead lately.
_prepared: deque[tuple[str, int | None]] = deque(maxlen=_PICTURES // 2)
_keeping = Lock()
