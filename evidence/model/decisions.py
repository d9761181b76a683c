"""What people decided, as the audit trail tells it: who, when, what, from what to what, and why."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One column that one decision changed; a decision that changes several stands in several rows."""

    at: dt.datetime  # UTC
    reviewer: str
    action: str  # accept, correct, reject, enter, undo, merge, split
    about: str  # the result; of studies merged or split "study of document", joined by ";"
    document_id: str | None  # None for studies of several documents
    column: str
    before: str  # as the tables write it, empty for "not reported"
    after: str
    reason: str | None
