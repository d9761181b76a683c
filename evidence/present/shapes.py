"""What a forest plot consists of: texts, squares, intervals, diamonds, each with its place.

Places are millimetres from the top left corner, y downwards. A text is one line; its y is its baseline.
"""

from dataclasses import dataclass
from typing import Literal

from evidence.present import theme

Align = Literal["left", "center", "right"]
RowKind = Literal["study", "group", "subtotal", "pooled", "reported", "prediction"]


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
    """Pooled estimate; from end to end it is the confidence interval."""

    low: float
    x: float
    high: float
    y: float
    height: float
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    style: Literal["solid", "dotted"] = "solid"
    width: float = 0.6  # points
    colour: str = theme.INK


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark of the axis and its label."""

    x: float
    value: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestLayout:
    """The whole figure. `title` and `description` say it without a picture, names in full."""

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
    prediction: Interval | None
    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]
