"""`evidence ingest review.xlsx`: what a person changed in the exported workbook, by the command line."""

import openpyxl
import pytest


@pytest.fixture
def review(evidence, stored, tmp_path):
    assert evidence("export", "--format", "xlsx", "--out", "review.xlsx").code == 0

    def changed(**values):
        book = openpyxl.load_workbook(tmp_path / "review.xlsx")
        sheet = book["Contrasts"]
        names = [cell.value for cell in sheet[1]]
        for column, value in values.items():
            sheet.cell(2, names.index(column) + 1).value = value
        book.save(tmp_path / "review.xlsx")

    return changed


def test_changes_are_counted_and_the_same_workbook_again_is_unchanged(evidence, review):
    review(status="accepted")
    done = evidence("ingest", "review.xlsx", "--by", "A. Reviewer")
    assert done.code == 0 and "1 files: accepted 1" in done.out
    again = evidence("ingest", "review.xlsx", "--by", "A. Reviewer")
    assert again.code == 0 and "unchanged 1" in again.out


def test_what_was_not_taken_is_listed_with_its_cell_and_ends_with_1(evidence, review):
    review(p_value=1.2, estimate=0.66)
    done = evidence("ingest", "review.xlsx", "--by", "A. Reviewer")
    assert done.code == 1 and "corrected 1" in done.out and "studies" not in done.out
    assert "not taken: Contrasts!O2: p_value should be from 0 to 1, not 1.2." in done.err


def test_without_a_name_it_is_one_sentence(evidence, review):
    review(status="accepted")
    done = evidence("ingest", "review.xlsx")
    assert done.code == 1 and "Give --by NAME" in done.err and "nothing was stored" in done.err


def test_the_audit_sheet_has_the_decision_after_the_next_export(evidence, review, tmp_path):
    review(status="accepted", reason="as printed")
    evidence("ingest", "review.xlsx", "--by", "A. Reviewer")
    evidence("export", "--format", "xlsx", "--out", "later.xlsx")
    head, row = openpyxl.load_workbook(tmp_path / "later.xlsx")["Audit"].iter_rows(values_only=True)
    told = dict(zip(head, row, strict=True))
    assert (told["reviewer"], told["action"], told["before"], told["after"], told["reason"]) == (
        "A. Reviewer", "accept", "extracted", "accepted", "as printed",
    )  # fmt: skip
