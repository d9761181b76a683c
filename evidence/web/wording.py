"""Rows in words, for the pages: every number as it is printed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evidence.model import tables
from evidence.model.codes import Measure, Severity
from evidence.model.measures import PERCENTAGES
from evidence.model.question import Question
from evidence.model.records import ArmResult, Contrast, Flag, Patient, Records, Result
from evidence.model.results import Analysis, Stake
from evidence.model.studies import merged_studies, study_labels
from evidence.present.scales import scale_of
from evidence.present.wording import estimate_text
from evidence.review_queue import Place

#: From which confidence on a reading is called so.
_SURE, _FAIR = 0.9, 0.75
#: Words for scales on which proportions are pooled.
_POOLED = {"PLO": "percentage", "PFT": "percentage"}
#: Words for columns.
NAMES = {
    "arm_id": "Arm of the study",
    "comparator_arm_id": "Compared arm of the study",
    "arm": "Arm",
    "comparator": "Compared with",
    "outcome": "Outcome",
    "outcome_text": "Words for it",
    "measure": "Measure",
    "timepoint_months": "Time (months)",
    "value": "Value",
    "estimate": "Estimate",
    "not_reached": "Not reached",
    "ci_low": "Lower limit",
    "ci_high": "Upper limit",
    "ci_level": "Interval (%)",
    "sd": "Standard deviation",
    "events": "Patients with it",
    "total": "Of patients",
    "p_value": "p",
    "p_operator": "p is",
    "adjustment": "Adjustment",
    "subgroup": "Subgroup",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line of the card of a row."""

    name: str
    text: str
    column: str  # in which a correction would go
    main: bool = False


def labels(records: Records) -> Mapping[str, str]:
    """Short names of the studies, by study id."""
    return study_labels(merged_studies(records.studies), (study.study_id for study in records.studies))


def headline(row: Result, label: str) -> str:
    """A row in one line: "Xuan 2020 OS HR 0.24"."""
    at = f" at {row.timepoint_months} months" if row.timepoint_months is not None else ""
    outcome = row.outcome_text if row.outcome.value == "OTHER" and row.outcome_text else row.outcome.value
    return f"{label} {outcome} {measure_words(row)}{at} {number_words(row)}".strip()


def measure_words(row: Result) -> str:
    """The measure as people say it."""
    return row.measure.value.replace("_", " ")


def number_words(row: Result) -> str:
    """What the row is about: its number with the unit, or what was reported in its place."""
    if isinstance(row, Contrast):
        if row.estimate is not None:
            return f"{row.estimate}"
        return p_words(row) if row.p_value is not None else "without a number"
    if row.not_reached:
        return "not reached"
    if row.value is not None:
        return f"{row.value}{unit(row)}"
    return count_words(row) or "without a number"


def unit(row: Result) -> str:
    """The unit of the value and its interval, with the space before it."""
    if row.measure in PERCENTAGES:
        return " %"
    return " months" if row.measure is Measure.MEDIAN_TIME else ""


def p_words(row: Contrast) -> str:
    """The p-value as printed."""
    return f"p {row.p_operator or '='} {row.p_value}"


def count_words(row: ArmResult) -> str:
    """Events and total: "25 of 38 patients"."""
    if row.events is None and row.total is None:
        return ""
    if row.total is None:
        return f"{row.events} patients"
    return f"{row.events} of {row.total} patients" if row.events is not None else f"of {row.total} patients"


def interval_words(row: Result) -> str:
    """The confidence interval as printed."""
    if row.ci_low is None and row.ci_high is None:
        return ""
    level = f" ({row.ci_level} %)" if row.ci_level is not None else ""
    low, high = ("?" if limit is None else str(limit) for limit in (row.ci_low, row.ci_high))
    return f"{low} to {high}{unit(row)}{level}"


def facts(row: Result) -> tuple[Fact, ...]:
    """What a row says, in the order in which one reads it; what is not reported is left out."""
    return tuple(fact for fact in _facts(row) if fact.text)


