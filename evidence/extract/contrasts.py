"""Comparisons from sentences: p-values without an estimate, and estimates that compare no arms."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from evidence.extract.link import Bound, Pair, Scene, pair_of, takes_up
from evidence.extract.numbers import Kind, Quantity
from evidence.extract.outcomes import OutcomeMention

_PROGNOSTIC = re.compile(
    r"prognostic|predict\w+|risk factors?|per (?:\d|one|unit|year|increase)|higher (?:levels?|expression)|quartile|multivariable model|independent factor|were associated with|was associated with",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:vs|versus|v|than|compared|between|differ\w*|higher|lower|longer|shorter|better|worse|superior|inferior|similar|improv\w+|reduc\w+|increas\w+|favou?r\w*|"
    r"against|two groups|both groups|comparable|benefit|respectively|prolong\w+|fewer|more)\b",
    re.IGNORECASE,
)


#: "variables with P < 0.10 were entered": a rule of the analysis, not a result.
_THRESHOLD = re.compile(
    r"\s*(?:in (?:the )?univaria\w+ \w+\s)?(?:(?:were|was|are|is) (?:included|considered|entered|regarded|taken|deemed|defined|used)|entered|on univaria)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PComparison:
    """A p-value as the only report of a comparison."""

    quantity: Quantity
    pair: Pair
    outcome: OutcomeMention | None
    months: Decimal | None


def is_prognostic(scene: Scene, quantity: Quantity) -> bool:
    """Whether a sentence speaks of factors rather than of the arms."""
    return not scene.mentions and bool(_PROGNOSTIC.search(scene.text[scene.start : scene.end]))


def p_comparisons(scene: Scene, bounds: Sequence[Bound]) -> Iterator[PComparison]:
    """p-values that stand behind no estimate, with what they compare.

    Several p-values in a row are laid against outcomes in a row ("aGVHD and cGVHD ... (P=0.806, P=0.908)"). Tests for
    trend, interaction or non-inferiority compare no two arms and are left out; so are p-values of sentences without
    outcome or comparison.
    """
    loose = [q for q in scene.quantities if q.kind is Kind.P_VALUE and q.p is not None and q.p.test is None]
    divided = len({bound.arm for bound in bounds if bound.arm is not None}) > 1
    if not loose or len(scene.arms) < 2 or not (divided or _COMPARES.search(scene.text[scene.start : scene.end])):
        return
    rows: list[list[Quantity]] = []
    for quantity in loose:
        if _THRESHOLD.match(scene.text, quantity.end):
            continue
        if rows and re.fullmatch(r"[\s,;]*(?:and)?\s*", scene.between(rows[-1][-1].end, quantity.start)):
            rows[-1].append(quantity)
        else:
            rows.append([quantity])
    for row in rows:
        before = [bound for bound in bounds if bound.quantity.end <= row[0].start]
        outcomes = [o for o in scene.outcomes if o.end <= row[0].start]
        for position, quantity in enumerate(row):
            months = before[-1].months if before else None
            if len(row) > 1 and len(outcomes) >= len(row):
                outcome: OutcomeMention | None = outcomes[-len(row) :][position]
                same = [bound for bound in before if bound.outcome == outcome]
                months = same[-1].months if same else months
            elif outcomes:
                outcome = before[-1].outcome if before and before[-1].outcome in outcomes else outcomes[-1]
                if before and outcomes[-1].start > before[-1].quantity.end:
                    outcome = outcomes[-1]
            else:
                outcome = scene.inherited_outcome if takes_up(scene) else None
            if outcome is None:
                continue
            pair = _pair(scene, quantity, before)
            if pair.arm is not None:
                yield PComparison(quantity=quantity, pair=pair, outcome=outcome, months=months)


def _pair(scene: Scene, quantity: Quantity, before: Sequence[Bound]) -> Pair:
    """The arms a p-value compares: those of the numbers just before it, else those of the sentence."""
    last: list[int] = []
    for bound in reversed(before):
        if bound.arm is not None and bound.arm not in last:
            last.append(bound.arm)
        if len(last) == 2:
            break
    default = pair_of(scene, quantity, default=True)
    if len(last) == 2 and {default.arm, default.comparator} != set(last):
        first, second = sorted(last, key=lambda index: (scene.arms[index].role != "experimental", index))
        return Pair(arm=first, comparator=second, sure=0.7)
    return default
