"""The workbook of the evidence tables: its sheets, its columns, and which of them a person may change.

`present` writes the workbook and `read` reads it back after people worked in it; what both must agree on stands here.
"""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from evidence.model.tables import CORRECTABLE, TABLES, Column, Kind

README = "README"
#: Sheet names of the tables in their order; the README stands before them.
SHEETS = {
    "studies": "Studies",
    "arms": "Arms",
    "arm_results": "Arm results",
    "contrasts": "Contrasts",
    "patients": "Patients",
    "flags": "Flags",
    "documents": "Documents",
}
#: The hidden sheet that keeps what a person may change as it was exported, so that changes are found when the workbook
#: comes back, and are not taken for those that somebody else made in the store meanwhile.
AS_EXPORTED = "As exported"
#: The column of the results in which a person says why; the store keeps it with the decision.
REASON = Column(name="reason", kind="text", meaning="why you decide so (for you to fill in; read back by ingest)")
#: What a person may write in the column `status`.
DECISIONS = ("accepted", "rejected")
#: Excel shows no more in a cell; a longer text is cut and says so.
CELL_LIMIT = 32_767
CUT = " [cut: see the CSV export]"

#: Columns of a number, after which the quote follows.
_LAST_OF_NUMBER = {"arm_results": "total", "contrasts": "p_operator"}
_BESIDE = ("quote", "page", "status", "reviewer")
#: What no program keeps in a spreadsheet: control characters, and how Excel writes them down.
_UNSURE = re.compile(r"_x[0-9A-Fa-f]{4}_|[\x00-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellValue:
    """What stands in a cell: where, what, and how many decimals it shows."""

    place: str  # "Contrasts!K5"
    value: Any  # number, text, boolean, time; None where empty
    decimals: int = 0
    percent: bool = False  # it shows 65.8% and holds 0.658
    formula: bool = False


#: A row of a sheet, by column; and the line it stands on.
SheetRow = dict[str, CellValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """A workbook that came back: rows by table, and the results as they were exported, texts by result and column."""

    source: str
    rows: dict[str, tuple[SheetRow, ...]]
    exported: dict[str, dict[str, str]]


def sheet_columns(table: str) -> tuple[Column, ...]:
    """Columns of a sheet in order; in sheets of results quote, page and decision stand beside the number."""
    columns = TABLES[table]
    if table not in CORRECTABLE:
        return columns
    by_name = {column.name: column for column in columns}
    rest = [column for column in columns if column.name not in _BESIDE]
    at = 1 + next(i for i, column in enumerate(rest) if column.name == _LAST_OF_NUMBER[table])
    return (*rest[:at], *(by_name[name] for name in _BESIDE), REASON, *rest[at:])


def editable(table: str) -> tuple[str, ...]:
    """Columns of a sheet that a person may change."""
    return (*CORRECTABLE[table], "status", "reviewer", REASON.name) if table in CORRECTABLE else ()


def exported_columns() -> tuple[str, ...]:
    """Columns of the hidden sheet."""
    kept = [name for table in CORRECTABLE for name in CORRECTABLE[table]]
    return ("result_id", "study_id", *dict.fromkeys(kept), "status", "reviewer", "reviewed_at")


def fitting(text: str) -> str:
    """A text as long as a cell holds."""
    return text if len(text) <= CELL_LIMIT else text[: CELL_LIMIT - len(CUT)] + CUT


def same_text(one: str, other: str) -> bool:
    """Whether two texts are one, but for what spreadsheet programs do to spaces, line ends and control characters."""
    return one == other or _words(one) == _words(other)


def _words(text: str) -> str:
    return " ".join(_UNSURE.sub(" ", fitting(text)).split())


def same_value(cell: CellValue, text: str, kind: Kind) -> bool:
    """Whether a cell holds the value that a table writes as this text; 0.6 in a cell is the 0.60 of the table."""
    typed = as_typed(cell, kind)
    if kind in ("number", "integer"):
        try:
            return (Decimal(typed) == Decimal(text)) if typed and text else typed == text
        except ArithmeticError:
            return False
    return same_text(typed, text)


def as_typed(cell: CellValue, kind: Kind) -> str:
    """The text by which a table would write what stands in a cell, with the decimals the cell shows.

    Spreadsheets keep 15 significant digits of a number.
    """
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower() if value or kind == "answer" else ""
    if isinstance(value, int | float):
        number = Decimal(format(value, ".15g"))
        if kind in ("number", "integer"):
            exponent = number.as_tuple().exponent
            needed = max(0, -exponent) if isinstance(exponent, int) else 0
            return format(number, f".{max(needed, cell.decimals)}f") if number.is_finite() else str(value)
        return format(number, "f")
    if isinstance(value, dt.datetime):
        return value.isoformat()
    text = str(value)
    if kind == "boolean":
        return {"true": "true", "false": ""}.get(text.strip().lower(), text)
    return text if kind in ("text", "list") else text.strip()
