"""The facts of a registry record as a tree again, every leaf with the line of the text that shows it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from evidence.model.document import Document, Fact
from evidence.model.records import Source

#: No record counts or measures in numbers of so many digits.
_MOST_DIGITS = 16
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@dataclass(slots=True)
class Node:
    """A place in the record: a value, or what lies below it by name or number."""

    fact: Fact | None = None
    below: dict[str | int, "Node"] = field(default_factory=dict)

    def at(self, *steps: str | int) -> "Node":
        """The node further down; an empty one where there is none."""
        node = self
        for step in steps:
            node = node.below.get(step, _NOTHING)
        return node

    def text(self, *steps: str | int) -> str:
        """The value further down as the record has it; empty where there is none."""
        fact = self.at(*steps).fact
        return fact.value.strip() if fact else ""

    def number(self, *steps: str | int) -> Decimal | None:
        """The value as a number with the digits printed; None for "NA" and everything else that counts nothing."""
        try:
            value = Decimal(self.text(*steps).replace(",", ""))
        except InvalidOperation:
            return None
        return value if value.is_finite() and abs(value.adjusted()) < _MOST_DIGITS else None

    def whole(self, *steps: str | int) -> int | None:
        """The value as a whole number; None where it is none."""
        value = self.number(*steps)
        return int(value) if value is not None and value == value.to_integral_value() else None

    def items(self, *steps: str | int) -> Iterator["Node"]:
        """The entries of a list, in order."""
        below = self.at(*steps).below
        yield from (below[key] for key in sorted(key for key in below if isinstance(key, int)))

    def first(self) -> Fact | None:
        """Any fact here or below: all that a row shows stand in the same line."""
        if self.fact:
            return self.fact
        return next((found for node in self.below.values() if (found := node.first())), None)


_NOTHING = Node()


def tree(document: Document) -> Node:
    """All facts of a document by their paths."""
    root = Node()
    for fact in document.facts:
        node = root
        for name, index in _STEP.findall(fact.path):
            node = node.below.setdefault(int(index) if index else name, Node())
        node.fact = fact
    return root


def source(document: Document, node: Node, *, row: str | None = None, column: str | None = None) -> Source:
    """The line that shows what lies below a node."""
    fact = node.first()
    start, end = (fact.char_start, fact.char_end) if fact else (0, 0)
    table = next((t.label for t in document.tables if t.char_start <= start < t.char_end), None)
    return Source(
        char_start=start,
        char_end=end,
        quote=document.text[start:end],
        section=document.section_at(start),
        table=table,
        row=row if table else None,
        column=column if table else None,
    )
