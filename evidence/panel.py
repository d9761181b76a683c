"""What a guideline panel pastes into its document: comparisons, summaries of findings, and both with pictures in Word.

The rooms that compute and the room that shows do not know each other; here their results become files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from evidence.errors import ExportError
from evidence.model.codes import Outcome
from evidence.model.findings import Findings
from evidence.model.question import Question, load_judgements, load_questions
from evidence.model.records import Records
from evidence.model.results import Analysis
from evidence.model.summary import Summary, load_summaries
from evidence.pictures import asymmetry_of
from evidence.present.compare import ComparisonTable, comparison_table

#: Endings of a file that a comparison can be written to; anything else is a folder that gets all of them.
COMPARISON_KINDS = (".csv", ".md", ".html", ".xlsx", ".docx")


def write_comparison(table: ComparisonTable, out: Path) -> list[Path]:
    """Write a comparison table as `comparison.csv`, `.md`, `.html`, `.xlsx` and `.docx`, or as the one file named.

    Raises
    ------
    ExportError
        If the folder or a file in it cannot be written.
    """
    if out.suffix.lower() in COMPARISON_KINDS and not out.is_dir():
        return [_comparison(table, out)]
    return [_comparison(table, out / f"comparison{kind}") for kind in COMPARISON_KINDS]


def _comparison(table: ComparisonTable, path: Path) -> Path:
    from evidence.present.compare_views import (
        comparison_markdown,
        markdown,
        title_of_comparison,
        write_comparison_csv,
    )
    from evidence.present.side_by_side import side_by_side_page
    from evidence.present.workbook import write_comparison_xlsx

    kind = path.suffix.lower()
    if kind == ".csv":
        return write_comparison_csv(table, path)
    if kind == ".xlsx":
        return write_comparison_xlsx(table, path)
    if kind == ".docx":
        return _comparison_word(table, path)
    if kind == ".html":
        return _write(path, side_by_side_page(table))
    return _write(path, f"# {markdown(title_of_comparison(table.question))}\n\n{comparison_markdown(table)}")


def _comparison_word(table: ComparisonTable, path: Path) -> Path:
    from evidence.present.compare_views import NOTHING, title_of_comparison
    from evidence.present.references import References
    from evidence.present.side_by_side import side_by_side
    from evidence.present.word import WordDocument

    references = References(table.documents)
    file = WordDocument(title_of_comparison(table.question), wide=True)
    for part in side_by_side(table, references):
        file.table(part)
    if not table.rows:
        file.paragraph(NOTHING)
    file.references(references.listed())
    return file.save(path)


def summarise(summary: Summary, analyses: Sequence[Analysis], records: Records) -> Findings:
    """Work out a summary of findings from the analyses of its questions."""
    from evidence.synthesise import findings

    asked = {row.question for row in summary.outcome}
    known = {analysis.question.id: analysis for analysis in analyses if analysis.question.id in asked}
    asymmetry = {name: tuple(asymmetry_of(analysis)) for name, analysis in known.items()}
    return findings(summary, known, records, asymmetry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the questions of a file give: pooled analyses, comparison tables, summaries of findings."""

    analyses: tuple[Analysis, ...]
    tables: tuple[ComparisonTable, ...]
    summaries: tuple[Findings, ...]


def answers(questions: Path, records: Records) -> Answers:
    """Answer the questions and summaries of a file.

    Raises
    ------
    QuestionError
        If the file is absent or asks for what does not exist.
    SynthesisError
        If a question cannot be worked on.
    """
    from evidence.synthesise import answer

    asked = load_questions(questions)
    summaries = load_summaries(questions, asked)
    judged = load_judgements(questions, asked)
    analyses = tuple(
        replace(answer(question, records), bias=judged.get(question.id))
        for question in asked
        if question.kind != "compare"
    )
    return Answers(
        analyses=analyses,
        tables=tuple(comparison_table(records, question) for question in asked if question.kind == "compare"),
        summaries=tuple(summarise(summary, analyses, records) for summary in summaries),
    )


