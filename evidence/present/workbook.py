"""The evidence tables as one workbook for reviewers: numbers as numbers, text as text, a dictionary in front.

Text is written as typed strings, so a cell that begins with `=` or `http` stays what the document says. A number shows
as many decimals as the document prints. An empty cell is "not reported". Heads of columns that a person may change are
yellow; `evidence ingest` reads the changes back (`read/workbook.py`).
"""

import datetime as dt
import hashlib
import os
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from evidence.errors import ExportError
from evidence.model.decisions import Decision
from evidence.model.dual import Agreement, Reading
from evidence.model.records import Records
from evidence.model.results import Analysis
from evidence.model.sheets import (
    AS_EXPORTED,
    DECISIONS,
    README,
    REASON,
    SHEETS,
    editable,
    exported_columns,
    fitting,
    sheet_columns,
)
from evidence.model.tables import CORRECTABLE, TABLES, as_text, records_of, to_row, to_values
from evidence.present.agreement import AGREEMENT, READINGS, agreement_rows, reading_rows
from evidence.present.characteristics import AUDIT, CHARACTERISTICS, audit_rows, characteristics
from evidence.present.compare import ComparisonTable
from evidence.present.compare_views import comparison_rows
from evidence.present.pooled_sheet import pooled_columns, pooled_rows

_ROW_LIMIT = 1_048_576
#: Excel opens no sheet with more links.
_LINK_LIMIT = 65_000
_WIDTHS = {
    "quote": 80, "message": 80, "title": 50, "population": 40, "source": 30, "status_reason": 40, "outcome_text": 28,
    "authors": 30, "section": 24, "row": 24, "column": 24, "label": 24, "arm": 22, "comparator": 22, "treatment": 24,
    "notes": 80, "reason": 30, "arms": 40, "outcomes": 24, "reports": 50, "differing": 40, "at": 20, "about": 30,
    "before": 24, "after": 24,
}  # fmt: skip
_WIDTH_OF_KIND = {"integer": 9, "number": 10, "boolean": 9, "answer": 9}
#: Points of a line of text; a row is as high as its longest text, within reason.
_LINE, _MOST_LINES = 15, 12
_WRAPPED = frozenset(
    {"quote", "message", "title", "population", "status_reason", "notes", "arms", "reports", "differing"}
)
_KINDS = {column.name: column.kind for columns in TABLES.values() for column in columns}
#: Fill behind the word, never instead of it.
_FILLS = {
    "accepted": "#d9ead3",
    "corrected": "#cfe2f3",
    "entered": "#d9d2e9",
    "extracted": "#fff2cc",
    "rejected": "#d9d9d9",
    "ok": "#d9ead3",
    "partial": "#fff2cc",
    "failed": "#f4cccc",
    "error": "#f4cccc",
    "warning": "#fff2cc",
    "info": "#eeeeee",
}


