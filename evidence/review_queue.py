"""The order in which numbers are looked at, and which of them may be accepted together.

First what cannot be true, then what could change a pooled estimate most, then what was read least surely.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from evidence.model.codes import REPORTED, RowStatus, Severity
from evidence.model.records import Records, Result
from evidence.model.results import Stake


class Place(NamedTuple):
    """The place of a row in its queue; the smallest is looked at first."""

    no_error: bool  # an error flag comes before everything
    computed: bool  # a number computed from others is looked at after those it may come from
    moves: float  # minus what it changes in a pooled estimate times the doubt about it
    confidence: float
    document_id: str
    char_start: int
    result_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Rows in the order in which to look at them; `waiting` are those nobody has decided about."""

    order: tuple[str, ...]  # result ids, also of rows that were decided about
    waiting: tuple[str, ...]
    places: Mapping[str, Place]

    @property
    def total(self) -> int:
        """How many rows wait."""
        return len(self.waiting)

    def position(self, result_id: str) -> int | None:
        """Place among the rows that wait, from 1; None for a row that does not."""
        at = self._at(result_id)
        return at + 1 if at < self.total and self.waiting[at] == result_id else None

    def next(self, result_id: str | None = None) -> str | None:
        """The row that waits behind this one, or the first; behind the last the first again. None if no other waits."""
        if result_id is None:
            return self.waiting[0] if self.waiting else None
        at = bisect_right(self.waiting, self.places[result_id], key=self.places.__getitem__)
        return self._other(at % self.total if self.total else 0, result_id)

    def previous(self, result_id: str) -> str | None:
        """The row that waits before this one; before the first the last. None if no other waits."""
        return self._other((self._at(result_id) - 1) % self.total if self.total else 0, result_id)

    def _at(self, result_id: str) -> int:
        return bisect_left(self.waiting, self.places[result_id], key=self.places.__getitem__)

    def _other(self, at: int, result_id: str) -> str | None:
        found = self.waiting[at] if self.waiting else None
        return None if found == result_id else found


def stakes_of(records: Records) -> dict[str, Stake]:
    """What each row that nobody decided about could change in a pooled estimate it enters."""
    from evidence.synthesise import stakes

    return stakes(records, {row.result_id for row in records.results() if row.status is RowStatus.EXTRACTED})


def review_queue(
    records: Records,
    stakes: Mapping[str, Stake],
    *,
    document_id: str | None = None,
    study_id: str | None = None,
) -> Queue:
    """All rows, or those of a document or a study, in the order in which to look at them.

    Parameters
    ----------
    records : Records
        Of the whole store, checked: `pipeline.checked_records`.
    stakes : mapping
        `stakes_of(records)`. What a row could change counts as much as its confidence is below 1.
    document_id, study_id : str
        Limit the queue; a row has to be of both where both are given.
    """
    errors = _flagged(records, (Severity.ERROR,))
    rows = [
        row for row in records.results() if document_id in (None, row.document_id) and study_id in (None, row.study_id)
    ]
    places = {row.result_id: _place(row, row.result_id in errors, stakes.get(row.result_id)) for row in rows}
    order = tuple(sorted(places, key=places.__getitem__))
    undecided = {row.result_id for row in rows if row.status is RowStatus.EXTRACTED}
    return Queue(order=order, waiting=tuple(name for name in order if name in undecided), places=places)


def unflagged(records: Records, *, document_id: str | None = None, study_id: str | None = None) -> tuple[str, ...]:
    """Result ids of rows that may be accepted together: read, not computed, not decided about, and not doubted.

    Flags of severity info are no doubt. A flag about a study or a document as a whole says nothing about one row.
    """
    doubted = _flagged(records, (Severity.ERROR, Severity.WARNING))
    return tuple(
        row.result_id
        for row in records.results()
        if row.status is RowStatus.EXTRACTED
        and row.derivation == REPORTED
        and row.result_id not in doubted
        and document_id in (None, row.document_id)
        and study_id in (None, row.study_id)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the review of a document is."""

    rows: int
    waiting: int
    errors: int  # rows that wait with an error flag


def progress(records: Records) -> dict[str, Progress]:
    """How far the review of each document is, by document id."""
    errors = _flagged(records, (Severity.ERROR,))
    rows: defaultdict[str, list[Result]] = defaultdict(list)
    for row in records.results():
        rows[row.document_id].append(row)
    found = {}
    for document in records.documents:
        own = rows[document.document_id]
        waiting = [row for row in own if row.status is RowStatus.EXTRACTED]
        found[document.document_id] = Progress(
            rows=len(own), waiting=len(waiting), errors=sum(row.result_id in errors for row in waiting)
        )
    return found


def _place(row: Result, error: bool, stake: Stake | None) -> Place:
    confidence = 0.0 if row.confidence is None else row.confidence
    return Place(
        no_error=not error,
        computed=row.derivation != REPORTED,
        moves=-stake.change * (1 - confidence) if stake else 0.0,
        confidence=confidence,
        document_id=row.document_id,
        char_start=row.source.char_start,
        result_id=row.result_id,
    )


def _flagged(records: Records, severities: tuple[Severity, ...]) -> set[str]:
    """Rows with a flag of one of these severities."""
    return {result_id for flag in records.flags if flag.severity in severities for result_id in flag.result_ids}
