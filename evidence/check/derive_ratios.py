"""Risk ratios, odds ratios and risk differences that a document does not print, from the counts of both arms.

`rr_from_counts`, `or_from_counts`, `rd_from_counts`: Cochrane Handbook, chapter 6.4; variances of Katz 1978 and Woolf
1955. Where one cell of the table is empty 0.5 is added to all for the ratios. `_from_percent`: counts that are not
printed are the percentage of the patients, not rounded. `_and_arm_n`: the patients are not printed with the number;
those of the arm were taken. Only of proportions and counts: a survival probability is no share of patients.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

from evidence.check.derived_rows import Comparison, Key, comparisons, computed, same_value
from evidence.formulas import counts
from evidence.formulas.intervals import ci_from_se
from evidence.formulas.scales import natural
from evidence.model.codes import Measure
from evidence.model.measures import TIME_TO_EVENT
from evidence.model.records import ArmResult, Contrast, Records

_EFFECTS = {
    Measure.RR: counts.log_risk_ratio,
    Measure.OR: counts.log_odds_ratio,
    Measure.RD: counts.risk_difference,
}


class _Count(NamedTuple):
    """Patients with the event, as far as known, among all of an arm."""

    row: ArmResult
    events: float
    total: int
    printed: bool
    of_arm: bool  # the total is the arm's size


def ratios(records: Records) -> Iterator[Contrast]:
    """RR, OR and RD of each comparison of two arms that reports the numbers of both and not the measure itself."""
    for comparison in comparisons(records):
        for key in comparison.outcomes():
            if key.outcome in TIME_TO_EVENT:
                continue  # a share of patients of such an outcome may be those with the event or those without
            first, second = comparison.sides(key, Measure.PROPORTION, Measure.COUNT)
            for time in dict.fromkeys(row.timepoint_months for row in first):
                rows = [same_value([row for row in side if row.timepoint_months == time]) for side in (first, second)]
                sides = [_count(row, arm.n) for row, arm in zip(rows, comparison[:2], strict=True) if row is not None]
                if len(sides) == 2 and sides[0] and sides[1]:
                    yield from _of_counts(comparison, key, sides[0], sides[1])


def _count(row: ArmResult, patients: int | None) -> _Count | None:
    """Events and patients of a row, computed where they are not printed."""
    total = row.total or (None if row.subgroup else patients)
    if not total:
        return None
    events: float | None = row.events
    if events is None and row.value is not None and row.measure is Measure.PROPORTION:
        events = float(row.value) * total / 100
    if events is None or not 0 <= events <= total:
        return None
    return _Count(row, events, total, row.events is not None, of_arm=not row.total)


def _of_counts(comparison: Comparison, key: Key, a: _Count, b: _Count) -> Iterator[Contrast]:
    one_outcome = a.events + b.events in (0, a.total + b.total)
    name = "from_counts" if a.printed and b.printed else "from_percent"
    name += "_and_arm_n" if a.of_arm or b.of_arm else ""
    time = a.row.timepoint_months
    for measure, effect_of in _EFFECTS.items():
        printed = [row for row in comparison.reported(key, measure) if row.estimate is not None]
        if any(row.timepoint_months in (None, time) or time is None for row in printed):
            continue
        if one_outcome and measure is not Measure.RD:
            continue  # no event at all, or nothing but events: such a trial says nothing about a ratio
        added_to = "none" if measure is Measure.RD else "only0"
        effect = effect_of(a.events, a.total, b.events, b.total, to=added_to)
        if not effect.v > 0:
            continue
        low, high = ci_from_se(effect.y, math.sqrt(effect.v))
        yield computed(
            comparison,
            f"{measure.value.lower()}_{name}",
            measure,
            (a.row, b.row),
            natural(measure.value, effect.y),
            (natural(measure.value, low), natural(measure.value, high)),
            timepoint=time,
        )
