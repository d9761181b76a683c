"""Numbers of one arm, from sentences: proportions, survival probabilities, incidences, medians, counts, means."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from evidence.extract import lexicon
from evidence.extract.link import Bound
from evidence.extract.numbers import Kind, Quantity
from evidence.extract.outcomes import OutcomeMention
from evidence.extract.patterns import one_of
from evidence.extract.scenes import Scene
from evidence.extract.times import to_months
from evidence.model.codes import Measure, Outcome


def measure_of(scene: Scene, bound: Bound) -> Measure | None:
    """What a number of one arm measures; None where it measures no outcome."""
    kind, outcome = bound.quantity.kind, bound.outcome
    if kind is Kind.PERCENT:
        return _measure_of_percent(scene, bound)
    if kind is Kind.MEAN:
        return _measure_of_plain_number(scene, bound)
    if outcome is None:
        return _measure_of_unknown(scene, bound)
    if kind in (Kind.DURATION, Kind.NOT_REACHED):
        return _measure_of_time(scene, bound.quantity, outcome)
    if outcome.entry.kind == "time_to_event":
        return None
    if kind is Kind.FRACTION or (kind is Kind.COUNT and _counts_outcome(scene, bound, outcome)):
        return Measure.COUNT
    counted = kind is Kind.COUNT and outcome.entry.kind != "response"
    return _measure_of_unknown(scene, bound) if counted else None


def measures_of(scene: Scene, bounds: Sequence[Bound]) -> list[Measure | None]:
    """What each number measures; of counts side by side one speaks for the other ("in 6 and 3 patients")."""
    found = [measure_of(scene, bound) for bound in bounds]
    counted = {b.outcome: b.arm for b, measure in zip(bounds, found, strict=True) if measure is Measure.COUNT}
    return [
        Measure.COUNT
        if measure is None
        and bound.quantity.kind is Kind.COUNT
        and bound.arm is not None
        and counted.get(bound.outcome, bound.arm) not in (None, bound.arm)
        else measure
        for bound, measure in zip(bounds, found, strict=True)
    ]


def without_error(bound: Bound) -> Bound:
    """A share of patients with its standard error ("OS was 72.3 ± 7.5%") is that share, and no mean."""
    quantity, outcome = bound.quantity, bound.outcome
    if quantity.kind is not Kind.MEAN or quantity.unit != "%" or outcome is None:
        return bound
    if outcome.entry.kind not in ("time_to_event", "incidence"):
        return bound
    return replace(bound, quantity=replace(quantity, kind=Kind.PERCENT, sd=None, unit=None))


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


def _before(scene: Scene, quantity: Quantity) -> str:
    """The words of the sentence before a number."""
    return scene.text[max(scene.start, quantity.at - 160) : quantity.at]


# ---------------------------------------------------------------------------------------------------------------- times

_COUNTED_FROM = re.compile(r"\s?(?:after|before|from|since|prior)\b")
_BY_HOW_MUCH = re.compile(r"\bdifferences?,?(?: of| was| in [\w ]{2,30})?[\s:=]*$")
_CLAUSE_END = re.compile(r"[.;]\s")
_FOLLOWED = re.compile(r"follow|observation (?:time|period)", re.IGNORECASE)
_MEDIAN = re.compile(r"[Mm]edian")
_SET_SIDE_BY_SIDE = re.compile(r"\bvs?\b|versus|longer|shorter|and")


def _measure_of_time(scene: Scene, quantity: Quantity, outcome: OutcomeMention) -> Measure | None:
    """Whether a duration is the mean or median time to an outcome; it is neither of follow-up, age or treatment."""
    to_event = outcome.entry.kind == "time_to_event"
    if _COUNTED_FROM.match(scene.text, quantity.end, quantity.end + 8) or _BY_HOW_MUCH.search(_before(scene, quantity)):
        return None
    if outcome.entry.kind == "safety" or (outcome.entry.kind == "incidence" and outcome.code is not Outcome.RELAPSE):
        return None
    if quantity.kind is Kind.NOT_REACHED:
        return Measure.MEDIAN_TIME if to_event else None
    clause = _CLAUSE_END.split(_before(scene, quantity))[-1]
    if scene.start <= outcome.start and outcome.end <= quantity.at:
        clause = clause[-(quantity.at - outcome.start) - 12 :]  # "at a follow-up of 20 months, median survival was"
    told = clause.replace(scene.text[outcome.start : outcome.end], "it")  # "median duration of response" is an outcome
    if _FOLLOWED.search(clause[-70:]) or lexicon.cues("not_an_outcome_time").search(told[-60:]):
        return None
    median = max(clause.rfind(word) for word in ("edian", "mOS", "mPFS", "mRFS"))
    if clause.rfind("mean ") > median:
        return Measure.MEAN
    with_spread = quantity.spread is not None and quantity.spread.kind in ("ci", "unsaid")
    if (
        median >= 0
        or _MEDIAN.search(scene.text, scene.start, quantity.at)
        or _MEDIAN.search(scene.text, max(0, outcome.start - 12), outcome.start)
        or (to_event and (with_spread or _SET_SIDE_BY_SIDE.search(scene.words)))
    ):
        # days until the blood recovers would be hundredths of months
        in_days = quantity.unit == "days" and outcome.code is Outcome.OTHER
        return Measure.MEDIAN if in_days else Measure.MEDIAN_TIME
    return None


# ------------------------------------------------------------------------------------------ outcomes that no list knows

_MEAN = re.compile(
    r"\b(?:means?|averag\w+|scores?|scored|scales?|levels?|concentrations?|index|loss|gain|dens\w+|volumes?|amounts?"
    r"|chang\w+|decreas\w+|increas\w+|reduc\w+|declin\w+|improve\w+|gained|lost|higher|lower|greater|less)\b",
    re.IGNORECASE,
)
_MEDIAN_BEFORE = re.compile(r"[Mm]edian")
_RATIO = re.compile(
    r"\bratio|per (?:patient|person)|\bHR\b|\bOR\b|hazard|\brisk\b|\brates?\b|coefficient|correlat", re.IGNORECASE
)


def _measure_of_plain_number(scene: Scene, bound: Bound) -> Measure | None:
    """Mean or median by the nearest word for it; numbers that neither a spread nor a word calls so are neither."""
    before = _before(scene, bound.quantity)
    median = max((match.start() for match in _MEDIAN_BEFORE.finditer(before)), default=-1)
    if bound.quantity.sd is not None and (bound.outcome is not None or bound.sure >= _TIED):
        return Measure.MEAN
    if bound.quantity.sd is not None or bound.arm is None or bound.sure < _TIED_LOOSELY:
        return None
    if median >= 0 and before.rfind("mean ") < median:
        return Measure.MEDIAN
    if _RATIO.search(_CLAUSE_END.split(before)[-1]) or not _MEAN.search(before):
        return None
    return Measure.MEAN


#: How sure the arm of a number must be where no outcome speaks for its being a result.
_TIED, _TIED_LOOSELY = 0.8, 0.6
#: What parts the patients or says who was looked at, and so is no result.
_NO_RESULT = re.compile(
    r"random|assign|allocat|enrol|recruit|accru|\b[Nn]\s?=|\b(?:evaluable|analy[sz]ed|included|completed|eligible"
    r"|available|comprised|received|receiving|treated|underwent|were given|participated|excluded|withdrew|withdrawn"
    r"|lost)\b"
)


def _measure_of_unknown(scene: Scene, bound: Bound) -> Measure | None:
    """A count or a median of one arm that no outcome of the lexicon speaks for; the document's words name it."""
    quantity = bound.quantity
    if bound.arm is None or bound.sure < _TIED:
        return None
    if quantity.kind is Kind.DURATION:
        clause = _CLAUSE_END.split(_before(scene, quantity))[-1]
        if _FOLLOWED.search(clause) or lexicon.cues("not_an_outcome_time").search(clause):
            return None
        if not _MEDIAN_BEFORE.search(clause):
            return Measure.MEAN if re.search(r"\b(?:mean|average)\b", clause) else None
        return Measure.MEDIAN_TIME
    if quantity.kind is Kind.FRACTION:
        return Measure.COUNT
    whole_arm = quantity.events == scene.arms[bound.arm].n
    if quantity.kind is not Kind.COUNT or whole_arm or _NO_RESULT.search(scene.words):
        return None
    before = _before(scene, quantity)
    if _NUMBERED.search(before) or not _COUNTED_HERE.match(scene.text, quantity.end, scene.end):
        return None
    return Measure.COUNT


