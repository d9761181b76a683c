"""The written report of a run as one page, which needs no other file, no network and no script.

Per question the answer, the forest plot with its numbers as a table, what was left out and why, the doubts and the
methods; then comparisons, studies, documents, the checklist, and the words every number was read in. What comes from a
document is escaped by the template (`templates/report.html`), and its direction of writing is its own.
"""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from evidence.errors import ExportError
from evidence.model.codes import DocumentStatus, Report, Severity
from evidence.model.findings import Findings
from evidence.model.records import DocumentRecord, Flag, Records, Study
from evidence.model.results import Analysis, MethodsSection
from evidence.model.studies import merged_studies, study_labels
from evidence.model.tables import as_text
from evidence.present.cited_numbers import CitedNumbers, Link
from evidence.present.compare import ComparisonTable
from evidence.present.compare_views import (
    CITED_NOTE,
    RESULT_HEADS,
    by_outcome,
    result_cells,
    title_of_comparison,
)
from evidence.present.coverage import coverage_table
from evidence.present.html_question import FORESTS, QuestionView, question_view
from evidence.present.inline_svg import inline_svg, svg_title
from evidence.present.names import arm_text, plain
from evidence.present.paper import paper_html
from evidence.present.prisma_items import checked_text, prisma_items, software_text
from evidence.present.report import Unanswered, made_of, reasons_without_answer, result_and_p
from evidence.present.summary_tables import summary_tables, summary_title
from evidence.present.wording import NOT_REPORTED

#: Sections of the methods that are alike for all questions, and stand once.
_SHARED = ("Software", "References")
#: What columns of a picture's data are called where the file abbreviates.
_HEADS = {"y": "estimate, analysis scale", "se": "standard error, analysis scale", "n": "patients"}
#: Digits of a number beside a picture; the file of its data has more.
_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture as the text of its SVG file, and its data as the text of its CSV file."""

    name: str  # of its files: "forest", "funnel"
    svg: str
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One analysis with what was written of it: its methods and its pictures."""

    analysis: Analysis
    methods: tuple[MethodsSection, ...] = ()
    figures: tuple[Figure, ...] = ()


def figures_of(paths: Sequence[Path]) -> tuple[Figure, ...]:
    """The pictures among files that were written, each with the data beside it."""
    return tuple(
        Figure(
            name=path.stem,
            svg=path.read_text(encoding="utf-8"),
            data=path.with_suffix(".csv").read_text(encoding="utf-8"),
        )
        for path in paths
        if path.suffix == ".svg" and path.with_suffix(".csv") in paths
    )


def write_html_report(
    answers: Sequence[Answer],
    tables: Sequence[ComparisonTable],
    records: Records,
    path: Path,
    *,
    together: Sequence[Figure] = (),
    summaries: Sequence[Findings] = (),
    unanswered: Unanswered = (),
    snapshot: str | None = None,
) -> Path:
    """Write the page; `snapshot` names the state of the store the rows were taken from.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    page = html_report(
        answers, tables, records, together=together, summaries=summaries, unanswered=unanswered, snapshot=snapshot
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page.encode("utf-8", "replace"))
    except OSError as error:
        raise ExportError(
            f"{path} could not be written: {error.strerror or error}. Give another place with --out."
        ) from error
    return path


def html_report(
    answers: Sequence[Answer],
    tables: Sequence[ComparisonTable],
    records: Records,
    *,
    together: Sequence[Figure] = (),
    summaries: Sequence[Findings] = (),
    unanswered: Unanswered = (),
    snapshot: str | None = None,
) -> str:
    """The page; `together` are pictures of several questions, `unanswered` those not worked on, with the reason."""
    analyses = [answer.analysis for answer in answers]
    numbers = CitedNumbers(records)
    questions = [_question(at, answer, records, numbers) for at, answer in enumerate(answers, start=1)]
    comparisons = [_comparison(at, table, numbers) for at, table in enumerate(tables, start=1)]
    flags = _flags(records, numbers)
    return (
        _environment()
        .get_template("report.html")
        .render(
            made=made_of(records),
            snapshot=snapshot,
            checked=checked_text(records, analyses),
            overview=[
                (view.anchor, view.title, len(view.analysis.estimates), *result_and_p(view.analysis))
                for view in questions
            ],
            unanswered=reasons_without_answer(analyses, tables, unanswered),
            gaps=[document for document in _worst_first(records) if document.status is not DocumentStatus.OK],
            questions=questions,
            together=[figure_view(figure, f"t{at}") for at, figure in enumerate(together, start=1)],
            summaries=[_summary(at, found) for at, found in enumerate(summaries, start=1)],
            comparisons=comparisons,
            result_heads=RESULT_HEADS,
            cited_note=CITED_NOTE,
            flags=flags,
            coverage=_coverage(records),
            studies=_studies(records),
            documents=_worst_first(records),
            software=software_text(),
            references=_references(answers),
            items=prisma_items(analyses, tables, records),
            passages=numbers.passages(),
            not_reported=NOT_REPORTED,
        )
    )


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("evidence.present"),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(value: object) -> object:
    """Texts without control and direction characters, which a reader would obey; the page's own markup as it is."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return "".join(each for each in value if each in "\n\t" or not unicodedata.category(each).startswith("C"))


