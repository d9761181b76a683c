"""What pictures consist of: texts, lines, areas, each with its place; and what a forest plot consists of.

Places are millimetres from the top left corner, y downwards. A text is one line; its y is its baseline. `draw.py` draws
a `Picture` and decides nothing.
"""

from dataclasses import dataclass
from typing import Literal

from evidence.present import theme

Align = Literal["left", "center", "right"]
#: What a data table holds: numbers as numbers, None where there is none.
Cell = str | int | float | None
Style = Literal["solid", "dotted", "dashed", "dashdot"]
RowKind = Literal["study", "outcome", "group", "subtotal", "pooled", "reported", "prediction"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One line of text."""

    x: float
    y: float
    text: str
    size: float = theme.TEXT_SIZE
    align: Align = "left"
    bold: bool = False
    colour: str = theme.INK
    turned: bool = False  # a quarter turn to the left about (x, y): it reads upwards
    href: str | None = None  # where it leads, in an SVG

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what it may cover."""
        width = theme.text_width(self.text, self.size, self.bold)
        above, below = (share * self.size * theme.MM_PER_POINT for share in (theme.ASCENT, theme.DESCENT))
        start = {"left": 0.0, "center": width / 2, "right": width}[self.align]
        if self.turned:
            return self.x - above, self.y + start - width, self.x + below, self.y + start
        return self.x - start, self.y - above, self.x - start + width, self.y + below


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    style: Style = "solid"
    width: float = 0.6  # points
    colour: str = theme.INK


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A line through several points."""

    points: tuple[tuple[float, float], ...]
    style: Style = "solid"
    width: float = 0.6  # points
    colour: str = theme.INK


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle:
    """A rectangle from its top left corner; without `fill` or `edge` it has none."""

    x: float
    y: float
    width: float
    height: float
    fill: str | None = None
    edge: str | None = None
    line_width: float = 0.6  # points


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """A circle about (x, y)."""

    x: float
    y: float
    radius: float
    fill: str | None = None
    edge: str | None = None
    line_width: float = 0.6  # points


@dataclass(frozen=True, slots=True, kw_only=True)
class Polygon:
    """A closed area; what lies behind shows through as far as its opacity is below 1."""

    points: tuple[tuple[float, float], ...]
    fill: str | None = None
    edge: str | None = None
    line_width: float = 0.6  # points
    opacity: float = 1.0


Shape = Text | Line | Path | Rectangle | Circle | Polygon


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One figure of width x height; later parts lie over earlier ones.

    `title` and `description` say it without a picture, names in full; `columns` and `rows` are the data it shows.
    `name` is that of its files.
    """

    name: str
    width: float
    height: float
    title: str
    description: str
    parts: tuple[Shape, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def texts(self) -> tuple[Text, ...]:
        """The parts that are texts."""
        return tuple(part for part in self.parts if isinstance(part, Text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the figure from `left` to `right`; `x` is where its texts are aligned."""

    name: str
    left: float
    right: float
    x: float
    align: Align


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: what it is, its middle, its height and its label in full."""

    kind: RowKind
    y: float
    height: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """Point estimate of a study; its area is in proportion to the weight."""

    x: float
    y: float
    side: float
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Confidence interval of a study; an arrow where it goes on beyond the axis."""

    low: float
    high: float
    y: float
    arrow_low: bool
    arrow_high: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Diamond:
    """Pooled estimate; from end to end it is the confidence interval, an arrow where it goes on beyond the axis."""

    low: float
    x: float
    high: float
    arrow_low: bool
    arrow_high: bool
    y: float
    height: float
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark of the axis and its label."""

    x: float
    value: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestLayout:
    """A whole forest plot. `title` and `description` say it without a picture, names in full."""

    width: float
    height: float
    title: str
    description: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    texts: tuple[Text, ...]
    squares: tuple[Square, ...]
    intervals: tuple[Interval, ...]
    diamonds: tuple[Diamond, ...]
    predictions: tuple[Interval, ...]
    prediction_colour: str
    lines: tuple[Line, ...]
    marks: tuple[Shape, ...]  # lights of the risk of bias
    ticks: tuple[Tick, ...]
