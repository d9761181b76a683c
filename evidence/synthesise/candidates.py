"""What each study offers to a question: its usable estimates, and for every other row the reason why not.

A candidate is one estimate of one study with the rows it was taken from. Several candidates of one study are ranked by
`Rank`; `selection` takes the first. Numbers are used as printed: what is computed on the way is named in `derivation`
and in a note.
"""

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from evidence.formulas.intervals import ci_from_se, se_from_ci, se_from_p
from evidence.formulas.proportions import clopper_pearson
from evidence.formulas.scales import invert, is_ratio, natural
from evidence.model.codes import REPORTED, Adjustment
from evidence.model.derivations import FROM_P_VALUE, is_approximation
from evidence.model.matching import Side, is_comparator, is_treatment, plain
from evidence.model.question import Question
from evidence.model.records import Arm, ArmResult, Contrast, Records, Result
from evidence.model.results import ArmCount
from evidence.synthesise.counting import Count, count_of
from evidence.synthesise.effects import effects
from evidence.synthesise.index import Index
from evidence.synthesise.relevance import not_about

#: Preference for adjusted or unadjusted estimates; what is not stated stands between.
_PREFERENCE: dict[str, tuple[Adjustment | None, ...]] = {
    "prefer_adjusted": (Adjustment.ADJUSTED, None, Adjustment.UNADJUSTED),
    "prefer_unadjusted": (Adjustment.UNADJUSTED, None, Adjustment.ADJUSTED),
}


class Rank(NamedTuple):
    """Order among the estimates of one study; the smallest is used."""

    computed: int  # 0 as reported; 1 with a standard error from the p-value; 2 derived numbers; 3 approximations
    cited: bool
    contrast: bool  # where counts are asked, a reported comparison comes after them
    outcome: int  # place in the question's list
    adjustment: int
    timed: bool  # the whole follow-up, or the best response, before a time point
    place: tuple[int, int, str]  # document, offset, result id


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One estimate of one study."""

    rank: Rank
    rows: tuple[Result, ...]
    y: float
    v: float
    estimate: float
    ci_low: float
    ci_high: float
    arm: ArmCount
    comparator: ArmCount | None
    adjustment: Adjustment | None = None
    derivation: str = REPORTED
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Offers:
    """Candidates of every study, and the reason for each row of the asked outcomes that offers none."""

    candidates: list[Candidate] = field(default_factory=list)
    refused: dict[str, tuple[Result, str]] = field(default_factory=dict)

    def refuse(self, row: Result, reason: str) -> None:
        """Keep the first reason found for a row."""
        self.refused.setdefault(row.result_id, (row, reason))


def offers(question: Question, records: Records, index: Index) -> Offers:
    """Go through every row of the asked outcomes once."""
    found = Offers()
    usable: defaultdict[tuple[str, str], list[tuple[ArmResult, Count]]] = defaultdict(list)
    for row in sorted(records.results(), key=index.place):
        if row.outcome.value not in question.outcome:
            continue
        reason = not_about(question, row, index)
        if reason:
            found.refuse(row, reason)
        elif isinstance(row, Contrast):
            made = _in_direction(question, row, index)
            if isinstance(made, str):
                found.refuse(row, made)
            else:
                found.candidates.append(made)
        else:
            count = count_of(question, row, index)
            if isinstance(count, str):
                found.refuse(row, count)
            else:
                usable[row.document_id, row.study_id].append((row, count))
    for rows in usable.values():
        if question.kind == "counts":
            _from_pairs(question, rows, index, found)
        else:
            _from_proportions(question, rows, index, found)
    return found


def _in_direction(question: Question, row: Contrast, index: Index) -> Candidate | str:
    """The row's estimate in the direction asked for, or why it has none."""
    arm = index.arm(row.document_id, row.arm_id)
    other = index.arm(row.document_id, row.comparator_arm_id)
    turned = _turned(question, Side.of(row.arm, arm), Side.of(row.comparator, other))
    return turned if isinstance(turned, str) else from_contrast(question, row, index, turned=turned)