#: "days 1 and 2", "levels 2, 3", "(188)Re": numbers that name.
_NUMBERED = re.compile(r"\b(?:days?|weeks?|cycles?|grades?|levels?|stages?)\s\d+(?:,|\sand|\sor)?\s?$")
#: "27 local progressions in the X group", "168 in the X arm", "(9 X and 11 Y)".
_COUNTED_HERE = re.compile(
    r"(?:\s(?!to\b|mg|ml|mL)[A-Za-z][\w/\"'-]*){0,4}?\s(?:in|of|with|on|from|among|vs\.?|versus|and|had|developed|experienced)\b"
    r"|\s[A-Za-z][^().;]{2,40}[,)]"
)


# ---------------------------------------------------------------------------------------------------------- percentages

_CHANGES = r"lower|reduc|decreas|increas|improv|cut"
_OF_A_CHANGE = re.compile(
    r"\s?(?:(?:[a-z]+ly|borderline|non-?significant|significant|absolute|relative|overall) ){0,3}"
    r"(?:reduction|decrease|increase|improvement|lower|higher|relative|greater|power|less|more)\b"
)
_CHANGED_BY = re.compile(
    r"(?:reduc\w+|decreas\w+|increas\w+|improve\w+|difference)\s(?:\w+\s){0,4}(?:by|of|was)\s?$"
    r"|\b(?:reduction|decrease|increase|improvement|difference) (?:of|in)\s(?:[\w-]+\s){1,10}of\s?$"
    rf"|\b(?:{_CHANGES})\w*\b[^.;]*\bby\s(?:about |approximately |an estimated )?$"
)
#: Months in which nearly everybody is followed, so that "30-day mortality" is a share of patients.
_EARLY = Decimal(3)
_DEATH = re.compile(r"death|dying|mortality")
_EVENT = re.compile(r"or death|or (?:had )?died|recurrence or|relapse or")
_EVENTS_BEHIND = re.compile(r"\s?events?\b(?! rates?\b)")


