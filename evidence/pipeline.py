"""The flow: ingest a corpus into a store, answer questions, and write what a person asked for.

The one file in which the whole way can be read. `run` does everything; `ingesting.py` brings documents into a store,
`checked.py` tells what is known of them now, `outputs.py` and `panel.py` write. All of it that other programs call is
here by name.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.checked import (
    by_influence,
    checked_document,
    checked_records,
    compared,
    rechecked_records,
    records_before,
)
from evidence.errors import QuestionError, StoreError, SynthesisError
from evidence.ingesting import OCR_OPTION, Progress, ingest
from evidence.model.codes import RowStatus
from evidence.model.question import Question, load_figures, load_judgements, load_questions
from evidence.model.results import Analysis
from evidence.model.summary import load_summaries
from evidence.reports import RunReport

if TYPE_CHECKING:
    from evidence.present.compare import ComparisonTable

__all__ = [
    "OCR_OPTION",
    "Progress",
    "by_influence",
    "checked_document",
    "checked_records",
    "compared",
    "ingest",
    "rechecked_records",
    "records_before",
    "run",
]


def run(
    questions: Path, corpus: Iterable[str | Path], out: Path, *, jobs: int = 1, progress: Progress | None = None
) -> RunReport:
    """Everything: ingest the corpus into `out/evidence.db`, export the tables, answer every question, write the report.

    The store is rebuilt by every run, so that it holds this corpus and nothing else; a store that holds decisions of
    people is not thrown away. A question that cannot be answered does not stop the others.

    Raises
    ------
    QuestionError
        If the question file is absent or asks for what does not exist.
    StoreError
        If the store cannot be written or holds decisions.
    ExportError
        If something cannot be written to `out`.
    """
    from evidence.outputs import export, write_analysis, write_reports, write_together
    from evidence.panel import summarise, write_comparison, write_summary
    from evidence.present.compare import comparison_table
    from evidence.store import open_store
    from evidence.synthesise import answer

    asked = load_questions(questions)
    figures = load_figures(questions, asked)
    summaries = load_summaries(questions, asked)
    judged = load_judgements(questions, (*asked, *figures))
    database = out / "evidence.db"
    _clear(database)
    with open_store(f"sqlite:///{database}") as store:
        ingested = ingest(corpus, store, jobs=jobs, progress=progress)
        records, snapshot = checked_records(store), store.snapshot_id()
    analyses: list[Analysis] = []
    drawn: list[list[Path]] = []
    together: list[Path] = []
    tables: list[ComparisonTable] = []
    unanswered: list[tuple[Question, str]] = []
    written = export(records, out / "tables", "csv")
    for question in asked:
        try:
            if question.kind == "compare":
                tables.append(comparison_table(records, question))
                written += write_comparison(tables[-1], out / question.id)
            else:
                analysis = replace(answer(question, records), bias=judged.get(question.id))
                drawn.append(write_analysis(analysis, out / question.id, snapshot=snapshot))
                analyses.append(analysis)
                written += drawn[-1]
        except (QuestionError, SynthesisError) as error:
            unanswered.append((question, str(error)))
    for figure in figures:
        answered = {analysis.question.id: analysis for analysis in analyses}
        parts = [answered[name] for name in figure.questions if name in answered]
        try:
            if parts:
                together += write_together(parts, out / figure.id, title=figure.title, bias=judged.get(figure.id))
        except QuestionError as error:
            unanswered.append((parts[0].question, f"Figure {figure.id!r} was not drawn. {error}"))
    found = [summarise(summary, analyses, records) for summary in summaries]
    for summary in found:
        written += write_summary(summary, out / summary.summary.id)
    for kind in ("xlsx", "docx"):
        written += export(
            records,
            out / f"evidence.{kind}",
            kind,
            analyses=analyses,
            tables=tables,
            summaries=found,
            snapshot=snapshot,
        )
    written += export(records, out / "evidence.jsonl", "jsonl")
    reports, no_pdf = write_reports(
        analyses,
        tables,
        records,
        out,
        figures=drawn,
        together=together,
        summaries=found,
        unanswered=unanswered,
        snapshot=snapshot,
    )
    return RunReport(
        ingested=ingested,
        analyses=tuple(analyses),
        unanswered=tuple(unanswered),
        written=(*written, *together, *reports),
        notes=(no_pdf,) if no_pdf else (),
    )


def _clear(database: Path) -> None:
    """Remove the store of an earlier run, unless people have decided about rows in it."""
    from evidence.store import open_store

    if database.exists():
        with open_store(f"sqlite:///{database}") as store:
            decided = sum(row.status is not RowStatus.EXTRACTED for row in store.records().results())
            linked = len(store.link_events())
            read = len(store.dual.assignments())
        counts = ((decided, "rows"), (linked, "links of studies"), (read, "documents to be read twice"))
        if any(count for count, _ in counts):
            about = " and ".join(f"{count} {what}" for count, what in counts if count)
            raise StoreError(
                f"{database} holds decisions of people about {about}, and a run would build it anew. "
                "Move it away, or give another --out folder."
            )
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        for ending in ("", "-wal", "-shm"):
            database.with_name(database.name + ending).unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"{database} could not be replaced: {error.strerror or error}. Give another --out folder."
        ) from error
