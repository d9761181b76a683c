"""How long studies followed their patients, and at which times they report outcomes.

A bar is the median follow-up. Marks stand at the time points of the study's numbers, in a lane and with a symbol for
each kind of outcome; a mark beyond the bar is a number after the median follow-up.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from evidence.model.codes import Outcome, Report, RowStatus
from evidence.model.measures import HARMS, RESPONSES, TIME_TO_EVENT
from evidence.model.records import Records
from evidence.model.studies import studies_of_patients, study_labels
from evidence.model.tables import as_text
from evidence.present import theme
from evidence.present.names import plain
from evidence.present.scales import linear_ticks
from evidence.present.shapes import Cell, Circle, Line, Picture, Polygon, Rectangle, Shape
from evidence.present.sheet import MARGIN, WIDTH, Sheet
from evidence.present.survival_curves import month_ticks
from evidence.present.wording import DAGGER, NOT_REPORTED

_NAME_WIDTH = 52.0
_VALUE_WIDTH = 21.0
_LEFT = MARGIN + _NAME_WIDTH
_RIGHT = WIDTH - MARGIN - _VALUE_WIDTH
_ROW = 7.4
_BAR = 5.8
_SIZE = 0.65  # half of a mark; marks of all kinds have room below one another on a bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Followup:
    """One study's median follow-up and the outcomes it reports by their time, both in months."""

    study_id: str
    label: str
    cited: bool
    months: Decimal | None
    outcomes: tuple[tuple[Decimal, str], ...]  # by time and code, each once


def followups(records: Records) -> tuple[Followup, ...]:
    """Follow-up of every study of patients, the longest first; those that report none stand last."""
    times: defaultdict[str, set[tuple[Decimal, str]]] = defaultdict(set)
    for row in records.results():
        if row.timepoint_months is not None and row.status is not RowStatus.REJECTED:
            times[row.study_id].add((row.timepoint_months, row.outcome.value))
    studies = studies_of_patients(records.studies)
    labels = study_labels(studies, studies)
    found = [
        Followup(
            study_id=study_id,
            label=labels[study_id],
            cited=study.report is Report.CITED,
            months=study.followup_median_months,
            outcomes=tuple(sorted(times[study_id])),
        )
        for study_id, study in studies.items()
    ]
    return tuple(
        sorted(found, key=lambda own: (own.months is None, -(own.months or 0), own.label.casefold(), own.study_id))
    )


def timeline_picture(studies: Sequence[Followup]) -> Picture:
    """Lay out the studies below one another on one axis of months."""
    sheet = Sheet("timeline", "Median follow-up and the times at which outcomes are reported")
    told = [own for own in studies if own.months is not None or own.outcomes]
    if not told:
        sheet.paragraph("No study states its follow-up or the time of an outcome.")
    else:
        sheet.legend([(_bar_symbol, "median follow-up"), *((kind.symbol, kind.name) for kind in _KINDS)])
        last = max(float(time) for own in told for time in (own.months or Decimal(0), *(at for at, _ in own.outcomes)))
        _draw(sheet, told, last)
    notes = []
    silent = [own for own in studies if own not in told]
    if told and silent:
        count = f"{len(silent)} {'study states' if len(silent) == 1 else 'studies state'}"
        notes.append(f"Not drawn: {count} neither a follow-up nor the time of an outcome.")
    if any(own.cited for own in told):
        notes.append(f"{DAGGER} Only as restated by another publication.")
    sheet.notes(notes)
    return sheet.finish(_description(studies), ("study", "study_id", "kind", "months", "outcome"), _rows(studies))


