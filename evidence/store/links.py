"""Decisions of people about which studies are one, and for every link its reasons in words.

Like decisions about numbers these are events that are only ever added. They are about rows, a study as one document
reports it, because the id that a study has across documents may change with the next document. The last decision about
a row counts; `undo` takes back the last one still in force.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from evidence.errors import StoreError
from evidence.model.records import Study
from evidence.model.spelling import letters, misspelt
from evidence.store import chain, identity, queries, review, schema
from evidence.store.identity import Decided, Key
from evidence.store.queries import LinkEvent

LinkAction = Literal["merge", "split", "undo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Why a document is taken to speak of a study that other documents report too."""

    study_id: str
    document_id: str
    label: str  # what this document calls the study
    reason: str


def linked(connection: Connection) -> dict[Key, str]:
    """Study id of every study of the store."""
    return identity.link(queries.studies(connection), queries.rows(connection, "arms"), decided(_in_force(connection)))


def decided(events: Iterable[LinkEvent]) -> Decided:
    """What decisions in force, in order, say together."""
    apart: set[Key] = set()
    bonds: list[frozenset[Key]] = []
    for event in events:
        rows = event.rows
        if event.action == "split":
            apart |= rows
            bonds = [bond - rows for bond in bonds]
        bonds.append(rows)  # rows of one document that were one study stay so when they are set apart
    return Decided(apart=frozenset(apart), bonds=tuple(bonds))


def under_own_id(connection: Connection, values: Mapping[str, str]) -> Mapping[str, str]:
    """What a person enters about a study, under the id the study has in its own document."""
    about = values.get("document_id", ""), values.get("study_id", "")
    mine = [local for (document, local), known in linked(connection).items() if (document, known) == about]
    return {**values, "study_id": min(mine)} if mine else values


def merge(connection: Connection, study_ids: Sequence[str], *, by: str, reason: str | None) -> None:
    """Record that these studies are one."""
    rows_of = _rows_by_study(connection)
    asked = list(dict.fromkeys(study_ids))
    if len(asked) < 2:
        raise StoreError("Merging needs two different studies; `evidence list` shows their ids.")
    _record(connection, "merge", [row for study_id in asked for row in _rows(rows_of, study_id)], by, reason)


def split(connection: Connection, study_id: str, document_id: str, *, by: str, reason: str | None) -> None:
    """Record that this document speaks of another study than the other documents of it."""
    rows = _rows(_rows_by_study(connection), study_id)
    mine = [row for row in rows if row[0] == document_id]
    others = sorted({document for document, _ in rows} - {document_id})
    if not mine:
        raise StoreError(f"Document {document_id!r} does not report {study_id}; these do: {', '.join(others)}.")
    if not others:
        raise StoreError(f"No document but {document_id} reports {study_id}, so there is nothing to split.")
    _record(connection, "split", mine, by, reason, {"left": [row for row in rows if row not in mine]})


def undo(connection: Connection, study_id: str, *, by: str, reason: str | None) -> None:
    """Take back the last merge or split of this study that is still in force."""
    rows = set(_rows(_rows_by_study(connection), study_id))
    made = [event for event in _in_force(connection) if rows & event.touched]
    if not made:
        raise StoreError(f"{study_id} was neither merged nor split by anybody: there is nothing to undo.")
    _record(connection, "undo", sorted(made[-1].touched), by, reason, {"undone": made[-1].event_id})


def about(connection: Connection, study_ids: Iterable[str]) -> tuple[LinkEvent, ...]:
    """Every decision about rows that these studies have, in order, also those taken back."""
    rows_of = _rows_by_study(connection)
    rows = {row for study_id in study_ids for row in _rows(rows_of, study_id)}
    return tuple(event for event in queries.link_events(connection) if rows & event.touched)


def reasons(connection: Connection, study_ids: Iterable[str]) -> tuple[Link, ...]:
    """Why each document of these studies is linked to the others; none for a study that one document reports."""
    rows_of = _rows_by_study(connection)
    told = {identity.key_of(study): study for study in queries.studies(connection)}
    bonds = decided(_in_force(connection)).bonds
    found = []
    for study_id in study_ids:
        rows = _rows(rows_of, study_id)
        drugs = identity.drugs_of(queries.rows(connection, "arms", {document for document, _ in rows}))
        for study in (told[row] for row in rows):
            others = [told[row] for row in rows if row[0] != study.document_id]
            if others:
                said = sorted({word for other in others for word in _shared(study, other, drugs, bonds)})
                reason = "; ".join(word for _, word in said) or "what it shares with rows that a person joined"
                found.append(Link(study_id=study_id, document_id=study.document_id, label=study.label, reason=reason))
    return tuple(found)


def _shared(
    study: Study, other: Study, drugs: Mapping[Key, frozenset[str]], bonds: Collection[frozenset[Key]]
) -> Iterable[tuple[int, str]]:
    """What links one row to a row of another document, in words, with its rank: the strongest is 0."""
    numbers = identity.registry_of(study) & identity.registry_of(other)
    for number in study.registry_ids:
        if letters(number) in numbers:
            yield 0, f"registry number {number}"
    if study.acronym and letters(study.acronym) == letters(other.acronym or ""):
        yield 1, f"acronym {study.acronym}"
    mine, theirs = identity.author_year_of(study), identity.author_year_of(other)
    about = drugs.get(identity.key_of(study))
    same_drug = about is not None and about == drugs.get(identity.key_of(other))
    if mine and mine == theirs:
        yield 2, f"author and year, {study.first_author} {study.year}"
    elif mine and theirs and same_drug and mine[1] == theirs[1] and misspelt(mine[0], theirs[0]):
        spelt = f"{study.first_author} here and {other.first_author} in {other.document_id}"
        yield 3, f"year {study.year} and drug, the author spelt {spelt}"
    elif mine and theirs and same_drug and mine[0] == theirs[0] and study.n_total == other.n_total:
        years = f"{study.year} here and {other.year} in {other.document_id}"
        yield 4, f"author {study.first_author}, drug and {study.n_total} patients, the year {years}"
    if any({identity.key_of(study), identity.key_of(other)} <= bond for bond in bonds):
        yield 5, "decision of a person"


def _in_force(connection: Connection) -> list[LinkEvent]:
    """Decisions that no later undo took back, in order."""
    events = queries.link_events(connection)
    undone = {event.values.get("undone") for event in events}
    return [event for event in events if event.action != "undo" and event.event_id not in undone]


def _rows_by_study(connection: Connection) -> Mapping[str, list[Key]]:
    rows: defaultdict[str, list[Key]] = defaultdict(list)
    for key, study_id in linked(connection).items():
        rows[study_id].append(key)
    return rows


def _rows(rows_of: Mapping[str, list[Key]], study_id: str) -> list[Key]:
    if study_id not in rows_of:
        raise review.not_found("study", study_id, sorted(rows_of))
    return rows_of[study_id]


def _record(
    connection: Connection,
    action: LinkAction,
    rows: Iterable[Key],
    by: str,
    reason: str | None,
    more: Mapping[str, Any] | None = None,
) -> None:
    review.named(by)
    chain.append(
        connection,
        schema.link_events,
        {
            "action": action,
            "reviewer": by.strip(),
            "reason": reason,
            "values": {"rows": sorted(rows), **(more or {})},
        },
    )
