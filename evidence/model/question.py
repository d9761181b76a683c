"""What a synthesis is asked: which rows, pooled how. A question is a table of a question file, or a `pool` command."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from evidence.errors import QuestionError
from evidence.model.codes import Outcome
from evidence.model.risk_of_bias import RiskOfBias, load_robvis

Kind = Literal["contrast", "counts", "proportion", "compare"]

#: What a question's measure asks of the tables. `contrast` reads reported comparisons, `counts` takes the events of two
#: arms and, where a study does not give them, its reported comparison; `proportion` pools one arm of each study (logit
#: or double arcsine).
_KIND_OF_MEASURE: dict[str, Kind] = {
    "HR": "contrast",
    "SHR": "contrast",
    "MD": "contrast",
    "SMD": "contrast",
    "IRR": "contrast",
    "OR": "counts",
    "RR": "counts",
    "RD": "counts",
    "PLO": "proportion",
    "PFT": "proportion",
}
METHODS = ("common", "dl", "he", "hs", "sj", "ml", "reml", "eb", "pm")
INTERVALS = ("wald", "hartung_knapp", "hartung_knapp_adhoc")
APPROXIMATIONS = ("hr_from_medians_approximation",)
#: Looks of forest plots (the first is the usual one) and what may stand in them beside the studies' names.
STYLES = ("default", "revman", "meta", "jama", "lancet", "bmj")
COLUMNS = ("arm", "comparator", "n", "y", "se", "p", "weight", "estimate", "plot", "design", "risk_of_bias")
ADJUSTMENTS = ("prefer_adjusted", "prefer_unadjusted", "adjusted", "unadjusted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A selection of rows and the way to pool them. Empty selections take everything.

    `treatment` and `comparator` are matched, without case, against the arm's normal names and its label; several
    entries are alternatives. `measure` None asks for a comparison table instead of a pooled estimate.
    """

    id: str
    outcome: tuple[str, ...]  # codes; several are pooled together
    title: str = ""
    measure: str | None = None
    treatment: tuple[str, ...] = ()
    comparator: tuple[str, ...] = ()
    population: tuple[str, ...] = ()  # words in the study's population or label
    design: tuple[str, ...] = ()
    subgroup: str | None = None  # None: the whole population only
    timepoint_months: float | None = None
    adjustment: str = "prefer_adjusted"
    subgroup_by: str | None = None  # a study column: design, phase, ...
    status: tuple[str, ...] = ()  # row status; empty: everything but rejected
    include_derived: bool = False
    approximations: tuple[str, ...] = ()  # methods that only approximate, by name; used only if they stand here
    include_cited: bool = True  # a cited row is used only where no primary report of the study has one
    method: str = "reml"
    interval: str = "hartung_knapp"
    level: float = 95.0
    style: str = STYLES[0]  # of the forest plot
    columns: tuple[str, ...] = ()  # of the forest plot, from left to right; empty: those of the style
    risk_of_bias: str | None = None  # a robvis file for the forest plot, relative to the question file

    @property
    def kind(self) -> Kind:
        """What is asked of the tables."""
        return "compare" if self.measure is None else _KIND_OF_MEASURE[self.measure]

    def __post_init__(self) -> None:
        """Refuse what does not exist, naming what does."""
        known = [code.value for code in Outcome]
        for code in self.outcome:
            if code not in known:
                raise QuestionError(
                    f"Question {self.id!r} asks for outcome {code!r}, which is no outcome code. "
                    f"Known: {', '.join(known)}."
                )
        if not self.outcome:
            raise QuestionError(f'Question {self.id!r} names no outcome; give for example outcome = ["OS"].')
        for name, value, allowed in (
            ("measure", self.measure, tuple(_KIND_OF_MEASURE)),
            ("method", self.method, METHODS),
            ("interval", self.interval, INTERVALS),
            ("adjustment", self.adjustment, ADJUSTMENTS),
            ("style", self.style, STYLES),
            *(("columns", name, COLUMNS) for name in self.columns),
            *(("approximations", name, APPROXIMATIONS) for name in self.approximations),
        ):
            if value is not None and value not in allowed:
                raise QuestionError(f"Question {self.id!r}: {name} {value!r} is none of {', '.join(allowed)}.")
        _refuse_no_file_name(f"Question {self.id!r}", self.risk_of_bias)
        if self.risk_of_bias is not None and self.measure is None:
            raise QuestionError(
                f"Question {self.id!r} has risk_of_bias and no measure: judgements stand in a forest plot, and this "
                "question asks for a comparison table."
            )
        if not 50 <= self.level < 100:
            raise QuestionError(
                f"Question {self.id!r}: level {self.level} is no confidence level in percent (50 to 99.9)."
            )

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> "Question":
        """Question from a parsed table; single texts stand for lists of one.

        Raises
        ------
        QuestionError
            If a key is unknown or a value does not fit.
        """
        known = {field.name: field for field in fields(cls)}
        values: dict[str, Any] = {}
        for key, value in mapping.items():
            if key not in known:
                raise QuestionError(
                    f"Question {mapping.get('id', '?')!r}: unknown key {key!r}. Known: {', '.join(known)}."
                )
            if "tuple" in str(known[key].type):
                value = (value,) if isinstance(value, str) else tuple(value)
            values[key] = value
        if "id" not in values:
            raise QuestionError("A question has no id; give each [[question]] an id, it names the output folder.")
        values.setdefault("outcome", ())
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureOrder:
    """A `[[figure]]` table: several questions of one measure in one forest plot."""

    id: str
    questions: tuple[str, ...]  # their ids, from top to bottom
    title: str = ""
    risk_of_bias: str | None = None  # as in a question


