"""Which outcome, arm, time point and subgroup a number belongs to.

Right numbers on wrong arms are the commonest error of extractors, so attribution is by structure, not by nearness:
numbers joined by "and", "vs" or commas form a run; names joined in the same way form a list; a run is laid against the
list of the same length ("71.0 and 44.5 % in groups A and B"). A number on its own takes the name it is tied to by a
preposition behind it or a verb before it. What stays open stays open: the arm is then None, never a guess.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from evidence.extract.arm_mentions import ArmMention
from evidence.extract.arms import ArmGuess
from evidence.extract.numbers import Kind, Quantity
from evidence.extract.outcomes import OutcomeMention
from evidence.extract.times import TimePoint
from evidence.model.codes import Role


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
    inherited_outcome: OutcomeMention | None = None
    inherited_order: tuple[int, ...] = ()  # arms in the order last listed
    cell: bool = False  # a table cell: its inherited outcome stands in the column head

    def between(self, first: int, last: int) -> str:
        """Text between two offsets."""
        return self.text[first:last]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A number with what it belongs to. `arm` is an index into the scene's arms; `sure` is lowered by each guess."""

    quantity: Quantity
    outcome: OutcomeMention | None
    months: Decimal | None
    arm: int | None
    sure: float
    run: int  # numbers of one run were laid against one list


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two arms compared; `sure` as in `Bound`."""

    arm: int | None
    comparator: int | None
    sure: float


@dataclass(slots=True)
class _Run:
    quantities: list[Quantity] = field(default_factory=list)
    versus: bool = False

    @property
    def start(self) -> int:
        return self.quantities[0].start

    @property
    def end(self) -> int:
        return self.quantities[-1].end


# ---------------------------------------------------------------------------------------------------------------- runs

_FAMILY = {
    Kind.PERCENT: "percent",
    Kind.DURATION: "time",
    Kind.NOT_REACHED: "time",
    Kind.MEAN: "mean",
    Kind.FRACTION: "count",
    Kind.COUNT: "count",
}
_VERSUS = re.compile(r"\b(?:vs|v|versus|compared|against)\b|/")
_JOINED = re.compile(
    r"[\s%)\]]*(?:months?|years?|weeks?|days?)?[\s%)\]]*[,;]?\s*(?:(?:and|or|vs\.?|v\.?|versus|(?:as )?compared (?:with|to)|against|/|to)\s?)?[,(\[]?\s*"
    r"(?:only |a median of |median |just |it was |was )?"
)
_LIST_GAP = re.compile(
    r"(?:\s?\([^()]{0,40}\))?(?:\s(?:groups?|arms?|cohorts?|patients))?\s*(?:,|,?\s?and|,?\s?or|,?\svs\.?|,?\sv|,?\sversus|,?\s(?:as )?compared (?:with|to)|,?\sthan|,?\srelative to|,?\sover|/|\s-)\s*"
    r"(?:(?:the|in|with|for|to|those|that|patients|women|participants|on|receiving|who|received|not|among|treated|of|a|group|groups|arm)\s)*\s?"
)


def runs(scene: Scene) -> list[_Run]:
    """Numbers of one family joined by nothing but "and", "vs", commas."""
    found: list[_Run] = []
    family = ""
    for quantity in scene.quantities:
        kind = _FAMILY.get(quantity.kind)
        if kind is None:
            continue
        if found and kind == family:
            gap = scene.between(found[-1].end, quantity.at)
            if _JOINED.fullmatch(gap) and len(gap) < 40:
                found[-1].quantities.append(quantity)
                found[-1].versus |= bool(_VERSUS.search(gap))
                continue
        found.append(_Run([quantity]))
        family = kind
    return found


def arm_lists(scene: Scene) -> list[tuple[int, int, tuple[int, ...]]]:
    """Lists of arms named together, as (start, end, arms in order); "the two groups" stands for all in the known order."""
    found: list[tuple[int, int, tuple[int, ...]]] = []
    for mention in scene.mentions:
        arms = mention.arms
        if len(arms) > 1:
            found.append((mention.start, mention.end, scene.inherited_order or _usual_order(scene.arms)))
            continue
        if found:
            start, end, before = found[-1]
            gap = scene.between(end, mention.start)
            if len(gap) < 60 and _LIST_GAP.fullmatch(gap) and arms[0] not in before and len(before) < len(scene.arms):
                found[-1] = (start, mention.end, (*before, arms[0]))
                continue
        found.append((mention.start, mention.end, arms))
    return [item for item in found if len(item[2]) > 1]


def _usual_order(arms: Sequence[ArmGuess]) -> tuple[int, ...]:
    """Experimental before control, others as named."""
    return tuple(sorted(range(len(arms)), key=lambda index: (arms[index].role is not Role.EXPERIMENTAL, index)))


def _main_arms(arms: Sequence[ArmGuess]) -> list[int]:
    """The arms that divide the patients, experimental first; both where two arms have no role."""
    if len(arms) == 2:
        return list(_usual_order(arms))
    return [index for index in _usual_order(arms) if arms[index].role in (Role.EXPERIMENTAL, Role.CONTROL)]


# ------------------------------------------------------------------------------------------------------------- binding


def bind(scene: Scene) -> list[Bound]:
    """Every number of one arm in this sentence with what it belongs to."""
    bound: list[Bound] = []
    lists = arm_lists(scene)
    all_runs = runs(scene)
    for number, run in enumerate(all_runs):
        floor = all_runs[number - 1].end if number else scene.start
        ceiling = all_runs[number + 1].start if number + 1 < len(all_runs) else scene.end
        outcomes = _outcomes_of(scene, run, floor)
        months = _months_of(scene, run, floor, ceiling)
        size = len(run.quantities)
        arms, sure = _arms_of(scene, run, lists, floor, ceiling, len(outcomes), len(months))
        for position, quantity in enumerate(run.quantities):
            arm: int | None = None
            outcome = outcomes[-1] if outcomes else None
            month = months[-1] if len(months) == 1 else None
            if len(arms) == size:
                arm = arms[position]
            elif len(arms) == 1:
                arm = arms[0]
            elif len(arms) > 1 and size % len(arms) == 0:
                arm = arms[position % len(arms)]  # "71.0, 44.5 and 60.3, 31.9 % in groups A and B": times, then groups
            inner = size // len(arms) if len(arms) > 1 and size % len(arms) == 0 else size
            if len(arms) <= 1 or inner > 1:
                place = position // len(arms) if len(arms) > 1 else position
                if len(outcomes) == inner > 1:
                    outcome = outcomes[place]
                elif len(months) == inner > 1:
                    month = months[place]
            elif len(outcomes) > 1:
                outcome = outcomes[-1]
            bound.append(Bound(quantity=quantity, outcome=outcome, months=month, arm=arm, sure=sure, run=number))
    return _by_total(scene, _in_scope(scene, _chained(scene, bound)))


def _in_scope(scene: Scene, bound: list[Bound]) -> list[Bound]:
    """ "In the A group, ... (46%), followed by ... (41%)": all of them are A's, where nothing else is named."""
    lead = next((m for m in scene.mentions if m.start - scene.start < 16 and len(m.arms) == 1), None)
    if lead is None or len({m.arms for m in scene.mentions}) > 1:
        return bound
    if (
        not re.match(r"(?:In|Among|With|For|On|Of)\b", scene.text[scene.start :])
        or scene.text[lead.end : lead.end + 1] != ","
    ):
        return bound
    return [replace(b, arm=lead.arms[0], sure=0.75) if b.arm is None else b for b in bound]


