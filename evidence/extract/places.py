"""Where in its quote the number of a row is printed."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from decimal import Decimal

from evidence.extract.digits import NUMBER, WORD_NUMBER, spelled, to_decimal
from evidence.model.document import Document
from evidence.model.records import ArmResult, Patient, Result

#: A dash behind a figure or a word ("10-15") is no sign.
_SIGNED = re.compile(rf"(?:(?<![\w.)%])[-+]\s?)?{NUMBER}")


def number_places(row: Result | Patient, document: Document) -> list[tuple[int, int]]:
    """Offsets in `document.text` of the value of a row, wherever its quote prints it, in figures or in words.

    Empty where the quote does not: a time in days that the row has in months, a number that a person corrected.
    """
    number = _number(row)
    if number is None:
        return []
    clean = document.clean
    start, end = (bisect_left(clean.starts, offset) for offset in (row.source.char_start, row.source.char_end))
    return [clean.span(*place) for place, printed in _printed(clean.text, start, end) if printed == number]


def _number(row: Result | Patient) -> Decimal | int | None:
    """The value or the estimate; where there is none, what was reported in its place."""
    if isinstance(row, Patient):
        return row.time_months
    if isinstance(row, ArmResult):
        return row.events if row.value is None else row.value
    return row.p_value if row.estimate is None else row.estimate


def _printed(text: str, start: int, end: int) -> Iterator[tuple[tuple[int, int], Decimal | int]]:
    """Every number of a stretch of clean text, with its place."""
    for match in _SIGNED.finditer(text, start, end):
        yield match.span(), to_decimal(match.group())
    for match in WORD_NUMBER.finditer(text, start, end):
        yield match.span(), spelled(match)
