"""A funnel plot: are small studies different? Effect against standard error, most precise studies on top.

Grey areas tell how unlikely an estimate is if there is no effect (p = .10, .05, .01 about the null), so that one sees
whether what seems to be missing would have been non-significant; the dashed lines hold 95 % of the studies if all
estimate one effect and differ by chance alone. Proportions of single arms stand against their number of patients:
their standard error depends on the proportion itself, which makes a funnel lopsided without any bias (Hunter et al.
2014, J Clin Epidemiol 67:897-903).

Contours: Peters et al. 2008, J Clin Epidemiol 61:991-996; pseudo-confidence limits: Sterne & Egger 2001, J Clin
Epidemiol 54:1046-1055.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evidence.formulas.intervals import normal_quantile
from evidence.model.results import Analysis, StudyEstimate
from evidence.present import theme
from evidence.present.names import plain
from evidence.present.scales import Scale, linear_ticks, log_ticks, scale_of
from evidence.present.shapes import Cell, Circle, Line, Picture, Polygon, Rectangle, Shape, Style
from evidence.present.sheet import MARGIN, WIDTH, Sheet, Symbol
from evidence.present.wording import estimate_text, natural, number, percent, title_of

#: Two-sided p of each contour from outside to inside, the grey inside it, and its line.
_CONTOURS: tuple[tuple[float, str, Style], ...] = (
    (0.01, "#e2e2e2", "dotted"),
    (0.05, "#c8c8c8", "dashed"),
    (0.10, theme.PAPER, "solid"),
)
_OUTSIDE = "#f4f4f4"
_AREAS = ((theme.PAPER, "p > .10"), ("#c8c8c8", ".05 < p < .10"), ("#e2e2e2", ".01 < p < .05"), (_OUTSIDE, "p < .01"))
_HEIGHT = 88.0
_LEFT = MARGIN + 15.0
_RIGHT = WIDTH - MARGIN - 6.0
_RADIUS = 1.1
#: Room between the outermost point and the frame, as a share of the axis.
_ROOM = 0.06
_COLUMNS = ("study", "kind", "estimate", "y", "se", "n")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledStudies:
    """Studies that trim and fill supposes to be missing: effects and standard errors on the scale of analysis."""

    y: tuple[float, ...]
    se: tuple[float, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    """The frame and how values are placed in it: an effect along it, a standard error (or a number) down or up."""

    top: float
    low: float
    high: float
    deepest: float  # the other end of the vertical axis, which begins at 0
    upwards: bool = False  # numbers of patients grow upwards, standard errors downwards

    @property
    def bottom(self) -> float:
        return self.top + _HEIGHT

    def x(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return _LEFT + min(1.0, max(0.0, share)) * (_RIGHT - _LEFT)

    def y(self, value: float) -> float:
        share = min(1.0, value / self.deepest)
        return self.bottom - share * _HEIGHT if self.upwards else self.top + share * _HEIGHT

    def side(self, centre: float, z: float) -> tuple[float, float]:
        """Where the line of z standard errors from a centre leaves the frame."""
        end = self.high if z > 0 else self.low
        depth = min(self.deepest, (end - centre) / z)
        return self.x(centre + z * depth), self.y(depth)

    def cone(self, centre: float, z: float) -> tuple[tuple[float, float], ...]:
        """The area within z standard errors of a centre, cut at the frame."""
        right, left = self.side(centre, z), self.side(centre, -z)
        return (self.x(centre), self.top), right, (right[0], self.bottom), (left[0], self.bottom), left


def funnel_picture(
    analysis: Analysis, *, filled: FilledStudies | None = None, asymmetry: Sequence[str] = ()
) -> Picture:
    """Funnel plot of one analysis.

    Parameters
    ----------
    analysis : Analysis
        Its pooled estimate is the middle of the funnel; without one there is only the null.
    filled : FilledStudies, optional
        Drawn hollow; not for proportions.
    asymmetry : sentences
        What tests of asymmetry found, or why there is none.
    """
    scale = scale_of(analysis)
    sheet = Sheet("funnel", f"Funnel plot. {title_of(analysis)}")
    shown = [row for row in analysis.estimates if _placeable(row, scale)]
    if not shown:
        sheet.paragraph("No study has an estimate that can be drawn.")
    elif scale.percent:
        _against_patients(sheet, analysis, shown, scale)
    else:
        _against_errors(sheet, analysis, shown, scale, filled)
    notes = [plain(sentence) for sentence in asymmetry]
    lost = len(analysis.estimates) - len(shown)
    if lost:
        what = "number of patients" if scale.percent else "finite standard error"
        notes.append(f"Not drawn, having no {what}: {lost} of {len(analysis.estimates)} studies.")
    if filled is not None and not scale.percent:
        notes.append(filled.note)
    sheet.notes(notes)
    return sheet.finish(_description(analysis, shown, scale, notes), _COLUMNS, _rows(analysis, scale, filled))


def _placeable(row: StudyEstimate, scale: Scale) -> bool:
    if scale.percent:
        return bool(row.arm.n) and math.isfinite(row.estimate)
    return math.isfinite(row.y) and math.isfinite(row.v) and row.v > 0


def _against_errors(
    sheet: Sheet, analysis: Analysis, shown: Sequence[StudyEstimate], scale: Scale, filled: FilledStudies | None
) -> None:
    pooled = analysis.pooled
    points = [(row.y, math.sqrt(row.v)) for row in shown]
    hollow = list(zip(filled.y, filled.se, strict=True)) if filled else []
    unit = 1.0 if scale.log else scale.natural(1.0)  # risk differences are shown in percentage points
    depth_ticks, depth = _axis_to(max(se for _, se in points + hollow) * unit)
    deepest = depth / unit
    z = normal_quantile(pooled.level) if pooled else 0.0
    reach = [0.0, *(y for y, _ in points + hollow)]
    if pooled:
        reach += [pooled.mu - z * deepest, pooled.mu + z * deepest]
    room = _ROOM * (max(reach) - min(reach) or 1.0)
    _legend(sheet, pooled.level if pooled else None, hollow=bool(hollow))
    _heading(sheet, f"Standard error of {f'log {scale.short}' if scale.log else scale.short}")
    plot = _Plot(top=sheet.y, low=min(reach) - room, high=max(reach) + room, deepest=deepest)
    _frame(sheet, plot, _OUTSIDE)
    for p, grey, style in _CONTOURS:
        reach_of_p = normal_quantile(100 * (1 - p))
        sheet.add(Polygon(points=plot.cone(0.0, reach_of_p), fill=grey))
        sheet.add(*_sides(plot, 0.0, reach_of_p, style, 0.5, theme.MUTED))
    sheet.add(Line(x1=plot.x(0.0), y1=plot.top, x2=plot.x(0.0), y2=plot.bottom))
    if pooled:
        sheet.add(_middle(plot, pooled.mu), *_sides(plot, pooled.mu, z, "dashed", 0.9, theme.DIAMOND))
    for y, se in hollow:
        sheet.add(*_hollow(plot.x(y), plot.y(se)))
    for y, se in points:
        sheet.add(*_point(plot.x(y), plot.y(se)))
    _axes(sheet, plot, [(tick / unit, tick) for tick in depth_ticks])
    if scale.log:
        places = [(math.log(tick), tick) for tick in log_ticks(math.exp(plot.low), math.exp(plot.high))]
    else:
        places = [(tick / unit, tick) for tick in linear_ticks(plot.low * unit, plot.high * unit)]
    _below(sheet, plot, places, scale)


def _against_patients(sheet: Sheet, analysis: Analysis, shown: Sequence[StudyEstimate], scale: Scale) -> None:
    """Proportion against number of patients: neither contours nor a funnel."""
    ticks, deepest = _axis_to(float(max(row.arm.n or 0 for row in shown)))
    entries: list[tuple[Symbol, str]] = [(_point, "Study")]
    if analysis.pooled:
        entries.append((_line_symbol("dotted", theme.DIAMOND), "Pooled estimate"))
    sheet.legend(entries)
    _heading(sheet, "Patients")
    plot = _Plot(top=sheet.y, low=-3.0, high=103.0, deepest=deepest, upwards=True)
    _frame(sheet, plot, theme.PAPER)
    if analysis.pooled:
        sheet.add(_middle(plot, scale.natural(analysis.pooled.mu)))
    for row in shown:
        sheet.add(*_point(plot.x(row.estimate), plot.y(float(row.arm.n or 0))))
    _axes(sheet, plot, [(tick, tick) for tick in ticks])
    _below(sheet, plot, [(tick, tick) for tick in linear_ticks(0.0, 100.0)], scale)


def _axis_to(value: float) -> tuple[tuple[float, ...], float]:
    """Round ticks from 0 to the first at or beyond a value, and that last one."""
    ticks = linear_ticks(0.0, value)
    step = ticks[1] - ticks[0]
    end = math.ceil(value * 1.02 / step) * step
    return linear_ticks(0.0, end), end


def _legend(sheet: Sheet, level: float | None, *, hollow: bool) -> None:
    entries: list[tuple[Symbol, str]] = [(_point, "Study")]
    if hollow:
        entries.append((_hollow, "Study supposed by trim and fill"))
    if level is not None:
        entries.append((_line_symbol("dotted", theme.DIAMOND), "Pooled estimate"))
        entries.append((_line_symbol("dashed", theme.DIAMOND), f"Pseudo-{percent(level)} limits"))
    entries += [(_swatch(fill), words) for fill, words in _AREAS]
    sheet.legend(entries)


def _point(x: float, y: float) -> Iterable[Shape]:
    return [Circle(x=x, y=y, radius=_RADIUS, fill=theme.SQUARE, edge=theme.PAPER, line_width=0.4)]


def _hollow(x: float, y: float) -> Iterable[Shape]:
    return [Circle(x=x, y=y, radius=_RADIUS, fill=theme.PAPER, edge=theme.PREDICTION, line_width=0.9)]


def _line_symbol(style: Style, colour: str) -> Symbol:
    return lambda x, y: [Line(x1=x - 2.0, y1=y, x2=x + 2.0, y2=y, style=style, width=0.9, colour=colour)]


def _swatch(fill: str) -> Symbol:
    return lambda x, y: [Rectangle(x=x - 2.0, y=y - 1.2, width=4.0, height=2.4, fill=fill, edge=theme.RULE)]


def _middle(plot: _Plot, value: float) -> Line:
    x = plot.x(value)
    return Line(x1=x, y1=plot.top, x2=x, y2=plot.bottom, style="dotted", width=0.9, colour=theme.DIAMOND)


def _sides(plot: _Plot, centre: float, z: float, style: Style, width: float, colour: str) -> list[Line]:
    tip = plot.x(centre), plot.top
    ends = (plot.side(centre, z), plot.side(centre, -z))
    return [Line(x1=tip[0], y1=tip[1], x2=x, y2=y, style=style, width=width, colour=colour) for x, y in ends]


def _heading(sheet: Sheet, words: str) -> None:
    """Name of the vertical axis, above it, where it reads without turning the head."""
    sheet.y += theme.line_height(theme.FOOT_SIZE)
    sheet.text(sheet.left, sheet.y - 1.8, words, size=theme.FOOT_SIZE, colour=theme.MUTED)
    sheet.y += 1.5


def _frame(sheet: Sheet, plot: _Plot, fill: str) -> None:
    sheet.add(Rectangle(x=_LEFT, y=plot.top, width=_RIGHT - _LEFT, height=_HEIGHT, fill=fill))


def _axes(sheet: Sheet, plot: _Plot, ticks: Iterable[tuple[float, float]]) -> None:
    """Frame and labels of the vertical axis: place and number of each tick."""
    sheet.add(Rectangle(x=_LEFT, y=plot.top, width=_RIGHT - _LEFT, height=_HEIGHT, edge=theme.INK))
    for place, tick in ticks:
        y = plot.y(place)
        sheet.add(Line(x1=_LEFT - 1.2, y1=y, x2=_LEFT, y2=y))
        sheet.text(_LEFT - 1.8, y, f"{tick:g}", size=theme.FOOT_SIZE, align="right")


def _below(sheet: Sheet, plot: _Plot, ticks: Iterable[tuple[float, float]], scale: Scale) -> None:
    """The horizontal axis: place and number of each tick."""
    places = [(plot.x(place), tick) for place, tick in ticks]
    sheet.axis_below(plot.bottom, places, (_LEFT + _RIGHT) / 2, scale.words)


def _description(analysis: Analysis, shown: Sequence[StudyEstimate], scale: Scale, notes: Sequence[str]) -> str:
    sentences = [f"Funnel plot of {len(shown)} {'study' if len(shown) == 1 else 'studies'}. {title_of(analysis)}."]
    for row in shown:
        against = f"{row.arm.n} patients" if scale.percent else f"standard error {number(math.sqrt(row.v), 3)}"
        sentences.append(f"{plain(row.label)}: {scale.short} {natural(scale, row.estimate)}, {against}.")
    if analysis.pooled:
        sentences.append(f"Pooled: {scale.short} {estimate_text(scale, analysis.pooled)}.")
    return " ".join([*sentences, *notes])


def _rows(analysis: Analysis, scale: Scale, filled: FilledStudies | None) -> list[tuple[Cell, ...]]:
    """The points: natural scale, scale of analysis, standard error there, patients of both arms."""
    rows: list[tuple[Cell, ...]] = []
    for row in analysis.estimates:
        sides = [row.arm.n, *([row.comparator.n] if row.comparator else [])]
        n = None if None in sides else sum(side or 0 for side in sides)
        rows.append((row.label, "study", row.estimate, row.y, math.sqrt(row.v), n))
    if filled is not None:
        rows += [("", "filled", scale.natural(y), y, se, None) for y, se in zip(filled.y, filled.se, strict=True)]
    if analysis.pooled:
        pooled = analysis.pooled
        rows.append(("", "pooled", scale.natural(pooled.mu), pooled.mu, pooled.se, None))
    return rows