def from_contrast(question: Question, row: Contrast, index: Index, *, turned: bool = False) -> Candidate | str:
    """The row's estimate as it stands or turned round, or why it cannot be used."""
    arm = index.arm(row.document_id, row.arm_id)
    other = index.arm(row.document_id, row.comparator_arm_id)
    wanted = {"adjusted": Adjustment.ADJUSTED, "unadjusted": Adjustment.UNADJUSTED}.get(question.adjustment)
    if wanted and row.adjustment is not wanted:
        return f"{row.adjustment.value if row.adjustment else 'adjustment not stated'}; {wanted.value} is asked for"
    numbers = _numbers(row)
    if isinstance(numbers, str):
        return numbers
    measure, level = row.measure.value, float(row.ci_level or 95)
    estimate, low, high, p_value = numbers
    notes = []
    if turned:
        printed = f"{measure} {row.estimate}" + (f" ({row.ci_low} to {row.ci_high})" if low is not None else "")
        notes.append(f"Inverted: reported as {row.arm} versus {row.comparator}, {printed}.")
        if low is None or high is None:
            estimate = invert(measure, estimate, estimate, estimate)[0]
        else:
            estimate, low, high = invert(measure, estimate, low, high)
    y = _analysed(measure, estimate)
    derivation = row.derivation
    if low is not None and high is not None:
        se = se_from_ci(_analysed(measure, low), _analysed(measure, high), level)
        if level != question.level:
            notes.append(f"Reported with a {level:g}% interval, {low:.4g} to {high:.4g}.")
    else:
        assert p_value is not None  # noqa: S101  (_numbers gives limits or a p-value)
        se = se_from_p(y, p_value)
        derivation = FROM_P_VALUE
        notes.append(f"No interval is reported: the standard error was computed from the estimate and P={row.p_value}.")
    if low is None or high is None or level != question.level:
        low, high = (natural(measure, limit) for limit in ci_from_se(y, se, question.level))
    first, second = ((row.comparator, other), (row.arm, arm)) if turned else ((row.arm, arm), (row.comparator, other))
    return Candidate(
        rank=_rank(question, (row,), index, computed=1 if derivation == FROM_P_VALUE else 0),
        rows=(row,),
        y=y,
        v=se**2,
        estimate=estimate,
        ci_low=low,
        ci_high=high,
        arm=_arm_count(*first),
        comparator=_arm_count(*second),
        adjustment=row.adjustment,
        derivation=derivation,
        notes=tuple(notes),
    )


def _turned(question: Question, arm: Side, other: Side) -> bool | str:
    """Whether the comparison stands the other way round than asked; a text if it is not the one asked for."""
    straight = is_treatment(question, arm) and is_comparator(question, other)
    turned = is_treatment(question, other) and is_comparator(question, arm)
    versus = f"{arm.name} versus {other.name}"
    if straight and turned:
        return f"both arms match the treatment and the comparator asked for: {versus}"
    if straight or turned:
        return turned
    if not question.treatment:
        return f"which arm is experimental is not known: {versus}"
    if not (is_treatment(question, arm) or is_treatment(question, other)):
        return f"treatment does not match: {versus}"
    if not question.comparator:
        return f"both arms match the treatment: {versus}"
    return f"comparator does not match: {versus}"


def _numbers(row: Contrast) -> tuple[float, float | None, float | None, float | None] | str:
    """Estimate, limits and exact p-value as far as they can be used; a text if they cannot."""
    if row.estimate is None:
        return "no estimate, only a p-value" if row.p_value is not None else "no estimate"
    estimate = float(row.estimate)
    ratio = is_ratio(row.measure.value)
    if ratio and estimate <= 0:
        return f"a {row.measure.value} of {row.estimate} is impossible"
    if row.ci_low is not None and row.ci_high is not None:
        low, high = float(row.ci_low), float(row.ci_high)
        printed = f"{row.estimate} ({row.ci_low} to {row.ci_high})"
        if low >= high:
            return f"the limits are not in order: {printed}"
        if ratio and low <= 0:
            return f"a limit of {row.ci_low} has no logarithm: {printed}"
        if not low <= estimate <= high:
            return f"the estimate lies outside its own interval: {printed}"
        return estimate, low, high, None
    exact = row.p_value is not None and row.p_operator == "=" and 0 < row.p_value < 1
    if not exact or _analysed(row.measure.value, estimate) == 0:
        said = f" and only P{row.p_operator}{row.p_value}" if row.p_value is not None and row.p_operator else ""
        return f"no confidence interval{said}"
    return estimate, None, None, float(row.p_value or 0)


def _analysed(measure: str, value: float) -> float:
    """Value of the tables on the scale of analysis."""
    if measure == "RD":
        return value / 100
    return math.log(value) if is_ratio(measure) else value


def _from_pairs(question: Question, rows: list[tuple[ArmResult, Count]], index: Index, found: Offers) -> None:
    """Every pair of a treatment arm's and a comparator arm's counts of the same outcome at the same time."""
    if question.adjustment == "adjusted":
        for row, _ in rows:
            found.refuse(row, "counts are unadjusted; an adjusted estimate is asked for")
        return
    first: list[tuple[ArmResult, Count]] = []
    second: list[tuple[ArmResult, Count]] = []
    for row, count in rows:
        side = Side.of(row.arm, index.arm(row.document_id, row.arm_id))
        if row.arm_id is None and plain(row.arm) in ("", "overall"):
            found.refuse(row, "for the whole study population, not for one arm")
        elif is_treatment(question, side):
            first.append((row, count))
        elif is_comparator(question, side):
            second.append((row, count))
        else:
            found.refuse(row, f"treatment does not match: {side.name}")
    paired: set[str] = set()
    for row, count in first:
        for other, other_count in second:
            if (row.outcome, row.timepoint_months) != (other.outcome, other.timepoint_months):
                continue
            paired |= {row.result_id, other.result_id}
            made = from_counts(question, row, count, other, other_count, index)
            if isinstance(made, str):
                found.refuse(row, made)
                found.refuse(other, made)
            else:
                found.candidates.append(made)
    for row, _ in first + second:
        if row.result_id not in paired:
            found.refuse(row, "the other arm's number for the same outcome and time was not found")


