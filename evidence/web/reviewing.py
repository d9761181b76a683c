"""The queue of a review, kept while the store stands as it is, and what was known before the last decisions."""

import logging
import time
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from threading import Lock, Thread

from evidence.errors import EvidenceError
from evidence.model.records import Records, Result
from evidence.model.results import Stake
from evidence.review_queue import Queue, review_queue, stakes_of
from evidence.web.known import Known

_LOG = logging.getLogger("evidence.web")
#: States of the store whose rows are kept, to tell what a decision moved.
_STATES = 6
#: For so many times what it took, what numbers could change is not found anew: it takes the time of other requests.
_RESTS = 4
#: Seconds that the first reader waits for the order; the libraries of statistics may have to be loaded for it.
_FIRST_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a review is limited to; None is everything."""

    document_id: str | None = None
    study_id: str | None = None

    @property
    def fields(self) -> dict[str, str]:
        """The limits as fields of a form or an address."""
        named = (("document", self.document_id), ("study", self.study_id))
        return {name: value for name, value in named if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """One state of the store: its version, its checked rows, and what each could change in a pooled estimate."""

    version: str
    records: Records
    rows: Mapping[str, Result]
    stakes: Mapping[str, Stake]

    def queue(self, scope: Scope, *, apart: Collection[str] = ()) -> Queue:
        """The rows in the order in which to look at them, without those of the documents `apart`."""
        queue = review_queue(self.records, self.stakes, document_id=scope.document_id, study_id=scope.study_id)
        if not apart:
            return queue
        order, waiting = (
            tuple(name for name in names if self.rows[name].document_id not in apart)
            for names in (queue.order, queue.waiting)
        )
        return replace(queue, order=order, waiting=waiting)


class Reviewing:
    """What pages of the review work with; one object for all threads."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._lock = Lock()
        self._states: OrderedDict[str, Reviewed] = OrderedDict()
        self._stakes: Mapping[str, Stake] | None = None
        self._weighing = Lock()
        self._rests_until = 0.0

    def now(self) -> Reviewed:
        """The store as it stands.

        What numbers could change in pooled estimates is found anew behind the scenes: nobody waits for it longer than
        a moment, and the order of the queue may be that of the decision before.
        """
        version, records = self._known.dated()
        with self._lock:
            if version in self._states:
                self._states.move_to_end(version)
                return self._states[version]
        state = self._kept(version, records)
        weighing = Thread(target=self._weigh, args=(version, records), daemon=True)
        weighing.start()
        if self._stakes is None:
            weighing.join(_FIRST_SECONDS)
        return self.at(version) or state

    def at(self, version: str) -> Reviewed | None:
        """The store as it stood; None where that is too long ago."""
        with self._lock:
            return self._states.get(version)

    def _kept(self, version: str, records: Records) -> Reviewed:
        with self._lock:
            rows = {row.result_id: row for row in records.results()}
            state = Reviewed(version=version, records=records, rows=rows, stakes=self._stakes or {})
            self._states[version] = state
            while len(self._states) > _STATES:
                self._states.popitem(last=False)
            return state

    def _weigh(self, version: str, records: Records) -> None:
        if time.monotonic() < self._rests_until or not self._weighing.acquire(blocking=False):
            return  # the one after a later decision will see to it
        started = time.monotonic()
        stakes: Mapping[str, Stake] = {}
        try:
            stakes = stakes_of(records)
        except EvidenceError as error:
            _LOG.warning("the order of the review does not know what moves pooled estimates: %s", error)
        finally:
            self._stakes = stakes
            self._rests_until = time.monotonic() + _RESTS * (time.monotonic() - started)
            self._weighing.release()
        if self.at(version) is not None:
            self._kept(version, records)
