"""From analyses to a forest plot as data, before anything is drawn. `forest.py` draws it and decides nothing.

The figure is built from top to bottom: title, heads, one row per study (under its subgroup), pooled rows, axis, and the
lines of text below. Colours, words and the order of columns are those of the style.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from evidence.model.question import one_axis
from evidence.model.results import Analysis, Group, Pooled
from evidence.model.risk_of_bias import RiskOfBias
from evidence.present import theme
from evidence.present.forest_axis import TICK, PlotAxis
from evidence.present.forest_cells import Cells, ForestCells
from evidence.present.forest_columns import LABEL_LINES, Judgements, place_columns
from evidence.present.forest_style import Style, style_of
from evidence.present.names import favours, plain
from evidence.present.risk_of_bias import symbol
from evidence.present.scales import Scale, axis_of, has_prediction, scale_of
from evidence.present.shapes import (
    Column,
    Diamond,
    ForestLayout,
    Interval,
    Line,
    Rectangle,
    Row,
    RowKind,
    Shape,
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

_ROW_PADDING = 1.5
#: From the rule below the heads to the first row.
_BELOW_RULE = 0.8
#: So much of a name is shown, in as many lines as the column needs for it.
_NAME_WIDTH = 120.0
#: Side of the largest square; the others have areas in proportion to their weights.
_SQUARE = 3.2
_DIAMOND_HEIGHT = 3.0


def forest_layout(
    *analyses: Analysis,
    title: str = "",
    bias: RiskOfBias | None = None,
    href: Callable[[str], str] | None = None,
) -> ForestLayout:
    """Lay out the forest plot of one analysis, or of several below one another on one axis.

    Without estimates the figure says that nothing matched; one study has no diamond; two have no prediction interval.
    Style and columns are those of the first question. With `href` the name of each study leads where it says for the
    result id of the first number used of the study.

    Raises
    ------
    QuestionError
        If the measures differ, if the chosen columns need more than a page, or if no study was judged in `bias`.
    """
    if len(analyses) > 1:
        one_axis([analysis.question for analysis in analyses], "One figure")
    return _Builder(analyses, title, bias, href).build()


class _Builder:
    """Collects the parts of one figure while `y` moves down."""

    def __init__(
        self,
        analyses: Sequence[Analysis],
        title: str,
        bias: RiskOfBias | None,
        href: Callable[[str], str] | None,
    ) -> None:
        self.href = href
        self.analyses = analyses
        self.style: Style = style_of(analyses[0].question)
        self.panels = [ForestCells(analysis, self.style) for analysis in analyses]
        self.filled = [panel for panel in self.panels if panel.analysis.estimates]
        self.scale: Scale = scale_of(analyses[0])
        self.title = title or (title_of(analyses[0]) if len(analyses) == 1 else "; ".join(map(title_of, analyses)))
        everything = tuple(row for analysis in analyses for row in analysis.estimates)
        self.notes: Footnotes = footnotes_of(replace(analyses[0], estimates=everything))
        self.judgements = Judgements(bias, [row.label for row in everything]) if bias and everything else None
        self.texts: list[Text] = []
        self.rows: list[Row] = []
        self.squares: list[Square] = []
        self.intervals: list[Interval] = []
        self.diamonds: list[Diamond] = []
        self.lines: list[Line] = []
        self.marks: list[Shape] = []
        self.ticks: tuple[Tick, ...] = ()
        self.predictions: list[Interval] = []
        self.columns: dict[str, Column] = {}
        self.heads: dict[str, list[str]] = {}
        self.width = WIDTH
        self.y = MARGIN

    @property
    def several(self) -> bool:
        """Whether more than one analysis stands in the figure."""
        return len(self.analyses) > 1

    def build(self) -> ForestLayout:
        if self.filled:
            table = place_columns(self.filled, self.notes, self.judgements)
            self.columns, self.heads, self.width = table.columns, table.heads, table.width
            axis = axis_of(self.scale, *self.analyses)
            self.axis = PlotAxis(axis=axis, scale=self.scale, column=self.columns["plot"], style=self.style)
        self.paragraph(self.title, theme.TITLE_SIZE, bold=True)
        self.y += 2.0
        if self.filled:
            top = self.head()
            start = 0
            for panel in self.panels:
                self.panel(panel, start)
                start += len(panel.everyone)
            self.draw_axis(top)
        self.foot()
        return ForestLayout(
            width=self.width,
            height=self.y + MARGIN,
            title=self.title,
            description=" ".join([*map(description_of, self.analyses), *self.judged()]),
            columns=tuple(self.columns.values()),
            rows=tuple(self.rows),
            texts=tuple(self.texts),
            squares=tuple(self.squares),
            intervals=tuple(self.intervals),
            diamonds=tuple(self.diamonds),
            predictions=tuple(self.predictions),
            prediction_colour=self.style.colours["prediction"],
            lines=tuple(self.lines),
            marks=tuple(self.marks),
            ticks=self.ticks,
        )

    def judged(self) -> list[str]:
        """The judgements in words, for the description."""
        if not self.judgements:
            return []
        labels = dict.fromkeys(row.label for analysis in self.analyses for row in analysis.estimates)
        return [self.judgements.note(), *filter(None, map(self.judgements.said, labels))]

    def head(self) -> float:
        """Column heads and the rule below them, who is favoured where if the style says so here; gives the rule's y."""
        step = theme.line_height(theme.TEXT_SIZE)
        small = theme.line_height(theme.FOOT_SIZE)
        above = self.favoured("above")
        if self.style.places["rule_above"]:
            self.rule()
            self.y += 0.6
        start = self.y
        plot = [line for line in self.heads["plot"] if line]
        favoured = small * max(map(len, above)) + step * len(plot) if above else 0.0
        bottom = start + max(step * max(len(lines) for lines in self.heads.values()), favoured)
        for name, lines in self.heads.items():
            for up, line in enumerate(reversed(lines)):
                self.text(self.columns[name], bottom - 0.8 - up * step, line.strip(), bold=True)
        if above:
            self.texts += self.axis.favour_texts(above, bottom - small * (max(map(len, above)) - 1) - 0.8)
        if self.judgements:
            places = self.judgements.places(self.columns["risk_of_bias"].left)
            for x, letter in zip(places, self.judgements.heads, strict=True):
                self.texts.append(Text(x=x, y=bottom - 0.8, text=letter, size=theme.FOOT_SIZE, align="center"))
        self.y = bottom + 1.0
        top = self.y
        self.rule()
        self.y += _BELOW_RULE
        return top

    def rule(self) -> None:
        self.lines.append(
            Line(x1=MARGIN, y1=self.y, x2=self.width - MARGIN, y2=self.y, colour=self.style.colours["rule"])
        )

    # Rows

    def panel(self, panel: ForestCells, start: int) -> None:
        """Studies of one analysis, under their subgroups where there are any, then what was pooled."""
        analysis, first = panel.analysis, len(self.rows)
        if self.several:
            self.row("outcome", Cells(label=title_of(analysis)), bold=True)
            first += 1
        if analysis.groups:
            for group in panel.groups():
                self.row("group", Cells(label=group_name(group)), bold=True)
                for index in group.members:
                    self.study(panel, index, start)
                if group.pooled:
                    self.subtotal(panel, group, group.pooled)
                self.y += 1.2
        else:
            for index in panel.everyone:
                self.study(panel, index, start)
            self.y += 1.2
        if analysis.pooled:
            self.pooled(panel, analysis.pooled, first)
        if self.several:
            self.small([self.said(line) for line in pooled_lines(analysis, self.style.p)])
            self.y += 2.4

    def study(self, panel: ForestCells, index: int, start: int) -> None:
        estimate, pooled = panel.analysis.estimates[index], panel.analysis.pooled
        href = self.href(estimate.result_ids[0]) if self.href else None
        y = self.row("study", panel.study(index), superscript=self.notes.superscript(start + index), href=href)
        low, high, arrow_low, arrow_high = self.axis.clip(estimate.ci_low, estimate.ci_high)
        self.intervals.append(Interval(low=low, high=high, y=y, arrow_low=arrow_low, arrow_high=arrow_high))
        x = self.axis.place(estimate.estimate)
        if x is not None:  # a point beyond the axis is told by the arrow and the number alone
            share = pooled.weights[index] / max(pooled.weights) if pooled else 0.5
            colour = self.style.square(panel.analysis.question.measure)
            self.squares.append(Square(x=x, y=y, side=_SQUARE * math.sqrt(share), colour=colour))
        found = self.judgements.of(estimate.label) if self.judgements else None
        if self.judgements and found:
            places = self.judgements.places(self.columns["risk_of_bias"].left)
            for x, judgement in zip(places, (*found.domains, found.overall), strict=True):
                for part in symbol(judgement)(x, y):
                    (self.texts if isinstance(part, Text) else self.marks).append(part)  # type: ignore[arg-type]

    def subtotal(self, panel: ForestCells, group: Group, pooled: Pooled) -> None:
        y = self.row("subtotal", panel.total("subtotal", pooled, group.members), bold=True)
        self.diamond(panel.scale, pooled, y, "subtotal")
        self.small([self.said(heterogeneity_text(pooled, self.style.p))])

    def small(self, sentences: Sequence[str]) -> None:
        """Small print below a diamond, left of the plot or, where there is little room, over the whole width."""
        room = self.columns["plot"].left - 2.0 - MARGIN
        width = room if room > self.width / 4 else self.width - 2 * MARGIN
        step = theme.line_height(theme.FOOT_SIZE)
        for line in (line for text in sentences for line in theme.wrap(text, width, theme.FOOT_SIZE)):
            if width > room:
                self.paper(self.y, theme.text_width(line, theme.FOOT_SIZE), step)
            self.y += step
            self.texts.append(Text(x=MARGIN, y=self.y - 1.0, text=line, size=theme.FOOT_SIZE, colour=theme.MUTED))

    def pooled(self, panel: ForestCells, pooled: Pooled, first: int) -> None:
        start = self.y
        y = self.row("pooled", panel.total("pooled", pooled, panel.everyone), bold=True)
        self.diamond(panel.scale, pooled, y, "diamond")
        x = self.axis.place(panel.scale.natural(pooled.mu))
        if x is not None:
            top = min(row.y - row.height / 2 for row in self.rows[first:])
            colour = self.style.colours["pooled_line"]
            self.lines.append(Line(x1=x, y1=top, x2=x, y2=start, style="dotted", width=0.8, colour=colour))
        if has_prediction(pooled):
            y = self.row("prediction", panel.prediction(pooled))
            low, high, arrow_low, arrow_high = self.axis.clip(*prediction_limits(pooled, panel.scale))
            self.predictions.append(Interval(low=low, high=high, y=y, arrow_low=arrow_low, arrow_high=arrow_high))
        if alone := panel.reported_only():
            self.diamond(panel.scale, alone[1], self.row("reported", alone[0]), "subtotal")

    def row(
        self, kind: RowKind, cells: Cells, *, bold: bool = False, superscript: str = "", href: str | None = None
    ) -> float:
        """One row of texts; moves down and gives the y of its middle."""
        size, column = theme.TEXT_SIZE, self.columns["label"]
        width = (self.width - 2 * MARGIN) if kind in ("group", "outcome") else column.right - column.left
        mark = f" {superscript}" if superscript else ""
        lines = theme.wrap(cells.label + mark, width, size, bold)
        most = max(LABEL_LINES, math.ceil(_NAME_WIDTH / width))
        if len(lines) > most:  # the name is cut, never its footnote marks
            room = width - theme.text_width(mark, size, bold)
            lines = theme.wrap(cells.label, room, size, bold, lines=most)
            lines[-1] += mark
        step = theme.line_height(size)
        height = step * len(lines) + _ROW_PADDING
        middle = self.y + height / 2
        baseline = middle + theme.MIDDLE * size * theme.MM_PER_POINT
        first = baseline - step * (len(lines) - 1) / 2
        for index, line in enumerate(lines):
            self.text(column, first + index * step, line, bold=bold, href=href)
        for name in self.columns:
            if name != "label":
                self.text(self.columns[name], baseline, getattr(cells, name, ""), bold=bold)
        if kind in ("group", "outcome"):
            above = 0.0 if self.rows else _BELOW_RULE - 0.2  # the first covers the line of no effect from its start
            self.paper(self.y - above, max(theme.text_width(line, size, bold) for line in lines), height + above)
        self.rows.append(Row(kind=kind, y=middle, height=height, label=cells.label))
        self.y += height
        return middle

    def paper(self, top: float, width: float, height: float) -> None:
        """Blank paper for a text over the whole width, at which the upright lines of the plot stop."""
        width = min(width + 1.0, self.width - 2 * MARGIN)
        self.marks.append(Rectangle(x=MARGIN, y=top, width=width, height=height, fill=theme.PAPER))

    def diamond(self, scale: Scale, pooled: Pooled, y: float, colour: str) -> None:
        low, high, *arrows = self.axis.clip(scale.natural(pooled.ci_low), scale.natural(pooled.ci_high))
        x, _, _, _ = self.axis.clip(*[scale.natural(pooled.mu)] * 2)
        self.diamonds.append(
            Diamond(
                low=low,
                x=x,
                high=high,
                arrow_low=arrows[0],
                arrow_high=arrows[1],
                y=y,
                height=_DIAMOND_HEIGHT,
                colour=self.style.colours[colour],
            )
        )

    # Axis and text below

    def draw_axis(self, top: float) -> None:
        """Axis with its ticks, null line, name of the scale, and who is favoured where."""
        plot, step = self.columns["plot"], theme.line_height(theme.FOOT_SIZE)
        self.y += 1.0
        self.lines += self.axis.lines(top, self.y)
        self.ticks = self.axis.ticks()
        self.y += TICK + 2.9
        self.texts += self.axis.numbers(self.y, self.width)
        self.y += step
        room = 2 * min(plot.x - MARGIN, self.width - MARGIN - plot.x)  # nothing stands beside the name of the scale
        for line in theme.wrap(self.scale.words, room, theme.FOOT_SIZE):
            self.texts.append(
                Text(x=plot.x, y=self.y, text=line, size=theme.FOOT_SIZE, align="center", colour=theme.MUTED)
            )
            self.y += step
        if below := self.favoured("below"):
            self.texts += self.axis.favour_texts(below, self.y)
            self.y += step * max(map(len, below))
        self.y -= 0.5

    def favoured(self, where: str) -> tuple[list[str], list[str]] | None:
        """Who is favoured on which side, if this stands here."""
        return self.axis.favoured((panel.analysis for panel in self.filled), self.width, where)

    def foot(self) -> None:
        """Model, heterogeneity and tests; then the notes."""
        if not self.several or not self.filled:
            for line in (line for one in self.analyses for line in pooled_lines(one, self.style.p)):
                self.paragraph(self.said(line), theme.FOOT_SIZE)
        self.y += 0.8
        for marker, note in self.notes.notes:
            self.paragraph(f"{superscript(marker)} {note}", theme.FOOT_SIZE, colour=theme.MUTED)
        notes = [
            f"{title_of(analysis)}: {note}" if self.several else note
            for analysis in self.analyses
            for note in remarks(analysis)
        ]
        if "p" in self.columns:
            notes.append("p of a study: z test of the estimate and interval shown, not the test the study reports.")
        if self.judgements:
            notes.append(self.judgements.note())
        if self.several and len({favours(panel.analysis) for panel in self.filled}) > 1:
            notes.append("The outcomes differ in which side of the line of no effect favours whom; no side is named.")
        missing = theme.undrawable(text.text for text in self.texts)
        for note in dict.fromkeys((*notes, *([missing_note(missing)] if missing else ()))):
            self.paragraph(note, theme.FOOT_SIZE, colour=theme.MUTED)

    def said(self, sentence: str) -> str:
        """A sentence of ours in the style's figures; names in it are those of documents and stay."""
        return sentence if sentence.startswith("Reported only: one study") else self.style.decimals(sentence)

    def paragraph(self, text: str, size: float, *, bold: bool = False, colour: str = theme.INK) -> None:
        for line in theme.wrap(plain(text), self.width - 2 * MARGIN, size, bold):
            self.y += theme.line_height(size)
            self.texts.append(Text(x=MARGIN, y=self.y, text=line, size=size, bold=bold, colour=colour))

    def text(self, column: Column, y: float, text: str, *, bold: bool = False, href: str | None = None) -> None:
        if text:
            self.texts.append(Text(x=column.x, y=y, text=text, align=column.align, bold=bold, href=href))
