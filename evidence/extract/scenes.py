"""One sentence with everything found in it: its numbers in runs, its arms in lists.

Numbers joined by "and", "vs" or commas form a run; names of arms joined in the same way form a list. What belongs to a
run is decided in `run_outcomes.py` and `run_arms.py`, and laid out number by number in `link.py`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from evidence.extract.arm_mentions import ArmMention
from evidence.extract.arms import ArmGuess
from evidence.extract.event_lists import EventList
from evidence.extract.numbers import Kind, Quantity
from evidence.extract.outcomes import OutcomeMention
from evidence.extract.patterns import one_of, run_of
from evidence.extract.times import TimePoint
from evidence.model.codes import Role

_OTHER_PATIENTS = re.compile(
    r"\b(?:(?i:those|patients|women|men)|participants|cases|recipients)\s(?:who|with|without|not|undergoing|aged|having|lacking)\b"
    r"[^;]*\b(?:those|patients|women|men|participants|cases|others|recipients)"
    r"\s?(?:who|with|without|not|undergoing|aged|having|lacking|[.,)]|$)"
)
#: "Irrespective of treatment, ...": what follows is of all arms together.
_WHATEVER_GIVEN = re.compile(
    r"(?:Irrespective|Regardless|Independent(?:ly)?) of (?:the )?(?:(?:study|trial|assigned|allocated|randomi[sz]ed) )?"
    r"(?:treatment|therapy|arms?|groups?|allocation),"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One sentence with everything found in it, and what the sentences before it leave open to inherit."""

    text: str  # clean text of the document
    start: int
    end: int
    quantities: Sequence[Quantity]
    outcomes: Sequence[OutcomeMention]
    times: Sequence[TimePoint]
    mentions: Sequence[ArmMention]
    arms: Sequence[ArmGuess]
    lists: Sequence[EventList] = ()
    population: frozenset[str] = frozenset()  # whom the paper is about, in words of its title
    inherited_outcome: OutcomeMention | None = None
    inherited_hazard: OutcomeMention | None = None  # the last of those that a hazard ratio can be of
    inherited_order: tuple[int, ...] = ()  # arms in the order last listed
    inherited_all: tuple[int, ...] = ()  # all of three arms or more, in the order last named one by one
    cell: bool = False  # a table cell: its inherited outcome stands in the column head

    @property
    def words(self) -> str:
        """The sentence alone."""
        return self.text[self.start : self.end]

    @property
    def single_mentions(self) -> list[ArmMention]:
        """The places that name one arm."""
        return [mention for mention in self.mentions if len(mention.arms) == 1]

    @property
    def compares_others(self) -> bool:
        """Whether the sentence names no arm and sets patients apart by something else ("those who did not")."""
        others = _OTHER_PATIENTS.search(self.words) or _WHATEVER_GIVEN.match(self.words)
        return not self.mentions and others is not None

    def between(self, first: int, last: int) -> str:
        """Text between two offsets."""
        return self.text[first:last]


# ----------------------------------------------------------------------------------------------------------------- runs


@dataclass(slots=True, kw_only=True)
class Run:
    """Numbers of one family joined by nothing but "and", "vs", commas; `floor` and `ceiling` are its neighbours."""

    quantities: list[Quantity]
    versus: bool = False  # joined by "vs" at least once
    floor: int  # where the run before it ends, or the sentence begins
    ceiling: int  # where the next run begins, or the sentence ends

    @property
    def start(self) -> int:
        """Where its first number begins."""
        return self.quantities[0].start

    @property
    def end(self) -> int:
        """Where its last number ends."""
        return self.quantities[-1].end

    @property
    def is_time(self) -> bool:
        """Whether its numbers are durations."""
        return _FAMILY[self.quantities[0].kind] == "time"


_FAMILY = {
    Kind.PERCENT: "percent",
    Kind.DURATION: "time",
    Kind.NOT_REACHED: "time",
    Kind.MEAN: "mean",
    Kind.FRACTION: "count",
    Kind.COUNT: "count",
}
_VERSUS = re.compile(r"\b(?:vs|v|versus|compared|against)\b|/")
_UNIT_BEHIND = r"[\s%)\]]*(?:months?|years?|weeks?|days?|events?|episodes?|cases?|patients|participants)?[\s%)\]]*"
_JOINT = r"(?:(?:and|or|vs\.?|v\.?|versus|(?:as )?compared (?:with|to)|against|/|to)\s?)?"
#: What may stand between two numbers of one run ("71.0% and", "12 months versus a median of").
_JOINED = re.compile(rf"{_UNIT_BEHIND}[,;]?\s*{_JOINT}[,(\[]?\s*(?:only |a median of |median |just |it was |was )?")


#: "of 44% (33.3% vs 77.3%)": what stands in a bracket explains the number before it.
_OPENS_BRACKET = re.compile(rf"{_UNIT_BEHIND}[(\[]\s?")

