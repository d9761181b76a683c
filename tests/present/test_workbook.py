"""The workbook, read back with another library."""

from decimal import Decimal

import openpyxl
import pytest

from evidence.model.question import Question
from evidence.model.records import Records
from evidence.model.tables import TABLES
from evidence.present.compare import comparison_table
from evidence.present.workbook import SHEETS, write_comparison_xlsx, write_xlsx
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
    assert book.sheetnames == ["README", *SHEETS.values(), "Pooled", "Comparison"]


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
