"""Residual disease of single patients before treatment against what the text says of all of them.

Who was positive before treatment cannot have stayed negative, and who was negative cannot have become so. A patient
whose state the table does not tell may have been either.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from evidence.check.doubt import Doubt, place, printed
from evidence.model.codes import Outcome, Severity
from evidence.model.records import (
    MRD_NEGATIVE,
    MRD_POSITIVE,
    STAYED_MRD_NEGATIVE,
    TURNED_MRD_NEGATIVE,
    Quantity,
    Records,
)

_RELAPSED = re.compile(r"relaps|recurr|progress", re.IGNORECASE)


def residual_disease_doubts(records: Records) -> Iterator[Doubt]:
    """Claims of the text that the patients of a table cannot meet, where the table lists the whole study."""
    listed: defaultdict[tuple[str, str | None], dict[str, Quantity]] = defaultdict(dict)
    for quantity in records.quantities:
        if quantity.what in (MRD_POSITIVE, MRD_NEGATIVE) and quantity.patient is not None:
            listed[quantity.document_id, quantity.study_id][quantity.patient] = quantity
    sizes = {(study.document_id, study.study_id): study.n_total for study in records.studies}
    for about, states in listed.items():
        everybody = next(iter(states.values())).group or len(states)
        size = sizes.get((about[0], about[1] or ""))
        relapsed = _relapsed(records, about)
        doubted: set[tuple[str, object]] = set()
        for claim in records.quantities:
            if (claim.document_id, claim.study_id) != about or claim.patient is not None or claim.value is None:
                continue
            if (claim.total or size) != everybody or (claim.what, claim.value) in doubted:
                continue
            if message := _doubt_of(claim, int(claim.value), states, everybody, relapsed):
                doubted.add((claim.what, claim.value))
                yield Doubt(
                    document_id=about[0],
                    study_id=about[1],
                    result_ids=_rows_of(records, claim),
                    severity=Severity.WARNING,
                    message=message,
                )


def _relapsed(records: Records, about: tuple[str, str | None]) -> set[str]:
    """The patients whose status in the table is a relapse."""
    return {
        row.patient
        for row in records.patients
        if (row.document_id, row.study_id) == about
        and row.event
        and (row.outcome is Outcome.RELAPSE or _RELAPSED.search(row.event_text or ""))
    }


def _doubt_of(
    claim: Quantity, said: int, states: dict[str, Quantity], everybody: int, relapsed: set[str]
) -> str | None:
    """The sentence of a doubt; None where the patients can meet the claim."""
    positive = [one for one in states.values() if one.what == MRD_POSITIVE]
    negative = [one for one in states.values() if one.what == MRD_NEGATIVE]
    untold = everybody - len(states)
    table = next(iter(states.values())).source.table or "the table of single patients"
    told = f"the document tells of {said} {claim.what} ({place(claim.source)})"
    opening = f"{told}, but of the {everybody} patients of {table} "
    if claim.what in (MRD_POSITIVE, MRD_NEGATIVE):
        ours = positive if claim.what == MRD_POSITIVE else negative
        if said <= len(ours) + untold:
            return None  # fewer may be those of a part of the patients
        return f"{opening}only {len(ours)} were{_named(ours) if ours is positive else ''}."
    if claim.what == TURNED_MRD_NEGATIVE and said > len(positive) + untold:
        return f"{opening}only {len(positive)} were MRD-positive before treatment{_named(positive)}."
    if claim.what != STAYED_MRD_NEGATIVE:
        return None
    if said > len(negative) + untold:
        return f"{opening}{len(positive)} were MRD-positive before treatment{_named(positive)}."
    free = [one for one in positive if one.patient not in relapsed]
    if relapsed and free and said == everybody - len(relapsed):
        return (
            f"{opening}just as many did not relapse, and of those {len(free)} "
            f"{'was' if len(free) == 1 else 'were'} MRD-positive before treatment{_named(free)}."
        )
    return None


def _named(patients: Sequence[Quantity]) -> str:
    """Patients with their levels, in brackets: " (patient 13: 0.10%, patient 17: 2.53%)"."""
    shown = [
        f"patient {one.patient.removeprefix('Patient ')}" + (f": {printed(one.percent)}%" if one.percent else "")
        for one in patients
        if one.patient
    ]
    return f" ({', '.join(shown)})" if shown else ""


def _rows_of(records: Records, claim: Quantity) -> tuple[str, ...]:
    """The rows of the claim's own number."""
    return tuple(
        row.result_id
        for row in records.arm_results
        if (row.document_id, row.study_id) == (claim.document_id, claim.study_id)
        and row.outcome is Outcome.MRD_NEG
        and row.events == claim.value
        and claim.what in (STAYED_MRD_NEGATIVE, TURNED_MRD_NEGATIVE)
    )
