"""Rows computed from numbers that people decided about, computed again."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from evidence.model.codes import RowStatus
from evidence.model.records import ArmResult, Contrast, Records, Result

_Row = TypeVar("_Row", ArmResult, Contrast)


def computed_anew(records: Records, *, before: Iterable[Result], now: Iterable[Result]) -> Records:
    """The records as people left them, with the rows that were computed `before` replaced by those computed `now`.

    A row whose number nothing implies any more is gone; one that a person corrected or rejected stays as it is. One
    that a person accepted stays accepted, unless the number it is computed from was decided about later.
    """
    computed = {row.result_id for row in before}
    implied = {row.result_id: row for row in now}

    def anew(rows: Iterable[_Row]) -> Iterator[_Row]:
        for row in rows:
            if row.result_id not in computed or row.status not in (RowStatus.EXTRACTED, RowStatus.ACCEPTED):
                yield row
            elif type(fresh := implied.get(row.result_id)) is type(row):
                later = row.reviewed_at and not (fresh.reviewed_at and fresh.reviewed_at > row.reviewed_at)
                status, reviewer, at = row.status, row.reviewer, row.reviewed_at
                if not later:
                    status, reviewer, at = RowStatus.EXTRACTED, None, None
                yield replace(fresh, status=status, reviewer=reviewer, reviewed_at=at)

    return replace(records, arm_results=tuple(anew(records.arm_results)), contrasts=tuple(anew(records.contrasts)))
