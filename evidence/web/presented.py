"""One row made ready for the review page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.errors import NotFound
from evidence.history import Step, history
from evidence.model import tables
from evidence.model.codes import RowStatus
from evidence.model.derivations import inputs_of
from evidence.model.records import DocumentRecord, Flag, Result
from evidence.review_queue import Queue
from evidence.web import sources, wording
from evidence.web.blinding import under_dual_review
from evidence.web.fields import Field, arms_of, fields
from evidence.web.reviewing import Reviewed, Scope
from evidence.web.sources import SourceView
from evidence.web.wording import Fact

if TYPE_CHECKING:
    from evidence.store import Event
    from evidence.web.service import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """What the page shows of a row."""

    row: Result
    table: str
    document: DocumentRecord
    headline: str
    facts: Sequence[Fact]
    place: str
    confidence: str
    why: str
    flags: Sequence[Flag]
    inputs: Sequence[tuple[str, str]]  # id and headline of the rows it was computed from
    fields: Sequence[Field]
    history: Sequence[Step]
    events: "Sequence[Event]"
    source: SourceView
    position: int | None  # among the rows that wait
    waiting: int
    total: int
    following: str | None
    previous: str | None

    @property
    def seen(self) -> int:
        """The newest decision about it, 0 where there is none."""
        return self.events[-1].event_id if self.events else 0

    @property
    def decided(self) -> bool:
        """Whether a decision is in force."""
        return self.row.status is not RowStatus.EXTRACTED


def row_of(state: Reviewed, result_id: str) -> Result:
    """A row as it stands.

    Raises
    ------
    NotFound
        If there is none of this id, or it was entered and taken back.
    """
    if result_id not in state.rows:
        raise NotFound(f"There is no number {result_id!r} in the store; it may have been entered and taken back.")
    return state.rows[result_id]


def present(
    service: "Service",
    state: Reviewed,
    result_id: str,
    scope: Scope,
    *,
    typed: Mapping[str, str] | None = None,
    wait: bool = False,
) -> RowView:
    """A row with everything beside it; `typed` stands in the form for the row's own values.

    Raises
    ------
    NotFound
        If there is no such row.
    """
    row = row_of(state, result_id)
    queue = _queue(service, state, scope, row)
    table = tables.table_of(row)
    labels = wording.labels(state.records)
    place = queue.places[result_id]
    values = {**tables.to_row(row), **(typed or {})}
    following = queue.next(result_id)
    view = RowView(
        row=row,
        table=table,
        document=sources.document_of(state.records, row.document_id),
        headline=wording.headline(row, labels.get(row.study_id, row.study_id)),
        facts=wording.facts(row),
        place=wording.place_words(row),
        confidence=wording.confidence_words(row),
        why="" if row.status is not RowStatus.EXTRACTED else wording.why_words(row, place, state.stakes.get(result_id)),
        flags=wording.worst_first([flag for flag in state.records.flags if result_id in flag.result_ids]),
        inputs=[
            (name, wording.headline(state.rows[name], labels.get(state.rows[name].study_id, "")))
            for name in inputs_of(row)
            if name in state.rows
        ],
        fields=fields(table, values, arms_of(state.records, row.document_id, row.study_id)),
        history=history(service.store, result_id),
        events=service.store.trace(result_id).events,
        source=sources.source_of(service, state.records, row, wait=wait),
        position=queue.position(result_id),
        waiting=queue.total,
        total=len(queue.order),
        following=following,
        previous=queue.previous(result_id),
    )
    if following is not None:
        sources.prepare(service, state.records, state.rows[following])
    return view


def _queue(service: "Service", state: Reviewed, scope: Scope, row: Result) -> Queue:
    """The queue of the review, or the whole one for a row that is not in it."""
    apart = under_dual_review(service)
    queue = state.queue(scope, apart=apart)
    return queue if row.result_id in queue.places else state.queue(Scope(), apart=apart)
