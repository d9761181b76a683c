"""The evidence tables for other programs: RIS for reference managers, study data for RevMan, a form for robvis.

Nothing is computed, chosen or judged here. Numbers have the digits the document prints, empty is "not reported", and
rows that a person rejected stay out.
"""

import csv
import io
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from evidence.errors import ExportError
from evidence.model.codes import Design, DocumentStatus, Report, RowStatus
from evidence.model.records import DocumentRecord, Records, Study
from evidence.model.risk_of_bias import ROB2, ROBINS_I, Tool
from evidence.model.tables import to_row

#: Designs of which no instrument judges the risk of bias as a study.
_NOT_JUDGED = (Design.REVIEW, Design.PRECLINICAL)


def write_ris(records: Records, path: Path) -> Path:
    """Write the documents that could be read as RIS, a record for each; what a document does not show has no line.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    import rispy

    entries = [_ris(row) for row in records.documents if row.status is not DocumentStatus.FAILED]
    return _written(path, rispy.dumps(entries))


def _ris(document: DocumentRecord) -> dict[str, Any]:
    entry = {
        "type_of_reference": "JOUR",
        "id": document.document_id,
        "title": document.title,
        "authors": list(document.authors),
        "journal_name": document.journal,
        "year": document.year,
        "doi": document.doi,
        "accession_number": document.pmid,
        "custom2": document.pmcid,
        "file_attachments1": document.source,
    }
    # A line break would begin another field.
    return {
        name: [_line(part) for part in value] if isinstance(value, list) else _line(value)
        for name, value in entry.items()
        if value
    }


def _line(value: object) -> str:
    return " ".join(str(value).split())


def write_revman(records: Records, folder: Path) -> list[Path]:
    """Write the study data for RevMan Web: `study-information.csv`, `study-arms.csv` and `study-results.csv`.

    The heads stand in `revman.toml`.

    Raises
    ------
    ExportError
        If a file cannot be written.
    """
    heads = tomllib.loads(files("evidence.present").joinpath("revman.toml").read_text(encoding="utf-8"))
    own = _own_reports(records)
    names = _names(own)
    titles = {document.document_id: document.title or document.source for document in records.documents}
    references: dict[str, list[str]] = {}
    for study in records.studies:
        references.setdefault(study.study_id, []).append(titles.get(study.document_id, study.document_id))
    reported = {(study.document_id, study.study_id) for study in own}
    rows = {
        "study_information": [
            to_row(study) | {"study": names[study.study_id], "references": "; ".join(references[study.study_id])}
            for study in own
        ],
        "study_arms": [
            to_row(arm) | {"study": names[arm.study_id], "arm": arm.label}
            for arm in records.arms
            if (arm.document_id, arm.study_id) in reported
        ],
        "study_results": [
            to_row(row) | {"study": names[row.study_id]}
            for row in records.results()
            if row.status is not RowStatus.REJECTED and row.study_id in names
        ],
    }
    return [
        _table(folder / f"{name.replace('_', '-')}.csv", list(columns), _renamed(rows[name], columns))
        for name, columns in heads.items()
    ]


def write_robvis(records: Records, path: Path) -> list[Path]:
    """Write a form for judgements of the risk of bias, a row per study: `Study,D1...,Overall,Weight`, to be filled in.

    Randomized trials, and studies whose design is not known, stand in `path` with the five domains of RoB 2; the others
    beside it in a file ending in `-robins-i`, with the seven of ROBINS-I.

    Raises
    ------
    ExportError
        If no study can be judged, or a file cannot be written.
    """
    studies = [study for study in _own_reports(records) if study.design not in _NOT_JUDGED]
    names = _names(studies)
    randomized = [names[study.study_id] for study in studies if study.design in (Design.RANDOMIZED, None)]
    others = [names[study.study_id] for study in studies if study.design not in (Design.RANDOMIZED, None)]
    if not studies:
        raise ExportError("There is no study whose risk of bias could be judged; `evidence list` shows what is stored.")
    beside = path.with_name(f"{path.stem}-robins-i{path.suffix or '.csv'}")
    return [
        _form(file, tool, labels)
        for file, tool, labels in ((path, ROB2, randomized), (beside, ROBINS_I, others))
        if labels
    ]


def _form(path: Path, tool: Tool, labels: Sequence[str]) -> Path:
    domains = [f"D{number}" for number in range(1, len(tool.domains) + 1)]
    return _table(path, ["Study", *domains, "Overall", "Weight"], ({"Study": label} for label in labels))


def _own_reports(records: Records) -> list[Study]:
    """One row per study: its own report, or the first that tells of it."""
    found: dict[str, Study] = {}
    for study in records.studies:
        known = found.get(study.study_id)
        if known is None or (study.report is Report.PRIMARY and known.report is not Report.PRIMARY):
            found[study.study_id] = study
    return list(found.values())


def _names(studies: Iterable[Study]) -> dict[str, str]:
    """What to call each study: its label, with its id where several studies share it."""
    studies = list(studies)
    labels = Counter(study.label for study in studies)
    return {
        study.study_id: study.label if labels[study.label] == 1 else f"{study.label} ({study.study_id})"
        for study in studies
    }


def _renamed(rows: Iterable[Mapping[str, str]], columns: Mapping[str, str]) -> Iterable[dict[str, str]]:
    return ({head: row.get(column, "") for head, column in columns.items()} for row in rows)


def _table(path: Path, heads: Sequence[str], rows: Iterable[Mapping[str, str]]) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, heads, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return _written(path, text.getvalue())


def _written(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise ExportError(
            f"{path} could not be written: {error.strerror or error}. Give another place with --out."
        ) from error
    return path
