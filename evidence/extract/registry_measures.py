"""Outcome measures of a registered study: what each measures, and its numbers as rows of the arms.

A number becomes a row where its kind has a place in the evidence tables. Geometric means, rates per person-time and
scores given as bare numbers have none; they are counted, so that the document can say so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from evidence.extract.outcomes import find_outcomes
from evidence.extract.registry_groups import Group
from evidence.extract.registry_record import Node, source
from evidence.extract.times import to_months
from evidence.model.codes import Measure, Outcome
from evidence.model.document import Document
from evidence.model.records import ArmResult

#: The registry's values are data, so only what they mean can be misread.
SURE, INFERRED = 0.95, 0.8
_UNIT_OF_TIME = re.compile(r"(?i)^\s*(days?|weeks?|months?|years?)\s*$")
_PERCENT = re.compile(r"(?i)percent|%")
_SHARE = re.compile(r"(?i)proportion|probability|fraction")
_PEOPLE = re.compile(r"(?i)^(?:number of )?(?:participants|patients|subjects|people|individuals)\b")
_LEVEL = re.compile(r"(\d+(?:\.\d+)?)\s*%\s*(?:confidence interval|CI)", re.IGNORECASE)
_INTERVAL = re.compile(r"confidence interval", re.IGNORECASE)
_POINT = re.compile(
    r"(?i)(?<!up to )(?<!through )(?:\b(?P<unit>day|week|month|year)\s+(?P<n>\d+(?:\.\d+)?)\b"
    r"|\b(?P<m>\d+(?:\.\d+)?)[\s-]+(?P<units>day|week|month|year)s?\b)"
)
_UP_TO = re.compile(r"(?i)\b(?:up to|through|until|from|every|approximately|maximum)\b|,|;|\band\b")
_NOT_REACHED = re.compile(
    r"(?i)not\s+(?:yet\s+)?(?:been\s+)?(?:reached|attained)|insufficient (?:number of )?(?:\w+ ){0,3}events"
)
_NEGATED = re.compile(r"(?i)^\s*(?:no|not|non|none|without|never|neither|missing|unknown|un\w+able)\b")
_TIME_TO = re.compile(r"(?i)\btime (?:to|from|until)\b")
_DURATION = re.compile(r"(?i)\bduration of\b[^.;]*\b(?:respon|remission|CR)")
_CHANGE = re.compile(r"(?i)\bchange\b|\bscore\b|\bindex\b|\bscale\b|\bconcentration\b|\bexposure\b")
#: Kinds of numbers whose tables have no column for them.
_MEANS = {"MEAN": Measure.MEAN, "LEAST_SQUARES_MEAN": Measure.MEAN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a measure, or one class or category of it, counts."""

    outcome: Outcome
    kind: str  # as in the lexicon of outcomes
    words: str
    months: Decimal | None
    subgroup: str | None = None


def meaning_of(measure: Node) -> Meaning:
    """Outcome and time point of a whole measure."""
    title, unit = measure.text("title"), measure.text("unitOfMeasure")
    outcome, kind = _outcome(title, timed=bool(_UNIT_OF_TIME.match(unit)))
    months = _months(title)
    if months is None and kind in ("time_to_event", "incidence") and not _UP_TO.search(measure.text("timeFrame")):
        months = _months(measure.text("timeFrame"))
    return Meaning(outcome=outcome, kind=kind, words=title, months=months)


def rows_of(document: Document, measure: Node, groups: dict[str, Group], study_id: str) -> Iterator[ArmResult | None]:
    """The numbers of one measure; None for each that has no place in the evidence tables."""
    whole = meaning_of(measure)
    for one in measure.items("classes"):
        for category in one.items("categories"):
            meaning = _narrowed(whole, one.text("title"), category.text("title"), measure)
            for entry in category.items("measurements"):
                group = groups.get(entry.text("groupId"))
                if group is None or not entry.text("value"):
                    continue
                total = _denominator(one, entry) or _denominator(measure, entry)
                yield _row(document, measure, meaning, entry, group, study_id, total)


def _outcome(title: str, *, timed: bool) -> tuple[Outcome, str]:
    """Code and kind of what a title names; OTHER where it names none, or a change or a score."""
    found = find_outcomes(title, 0, len(title))
    if _DURATION.search(title) and timed:
        return Outcome.DOR, "time_to_event"
    if not found or _CHANGE.search(title) or (_TIME_TO.search(title) and found[0].entry.kind != "time_to_event"):
        return Outcome.OTHER, "other"
    entry = found[0].entry
    if timed and entry.kind != "time_to_event":
        return Outcome.OTHER, "other"  # a time is not a rate of remission
    return entry.code, entry.kind


