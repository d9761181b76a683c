"""Numbers that no unit of the grammar marks: scores, levels, amounts ("66.9 vs 58.7", "41.6 min versus 60.9 min").

Only those written as a pair, with decimals, or with a sign are read; whether one is a mean or a median is decided by
the words before it (`arm_results.py`).
"""

import re
from collections.abc import Iterator

from evidence.extract.digits import PERCENT, SIGNED, to_decimal
from evidence.extract.limits import limits
from evidence.extract.names import YEAR, named_before
from evidence.extract.quantity import Claims, Kind, Quantity

_UNIT = (
    r"(?:\s?(?:%|points?|mmol/L|nmol/L|pg/mL|ng/mL|ng/g|g/day|mg/day|g/dL|ml|mL|min(?:utes)?|hours?|h|kg/m2|kg|g|cm|mm|mm\s?Hg"
    r"|per (?:day|week|month)|kcal(?:/day)?|units?)\b)?"
)
_NUMBER = rf"(?<![\w.,/±=<>≤≥%-])(?<![<>=≤≥±] ){SIGNED}(?![\d,]*\d|\.\d|\s?[/:]\s?\d|-\d|-[a-z]|\w)"
#: "66.9 vs 58.7", "41.6 min versus 60.9 min", "-3.6% v -0.71%", "1.2 (n = 40) compared with 2.3".
_PAIR = re.compile(
    rf"(?P<a>{_NUMBER}){_UNIT}(?:\s?\([^()]{{0,40}}\))?"
    r"(?P<join>,?\s(?:vs?\.?|versus|(?:as )?compared (?:with|to)|and)\s)"
    rf"(?P<b>{SIGNED})(?![\d,]*\d|\.\d|\s?[/:]\s?\d|-\d|-[a-z]){_UNIT}"
)
_SINGLE = re.compile(
    r"(?P<a>(?<![\w.,/±=<>≤≥%-])(?<![<>=≤≥±] )(?:[-+]\s?\d+(?:\.\d+)?|\d+\.\d+)(?![\d.]*\d|\s?[/:]\s?\d|-\d|-[a-z]))"
)
_WITH_UNIT = re.compile(_UNIT)
_PERCENT_BEHIND = re.compile(PERCENT)
#: Its interval, or what it changed to.
_INTERVAL_BEHIND = re.compile(r"\s?to [-+]?\d|\s?[(\[][^()\[\]]*\d\s?(?:-|to|,)\s?[-+]?\d")
_RANGE_BEFORE = re.compile(r"\b(?:between|from|range|ranging|aged?|to|of over|up to|p|P|r|than)\s?[=<>]?\s?$")


def plain_numbers(sentence: str, claims: Claims) -> Iterator[Quantity]:
    """Pairs first, then single numbers with decimals or a sign; each is of kind MEAN and has no spread."""
    for pair in _PAIR.finditer(sentence):
        decimals = "." in pair["a"] or "." in pair["b"] or pair["a"][0] in "+-"
        units = pair.end("a") != pair.start("join") and pair.end("b") != pair.end()
        if not decimals and not (units and "and" not in pair["join"]):
            continue
        if not _free(sentence, claims, pair, "a") or not claims.free(pair.start("b"), pair.end("b")):
            continue
        yield from (_number(sentence, claims, *pair.span(side)) for side in ("a", "b"))
    for match in _SINGLE.finditer(sentence):
        if _free(sentence, claims, match, "a") and not _INTERVAL_BEHIND.match(sentence, match.end()):
            yield _number(sentence, claims, *match.span("a"))


#: "-3.6%": a change, which is no proportion.
_SIGNED_PERCENT = re.compile(rf"(?<![\w.,/%)-])(?<!\d )[-+]\d+(?:\.\d+)?(?={PERCENT})")


def signed_percentages(sentence: str, claims: Claims) -> Iterator[Quantity]:
    """Percentages with a sign."""
    for match in _SIGNED_PERCENT.finditer(sentence):
        if claims.free(match.start(), match.end()):
            yield _number(sentence, claims, *match.span())


def _free(sentence: str, claims: Claims, match: re.Match[str], side: str) -> bool:
    """Whether a number is not read yet, names nothing, and is no bound, year or unsigned percentage."""
    start, end = match.span(side)
    signed = sentence[start] in "+-"
    if _PERCENT_BEHIND.match(sentence, end) and not signed:
        return False
    return (
        claims.free(start, end)
        and not (named_before(sentence, start) and not signed)
        and not _RANGE_BEFORE.search(sentence[max(0, start - 12) : start])
        and not YEAR.match(match[side])
    )


def _number(sentence: str, claims: Claims, start: int, end: int) -> Quantity:
    value = to_decimal(sentence[start:end])
    unit = _WITH_UNIT.match(sentence, end)
    stop = unit.end() if unit else end
    spread = limits(sentence, stop, value, labelled=False)
    stop = max(stop, spread.end) if spread else stop
    claims.claim(start, stop)
    return Quantity(kind=Kind.MEAN, start=start, end=stop, at=start, value=value, spread=spread)
