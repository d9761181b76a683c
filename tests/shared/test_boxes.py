"""Words of published papers have their boxes where pdfplumber finds them."""

from pathlib import Path

import pdfplumber
import pytest

from evidence.read import boxes, read

PAPERS = sorted((Path(__file__).parents[3] / "shared" / "pdfs").glob("*.pdf"))
PAGES = (2, 3)
PER_PAGE = 3


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in PAPERS])
def test_boxes_stand_where_pdfplumber_finds_the_words(path):
    data = path.read_bytes()
    document = read(data)
    checked = 0
    with pdfplumber.open(path, pages=list(PAGES)) as pdf:
        for page in pdf.pages:
            words = [w for w in page.extract_words(x_tolerance=1.5) if w["upright"] and w["text"].isalpha()]
            own = document.pages[page.page_number - 1]
            text = document.text[own.char_start : own.char_end]
            once = [w for w in words if len(w["text"]) > 6 and f" {w['text']} " in text and text.count(w["text"]) == 1]
            once = [w for w in once if sum(w["text"] in other["text"] for other in words) == 1]
            for word in once[:: max(1, len(once) // PER_PAGE)]:
                start = own.char_start + text.index(word["text"])
                (box,) = boxes(data, document, start, start + len(word["text"]))
                assert box.page == page.page_number
                assert (box.x0, box.x1) == pytest.approx((word["x0"], word["x1"]), abs=1.5)
                assert box.top - 4 < (word["top"] + word["bottom"]) / 2 < box.bottom + 4
                checked += 1
    assert checked >= PER_PAGE
