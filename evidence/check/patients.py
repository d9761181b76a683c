"""The patients of one arm as a survival curve, and the numbers that follow from it.

A curve is made only where a table lists every patient of the arm, each with a time and a known status: a table of those
who relapsed says nothing about the arm.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from evidence.formulas.counts import half_unit
from evidence.formulas.survival_curves import (
    SurvivalAt,
    SurvivalCurve,
    SurvivalTime,
    kaplan_meier,
    survival_at,
    survival_quantile,
)
from evidence.model.codes import Outcome
from evidence.model.records import Arm, ArmResult, Patient, Records

#: Outcomes that nothing competes with: their probability is that of Kaplan and Meier.
CURVES = frozenset(
    {Outcome.OS, Outcome.RFS, Outcome.LFS, Outcome.EFS, Outcome.PFS, Outcome.DFS, Outcome.DOR, Outcome.GRFS}
)


@dataclass(frozen=True)
class ArmCurve:
    """All patients of one arm with the time of one outcome."""

    patients: tuple[Patient, ...]

    @property
    def first(self) -> Patient:
        """The patient that stands for what all share: document, study, arm, table and outcome."""
        return self.patients[0]

    @property
    def table(self) -> str:
        """The table the patients stand in, as a sentence names it."""
        return self.first.source.table or "the table of single patients"

    @cached_property
    def estimate(self) -> SurvivalCurve:
        """Kaplan-Meier estimate with log-log limits; the standard error of log(-log S) is Greenwood's."""
        return kaplan_meier([float(time) for time in self.times], [bool(row.event) for row in self.patients])

    @cached_property
    def follow_up(self) -> SurvivalTime:
        """Median follow-up by the reverse Kaplan-Meier estimate (Schemper & Smith 1996, Control Clin Trials 17:343)."""
        reverse = kaplan_meier([float(time) for time in self.times], [not row.event for row in self.patients])
        return survival_quantile(reverse)

    @property
    def times(self) -> tuple[Decimal, ...]:
        """Months of each patient."""
        return tuple(row.time_months for row in self.patients if row.time_months is not None)

    @property
    def rounding(self) -> float:
        """Months by which a time may differ from the one printed."""
        return float(max(half_unit(time) for time in self.times))

    def at(self, months: float) -> SurvivalAt:
        """Survival at a time."""
        return survival_at(self.estimate, [months])[0]

    def range_at(self, months: float) -> tuple[float, float] | None:
        """Lowest and highest survival at a time that the rounding of the times allows; None after the last time."""
        last = self.estimate.time[-1]
        if months > last + self.rounding:
            return None
        late = self.at(min(months + self.rounding, last)).survival
        early = self.at(max(months - self.rounding - 1e-9, 0)).survival
        return (late, early) if late is not None and early is not None else None

    def median_range(self) -> tuple[float, float] | None:
        """Earliest and latest median that rounding and the ways to read a flat curve allow; None where not reached."""
        falls = list(zip(self.estimate.time, self.estimate.survival, strict=True))
        reached = [time for time, survival in falls if survival <= 0.5 + 1e-9]
        if not reached:
            return None
        passed = [time for time, survival in falls if survival < 0.5 - 1e-9]
        return reached[0] - self.rounding, (passed or [falls[-1][0]])[0] + self.rounding


def arm_curves(records: Records) -> Iterator[ArmCurve]:
    """The curve of every arm, table and outcome whose patients are all listed."""
    by_curve: defaultdict[tuple[object, ...], list[Patient]] = defaultdict(list)
    for row in records.patients:
        if row.outcome in CURVES:
            key = (row.document_id, row.study_id, row.arm_id, row.arm, row.source.table, row.outcome, row.outcome_text)
            by_curve[key].append(row)
    for rows in by_curve.values():
        if all(row.event is not None and row.time_months is not None for row in rows) and is_whole(rows, records):
            yield ArmCurve(tuple(rows))


def is_whole(rows: list[Patient], records: Records) -> bool:
    """Whether these are all patients of their arm, or of the study where they belong to no arm."""
    first = rows[0]
    mine = [arm for arm in records.arms if (arm.document_id, arm.study_id) == (first.document_id, first.study_id)]
    return len({row.patient for row in rows}) == len(rows) in _sizes(first, mine, records)


def _sizes(first: Patient, arms: list[Arm], records: Records) -> set[int]:
    own = {arm.n for arm in arms if arm.arm_id == first.arm_id and arm.n is not None}
    if own or (first.arm_id is not None and len(arms) > 1):
        return own
    return {
        study.n_total
        for study in records.studies
        if (study.document_id, study.study_id) == (first.document_id, first.study_id) and study.n_total is not None
    }


def reported_of(records: Records, patient: Patient, outcomes: frozenset[Outcome]) -> Iterator[ArmResult]:
    """The numbers of these outcomes that the document reports for the whole arm of a patient."""
    sizes = [arm for arm in records.arms if (arm.document_id, arm.study_id) == (patient.document_id, patient.study_id)]
    for row in records.arm_results:
        same = (row.document_id, row.study_id) == (patient.document_id, patient.study_id)
        mine = row.arm_id == patient.arm_id or (row.arm_id is None and len(sizes) == 1 and row.arm == "overall")
        if same and mine and row.outcome in outcomes and row.subgroup is None and row.derivation == "reported":
            yield row
