"""Hazard ratios that a document does not print, from what it prints of both arms: survival, p-values, events, medians.

One row for a comparison, by the first method that its numbers allow:

1. `hr_from_events_p`, `hr_from_total_events_p`: the log-rank p-value and the events of both arms, or all events with
   the patients of both arms (Parmar 1998; Tierney 2007). Better survival, a longer median or fewer events tell the
   direction.
2. `hr_from_survival_p`: the ratio of ln S at one time, with the standard error that has the printed p-value. Only where
   the standard error from the numbers of patients is about the same.
3. `hr_from_survival_p_events`: where it is not, the p-value with the events that survival implies (Parmar 1998).
4. `hr_from_survival_ci`, `hr_from_survival_n`: the ratio of ln S at one time, with the standard error from the
   intervals of both proportions, or from the numbers of patients.
5. `hr_from_medians_approximation`: the ratio of the medians, for exponential curves; pooled only if asked for by name.
"""

import itertools
import math
import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from evidence.check.beside import together
from evidence.check.derived_rows import Comparison, Key, comparisons, computed, same_value
from evidence.check.rounding import ends, level
from evidence.formulas import hazards
from evidence.formulas.hazards import LogHazardRatio
from evidence.model.codes import Adjustment, Measure, Outcome
from evidence.model.measures import TIME_TO_EVENT
from evidence.model.records import ArmResult, Contrast, Records, Result

#: Standard errors from the p-value and from numbers of patients belong together if neither is so many times the other.
#: Of 23 published comparisons 14 were; of the others one would have had an interval three times too narrow.
_SAME = 1.25
#: Rounding of the printed digits may change a standard error by this factor, no more.
_STABLE = 1.5
#: A standard error of this size says that nothing is known.
_UNKNOWN = 10.0
#: p-values of something else than "both arms are the same", or of one side.
_OTHER_TEST = re.compile(
    r"\b(one|1)[\s\u2010-\u2014-]?(sided|tailed)\b|\bnon[\s\u2010-\u2014-]?inferior|\binteraction\b|\btrend\b",
    re.IGNORECASE,
)
#: Deaths of some kind or of some days only are not the events of overall survival.
_SOME_DEATHS = re.compile(
    r"\btreatment|\btoxic|\badverse|\brelated\b|\bdue to\b|\bduring\b|\bwithin\b|\bdays?\b|\binfect|\bearly\b|\bcardio"
    r"|\bafter\b|\bbefore\b",
    re.IGNORECASE,
)


class Sides(NamedTuple):
    """One number of each arm."""

    arm: ArmResult
    comparator: ArmResult


def hazard_ratios(records: Records) -> Iterator[Contrast]:
    """A hazard ratio for each comparison of two arms that has none with an interval or an exact p-value."""
    for comparison in comparisons(records):
        for key in comparison.outcomes():
            if key.outcome in TIME_TO_EVENT:
                yield from _of_outcome(comparison, key)


def _of_outcome(comparison: Comparison, key: Key) -> Iterator[Contrast]:
    printed = [row for row in comparison.reported(key, Measure.HR, Measure.SHR) if usable(row)]
    made = [
        row
        for test, survival in _tests(comparison, key)
        if not _is_printed(printed, test.timepoint_months)
        and (row := _with_test(comparison, key, test, survival))
        and not _is_printed(printed, row.timepoint_months)
    ]
    if not made and not printed:
        made = [row for row in [_without_test(comparison, key)] if row]
    yield from made


def usable(row: Contrast) -> bool:
    """Whether a reported ratio can be pooled as it is: with its interval, or with an exact p-value."""
    if row.estimate is None or row.estimate <= 0:
        return False
    return (row.ci_low is not None and row.ci_high is not None) or (_exact(row) and row.estimate != 1)


def _exact(row: Contrast) -> bool:
    return row.p_value is not None and row.p_operator == "=" and 0 < row.p_value < 1


def _is_printed(printed: list[Contrast], timepoint: Decimal | None) -> bool:
    """Whether a hazard ratio stands in the document for this time or for the whole follow-up."""
    return any(timepoint is None or row.timepoint_months in (None, timepoint) for row in printed)


def _tests(comparison: Comparison, key: Key) -> Iterator[tuple[Contrast, Sides | None]]:
    """Exact two-sided p-values with the survival each belongs to.

    Where several that differ fall to the same numbers, the one of their own sentence or cell is taken, or none.
    """
    found: defaultdict[Decimal | None, list[tuple[Contrast, Sides | None]]] = defaultdict(list)
    for row in comparison.reported(key, Measure.P):
        if _exact(row) and row.adjustment is not Adjustment.ADJUSTED and not _OTHER_TEST.search(row.source.quote):
            survival = survival_of(comparison, key, row)
            found[survival.arm.timepoint_months if survival else row.timepoint_months].append((row, survival))
    for tests in found.values():
        if len({row.p_value for row, _ in tests}) > 1:
            tests = [(row, survival) for row, survival in tests if survival and together(row, survival.arm)]
        if len({row.p_value for row, _ in tests}) == 1:
            yield tests[0]


