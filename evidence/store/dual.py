"""Dual review: two people read a document independently, and a third decides where they differ.

A reviewer sees their own readings alone until both have finished the document; from then on neither can change theirs,
and everybody may see both (`blinding.py`). Whatever tells a reading goes through these doors. Where the extractor is
the second reader, its values are kept from the first until that one has finished.
"""

from collections.abc import Mapping
from dataclasses import replace

from evidence.errors import Forbidden, StoreError
from evidence.model.dual import (
    EXTRACTOR,
    Accuracy,
    Agreement,
    Assignment,
    Choice,
    Compared,
    Progress,
    Reading,
    same_person,
)
from evidence.store import accuracy, adjudication, agreement, assigned, blinding, links, reading, review
from evidence.store.database import Database
from evidence.store.review import Action, ResultTable


class DualReview:
    """Assignments, blinded readings, comparison, adjudication and agreement; `store.dual`.

    What takes an `assignment_id` raises `NotFound` where there is none of this id. What is for the two reviewers (`by`)
    raises `Forbidden` for anybody else, and what shows both readings raises it until both have finished.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    # Assigning

    def assign(self, document_id: str, first: str, second: str, *, by: str, again: str | None = None) -> Assignment:
        """Give a document to two reviewers; `second` may be `extractor`.

        From now on its rows are decided by adjudication alone. `again` says why a document is read anew of which both
        readings of an earlier review are known.

        Raises
        ------
        NotFound
            If there is no such document, or, in a store with users, no user of a name.
        StoreError
            If a name is empty, both are one, the document has no text, is under dual review already, or has decisions
            in force, which one of the readers could follow.
        """
        review.named(by)
        first, second = " ".join(first.split()), " ".join(second.split())
        if same_person(second, EXTRACTOR):
            second = EXTRACTOR
        with self._database.writing() as connection:
            blinding.known_readers(connection, first, second)
            blinding.assignable(connection, document_id, again=again)
            assignment_id = assigned.add(connection, document_id, first, second, by.strip(), again)
            return assigned.assignment(connection, assignment_id)

    def withdraw(self, assignment_id: int, *, by: str, reason: str | None = None) -> None:
        """End a dual review before its rows are decided, so that they can be decided as those of other documents.

        What was read is kept, and is shown to nobody else unless both reviewers had finished.

        Raises
        ------
        StoreError
            If nobody is named, or it is closed already.
        """
        review.named(by)
        with self._database.writing() as connection:
            assignment = blinding.still_open(connection, assignment_id)
            assigned.append(connection, assignment_id, assignment.document_id, "withdraw", by.strip(), reason=reason)
            assigned.close(connection, assignment_id)

    def assignments(
        self, *, document_id: str | None = None, reviewer: str | None = None, open_only: bool = False
    ) -> tuple[Assignment, ...]:
        """Assignments in the order they were made: of one document, of one reviewer, or only those not closed."""
        with self._database.reading() as connection:
            found = assigned.assignments(connection, document_id)
        return tuple(
            assignment
            for assignment in found
            if (reviewer is None or assignment.side_of(reviewer)) and not (open_only and assignment.closed_at)
        )

    def hidden_from(self, name: str) -> frozenset[str]:
        """Documents whose extracted rows this person must not see yet; of somebody unnamed, all that are so for any."""
        return frozenset(one.document_id for one in self.assignments(open_only=True) if one.hides_from(name))

    def get(self, assignment_id: int) -> Assignment:
        """One assignment."""
        with self._database.reading() as connection:
            return assigned.assignment(connection, assignment_id)

    # Reading

    def rows(self, assignment_id: int, *, by: str) -> tuple[dict[str, str], ...]:
        """The rows for one of the two reviewers to read, as the tables write them, with their own readings applied.

        Those they entered follow. Where the extractor is the other reader, a row not yet read shows its place alone,
        and a row rejected too.
        """
        with self._database.reading() as connection:
            assignment = assigned.assignment(connection, assignment_id)
            return tuple(blinding.rows_shown(connection, assignment, blinding.reader_named(assignment, by)))

    def record(
        self,
        assignment_id: int,
        result_id: str,
        action: Action,
        *,
        by: str,
        values: Mapping[str, str] | None = None,
        reason: str | None = None,
    ) -> None:
        """Record what one of the two reviewers says of a row: `accept`, `correct`, `reject`, or `undo` of the last.

        `values` as in `Store.decide`. Where the extractor is the other reader, there is nothing to accept: `correct`
        takes the whole reading, and a column that is not named is "not reported".

        Raises
        ------
        NotFound
            If there is no such row or arm.
        StoreError
            If the reviewer has finished, the assignment is closed, or the reading does not fit the row.
        """
        review.fitting(action, values)
        with self._database.writing() as connection:
            assignment, reader = blinding.readable(connection, assignment_id, by)
            made = blinding.own_readings(connection, assignment, reader).get(result_id, [])
            extracted = {row.result_id: row for row in blinding.rows_to_read(connection, assignment)}.get(result_id)
            if extracted is None and not made:
                raise review.unknown_result(connection, result_id)
            if assignment.by_extractor and extracted is not None and action == "accept":
                raise StoreError(
                    f"What the extractor read for {result_id} is hidden from you, so it cannot be accepted; record "
                    "what you read there as a correction with all its columns, or reject it."
                )
            if assignment.by_extractor and extracted is not None and action == "correct":
                noted: Mapping[str, object] = review.read_afresh(connection, extracted, values or {})
            else:
                _, noted = review.considered(connection, result_id, extracted, made, action, values)
            assigned.append(
                connection,
                assignment_id,
                assignment.document_id,
                action,
                reader,
                result_id=result_id,
                reason=reason,
                values=noted,
            )

    def enter(
        self,
        assignment_id: int,
        table: ResultTable,
        values: Mapping[str, str],
        *,
        by: str,
        reason: str | None = None,
    ) -> str:
        """Record a number that one of the two reviewers read and the extraction lacks; its id in their reading.

        `values` as in `Store.enter`, `document_id` left out or that of the assignment.

        Raises
        ------
        NotFound
            If there is no such study or arm.
        StoreError
            If the reviewer has finished, the assignment is closed, or a value is refused.
        """
        with self._database.writing() as connection:
            assignment, reader = blinding.readable(connection, assignment_id, by)
            document_id = assignment.document_id
            if values.get("document_id", document_id) != document_id:
                raise StoreError(f"Assignment {assignment_id} is about document {document_id} alone.")
            told = links.under_own_id(connection, {**values, "document_id": document_id})
            side = "a" if reader == assignment.first else "b"
            mine = blinding.own_readings(connection, assignment, reader).values()
            number = 1 + sum(event.action == "enter" for events in mine for event in events)
            row = replace(
                review.typed_in(connection, table, told), result_id=f"{document_id}-d{assignment_id}{side}{number}"
            )
            assigned.append(
                connection,
                assignment_id,
                document_id,
                "enter",
                reader,
                result_id=row.result_id,
                reason=reason,
                values=review.as_entered(row),
            )
            return row.result_id

    def finish(self, assignment_id: int, *, by: str) -> Assignment:
        """Note that one of the two reviewers is done; from now on they cannot change what they read.

        Raises
        ------
        StoreError
            If they have finished already, the assignment is closed, or a row that is shown to them is not read.
        """
        with self._database.writing() as connection:
            assignment, reader = blinding.readable(connection, assignment_id, by)
            done = blinding.progress_of(connection, assignment, reader)
            # Who does not see the extractor's rows need not say something of each: what they do not have is missing.
            if done.read < done.of and not assignment.by_extractor:
                raise StoreError(
                    f"{done.of - done.read} of {done.of} rows of document {assignment.document_id} are not read yet; "
                    "accept, correct or reject each before you finish."
                )
            assigned.append(connection, assignment_id, assignment.document_id, "finish", reader)
            assignment = assigned.assignment(connection, assignment_id)
            blinding.close_if_decided(connection, assignment)
            return assigned.assignment(connection, assignment_id)

    def readings(self, assignment_id: int, *, by: str) -> tuple[Reading, ...]:
        """What was recorded, in order, also what was taken back: their own for a reviewer until both have finished.

        Raises
        ------
        Forbidden
            If this is none of the two reviewers, and one has not finished.
        """
        with self._database.reading() as connection:
            assignment = assigned.assignment(connection, assignment_id)
            found = [made for made in assigned.readings(connection, [assignment_id]) if made.result_id]
            if assignment.unblinded:
                return tuple(found)
            reader = blinding.reader_named(assignment, by)
            return tuple(made for made in found if made.reviewer == reader)

    def progress(self, assignment_id: int) -> tuple[Progress, ...]:
        """How many of the extracted rows each person has read, and whether they have finished."""
        with self._database.reading() as connection:
            assignment = assigned.assignment(connection, assignment_id)
            people = [assignment.first] if assignment.by_extractor else [assignment.first, assignment.second]
            return tuple(blinding.progress_of(connection, assignment, person) for person in people)

    # Both readings

    def compare(self, assignment_id: int) -> tuple[Compared, ...]:
        """Both readings of every row side by side, in the order of the document, then the rows entered."""
        with self._database.reading() as connection:
            return blinding.compared(connection, blinding.unblinded(connection, assignment_id))

    def adjudicate(
        self,
        assignment_id: int,
        result_id: str,
        choice: Choice,
        *,
        by: str,
        reason: str | None = None,
        values: Mapping[str, str] | None = None,
        seen: int | None = None,
    ) -> Assignment:
        """Decide one row: as the first or the second reader has it, with other values, or that it is not there.

        It becomes a decision in force that notes who read what. Until all rows are decided one may be decided anew;
        with the last row the assignment is closed. `seen` as in `Store.decide`.

        Raises
        ------
        Conflict
            If the row was decided after the decision that was seen.
        NotFound
            If there is no such row or arm.
        Forbidden
            If one of the two wants to decide more than to take over what both agree on.
        StoreError
            If nobody is named, the assignment is closed, or values are refused.
        """
        review.named(by)
        with self._database.writing() as connection:
            assignment = blinding.unblinded(connection, assignment_id)
            if seen is not None:  # before all else, as the decision meanwhile may have closed the assignment
                reading.unchanged_since(connection, {result_id: seen})
            blinding.still_open(connection, assignment_id)
            rows = {row.result_id: row for row in blinding.compared(connection, assignment)}
            if result_id not in rows:
                raise review.not_found(f"row of assignment {assignment_id}", result_id, list(rows))
            taken_over = rows[result_id].agreed and choice in ("first", "second")
            if assignment.side_of(by) and not taken_over:
                raise Forbidden(
                    f"{by.strip()} is one of the two reviewers of document {assignment.document_id}; somebody else "
                    "decides where they differ."
                )
            adjudication.adjudicate(
                connection, assignment, rows[result_id], choice, by=by, reason=reason, values=values
            )
            blinding.close_if_decided(connection, assignment)
            return assigned.assignment(connection, assignment_id)

    def take_agreed(self, assignment_id: int, *, by: str, reason: str | None = None) -> int:
        """Decide every row on which both readings agree and that is not decided yet; how many those were.

        Raises
        ------
        StoreError
            If nobody is named, or the assignment is closed.
        """
        review.named(by)
        with self._database.writing() as connection:
            assignment = blinding.unblinded(connection, assignment_id)
            blinding.still_open(connection, assignment_id)
            agreed = [row for row in blinding.compared(connection, assignment) if row.agreed and not row.adjudicated]
            for row in agreed:
                adjudication.adjudicate(connection, assignment, row, "first", by=by, reason=reason)
            blinding.close_if_decided(connection, assignment)
            return len(agreed)

    def finished_readings(self) -> tuple[Reading, ...]:
        """Everything recorded under assignments that both readers have finished, in order, for an export."""
        with self._database.reading() as connection:
            done = [one.assignment_id for one in assigned.assignments(connection) if one.unblinded]
            return assigned.readings(connection, done)

    def agreement(self, document_id: str | None = None) -> tuple[Agreement, ...]:
        """How often two readings agreed before adjudication, per field, over the dual reviews that both finished.

        Two people, and a person and the extractor, are told apart.
        """
        with self._database.reading() as connection:
            done = [one for one in assigned.assignments(connection, document_id) if one.unblinded]
            return agreement.agreements([(one, blinding.compared(connection, one)) for one in done])

    def accuracy(self, document_id: str | None = None) -> tuple[Accuracy, ...]:
        """How often the extractor was right, over the rows that people have decided about."""
        with self._database.reading() as connection:
            return accuracy.accuracies(connection, document_id)
