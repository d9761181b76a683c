"""Each limit on what a file may ask for: one sentence when it is passed, and a file at the limit is read.

Without the limit the file would be read, and cost what it asks for.
"""

import io
import zipfile

import pytest

from evidence.errors import ReadError
from evidence.read import archive, pdf, pdf_lines, pdf_streams, read
from tests.documents import hostile

WORDS = b"BT /F1 10 Tf 50 780 Td (Overall survival was longer with drug A than with chemotherapy.) Tj ET"


def pages(number):
    return hostile.pdf(WORDS, kids=f"[{'3 0 R ' * number}]").replace(b"/Count 1", f"/Count {number}".encode(), 1)


def glyphs(number):
    """A page with so many characters before a page of words."""
    line = b"(" + b"a" * 100 + b") Tj T* "
    content = b"BT /F1 1 Tf 1 TL 0 800 Td " + line * (number // 100) + b"ET"
    whole = (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 7 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
    )
    words = f"<< /Length {len(WORDS)} >>\nstream\n{WORDS.decode()}\nendstream"
    return hostile.pdf(content, kids="[3 0 R 6 0 R]", more=(whole, words)).replace(b"/Count 1", b"/Count 2", 1)


def document(**members):
    """A Word document with other parts beside its text."""
    file = io.BytesIO(hostile.docx("<w:p><w:r><w:t>Overall survival was longer with drug A.</w:t></w:r></w:p>"))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as whole:
        for name, content in members.items():
            whole.writestr(f"word/{name}.bin", content)
    return file.getvalue()


def refused(data):
    with pytest.raises(ReadError) as refusal:
        read(data, name="paper")
    assert str(refusal.value).startswith("paper: ") and "\n" not in str(refusal.value)
    return str(refusal.value)


def test_a_pdf_of_more_than_2000_pages_is_refused():
    assert "2,001 pages, more than 2,000" in refused(pages(pdf.MOST_PAGES + 1))


def test_a_pdf_of_as_many_pages_as_allowed_is_read(monkeypatch):
    monkeypatch.setattr(pdf, "MOST_PAGES", 1)
    assert read(pages(1)).status == "ok"
    assert "2 pages, more than 1" in refused(pages(2))


def test_a_page_of_more_than_200000_glyphs_is_left_out_and_named():
    found = read(glyphs(pdf_lines.MOST_GLYPHS + 100))
    assert found.status == "partial" and "Page 1 of 2: too many characters" in found.status_reason
    assert "Overall survival" in found.text and "aaaa" not in found.text


def test_a_page_of_as_many_glyphs_as_allowed_is_read(monkeypatch):
    monkeypatch.setattr(pdf_lines, "MOST_GLYPHS", 2000)
    assert read(glyphs(1900)).status == "ok"  # pdfium counts line ends too
    assert "too many characters" in read(glyphs(2100)).status_reason


def test_three_million_glyphs_in_ten_thousand_bytes_are_refused():
    data = hostile.many_glyphs()
    assert len(data) < 20_000
    assert "too many characters" in refused(data)


def test_a_pdf_that_unpacks_to_300_megabytes_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(pdf.pdfium, "PdfDocument", None)
    assert "would unpack to more than 128 MB" in refused(hostile.inflating(300))


def test_a_pdf_that_unpacks_to_as_much_as_allowed_is_read(monkeypatch):
    monkeypatch.setattr(pdf_streams, "MOST_UNPACKED", 3 * 2**20)
    assert read(hostile.inflating(2)).status == "ok"
    refused(hostile.inflating(4))


def test_an_archive_of_many_entries_is_refused(monkeypatch):
    monkeypatch.setattr(archive, "MOST_ENTRIES", 5)
    assert read(document(one=b"", two=b"")).status == "ok"
    assert "it holds 6 entries, more than 5" in refused(document(one=b"", two=b"", three=b""))


def test_an_archive_of_ten_thousand_entries_is_refused():
    many = document(**{f"n{n}": b"" for n in range(archive.MOST_ENTRIES)})
    assert "10,003 entries, more than 10,000" in refused(many)


def test_an_archive_that_packs_too_well_is_refused():
    assert read(document(blanks=b" " * 2**20)).status == "ok"
    assert "more than 100 times its size" in refused(document(blanks=b" " * 2**21))


def test_an_archive_that_is_large_as_a_whole_is_refused(monkeypatch):
    monkeypatch.setattr(archive, "MOST_BYTES", 2 * 2**20)
    assert read(document(one=b" " * 2**20)).status == "ok"
    assert "would unpack to 3 MB, more than 2" in refused(document(**{f"n{n}": b" " * 2**20 for n in range(3)}))


def test_a_part_of_text_that_is_large_is_refused(monkeypatch):
    monkeypatch.setattr(archive, "MOST_XML", 1000)
    assert read(document()).status == "ok"
    assert "word/document.xml would unpack to" in refused(
        hostile.docx(f"<w:p><w:r><w:t>{'a' * 1000}</w:t></w:r></w:p>")
    )
