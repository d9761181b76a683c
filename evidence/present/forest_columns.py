"""The columns of a forest plot: which there are, what stands in their heads, and how 180 mm are shared among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from evidence.errors import QuestionError
from evidence.model.risk_of_bias import Assessment, RiskOfBias
from evidence.present import theme
from evidence.present.forest_cells import Cells, ForestCells
from evidence.present.names import plain
from evidence.present.scales import has_prediction
from evidence.present.shapes import Align, Column
from evidence.present.sheet import MARGIN, WIDTH
from evidence.present.wording import Footnotes

LABEL_LINES = 2
_HEAD_LINES = 3
#: A column is this much wider than its widest text, which differences of places would otherwise be a hair too wide for.
_HAIR = 0.01
#: Distance between two lights of the risk of bias.
LIGHT = 3.7


@dataclass(frozen=True, slots=True)
class _Room:
    """How much a figure gives its columns: widths in millimetres."""

    head: float  # of a head that is wider than what stands below it
    label: float  # of the longest study name
    plot: float  # at least
    gap: float = 3.5  # between columns
    word: float = 27.0  # words of heads up to this width are not broken
    wrapped: bool = False  # whether the lower line of a head may become two
    parted: bool = False  # and "events/" stand above "patients"


#: From generous to tight.
_ROOMS = (
    _Room(24.0, 62.0, 58.0),
    _Room(24.0, 46.0, 52.0),
    _Room(20.0, 40.0, 44.0),
    _Room(16.0, 34.0, 38.0, 3.0),
    _Room(16.0, 28.0, 30.0, 2.2, wrapped=True),
    _Room(14.0, 24.0, 24.0, 1.8, wrapped=True),
    _Room(14.0, 24.0, 24.0, 1.8, wrapped=True, parted=True),
)
#: Where nothing else helps, long words are broken.
_LAST_ROOM = _Room(14.0, 24.0, 24.0, 1.8, word=18.0, wrapped=True, parted=True)
#: What gives way, in this order, where the columns of a style and judgements have no room on one page.
_OPTIONAL = ("se", "y")
_LETTERS = "ABCDEFGHIJ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns by name with the lines of their heads, and the width of the figure."""

    columns: dict[str, Column]
    heads: dict[str, list[str]]
    width: float


class Judgements:
    """What a file on the risk of bias says of the studies in a figure."""

    def __init__(self, found: RiskOfBias, labels: Sequence[str]) -> None:
        self.tool = found.tool
        self._known = {_key(row.study): row for row in found.assessments}
        self.absent = [label for label in dict.fromkeys(labels) if self.of(label) is None]
        if labels and len(self.absent) == len(set(labels)):
            raise QuestionError(
                f"No study of the figure stands in the file on the risk of bias: the figure has {labels[0]!r}, the "
                f"file {found.assessments[0].study!r}. Write the studies there as the figure does."
            )

    def of(self, label: str) -> Assessment | None:
        """The judgements of a study, found by its name without regard to case and spaces."""
        return self._known.get(_key(label))

    @property
    def heads(self) -> list[str]:
        """A letter for each domain, and one for the whole."""
        return [*_LETTERS[: len(self.tool.domains)], "All"]

    @property
    def width(self) -> float:
        """What the lights need; the last stands apart."""
        return LIGHT * (len(self.tool.domains) + 1.8)

    def places(self, left: float) -> list[float]:
        """Middles of the lights."""
        domains = len(self.tool.domains)
        return [left + LIGHT * (at + 0.5) for at in range(domains)] + [left + LIGHT * (domains + 1.1)]

    def said(self, label: str) -> str:
        """The judgements of a study in words; nothing where it has none."""
        found = self.of(label)
        if found is None:
            return ""
        judgements = zip(self.heads, (*found.domains, found.overall), strict=True)
        return f"{plain(label)}: {', '.join(f'{head} {judgement.lower()}' for head, judgement in judgements)}."

    def note(self) -> str:
        """What the letters mean, and who is not in the file."""
        domains = "; ".join(f"{letter}, {words}" for letter, words in zip(_LETTERS, self.tool.domains, strict=False))
        note = f"Risk of bias ({self.tool.name}), as the reviewers judged it: {domains}."
        if self.absent:
            note += f" Not judged: {', '.join(map(plain, self.absent))}."
        return note