def load_figures(path: Path, questions: Sequence[Question]) -> tuple[FigureOrder, ...]:
    """The `[[figure]]` tables of a question file; most files have none.

    Raises
    ------
    QuestionError
        If a key is unknown, a question is not there or has another measure, or the id is that of another folder.
    """
    tables = parsed(path).get("figure", [])
    known = {question.id: question for question in questions}
    figures: list[FigureOrder] = []
    for table in tables if isinstance(tables, list) else [tables]:
        name, asked = str(table.get("id", "")), table.get("questions", [])
        where = f"{path}, figure {name or '?'!r}"
        unknown = sorted(set(table) - {"id", "questions", "title", "risk_of_bias"})
        if unknown or not name or not isinstance(asked, list) or not asked:
            raise QuestionError(
                f"{where}: a [[figure]] has an id, questions (a list of their ids) and, if wanted, a title and "
                f"risk_of_bias{f'; unknown is {unknown[0]!r}' if unknown else ''}."
            )
        if name in known or name in {figure.id for figure in figures}:
            raise QuestionError(f"{where}: the id is used twice; ids name output folders.")
        absent = [one for one in asked if one not in known]
        if absent:
            raise QuestionError(f"{where}: there is no question {absent[0]!r}. Known: {', '.join(known)}.")
        one_axis([known[one] for one in asked], where)
        bias = table.get("risk_of_bias")
        _refuse_no_file_name(where, bias)
        title = str(table.get("title", ""))
        figures.append(FigureOrder(id=name, questions=tuple(asked), title=title, risk_of_bias=bias))
    return tuple(figures)


def load_judgements(path: Path, asked: Iterable[Question | FigureOrder]) -> dict[str, RiskOfBias]:
    """Judgements of the questions and figures of a question file that name a file with them, by their ids.

    Raises
    ------
    QuestionError
        If such a file cannot be read or is no robvis file.
    """
    return {one.id: load_robvis(path.parent / one.risk_of_bias) for one in asked if one.risk_of_bias is not None}


def _refuse_no_file_name(where: str, value: object) -> None:
    if value is not None and not (isinstance(value, str) and value.strip()):
        raise QuestionError(f'{where}: risk_of_bias {value!r} is no file name; give for example "rob2.csv".')


def one_axis(questions: Sequence[Question], where: str) -> None:
    """Refuse questions that cannot stand in one figure.

    Raises
    ------
    QuestionError
        If their measures differ or there is none.
    """
    measures = list(dict.fromkeys(question.measure or "no measure" for question in questions))
    if len(measures) > 1 or "no measure" in measures:
        raise QuestionError(
            f"{where}: {' and '.join(measures)} cannot share one axis; one figure holds questions of one measure."
        )


def load_questions(path: Path) -> tuple[Question, ...]:
    """Questions of a TOML file with one `[[question]]` table each.

    Raises
    ------
    QuestionError
        If the file is absent, is no TOML, holds no question, or repeats an id.
    """
    tables = parsed(path).get("question", [])
    if not isinstance(tables, list) or not tables:
        raise QuestionError(f"{path} holds no [[question]] table; see the README for one.")
    questions = tuple(Question.from_mapping(table) for table in tables)
    ids = [question.id for question in questions]
    for name in ids:
        if ids.count(name) > 1:
            raise QuestionError(f"{path}: the id {name!r} is used {ids.count(name)} times; ids name output folders.")
    return questions


def parsed(path: Path) -> dict[str, Any]:
    """What a question file says, as TOML.

    Raises
    ------
    QuestionError
        If the file is absent or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise QuestionError(f"Question file {path} does not exist.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise QuestionError(f"Question file {path} cannot be read: {error}.") from error
