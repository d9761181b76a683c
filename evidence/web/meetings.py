"""A decision that met another one: who decided what meanwhile, and how the row differs from what was seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evidence.errors import Conflict, NotFound
from evidence.history import Step, history
from evidence.model import tables
from evidence.web.service import Service
from evidence.web.wording import NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One column of a row that somebody decided about meanwhile, as the tables write it."""

    name: str
    shown: str  # before those decisions
    sent: str | None  # None: not among what was sent
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A decision that met another one."""

    result_id: str
    action: str  # what was to be decided
    typed: bool  # with values
    steps: Sequence[Step]  # what was decided meanwhile
    differences: Sequence[Difference]
    own: Mapping[str, str]  # of what was typed only the person's own changes; the rest is as it stands now


def newest(service: Service, result_id: str) -> int:
    """The id of the newest decision about a row; 0 where there is none."""
    try:
        events = service.store.trace(result_id).events
    except NotFound:  # a row that a reader entered, of which nothing is decided yet
        return 0
    return events[-1].event_id if events else 0


def seen_in(sent: Mapping[str, str]) -> int:
    """The newest decision that was seen, as a form says it."""
    return int(sent["seen"]) if sent.get("seen", "").isdecimal() else 0


def meeting(
    service: Service, conflict: Conflict, result_id: str, *, action: str, seen: int, values: Mapping[str, str] | None
) -> Meeting:
    """The row as it stands now, beside what was seen and what was sent.

    Raises
    ------
    Conflict
        If the row was entered and taken back, so that nothing is there to decide about.
    """
    if conflict.current is None:
        raise conflict
    now = tables.to_row(conflict.current)
    newer = sum(event.event_id > seen for event in service.store.trace(result_id).events)
    steps = history(service.store, result_id)[-newer:]
    shown = dict(now)
    for step in reversed(steps):
        shown.update({change.column: change.before for change in step.changes if change.column in now})
    typed = values or {}
    return Meeting(
        result_id=result_id,
        action=action,
        typed=values is not None,
        steps=steps,
        differences=[
            Difference(name=NAMES[name], shown=shown[name], sent=typed.get(name), now=now[name])
            for name in tables.CORRECTABLE[tables.table_of(conflict.current)]
            if shown[name] != now[name] or typed.get(name, shown[name]) != shown[name]
        ],
        own={name: text for name, text in typed.items() if text != shown[name].strip()},
    )
