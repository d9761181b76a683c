"""Survival probabilities and medians of one arm against their intervals, their patients and the follow-up."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from evidence.check.beside import Patients
from evidence.check.doubt import Doubt, printed
from evidence.check.rounding import interval_words, level
from evidence.formulas.counts import half_unit
from evidence.formulas.intervals import normal_quantile
from evidence.formulas.scales import expit, logit
from evidence.model.codes import Measure, Outcome, Severity
from evidence.model.records import ArmResult, Records, Study

_OVER_TIME = frozenset({Measure.SURVIVAL_PROBABILITY, Measure.CUMULATIVE_INCIDENCE})
#: So many times the patients there are may seem to stand behind an interval before it is doubted.
_MORE_THAN_ALL = 1.15
#: How far an estimate may lie from where the usual intervals have it, as part of the interval's width.
_OFF_PLACE = 0.1
#: The same for a scale that may be the interval's own.
_IN_PLACE = 0.03
#: Stands for 0 and 1 where a logarithm is taken.
_EDGE = 1e-6
#: Half-widths in standard errors that documents print as if they were of 95%.
_NARROWER = {"one standard error": 1.0, "a 90% interval": normal_quantile(90)}
#: Chance that so many Kaplan-Meier estimates are parts of n by accident.
_BY_CHANCE = 0.001


class _Scale(NamedTuple):
    """A scale on which an interval of a probability may be symmetric: the way there, its slope, and the way back."""

    name: str
    at: Callable[[float], float]
    slope: Callable[[float], float]
    back: Callable[[float], float]

    def centre(self, low: float, high: float) -> float:
        """The probability in the middle of an interval on this scale."""
        return self.back((self.at(low) + self.at(high)) / 2)


def _mirrored(scale: _Scale) -> _Scale:
    """The same scale for the probability of the event in place of that of going without it."""
    return _Scale(
        scale.name,
        lambda p: -scale.at(1 - p),
        lambda p: scale.slope(1 - p),
        lambda x: 1 - scale.back(-x),
    )


_LINEAR = _Scale("linear", lambda p: p, lambda _: 1.0, lambda x: x)
_LOG = _Scale("log", math.log, lambda p: 1 / p, math.exp)
_SCALES = (
    _LINEAR,
    _LOG,
    _Scale(
        "log-log",
        lambda p: -math.log(-math.log(p)),
        lambda p: -1 / (p * math.log(p)),
        lambda x: math.exp(-math.exp(-x)),
    ),
    _Scale("logit", logit, lambda p: 1 / (p * (1 - p)), expit),
    _Scale(
        "arcsine", lambda p: math.asin(math.sqrt(p)), lambda p: 0.5 / math.sqrt(p * (1 - p)), lambda x: math.sin(x) ** 2
    ),
)
_EVERY_SCALE = _SCALES + tuple(_mirrored(scale) for scale in _SCALES)


def survival_ci_mismatch(records: Records) -> Iterator[Doubt]:
    """The interval of a survival probability or cumulative incidence is narrower than its patients allow, or misplaced.

    Censoring only takes information away: n patients without censoring give Var S = S(1 - S)/n (Greenwood), so an
    interval on any usual scale (log-log, log, linear, logit, arcsine) that needs clearly more patients than the arm has
    cannot be its own. An estimate that lies where none of these scales has it points to a misprint. An interval cut at
    0 or 100% is noted with its patients.
    """
    patients = Patients(records)
    for row in records.arm_results:
        if row.measure not in _OVER_TIME or row.value is None or row.ci_low is None or row.ci_high is None:
            continue
        if not 0 < row.value < 100 or not 0 <= row.ci_low < row.value < row.ci_high <= 100:
            continue
        total = row.total or patients.whole(row)
        cut = row.ci_low == 0 or row.ci_high == 100
        if not cut and (place := _off_place(row)):
            yield Doubt.about(
                row,
                Severity.WARNING,
                f"{printed(row.value)}% lies {place} in its {interval_words(row)} than any usual interval of a "
                "probability has it; a digit may be misprinted or misread.",
            )
        elif total and (needed := _fewest(row)) > _MORE_THAN_ALL * total:
            yield Doubt.about(
                row,
                Severity.WARNING,
                f"the {interval_words(row)} is narrower than {total} patients allow; it would take at least "
                f"{math.ceil(needed)}{_narrower_kind(row, total)}.",
            )
        elif cut and total and (name := _scale_of_cut(row, total)):
            yield Doubt.about(
                row,
                Severity.INFO,
                f"the {interval_words(row)} is the {name} interval of {total} patients cut at its end; so few say next "
                "to nothing, and a log-log interval would stay between 0 and 100%.",
            )


def _z(row: ArmResult) -> float:
    return normal_quantile(level(row))


def _fractions(row: ArmResult) -> tuple[float, float, float]:
    """Estimate and limits as fractions inside 0 to 1."""
    assert row.value is not None and row.ci_low is not None and row.ci_high is not None  # noqa: S101  # the caller asked
    p, low, high = (min(max(float(number) / 100, _EDGE), 1 - _EDGE) for number in (row.value, row.ci_low, row.ci_high))
    return p, low, high


def _rounding(row: ArmResult) -> float:
    """What rounding may add up to, as a fraction."""
    numbers = (row.value, row.ci_low, row.ci_high)
    return sum(float(half_unit(number)) for number in numbers if number is not None) / 100


def _off_place(row: ArmResult) -> str | None:
    """Which way the estimate lies outside the places the scales give it; None where it is among them."""
    p, low, high = _fractions(row)
    places = [scale.centre(low, high) for scale in _EVERY_SCALE]
    slack = _OFF_PLACE * (high - low) + _rounding(row)
    if p > max(places) + slack:
        return "higher"
    return "lower" if p < min(places) - slack else None


def _fewest(row: ArmResult) -> float:
    """The fewest patients without censoring who give an interval as narrow as this.

    On the scales that have the estimate in the middle; on all where none has.
    """
    p, low, high = _fractions(row)
    slack = _IN_PLACE * (high - low) + _rounding(row)
    central = [scale for scale in _EVERY_SCALE if abs(p - scale.centre(low, high)) <= slack] or _EVERY_SCALE
    wider = _rounding(row) / 2
    low, high = max(low - wider, _EDGE), min(high + wider, 1 - _EDGE)
    errors = [(scale.at(high) - scale.at(low)) / 2 / scale.slope(p) / _z(row) for scale in central]
    return min(p * (1 - p) / se**2 for se in errors)


def _narrower_kind(row: ArmResult, total: int) -> str:
    """What the interval may be instead, as the end of a sentence."""
    for name, quantile in _NARROWER.items():
        if quantile < _z(row) and 0.9 < _fewest(row) * (quantile / _z(row)) ** 2 / total <= 1.05:
            return f"; it may be {name} to either side" if "error" in name else f"; it may be {name}"
    return ""


def _scale_of_cut(row: ArmResult, total: int) -> str | None:
    """The scale on which an interval cut at one end is that of all patients without censoring."""
    p, *limits = _fractions(row)
    for scale in (_LOG, _LINEAR):
        half_width = _z(row) * math.sqrt(p * (1 - p) / total) * scale.slope(p)
        low, high = (scale.back(scale.at(p) + side * half_width) for side in (-1, 1))
        if (low < 0 or high > 1) and _near(max(low, 0.0), limits[0], row) and _near(min(high, 1.0), limits[1], row):
            return scale.name
    return None


def _near(limit: float, printed_limit: float, row: ArmResult) -> bool:
    """Whether two limits are the same but for rounding."""
    return abs(limit - printed_limit) <= _rounding(row)


def median_ci_cut(records: Records) -> Iterator[Doubt]:
    """The interval of a median begins at 0 and would be symmetric, had it not been cut there: it is no interval.

    One doubt for a study.
    """
    cut: defaultdict[tuple[str, str], list[ArmResult]] = defaultdict(list)
    for row in records.arm_results:
        if row.measure is not Measure.MEDIAN_TIME or not row.value or row.ci_low != 0 or row.ci_high is None:
            continue
        if row.ci_high > 2 * row.value:
            cut[row.document_id, row.study_id].append(row)
    for rows in cut.values():
        listed = ", ".join(
            dict.fromkeys(f"{printed(row.value or 0)} (0 to {printed(row.ci_high or 0)})" for row in rows)
        )
        doubt = Doubt.about(
            rows[0],
            Severity.WARNING,
            f"{listed} months: an interval that begins at 0 and reaches further up than down is a normal approximation "
            "cut at 0, which says little about the median.",
        )
        yield replace(doubt, result_ids=tuple(row.result_id for row in rows))


def follow_up_short(records: Records) -> Iterator[Doubt]:
    """The median follow-up is shorter than a median survival that was reached: it may count those who died."""
    studies = {(study.document_id, study.study_id): study for study in records.studies}
    longest: dict[tuple[str, str], ArmResult] = {}
    for row in records.arm_results:
        if row.measure is Measure.MEDIAN_TIME and row.outcome is Outcome.OS and row.value and not row.subgroup:
            so_far = longest.setdefault((row.document_id, row.study_id), row)
            longest[row.document_id, row.study_id] = max(so_far, row, key=lambda r: r.value or 0)
    for key, row in longest.items():
        study = studies.get(key)
        if study and row.value and _shorter(study, row.value):
            yield Doubt.about(
                row,
                Severity.INFO,
                f"the median of {printed(row.value)} months was reached although the median follow-up is "
                f"{printed(study.followup_median_months or 0)} months; that follow-up may count patients until their "
                "death, so it does not say how long survivors were watched.",
            )


def _shorter(study: Study, median: Decimal) -> bool:
    follow_up = study.followup_median_months
    return follow_up is not None and follow_up + half_unit(follow_up) < median - half_unit(median)


def crude_survival(records: Records) -> Iterator[Doubt]:
    """Survival probabilities are all crude parts of the arm's patients: nobody was censored, or they are no estimates.

    One doubt for a study. Asked where so many such numbers are no accident, or the document prints the fractions.
    """
    patients = Patients(records)
    labels = {(study.document_id, study.study_id): study.label for study in records.studies}
    by_study: defaultdict[tuple[str, str], list[tuple[ArmResult, int]]] = defaultdict(list)
    for row in records.arm_results:
        at_a_time = row.measure is Measure.SURVIVAL_PROBABILITY and row.timepoint_months is not None
        if at_a_time and row.value and row.value < 100 and (total := patients.whole(row)):
            by_study[row.document_id, row.study_id].append((row, total))
    for (document_id, study_id), rows in by_study.items():
        if any(_part(row, total) is None for row, total in rows) or _accident(rows) > _BY_CHANCE:
            continue
        listed = list(dict.fromkeys(f"{printed(row.value or 0)}% = {_part(row, total)}/{total}" for row, total in rows))
        more = f" and {len(listed) - 3} more" if len(listed) > 3 else ""
        yield Doubt(
            document_id=document_id,
            study_id=study_id,
            result_ids=tuple(row.result_id for row, _ in rows),
            severity=Severity.INFO,
            message=f"{labels.get((document_id, study_id), study_id)}: the survival probabilities are crude fractions "
            f"of the patients ({', '.join(listed[:3])}{more}): nobody was censored before, or patients lost to "
            "follow-up are counted as if they were not.",
        )


def _part(row: ArmResult, total: int) -> int | None:
    """Patients who make the percentage exactly, as printed; None where no number does."""
    assert row.value is not None  # noqa: S101  # the caller asked
    events = round(float(row.value) * total / 100)
    return events if abs(Decimal(100 * events) / total - row.value) <= half_unit(row.value) else None


def _accident(rows: list[tuple[ArmResult, int]]) -> float:
    """Chance that numbers with so many digits are parts of so many patients; 0 where fractions are printed."""
    if any(row.events is not None for row, _ in rows):
        return 0.0
    distinct = {(row.value, total) for row, total in rows}
    return math.prod(
        min(1.0, 2 * float(half_unit(value)) * total / 100) for value, total in distinct if value is not None
    )
