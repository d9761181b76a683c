"""Files as they come: good papers, and everything that is wrong with the others."""

import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tests.documents.records.study import STUDY, as_bytes

#: A trial in two sentences, in our own words; `{}` makes papers differ.
PAPER = """Drug A for relapsed leukaemia: the {} trial

Methods: Patients were randomly assigned to drug A or chemotherapy.

Results: In all, 371 patients were randomized, 247 to drug A and 124 to chemotherapy. Overall survival was longer with
drug A than with chemotherapy (hazard ratio for death, 0.64; 95% CI, 0.49 to 0.83; P<0.001).
"""


def paper(name: str = "FIRST") -> bytes:
    return PAPER.format(name).encode()


def pdf(*pages: str, password: str | None = None) -> bytes:
    """A PDF with a page for each text; a page without text holds a picture, like a scan."""
    file = io.BytesIO()
    encryption = StandardEncryption(password, ownerPassword="owner") if password else None
    canvas = Canvas(file, pagesize=A4, invariant=1, encrypt=encryption)
    for text in pages:
        if not text:
            canvas.drawInlineImage(Image.new("L", (60, 80), 128), 0, 0, *A4)
        for line, words in enumerate(text.splitlines()):
            canvas.setFont("Helvetica", 10)
            canvas.drawString(50, 780 - 14 * line, words)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def jats(body: str = "", doctype: str = "") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>{doctype}
<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta><title-group><article-title>The FIRST trial
</article-title></title-group></article-meta></front><body><sec><title>Results</title>
<p>{body}</p></sec></body></article>""".encode()


_ENTITIES = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = jats("&l9;", f'<!DOCTYPE article [<!ENTITY l0 "lol">{_ENTITIES}]>')


def external(secret: Path) -> bytes:
    """XML that asks for the content of another file."""
    return jats("&secret;", f'<!DOCTYPE article [<!ENTITY secret SYSTEM "{secret.as_uri()}">]>')


#: Files in which ENDLESS stands where a number is printed that counts, sizes, dates or raises to a power.
ENDLESS: dict[str, str] = {
    "sentence.txt": f"{PAPER}Remission was reached by 25 of ENDLESS patients with drug A (P = 3 x 10-ENDLESS).\n",
    "table.html": f"""<!DOCTYPE html><html><body><h2>Results</h2><p>{PAPER}</p>
<table><caption>Table 1. Outcomes</caption>
<tr><th>Outcome</th><th>Drug A (n=ENDLESS)</th><th>Placebo (n=124)</th><th>P</th></tr>
<tr><td>Death</td><td>39/ENDLESS</td><td>67/124</td><td>3 x 10-ENDLESS</td></tr></table></body></html>""",
    "year.xml": jats("Remission was reached by 25 of ENDLESS patients.")
    .decode()
    .replace("<article-meta>", "<article-meta><pub-date><year>ENDLESS</year></pub-date>"),
    "study.json": as_bytes(STUDY).decode().replace("371", "ENDLESS").replace("247", "ENDLESS"),
}

#: Files that cannot be read at all, by name, and a word that the sentence about each must hold.
UNREADABLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.pdf": (lambda: b"", "empty"),
    "blank.txt": (lambda: b" \n\t\n", "empty"),
    "rubbish.pdf": (lambda: b"%PDF-1.7\nrubbish" + bytes(range(256)) * 20, "PDF"),
    "truncated.pdf": (lambda: pdf(PAPER)[:300], "PDF"),
    "locked.pdf": (lambda: pdf(PAPER, password="secret"), "password"),
    "scanned.pdf": (lambda: pdf("", ""), "text"),
    "binary.txt": (lambda: bytes(range(256)) * 40, "text"),
    "broken.xml": (lambda: jats("cut")[:150], "XML"),
    "bomb.xml": (lambda: BOMB, "XML"),
}
