"""Numbers of one arm, from sentences: proportions, survival probabilities, incidences, medians, counts, means."""

import re
from decimal import Decimal

from evidence.extract import lexicon
from evidence.extract.link import Bound, Scene
from evidence.extract.numbers import Kind, Quantity
from evidence.extract.times import to_months
from evidence.model.codes import Measure, Outcome

_FOLLOWED = re.compile(r"follow|observation (?:time|period)", re.IGNORECASE)
_NOT_AN_OUTCOME = re.compile(
    r"\b(?:age|aged|duration of (?:treatment|therapy|exposure)|treatment duration|time (?:from|since|between)|interval (?:from|between)|dose|cycles?|courses?|hospital stay|"
    r"median (?:time|duration) of|onset|study period|recruitment|accrual|old)\b",
    re.IGNORECASE,
)
_INCIDENCE = re.compile(r"cumulative|incidence|probabilit|actuarial|Kaplan|estimated|rate", re.IGNORECASE)
_SURVIVAL_WORDS = re.compile(r"surviv|alive|free of|\bfree\b|control", re.IGNORECASE)


def measure_of(scene: Scene, bound: Bound) -> Measure | None:
    """What a number of one arm measures; None where it measures no outcome."""
    quantity, outcome = bound.quantity, bound.outcome
    before = scene.text[max(scene.start, quantity.at - 160) : quantity.at]
    if quantity.kind is Kind.PERCENT:
        return _measure_of_percent(scene, bound, before)
    if outcome is None:
        return None
    if quantity.kind in (Kind.DURATION, Kind.NOT_REACHED):
        if re.match(r"\s?(?:after|before|from|since|prior)\b", scene.text[quantity.end : quantity.end + 8]):
            return None
        if outcome.entry.kind in ("safety",) or (
            outcome.entry.kind == "incidence" and outcome.code is not Outcome.RELAPSE
        ):
            return None
        if quantity.kind is Kind.NOT_REACHED:
            return Measure.MEDIAN_TIME if outcome.entry.kind == "time_to_event" else None
        clause = re.split(r"[.;]\s", before)[-1]
        if _FOLLOWED.search(clause[-70:]) or _NOT_AN_OUTCOME.search(clause[-60:]):
            return None
        mean, median = (
            clause.rfind("mean "),
            max(clause.rfind("edian"), clause.rfind("mOS"), clause.rfind("mPFS"), clause.rfind("mRFS")),
        )
        if mean > median:
            return Measure.MEAN
        if (
            median >= 0
            or re.search(r"[Mm]edian", scene.text[scene.start : quantity.at])
            or (
                quantity.spread is not None
                and quantity.spread.kind in ("ci", "unsaid")
                and outcome.entry.kind == "time_to_event"
            )
        ):
            return Measure.MEDIAN_TIME
        if re.search(r"[Mm]edian", scene.text[max(0, outcome.start - 12) : outcome.start]):
            return Measure.MEDIAN_TIME
        if outcome.entry.kind == "time_to_event" and re.search(
            r"\bvs?\b|versus|longer|shorter|and", scene.text[scene.start : scene.end]
        ):
            return Measure.MEDIAN_TIME
        return None
    if quantity.kind is Kind.MEAN:
        return Measure.MEAN
    if quantity.kind is Kind.FRACTION:
        return Measure.COUNT if outcome.entry.kind != "time_to_event" else None
    if quantity.kind is Kind.COUNT:
        return Measure.COUNT if _counts_outcome(scene, bound) else None
    return None


def _measure_of_percent(scene: Scene, bound: Bound, before: str) -> Measure | None:
    quantity, outcome = bound.quantity, bound.outcome
    after = scene.text[quantity.end : quantity.end + 40]
    if re.match(
        r"\s?(?:reduction|decrease|increase|improvement|lower|higher|relative|greater|power|less|more)\b", after
    ):
        return None
    if re.search(
        r"(?:reduc\w+|decreas\w+|increas\w+|improve\w+|difference)\s(?:\w+\s){0,4}(?:by|of|was)\s?$"
        r"|\b(?:lower|reduc|decreas|increas|improv|cut)\w*\b[^.;]*\bby\s(?:about |approximately |an estimated )?$",
        before,
    ):
        return None
    if outcome is None:
        return Measure.PROPORTION
    kind = outcome.entry.kind
    if kind == "time_to_event":
        words = scene.text[outcome.start : outcome.end]
        if outcome.code is Outcome.OS and re.search(r"death|dying|mortality", words):
            return Measure.CUMULATIVE_INCIDENCE if bound.months is not None else Measure.PROPORTION
        if re.search(r"or death|recurrence or|relapse or", words):
            return Measure.PROPORTION
        return Measure.SURVIVAL_PROBABILITY
    if (
        kind == "incidence"
        and quantity.events is None
        and (bound.months is not None or re.search(r"cumulative incidence", before))
    ):
        return Measure.CUMULATIVE_INCIDENCE
    return Measure.PROPORTION


_COUNTING = re.compile(
    r"\s?(?:\([^()]*\)\s?)?(?:(?:of (?:the )?|[a-z-]+ ){0,3}?(?:patients?|pts|women|men|participants|cases|subjects|children)\s)?(?:(?:in|on|with|from|receiving) (?:the )?[\w+ /-]{2,40}?(?:group|arm)?\s?)?"
    r"(?:relapsed|died|were (?:in|deceased|still|dead)|had|developed|experienced|achieved|reached|discontinued|re-relapsed|withdrew|responded|recurred|deaths?|relapses?|recurrences?|events?|episodes?|"
    r"complete|partial|CR\b|PR\b|treatment-related|deceased)\b"
)


def _counts_outcome(scene: Scene, bound: Bound) -> bool:
    """A bare count is a result only where people or events are counted for the outcome named beside it."""
    quantity, outcome = bound.quantity, bound.outcome
    if outcome is None or outcome.entry.kind == "time_to_event":
        return False
    after = scene.text[quantity.end : min(scene.end, quantity.end + 90)]
    if _COUNTING.match(after):
        return 0 <= outcome.start - quantity.end < 90 or outcome.end <= quantity.at
    return (
        bound.arm is not None
        and outcome.entry.kind in ("incidence", "response")
        and bool(re.match(r"\s(?:in|with|and|vs|versus|of)\b", after))
        and outcome.end <= quantity.at
        and quantity.at - outcome.end < 60
    )


def describes_patients(sentence: str) -> bool:
    """Whether a sentence gives baseline characteristics instead of outcomes."""
    return bool(lexicon.cues("baseline").search(sentence))


def in_months(quantity: Quantity) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Value and limits of a duration in months."""
    unit = quantity.unit or "months"
    value = to_months(quantity.value, unit) if quantity.value is not None else None
    if quantity.spread is None or quantity.spread.kind != "ci":
        return value, None, None
    return value, to_months(quantity.spread.low, unit), to_months(quantity.spread.high, unit)
