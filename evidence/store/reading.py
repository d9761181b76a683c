"""What is known now: rows as extracted, with the decisions of people applied, and studies under one id."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from evidence.errors import Conflict, StoreError
from evidence.model import tables
from evidence.model.records import Arm, ArmResult, Contrast, DocumentRecord, Flag, Patient, Records, Result, Study
from evidence.store import chain, identity, links, queries, review, schema
from evidence.store.queries import Event, Run

#: Documents as extracted, and with the decisions applied; gives the latter with the flags that follow.
Recheck = Callable[[Records, Records], Records]
#: Where more was decided, everything is read again.
_FEW_DECISIONS = 200

_OfStudy = TypeVar("_OfStudy", Study, Arm, ArmResult, Contrast, Result, Patient, Flag)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Where one number comes from and what became of it."""

    document: DocumentRecord
    run: Run
    extractor_version: str
    extracted: Result | None  # as first read; None for a row that a person entered
    current: Result | None  # as it stands; None for a row entered and taken back
    events: tuple[Event, ...]  # every decision in order, also those undone


def records(
    connection: Connection,
    *,
    document_id: str | None = None,
    study_id: str | None = None,
    recheck: Recheck | None = None,
    before: dt.datetime | None = None,
) -> Records:
    """Rows of the whole store, of one document or of one study; see `Store.records`."""
    links_of = links.linked(connection)
    only = _documents_of(connection, links_of, document_id, study_id)
    extracted = _extracted(connection, only)
    events = [event for event in queries.events(connection, only) if before is None or event.at < before]
    results = review.all_current(extracted.results(), events)
    current = _with_results(extracted, results)
    if recheck is not None and events:
        decided = {event.document_id for event in events}
        again = recheck(_of_documents(extracted, decided), _of_documents(current, decided))
        rest = _of_documents(current, {document.document_id for document in current.documents} - decided)
        current = _in_order(again, rest)
    return _under_linked_ids(current, links_of, study_id)


def _extracted(connection: Connection, only: Collection[str] | None) -> Records:
    return _each(
        lambda table: (
            queries.documents(connection, only) if table == "documents" else queries.rows(connection, table, only)
        )
    )


def _with_results(records: Records, results: Iterable[Result]) -> Records:
    return replace(
        records,
        arm_results=tuple(row for row in results if isinstance(row, ArmResult)),
        contrasts=tuple(row for row in results if isinstance(row, Contrast)),
    )


def _of_documents(records: Records, documents: Collection[str]) -> Records:
    return _each(lambda table: (row for row in getattr(records, table) if row.document_id in documents))


def _in_order(one: Records, other: Records) -> Records:
    """Rows of two sets of documents, by document."""
    return _each(lambda table: sorted((*getattr(one, table), *getattr(other, table)), key=lambda row: row.document_id))


def _under_linked_ids(records: Records, links_of: Mapping[identity.Key, str], study_id: str | None) -> Records:
    """Rows under the id their study has across documents, limited to one study and doubts of no study where asked."""

    def linked(table: str) -> Iterable[Any]:
        rows: tuple[Any, ...] = getattr(records, table)
        if table == "documents":
            return rows
        found = (under_linked_id(row, links_of) for row in rows)
        return (row for row in found if study_id is None or row.study_id in (study_id, None))

    return _each(linked)


def _each(rows: Callable[[str], Iterable[Any]]) -> Records:
    """Records from the rows of each table."""
    return Records(**{table: tuple(rows(table)) for table in tables.TABLES})


def under_linked_id(row: _OfStudy, links_of: Mapping[identity.Key, str]) -> _OfStudy:
    """A row with the id its study has across documents."""
    return row if row.study_id is None else replace(row, study_id=links_of[row.document_id, row.study_id])


