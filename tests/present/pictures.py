"""What must hold of every picture, and names as documents write them."""

import itertools

from hypothesis import strategies as st

from evidence.present.draw import draw, drawing
from evidence.present.shapes import Circle, Line, Path, Picture, Polygon, Rectangle, Text

#: Names of studies and arms: short, endless, without a space, of other scripts, with markup.
NAMES = st.one_of(
    st.sampled_from(
        [
            "Xuan 2020",
            "",
            "N" * 300,
            "Prospective multicentre registry of maintenance " * 6,
            "索拉非尼维持治疗临床试验",
            "מחקר אקראי 2020",
            "دراسة عشوائية",
            "$x$ & <b>",
            "\U00013080\U00013081",
        ]
    ),
    st.text(max_size=40),
)


def assert_legible(picture: Picture) -> None:
    """180 mm wide, every text of 7 points at least, no text over another or off the page, no mark off the page."""
    assert picture.width == 180
    boxes = [(text, text.box) for text in picture.texts]
    for text, (left, top, right, bottom) in boxes:
        assert text.size >= 7, text
        assert left >= -0.01 and right <= picture.width + 0.01, text
        assert top >= -0.01 and bottom <= picture.height + 0.01, text
        assert "\n" not in text.text
    boxes.sort(key=lambda item: item[1][1])
    for at, (text, box) in enumerate(boxes):
        for other, other_box in boxes[at + 1 :]:
            if other_box[1] >= box[3]:
                break
            apart = box[2] <= other_box[0] + 1e-6 or other_box[2] <= box[0] + 1e-6 or other_box[3] <= box[1] + 1e-6
            assert apart or not text.text.strip() or not other.text.strip(), (text, other)
    for part in picture.parts:
        for x, y in points_of(part):
            assert -0.01 <= x <= picture.width + 0.01 and -0.01 <= y <= picture.height + 0.01, part


def points_of(part: object) -> list[tuple[float, float]]:
    """Outermost points of a mark."""
    match part:
        case Line():
            return [(part.x1, part.y1), (part.x2, part.y2)]
        case Path() | Polygon():
            return list(part.points)
        case Rectangle():
            return [(part.x, part.y), (part.x + part.width, part.y + part.height)]
        case Circle():
            return [(part.x + dx, part.y + dy) for dx, dy in itertools.product((-part.radius, part.radius), repeat=2)]
    return []


def assert_boxes_hold(picture: Picture) -> None:
    """The boxes by which layouts are judged hold the texts as they are drawn."""
    figure = draw(picture)
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    per_mm, slack = figure.dpi / 25.4, 0.3
    with drawing():
        boxes = [drawn.get_window_extent(renderer) for drawn in figure.axes[0].texts]
    for part, box in zip(picture.texts, boxes, strict=True):
        left, top, right, bottom = part.box
        assert box.x0 / per_mm >= left - slack and box.x1 / per_mm <= right + slack, part
        assert picture.height - box.y1 / per_mm >= top - slack, part
        assert picture.height - box.y0 / per_mm <= bottom + slack, part


def texts_of(picture: Picture) -> list[str]:
    """Its texts in the order in which they are drawn."""
    return [text.text for text in picture.parts if isinstance(text, Text)]
