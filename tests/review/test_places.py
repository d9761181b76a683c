"""Where numbers stand: boxes beside what pdfplumber finds, pictures of pages, words around a quote."""

import io
import itertools
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pdfplumber
import pytest
from PIL import Image

from evidence import places
from evidence.errors import NotFound, ReadError
from evidence.model.codes import Measure, Outcome
from evidence.model.records import Contrast, Source
from evidence.places import context, document_places, page_picture
from evidence.read import read
from tests.documents import hostile, papers, scans

CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "pdf"
#: Points. pdfium's boxes have the height of the font, pdfplumber's that of its ascent and descent.
SIDE, UP_AND_DOWN = 1.5, 4.0


@pytest.fixture(autouse=True)
def nothing_kept():
    places._documents.clear()


def row_of(text, quote, **numbers):
    start = text.index(quote)
    fields = dict.fromkeys(("estimate", "ci_low", "ci_high")) | {
        name: Decimal(value) for name, value in numbers.items()
    }
    return Contrast(
        result_id="r",
        document_id="d",
        study_id="s",
        arm_id=None,
        comparator_arm_id=None,
        arm="A",
        comparator="B",
        outcome=Outcome.OS,
        outcome_text="overall survival",
        measure=Measure.HR,
        source=Source(char_start=start, char_end=start + len(quote), quote=quote),
        **fields,
    )


def places_of(data, *rows, **options):
    document = read(data, name="paper.pdf", **options)
    return document_places(document.record(), document.text, rows, lambda: data)


def printed(data, page, words):
    """Box of these words on a page, as shares of it, as pdfplumber finds them."""
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        shown = pdf.pages[page - 1]
        chars = shown.chars
        at = "".join(char["text"] for char in chars).index(words)
        found = chars[at : at + len(words)]
        return (
            min(char["x0"] for char in found) / shown.width,
            min(char["top"] for char in found) / shown.height,
            max(char["x1"] for char in found) / shown.width,
            max(char["bottom"] for char in found) / shown.height,
        )


def edges(area):
    return area.left, area.top, area.left + area.width, area.top + area.height


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in sorted(CORPUS.glob("*.pdf"))[:3]])
def test_words_of_pages_stand_where_pdfplumber_finds_them(path):
    data = path.read_bytes()
    text = read(data).text
    found = places_of(data)
    checked = 0
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            words = page.extract_words(x_tolerance=1.5)
            once = {word["text"]: word for word in words if sum(word["text"] in other["text"] for other in words) == 1}
            for word in found.words_of_page(page.page_number, text):
                assert text[word.char_start : word.char_end] == word.text
                other = once.get(word.text)
                if other is not None and other["upright"]:
                    left, top, right, bottom = edges(word.area)
                    assert (left * page.width, right * page.width) == pytest.approx(
                        (other["x0"], other["x1"]), abs=SIDE
                    )
                    assert (top * page.height, bottom * page.height) == pytest.approx(
                        (other["top"], other["bottom"]), abs=UP_AND_DOWN
                    )
                    checked += 1
    assert checked > 200


def test_estimate_and_limits_have_boxes_of_their_own_within_the_quote():
    data = papers.paper()
    row = row_of(read(data).text, "0.64 (95% CI 0.49 to 0.83", estimate="0.64", ci_low="0.49", ci_high="0.83")
    found = places_of(data, row).row(row)
    assert found.page == 2
    (low,), (high,), (number,) = (found.columns[name] for name in ("ci_low", "ci_high", "estimate"))
    assert found.number == (number,)
    for area, digits in ((number, "0.64"), (low, "0.49"), (high, "0.83")):
        assert edges(area)[::2] == pytest.approx(printed(data, 2, digits)[::2], abs=0.01)
        assert any(quote.left - 0.01 <= area.left and area.top >= quote.top - 0.01 for quote in found.quote)


@pytest.mark.parametrize("how", ["upright", "sideways", "rotated page"])
def test_boxes_are_shares_of_the_page_as_it_is_displayed(how):
    data = papers.turned(how)
    row = row_of(read(data).text, "0.49 to 0.83", ci_low="0.49")
    ((area,),) = places_of(data, row).row(row).columns.values()
    x0, top, x1, bottom = printed(data, 1, "0.49")
    left, upper, right, lower = edges(area)
    assert left - 0.01 < (x0 + x1) / 2 < right + 0.01 and upper - 0.01 < (top + bottom) / 2 < lower + 0.01
    picture = Image.open(io.BytesIO(page_picture(data, 1).png)).convert("L")
    wide, high = picture.size
    around = picture.crop((round(left * wide), round(upper * high), round(right * wide), round(lower * high)))
    assert around.getextrema()[0] < 100  # ink where the box is


