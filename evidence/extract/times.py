"""Time points and durations, converted to months.

A month is 365 / 12 days: 100 days are 3.29 months, 52 weeks 11.97; years are exactly 12 months.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

#: Days in a month as this project converts them.
DAYS_PER_MONTH = Decimal(365) / 12

_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
_NUMBER = rf"(?:\d+(?:\.\d+)?|{'|'.join(_WORDS)}|eighteen|twenty-four)"
_UNIT = r"(?:years?|yrs?|months?|mo|weeks?|wks?|days?)"
_LIST = rf"(?P<list>{_NUMBER}(?:[\s-]*(?:-|,|and|or|to|,\s?and)[\s-]*{_NUMBER})*)"

_POINT = re.compile(
    # 2-year, 12- and 24-month, 1, 2, 3 year OS, 24-months
    rf"(?<![\w.]){_LIST}[\s-]?-?(?P<unit>year|yr|month|mo|week|wk|day)(?:s(?=\s[A-Z]))?(?=[\s-](?!ago|old|period|before|after|later))(?!\s*\()"
    # at 24 months, by day 100, within 210 days, after 2 years
    rf"|\b(?P<prep>[Aa]t|[Bb]y|[Ww]ithin|[Aa]fter|[Tt]hrough|[Uu]ntil|[Oo]ver)\s(?:a median of\s)?(?:the\s)?(?P<at>{_NUMBER}(?:[\s-]*(?:,|and|or|,\s?and)[\s-]*{_NUMBER})*)[\s-](?P<at_unit>{_UNIT})\b"
    r"|\b(?:[Dd]ay|d)\s?\+?(?P<day>\d{2,4})\b"
    # OS 2 years:, RFS 24 m:
    rf"|\b(?:OS|RFS|EFS|PFS|LFS|DFS|NRM|CIR)\s(?P<short>\d+(?:\.\d+)?)\s?(?P<short_unit>years?|yrs?|y|months?|mo|m)\b"
    # 18 months: 89% (a cell whose column names the outcome)
    rf"|(?<![\w.])(?P<colon>\d+(?:\.\d+)?)\s(?P<colon_unit>{_UNIT})(?=:\s?\d)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePoint:
    """A stretch of text that names one or several time points."""

    start: int
    end: int
    months: tuple[Decimal, ...]


def find_times(text: str, start: int, end: int) -> list[TimePoint]:
    """Time points between two offsets, in order."""
    found = []
    for match in _POINT.finditer(text, start, end):
        if match["day"]:
            values, unit = [match["day"]], "days"
        else:
            values = re.findall(_NUMBER, match["list"] or match["at"] or match["short"] or match["colon"])
            unit = match["unit"] or match["at_unit"] or match["short_unit"] or match["colon_unit"]
        if match["list"] and re.search(r"\s(?:to|-)\s|\d-\d", match["list"]):
            continue  # a range of time is no time point
        if match["prep"] and re.match(r"\s(?:of|from)\s(?:follow|treat|therap)", text[match.end() : match.end() + 16]):
            continue
        months = tuple(to_months(_plain(value), unit) for value in values)
        start_at = match.start("short") if match["short"] else match.start()
        found.append(TimePoint(start=start_at, end=match.end(), months=months))
    return found


def _plain(text: str) -> Decimal:
    if text in _WORDS:
        return Decimal(_WORDS.index(text) + 1)
    return Decimal({"eighteen": "18", "twenty-four": "24"}.get(text, text))


def to_months(value: Decimal, unit: str) -> Decimal:
    """A time in months; whole results keep no decimals, others are rounded to a hundredth."""
    letter = unit[0].lower()
    if letter == "y":
        months = value * 12
    elif letter == "m":
        return value
    elif letter == "w":
        months = (value * 7 / DAYS_PER_MONTH).quantize(Decimal("0.01"))
    else:
        months = (value / DAYS_PER_MONTH).quantize(Decimal("0.01"))
    return months.quantize(Decimal(1)) if months == months.to_integral_value() else months
