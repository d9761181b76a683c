"""Grids of the tables in published papers, against what a person reads on the page.

`tables/manifest.csv` lists every table of the papers whose cells are text, with page and look; each has its truth in
`tables/`, written from the rendered page. The shares required here are floors: what is reached now.
"""

import pytest

from tests.shared.grids import PDFS, document, listed, ours, wrong_cells

#: Tables read wrongly, with the reason; everything else that is listed must be right.
STILL_WRONG = {
    ("circulation-2025-soul-sglt2i", "Table 1"): "the thin blank of 'mm Hg' is lost",
    ("circulation-2025-soul-sglt2i", "Table 2"): "the thin blank of 'mm Hg' is lost",
    ("natmed-2024-sphere-per-af", "Table 2"): "a row with a difference and its p-value on two lines is two rows",
}


def _faults(row: dict[str, str]) -> list[str]:
    """What is wrong with our grid of one listed table."""
    tables = [t for t in document(PDFS / f"{row['paper']}.pdf").tables if t.label.lower() == row["label"].lower()]
    if len(tables) != 1:
        return [f"{len(tables)} tables of this label"]
    heads = int(row["head_rows"])
    wrong = wrong_cells(ours(tables[0]), row)
    if tables[0].page != int(row["page"]):
        wrong.append(f"on page {tables[0].page} instead of {row['page']}")
    if (marked := 1 + max((c.row for c in tables[0].cells if c.head), default=-1)) != heads:
        wrong.append(f"{marked} head rows instead of {heads}")
    return wrong


@pytest.mark.parametrize(
    "row",
    [pytest.param(r, id=r["truth"][:-4]) for r in listed() if (r["paper"], r["label"]) not in STILL_WRONG],
)
def test_a_table_has_the_rows_columns_and_cells_of_the_page(row):
    assert not _faults(row)


def test_at_least_the_share_of_result_tables_reached_before_is_right():
    results = [row for row in listed() if row["kind"] == "results"]
    right = [row for row in results if not _faults(row)]
    assert len(right) / len(results) >= 0.92


@pytest.mark.parametrize(
    ("paper", "label", "first", "last"),
    [
        ("bmj-2015-leap", "Table 3", "*Adjusted for recruitment", "in control group."),
        ("clincardiol-2020-athena-ablation", "Table 2", "Note: Denominators", "New York Heart Association."),
        ("lancet-2015-pathway2", "Table 1", "eGFR=estimated", "filtration rate."),
        ("lancet-2015-pathway2", "Table 2", "Data are mean (95% CI).", "preceding tests were significant."),
        ("natmed-2024-sphere-per-af", "Table 1", "a Numbers presented", "greater risk of stroke."),
        ("natmed-2024-sphere-per-af", "Table 4", "a Numbers presented", "mitral isthmus lines."),
        ("plosone-2021-ckb-bp", "Table 1", "Abbreviations: BP", "c Only for female."),
        ("plosone-2021-ckb-bp", "Table 2", "Abbreviations: BP", "sex, and survey sites."),
    ],
)
def test_the_notes_of_a_table_are_whole(paper, label, first, last):
    table = next(table for table in document(PDFS / f"{paper}.pdf").tables if table.label == label)
    assert table.footnotes[0].startswith(first)
    assert table.footnotes[-1].endswith(last)
