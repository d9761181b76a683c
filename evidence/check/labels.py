"""Measures and arms under the wrong name, told by the two arms' own numbers.

Nothing is altered: a doubt says which measure, or which order of the arms, fits the numbers.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from evidence.check.beside import Arms, Patients
from evidence.check.doubt import Doubt, printed
from evidence.check.rounding import interval_of_difference, interval_words, level
from evidence.formulas.counts import half_unit
from evidence.formulas.intervals import p_from_z, se_from_ci, z_from_p
from evidence.model.codes import Adjustment, Measure, Severity
from evidence.model.measures import CONTRAST_MEASURES, HARMS, PERCENTAGES, RESPONSES, TIME_TO_EVENT
from evidence.model.records import ArmResult, Contrast, Records

_HAZARDS = frozenset({Measure.HR, Measure.SHR, Measure.IRR})
_RATIOS = _HAZARDS | {Measure.OR, Measure.RR}
#: A ratio of the arms below this, or above its reciprocal, is a clear direction.
_CLEAR = 0.8
#: A ratio turned round lies within this, in logarithms, of what the arms' numbers give. Of some 80 published ratios the
#: one whose arms were in the other order lay so near.
_TURNED = 0.1
#: Odds ratio and risk ratio differ by so much, in logarithms, where it matters which it is.
_APART = 0.1
#: |z| between a p-value and the test that is taken to have given it.
_SAME_TEST, _OTHER_TEST = 0.3, 2.0
#: Two standard errors are one where their logarithms differ by less, and differ where one is so many times the other.
_SAME_WIDTH, _WIDER = 0.1, 2.0


class _Range(NamedTuple):
    """Lowest and highest value that rounded numbers allow."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        """The value where nothing was rounded."""
        return (self.low + self.high) / 2

    def holds(self, number: Decimal) -> bool:
        """Whether a printed number may be among them."""
        half = float(half_unit(number))
        return self.low - half <= float(number) <= self.high + half


def measure_mislabelled(records: Records) -> Iterator[Doubt]:
    """A comparison is called a measure that its arms' numbers, or its interval, show it is not."""
    arms, patients = Arms(records), Patients(records)
    for row in records.contrasts:
        if row.estimate is None or row.measure not in _RATIOS:
            continue
        pairs = list(arms.beside(row, PERCENTAGES, near=True)) or list(arms.beside(row, PERCENTAGES))
        yield from _difference_called_ratio(row, pairs) or _other_ratio(row, pairs, patients)
    yield from _errors_called_deviations(records, arms, patients)


def _difference_called_ratio(row: Contrast, pairs: list[tuple[ArmResult, ArmResult]]) -> list[Doubt]:
    """Percentage points under the name of a ratio."""
    assert row.estimate is not None  # noqa: S101  # the caller asked
    words = CONTRAST_MEASURES[row.measure].words
    symmetric = interval_of_difference(row)
    for ours, theirs in pairs:
        difference, ratio = _difference(ours, theirs), _ratio(ours, theirs)
        fits = abs(row.estimate) >= 1 and difference.holds(row.estimate) and not (ratio and ratio.holds(row.estimate))
        if fits and (symmetric or abs(row.estimate) > 10):
            interval = f", and the {interval_words(row)} is symmetric as it stands" if symmetric else ""
            return [
                _about(
                    row,
                    (ours, theirs),
                    Severity.ERROR,
                    f"{printed(row.estimate)} is called a {words}, but it is the difference of "
                    f"{_percents(ours, theirs)}{interval}: it is likely a risk difference in percentage points.",
                )
            ]
    if not symmetric:
        return []
    return [
        Doubt.about(
            row,
            Severity.WARNING,
            f"the {interval_words(row)} lies symmetrically around {printed(row.estimate)} as it stands and not on the "
            f"log scale: it is likely that of a difference and not of a {words}.",
        )
    ]


