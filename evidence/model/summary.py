"""What a summary of findings is asked: which questions make its rows, at what time, and whose risk it starts from.

A summary is a `[[summary]]` table of a question file with one `[[summary.outcome]]` for each row. A baseline risk is
never invented: it is given with its source, or taken from the comparator arms of the pooled studies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from evidence.errors import QuestionError
from evidence.model.codes import Outcome
from evidence.model.measures import TIME_TO_EVENT
from evidence.model.question import Question, parsed

#: Measures from which absolute risks follow.
RELATIVE = ("HR", "SHR", "OR", "RR")
#: Of these the risks are those at one time.
HAZARDS = ("HR", "SHR")
_CHOICES = {
    "show": ("survival", "event"),
    "comparator_from": ("median", "pooled"),
    "direction": ("lower", "higher"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryOutcome:
    """One row of a summary of findings; `question` is the id of the question that answers it.

    `show` says what is counted: "survival" (patients without the event) or "event". A hazard ratio of an outcome that
    is named for survival shows survival, everything else events, unless it is given here. `comparator_percent` counts
    the same: 66.2 is 66.2% alive where survival is shown.
    """

    question: str
    name: str = ""
    months: float | None = None  # the time of the risks that follow from a hazard ratio
    show: str | None = None
    comparator_percent: float | None = None
    comparator_source: str = ""
    comparator_from: str = "median"  # of the comparator arms: median, or mean weighted by their patients ("pooled")
    direction: str | None = None  # of the ratio, which is better; None: what the outcome tells
    decision_line: float = 1.0  # ratio at which the panel would decide otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A summary of findings: whom it is about, what is compared, and its rows."""

    id: str
    outcome: tuple[SummaryOutcome, ...]
    title: str = ""
    population: str = ""
    intervention: str = ""
    comparator: str = ""
    setting: str = ""


def load_summaries(path: Path, questions: Sequence[Question]) -> tuple[Summary, ...]:
    """Summaries of a question file; empty where it has none.

    Raises
    ------
    QuestionError
        If the file cannot be read, a key is unknown, a value does not fit, a question is not there or has no relative
        effect, or an id is used twice.
    """
    tables = parsed(path).get("summary", [])
    if not isinstance(tables, list):
        raise QuestionError(f"{path}: write each summary as a [[summary]] table.")
    asked = {question.id: question for question in questions}
    taken = set(asked)
    summaries = []
    for table in tables:
        summary = _summary(table, asked)
        if summary.id in taken:
            raise QuestionError(f"{path}: the id {summary.id!r} is used twice; ids name output folders.")
        taken.add(summary.id)
        summaries.append(summary)
    return tuple(summaries)


def _summary(table: Mapping[str, Any], asked: Mapping[str, Question]) -> Summary:
    if not table.get("id"):
        raise QuestionError("A summary has no id; give each [[summary]] an id, it names the output folder.")
    name = f"Summary {table['id']!r}"
    values = _known(Summary, table, name)
    rows = values.get("outcome", [])
    if not isinstance(rows, list) or not rows:
        raise QuestionError(f"{name} has no rows; give it a [[summary.outcome]] table with a question.")
    return Summary(**(values | {"outcome": tuple(_outcome(row, name, asked) for row in rows)}))


def _outcome(table: Mapping[str, Any], name: str, asked: Mapping[str, Question]) -> SummaryOutcome:
    if "question" not in table:
        raise QuestionError(f"{name}: a [[summary.outcome]] names no question.")
    row = SummaryOutcome(**_known(SummaryOutcome, table, name))
    name = f"{name}, question {row.question!r}"
    question = asked.get(row.question)
    if question is None:
        raise QuestionError(f"{name}: there is no such question in the file. Known: {', '.join(asked)}.")
    if question.measure not in RELATIVE:
        raise QuestionError(
            f"{name} asks for {question.measure or 'a comparison table'}; a summary of findings needs one of "
            f"{', '.join(RELATIVE)}."
        )
    for key, allowed in _CHOICES.items():
        value = getattr(row, key)
        if value is not None and value not in allowed:
            raise QuestionError(f"{name}: {key} {value!r} is none of {', '.join(allowed)}.")
    for key in ("months", "decision_line", "comparator_percent"):
        value = getattr(row, key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or not value > 0):
            raise QuestionError(f"{name}: {key} {value!r} is no number above 0.")
    if row.comparator_percent is not None:
        if row.comparator_percent >= 100:
            raise QuestionError(f"{name}: comparator_percent {row.comparator_percent} is not between 0 and 100.")
        if not row.comparator_source:
            raise QuestionError(f"{name}: say in comparator_source where the comparator_percent comes from.")
        if row.months is None and question.measure in HAZARDS:
            raise QuestionError(f"{name}: say in months at what time {row.comparator_percent}% is the risk.")
    return row


def _known(kind: type, table: Mapping[str, Any], name: str) -> dict[str, Any]:
    known = [field.name for field in fields(kind)]
    for key, value in table.items():
        if key not in known:
            raise QuestionError(f"{name}: unknown key {key!r}. Known: {', '.join(known)}.")
        texts = ("id", "title", "population", "intervention", "comparator", "setting", "question", "name")
        if key in (*texts, "comparator_source") and not isinstance(value, str):
            raise QuestionError(f"{name}: {key} {value!r} is no text; put it in quotation marks.")
    return dict(table)


def shows_survival(row: SummaryOutcome, question: Question) -> bool | None:
    """Whether a row counts patients without the event; None where nobody knows what the ratio counts.

    A hazard ratio counts events. An odds or risk ratio of survival is printed of survivors and of deaths alike.
    """
    survival = Outcome(question.outcome[0]) in TIME_TO_EVENT
    if row.show is not None:
        return row.show == "survival"
    if survival and question.measure not in HAZARDS:
        return None
    return survival
