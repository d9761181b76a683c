"""Which way a comparison points, by its words and numbers: "shorter with A than with B (12 vs 26 months, HR 2.3)".

Papers name the worse arm first as often as the better one. Where the numbers and the estimate of one sentence can only
be meant in the other order than the usual, they are taken so; where they contradict each other, nothing is changed and
the row is less sure.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from evidence.extract.link import Bound
from evidence.extract.numbers import Kind, Quantity
from evidence.extract.outcomes import OutcomeMention
from evidence.extract.pairs import Pair
from evidence.extract.scenes import Scene
from evidence.model.codes import Measure

#: From this on the words for the pair leave no doubt ("hazard ratio (A vs. B)").
_SAID = 0.9
#: Numbers that differ by less than this share of the larger one tell nothing.
_TELLING = Decimal("0.05")
#: A contradicted row is this sure at most.
_DOUBTFUL = 0.4

_LESS = re.compile(r"\b(?:shorter|lower|fewer|less|decreased|reduced)\b[^.;()]*[(\[]?$")
_MORE = re.compile(r"\b(?:longer|higher|more|greater|increased|prolonged)\b[^.;()]*[(\[]?$")


def in_their_order(scene: Scene, bounds: Sequence[Bound]) -> list[Bound]:
    """The numbers of a sentence; two that its comparative and its hazard ratio both want swapped are swapped."""
    found = list(bounds)
    for index, (one, other) in enumerate(pairwise(bounds)):
        if not _are_pair(one, other) or one.quantity.value is None or other.quantity.value is None:
            continue
        before = scene.between(scene.start, one.quantity.start)
        less, more = _LESS.search(before) is not None, _MORE.search(before) is not None
        first_is_less = one.quantity.value < other.quantity.value
        if less == more or first_is_less == less or one.quantity.value == other.quantity.value:
            continue
        ratio = next((q for q in scene.quantities if q.measure is Measure.HR and q.start >= other.quantity.end), None)
        first_named = next((m.arms[0] for m in scene.single_mentions), None)
        timed = one.outcome is not None and one.outcome.entry.kind == "time_to_event"
        if (
            timed
            and first_named == one.arm
            and ratio is not None
            and ratio.value is not None
            and (ratio.value > 1) == less
        ):
            found[index], found[index + 1] = (
                replace(one, arm=other.arm, sure=0.6),
                replace(other, arm=one.arm, sure=0.6),
            )
        else:
            found[index] = replace(one, sure=min(one.sure, _DOUBTFUL))
            found[index + 1] = replace(other, sure=min(other.sure, _DOUBTFUL))
    return found


def pointing(quantity: Quantity, pair: Pair, before: Sequence[Bound]) -> Pair:
    """The pair of a ratio, turned round where the two numbers before it can only be meant so."""
    if pair.sure >= _SAID or len(before) < 2 or quantity.value is None:
        return pair
    one, other = before[-2:]
    if quantity.measure in (Measure.RD, Measure.MD):
        return _as_subtracted(quantity.value, pair, one, other)
    expected = _first_over_second(quantity, one, other) if _of_one_outcome(one, other) else None
    if expected is None or {one.arm, other.arm} != {pair.arm, pair.comparator}:
        return pair
    points = (quantity.value > 1) == expected
    if pair.arm == one.arm:
        return pair if points else replace(pair, sure=min(pair.sure, _DOUBTFUL))
    return replace(pair, arm=one.arm, comparator=other.arm, sure=0.7) if points else pair


#: "compared with X", "than in X": X is what others are set against.
_OBJECT = re.compile(
    r"\b(?:than|versus|vs\.?|v|compared (?:with|to)|against|over|relative to)\s(?:[\w-]+\s){0,4}$", re.IGNORECASE
)
_RISK = re.compile(
    r"\b(?:risk|hazard|incidence|odds|likelihood|probability of (?:relapse|death)|mortality|death|relapse)\b"
)
_UP = re.compile(r"\b(?:higher|increased?|greater|elevated|excess)\b")
_DOWN = re.compile(r"\b(?:lower|reduced|decreased|lessened)\b")
_BAD = re.compile(r"\b(?:worse|inferior|poorer|poor|shorter|adverse|unfavou?rable)\b")
_GOOD = re.compile(r"\b(?:better|superior|longer|improved|prolonged|favou?rable)\b")


def told_of(scene: Scene, quantity: Quantity, pair: Pair, outcome: OutcomeMention | None) -> Pair:
    """The pair turned round where the sentence tells of its second arm, and its words and the ratio agree.

    "Patients without X had a higher risk of relapse (HR 2.4)".
    """
    if pair.sure >= _SAID or quantity.value is None or outcome is None or pair.comparator is None:
        return pair
    told = [m for m in scene.single_mentions if not _OBJECT.search(scene.between(scene.start, m.start))]
    if {mention.arms[0] for mention in told} != {pair.comparator} or told[-1].end > quantity.start:
        return pair
    above = _raised(scene.between(scene.start, quantity.start), outcome)
    if above is None or above != (quantity.value > 1):
        return pair
    return replace(pair, arm=pair.comparator, comparator=pair.arm, sure=0.7)


def _raised(words: str, outcome: OutcomeMention) -> bool | None:
    """Whether words say that the risk of somebody is raised; None where they do not say, or say both."""
    up, down = _UP.search(words) is not None, _DOWN.search(words) is not None
    if outcome.entry.kind == "time_to_event" and not _RISK.search(words):
        up, down = down, up  # "a lower overall survival"
    up |= _BAD.search(words) is not None
    down |= _GOOD.search(words) is not None
    return None if up == down else up


#: A printed difference agrees with two printed numbers within this, by rounding.
_ROUNDED = Decimal("0.15")


def _as_subtracted(difference: Decimal, pair: Pair, one: Bound, other: Bound) -> Pair:
    """The pair of a difference, in the order in which the two numbers before it give that difference."""
    a, b = one.quantity.value, other.quantity.value
    told_alike = (one.outcome, one.months, one.quantity.kind) == (other.outcome, other.months, other.quantity.kind)
    if not told_alike or {one.arm, other.arm} != {pair.arm, pair.comparator} or one.arm == other.arm:
        return pair
    if a is None or b is None or abs(a - b) <= _ROUNDED:
        return pair
    if abs(a - b - difference) <= _ROUNDED:
        return replace(pair, arm=one.arm, comparator=other.arm, sure=0.85)
    if abs(b - a - difference) <= _ROUNDED:
        return replace(pair, arm=other.arm, comparator=one.arm, sure=0.85)
    return pair


def _are_pair(one: Bound, other: Bound) -> bool:
    """Whether two numbers stand side by side, of one outcome in two arms."""
    return one.run == other.run and _of_one_outcome(one, other)


def _of_one_outcome(one: Bound, other: Bound) -> bool:
    """Whether two numbers are of one outcome in two arms."""
    return (
        one.arm is not None
        and other.arm is not None
        and one.arm != other.arm
        and one.outcome is not None
        and one.outcome == other.outcome
        and one.months == other.months
    )


def _first_over_second(quantity: Quantity, one: Bound, other: Bound) -> bool | None:
    """Whether the ratio of the first to the second arm would be above 1; None where the numbers do not tell."""
    a, b = one.quantity.value, other.quantity.value
    if a is None or b is None or one.outcome is None or quantity.measure is None:
        return None
    return above_one(quantity.measure, one.outcome.entry.kind, a, b, percent=one.quantity.kind is Kind.PERCENT)


def above_one(measure: Measure, kind: str, first: Decimal, second: Decimal, *, percent: bool) -> bool | None:
    """Whether the ratio of the first to the second of two numbers of an outcome of this kind would be above 1.

    `percent` tells percentages from times. None where the two are too close, or say nothing of such a ratio.
    """
    if abs(first - second) < _TELLING * max(first, second):
        return None
    if measure is Measure.HR and kind == "time_to_event":
        return first < second
    if percent and kind == "incidence" and measure in (Measure.HR, Measure.SHR, Measure.OR, Measure.RR):
        return first > second
    if percent and kind in ("response", "safety") and measure in (Measure.OR, Measure.RR):
        return first > second
    return None
