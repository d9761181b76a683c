"""What the columns of a table of single patients hold: times to an event, statuses, responses, arms.

A column is what its head says, and only where its cells look like it. What was so before treatment (an earlier
remission, the status at transplantation) is no outcome.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from evidence.extract.lexicon import OutcomeEntry, Vocabulary
from evidence.extract.outcomes import find_outcomes
from evidence.extract.patient_status import Facts, answer, facts, legend, spelled_out
from evidence.extract.people import People
from evidence.extract.times import to_months
from evidence.model.codes import Outcome

#: Times that end with a relapse, a progression or, by most definitions, a death.
FREE_OF_RELAPSE = frozenset(
    {Outcome.RFS, Outcome.LFS, Outcome.EFS, Outcome.PFS, Outcome.DFS, Outcome.DOR, Outcome.TTP, Outcome.GRFS}
) | {Outcome.RELAPSE}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeColumn:
    """Times of one outcome; OTHER is a follow-up that ends with no event."""

    index: int
    outcome: Outcome
    unit: str
    marked: bool  # some times carry the "+" of who is still followed


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusColumn:
    """What became of the patients. `about` is the fact a column of yes and no answers; "" where its cells are words."""

    index: int
    about: str  # "dead", "alive", "relapsed", "cause" (of death) or ""
    signs: dict[str, str]

    def facts(self, text: str) -> Facts:
        """What one cell says."""
        if self.about == "cause":
            told = facts(text) if re.search(r"[A-Za-z]{2}", text) and answer(text) is None else Facts()
            named = bool(re.search(r"[A-Za-z]{2}", text)) and not _ABSENT.fullmatch(text.strip()) and told.dead is None
            return Facts(dead=True, relapsed=told.relapsed) if named and answer(text) is None else told
        if self.about and (said := answer(text)) is not None:
            if self.about == "relapsed":
                return Facts(relapsed=said)
            return Facts(dead=said if self.about == "dead" else not said)
        return facts(spelled_out(text, self.signs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of one table that say what became of its patients."""

    times: tuple[TimeColumn, ...]
    statuses: tuple[StatusColumn, ...]
    responses: tuple[int, ...]
    arms: tuple[int, ...]

    def __bool__(self) -> bool:
        return bool(self.times or self.statuses or self.responses)


#: Before treatment, or of another treatment.
_BEFORE = re.compile(
    r"\b(?:prior|previous|baseline|pre-?\w+|before|first|CR1|1st|second|initial|age|induction)\b"
    r"|\bat (?:(?:the )?time of )?(?:diagnosis|enrol\w+|(?:study )?entry|(?:allo-?|auto-?)?(?:transplant\w*|HS?CT|SCT)"
    r"|baseline|start|inclusion|presentation|treatment|relapse)\b",
    re.IGNORECASE,
)
_TO_RELAPSE = re.compile(r"\bto (?:\w+ )?(?:relapse|recurrence)\b", re.IGNORECASE)
_TO_PROGRESSION = re.compile(r"\bto (?:disease |tumou?r )?progression\b", re.IGNORECASE)
_TO_DEATH = re.compile(r"\bto (?:death|last (?:follow|contact|seen))", re.IGNORECASE)
_TO_SOMETHING = re.compile(r"\b(?:time|interval|days|months|weeks)\b.*\b(?:to|until|between)\b", re.IGNORECASE)
_FOLLOWED = re.compile(r"\bfollow[ -]?up\b|\bF/?U\b", re.IGNORECASE)
_UNIT = re.compile(
    r"(?:(?<=[(\[,/])|\bin|(?<=\s))\s?(?P<unit>m|mos?|mths?|months?|d|days?|w|wks?|weeks?|y|yrs?|years?)\.?\s*(?=[)\],;]|$)",
    re.IGNORECASE,
)
_UNIT_WORD = re.compile(r"\b(?P<unit>mos?|mths?|months?|days?|wks?|weeks?|yrs?|years?)\b", re.IGNORECASE)
_TIME = re.compile(
    r"(?P<more>[><≥~]?)\s?(?P<number>\d+(?:\.\d+)?)\s?(?P<plus>\+?)\s?(?P<unit>months?|mos?|days?|d|weeks?|wks?|years?|yrs?|m|y)?"
    r"\.?(?P<late>\+?)[*†‡§]?"
)
_ABSENT = re.compile(r"-*|n/?a|n/?d|not (?:applicable|available|done|known|reported)|unknown|\?|NE|NR", re.IGNORECASE)
_STATUS = re.compile(
    r"status|outcomes?|vital|alive|dead|death|died|relapsed?|recurrence|progression|event|censor\w*|surviv\w+|follow-?up"
    r"|clinical course|result",
    re.IGNORECASE,
)
_RESPONSE = re.compile(
    r"(?:(?:best|overall|clinical|h(?:a)?ematolog\w+|disease|treatment|objective|final|tumou?r)[ -])*responses?"
    r"(?: achieved| \(?status\)?| to (?:therapy|treatment|the study drug))?(?:\s?\(.*\))?",
    re.IGNORECASE,
)
_ARM = re.compile(r"(?:treatment |study )?(?:arm|group|cohort)s?|treatment|dose level|assigned \w+", re.IGNORECASE)
_ABOUT = (
    ("cause", re.compile(r"causes? of death", re.IGNORECASE)),
    ("dead", re.compile(r"(?:deaths?|dead|died|deceased)(?: .*|\?|\s?\(.*)?", re.IGNORECASE)),
    ("alive", re.compile(r"(?:alive|survived|surviving)(?: at .*|\?|\s?\(.*)?", re.IGNORECASE)),
    ("relapsed", re.compile(r"(?:\w+ )?(?:relapsed?|recurrence|progression|progressed)(?:\?|\s?\(.*)?", re.IGNORECASE)),
)
#: Words of patients before they were treated: a column with one of them is no status at the end.
_EARLIER = re.compile(r"\bCR[1-9]\b|\bprimary\b|\bR/R\b|\bnewly\b|\buntreated\b|\bPIF\b|\bde novo\b", re.IGNORECASE)