def _facts(row: Result) -> Iterator[Fact]:
    compares = isinstance(row, Contrast)
    column = "estimate" if compares else "value"
    yield Fact(name=measure_words(row), text=number_words(row), column=column, main=True)
    yield Fact(name="Interval", text=interval_words(row), column="ci_low", main=True)
    if isinstance(row, Contrast):
        if row.p_value is not None and row.estimate is not None:
            yield Fact(name="p-value", text=p_words(row), column="p_value", main=True)
    else:
        yield Fact(name="Patients", text=count_words(row), column="events", main=True)
        yield Fact(name=NAMES["sd"], text=tables.as_text(row.sd), column="sd", main=True)
    words = f" ({row.outcome_text})" if row.outcome_text and row.outcome_text != row.outcome.value else ""
    yield Fact(name="Outcome", text=f"{row.outcome.value}{words}", column="outcome")
    yield Fact(name="Arm", text=row.arm, column="arm")
    if isinstance(row, Contrast):
        yield Fact(name=NAMES["comparator"], text=row.comparator, column="comparator")
    time = f"{row.timepoint_months} months" if row.timepoint_months is not None else ""
    yield Fact(name="Time", text=time, column="timepoint_months")
    yield Fact(name="Subgroup", text=row.subgroup or "", column="subgroup")
    if isinstance(row, Contrast):
        yield Fact(name="Adjustment", text=tables.as_text(row.adjustment), column="adjustment")


def group_words(row: Result) -> str:
    """Which groups a row is about, "sorafenib vs placebo"; nothing where the document names none."""
    named = (row.arm, row.comparator) if isinstance(row, Contrast) else (row.arm,)
    return " vs ".join(name or "not stated" for name in named) if any(named) else ""


def place_words(row: Result | Patient) -> str:
    """Where in its document a row stands."""
    source = row.source
    page = f"page {source.page}" if source.page is not None else ""
    cell = ", ".join(filter(None, (source.table, source.row, source.column)))
    return ", ".join(filter(None, (page, source.section, cell)))


def confidence_words(row: Result) -> str:
    """How sure the reading is."""
    if row.confidence is None:
        return ""
    sure = "surely" if row.confidence >= _SURE else "fairly surely" if row.confidence >= _FAIR else "unsurely"
    return f"read {sure} (confidence {row.confidence:.2f})"


def why_words(row: Result, place: Place, stake: Stake | None) -> str:
    """Why a row stands where it does in the queue."""
    if not place.no_error:
        return "A contradiction is found: what cannot be true is looked at first."
    if stake is not None:
        treatment = " + ".join(stake.treatment)
        return (
            f"It moves a pooled result: {treatment}, {stake.outcome} {_POOLED.get(stake.measure, stake.measure)} of "
            f"{stake.k} studies is {stake.pooled:.3g} with it and {stake.without:.3g} without it."
        )
    if place.computed:
        return "It was computed from other numbers, which come before it."
    if row.confidence is not None and row.confidence < _SURE:
        return "No pooled result hangs on it; it was read less surely than those that follow."
    return "No pooled result hangs on it, and it was read surely."


def question_words(question: Question) -> str:
    """What is pooled: the title of a question, or what it is made of."""
    if question.title:
        return question.title
    about = f"{', '.join(question.outcome)} {_POOLED.get(question.measure or '', question.measure or '')}"
    return f"{about}, {' or '.join(question.treatment)}" if question.treatment else about


def pooled_words(analysis: Analysis) -> str:
    """A pooled estimate with its interval and the number of studies."""
    pooled = analysis.pooled
    if pooled is None:
        return "not pooled: fewer than two studies"
    return f"{estimate_text(scale_of(analysis), pooled)}, {pooled.k} studies"


def worst_first(flags: list[Flag]) -> list[Flag]:
    """Flags by severity."""
    order = list(Severity)
    return sorted(flags, key=lambda flag: order.index(flag.severity))
