"""Counts of a PRISMA 2020 flow diagram: what a file tells, what a store knows, and whether they add up.

The file is TOML, with any of these keys; what is not given stays unknown:

    [identification]
    databases = { PubMed = 812, Embase = 455 }   # or one number
    registers = 30
    duplicates = 310
    automation = 0
    other = 0

    [screening]
    screened = 987
    excluded = 900
    excluded_by_automation = 0
    sought = 87
    not_retrieved = 3
    assessed = 84
    reasons = { "Wrong population" = 40, "No survival outcome" = 12 }

    [included]
    studies = 28
    reports = 32

An update of a review has one more table, `[previous]` with `studies` and `reports` of the previous version; `studies`
and `reports` of `[included]` are then the new ones, and `total_studies` and `total_reports` those of both.

Page et al. 2021, BMJ 372:n71.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from evidence.errors import QuestionError
from evidence.model.codes import DocumentStatus, Report
from evidence.model.records import Records
from evidence.model.studies import studies_of_patients

_SECTIONS: dict[str, tuple[str, ...]] = {
    "identification": ("databases", "registers", "duplicates", "automation", "other"),
    "screening": ("screened", "excluded", "excluded_by_automation", "sought", "not_retrieved", "assessed", "reasons"),
    "included": ("studies", "reports", "total_studies", "total_reports"),
    "previous": ("studies", "reports"),
}
#: Keys that may be a table of names and numbers.
_BY_NAME = ("databases", "registers", "reasons")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrismaCounts:
    """Numbers of records, reports and studies; None where they are not given.

    `databases`, `registers` and `reasons` also have their parts by name, empty where only the total is given.
    `from_store` names the numbers that were counted in a store. Of an `update`, `studies` and `reports` are the new
    ones.
    """

    databases: int | None = None
    registers: int | None = None
    duplicates: int | None = None
    automation: int | None = None
    other: int | None = None
    screened: int | None = None
    excluded: int | None = None
    excluded_by_automation: int | None = None
    sought: int | None = None
    not_retrieved: int | None = None
    assessed: int | None = None
    reasons: int | None = None
    studies: int | None = None
    reports: int | None = None
    total_studies: int | None = None
    total_reports: int | None = None
    previous_studies: int | None = None
    previous_reports: int | None = None
    update: bool = False
    named: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    from_store: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


def load_prisma(path: Path) -> PrismaCounts:
    """Counts of a TOML file.

    Raises
    ------
    QuestionError
        If the file cannot be read, has an unknown key, or a value that is no whole number from 0 on.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise QuestionError(f"{path} cannot be read as TOML in UTF-8: {error}.") from error
    totals: dict[str, int] = {}
    named: dict[str, dict[str, int]] = {}
    for section, table in data.items():
        if section not in _SECTIONS or not isinstance(table, dict):
            raise QuestionError(f"{path}: {section!r} is none of the tables [{'], ['.join(_SECTIONS)}].")
        for key, value in table.items():
            if key not in _SECTIONS[section]:
                known = ", ".join(_SECTIONS[section])
                raise QuestionError(f"{path}: unknown key {key!r} under [{section}]. Known: {known}.")
            if isinstance(value, dict) and key in _BY_NAME:
                named[key] = {name: _count(path, f"{key}.{name}", number) for name, number in value.items()}
                totals[key] = sum(named[key].values())
            else:
                name = f"previous_{key}" if section == "previous" else key
                totals[name] = _count(path, key, value)
    update = "previous" in data
    if not update and {"total_studies", "total_reports"} & set(totals):
        raise QuestionError(
            f"{path}: total_studies and total_reports belong to the update of a review; give its [previous] table too."
        )
    return PrismaCounts(named=named, update=update, **totals)  # type: ignore[arg-type]


def _count(path: Path, key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise QuestionError(f"{path}: {key} is {value!r}, which is no whole number from 0 on.")
    return value


def with_store(counts: PrismaCounts, records: Records) -> PrismaCounts:
    """Fill what a store knows and the file does not tell; where both tell, the file is kept and a difference noted.

    A store knows the reports that were read, the studies of patients that have a report of their own among them, and
    how many reports these are. What was searched, screened or not retrieved it does not know. Of an update it knows
    the totals alone: which of its documents were read for the previous version it cannot tell.
    """
    read = {row.document_id for row in records.documents if row.status is not DocumentStatus.FAILED}
    failed = len(records.documents) - len(read)
    studies = {
        study_id for study_id, study in studies_of_patients(records.studies).items() if study.report is Report.PRIMARY
    }
    reports = {row.document_id for row in records.studies if row.study_id in studies and row.report is Report.PRIMARY}
    if counts.update:
        known = {"total_studies": len(studies), "total_reports": len(reports)}
    else:
        known = {"assessed": len(read), "studies": len(studies), "reports": len(reports)}
    filled = {name: number for name, number in known.items() if getattr(counts, name) is None}
    notes = [
        f"The file gives {getattr(counts, name)} for {_WORDS[name]}, but the store holds {number}."
        for name, number in known.items()
        if getattr(counts, name) not in (None, number)
    ]
    if failed:
        notes.append(f"{failed} {'document' if failed == 1 else 'documents'} of the store could not be read.")
    return replace(
        counts,
        from_store=counts.from_store | frozenset(filled),
        notes=(*counts.notes, *notes),
        **filled,  # type: ignore[arg-type]
    )


_WORDS = {
    "assessed": "reports assessed for eligibility",
    "studies": "studies included in the review",
    "reports": "reports of included studies",
    "total_studies": "all studies included in the review",
    "total_reports": "reports of all included studies",
}


def arithmetic_doubts(counts: PrismaCounts) -> Iterator[str]:
    """A sentence for each step of the flow that does not add up; steps with an unknown number are not judged."""
    steps = (
        (
            "records identified",
            ("databases", "registers"),
            "records removed before screening",
            ("duplicates", "automation", "other"),
            "records were screened",
            "screened",
        ),
        (
            "records screened",
            ("screened",),
            "records excluded",
            ("excluded",),
            "reports were sought for retrieval",
            "sought",
        ),
        (
            "reports sought for retrieval",
            ("sought",),
            "reports not retrieved",
            ("not_retrieved",),
            "reports were assessed for eligibility",
            "assessed",
        ),
        (
            "reports assessed for eligibility",
            ("assessed",),
            "reports excluded",
            ("reasons",),
            "reports of included studies are given",
            "reports",
        ),
    )
    for before, terms, less, removed, after, rest in steps:
        values = [getattr(counts, name) for name in (*terms, *removed, rest)]
        if None in values:
            continue
        start, gone = sum(values[: len(terms)]), sum(values[len(terms) : -1])
        if start - gone != values[-1]:
            yield (
                f"The numbers do not add up: {start} {before} less {gone} {less} is {start - gone}, but {values[-1]} "
                f"{after}."
            )
    for what in ("studies", "reports"):
        before, new, total = (getattr(counts, f"{name}{what}") for name in ("previous_", "", "total_"))
        if None not in (before, new, total) and before + new != total:
            yield (
                f"The numbers do not add up: {before} {what} of the previous version and {new} new {what} are "
                f"{before + new}, but {total} are given in total."
            )
    if counts.excluded is not None and (counts.excluded_by_automation or 0) > counts.excluded:
        yield (
            f"The numbers do not add up: {counts.excluded_by_automation} records excluded by automation tools are more "
            f"than all {counts.excluded} excluded."
        )
