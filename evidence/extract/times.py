"""Time points and durations, converted to months.

A month is 365 / 12 days: 100 days are 3.29 months, 52 weeks 11.97; years are exactly 12 months.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from evidence.extract import lexicon

#: Days in a month as this project converts them.
DAYS_PER_MONTH = Decimal(365) / 12

_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
_LARGER_WORDS = {
    "eighteen": 18, "twenty-four": 24, "twenty-eight": 28, "thirty-six": 36, "thirty": 30, "sixty": 60, "ninety": 90,
    "hundred": 100,
}  # fmt: skip
_NUMBER = rf"(?:\d+(?:\.\d+)?|(?i:{'|'.join((*_LARGER_WORDS, *_WORDS))}))"
_DECIMAL = r"\d+(?:\.\d+)?"
_UNIT = r"(?:years?|yrs?|months?|mo|weeks?|wks?|days?)"
_LIST = rf"{_NUMBER}(?:[\s-]*(?:-|,|and|or|to|,\s?and)[\s-]*{_NUMBER})*"
_CURVES = "|".join(lexicon.abbreviations("time_to_event", "incidence"))

_POINT = re.compile(
    # 2-year, 12- and 24-month, 1, 2, 3 year OS, 24-months; neither "2 years ago" nor "a 4-week period"
    rf"(?<![\w.])(?P<list>{_LIST})[\s-]?-?(?P<unit>year|yr|month|mo|week|wk|day)(?:s(?=\s[A-Z]))?"
    r"(?=[\s-](?!ago|old|period|before|after|later))(?!\s*\()"
    # at 24 months, by day 100, within 210 days, after 2 years
    r"|\b(?P<preposition>[Aa]t|[Bb]y|[Ww]ithin|[Aa]fter|[Tt]hrough|[Uu]ntil|(?<!\d )[Oo]ver)\s"
    r"(?:a median of\s)?(?:the\s)?"
    rf"(?P<at>{_LIST})[\s-](?P<at_unit>{_UNIT})\b"
    # at day +100, the day-100 incidence
    r"|\b(?:[Dd]ay-|(?:[Dd]ay|d)\s?\+?)(?P<day>\d{2,4})\b"
    # OS 2 years:, RFS 24 m:
    rf"|\b(?:{_CURVES})\s(?P<short>{_DECIMAL})\s?(?P<short_unit>years?|yrs?|y|months?|mo|m)\b"
    # restricted mean survival up to 5 years
    rf"|\bsurvival(?: time)? (?:up )?to\s(?P<horizon>{_DECIMAL})[\s-](?P<horizon_unit>{_UNIT})\b"
    # 18 months: 89% (a cell whose column names the outcome)
    rf"|(?<![\w.])(?P<colon>{_DECIMAL})\s(?P<colon_unit>{_UNIT})(?=:\s?\d)",
)
_RANGE = re.compile(r"\s(?:to|-)\s|\d-\d")
_FOLLOWED = re.compile(r"\s(?:of|from)\s(?:follow|treat|therap)")


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
            values = re.findall(
                _NUMBER, match["list"] or match["at"] or match["short"] or match["horizon"] or match["colon"]
            )
            units = ("unit", "at_unit", "short_unit", "horizon_unit", "colon_unit")
            unit = next(match[name] for name in units if match[name])
        if match["list"] and _RANGE.search(match["list"]):
            continue  # a range of time is no time point
        if match["preposition"] and _FOLLOWED.match(text, match.end()):
            continue
        months = tuple(to_months(_plain(value), unit) for value in values)
        start_at = match.start("short" if match["short"] else "horizon" if match["horizon"] else 0)
        found.append(TimePoint(start=start_at, end=match.end(), months=months))
    return found


def _plain(text: str) -> Decimal:
    text = text.lower()
    if text in _WORDS:
        return Decimal(_WORDS.index(text) + 1)
    return Decimal(_LARGER_WORDS.get(text, text))


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
