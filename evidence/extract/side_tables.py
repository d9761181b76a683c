"""Numbers of tables that checks compare: counts of groups beside a column of all patients, medians with their ranges.

Rows of characteristics are read as well, because contradictions stand there too.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

from evidence.extract.cell_numbers import read_cell
from evidence.extract.contexts import Context
from evidence.extract.digits import WHOLE, to_whole
from evidence.extract.grids import Column, Grid, Line, Spot, grids
from evidence.extract.nlp import Reading, clean_offsets
from evidence.extract.rows import Rows
from evidence.extract.table_sizes import sized_columns, sizes_of
from evidence.model.records import ARM_SIZE, Quantity, Source

_EVERYBODY = re.compile(
    r"(?:all|total|overall|whole|entire|combined)(?!\S)"
    r"(?! (?:scores?|dose|costs?|time|number|survival|response|rate|mortality))"
    r"|both groups",
    re.IGNORECASE,
)
#: Columns that hold no counts of patients.
_NO_GROUP = re.compile(
    r"(?<![\w-])p(?![\w-])|p[- ]?value|test|differ|ratio|statistic|[χx]2|\bCI\b|interval|missing", re.IGNORECASE
)
#: Rows of what is measured on patients.
_NO_COUNT = re.compile(
    r"\b(?:medians?|means?|average|ranges?|SD|IQR|rates?|scores?)\b|^age\b(?! ?[<>≥≤\d])", re.IGNORECASE
)
_RANGE = re.compile(r"\brange\b|\bmin\W*(?:imum)?\W{1,3}max|\bminimum\b", re.IGNORECASE)
_QUARTILES = re.compile(r"\bIQR\b|inter-?quartile(?: range)?|quartiles?\b|\bQ1\b|25th", re.IGNORECASE)
_MEDIAN = re.compile(r"\bmedians?\b", re.IGNORECASE)


def side_tables(reading: Reading, found: Sequence[Context], rows: Rows) -> Iterator[Quantity]:
    """Counts per group in tables with a column of all patients, and medians with their limits in any table.

    They are of the document's own study, which is the first of `found`.
    """
    if not found:
        return
    to_clean = clean_offsets(reading.document)
    for grid in grids(reading):

        def source(line: Line, spot: Spot, column: Column, table: str = grid.label) -> Source:
            first, last = to_clean(spot.cell.char_start), to_clean(spot.cell.char_end)
            return rows.source(first, last, table=table, row=line.head, column=column.head)

        for line, column, spot, fields in (*_counts(grid), *_medians(grid), *_shares(grid)):
            yield Quantity(
                document_id=reading.document.document_id,
                study_id=found[0].study.study_id,
                what=": ".join((*line.headings, *line.labels)),
                source=source(line, spot, column),
                **fields,  # type: ignore[arg-type]
            )
        for arm, line, spot, column, size in _arm_sizes(reading, found[0], grid):
            yield Quantity(
                document_id=reading.document.document_id,
                study_id=found[0].study.study_id,
                what=ARM_SIZE,
                arm=arm,
                value=Decimal(size),
                source=source(line, spot, column),
            )


def _arm_sizes(reading: Reading, own: Context, grid: Grid) -> Iterator[tuple[str, Line, Spot, Column, int]]:
    """The number of patients over the columns of an arm, where a table gives it one, with the first cell below."""
    for arm, sizes in sizes_of(reading, grid, own.arms).items():
        if arm is not None and len(sizes) == 1:
            ((size, column),) = sizes.items()
            cells = ((line, spot) for line in grid.lines if (spot := line.spots[column.index]) is not None)
            if (first := next(cells, None)) is not None:
                yield own.arms[arm].label, *first, column, size


_Found = Iterator[tuple[Line, Column, Spot, dict[str, object]]]


def _counts(grid: Grid) -> _Found:
    """Whole numbers of each group and of everybody."""
    columns = [column for column in grid.columns if column.head and not _NO_GROUP.search(column.head)]
    everybody = [column for column in columns if _EVERYBODY.match(column.head)]
    if len(everybody) != 1 or len(columns) < 3:
        return
    for line in grid.lines:
        if _NO_COUNT.search(" ".join((*line.headings, *line.labels))):
            continue
        for column in columns:
            spot = line.spots[column.index]
            cell = read_cell(spot.text) if spot is not None else None
            if spot is None or cell is None or cell.value is None or not cell.whole or cell.plus_minus:
                continue
            if cell.low is not None or cell.fraction or cell.percent:
                continue
            arm = None if column is everybody[0] else column.head
            yield line, column, spot, {"value": cell.value, "arm": arm}


#: "30 (25)", "1,170 (96.7%)": what most cells of a table of characteristics print.
_SHARE = re.compile(rf"(?P<count>{WHOLE})\s?\(\s?(?P<percent>\d{{1,3}}(?:\.\d+)?)\s?(?P<sign>%)?\s?\)")


def _shares(grid: Grid) -> _Found:
    """Counts with their percentage in columns whose head says of how many patients they are."""
    for column, size in sized_columns(grid):
        for line in grid.lines:
            spot = line.spots[column.index]
            match = _SHARE.fullmatch(spot.text) if spot is not None else None
            if spot is not None and match and (match["sign"] or "%" in f"{line.head} {column.head}"):
                count, percent = Decimal(to_whole(match["count"])), Decimal(match["percent"])
                yield line, column, spot, {"value": count, "percent": percent, "group": size}


def _medians(grid: Grid) -> _Found:
    """Medians with limits, in one cell or in two below each other."""
    general = f"{grid.caption} {grid.notes}"
    heads = " ".join((general, *(column.head for column in grid.columns), *(line.head for line in grid.lines)))
    if not _MEDIAN.search(heads):
        return
    before: Line | None = None
    for line in grid.lines:
        for column in grid.columns:
            spot = line.spots[column.index]
            kind = _kind(f"{line.head} {column.head}", general) if spot is not None else None
            if spot is None or kind is None:
                continue
            value, low, high = _limits(spot.text)
            above = before.spots[column.index] if before is not None and before.labels == line.labels else None
            if value is None and low is not None and above is not None:
                value, middle, _ = _limits(above.text)
                value = None if middle is not None else value
            if value is not None and low is not None and high is not None:
                yield line, column, spot, {"value": value, "low": low, "high": high, "spread": kind}
        before = line


@lru_cache(maxsize=256)
def _kind(heads: str, general: str) -> str | None:
    """What the limits behind a median are, by its heads, or by caption and footnotes where they do not say."""
    said = heads if _MEDIAN.search(heads) else f"{heads} {general}"
    if not _MEDIAN.search(said):
        return None
    quartiles = _QUARTILES.search(said)
    if _RANGE.search(_QUARTILES.sub("", said)):
        return None if quartiles else "range"
    return "iqr" if quartiles else None


def _limits(text: str) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    cell = read_cell(text)
    if cell is None or cell.percent or cell.bracket is not None:
        return None, None, None
    return cell.value, cell.low, cell.high
