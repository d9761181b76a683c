"""Which two arms an estimate compares, and in which direction."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from evidence.extract.numbers import Quantity
from evidence.extract.scenes import Scene, main_arms


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two arms compared, as indices into the arms; `sure` is lowered by each guess."""

    arm: int | None
    comparator: int | None
    sure: float


#: "A versus B", "A group compared with that in the B".
_EXPLICIT = re.compile(
    r"\s?(?:groups?|arms?)?\s?"
    r"(?:versus|vs\.?|v\.?|over|relative to|(?:as )?compared (?:with|to)|against|/|-to-)"
    r"\s?(?:the |that in |with )?(?:the )?"
)
#: "longer with A than with B (hazard ratio ...)", and what ends it.
_THAN = re.compile(r"\s?(?:groups?|arms?)?\s?than (?:with|in|for|among|on) (?:the )?")
_RIGHT_BEFORE = re.compile(r"(?: groups?| arms?)?,? ?[(\[]?(?:with (?:a|an) )?")
#: "0.64 (95% CI, 0.47 to 0.87; P=0.004) for A compared with B": such a pair is its own, as is one inside its label.
_IS_FOR = re.compile(r"\s?[)\]]+ (?:for|with|in) (?:the )?")
_AGAINST = re.compile(r"(?:As )?[Cc]ompared (?:with|to) (?:the )?")
#: What ties a ratio to the one arm named between its name and its number.
_OF_ONE = re.compile(r"\b(?:in|with|for)(?: the)? ?$")


def _have_different_roles(scene: Scene, main: Sequence[int]) -> bool:
    """Whether the first two of several arms are of different roles, so that one is the control of the other."""
    return scene.arms[main[0]].role is not scene.arms[main[1]].role


def pair_of(scene: Scene, quantity: Quantity, *, default: bool) -> Pair:
    """The two arms an estimate compares, in its direction.

    An explicit "A versus B" next to the estimate's label gives the direction. Otherwise the estimate is taken as
    experimental versus control, which is how trials print it. `default` says whether arms that the sentence does not
    name may be taken (they may not for prognostic factors).
    """
    main = main_arms(scene.arms)
    single = scene.single_mentions
    label = (max(scene.start, quantity.start - 70), min(scene.end, quantity.end + 50))
    explicit = [
        (one, other)
        for one, other in pairwise(single)
        if one.arms != other.arms and _EXPLICIT.fullmatch(gap := scene.between(one.end, other.start)) and len(gap) <= 30
    ]
    end = max(quantity.end, quantity.p.end) if quantity.p else quantity.end
    for one, other in explicit:
        behind = one.start >= end and _IS_FOR.fullmatch(scene.between(end, one.start))
        if behind or (quantity.start <= one.start and other.end <= quantity.at):
            return Pair(arm=one.arms[0], comparator=other.arms[0], sure=0.9)
    head = _AGAINST.match(scene.text, scene.start)
    if head is not None and single and single[0].start == head.end():
        # "Compared with C, the hazard ratio was 0.62 (...) in A and 0.71 (...) in B"
        own = next((m for m in single[1:] if m.start >= end), None)
        if own is not None and own.arms != single[0].arms and _IS_FOR.fullmatch(scene.between(end, own.start)):
            return Pair(arm=own.arms[0], comparator=single[0].arms[0], sure=0.9)
    for one, other in explicit:
        if label[0] <= one.start and other.end <= label[1]:
            # "hazard ratio (S vs. SP)" or "with A v B was 0.39": this order
            return Pair(arm=one.arms[0], comparator=other.arms[0], sure=0.9)
    within = {
        mention.arms[0]
        for mention in single
        if quantity.start <= mention.start < quantity.at
        and _OF_ONE.search(scene.between(quantity.start, mention.start))
    }
    if len(main) == 2 and len(within) == 1 and within <= set(main):
        # "hazard ratio for death in the control group 1.18": that arm against the other
        arm = within.pop()
        return Pair(arm=arm, comparator=next(other for other in main if other != arm), sure=0.9)
    named = list(dict.fromkeys(mention.arms[0] for mention in single))
    if len(named) == 2:
        if set(named) == set(main[:2]) and (len(main) == 2 or _have_different_roles(scene, main)):
            return Pair(arm=main[0], comparator=main[1], sure=0.85)
        return Pair(arm=named[0], comparator=named[1], sure=0.65)
    for one, other in pairwise(single):
        near = _RIGHT_BEFORE.fullmatch(scene.text, other.end, quantity.start) if other.end <= quantity.start else None
        if len(named) > 2 and near and one.arms != other.arms and _THAN.fullmatch(scene.text, one.end, other.start):
            return Pair(arm=one.arms[0], comparator=other.arms[0], sure=0.7)
    if len(main) == 2 and (default or named):
        return Pair(arm=main[0], comparator=main[1], sure=0.75 if named else 0.65)
    return Pair(arm=None, comparator=None, sure=0.5)
