"""Number by number: which outcome, arm and time point each belongs to.

Runs of numbers are laid against lists of names first (`scenes.py`, `run_outcomes.py`, `run_arms.py`); what a whole
sentence says of its numbers (one arm named at its head, denominators, lists that share a name) fills what is left open.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from evidence.extract.numbers import Kind, Quantity
from evidence.extract.outcomes import OutcomeMention
from evidence.extract.run_arms import arms_of, given_to_others, stands_before, tied_arm
from evidence.extract.run_outcomes import months_of, outcomes_of
from evidence.extract.scenes import ArmList, Run, Scene, arm_lists, runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A number with what it belongs to. `arm` is an index into the scene's arms; `sure` is lowered by each guess."""

    quantity: Quantity
    outcome: OutcomeMention | None
    months: Decimal | None
    arm: int | None
    sure: float
    run: int  # numbers of one run were laid against one list


def bind(scene: Scene) -> list[Bound]:
    """Every number of one arm in this sentence with what it belongs to."""
    bound: list[Bound] = []
    lists = arm_lists(scene)
    all_runs = runs(scene)
    for number, (run, outcomes) in enumerate(zip(all_runs, _outcomes_of_runs(scene, all_runs, lists), strict=True)):
        if again := _said_again(scene, run, bound, number):
            bound += again
            continue
        months = months_of(scene, run, outcomes)
        arms, sure = arms_of(scene, run, lists, outcomes=len(outcomes), months=len(months), only=len(all_runs) == 1)
        # "71.0, 44.5 and 60.3, 31.9 % in groups A and B": rows are times or outcomes, columns are arms
        columns = max(len(arms), 1)
        rows = len(run.quantities) // columns
        by_outcome = len(outcomes) == rows > 1
        by_time = len(months) == rows > 1 and not by_outcome
        if run.quantities[0].kind is Kind.NOT_REACHED and len(run.quantities) == 1 and len(arms) < 2:
            # "median EFS and OS have not been reached"
            arm, quantity = (arms[0] if arms else None), run.quantities[0]
            bound += [
                Bound(quantity=quantity, outcome=other, months=None, arm=arm, sure=sure, run=number)
                for other in outcomes[:-1]
                if other.code is not outcomes[-1].code
            ]
        for position, quantity in enumerate(run.quantities):
            row, column = divmod(position, columns)
            outcome = outcomes[row if by_outcome else -1] if outcomes else None
            month = months[row] if by_time else months[0] if len(months) == 1 else None
            arm = arms[column] if arms else None
            bound.append(Bound(quantity=quantity, outcome=outcome, months=month, arm=arm, sure=sure, run=number))
    filled = _in_lists(scene, _in_scope(scene, _chained(scene, bound)))
    return _in_both(scene, _by_total(scene, _not_of_the_first(scene, filled)))


_AGAINST = re.compile(r"[^.;]{0,30}\b(?:compared with|compared to|versus|vs\.?|v|while|whereas)\s[^.;]{0,20}")


def _said_again(scene: Scene, run: Run, bound: Sequence[Bound], number: int) -> list[Bound]:
    """The numbers of another arm for the outcomes just told one by one; empty where a run is no such list.

    "12 (5%) relapsed and 9 (4%) died, compared with 40 (33%) and 38 (31%) of the 122 on chemotherapy".
    """
    size = len(run.quantities)
    before = bound[-size:]
    if size < 2 or len(before) < size or len({b.run for b in before}) < size or len({b.arm for b in before}) > 1:
        return []
    outcomes = [b.outcome for b in before if b.outcome is not None]
    told = {outcome.code for outcome in outcomes}
    alike = all(b.quantity.kind is q.kind for b, q in zip(before, run.quantities, strict=True))
    if len(outcomes) < size or len(told) < size or not alike:
        return []
    if any(outcome.start > before[-1].quantity.end and outcome not in outcomes for outcome in scene.outcomes):
        return []
    if not _AGAINST.fullmatch(scene.between(before[-1].quantity.end, run.start)):
        return []
    arm = tied_arm(scene, run)
    if arm is None or arm == before[0].arm:
        return []
    return [
        Bound(quantity=quantity, outcome=b.outcome, months=b.months, arm=arm, sure=0.75, run=number)
        for b, quantity in zip(before, run.quantities, strict=True)
    ]


