"""What is known now of everything stored: rows as people left them, with the doubts that follow from them.

Neither these doubts nor those between documents are stored; the next document or decision may change them.
"""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from evidence.model.codes import Severity
from evidence.model.records import Flag, Records
from evidence.model.results import Stake
from evidence.model.tables import TABLES

if TYPE_CHECKING:
    from evidence.store import Store


def checked_records(store: "Store") -> Records:
    """What is known now of everything stored, with the doubts that follow.

    Flags are those of the rows as people left them: what was rejected is not doubted, what was corrected or entered is
    checked anew. And documents are compared with each other, which none of them could be when it was ingested.
    """
    return compared(rechecked_records(store))


def records_before(store: "Store", moment: dt.datetime) -> Records:
    """Each document by itself, its rows as people had left them before a moment, given with its time zone."""
    from evidence.check import recheck

    return store.records(recheck=recheck, before=moment)


def rechecked_records(store: "Store", known: Records | None = None, documents: Iterable[str] = ()) -> Records:
    """What is known now of each document by itself; of `known`, only these documents are read again."""
    from evidence.check import recheck

    if known is None:
        return store.records(recheck=recheck)
    again = {document_id: store.records(document_id=document_id, recheck=recheck) for document_id in documents}
    told = {
        table: (
            *(row for row in getattr(known, table) if row.document_id not in again),
            *(row for records in again.values() for row in getattr(records, table)),
        )
        for table in TABLES
    }
    return Records(**{table: tuple(sorted(rows, key=lambda row: row.document_id)) for table, rows in told.items()})


def compared(records: Records) -> Records:
    """The records with the doubts that only several documents together give."""
    from evidence.check import between

    return between(records)


def checked_document(store: "Store", document_id: str) -> Records:
    """What is known now of one document, with the doubts that it raises by itself.

    Raises
    ------
    NotFound
        If there is no such document.
    """
    from evidence.check import recheck

    return store.records(document_id=document_id, recheck=recheck)


def by_influence(records: Records, *, severity: Severity | None = None) -> list[tuple[Flag, Stake | None]]:
    """Doubts in the order in which they matter, each with what it could change in a pooled estimate.

    The worst first, of one severity those about the numbers that move a pooled estimate most, then the others.
    """
    flags = [flag for flag in records.flags if severity in (None, flag.severity)]
    asked = {result_id for flag in flags for result_id in flag.result_ids}
    found: dict[str, Stake] = {}
    if asked:
        from evidence.synthesise import stakes

        found = stakes(records, asked)
    worst_first = list(Severity)

    def moved(flag: Flag) -> Stake | None:
        at_stake = [found[result_id] for result_id in flag.result_ids if result_id in found]
        return max(at_stake, key=lambda stake: stake.change, default=None)

    def place(doubt: tuple[Flag, Stake | None]) -> tuple[int, float, str, str]:
        flag, stake = doubt
        return worst_first.index(flag.severity), -stake.change if stake else 0.0, flag.study_id or "", flag.flag_id

    return sorted(((flag, moved(flag)) for flag in flags), key=place)
