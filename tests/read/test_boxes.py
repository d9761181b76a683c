import io
from pathlib import Path

import pdfplumber
import pytest
from reportlab.pdfgen import canvas

from evidence.errors import ReadError
from evidence.read import boxes, pdf_boxes, read
from evidence.read.pdf import lay_out

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
#: pdfium's boxes have the height of the font, pdfplumber's that of its ascent and descent.
SIDE, UP_AND_DOWN = 1.5, 4.0


def boxes_of(data, words, **options):
    document = read(data)
    start = document.text.index(words)
    return boxes(data, document, start, start + len(words), **options)


def test_a_quote_over_two_lines_and_two_columns_has_a_box_for_each_line(papers):
    found = boxes_of(papers.paper(), "with a hazard ratio for death of 0.64 (95% CI 0.49 to 0.83; p=0.001).")
    assert [(box.page, round(box.x0), round(box.top + (box.bottom - box.top) / 2)) for box in found] == [
        (2, pytest.approx(65, abs=2), pytest.approx(133, abs=3)),
        (2, pytest.approx(310, abs=2), pytest.approx(78, abs=3)),
    ]


def test_a_part_of_a_word_has_a_box_of_its_own(papers):
    data = papers.paper()
    (whole,), (part,) = boxes_of(data, "0.64 (0.49 to 0.83)"), boxes_of(data, "0.49 to 0.83)")
    assert whole.x0 < part.x0 < part.x1 == whole.x1


def test_a_word_broken_at_a_line_end_has_two_boxes(papers):
    assert len(boxes_of(papers.paper(), "treatment")) == 2


def test_another_file_than_the_one_that_was_read_is_refused(papers):
    document = read(papers.paper(), name="paper.pdf")
    with pytest.raises(ReadError, match=r"paper\.pdf: this is not the file"):
        boxes(papers.interrupted(), document, 0, 10)


def test_a_document_is_laid_out_once_for_all_its_quotes(papers, monkeypatch):
    laid_out = []
    monkeypatch.setattr(
        pdf_boxes, "lay_out", lambda *args, **options: laid_out.append(args) or lay_out(*args, **options)
    )
    data = papers.paper()
    document = read(data)
    found = {at: boxes(data, document, at, at + 9) for at in range(0, len(document.text), 9)}
    assert len(laid_out) == 1 and any(found.values())
    other = papers.interrupted()
    assert boxes(other, read(other), 0, 7) and boxes(data, document, 9, 18) == found[9]
    assert len(laid_out) == 3  # only the document asked about last is kept


def test_an_empty_stretch_has_no_boxes(papers):
    data = papers.paper()
    document = read(data)
    assert [boxes(data, document, at, at) for at in (0, 300, len(document.text))] == [[], [], []]


def test_formats_without_pages_have_no_boxes():
    data = b"Results\n\nHR 0.64 in all patients\n"
    assert boxes(data, read(data), 0, 7) == []


@pytest.mark.parametrize("name", ["upright", "sideways", "rotated page"])
def test_boxes_are_those_of_the_page_as_it_is_displayed(papers, name):
    (box,) = boxes_of(papers.turned(name), "0.49 to 0.83")
    wide, high = box.x1 - box.x0, box.bottom - box.top
    assert (wide < high) == (name == "sideways")
    with pdfplumber.open(io.BytesIO(papers.turned(name))) as pdf:
        chars = pdf.pages[0].chars
    text = "".join(char["text"] for char in chars)
    printed = chars[text.index("0.49 to 0.83")]
    assert box.x0 - 2 < (printed["x0"] + printed["x1"]) / 2 < box.x1 + 2
    assert box.top - 2 < (printed["top"] + printed["bottom"]) / 2 < box.bottom + 2


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in sorted(CORPUS.glob("pdf/*.pdf"))])
def test_boxes_of_the_corpus_stand_where_pdfplumber_finds_the_words(path):
    data = path.read_bytes()
    document = read(data)
    with pdfplumber.open(path) as pdf:
        printed = {
            page.page_number: [word for word in page.extract_words(x_tolerance=1.5) if word["upright"]]
            for page in pdf.pages
        }
    once = [
        (page, word)
        for page, words in printed.items()
        for word in words
        if len(word["text"]) > 5 and sum(word["text"] in other["text"] for p in printed for other in printed[p]) == 1
    ]
    checked = 0
    for page, word in once[::12]:
        if document.text.count(word["text"]) != 1:
            continue
        start = document.text.index(word["text"])
        (box,) = boxes(data, document, start, start + len(word["text"]))
        assert box.page == page
        assert (box.x0, box.x1) == pytest.approx((word["x0"], word["x1"]), abs=SIDE)
        assert (box.top, box.bottom) == pytest.approx((word["top"], word["bottom"]), abs=UP_AND_DOWN)
        checked += 1
    assert checked > 4


def test_a_tall_sign_of_another_font_does_not_stretch_its_line_into_the_next():
    file = io.BytesIO()
    page = canvas.Canvas(file, pagesize=(400, 300), invariant=1)
    page.setFont("Helvetica", 10)
    page.drawString(50, 250, "The median was 12.5 months (P")
    at = 50 + page.stringWidth("The median was 12.5 months (P", "Helvetica", 10)
    page.setFont("Times-Roman", 22)
    page.drawString(at, 247, "=")
    page.setFont("Helvetica", 10)
    page.drawString(at + page.stringWidth("=", "Times-Roman", 22), 250, "0.02) in the first group.")
    page.drawString(50, 239, "A second line stands close below the first one, as many journals set them.")
    page.save()
    (first,) = boxes_of(file.getvalue(), "12.5 months (P")
    with_sign = boxes_of(file.getvalue(), "months (P=0.02)")
    assert [(box.top, box.bottom) for box in with_sign] == [(first.top, first.bottom)]
