"""What is known of the store now, kept until the store changes."""

from threading import Lock
from typing import TYPE_CHECKING

from evidence.model.records import Records
from evidence.pipeline import checked_records

if TYPE_CHECKING:
    from evidence.store import Store


class Known:
    """All rows with their doubts, read again only after a document, decision or link was added, by any process."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self._lock = Lock()
        self._version: str | None = None
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
                self._records = checked_records(self._store)
                self._version = version
            return version, self._records
