"""Draws a forest plot and writes it as SVG, PDF and PNG: the same bytes for the same analysis.

The SVG keeps text as text and carries a title and a description for screen readers; the PDF embeds its font.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import escape

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from evidence.errors import ExportError
from evidence.model.results import Analysis
from evidence.present import theme
from evidence.present.forest_layout import forest_layout
from evidence.present.shapes import Diamond, ForestLayout, Interval

DPI = 600
_MM_PER_INCH = 25.4
_ARROW = 1.4  # length of an arrowhead in millimetres; half of it is its half width
#: Ids in an SVG are hashes of their content with this salt; without one they would differ from run to run.
_SETTINGS = {
    "svg.hashsalt": "evidence",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "font.family": theme.FONT,
    "path.simplify": False,
}


def write_forest(analysis: Analysis, folder: Path) -> list[Path]:
    """Write `forest.svg`, `forest.pdf` and `forest.png` (600 dpi) into the folder, which is made if absent.

    Raises
    ------
    ExportError
        If the folder or a file in it cannot be written.
    """
    layout = forest_layout(analysis)
    paths = [folder / f"forest.{kind}" for kind in ("svg", "pdf", "png")]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _settings():
            figure = draw_forest(layout)
            figure.savefig(paths[0], metadata={"Title": layout.title, "Date": None})
            figure.savefig(paths[1], metadata={"Title": layout.title, "CreationDate": None})
            figure.savefig(paths[2], dpi=DPI, metadata={"Title": layout.title, "Description": layout.description})
        _describe(paths[0], layout)
    except OSError as error:
        raise ExportError(
            f"The forest plot could not be written to {folder}: {error.strerror or error}. Choose another --out folder."
        ) from error
    return paths


def draw_forest(layout: ForestLayout) -> Figure:
    """The layout as a matplotlib figure of its size, on an Agg canvas."""
    with _settings():
        figure = Figure(figsize=(layout.width / _MM_PER_INCH, layout.height / _MM_PER_INCH))
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, layout.width)
        axes.set_ylim(layout.height, 0)
        axes.axis("off")
        for line in layout.lines:
            axes.plot(
                [line.x1, line.x2],
                [line.y1, line.y2],
                color=line.colour,
                linewidth=line.width,
                linestyle=(0, (1, 1.5)) if line.style == "dotted" else "solid",
                zorder=1,
            )
        for interval in layout.intervals:
            _draw_interval(axes, interval)
        for square in layout.squares:
            corner = (square.x - square.side / 2, square.y - square.side / 2)
            axes.add_patch(Rectangle(corner, square.side, square.side, color=theme.SQUARE, linewidth=0, zorder=3))
        for diamond in layout.diamonds:
            _draw_diamond(axes, diamond)
        if layout.prediction:
            _draw_prediction(axes, layout.prediction)
        for text in layout.texts:
            axes.text(
                text.x,
                text.y,
                text.text,
                fontproperties=theme.font(text.size, text.bold),
                color=text.colour,
                ha=text.align,
                va="baseline",
                parse_math=False,  # a dollar sign in a study's name is a dollar sign
                zorder=5,
            )
    return figure


def _draw_interval(axes: Axes, interval: Interval) -> None:
    axes.plot([interval.low, interval.high], [interval.y] * 2, color=theme.INK, linewidth=0.9, zorder=2)
    _draw_arrows(axes, interval, theme.INK)


def _draw_arrows(axes: Axes, interval: Interval, colour: str) -> None:
    for tip, there, direction in (
        (interval.low, interval.arrow_low, 1),
        (interval.high, interval.arrow_high, -1),
    ):
        if there:
            back = tip + direction * _ARROW
            corners = [(tip, interval.y), (back, interval.y - _ARROW / 2), (back, interval.y + _ARROW / 2)]
            axes.add_patch(Polygon(corners, closed=True, color=colour, linewidth=0, zorder=3))


def _draw_diamond(axes: Axes, diamond: Diamond) -> None:
    half = diamond.height / 2
    corners = [
        (diamond.low, diamond.y),
        (diamond.x, diamond.y - half),
        (diamond.high, diamond.y),
        (diamond.x, diamond.y + half),
    ]
    axes.add_patch(
        Polygon(corners, closed=True, facecolor=diamond.colour, edgecolor=theme.INK, linewidth=0.5, zorder=4)
    )


def _draw_prediction(axes: Axes, interval: Interval) -> None:
    height = 1.1
    low = interval.low + (_ARROW if interval.arrow_low else 0)
    high = interval.high - (_ARROW if interval.arrow_high else 0)
    axes.add_patch(
        Rectangle((low, interval.y - height / 2), high - low, height, color=theme.PREDICTION, linewidth=0, zorder=3)
    )
    _draw_arrows(axes, interval, theme.PREDICTION)


@contextmanager
def _settings() -> Iterator[None]:
    with matplotlib.rc_context(_SETTINGS):  # type: ignore[arg-type]
        yield


def _describe(path: Path, layout: ForestLayout) -> None:
    """Add the description behind the title, and tell assistive software that the two name the picture."""
    svg = path.read_text(encoding="utf-8")
    title = f"<title>{escape(layout.title)}</title>"
    named = f'<title id="title">{escape(layout.title)}</title>\n <desc id="desc">{escape(layout.description)}</desc>'
    svg = svg.replace(title, named, 1).replace("<svg ", '<svg role="img" aria-labelledby="title desc" ', 1)
    path.write_text(svg, encoding="utf-8")
