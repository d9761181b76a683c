"""The workbook, read back with another library."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest

from evidence.model.decisions import Decision
from evidence.model.question import Question
from evidence.model.records import Records
from evidence.model.sheets import SHEETS, editable, sheet_columns
from evidence.model.tables import TABLES
from evidence.present.compare import comparison_table
from evidence.present.workbook import write_comparison_xlsx, write_xlsx
from tests.present.analyses import analysis_of, grouped, ratios, with_computed
from tests.present.rows import QUOTE, contrast, records, source


@pytest.fixture
def book(tmp_path):
    path = write_xlsx(
        records(),
        tmp_path / "review.xlsx",
        analyses=[grouped(ratios(6), "randomized", "other"), analysis_of(ratios(1))],
        tables=[comparison_table(records(), Question(id="os", outcome=("OS",)))],
        filters={"design": "randomized"},
        snapshot="abc123",
    )
    return openpyxl.load_workbook(path)


def cells(sheet):
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_sheets_stand_in_the_order_reviewers_expect(book):
    expected = ["README", "Characteristics", *SHEETS.values(), "Pooled", "Comparison", "Audit", "As exported"]
    assert book.sheetnames == expected
    assert [sheet.title for sheet in book if sheet.sheet_state != "visible"] == ["As exported"]


def test_the_readme_says_version_snapshot_filters_counts_and_every_column(book):
    texts = [str(cell.value) for row in book["README"].iter_rows() for cell in row if cell.value is not None]
    assert "abc123" in texts and "design: randomized" in texts and "3 rows" in texts
    assert any(text.startswith("evidence 0.") for text in texts)
    for columns in TABLES.values():
        for column in columns:
            assert column.name in texts and column.meaning in texts


def test_numbers_are_numbers_and_show_the_digits_printed(book):
    sheet = book["Contrasts"]
    column = next(cell.column for cell in sheet[1] if cell.value == "estimate")
    cell = sheet.cell(2, column)
    assert (cell.value, cell.data_type, cell.number_format) == (0.6, "n", "0.00")


def test_not_reported_is_an_empty_cell_in_every_sheet(book):
    rows = cells(book["Contrasts"])
    assert rows[2]["ci_low"] is None and rows[2]["p_value"] is None
    for name in SHEETS.values():
        assert all(value not in ("", "NR", "None", "nan") for row in cells(book[name]) for value in row.values())


def test_no_event_is_told_from_an_event_nobody_knows_of(book):
    assert [row["event"] for row in cells(book["Patients"])] == [True, False, None]


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "http://example.org", "007"]
)
def test_text_never_becomes_a_formula_a_link_or_a_number(tmp_path, text):
    rows = Records(contrasts=(contrast(outcome_text=text, source=source(text)),))
    sheet = openpyxl.load_workbook(write_xlsx(rows, tmp_path / "x.xlsx"))["Contrasts"]
    found = [cell for cell in sheet[2] if cell.value == text]
    assert len(found) == 2
    assert all(cell.data_type == "s" and cell.hyperlink is None for cell in found)


def test_heads_are_frozen_and_filtered_and_quotes_wrap(book):
    for name in SHEETS.values():
        assert book[name].freeze_panes == "A2" and book[name].auto_filter.ref.startswith("A1:")
        assert not book[name].merged_cells.ranges
    quote = next(cell for cell in book["Contrasts"][2] if cell.value == QUOTE)
    assert quote.alignment.wrap_text


def test_characteristics_have_one_row_per_study_and_say_where_documents_differ(tmp_path):
    rows = records()
    cited = replace(rows.studies[1], n_total=200, phase="3")
    written = replace(rows, studies=(rows.studies[0], cited, *rows.studies[2:]))
    found = cells(openpyxl.load_workbook(write_xlsx(written, tmp_path / "x.xlsx"))["Characteristics"])
    assert [row["label"] for row in found] == ["TRIAL-1", "Olden 2009", "Cohort 2020"]
    trial = found[0]
    assert (trial["n_total"], trial["phase"], trial["arms"]) == (202, "3", "sorafenib (n = 100); placebo (n = 102)")
    assert trial["reports"] == "=A trial (primary); papers/review.pdf (cited)"
    assert trial["differing"] == "n_total: 202 or 200" and trial["outcomes"] == "OS"


def test_the_quote_stands_beside_the_number_and_the_decision_beside_the_quote():
    for table, last in (("arm_results", "total"), ("contrasts", "p_operator")):
        names = [column.name for column in sheet_columns(table)]
        at = names.index(last)
        assert names[at + 1 : at + 6] == ["quote", "page", "status", "reviewer", "reason"]
        assert set(names) == {column.name for column in TABLES[table]} | {"reason"}


def test_heads_of_columns_that_a_person_may_change_are_marked(book):
    for table in ("arm_results", "contrasts", "arms"):
        sheet = book[SHEETS[table]]
        marked = {cell.value for cell in sheet[1] if cell.fill.start_color.rgb == "FFFFE599"}
        assert marked == set(editable(table))


def test_a_status_is_chosen_from_a_list_and_its_colour_follows(book):
    sheet = book["Contrasts"]
    (validation,) = sheet.data_validations.dataValidation
    assert "accepted,rejected" in validation.formula1 and str(validation.sqref) == "S2:S4"
    rules = [rule for found in sheet.conditional_formatting for rule in found.rules]
    assert {rule.formula[0] for rule in rules} == {
        f'"{word}"' for word in ("accepted", "rejected", "corrected", "entered", "extracted")
    }


def test_a_page_is_a_number_and_links_to_the_file_where_that_is_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "trial.pdf").write_bytes(b"%PDF-")
    book = openpyxl.load_workbook(write_xlsx(records(), tmp_path / "out" / "review.xlsx"))
    pages = [cell for row in book["Contrasts"].iter_rows(min_row=2) for cell in row if cell.hyperlink]
    assert [(cell.value, cell.hyperlink.target, cell.hyperlink.location) for cell in pages] == [
        (5, "..\\papers\\trial.pdf", "page=5")  # as Excel writes it; LibreOffice takes it too
    ]


def test_the_audit_sheet_tells_who_when_what_from_what_to_what_and_why(tmp_path):
    at = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)
    made = Decision(
        at=at, reviewer="A. Reader", action="correct", about="trial-os-hr", document_id="d1", column="estimate",
        before="0.60", after="0.62", reason="=misread",
    )  # fmt: skip
    (row,) = cells(openpyxl.load_workbook(write_xlsx(records(), tmp_path / "x.xlsx", decisions=[made]))["Audit"])
    assert row["at"] == "2026-03-01T12:00:00Z" and row["before"] == "0.60" and row["reason"] == "=misread"


def test_status_has_a_colour_and_keeps_its_word(book):
    found = {cell.value: cell.fill.start_color.rgb for cell in book["Documents"]["L"][1:] if cell.value is not None}
    assert set(found) == {"ok", "partial", "failed"} and len(set(found.values())) == 3


def test_pooled_has_a_row_per_question_and_subgroup_on_the_natural_scale(book):
    rows = cells(book["Pooled"])
    assert [row["group"] for row in rows] == [None, "randomized", "other", None]
    assert 0.5 < rows[0]["estimate"] < 0.9 and rows[0]["ci_low"] < rows[0]["estimate"] < rows[0]["ci_high"]
    assert rows[3]["k"] == 1 and rows[3]["estimate"] is None


def test_pooled_has_the_result_of_reported_rows_alone_beside_the_one_with_computed_rows(tmp_path):
    path = write_xlsx(records(), tmp_path / "review.xlsx", analyses=[with_computed(5)])
    rows = cells(openpyxl.load_workbook(path)["Pooled"])
    assert [(row["group"], row["k"]) for row in rows] == [(None, 5), ("Reported only", 4)]


def test_a_text_longer_than_a_cell_is_cut_and_says_so(tmp_path):
    rows = Records(contrasts=(contrast(source=source("x" * 40_000)),))
    (row,) = cells(openpyxl.load_workbook(write_xlsx(rows, tmp_path / "x.xlsx"))["Contrasts"])
    assert len(row["quote"]) <= 32_767 and row["quote"].endswith("[cut: see the CSV export]")


def test_the_same_rows_give_the_same_bytes(tmp_path):
    one, two = (write_xlsx(records(), tmp_path / name).read_bytes() for name in ("one.xlsx", "two.xlsx"))
    assert one == two


def test_a_comparison_alone_is_a_sheet_with_empty_cells_for_what_is_not_reported(tmp_path):
    table = comparison_table(records(), Question(id="os", outcome=("OS",)))
    (sheet,) = openpyxl.load_workbook(write_comparison_xlsx(table, tmp_path / "c.xlsx")).worksheets
    first = cells(sheet)[0]
    assert first["study"] == "Olden 2009" and first["n"] is None and first["effect"] == "HR 1.2"


def test_a_number_with_an_exponent_shows_no_decimals_it_does_not_have(tmp_path):
    rows = Records(contrasts=(contrast(estimate=Decimal("1E+2")),))
    sheet = openpyxl.load_workbook(write_xlsx(rows, tmp_path / "x.xlsx"))["Contrasts"]
    assert [(cell.value, cell.number_format) for cell in sheet[2] if cell.value == 100][-1] == (100, "0")
