"""p-values against what stands beside them: the confidence interval, and the counts of the two arms."""

import itertools
import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from evidence.check.beside import Arms, Count, Patients, topic
from evidence.check.doubt import Doubt, printed
from evidence.check.rounding import ends, interval_words, is_off_centre, level
from evidence.formulas.counts import half_unit
from evidence.formulas.intervals import normal_quantile, p_from_z, se_from_ci, z_from_p
from evidence.formulas.two_proportions import chi_squared, fisher_p_value
from evidence.model.codes import Adjustment, Measure, Severity
from evidence.model.measures import CONTRAST_MEASURES, TIME_TO_EVENT
from evidence.model.records import Contrast, Records

#: Difference of z between printed p and interval beyond which they come from different tests. Tests of one model (Wald,
#: score, likelihood ratio) differ by less.
DIFFERENT_TEST = 0.1
#: A p-value of another hypothesis, or half the two-sided one that belongs to the interval.
_OTHER_TEST = re.compile(
    r"\b(one|1)[\s\u2010-\u2014-]?(sided|tailed)\b|\bnon[\s\u2010-\u2014-]?inferior|\binteraction\b|\btrend\b",
    re.IGNORECASE,
)
#: What documents print for a p-value below their last digit.
_LOWEST = frozenset({Decimal("0.001"), Decimal("0.0001")})
#: Tables of more patients are not counted out; Fisher's test is Pearson's there.
_MANY = 20000
#: Difference of z that another version of one test explains.
SAME_TEST = 0.05
_PEARSON, _FISHER = "the chi-squared test", "Fisher's exact test"
_OF_PROPORTIONS = frozenset({Measure.P, Measure.OR, Measure.RR, Measure.RD})
_ALPHA = 0.05
#: Levels an interval may have without saying so.
_OTHER_LEVELS = (99.0, 90.0)


def p_ci_mismatch(records: Records) -> Iterator[Doubt]:
    """The p-value and the confidence interval say different things about the null value.

    p is computed from the interval as a Wald test would. On opposite sides of the level that is a warning; on one side,
    where a log-rank p beside a Cox interval is usual, it is noted beyond rounding, unless the estimate is off the
    interval's centre and the digits are doubted already.
    """
    for row in records.contrasts:
        null = CONTRAST_MEASURES[row.measure].null
        low, high = row.ci_low, row.ci_high
        if null is None or low is None or high is None or row.p_value is None or low >= high:
            continue
        if _OTHER_TEST.search(row.source.quote) or not 0 <= row.p_value <= 1:
            continue
        excludes = excludes_null(low, high, null)
        significant = is_significant(row)
        z = _z_range(row, null)
        if excludes is not None and significant is not None and excludes is not significant:
            side = "excludes" if excludes else "includes"
            yield Doubt.about(
                row,
                Severity.WARNING,
                f"the {interval_words(row)} {side} {null:g} (no difference), but {_p_words(row)} says the opposite"
                f"{_level_that_fits(row, z)}.",
            )
        elif z and not is_off_centre(row) and (implied := _different_test(row, z)) is not None:
            yield Doubt.about(
                row,
                Severity.INFO,
                f"the {interval_words(row)} implies p about {implied:.2g}, the document says {_p_words(row)}; they may "
                "come from different tests, as a log-rank p beside an interval of a Cox model.",
            )


def _p_words(row: Contrast) -> str:
    assert row.p_value is not None  # noqa: S101  # the caller asked
    return f"p{row.p_operator or '='}{printed(row.p_value)}"


def _level_that_fits(row: Contrast, z: tuple[float, float] | None) -> str:
    """The other level at which the interval would fit an exact p-value, as the end of a sentence; else nothing."""
    if z is None or row.p_operator not in (None, "="):
        return ""
    for other in _OTHER_LEVELS:
        longer = normal_quantile(other) / normal_quantile(level(row))
        if _off((longer * z[0], longer * z[1]), row) <= 0:
            return f"; as an interval of {other:g}% it would fit"
    return ""