def write_summary(found: Findings, folder: Path) -> list[Path]:
    """Write a summary of findings as `summary.csv`, `.html` and `.docx`.

    Raises
    ------
    ExportError
        If the folder or a file in it cannot be written.
    """
    from evidence.present.summary_tables import summary_csv, summary_page, summary_tables, summary_title
    from evidence.present.word import WordDocument

    file = WordDocument(f"Summary of findings: {summary_title(found)}", wide=True)
    for table in summary_tables(found):
        file.table(table)
    return [
        _write(folder / "summary.csv", summary_csv(found)),
        _write(folder / "summary.html", summary_page(found)),
        file.save(folder / "summary.docx"),
    ]


def write_word(
    records: Records,
    path: Path,
    *,
    analyses: Sequence[Analysis] = (),
    tables: Sequence[ComparisonTable] | None = None,
    summaries: Sequence[Findings] = (),
    filters: Mapping[str, str] | None = None,
    snapshot: str | None = None,
) -> Path:
    """Write characteristics, arms, comparisons, summaries of findings, forest plots and references as one document.

    Without `tables` every outcome of the records that has a code is compared.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    from evidence.present.compare_views import NOTHING, title_of_comparison
    from evidence.present.forest_pages import forest_pages
    from evidence.present.references import References
    from evidence.present.side_by_side import side_by_side
    from evidence.present.study_tables import arms, characteristics
    from evidence.present.summary_tables import summary_tables, summary_title
    from evidence.present.word import PICTURE_HEIGHT, WordDocument
    from evidence.present.wording import title_of

    references = References(records.documents)
    file = WordDocument("Evidence tables", wide=True)
    file.paragraph(_origin(records, filters or {}, snapshot))
    file.heading("Characteristics of the studies")
    file.table(characteristics(records, references))
    file.wide(False)
    file.heading("Arms")
    file.table(arms(records))
    compared = _every_outcome(records) if tables is None else tables
    if compared:
        file.wide(True)
    for table in compared:
        file.heading(title_of_comparison(table.question))
        for part in side_by_side(table, references):
            file.table(part)
        if not table.rows:
            file.paragraph(NOTHING)
    if tables is None:
        file.paragraph("Outcomes without a code (OTHER) are not compared here; the spreadsheet has them.")
    if summaries:
        file.wide(True)
    for found in summaries:
        file.heading(f"Summary of findings: {summary_title(found)}")
        for part in summary_tables(found):
            file.table(part)
    file.wide(False)
    drawn = [analysis for analysis in analyses if analysis.estimates]
    if drawn:
        file.heading("Forest plots")
    for analysis in drawn:
        pages, description = forest_pages(analysis, PICTURE_HEIGHT)
        file.picture(pages, title_of(analysis), description)
    file.references(references.listed())
    return file.save(path)


def _every_outcome(records: Records) -> tuple[ComparisonTable, ...]:
    """One comparison of all coded outcomes that the records hold, in the order of the codes."""
    held = {row.outcome for row in records.results()}
    outcomes = tuple(code.value for code in Outcome if code in held and code is not Outcome.OTHER)
    if not outcomes:
        return ()
    question = Question(id="compare", title="What each study reports", outcome=outcomes, include_derived=True)
    return (comparison_table(records, question),)


def _origin(records: Records, filters: Mapping[str, str], snapshot: str | None) -> str:
    """What the document was made from; the snapshot names the state of the store."""
    said = f"Made with evidence {version('evidence')} from {len(records.documents)} documents"
    said += f", snapshot {snapshot}." if snapshot else "."
    if filters:
        said += f" Filters: {'; '.join(f'{name}: {value}' for name, value in filters.items())}."
    return (
        f"{said} Numbers are as the documents print them; compare them with the papers before they enter a guideline."
    )


def _write(path: Path, content: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8", "replace"))
    except OSError as error:
        raise ExportError(f"{path} could not be written: {error.strerror or error}. Give another --out.") from error
    return path
