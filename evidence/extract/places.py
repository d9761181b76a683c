"""Where in its quote the number of a row is printed."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from decimal import Decimal

from evidence.extract.digits import NUMBER, WORD_NUMBER, spelled, to_decimal
from evidence.model.document import CleanText
from evidence.model.records import ArmResult, Patient, Result

#: A dash behind a figure or a word ("10-15") is no sign.
_SIGNED = re.compile(rf"(?:(?<![\w.)%])[-+]\s?)?{NUMBER}")
#: Columns of numbers that a quote may print.
_COLUMNS = ("value", "estimate", "time_months", "ci_low", "ci_high", "p_value", "events", "total", "sd")


def number_places(row: Result | Patient, clean: CleanText) -> list[tuple[int, int]]:
    """Offsets in the text of the value of a row, wherever its quote prints it, in figures or in words.

    Empty where the quote does not: a time in days that the row has in months, a number that a person corrected.
    """
    number = _number(row)
    if number is None:
        return []
    return [place for place, printed in printed_numbers(clean, *_quote(row)) if printed == number]


def column_places(row: Result | Patient, clean: CleanText) -> dict[str, list[tuple[int, int]]]:
    """Offsets in the text of every number of a row that its quote prints, by column; see `number_places`."""
    printed = printed_numbers(clean, *_quote(row))
    numbers = ((column, getattr(row, column, None)) for column in _COLUMNS)
    found = {
        column: [place for place, other in printed if other == number]
        for column, number in numbers
        if number is not None
    }
    return {column: places for column, places in found.items() if places}


def printed_numbers(clean: CleanText, char_start: int, char_end: int) -> list[tuple[tuple[int, int], Decimal | int]]:
    """Every number that a stretch of the text prints, in figures or in words, with its offsets in the text."""
    start, end = (bisect_left(clean.starts, offset) for offset in (char_start, char_end))
    return [(clean.span(*place), number) for place, number in _printed(clean.text, start, end)]


def _quote(row: Result | Patient) -> tuple[int, int]:
    return row.source.char_start, row.source.char_end


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
