"""Outcomes that no lexicon knows: the words that a sentence measures something by.

"The mean HbA1c was 7.1 %", "a shorter procedural time (101 min versus 126 min)", "the change in body weight was": what
was measured stands before the verb, behind "change in", behind a comparative before brackets, or behind a count.
"""

import re
from collections.abc import Iterator, Sequence

from evidence.extract.arm_mentions import ArmMention
from evidence.extract.lexicon import OutcomeEntry
from evidence.extract.outcomes import FREE, OutcomeMention
from evidence.extract.times import TimePoint
from evidence.model.codes import Outcome

#: Said of what was measured.
_VERB = re.compile(
    r"\s(?:was|were|is|are|did not (?:differ|change)|occurred|happened|remained|averaged|(?:significantly )?"
    r"(?:increased|decreased|fell|rose|improved|declined|changed|dropped|differed))\b"
)
#: "hazard ratio for", "the rate of": what stands behind is what was measured.
_LABEL = re.compile(
    r"(?:(?:hazard|odds|risk|rate) ratios?(?: \([A-Za-z]+\))?|H[R]s?|ORs?|RRs?|risks?|odds|likelihood|probability"
    r"|incidence|(?:[a-z]+ )?rates?|proportion|percentage|number|frequency) (?:of|for|in) (?:the |a |an )?"
    r"(?:(?:patients|participants|women|men|subjects) (?:with|who had|having|achieving) )?",
    re.IGNORECASE,
)
_BOUNDARY = re.compile(
    r"[.;:,()\[\]]|\b(?:and|but|while|whereas|although|though|that|which|who|showed|shows?|found|revealed|demonstrated"
    r"|observed|because|as|when|if|where|had|have)\b"
)
_CHANGE = re.compile(
    r"\b(?:changes?|reductions?|increases?|decreases?|differences?|improvements?|declines?|risk|odds|likelihood"
    r"|probability|incidence|rates?|ratios?|H[R]s?|OR|RRs?)(?: \([A-Za-z]+\))? (?:in|of|for) (?:the |a |an )?"
)
_COMPARATIVE = re.compile(
    r"\b(?:higher|lower|shorter|longer|greater|fewer|smaller|larger|faster|slower|reduced|improved|increased"
    r"|decreased) (?=[^()\[\].;:]{3,70}?\s[(\[]\D{0,3}\d)"
)
_HAD = re.compile(
    r"\b(?:had|experienced|developed|reported|achieved|reached|required|underwent|suffered)\s(?:an? |any |at least one "
    r"|one or more )?(?=[a-z])"
)
#: What happened, behind the numbers of those to whom it did: "12 on A and 17 on B have progressed."
_HAVE_DONE = re.compile(r"(?<=[\w)]) (?:have|had|has) (?:since |subsequently |already |now )?(?P<done>[a-z-]+ed)[.;]?$")
_COUNTED = re.compile(r"(?:\d|%\)) (?=(?:[\w/-]+ ){1,4}(?:events|episodes|outcomes|complications|failures)\b)")
_COUNTED_END = re.compile(r"(?:events|episodes|outcomes|complications|failures)\b")

