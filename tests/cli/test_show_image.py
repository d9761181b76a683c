"""`evidence show RESULT_ID --image`: the page of a number as a picture, from ingesting to its pixels."""

import io
import json
import sys
from types import SimpleNamespace

import numpy as np
import pdfplumber
import pytest
from PIL import Image

from evidence.read.pdf_picture import FAINT, STRONG
from tests.documents import papers
from tests.documents.scans import scanned


@pytest.fixture
def ingested(evidence, tmp_path):
    """Ingests bytes as a file; gives the id of the hazard ratio in them."""

    def ingest(data, name="paper.pdf", *options):
        (tmp_path / name).write_bytes(data)
        assert evidence("ingest", name, *options).code == 0
        rows = json.loads(evidence("show", name, "--json").out)
        return next(row["result_id"] for row in rows if row.get("estimate") == 0.64)

    return ingest


def marked(path, colour):
    """Left, top, right and bottom of what has a colour of the marker, in points."""
    with Image.open(path) as image:
        mask = (np.asarray(image.convert("RGB")) == colour).all(axis=2)
        scale = image.info["dpi"][0] / 72
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return [edge / scale for edge in (columns[0], rows[0], columns[-1], rows[-1])]


def printed(data, page, text):
    """The words of a page that are this text, as pdfplumber finds them."""
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return [word for word in pdf.pages[page - 1].extract_words() if text in word["text"]]


def test_the_page_is_drawn_with_the_number_and_its_quote_marked(evidence, ingested, tmp_path):
    data = papers.over_a_page_break()
    shown = evidence("show", ingested(data), "--image", "here/page.png")
    assert (shown.code, shown.out.splitlines()[-1]) == (0, "wrote here/page.png")
    (word,) = printed(data, 2, "0.64")  # the quote begins on page 1; the page of the number is drawn
    left, top, right, bottom = marked(tmp_path / "here/page.png", STRONG)
    assert (left, right) == pytest.approx((word["x0"], word["x1"]), abs=1)
    assert (top, bottom) == pytest.approx((word["top"], word["bottom"]), abs=3)
    left, _, right, _ = marked(tmp_path / "here/page.png", FAINT)
    assert left == pytest.approx(printed(data, 2, "death")[0]["x0"], abs=1) and right > word["x1"] + 50


def test_where_the_quote_does_not_print_the_number_the_quote_is_marked_alone(evidence, ingested, tmp_path):
    number = ingested(papers.over_a_page_break())
    evidence("correct", number, "--set", "estimate=0.46", "--by", "A. Reviewer")
    assert evidence("show", number, "--image", "page.png").code == 0
    with pytest.raises(IndexError):
        marked(tmp_path / "page.png", STRONG)
    assert marked(tmp_path / "page.png", FAINT)[1] > 700  # at the foot of page 1, where the quote begins


@pytest.mark.program
def test_a_scanned_page_is_drawn_where_it_was_read_by_ocr(evidence, ingested, tmp_path):
    data = papers.over_a_page_break()
    number = ingested(scanned(data), "paper.pdf", "--ocr")
    assert evidence("show", number, "--image", "page.png").code == 0
    (word,) = printed(data, 2, "0.64")
    left, _, right, _ = marked(tmp_path / "page.png", STRONG)
    assert (left, right) == pytest.approx((word["x0"], word["x1"]), abs=4)


def test_rows_as_json_stay_json(evidence, ingested, tmp_path):
    shown = evidence("show", ingested(papers.over_a_page_break()), "--image", "page.png", "--json")
    assert json.loads(shown.out)[0]["estimate"] == 0.64 and shown.err == "wrote page.png\n"


def test_a_file_that_has_moved_is_said_and_can_be_named(evidence, ingested, tmp_path):
    number = ingested(papers.over_a_page_break())
    (tmp_path / "paper.pdf").rename(tmp_path / "moved.pdf")
    missing = evidence("show", number, "--image", "page.png")
    assert missing.code == 1
    assert missing.err == (
        f"evidence: paper.pdf: {number} was read from here, and no such file is there now. "
        "Say with --file where the file is now.\n"
    )
    assert evidence("show", number, "--image", "page.png", "--file", "moved.pdf").code == 0


def test_another_file_under_the_same_name_is_refused(evidence, ingested, tmp_path):
    number = ingested(papers.over_a_page_break())
    (tmp_path / "paper.pdf").write_bytes(papers.paper())
    refused = evidence("show", number, "--image", "page.png")
    assert refused.code == 1 and refused.err.count("\n") == 1
    assert f"was read from document {number.partition('-')[0]}, and this is another file" in refused.err
    assert not (tmp_path / "page.png").exists()


def test_a_document_from_standard_input_has_to_be_named(evidence, tmp_path, monkeypatch):
    data = papers.over_a_page_break()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    assert evidence("ingest", "-").code == 0
    (study,) = json.loads(evidence("list", "--json").out)
    number = f"{study['document_id']}-r1"
    missing = evidence("show", number, "--image", "page.png")
    assert missing.code == 1 and missing.err.startswith(f"evidence: standard input: {number} was read from here")
    (tmp_path / "saved.pdf").write_bytes(data)
    assert evidence("show", number, "--image", "page.png", "--file", "saved.pdf").code == 0


def test_a_document_without_pages_is_one_sentence(evidence, stored):
    shown = evidence("show", f"{stored['ALPHA']}-c1", "--image", "page.png")
    assert shown.code == 1
    assert "was read from alpha.txt, which has no pages to draw (its format is text)" in shown.err


def test_a_number_entered_without_a_quote_stands_on_no_page(evidence, ingested):
    number = ingested(papers.over_a_page_break())
    (row,) = json.loads(evidence("show", number, "--json").out)
    values = {"document_id": row["document_id"], "study_id": row["study_id"], "arm": "all", "outcome": "OS"}
    values |= {"measure": "count", "value": "25"}
    options = [part for name, value in values.items() for part in ("--set", f"{name}={value}")]
    entered = evidence("enter", "arm_results", *options, "--by", "A. Reviewer").out.strip()
    shown = evidence("show", entered, "--image", "page.png")
    assert (shown.code, "has no quote" in shown.err) == (1, True)


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["ALPHA", "--image", "page.png"], 1, "--image draws the page of one number, and 'ALPHA' is none"),
        (["ALPHA", "--file", "alpha.txt"], 2, "--image PAGE.png"),
    ],
)
def test_an_image_of_something_else_is_refused(evidence, stored, options, code, said):
    shown = evidence("show", *options)
    assert shown.code == code and said in shown.err


@pytest.mark.parametrize("image", ["paper.pdf", "page", "paper.pdf/page.png"])
def test_an_image_that_cannot_be_written_is_said_and_the_paper_stays(evidence, ingested, tmp_path, image):
    data = papers.over_a_page_break()
    shown = evidence("show", ingested(data), "--image", image)
    assert shown.code == 1 and shown.err.startswith(f"evidence: {image}") and "--image" in shown.err
    assert (tmp_path / "paper.pdf").read_bytes() == data
