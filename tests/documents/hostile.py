"""Files that ask for all memory, all time, or another file: small, and each of them opens like a paper.

`python tests/documents/hostile.py FOLDER` writes them all.
"""

import io
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

#: Where an external entity would be fetched from; nothing listens there.
NOWHERE = "http://127.0.0.1:9/secret.dtd"
_SENTENCE = "Overall survival was longer with drug A (hazard ratio, 0.64; 95% CI, 0.49 to 0.83)."


def pdf(content: bytes, *, box: str = "0 0 595 842", kids: str = "[3 0 R]", more: tuple[str, ...] = ()) -> bytes:
    """A PDF of one page with this content stream, `more` objects from the sixth on."""
    packed = zlib.compress(content, 9 if len(content) < 10**8 else 1)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids {kids} /Count 1 >>".encode(),
        f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> /XObject << /X 6 0 R >> >> >>".encode(),
        f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *(text.encode("latin-1") for text in more),
    ]
    file = io.BytesIO(b"%PDF-1.7\n")
    file.seek(0, io.SEEK_END)
    places = []
    for number, text in enumerate(objects, 1):
        places.append(file.tell())
        file.write(b"%d 0 obj\n" % number + text + b"\nendobj\n")
    start = file.tell()
    file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    file.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    file.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return file.getvalue()


def _words(text: str = _SENTENCE, lines: int = 30) -> bytes:
    return b"BT /F1 10 Tf 12 TL 50 780 Td " + f"({text}) Tj T* ".encode() * lines + b"ET"


def many_glyphs() -> bytes:
    """Three million glyphs in some ten thousand bytes."""
    line = b"(" + b"abcdefghi " * 10 + b") Tj T* "
    return pdf(b"BT /F1 1 Tf 1 TL 0 800 Td " + line * 30_000 + b"ET")


def many_glyphs_in_forms() -> bytes:
    """A page that draws a form that draws a form: ten thousand times the same line."""
    line = f"BT /F1 1 Tf 10 10 Td ({'abcdefghi ' * 10}) Tj ET "
    resources = "/Resources << /Font << /F1 5 0 R >> /XObject << /X {} 0 R >> >>"

    def form(content: str, inner: int) -> str:
        return (
            f"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] {resources.format(inner)} /Length {len(content)} >>"
            f"\nstream\n{content}\nendstream"
        )

    return pdf(b"/X Do " * 100, more=(form("/X Do " * 100, 7), form(line, 7)))


def a_form_in_itself() -> bytes:
    """A form that draws itself."""
    form = "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >> /Length 6 >>"
    return pdf(b"/X Do", more=(form + "\nstream\n/X Do \nendstream",))


def inflating(megabytes: int = 300) -> bytes:
    """A content stream that inflates to 300 MB of blanks."""
    return pdf(b" " * (megabytes * 2**20) + _words())


def many_lines() -> bytes:
    """A million ruled lines, as of a table."""
    return pdf(_words() + b"0 0 m 9 9 l S 0 0 m 9 0 l S " * 500_000)


def many_paragraphs() -> bytes:
    """Five thousand paragraphs on one page, from its foot upwards, each a piece of a sentence."""
    piece = b"1 0 0 1 50 %d Tm (the patients who were treated and) Tj "
    content = b"BT /F1 10 Tf " + b"".join(piece % (60 * n) for n in range(1, 5_001)) + b"ET"
    return pdf(content, box="0 0 595 301000")


def huge_page() -> bytes:
    """A page of 200,000 points."""
    return pdf(_words(), box="0 0 200000 200000")


def encrypted() -> bytes:
    """Locked by a password."""
    file = io.BytesIO()
    canvas = Canvas(file, invariant=1, encrypt=StandardEncryption("secret", ownerPassword="owner"))
    canvas.drawString(50, 780, _SENTENCE)
    canvas.save()
    return file.getvalue()


def truncated(share: float) -> bytes:
    """A good PDF cut off."""
    whole = pdf(_words())
    return whole[: int(share * len(whole))]


