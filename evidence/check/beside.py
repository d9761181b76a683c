"""Which rows speak of the same thing: patients behind a number, and the arms' own numbers beside a comparison."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from evidence.formulas.counts import events_from_percent, half_unit
from evidence.model.codes import Measure, Outcome
from evidence.model.records import ArmResult, Contrast, Records, Result

#: Codes under which documents report many different things, told apart by their words alone.
_MANY_THINGS = frozenset(
    {
        Outcome.OTHER,
        Outcome.AE,
        Outcome.AE_G3,
        Outcome.SAE,
        Outcome.DISCONTINUATION,
        Outcome.RELAPSE,
        Outcome.DEATH,
        Outcome.AGVHD,
        Outcome.CGVHD,
    }
)


class Count(NamedTuple):
    """Patients with the event among those asked."""

    events: int
    total: int

    def __str__(self) -> str:
        return f"{self.events}/{self.total}"


class Patients:
    """How many patients each number is about."""

    def __init__(self, records: Records) -> None:
        self._arms = {(arm.document_id, arm.arm_id): arm.n for arm in records.arms}
        self._studies = {(study.document_id, study.study_id): study.n_total for study in records.studies}
        self._totals: defaultdict[tuple[object, ...], set[int]] = defaultdict(set)
        for row in records.arm_results:
            if row.events is not None and row.total:
                self._totals[self._printed(row)].add(row.total)

    @staticmethod
    def _printed(row: ArmResult) -> tuple[object, ...]:
        return row.document_id, row.study_id, row.arm_id, row.outcome, row.events, row.value

    def whole(self, row: ArmResult) -> int | None:
        """Patients of the arm, or of the study for a number of everybody; None for a number of some of them."""
        if row.subgroup:
            return None
        if row.arm_id is not None:
            return self._arms.get((row.document_id, row.arm_id))
        return self._studies.get((row.document_id, row.study_id)) if row.arm == "overall" else None

    def _total_elsewhere(self, row: ArmResult) -> int | None:
        """The one total printed with the same count and percentage of the arm: "129 (49%)" is of 266 in a table."""
        totals = self._totals[self._printed(row)] if row.events is not None and row.value is not None else set()
        return next(iter(totals)) if len(totals) == 1 else None

    def count(self, row: ArmResult) -> Count | None:
        """Events and total of a proportion: as printed, else the one whole number the percentage allows."""
        if row.measure not in (Measure.PROPORTION, Measure.COUNT):
            return None
        total = row.total or self._total_elsewhere(row) or self.whole(row)
        if not total:
            return None
        if row.measure is Measure.COUNT:
            return _count(row.events, row.total)
        if row.events is not None:
            rounds = row.value is None or abs(Decimal(100 * row.events) / total - row.value) <= 2 * half_unit(row.value)
            return _count(row.events, total) if rounds else None
        if row.value is None or not 0 <= row.value <= 100:
            return None
        possible = events_from_percent(row.value, total)
        return Count(possible[0], total) if len(possible) == 1 else None


def _count(events: int | None, total: int | None) -> Count | None:
    return Count(events, total) if events is not None and total and 0 <= events <= total else None


class Arms:
    """Numbers of single arms, by arm."""

    def __init__(self, records: Records) -> None:
        self._rows: defaultdict[tuple[str, str, str], list[ArmResult]] = defaultdict(list)
        for row in records.arm_results:
            if row.arm_id is not None:
                self._rows[row.document_id, row.study_id, row.arm_id].append(row)

    def beside(
        self, contrast: Contrast, measures: Iterable[Measure], *, any_time: bool = False, near: bool = False
    ) -> Iterator[tuple[ArmResult, ArmResult]]:
        """The two arms' numbers of what a comparison compares; a pair for each measure and time point.

        Numbers of the comparison's own sentence or table row come first, or alone (`near`). A side with several
        different numbers is ambiguous and gives no pair.
        """
        if (
            contrast.arm_id is None
            or contrast.comparator_arm_id is None
            or contrast.arm_id == contrast.comparator_arm_id
        ):
            return
        ours, theirs = (
            self._about(contrast, arm_id, any_time, near) for arm_id in (contrast.arm_id, contrast.comparator_arm_id)
        )
        for measure in measures:
            for time in sorted({row.timepoint_months for row in ours}, key=lambda t: (t is not None, t or 0)):
                pair = [
                    _one(contrast, [r for r in side if r.measure is measure and r.timepoint_months == time])
                    for side in (ours, theirs)
                ]
                if pair[0] is not None and pair[1] is not None:
                    yield pair[0], pair[1]

    def _about(self, contrast: Contrast, arm_id: str, any_time: bool, near: bool) -> list[ArmResult]:
        return [
            row
            for row in self._rows[contrast.document_id, contrast.study_id, arm_id]
            if topic(row) == topic(contrast)
            and (any_time or row.timepoint_months == contrast.timepoint_months)
            and (not near or together(row, contrast) or _said_again(row, contrast))
        ]


def _one(contrast: Contrast, rows: list[ArmResult]) -> ArmResult | None:
    """The number of one arm; None where rows differ."""
    near = [row for row in rows if together(row, contrast)] or rows
    values = {row.value for row in near}
    if len(values) != 1 or len({(row.events, row.total) for row in near if row.events is not None}) > 1:
        return None
    return max(near, key=lambda row: (row.events is not None, row.total is not None))


def together(row: Result, other: Result) -> bool:
    """Whether two numbers stand in one sentence, or in one row of one table."""
    if row.source.table or other.source.table:
        return (row.source.table, row.source.row) == (other.source.table, other.source.row)
    return row.source.char_start < other.source.char_end and other.source.char_start < row.source.char_end


def _said_again(row: ArmResult, contrast: Contrast) -> bool:
    """Whether the sentence of a comparison prints the number of an arm that is kept from another place."""
    said = () if contrast.source.table else re.findall(r"\d+(?:\.\d+)?", contrast.source.quote.replace("·", "."))
    return row.value is not None and format(row.value, "f") in said


def topic(row: Result) -> tuple[Outcome, str, str]:
    """What is measured in whom: outcome, its words where the code says little, subgroup."""
    return row.outcome, plain(row.outcome_text) if row.outcome in _MANY_THINGS else "", plain(row.subgroup or "")


def plain(text: str) -> str:
    """Words alone, without case, signs and numbers of footnotes."""
    return " ".join(re.findall(r"[a-z0-9]+", text.casefold()))
