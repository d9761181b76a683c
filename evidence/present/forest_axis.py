"""The axis of a forest plot: where values stand on it, its ticks and numbers, and who is favoured on which side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evidence.model.results import Analysis
from evidence.present import theme
from evidence.present.forest_style import Style
from evidence.present.names import favours
from evidence.present.scales import Axis, Scale
from evidence.present.shapes import Align, Column, Line, Text, Tick
from evidence.present.sheet import MARGIN

TICK = 1.2
#: Free width to the left and right of a number at the axis.
_TICK_GAP = 0.6
#: Binds an arrow to its word.
_BOUND = "\N{NO-BREAK SPACE}"
#: Width for the name of a favoured side, where the page has it.
_SIDE = 34.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotAxis:
    """The axis in the column of the plot."""

    axis: Axis
    scale: Scale
    column: Column
    style: Style

    def place(self, value: float) -> float | None:
        """Where a value of the natural scale stands; None beyond the axis."""
        fraction = self.axis.fraction(value)
        return self._x(fraction) if 0 <= fraction <= 1 else None

    @property
    def null(self) -> float:
        """Where no effect stands; the low end where there is no such value."""
        return self._x(self.axis.fraction(self.scale.null or 0.0)) if self.scale.null is not None else self.column.left

    def clip(self, low: float, high: float) -> tuple[float, float, bool, bool]:
        """Ends of an interval on the axis, and whether each goes on beyond it."""
        ends = [self.axis.fraction(low), self.axis.fraction(high)]
        inside = [self._x(min(1.0, max(0.0, end))) for end in ends]
        slack = 1e-9  # a limit that is the axis' own end needs no arrow
        return inside[0], inside[1], ends[0] < -slack, ends[1] > 1 + slack

    def ticks(self) -> tuple[Tick, ...]:
        """The ticks with their numbers as the style writes them."""
        return tuple(
            Tick(
                x=self._x(self.axis.fraction(value)),
                value=value,
                label=self.style.decimals(f"{value:g}".replace("-", "−")),
            )
            for value in self.axis.ticks
        )

    def lines(self, top: float, base: float) -> list[Line]:
        """The axis at the height `base` with its ticks, and the line of no effect from `top` down to it."""
        lines = [Line(x1=self.column.left, y1=base, x2=self.column.right, y2=base)]
        if self.scale.null is not None:
            lines.append(Line(x1=self.null, y1=top, x2=self.null, y2=base))
        return [*lines, *(Line(x1=tick.x, y1=base, x2=tick.x, y2=base + TICK) for tick in self.ticks())]

    def numbers(self, y: float, page: float) -> list[Text]:
        """Numbers at the ticks, that of no effect first and then from the outside; one that would touch is left out.

        One at the end of the axis that would reach over the edge of a figure as wide as `page` moves inwards.
        """
        ticks = self.ticks()
        ends = (ticks[0].value, ticks[-1].value)
        taken: list[tuple[float, float]] = []
        texts = []
        for tick in sorted(ticks, key=lambda tick: (tick.value != self.scale.null, tick.value not in ends)):
            half = theme.text_width(tick.label, theme.FOOT_SIZE) / 2 + _TICK_GAP
            x = min(max(tick.x, half), page - half)
            if all(x + half <= low or high <= x - half for low, high in taken):
                taken.append((x - half, x + half))
                texts.append(Text(x=x, y=y, text=tick.label, size=theme.FOOT_SIZE, align="center"))
        return texts

    def favoured(self, analyses: Iterable[Analysis], page: float, where: str) -> tuple[list[str], list[str]] | None:
        """Who is favoured left and right of no effect, in lines; None where the outcomes do not tell the same.

        They stand `where` the style says, "above" the plot or "below" the axis; below also where a name would be cut
        above. `page` is the width of the figure: below the axis a name may reach further than the plot.
        """
        found = {favours(analysis, self.style.words["favours"]) for analysis in analyses}
        sides = found.pop() if len(found) == 1 else None
        if sides is None or self.scale.null is None:
            return None
        if self.style.places["arrows"]:
            sides = (f"←{_BOUND}{sides[0]}", f"{sides[1]}{_BOUND}→")
        rooms = [self.null - self.column.left - 1.0, self.column.right - self.null - 1.0]
        if self.style.places["favours"] == "above":
            above = _side_lines(sides, rooms)
            if not any(lines[-1].endswith("…") for lines in above):
                return above if where == "above" else None
        if where == "above":
            return None
        free = (self.null - MARGIN - 1.0, page - MARGIN - self.null - 1.0)
        return _side_lines(sides, [min(max(_SIDE, room), most) for room, most in zip(rooms, free, strict=True)])

    def favour_texts(self, sides: Sequence[Sequence[str]], y: float) -> list[Text]:
        """Their names left and right of no effect, from y downwards."""
        step = theme.line_height(theme.FOOT_SIZE)
        places: tuple[tuple[float, Align], ...] = ((self.null - 1.0, "right"), (self.null + 1.0, "left"))
        return [
            Text(x=x, y=y + index * step, text=line, size=theme.FOOT_SIZE, align=align)
            for lines, (x, align) in zip(sides, places, strict=True)
            for index, line in enumerate(lines)
        ]

    def _x(self, fraction: float) -> float:
        return self.column.left + fraction * (self.column.right - self.column.left)


def _side_lines(sides: Sequence[str], rooms: Sequence[float]) -> tuple[list[str], list[str]]:
    one, other = (
        [line.replace(_BOUND, " ") for line in theme.wrap(text, room, theme.FOOT_SIZE, lines=3)]
        for text, room in zip(sides, rooms, strict=True)
    )
    return one, other
