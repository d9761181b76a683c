"""JATS full texts: grids of all their tables, and every quote of the gold in their text.

The grids are expanded a second time here, straight from the XML and by the rules of HTML for spans; the rows below them
were written by hand from the XML, where spans and heads of several rows make the expansion worth doubting.
"""

import json

import pytest
from lxml import etree

from tests.shared.grids import ARTICLES, document, plain

PATHS = [pytest.param(path, id=path.stem) for path in sorted(ARTICLES.glob("*.nxml"))]


def _text(td):
    """The text of one XML cell, with a blank where the XML begins a line."""
    parts = [td.text or ""]
    for child in td:
        apart = " " if child.tag in ("break", "p", "list", "list-item") else ""
        parts += [apart, _text(child), apart, child.tail or ""]
    return "".join(parts)


def _expanded(table):
    """Rows of texts, a cell repeated at every place it covers."""
    rows = []
    for part in (*table.findall("thead"), *table.findall("tbody"), *table.findall("tfoot")) or (table,):
        lines = [[] for _ in part.findall("tr")]
        for r, tr in enumerate(part.findall("tr")):
            for td in tr.xpath("td|th"):
                column = lines[r].index(None) if None in lines[r] else len(lines[r])
                width, height = int(td.get("colspan") or 1), int(td.get("rowspan") or 1)
                for line in lines[r : r + height]:
                    line += [None] * (column + width - len(line))
                    line[column : column + width] = [plain(_text(td))] * width
        rows += lines
    # Columns of blank cells alone, at the right, are of the layout.
    width = 1 + max(column for row in rows for column, text in enumerate(row) if text)
    return [[text or "" for text in row[:width]] + [""] * (width - len(row)) for row in rows]


def _tables(path):
    return etree.parse(path).findall(".//table-wrap//table")


@pytest.mark.parametrize("path", PATHS)
def test_every_grid_is_the_one_the_xml_spells(path):
    ours = [[[plain(cell.text) if cell else "" for cell in row] for row in t.grid()] for t in document(path).tables]
    assert ours == [_expanded(table) for table in _tables(path)]


@pytest.mark.parametrize(
    ("name", "label", "row", "cells"),
    [
        ("PMC1936359", "Table 3", 0, "Prognostic variable|Score value|Score value|Score value|Score value|Score value"),
        ("PMC1936359", "Table 3", 4, "Cytopeniasb|0 or 1|2 or 3|||"),
        ("PMC2817867", "Table 2", 0, "||Med OS (Yr)|5-yr OS (%)|Hazard ratio|95% confidence interval|P-value|P-value"),
        ("PMC2817867", "Table 2", 2, "Procedure|Resection|3.8|43|0.54|0.32|.91|.021"),
        ("PMC2817867", "Table 3", 1, "||Hazard ratio|interval|interval|P-value"),
        ("PMC3571894", "Table 2", 1, "|BuCy|BuFlu|BuCy|BuFlu|P value"),
        ("PMC3571894", "Table 2", 2, "Heart (single/multiple)|4/8|2/4|2/0|0/0|0.048"),
        ("PMC5346637", "Table 4", 4, "B|VEGF|25|(12.35, 15.08)|(7.21, 57.96)|(-84.61, 33.89)|0.23795|0.00001"),
        ("PMC5555437", "Table 1", 1, "Age (years)|Age (years)|62 (29-84)|63 (34-81)"),
        ("PMC5555437", "Table 5", 1, "|Grade 1-2|Grade 3|Grade 4|Grade 1-2|Grade 3|Grade 4|"),
        ("PMC5834147", "Table 5", 1, "||110 mg|110 mg|150 mg|150 mg|Warfarin|Warfarin|||||interaction|interaction"),
        (
            "PMC5834147",
            "Table 2",
            3,
            "Stroke or systemic embolism|Present|26|1.69|24|1.55|48|3.21|0.52 (0.32-0.84)|0.48 (0.29-0.78)"
            "|0.0076|0.0031||",
        ),
    ],
)
def test_a_row_below_spans_is_the_one_read_by_eye(name, label, row, cells):
    table = next(table for table in document(ARTICLES / f"{name}.nxml").tables if table.label == label)
    assert [plain(cell.text) if cell else "" for cell in table.grid()[row]] == [plain(c) for c in cells.split("|")]


@pytest.mark.parametrize("path", PATHS)
def test_every_head_row_of_the_xml_is_one_of_ours(path):
    ours = [1 + max((cell.row for cell in table.cells if cell.head), default=-1) for table in document(path).tables]
    assert ours == [len(table.findall("thead/tr")) for table in _tables(path)]


@pytest.mark.parametrize("path", PATHS)
def test_every_quote_of_the_gold_stands_in_the_text(path):
    gold = json.loads(path.with_suffix(".gold.json").read_text(encoding="utf-8"))
    quotes = {row["quote"] for kind in ("arm_results", "contrasts") for row in gold[kind] if row.get("quote")}
    text = _without_blanks(document(path).text)
    parts = {part for quote in quotes for part in quote.split(" [...] ")}
    assert quotes
    assert sorted(part for part in parts if _without_blanks(part) not in text) == []


def _without_blanks(text):
    """Blanks differ: notes of a table stand on lines of their own, and some papers print thin ones around signs."""
    return "".join(text.split())