def place_columns(panels: Sequence[ForestCells], notes: Footnotes, judgements: Judgements | None) -> Table:
    """Share the width: each column takes what its texts need, study names up to a limit, the plot the rest.

    Raises
    ------
    QuestionError
        If a person chose more columns than a page has room for, or lights of which no file was given.
    """
    asked = panels[0].analysis.question.columns
    if "risk_of_bias" in asked and judgements is None:
        raise QuestionError(
            "The column risk_of_bias needs judgements; give a robvis file with --risk-of-bias, or as risk_of_bias in "
            "the [[question]]."
        )
    heads = _heads(panels, judgements)
    rows = list(chain.from_iterable(map(_rows, panels)))
    studies = [panel.study(index) for panel in panels for index in panel.everyone]
    labels = [
        *(theme.text_width(f"{row.label} {notes.superscript(at)}", theme.TEXT_SIZE) for at, row in enumerate(studies)),
        *(_bold_width(row.label) for row in rows),
    ]
    given_up = iter(() if asked else _OPTIONAL)
    while True:
        for room in _ROOMS:
            table = _shared(heads, [*studies, *rows], labels, judgements, room)
            if table.width <= WIDTH:
                return table
        name = next(given_up, None)
        if name is None:
            break
        heads.pop(name, None)
    table = _shared(heads, [*studies, *rows], labels, judgements, _LAST_ROOM)
    if asked and table.width > WIDTH:
        raise QuestionError(
            f"The columns {', '.join(asked)} need {table.width:.0f} mm, and a page has {WIDTH:.0f}. Leave one out."
        )
    return table


def _heads(panels: Sequence[ForestCells], judgements: Judgements | None) -> dict[str, tuple[str, str]]:
    """Heads of all panels together; arms that the panels call differently are called in general."""
    own = [panel.heads() for panel in panels]
    general = {"arm": "Treatment", "comparator": "Comparator"}
    heads: dict[str, tuple[str, str]] = {}
    for name in ("label", *panels[0].style.columns, "risk_of_bias"):
        found = list(dict.fromkeys(one[name] for one in own if name in one))
        if name == "risk_of_bias" and judgements:
            heads[name] = ("Risk of bias", " ")
        elif found and name != "risk_of_bias":
            upper = {one[0] for one in found}
            events = [one[1] for one in found if "/" in one[1]]
            heads[name] = (
                found[0] if len(found) == 1 else (general.get(name, found[0][0]), (events or [found[0][1]])[0])
            )
            if len(upper) == 1:
                heads[name] = (found[0][0], heads[name][1])
    return heads


def _rows(panel: ForestCells) -> list[Cells]:
    """Rows of diamonds and of the prediction interval."""
    rows, pooled = [], panel.analysis.pooled
    if pooled:
        rows.append(panel.total("pooled", pooled, panel.everyone))
        if has_prediction(pooled):
            rows.append(panel.prediction(pooled))
    rows += [panel.total("subtotal", group.pooled, group.members) for group in panel.groups() if group.pooled]
    if alone := panel.reported_only():
        rows.append(alone[0])
    return rows


def _shared(
    heads: Mapping[str, tuple[str, str]],
    rows: Sequence[Cells],
    labels: Sequence[float],
    judgements: Judgements | None,
    room: _Room,
) -> Table:
    cells = {name: max(_bold_width(getattr(row, name, "")) for row in rows) for name in heads if name != "label"}
    cells["plot"] = room.plot
    if judgements:
        cells["risk_of_bias"] = judgements.width
    lines = {name: _head(upper, lower, cells.get(name, 0.0), room) for name, (upper, lower) in heads.items()}
    widths = {name: max(cells.get(name, 0.0), *map(_bold_width, own)) for name, own in lines.items() if name != "plot"}
    widths["label"] = min(max(widths["label"], *labels) + _HAIR, room.label)
    gaps = room.gap * len(widths) + 2 * MARGIN
    width = max(WIDTH, sum(widths.values()) + gaps + max(room.plot, *map(_bold_width, lines.get("plot", [""]))))
    widths["plot"] = width - sum(widths.values()) - gaps
    columns, left = {}, MARGIN
    for name in lines:
        right = left + widths[name]
        align: Align = (
            "left" if name in ("label", "design", "risk_of_bias") else "center" if name == "plot" else "right"
        )
        x = {"left": left, "center": (left + right) / 2, "right": right}[align]
        columns[name] = Column(name=name, left=left, right=right, x=x, align=align)
        left = right + room.gap
    return Table(columns=columns, heads=lines, width=width)


def _head(upper: str, lower: str, cells: float, room: _Room) -> list[str]:
    """Lines of a head over cells of this width; words stay whole up to a width."""
    parts = lower.replace("/", "/ ") if room.parted else lower
    words = max(map(_bold_width, (*upper.split(), *parts.split(), "")))
    width = max(room.head, cells, min(words, room.word) + 0.1, 0.0 if room.wrapped else _bold_width(lower))
    above = _wrapped(upper, width) if upper else []
    below = lower if _bold_width(lower) <= width else parts
    return [*above, *theme.wrap(below, width, theme.TEXT_SIZE, bold=True)]


def _wrapped(text: str, width: float) -> list[str]:
    """A head in lines; what stands in parentheses begins a line of its own where the whole has no room in one."""
    before, opening, inside = text.partition(" (")
    if opening and _bold_width(text) > width and max(map(_bold_width, (before, f"({inside}"))) <= width:
        return [before, f"({inside}"]
    return theme.wrap(text, width, theme.TEXT_SIZE, bold=True, lines=_HEAD_LINES)


def _bold_width(text: str) -> float:
    return theme.text_width(text, theme.TEXT_SIZE, bold=True)


def _key(name: str) -> str:
    return " ".join(plain(name).casefold().split())
