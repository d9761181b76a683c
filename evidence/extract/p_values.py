"""p-values as printed, which tests they belong to, and which estimates."""

import re
from collections.abc import Iterator
from dataclasses import replace

from evidence.extract.digits import to_decimal
from evidence.extract.quantity import Claims, Kind, PValue, Quantity

_TESTS = r"interactions?|trends?|heterogeneity|non-?inferiority"
_P = re.compile(
    r"(?<![A-Za-z0-9_-])\$?[Pp](?:[\s-]?values?)?\$?\s?"
    # "P for interaction", "P_interaction", "P-heterogeneity"
    rf"(?P<test>\s*(?:for|of|_|-)?\s?(?:the )?(?:{_TESTS})[a-z ]{{0,20}})?"
    # "P for the comparison", "p for age"
    r"\s?(?P<purpose>for [a-z][a-z ,\-/*]{1,40}?)?\s*"
    r"(?P<operator><\s?or\s?=|>\s?or\s?=|<=|>=|=\s?<|[=<>≤≥]|of|was|is|,|less than|:)\s*"
    # a blank may stand behind the point, or between groups of three digits
    r"(?P<value>\d*\.\s?\d[\d]*(?:\s\d{1,3}(?=[\s,;)\]]))?|[01](?!\d)|\d(?=\s?[x×*]\s?10\s?\^?\s?-))"
    r"(?P<power>\s?[x×*]\s?10\s?\^?\s?-\s?(?P<exponent>\d{1,3})(?!\d))?",
)
_FURTHER = re.compile(r"\s*(?:,|and|,\s?and)\s*(?P<value>0?\.\d+)(?![\d%]|\s?%)")
#: "P = .02, .01 and .60, respectively".
_IN_A_LIST = re.compile(r"(?:\s*(?:,|and|,\s?and)\s*0?\.\d+){1,6},?\srespectively\b")
_NAMED_TEST = re.compile(r"interaction|for trend|heterogeneity|\btrend\b|non-?inferiority", re.IGNORECASE)
_TAIL = re.compile(r"\s*\(?(?:for|by)? ?[a-z* -]{0,25}")
_OPERATORS = {"≤": "<=", "≥": ">=", "=<": "<", "lessthan": "<"} | dict.fromkeys(("of", "was", "is", ",", ":"), "=")


def p_values(sentence: str, claims: Claims) -> Iterator[PValue]:
    """p-values with operator; "p values of 0.0165 and 0.0191" gives two."""
    for match in _P.finditer(sentence):
        operator = re.sub(r"\s|\bor\b", "", match["operator"])
        value = to_decimal(match["value"])
        if match["power"]:
            value = value.scaleb(-int(match["exponent"]))
        if value > 1:
            continue
        test = _NAMED_TEST.search(match["test"] or _words_near(sentence, match))
        found = PValue(
            value=value,
            operator=_OPERATORS.get(operator, operator),
            test=test.group().lower() if test else None,
            start=match.start(),
            end=match.end(),
        )
        claims.claim(match.start(), match.end())
        yield found
        if "values" in match.group().lower() or _IN_A_LIST.match(sentence, match.end()):
            at = match.end()
            while more := _FURTHER.match(sentence, at):
                claims.claim(more.start(), more.end())
                yield replace(found, value=to_decimal(more["value"]), start=more.start("value"), end=more.end())
                at = more.end()


def _words_near(sentence: str, match: re.Match[str]) -> str:
    """Words that may name a test: "P for ...", those behind the value, and those before it in the same brackets."""
    tail = _TAIL.match(sentence, match.end())
    before = sentence[max(0, match.start() - 40) : match.start()].rpartition("(")[2]
    return (match["purpose"] or "") + (tail.group() if tail else "") + before[-25:]


#: An estimate and its p stand this close together, in characters.
_REACH = 70
_BETWEEN = re.compile(r"[.] |\d\s?%")


def bind(sentence: str, found: list[Quantity], p_values: list[PValue]) -> tuple[list[Quantity], list[PValue]]:
    """Give each estimate the p that stands behind it, before the next estimate; the other p-values stay loose."""
    bound: list[Quantity] = []
    taken: set[int] = set()
    for index, quantity in enumerate(found):
        if quantity.kind is Kind.ESTIMATE:
            end = quantity.spread.end if quantity.spread else quantity.end
            following = next((q.at for q in found[index + 1 :] if q.kind is Kind.ESTIMATE), len(sentence))
            for number, p in enumerate(p_values):
                gap = sentence[end : p.start]
                if number in taken or not end <= p.start < following or len(gap) > _REACH:
                    continue
                if any(end <= q.at < p.start for q in found if q is not quantity):
                    break  # the p belongs to the numbers in between
                if p.test is None and not _BETWEEN.search(gap):
                    taken.add(number)
                    quantity = replace(quantity, p=p)
                break
        bound.append(quantity)
    return bound, [p for number, p in enumerate(p_values) if number not in taken]
