"""Who may see and record what in a dual review; the rule stands here and nowhere else.

Until both reviewers have finished, each is told their own readings alone, and nobody is told both. Where the extractor
is the second reader, what it read is kept from the first.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select

from evidence.errors import Forbidden, StoreError
from evidence.model import tables
from evidence.model.codes import REPORTED, DocumentStatus, RowStatus
from evidence.model.dual import EXTRACTOR, Assignment, Compared, Progress, Reading, same_person
from evidence.model.records import Result
from evidence.model.users import name_key
from evidence.store import assigned, links, pairing, queries, reading, review, schema

#: What a blinded reader sees of a row that the extractor read: where it stands, and nothing of what it says.
_SHOWN = ("result_id", "document_id", "study_id", *tables.SOURCE_COLUMNS)


def known_readers(connection: Connection, first: str, second: str) -> None:
    """Refuse names that cannot be those of two reviewers."""
    if not first or not second:
        raise StoreError("Dual review needs the names of two reviewers, or of one and the word 'extractor'.")
    if same_person(first, EXTRACTOR):
        raise StoreError("The extractor can only be the second reader; name the person first.")
    if same_person(first, second):
        raise StoreError(f"{first} cannot be both reviewers; two readings have to be independent.")
    users = list(connection.scalars(select(schema.users.c.name)))
    for name in (first, second):
        if users and name != EXTRACTOR and name_key(name) not in map(name_key, users):
            raise review.not_found("user", name, users)


def assignable(connection: Connection, document_id: str, *, again: str | None) -> None:
    """Refuse a document that cannot be read independently now; one that was before needs a reason."""
    status = queries.document_status(connection, document_id)
    if status is None:
        raise review.not_found("document", document_id, queries.document_ids(connection))
    if status is DocumentStatus.FAILED:
        raise StoreError(f"Document {document_id} could not be read, so there is nothing to review.")
    review.not_read_twice(connection, document_id)
    made = review.in_force(queries.events(connection, [document_id]))
    if made:
        raise StoreError(
            f"{len(made)} decisions about document {document_id} are in force, which the reviewers could follow; undo "
            "them before it is read independently."
        )
    known = [one for one in assigned.assignments(connection, document_id) if one.unblinded]
    if known and not (again and again.strip()):
        second = "the extractor" if known[-1].by_extractor else known[-1].second
        raise StoreError(
            f"{known[-1].first} and {second} have read document {document_id} (assignment "
            f"{known[-1].assignment_id}), and everybody may see both readings. To have it read anew all the same, say "
            "why it is read again (--again REASON, or the field on the page)."
        )


def still_open(connection: Connection, assignment_id: int) -> Assignment:
    """An assignment under which something is left to do."""
    assignment = assigned.assignment(connection, assignment_id)
    if assignment.closed_at is not None:
        raise StoreError(
            f"Assignment {assignment_id} is closed; rows of document {assignment.document_id} are decided as those of "
            "other documents."
        )
    return assignment


def reader_named(assignment: Assignment, by: str) -> str:
    """The name that the assignment has for this reviewer."""
    side = assignment.side_of(by)
    if side is None:
        raise Forbidden(
            f"{by.strip() or 'Nobody'} is not a reviewer of document {assignment.document_id} under assignment "
            f"{assignment.assignment_id}; its readings are shown when both reviewers have finished."
        )
    return assignment.first if side == "first" else assignment.second


def readable(connection: Connection, assignment_id: int, by: str) -> tuple[Assignment, str]:
    """An assignment under which this reviewer can still record something, and the name it has for them."""
    assignment = assigned.assignment(connection, assignment_id)
    reader = reader_named(assignment, by)
    if reader in assignment.finished:
        raise StoreError(
            f"You have finished document {assignment.document_id}, so what you read cannot be changed; differences are "
            "settled by adjudication."
        )
    return still_open(connection, assignment_id), reader


def unblinded(connection: Connection, assignment_id: int) -> Assignment:
    """An assignment whose readings may be shown side by side."""
    assignment = assigned.assignment(connection, assignment_id)
    if not assignment.unblinded:
        raise Forbidden(
            f"The readings of document {assignment.document_id} are shown side by side when both reviewers have "
            "finished it."
        )
    return assignment


def rows_to_read(connection: Connection, assignment: Assignment) -> list[Result]:
    """The rows that both readers read: numbers that stand in the document, as extracted."""
    only = [assignment.document_id]
    found: Iterable[Result] = (row for table in tables.CORRECTABLE for row in queries.rows(connection, table, only))
    return [row for row in found if row.derivation == REPORTED]


def own_readings(connection: Connection, assignment: Assignment, reader: str) -> dict[str, list[queries.Event]]:
    """By row what this reviewer recorded."""
    return pairing.own(assigned.readings(connection, [assignment.assignment_id]), reader)


def rows_shown(connection: Connection, assignment: Assignment, reader: str) -> Iterable[dict[str, str]]:
    """The rows as this reviewer may see them, with their own readings applied."""
    made = own_readings(connection, assignment, reader)
    links_of = links.linked(connection)
    extracted = {row.result_id: row for row in rows_to_read(connection, assignment)}
    hidden = assignment.by_extractor and not assignment.unblinded
    for result_id in dict.fromkeys([*extracted, *made]):
        row = review.current(extracted.get(result_id), made.get(result_id, []))
        if row is None:
            continue
        told = tables.to_row(reading.under_linked_id(row, links_of))
        if hidden and result_id in extracted:
            told["confidence"] = ""
            if row.status is not RowStatus.CORRECTED:
                own = {"status", "reviewer", "reviewed_at"} if row.status is RowStatus.REJECTED else set()
                told = {name: text if name in _SHOWN or name in own else "" for name, text in told.items()}
        yield told


def progress_of(connection: Connection, assignment: Assignment, reader: str) -> Progress:
    """How far this reviewer is."""
    made = own_readings(connection, assignment, reader)
    rows = rows_to_read(connection, assignment)
    read = sum(bool(review.in_force(made.get(row.result_id, []))) for row in rows)
    return Progress(reviewer=reader, read=read, of=len(rows), finished=reader in assignment.finished)


def compared(connection: Connection, assignment: Assignment) -> tuple[Compared, ...]:
    """Both readings of each row; only for an assignment that is `unblinded`."""
    readings: Sequence[Reading] = assigned.readings(connection, [assignment.assignment_id])
    events = queries.events(connection, [assignment.document_id])
    return pairing.compared(assignment, rows_to_read(connection, assignment), readings, events)


def close_if_decided(connection: Connection, assignment: Assignment) -> None:
    """Close an assignment under which every row is decided."""
    if assignment.unblinded and all(row.adjudicated for row in compared(connection, assignment)):
        assigned.close(connection, assignment.assignment_id)