def _by_total(scene: Scene, bound: list[Bound]) -> list[Bound]:
    """ "118 (48%) of 245 patients and 33 (27%) of 122": the denominators are the sizes of two arms."""
    sizes = [arm.n for arm in scene.arms]
    totals = {b.quantity.total for b in bound if b.quantity.total is not None}
    if len(totals & {n for n in sizes if n is not None and sizes.count(n) == 1}) < 2:
        return bound
    return [
        replace(b, arm=sizes.index(b.quantity.total), sure=0.8)
        if b.quantity.total is not None and sizes.count(b.quantity.total) == 1
        else b
        for b in bound
    ]


#: What ends a list of numbers that share an arm: another clause, another arm, or a bracket that explains the first.
_CHAIN_ENDS = re.compile(r"[.;]|\bwhereas\b|\bwhile\b|\bbut\b|\bvs\b|versus|compared|^[^)]*\(")


def _chained(scene: Scene, bound: list[Bound]) -> list[Bound]:
    """Lists of numbers that share one arm or one outcome, named once.

    "nausea (2%), and rash (5%) with A": both belong to A. "Eleven in A and 32 in B relapsed": both count relapses.
    """
    for index in range(len(bound) - 2, -1, -1):
        one, other = bound[index], bound[index + 1]
        gap = scene.between(one.quantity.end, other.quantity.start)
        if len(gap) > 80 or _CHAIN_ENDS.search(gap):
            continue
        named = any(one.quantity.end <= m.start < other.quantity.start for m in scene.mentions)
        if (
            one.arm is None
            and other.arm is not None
            and not named
            and one.run != other.run
            and one.quantity.kind == other.quantity.kind
        ):
            bound[index] = one = replace(one, arm=other.arm, sure=0.75)
        behind = other.outcome is not None and other.outcome.start >= other.quantity.end
        counted = one.quantity.kind is Kind.COUNT or (
            one.outcome is not None and one.outcome.end < one.quantity.start - 30
        )
        if behind and named and one.arm not in (None, other.arm) and counted:
            bound[index] = replace(one, outcome=other.outcome)
    for index in range(1, len(bound)):
        one, other = bound[index - 1], bound[index]
        gap = scene.between(one.quantity.end, other.quantity.start)
        if len(gap) > 80 or _CHAIN_ENDS.search(gap):
            continue
        named = any(one.quantity.end <= m.start < other.quantity.start for m in scene.mentions)
        if (
            other.arm is None
            and one.arm is not None
            and not named
            and one.run != other.run
            and one.quantity.kind == other.quantity.kind
        ):
            bound[index] = replace(other, arm=one.arm, sure=0.7)
    return bound