def _outcomes_of_runs(scene: Scene, all_runs: Sequence[Run], lists: Sequence[ArmList]) -> list[list[OutcomeMention]]:
    """The outcomes of each run; of as many runs as outcomes, each with a number of every arm, one outcome each.

    "OS and DFS were 70% and 60% (P=0.1), and 50% and 40% (P=0.2), respectively, in A and B".
    """
    found = [outcomes_of(scene, run) for run in all_runs]
    sizes = {len(item.arms) for item in lists}
    at = 0
    while at < len(found):
        outcomes = found[at]
        several = found[at : at + len(outcomes)]
        group = all_runs[at : at + len(outcomes)]
        alike = len(several) > 1 and all(other == outcomes for other in several)
        if alike and len({len(run.quantities) for run in group} | sizes) == 1 and len(group[0].quantities) > 1:
            timed = any(group[0].start <= time.start < group[-1].end + 40 for time in scene.times)
            by_arm = any(group[0].start <= mention.start < group[-1].start for mention in scene.mentions)
            if not (timed or by_arm) and outcomes[-1].end <= group[0].start:
                found[at : at + len(outcomes)] = [[outcome] for outcome in outcomes]
                at += len(outcomes)
                continue
        at += 1
    return found


# --------------------------------------------------------------------------------------- what the whole sentence tells

#: What ends a list of numbers that share an arm: another clause, another arm, or a bracket that explains the first.
_CHAIN_ENDS = re.compile(r"[.;]|\b(?:whereas|while|but|vs|versus|compared|including|of whom)\b|^[^)]*\(")


def _chained(scene: Scene, bound: list[Bound]) -> list[Bound]:
    """Lists of numbers that share one arm or one outcome, named once.

    "nausea (2%), and rash (5%) with A": both belong to A. "Eleven in A and 32 in B relapsed": both count relapses.
    """
    for index in range(len(bound) - 2, -1, -1):
        one, other = bound[index], bound[index + 1]
        if not _in_one_list(scene, one, other):
            continue
        if one.arm is None and other.arm is not None and _alike(scene, one, other):
            bound[index] = replace(one, arm=other.arm, sure=0.75)
        elif _arm_between(scene, one, other) and one.arm not in (None, other.arm) and _counts_what_follows(one, other):
            bound[index] = replace(one, outcome=other.outcome)
    for index in range(1, len(bound)):
        one, other = bound[index - 1], bound[index]
        if other.arm is None and one.arm is not None and _in_one_list(scene, one, other) and _alike(scene, one, other):
            bound[index] = replace(other, arm=one.arm, sure=0.7)
    return bound


def _in_one_list(scene: Scene, one: Bound, other: Bound) -> bool:
    """Whether two numbers stand near each other in one clause."""
    gap = scene.between(one.quantity.end, other.quantity.start)
    return len(gap) <= 80 and not _CHAIN_ENDS.search(gap)


def _arm_between(scene: Scene, one: Bound, other: Bound) -> bool:
    """Whether an arm is named between two numbers."""
    return any(one.quantity.end <= mention.start < other.quantity.start for mention in scene.mentions)


def _alike(scene: Scene, one: Bound, other: Bound) -> bool:
    """Whether two numbers may share an arm: of one kind, in different runs, with no arm named between them."""
    if given_to_others(scene, one.quantity.end, other.quantity.end):
        return False
    return one.run != other.run and one.quantity.kind == other.quantity.kind and not _arm_between(scene, one, other)


def _counts_what_follows(one: Bound, other: Bound) -> bool:
    """Whether a count, or a number far from its outcome, is of the outcome named behind the next number."""
    far = one.outcome is None or one.outcome.end < one.quantity.start - 30
    behind = other.outcome is not None and other.outcome.start >= other.quantity.end
    return behind and (far or one.quantity.kind is Kind.COUNT)


_AT_HEAD = re.compile(
    r"(?:[Ii]n|Among|[Ww]ith|For|On|Of|After|During|Following)\b(?:[^,;()]|\([^()]*\)){0,60}(?<![\w-])"
)
_JOINS_ANOTHER = re.compile(r"\s?(?:,?\s?(?:and|or|vs\.?|v|versus|compared|than|plus)\b|/|\+)")
_COMPARES = re.compile(r"\b(?:whereas|while|but|compared|than|versus|vs)\b")
_OTHER_CLAUSE = re.compile(rf"[;:]\s|[.]\s|{_COMPARES.pattern}")


#: Where another clause of a sentence begins.
_NEXT_CLAUSE = re.compile(r";\s(?:and\s)?")


def _in_scope(scene: Scene, bound: list[Bound]) -> list[Bound]:
    """All numbers of "In the A group, ... (46%), followed by ... (41%)" are A's, until another clause begins.

    Each clause behind a semicolon may begin so.
    """
    for start in (scene.start, *(match.end() for match in _NEXT_CLAUSE.finditer(scene.text, scene.start, scene.end))):
        bound = _in_scope_of_clause(scene, bound, start)
    return bound


