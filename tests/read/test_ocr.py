"""Pages that are images are read by OCR where somebody asks for it, and say so."""

from dataclasses import replace
from pathlib import Path

import pytest

from evidence.errors import ReadError
from evidence.extract import extract
from evidence.read import boxes, read
from tests.documents.scans import scanned

pytestmark = pytest.mark.program

CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "pdf"
#: A paper that prints raised decimal points, which OCR takes for hyphens and colons.
PAPER = (CORPUS / "xuan-2020.pdf").read_bytes()


@pytest.fixture(scope="module")
def printed():
    return read(PAPER, name="paper.pdf")


@pytest.fixture(scope="module")
def scan():
    return scanned(PAPER, keep=[2])


@pytest.fixture(scope="module")
def seen(scan):
    return read(scan, name="scan.pdf", ocr=True)


def test_a_scanned_page_is_read_and_named(seen, sound):
    sound(seen)
    assert seen.status_reason.startswith("Page 1 of 2: read by OCR; compare the numbers with the printed page.")
    (mark,) = [mark for mark in seen.marks if mark.kind == "ocr"]
    assert (mark.char_start, mark.char_end) == (seen.pages[0].char_start, seen.pages[0].char_end)


def test_without_ocr_the_page_is_named_with_the_remedy(scan):
    document = read(scan, name="scan.pdf")
    assert document.status == "partial"
    assert document.status_reason == "Page 1 of 2: no text layer (a scanned image); read it with OCR (--ocr)."


@pytest.mark.parametrize(
    "words", ["24·5%", "(hazard ratio [HR] 0·25, 95% CI 0·11–0·57; p=0·0010)", "18–60 years old", "NCT02474290"]
)
def test_a_raised_point_is_told_from_a_hyphen_by_its_ink(seen, printed, words):
    plain = printed.text.replace("-", "–")
    assert words in plain
    assert words in " ".join(seen.text.replace("-", "–").split())


def test_ruled_tables_of_a_scan_are_cut(seen, printed):
    assert [table.label for table in seen.tables] == [table.label for table in printed.tables]


def test_numbers_of_a_scan_are_those_of_the_print(seen, printed):
    def rows(document):
        records = extract(document)
        found = [(row, row.estimate) for row in records.contrasts if row.estimate is not None]
        found += [(row, row.value) for row in records.arm_results if row.value is not None]
        return {(row.outcome, row.measure, number): row for row, number in found}

    read_off, true = rows(seen), rows(printed)
    assert read_off.keys() <= true.keys() and len(read_off) >= 0.8 * len(true)


def test_numbers_of_a_scan_are_less_sure_than_if_they_were_printed(seen):
    unmarked = replace(seen, marks=tuple(mark for mark in seen.marks if mark.kind != "ocr"))
    sure = {replace(row, result_id="", confidence=None): row.confidence for row in extract(unmarked).results()}
    compared = set()
    for row in extract(seen).results():
        if usual := sure.get(replace(row, result_id="", confidence=None)):
            assert row.confidence == pytest.approx(usual * (0.8 if row.source.page == 1 else 1), abs=0.01)
            compared.add(row.source.page)
    assert compared == {1, 2}


def test_words_of_a_scan_have_boxes_where_they_are_printed(scan, seen, printed):
    def box(data, document):
        start = document.text.index("Findings")
        (found,) = boxes(data, document, start, start + len("Findings"))
        return found

    there, here = box(scan, seen), box(PAPER, printed)
    assert there.page == here.page == 1
    assert (there.x0, there.x1) == pytest.approx((here.x0, here.x1), abs=3)
    assert (there.top, there.bottom) == pytest.approx((here.top, here.bottom), abs=6)


def test_without_tesseract_one_sentence_says_what_to_install(scan, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReadError, match=r"tesseract.*Install it \(Debian and Ubuntu: apt install tesseract-ocr"):
        read(scan, ocr=True)


def test_an_image_without_text_says_that_ocr_found_none(papers):
    with pytest.raises(ReadError, match="OCR found none either"):
        read(papers.scanned(1, first_with_text=False), ocr=True)
