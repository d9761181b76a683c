"""What an open store can be asked; nothing here writes."""

import datetime as dt
from pathlib import Path
from types import TracebackType
from typing import Self

from evidence.model.codes import DocumentStatus
from evidence.model.decisions import Decision
from evidence.model.records import Records
from evidence.store import audit, backup, doctor, links, queries, reading, review
from evidence.store.backup import Manifest, Originals
from evidence.store.database import Database
from evidence.store.doctor import Finding
from evidence.store.links import Link
from evidence.store.queries import LinkEvent
from evidence.store.reading import Recheck, Trace


class Asked:
    """The half of a `Store` that reads."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections to the database."""
        self._database.close()

    def links(self, *study_ids: str) -> tuple[Link, ...]:
        """Why each document of these studies is linked to the others; none for a study that one document reports.

        Raises
        ------
        NotFound
            If there is no such study.
        """
        with self._database.reading() as connection:
            return links.reasons(connection, study_ids)

    def link_events(self, *study_ids: str) -> tuple[LinkEvent, ...]:
        """Merges and splits in order, also those taken back: about rows that these studies have, or about all.

        Raises
        ------
        NotFound
            If there is no such study.
        """
        with self._database.reading() as connection:
            return links.about(connection, study_ids) if study_ids else queries.link_events(connection)

    def decisions(self, *, result_id: str | None = None) -> tuple[Decision, ...]:
        """Everything people decided, or what they decided about one result, also what was taken back, in order."""
        with self._database.reading() as connection:
            return audit.decisions(connection, result_id)

    def has(self, document_id: str) -> bool:
        """Whether this document is stored and could be read, at least in part."""
        return self.status(document_id) not in (None, DocumentStatus.FAILED)

    def status(self, document_id: str) -> DocumentStatus | None:
        """How much of this document was read; None where it is not stored."""
        with self._database.reading() as connection:
            return queries.document_status(connection, document_id)

    def records(
        self,
        *,
        document_id: str | None = None,
        study_id: str | None = None,
        recheck: Recheck | None = None,
        before: dt.datetime | None = None,
    ) -> Records:
        """What is known now: decisions applied, and a study under one id in all its documents.

        Rows are ordered by document and, in it, as extracted; rows entered by people follow. Rejected rows are there,
        with their status. Flags are those of the rows as extracted, unless `recheck` gives those of the rows as they
        stand; it is asked about the documents with decisions alone. With `before`, a moment with its time zone, only
        what was decided about rows before it is applied; documents and links are those of now.

        Raises
        ------
        NotFound
            If there is no such document or study.
        """
        with self._database.reading() as connection:
            return reading.records(
                connection, document_id=document_id, study_id=study_id, recheck=recheck, before=before
            )

    def text(self, document_id: str) -> str:
        """The text that `char_start` and `char_end` of this document refer to; empty where it could not be read.

        Raises
        ------
        NotFound
            If there is no such document.
        """
        with self._database.reading() as connection:
            if queries.document_status(connection, document_id) is None:
                raise review.not_found("document", document_id, queries.document_ids(connection))
            return queries.document_text(connection, document_id) or ""

    def trace(self, result_id: str) -> Trace:
        """Where this number comes from and what became of it.

        Raises
        ------
        NotFound
            If there is no such result; the message names ids that look alike.
        """
        with self._database.reading() as connection:
            return reading.trace(connection, result_id)

    def examine(self) -> tuple[Finding, ...]:
        """Whether the store is what the program wrote: each thing that can be checked, and what does not hold."""
        return doctor.examine(self._database)

    def backup(self, file: Path, *, originals: Originals | None = None) -> Manifest:
        """Copy the store as it is at this moment into a new file; others may go on writing.

        `originals` gives the bytes a document was read from, which are then kept too.

        Raises
        ------
        StoreError
            If the file exists or cannot be written.
        """
        with self._database.reading() as connection:
            return backup.write(connection, file, originals)

    def version(self) -> str:
        """A text that changes whenever a document, decision or link does, found without reading any row; for caches."""
        with self._database.reading() as connection:
            return reading.version(connection)

    def decided_since(self, version: str) -> frozenset[str] | None:
        """The documents about which people decided since this version of the store.

        None where something else changed as well, or much was decided: then everything has to be read again.
        """
        with self._database.reading() as connection:
            return reading.decided_since(connection, version)

    def snapshot_id(self) -> str:
        """Sixteen hex digits that change whenever a row, a decision or a link does.

        Neither the order of ingesting nor the path a file had plays a part.
        """
        return reading.digest(self.records())
