"""From an analysis to a forest plot as data, before anything is drawn. `forest.py` draws it and decides nothing.

The figure is built from top to bottom: title, heads, one row per study (under its subgroup), pooled rows, axis, and the
lines of text below. Widths of columns come from the widths of their texts.
"""

import math

from evidence.model.results import Analysis, Group, Pooled
from evidence.present import theme
from evidence.present.forest_cells import Cells, ForestCells
from evidence.present.names import favours
from evidence.present.scales import Axis, Scale, axis_of, has_prediction
from evidence.present.shapes import (
    Align,
    Column,
    Diamond,
    ForestLayout,
    Interval,
    Line,
    Row,
    RowKind,
    Square,
    Text,
    Tick,
)
from evidence.present.sheet import MARGIN, WIDTH, missing_note
from evidence.present.wording import (
    Footnotes,
    description_of,
    footnotes_of,
    group_name,
    heterogeneity_text,
    pooled_lines,
    prediction_limits,
    remarks,
    superscript,
    title_of,
)

_GAP = 3.5
_PLOT_WIDTH = 58.0
#: Longer study names are wrapped to two lines, then cut; the description has them in full.
_STUDY_WIDTH = 62.0
_SIDE_WIDTH = 24.0
_LABEL_LINES = 2
_ROW_PADDING = 1.5
#: Side of the largest square; the others have areas in proportion to their weights.
_SQUARE = 3.2
_DIAMOND_HEIGHT = 3.0
_TICK = 1.2


def forest_layout(analysis: Analysis) -> ForestLayout:
    """Lay out the forest plot of one analysis.

    Without estimates the figure says that nothing matched; one study has no diamond; two have no prediction interval.
    """
    return _Builder(analysis).build()


