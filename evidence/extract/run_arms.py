"""Which arms a run of numbers belongs to.

Right numbers on wrong arms are the commonest error of extractors, so attribution is by structure, not by nearness: a
run is laid against the list of arms of the same length ("71.0 and 44.5 % in groups A and B"); a number on its own takes
the arm it is tied to by a preposition behind it or a verb before it. What stays open stays open: no arm, never a guess.
"""

import re
from collections.abc import Sequence

from evidence.extract.arm_mentions import ArmMention
from evidence.extract.numbers import Kind
from evidence.extract.patterns import one_of, run_of
from evidence.extract.scenes import ArmList, Run, Scene, main_arms

_MARKS = r"[\s%)\]]*"
#: What is counted or measured may stand behind the number ("27 local recurrences in the"), but none of these.
_NO_NOUN = (
    r"(?:and|or|vs?|versus|than|to|compared|while|whereas|but|who|in|with|for|p|P|non-?inferior|superior|inferior"
    r"|similar|comparable|equivalent)\b"
)
#: What ties a number to the arm behind it ("% of the patients who were assigned to the ").
_PREPOSITION = re.compile(
    rf"{_MARKS}(?:\([^()]*\))?[\s,]*(?:respectively,\s)?(?:(?!{_NO_NOUN})[A-Za-z][\w/-]*\s){{0,3}}?"
    + run_of(
        "of the patients women participants cases subjects those who were was being events deaths pts all months"
        " points? achieved had relapsed died evaluable assigned allocated treated receiving received on taking given a"
        r" median rate recipients respectively \d+"
    )
    + r"(?:in|with|for|among|of|on|after|under|by|receiving|to|without|from|following|taking|given|treated with"
    r"|who (?:had )?(?:received|took|got))\s"
    + run_of(
        "the patients women participants those who were receiving received treated with in assigned allocated"
        " randomized randomised to group of a on combination only"
    )
)
#: "8 patients (4 of sepsis, 2 of GVHD) in the ": the bracket divides the number before it.
_DIVIDED = re.compile(
    r"(?:\s(?:patients|women|participants|cases|deaths|events))?\s\([^()]{1,120}\) "
    r"(?:in|on|with|of|receiving) (?:the )?"
)
_BRACKET = re.compile(rf"{_MARKS}[(\[]?(?:the )?")
#: What ties a number to the arm before it (" group was only ", " patients had a median of ").
_VERB = re.compile(
    rf"(?:\s{one_of('groups? arms? cohorts? patients recipients alone')})*[\s,:(=]*(?:"
    + one_of(
        "was were had is of it at showed achieved experienced reached estimated a an the median mean rate rates and"
        " only significantly higher lower longer shorter being patients in by from to respectively with"
    )
    + r"[\s,:]*)*\(?"
)
_SETS_APART = re.compile(r"[.;,]|\bthan\b|\bvs|versus|compared|\band in no")


def arms_of(
    scene: Scene, run: Run, lists: Sequence[ArmList], *, outcomes: int, months: int, only: bool
) -> tuple[tuple[int, ...], float]:
    """The arms of a run, in its order, and how sure that is.

    `outcomes` and `months` are how many of them the run is laid against; `only`: the sentence has no other run.
    """
    single = tied_arm(scene, run)
    if len(run.quantities) > 1:
        return _arms_of_several(scene, run, lists, single, outcomes=outcomes, months=months)
    if single is not None:
        return (single,), 0.9
    named = {mention.arms[0] for mention in scene.single_mentions}
    if only and len(named) == 1:
        return (named.pop(),), 0.65
    if len(scene.arms) == 1:
        return (0,), 0.8
    return (), 0.6


