"""The graph of a network of treatments: circles for treatments, lines for comparisons that trials made.

Area of a circle: patients. Width of a line: studies, which its number tells as well. Parts that no trial connects
stand beside one another and are named; so are trials of more than two arms.
"""

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evidence.model.networks import NetworkAnalysis, Node
from evidence.present import theme
from evidence.present.names import plain
from evidence.present.shapes import Cell, Circle, Line, Path, Picture, Rectangle, Text
from evidence.present.sheet import WIDTH, Sheet
from evidence.present.wording import network_title

_NAME_WIDTH = 44.0
_NAME_LINES = 2
#: Radius of the circle of the treatment with most patients, of one without a number, and the least.
_LARGEST, _UNKNOWN, _LEAST = 6.0, 1.4, 0.8
#: Of the distance between two neighbours, so that no circle touches another.
_SHARE_OF_DISTANCE = 0.45
#: Up to so many treatments stand at even angles.
_EVEN_ANGLES = 10
#: Points of line width per study, at most so many.
_PER_STUDY, _WIDEST = 0.9, 6.0
_LEAST_RADIUS = 24.0
#: Places along a line where its number may stand, as shares of its length: the first that is free is taken.
_PLACES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73)
#: How far a line bends to the middle of the graph, as a share of the way, until it is clear of other circles.
_BENDS = tuple(step / 10 for step in range(16))
_CLEAR = 1.3
#: Straight pieces of which a line is made.
_STEPS = 100
#: Multi-arm trials named below the graph; the data have all.
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class _Place:
    node: Node
    x: float
    y: float
    radius: float


def network_graph(analysis: NetworkAnalysis) -> Picture:
    """Lay out the graph of one network."""
    sheet = Sheet("network", f"Network of treatments. {network_title(analysis.question)}")
    if not analysis.contrasts:
        sheet.paragraph("No study compared two treatments here.")
    nodes = {node.name: node for node in analysis.nodes}
    most = max((node.patients or 0 for node in analysis.nodes), default=0)
    several = len(analysis.parts) > 1
    for number, part in enumerate(analysis.parts, start=1):
        if several:
            sheet.y += 1.5
            sheet.paragraph(f"Part {number} of {len(analysis.parts)}", theme.TEXT_SIZE, bold=True)
        _draw_part(sheet, analysis, [nodes[name] for name in part.treatments], most)
    sheet.notes(_notes(analysis))
    return sheet.finish(_description(analysis), ("kind", "a", "b", "studies", "patients"), _rows(analysis))


def _draw_part(sheet: Sheet, analysis: NetworkAnalysis, nodes: Sequence[Node], most: int) -> None:
    """One part: treatments around an ellipse, lines between them, names beside them on both sides."""
    row_height = _NAME_LINES * theme.line_height(theme.TEXT_SIZE) + theme.line_height(theme.FOOT_SIZE) + 1.0
    tall = max(_LEAST_RADIUS if len(nodes) > 2 else 6.0, math.ceil(len(nodes) / 2) * row_height / 2)
    wide = WIDTH / 2 - _NAME_WIDTH - 12.0
    centre_x, centre_y = WIDTH / 2, sheet.y + tall + _LARGEST + 4.0
    spots = [(centre_x + wide * x, centre_y + tall * y) for x, y in _around(len(nodes))]
    near = min((math.dist(one, other) for one, other in itertools.combinations(spots, 2)), default=math.inf)
    largest = min(_LARGEST, _SHARE_OF_DISTANCE * near)
    places = {
        node.name: _Place(node, x, y, _radius(node, most, largest)) for node, (x, y) in zip(nodes, spots, strict=True)
    }
    taken = [
        (place.x - place.radius, place.y - place.radius, place.x + place.radius, place.y + place.radius)
        for place in places.values()
    ]
    edges = {pair: count for pair, count in _edges(analysis).items() if pair[0] in places}
    lines = {
        (a, b): _line(
            places[a], places[b], [own for name, own in places.items() if name not in (a, b)], (centre_x, centre_y)
        )
        for a, b in edges
    }
    for pair, count in edges.items():
        width = min(_WIDEST, _PER_STUDY * count)
        sheet.add(Path(points=lines[pair], width=width, colour=theme.SUBTOTAL))
    for place in places.values():
        fill = theme.DIAMOND if place.node.is_treatment else theme.PAPER
        sheet.add(Circle(x=place.x, y=place.y, radius=place.radius, fill=fill, edge=theme.DIAMOND, line_width=1.0))
    for pair, count in edges.items():
        _number(sheet, lines[pair], count, taken)
    bottom = _names(sheet, list(places.values()), centre_x, row_height)
    sheet.y = max(centre_y + tall + _LARGEST, bottom) + 2.0


