"""Records to SQL and back: one store, in which nothing that was read is ever changed.

    store = open_store("sqlite:///evidence.db")
    store.add(document, extracted)
    store.records()

A document is stored whole or not at all. What people decide is kept beside it (`review.py`), and the same study in
several documents is found when reading (`identity.py`), so `records()` is always what is known now.
"""

from evidence.store.backup import Manifest, Originals
from evidence.store.bibliography import RECORDS, Described
from evidence.store.doctor import Finding
from evidence.store.dual import DualReview
from evidence.store.jobs import Jobs
from evidence.store.links import Link
from evidence.store.opened import Store, open_store, restore
from evidence.store.queries import Event, LinkEvent, Run
from evidence.store.reading import Recheck, Trace
from evidence.store.review import Action, ResultTable, faults
from evidence.store.users import Users

__all__ = [
    "RECORDS",
    "Action",
    "Described",
    "DualReview",
    "Event",
    "Finding",
    "Jobs",
    "Link",
    "LinkEvent",
    "Manifest",
    "Originals",
    "Recheck",
    "ResultTable",
    "Run",
    "Store",
    "Trace",
    "Users",
    "faults",
    "open_store",
    "restore",
]
