"""Comparison tables for the terminal, a report in Markdown and a spreadsheet; `side_by_side.py` has them for paper.

People read "not reported" where a number is absent and "–" where there can be none; CSV leaves both cells empty.
A dagger marks studies that another publication restates.
"""

import csv
import html
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from evidence.errors import ExportError
from evidence.model.question import Question
from evidence.model.tables import as_text
from evidence.present.compare import ComparisonRow, ComparisonTable
from evidence.present.names import arm_text, months_text, plain, shortened
from evidence.present.wording import DAGGER, NOT_REPORTED

_NONE = "–"
CITED_NOTE = f"{DAGGER} As restated by another publication; the study's own report does not have this number here."
NOTHING = "No row matched this question."
#: Characters of a study's name in a table of results; the table of studies has it whole.
_NAME_WIDTH = 48
#: Heads of the table that says what each study is, and of those with its results, one per outcome.
STUDY_HEADS = ("Study", "Year", "Design", "Population", "Follow-up (months)")
RESULT_HEADS = ("Study", "Time", "Arm (n)", "Result", "Comparator (n)", "Result", "Effect [CI]", "p")
#: What CSV and the workbook have: everything, as values.
_COLUMNS = (
    "study year design population followup_months outcome timepoint_months arm n result comparator comparator_n "
    "comparator_result effect p study_id document_id cited subgroup result_ids rate median comparator_rate "
    "comparator_median"
).split()


def study_cells(row: ComparisonRow) -> tuple[str, ...]:
    """What is known of the row's study, in the order of `STUDY_HEADS`."""
    design = plain(row.design).replace("_", " ") if row.design else NOT_REPORTED
    known = (row.year, row.population, row.followup_months)
    year, population, followup = (NOT_REPORTED if value is None else plain(as_text(value)) for value in known)
    return _marked(row, row.study), year, design, population, followup


def result_cells(row: ComparisonRow) -> tuple[str, ...]:
    """The row's results in the order of `RESULT_HEADS`."""
    alone = row.comparator is None
    time = _NONE if row.timepoint_months is None else months_text(row.timepoint_months)
    return (
        _marked(row, shortened(row.study, _NAME_WIDTH)),
        f"{time} ({plain(row.subgroup)})" if row.subgroup else time,
        _arm(row.arm, row.n),
        row.result or NOT_REPORTED,
        _NONE if row.comparator is None else _arm(row.comparator, row.comparator_n),
        _NONE if alone else row.comparator_result or NOT_REPORTED,
        row.effect or (_NONE if alone else NOT_REPORTED),
        row.p or (_NONE if alone else NOT_REPORTED),
    )


def by_outcome(table: ComparisonTable) -> dict[str, list[ComparisonRow]]:
    """The rows of each outcome, in their order."""
    outcomes: dict[str, list[ComparisonRow]] = {}
    for row in table.rows:
        outcomes.setdefault(row.outcome, []).append(row)
    return outcomes


def comparison_rich(table: ComparisonTable) -> Table:
    """For the terminal, in fewer columns: design and follow-up under the study, time under outcome, p under effect.

    The population has no room there; the files and the exports have it.
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
        study, time, _, result, _, other, effect, p = result_cells(row)
        alone = row.comparator is None
        view.add_row(
            _stacked(study, _design_and_followup(row)),
            _stacked(row.outcome, "" if time == _NONE else time),
            _stacked(arm_text(row.arm), f"n {_counted(row.n)}"),
            _stacked(result),
            _stacked(_NONE)
            if row.comparator is None
            else _stacked(arm_text(row.comparator), f"n {_counted(row.comparator_n)}"),
            _stacked(other),
            _stacked(effect, "" if alone else f"p {p}"),
        )
    return view


def _design_and_followup(row: ComparisonRow) -> str:
    _, _, design, _, followup = study_cells(row)
    return f"{design}, follow-up {followup}{'' if row.followup_months is None else ' months'}"


def _arm(label: str, n: int | None) -> str:
    """An arm with its size: "gilteritinib (n = 247)"."""
    return f"{arm_text(label)} ({'n = ' if n is not None else 'n '}{_counted(n)})"


def _counted(n: int | None) -> str:
    return NOT_REPORTED if n is None else str(n)


def _marked(row: ComparisonRow, name: str) -> str:
    return f"{name} {DAGGER}" if row.cited else name


def _stacked(text: str, below: str = "") -> Text:
    """A text with a dim line below it; "not reported" is dim as well."""
    cell = Text(text, style="dim" if text == NOT_REPORTED else "")
    return cell.append(f"\n{below}", style="dim") if below else cell


def comparison_markdown(table: ComparisonTable) -> str:
    """Markdown: a table of the studies, then the results of each outcome under its heading; ends with a newline."""
    if not table.rows:
        return f"{NOTHING}\n"
    parts = [_markdown_table(STUDY_HEADS, _studies(table))]
    for outcome, rows in by_outcome(table).items():
        parts += [f"### {markdown(outcome)}", _markdown_table(RESULT_HEADS, map(result_cells, rows))]
    if caption := _caption(table):
        parts.append(caption)
    return "\n\n".join(parts) + "\n"


def _markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(map(markdown, cells)) + " |" for cells in rows])


def title_of_comparison(question: Question) -> str:
    """The question's title, else its outcomes."""
    return plain(question.title) or f"{', '.join(question.outcome)} compared"


def _studies(table: ComparisonTable) -> list[tuple[str, ...]]:
    """Each study of the table once, oldest first; those without a year stand last. Marked where it is cited alone."""
    rows = sorted(table.rows, key=lambda row: (row.cited, row.year is None, row.year or 0, row.study.casefold()))
    first: dict[str, ComparisonRow] = {}
    for row in rows:
        first.setdefault(row.study_id, row)
    ordered = sorted(first.values(), key=lambda row: (row.year is None, row.year or 0, row.study.casefold()))
    return [study_cells(row) for row in ordered]


def comparison_rows(table: ComparisonTable) -> tuple[list[str], list[dict[str, object]]]:
    """Column names and rows with values, None for "not reported": what CSV and the workbook write."""
    return _COLUMNS, [{name: getattr(row, name) for name in _COLUMNS} for row in table.rows]


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


def _caption(table: ComparisonTable) -> str:
    return CITED_NOTE if any(row.cited for row in table.rows) else ""