def _around(n: int) -> list[tuple[float, float]]:
    """Places on a circle of radius 1, clockwise from the top right; many stand at even heights, clear of others."""
    if n == 2:
        return [(-1.0, 0.0), (1.0, 0.0)]
    if n <= _EVEN_ANGLES:
        angles = [2 * math.pi * (index + 0.5) / n - math.pi / 2 for index in range(n)]
        return [(math.cos(angle), math.sin(angle)) for angle in angles]
    right, left = math.ceil(n / 2), n // 2
    down = [2 * (index + 0.5) / right - 1 for index in range(right)]
    up = [1 - 2 * (index + 0.5) / left for index in range(left)]
    return [(math.sqrt(1 - y * y), y) for y in down] + [(-math.sqrt(1 - y * y), y) for y in up]


def _radius(node: Node, most: int, largest: float) -> float:
    if node.patients is None or not most:
        return min(_UNKNOWN, largest)
    return max(min(_LEAST, largest), largest * math.sqrt(node.patients / most))


def _edges(analysis: NetworkAnalysis) -> Counter[tuple[str, str]]:
    """Studies of each pair of treatments."""
    return Counter((min(row.a, row.b), max(row.a, row.b)) for row in analysis.contrasts)


def _line(
    one: _Place, other: _Place, others: Sequence[_Place], centre: tuple[float, float]
) -> tuple[tuple[float, float], ...]:
    """From one circle to another: straight, or bent to the middle of the graph where it would run through a third."""
    middle = ((one.x + other.x) / 2, (one.y + other.y) / 2)
    clear = 0.0
    best: tuple[tuple[float, float], ...] = ()
    for bend in _BENDS:
        bow = (middle[0] + bend * (centre[0] - middle[0]), middle[1] + bend * (centre[1] - middle[1]))
        points = tuple(
            (
                (1 - t) ** 2 * one.x + 2 * t * (1 - t) * bow[0] + t**2 * other.x,
                (1 - t) ** 2 * one.y + 2 * t * (1 - t) * bow[1] + t**2 * other.y,
            )
            for t in (at / _STEPS for at in range(_STEPS + 1))
        )
        room = min(
            (math.dist(point, (own.x, own.y)) - own.radius for point in points for own in others), default=math.inf
        )
        if not best or room > clear:
            best, clear = points, room
        if room >= _CLEAR:
            break
    return best


def _number(
    sheet: Sheet,
    line: Sequence[tuple[float, float]],
    count: int,
    taken: list[tuple[float, float, float, float]],
) -> None:
    """How many studies a line stands for, where there is room on it."""
    for share in _PLACES:
        x, y = line[round(share * _STEPS)]
        text = Text(
            x=x,
            y=y + theme.MIDDLE * theme.FOOT_SIZE * theme.MM_PER_POINT,
            text=str(count),
            size=theme.FOOT_SIZE,
            align="center",
        )
        left, top, right, bottom = text.box
        box = (left - 0.5, top - 0.1, right + 0.5, bottom + 0.1)
        if all(box[2] <= own[0] or own[2] <= box[0] or box[3] <= own[1] or own[3] <= box[1] for own in taken):
            taken.append(box)
            sheet.add(
                Rectangle(x=box[0], y=box[1], width=box[2] - box[0], height=box[3] - box[1], fill=theme.PAPER), text
            )
            return


