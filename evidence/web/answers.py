"""Pooled analyses with what a person needs to judge them: how far their numbers are decided, what contradicts them."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from evidence.errors import EvidenceError, NotFound
from evidence.model.codes import RowStatus, Severity
from evidence.model.question import Question
from evidence.model.records import Flag, Records
from evidence.model.results import Analysis, LeftOut
from evidence.model.risk_of_bias import RiskOfBias
from evidence.outputs import write_analysis, write_figures
from evidence.pictures import DRAWING, linked_forest
from evidence.pooled_moves import about_outcomes, default_questions
from evidence.present.scales import has_prediction, scale_of
from evidence.present.wording import estimate_text, number, prediction_text, reported_only_text
from evidence.synthesise import answer
from evidence.web.service import Service
from evidence.web.wording import question_words

#: Files of an analysis: name, media type, and what it is for.
FILES: dict[str, tuple[str, str]] = {
    "forest.svg": ("image/svg+xml", "the forest plot, for a page or a drawing program"),
    "forest.pdf": ("application/pdf", "the forest plot, for print"),
    "forest.png": ("image/png", "the forest plot, for a slide"),
    "rows.csv": ("text/csv", "what went in and what was left out, with the reasons"),
    "reproduce.R": ("text/plain", "computes the figures again with metafor"),
    "methods.md": ("text/markdown", "what was done, for the methods section"),
}
#: How the media types of those that are drawn begin.
_DRAWN = ("image/", "application/pdf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer to one question, or why there is none."""

    question: Question
    analysis: Analysis | None
    why: str  # nothing is pooled; empty where something is
    rows: int  # numbers that went in
    decided: int  # of them, by people
    contradictions: Sequence[Flag]  # errors about numbers that went in
    held_back: Sequence[LeftOut]  # numbers that wait for a person because of an error

    @property
    def title(self) -> str:
        """What is pooled."""
        return question_words(self.question)

    @property
    def measure(self) -> str:
        """Short name of the measure."""
        return scale_of(self.analysis).short if self.analysis else ""

    @property
    def share(self) -> str:
        """How many of the numbers a person has decided."""
        return f"{self.decided} of {self.rows}" if self.rows else ""

    @property
    def estimate(self) -> str:
        """Pooled estimate with its interval on the natural scale; empty where nothing is pooled."""
        pooled = self.analysis and self.analysis.pooled
        return estimate_text(scale_of(self.analysis), pooled) if self.analysis and pooled else ""

    @property
    def prediction(self) -> str:
        """The prediction interval; empty where there is none."""
        pooled = self.analysis and self.analysis.pooled
        return (
            prediction_text(pooled, scale_of(self.analysis))
            if self.analysis and pooled and has_prediction(pooled)
            else ""
        )

    @property
    def inconsistency(self) -> str:
        """I2 in percent; empty where it is not defined."""
        pooled = self.analysis and self.analysis.pooled
        return f"{number(pooled.I2, 1)}%" if pooled and pooled.I2 is not None else ""

    @property
    def reported_only(self) -> str:
        """The same without computed estimates, where some went in."""
        alone = self.analysis and self.analysis.reported_only
        return reported_only_text(self.analysis, alone) if self.analysis and alone else ""


def asked(service: Service, mark: str, records: Records) -> Sequence[Question]:
    """What is pooled: the questions given at the start, else those that these numbers suggest."""
    if service.questions is not None:
        return service.questions
    return service.kept.of(mark, "questions", lambda: default_questions(records))


def question_of(service: Service, mark: str, records: Records, question_id: str) -> Question:
    """The question of this id.

    Raises
    ------
    NotFound
        If there is none.
    """
    found = next((each for each in asked(service, mark, records) if each.id == question_id), None)
    if found is None:
        raise NotFound(f"There is no question {question_id!r} now; /pooled lists those there are.")
    return found


def answered(service: Service, mark: str, records: Records, question: Question) -> Answered:
    """The answer to a question, kept while the rows stand as they are."""

    def made() -> Answered:
        about = service.kept.of(
            mark, ("about", question.outcome), lambda: about_outcomes(records, frozenset(question.outcome))
        )
        given = question in (service.questions or ())  # one asked on the page may have an id of the file
        return _answered(about, question, service.judged.get(question.id) if given else None)

    return service.kept.of(mark, question, made)


def _answered(records: Records, question: Question, bias: RiskOfBias | None) -> Answered:
    analysis, why = None, ""
    if question.kind == "compare":
        why = "It asks for a comparison table; nothing is pooled."
    else:
        try:
            analysis = replace(answer(question, records), bias=bias)
        except EvidenceError as error:
            why = str(error)
    if analysis is not None and analysis.pooled is None:
        why = " ".join(analysis.notes) or "Fewer than two studies could be pooled."
    rows = {row.result_id: row for row in records.results()}
    used = [rows[name] for each in (analysis.estimates if analysis else ()) for name in each.result_ids if name in rows]
    errors = [flag for flag in records.flags if flag.severity is Severity.ERROR]
    names = {row.result_id for row in used}
    held_back = [] if analysis is None else [left for left in analysis.left_out if _held_back(left, errors)]
    return Answered(
        question=question,
        analysis=analysis,
        why=why,
        rows=len(used),
        decided=sum(row.status is not RowStatus.EXTRACTED for row in used),
        contradictions=[flag for flag in errors if names.intersection(flag.result_ids)],
        held_back=held_back,
    )


def _held_back(left: LeftOut, errors: Sequence[Flag]) -> bool:
    return any(flag.message in left.reason for flag in errors)


def forest(service: Service, mark: str, found: Answered) -> str:
    """The forest plot as an `<svg>` element, the name of each study leading to its number beside its source.

    Raises
    ------
    NotFound
        If no study is there to draw.
    QuestionError
        If the columns asked for need more than a page, or none of the studies was judged in the question's file.
    """
    analysis = found.analysis
    if analysis is None or not analysis.estimates:
        raise NotFound("There is no study to draw.")

    def drawn() -> str:
        # The plot stands in a frame of its own; what it leads to takes the place of the whole page.
        return linked_forest(analysis, row_address).replace("<a ", '<a target="_top" ')

    return service.kept.of(mark, ("forest", found.question), drawn)


def row_address(result_id: str) -> str:
    """Where a number stands beside its source."""
    return f"/review/{quote(result_id)}"


def file_of(found: Answered, name: str) -> bytes:
    """One of the `FILES` of an analysis.

    Raises
    ------
    NotFound
        If there is no such file, or no study to write about.
    QuestionError
        As `forest`.
    """
    if name not in FILES or found.analysis is None or not found.analysis.estimates:
        raise NotFound(f"There is no file {name!r} of this analysis.")
    with tempfile.TemporaryDirectory(prefix="evidence-") as temporary:
        folder = Path(temporary)
        if FILES[name][0].startswith(_DRAWN):
            with DRAWING:
                write_analysis(found.analysis, folder)
        else:
            write_figures(found.analysis, folder)
        return (folder / name).read_bytes()
