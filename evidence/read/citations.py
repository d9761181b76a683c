"""Citation marks in running text: "[1-3]", "(4, 5)", "<sup>6</sup>". Their numbers are no results.

A bracket is taken for a citation only where nothing speaks for a number of the study: a range after "months" or "IQR",
a decimal, a count or a percentage are left alone. When in doubt a mark is not set, and the number stays visible.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from evidence.model.document import Mark

_DASH = "-\u2010\u2011\u2012\u2013\u2014\u2212"
_NUMBERS = rf"\d{{1,3}}(?:\s?[,;{_DASH}]\s?\d{{1,3}})*"
_BRACKETED = re.compile(rf"\[(?P<numbers>{_NUMBERS})\]")
_PARENTHESISED = re.compile(rf"(?<=[A-Za-z\u2019\"']\s)\((?P<numbers>{_NUMBERS})\)(?=\s*[.,;:]|\s+[a-z])")
_TAGGED = re.compile(r"<sup>[^<>\n]{1,40}</sup>|<sub>[^<>\n]{1,40}</sub>", re.IGNORECASE)
#: What stands before a bracket that holds a range or a measurement.
_MEASURED = re.compile(
    r"(?:\d\s*%?|\b\d[\d.\u00b7]*\s+(?:years?|yrs?|months?|mos?|weeks?|days?|hours?|min|mg|g|kg|ml|mm|cm|points?)"
    r"|\b(?:range|IQR|CI|interval|quartiles?|SD|SE|median|mean|n|grades?|days?|cycles?|phases?|weeks?|stages?|score)[:,=]?)"
    r"\s*$",
    re.IGNORECASE,
)
#: A document cites in parentheses only if several of them, the first among them, look like citations.
_ENOUGH = 4


def citation_marks(text: str) -> list[Mark]:
    """Marks of kind "citation" and, for `<sup>` and `<sub>` tags, "superscript", in order."""
    spans = [("citation", match.start(), match.end()) for match in _citations(text)]
    spans += [("superscript", match.start(), match.end()) for match in _TAGGED.finditer(text)]
    return [Mark(kind=kind, char_start=start, char_end=end) for kind, start, end in sorted(spans, key=lambda s: s[1])]


def _citations(text: str) -> Iterator[re.Match[str]]:
    bracketed = [match for match in _BRACKETED.finditer(text) if _plausible(text, match)]
    yield from bracketed
    if bracketed:
        return
    parenthesised = [match for match in _PARENTHESISED.finditer(text) if _plausible(text, match)]
    parenthesised = _without_enumerations(text, parenthesised)
    cited = {number for match in parenthesised for number in _members(match)}
    lists = any(len(_members(match)) > 1 for match in parenthesised)
    if len(cited) >= _ENOUGH and lists and 1 in cited and len(parenthesised) >= _ENOUGH:
        yield from parenthesised


def _without_enumerations(text: str, matches: list[re.Match[str]]) -> list[re.Match[str]]:
    """Leave out "(1) ...; (2) ..." within one sentence: it numbers the items of a list."""
    items = set()
    for before, after in pairwise(matches):
        apart = re.search(r"[.!?]\s+[A-Z]|\n", text[before.end() : after.start()])
        first, second = _members(before), _members(after)
        if not apart and len(first) == len(second) == 1 and second[0] == first[0] + 1:
            items |= {before, after}
    return [match for match in matches if match not in items]


def _plausible(text: str, match: re.Match[str]) -> bool:
    """Ascending positive numbers, and nothing measured just before."""
    members = _members(match)
    if not members or members[0] == 0 or members != sorted(set(members)):
        return False
    before = text[max(0, match.start() - 40) : match.start()]
    return not _MEASURED.search(before)


def _members(match: re.Match[str]) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", match.group("numbers"))]
