"""The evidence tables as files: CSV, JSON lines, Parquet, a spreadsheet (`workbook.py`) and more (`interchange.py`).

CSV is what programs read back: every text stands verbatim, so that a quote still equals the document's text at its
offsets. A cell that begins with `=`, `+`, `-` or `@` is therefore not altered here. People who want to open the tables
in a spreadsheet program take the workbook, where text is typed as text and never becomes a formula.
"""

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from evidence.errors import ExportError
from evidence.model.decisions import Decision
from evidence.model.dual import Agreement, Reading
from evidence.model.records import Records
from evidence.model.results import Analysis
from evidence.model.tables import TABLES, as_text, records_of, to_row, to_values
from evidence.present.agreement import AGREEMENT, READINGS, agreement_rows, reading_rows
from evidence.present.compare import ComparisonTable

FORMATS = ("csv", "jsonl", "xlsx", "docx", "parquet", "ris", "revman", "robvis", "metafor")


def write_all(
    records: Records,
    path: Path,
    format: str,  # noqa: A002 - the option's name
    *,
    analyses: Sequence[Analysis] = (),
    tables: Sequence[ComparisonTable] = (),
    filters: Mapping[str, str] | None = None,
    snapshot: str | None = None,
    decisions: Sequence[Decision] = (),
    agreements: Sequence[Agreement] = (),
    readings: Sequence[Reading] = (),
) -> list[Path]:
    """Write the tables in one format: `csv`, `parquet` and `revman` into the folder `path`, the others as a file.

    `analyses`, `tables`, `filters`, `snapshot` and `decisions` are told by the workbook alone; `agreements` and
    `readings` of finished dual reviews by it and by csv. `metafor` and `docx`
    need what other rooms compute; `evidence.outputs` writes them.

    Raises
    ------
    ExportError
        If the format is not known or the place cannot be written.
    """
    if format == "csv":
        return [*write_csv(records, path), *_write_dual(agreements, readings, path)]
    if format == "jsonl":
        return [write_jsonl(records, path)]
    if format == "xlsx":
        from evidence.present.workbook import write_xlsx

        return [
            write_xlsx(
                records,
                path,
                analyses=analyses,
                tables=tables,
                filters=filters,
                snapshot=snapshot,
                decisions=decisions,
                agreements=agreements,
                readings=readings,
            )
        ]
    if format == "parquet":
        return write_parquet(records, path)
    if format in ("ris", "revman", "robvis"):
        from evidence.present.interchange import write_revman, write_ris, write_robvis

        writers = {"revman": write_revman, "robvis": write_robvis}
        return writers[format](records, path) if format in writers else [write_ris(records, path)]
    raise ExportError(f"There is no export format {format!r}; choose one of {', '.join(FORMATS)}.")


def write_csv(records: Records, folder: Path) -> list[Path]:
    """Write one UTF-8 file per table, `documents.csv` to `flags.csv`, into the folder, which is made if absent.

    Texts are verbatim (see the module); empty is "not reported"; numbers have the digits the document prints.

    Raises
    ------
    ExportError
        If a file cannot be written.
    """
    paths = []
    for table, columns in TABLES.items():
        path = folder / f"{table}.csv"
        names = [column.name for column in columns]

        def lines(file: Any, table: str = table, names: list[str] = names) -> None:
            writer = csv.DictWriter(file, names)  # lines end in CR LF, so that a lone CR in a quote is quoted too
            writer.writeheader()
            writer.writerows(to_row(record) for record in records_of(records, table))

        _write(path, lines)
        paths.append(path)
    return paths


def _write_dual(agreements: Sequence[Agreement], readings: Sequence[Reading], folder: Path) -> list[Path]:
    """`agreement.csv` and `readings.csv`, where a dual review is finished."""
    if not readings:
        return []
    told = (
        ("agreement", AGREEMENT, agreement_rows(agreements)),
        ("readings", READINGS, reading_rows(readings)),
    )
    return [
        write_rows([name for name, _, _ in columns], rows, folder / f"{table}.csv") for table, columns, rows in told
    ]


def write_rows(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], path: Path) -> Path:
    """Write rows as CSV; computed figures with four decimals, empty where there is none.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """

    def lines(file: Any) -> None:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([_figure(row[name]) for name in columns] for row in rows)

    _write(path, lines)
    return path


def write_jsonl(records: Records, path: Path) -> Path:
    """Write one JSON object per row, its table under "record"; numbers are JSON numbers with the digits printed.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """

    def lines(file: Any) -> None:
        for table in TABLES:
            for record in records_of(records, table):
                file.write(json_line({"record": table, **to_values(record)}) + "\n")

    _write(path, lines)
    return path


def write_parquet(records: Records, folder: Path) -> list[Path]:
    """Write one Parquet file per table, typed as in `to_frames`.

    Raises
    ------
    ExportError
        If a file cannot be written.
    """
    from evidence.present.frames import to_frames

    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for table, frame in to_frames(records).items():
            paths.append(folder / f"{table}.parquet")
            frame.to_parquet(paths[-1], engine="pyarrow")
    except OSError as error:
        raise ExportError(
            f"{folder} could not be written: {error.strerror or error}. Give another place with --out."
        ) from error
    return paths


def json_line(row: Mapping[str, Any]) -> str:
    """One row as a JSON object; a Decimal keeps its trailing zeros, which `json` alone would drop."""
    return "{" + ", ".join(f"{json.dumps(name)}: {_json(value)}" for name, value in row.items()) + "}"


def _json(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else "null"
    if value is None or isinstance(value, bool | int | float | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return json_line(value)
    if isinstance(value, tuple | list):
        return json.dumps([str(part) for part in value], ensure_ascii=False)
    return json.dumps(as_text(value), ensure_ascii=False)


def _figure(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else as_text(value)


def _write(path: Path, lines: Callable[[Any], None]) -> None:
    """Write beside the target and put it in place when whole, so that no half-written table is ever found."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("w", encoding="utf-8", newline="") as file:
                lines(file)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise ExportError(
            f"{path} could not be written: {error.strerror or error}. Give another place with --out."
        ) from error
