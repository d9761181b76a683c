"""A registry record as text under construction: lines, tables, and the facts that each line shows."""

import re
from typing import Any

from evidence.model.document import Cell, Fact, Table
from evidence.read.compose import Composer, place

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class Page:
    """Writes a record. Paths lead from the root of the record to the values that a line shows."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.out = Composer()
        self.facts: list[Fact] = []
        self.last = (0, 0)
        self._record = record

    def line(self, text: str, *paths: str) -> None:
        """A line of its own, which shows everything below these paths."""
        text = " ".join(text.split())
        self.out.end_line()
        self.last = self.out.write(text)
        self.out.write("\n")
        for path in filter(None, paths):
            self.facts_of(path, *self.last)

    def paragraph(self, text: str) -> None:
        """Prose as it is, line ends kept."""
        self.out.end_paragraph()
        self.last = self.out.write(text.replace("\r\n", "\n"))
        self.out.end_paragraph()

    def section(self, heading: str, text: str, level: int) -> None:
        """A heading with its prose; nothing where there is none."""
        if text:
            self.out.heading(heading, level)
            self.paragraph(text)

    def facts_of(self, path: str, start: int, end: int, *, skip: tuple[str, ...] = ()) -> None:
        """Every value below a path, as shown by this stretch of the text."""
        self._collect(self._at(path), path, start, end, skip)

    def table(self, label: str, caption: str, head: list[str], rows: list[tuple[list[str], list[str]]]) -> None:
        """A table of one head row; each row comes with the paths of what it shows."""
        out = self.out
        out.end_paragraph()
        start, _ = out.write(". ".join(part for part in (label, caption) if part))
        out.write("\n")
        cells: list[Cell] = []
        for r, (texts, paths) in enumerate([(head, []), *rows]):
            begin = out.at
            for c, text in enumerate(texts):
                if c:
                    out.write("\t")
                text = " ".join(text.split())
                at, _ = out.write(text)
                if cell := place(text, at, r, c, head=r == 0):
                    cells.append(cell)
            end = out.at
            out.write("\n")
            for path in paths:
                self.facts_of(path, begin, end)
        out.tables.append(
            Table(label=label, caption=caption, char_start=start, char_end=out.at - 1, cells=tuple(cells))
        )
        out.end_paragraph()

    def _at(self, path: str) -> Any:
        value: Any = self._record
        for name, index in _STEP.findall(path):
            value = value[int(index)] if index else value.get(name)
            if value is None:
                return None
        return value

    def _collect(self, value: Any, path: str, start: int, end: int, skip: tuple[str, ...] = ()) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                if name not in skip:
                    self._collect(inner, f"{path}.{name}", start, end)
        elif isinstance(value, list):
            for i, inner in enumerate(value):
                self._collect(inner, f"{path}[{i}]", start, end)
        elif value is not None:
            self.facts.append(Fact(path=path, value=str(value), char_start=start, char_end=end))


def sentence_case(code: str) -> str:
    """A code of the registry as words: "ACTIVE_COMPARATOR" is "Active comparator"."""
    return code.replace("_", " ").capitalize()
