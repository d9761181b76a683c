"""What the tests here share: where the papers lie, and grids of cells as plain text that can be compared.

A truth grid has one line per printed row and one place per column. `<` means "the cell to the left goes on here", `^`
"the cell above goes on here"; both count as empty where only the texts are compared.
"""

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path

from evidence.model.document import Document, Table
from evidence.read import read

SHARED = Path(__file__).parents[3] / "shared"
PDFS = SHARED / "pdfs"
ARTICLES = SHARED / "gold" / "fulltext-dev"
TRUTHS = Path(__file__).parent / "tables"

Grid = list[list[str]]

_DASHES = re.compile("[\u00ad\u2010-\u2015\u2212-]")
_DOTS = re.compile("[\u2219\u22c5]")
_BLANKS = re.compile(r"\s+")


@cache
def document(path: Path) -> Document:
    """The paper as we read it, once for all tests."""
    return read(path)


def plain(text: str) -> str:
    """Text without what differs by typesetting alone: forms of dashes and quotes, raised figures, blanks at signs.

    Blanks stay between two letters and between two digits, so that run-together words and split numbers still show.
    """
    text = unicodedata.normalize("NFKC", text).replace("\u2019", "'").replace("\u2018", "'")
    text = _BLANKS.sub(" ", _DOTS.sub("\u00b7", _DASHES.sub("-", text))).strip()
    return re.sub(r"(?<![^\W\d_]) (?=[^\W\d_])|(?<=[^\W\d_]) (?![^\W\d_])|(?<![\w]) | (?![\w])", "", text)


def ours(table: Table) -> Grid:
    """Our grid in the notation of the truth: a cell once, at its first place, then `<` or `^` where it goes on."""
    cells = table.grid()
    grid = []
    for r, row in enumerate(cells):
        line = []
        for c, cell in enumerate(row):
            left = row[c - 1] if c else None
            above = cells[r - 1][c] if r else None
            if cell is None:
                line.append("")
            elif left is not None and left.char_start == cell.char_start:
                line.append("^" if above is not None and above.char_start == cell.char_start else "<")
            elif above is not None and above.char_start == cell.char_start:
                line.append("^")
            else:
                line.append(plain(cell.text))
        grid.append(line)
    return grid


def without_spans(grid: Grid) -> Grid:
    """Texts alone."""
    return [["" if cell in ("<", "^") else cell for cell in row] for row in grid]


def with_stacked_heads(grid: Grid, head_rows: int) -> Grid:
    """The head rows as one: print does not say in which of them a name stands that is as tall as all of them."""
    if head_rows < 2:
        return grid
    head = [plain(" ".join(part for part in column if part)) for column in zip(*grid[:head_rows], strict=True)]
    return [head, *grid[head_rows:]]


def differences(grid: Grid, truth: Grid) -> list[str]:
    """One line per difference, empty where the grids are equal."""
    size, right = (len(grid), len(grid[0]) if grid else 0), (len(truth), len(truth[0]))
    found = [f"{size[0]} x {size[1]} instead of {right[0]} x {right[1]}"] if size != right else []
    for r, (row, true_row) in enumerate(zip(grid, truth, strict=False)):
        if row != true_row:
            found.append(f"row {r}: {row} instead of {true_row}")
    return found


def listed() -> list[dict[str, str]]:
    """Every table of the papers whose cells are text, with its page, look and truth."""
    with (TRUTHS / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def wrong_cells(grid: Grid, row: dict[str, str]) -> list[str]:
    """Where a grid of plain texts differs from the truth of a listed table, spans and the depth of its head aside."""
    lines = (TRUTHS / row["truth"]).read_text(encoding="utf-8").splitlines()
    truth = [[cell if cell in ("<", "^") else plain(cell) for cell in line.split("\t")] for line in lines]
    mine, right = (with_stacked_heads(without_spans(cells), int(row["head_rows"])) for cells in (grid, truth))
    return differences(mine, right)
