"""Comparison tables as a guideline panel lays them out: one per outcome, randomized trials first, arms side by side.

What a study reports of two arms stands in one row: rates with the time they are for, medians, the comparison and its p.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from evidence.model.codes import Design
from evidence.model.measures import TIME_TO_EVENT
from evidence.model.tables import as_text
from evidence.present.compare import ComparisonRow, ComparisonTable
from evidence.present.compare_views import CITED_NOTE, NOTHING, by_outcome, title_of_comparison
from evidence.present.html_page import html_page
from evidence.present.names import arm_text, plain, shortened
from evidence.present.outcome_words import outcome_words
from evidence.present.paper import PaperRow, PaperTable, columns, papers_html, stacked
from evidence.present.references import References
from evidence.present.wording import DAGGER, NOT_REPORTED

_NONE = "–"
_COLUMNS = columns(
    ("Study", 32),
    ("Design", 28),
    ("Arm (n)", 28),
    ("Rate [CI]", 30),
    ("Median [CI]", 24),
    ("Comparator (n)", 28),
    ("Rate [CI]", 30),
    ("Median [CI]", 24),
    ("Effect [CI]", 32),
    ("p", 20),
)
#: Columns of medians, and of comparators: left out where nothing could stand in any of their cells.
_MEDIANS, _COMPARATORS = (4, 7), (5, 6, 7, 8, 9)
#: Groups of designs in the order of a guideline's tables, each with its heading.
_GROUPS: tuple[tuple[str, frozenset[str | None]], ...] = (
    ("Randomized trials", frozenset({Design.RANDOMIZED})),
    ("Prospective cohorts", frozenset({Design.COHORT_PROSPECTIVE})),
    ("Retrospective cohorts", frozenset({Design.COHORT_RETROSPECTIVE})),
    ("Single-arm studies", frozenset({Design.SINGLE_ARM})),
    ("Other designs, or design not reported", frozenset({Design.REVIEW, Design.PRECLINICAL, Design.OTHER, None})),
)
_NAME_WIDTH = 80
_ARM_WIDTH = 60
_KEY = f"{NOT_REPORTED[0].upper()}{NOT_REPORTED[1:]}: no document that was read says it; {_NONE}: there can be none."


@dataclass(slots=True)
class _Block:
    """The rows of one study, outcome, subgroup and pair of arms, at all their times."""

    first: ComparisonRow
    rows: list[ComparisonRow] = field(default_factory=list)


def side_by_side(table: ComparisonTable, references: References | None = None) -> tuple[PaperTable, ...]:
    """One table for each outcome of a comparison, in each group of designs the studies that compare arms first.

    `references` numbers the documents; by default those of the table alone.
    """
    known = references or References(table.documents)
    title = title_of_comparison(table.question)
    return tuple(_outcome_table(title, outcome, rows, known) for outcome, rows in by_outcome(table).items())


def side_by_side_html(table: ComparisonTable) -> str:
    """The tables and the documents they are from as an HTML fragment."""
    if not table.rows:
        return f"<p>{NOTHING}</p>"
    references = References(table.documents)
    tables = side_by_side(table, references)
    return papers_html(tables, references.listed())


def side_by_side_page(table: ComparisonTable) -> str:
    """The same as a page of its own, which needs no other file."""
    return html_page(title_of_comparison(table.question), side_by_side_html(table))


def _outcome_table(title: str, outcome: str, rows: Sequence[ComparisonRow], references: References) -> PaperTable:
    blocks = _blocks(rows)
    lines: list[PaperRow] = []
    for heading, designs in _GROUPS:
        members = [block for block in blocks if (block.first.design or None) in designs]
        if members:
            lines.append(PaperRow(cells=(heading,), heading=True))
            members.sort(key=lambda block: block.first.comparator is None)
            lines += [_row(block, references) for block in members]
    shown = _shown_columns(outcome, rows)
    cited = any(row.cited for row in rows)
    return PaperTable(
        caption=f"{title}: {outcome_words(outcome)}",
        columns=tuple(_COLUMNS[at] for at in shown),
        rows=tuple(
            line if line.heading else replace(line, cells=tuple(line.cells[at] for at in shown)) for line in lines
        ),
        notes=(*((CITED_NOTE,) if cited else ()), _KEY),
    )


def _shown_columns(outcome: str, rows: Sequence[ComparisonRow]) -> list[int]:
    """All columns, but no medians of what is no time and has none, and no comparators where every study has one arm."""
    hidden: set[int] = set()
    if outcome not in TIME_TO_EVENT and not any(row.median or row.comparator_median for row in rows):
        hidden.update(_MEDIANS)
    if all(row.comparator is None for row in rows):
        hidden.update(_COMPARATORS)
    return [at for at in range(len(_COLUMNS)) if at not in hidden]


def _blocks(rows: Iterable[ComparisonRow]) -> list[_Block]:
    """Rows that differ in nothing but their time, in the order of the first of each."""
    blocks: dict[tuple[object, ...], _Block] = {}
    for row in rows:
        key = (row.study_id, row.document_id, row.subgroup, row.arm, row.n, row.comparator, row.comparator_n)
        blocks.setdefault(key, _Block(row)).rows.append(row)
    return list(blocks.values())


def _row(block: _Block, references: References) -> PaperRow:
    first, rows = block.first, block.rows
    alone = first.comparator is None
    followup = as_text(first.followup_months)
    name = shortened(plain(first.study), _NAME_WIDTH) + (f" {DAGGER}" if first.cited else "")
    return PaperRow(
        cells=(
            f"{name} {references.mark((first.document_id,))}".strip(),
            stacked(
                plain(first.design).replace("_", " ") if first.design else "design not reported",
                f"follow-up {followup} months" if followup else "follow-up not reported",
            ),
            stacked(_arm(first.arm, first.n), f"({plain(first.subgroup)})" if first.subgroup else None),
            _timed(rows, "rate"),
            _timed(rows, "median"),
            _NONE if first.comparator is None else _arm(first.comparator, first.comparator_n),
            _NONE if alone else _timed(rows, "comparator_rate"),
            _NONE if alone else _timed(rows, "comparator_median"),
            _NONE if alone else _timed(rows, "effect"),
            _NONE if alone else _timed(rows, "p"),
        ),
        result_ids=tuple(dict.fromkeys(name for row in rows for name in row.result_ids)),
    )


def _arm(label: str, n: int | None) -> str:
    return f"{shortened(arm_text(label), _ARM_WIDTH)} ({'n not reported' if n is None else f'n = {n}'})"


def _timed(rows: Iterable[ComparisonRow], what: str) -> str:
    """What the rows say, each with its time where it has one: "37.1% at 12 months"."""
    texts = []
    for row in rows:
        text = getattr(row, what)
        if text is not None:
            when = "" if row.timepoint_months is None else f" at {as_text(row.timepoint_months)} months"
            texts.append(f"{text}{when}")
    return "\n".join(dict.fromkeys(texts)) or NOT_REPORTED
