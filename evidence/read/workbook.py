"""A workbook of the evidence tables that comes back after people worked in it.

It is known by its README and by the hidden sheet that keeps what was exported. Excel, LibreOffice and libraries write
the same cells in different ways; here they become values with the place where they stand.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from zipfile import BadZipFile

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from evidence.errors import ReadError, UnknownFormat
from evidence.model.sheets import AS_EXPORTED, README, SHEETS, CellValue, SheetRow, Workbook, editable, sheet_columns
from evidence.read.archive import refuse_bombs

_DECIMALS = re.compile(r"0\.(0+)$")
#: How LibreOffice saves what is true and what is not.
_TRUTHS = {"=TRUE()": True, "=FALSE()": False}
_AGAIN = "Export it again with `evidence export --format xlsx` and take your changes over."


def is_workbook(data: bytes) -> bool:
    """Whether the bytes are a workbook in the format of Excel 2007 and later."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (BadZipFile, NotImplementedError, ValueError, EOFError, OSError):
        return False


def read_workbook(data: bytes, source: str) -> Workbook:
    """The rows of every table, and the results as they were exported.

    Raises
    ------
    UnknownFormat
        If the workbook was not exported by this program.
    ReadError
        If it is broken, or a sheet of results lacks columns or has one twice.
    """
    refuse_bombs(data, source)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data))
    except Exception as error:  # whatever openpyxl stumbles over in a damaged part
        raise ReadError(f"{source}: the workbook is broken ({error}). Save it again as xlsx.") from error
    if README not in book.sheetnames or AS_EXPORTED not in book.sheetnames:
        raise UnknownFormat(
            f"{source}: this workbook was not exported by `evidence export --format xlsx`, whose sheets {README} and "
            f"{AS_EXPORTED} (hidden) it lacks. Enter its numbers in an exported one, or with `evidence enter`."
        )
    return Workbook(
        source=source,
        rows={table: tuple(_rows(book[name], table, source)) for table, name in SHEETS.items() if name in book},
        exported=_exported(book[AS_EXPORTED]),
    )


def _rows(sheet: Worksheet, table: str, source: str) -> Iterator[SheetRow]:
    lines = sheet.iter_rows()
    heads = [str(cell.value).strip() if cell.value is not None else "" for cell in next(lines, ())]
    known = {column.name for column in sheet_columns(table)}
    missing = [name for name in editable(table) if name not in heads]
    twice = sorted({head for head in heads if head in known and heads.count(head) > 1})
    if missing or twice:
        wrong = f"lacks the columns {', '.join(missing)}" if missing else f"has the column {', '.join(twice)} twice"
        raise ReadError(f"{source}: the sheet {sheet.title} {wrong}, so its rows cannot be compared. {_AGAIN}")
    for line in lines:
        row = {head: _cell(cell, sheet.title) for head, cell in zip(heads, line, strict=False) if head in known}
        if any(cell.value is not None for cell in row.values()):
            yield row


def _cell(cell: Any, sheet: str) -> CellValue:
    value: Any = cell.value
    if isinstance(value, str) and not value.strip():
        value = None
    truth = _TRUTHS.get(value) if cell.data_type == "f" and isinstance(value, str) else None
    decimals = _DECIMALS.match(cell.number_format or "") if isinstance(cell, Cell) else None
    return CellValue(
        place=f"{sheet}!{cell.coordinate}",
        value=value if truth is None else truth,
        decimals=len(decimals[1]) if decimals else 0,
        percent="%" in (cell.number_format or ""),
        formula=cell.data_type == "f" and truth is None,
    )


def _exported(sheet: Worksheet) -> dict[str, dict[str, str]]:
    lines = sheet.iter_rows(values_only=True)
    heads = [str(head) for head in next(lines, ())]
    rows = (
        {head: "" if value is None else str(value) for head, value in zip(heads, line, strict=False)} for line in lines
    )
    return {row["result_id"]: row for row in rows if row.get("result_id")}
