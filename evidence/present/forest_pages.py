"""A forest plot as PNG for a page of text: in one piece where it fits, else cut between its rows into several."""

import io
from itertools import pairwise

from PIL import Image

from evidence.model.results import Analysis
from evidence.present.draw import draw, drawing
from evidence.present.forest import forest_picture
from evidence.present.forest_layout import forest_layout
from evidence.present.shapes import Picture, Text

_DPI = 300
#: A plot of hundreds of studies would need more memory than it is worth.
_MOST_PIXELS = 60e6
_MM_PER_INCH = 25.4


def forest_pages(analysis: Analysis, height: float) -> tuple[tuple[bytes, ...], str]:
    """PNGs no higher than `height` in millimetres at the plot's width, from top to bottom; and its description."""
    picture = forest_picture(forest_layout(analysis, bias=analysis.bias), analysis, bias=analysis.bias)
    square_inches = picture.width * picture.height / _MM_PER_INCH**2
    dpi = min(_DPI, int((_MOST_PIXELS / square_inches) ** 0.5))
    whole = io.BytesIO()
    with drawing():
        draw(picture).savefig(whole, format="png", dpi=dpi, metadata={"Software": None})
    cuts = _cuts(picture, height)
    if len(cuts) == 2:
        return (whole.getvalue(),), picture.description
    parts = []
    Image.MAX_IMAGE_PIXELS = None  # our own picture, not somebody's bomb
    with Image.open(whole) as image:
        for top, bottom in pairwise(cuts):
            piece = io.BytesIO()
            edges = [round(place / picture.height * image.height) for place in (top, bottom)]
            image.crop((0, edges[0], image.width, edges[1])).save(piece, format="PNG", dpi=(dpi, dpi))
            parts.append(piece.getvalue())
    return tuple(parts), picture.description


def _cuts(picture: Picture, height: float) -> list[float]:
    """Where the picture is cut, its top and bottom among them: between two rows of text, as low as the page allows."""
    baselines = sorted({round(part.y, 2) for part in picture.parts if isinstance(part, Text) and not part.turned})
    gaps = [above + (below - above) * 0.3 for above, below in pairwise(baselines) if below - above > 1.5]
    cuts = [0.0]
    while picture.height - cuts[-1] > height:
        lowest = max((gap for gap in gaps if cuts[-1] + height / 4 < gap <= cuts[-1] + height), default=None)
        cuts.append(lowest if lowest is not None else cuts[-1] + height)
    return [*cuts, picture.height]
