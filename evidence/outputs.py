"""What a person asked for, as files: the evidence tables, an analysis, a comparison.

The rooms that draw and word do not know each other; here their results meet in one folder.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from evidence.errors import ExportError
from evidence.model.records import Records
from evidence.model.results import Analysis
from evidence.present.compare import ComparisonTable


def export(
    records: Records,
    out: Path,
    kind: str,
    *,
    analyses: Sequence[Analysis] = (),
    filters: Mapping[str, str] | None = None,
    snapshot: str | None = None,
) -> list[Path]:
    """Write the evidence tables: `csv` and `parquet` into a folder, a file per table; `xlsx` and `jsonl` as one file.

    Raises
    ------
    ExportError
        If there is no such format, its library is not installed, or the place cannot be written.
    """
    from evidence.present.export import write_all

    if kind == "parquet":
        return _parquet(records, out)
    if kind == "xlsx":
        from evidence.present.workbook import write_xlsx

        return [write_xlsx(records, out, analyses=analyses, filters=filters, snapshot=snapshot)]
    return write_all(records, out, kind)


def _parquet(records: Records, out: Path) -> list[Path]:
    """One Parquet file per table, by pandas."""
    from evidence.present.frames import to_frames

    paths = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for table, frame in to_frames(records).items():
            frame.to_parquet(out / f"{table}.parquet", engine="pyarrow")
            paths.append(out / f"{table}.parquet")
    except ImportError as error:
        raise ExportError(
            "Parquet needs a library that is not installed; install it with: pip install pyarrow"
        ) from error
    except OSError as error:
        raise ExportError(
            f"{out} could not be written: {error.strerror or error}. Give another place with --out."
        ) from error
    return paths


def write_analysis(analysis: Analysis, folder: Path, *, snapshot: str | None = None) -> list[Path]:
    """Write one analysis: forest plot, `pooled.json`, `rows.csv`, `reproduce.R` and `methods.md`.

    `snapshot` names the state of the store the rows were taken from; numbers of the user's own have none.

    Raises
    ------
    ExportError
        If the folder or a file in it cannot be written.
    """
    from evidence.present.forest import write_forest
    from evidence.synthesise import methods_text, pooled_dict, reproduce_r

    figures = pooled_dict(analysis) | {"snapshot": snapshot}
    return [
        *write_forest(analysis, folder),
        _write(folder / "pooled.json", json.dumps(figures, indent=2, ensure_ascii=False) + "\n"),
        _write(folder / "rows.csv", _rows_csv(analysis)),
        _write(folder / "reproduce.R", reproduce_r(analysis)),
        _write(folder / "methods.md", methods_text(analysis)),
    ]


def _rows_csv(analysis: Analysis) -> str:
    from evidence.synthesise import rows_table
    from evidence.synthesise.report import COLUMNS

    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows_table(analysis))
    return text.getvalue()


def write_comparison(table: ComparisonTable, folder: Path) -> list[Path]:
    """Write a comparison table as `comparison.csv`, `.md` and `.html`.

    Raises
    ------
    ExportError
        If the folder or a file in it cannot be written.
    """
    from evidence.present.compare_views import (
        comparison_markdown,
        comparison_page,
        markdown,
        title_of_comparison,
        write_comparison_csv,
    )

    title = markdown(title_of_comparison(table.question))

    return [
        write_comparison_csv(table, folder / "comparison.csv"),
        _write(folder / "comparison.md", f"# {title}\n\n{comparison_markdown(table)}"),
        _write(folder / "comparison.html", comparison_page(table)),
    ]


def _write(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ExportError(
            f"{path} could not be written: {error.strerror or error}. Give another --out folder."
        ) from error
    return path
