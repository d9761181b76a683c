"""A forest plot in the terminal: one line per study, down to 80 columns, in ASCII where the terminal has no more."""

import textwrap
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import zip_longest

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from evidence.model.results import Analysis, Pooled
from evidence.present.forest_cells import Cells, ForestCells
from evidence.present.names import favours, plain
from evidence.present.scales import Axis, Scale, axis_of, has_prediction
from evidence.present.wording import footnotes_of, group_name, pooled_lines, prediction_limits, remarks, title_of

_STUDY_WIDTH = 26
_NARROW_STUDY_WIDTH = len("Reported only (k = 99)")
_LEAST_STUDY_WIDTH = len("99.9% prediction")
_SIDES_WIDTH = 30
#: From this width on there is room for a column "arm vs comparator".
_WIDE = 112
_PLOT_WIDTH = 48
_ASCII = str.maketrans(
    {"τ": "tau", "²": "2", "−": "-", "–": "-", "…": "~", "†": "+", "←": "<-", "→": "->", "’": "'", "≥": ">=", "≤": "<="}
)


@dataclass(frozen=True, slots=True)
class _Marks:
    """Characters the plot is made of."""

    null: str
    low: str
    line: str
    high: str
    square: str
    arrow_low: str
    arrow_high: str
    diamond: str
    prediction: str


_UNICODE_MARKS = _Marks("│", "├", "─", "┤", "■", "◄", "►", "◆", "═")
_ASCII_MARKS = _Marks(":", "|", "-", "|", "#", "<", ">", "*", "=")