def _other_ratio(row: Contrast, pairs: list[tuple[ArmResult, ArmResult]], patients: Patients) -> list[Doubt]:
    """An odds ratio called risk ratio, or the reverse."""
    assert row.estimate is not None  # noqa: S101  # the caller asked
    if row.measure not in (Measure.OR, Measure.RR) or row.adjustment is Adjustment.ADJUSTED:
        return []
    for ours, theirs in pairs:
        if ours.measure is not Measure.PROPORTION:
            continue
        risks = _risk(ours, patients), _risk(theirs, patients)
        both = {Measure.RR: _risk_ratio(*risks), Measure.OR: _odds_ratio(*risks)}
        own, (other, range_) = both.pop(row.measure), both.popitem()
        if own is None or range_ is None or own.holds(row.estimate) or not range_.holds(row.estimate):
            continue
        if abs(math.log(own.middle / range_.middle)) < _APART or math.log(range_.high / range_.low) > _APART:
            continue  # it would fit by chance
        return [
            _about(
                row,
                (ours, theirs),
                Severity.WARNING,
                f"{printed(row.estimate)} is called {_a(row.measure)}, but {_percents(ours, theirs)} give "
                f"{_a(row.measure)} of {own.middle:.2f} and {_a(other)} of {range_.middle:.2f}: likely the latter.",
            )
        ]
    return []


def _a(measure: Measure) -> str:
    words = CONTRAST_MEASURES[measure].words
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _percents(ours: ArmResult, theirs: ArmResult) -> str:
    return f"{printed(ours.value or 0)}% and {printed(theirs.value or 0)}%"


def _about(row: Contrast, pair: tuple[ArmResult, ArmResult], severity: Severity, message: str) -> Doubt:
    ids = (row.result_id, *(arm.result_id for arm in pair))
    return replace(Doubt.about(row, severity, message), result_ids=ids)


def _percent(row: ArmResult) -> _Range:
    """What the printed percentage may stand for, in percent."""
    assert row.value is not None  # noqa: S101  # pairs have values
    half = half_unit(row.value)
    return _Range(max(0.0, float(row.value - half)), min(100.0, float(row.value + half)))


def _difference(ours: ArmResult, theirs: ArmResult) -> _Range:
    a, b = _percent(ours), _percent(theirs)
    return _Range(a.low - b.high, a.high - b.low)


def _ratio(ours: ArmResult, theirs: ArmResult) -> _Range | None:
    return _risk_ratio(_percent(ours), _percent(theirs))


def _risk(row: ArmResult, patients: Patients) -> _Range:
    """The risk in percent: of the counts where they are known, else as rounded."""
    count = patients.count(row)
    return _percent(row) if count is None else _Range(*[100 * count.events / count.total] * 2)


def _risk_ratio(a: _Range, b: _Range) -> _Range | None:
    return _Range(a.low / b.high, a.high / b.low) if b.low > 0 else None


def _odds_ratio(a: _Range, b: _Range) -> _Range | None:
    if b.low <= 0 or max(a.high, b.high) >= 100:
        return None
    return _risk_ratio(*(_Range(r.low / (100 - r.low), r.high / (100 - r.high)) for r in (a, b)))


def _errors_called_deviations(records: Records, arms: Arms, patients: Patients) -> Iterator[Doubt]:
    """Standard errors printed as standard deviations: only as errors do they give the printed p-value or interval."""
    for row in records.contrasts:
        for ours, theirs in arms.beside(row, (Measure.MEAN,), near=True):
            sizes = [side.total or patients.whole(side) for side in (ours, theirs)]
            if ours.value is None or theirs.value is None or not ours.sd or not theirs.sd or None in sizes:
                continue
            as_errors = math.hypot(float(ours.sd), float(theirs.sd))
            squares = [float(sd) ** 2 / n for sd, n in zip((ours.sd, theirs.sd), sizes, strict=True) if n]
            as_deviations = math.sqrt(sum(squares))
            difference = abs(float(ours.value - theirs.value))
            said = _by_p(row, difference / as_errors, difference / as_deviations) or _by_interval(
                row, as_errors, as_deviations
            )
            if said:
                yield _about(
                    row,
                    (ours, theirs),
                    Severity.WARNING,
                    f"with {printed(ours.sd)} and {printed(theirs.sd)} as standard deviations the means "
                    f"{printed(ours.value)} and {printed(theirs.value)} {said}: they are likely standard errors.",
                )


def _by_p(row: Contrast, of_errors: float, of_deviations: float) -> str | None:
    """What p the spreads give under either name, where only errors give the printed one."""
    if row.p_value is None or row.p_operator not in (None, "=") or not Decimal("0.001") < row.p_value < 1:
        return None
    z = z_from_p(float(row.p_value))
    if abs(of_errors - z) > _SAME_TEST or of_deviations - z <= _OTHER_TEST:
        return None
    return (
        f"give p = {p_from_z(of_deviations):.2g}, as standard errors {p_from_z(of_errors):.2g}, and the document says "
        f"{printed(row.p_value)}"
    )


