"""Draws a picture and writes it as SVG, PDF and PNG with its data as CSV: the same bytes for the same picture.

The SVG keeps text as text and carries a title and a description for screen readers; the PDF embeds its fonts.
"""

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path as FilePath
from xml.sax.saxutils import escape

import matplotlib
from matplotlib import patches
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from evidence.errors import ExportError
from evidence.present import theme
from evidence.present.shapes import Cell, Circle, Line, Path, Picture, Polygon, Rectangle, Shape, Text

DPI = 600
#: A picture of hundreds of studies is drawn less fine, so that it can be opened.
_MOST_PIXELS = 80e6
_MM_PER_INCH = 25.4
_DASHES: dict[str, tuple[float, ...]] = {"dotted": (1, 1.5), "dashed": (4, 2), "dashdot": (5, 1.5, 1, 1.5)}
#: How matplotlib writes a link: as older SVG, and to be opened in a window of its own.
_LINK = re.compile(r"""<a xlink:href=("[^"]*"|'[^']*') target="_blank">""")
#: Ids in an SVG are hashes of their content with this salt; without one they would differ from run to run.
_SETTINGS = {
    "svg.hashsalt": "evidence",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "font.family": theme.FONT,
    "path.simplify": False,
    "text.hinting": "none",  # letters fitted to pixels would be wider than the room they were given
}


def write_picture(picture: Picture, folder: FilePath) -> list[FilePath]:
    """Write `NAME.svg`, `.pdf`, `.png` (600 dpi) and `.csv` into the folder, which is made if absent.

    Raises
    ------
    ExportError
        If the folder or a file in it cannot be written.
    """
    svg, pdf, png, table = paths = [folder / f"{picture.name}.{kind}" for kind in ("svg", "pdf", "png", "csv")]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with drawing():
            figure = draw(picture)
            figure.savefig(svg, metadata={"Title": picture.title, "Date": None})
            figure.savefig(pdf, metadata={"Title": picture.title, "CreationDate": None})
            metadata = {"Title": picture.title, "Description": picture.description}
            figure.savefig(png, dpi=_dpi(picture), metadata=metadata)
        _describe(svg, picture)
        table.write_text(data_csv(picture.columns, picture.rows), encoding="utf-8", newline="")
    except OSError as error:
        raise ExportError(
            f"The picture {picture.name} could not be written to {folder}: {error.strerror or error}. Choose another "
            "--out folder."
        ) from error
    return paths


def svg_of(picture: Picture) -> str:
    """The picture as the text of an SVG file, whose texts lead where their `href` says."""
    file = io.StringIO()
    with drawing():
        draw(picture).savefig(file, format="svg", metadata={"Title": picture.title, "Date": None})
    return _LINK.sub(r"<a href=\1>", _described(file.getvalue(), picture))


def data_csv(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """A data table as CSV: a head, numbers with up to ten digits, empty where there is none."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow("" if cell is None else f"{cell:.10g}" if isinstance(cell, float) else cell for cell in row)
    return text.getvalue()


def draw(picture: Picture) -> Figure:
    """The picture as a matplotlib figure of its size, on an Agg canvas."""
    with drawing():
        figure = Figure(figsize=(picture.width / _MM_PER_INCH, picture.height / _MM_PER_INCH))
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, picture.width)
        axes.set_ylim(picture.height, 0)
        axes.axis("off")
        for order, part in enumerate(picture.parts, start=1):
            _draw(axes, part, order)
    return figure


def _draw(axes: Axes, part: Shape, order: int) -> None:
    match part:
        case Text():
            axes.text(
                part.x,
                part.y,
                part.text,
                fontproperties=theme.font(part.size, part.bold, theme.families_of(part.text)),
                color=part.colour,
                ha=part.align,
                va="baseline",
                rotation=90 if part.turned else 0,
                rotation_mode="anchor",
                parse_math=False,  # a dollar sign in a study's name is a dollar sign
                zorder=order,
                url=part.href,
            )
        case Line():
            _draw_line(axes, [(part.x1, part.y1), (part.x2, part.y2)], part, order)
        case Path():
            _draw_line(axes, part.points, part, order)
        case Rectangle():
            _fill(axes, patches.Rectangle((part.x, part.y), part.width, part.height), part, order)
        case Circle():
            _fill(axes, patches.Ellipse((part.x, part.y), 2 * part.radius, 2 * part.radius), part, order)
        case Polygon():
            _fill(
                axes,
                patches.Polygon(part.points, closed=True, alpha=part.opacity if part.opacity < 1 else None),
                part,
                order,
            )


def _draw_line(axes: Axes, points: Sequence[tuple[float, float]], part: Line | Path, order: int) -> None:
    axes.plot(
        [x for x, _ in points],
        [y for _, y in points],
        color=part.colour,
        linewidth=part.width,
        linestyle=(0, _DASHES[part.style]) if part.style in _DASHES else "solid",
        solid_capstyle="butt",
        zorder=order,
    )


def _fill(axes: Axes, patch: patches.Patch, part: Rectangle | Circle | Polygon, order: int) -> None:
    patch.set_facecolor(part.fill or "none")
    patch.set_edgecolor(part.edge or "none")
    patch.set_linewidth(part.line_width if part.edge else 0)
    patch.set_zorder(order)
    axes.add_patch(patch)


def _dpi(picture: Picture) -> int:
    square_inches = picture.width * picture.height / _MM_PER_INCH**2
    return min(DPI, int(math.sqrt(_MOST_PIXELS / square_inches)))


@contextmanager
def drawing() -> Iterator[None]:
    """The settings under which a figure is drawn and written."""
    with matplotlib.rc_context(_SETTINGS), theme.quiet():  # type: ignore[arg-type]
        yield


def _describe(path: FilePath, picture: Picture) -> None:
    """Add the description behind the title, and tell assistive software that the two name the picture."""
    path.write_text(_described(path.read_text(encoding="utf-8"), picture), encoding="utf-8")


def _described(svg: str, picture: Picture) -> str:
    title = f"<title>{escape(picture.title)}</title>"
    named = f'<title id="title">{escape(picture.title)}</title>\n <desc id="desc">{escape(picture.description)}</desc>'
    return svg.replace(title, named, 1).replace("<svg ", '<svg role="img" aria-labelledby="title desc" ', 1)
