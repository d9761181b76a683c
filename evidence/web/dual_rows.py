"""The rows of a dual review as one of its two reviewers may see them, made ready for a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.errors import Forbidden, NotFound
from evidence.model import tables
from evidence.model.codes import Measure, Outcome, RowStatus
from evidence.model.dual import Assignment, Progress, same_person
from evidence.model.records import Records, Result
from evidence.web import sources, wording
from evidence.web.fields import Field, arms_of, fields
from evidence.web.sources import SourceView
from evidence.web.visitors import Visitor

if TYPE_CHECKING:
    from evidence.web.service import Service

#: What a row is called whose number its reader is still to read.
_KINDS = {"contrasts": "A comparison of two groups", "arm_results": "A number of one group"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRow:
    """One row as its reader may see it, with what they have said of it."""

    result_id: str
    table: str
    told: Mapping[str, str]  # as the tables write it; columns that the reader must not see are empty
    row: Result  # the same; where nothing is shown it has the place alone
    shown: bool  # whether it says a number: that extracted, or the reader's own
    afresh: bool  # the reader types the whole reading, as what was extracted is hidden
    read: bool
    headline: str
    place: str

    @property
    def state(self) -> str:
        """What the reader said of it."""
        return str(self.told["status"]) if self.read else "not read yet"


def own_assignment(service: "Service", visitor: Visitor, assignment_id: int) -> Assignment:
    """An assignment of which the visitor is a reader.

    Raises
    ------
    NotFound
        If there is no such assignment.
    Forbidden
        If they are none of its two reviewers.
    """
    assignment = service.store.dual.get(assignment_id)
    if assignment.side_of(visitor.name) is None:
        raise Forbidden(
            f"{visitor.name or 'Nobody'} is not one of the two reviewers of this document; its readings are shown when "
            "both have finished."
        )
    return assignment


def own_progress(service: "Service", visitor: Visitor, assignment: Assignment) -> Progress:
    """How far the visitor is, and nobody else."""
    told = service.store.dual.progress(assignment.assignment_id)
    return next(one for one in told if same_person(one.reviewer, visitor.name))


def reading_rows(service: "Service", visitor: Visitor, assignment: Assignment) -> tuple[ReadingRow, ...]:
    """The rows in the order of the document, then those the reader entered."""
    labels = wording.labels(service.known.records())
    told = service.store.dual.rows(assignment.assignment_id, by=visitor.name)
    return tuple(_reading_row(assignment, each, labels) for each in told)


def row_named(rows: Sequence[ReadingRow], result_id: str) -> ReadingRow:
    """One of them.

    Raises
    ------
    NotFound
        If there is none of this id.
    """
    found = next((row for row in rows if row.result_id == result_id), None)
    if found is None:
        raise NotFound(f"There is no row {result_id!r} in your reading.")
    return found


def next_unread(rows: Sequence[ReadingRow], result_id: str | None = None) -> ReadingRow | None:
    """The first row that is not read, behind this one if there is one there."""
    unread = [row for row in rows if not row.read]
    order = [row.result_id for row in rows]
    at = order.index(result_id) if result_id in order else -1
    return next((row for row in unread if order.index(row.result_id) > at), unread[0] if unread else None)


def form_fields(records: Records, row: ReadingRow, typed: Mapping[str, str] | None) -> tuple[Field, ...]:
    """The columns in which the reader says what they read.

    Without arms to choose from, which are hidden too, an arm is named in words alone.
    """
    arms = arms_of(records, row.row.document_id, row.row.study_id)
    told = fields(row.table, {**row.told, **(typed or {})}, arms)
    return told if arms else tuple(each for each in told if not each.name.endswith("arm_id"))


def source_of_row(service: "Service", row: ReadingRow) -> SourceView:
    """The page or text beside a row."""
    return sources.source_of(service, service.known.records(), row.row, wait=True)


def _reading_row(assignment: Assignment, told: Mapping[str, str], labels: Mapping[str, str]) -> ReadingRow:
    table = "contrasts" if "comparator" in told else "arm_results"
    entered = told["result_id"].startswith(f"{assignment.document_id}-d{assignment.assignment_id}")
    shown = bool(told["outcome"])
    # A row of which the place alone is known says nothing by these, and they are not shown.
    unsaid = {} if shown else {"outcome": Outcome.OTHER.value, "measure": _UNSAID[table].value}
    row = tables.from_row(table, {**told, **unsaid, "status": told["status"] or RowStatus.EXTRACTED.value})
    assert isinstance(row, Result)  # noqa: S101
    return ReadingRow(
        result_id=told["result_id"],
        table=table,
        told=told,
        row=row,
        shown=shown,
        afresh=assignment.by_extractor and not entered,
        read=told["status"] not in ("", RowStatus.EXTRACTED),
        headline=wording.headline(row, labels.get(row.study_id, "")) if shown else _KINDS[table],
        place=wording.place_words(row),
    )


_UNSAID = {"contrasts": Measure.HR, "arm_results": Measure.PROPORTION}
