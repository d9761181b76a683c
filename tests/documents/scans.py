"""Scans: pages of a PDF as pictures, without a text layer."""

import io
from collections.abc import Collection

import pypdfium2 as pdfium
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas


def scanned(data: bytes, *, keep: Collection[int] = (), dots_per_inch: int = 200) -> bytes:
    """The PDF with every page but those of `keep` (from 1) turned into a picture of itself."""
    pictures = pdfium.PdfDocument.new()
    with pdfium.PdfDocument(data) as document:
        for number, page in enumerate(document, 1):
            if number in keep:
                pictures.import_pages(document, [number - 1])
                continue
            image = page.render(scale=dots_per_inch / 72, grayscale=True).to_pil()
            file = io.BytesIO()
            canvas = Canvas(file, pagesize=page.get_size(), invariant=1)
            canvas.drawImage(ImageReader(image), 0, 0, *page.get_size())
            canvas.save()
            pictures.import_pages(pdfium.PdfDocument(file.getvalue()))
    file = io.BytesIO()
    pictures.save(file)
    return file.getvalue()
