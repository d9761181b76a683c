"""Ingesting: find files; read, extract and check each in processes of their own; store it whole, or the reason why not.

Only the parent writes, in the order of the files, so that nothing stored or reported depends on the number of
processes. One bad file never stops the rest: it becomes a document with status "failed" and the reason.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.errors import EvidenceError, TooLarge
from evidence.files import (
    FoundFile,
    fetch,
    find_files,
    identity_of,
    is_workbook_file,
    name_of,
    open_library,
)
from evidence.model.codes import DocumentStatus
from evidence.model.records import DocumentRecord
from evidence.one_file import DEBUG_VARIABLE, Made, Task, bug, make, prepare, stopped, unchanged, unread_at_all
from evidence.processes import SECONDS, Work, in_order
from evidence.reports import FileReport, IngestReport, Status
from evidence.settings import LEXICON_VARIABLE

if TYPE_CHECKING:
    from evidence.store import Described, Store

#: By this the reason of a gap names OCR as the remedy.
OCR_OPTION = "--ocr"
#: Seconds that a document may take when its pages are read by OCR, each of them some seconds.
_OCR_SECONDS = 1800.0
_ALREADY_STORED = "already in the store"

Progress = Callable[[int, int, str], None]


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
