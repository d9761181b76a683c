"""Which outcomes and time points a run of numbers belongs to."""

import re
from collections.abc import Sequence
from decimal import Decimal

from evidence.extract.numbers import Kind
from evidence.extract.outcomes import OutcomeMention
from evidence.extract.patterns import one_of
from evidence.extract.scenes import Run, Scene

# ------------------------------------------------------------------------------------------------------------- outcomes

_PATIENTS = "patients women men participants cases subjects"
_MARKS = r"[\s%)\]]*"
#: What may stand between a number and the outcome it counts ("65.8% of the patients achieved ...").
_LEADS_ON = re.compile(
    rf"{_MARKS},?\s*(?:"
    + one_of(
        f"{_PATIENTS} of the all achieved achieving had were was in reached developed experienced a an as complete"
        " objective died with respectively sustained maintained and showed have has been obtained entered attained"
        " evaluable them who events? for"
    )
    + r"\b,?\s*)*"
)
#: Verbs that tie a number to what follows even where an outcome was named before it.
_HAPPENED = re.compile(
    rf"{_MARKS}(?:of )?(?:the )?(?:{one_of(_PATIENTS)} )?"
    r"(?:achieved|had|developed|experienced|were in|reached|died|relapsed)\b"
)
#: An outcome right before its number ("survival rate was ", "survival (").
_RATE_WAS = re.compile(r"\s?(?:rates?)?\s?(?:was|were|of|:|=|\()?\s?")
_ANNOUNCES = re.compile(r"(?:was|were|of|:|,|=|\()\s*$")
#: "MRD turned negative in 17 (77%) and 6 (55%) patients with CR": the outcome behind tells in whom.
_SEEN_IN, _WITH = re.compile(r"(?: (?:was|were) (?:seen|found|noted|observed|reached))? in\b"), re.compile(r"\bwith $")
_PARTS = re.compile(r"[,;.)]|\band\b")


def outcomes_of(scene: Scene, run: Run) -> list[OutcomeMention]:
    """The outcome of a run, or the list of outcomes that it is laid against."""
    inside = [o for o in scene.outcomes if run.start <= o.start < run.end]
    if inside:
        return [inside[-1]]  # "(6 relapses, 31.6%)"
    before = _named_before(scene, run)
    close = [o for o in before if o.start >= run.floor]
    up_to_run = scene.between(close[-1].end, run.start) if close else ""
    following: list[OutcomeMention] = []
    if not run.is_time and not (close and _RATE_WAS.fullmatch(up_to_run)):  # a time is named before it is given
        following = [o for o in scene.outcomes if run.end <= o.start < run.end + 45]
    if following:
        after = scene.between(run.end, min(run.end + 70, scene.end))
        gap = after[: following[0].start - run.end]
        if _LEADS_ON.fullmatch(gap):
            parted = _PARTS.search(gap.replace(", respectively,", "")) or _ANNOUNCES.search(up_to_run)
            parted = parted or (_SEEN_IN.match(up_to_run) and _WITH.search(gap))
            if (
                not (close and parted)
                or _HAPPENED.match(after)
                or (not gap.strip() and (_numbers_first(scene, run, close) or _opens_a_list(scene, run, following[0])))
            ):
                return _coordinated(scene, following, forward=True)
    if before:
        if _OF_ANOTHER.search(scene.between(before[-1].end, run.start)):
            return []  # of something that no list knows
        return _coordinated(scene, before, forward=False)
    if following:
        return [following[0]]
    return [scene.inherited_outcome] if scene.inherited_outcome and goes_on(scene) else []


#: "; prolonged QTc occurred in ": another event has its own number.
_OF_ANOTHER = re.compile(
    r";\s[^;]{3,80}?\b(?:occurred|developed|happened|(?:was|were) (?:seen|noted|observed|reported|recorded|found))"
    r"\s(?:in|by|among)\s(?:[a-z]+\s){0,2}[(\[]?$"
)


def _numbers_first(scene: Scene, run: Run, close: Sequence[OutcomeMention]) -> bool:
    """Whether the outcome before a run stands behind the number before it ("19 (8%) CR, ten (4%) CRp, 25 (10%) PR")."""
    led = scene.start < run.floor and _LEADS_ON.fullmatch(scene.between(run.floor, close[-1].start))
    return bool(led) and "(" not in scene.between(run.floor, close[-1].start)


#: Behind the first item of "(6 CR, 5 CRi)" and "(6 CR and 5 CRi)".
_NEXT_ITEM = re.compile(r",?\s(?:and\s)?\d+ [A-Z]")


def _opens_a_list(scene: Scene, run: Run, following: OutcomeMention) -> bool:
    """Whether a run is the first count of a bracket in which each count stands before its outcome."""
    bracket = scene.text[run.start - 1 : run.start] == "(" and run.quantities[-1].kind is Kind.COUNT
    return bracket and _NEXT_ITEM.match(scene.text, following.end) is not None