def _outcomes_of(scene: Scene, run: _Run, floor: int) -> list[OutcomeMention]:
    """The outcome of a run, or the list of outcomes that it is laid against."""
    inside = [o for o in scene.outcomes if run.start <= o.start < run.end]
    if inside:
        return [inside[-1]]  # "(6 relapses, 31.6%)"
    after = scene.between(run.end, min(run.end + 70, scene.end))
    following = [o for o in scene.outcomes if run.end <= o.start < run.end + 45]
    labels = [(q.start, q.at) for q in scene.quantities if q.kind is Kind.ESTIMATE]
    before = [o for o in scene.outcomes if o.end <= run.start]
    # "hazard ratio for death" names what the ratio is of, not what the next percentage is
    before = [o for o in before if not any(a <= o.start < b for a, b in labels)] or before
    close = [o for o in before if o.start >= floor]
    if run.quantities[0].kind in (Kind.DURATION, Kind.NOT_REACHED):
        following = []  # a time is named before it is given
    if close and re.fullmatch(r"\s?(?:rates?)?\s?(?:was|were|of|:|=|\()?\s?", scene.between(close[-1].end, run.start)):
        following = []
    if following and _LEADS_ON.fullmatch(after[: following[0].start - run.end]):
        gap = after[: following[0].start - run.end]
        named = close and (
            re.search(r"[,;.)]|\band\b", gap.replace(", respectively,", ""))
            or re.search(r"(?:was|were|of|:|,|=|\()\s*$", scene.between(close[-1].end, run.start))
        )
        if not named or _HAPPENED.match(after):
            return _coordinated(scene, following, forward=True)
    if before:
        return _coordinated(scene, before, forward=False)
    if following:
        return [following[0]]
    return [scene.inherited_outcome] if scene.inherited_outcome and takes_up(scene) else []


