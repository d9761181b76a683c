"""Deaths and recurrences that are not those of the lexicon: "CV death", "hospitalization or death", "AF recurrence"."""

import re

from evidence.extract import lexicon
from evidence.extract.lexicon import OutcomeEntry
from evidence.model.codes import Outcome

_WORD = r"[\w/-]+"
#: Other things than the disease that come back: named by a word of the lexicon, or by capitals of no disease.
_WHAT_RECURS = "|".join(lexicon.word_list("other_events", "recurring"))
_DISEASES = "|".join(lexicon.word_list("people", "diseases"))
_RECURS_BEFORE = re.compile(
    rf"(?:(?:[A-Za-z]{{3,}} ){{0,1}}(?i:{_WHAT_RECURS})|\b(?!(?:{_DISEASES})\b)[A-Z]{{2,5}}(?:/[A-Z]{{2,5}})*)\s$"
)
_RECURS_BEHIND = re.compile(
    rf"\sof (?:the |an? |their )?(?P<what>(?:{_WORD} )?(?:{_WHAT_RECURS}|AF|VTE)(?:\w*))", re.IGNORECASE
)
#: What makes a death one of some cause.
_CAUSE_BEFORE = re.compile(rf"\b(?:{'|'.join(lexicon.word_list('other_events', 'causes'))})\s$", re.IGNORECASE)
#: "first hospitalization or" before a death, "or hospitalization" behind it: one event of several kinds.
_OR_BEFORE = re.compile(r"(?P<what>(?:[A-Za-z][\w-]*,? ){1,8}?(?:or|and/or|/))\s?$")
_OR_BEHIND = re.compile(r",?\s(?:or|and/or)\s(?:an? |the )?(?P<what>(?:[a-z][\w-]+ ){0,3}[a-z][\w-]+)")
_EVENT = re.compile(rf"\b(?:{'|'.join(lexicon.word_list('other_events', 'events'))})", re.IGNORECASE)
_STARTS = re.compile(
    r".*(?:[.;:,()]|\b(?:of|for|in|the|to|was|were|that|and|had|who|with|by|on|risk|rate|from)\b)\s", re.DOTALL
)

_RECURRENCE = OutcomeEntry(code=Outcome.OTHER, name="recurrence of another event", kind="incidence")
_DEATH = OutcomeEntry(code=Outcome.OTHER, name="death of one cause", kind="incidence")
_COMPOSITE = OutcomeEntry(code=Outcome.OTHER, name="one of several events", kind="incidence")


def other_event(
    text: str, start: int, end: int, first: int, last: int, entry: OutcomeEntry
) -> tuple[int, int, OutcomeEntry] | None:
    """What the death or recurrence at [first, last) is where its neighbours make it another outcome; else None."""
    word = text[first:last].lower()
    before = text[max(start, first - 80) : first]
    if entry.code is Outcome.RELAPSE and "recur" in word:
        if match := _RECURS_BEFORE.search(before):
            return first - len(before) + match.start(), last, _RECURRENCE
        if match := _RECURS_BEHIND.match(text, last, end):
            return first, match.end(), _RECURRENCE
        return None
    if entry.code not in (Outcome.OS, Outcome.DEATH) or not re.search(r"death|mortality|died|dying", word):
        return None
    if match := _CAUSE_BEFORE.search(before):
        return first - len(before) + match.start(), last, _DEATH
    if (match := _OR_BEFORE.search(before)) and _EVENT.search(match["what"]):
        lead = _STARTS.match(before, 0, match.end("what"))
        return first - len(before) + (lead.end() if lead else match.start()), last, _COMPOSITE
    if (match := _OR_BEHIND.match(text, last, end)) and _EVENT.search(match["what"]):
        return first, match.end(), _COMPOSITE
    return None
