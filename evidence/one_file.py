"""What becomes of one file: its documents read, extracted and checked, or the reason why not.

Works in a process of its own. A document that cannot be read, or a bug on one, is a report that says so, and costs no
other file.
"""

import traceback
from dataclasses import dataclass, replace
from pathlib import Path

from evidence.errors import EvidenceError, UnknownFormat
from evidence.files import identity_of, is_paper, is_prose, name_of
from evidence.model.codes import REPORTED, DocumentStatus, Severity
from evidence.model.document import Document
from evidence.model.records import Records
from evidence.model.tables import TABLES, records_of
from evidence.processes import Parts
from evidence.reports import FileReport

#: Environment variable that shows the traceback of a bug, which ingesting otherwise only records.
DEBUG_VARIABLE = "EVIDENCE_DEBUG"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One file on its way into a process. `data` are the bytes where they are not behind the path.

    `source` is what it is called, the path itself unless it has another name.
    """

    path: str
    source: str
    named: bool
    document_id: str | None
    data: bytes | None = None
    known: str | None = None  # who has these bytes already: the store, or a file met before in this run
    fault: str | None = None  # why nothing could be fetched for an identifier
    gap: str | None = None  # what of the paper was not fetched
    part: bool = False  # one of the documents of a file
    ocr: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What came of a task: a report alone, or, with it, what to store."""

    report: FileReport
    document: Document | None = None
    records: Records | None = None
    trace: str | None = None  # where a bug happened


def unread_at_all(task: Task) -> Made | None:
    """What becomes of a file that needs no reading, known before any library is loaded."""
    if task.known:
        return Made(report=unchanged(name_of(task.source), task.document_id, task.known))
    if task.fault:
        return _failed(task, task.fault)
    if task.data is None and Path(task.path).is_dir():
        return _failed(task, f"{task.source}: this folder holds no files to read. Give the folder of the papers.")
    return None


def prepare() -> None:
    """Load what reading needs, so that no document has to wait for it."""
    from evidence.check import check
    from evidence.extract import extract
    from evidence.read import read

    check(extract(read(b"Patients (pts) were treated.", name="a first text")))


def make(task: Task) -> Made | Parts[Task]:
    """Read, extract and check the document of a file; several documents are told apart and come back one by one."""
    from evidence.read import split

    if task.part:
        return _document(task, task.data or b"")
    try:
        parts = split(task.path if task.data is None else task.data, name=name_of(task.source))
    except EvidenceError as error:
        return _unread(task, error)
    except MemoryError:
        raise
    except Exception as error:
        return _fault(task, error)
    if len(parts) == 1:
        return _document(task, parts[0].data)
    return Parts(
        tuple(
            replace(
                task,
                source=part.name,
                named=True,
                document_id=identity_of("", part.data),
                data=part.data,
                known=None,
                part=True,
            )
            for part in parts
        )
    )


def _document(task: Task, data: bytes) -> Made:
    """Read, extract and check one document."""
    from evidence.check import check
    from evidence.extract import extract
    from evidence.read import read

    try:
        document = read(data, name=name_of(task.source), ocr=task.ocr)
        if not task.named and document.format == "text" and not is_prose(task.source):
            return _skipped(task, f"{task.source}: text, but by its ending no paper; name the file to read it.")
        if task.gap:
            reasons = " ".join(filter(None, (document.status_reason, task.gap)))
            document = replace(document, status=DocumentStatus.PARTIAL, status_reason=reasons)
        records = check(extract(document))
    except EvidenceError as error:
        return _unread(task, error)
    except MemoryError:
        raise  # the limit of the process, which knows what to say
    except Exception as error:
        return _fault(task, error)
    return Made(
        report=FileReport(
            source=document.source,
            status="added",
            document_id=document.document_id,
            reason=document.status_reason,
            rows={table: len(records_of(records, table)) for table in TABLES},
            computed=sum(row.derivation != REPORTED for row in records.results()),
            errors=sum(flag.severity is Severity.ERROR for flag in records.flags),
            partly=document.status is DocumentStatus.PARTIAL,
        ),
        document=document,
        records=records,
    )


def _unread(task: Task, error: EvidenceError) -> Made:
    """A file that cannot be read; one of unknown content is passed over unless somebody means it as a paper."""
    meant = task.named or is_paper(task.source)
    return _skipped(task, str(error)) if isinstance(error, UnknownFormat) and not meant else _failed(task, str(error))


def stopped(task: Task, reason: str) -> Made:
    """What becomes of a file whose process was ended, for this reason."""
    return _failed(
        task, f"{name_of(task.source)}: {reason}, so it was stopped. Give the paper alone, or in another format."
    )


def unchanged(source: str, document_id: str | None, who: str) -> FileReport:
    """Report of a file whose bytes somebody has already."""
    return FileReport(source=source, status="unchanged", document_id=document_id, reason=who)


def _failed(task: Task, reason: str) -> Made:
    return Made(
        report=FileReport(source=name_of(task.source), status="failed", document_id=task.document_id, reason=reason)
    )


def _skipped(task: Task, reason: str) -> Made:
    return Made(report=FileReport(source=task.source, status="skipped", reason=reason))


def _fault(task: Task, error: Exception) -> Made:
    return bug(name_of(task.source), task.document_id, error)


def bug(source: str, document_id: str | None, error: Exception) -> Made:
    """A bug, which must not cost the other files; called while the exception is being handled."""
    reason = (
        f"{source}: a fault of evidence itself ({type(error).__name__}: {error}), not of the file. "
        f"Please report it; {DEBUG_VARIABLE}=1 shows where it happened."
    )
    return Made(
        report=FileReport(source=source, status="failed", document_id=document_id, reason=reason),
        trace=traceback.format_exc(),
    )
