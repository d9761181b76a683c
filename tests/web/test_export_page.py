"""Exports over HTTP: what each format is, studies side by side, and an edited workbook that comes back."""

import io
import zipfile
from html import unescape

import openpyxl
import pytest

from evidence.model.codes import RowStatus
from evidence.model.records import Contrast
from evidence.pipeline import checked_records
from evidence.web.exporting import FORMATS
from evidence.web.guards import LARGEST_WORKBOOK


@pytest.fixture
def hazard(store):
    rows = checked_records(store).results()
    return next(row for row in rows if isinstance(row, Contrast) and row.ci_low and row.estimate is not None)


def edited(content, result_id, **cells):
    """The workbook with other values in the row of a result."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        heads = [cell.value for cell in sheet[1]]
        if "result_id" not in heads or not set(cells) <= set(heads) or sheet.sheet_state != "visible":
            continue
        for line in sheet.iter_rows(min_row=2):
            if line[heads.index("result_id")].value == result_id:
                for name, value in cells.items():
                    line[heads.index(name)].value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(browser, content, name="review.xlsx"):
    return browser.post("/export/workbook", data={"csrf": browser.csrf("/export")}, files={"workbook": (name, content)})


def status_of(store, row):
    return store.trace(row.result_id).current.status


def test_every_format_says_what_it_is_for_and_is_a_file(home):
    text = home.get("/export").text
    for kind, (words, _, _) in FORMATS.items():
        assert f'<a href="/export/file/{kind}" download>{words}</a></th><td>' in text
    answered = home.get("/export/file/jsonl")
    assert answered.headers["Content-Disposition"] == 'attachment; filename="evidence.jsonl"'
    assert answered.text.startswith("{")


def test_only_numbers_that_people_stand_behind_can_be_taken(home, store, hazard):
    store.decide(hazard.result_id, "accept", by="Ada")
    archive = zipfile.ZipFile(io.BytesIO(home.get("/export/file/csv?status=decided").content))
    lines = {name: archive.read(name).decode().splitlines() for name in archive.namelist()}
    assert len(lines["contrasts.csv"]) == 2
    assert hazard.result_id in lines["contrasts.csv"][1]
    assert len(lines["arm_results.csv"]) == 1
    assert "/export/file/csv?status=decided" in home.get("/export?status=decided").text


def test_an_unknown_format_is_told(home):
    assert home.get("/export/file/exe").status_code == 404


def test_studies_stand_side_by_side_with_their_sources(home, hazard):
    text = home.get("/export/comparison", params={"outcome": ["OS", hazard.outcome.value]}).text
    assert f'href="/review/{hazard.result_id}"' in text
    assert str(hazard.estimate) in text
    answered = home.get("/export/comparison/csv", params={"outcome": ["OS"]})
    assert answered.text.startswith("study,year")
    assert answered.headers["Content-Disposition"] == 'attachment; filename="comparison.csv"'


@pytest.mark.parametrize("asked", [{}, {"outcome": ["XX"]}])
def test_a_comparison_of_nothing_or_of_no_outcome_is_answered_in_its_form(home, asked):
    answered = home.get("/export/comparison", params={**asked, "treatment": "<b>"})
    assert answered.status_code == 422
    assert 'role="alert"' in answered.text
    assert 'value="&lt;b&gt;"' in answered.text


def test_an_edited_workbook_comes_back_under_the_name_of_who_sends_it(home, store, hazard):
    content = home.get("/export/file/xlsx").content
    answered = send(home, edited(content, hazard.result_id, status="accepted", reviewer="Somebody Else"))
    assert "Recorded under your name: 1 accepted" in answered.text
    (event,) = store.trace(hazard.result_id).events
    assert (event.action, event.reviewer) == ("accept", "Ada")


def test_the_same_workbook_again_changes_nothing(home, store, hazard):
    content = edited(home.get("/export/file/xlsx").content, hazard.result_id, status="accepted")
    send(home, content)
    assert "Nothing new was decided in it" in send(home, content).text
    assert len(store.trace(hazard.result_id).events) == 1


def test_what_somebody_decided_meanwhile_is_told_and_kept(home, store, hazard):
    content = home.get("/export/file/xlsx").content
    store.decide(hazard.result_id, "reject", by="Bo", reason="of other patients")
    text = unescape(send(home, edited(content, hazard.result_id, status="accepted")).text)
    assert "Bo decided about" in text
    assert status_of(store, hazard) is RowStatus.REJECTED


def test_what_is_no_number_is_told_with_its_cell(home, store, hazard):
    text = unescape(send(home, edited(home.get("/export/file/xlsx").content, hazard.result_id, estimate="high")).text)
    assert "1 thing was not taken" in text
    assert status_of(store, hazard) is RowStatus.EXTRACTED


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x05\x06" + 18 * b"\0"])
def test_what_is_no_workbook_is_refused_in_words(home, content):
    answered = send(home, content, name="../../paper.pdf")
    assert answered.status_code == 422
    assert 'role="alert"' in answered.text
    assert "../" not in answered.text


def test_a_workbook_that_would_fill_the_memory_is_refused(home):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<a/>")
        for part in range(5):
            archive.writestr(f"xl/{part}.bin", bytes(16 * 1024 * 1024))
    answered = send(home, packed.getvalue())
    assert answered.status_code == 422
    assert "unpack" in answered.text


def test_a_workbook_that_is_too_large_is_refused_unread(home):
    assert send(home, bytes(LARGEST_WORKBOOK + 1)).status_code == 413


def test_a_viewer_takes_files_and_brings_none(log_in, store, hazard):
    viewer = log_in("Vera", "viewer")
    assert "Bring an edited" not in viewer.get("/export").text
    content = edited(viewer.get("/export/file/xlsx").content, hazard.result_id, status="accepted")
    assert send(viewer, content).status_code == 403
    assert not store.trace(hazard.result_id).events


def test_a_workbook_needs_the_token_of_the_session(home, store, hazard):
    content = edited(home.get("/export/file/xlsx").content, hazard.result_id, status="accepted")
    assert home.post("/export/workbook", files={"workbook": ("a.xlsx", content)}).status_code == 403
    assert not store.trace(hazard.result_id).events
