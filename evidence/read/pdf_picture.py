"""A page of a PDF as an image: plain, or with words on it highlighted as by a marker pen."""

import io
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from evidence.errors import NotFound
from evidence.model.document import Box
from evidence.read.pdf import open_pdf
from evidence.read.pdf_raster import scale_of

_DOTS_PER_INCH = 150
#: A page drawn for a screen has at most so many pixels, however wide it is asked for.
_MOST_ON_SCREEN = 12_000_000
#: Compressing harder costs most of the time a page takes and saves a fifth of its bytes.
_QUICK = 1
#: Red, green and blue of the marker, from 0 to 255: what is looked for, and what stands around it.
STRONG, FAINT = (255, 176, 59), (255, 246, 196)


def page_picture(data: bytes, source: str, page: int, *, strong: Iterable[Box], faint: Iterable[Box] = ()) -> bytes:
    """A page as it is displayed, as PNG.

    Parameters
    ----------
    data : bytes
        A PDF.
    source : str
        What to call it in errors.
    page : int
        Number of the page, from 1. Boxes on other pages are passed over.
    strong, faint : Box
        What to highlight, as `boxes` gives it. Ink keeps its colour: the marker only darkens paper.

    Raises
    ------
    ReadError
        If the file is encrypted or broken.
    """
    with open_pdf(data, source) as document:
        shown = document[page - 1]
        scale = scale_of(shown, _DOTS_PER_INCH)
        bitmap = shown.render(scale=scale, rev_byteorder=True)
        pixels = bitmap.to_numpy()
        for marked, colour in ((faint, FAINT), (strong, STRONG)):
            for box in marked:
                if box.page == page:
                    rows = slice(max(int(box.top * scale), 0), max(round(box.bottom * scale), 0))
                    columns = slice(max(int(box.x0 * scale), 0), max(round(box.x1 * scale), 0))
                    pixels[rows, columns] = np.minimum(pixels[rows, columns], np.array(colour, dtype=np.uint8))
        png = io.BytesIO()
        bitmap.to_pil().save(png, "PNG", dpi=(scale * 72, scale * 72))
        return png.getvalue()


class PageImage(NamedTuple):
    """A page as PNG, `width` and `height` in pixels, with the number of pages of its document."""

    png: bytes
    width: int
    height: int
    pages: int


def page_image(data: bytes, source: str, page: int, *, width: int) -> PageImage:
    """A page as it is displayed, about `width` pixels wide, without marks; a huge one is drawn coarser.

    Raises
    ------
    ReadError
        If the file is encrypted or broken.
    NotFound
        If there is no such page.
    """
    with open_pdf(data, source) as document:
        if not 1 <= page <= len(document):
            raise NotFound(f"{source} has no page {page}; its pages are 1 to {len(document)}.")
        shown = document[page - 1]
        wide, high = (max(side, 1.0) for side in shown.get_size())
        scale = min(max(width, 1) / wide, (_MOST_ON_SCREEN / (wide * high)) ** 0.5)
        picture = shown.render(scale=scale, rev_byteorder=True).to_pil()
        png = io.BytesIO()
        picture.save(png, "PNG", compress_level=_QUICK)
        return PageImage(png.getvalue(), picture.width, picture.height, len(document))


def page_sizes(data: bytes, source: str) -> tuple[tuple[float, float], ...]:
    """Width and height of each page as it is displayed, in points; faults as in `page_image`."""
    with open_pdf(data, source) as document:
        return tuple(document.get_page_size(index) for index in range(len(document)))