def _arms_of_several(
    scene: Scene, run: Run, lists: Sequence[ArmList], single: int | None, *, outcomes: int, months: int
) -> tuple[tuple[int, ...], float]:
    """The arms of a run of several numbers: those of a list that fits, else the one it is tied to, else by order."""
    size = len(run.quantities)
    fitting = [
        item
        for item in lists
        if size == len(item.arms) or (size % len(item.arms) == 0 and size // len(item.arms) in (outcomes, months))
    ]
    behind = [item for item in fitting if run.end <= item.start < min(run.ceiling, run.end + 60)]
    if size == len(scene.inherited_order) and outcomes < 2 and months < 2 and _goes_on_in_order(scene, run):
        return scene.inherited_order, 0.7
    ahead = [item for item in fitting if item.end <= run.start]
    near_ahead = [item for item in ahead if item.start >= run.floor]
    if behind and _PREPOSITION.match(scene.between(run.end, behind[0].start)):
        return behind[0].arms, 0.9
    if near_ahead and not (single is not None and outcomes == size):
        return near_ahead[-1].arms, 0.85
    if single is not None and size in (outcomes, months):
        return (single,), 0.85
    if ahead:
        return ahead[-1].arms, 0.75
    if behind:
        return behind[0].arms, 0.7
    if scene.compares_others:
        return (), 0.5
    if run.versus and size == 2:
        pairs = [item.arms for item in lists if len(item.arms) == 2]
        return (pairs[-1], 0.8) if pairs else _order_of_mention(scene)
    if outcomes < 2 and months < 2 and _RESPECTIVELY_BEHIND.match(scene.text, run.end, scene.end):
        before = tuple(dict.fromkeys(m.arms[0] for m in scene.single_mentions if m.end <= run.start))
        if len(before) == size and len(scene.single_mentions) == len(scene.mentions):
            return before, 0.7  # "50% with A and 40% with B; CR rates were 20% and 8%, respectively"
    if size == 2 and len(main_arms(scene.arms)) == 2 and outcomes < 2 and months < 2:
        alone = {mention.arms for mention in scene.single_mentions}
        if len(alone) == 2 or (not alone and len(scene.inherited_order) == 2):
            return _order_of_mention(scene)[0], 0.6
    if size > 2 and _RESPECTIVELY.search(scene.text, run.end, scene.end):
        if size == len(scene.inherited_all) and not scene.mentions and _names_no_groups(scene, run):
            return scene.inherited_all, 0.6
        return (), 0.5  # numbers of several groups, of which the last has a name
    return ((single,), 0.6) if single is not None else ((), 0.5)


_CORRESPONDING = re.compile(r"\b[Cc]orresponding (?:figures|rates|values|numbers|percentages|estimates|probabilit)")


def _goes_on_in_order(scene: Scene, run: Run) -> bool:
    """Whether "the corresponding figures were 80% and 70% (HR for B vs A ...)" keeps the order of what was told before.

    The arms in the label of a ratio tell what the ratio is of, and not whose number is printed first.
    """
    if not _CORRESPONDING.search(scene.text, scene.start, run.start):
        return False
    labels = [(q.start, q.at) for q in scene.quantities if q.kind is Kind.ESTIMATE and q.start >= run.end]
    return all(any(start <= mention.start < at for start, at in labels) for mention in scene.mentions)


_RESPECTIVELY = re.compile(r"\brespectively\b")
#: What a sentence lists before its numbers, they may be of.
_LISTS = re.compile(r",|/|\b(?:and|or)\b")
_ENDS_WITH_IT = re.compile(rf"{_MARKS}(?:patients|women|participants)?{_MARKS},? respectively\s?(?:[.;(]|$)")


def _names_no_groups(scene: Scene, run: Run) -> bool:
    """Whether a sentence ends with "respectively" behind its numbers and lists nothing that they could be of."""
    before, behind = scene.between(scene.start, run.start), scene.between(run.end, scene.end)
    return not _LISTS.search(before) and _ENDS_WITH_IT.match(behind) is not None


_RESPECTIVELY_BEHIND = re.compile(r"[\s%)\]]*(?:of (?:the )?patients)?,? respectively\b")


#: Who did better tells not whose number is printed first.
_FAVOURED = re.compile(r"\bfavou?r(?:s|ed|ing)?\s(?:the )?$")
#: "longer than in patients without X (32% v 15%)": the arm named is the second.
_AGAINST = re.compile(
    r"\b(?:than|versus|vs\.?|v|compared (?:with|to))\s"
    r"(?:(?:in|with|for|the|those|that|of|who|patients|women|men|participants|given|treated|receiving|received) ){0,4}$"
)


def _order_of_mention(scene: Scene) -> tuple[tuple[int, ...], float]:
    """Two arms in the order the sentence names them, else in the order last listed, else drug before control."""
    main = main_arms(scene.arms)
    order = list(dict.fromkeys(mention.arms[0] for mention in scene.single_mentions))
    if len(order) == 2:
        return tuple(order), 0.8
    if len(order) == 1 and len(main) == 2 and order[0] in main:
        other = next(arm for arm in main if arm != order[0])
        before = scene.between(scene.start, scene.single_mentions[0].start)
        if _FAVOURED.search(before):
            return (scene.inherited_order, 0.6) if len(scene.inherited_order) == 2 else ((), 0.4)
        if _AGAINST.search(before):
            return (other, order[0]), 0.7
        # "higher with A (33% vs 3%)": the arm named is the first
        return (order[0], other), 0.7
    if len(scene.inherited_order) == 2:
        return scene.inherited_order, 0.6
    if len(main) == 2:
        return (main[0], main[1]), 0.6
    return (), 0.4


def tied_arm(scene: Scene, run: Run) -> int | None:
    """The one arm tied to a run: behind it by a preposition or in brackets, or before it by a verb."""
    single = scene.single_mentions
    behind = next((m for m in single if run.end <= m.start < min(run.ceiling, run.end + 90)), None)
    gap_behind = scene.between(run.end, behind.start) if behind is not None else ""
    if behind is not None and (_PREPOSITION.fullmatch(gap_behind) or _BRACKET.fullmatch(gap_behind)):
        p_between = any(q.kind is Kind.P_VALUE and run.end <= q.at < behind.start for q in scene.quantities)
        if not p_between:
            return behind.arms[0]
    beyond = next((m for m in single if m.start >= run.end), None)
    if beyond is not None and _DIVIDED.fullmatch(scene.between(run.end, beyond.start)):
        return beyond.arms[0]
    ahead = next((m for m in reversed(single) if run.floor <= m.start and m.end <= run.start), None)
    if ahead is not None:
        gap = _gap_without_names(scene, ahead.end, run.start)
        if len(gap) < 90 and not _closes_a_list(scene, ahead, gap, run.end) and _VERB.fullmatch(gap):
            return ahead.arms[0]
    if behind is not None and len(gap_behind) < 45 and not _SETS_APART.search(gap_behind):
        return behind.arms[0]
    return None


_GOES_ON = re.compile(r"\s?[,;]|\s?and\b")


def _closes_a_list(scene: Scene, arm: ArmMention, gap: str, end: int) -> bool:
    """Whether an arm belongs to the number before it, so that another list begins ("A (2%) with X, and B (5%) ...").

    So it does where the number that ends at `end` stands before a group, too, whether or not that is a known arm.
    """
    before = max((q.end for q in scene.quantities if q.end <= arm.start), default=None)
    if before is None or not _GOES_ON.match(gap) or not _PREPOSITION.fullmatch(scene.between(before, arm.start)):
        return False
    if given_to_others(scene, before, end):
        return True
    return any(other.start > arm.end and other.arms != arm.arms for other in scene.single_mentions)


_GIVEN_TO = re.compile(
    rf"{_MARKS}(?:(?:of \d+|\([^()]*\))\s)*(?:(?:of )?patients )?(?P<to>with|in|for|on)\s(?:the )?(?=\w)"
)


def given_to_others(scene: Scene, one: int, other: int) -> bool:
    """Whether of two numbers the one that ends at `one` stands before an arm, the other before a group in the same way.

    "29% with A, 33% with 3 mg": the second is no number of A.
    """
    first, second = (_GIVEN_TO.match(scene.text, end, scene.end) for end in (one, other))
    if first is None or second is None or first["to"] != second["to"]:
        return False
    return any(mention.start == first.end() for mention in scene.mentions)


def stands_before(scene: Scene, end: int, mention: ArmMention) -> bool:
    """Whether a number that ends at `end` is tied to the arm named behind it."""
    return _PREPOSITION.fullmatch(scene.between(end, mention.start)) is not None


def _gap_without_names(scene: Scene, start: int, end: int) -> str:
    """Text between two offsets, with "rate" for each outcome and "at" for each time point named there."""
    gap = scene.between(start, end)
    for outcome in scene.outcomes:
        if start <= outcome.start and outcome.end <= end:
            gap = gap.replace(scene.between(outcome.start, outcome.end), "rate")
    for time in scene.times:
        if start <= time.start and time.end <= end:
            gap = gap.replace(scene.between(time.start, time.end), "at")
    return gap
