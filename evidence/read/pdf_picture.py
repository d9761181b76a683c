"""A page of a PDF as an image, with words on it highlighted as by a marker pen."""

import io
from collections.abc import Iterable

import numpy as np

from evidence.model.document import Box
from evidence.read.pdf import open_pdf
from evidence.read.pdf_raster import scale_of

_DOTS_PER_INCH = 150
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
