"""The audit trail: every decision of a person, with what it changed."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection

from evidence.model.codes import RowStatus
from evidence.model.decisions import Decision
from evidence.store import queries, review
from evidence.store.queries import Event, LinkEvent


def decisions(connection: Connection, result_id: str | None = None) -> tuple[Decision, ...]:
    """Decisions about numbers and about studies, in the order of time, a row for every column that one changed.

    Of one result those about this number alone.
    """
    if result_id is not None:
        return tuple(_about_numbers(queries.events_of(connection, result_id)))
    found = [*_about_numbers(queries.events(connection)), *_about_studies(queries.link_events(connection))]
    return tuple(sorted(found, key=lambda decision: decision.at))


def _about_numbers(events: tuple[Event, ...]) -> Iterator[Decision]:
    made: defaultdict[str, list[Event]] = defaultdict(list)
    entered = {event.result_id for event in events if event.action == "enter"}
    for event in events:
        start = "" if event.result_id in entered else RowStatus.EXTRACTED.value
        before = _status(made[event.result_id], start)
        made[event.result_id].append(event)
        after = _status(made[event.result_id], start)
        told = event
        if event.action == "undo":  # what it takes back is told the other way round
            told = next(other for other in made[event.result_id] if other.event_id == event.values["undone"])
        old, new = told.values.get("before", {}), told.values.get("after", {})
        if event.action == "undo":
            old, new = new, old
        columns = {name: (old.get(name, ""), new.get(name, "")) for name in (*old, *new) if name != "status"}
        columns |= {"status": (before, after)} if before != after else {}
        for name, (one, other) in columns.items() or {"status": (before, after)}.items():
            if one != other or len(columns) <= 1:
                yield _decision(event, event.result_id, event.document_id, name, one, other)


def _status(events: list[Event], start: str) -> str:
    """Status of a row after these decisions; without one in force that with which it started."""
    force = review.in_force(events)
    return review.STATUS[force[-1].action].value if force else start


def _about_studies(events: tuple[LinkEvent, ...]) -> Iterator[Decision]:
    for event in events:
        about = ";".join(f"{study_id} of {document_id}" for document_id, study_id in sorted(event.rows))
        documents = {document_id for document_id, _ in event.rows}
        words = {"merge": ("", "one study"), "split": ("", "a study of its own"), "undo": ("decision", "taken back")}
        yield _decision(
            event, about, documents.pop() if len(documents) == 1 else None, "study_id", *words[event.action]
        )


def _decision(
    event: Event | LinkEvent, about: str, document_id: str | None, column: str, before: str, after: str
) -> Decision:
    return Decision(
        at=event.at,
        reviewer=event.reviewer,
        action=event.action,
        about=about,
        document_id=document_id,
        column=column,
        before=before,
        after=after,
        reason=event.reason,
    )