def from_counts(
    question: Question, row: ArmResult, count: Count, other: ArmResult, other_count: Count, index: Index
) -> Candidate | str:
    """The effect that follows from the events of two arms, or why there is none."""
    measure = question.measure or ""
    events = (count.events, other_count.events)
    if measure in ("OR", "RR") and (events == (0, 0) or events == (count.total, other_count.total)):
        which = "no events" if events == (0, 0) else "nothing but events"
        return f"{which} in both arms says nothing about a ratio"
    columns = {"events_a": events[0], "total_a": count.total, "events_b": events[1], "total_b": other_count.total}
    y, v = (float(values[0]) for values in effects(measure, **columns))  # type: ignore[arg-type]
    notes = [*count.notes, *other_count.notes]
    if 0 in (*events, count.total - events[0], other_count.total - events[1]):
        notes.append("One cell of the table is empty, so 0.5 was added to each.")
    low, high = ci_from_se(y, math.sqrt(v), question.level)
    derivation = "+".join(sorted({count.derivation, other_count.derivation} - {REPORTED})) or REPORTED
    return Candidate(
        rank=_rank(question, (row, other), index, computed=0 if derivation == REPORTED else 2),
        rows=(row, other),
        y=y,
        v=v,
        estimate=natural(measure, y),
        ci_low=natural(measure, low),
        ci_high=natural(measure, high),
        arm=_arm_count(row.arm, index.arm(row.document_id, row.arm_id), count),
        comparator=_arm_count(other.arm, index.arm(other.document_id, other.arm_id), other_count),
        adjustment=Adjustment.UNADJUSTED,
        derivation=derivation,
        notes=tuple(notes),
    )


def _from_proportions(question: Question, rows: list[tuple[ArmResult, Count]], index: Index, found: Offers) -> None:
    """The proportion of the asked arm, or of the only one."""
    measure = question.measure or ""
    for row, count in rows:
        reason = _not_the_arm(question, row, index)
        if reason:
            found.refuse(row, reason)
            continue
        y, v = (float(values[0]) for values in effects(measure, events=count.events, total=count.total))
        low, high = clopper_pearson(count.events, count.total, question.level)
        notes = list(count.notes)
        if measure == "PLO" and count.events in (0, count.total):
            notes.append("A logit needs events and non-events, so 0.5 was added to each.")
        found.candidates.append(
            Candidate(
                rank=_rank(question, (row,), index, computed=0 if count.derivation == REPORTED else 2),
                rows=(row,),
                y=y,
                v=v,
                estimate=100 * count.events / count.total,
                ci_low=100 * low,
                ci_high=100 * high,
                arm=_arm_count(row.arm, index.arm(row.document_id, row.arm_id), count),
                comparator=None,
                derivation=count.derivation,
                notes=tuple(notes),
            )
        )


def _not_the_arm(question: Question, row: ArmResult, index: Index) -> str | None:
    arms = index.arms_of.get((row.document_id, row.study_id), ())
    arm = index.arm(row.document_id, row.arm_id)
    if arm is None and len(arms) == 1:
        arm = arms[0]  # the whole study population is its only arm
    if question.treatment:
        side = Side.of(row.arm, arm)
        return None if is_treatment(question, side) else f"treatment does not match: {side.name}"
    if len(arms) > 1 and (arm is None or arm.role.value != "single"):
        return "the study has several arms and the question names no treatment"
    return None


def _arm_count(label: str, arm: Arm | None, count: Count | None = None) -> ArmCount:
    """One group as a forest plot shows it: with the counts used, else with the size of the arm."""
    n = count.total if count else arm.n if arm else None
    treatment = arm.treatment if arm else ()
    return ArmCount(label=label, n=n, events=count.events if count else None, treatment=treatment)


def _rank(question: Question, rows: tuple[Result, ...], index: Index, *, computed: int) -> Rank:
    first = rows[0]
    if any(row.derivation != REPORTED for row in rows):
        computed = 3 if any(is_approximation(row.derivation) for row in rows) else 2
    order = _PREFERENCE.get(question.adjustment, ())
    adjustment = first.adjustment if isinstance(first, Contrast) else None
    return Rank(
        computed=computed,
        cited=index.cited(first),
        contrast=isinstance(first, Contrast),
        outcome=question.outcome.index(first.outcome.value),
        adjustment=order.index(adjustment) if adjustment in order and isinstance(first, Contrast) else 0,
        timed=first.timepoint_months is not None,
        place=min(index.place(row) for row in rows),
    )
