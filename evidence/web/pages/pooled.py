"""Pooled results: all questions, one of them with its forest plot, one that somebody asks, and what decisions moved."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, Response

from evidence.errors import EvidenceError, QuestionError
from evidence.model.codes import Outcome
from evidence.model.question import INTERVALS, METHODS, Question
from evidence.model.records import Records
from evidence.pooled_moves import default_questions, moves
from evidence.present.scales import scale_of
from evidence.present.wording import METHODS as METHOD_WORDS
from evidence.present.wording import derivation_text, pooled_lines, remarks, study_text, weights_text
from evidence.synthesise import methods_sections
from evidence.web import wording
from evidence.web.answers import FILES, Answered, answered, asked, file_of, forest, question_of, row_address
from evidence.web.rendering import page
from evidence.web.review_page import with_query
from evidence.web.service import Service, Serving
from evidence.web.visitors import Viewer, Visitor

router = APIRouter(include_in_schema=False)

#: What is read before anybody decided.
_FIRST = dt.datetime(1, 1, 2, tzinfo=dt.UTC)
#: The plot styles its own shapes, which pages may not; so it stands in a frame, where nothing can run.
_FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-top-navigation-by-user-activation"
)
_FRAME = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body {{ margin: 0; background: #fff }} svg {{ display: block; width: 100%; height: auto }}
a:focus {{ outline: 3px solid #a33b20 }}</style></head>
<body>{svg}</body></html>
"""
_MEASURES = ("HR", "OR", "RR", "RD", "SHR", "IRR", "MD", "SMD", "PLO", "PFT")
_MEASURE_WORDS = {"PLO": "percentage (logit)", "PFT": "percentage (double arcsine)"}
_INTERVAL_WORDS = {
    "wald": "Wald",
    "hartung_knapp": "Hartung-Knapp",
    "hartung_knapp_adhoc": "Hartung-Knapp, ad hoc correction",
}
#: Numbers that a person stands behind.
_BY_PEOPLE = ("accepted", "corrected", "entered")
_Said = Annotated[str, Query(max_length=500)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an address asks for: one of the questions by its id, or a question of its own."""

    question: str
    fields: Mapping[str, str]

    def address(self, path: str) -> str:
        """The same question at another address."""
        fields = (
            {"question": self.question} if self.question else {key: text for key, text in self.fields.items() if text}
        )
        return with_query(path, fields)

    def found(self, service: Service, mark: str, records: Records) -> Question:
        """The question.

        Raises
        ------
        NotFound
            If there is none of this id.
        QuestionError
            If what was asked does not exist.
        """
        if self.question:
            return question_of(service, mark, records, self.question)
        fields = self.fields
        if not fields["outcome"] or not fields["measure"]:
            raise QuestionError("Choose an outcome and a measure.")
        question = Question(
            id="asked",
            outcome=(fields["outcome"],),
            measure=fields["measure"],
            treatment=_several(fields["treatment"]),
            comparator=_several(fields["comparator"]),
            method=fields["method"] or METHODS[METHODS.index("reml")],
            interval=fields["interval"] or "hartung_knapp",
            status=_BY_PEOPLE if fields["status"] == "decided" else (),
        )
        if fields["status"] not in ("", "decided"):
            raise QuestionError(f"{fields['status']!r} is no choice of numbers; leave it out or say decided.")
        return question


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _wanted(
    question: _Said = "",
    outcome: _Said = "",
    measure: _Said = "",
    treatment: _Said = "",
    comparator: _Said = "",
    method: _Said = "",
    interval: _Said = "",
    status: _Said = "",
) -> Wanted:
    fields = {
        "outcome": outcome.strip(),
        "measure": measure.strip(),
        "treatment": treatment.strip(),
        "comparator": comparator.strip(),
        "method": method.strip(),
        "interval": interval.strip(),
        "status": status.strip(),
    }
    return Wanted(question=question, fields=fields)


Asked = Annotated[Wanted, Depends(_wanted)]


@router.get("/pooled")
def pooled(request: Request, service: Serving, visitor: Viewer) -> Response:
    """Every question with its answer, those that nothing is pooled of after the others."""
    mark, records = service.known.dated()
    found = [answered(service, mark, records, question) for question in asked(service, mark, records)]
    values = {
        "visitor": visitor,
        "answers": [each for each in found if not each.why],
        "unanswered": [each for each in found if each.why],
        "given": service.questions is not None,
        **_form(_wanted()),
    }
    return page(request, "pooled.html", values)


@router.get("/pooled/asked")
def ask(request: Request, service: Serving, visitor: Viewer, wanted: Asked) -> Response:
    """A question that somebody asks."""
    mark, records = service.known.dated()
    try:
        question = wanted.found(service, mark, records)
    except QuestionError as error:
        values = {"visitor": visitor, "fault": str(error), **_form(wanted)}
        return page(request, "ask.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _shown(request, service, visitor, wanted, question, mark, records)


@router.get("/pooled/moves")
def moved(request: Request, service: Serving, visitor: Viewer, since: _Said = "") -> Response:
    """Pooled estimates as they were before people decided, or at a moment, against those of now."""
    mark, records = service.known.dated()
    values = {"visitor": visitor, "since": since, "fault": "", "moves": [], "decided": 0}
    try:
        moment = _moment(since)
    except ValueError:
        values["fault"] = f"{since!r} is no moment; write it as 2026-05-31T14:30, in UTC."
        return page(request, "pooled_moves.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def found() -> list[tuple[str, ...]]:
        before = service.known.before(moment)
        questions = service.questions if service.questions is not None else default_questions(before, records)
        pooling = [question for question in questions if question.kind != "compare"]
        return [
            (
                each.question.id,
                wording.question_words(each.question),
                *(wording.pooled_words(one) for one in (each.earlier, each.later)),
            )
            for each in moves(before, records, pooling)
        ]

    try:
        values["moves"] = service.kept.of(mark, ("moves", moment), found)
    except EvidenceError as error:
        values["fault"] = str(error)
    values["decided"] = len({each.about for each in service.known.decisions() if each.at >= moment})
    values["now"] = {question.id for question in asked(service, mark, records)}
    return page(request, "pooled_moves.html", values)


def _moment(text: str) -> dt.datetime:
    if not text:
        return _FIRST
    found = dt.datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


@router.get("/pooled/forest")
def plot(service: Serving, visitor: Viewer, wanted: Asked) -> Response:  # noqa: ARG001
    """The forest plot as a page of its own, for a frame."""
    mark, records = service.known.dated()
    found = answered(service, mark, records, wanted.found(service, mark, records))
    text = _FRAME.format(title=escape(f"Forest plot: {found.title}"), svg=forest(service, mark, found))
    return HTMLResponse(text, headers={"Content-Security-Policy": _FRAME_POLICY})


@router.get("/pooled/files/{name}")
def download(service: Serving, visitor: Viewer, wanted: Asked, name: str) -> Response:  # noqa: ARG001
    """A file of an analysis."""
    mark, records = service.known.dated()
    found = answered(service, mark, records, wanted.found(service, mark, records))
    content = file_of(found, name)
    return Response(
        content, media_type=FILES[name][0], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@router.get("/pooled/{question_id:path}")
def show(request: Request, service: Serving, visitor: Viewer, question_id: str) -> Response:
    """One question with its forest plot, what went in, what was left out, and what was done."""
    mark, records = service.known.dated()
    wanted = _wanted(question=question_id)
    return _shown(request, service, visitor, wanted, wanted.found(service, mark, records), mark, records)


def _shown(
    request: Request,
    service: Service,
    visitor: Visitor,
    wanted: Wanted,
    question: Question,
    mark: str,
    records: Records,
) -> Response:
    found = answered(service, mark, records, question)
    fields = wanted.fields if not wanted.question else _fields_of(question)
    frame, undrawn = None, ""
    try:
        frame = _frame(service, mark, found, wanted)
    except QuestionError as error:
        undrawn = str(error)
    values = {
        "visitor": visitor,
        "found": found,
        "undrawn": undrawn,
        "rows": _rows(found, records),
        "lines": pooled_lines(found.analysis) if found.analysis else [],
        "remarks": remarks(found.analysis) if found.analysis else [],
        "methods": methods_sections(found.analysis) if found.analysis and found.analysis.estimates else (),
        "frame": frame,
        "files": [(name, wanted.address(f"/pooled/files/{name}"), about) for name, (_, about) in FILES.items()],
        "row_address": row_address,
        **_form(Wanted(question="", fields=fields)),
    }
    return page(request, "question.html", values)


def _form(wanted: Wanted) -> dict[str, object]:
    """What the form of a question shows."""
    return {
        "fields": wanted.fields,
        "outcomes": [code.value for code in Outcome],
        "measures": [(code, _MEASURE_WORDS.get(code, code)) for code in _MEASURES],
        "methods_of": [(code, METHOD_WORDS[code]) for code in METHODS],
        "intervals": [(code, _INTERVAL_WORDS[code]) for code in INTERVALS],
    }


def _fields_of(question: Question) -> Mapping[str, str]:
    """A question as the fields of the form, as far as these go."""
    return {
        "outcome": question.outcome[0],
        "measure": question.measure or "",
        "treatment": "; ".join(question.treatment),
        "comparator": "; ".join(question.comparator),
        "method": question.method,
        "interval": question.interval,
        "status": "decided" if question.status and set(question.status) <= set(_BY_PEOPLE) else "",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where the forest plot is, and its size in pixels."""

    address: str
    width: int
    height: int


def _frame(service: Service, mark: str, found: Answered, wanted: Wanted) -> Frame | None:
    if found.analysis is None or not found.analysis.estimates:
        return None
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', forest(service, mark, found))
    width, height = (float(number) * 4 / 3 for number in box.groups()) if box else (900, 600)
    return Frame(address=wanted.address("/pooled/forest"), width=round(width), height=round(height) + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyLine:
    """What one study contributes."""

    study_id: str
    label: str
    estimate: str
    weight: str
    groups: str  # with patients and events
    notes: str
    numbers: list[tuple[str, str, str, str]]  # address, headline, status and sentence of each number used


def _rows(found: Answered, records: Records) -> list[StudyLine]:
    analysis = found.analysis
    if analysis is None:
        return []
    known = {row.result_id: row for row in records.results()}
    weights = weights_text(analysis.pooled.weights) if analysis.pooled else ()
    lines = []
    for index, each in enumerate(analysis.estimates):
        used = [known[name] for name in each.result_ids if name in known]
        computed = f"Computed {derivation_text(each.derivation)}." if each.derivation != "reported" else ""
        lines.append(
            StudyLine(
                study_id=each.study_id,
                label=each.label,
                estimate=study_text(scale_of(analysis), each),
                weight=f"{weights[index]}%" if weights else "",
                groups=" vs ".join(
                    f"{arm.label}{_counts(arm.events, arm.n)}" for arm in (each.arm, each.comparator) if arm
                ),
                notes=" ".join([computed, *each.notes]).strip(),
                numbers=[
                    (row_address(row.result_id), wording.headline(row, ""), row.status.value, row.source.quote or "")
                    for row in used
                ],
            )
        )
    return lines


def _counts(events: int | None, total: int | None) -> str:
    if total is None:
        return ""
    return f" ({events}/{total})" if events is not None else f" (n = {total})"