def looping() -> bytes:
    """A tree of pages that is its own branch."""
    return pdf(_words(), kids="[2 0 R]")


def looping_deep() -> bytes:
    """A tree of pages that comes back to its root after two branches, beside a page."""
    nodes = [f"<< /Type /Pages /Parent 2 0 R /Kids [{n} 0 R] /Count 1 >>" for n in (7, 2)]
    return pdf(_words(), kids="[3 0 R 6 0 R]", more=tuple(nodes))


def jats(body: str, doctype: str = "") -> bytes:
    """An article with this body."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<article><front><article-meta><title-group><article-title>A '
        f"trial of drug A</article-title></title-group></article-meta></front><body><sec><title>Results</title>{body}"
        "</sec></body></article>"
    ).encode()


def billion_laughs() -> bytes:
    """Entities of entities."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return jats("<p>&l9;</p>", f'<!DOCTYPE article [<!ENTITY l0 "lol">{entities}]>')


def quadratic() -> bytes:
    """One long entity, used often."""
    return jats(f"<p>{'&a;' * 30_000}</p>", f'<!DOCTYPE article [<!ENTITY a "{"a" * 100_000}">]>')


def external(address: str) -> bytes:
    """An entity that is another file."""
    return jats(f"<p>{_SENTENCE} &secret;</p>", f'<!DOCTYPE article [<!ENTITY secret SYSTEM "{address}">]>')


def external_dtd() -> bytes:
    """A DTD that is to be fetched, which declares the entity that is used."""
    return jats(f"<p>{_SENTENCE} &secret;</p>", f'<!DOCTYPE article SYSTEM "{NOWHERE}">')


def deep(tag: str, depth: int) -> bytes:
    """Elements within elements."""
    return jats(f"<{tag}>" * depth + _SENTENCE + f"</{tag}>" * depth)


def deep_html(depth: int = 200_000) -> bytes:
    """Boxes within boxes."""
    return f"<!DOCTYPE html><html><body><h2>Results</h2>{'<div>' * depth}<p>{_SENTENCE}</p></body></html>".encode()


_CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
    'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName='
    '"/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'
    '"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body: str) -> bytes:
    """A Word document with this body."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>')
    return file.getvalue()


def word_bomb() -> bytes:
    """A Word document of 100 MB in 100 kB."""
    return docx(f"<w:p><w:r><w:t>{' ' * (100 * 2**20)}</w:t></w:r></w:p>")


def deep_word(depth: int = 30_000) -> bytes:
    """Boxes within boxes in a Word document."""
    return docx("<w:sdt><w:sdtContent>" * depth + "<w:p/>" + "</w:sdtContent></w:sdt>" * depth)


def understated_word() -> bytes:
    """A part that says that it is small and unpacks to much more."""
    data = bytearray(docx(f"<w:p><w:r><w:t>{' ' * (50 * 2**20)}</w:t></w:r></w:p>"))
    name = b"word/document.xml"
    for place, field in ((data.index(name) - 30, 22), (data.rindex(name) - 46, 24)):
        struct.pack_into("<I", data, place + field, 1000)
    return bytes(data)


def overlapping_zip(entries: int = 5000) -> bytes:
    """Many entries that are all the same bytes of the archive."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    text = b" " * 2**20
    packed = packer.compress(text) + packer.flush()
    sizes = struct.pack("<3I", zlib.crc32(text), len(packed), len(text))
    name = b"word/document.xml"
    local = b"PK\x03\x04" + struct.pack("<5H", 20, 0, 8, 0, 33) + sizes + struct.pack("<2H", len(name), 0) + name
    directory = b""
    for number in range(entries):
        own = name if number == 0 else b"word/part%d.xml" % number
        directory += b"PK\x01\x02" + struct.pack("<6H", 20, 20, 0, 8, 0, 33) + sizes
        directory += struct.pack("<5H2I", len(own), 0, 0, 0, 0, 0, 0) + own
    ending = struct.pack("<4H2IH", 0, 0, entries, entries, len(directory), len(local) + len(packed), 0)
    return local + packed + directory + b"PK\x05\x06" + ending


