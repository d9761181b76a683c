"""Lists of events with a number in brackets behind each: "rash (n = 6), fever (13%)", "aGVHD (grade I, n = 7; ...)".

What such a list counts stands before it: adverse events of a grade, causes of death, the grades of one disease. Its
items are outcomes even where no lexicon knows their words, so that their numbers are not taken for the item before.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from evidence.extract.lexicon import OutcomeEntry
from evidence.extract.numbers import Kind, Quantity
from evidence.extract.outcomes import OutcomeMention
from evidence.model.codes import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class EventList:
    """One list: where what it counts is named, and where its numbers stand."""

    head: int
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The numbers and outcomes of a sentence with its lists understood, and the lists."""

    quantities: list[Quantity]
    outcomes: list[OutcomeMention]
    lists: tuple[EventList, ...]


def listed_events(
    text: str, start: int, end: int, quantities: Sequence[Quantity], outcomes: Sequence[OutcomeMention]
) -> Listed:
    """The numbers and outcomes between two offsets; sizes in a list of events are counts of them."""
    found = Listed(quantities=list(quantities), outcomes=list(outcomes), lists=())
    if not any(q.kind in _COUNTS for q in quantities) or "(" not in text[start:end]:
        return found
    items = [*_parts_of_one(text, start, found), *_items_behind_heads(text, start, end, found)]
    if not items:
        return found
    counted = {item.at for item in items}
    found.quantities[:] = [
        replace(q, kind=Kind.COUNT, events=q.total, total=None) if q.kind is Kind.SIZE and q.at in counted else q
        for q in quantities
    ]
    named = {(item.mention.start, item.mention.end) for item in items}
    kept = [o for o in outcomes if not any(first < o.end and o.start < last for first, last in named)]
    found.outcomes[:] = sorted([*kept, *(item.mention for item in items)], key=lambda mention: mention.start)
    heads = dict.fromkeys(item.head for item in items)
    lists = tuple(EventList(head=head, places=tuple(i.at for i in items if i.head == head)) for head in heads)
    return replace(found, lists=lists)


_COUNTS = (Kind.SIZE, Kind.PERCENT, Kind.COUNT, Kind.FRACTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    at: int  # its number
    mention: OutcomeMention
    head: int  # where what the list counts is named


# ------------------------------------------------------------------------------------------------ grades of one disease

_PART = re.compile(r"(?:[(\[]|;|,)\s?(?:and )?(?P<part>[A-Za-z][^,;:()\[\]]{1,30}?),?\s?$")


def _parts_of_one(text: str, start: int, found: Listed) -> Iterable[_Item]:
    """Items of "aGVHD (grade I, n = 7; grade II, n = 10)": one outcome before the bracket, in parts."""
    for quantity in found.quantities:
        if quantity.kind is not Kind.SIZE:
            continue
        opens = text.rfind("(", start, quantity.start)
        head = next((o for o in found.outcomes if o.end == len(text[:opens].rstrip())), None) if opens > 0 else None
        part = _PART.search(text, opens, quantity.start) if head is not None else None
        if head is None or part is None or ")" in text[opens : quantity.start]:
            continue
        first, last = part.span("part")
        words = f"{text[head.start : head.end]} {part['part']}"
        yield _Item(at=quantity.at, mention=replace(head, start=first, end=last, words=words), head=head.start)


# --------------------------------------------------------------------------------------------- events behind their head

_SPEAKS_OF_EVENTS = re.compile(
    r"adverse|toxicit|side[\s-]effects|complications|\bT?E?AEs?\b|\bSAEs\b|grades?\b", re.IGNORECASE
)
_CAUSES_OF_DEATH = re.compile(
    r"\b[Cc]auses? of (?:death|mortality)\s?(?:\s(?:were|was|included?|including)\s|:\s?)"
    r"|\b(?:died|dead|deceased|deaths?)\b(?: (?:was|were|occurred|in \w+ patients?)){0,2}"
    r"(?:\s(?:of|from|due to|because of|as a (?:result|consequence) of)\s|:\s?)"
)
#: What stands between a head and the first item, and between two items.
_ITEM = r"(?P<item>[A-Za-z][^,;:()\[\]]{2,60}?)\s?[(\[]\s?(?:in |[nN]\s?=\s?)?"
_FIRST = re.compile(
    r"(?:[^.;:()\[\]]|\([^()]*\)){0,80}?(?:\b(?:including|included?|includes|such as|namely|were|was)\s|:\s?)"
    rf"(?:mainly |primarily |mostly |predominantly |the )*{_ITEM}"
)
_FIRST_CAUSE = re.compile(rf"(?:mainly |mostly |the )*{_ITEM}")
_NEXT = re.compile(rf"\s?(?:[,;]\s?(?:and |or |followed by )?|and |or |followed by ){_ITEM}")
#: Items of more words than this are clauses.
_MOST_WORDS = 7
_CAUSE = OutcomeEntry(code=Outcome.OTHER, name="cause of death", kind="other")


def _items_behind_heads(text: str, start: int, end: int, found: Listed) -> Iterable[_Item]:
    """Items of lists before which adverse events of some kind, or deaths, are named."""
    for head in found.outcomes:
        if head.entry.kind == "safety" and _SPEAKS_OF_EVENTS.search(text, head.start, head.end):
            for at, first, last in _chain(text, head.end, end, found.quantities, _FIRST):
                known = next((o for o in found.outcomes if first <= o.start and o.end <= last), None)
                mention = known or OutcomeMention(start=first, end=last, entry=head.entry)
                yield _Item(at=at, mention=mention, head=head.start)
    for cause in _CAUSES_OF_DEATH.finditer(text, start, end):
        for at, first, last in _chain(text, cause.end(), end, found.quantities, _FIRST_CAUSE):
            words = f"death from {' '.join(text[first:last].split())}"
            mention = OutcomeMention(start=first, end=last, entry=_CAUSE, words=words)
            yield _Item(at=at, mention=mention, head=cause.start())


def _chain(
    text: str, behind: int, end: int, quantities: Sequence[Quantity], first: re.Pattern[str]
) -> Iterable[tuple[int, int, int]]:
    """Place of the number, start and end of the words of each item of a list that begins behind an offset."""
    pattern, at = first, behind
    for quantity in quantities:
        if quantity.kind not in _COUNTS or quantity.start < at:
            continue
        item = pattern.fullmatch(text, at, quantity.at)
        if item is not None and len(item["item"].split()) <= _MOST_WORDS:
            yield quantity.at, *item.span("item")
            pattern, at = _NEXT, _closing(text, item.end("item"), end)
        elif pattern is _NEXT:
            return


def _closing(text: str, opens: int, end: int) -> int:
    """Where the bracket that opens behind an offset is closed."""
    depth = 0
    for place in range(opens, end):
        depth += (text[place] in "([") - (text[place] in ")]")
        if depth == 0 and text[place] in ")]":
            return place + 1
    return end
