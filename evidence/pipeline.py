"""The flow: find files; read, extract, check, store; answer questions and write what a person asked for.

The one file in which the whole way can be read. `ingest` brings documents into a store, `run` does everything. One bad
file never stops the rest: it becomes a document with status "failed" and the reason. Nothing that is stored or reported
depends on the number of processes: they read, extract and check, and only the parent writes, in the order of the files.
`files.py` finds the files and fetches papers, `one_file.py` makes the records of one, `reports.py` says what became of
them.
"""

import datetime as dt
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.errors import EvidenceError, QuestionError, StoreError, SynthesisError, TooLarge
from evidence.files import (
    FoundFile,
    fetch,
    find_files,
    identity_of,
    is_workbook_file,
    name_of,
    open_library,
)
from evidence.model.codes import DocumentStatus, RowStatus, Severity
from evidence.model.question import Question, load_figures, load_judgements, load_questions
from evidence.model.records import DocumentRecord, Flag, Records
from evidence.model.results import Analysis, Stake
from evidence.model.summary import load_summaries
from evidence.model.tables import TABLES
from evidence.one_file import DEBUG_VARIABLE, Made, Task, bug, make, prepare, stopped, unchanged, unread_at_all
from evidence.processes import SECONDS, Work, in_order
from evidence.reports import FileReport, IngestReport, RunReport, Status
from evidence.settings import LEXICON_VARIABLE

if TYPE_CHECKING:
    from evidence.present.compare import ComparisonTable
    from evidence.store import Described, Store

#: By this the reason of a gap names OCR as the remedy.
OCR_OPTION = "--ocr"
#: Seconds that a document may take when its pages are read by OCR, each of them some seconds.
_OCR_SECONDS = 1800.0
_ALREADY_STORED = "already in the store"

Progress = Callable[[int, int, str], None]


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


def ingest(
    paths: Iterable[str | Path | FoundFile],
    store: "Store",
    *,
    jobs: int = 1,
    ocr: bool = False,
    by: str | None = None,
    progress: Progress | None = None,
    pulse: Callable[[], None] = lambda: None,
) -> IngestReport:
    """Read, extract, check and store files, folders, standard input or papers known by their identifiers.

    The same bytes again change nothing. A workbook of the tables that a person names is compared with the store after
    the documents, and what was changed in it becomes decisions of who is named in it, or else of `by`.

    `jobs` processes read, extract and check, under limits of time and memory (`evidence.processes`). `progress` is
    called after every document with the number of its file, the number of all files, and the document. With `ocr`,
    pages without a text layer are read with tesseract, also of documents that were stored without them. `pulse` is
    called about once a second; what it raises ends the ingesting, and documents stored before stay.

    Raises
    ------
    ReadError
        If tesseract is asked for and not there.
    LexiconError
        If the lists of words that a person added do not fit.
    StoreError
        If the store cannot be written; documents stored before stay.
    """
    if ocr:
        from evidence.read import require_ocr

        require_ocr()
    if os.environ.get(LEXICON_VARIABLE):
        from evidence.extract.word_lists import check_lists

        check_lists()
    from evidence.store import RECORDS

    found = find_files(paths)
    workbooks = [file for file in found if file.named and not file.name and is_workbook_file(file.path)]
    files = tuple(file for file in found if file not in workbooks)
    run_id = store.start_run(installed_version("evidence"), {"files": len(files)})
    reports: dict[int, FileReport] = {}
    descriptions: dict[int, Made] = {}
    work = Work(do=make, at_once=unread_at_all, stopped=stopped, prepare=prepare)
    seconds = _OCR_SECONDS if ocr else SECONDS
    for number, made in in_order(work, _tasks(files, store, ocr=ocr), jobs, seconds=seconds, pulse=pulse):
        place = len(reports) + len(descriptions)
        if made.document is not None and made.document.format in RECORDS:
            descriptions[place] = made  # the papers it describes may come after it
        else:
            reports[place] = _stored(made, store, run_id)
        if progress:
            progress(number, len(files), made.report.source)
    about = store.describe([made.document.record() for made in descriptions.values() if made.document])
    for (place, made), papers in zip(descriptions.items(), about, strict=True):
        reports[place] = _described(made, papers, store, run_id)
    ordered = [report for _, report in sorted(reports.items())]
    return IngestReport(files=(*ordered, *(_taken(file.path, store, by) for file in workbooks)))


def _taken(path: str, store: "Store", by: str | None) -> FileReport:
    """What became of the decisions in a workbook."""
    from evidence.corrections import take_workbook

    try:
        return take_workbook(Path(path).read_bytes(), path, store, by=by)
    except EvidenceError as error:
        return FileReport(source=path, status="failed", reason=str(error))


def checked_records(store: "Store") -> Records:
    """What is known now of everything stored, with the doubts that follow.

    Flags are those of the rows as people left them: what was rejected is not doubted, what was corrected or entered is
    checked anew. And documents are compared with each other, which none of them could be when it was ingested.
    """
    return compared(rechecked_records(store))


def records_before(store: "Store", moment: dt.datetime) -> Records:
    """Each document by itself, its rows as people had left them before a moment, given with its time zone."""
    from evidence.check import recheck

    return store.records(recheck=recheck, before=moment)