def columns(people: People, words: Vocabulary[OutcomeEntry], abbreviations: dict[str, str]) -> Columns:
    """What the columns of a table of single patients hold."""
    times, statuses, responses, arms = [], [], [], []
    for index, head in enumerate(people.heads):
        texts = [text for text in people.texts(index) if not _ABSENT.fullmatch(text)]
        if index == people.names or not head or not texts:
            continue
        if time := _time_column(people, words, index, head, texts):
            times.append(time)
        elif _ARM.fullmatch(head):
            arms.append(index)
        elif _RESPONSE.fullmatch(head):
            responses.append(index)
        elif status := _status_column(people, abbreviations, index, head, texts):
            statuses.append(status)
    return Columns(times=tuple(times), statuses=tuple(statuses), responses=tuple(responses), arms=tuple(arms))


def _time_column(
    people: People, words: Vocabulary[OutcomeEntry], index: int, head: str, texts: list[str]
) -> TimeColumn | None:
    outcome = _timed(head, words)
    read = [time for text in texts if (time := _TIME.match(text))]
    unit = _UNIT.search(head) or _UNIT_WORD.search(head)
    said = unit["unit"] if unit else next((time["unit"] for time in read if time["unit"]), None)
    if said is None and (general := _UNIT_WORD.findall(f"{people.caption} {people.notes}")):
        letters = {one[0].lower() for one in general}
        said = general[0] if len(letters) == 1 else None
    if outcome is None or said is None or 2 * len(read) <= len(texts):
        return None
    marked = any(time["plus"] or time["late"] for time in read)
    return TimeColumn(index=index, outcome=outcome, unit=said, marked=marked)


def _timed(head: str, words: Vocabulary[OutcomeEntry]) -> Outcome | None:
    """The outcome whose time a head announces; OTHER for a follow-up."""
    if _TO_RELAPSE.search(head):
        return Outcome.RELAPSE
    if _TO_PROGRESSION.search(head):
        return Outcome.TTP
    if _TO_DEATH.search(head):
        return Outcome.OS
    if _BEFORE.search(head) or _TO_SOMETHING.search(head):
        return None
    codes = {one.code for one in find_outcomes(head, 0, len(head), words) if one.entry.kind == "time_to_event"}
    if len(codes) == 1:
        return codes.pop()
    if codes:
        return None
    return (
        Outcome.OS
        if re.match(r"survival\b", head, re.IGNORECASE)
        else Outcome.OTHER
        if _FOLLOWED.search(head)
        else None
    )


def _status_column(
    people: People, abbreviations: dict[str, str], index: int, head: str, texts: list[str]
) -> StatusColumn | None:
    if _BEFORE.search(head) or any(map(_EARLIER.search, texts)):
        return None
    if not _STATUS.search(head) and not _tells_who_died(texts):
        return None
    signs = legend(f"{people.caption}. {people.notes}") | legend(head) | _letters(head)
    signs = {short: long for short, long in signs.items() if facts(long)}
    about = next((name for name, pattern in _ABOUT if pattern.fullmatch(head.strip())), "")
    column = StatusColumn(index=index, about=about, signs=signs)
    told = [text for text in texts if column.facts(text)]
    if not about and not told:
        signs = {short: long for short, long in abbreviations.items() if facts(long)}
        column = StatusColumn(index=index, about=about, signs=signs)
        told = [text for text in texts if column.facts(text)]
    return column if 2 * len(told) > len(texts) else None


def _tells_who_died(texts: list[str]) -> bool:
    """Whether a column is of nothing but life and death, whatever its head ("last contact")."""
    told = [facts(text).dead for text in texts]
    return {True, False} <= set(told) and told.count(None) * 5 <= len(told)


def _letters(head: str) -> dict[str, str]:
    """The letters of a head that spells them: "alive/dead (A/D)", "A/D" under "status"."""
    if re.search(r"\bA\s?/\s?D\b", head):
        return {"A": "alive", "D": "dead"}
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """The time of one cell. `ongoing`: marked as still followed; `rest`: what the cell says beside it."""

    months: Decimal
    ongoing: bool
    rest: str


def read_time(text: str, unit: str) -> Time | None:
    """The time of a cell in months; None where it holds none, or several."""
    match = _TIME.match(text.strip())
    if match is None:
        return None
    rest = text.strip()[match.end() :]
    if re.search(r"\d", rest):
        return None
    months = to_months(Decimal(match["number"]), match["unit"] or unit)
    return Time(
        months=months,
        ongoing=bool(match["plus"] or match["late"] or match["more"] in tuple(">≥")),
        rest=rest,
    )
