"""Comparison tables for the terminal, a report, a web page and a spreadsheet.

People read "not reported" where a number is absent and "–" where there can be none; CSV leaves both cells empty.
A dagger marks studies that another publication restates.
"""

import csv
import html
from pathlib import Path

from rich.table import Table
from rich.text import Text

from evidence.errors import ExportError
from evidence.model.tables import as_text
from evidence.present.compare import ComparisonRow, ComparisonTable
from evidence.present.wording import DAGGER, NOT_REPORTED, plain

_NONE = "–"
CITED_NOTE = f"{DAGGER} As restated by another publication; the study's own report does not have this number here."
#: Column of the row, head people read.
COLUMNS = (
    ("study", "Study"),
    ("design", "Design"),
    ("population", "Population"),
    ("followup_months", "Follow-up (months)"),
    ("outcome", "Outcome"),
    ("timepoint_months", "Time point (months)"),
    ("arm", "Arm"),
    ("n", "n"),
    ("result", "Result"),
    ("comparator", "Comparator"),
    ("comparator_n", "n"),
    ("comparator_result", "Result"),
    ("effect", "Effect [CI]"),
    ("p", "p"),
)
_MACHINE = ("study_id", "document_id", "cited", "subgroup", "result_ids")


def cells(row: ComparisonRow) -> tuple[str, ...]:
    """The row's texts in the order of `COLUMNS`."""
    return tuple(_text(row, name) for name, _ in COLUMNS)


def comparison_rich(table: ComparisonTable) -> Table:
    """For the terminal, in fewer columns: design under the study, n under the arm, p under the effect.

    Population and follow-up have no room there; `show` and the exports have them.
    """
    view = Table(
        title=plain(table.question.title) or None,
        caption=_caption(table) or None,
        caption_justify="left",
        title_justify="left",
        box=None,
        header_style="bold",
        pad_edge=False,
    )
    for head in ("Study", "Outcome", "Arm", "Result", "Comparator", "Result", "Effect [CI]"):
        view.add_column(head, overflow="fold")
    for row in table.rows:
        shown = dict(zip((name for name, _ in COLUMNS), cells(row), strict=True))
        months = f"{shown['timepoint_months']} months" if row.timepoint_months is not None else ""
        alone = row.comparator is None
        view.add_row(
            _stacked(shown["study"], shown["design"]),
            _stacked(shown["outcome"], months),
            _stacked(shown["arm"], f"n {shown['n']}"),
            _stacked(shown["result"]),
            _stacked(shown["comparator"], "" if alone else f"n {shown['comparator_n']}"),
            _stacked(shown["comparator_result"]),
            _stacked(shown["effect"], "" if alone else f"p {shown['p']}"),
        )
    return view


def _stacked(text: str, below: str = "") -> Text:
    """A text with a dim line below it; "not reported" is dim as well."""
    cell = Text(text, style="dim" if text == NOT_REPORTED else "")
    return cell.append(f"\n{below}", style="dim") if below else cell


def comparison_markdown(table: ComparisonTable) -> str:
    """A Markdown table; ends with a newline."""
    if not table.rows:
        return "No row matched this question.\n"
    lines = [
        "| " + " | ".join(head for _, head in COLUMNS) + " |",
        "|" + " --- |" * len(COLUMNS),
        *("| " + " | ".join(markdown(text) for text in cells(row)) + " |" for row in table.rows),
    ]
    if caption := _caption(table):
        lines += ["", caption]
    return "\n".join(lines) + "\n"


def comparison_html(table: ComparisonTable) -> str:
    """An HTML table with every text escaped; a column head has its scope, the study is the row's head."""
    heads = "".join(f'<th scope="col">{html.escape(head)}</th>' for _, head in COLUMNS)
    body = []
    for row in table.rows:
        study, *others = (html.escape(text) for text in cells(row))
        body.append(f'<tr><th scope="row">{study}</th>{"".join(f"<td>{text}</td>" for text in others)}</tr>')
    note = f"<caption>{html.escape(caption)}</caption>" if (caption := _caption(table)) else ""
    return f"<table>{note}<thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def comparison_rows(table: ComparisonTable) -> tuple[list[str], list[dict[str, object]]]:
    """Column names and rows with values, None for "not reported": what CSV and the workbook write."""
    names = [*(name for name, _ in COLUMNS), *_MACHINE]
    return names, [{name: getattr(row, name) for name in names} for row in table.rows]


def write_comparison_csv(table: ComparisonTable, path: Path) -> Path:
    """Write the table as CSV, UTF-8; an empty cell is "not reported".

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    names, rows = comparison_rows(table)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(names)
            writer.writerows([as_text(row[name]) for name in names] for row in rows)
    except OSError as error:
        raise ExportError(
            f"{path} could not be written: {error.strerror or error}. Give another place with --out."
        ) from error
    return path


def markdown(text: str) -> str:
    """Text of a document inside Markdown: shown as it is, never obeyed."""
    escaped = html.escape(plain(text), quote=False)
    for character in "\\`*_|":
        escaped = escaped.replace(character, f"\\{character}")
    return escaped.replace("](", "]\\(").replace("![", "!\\[")


def _text(row: ComparisonRow, name: str) -> str:
    value = getattr(row, name)
    if name == "study":
        return f"{value} {DAGGER}" if row.cited else str(value)
    if name == "outcome" and row.subgroup:
        return f"{value} ({plain(row.subgroup)})"
    if value is not None:
        return plain(as_text(value)).replace("_", " ") if name == "design" else plain(as_text(value))
    if name == "timepoint_months" or (row.comparator is None and name in ("comparator_n", "comparator_result")):
        return _NONE
    if row.comparator is None and name in ("comparator", "effect", "p"):
        return _NONE
    return NOT_REPORTED


def _caption(table: ComparisonTable) -> str:
    return CITED_NOTE if any(row.cited for row in table.rows) else ""
