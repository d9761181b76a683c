"""What is known of the store now, kept until the store changes."""

from threading import Lock
from typing import TYPE_CHECKING

from evidence.model.records import Records
from evidence.pipeline import compared, rechecked_records

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

    def dated(self) -> tuple[str, Records]:
        """The version of the store with what is known at it: a key for what others compute from the rows."""
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
            return version, self._records