def write_xlsx(
    records: Records,
    path: Path,
    *,
    analyses: Sequence[Analysis] = (),
    tables: Sequence[ComparisonTable] = (),
    filters: Mapping[str, str] | None = None,
    snapshot: str | None = None,
    decisions: Sequence[Decision] = (),
    agreements: Sequence[Agreement] = (),
    readings: Sequence[Reading] = (),
) -> Path:
    """Write the workbook. `snapshot` names the state of the store; without one the rows' own checksum stands for it.

    `decisions` fill the audit sheet, `agreements` and `readings` of finished dual reviews sheets of their own. Pages
    are linked to the files of the documents where these are found.

    Raises
    ------
    ExportError
        If the file cannot be written, or a table has more rows than a sheet holds.
    """
    for table in TABLES:
        rows = len(records_of(records, table))
        if rows >= _ROW_LIMIT:
            raise ExportError(f"{table} has {rows} rows, a sheet holds {_ROW_LIMIT - 1}. Export as csv instead.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        book = _Book(path)
        dual = [("Agreement", AGREEMENT), ("Readings", READINGS)] if readings else []
        book.readme(records, analyses, filters or {}, snapshot or checksum(records), dual)
        book.sheet("Characteristics", [column[:2] for column in CHARACTERISTICS], characteristics(records))
        links = _links(records, path.parent)
        for table, name in SHEETS.items():
            columns = [(column.name, column.kind) for column in sheet_columns(table)]
            values = ({REASON.name: None} | to_values(record) for record in records_of(records, table))
            book.sheet(name, columns, values, editable=editable(table), links=links)
        if analyses:
            book.sheet("Pooled", [column[:2] for column in pooled_columns()], pooled_rows(analyses))
        book.comparisons(tables)
        book.sheet("Audit", [column[:2] for column in AUDIT], audit_rows(decisions))
        for (name, heads), told in zip(dual, (agreement_rows(agreements), reading_rows(readings)), strict=False):
            book.sheet(name, [head[:2] for head in heads], told)
        book.as_exported(records)
        book.file.close()
    except (OSError, XlsxWriterException) as error:
        raise _not_written(path, error) from error
    return path


def write_comparison_xlsx(table: ComparisonTable, path: Path) -> Path:
    """Write one comparison table as a workbook of one sheet.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        book = _Book(path)
        book.comparisons([table])
        book.file.close()
    except (OSError, XlsxWriterException) as error:
        raise _not_written(path, error) from error
    return path


def checksum(records: Records) -> str:
    """First 16 hex digits of the SHA-256 of all rows as exported: the same for the same rows in the same order."""
    digest = hashlib.sha256()
    for table in TABLES:
        for record in records_of(records, table):
            digest.update("\x1f".join((table, *to_row(record).values())).encode("utf-8", "surrogatepass") + b"\x1e")
    return digest.hexdigest()[:16]


def _width(column: str, kind: str) -> int:
    return _WIDTHS.get(column, _WIDTH_OF_KIND.get(kind, 16))


def _lines(text: str | None, width: int) -> int:
    """Lines that a text takes in a column of this many characters."""
    return sum(1 + len(part) // width for part in (text or "").split("\n"))


def _links(records: Records, folder: Path) -> dict[str, str]:
    """Where the files of documents are, seen from the folder of the workbook; only what is there is linked to."""
    found = {}
    for document in records.documents:
        if document.source.startswith(("http://", "https://")):
            found[document.document_id] = document.source
        elif Path(document.source).is_file():
            try:
                way = os.path.relpath(document.source, folder)
            except ValueError:  # another drive
                way = str(Path(document.source).resolve())
            found[document.document_id] = f"external:{quote(way, safe='/:' + os.sep)}"
    return found


def _not_written(path: Path, error: Exception) -> ExportError:
    return ExportError(
        f"{path} could not be written: {error}. Close it if a spreadsheet program holds it open, or give another "
        "place with --out."
    )


class _Book:
    """A workbook that is being written, with its formats made once each."""

    def __init__(self, path: Path) -> None:
        self.file = xlsxwriter.Workbook(
            str(path),
            {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        # Without a fixed date the same rows would give other bytes every second.
        self.file.set_properties({"title": "Evidence tables", "created": dt.datetime(1980, 1, 1)})
        self.formats: dict[tuple[Any, ...], Any] = {}

    def format(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.file.add_format({"valign": "top"} | properties)
        return self.formats[key]

    def readme(
        self,
        records: Records,
        analyses: Sequence[Analysis],
        filters: Mapping[str, str],
        snapshot: str,
        more: Sequence[tuple[str, Sequence[tuple[str, str, str]]]] = (),
    ) -> None:
        sheet = self.file.add_worksheet(README)
        bold, wrapped = self.format(bold=True), self.format(text_wrap=True)
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 26)
        sheet.set_column(2, 2, 10)
        sheet.set_column(3, 3, 100)
        facts = [
            ("Evidence tables", f"evidence {version('evidence')}"),
            ("Snapshot", snapshot),
            ("Filters", "; ".join(f"{name}: {value}" for name, value in filters.items()) or "none: every row"),
            *((name, f"{len(records_of(records, table))} rows") for table, name in SHEETS.items()),
        ]
        if analyses:
            facts.append(("Pooled", f"{len(analyses)} questions"))
        facts += [
            ("Empty cell", "not reported; never a guess, never zero"),
            ("Numbers", "as the document prints them: percent for proportions, months for times"),
            ("Yellow heads", "columns you may change; `evidence ingest` of this workbook reads the changes back"),
            ("status", f"choose {' or '.join(DECISIONS)}; a changed number makes the row corrected"),
            ("reviewer, reason", "your name, or give it with --by; and why"),
            ("New rows", "leave result_id empty; document_id, study_id and a quote from the document are needed"),
            ("Deleted rows", "change nothing in the store: deleting is not rejecting"),
        ]
        line = 0
        for name, value in facts:
            sheet.write_string(line, 0, name, bold)
            sheet.write_string(line, 1, value)
            line += 1
        line += 1
        for at, head in enumerate(("sheet", "column", "kind", "meaning")):
            sheet.write_string(line, at, head, bold)
        dictionary: list[tuple[str, str, str, str]] = [
            (name, column.name, column.kind, column.meaning)
            for table, name in SHEETS.items()
            for column in sheet_columns(table)
        ]
        dictionary = [("Characteristics", *column) for column in CHARACTERISTICS] + dictionary
        if analyses:
            dictionary += [("Pooled", *column) for column in pooled_columns()]
        dictionary += [(name, *column) for name, columns in (("Audit", AUDIT), *more) for column in columns]
        for row in dictionary:
            line += 1
            for at, text in enumerate(row):
                sheet.write_string(line, at, text, wrapped if at == 3 else None)

    def sheet(
        self,
        name: str,
        columns: Sequence[tuple[str, str]],
        rows: Any,
        *,
        editable: Sequence[str] = (),
        links: Mapping[str, str] | None = None,
    ) -> None:
        """A table with its head frozen and a filter on every column; heads of `editable` columns are marked."""
        sheet = self.file.add_worksheet(name)
        head, changes = (self.format(bold=True, bottom=1, bg_color=colour) for colour in ("#e8eef4", "#ffe599"))
        for at, (column, kind) in enumerate(columns):
            sheet.set_column(at, at, max(_width(column, kind), len(column) + 3))  # the head with its filter button
            sheet.write_string(0, at, column, changes if column in editable else head)
        line = linked = 0
        for line, row in enumerate(rows, start=1):
            for at, (column, _) in enumerate(columns):
                way = (links or {}).get(str(row.get("document_id") or ""))
                if way and linked < _LINK_LIMIT and column in ("page", "source") and row[column] is not None:
                    linked += 1
                    # The address goes first, the value of the cell then replaces the address that is shown.
                    sheet.write_url(line, at, f"{way}#page={row[column]}" if column == "page" else way)
                self.cell(sheet, line, at, column, row[column])
            lines = max(
                (_lines(row[column], _width(column, kind)) for column, kind in columns if column in _WRAPPED), default=1
            )
            if lines > 1:
                sheet.set_row(line, _LINE * min(lines, _MOST_LINES))
        if "status" in editable:
            self.decidable(sheet, line, [column for column, _ in columns].index("status"))
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(8)  # A3
        sheet.fit_to_pages(1, 0)  # all columns on one page, as many pages as the rows need
        sheet.repeat_rows(0)
        sheet.autofilter(0, 0, max(line, 1), len(columns) - 1)

    def decidable(self, sheet: Any, last: int, at: int) -> None:
        """A list of what a person may choose as status, whose colour follows the choice."""
        if not last:
            return
        sheet.data_validation(
            1, at, last, at,
            {
                "validate": "list",
                "source": [*dict.fromkeys((*DECISIONS, "extracted", "corrected", "entered"))],
                "error_type": "warning",
                "input_title": "Your decision",
                "input_message": f"{' or '.join(DECISIONS)}; a changed number makes the row corrected.",
            },
        )  # fmt: skip
        for word in ("accepted", "rejected", "corrected", "entered", "extracted"):
            look = {"type": "cell", "criteria": "==", "value": f'"{word}"'}
            fill = self.file.add_format({"bg_color": _FILLS[word]})
            sheet.conditional_format(1, at, last, at, look | {"format": fill})

    def as_exported(self, records: Records) -> None:
        """The hidden sheet by which `ingest` knows what a person changed."""
        sheet = self.file.add_worksheet(AS_EXPORTED)
        sheet.hide()
        names = exported_columns()
        line = 0
        for at, name in enumerate(names):
            sheet.write_string(0, at, name)
        for table in CORRECTABLE:
            for record in records_of(records, table):
                line += 1
                row = to_row(record)
                for at, name in enumerate(names):
                    if row.get(name):
                        sheet.write_string(line, at, fitting(row[name]))

    def comparisons(self, tables: Sequence[ComparisonTable]) -> None:
        """One sheet per comparison table, numbered where there are several."""
        for at, table in enumerate(tables, start=1):
            names, rows = comparison_rows(table)
            name = "Comparison" if len(tables) == 1 else f"Comparison {at}"
            self.sheet(name, [(column, _KINDS.get(column, "text")) for column in names], rows)

    def cell(self, sheet: Any, line: int, at: int, column: str, value: Any) -> None:
        if value is None or value == () or value == "" or (value is False and _KINDS.get(column) != "answer"):
            return
        if isinstance(value, bool):
            sheet.write_boolean(line, at, value, self.format())
        elif isinstance(value, int):
            sheet.write_number(line, at, value, self.format(num_format="0"))
        elif isinstance(value, Decimal):
            exponent = value.as_tuple().exponent
            decimals = max(0, -exponent) if isinstance(exponent, int) else 0
            number = f"0.{'0' * decimals}" if decimals else "0"
            sheet.write_number(line, at, float(value), self.format(num_format=number))
        elif isinstance(value, float):
            sheet.write_number(line, at, value, self.format(num_format="General"))
        else:
            text = fitting(as_text(value))
            fill = _FILLS.get(text) if column in ("status", "severity") else None
            style = {"text_wrap": True} if column in _WRAPPED else {}
            sheet.write_string(line, at, text, self.format(**style, **({"bg_color": fill} if fill else {})))