def _rows(rows: int, start: str, between: str, end: str) -> str:
    return "".join(
        f"{start}Patient {n}{between}{n % 97}{between}{n % 89} (12.5){between}0.{n % 90 + 10}{end}" for n in range(rows)
    )


def html_table(rows: int = 100_000) -> bytes:
    """A table of 100,000 rows on a web page."""
    return (
        "<!DOCTYPE html><html><head><title>A trial of drug A</title></head><body><h2>Results</h2><table><caption>Table "
        f"1. Patients</caption>{_rows(rows, '<tr><td>', '</td><td>', '</td></tr>')}</table><p>{_SENTENCE}</p></body>"
    ).encode()


def jats_table(rows: int = 100_000) -> bytes:
    """A table of 100,000 rows in an article."""
    table = f"<table><tbody>{_rows(rows, '<tr><td>', '</td><td>', '</td></tr>')}</tbody></table>"
    return jats(f"<p>{_SENTENCE}</p><table-wrap><label>Table 1</label>{table}</table-wrap>")


def word_table(rows: int = 100_000) -> bytes:
    """A table of 100,000 rows in a Word document."""
    start, end = "<w:tc><w:p><w:r><w:t>", "</w:t></w:r></w:p></w:tc>"
    return docx(f"<w:tbl>{_rows(rows, f'<w:tr>{start}', end + start, f'{end}</w:tr>')}</w:tbl>")


def text_table(rows: int = 100_000) -> bytes:
    """A table of 100,000 rows parted by tabs."""
    return f"Results\n\n{_SENTENCE}\n\nTable 1. Patients\n{_rows(rows, '', chr(9), chr(10))}".encode()


def one_long_line(megabytes: int = 20) -> bytes:
    """A text without a full stop or a line end."""
    return ("hazard ratio 0.64 of 12 (5%) " * (megabytes * 2**20 // 29)).encode()


def brackets() -> bytes:
    """Nothing but what opens: what looks for its end looks for long."""
    return ("(" * 50_000 + " [" * 50_000).encode()


def deep_json() -> bytes:
    """A record of a registry within lists within lists."""
    return b'{"protocolSection": {"identificationModule": ' + b"[" * 500_000 + b"]" * 500_000 + b"}}"


FILES: dict[str, Callable[[], bytes]] = {
    "glyphs.pdf": many_glyphs,
    "glyphs-in-forms.pdf": many_glyphs_in_forms,
    "form-in-itself.pdf": a_form_in_itself,
    "inflating.pdf": inflating,
    "lines.pdf": many_lines,
    "paragraphs.pdf": many_paragraphs,
    "huge-page.pdf": huge_page,
    "encrypted.pdf": encrypted,
    "loop.pdf": looping,
    "loop-deep.pdf": looping_deep,
    "laughs.xml": billion_laughs,
    "quadratic.xml": quadratic,
    "external-file.xml": lambda: external(Path(__file__).as_uri()),
    "external-http.xml": lambda: external(NOWHERE),
    "external-dtd.xml": external_dtd,
    "deep-sections.xml": lambda: deep("sec", 250),
    "deep-italics.xml": lambda: deep("italic", 240),
    "deepest.xml": lambda: deep("sec", 100_000),
    "deep.html": deep_html,
    "bomb.docx": word_bomb,
    "deep.docx": deep_word,
    "understated.docx": understated_word,
    "overlapping.docx": overlapping_zip,
    "table.html": html_table,
    "table.xml": jats_table,
    "table.docx": word_table,
    "table.txt": text_table,
    "long-line.txt": one_long_line,
    "brackets.txt": brackets,
    "deep.json": deep_json,
    **{f"truncated-{n:02}.pdf": partial(truncated, n / 21) for n in range(1, 21)},
}


def write_all(folder: Path) -> list[Path]:
    """Every hostile file; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in FILES.items():
        paths.append(folder / name)
        paths[-1].write_bytes(content())
    return paths


if __name__ == "__main__":
    for path in write_all(Path(sys.argv[1])):
        sys.stdout.write(f"{path.stat().st_size:>12,}  {path}\n")
