"""Pooled estimates of the numbers as people left them."""

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import Field

from evidence.errors import NotFound
from evidence.model.codes import Design, Outcome, RowStatus
from evidence.model.question import Question
from evidence.synthesise import answer, pooled_dict, rows_table
from evidence.web.api.shapes import Name, Said, Shape
from evidence.web.service import Serving
from evidence.web.visitors import Viewer

router = APIRouter(prefix="/api/v1", tags=["pooled"])

Texts = tuple[Said, ...]


class QuestionShape(Shape):
    """What is to be pooled, as a question of a question file; what is left out takes everything."""

    id: Name = "asked"
    title: Said = ""
    outcome: tuple[Outcome, ...] = Field(min_length=1)
    measure: Literal["HR", "SHR", "MD", "SMD", "IRR", "OR", "RR", "RD", "PLO", "PFT"]
    treatment: Texts = ()
    comparator: Texts = ()
    population: Texts = ()
    design: tuple[Design, ...] = ()
    subgroup: Said | None = None
    timepoint_months: float | None = Field(default=None, ge=0, le=1200)
    adjustment: Literal["prefer_adjusted", "prefer_unadjusted", "adjusted", "unadjusted"] = "prefer_adjusted"
    subgroup_by: Literal["design", "phase", "report", "year"] | None = None
    status: tuple[RowStatus, ...] = ()
    include_derived: bool = False
    include_cited: bool = True
    method: Literal["common", "dl", "he", "hs", "sj", "ml", "reml", "eb", "pm"] = "reml"
    interval: Literal["wald", "hartung_knapp", "hartung_knapp_adhoc"] = "hartung_knapp"
    level: float = Field(default=95.0, ge=50, lt=100)


class AnalysisShape(Shape):
    """One pooled analysis."""

    question: str
    pooled: dict[str, Any] = Field(description="What `pooled.json` of `evidence pool` holds")
    rows: list[dict[str, Any]] = Field(description="What went in, then what was left out and why, as in `rows.csv`")
    version: str = Field(description="Changes whenever the store does")


class QuestionList(Shape):
    """The questions of this service."""

    items: list[str] = Field(description="Their ids")


@router.get("/questions")
def questions(service: Serving, visitor: Viewer) -> QuestionList:  # noqa: ARG001
    """The questions the service was started with, or those that the stored numbers suggest."""
    return QuestionList(items=[question.id for question in service.asked()])


@router.get("/questions/{question_id}")
def answered(service: Serving, visitor: Viewer, question_id: Name) -> AnalysisShape:  # noqa: ARG001
    """The answer to one of them now."""
    question = next((question for question in service.asked() if question.id == question_id), None)
    if question is None:
        raise NotFound(f"There is no question {question_id!r}; /api/v1/questions lists them.")
    return _analysis(service, question)


@router.post("/pooled")
def pooled(service: Serving, visitor: Viewer, asked: QuestionShape) -> AnalysisShape:  # noqa: ARG001
    """Pool a selection of numbers; nothing is stored."""
    return _analysis(service, Question.from_mapping({name: _plain(value) for name, value in asked}))


def _analysis(service: Serving, question: Question) -> AnalysisShape:
    version, records = service.known.dated()
    analysis = answer(question, records)
    return AnalysisShape(question=question.id, pooled=pooled_dict(analysis), rows=rows_table(analysis), version=version)


def _plain(value: Any) -> Any:
    return tuple(map(str, value)) if isinstance(value, tuple) else value
