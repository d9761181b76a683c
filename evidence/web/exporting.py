"""The evidence tables as one file to take away."""

import shutil
import tempfile
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from evidence import outputs
from evidence.errors import NotFound
from evidence.model.codes import RowStatus
from evidence.model.records import Records
from evidence.web.service import Service

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: Format: what it is called, its media type, and whether it is a folder, which travels as a ZIP archive.
FORMATS: dict[str, tuple[str, str, bool]] = {
    "xlsx": ("Spreadsheet", _XLSX, False),
    "docx": ("Word document with tables and references to paste", _DOCX, False),
    "csv": ("CSV, a file for each table", "text/csv", True),
    "jsonl": ("JSON lines", "application/x-ndjson", False),
    "parquet": ("Parquet, a file for each table", "application/vnd.apache.parquet", True),
    "ris": ("RIS, the documents as a bibliography", "application/x-research-info-systems", False),
    "revman": ("RevMan study data", "text/csv", True),
    "robvis": ("robvis, a form for the risk of bias", "text/csv", False),
    "metafor": ("Data and R script for each question", "text/plain", True),
}
_ZIP = "application/zip"
#: What an export may be.
MEDIA_TYPES = sorted({_ZIP if is_folder else media_type for _, media_type, is_folder in FORMATS.values()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file made for one request."""

    content: bytes
    name: str
    media_type: str


def of_status(records: Records, statuses: Collection[RowStatus]) -> Records:
    """The rows of these statuses with the flags about them; documents, studies and arms stay, single patients go."""
    arm_results = tuple(row for row in records.arm_results if row.status in statuses)
    contrasts = tuple(row for row in records.contrasts if row.status in statuses)
    kept = {row.result_id for row in arm_results} | {row.result_id for row in contrasts}
    flags = tuple(flag for flag in records.flags if kept.intersection(flag.result_ids))
    return replace(records, arm_results=arm_results, contrasts=contrasts, patients=(), flags=flags)


def exported(service: Service, kind: str, *, statuses: Collection[RowStatus] = ()) -> Exported:
    """Everything known now, or its rows of these statuses, in one of `FORMATS`.

    Raises
    ------
    NotFound
        If there is no such format.
    ExportError
        If nothing can be written in it.
    """
    if kind not in FORMATS:
        raise NotFound(f"There is no export {kind!r}; there are {', '.join(FORMATS)}.")
    _, media_type, is_folder = FORMATS[kind]
    records = service.known.records()
    with tempfile.TemporaryDirectory(prefix="evidence-") as temporary:
        out = Path(temporary) / ("evidence" if is_folder else f"evidence.{kind}")
        outputs.export(
            of_status(records, statuses) if statuses else records,
            out,
            kind,
            filters={"status": ", ".join(statuses)} if statuses else None,
            snapshot=service.store.snapshot_id(),
            decisions=service.known.decisions(),
            questions=[question for question in service.asked() if question.kind != "compare"],
        )
        if not out.is_dir():
            return Exported(content=out.read_bytes(), name=out.name, media_type=media_type)
        packed = shutil.make_archive(str(Path(temporary) / "packed"), "zip", out)
        return Exported(content=Path(packed).read_bytes(), name=f"evidence-{kind}.zip", media_type=_ZIP)