def excludes_null(low: Decimal, high: Decimal, null: float) -> bool | None:
    """Whether the interval excludes the null value; None where rounding leaves it open."""
    value = Decimal(str(null))
    if low - half_unit(low) > value or high + half_unit(high) < value:
        return True
    if low + half_unit(low) < value < high - half_unit(high):
        return False
    return None


def is_significant(row: Contrast) -> bool | None:
    """Whether p is below the level of the interval; None where the print leaves it open."""
    assert row.p_value is not None  # noqa: S101  # the caller asked
    alpha = Decimal(str(round(1 - level(row) / 100, 6)))
    p, operator = row.p_value, row.p_operator or "="
    if operator in ("<", "<="):
        return True if p <= alpha else None
    if operator in (">", ">="):
        return False if p >= alpha else None
    if p + half_unit(p) < alpha:
        return True
    return False if p - half_unit(p) > alpha else None


def _z_range(row: Contrast, null: float) -> tuple[float, float] | None:
    """Lowest and highest |z| of the Wald test that the printed interval allows."""
    low, high = row.ci_low, row.ci_high
    assert low is not None and high is not None  # noqa: S101  # the caller asked
    log_scale = CONTRAST_MEASURES[row.measure].log_scale
    if log_scale and low - half_unit(low) <= 0:
        return None
    at = math.log(null) if log_scale else null
    values = []
    for a, b in itertools.product(ends(low, log_scale), ends(high, log_scale)):
        if b <= a:
            return None
        values.append(((a + b) / 2 - at) / se_from_ci(a, b, level(row)))
    inside = min(values) <= 0 <= max(values)
    return (0.0 if inside else min(map(abs, values))), max(map(abs, values))


def _different_test(row: Contrast, z: tuple[float, float]) -> float | None:
    """Two-sided p implied by the interval, where the printed p is far from it; None where they agree."""
    return p_from_z(sum(z) / 2) if _off(z, row) > DIFFERENT_TEST else None


def _off(z: tuple[float, float], row: Contrast) -> float:
    """How far the printed p lies, as |z|, from a range of |z|; 0 or less where its rounding reaches into it."""
    assert row.p_value is not None  # noqa: S101  # the caller asked
    half, operator = half_unit(row.p_value), row.p_operator or "="
    printed_low = _z_of(min(row.p_value + half, Decimal(1)))  # a larger p is a smaller z
    printed_high = _z_of(max(row.p_value - half, Decimal(0)))
    at_least, at_most = z[0] - printed_high, printed_low - z[1]  # > 0: there is more, or less, evidence than p says
    if operator in ("<", "<=") or row.p_value in _LOWEST:
        at_least = -math.inf
    if operator in (">", ">="):
        at_most = -math.inf
    return max(at_least, at_most)


def _z_of(p: Decimal) -> float:
    """|z| of a two-sided p-value, ends included: the lower end of a p printed as 0.000 is 0."""
    if p <= 0:
        return math.inf
    return 0.0 if p >= 1 else z_from_p(float(p))


def p_count_mismatch(records: Records) -> Iterator[Doubt]:
    """The p-value of two proportions is not that of their counts, by Pearson's test, Yates' or Fisher's.

    The counts stand in the same sentence or table row. Where only Pearson's fits, a cell is expected to hold fewer
    than 5 patients, and Fisher's test falls on the other side of 5%, that is noted. Adjusted comparisons and those of
    survival curves are not asked.
    """
    compared: defaultdict[tuple[object, ...], list[tuple[Contrast, Count, Count]]] = defaultdict(list)
    for row, ours, theirs in _of_two_counts(records):
        compared[row.document_id, row.arm_id, row.comparator_arm_id, row.timepoint_months, topic(row)].append(
            (row, ours, theirs)
        )
    failing: defaultdict[tuple[str, object], list[tuple[Contrast, str]]] = defaultdict(list)
    for rows in compared.values():
        if any(_fitting(row, _tests(ours, theirs)) for row, ours, theirs in rows):
            for row, ours, theirs in rows:
                yield from _depends_on_the_test(row, ours, theirs)
            continue  # a second p of the same comparison is about something else
        for row, ours, theirs in rows:
            said = ", ".join(f"{name} gives {p:.2g}" for name, p in _tests(ours, theirs).items())
            place = row.source.table or row.result_id  # one doubt about all p-values of a table
            failing[row.document_id, place].append(
                (row, f"{_p_words(row)} does not follow from {ours} against {theirs}: {said}")
            )
    for found in failing.values():
        (first, message), more = found[0], len(found) - 1
        others = f"; nor do {more} more p-values of {first.source.table} from the counts beside them" if more else ""
        doubt = Doubt.about(first, Severity.WARNING, f"{message}{others}; it is of another test or other patients.")
        yield replace(doubt, result_ids=tuple(row.result_id for row, _ in found))


