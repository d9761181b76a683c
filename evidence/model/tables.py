"""The evidence tables: which columns, in which order, what each means, and how a record becomes a row and back.

The one place that knows columns. A row is a dict from column name to text; empty text is "not reported". The same rows
go to CSV, spreadsheet, JSON and the web; the store keeps the same columns.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from evidence.model.codes import (
    REPORTED,
    Adjustment,
    Design,
    DocumentStatus,
    Measure,
    Outcome,
    Report,
    Role,
    RowStatus,
    Severity,
)
from evidence.model.records import Arm, ArmResult, Contrast, DocumentRecord, Flag, Patient, Records, Source, Study

Kind = Literal["text", "integer", "number", "boolean", "answer", "list", "time"]
Row = dict[str, Any]
Record = DocumentRecord | Study | Arm | ArmResult | Contrast | Patient | Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: name, kind of content and one line for the dictionary sheet."""

    name: str
    kind: Kind
    meaning: str


def _columns(text: str) -> tuple[Column, ...]:
    """Columns from lines of `name | kind | meaning`."""
    columns = []
    for line in text.strip().splitlines():
        name, kind, meaning = (part.strip() for part in line.split("|", 2))
        columns.append(Column(name=name, kind=kind, meaning=meaning))  # type: ignore[arg-type]
    return tuple(columns)


#: Columns that every row read in a document carries: where it came from.
_SOURCE = """
page | integer | 1-based page (PDF), empty for formats without pages
section | text | heading it stands under
table | text | caption number of the table it stands in
row | text | verbatim row header, for a table cell
column | text | verbatim column header, for a table cell
char_start | integer | offset of the first character of quote in the document's text
char_end | integer | offset after the last character of quote
quote | text | the verbatim sentence or cell text the number stands in
"""
#: And those a result carries beyond: who looked at it.
_PROVENANCE = (
    _SOURCE
    + """
confidence | number | 0 to 1, how likely the row is right
status | text | extracted, accepted, corrected, rejected, entered
reviewer | text | who decided
reviewed_at | time | when (UTC)
""".lstrip("\n")
)

TABLES: dict[str, tuple[Column, ...]] = {
    "documents": _columns("""
document_id | text | first 16 hex digits of the file's SHA-256
source | text | path, URL or identifier the user gave
format | text | pdf, text, jats ...
title | text | title, where the document shows it
authors | list | authors as printed
journal | text | journal
year | integer | year of publication
doi | text | digital object identifier
pmid | text | PubMed number
pmcid | text | PubMed Central number
pages | integer | number of pages, empty where the format has none
status | text | ok, partial (some of it unreadable) or failed
status_reason | text | what was not read, and why
"""),
    "studies": _columns("""
study_id | text | the same for the same study across documents
document_id | text | the document this row was read from
label | text | acronym, else first author and year
acronym | text | acronym of the trial
registry_ids | list | registry numbers
first_author | text | family name of the first author
year | integer | year of publication
report | text | primary (the study's own report) or cited (restated)
design | text | randomized, single_arm, cohort_retrospective, cohort_prospective, review, preclinical, other
phase | text | 1, 1/2, 2, 3 ...
population | text | short verbatim description
n_total | integer | patients analysed (randomized, for a trial)
followup_median_months | number | median follow-up in months
"""),
    "arms": _columns("""
arm_id | text | id of the arm
study_id | text | its study
document_id | text | its document
label | text | verbatim short name
role | text | experimental, control, single (the only group), other
treatment | list | normalised names of drugs or regimens
n | integer | patients in the arm
"""),
    "arm_results": _columns(
        """
result_id | text | id of the number; of a computed one the ids of its inputs and the method
document_id | text | its document
study_id | text | its study
arm_id | text | its arm, empty for the whole study population
arm | text | the arm's label (overall for the whole study population)
outcome | text | outcome code
outcome_text | text | the words of the document
measure | text | proportion, survival_probability, cumulative_incidence, median_time, count, mean, median
timepoint_months | number | 24 for "2-year OS", empty for a best response
value | number | percent for the first three measures, months for median_time, the number for the others
not_reached | boolean | true for a median that was not reached
ci_low | number | lower confidence limit
ci_high | number | upper confidence limit
ci_level | number | 95 unless the document says otherwise
sd | number | standard deviation of a mean
events | integer | 25 for "25 of 38 patients"
total | integer | 38 for "25 of 38 patients"
subgroup | text | empty for the whole arm, else the verbatim subgroup
derivation | text | reported, or the method that computed it from other reported numbers
"""
        + _PROVENANCE.lstrip("\n")
    ),
    "contrasts": _columns(
        """
result_id | text | id of the number; of a computed one the ids of its inputs and the method
document_id | text | its document
study_id | text | its study
arm_id | text | first arm of the comparison
comparator_arm_id | text | the arm compared with
arm | text | label of the first arm
comparator | text | label of the arm compared with; the estimate is arm versus comparator
outcome | text | outcome code
outcome_text | text | the words of the document
measure | text | HR, SHR, OR, RR, RD, MD, SMD, IRR, P
estimate | number | on the natural scale
ci_low | number | lower confidence limit
ci_high | number | upper confidence limit
ci_level | number | 95 unless the document says otherwise
p_value | number | p-value as printed
p_operator | text | =, <, >, <= or >=
adjustment | text | unadjusted, adjusted, empty where not said
timepoint_months | number | time point in months
subgroup | text | empty for the whole population, else the verbatim subgroup
derivation | text | reported, or the method that computed it from other reported numbers
"""
        + _PROVENANCE.lstrip("\n")
    ),
    "patients": _columns(
        """
result_id | text | id of the row
document_id | text | its document
study_id | text | its study
arm_id | text | its arm, empty for the whole study population
arm | text | the arm's label (overall for the whole study population)
patient | text | the patient, as the document calls them
outcome | text | outcome code
outcome_text | text | the words of the document
time_months | number | months to the event or to the end of follow-up, empty for a response
event | answer | whether the event happened, empty where the document does not tell
event_text | text | the status of the patient in the words of the document
"""
        + _SOURCE.lstrip("\n")
    ),
    "flags": _columns("""
flag_id | text | id of the doubt
document_id | text | its document
study_id | text | its study
result_ids | list | the numbers it is about
check | text | name of the check
severity | text | error (cannot both be true), warning (unlikely), info
message | text | one sentence with the numbers
"""),
}

