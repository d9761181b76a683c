"""The evidence tables as pandas DataFrames. pandas is imported when a frame is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence.model.records import Records
from evidence.model.tables import TABLES, Column, as_text, records_of, to_values

if TYPE_CHECKING:
    import pandas as pd

#: Types that have a missing value, so that "not reported" stays apart from 0, false and "".
_DTYPES = {
    "text": "string",
    "list": "string",
    "integer": "Int64",
    "number": "float64",
    "boolean": "boolean",
    "answer": "boolean",
    "time": "datetime64[ns, UTC]",
}


def to_frames(records: Records) -> dict[str, pd.DataFrame]:
    """One DataFrame per evidence table, named and ordered as the tables are, also where a table is empty.

    Numbers are float64 (nan: not reported), integers Int64, texts and `;`-joined lists string, times UTC.
    """
    import pandas as pd

    frames = {}
    for table, columns in TABLES.items():
        rows = [to_values(record) for record in records_of(records, table)]
        frames[table] = pd.DataFrame(
            {
                column.name: pd.Series([_cell(row[column.name], column) for row in rows], dtype=_DTYPES[column.kind])
                for column in columns
            }
        )
    return frames


def _cell(value: Any, column: Column) -> Any:
    if value is None:
        return None
    if column.kind == "number":
        return float(value)
    if column.kind == "list":
        return as_text(value) or None
    return str(value) if column.kind == "text" else value