def _in_scope_of_clause(scene: Scene, bound: list[Bound], start: int) -> list[Bound]:
    """The numbers of a clause that begins at `start` and with the name of an arm."""
    lead = next((mention for mention in scene.mentions if mention.start >= start), None)
    if lead is None or len(lead.arms) != 1 or _JOINS_ANOTHER.match(scene.text, lead.end):
        return bound
    if not lead.taken_up and not _AT_HEAD.fullmatch(scene.text, start, lead.start):
        return bound
    if any(start <= outcome.start and outcome.end <= lead.start for outcome in scene.outcomes):
        return bound  # "After relapse on A"
    alone = {mention.arms for mention in scene.mentions if mention.start >= start} == {lead.arms}
    stop = (_COMPARES if alone else _OTHER_CLAUSE).search(scene.text, lead.end, scene.end)
    end = stop.start() if stop else scene.end
    if any(m.arms != lead.arms and lead.end <= m.start < end for m in scene.mentions):
        return bound
    sure = 0.75 if lead.start - start < 16 else 0.7
    return [
        replace(b, arm=lead.arms[0], sure=sure) if b.arm is None and lead.end <= b.quantity.start < end else b
        for b in bound
    ]


def _in_lists(scene: Scene, bound: list[Bound]) -> list[Bound]:
    """The items of a list have the arm of the number that tells how many had any of them, where they have none."""
    for item in scene.lists:
        members = [index for index, b in enumerate(bound) if b.quantity.at in item.places]
        if not members or any(bound[index].arm is not None for index in members) or members[0] == 0:
            continue
        whole = bound[members[0] - 1]
        gap = scene.between(whole.quantity.end, bound[members[0]].quantity.start)
        if whole.arm is not None and len(gap) < 120 and not _OTHER_CLAUSE.search(gap.replace(":", " ")):
            for index in members:
                bound[index] = replace(bound[index], arm=whole.arm, sure=0.7)
    return bound


def _not_of_the_first(scene: Scene, bound: list[Bound]) -> list[Bound]:
    """Numbers without the arm of the one before them, which has its own: "62% with A and 41% in those on Z".

    Z is a name that the document uses nowhere else, or a part of the patients; the arm of Z's number stays open.
    """
    found = list(bound)
    for index, (one, other) in enumerate(pairwise(bound), start=1):
        named = [m for m in scene.mentions if one.quantity.end <= m.start and m.end <= other.quantity.start]
        if (
            one.arm is not None
            and [mention.arms for mention in named] == [(one.arm,)]
            and other.arm == one.arm
            and one.run != other.run
            and (one.outcome, one.months, one.quantity.kind) == (other.outcome, other.months, other.quantity.kind)
            and not any(mention.start >= other.quantity.end for mention in scene.mentions)
            and stands_before(scene, one.quantity.end, named[0])
        ):
            found[index] = replace(other, arm=None, sure=0.5)
    return found


#: "82% in both arms", "two patients in each group died".
_IN_BOTH = re.compile(
    r"[\s%)\]]*(?:(?:of )?(?:the )?(?:patients|women|participants|cases) )?(?:in|of|for|with) (?:both|each|either) "
    r"(?:the )?(?:treatment |study )?(?:arms?|groups?)\b"
)


def _in_both(scene: Scene, bound: list[Bound]) -> list[Bound]:
    """A number that both of two arms have in common is a number of each."""
    shared: list[Bound] = []
    for b in bound:
        alone = b.arm is None and sum(other.run == b.run for other in bound) == 1
        if alone and len(scene.arms) == 2 and _IN_BOTH.match(scene.text, b.quantity.end, scene.end):
            shared += [replace(b, arm=arm, sure=0.8) for arm in (0, 1)]
        else:
            shared.append(b)
    return shared


def _by_total(scene: Scene, bound: list[Bound]) -> list[Bound]:
    """Numbers by their denominators, where these are the sizes of two arms ("118 (48%) of 245 and 33 (27%) of 122")."""
    sizes = [arm.n for arm in scene.arms]
    owner: dict[int | None, int] = {n: index for index, n in enumerate(sizes) if n is not None and sizes.count(n) == 1}
    if len({b.quantity.total for b in bound} & owner.keys()) < 2:
        return bound
    return [replace(b, arm=owner[b.quantity.total], sure=0.8) if b.quantity.total in owner else b for b in bound]


def order_by_totals(scene: Scene, told: Sequence[Bound]) -> tuple[int, ...]:
    """The order of the arms that a sentence names by nothing but their sizes ("25 of 31 and 13 of 27")."""
    if scene.single_mentions:
        return ()
    sized = [b.arm for b in told if b.arm is not None and b.quantity.total == scene.arms[b.arm].n is not None]
    order = tuple(dict.fromkeys(sized))
    return order if len(order) > 1 else ()