#: "29.6% of the 27 patients": the second number says of how many.
_OUT_OF = re.compile(r"\b[Oo]f (?:the |these |all )?$")


def runs(scene: Scene) -> list[Run]:
    """The runs of a sentence, in order."""
    found: list[Run] = []
    family = ""
    for quantity in scene.quantities:
        kind = _FAMILY.get(quantity.kind)
        if kind is None or (quantity.kind is Kind.COUNT and _OUT_OF.search(scene.between(scene.start, quantity.at))):
            continue
        if found and kind == family:
            gap = scene.between(found[-1].end, quantity.at)
            listed = ")" in gap and any(found[-1].quantities[-1].at in item.places for item in scene.lists)
            apart = listed or _OPENS_BRACKET.fullmatch(gap)
            if not apart and len(gap) < 40 and _JOINED.fullmatch(gap) and not _each_its_own(scene, found[-1], quantity):
                found[-1].quantities.append(quantity)
                found[-1].versus |= bool(_VERSUS.search(gap))
                continue
        found.append(Run(quantities=[quantity], floor=scene.start, ceiling=scene.end))
        family = kind
    for one, other in pairwise(found):
        one.ceiling, other.floor = other.start, one.end
    return found


#: "adverse events occurred in " before one number, " patients discontinued" behind the next.
_OCCURRED_IN = re.compile(
    r",?\s(?:(?:was|were|had been) )?(?:occurred|reported|recorded|seen|noted|observed)\s(?:in|by|for)\s"
)
_DID = re.compile(r"[\s%)\]]*(?:(?:patients|women|men|participants) )?(?:had )?")


def _each_its_own(scene: Scene, run: Run, quantity: Quantity) -> bool:
    """Whether the number before "and" counts the outcome before it, and the one behind "and" what follows that."""
    before = [o for o in scene.outcomes if o.end <= run.start]
    behind = next((o for o in scene.outcomes if o.start >= quantity.end), None)
    if not before or behind is None or _is_one(scene, before[-1], behind) or "respectively" in scene.words:
        return False
    announced = _OCCURRED_IN.fullmatch(scene.between(before[-1].end, run.start))
    return announced is not None and _DID.fullmatch(scene.between(quantity.end, behind.start)) is not None


def _is_one(scene: Scene, one: OutcomeMention, other: OutcomeMention) -> bool:
    """Whether two mentions are of one outcome; adverse events of one code are one only in the same words."""
    if one.entry.kind != "safety" or one.code is not other.code:
        return one.code is other.code
    return scene.between(one.start, one.end).lower() == scene.between(other.start, other.end).lower()


# ---------------------------------------------------------------------------------------------------------------- lists


@dataclass(frozen=True, slots=True)
class ArmList:
    """Arms named together, in order."""

    start: int
    end: int
    arms: tuple[int, ...]


_LIST_JOINT = (
    r"(?:,|,?\s?and|,?\s?or|,?\svs\.?|,?\sv|,?\sversus|,?\s(?:as )?compared (?:with|to)|,?\sthan|,?\srelative to"
    r"|,?\sover|/|\s-)"
)
#: What may stand between two arms of one list (" group (n = 43), compared with those who received ").
_LIST_GAP = re.compile(
    rf"(?:\s?\([^()]{{0,40}}\))?(?:\s{one_of('groups? arms? cohorts? patients')})?\s*{_LIST_JOINT}\s*"
    + run_of(
        "the in with for to those that patients women participants on receiving who received not among treated of a"
        " group groups arm"
    )
    + r"\s?"
)


def arm_lists(scene: Scene) -> list[ArmList]:
    """Lists of two arms or more; "the two groups" stands for all in the order last listed, or in the usual one."""
    found: list[ArmList] = []
    for mention in scene.mentions:
        arms = mention.arms
        if len(arms) > 1:
            found.append(ArmList(mention.start, mention.end, scene.inherited_order or _usual_order(scene.arms)))
            continue
        if found:
            last = found[-1]
            gap = scene.between(last.end, mention.start)
            further = arms[0] not in last.arms and len(last.arms) < len(scene.arms)
            if further and len(gap) < 60 and _LIST_GAP.fullmatch(gap):
                found[-1] = ArmList(last.start, mention.end, (*last.arms, arms[0]))
                continue
        found.append(ArmList(mention.start, mention.end, arms))
    return [item for item in found if len(item.arms) > 1]


def _usual_order(arms: Sequence[ArmGuess]) -> tuple[int, ...]:
    """Experimental before control, others as named."""
    return tuple(sorted(range(len(arms)), key=lambda index: (arms[index].role is not Role.EXPERIMENTAL, index)))


def main_arms(arms: Sequence[ArmGuess]) -> list[int]:
    """The arms that divide the patients, experimental first; both where two arms have no role."""
    ordered = _usual_order(arms)
    if len(arms) == 2:
        return list(ordered)
    return [index for index in ordered if arms[index].role in (Role.EXPERIMENTAL, Role.CONTROL)]