def test_what_a_person_corrects_is_found_without_laying_out_again():
    data = papers.paper()
    text = read(data).text
    row = row_of(text, "0.64 (95% CI 0.49 to 0.83", estimate="0.64")
    places_of(data, row)
    corrected = row_of(text, "0.64 (95% CI 0.49 to 0.83", estimate="0.49")
    record = read(data, name="paper.pdf").record()
    again = document_places(record, text, [corrected], lambda: pytest.fail("read again"))
    assert again.row(corrected).number != again.row(row).number != ()
    another = row_of(text, "1.06 (0.69 to 1.63)", estimate="1.06")
    assert document_places(record, text, [another], lambda: data).row(another).quote
    assert document_places(record, text, [row, another], lambda: pytest.fail("read again")).row(row).number


def test_a_row_without_a_quote_stands_nowhere():
    data = papers.paper()
    row = row_of(read(data).text, "", estimate="0.64")
    found = places_of(data, row).row(row)
    assert (found.page, found.quote, found.number) == (None, (), ())


def test_another_file_and_other_formats_are_refused():
    data = papers.paper()
    document = read(data, name="paper.pdf")
    with pytest.raises(ReadError, match=r"paper\.pdf: this is not the file"):
        document_places(document.record(), document.text, [], papers.interrupted)
    with pytest.raises(ReadError, match="another version"):
        document_places(document.record(), document.text + " ", [], lambda: data)
    plain = read(b"Results\n\nHR 0.64 in all patients\n", name="paper.txt")
    with pytest.raises(ReadError, match=r"paper\.txt has no pages"):
        document_places(plain.record(), plain.text, [], lambda: b"")


@pytest.mark.program
def test_words_of_a_scan_stand_where_the_page_had_them():
    data = papers.paper()
    scan = scans.scanned(data)
    document = read(scan, name="scan.pdf", ocr=True)
    found = document_places(document.record(), document.text, [], lambda: scan)
    word = next(word for word in found.words_of_page(2, document.text) if "0.64" in word.text)
    assert edges(word.area)[:2] == pytest.approx(printed(data, 2, "0.64")[:2], abs=0.03)


def test_a_page_is_drawn_as_wide_as_asked_and_a_huge_one_coarser():
    data = papers.paper()
    found = page_picture(data, 1, width=700)
    assert Image.open(io.BytesIO(found.png)).size == (found.width, found.height)
    assert (found.width, found.height) == pytest.approx((700, 700 * 842 / 595), abs=2)
    assert found.pages == len(read(data).pages)
    huge = page_picture(data, 1, width=1_000_000)
    assert huge.width * huge.height < 12_100_000
    with pytest.raises(NotFound, match="has no page 99"):
        page_picture(data, 99)
    with pytest.raises(ReadError, match="broken"):
        page_picture(b"%PDF-1.4 nothing", 1)


def test_several_threads_may_ask_for_pages_at_once():
    data = papers.paper()
    with ThreadPoolExecutor(6) as threads:
        pictures = list(threads.map(lambda page: page_picture(data, page, width=300).png, [1, 2] * 9))
    assert pictures == pictures[:2] * 9 and pictures[0] != pictures[1]


def test_a_page_that_holds_the_reader_up_is_stopped(monkeypatch):
    monkeypatch.setattr(places, "_PAGE_SECONDS", 0.0)
    with pytest.raises(ReadError, match="took longer than 0 s, so it was stopped"):
        page_picture(papers.paper(), 1)


def test_a_file_that_crashes_the_reader_costs_itself_alone():
    with pytest.raises(ReadError, match="was stopped"):
        page_picture(hostile.FILES["loop.pdf"](), 1)
    assert page_picture(papers.paper(), 1).pages > 1


TEXT = (
    "Methods\n\nPatients were followed for two years. Nothing else was done.\n\n"
    "Survival was longer with the drug. The hazard ratio was 0.64 (95% CI 0.49 to 0.83). "
    "No other outcome differed.\n\nDiscussion\n\nThis is the first trial."
)
QUOTE = "The hazard ratio was 0.64 (95% CI 0.49 to 0.83)."


def told(row, **limits):
    pieces = context(TEXT, row, **limits)
    assert all(TEXT[piece.char_start : piece.char_end] == piece.text for piece in pieces)
    assert all(one.char_end == other.char_start for one, other in itertools.pairwise(pieces))
    return [(piece.kind, piece.text) for piece in pieces]


def test_around_a_quote_stands_its_paragraph_with_the_number_marked():
    assert told(row_of(TEXT, QUOTE, estimate="0.64"), before=70, after=40) == [
        ("before", "Survival was longer with the drug. "),
        ("quote", "The hazard ratio was "),
        ("number", "0.64"),
        ("quote", " (95% CI 0.49 to 0.83)."),
        ("after", " No other outcome differed."),
    ]


def test_what_stands_around_a_quote_never_begins_inside_a_word():
    row = row_of(TEXT, QUOTE, estimate="9.99")
    around = [("before", "the drug. "), ("quote", QUOTE), ("after", " No other")]
    assert told(row, before=12, after=9) == around == told(row, before=10, after=13)
    assert [kind for kind, _ in told(row)] == ["before", "quote", "after"]
    assert told(row)[0][1].startswith("Methods") and told(row)[-1][1].endswith("first trial.")
