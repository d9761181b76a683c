"""A forest plot as a picture, and its files: squares, intervals and diamonds of the layout become plain shapes."""

from collections.abc import Callable, Sequence
from pathlib import Path as FilePath

from matplotlib.figure import Figure

from evidence.model.results import Analysis
from evidence.model.risk_of_bias import RiskOfBias
from evidence.present import theme
from evidence.present.draw import draw, svg_of, write_picture
from evidence.present.forest_columns import Judgements
from evidence.present.forest_layout import forest_layout
from evidence.present.scales import has_prediction, scale_of
from evidence.present.shapes import (
    Cell,
    Diamond,
    ForestLayout,
    Interval,
    Line,
    Picture,
    Polygon,
    Rectangle,
    Shape,
    Square,
)
from evidence.present.wording import group_name, prediction_limits

_ARROW = 1.4  # length of an arrowhead in millimetres; half of it is its half width
_PREDICTION_HEIGHT = 1.1
#: Columns of the data beside the figure; estimates and limits on the natural scale.
_COLUMNS = (
    "kind label group arm arm_events arm_n comparator comparator_events comparator_n estimate ci_low ci_high weight"
).split()


def write_forest(analysis: Analysis, folder: FilePath, *, bias: RiskOfBias | None = None) -> list[FilePath]:
    """Write `forest.svg`, `.pdf`, `.png` (600 dpi) and `.csv` into the folder, as `write_forests` does.

    Without `bias`, the judgements are those of the analysis, if it has any.
    """
    return write_forests((analysis,), folder, bias=bias or analysis.bias)


def write_forests(
    analyses: Sequence[Analysis], folder: FilePath, *, title: str = "", bias: RiskOfBias | None = None
) -> list[FilePath]:
    """Write `forest.svg`, `.pdf`, `.png` (600 dpi) and `.csv` into the folder, which is made if absent.

    Several analyses stand below one another on one axis; `bias` adds a column of judgements.

    Raises
    ------
    QuestionError
        As `forest_layout`.
    ExportError
        If the folder or a file in it cannot be written.
    """
    layout = forest_layout(*analyses, title=title, bias=bias)
    return write_picture(forest_picture(layout, *analyses, bias=bias), folder)


def forest_svg(analysis: Analysis, *, href: Callable[[str], str], bias: RiskOfBias | None = None) -> str:
    """The forest plot as the text of an SVG, the name of each study leading to `href(result_id)`; see `forest_layout`.

    Without `bias`, the judgements are those of the analysis, if it has any.

    Raises
    ------
    QuestionError
        As `forest_layout`.
    """
    judged = bias or analysis.bias
    return svg_of(forest_picture(forest_layout(analysis, bias=judged, href=href), analysis, bias=judged))


def draw_forest(layout: ForestLayout) -> Figure:
    """The layout as a matplotlib figure of its size, on an Agg canvas."""
    return draw(forest_picture(layout))


def forest_picture(layout: ForestLayout, *analyses: Analysis, bias: RiskOfBias | None = None) -> Picture:
    """The layout in plain shapes, with the data of its analyses."""
    parts: list[Shape] = [*layout.lines]
    for interval in layout.intervals:
        parts.append(Line(x1=interval.low, y1=interval.y, x2=interval.high, y2=interval.y, width=0.9))
    for interval in layout.intervals:
        parts += _arrows(interval, theme.INK)
    parts += [_square(square) for square in layout.squares]
    parts += [part for diamond in layout.diamonds for part in _diamond(diamond)]
    for interval in layout.predictions:
        parts += _prediction(interval, layout.prediction_colour)
    labels = [row.label for analysis in analyses for row in analysis.estimates]
    judgements = Judgements(bias, labels) if bias and labels else None
    return Picture(
        name="forest",
        width=layout.width,
        height=layout.height,
        title=layout.title,
        description=layout.description,
        parts=(*parts, *layout.marks, *layout.texts),
        columns=(*_COLUMNS, *_more_heads(len(analyses) > 1, judgements)),
        rows=tuple(
            (*row, *more)
            for analysis in analyses
            for row, more in zip(_rows(analysis), _more(analysis, len(analyses) > 1, judgements), strict=True)
        ),
    )


