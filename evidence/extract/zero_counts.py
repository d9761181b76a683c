"""Events that did not happen: "No treatment-related deaths were observed", "none of the patients relapsed".

A sentence that says so counts to zero, for the arm it names, for each where it says "in either group", else for all.
"""

import re
from collections.abc import Iterator, Sequence

from evidence.extract.link import Bound
from evidence.extract.numbers import Kind, Quantity
from evidence.extract.outcomes import OutcomeMention
from evidence.extract.scenes import Scene

#: "No ", "there were no ", " and no ": at the head of a clause, not "patients with no relapse".
_NONE = re.compile(
    r"(?:^|[,;:]\s|\b(?:and|but|was|were|occurred|observed|while|whereas)\s|\bthere (?:was|were) )"
    r"(?P<no>(?i:no|neither)\s)"
    r"(?:treatment-related |drug-related |study drug-related |therapy-related |fatal |cases? of |episodes? of |new "
    r"|(?P<people>(?:patients?|pts|women|participants?|subjects?|one)\s)(?:in (?:the )?[\w+ -]{2,30}? (?:group|arm) )?"
    r"(?:had |experienced |developed |achieved |suffered )?(?:an? )?)*"
)
_NOBODY = re.compile(
    r"\b(?P<no>[Nn]one\s)of (?:the |these |our |all )?(?:\d+ )?(?:patients|pts|women|participants|subjects)\s"
    r"(?:in (?:the )?[\w+ -]{2,30}? (?:group|arm) )?(?:had |experienced |developed |achieved |suffered )?(?:an? )?"
)
_JOINED = re.compile(r"\s?(?:,|,?\s?(?:or|nor|and))\s(?:any |no )?")
#: What must stand behind the last event, so that it is one and not part of another word ("no relapse risk").
_HAPPENED = re.compile(
    r"\s?(?:$|[.;,)]|(?:events?\s)?(?:was|were|occurred|had|has|have|happened|developed|appeared|emerged|noted|observed"
    r"|reported|seen|in|with|among|during|after|on|at|within)\b)"
)
#: "Relapse risk" is computed, it does not happen.
_NOT_AN_EVENT = re.compile(r"\b(?:risk|rates?|incidence|probability)\b")
_COUNTED = ("incidence", "safety")
_CLAUSE_END = re.compile(r"[.;]\s")


def none_happened(scene: Scene) -> Iterator[Bound]:
    """A count of zero for each event of a sentence that says that none happened."""
    number = 0
    for pattern in (_NONE, _NOBODY):
        for match in pattern.finditer(scene.words):
            events = _events_at(scene, scene.start + match.end())
            if not events or not _HAPPENED.match(scene.text, events[-1].end, scene.end):
                continue
            at = scene.start + match.start("no")
            quantity = Quantity(kind=Kind.COUNT, start=at, end=at + 2, at=at, events=0)
            for arm in _arms_behind(scene, at, events[-1].end):
                for event in events:
                    number -= 1  # a run of its own
                    yield Bound(quantity=quantity, outcome=event, months=None, arm=arm, sure=0.8, run=number)


def _events_at(scene: Scene, at: int) -> Sequence[OutcomeMention]:
    """The events named from an offset on, joined by "or", "and" or commas."""
    found: list[OutcomeMention] = []
    for outcome in scene.outcomes:
        if outcome.end <= at or outcome.entry.kind not in _COUNTED:
            continue
        if _NOT_AN_EVENT.search(scene.text, outcome.start, outcome.end):
            break
        if found and not _JOINED.fullmatch(scene.text, found[-1].end, outcome.start):
            break
        if not found and outcome.start > at:
            break
        found.append(outcome)
    return found


def _arms_behind(scene: Scene, start: int, end: int) -> Sequence[int | None]:
    """The arm that a clause names, each of them where it says "in either group", else nobody in particular."""
    stop = _CLAUSE_END.search(scene.text, end, scene.end)
    clause = [m for m in scene.mentions if start <= m.start < (stop.start() if stop else scene.end)]
    if len(clause) == 1:
        return clause[0].arms
    return [] if clause else [None]