#: Where the name of something ends when read forwards.
_ENDS = re.compile(
    r"[.;:,()\[\]=<>±]|\s(?:was|were|is|are|did|had|has|have|in|with|among|between|compared|versus|vs|than|by|at|from"
    r"|for|on|during|over|within|after|before|per|occurred|who|that|which|and|but|while|whereas|favou?r\w*|when"
    r"|until|till|than|as|to)\b|\s\d"
)
#: Where a phrase tells in whom, when or against whom, read from its end.
_BESIDE = re.compile(
    r"\s(?:in|with|for|among|of|from|at|after|between|during|by|on|over|within|under|across|to|the|both|all)\s?$"
)
_LEADS = re.compile(
    r"(?:(?:the|an?|both|all|any|no|in|of|for|at|their|its|our|these|those|this|also|however|overall|mean|median"
    r"|average|adjusted|crude|total|observed|corresponding|respective|only|there|significantly?|statistically|a|more"
    r"|most|least)\s)+",
    re.IGNORECASE,
)
#: Words that name nothing measured by themselves.
_EMPTY = re.compile(
    r"\b(?:the|an?|of|in|for|or|and|to|no|not|patients?|participants?|subjects?|women|men|people|children|cases|pts"
    r"|individuals|groups?|arms?|cohorts?|results?|values?|data|differences?|changes?|reductions?|increases?|rates?"
    r"|proportions?|percentages?|numbers?|figures?|estimates?|ratios?|hazards?|odds|risks?|probabilit(?:y|ies)"
    r"|confidence|intervals?|CIs?|HRs?|ORs?|RRs?|means?|medians?|it|this|these|those|they|we|there|he|she|both|all|none"
    r"|each|one|two|three|time|times|analys[ei]s|effects?|treatments?|study|trial|interactions?|tests?|models?|follow"
    r"|up|baseline|respectively|outcomes?|end ?points?|primary|secondary|events?|levels?|scores?|measures?|model|table"
    r"|figure|P|statistically|significan(?:t|ce|tly)|adverse|overall|corresponding|mean|total|others?|remaining|same"
    r"|median|majority|most|some|more|less|than|had|age|sex|half|range|sample|size|power|comparisons?|benefits?|first"
    r"|incidences?|similar|irrespective|improvements?|declines?|likely|randomi[sz]ed|regimens?|therap(?:y|ies)|doses?|years?|months?|weeks?|days?|hours?)\b",
    re.IGNORECASE,
)
#: What tells of whom, of the analysis or of nothing.
_NO_OUTCOME = re.compile(
    r"^(?:is|are|was|were|did)\b|\b(?:sub-?groups?|subsets?|strat(?:a|um)|populations?|sub-?analys[ei]s|follow-?up)\b",
    re.IGNORECASE,
)
_NAMES = re.compile(r"[A-Za-z]{3,}|[A-Z]{2,}")
_WORDS_AT_MOST = 12

_ENTRY = OutcomeEntry(code=Outcome.OTHER, name="", kind=FREE)


def free_outcomes(
    text: str, start: int, end: int, arms: Sequence[ArmMention], times: Sequence[TimePoint]
) -> list[OutcomeMention]:
    """What a sentence measures, in its own words; arms, people and numbers are no outcomes."""
    found: list[OutcomeMention] = []
    for first, last in sorted(_phrases(text, start, end)):
        first, last = _without_whom_and_when(first, last, arms, times)
        lead = _LEADS.match(text, first, last)
        first = lead.end() if lead else first
        label = _LABEL.match(text, first, last)
        first = label.end() if label else first
        while last > first and (beside := _BESIDE.search(text, first, last)):
            last = beside.start()
        words = text[first:last]
        if (
            last <= first
            or len(words.split()) > _WORDS_AT_MOST
            or re.search(r"(?<![A-Za-z\d-])\d", words)
            or not _NAMES.search(_EMPTY.sub(" ", words))
            or _NO_OUTCOME.search(words)
            or any(first < mention.end and mention.start < last for mention in arms)
            or (found and first < found[-1].end)
        ):
            continue
        found.append(OutcomeMention(start=first, end=last, entry=_ENTRY))
    return found


def _phrases(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Stretches that can name what is measured."""
    for verb in _VERB.finditer(text, start, end):
        boundary = start
        for match in _BOUNDARY.finditer(text, start, verb.start()):
            boundary = match.end()
        yield boundary + (text[boundary : boundary + 1] == " "), verb.start()
    for opening in (_CHANGE, _COMPARATIVE, _HAD):
        for match in opening.finditer(text, start, end):
            stop = _ENDS.search(text, match.end(), end)
            first = match.start() if match.group().startswith("change") else match.end()
            yield first, stop.start() if stop else end
    if (done := _HAVE_DONE.search(text, start, end)) and re.search(r"\d", text[start : done.start()]):
        yield done.span("done")
    for match in _COUNTED.finditer(text, start, end):
        stop = _COUNTED_END.search(text, match.end(), end)
        yield match.end(), stop.end() if stop else match.end()


def _without_whom_and_when(
    first: int, last: int, arms: Sequence[ArmMention], times: Sequence[TimePoint]
) -> tuple[int, int]:
    """A phrase up to the first arm or time point in it; one that begins with an arm is none."""
    spans = [(arm.start, arm.end) for arm in arms] + [(time.start, time.end) for time in times]
    for start, end in sorted(spans):
        if first <= start < last:
            return (first, start) if start - first > 3 else (end, last)
    return first, last
