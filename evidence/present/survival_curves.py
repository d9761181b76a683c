"""Kaplan-Meier curves of single patients, with the numbers at risk below the times they belong to.

Curves differ by colour and by dashes, and are named where their numbers stand. Patients censored are short upright
marks. A curve ends with its last patient.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from evidence.formulas.survival_curves import SurvivalCurve, survival_quantile
from evidence.present import theme
from evidence.present.names import plain
from evidence.present.scales import linear_ticks
from evidence.present.shapes import Cell, Line, Path, Picture, Polygon, Style
from evidence.present.sheet import MARGIN, WIDTH, Sheet
from evidence.present.wording import number, percent

_STYLES: tuple[Style, ...] = ("solid", "dashed", "dotted", "dashdot")
_HEIGHT = 78.0
_NAME_WIDTH = 40.0
_LEFT = MARGIN + _NAME_WIDTH
_RIGHT = WIDTH - MARGIN - 5.0
#: Distances of times in months, as clinicians count them; beyond the last it is doubled.
_MONTHS = (1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 60.0, 120.0)
_MOST_TICKS = 9
_CENSOR_MARK = 1.2
_BAND_OPACITY = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCurve:
    """The survival of one group, times in months."""

    name: str
    curve: SurvivalCurve


def survival_picture(
    curves: Sequence[NamedCurve],
    *,
    title: str,
    outcome: str = "survival",
    bands: bool = False,
    notes: Sequence[str] = (),
) -> Picture:
    """Lay out the curves of several groups.

    Parameters
    ----------
    curves
        In the order in which they are named.
    title, outcome
        Of the figure, and what the vertical axis counts ("overall survival").
    bands
        Shade the confidence intervals.
    notes
        Sentences below the figure.
    """
    sheet = Sheet("curves", title)
    drawn = [own for own in curves if own.curve.time]
    if not drawn:
        sheet.paragraph("No group has a patient with a time.")
    else:
        last = max(own.curve.time[-1] for own in drawn)
        ticks = month_ticks(last)
        _draw(sheet, drawn, ticks, max(last, ticks[-1]), outcome, bands=bands)
    marks = ["Upright marks: patients censored."] if any(any(own.curve.n_censored) for own in drawn) else []
    if bands and drawn:
        marks.append(f"Shaded: {percent(drawn[0].curve.level)} confidence intervals ({drawn[0].curve.interval}).")
    sheet.notes([*_medians(drawn), *marks, *notes])
    return sheet.finish(
        _description(title, drawn, notes),
        ("group", "time_months", "at_risk", "events", "censored", "survival", "ci_low", "ci_high"),
        _rows(drawn),
    )


def month_ticks(last: float) -> tuple[float, ...]:
    """Times from 0 on to the last, at distances of months or years; of less than three months, round numbers."""
    if last < 3:
        return linear_ticks(0.0, last) if last > 0 else (0.0,)
    step = next((step for step in _MONTHS if last / step < _MOST_TICKS), _MONTHS[-1])
    while last / step >= _MOST_TICKS:
        step *= 2
    return tuple(index * step for index in range(int(last / step) + 1))


def at_risk(curve: SurvivalCurve, time: float) -> int:
    """Patients still followed just before a time."""
    return next((n for at, n in zip(curve.time, curve.n_risk, strict=True) if at >= time), 0)


def steps(curve: SurvivalCurve, values: Sequence[float | None]) -> list[tuple[float, float]]:
    """Corners of a step curve from 1 at time 0; it ends where a value is not defined."""
    corners, height = [(0.0, 1.0)], 1.0
    for time, value in zip(curve.time, values, strict=True):
        corners.append((time, height))
        if value is None:
            break
        height = value
        corners.append((time, height))
    return corners


def _draw(
    sheet: Sheet, curves: Sequence[NamedCurve], ticks: Sequence[float], end: float, outcome: str, *, bands: bool
) -> None:
    sheet.y += theme.line_height(theme.FOOT_SIZE)
    words = theme.ellipsise(plain(f"{outcome[:1].upper()}{outcome[1:]} (%)"), WIDTH - _LEFT, theme.FOOT_SIZE)
    sheet.text(_LEFT - 9.0, sheet.y - 2.0, words, size=theme.FOOT_SIZE, colour=theme.MUTED)
    top = sheet.y + 1.5
    bottom = top + _HEIGHT

    def x(time: float) -> float:
        return _LEFT + (time / end if end > 0 else 0.0) * (_RIGHT - _LEFT)

    def y(survival: float) -> float:
        return bottom - survival * _HEIGHT

    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        if share:
            sheet.add(Line(x1=_LEFT, y1=y(share), x2=_RIGHT, y2=y(share), width=0.3, colour=theme.PALE))
        sheet.add(Line(x1=_LEFT - 1.2, y1=y(share), x2=_LEFT, y2=y(share)))
        sheet.text(_LEFT - 1.8, y(share), f"{100 * share:g}", size=theme.FOOT_SIZE, align="right")
    if bands:
        for index, own in enumerate(curves):
            low = [(x(time), y(value)) for time, value in steps(own.curve, own.curve.ci_low)]
            high = [(x(time), y(value)) for time, value in steps(own.curve, own.curve.ci_high)]
            sheet.add(Polygon(points=(*low, *reversed(high)), fill=_colour(index), opacity=_BAND_OPACITY))
    for index, own in enumerate(curves):
        points = tuple((x(time), y(value)) for time, value in steps(own.curve, own.curve.survival))
        sheet.add(Path(points=points, colour=_colour(index), style=_style(index), width=1.3))
        for time, survival, censored in zip(own.curve.time, own.curve.survival, own.curve.n_censored, strict=True):
            if censored:
                upper, lower = max(top, y(survival) - _CENSOR_MARK), y(survival) + _CENSOR_MARK / 2
                sheet.add(Line(x1=x(time), y1=upper, x2=x(time), y2=lower, colour=_colour(index)))
    sheet.add(Line(x1=_LEFT, y1=top, x2=_LEFT, y2=bottom), Line(x1=_LEFT, y1=bottom, x2=_RIGHT, y2=bottom))
    sheet.axis_below(bottom, [(x(tick), tick) for tick in ticks], (_LEFT + _RIGHT) / 2, "Months")
    sheet.y += 0.5
    _numbers_at_risk(sheet, curves, [(tick, x(tick)) for tick in ticks])


def _numbers_at_risk(sheet: Sheet, curves: Sequence[NamedCurve], ticks: Sequence[tuple[float, float]]) -> None:
    """A row per group under its line and name; numbers that would touch stand at every second time and so on."""
    sheet.text(sheet.left, sheet.y, "At risk", size=theme.FOOT_SIZE, bold=True)
    sheet.y += theme.line_height(theme.FOOT_SIZE) / 2 + 0.4
    widest = max(theme.text_width(str(own.curve.n), theme.FOOT_SIZE) for own in curves) + 1.0
    apart = min((after - before for (_, before), (_, after) in pairwise(ticks)), default=widest)
    every = max(1, -int(-widest // apart))
    for index, own in enumerate(curves):
        lines = theme.wrap(plain(own.name) or "not named", _NAME_WIDTH - 18.0, theme.FOOT_SIZE, lines=2)
        height = theme.line_height(theme.FOOT_SIZE) * len(lines) + 0.6
        middle = sheet.y + height / 2
        sheet.add(
            Line(
                x1=sheet.left,
                y1=middle,
                x2=sheet.left + 7.0,
                y2=middle,
                width=1.3,
                style=_style(index),
                colour=_colour(index),
            )
        )
        sheet.block(sheet.left + 8.5, middle, lines, size=theme.FOOT_SIZE)
        for tick, place in ticks[::every]:
            sheet.text(place, middle, str(at_risk(own.curve, tick)), size=theme.FOOT_SIZE, align="center")
        sheet.y += height


def _colour(index: int) -> str:
    return theme.SERIES[index % len(theme.SERIES)]


def _style(index: int) -> Style:
    # Seven colours and four dashes have no common divisor: 28 groups look different.
    return _STYLES[index % len(_STYLES)]


def _medians(curves: Sequence[NamedCurve]) -> Iterator[str]:
    for own in curves:
        found = survival_quantile(own.curve)
        shown = [
            "not reached" if value is None else number(value, 1) for value in (found.value, found.ci_low, found.ci_high)
        ]
        yield (
            f"{plain(own.name) or 'not named'}: {own.curve.events} {'event' if own.curve.events == 1 else 'events'} in "
            f"{own.curve.n} {'patient' if own.curve.n == 1 else 'patients'}, median {shown[0]}"
            f"{'' if found.value is None else ' months'} ({percent(own.curve.level)} CI {shown[1]} to {shown[2]})."
        )


def _description(title: str, curves: Sequence[NamedCurve], notes: Sequence[str]) -> str:
    return " ".join([f"Kaplan-Meier curves. {title}.", *_medians(curves), *notes])


def _rows(curves: Sequence[NamedCurve]) -> Iterator[tuple[Cell, ...]]:
    for own in curves:
        curve = own.curve
        columns = (
            curve.time,
            curve.n_risk,
            curve.n_event,
            curve.n_censored,
            curve.survival,
            curve.ci_low,
            curve.ci_high,
        )
        for row in zip(*columns, strict=True):
            yield (own.name, *row)