def _draw(sheet: Sheet, studies: Sequence[Followup], last: float) -> None:
    ticks = month_ticks(last) if last >= 3 else linear_ticks(0.0, last or 1.0)
    end = max(last, ticks[-1])
    top = sheet.y + 1.0
    bottom = top + _ROW * len(studies)

    def x(months: float) -> float:
        return _LEFT + months / end * (_RIGHT - _LEFT)

    for tick in ticks:
        sheet.add(Line(x1=x(tick), y1=top, x2=x(tick), y2=bottom, width=0.3, colour=theme.PALE))
    for at, own in enumerate(studies):
        middle = top + (at + 0.5) * _ROW
        mark = DAGGER if own.cited else ""
        sheet.block(sheet.left, middle, sheet.study_name(own.label or own.study_id, _NAME_WIDTH - 3.0, mark=mark))
        if own.months is not None:
            width = x(float(own.months)) - _LEFT
            sheet.add(
                Rectangle(
                    x=_LEFT,
                    y=middle - _BAR / 2,
                    width=width,
                    height=_BAR,
                    fill="#dbe6f0",
                    edge=theme.SUBTOTAL,
                    line_width=0.4,
                )
            )
        value = NOT_REPORTED if own.months is None else f"{as_text(own.months)} mo."
        sheet.text(WIDTH - MARGIN, middle, value, size=theme.FOOT_SIZE, align="right", colour=theme.MUTED)
        for lane, kind in enumerate(_KINDS):
            y = middle + (lane - (len(_KINDS) - 1) / 2) * _BAR / len(_KINDS)
            for months in sorted({time for time, code in own.outcomes if _kind(code) is kind}):
                sheet.add(*kind.symbol(x(float(months)), y))
    sheet.add(Line(x1=_LEFT, y1=top, x2=_LEFT, y2=bottom), Line(x1=_LEFT, y1=bottom, x2=_RIGHT, y2=bottom))
    sheet.axis_below(bottom, [(x(tick), tick) for tick in ticks], (_LEFT + _RIGHT) / 2, "Months")


def _bar_symbol(x: float, y: float) -> Iterable[Shape]:
    return [Rectangle(x=x - 2.0, y=y - 1.2, width=4.0, height=2.4, fill="#dbe6f0", edge=theme.SUBTOTAL, line_width=0.4)]


def _circle(x: float, y: float) -> Iterable[Shape]:
    return [Circle(x=x, y=y, radius=_SIZE, fill=theme.SERIES[0])]


def _square(x: float, y: float) -> Iterable[Shape]:
    return [Rectangle(x=x - _SIZE, y=y - _SIZE, width=2 * _SIZE, height=2 * _SIZE, fill=theme.SERIES[1])]


def _triangle(x: float, y: float) -> Iterable[Shape]:
    points = ((x, y - _SIZE), (x + _SIZE, y + _SIZE), (x - _SIZE, y + _SIZE))
    return [Polygon(points=points, fill=theme.SERIES[2])]


def _rhombus(x: float, y: float) -> Iterable[Shape]:
    points = ((x, y - _SIZE), (x + _SIZE, y), (x, y + _SIZE), (x - _SIZE, y))
    return [Polygon(points=points, fill=theme.PAPER, edge=theme.INK, line_width=0.6)]


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    outcomes: frozenset[Outcome]
    symbol: Callable[[float, float], Iterable[Shape]]


_KINDS = (
    _Kind("survival", TIME_TO_EVENT, _circle),
    _Kind("relapse, mortality, harms", HARMS, _square),
    _Kind("response", RESPONSES, _triangle),
    _Kind("other", frozenset({Outcome.OTHER}), _rhombus),
)


def _kind(code: str) -> _Kind:
    return next((kind for kind in _KINDS if Outcome(code) in kind.outcomes), _KINDS[-1])


def _description(studies: Sequence[Followup]) -> str:
    sentences = [f"Timeline of the follow-up of {len(studies)} studies."]
    for own in studies:
        median = NOT_REPORTED if own.months is None else f"{as_text(own.months)} months"
        times = ", ".join(f"{code} at {as_text(months)}" for months, code in own.outcomes)
        sentences.append(f"{plain(own.label)}: median follow-up {median}{f'; {times} months' if times else ''}.")
    return " ".join(sentences)


def _rows(studies: Sequence[Followup]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for own in studies:
        months = None if own.months is None else as_text(own.months)
        rows.append((own.label, own.study_id, "median_followup", months, None))
        rows += [(own.label, own.study_id, "outcome", as_text(time), code) for time, code in own.outcomes]
    return rows
