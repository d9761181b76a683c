"""A sheet of paper on which a picture is laid out from top to bottom: title, whatever it shows, notes.

Names come from documents, in any script and of any length: texts are wrapped or cut to the room they have, the data
beside the picture has them in full, and a note tells where this machine has no font for them.
"""

import math
from collections.abc import Callable, Iterable, Sequence

from evidence.present import theme
from evidence.present.names import plain
from evidence.present.shapes import Align, Cell, Line, Picture, Shape, Text

#: Two-column width of most journals, in millimetres.
WIDTH = 180.0
MARGIN = 3.0
_SYMBOL_WIDTH = 6.5
_LEGEND_GAP = 4.0
#: A symbol about a place, at most 4 mm wide and 3 mm high.
Symbol = Callable[[float, float], Iterable[Shape]]
#: Characters that a note names before it only counts them.
_NAMED_CHARACTERS = 6


class Sheet:
    """Parts of one picture; `y` is how far down it is filled, in millimetres."""

    def __init__(self, name: str, title: str) -> None:
        self.name, self.title = name, plain(title)
        self.parts: list[Shape] = []
        self.y = MARGIN
        self.paragraph(self.title, theme.TITLE_SIZE, bold=True)
        self.y += 2.0

    @property
    def left(self) -> float:
        """Where texts begin."""
        return MARGIN

    @property
    def right(self) -> float:
        """Where texts end."""
        return WIDTH - MARGIN

    def add(self, *parts: Shape) -> None:
        """Put parts over those that are there."""
        self.parts += parts

    def text(
        self,
        x: float,
        middle: float,
        text: str,
        *,
        size: float = theme.TEXT_SIZE,
        align: Align = "left",
        bold: bool = False,
        colour: str = theme.INK,
    ) -> Text:
        """One line of text about the height `middle`."""
        part = Text(
            x=x,
            y=middle + theme.MIDDLE * size * theme.MM_PER_POINT,
            text=text,
            size=size,
            align=align,
            bold=bold,
            colour=colour,
        )
        if text:
            self.parts.append(part)
        return part

    def block(
        self,
        x: float,
        middle: float,
        lines: Sequence[str],
        *,
        size: float = theme.TEXT_SIZE,
        align: Align = "left",
        bold: bool = False,
        colour: str = theme.INK,
    ) -> None:
        """Lines of text below one another, about the height `middle`."""
        step = theme.line_height(size)
        first = middle - step * (len(lines) - 1) / 2
        for index, line in enumerate(lines):
            self.text(x, first + index * step, line, size=size, align=align, bold=bold, colour=colour)

    def paragraph(
        self, text: str, size: float = theme.FOOT_SIZE, *, bold: bool = False, colour: str = theme.INK
    ) -> None:
        """Text over the whole width, below what is there."""
        for line in theme.wrap(plain(text), self.right - self.left, size, bold):
            self.y += theme.line_height(size)
            self.parts.append(Text(x=self.left, y=self.y, text=line, size=size, bold=bold, colour=colour))

    def notes(self, sentences: Iterable[str]) -> None:
        """What a reader must know, below the picture; each sentence once."""
        self.y += 0.8
        for sentence in dict.fromkeys(sentences):
            self.paragraph(sentence, colour=theme.MUTED)

    def legend(self, entries: Iterable[tuple[Symbol, str]]) -> None:
        """What symbols mean, one after another and in as many lines as that needs."""
        step = theme.line_height(theme.FOOT_SIZE) + 0.6
        x, self.y = self.left, self.y + step
        for symbol, words in entries:
            room = self.right - self.left - _SYMBOL_WIDTH
            words = theme.ellipsise(plain(words), room, theme.FOOT_SIZE)
            width = _SYMBOL_WIDTH + theme.text_width(words, theme.FOOT_SIZE)
            if x > self.left and x + width > self.right:
                x, self.y = self.left, self.y + step
            middle = self.y - step / 2
            self.add(*symbol(x + _SYMBOL_WIDTH / 2 - 1.0, middle))
            self.text(x + _SYMBOL_WIDTH, middle, words, size=theme.FOOT_SIZE)
            x += width + _LEGEND_GAP
        self.y += 0.8

    def rule(self) -> None:
        """A fine line over the whole width."""
        self.y += 1.0
        self.add(Line(x1=self.left, y1=self.y, x2=self.right, y2=self.y, colour=theme.RULE))
        self.y += 0.8

    def study_name(self, label: str, width: float, *, mark: str = "") -> list[str]:
        """A study's name in at most two lines no wider than this; it is cut before its mark is."""
        mark = f" {mark}" if mark else ""
        room = width - theme.text_width(mark, theme.TEXT_SIZE)
        lines = theme.wrap(plain(label), room, theme.TEXT_SIZE, lines=2)
        return [*lines[:-1], lines[-1] + mark]

    def axis_below(self, bottom: float, ticks: Iterable[tuple[float, float]], middle: float, words: str) -> None:
        """Ticks of a horizontal axis, each by its place and number, and its name about `middle`.

        A number that has no room beside the one before is left out.
        """
        self.y, free = bottom + 3.4, -math.inf
        for x, value in ticks:
            label = f"{value:g}".replace("-", "−")
            half = theme.text_width(label, theme.FOOT_SIZE) / 2
            self.add(Line(x1=x, y1=bottom, x2=x, y2=bottom + 1.2))
            if x - half > free:
                self.text(x, self.y, label, size=theme.FOOT_SIZE, align="center")
                free = x + half + 1.0
        self.y += theme.line_height(theme.FOOT_SIZE) + 0.6
        self.text(middle, self.y, words, size=theme.FOOT_SIZE, align="center", colour=theme.MUTED)
        self.y += 2.5

    def finish(self, description: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Picture:
        """The picture with its description and the data it shows."""
        missing = theme.undrawable(part.text for part in self.parts if isinstance(part, Text))
        if missing:
            self.notes([missing_note(missing)])
        return Picture(
            name=self.name,
            width=WIDTH,
            height=self.y + MARGIN,
            title=self.title,
            description=plain(description),
            parts=tuple(self.parts),
            columns=tuple(columns),
            rows=tuple(tuple(map(_finite, row)) for row in rows),
        )


def missing_note(missing: Sequence[str]) -> str:
    """That some characters could not be drawn, without writing them."""
    named = ", ".join(f"U+{ord(character):04X}" for character in missing[:_NAMED_CHARACTERS])
    more = len(missing) - _NAMED_CHARACTERS
    return (
        f"No font of this machine has {named}{f' and {more} further characters' if more > 0 else ''}, drawn here as "
        "empty boxes; the data beside the picture has the names in full."
    )


def _finite(cell: Cell) -> Cell:
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell
