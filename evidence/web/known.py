"""What is known of the store now, kept until the store changes.

What a page, the API or an export tells of rows, doubts and decisions it takes from here: this is the one place that
keeps extracted numbers from a reviewer who is still to read the document without them.
"""

import datetime as dt
import hashlib
from threading import Lock
from typing import TYPE_CHECKING

from evidence.errors import NotFound
from evidence.model.decisions import Decision
from evidence.model.records import Records, Result
from evidence.pipeline import checked_document, compared, rechecked_records, records_before

if TYPE_CHECKING:
    from evidence.store import Store


class Known:
    """All rows with their doubts, read again only after a document, decision or link was added, by any process."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self._lock = Lock()
        self._version: str | None = None
        self._apart = Records()  # each document by itself
        self._records = Records()

    def records(self) -> Records:
        """What is known now, as `pipeline.checked_records` gives it.

        Raises
        ------
        StoreError
            If the database cannot be read.
        """
        return self.dated()[1]

    @property
    def hidden(self) -> frozenset[str]:
        """Documents whose numbers are not among what is known here."""
        return frozenset()

    def result(self, result_id: str) -> Result:
        """One number as it stands.

        Raises
        ------
        NotFound
            If there is none of this id, or it is hidden.
        """
        found = next((row for row in self.records().results() if row.result_id == result_id), None)
        if found is None:
            raise NotFound(f"There is no number {result_id!r}, or you are to read its document without it.")
        return found

    def document(self, document_id: str) -> Records:
        """What is known now of one document, as `pipeline.checked_document` gives it.

        Raises
        ------
        NotFound
            If there is no such document.
        """
        return checked_document(self._store, document_id).without_numbers(self.hidden)

    def decisions(self) -> tuple[Decision, ...]:
        """Everything people decided, in order."""
        return tuple(made for made in self._store.decisions() if made.document_id not in self.hidden)

    def dated(self) -> tuple[str, Records]:
        """The version of the store with what is known at it: a key for what others compute from the rows."""
        version, _, records = self._read()
        return version, records

    def before(self, moment: dt.datetime) -> Records:
        """What is known here, with the rows as people had left them before a moment, given with its time zone."""
        return compared(records_before(self._store, moment).without_numbers(self.hidden))

    def _read(self) -> tuple[str, Records, Records]:
        """The version, each document by itself, and all of them compared."""
        with self._lock:  # one thread reads, the others wait for what it found
            version = self._store.version()
            if version != self._version:
                # A decision concerns one document; reading the others again would hold up everybody.
                decided = self._store.decided_since(self._version) if self._version else None
                self._apart = rechecked_records(
                    self._store, self._apart if decided is not None else None, decided or ()
                )
                self._records = compared(self._apart)
                self._version = version
            return version, self._apart, self._records


class PartlyKnown(Known):
    """What is known to somebody who must not see the numbers of some documents, nor what follows from them."""

    def __init__(self, whole: Known, hidden: frozenset[str]) -> None:
        super().__init__(whole._store)
        self._whole = whole
        self._hidden = hidden
        self._mark = hashlib.sha256("\n".join(sorted(hidden)).encode()).hexdigest()[:16]

    @property
    def hidden(self) -> frozenset[str]:
        """Documents whose numbers are not among what is known here."""
        return self._hidden

    def _read(self) -> tuple[str, Records, Records]:
        version, apart, _ = self._whole._read()
        with self._lock:
            if version != self._version:
                self._apart = apart.without_numbers(self._hidden)
                self._records = compared(self._apart)
                self._version = version
            return f"{version}-{self._mark}", self._apart, self._records