def takes_up(scene: Scene) -> bool:
    """Whether a sentence without an outcome of its own goes on with the one before ("The rates at 5 years were")."""
    return scene.cell or bool(_TAKES_UP.search(scene.text, scene.start, scene.end))


_TAKES_UP = re.compile(
    r"\b(?:it was|they were|[Tt]h(?:is|ese|ose)|rates?|estimates?|figures?|probabilit\w+|corresponding|differences?"
    r"|[Mm]edians?|(?:at|by) \d+ (?:years|months))\b|^\W*\S+\W*$"
)


def _any_of(words: str) -> str:
    """Pattern of a run of these words, with commas."""
    return r"(?:(?:" + "|".join(words.split()) + r")\b,?\s*)*"


_PATIENTS = "patients women men participants cases subjects"
#: What may stand between a number and the outcome it counts ("65.8% of the patients achieved ...").
_LEADS_ON = re.compile(
    r"[\s%)\]]*,?\s*"
    + _any_of(
        _PATIENTS
        + " of the all achieved achieving had were was in reached developed experienced a an as complete objective"
        " died with respectively sustained maintained and showed have has been obtained entered attained evaluable them"
        " who events? for"
    )
)
#: Verbs that tie a number to what follows even where an outcome was named before it.
_HAPPENED = re.compile(
    rf"[\s%)\]]*(?:of )?(?:the )?(?:(?:{_PATIENTS.replace(' ', '|')}) )?"
    r"(?:achieved|had|developed|experienced|were in|reached|died|relapsed)\b"
)


def _coordinated(scene: Scene, mentions: Sequence[OutcomeMention], *, forward: bool) -> list[OutcomeMention]:
    """The outcome next to the run, with those joined to it by "and" or commas."""
    ordered = list(mentions) if forward else list(reversed(mentions))
    taken = [ordered[0]]
    for mention in ordered[1:]:
        first, last = (taken[-1], mention) if forward else (mention, taken[-1])
        gap = scene.between(first.end, last.start)
        if not re.fullmatch(
            r"[\s)\]]*(?:rates?|\([^()]*\))?\s*(?:,|and|or|,\s?and|/)\s*(?:the |a |median |\d-year )*", gap
        ):
            break
        taken.append(mention)
    return taken if forward else taken[::-1]


def _months_of(scene: Scene, run: _Run, floor: int, ceiling: int) -> list[Decimal]:
    """The time points of a run: named before it, or right behind it."""
    if run.quantities[0].kind in (Kind.DURATION, Kind.NOT_REACHED):
        return []
    before = [t for t in scene.times if t.end <= run.start]
    after = [t for t in scene.times if run.end <= t.start < min(ceiling, run.end + 40)]
    outcome = _outcomes_of(scene, run, floor)
    if outcome and outcome[-1].entry.kind == "safety":
        return []
    near = [t for t in before if t.start >= floor]
    if after and re.fullmatch(r"[\s%)\]]*", scene.between(run.end, after[0].start)):
        return list(after[0].months)  # "7.0% versus 24.5% at 1 year and 11.9% versus 31.6% at 2 years"
    if near:
        return list(near[-1].months)
    if after and re.match(
        r"[\s%)\]]*(?:at|by|within|after)\b|[\s%)\]]*\b(?:in|for|with)\b[^,;]*\b(?:at|by)\b",
        scene.between(run.end, after[0].start + 3),
    ):
        return list(after[0].months)
    return list(before[-1].months) if before else list(after[0].months) if after else []