def _by_interval(row: Contrast, as_errors: float, as_deviations: float) -> str | None:
    """What standard error of the difference the spreads give, where only errors give that of the printed interval."""
    if row.measure is not Measure.MD or row.ci_low is None or row.ci_high is None or row.ci_low >= row.ci_high:
        return None
    error = se_from_ci(float(row.ci_low), float(row.ci_high), level(row))
    if abs(math.log(as_errors / error)) > _SAME_WIDTH or error < _WIDER * as_deviations:
        return None
    return (
        f"differ with a standard error of {as_deviations:.2g}, as standard errors with {as_errors:.2g}, and the "
        f"{interval_words(row)} has {error:.2g}"
    )


def direction_mismatch(records: Records) -> Iterator[Doubt]:
    """A ratio favours one arm and the arms' own rates or medians, all of them, the other.

    Asked where both do so clearly, or several numbers agree with the ratio turned round. The ratio or the arms may be
    the other way round; curves that cross, and adjustment, explain some.
    """
    arms = Arms(records)
    for row in records.contrasts:
        if row.estimate is None or row.estimate <= 0 or row.measure not in _RATIOS:
            continue
        implied = [(pair, ratio) for pair in _comparable(row, arms) if (ratio := _implied(row, *pair)) is not None]
        if not implied or not _opposite(float(row.estimate), [ratio for _, ratio in implied]):
            continue
        pair, ratio = implied[0]
        more = f", as do {len(implied) - 1} more pairs" if len(implied) > 1 else ""
        yield _about(
            row,
            pair,
            Severity.WARNING,
            f"{printed(row.estimate)} says {'fewer' if row.estimate < 1 else 'more'} events with "
            f"{row.arm or 'the first arm'}, but {_side(pair[0])} against {_side(pair[1])} says the opposite (a ratio "
            f"of about {ratio:.2f}){more}: the ratio or the arms are likely the other way round.",
        )


def _opposite(estimate: float, implied: list[float]) -> bool:
    """Whether all ratios lie on the other side of 1, each clearly, or several near the reciprocal."""
    if any((ratio - 1) * (estimate - 1) >= 0 for ratio in implied):
        return False
    if all(_clear(ratio) for ratio in (estimate, *implied)):
        return True
    return len(implied) > 1 and all(abs(math.log(ratio * estimate)) < _TURNED for ratio in implied)


def _clear(ratio: float) -> bool:
    return ratio < _CLEAR or ratio > 1 / _CLEAR


def _comparable(row: Contrast, arms: Arms) -> list[tuple[ArmResult, ArmResult]]:
    """The arms' numbers that say which arm has more events."""
    measures = (Measure.SURVIVAL_PROBABILITY, Measure.CUMULATIVE_INCIDENCE, Measure.MEDIAN_TIME, Measure.PROPORTION)
    return list(arms.beside(row, measures, any_time=row.measure in _HAZARDS))


def _implied(row: Contrast, ours: ArmResult, theirs: ArmResult) -> float | None:
    """The ratio that two numbers point to; None where they say nothing."""
    if ours.value is None or theirs.value is None or min(ours.value, theirs.value) <= 0:
        return None
    a, b = float(ours.value), float(theirs.value)
    if ours.measure is Measure.MEDIAN_TIME:
        return b / a if row.outcome in TIME_TO_EVENT and row.measure in _HAZARDS else None
    if max(a, b) >= 100:
        return None
    if ours.measure is Measure.SURVIVAL_PROBABILITY:
        return (
            math.log(a / 100) / math.log(b / 100) if row.outcome in TIME_TO_EVENT and row.measure in _HAZARDS else None
        )
    if row.outcome in HARMS or (row.outcome in RESPONSES and row.measure not in _HAZARDS):
        return math.log1p(-a / 100) / math.log1p(-b / 100)
    return None


def _side(row: ArmResult) -> str:
    at = f" at {printed(row.timepoint_months)} months" if row.timepoint_months is not None else ""
    if row.measure is Measure.MEDIAN_TIME:
        return f"a median of {printed(row.value or 0)} months"
    return f"{printed(row.value or 0)}%{at}"