def _documents_of(
    connection: Connection, links_of: Mapping[identity.Key, str], document_id: str | None, study_id: str | None
) -> set[str] | None:
    """Documents that a question is about; None for all of them."""
    if document_id is not None and queries.document_status(connection, document_id) is None:
        raise review.not_found("document", document_id, queries.document_ids(connection))
    if study_id is None:
        return None if document_id is None else {document_id}
    about = {document for (document, _), linked in links_of.items() if linked == study_id}
    if not about:
        raise review.not_found("study", study_id, sorted(set(links_of.values())))
    return about if document_id is None else about & {document_id}


def trace(connection: Connection, result_id: str) -> Trace:
    """Where a number comes from and what became of it; see `Store.trace`."""
    extracted = queries.result(connection, result_id)
    events = queries.events_of(connection, result_id)
    if extracted is None and not events:
        raise review.unknown_result(connection, result_id)
    document_id = extracted.document_id if extracted else events[0].document_id
    run_id, extractor_version = queries.document_origin(connection, document_id)
    links_of = links.linked(connection)
    current = review.current(extracted, events)
    return Trace(
        document=queries.documents(connection, [document_id])[0],
        run=queries.run(connection, run_id),
        extractor_version=extractor_version,
        extracted=under_linked_id(extracted, links_of) if extracted else None,
        current=under_linked_id(current, links_of) if current else None,
        events=events,
    )


def unchanged_since(connection: Connection, seen: Mapping[str, int]) -> None:
    """Refuse, by Conflict, where somebody decided about a result after the event that was seen; see `Store.decide`."""
    for result_id, event_id in seen.items():
        events = queries.events_of(connection, result_id)
        if event_id not in (0, *(event.event_id for event in events)):
            raise StoreError(f"There is no decision {event_id} about {result_id}; look at it again, and decide then.")
        if meanwhile := [event for event in events if event.event_id > event_id]:
            told = "; then ".join(f"{event.reviewer} {_done(event)}" for event in meanwhile)
            raise Conflict(
                f"{result_id} was decided about meanwhile: {told}. Nothing was recorded; look at it as it stands now.",
                current=trace(connection, result_id).current,
                event=meanwhile[-1],
            )


def _done(event: Event) -> str:
    """What a decision did, in words."""
    if event.action != "correct":
        return {"accept": "accepted it", "reject": "rejected it", "enter": "entered it"}.get(
            event.action, "took back the decision before"
        )
    before, after = event.values["before"], event.values["after"]
    changes = (f"{name} from {before.get(name) or 'nothing'} to {text or 'nothing'}" for name, text in after.items())
    return f"corrected {', '.join(changes)}"


def version(connection: Connection) -> str:
    """A text that differs whenever a document, decision or link does; see `Store.version`."""
    stamp = connection.scalar(select(schema.stamps.c.value).where(schema.stamps.c.name == "documents"))
    ends = (chain.end(connection, table)[:16] for table in (schema.events, schema.link_events))
    return "-".join((stamp or "", *ends))


def decided_since(connection: Connection, earlier: str) -> frozenset[str] | None:
    """Documents about which people decided since this version; see `Store.decided_since`."""
    stamp, event, link = earlier.rsplit("-", 2)
    stamp_now, _, link_now = version(connection).rsplit("-", 2)
    if (stamp, link) != (stamp_now, link_now):
        return None
    events = schema.events.c
    newest = select(events.document_id, events.hash).order_by(events.event_id.desc()).limit(_FEW_DECISIONS)
    documents: list[str] = []
    for row in connection.execute(newest):
        if row.hash.startswith(event or " "):
            return frozenset(documents)
        documents.append(row.document_id)
    return frozenset(documents) if not event and len(documents) < _FEW_DECISIONS else None


def digest(found: Records) -> str:
    """Sixteen hex digits of all rows, whatever the path of a document; see `Store.snapshot_id`."""
    told = hashlib.sha256()
    for table in tables.TABLES:
        for record in tables.records_of(found, table):
            row = tables.to_values(record)
            row.pop("source", None)
            told.update(json.dumps([table, row], default=str, sort_keys=True).encode())
    return told.hexdigest()[:16]