def _with_test(comparison: Comparison, key: Key, test: Contrast, survival: Sides | None) -> Contrast | None:
    """From a p-value and what stands beside it."""
    return _from_events(comparison, key, test, survival, _medians(comparison, key, test)) or (
        _from_survival_p(comparison, survival, test) or _from_survival(comparison, survival) if survival else None
    )


def _without_test(comparison: Comparison, key: Key) -> Contrast | None:
    """From survival with its intervals or numbers of patients; else from medians."""
    survival, medians = survival_of(comparison, key, None), _medians(comparison, key, None)
    made = _from_survival(comparison, survival) if survival else None
    if made is None and medians is not None:
        return _from_medians(comparison, key, medians)
    return made


def survival_of(comparison: Comparison, key: Key, beside: Contrast | None) -> Sides | None:
    """Survival of both arms at the time of a comparison; for the whole follow-up, at the latest time of both."""
    first, second = comparison.sides(key, Measure.SURVIVAL_PROBABILITY)
    times = {row.timepoint_months for row in first} & {row.timepoint_months for row in second} - {None}
    if beside is not None and beside.timepoint_months is not None:
        times &= {beside.timepoint_months}
    for time in sorted((time for time in times if time is not None), reverse=True):
        sides = [same_value([row for row in rows if row.timepoint_months == time], beside) for rows in (first, second)]
        if sides[0] and sides[1] and all(0 < fraction(side) < 1 for side in sides if side):
            return Sides(sides[0], sides[1])
    return None


def fraction(row: ArmResult) -> float:
    """A percentage as a fraction; 0 where it has no value."""
    return float(row.value or 0) / 100


def _medians(comparison: Comparison, key: Key, beside: Contrast | None) -> Sides | None:
    """Median times of both arms; one of them may not have been reached."""
    first, second = (same_value(rows, beside) for rows in comparison.sides(key, Measure.MEDIAN_TIME))
    return Sides(first, second) if first and second else None


def _from_events(
    comparison: Comparison, key: Key, test: Contrast, survival: Sides | None, medians: Sides | None
) -> Contrast | None:
    counted = _events(comparison, key)
    favours_arm = _better(comparison, survival, medians, counted)
    if counted is None or favours_arm is None:
        return None
    p_value = float(test.p_value or 0)
    if isinstance(counted, Sides):
        method, events = "hr_from_events_p", (counted.arm.events, counted.comparator.events)
        found = hazards.log_hr_from_p_events(p_value, favours_a=favours_arm, events_a=events[0], events_b=events[1])
        inputs: tuple[Result, ...] = (*counted, test)
    else:
        method = "hr_from_total_events_p"
        found = hazards.log_hr_from_p_events(
            p_value,
            favours_a=favours_arm,
            events=counted.events,
            total_a=comparison.arm.n,
            total_b=comparison.comparator.n,
        )
        inputs = (counted, *((survival or medians) or ()), test)
    return _row(comparison, method, inputs, found, test.timepoint_months, test)


def _events(comparison: Comparison, key: Key) -> Sides | ArmResult | None:
    """Events of both arms, else of both together; of overall survival the events are deaths."""
    of_deaths = Key(Outcome.DEATH, None, key.subgroup)
    for events in (key, of_deaths) if key.outcome is Outcome.OS else (key,):
        sides = [
            same_value([row for row in rows if _all_events(row, patients)])
            for rows, patients in zip(
                comparison.sides(events, Measure.COUNT, Measure.PROPORTION),
                (comparison.arm.n, comparison.comparator.n),
                strict=True,
            )
        ]
        if sides[0] and sides[1]:
            return Sides(sides[0], sides[1])
        everyone = same_value(
            [
                row
                for row in comparison.study_rows
                if events.fits(row)
                and row.measure in (Measure.COUNT, Measure.PROPORTION)
                and _all_events(row, comparison.n_total)
            ]
        )
        n, m = comparison.arm.n, comparison.comparator.n
        if everyone and n and m and n + m == comparison.n_total:
            return everyone
    return None


def _all_events(row: ArmResult, patients: int | None) -> bool:
    """Whether a row counts every event among so many patients over the whole follow-up."""
    if not row.events or row.timepoint_months is not None or _SOME_DEATHS.search(row.outcome_text):
        return False
    if row.outcome is Outcome.DEATH and _SOME_DEATHS.search(row.source.quote):
        return False
    return patients is not None and row.events < patients and row.total in (None, row.events, patients)