def _of_two_counts(records: Records) -> Iterator[tuple[Contrast, Count, Count]]:
    """Comparisons with a p-value of two proportions whose counts stand in the same sentence or row."""
    arms, patients = Arms(records), Patients(records)
    for row in records.contrasts:
        if row.p_value is None or row.measure not in _OF_PROPORTIONS or row.outcome in TIME_TO_EVENT:
            continue
        if row.adjustment is Adjustment.ADJUSTED or _OTHER_TEST.search(row.source.quote) or not 0 <= row.p_value <= 1:
            continue
        pairs = arms.beside(row, (Measure.PROPORTION, Measure.COUNT), near=True)
        tables = {(patients.count(ours), patients.count(theirs)) for ours, theirs in pairs}
        if len(tables) == 1:
            ((ours, theirs),) = tables
            if ours is not None and theirs is not None and _tests(ours, theirs):
                yield row, ours, theirs


def _depends_on_the_test(row: Contrast, ours: Count, theirs: Count) -> Iterator[Doubt]:
    """A p below 5% of few patients that only the test made for many gives."""
    tests = _tests(ours, theirs)
    if _fitting(row, tests) == [_PEARSON] and _few(ours, theirs) and tests[_PEARSON] < _ALPHA <= tests.get(_FISHER, 0):
        yield Doubt.about(
            row,
            Severity.INFO,
            f"{_p_words(row)} is that of the chi-squared test without correction; Fisher's exact test, made for as few "
            f"patients as {ours} against {theirs}, gives {tests[_FISHER]:.2g}.",
        )


def _fitting(row: Contrast, tests: dict[str, float]) -> list[str]:
    """Names of the tests that give the printed p: rounded, cut off, or a hair away."""
    return [
        name for name, p in tests.items() if _prints_as(row, p) or _off((z := _z_of(Decimal(p)), z), row) <= SAME_TEST
    ]


def _tests(ours: Count, theirs: Count) -> dict[str, float]:
    """Two-sided p-values by name; none where nobody or everybody had the event."""
    if ours.events + theirs.events in (0, ours.total + theirs.total):
        return {}
    tests = {
        _PEARSON: chi_squared(*ours, *theirs).p_value,
        "with Yates' correction it": chi_squared(*ours, *theirs, correction="yates").p_value,
    }
    if ours.total + theirs.total <= _MANY:
        tests[_FISHER] = fisher_p_value(*ours, *theirs)
    return tests


def _few(ours: Count, theirs: Count) -> bool:
    """Whether a cell of the table is expected to hold fewer than 5 patients."""
    total, events = ours.total + theirs.total, ours.events + theirs.events
    return min(ours.total, theirs.total) * min(events, total - events) < 5 * total


def _prints_as(row: Contrast, p: float) -> bool:
    """Whether a p-value would be printed as the row's, rounded or cut off."""
    assert row.p_value is not None  # noqa: S101  # the caller asked
    printed_p, unit = float(row.p_value), 2 * float(half_unit(row.p_value))
    match row.p_operator or "=":
        case "<" | "<=":
            return p <= printed_p
        case ">" | ">=":
            return p >= printed_p
        case _:
            return p < printed_p + unit if row.p_value in _LOWEST else abs(p - printed_p) < unit
