"""Events and number of patients of one arm's result; what is computed on the way is named."""

from dataclasses import dataclass

from evidence.formulas.counts import events_from_percent
from evidence.model.codes import Measure
from evidence.model.question import Question
from evidence.model.records import ArmResult
from evidence.synthesise.index import Index


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Events and total of an arm_result, and how they were had."""

    events: int
    total: int
    derivation: str
    notes: tuple[str, ...] = ()


def count_of(question: Question, row: ArmResult, index: Index) -> Count | str:
    """Events and total of a row; computed from the percentage only where derived numbers are asked for."""
    arm = index.arm(row.document_id, row.arm_id)
    events, total, derivation, notes = row.events, row.total, row.derivation, []
    if events is None and row.measure is Measure.COUNT and row.value is not None and row.value == int(row.value):
        events = int(row.value)
    if total is None and arm is not None and arm.n and question.include_derived:
        total, derivation = arm.n, "total_from_arm"
        notes.append(f"The number of patients is not given with the result: {arm.n}, the size of the arm, was taken.")
    if events is None and row.value is not None and row.measure is Measure.PROPORTION:
        printed = f"{row.value}%" + (f" of {total}" if total else "")
        if not question.include_derived or not total:
            return f"only a percentage ({printed}), not the number of patients"
        possible = events_from_percent(row.value, total)
        if len(possible) != 1:
            return f"more than one number of patients, or none, rounds to {printed}"
        events = possible[0]
        derivation = "events_from_percent" if row.total else "events_from_percent_and_arm_n"
        notes.append(f"The number of patients with the event, {events}, was computed from {printed}.")
    if events is None:
        return "no number of patients with the event"
    if total is None:
        return f"{events} patients of a number that is not given with the result"
    if not 0 <= events <= total or total == 0:
        return f"{events} of {total} patients is impossible"
    return Count(events=events, total=total, derivation=derivation, notes=tuple(notes))
