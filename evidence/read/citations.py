"""Citation marks in running text: "[1-3]", "(4, 5)", "<sup>6</sup>", raised figures. Their numbers are no results.

A bracket is taken for a citation only where nothing speaks for a number of the study: a range after "months" or "IQR",
a decimal, a count or a percentage are left alone. When in doubt a mark is not set, and the number stays visible.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from evidence.model.document import Mark, Table

_DASH = "\u2010\u2011\u2012\u2013\u2014\u2212-"  # the hyphen last, where it is no range of characters
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
#: No mark cites more entries in one range.
_LONGEST_RANGE = 60
_RANGE = re.compile(rf"(\d{{1,3}})(?:\s*[{_DASH}]\s*(\d{{1,3}}))?")
_ONLY_NUMBERS = re.compile(rf"[\s\[(]*{_NUMBERS}[\s\])]*")
_TAGS = re.compile(r"</?su[pb]>", re.IGNORECASE)
#: Before a raised figure: a unit, a power of ten or a statistic that is squared. And where no citation can stand.
_RAISED_TO_A_POWER = re.compile(
    r"(?:[\d\s]|(?<![^\W\d_])(?:[kcmd\u00b5\u03bc]?m|m?sec|m?s|in|ft|\u03c7|[A-Z]|[rt])\s?)$"
)


def numbers_in(mark: str) -> tuple[int, ...]:
    """The numbers of a citation mark, its ranges expanded: "[3-5, 8]" is 3, 4, 5, 8; nothing for any other text."""
    if not _ONLY_NUMBERS.fullmatch(mark):
        return ()
    found: list[int] = []
    for first, last in _RANGE.findall(mark):
        low, high = int(first), int(last or first)
        found += range(low, high + 1) if low <= high <= low + _LONGEST_RANGE else (low, high)
    return tuple(dict.fromkeys(found))


def with_references(text: str, marks: Sequence[Mark], known: Collection[int], *, body: int = 0) -> tuple[Mark, ...]:
    """The marks, each with the entries it cites.

    `known` are the numbers of the list of references; a number that is not among them is not cited. Where there is no
    list the numbers of brackets are taken as they are. A document that cites in brackets does not cite by raised
    figures; those before the offset `body` belong to the names of authors.
    """
    raised = bool(known) and not any(mark.kind == "citation" for mark in marks)
    result = []
    for mark in marks:
        cited: tuple[int, ...] = ()
        printed = _TAGS.sub("", text[mark.char_start : mark.char_end])
        if mark.kind == "citation":
            cited = numbers_in(printed)
        elif mark.kind == "superscript" and raised and mark.char_start >= body:
            before = text[max(0, mark.char_start - 12) : mark.char_start]
            cited = () if not before or _RAISED_TO_A_POWER.search(before) else numbers_in(printed.strip(" ,"))
            cited = cited if set(cited) <= set(known) else ()
        if known:
            cited = tuple(number for number in cited if number in known)
        result.append(replace(mark, references=cited))
    return tuple(result)


def outside_tables(marks: Sequence[Mark], tables: Sequence[Table]) -> tuple[Mark, ...]:
    """Brackets inside a table hold intervals and counts rather than citations; superscripts stay marked."""
    spans = [(table.cells[0].char_start, table.cells[-1].char_end) for table in tables if table.cells]
    return tuple(
        mark
        for mark in marks
        if mark.kind != "citation" or not any(start <= mark.char_start < end for start, end in spans)
    )


def citation_marks(text: str) -> list[Mark]:
    """Marks of kind "citation" and, for `<sup>` and `<sub>` tags, "superscript", in order."""
    spans = [("citation", match.start(), match.end()) for match in _citations(text)]
    spans += [("superscript", match.start(), match.end()) for match in _TAGGED.finditer(text)]
    return [Mark(kind=kind, char_start=start, char_end=end) for kind, start, end in sorted(spans, key=lambda s: s[1])]


def _citations(text: str) -> Iterator[re.Match[str]]:
    bracketed = [match for match in _BRACKETED.finditer(text) if _plausible(text, match)]
    if len(bracketed) >= _ENOUGH:
        bracketed = [m for m in _BRACKETED.finditer(text) if _plausible(text, m) or _no_interval(text, m)]
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


_PERCENTAGE = re.compile(r"(?P<value>\d[\d.\u00b7]*)\s*%\s*$")


def _no_interval(text: str, match: re.Match[str]) -> bool:
    """Behind a percentage, numbers that cannot be its limits ("survival of only 20% [1-3]")."""
    members = _members(match)
    measured = _PERCENTAGE.search(text[max(0, match.start() - 12) : match.start()])
    if measured is None or members[0] == 0 or members != sorted(set(members)):
        return False
    value = float(measured["value"].replace("\u00b7", ".").strip("."))
    return len(members) > 2 or not members[0] <= value <= members[-1]


def _members(match: re.Match[str]) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", match.group("numbers"))]