def _measure_of_percent(scene: Scene, bound: Bound) -> Measure | None:
    """What a percentage measures; None where it is the size of a change."""
    quantity, outcome = bound.quantity, bound.outcome
    before = _before(scene, quantity)
    if _OF_A_CHANGE.match(scene.text, quantity.end, quantity.end + 40) or _CHANGED_BY.search(before):
        return None
    if outcome is None:
        return Measure.PROPORTION
    timed = bound.months is not None
    if outcome.entry.kind == "time_to_event":
        words = scene.text[outcome.start : outcome.end]
        if outcome.code is Outcome.OS and _DEATH.search(words):
            return Measure.CUMULATIVE_INCIDENCE if timed else Measure.PROPORTION
        had_event = _EVENT.search(words) or _EVENTS_BEHIND.match(scene.text, outcome.end)
        return Measure.PROPORTION if had_event else Measure.SURVIVAL_PROBABILITY
    estimated = timed or "cumulative incidence" in before
    early = outcome.code is Outcome.DEATH and bound.months is not None and bound.months < _EARLY
    if early and "incidence" not in before:
        return Measure.PROPORTION
    if outcome.entry.kind == "incidence" and quantity.events is None and estimated:
        return Measure.CUMULATIVE_INCIDENCE
    return Measure.PROPORTION


# --------------------------------------------------------------------------------------------------------------- counts

_PEOPLE = r"patients?|pts|women|men|participants|cases|subjects|children|people|adults"
#: What is said of people or events that are counted ("7 of the patients in the X group relapsed").
_COUNTING = re.compile(
    rf"\s?(?:\([^()]*\)\s?)?(?:(?:of (?:the )?|[a-z-]+ ){{0,3}}?(?:{_PEOPLE})\s)?"
    r"(?:(?:in|on|with|from|receiving) (?:the )?[\w+ /-]{2,40}?(?:group|arm)?\s?)?(?:were (?:in|deceased|still|dead)|"
    + one_of(
        "relapsed died had developed experienced achieved reached discontinued re-relapsed withdrew responded required"
        " recurred deaths? relapses? recurrences? events? episodes? complete partial CR PR treatment-related deceased"
    )
    + r")\b"
)
#: "287 had received", "268 patients with X were compared": whom the study is about, and no event.
_TAKEN_IN = re.compile(
    rf"(?:\s(?:of|{_PEOPLE}))?(?:\s(?:with|without|on|in|given) [\w+ /-]{{2,40}}?)?\s(?:had|were|was|have)\s(?:been\s)?"
    r"(?:received|undergone|compared|matched|evaluable|analy[sz]ed|included|enrolled|registered|randomi[sz]ed|assigned)\b"
)
#: "Relapse occurred in ".
_HAPPENED_IN = re.compile(
    r"\s(?:occurred|developed|happened|(?:was|were) (?:seen|observed|noted|reported|detected|diagnosed|documented)) in "
    r"(?:only )?"
)
_WERE_IN = re.compile(r" (?:patients |pts |women )?(?:were )?in (?:a )?")
_NEXT_WORD = re.compile(r"\s(?:grade \d(?:-\d)? )?")
_OF_AN_ARM = re.compile(r"\s(?:in|with|and|vs|versus|of)\b|\s?\)")


def _counts_outcome(scene: Scene, bound: Bound, outcome: OutcomeMention) -> bool:
    """A bare count is a result only where people or events are counted for the outcome named beside it."""
    quantity = bound.quantity
    end = min(scene.end, quantity.end + 90)
    if _TAKEN_IN.match(scene.text, quantity.end, end):
        return False
    named_before = outcome.end <= quantity.at
    if quantity.events == 0 or any(quantity.at in item.places for item in scene.lists):
        return True
    if outcome.entry.kind == "safety" and _NEXT_WORD.fullmatch(scene.text, quantity.end, outcome.start):
        return True  # "5 dose reductions"
    if named_before and _HAPPENED_IN.fullmatch(scene.text, outcome.end, quantity.at):
        return True
    if _COUNTING.match(scene.text, quantity.end, end):
        return named_before or 0 <= outcome.start - quantity.end < 90
    if outcome.entry.kind == "response" and _WERE_IN.fullmatch(scene.text, quantity.end, outcome.start):
        return True  # "40 patients were in complete and 12 in partial remission"
    return (
        bound.arm is not None
        and outcome.entry.kind in ("incidence", "response", "safety")
        and _OF_AN_ARM.match(scene.text, quantity.end, end) is not None
        and named_before
        and quantity.at - outcome.end < 60
    )
