"""Which study reports which outcome, and how much of it a person has looked at.

A full circle: every number was accepted, corrected or entered by a person; a half one: some or all stand as they were
extracted; an empty one: no number was found. Rejected numbers count as none.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evidence.model.codes import Outcome, Report, RowStatus
from evidence.model.records import Records
from evidence.model.studies import studies_of_patients, study_labels
from evidence.present import theme
from evidence.present.names import plain
from evidence.present.outcome_words import OUTCOME_WORDS
from evidence.present.shapes import Cell, Circle, Line, Picture, Polygon, Shape, Text
from evidence.present.sheet import Sheet
from evidence.present.wording import DAGGER

_NAME_WIDTH = 52.0
_WIDEST_COLUMN = 12.0
_ROW_PADDING = 1.5
_RADIUS = 1.35
_LOOKED_AT = frozenset({RowStatus.ACCEPTED, RowStatus.CORRECTED, RowStatus.ENTERED})
_CITED = f"{DAGGER} Only as restated by another publication."


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Numbers of one study for one outcome: how many there are, and how many a person has looked at."""

    numbers: int = 0
    looked_at: int = 0

    @property
    def state(self) -> str:
        """The word for its symbol."""
        if not self.numbers:
            return "not reported"
        return "accepted" if self.looked_at == self.numbers else "extracted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageTable:
    """Studies by label, outcomes in the order of their codes, and what there is of each."""

    studies: tuple[tuple[str, str, bool], ...]  # id, label, whether it is only cited
    outcomes: tuple[str, ...]
    cells: dict[tuple[str, str], Coverage]  # by study id and outcome


def coverage_table(records: Records, outcomes: Sequence[str] = ()) -> CoverageTable:
    """Count the numbers of every study of patients, by outcome; without a choice, the outcomes anyone reports."""
    studies = studies_of_patients(records.studies)
    numbers: Counter[tuple[str, str]] = Counter()
    looked_at: Counter[tuple[str, str]] = Counter()
    for row in records.results():
        if row.status is not RowStatus.REJECTED and row.study_id in studies:
            numbers[row.study_id, row.outcome.value] += 1
            looked_at[row.study_id, row.outcome.value] += row.status in _LOOKED_AT
    reported = {outcome for _, outcome in numbers}
    labels = study_labels(studies, studies)
    return CoverageTable(
        studies=tuple(
            (study_id, labels[study_id], studies[study_id].report is Report.CITED)
            for study_id in sorted(studies, key=lambda own: (labels[own].casefold(), own))
        ),
        outcomes=tuple(outcomes) or tuple(code.value for code in Outcome if code.value in reported),
        cells={place: Coverage(numbers=count, looked_at=looked_at[place]) for place, count in numbers.items()},
    )


def coverage_picture(table: CoverageTable) -> Picture:
    """Lay out the matrix; outcomes that have no room side by side go into further blocks."""
    sheet = Sheet("coverage", "Which study reports which outcome")
    if not table.studies or not table.outcomes:
        sheet.paragraph("No study is stored." if not table.studies else "No study reports a number.")
    else:
        sheet.legend(
            [
                (_full, "reported, every number accepted by a person"),
                (_half, "reported, not yet looked at or only in part"),
                (_empty, "not reported"),
            ]
        )
        room = sheet.right - sheet.left - _NAME_WIDTH
        least = theme.line_height(theme.FOOT_SIZE) + 1.0
        per_block = int(room / least)
        width = min(_WIDEST_COLUMN, room / min(per_block, len(table.outcomes)))
        for start in range(0, len(table.outcomes), per_block):
            _block(sheet, table, table.outcomes[start : start + per_block], width)
    notes = [_CITED] if any(cited for *_, cited in table.studies) else []
    if table.studies:
        meant = [f"{code}, {OUTCOME_WORDS[Outcome(code)]}" for code in table.outcomes if Outcome(code) in OUTCOME_WORDS]
        notes += [f"{'; '.join(meant)}."] if meant else []
    sheet.notes(notes)
    return sheet.finish(
        _description(table), ("study", "study_id", "outcome", "state", "numbers", "looked_at"), _rows(table)
    )


def _block(sheet: Sheet, table: CoverageTable, outcomes: Sequence[str], width: float) -> None:
    left = sheet.left + _NAME_WIDTH
    height = max(theme.text_width(plain(outcome), theme.FOOT_SIZE, True) for outcome in outcomes)
    sheet.y += height + 2.0
    for at, outcome in enumerate(outcomes):
        middle = left + (at + 0.5) * width + theme.MIDDLE * theme.FOOT_SIZE * theme.MM_PER_POINT
        sheet.add(Text(x=middle, y=sheet.y, text=plain(outcome), size=theme.FOOT_SIZE, bold=True, turned=True))
    sheet.rule()
    for study_id, label, cited in table.studies:
        lines = sheet.study_name(label or study_id, _NAME_WIDTH - 3.0, mark=DAGGER if cited else "")
        row_height = theme.line_height(theme.TEXT_SIZE) * len(lines) + _ROW_PADDING
        middle = sheet.y + row_height / 2
        sheet.block(sheet.left, middle, lines)
        for at, outcome in enumerate(outcomes):
            draw = {"accepted": _full, "extracted": _half}.get(_cell(table, study_id, outcome).state, _empty)
            sheet.add(*draw(left + (at + 0.5) * width, middle))
        sheet.y += row_height
        sheet.add(
            Line(
                x1=sheet.left,
                y1=sheet.y,
                x2=left + len(outcomes) * width,
                y2=sheet.y,
                width=0.3,
                colour=theme.PALE,
            )
        )


def _cell(table: CoverageTable, study_id: str, outcome: str) -> Coverage:
    return table.cells.get((study_id, outcome), Coverage())


def _full(x: float, y: float) -> Iterable[Shape]:
    return [Circle(x=x, y=y, radius=_RADIUS, fill=theme.DIAMOND, edge=theme.DIAMOND)]


def _half(x: float, y: float) -> Iterable[Shape]:
    arc = [math.radians(90 + 180 * step / 24) for step in range(25)]
    points = tuple((x + _RADIUS * math.cos(angle), y + _RADIUS * math.sin(angle)) for angle in arc)
    return [
        Circle(x=x, y=y, radius=_RADIUS, fill=theme.PAPER, edge=theme.DIAMOND),
        Polygon(points=points, fill=theme.DIAMOND),
    ]


def _empty(x: float, y: float) -> Iterable[Shape]:
    return [Circle(x=x, y=y, radius=_RADIUS, edge="#bbbbbb")]


def _description(table: CoverageTable) -> str:
    sentences = [f"Matrix of {len(table.studies)} studies and {len(table.outcomes)} outcomes."]
    for study_id, label, _ in table.studies:
        states: defaultdict[str, list[str]] = defaultdict(list)
        for outcome in table.outcomes:
            states[_cell(table, study_id, outcome).state].append(outcome)
        said = "; ".join(f"{state}: {', '.join(states[state])}" for state in ("accepted", "extracted") if states[state])
        sentences.append(f"{plain(label)}: {said or 'no outcome reported'}.")
    return " ".join(sentences)


def _rows(table: CoverageTable) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for study_id, label, _ in table.studies:
        for outcome in table.outcomes:
            cell = _cell(table, study_id, outcome)
            rows.append((label, study_id, outcome, cell.state, cell.numbers, cell.looked_at))
    return rows