def rechecked_records(store: "Store", known: Records | None = None, documents: Iterable[str] = ()) -> Records:
    """What is known now of each document by itself; of `known`, only these documents are read again."""
    from evidence.check import recheck

    if known is None:
        return store.records(recheck=recheck)
    again = {document_id: store.records(document_id=document_id, recheck=recheck) for document_id in documents}
    told = {
        table: (
            *(row for row in getattr(known, table) if row.document_id not in again),
            *(row for records in again.values() for row in getattr(records, table)),
        )
        for table in TABLES
    }
    return Records(**{table: tuple(sorted(rows, key=lambda row: row.document_id)) for table, rows in told.items()})


def compared(records: Records) -> Records:
    """The records with the doubts that only several documents together give."""
    from evidence.check import between

    return between(records)


def checked_document(store: "Store", document_id: str) -> Records:
    """What is known now of one document, with the doubts that it raises by itself.

    Raises
    ------
    NotFound
        If there is no such document.
    """
    from evidence.check import recheck

    return store.records(document_id=document_id, recheck=recheck)


def by_influence(records: Records, *, severity: Severity | None = None) -> list[tuple[Flag, Stake | None]]:
    """Doubts in the order in which they matter, each with what it could change in a pooled estimate.

    The worst first, of one severity those about the numbers that move a pooled estimate most, then the others.
    """
    flags = [flag for flag in records.flags if severity in (None, flag.severity)]
    asked = {result_id for flag in flags for result_id in flag.result_ids}
    found: dict[str, Stake] = {}
    if asked:
        from evidence.synthesise import stakes

        found = stakes(records, asked)
    worst_first = list(Severity)

    def moved(flag: Flag) -> Stake | None:
        at_stake = [found[result_id] for result_id in flag.result_ids if result_id in found]
        return max(at_stake, key=lambda stake: stake.change, default=None)

    def place(doubt: tuple[Flag, Stake | None]) -> tuple[int, float, str, str]:
        flag, stake = doubt
        return worst_first.index(flag.severity), -stake.change if stake else 0.0, flag.study_id or "", flag.flag_id

    return sorted(((flag, moved(flag)) for flag in flags), key=place)


def _tasks(files: Iterable[FoundFile], store: "Store", *, ocr: bool) -> Iterator[Task]:
    """The files with the identity of their bytes; those already stored or met before in this run are marked."""
    met: dict[str, str] = {}
    library = cache(open_library)
    for file in files:
        data, fault, gap = fetch(file.path, library)
        identity = identity_of(file.path, data) if fault is None else None
        known = None
        if identity is not None:
            known = f"the same bytes as {met[identity]}" if identity in met else None
            if known is None and store.has(identity) and not (ocr and _asks_for_ocr(store, identity)):
                known = _ALREADY_STORED
            met.setdefault(identity, file.name or name_of(file.path))
        yield Task(
            path=file.path,
            source=file.name or file.path,
            named=file.named,
            document_id=identity,
            data=data,
            known=known,
            fault=fault,
            gap=gap,
            ocr=ocr,
        )


def _asks_for_ocr(store: "Store", document_id: str) -> bool:
    """Whether a document was read in part, and says that OCR could read more of it."""
    if store.status(document_id) is not DocumentStatus.PARTIAL:
        return False
    (record,) = store.records(document_id=document_id).documents
    return OCR_OPTION in (record.status_reason or "")


def _described(made: Made, found: "Sequence[Described]", store: "Store", run_id: int) -> FileReport:
    """What became of a record of a bibliography that describes these stored papers.

    Its abstract is a document of its own; a record without one is stored only where no paper is there.
    """
    from evidence.read import NO_ABSTRACT

    told = [
        f"{paper.source} ({what})"
        for paper in found
        if (what := "; ".join((*((f"took {', '.join(paper.filled)}",) if paper.filled else ()), *paper.differing)))
    ]
    remark = f"describes {'; '.join(told)}; what a paper prints is kept" if told else None
    if found and made.document is not None and NO_ABSTRACT in (made.document.status_reason or ""):
        status: Status = "described" if any(paper.filled for paper in found) else "unchanged"
        return FileReport(
            source=made.report.source,
            status=status,
            document_id=found[0].document_id,
            reason="describes a paper in the store",
            remark=remark,
        )
    return replace(_stored(made, store, run_id), remark=remark)


def _stored(made: Made, store: "Store", run_id: int) -> FileReport:
    """Write what was made; a file that failed leaves a row that says so, unless not even its bytes could be had."""
    report = made.report
    if made.trace and os.environ.get(DEBUG_VARIABLE):
        sys.stderr.write(made.trace)
    if made.document is not None and made.records is not None:
        try:
            seen = any(mark.kind == "ocr" for mark in made.document.marks)
            added = store.add(made.document, made.records, run_id=run_id, fuller=seen)
        except TooLarge as error:
            failed = FileReport(
                source=report.source,
                status="failed",
                document_id=report.document_id,
                reason=f"{report.source}: {error}",
            )
            return _stored(Made(report=failed), store, run_id)
        except EvidenceError:
            raise
        except Exception as error:
            return _stored(bug(report.source, report.document_id, error), store, run_id)
        else:
            # Another process may have stored the same bytes meanwhile.
            return report if added else unchanged(report.source, report.document_id, _ALREADY_STORED)
    if report.status == "failed" and report.document_id is not None:
        store.add_failed(
            DocumentRecord(
                document_id=report.document_id,
                source=report.source,
                format="",
                status=DocumentStatus.FAILED,
                status_reason=report.reason,
            ),
            run_id=run_id,
        )
    return report


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