def _names(sheet: Sheet, places: Sequence[_Place], centre_x: float, row_height: float) -> float:
    """Names in two columns beside the graph, near their circles and clear of one another; gives where they end."""
    bottom = sheet.y
    right = [place for place in places if place.x >= centre_x - 1e-9]
    left = [place for place in places if place.x < centre_x - 1e-9]
    for own, align in ((left, "right"), (right, "left")):
        own = sorted(own, key=lambda place: (place.y, place.x))
        middles = _spread([place.y for place in own], row_height, sheet.y + row_height / 2)
        for place, middle in zip(own, middles, strict=True):
            side = -1 if align == "right" else 1
            edge = WIDTH / 2 + side * (WIDTH / 2 - _NAME_WIDTH - 3.0)
            sheet.add(
                Line(
                    x1=place.x + side * place.radius,
                    y1=place.y,
                    x2=edge - side * 0.8,
                    y2=middle,
                    width=0.4,
                    style="dotted",
                    colour=theme.RULE,
                )
            )
            lines = theme.wrap(plain(place.node.name), _NAME_WIDTH, theme.TEXT_SIZE, bold=True, lines=_NAME_LINES)
            step = theme.line_height(theme.TEXT_SIZE)
            first = middle - step * len(lines) / 2
            for index, line in enumerate(lines):
                sheet.text(edge, first + index * step, line, align="right" if side < 0 else "left", bold=True)
            sheet.text(
                edge,
                first + len(lines) * step - 0.1,
                _patients(place.node),
                size=theme.FOOT_SIZE,
                align="right" if side < 0 else "left",
                colour=theme.MUTED,
            )
            bottom = max(bottom, middle + row_height / 2)
    return bottom


def _spread(wanted: Sequence[float], height: float, first: float) -> list[float]:
    """Places at least `height` apart from `first` on, as near to those wanted as moving down and then up allows."""
    places: list[float] = []
    for place in wanted:
        places.append(max(place, places[-1] + height if places else first))
    # What was pushed down is taken back half of the way where there is room above.
    for index in range(len(places)):
        room = places[index] - (places[index - 1] + height if index else first)
        behind = max(0.0, max((places[at] - wanted[at] for at in range(index, len(places))), default=0.0))
        shift = min(room, behind / 2)
        for at in range(index, len(places)):
            places[at] -= shift
    return places


def _patients(node: Node) -> str:
    if node.patients is None:
        return "patients not reported"
    more = f" ({node.unreported} not reporting)" if node.unreported else ""
    return f"{node.patients} patients{more}"


def _notes(analysis: NetworkAnalysis) -> Iterator[str]:
    if analysis.contrasts:
        yield (
            "Area of a circle: patients. Number and width of a line: studies. Hollow circles are groups named only by "
            "the words of the reports, not by a treatment."
        )
    if len(analysis.parts) > 1:
        yield f"The network has {len(analysis.parts)} parts that no study connects; none is compared with another."
    for label, arms in analysis.multi_arm[:_MOST_NAMED]:
        yield f"{plain(label)} has {len(arms)} arms: {', '.join(map(plain, arms))}."
    if len(analysis.multi_arm) > _MOST_NAMED:
        yield f"{len(analysis.multi_arm) - _MOST_NAMED} further trials have more than two arms."
    for part in analysis.parts:
        if part.why_not:
            yield f"Not estimated ({', '.join(map(plain, part.treatments))}): {part.why_not}"
    yield from analysis.notes
    if analysis.left_out:
        rows = len(analysis.left_out)
        yield (
            f"Not used: {rows} further row{'' if rows == 1 else 's'} of this outcome; the reasons are listed with the "
            "results."
        )


def _description(analysis: NetworkAnalysis) -> str:
    sentences = [f"Network of treatments. {network_title(analysis.question)}."]
    for node in analysis.nodes:
        sentences.append(f"{plain(node.name)}: {node.studies} studies, {_patients(node)}.")
    for (a, b), count in sorted(_edges(analysis).items()):
        sentences.append(f"{plain(a)} and {plain(b)} were compared in {count} {'study' if count == 1 else 'studies'}.")
    return " ".join([*sentences, *_notes(analysis)])


def _rows(analysis: NetworkAnalysis) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = [
        ("treatment", node.name, None, node.studies, node.patients) for node in analysis.nodes
    ]
    patients: Counter[tuple[str, str]] = Counter()
    known: dict[tuple[str, str], bool] = {}
    for row in analysis.contrasts:
        pair = min(row.a, row.b), max(row.a, row.b)
        known[pair] = known.get(pair, True) and row.n_a is not None and row.n_b is not None
        patients[pair] += (row.n_a or 0) + (row.n_b or 0)
    for pair, count in sorted(_edges(analysis).items()):
        rows.append(("comparison", *pair, count, patients[pair] if known[pair] else None))
    return rows