_PREPOSITION = re.compile(
    r"[\s%)\]]*(?:\([^()]*\))?[\s,]*(?:(?:of|the|patients|women|participants|cases|subjects|those|who|were|was|being|events|deaths|pts|all|months|points?|achieved|had|relapsed|died|"
    r"evaluable|assigned|allocated|treated|receiving|received|on|taking|given|a|median|rate|recipients)\s)*"
    r"(?:in|with|for|among|of|on|after|under|by|receiving|to|without|from|following|taking|given|treated with)\s(?:(?:the|patients|women|participants|those|who|were|receiving|received|treated|with|in|"
    r"assigned|allocated|randomized|randomised|to|group|of|a|on|combination|only)\s)*"
)
_VERB = re.compile(
    r"(?:\s(?:groups?|arms?|cohorts?|patients|recipients|alone))*[\s,:(=]*(?:(?:was|were|had|is|of|it|at|showed|achieved|experienced|reached|estimated|a|an|the|median|mean|rate|rates|and|only|significantly|"
    r"higher|lower|longer|shorter|being|patients|in|by|from|to|respectively|with)[\s,:]*)*\(?"
)


def _arms_of(
    scene: Scene,
    run: _Run,
    lists: list[tuple[int, int, tuple[int, ...]]],
    floor: int,
    ceiling: int,
    outcomes: int,
    months: int,
) -> tuple[tuple[int, ...], float]:
    """The arms of a run, in its order, and how sure that is."""
    size = len(run.quantities)
    if size > 1:
        fitting = [
            item
            for item in lists
            if size % len(item[2]) == 0 and (size == len(item[2]) or size // len(item[2]) in (outcomes, months))
        ]
        behind = [item for item in fitting if run.end <= item[0] < ceiling and item[0] - run.end < 60]
        ahead = [item for item in fitting if item[1] <= run.start]
        near_ahead = [item for item in ahead if item[0] >= floor]
        single = _single_arm(scene, run, floor, ceiling)
        if behind and _PREPOSITION.match(scene.between(run.end, behind[0][0])):
            return behind[0][2], 0.9
        if near_ahead and not (single is not None and outcomes == size):
            return near_ahead[-1][2], 0.85
        if single is not None and (outcomes == size or months == size):
            return (single,), 0.85
        if ahead:
            return ahead[-1][2], 0.75
        if behind:
            return behind[0][2], 0.7
        if run.versus and size == 2:
            pairs = [item[2] for item in lists if len(item[2]) == 2]
            return (pairs[-1], 0.8) if pairs else _order_of_mention(scene)
        if size == 2 and len(_main_arms(scene.arms)) == 2 and outcomes < 2 and months < 2:
            named = _order_of_mention(scene)
            alone = {mention.arms for mention in scene.mentions if len(mention.arms) == 1}
            if len(alone) == 2 or (not alone and len(scene.inherited_order) == 2):
                return named[0], 0.6
        return ((single,), 0.6) if single is not None else ((), 0.5)
    single = _single_arm(scene, run, floor, ceiling)
    if single is not None:
        return (single,), 0.9
    named = {mention.arms[0] for mention in scene.mentions if len(mention.arms) == 1}
    if len(named) == 1 and len(runs(scene)) == 1:
        return (named.pop(),), 0.65
    if len(scene.arms) == 1:
        return (0,), 0.8
    return (), 0.6


def _order_of_mention(scene: Scene) -> tuple[tuple[int, ...], float]:
    """Two arms in the order the sentence names them, else in the order last listed, else drug before control."""
    main = _main_arms(scene.arms)
    order = list(dict.fromkeys(mention.arms[0] for mention in scene.mentions if len(mention.arms) == 1))
    if len(order) == 2:
        return tuple(order), 0.8
    if len(order) == 1 and len(main) == 2 and order[0] in main:
        # "higher with A (33% vs 3%)": the arm named is the first
        return (order[0], next(arm for arm in main if arm != order[0])), 0.7
    if len(scene.inherited_order) == 2:
        return scene.inherited_order, 0.6
    if len(main) == 2:
        return (main[0], main[1]), 0.6
    return (), 0.4


def _single_arm(scene: Scene, run: _Run, floor: int, ceiling: int) -> int | None:
    """The one arm tied to a run: behind it by a preposition or in brackets, or before it by a verb."""
    single = [mention for mention in scene.mentions if len(mention.arms) == 1]
    behind = next((m for m in single if run.end <= m.start < ceiling and m.start - run.end < 90), None)
    if behind is not None:
        gap = scene.between(run.end, behind.start)
        p_values = [q for q in scene.quantities if q.kind is Kind.P_VALUE and run.end <= q.at < behind.start]
        if not p_values and (_PREPOSITION.fullmatch(gap) or re.fullmatch(r"[\s%)\]]*[(\[]?(?:the )?", gap)):
            return behind.arms[0]
    ahead = next((m for m in reversed(single) if floor <= m.start and m.end <= run.start), None)
    if ahead is not None:
        gap = scene.between(ahead.end, run.start)
        for mention in scene.outcomes:
            if ahead.end <= mention.start and mention.end <= run.start:
                gap = gap.replace(scene.between(mention.start, mention.end), "rate")
        for time in scene.times:
            if ahead.end <= time.start and time.end <= run.start:
                gap = gap.replace(scene.between(time.start, time.end), "at")
        if len(gap) < 90 and _VERB.fullmatch(gap):
            return ahead.arms[0]
    if (
        behind is not None
        and behind.start - run.end < 45
        and not re.search(r"[.;]|\bthan\b|\bvs|versus|compared", scene.between(run.end, behind.start))
    ):
        if "," not in scene.between(run.end, behind.start):
            return behind.arms[0]
    return None


# ---------------------------------------------------------------------------------------------------------- comparisons

_EXPLICIT = re.compile(
    r"\s?(?:groups?|arms?)?\s?(?:versus|vs\.?|v\.?|over|relative to|(?:as )?compared (?:with|to)|against|/|-to-)\s?(?:the |that in |with )?(?:the )?"
)


def pair_of(scene: Scene, quantity: Quantity, *, default: bool) -> Pair:
    """The two arms an estimate compares, in its direction.

    An explicit "A versus B" next to the estimate's label gives the direction. Otherwise the estimate is taken as
    experimental versus control, which is how trials print it. `default` says whether arms that the sentence does not
    name may be taken (they may not for prognostic factors).
    """
    main = _main_arms(scene.arms)
    single = [mention for mention in scene.mentions if len(mention.arms) == 1]
    label = (max(scene.start, quantity.start - 70), min(scene.end, quantity.end + 50))
    for one, other in zip(single, single[1:], strict=False):
        gap = scene.between(one.end, other.start)
        if one.arms == other.arms or len(gap) > 30 or not _EXPLICIT.fullmatch(gap):
            continue
        if label[0] <= one.start and other.end <= label[1]:
            # "hazard ratio (S vs. SP)" or "with A v B was 0.39": this order
            return Pair(arm=one.arms[0], comparator=other.arms[0], sure=0.9)
    named = list(dict.fromkeys(mention.arms[0] for mention in single))
    if len(named) == 2:
        if set(named) == set(main[:2]):
            return Pair(arm=main[0], comparator=main[1], sure=0.85)
        return Pair(arm=named[0], comparator=named[1], sure=0.65)
    if len(main) == 2 and (default or named):
        return Pair(arm=main[0], comparator=main[1], sure=0.75 if named else 0.65)
    if len(named) > 2 and len(main) == 2:
        return Pair(arm=main[0], comparator=main[1], sure=0.5)
    return Pair(arm=None, comparator=None, sure=0.5)
