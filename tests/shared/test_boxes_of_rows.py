"""Boxes of the quotes of results and of their numbers lie on the very words, as pdfplumber sees the page."""

import unicodedata
from collections import Counter

import pdfplumber
import pytest

from evidence.extract import extract
from evidence.extract.places import number_places
from evidence.read import boxes
from tests.shared.grids import PDFS, document

#: "=" as some fonts store it.
_WRONG_CODE = "\u00bc"


def _signs(text):
    """Letters and figures, each as often as it stands there; ligatures and raised figures taken apart."""
    text = unicodedata.normalize("NFKD", text.replace(_WRONG_CODE, ""))
    return Counter(sign for sign in text if sign.isalnum())


def _within(found, page):
    """What pdfplumber finds inside the boxes of one page, without signs that it cannot name."""
    own = [box for box in found if box.page == page.page_number]
    named = [c for c in page.chars if not c["text"].startswith("(cid:")]
    middles = [(c["text"], (c["x0"] + c["x1"]) / 2, (c["top"] + c["bottom"]) / 2) for c in named]
    return "".join(
        text
        for text, x, y in middles
        if any(box.x0 - 0.3 <= x <= box.x1 + 0.3 and box.top - 0.3 <= y <= box.bottom + 0.3 for box in own)
    )


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in sorted(PDFS.glob("*.pdf"))])
def test_the_boxes_of_a_quote_and_of_its_number_hold_their_words_and_no_others(path):
    data, paper = path.read_bytes(), document(path)
    records = extract(paper)
    quotes = {(row.source.char_start, row.source.char_end, row.source.page) for row in records.results()}
    places = [place for row in records.results() for place in number_places(row, paper.clean)]
    numbers = {(start, end, paper.page_at(start)) for start, end in places}
    assert quotes and numbers
    with pdfplumber.open(path) as pdf:
        for start, end, page in sorted(quotes | numbers):
            found = boxes(data, paper, start, end)
            assert page in {box.page for box in found}
            inside = "".join(_within(found, pdf.pages[number - 1]) for number in sorted({box.page for box in found}))
            assert _signs(inside) == _signs(paper.text[start:end])
