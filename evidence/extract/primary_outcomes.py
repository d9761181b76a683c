"""What a paper calls its primary outcome, so that "the hazard ratio for the primary outcome" says of what it is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from evidence.extract.lexicon import OutcomeEntry
from evidence.extract.nlp import Reading, Sentence
from evidence.extract.outcomes import find_outcomes
from evidence.model.codes import Outcome

_WHAT = r"(?:outcomes?|end[ -]?points?|outcome measures?)"
_ABOUT = r"(?:efficacy|effectiveness|composite|safety|study|clinical)"
#: "The primary end point was overall survival, defined as", "the primary safety outcome was a composite of ...".
_DEFINITION = re.compile(
    rf"\b[Pp]rimary (?P<about>(?:{_ABOUT} ){{0,2}}){_WHAT}(?: (?:of|in|for) (?:the|this) [^,.;]{{3,40}}?)?"
    r" (?:was|were|is) (?:defined as )?(?P<what>[A-Za-z][^.;:(\[]{3,})"
)
#: What says how the outcome fared instead of which it is.
_NO_DEFINITION = re.compile(
    r"(?:not?|also|met|reached|achieved|similar|observed|assess\w*|analy[sz]ed|evaluated|tested|compared|reported"
    r"|significantly|statistically|lower|higher|reduced|improved|in|among|available|seen|found|recorded|measured"
    r"|based|powered|adjudicated|more|less|consistent|comparable|calculated|superior|attained|examined|performed"
    r"|estimated|neutral|positive|negative|considered|determined)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r",? (?:e\.?g|(?:as )?(?:defined|assessed|measured|evaluated|determined)|adjudicated|whichever|which|that)\b.*"
    r"|,? (?:in|among) (?:the |all )?(?:\w+ )?(?:participants|patients|women|men|population)\b.*"
    r"|,? (?:and|while|whereas) (?:the )?(?:\w+ )?secondary\b.*",
    re.DOTALL,
)
#: Which events make up an outcome is no part of its name.
_ALTERNATIVES = re.compile(r"\b(?:or|and|composite|combin\w+|first|plus)\b|/")
_LONGEST = 120

#: The words that stand for the primary outcome; "safety" only for that of a safety outcome.
_RANKS = (
    "outcome",
    "outcomes",
    "endpoint",
    "end point",
    "endpoints",
    "end points",
    "outcome measure",
    "event",
    "events",
)


def primary_outcomes(
    reading: Reading, sentences: Sequence[Sentence], abbreviations: Mapping[str, str]
) -> list[tuple[str, OutcomeEntry, bool]]:
    """Words for the vocabulary of outcomes, as the paper means them: "primary outcome", "primary safety end point"."""
    found: dict[str, OutcomeEntry] = {}
    for sentence in sentences:
        words = reading.words(sentence)
        if "rimary" not in words:
            continue
        for match in _DEFINITION.finditer(words):
            kind = "safety " if "safety" in match["about"] else ""
            if kind in found or _NO_DEFINITION.match(match["what"]):
                continue
            what = _ENDS.sub("", match["what"]).strip(" ,")
            if re.search(r"\d\s?%", what) or len(what) < 3:
                continue
            found[kind] = _entry(what, f"primary {kind}outcome", abbreviations)
    return [
        (f"primary {about}{rank}", entry, False)
        for kind, entry in found.items()
        for about in (("safety ",) if kind else ("", "efficacy ", "effectiveness ", "composite ", "study "))
        for rank in _RANKS
    ]


def _entry(what: str, name: str, abbreviations: Mapping[str, str]) -> OutcomeEntry:
    """The entry of the lexicon where the definition is one known outcome, else one with the words of the paper."""
    named = find_outcomes(what, 0, len(what))
    known = named[0].entry if len(named) == 1 and named[0].start < 40 and not _ALTERNATIVES.search(what) else None
    if known is not None and known.code is not Outcome.OTHER:
        return known
    if len(what) > _LONGEST:
        what = what[:_LONGEST].rsplit(" ", 1)[0]
    short = next((word for word in re.findall(r"\b[A-Z][A-Za-z-]*[A-Z]s?\b", what) if word in abbreviations), None)
    if short is not None and abbreviations[short].lower() not in what.lower():
        what = re.sub(rf"\b{re.escape(short)}\b", f"{abbreviations[short]} ({short})", what, count=1)
    if known is not None:  # an outcome without a code of its own is told by its words alone
        return replace(known, words=f"{name}: {what}")
    return OutcomeEntry(code=Outcome.OTHER, name=name, kind="other", words=f"{name}: {what}")