#: Result columns that live in `Source` rather than on the record itself.
SOURCE_COLUMNS = ("page", "section", "table", "row", "column", "char_start", "char_end", "quote")

#: Columns a person may correct; everything else of a row says what it is about or where it was read.
CORRECTABLE = {
    "arm_results": (
        "arm_id arm outcome outcome_text measure timepoint_months value not_reached ci_low ci_high ci_level sd events "
        "total subgroup"
    ).split(),
    "contrasts": (
        "arm_id comparator_arm_id arm comparator outcome outcome_text measure estimate ci_low ci_high ci_level p_value "
        "p_operator adjustment timepoint_months subgroup"
    ).split(),
}


def table_of(record: Record) -> str:
    """Name of the table this record is a row of."""
    return _TABLE_OF[type(record)]


def records_of(records: Records, table: str) -> tuple[Record, ...]:
    """The records of one table."""
    rows: tuple[Record, ...] = getattr(records, table)
    return rows


def to_values(record: Record) -> Row:
    """Row with Python values (Decimal, int, bool, str, datetime; lists as tuples), None for "not reported"."""
    columns = TABLES[table_of(record)]
    source = getattr(record, "source", None)
    if not isinstance(source, Source):
        return {column.name: getattr(record, column.name) for column in columns}
    return {
        column.name: getattr(source if column.name in SOURCE_COLUMNS else record, column.name) for column in columns
    }


def to_row(record: Record) -> dict[str, str]:
    """Row as text, as exported: lists joined by ";", booleans as true and empty, times in ISO 8601 UTC."""
    values = to_values(record)
    return {column.name: as_text(values[column.name], column.kind) for column in TABLES[table_of(record)]}


def as_text(value: object, kind: Kind | None = None) -> str:
    """One value as the tables write it; a no is written where empty means that nothing is known."""
    if value is None or (value is False and kind != "answer"):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return ";".join(str(part) for part in value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return str(value)


def from_text(text: str, kind: Kind) -> Any:
    """The value behind an exported text; the inverse of `as_text`.

    Raises
    ------
    ValueError
        If the text is no value of this kind.
    """
    if kind == "boolean":
        return text == "true"
    if kind == "list":
        return tuple(text.split(";")) if text else ()
    if text == "":
        return None
    if kind == "answer":
        return text == "true"
    if kind == "integer":
        return int(text)
    if kind == "number":
        try:
            return Decimal(text)
        except ArithmeticError as error:
            raise ValueError(f"{text!r} is not a number") from error
    if kind == "time":
        return dt.datetime.fromisoformat(text)
    return text


def from_row(table: str, row: Mapping[str, str]) -> Record:
    """Record from a row as exported; columns the row lacks are "not reported"."""
    return from_values(
        table, {column.name: from_text(row.get(column.name, "") or "", column.kind) for column in TABLES[table]}
    )


def from_values(table: str, values: Mapping[str, Any]) -> Record:
    """Record from typed values, codes given as text; the inverse of `to_values`."""
    fields = dict(values)
    for name, code in _CODES[table].items():
        if fields.get(name) is not None:
            fields[name] = code(fields[name])
    if "quote" in fields:
        fields["quote"] = fields["quote"] or ""
        fields["source"] = Source(**{name: fields.pop(name) for name in SOURCE_COLUMNS})
        for name in {"outcome_text", "arm", "comparator", "patient"} & fields.keys():
            fields[name] = fields[name] or ""
    if table in CORRECTABLE:
        fields["derivation"] = fields["derivation"] or REPORTED
        if fields["confidence"] is not None:
            fields["confidence"] = float(fields["confidence"])
    record: Record = _RECORD[table](**fields)
    return record


_RECORD: dict[str, type[Any]] = {
    "documents": DocumentRecord,
    "studies": Study,
    "arms": Arm,
    "arm_results": ArmResult,
    "contrasts": Contrast,
    "patients": Patient,
    "flags": Flag,
}
_TABLE_OF: dict[type[Any], str] = {record: table for table, record in _RECORD.items()}
_CODES: dict[str, dict[str, type[Any]]] = {
    "documents": {"status": DocumentStatus},
    "studies": {"report": Report, "design": Design},
    "arms": {"role": Role},
    "arm_results": {"outcome": Outcome, "measure": Measure, "status": RowStatus},
    "contrasts": {"outcome": Outcome, "measure": Measure, "adjustment": Adjustment, "status": RowStatus},
    "patients": {"outcome": Outcome},
    "flags": {"severity": Severity},
}