def _narrowed(whole: Meaning, one: str, category: str, measure: Node) -> Meaning:
    """A class is a time point, an outcome of its own or a subgroup; a category is a level of the outcome."""
    timed = bool(_UNIT_OF_TIME.match(measure.text("unitOfMeasure")))
    outcome, kind, months, subgroup = whole.outcome, whole.kind, whole.months, whole.subgroup
    words = ": ".join(part for part in (whole.words, one, category) if part)
    for part, is_category in ((one, False), (category, True)):
        if not part or part.strip().lower() == whole.words.strip().lower():
            continue
        named, its_kind = (Outcome.OTHER, "other") if _NEGATED.search(part) else _outcome(part, timed=timed)
        at = _months(part)
        if named is not Outcome.OTHER:
            outcome, kind = named, its_kind
        elif at is not None and not is_category:
            months = at
        elif is_category or _NEGATED.search(part):
            outcome, kind = Outcome.OTHER, "other"
        else:
            subgroup = part
    return Meaning(outcome=outcome, kind=kind, words=words, months=months, subgroup=subgroup)


def _row(
    document: Document, measure: Node, meaning: Meaning, entry: Node, group: Group, study_id: str, total: int | None
) -> ArmResult | None:
    unit, value = measure.text("unitOfMeasure"), entry.number("value")
    read = _read(measure.text("paramType"), unit, meaning, value)
    not_reached = (
        value is None and read == (Measure.MEDIAN_TIME, Decimal(1)) and bool(_NOT_REACHED.search(entry.text("comment")))
    )
    if read is None or (value is None and not not_reached):
        return None
    kind, factor = read
    counted = kind is Measure.COUNT
    timed = kind is Measure.MEDIAN_TIME
    dispersion = measure.text("dispersionType")
    limits = (entry.number("lowerLimit"), entry.number("upperLimit")) if _INTERVAL.search(dispersion) else (None, None)
    low, high = (_scaled(limit, factor, unit, timed=timed) for limit in limits)
    level = _LEVEL.search(dispersion)
    has_unit = kind in (Measure.MEAN, Measure.MEDIAN) and unit
    return ArmResult(
        result_id="",
        document_id=document.document_id,
        study_id=study_id,
        arm_id=group.arm.arm_id if group.arm else None,
        arm=group.label,
        outcome=meaning.outcome,
        outcome_text=f"{meaning.words} ({unit})" if has_unit else meaning.words,
        measure=kind,
        source=source(document, entry, row=meaning.words, column=group.title),
        timepoint_months=meaning.months if kind is not Measure.MEDIAN_TIME else None,
        value=_scaled(value, factor, unit, timed=timed),
        not_reached=not_reached,
        ci_low=low,
        ci_high=high,
        ci_level=Decimal(level.group(1)) if level and (low is not None or high is not None) else None,
        sd=entry.number("spread") if kind is Measure.MEAN and dispersion == "Standard Deviation" else None,
        events=int(value) if counted and value is not None else None,
        total=total if counted else None,
        subgroup=meaning.subgroup,
        confidence=SURE if group.arm or group.overall else INFERRED,
    )


def _read(param: str, unit: str, meaning: Meaning, value: Decimal | None) -> tuple[Measure, Decimal] | None:
    """As what a number is measured, and by what it is multiplied to become percent; None where no measure fits."""
    one = Decimal(1)
    if param == "COUNT_OF_PARTICIPANTS" or (param in ("NUMBER", "COUNT_OF_UNITS") and _PEOPLE.search(unit)):
        whole = value is not None and value == value.to_integral_value() and param != "COUNT_OF_UNITS"
        return (Measure.COUNT, one) if whole else None
    if param == "NUMBER" and (_PERCENT.search(unit) or _SHARE.search(unit)):
        share = not _PERCENT.search(unit)
        if share and (value is None or value > 1):
            return None
        kinds = {"time_to_event": Measure.SURVIVAL_PROBABILITY, "incidence": Measure.CUMULATIVE_INCIDENCE}
        kind = kinds.get(meaning.kind, Measure.PROPORTION) if meaning.months is not None else Measure.PROPORTION
        return kind, Decimal(100) if share else one
    if param == "MEDIAN":
        timed = _UNIT_OF_TIME.match(unit)
        lasting = meaning.kind == "time_to_event" or _TIME_TO.search(meaning.words) or "uration" in meaning.words
        return (Measure.MEDIAN_TIME if timed and lasting else Measure.MEDIAN), one
    return (_MEANS[param], one) if param in _MEANS else None


def _scaled(value: Decimal | None, factor: Decimal, unit: str, *, timed: bool) -> Decimal | None:
    """In percent, or in months."""
    if value is None:
        return None
    if timed:
        return to_months(value, unit.strip())
    return value if factor == 1 else Decimal(format((value * factor).normalize(), "f"))


def _months(text: str) -> Decimal | None:
    """The one time point a text names; None for none, several or a span."""
    found = {
        to_months(Decimal(match["n"] or match["m"]), match["unit"] or match["units"]) for match in _POINT.finditer(text)
    }
    return found.pop() if len(found) == 1 else None


def _denominator(node: Node, entry: Node) -> int | None:
    """How many participants were analysed in the entry's group; of other units none."""
    for denominator in node.items("denoms"):
        if denominator.text("units").lower() in ("participants", ""):
            for count in denominator.items("counts"):
                if count.text("groupId") == entry.text("groupId"):
                    return count.whole("value")
    return None