def _better(
    comparison: Comparison, survival: Sides | None, medians: Sides | None, events: Sides | ArmResult | None
) -> bool | None:
    """Whether the first arm does better; None where the numbers do not tell or contradict one another."""
    signs = set()
    if survival:
        signs.add(_sign(fraction(survival.arm), fraction(survival.comparator)))
    if medians:
        signs.add(_sign(*(math.inf if row.not_reached else float(row.value or 0) for row in medians)))
    signs.discard(0)
    n, m = comparison.arm.n, comparison.comparator.n
    if not signs and isinstance(events, Sides) and n and m:
        signs.add(_sign((events.comparator.events or 0) / m, (events.arm.events or 0) / n))
    return signs == {1} if len(signs) == 1 and 0 not in signs else None


def _sign(a: float, b: float) -> int:
    return (a > b) - (a < b)


def _from_survival_p(comparison: Comparison, survival: Sides, test: Contrast) -> Contrast | None:
    """From survival at one time and the p-value, which fit together; else from the p-value and the events implied."""
    a, b, p_value = fraction(survival.arm), fraction(survival.comparator), float(test.p_value or 0)
    if a == b:
        return None
    n, m = _patients(comparison, survival)
    half = 0 if survival.arm.subgroup else (comparison.n_total or 0) / 2
    time, inputs = survival.arm.timepoint_months, (*survival, test)
    found = hazards.log_hr_from_survival_and_test(a, b, p_value)
    counted = hazards.log_hr_from_survival(a, b, total_a=n or half, total_b=m or half) if (n and m) or half else None
    fits = _stable(survival, test) if counted is None else 1 / _SAME <= found.se / counted.se <= _SAME
    if fits:
        return _row(comparison, "hr_from_survival_p", inputs, found, time, test)
    if n and m:
        found = hazards.log_hr_from_survival(a, b, total_a=n, total_b=m, p_value=p_value)
        return _row(comparison, "hr_from_survival_p_events", inputs, found, time, test)
    return None


def _patients(comparison: Comparison, survival: Sides) -> tuple[int | None, int | None]:
    """Patients of both arms; not known of a subgroup."""
    return (None, None) if survival.arm.subgroup else (comparison.arm.n, comparison.comparator.n)


def _stable(survival: Sides, test: Contrast) -> bool:
    """Whether the standard error is about the same for all numbers that round to those printed."""
    errors = []
    printed = (survival.arm.value, survival.comparator.value, test.p_value)
    for first, second, p in itertools.product(*(ends(number or Decimal(0), log_scale=False) for number in printed)):
        a, b = first / 100, second / 100
        if not (0 < a < 1 and 0 < b < 1 and 0 < p < 1) or a == b:
            return False
        errors.append(hazards.log_hr_from_survival_and_test(a, b, p).se)
    return max(errors) <= _STABLE * min(errors)


def _from_survival(comparison: Comparison, survival: Sides) -> Contrast | None:
    """From survival at one time alone."""
    limits = [
        (float(row.ci_low) / 100, float(row.ci_high) / 100)
        for row in survival
        if row.ci_low is not None and row.ci_high is not None and row.ci_low < row.ci_high
    ]
    levels = set(map(level, survival))
    a, b = fraction(survival.arm), fraction(survival.comparator)
    n, m = _patients(comparison, survival)
    if len(limits) == 2 and len(levels) == 1:
        method = "hr_from_survival_ci"
        found = hazards.log_hr_from_survival(a, b, ci_a=limits[0], ci_b=limits[1], level=levels.pop())
    elif n and m:
        method, found = "hr_from_survival_n", hazards.log_hr_from_survival(a, b, total_a=n, total_b=m)
    else:
        return None
    return _row(comparison, method, survival, found, survival.arm.timepoint_months)


def _from_medians(comparison: Comparison, key: Key, medians: Sides) -> Contrast | None:
    """The ratio of the medians; with an interval where the events of both arms are known."""
    if not all(row.value and row.value > 0 for row in medians):
        return None
    a, b = (float(row.value or 0) for row in medians)
    method, events = "hr_from_medians_approximation", _events(comparison, key)
    if isinstance(events, Sides):
        found = hazards.log_hr_from_medians(a, b, events.arm.events or 0, events.comparator.events or 0)
        return _row(comparison, method, (*medians, *events), found, None)
    return computed(comparison, method, Measure.HR, medians, b / a, None, timepoint=None)


def _row(
    comparison: Comparison,
    method: str,
    inputs: tuple[Result, ...],
    found: LogHazardRatio,
    timepoint: Decimal | None,
    test: Contrast | None = None,
) -> Contrast | None:
    if found.se > _UNKNOWN:
        return None
    return computed(comparison, method, Measure.HR, inputs, found.hr, found.interval(), timepoint=timepoint, test=test)