def _named_before(scene: Scene, run: Run) -> list[OutcomeMention]:
    """Outcomes before a run; "hazard ratio for death" names what the ratio is of, not what the next percentage is."""
    before = [o for o in scene.outcomes if o.end <= run.start]
    labels = [(q.start, q.at) for q in scene.quantities if q.kind is Kind.ESTIMATE]
    labels += _brackets_with_numbers(scene, run)
    return [o for o in before if not any(start <= o.start < at for start, at in labels)] or before


def _brackets_with_numbers(scene: Scene, run: Run) -> list[tuple[int, int]]:
    """Brackets closed before a run that divide an earlier number ("5 died (2 of sepsis) and 8"), as offsets."""
    numbers = [q.at for q in scene.quantities]
    closed = (match.span() for match in _BRACKET.finditer(scene.text, scene.start, run.start))
    return [(first, last) for first, last in closed if any(first < at < last for at in numbers)]


_BRACKET = re.compile(r"\([^()]*\)")


_AND = re.compile(r"[\s)\]]*(?:rates?|\([^()\d]*\))?\s*(?:,|and|or|,\s?and|/)\s*(?:the |a |median |\d-year )*")


def _coordinated(scene: Scene, mentions: Sequence[OutcomeMention], *, forward: bool) -> list[OutcomeMention]:
    """The outcome next to the run, with those joined to it by "and" or commas."""
    ordered = list(mentions) if forward else list(reversed(mentions))
    taken = [ordered[0]]
    for mention in ordered[1:]:
        first, last = (taken[-1], mention) if forward else (mention, taken[-1])
        if not _AND.fullmatch(scene.between(first.end, last.start)):
            break
        taken.append(mention)
    return taken if forward else taken[::-1]


_TAKES_UP = re.compile(
    r"\b(?:it was|they were|[Tt]h(?:is|ese)|[Tt]hose (?:rates|figures|differences)|rates?|estimates?|figures?"
    r"|probabilit\w+|corresponding|differences?|[Mm]edians?|(?:[Aa]t|[Bb]y) \d+ (?:years|months))\b|^\W*\S+\W*$"
)


#: "At 3 years, 58% of the patients in the A group had stopped treatment."
_TELLS_ANOTHER = re.compile(
    r"(?:At|By) \d+ (?:years|months), [\d.]+% of (?:the |all )?(?:patients|women|men|participants)\b[^.;,]{0,60}?"
    r"\b(?:had|have|has) (?!survived|died|relapsed|progressed|responded)\w+ed\b"
)


def takes_up(text: str, start: int, end: int) -> bool:
    """Whether a sentence without an outcome of its own goes on with the one before ("The rates at 5 years were")."""
    return bool(_TAKES_UP.search(text, start, end)) and not _TELLS_ANOTHER.match(text, start, end)


def goes_on(scene: Scene) -> bool:
    """Whether what a sentence or a cell leaves open is told before it."""
    return scene.cell or takes_up(scene.text, scene.start, scene.end)


# ---------------------------------------------------------------------------------------------------------------- times

_NOTHING = re.compile(_MARKS)
#: "% at 1 year", "% in the X group at 1 year".
_AT = re.compile(rf"{_MARKS}(?:at|by|within|after)\b|{_MARKS}\b(?:in|for|with)\b[^,;]*\b(?:at|by)\b")


def months_of(scene: Scene, run: Run, outcomes: Sequence[OutcomeMention]) -> list[Decimal]:
    """The time points of a run: named before it, or right behind it; none of durations and of adverse events."""
    if run.is_time or (outcomes and (outcomes[-1].entry.kind == "safety" or _is_listed_event(scene, outcomes[-1]))):
        return []
    before = [t for t in scene.times if t.end <= run.start]
    after = [t for t in scene.times if run.end <= t.start < min(run.ceiling, run.end + 40)]
    if after and _NOTHING.fullmatch(scene.between(run.end, after[0].start)):
        return list(after[0].months)  # "7.0% versus 24.5% at 1 year and 11.9% versus 31.6% at 2 years"
    near = [t for t in before if t.start >= run.floor]
    if near:
        return list(near[-1].months)
    if after and _AT.match(scene.between(run.end, after[0].start + 3)):
        return list(after[0].months)
    if before:
        return list(before[-1].months)
    return list(after[0].months) if after and "(" not in scene.between(run.end, after[0].start) else []


_LISTS_EVENTS = re.compile(r"(?:\s\([^()]*\))?\s?(?:were\b|was\b|include|including\b|such as\b|:)")


def _is_listed_event(scene: Scene, outcome: OutcomeMention) -> bool:
    """Whether an outcome is named as one of the adverse events that a sentence lists."""
    heads = (o for o in scene.outcomes if o.start < outcome.start and o.entry.kind == "safety")
    return any(_LISTS_EVENTS.match(scene.text, head.end, outcome.start) for head in heads)