class _Builder:
    """Collects the parts of one figure while `y` moves down."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.cells = ForestCells(analysis)
        self.scale: Scale = self.cells.scale
        self.notes: Footnotes = footnotes_of(analysis)
        self.texts: list[Text] = []
        self.rows: list[Row] = []
        self.squares: list[Square] = []
        self.intervals: list[Interval] = []
        self.diamonds: list[Diamond] = []
        self.lines: list[Line] = []
        self.ticks: tuple[Tick, ...] = ()
        self.prediction: Interval | None = None
        self.axis: Axis | None = None
        self.columns: dict[str, Column] = {}
        self.width = WIDTH
        self.y = MARGIN

    def build(self) -> ForestLayout:
        if self.analysis.estimates:
            self.axis = axis_of(self.analysis, self.scale)
            self.place_columns()
        self.paragraph(title_of(self.analysis), theme.TITLE_SIZE, bold=True)
        self.y += 2.0
        if self.analysis.estimates:
            top = self.heads()
            self.body()
            self.draw_axis(top)
        self.foot()
        return ForestLayout(
            width=self.width,
            height=self.y + MARGIN,
            title=title_of(self.analysis),
            description=description_of(self.analysis),
            columns=tuple(self.columns.values()),
            rows=tuple(self.rows),
            texts=tuple(self.texts),
            squares=tuple(self.squares),
            intervals=tuple(self.intervals),
            diamonds=tuple(self.diamonds),
            prediction=self.prediction,
            lines=tuple(self.lines),
            ticks=self.ticks,
        )

    # Columns and heads

    def place_columns(self) -> None:
        """Share the width: each column takes what its texts need, study names up to a limit, the plot the rest."""
        pooled, head = self.analysis.pooled, self.head_lines()
        rows = [self.cells.study(index) for index in self.cells.everyone]
        marked = [f"{row.label} {self.notes.superscript(index)}" for index, row in enumerate(rows)]
        if pooled:
            rows.append(self.cells.pooled("Pooled", pooled, self.cells.everyone))
            rows += [self.cells.pooled("Subtotal", g.pooled, g.members) for g in self.cells.groups() if g.pooled]
        if alone := self.cells.reported_only():
            rows.append(alone[0])
            marked.append(alone[0].label)
        if pooled and has_prediction(pooled):
            marked.append(self.cells.prediction(pooled).label)
        widths = {
            name: max(
                theme.text_width(text, theme.TEXT_SIZE, bold=True)
                for text in (*lines, *(getattr(row, name) for row in rows))
            )
            for name, lines in head.items()
            if name != "plot"
        }
        widest = max(theme.text_width(label, theme.TEXT_SIZE) for label in marked)
        widths["label"] = min(max(widths["label"], widest), _STUDY_WIDTH)
        gaps = _GAP * len(widths) + 2 * MARGIN
        self.width = max(WIDTH, sum(widths.values()) + gaps + _PLOT_WIDTH)
        widths["plot"] = self.width - sum(widths.values()) - gaps
        left = MARGIN
        for name in head:
            right = left + widths[name]
            align: Align = "left" if name == "label" else "center" if name == "plot" else "right"
            x = {"left": left, "center": (left + right) / 2, "right": right}[align]
            self.columns[name] = Column(name=name, left=left, right=right, x=x, align=align)
            left = right + _GAP

    def head_lines(self) -> dict[str, list[str]]:
        """Head of each column in lines; long names of arms are wrapped, then cut."""
        return {
            name: [
                *(theme.wrap(upper, _SIDE_WIDTH, theme.TEXT_SIZE, bold=True, lines=_LABEL_LINES) if upper else ()),
                lower,
            ]
            for name, (upper, lower) in self.cells.heads().items()
        }

    def heads(self) -> float:
        """Column heads and the rule below them; gives the y of the rule."""
        head = self.head_lines()
        step = theme.line_height(theme.TEXT_SIZE)
        bottom = self.y + step * max(len(lines) for lines in head.values())
        for name, lines in head.items():
            for above, line in enumerate(reversed(lines)):
                self.text(self.columns[name], bottom - 0.8 - above * step, line, bold=True)
        self.y = bottom + 1.0
        self.lines.append(Line(x1=MARGIN, y1=self.y, x2=self.width - MARGIN, y2=self.y, colour=theme.RULE))
        top = self.y
        self.y += 0.8
        return top

    # Rows

    def body(self) -> None:
        """Studies, under their subgroups where there are any, then what was pooled."""
        if self.analysis.groups:
            for group in self.cells.groups():
                self.row("group", Cells(label=group_name(group)), bold=True)
                for index in group.members:
                    self.study(index)
                if group.pooled:
                    self.subtotal(group, group.pooled)
                self.y += 1.2
        else:
            for index in self.cells.everyone:
                self.study(index)
            self.y += 1.2
        if self.analysis.pooled:
            self.pooled(self.analysis.pooled)

    def study(self, index: int) -> None:
        estimate = self.analysis.estimates[index]
        y = self.row("study", self.cells.study(index), superscript=self.notes.superscript(index))
        low, high, arrow_low, arrow_high = self.clip(estimate.ci_low, estimate.ci_high)
        self.intervals.append(Interval(low=low, high=high, y=y, arrow_low=arrow_low, arrow_high=arrow_high))
        place = self.fraction(estimate.estimate)
        if 0 <= place <= 1:  # a point beyond the axis is told by the arrow and the number alone
            pooled = self.analysis.pooled
            share = pooled.weights[index] / max(pooled.weights) if pooled else 0.5
            self.squares.append(Square(x=self.x_at(place), y=y, side=_SQUARE * math.sqrt(share)))

    def subtotal(self, group: Group, pooled: Pooled) -> None:
        cells = self.cells.pooled("Subtotal", pooled, group.members)
        y = self.row("subtotal", cells, bold=True)
        self.diamond(pooled, y, theme.SUBTOTAL)
        width = self.columns["plot"].left - _GAP - MARGIN
        step = theme.line_height(theme.FOOT_SIZE)
        for line in theme.wrap(heterogeneity_text(pooled), width, theme.FOOT_SIZE):
            self.y += step
            self.texts.append(Text(x=MARGIN, y=self.y - 1.0, text=line, size=theme.FOOT_SIZE, colour=theme.MUTED))

    def pooled(self, pooled: Pooled) -> None:
        start = self.y
        y = self.row("pooled", self.cells.pooled("Pooled", pooled, self.cells.everyone), bold=True)
        self.diamond(pooled, y, theme.DIAMOND)
        centre = self.fraction(self.scale.natural(pooled.mu))
        if 0 <= centre <= 1:
            x = self.x_at(centre)
            first = min(row.y - row.height / 2 for row in self.rows)
            self.lines.append(Line(x1=x, y1=first, x2=x, y2=start, style="dotted", width=0.8, colour=theme.DIAMOND))
        if has_prediction(pooled):
            y = self.row("prediction", self.cells.prediction(pooled))
            low, high, arrow_low, arrow_high = self.clip(*prediction_limits(pooled, self.scale))
            self.prediction = Interval(low=low, high=high, y=y, arrow_low=arrow_low, arrow_high=arrow_high)
        if alone := self.cells.reported_only():
            self.diamond(alone[1], self.row("reported", alone[0]), theme.SUBTOTAL)

    def row(self, kind: RowKind, cells: Cells, *, bold: bool = False, superscript: str = "") -> float:
        """One row of texts; moves down and gives the y of its middle."""
        size, column = theme.TEXT_SIZE, self.columns["label"]
        width = (self.width - 2 * MARGIN) if kind == "group" else column.right - column.left
        mark = f" {superscript}" if superscript else ""
        lines = theme.wrap(cells.label + mark, width, size, bold)
        if len(lines) > _LABEL_LINES:  # the name is cut, never its footnote marks
            room = width - theme.text_width(mark, size, bold)
            lines = theme.wrap(cells.label, room, size, bold, lines=_LABEL_LINES)
            lines[-1] += mark
        step = theme.line_height(size)
        height = step * len(lines) + _ROW_PADDING
        middle = self.y + height / 2
        baseline = middle + theme.MIDDLE * size * theme.MM_PER_POINT
        first = baseline - step * (len(lines) - 1) / 2
        for index, line in enumerate(lines):
            self.text(column, first + index * step, line, bold=bold)
        for name in ("arm", "comparator", "estimate", "weight"):
            if name in self.columns:
                self.text(self.columns[name], baseline, getattr(cells, name), bold=bold)
        self.rows.append(Row(kind=kind, y=middle, height=height, label=cells.label))
        self.y += height
        return middle

    # Places on the axis

    def fraction(self, value: float) -> float:
        return self.axis.fraction(value) if self.axis else 0.0

    def x_at(self, fraction: float) -> float:
        plot = self.columns["plot"]
        return plot.left + fraction * (plot.right - plot.left)

    def clip(self, low: float, high: float) -> tuple[float, float, bool, bool]:
        """Ends of an interval on the axis, and whether each goes on beyond it."""
        ends = [self.fraction(low), self.fraction(high)]
        inside = [self.x_at(min(1.0, max(0.0, end))) for end in ends]
        slack = 1e-9  # a limit that is the axis' own end needs no arrow
        return inside[0], inside[1], ends[0] < -slack, ends[1] > 1 + slack

    def diamond(self, pooled: Pooled, y: float, colour: str) -> None:
        low, high, _, _ = self.clip(self.scale.natural(pooled.ci_low), self.scale.natural(pooled.ci_high))
        x, _, _, _ = self.clip(*[self.scale.natural(pooled.mu)] * 2)
        self.diamonds.append(Diamond(low=low, x=x, high=high, y=y, height=_DIAMOND_HEIGHT, colour=colour))

    # Axis and text below

    def draw_axis(self, top: float) -> None:
        """Axis line, ticks, null line, name of the scale, and who is favoured where."""
        axis, plot = self.axis, self.columns["plot"]
        if axis is None:
            return
        self.y += 1.0
        base = self.y
        self.lines.append(Line(x1=plot.left, y1=base, x2=plot.right, y2=base))
        null = self.scale.null
        if null is not None:
            x = self.x_at(axis.fraction(null))
            self.lines.append(Line(x1=x, y1=top, x2=x, y2=base))
        self.ticks = tuple(
            Tick(x=self.x_at(axis.fraction(value)), value=value, label=self.tick_label(value)) for value in axis.ticks
        )
        for tick in self.ticks:
            self.lines.append(Line(x1=tick.x, y1=base, x2=tick.x, y2=base + _TICK))
            self.texts.append(
                Text(x=tick.x, y=base + _TICK + 2.9, text=tick.label, size=theme.FOOT_SIZE, align="center")
            )
        self.y = base + _TICK + 2.9
        step = theme.line_height(theme.FOOT_SIZE)
        self.y += step
        for line in theme.wrap(self.scale.words, plot.right - plot.left, theme.FOOT_SIZE):
            self.texts.append(
                Text(x=plot.x, y=self.y, text=line, size=theme.FOOT_SIZE, align="center", colour=theme.MUTED)
            )
            self.y += step
        sides = favours(self.analysis)
        if sides and null is not None:
            self.favour_labels(sides, self.x_at(axis.fraction(null)))
        self.y -= 0.5

    def tick_label(self, value: float) -> str:
        return f"{value:g}".replace("-", "−")

    def favour_labels(self, sides: tuple[str, str], null: float) -> None:
        """Left and right of the null line, as wide as there is room on that side of the figure."""
        step, plot = theme.line_height(theme.FOOT_SIZE), self.columns["plot"]
        left = theme.wrap(f"← {sides[0]}", null - plot.left - 1.0, theme.FOOT_SIZE, lines=3)
        right = theme.wrap(f"{sides[1]} →", plot.right - null - 1.0, theme.FOOT_SIZE, lines=3)
        for lines, x, align in ((left, null - 1.0, "right"), (right, null + 1.0, "left")):
            for index, line in enumerate(lines):
                place: Align = "right" if align == "right" else "left"
                self.texts.append(Text(x=x, y=self.y + index * step, text=line, size=theme.FOOT_SIZE, align=place))
        self.y += step * max(len(left), len(right))

    def foot(self) -> None:
        """Model, heterogeneity and tests; then the notes."""
        for line in pooled_lines(self.analysis):
            self.paragraph(line, theme.FOOT_SIZE)
        self.y += 0.8
        for marker, note in self.notes.notes:
            self.paragraph(f"{superscript(marker)} {note}", theme.FOOT_SIZE, colour=theme.MUTED)
        missing = theme.undrawable(text.text for text in self.texts)
        for note in (*remarks(self.analysis), *([missing_note(missing)] if missing else ())):
            self.paragraph(note, theme.FOOT_SIZE, colour=theme.MUTED)

    def paragraph(self, text: str, size: float, *, bold: bool = False, colour: str = theme.INK) -> None:
        for line in theme.wrap(text, self.width - 2 * MARGIN, size, bold):
            self.y += theme.line_height(size)
            self.texts.append(Text(x=MARGIN, y=self.y, text=line, size=size, bold=bold, colour=colour))

    def text(self, column: Column, y: float, text: str, *, bold: bool = False) -> None:
        if text:
            self.texts.append(Text(x=column.x, y=y, text=text, align=column.align, bold=bold))