def _square(square: Square) -> Rectangle:
    half = square.side / 2
    return Rectangle(x=square.x - half, y=square.y - half, width=square.side, height=square.side, fill=square.colour)


def _arrows(interval: Interval | Diamond, colour: str) -> list[Shape]:
    ends = ((interval.low, interval.arrow_low, _ARROW), (interval.high, interval.arrow_high, -_ARROW))
    return [
        Polygon(
            points=((tip, interval.y), (tip + back, interval.y - _ARROW / 2), (tip + back, interval.y + _ARROW / 2)),
            fill=colour,
        )
        for tip, there, back in ends
        if there
    ]


def _diamond(diamond: Diamond) -> list[Shape]:
    """The diamond; an end that is cut off is blunt, with an arrowhead before it."""
    half = diamond.height / 2
    left, right = [(diamond.low, diamond.y)], [(diamond.high, diamond.y)]
    if diamond.arrow_low:
        left = [(diamond.low + _ARROW, diamond.y + side * _ARROW / 4) for side in (1, -1)]
    if diamond.arrow_high:
        right = [(diamond.high - _ARROW, diamond.y + side * _ARROW / 4) for side in (-1, 1)]
    corners = (*left, (diamond.x, diamond.y - half), *right, (diamond.x, diamond.y + half))
    return [Polygon(points=corners, fill=diamond.colour, edge=theme.INK, line_width=0.5), *_arrows(diamond, theme.INK)]


def _prediction(interval: Interval, colour: str) -> list[Shape]:
    low = interval.low + (_ARROW if interval.arrow_low else 0)
    high = interval.high - (_ARROW if interval.arrow_high else 0)
    bar = Rectangle(
        x=low,
        y=interval.y - _PREDICTION_HEIGHT / 2,
        width=high - low,
        height=_PREDICTION_HEIGHT,
        fill=colour,
    )
    return [bar, *_arrows(interval, colour)]


def _rows(analysis: Analysis) -> tuple[tuple[Cell, ...], ...]:
    """What the figure shows: the studies, the pooled estimates of subgroups and of all, the prediction interval."""
    scale, pooled = scale_of(analysis), analysis.pooled
    groups = {index: group_name(group) for group in analysis.groups for index in group.members}
    rows: list[tuple[Cell, ...]] = []
    for index, row in enumerate(analysis.estimates):
        other = row.comparator
        rows.append(
            (
                "study",
                row.label,
                groups.get(index),
                row.arm.label,
                row.arm.events,
                row.arm.n,
                other.label if other else None,
                other.events if other else None,
                other.n if other else None,
                row.estimate,
                row.ci_low,
                row.ci_high,
                pooled.weights[index] if pooled else None,
            )
        )
    alone = analysis.reported_only
    totals = [("subtotal", group_name(group), group.pooled) for group in analysis.groups]
    last = [("pooled", None, pooled), ("reported_only", None, alone.pooled if alone else None)]
    for kind, name, total in (*totals, *last):
        if total is not None:
            limits = [scale.natural(value) for value in (total.mu, total.ci_low, total.ci_high)]
            rows.append((kind, f"k = {total.k}", name, *[None] * 6, *limits, None))
    if pooled is not None and has_prediction(pooled):
        rows.append(("prediction", None, None, *[None] * 7, *prediction_limits(pooled, scale), None))
    return tuple(rows)


def _more_heads(several: bool, judgements: Judgements | None) -> list[str]:
    """Columns of the data that only some figures have: the question of several, and judgements."""
    domains = [f"D{at + 1}" for at in range(len(judgements.tool.domains))] if judgements else []
    return [*(["question"] if several else []), *([*domains, "overall"] if judgements else [])]


def _more(analysis: Analysis, several: bool, judgements: Judgements | None) -> list[tuple[Cell, ...]]:
    """What stands in them, in the order of the rows."""
    own: tuple[Cell, ...] = (analysis.question.id,) if several else ()
    empty: tuple[Cell, ...] = (None,) * (len(judgements.tool.domains) + 1) if judgements else ()
    found = [judgements.of(row.label) if judgements else None for row in analysis.estimates]
    studies = [(*own, *((*one.domains, one.overall) if one else empty)) for one in found]
    return [*studies, *[(*own, *empty)] * (len(_rows(analysis)) - len(studies))]
