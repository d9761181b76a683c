"""What became of one number: as it was read, then every decision about it, ready to be shown."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from evidence.model import tables
from evidence.model.decisions import Decision

if TYPE_CHECKING:
    from evidence.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One column, before and after, as the tables write it; empty is "not reported"."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One moment in the history of a number: what was done, by whom, what it changed and why.

    `who` of the reading is the program with its version.
    """

    at: dt.datetime  # UTC
    who: str
    action: str  # read, or that of a decision: accept, correct, reject, enter, undo
    changes: tuple[Change, ...]
    reason: str | None = None


def history(store: "Store", result_id: str) -> tuple[Step, ...]:
    """The reading of a number, unless a person entered it, and every decision about it, also those taken back.

    Raises
    ------
    NotFound
        If there is no such result; the message names ids that look alike.
    """
    trace = store.trace(result_id)
    decided = tuple(_steps(store.decisions(result_id=result_id)))
    if trace.extracted is None:
        return decided
    row = tables.to_row(trace.extracted)
    shown = tables.CORRECTABLE[tables.table_of(trace.extracted)]
    read = Step(
        at=trace.run.started_at,
        who=f"evidence {trace.extractor_version}",
        action="read",
        changes=tuple(Change(column=name, before="", after=row[name]) for name in shown if row[name]),
    )
    return (read, *decided)


def _steps(decisions: tuple[Decision, ...]) -> Iterator[Step]:
    """Decisions, each with all the columns that it changed."""
    for (at, who, action, reason), columns in groupby(
        decisions, key=lambda decision: (decision.at, decision.reviewer, decision.action, decision.reason)
    ):
        changes = tuple(Change(column=one.column, before=one.before, after=one.after) for one in columns)
        yield Step(at=at, who=who, action=action, changes=changes, reason=reason)