@dataclass(frozen=True, slots=True)
class ForestConsole:
    """A rich renderable: print it, it takes the width and the characters of the console it is printed on."""

    analysis: Analysis

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Lines as texts, never wider than the console and never read as markup."""
        for line, style in forest_lines(self.analysis, options.max_width, ascii_only=options.ascii_only):
            yield Text(line, style=style, no_wrap=True, overflow="crop")


def forest_console(analysis: Analysis) -> ForestConsole:
    """The analysis as something a rich console prints."""
    return ForestConsole(analysis)


def forest_lines(analysis: Analysis, width: int, *, ascii_only: bool = False) -> list[tuple[str, str]]:
    """The lines of the plot, each with its rich style, at most `width` characters wide (80 and more)."""
    say = _in_ascii if ascii_only else str
    lines = [(line, "bold") for line in _wrapped(say(title_of(analysis)), width)]
    if analysis.estimates:
        lines += _Plot(analysis, width, _ASCII_MARKS if ascii_only else _UNICODE_MARKS, say).lines()
    notes = [f"[{marker}] {note}" for marker, note in footnotes_of(analysis).notes]
    for sentence in pooled_lines(analysis):
        lines += [(line, "") for line in _wrapped(say(sentence), width, "  ")]
    for sentence in notes + remarks(analysis):
        lines += [(line, "dim") for line in _wrapped(say(sentence), width, "  ")]
    return lines


class _Plot:
    """Column widths of one plot, and its rows. `say` writes a text in the characters the terminal has."""

    def __init__(self, analysis: Analysis, width: int, marks: _Marks, say: Callable[[str], str]) -> None:
        self.analysis, self.width, self.marks, self.say = analysis, width, marks, say
        self.cells = ForestCells(analysis)
        self.scale: Scale = self.cells.scale
        self.axis: Axis = axis_of(self.scale, analysis)
        self.heads = self.cells.heads()
        rows = [self.cells.study(index) for index in self.cells.everyone]
        names = [say(row.label) for row in rows]
        marked = [say(f" [{','.join(own)}]") if own else "" for own in footnotes_of(analysis).markers]
        if analysis.pooled:
            rows.append(self.cells.total("pooled", analysis.pooled, self.cells.everyone))
            rows += [
                self.cells.total("subtotal", group.pooled, group.members) for group in analysis.groups if group.pooled
            ]
        self.alone = self.cells.reported_only()
        rows += [self.alone[0]] if self.alone else []
        widest = max(cell_len(name + mark) for name, mark in zip(names, marked, strict=True))
        widest = max(widest, cell_len(self.alone[0].label) if self.alone else 0)
        self.study = min(_STUDY_WIDTH if width >= 100 else _NARROW_STUDY_WIDTH, max(widest, _LEAST_STUDY_WIDTH))
        self.labels = [
            _fitted(say(name), self.study - len(mark), say).rstrip() + mark
            for name, mark in zip(names, marked, strict=True)
        ]
        self.sides = _SIDES_WIDTH if width >= _WIDE else 0
        self.estimate = max(map(len, [*(row.estimate for row in rows), self.heads["estimate"][1]]))
        taken = self.study + 2 + (self.sides + 2 if self.sides else 0) + self.estimate + 2
        taken += 8 if "weight" in self.heads else 0
        self.plot = max(12, min(_PLOT_WIDTH, width - taken))

    def lines(self) -> list[tuple[str, str]]:
        """Head, studies under their subgroups, pooled rows, and who is favoured where."""
        head = Cells(label="Study", estimate=self.heads["estimate"][1], weight="weight")
        lines = [(self.row(head, self.ticks(), sides="arm vs comparator"), "bold")]
        groups = self.cells.groups()
        for group in groups:
            lines += [(line, "bold") for line in _wrapped(self.say(group_name(group)), self.width)]
            lines += [(self.study_row(index), "") for index in group.members]
            if group.pooled:
                lines.append((self.pooled_row("subtotal", group.pooled, group.members), "bold"))
        if not groups:
            lines += [(self.study_row(index), "") for index in self.cells.everyone]
        if pooled := self.analysis.pooled:
            lines.append((self.pooled_row("pooled", pooled, self.cells.everyone), "bold"))
            if has_prediction(pooled):
                lines.append((self.prediction_row(pooled), ""))
        if self.alone:
            lines.append((self.diamond_row(*self.alone), ""))
        if sides := favours(self.analysis):
            lines += [(line, "dim") for line in self.favour_rows(sides)]
        return lines

    def row(self, cells: Cells, plot: str, *, sides: str = "") -> str:
        parts = [_fitted(self.say(cells.label), self.study, self.say)]
        if self.sides:
            parts.append(_fitted(self.say(sides), self.sides, self.say))
        parts.append(self.say(cells.estimate).rjust(self.estimate))
        if "weight" in self.heads:
            parts.append(cells.weight.rjust(6))
        return "  ".join([*parts, plot]).rstrip()

    def study_row(self, index: int) -> str:
        row, marks = self.analysis.estimates[index], self.marks
        sides = " vs ".join(plain(arm.label) for arm in (row.arm, row.comparator) if arm)
        plot = self.span(row.ci_low, row.ci_high, marks.low, marks.line, marks.high)
        if 0 <= self.axis.fraction(row.estimate) <= 1:
            plot[self.at(row.estimate)] = marks.square
        return self.row(replace(self.cells.study(index), label=self.labels[index]), "".join(plot), sides=sides)

    def pooled_row(self, name: str, pooled: Pooled, members: tuple[int, ...]) -> str:
        return self.diamond_row(self.cells.total(name, pooled, members), pooled)

    def diamond_row(self, cells: Cells, pooled: Pooled) -> str:
        mark = self.marks.diamond
        plot = self.span(self.scale.natural(pooled.ci_low), self.scale.natural(pooled.ci_high), mark, mark, mark)
        return self.row(cells, "".join(plot))

    def prediction_row(self, pooled: Pooled) -> str:
        mark = self.marks.prediction
        plot = self.span(*prediction_limits(pooled, self.scale), mark, mark, mark)
        cells = self.cells.prediction(pooled)
        return self.row(replace(cells, label=cells.label.removesuffix(" interval")), "".join(plot))

    def favour_rows(self, sides: tuple[str, str]) -> list[str]:
        """Who is favoured left and right of the null line, in as many lines as it takes."""
        null = self.at(self.scale.null or 0.0)
        room = len(self.row(Cells(label=""), "x")) - 1 + null  # what is left of the plot is free on these lines
        left = _wrapped(self.say(f"← {sides[0]}"), room - 1)
        right = _wrapped(self.say(f"{sides[1]} →"), max(8, self.plot - null - 2))
        return [
            f"{' ' * (room - 1 - cell_len(one))}{one}   {other}".rstrip()
            for one, other in zip_longest(left, right, fillvalue="")
        ]

    def ticks(self) -> str:
        """Labels of the ticks, each centred at its place; one that would touch its neighbour is left out."""
        cells = [" "] * self.plot
        null_first = sorted(self.axis.ticks, key=lambda value: value != self.scale.null)
        for value in null_first:
            label = f"{value:g}"
            start = min(max(0, self.at(value) - len(label) // 2), self.plot - len(label))
            around = cells[max(0, start - 1) : start + len(label) + 1]
            if all(cell == " " for cell in around):
                cells[start : start + len(label)] = label
        return "".join(cells)

    def at(self, value: float) -> int:
        return round(min(1.0, max(0.0, self.axis.fraction(value))) * (self.plot - 1))

    def span(self, low: float, high: float, first: str, middle: str, last: str) -> list[str]:
        """The cells of one row: the null line, and over it the interval, with arrows where it leaves the axis."""
        cells = [" "] * self.plot
        if self.scale.null is not None:
            cells[self.at(self.scale.null)] = self.marks.null
        start, end = self.at(low), self.at(high)
        cells[start : end + 1] = middle * (end + 1 - start)
        cells[start], cells[end] = first, last
        if self.axis.fraction(low) < 0:
            cells[start] = self.marks.arrow_low
        if self.axis.fraction(high) > 1:
            cells[end] = self.marks.arrow_high
        return cells


def _fitted(text: str, width: int, say: Callable[[str], str]) -> str:
    """Exactly so many columns of the terminal; a longer text ends in an ellipsis."""
    if cell_len(text) <= width:
        return text + " " * (width - cell_len(text))
    return set_cell_size(text, width - 1) + say("…")


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """Lines of at most so many columns of the terminal, where a Chinese letter takes two."""
    lines = textwrap.wrap(text, width, subsequent_indent=indent)
    narrow = width
    while any(cell_len(line) > width for line in lines):
        narrow -= 1
        lines = textwrap.wrap(text, narrow, subsequent_indent=indent)
    return lines


def _in_ascii(text: str) -> str:
    """Letters lose their accents, what has no counterpart becomes a question mark."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_ASCII))
    kept = "".join(character for character in decomposed if not unicodedata.combining(character))
    return kept.encode("ascii", "replace").decode("ascii")