def _question(at: int, answer: Answer, records: Records, numbers: CitedNumbers) -> QuestionView:
    anchor = f"q{at}"
    figures = [
        figure_view(figure, f"{anchor}-{order}", with_data=figure.name not in FORESTS)
        for order, figure in enumerate(answer.figures, start=1)
    ]
    methods = [section for section in answer.methods if section.heading not in _SHARED]
    return question_view(at, answer.analysis, records, numbers, figures=figures, methods=methods)


def figure_view(figure: Figure, prefix: str, *, with_data: bool = True) -> Mapping[str, Any]:
    """What the template shows of a picture; its data are left out where the page has a better table of them."""
    heads, *rows = csv.reader(io.StringIO(figure.data)) if with_data else [[]]
    return {
        "svg": Markup(inline_svg(figure.svg, prefix)),  # noqa: S704 - drawn by this program, which escapes its texts
        "title": svg_title(figure.svg),
        "heads": [_HEADS.get(head, head.replace("_", " ")) for head in heads],
        "rows": [[_rounded(cell) for cell in row] for row in rows],
    }


def _rounded(cell: str) -> str:
    """A number with few digits; other text as it is."""
    try:
        value = float(cell)
    except ValueError:
        return plain(cell)
    return cell if value.is_integer() and "e" not in cell else f"{value:.{_DIGITS}g}"


def _comparison(at: int, table: ComparisonTable, numbers: CitedNumbers) -> Mapping[str, Any]:
    anchor, title = f"c{at}", title_of_comparison(table.question)
    shown = Link(anchor, f"Comparison {at}")
    return {
        "anchor": anchor,
        "number": at,
        "title": title,
        "cited": any(row.cited for row in table.rows),
        "outcomes": [
            (outcome, [(result_cells(row), numbers.links(row.result_ids, shown)) for row in rows])
            for outcome, rows in by_outcome(table).items()
        ],
    }


def _summary(at: int, found: Findings) -> Mapping[str, Any]:
    """A summary of findings and the facts for GRADE, each table as a fragment that is escaped already."""
    tables = [(table.caption, Markup(paper_html(table))) for table in summary_tables(found)]  # noqa: S704
    return {"number": at, "anchor": f"s{at}", "title": summary_title(found), "tables": tables}


def _flags(records: Records, numbers: CitedNumbers) -> list[tuple[Flag, str, tuple[Link, ...]]]:
    """Every doubt, the worst first, with its study and links to its numbers."""
    labels = study_labels(merged := merged_studies(records.studies), merged)
    shown = Link("doubts", "Doubts about the data")

    def links(flag: Flag) -> tuple[Link, ...]:
        named = numbers.links_with_sides if flag.study_id else numbers.links_with_studies
        return named(flag.result_ids, shown)

    ordered = sorted(records.flags, key=lambda flag: (list(Severity).index(flag.severity), flag.flag_id))
    return [(flag, labels.get(flag.study_id or "", ""), links(flag)) for flag in ordered]


def _coverage(records: Records) -> Mapping[str, Any] | None:
    """The matrix of studies and outcomes; nothing where there is no number."""
    table = coverage_table(records)
    if not table.studies or not table.outcomes:
        return None
    return {
        "outcomes": table.outcomes,
        "studies": [
            (label, cited, [table.cells.get((study_id, outcome)) for outcome in table.outcomes])
            for study_id, label, cited in table.studies
        ],
    }


def _studies(records: Records) -> list[Mapping[str, Any]]:
    """The characteristics of every study, with the documents that report or restate it."""
    merged = merged_studies(records.studies)
    labels = study_labels(merged, merged)
    documents = {document.document_id: document for document in records.documents}
    reports: dict[str, list[tuple[DocumentRecord, bool]]] = {}
    for study in records.studies:
        if study.document_id in documents:
            own = study.report is not Report.CITED
            reports.setdefault(study.study_id, []).append((documents[study.document_id], own))
    arms: dict[str, list[str]] = {}
    for arm in records.arms:
        if arm.document_id == merged[arm.study_id].document_id:
            size = NOT_REPORTED if arm.n is None else f"n = {arm.n}"
            arms.setdefault(arm.study_id, []).append(f"{arm_text(arm.label)} ({size})")
    return [
        {
            "label": labels[study_id],
            "cells": _characteristics(study),
            "arms": arms.get(study_id, []),
            "reports": reports.get(study_id, []),
        }
        for study_id, study in sorted(merged.items(), key=lambda pair: (labels[pair[0]].casefold(), pair[0]))
    ]


def _characteristics(study: Study) -> list[str]:
    values = (
        study.year,
        study.design and study.design.value.replace("_", " "),
        study.phase,
        study.population,
        study.n_total,
        study.followup_median_months,
        ", ".join(study.registry_ids) or None,
    )
    return [NOT_REPORTED if value is None else plain(as_text(value)) for value in values]


def _worst_first(records: Records) -> list[DocumentRecord]:
    """Documents: those that were not read, those read in part, the others."""
    order = list(DocumentStatus)[::-1]
    return sorted(records.documents, key=lambda document: (order.index(document.status), document.source))


def _references(answers: Sequence[Answer]) -> list[str]:
    found = [
        item for answer in answers for part in answer.methods if part.heading == "References" for item in part.items
    ]
    return list(dict.fromkeys(found))
