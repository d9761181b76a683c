"""What derivations share: the arms a document compares, their numbers for one outcome, and how a row is made."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple, Self

from evidence.check.beside import together, topic
from evidence.formulas.intervals import USUAL_LEVEL
from evidence.model.codes import Adjustment, Measure, Outcome, Role
from evidence.model.derivations import derived_id
from evidence.model.records import Arm, ArmResult, Contrast, Records, Result

#: Of a computed number; the inputs have two or three digits.
_DIGITS = 4


class Key(NamedTuple):
    """What two numbers that can be compared have in common: `beside.topic`."""

    outcome: Outcome
    words: str | None  # where the code says little; None: any
    subgroup: str

    @classmethod
    def of(cls, row: Result) -> Self:
        """The key of a row."""
        outcome, words, subgroup = topic(row)
        return cls(outcome, words, subgroup)

    def fits(self, row: Result) -> bool:
        """Whether a row is about this."""
        about = Key.of(row)
        return about == self or (self.words is None and about._replace(words=None) == self)


class Comparison(NamedTuple):
    """Two arms that a document compares, with all their rows."""

    arm: Arm
    comparator: Arm
    arm_rows: tuple[ArmResult, ...]
    comparator_rows: tuple[ArmResult, ...]
    study_rows: tuple[ArmResult, ...]  # of the whole study population
    contrasts: tuple[Contrast, ...]  # of these two arms, in either direction
    n_total: int | None  # patients of the study

    def outcomes(self) -> tuple[Key, ...]:
        """What the first arm and the comparisons report."""
        return tuple(dict.fromkeys([*map(Key.of, self.arm_rows), *map(Key.of, self.contrasts)]))

    def reported(self, key: Key, *measures: Measure) -> list[Contrast]:
        """Reported comparisons of these measures."""
        return [row for row in self.contrasts if row.measure in measures and key.fits(row)]

    def sides(self, key: Key, *measures: Measure) -> tuple[list[ArmResult], list[ArmResult]]:
        """Rows of both arms for these measures."""
        first, second = (
            [row for row in rows if row.measure in measures and key.fits(row)]
            for rows in (self.arm_rows, self.comparator_rows)
        )
        return first, second


def comparisons(records: Records) -> Iterator[Comparison]:
    """Arms that are compared: those of a reported comparison, and the one experimental with the one control arm.

    The experimental arm comes first; otherwise the order is that of the reported comparison.
    """
    n_total = {(study.document_id, study.study_id): study.n_total for study in records.studies}
    arms = {(arm.document_id, arm.arm_id): arm for arm in records.arms}
    rows: defaultdict[tuple[str, str | None], list[ArmResult]] = defaultdict(list)
    for row in records.arm_results:
        rows[row.document_id, row.arm_id].append(row)
    contrasts: defaultdict[frozenset[tuple[str, str | None]], list[Contrast]] = defaultdict(list)
    for contrast in records.contrasts:
        both = (contrast.document_id, contrast.arm_id), (contrast.document_id, contrast.comparator_arm_id)
        contrasts[frozenset(both)].append(contrast)
    for pair in dict.fromkeys(_pairs(records)):
        if not all(key in arms for key in pair):
            continue
        one, other = (arms[key] for key in pair)
        if one.role is Role.CONTROL and other.role is Role.EXPERIMENTAL:
            one, other = other, one
        yield Comparison(
            arm=one,
            comparator=other,
            arm_rows=tuple(rows[one.document_id, one.arm_id]),
            comparator_rows=tuple(rows[other.document_id, other.arm_id]),
            study_rows=tuple(row for row in rows[one.document_id, None] if row.study_id == one.study_id),
            contrasts=tuple(contrasts[frozenset(pair)]),
            n_total=n_total.get((one.document_id, one.study_id)),
        )


def _pairs(records: Records) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Arms by document and id, two at a time, each pair in one order only."""
    for contrast in records.contrasts:
        if contrast.arm_id and contrast.comparator_arm_id and contrast.arm_id != contrast.comparator_arm_id:
            first, second = sorted((contrast.arm_id, contrast.comparator_arm_id))
            yield (contrast.document_id, first), (contrast.document_id, second)
    of_study: defaultdict[tuple[str, str], defaultdict[Role, list[str]]] = defaultdict(lambda: defaultdict(list))
    for arm in records.arms:
        of_study[arm.document_id, arm.study_id][arm.role].append(arm.arm_id)
    for (document_id, _), roles in of_study.items():
        if len(roles[Role.EXPERIMENTAL]) == 1 == len(roles[Role.CONTROL]):
            first, second = sorted((*roles[Role.EXPERIMENTAL], *roles[Role.CONTROL]))
            yield (document_id, first), (document_id, second)


def same_value(rows: Sequence[ArmResult], beside: Result | None = None) -> ArmResult | None:
    """The row to compute with: the first with an interval or count; None where a document gives different numbers.

    Where it does, those of the same sentence or table row as `beside` decide.
    """
    if len({(row.value, row.not_reached, row.events if row.value is None else None) for row in rows}) > 1:
        rows = [row for row in rows if beside is not None and together(row, beside)]
        if len({(row.value, row.not_reached) for row in rows}) != 1:
            return None
    told = [row for row in rows if row.ci_low is not None or row.events is not None]
    return next(iter(told or rows), None)


def computed(
    comparison: Comparison,
    method: str,
    measure: Measure,
    inputs: Iterable[Result],
    estimate: float,
    interval: tuple[float, float] | None,
    *,
    timepoint: Decimal | None,
    test: Contrast | None = None,
) -> Contrast:
    """A computed comparison, with the place of its first input; `test` gives the p-value it was computed from."""
    used = tuple(inputs)
    first = used[0]
    known = [row.confidence for row in used]
    low, high = (_rounded(limit) for limit in interval) if interval else (None, None)
    return Contrast(
        result_id=derived_id(method, *used),
        document_id=first.document_id,
        study_id=first.study_id,
        arm_id=comparison.arm.arm_id,
        comparator_arm_id=comparison.comparator.arm_id,
        arm=comparison.arm.label,
        comparator=comparison.comparator.label,
        outcome=first.outcome if test is None else test.outcome,
        outcome_text=first.outcome_text if test is None else test.outcome_text,
        measure=measure,
        source=first.source,
        estimate=_rounded(estimate),
        ci_low=low,
        ci_high=high,
        ci_level=Decimal(str(USUAL_LEVEL)).normalize() if interval else None,
        p_value=test.p_value if test else None,
        p_operator=test.p_operator if test else None,
        adjustment=Adjustment.UNADJUSTED,
        timepoint_months=timepoint,
        subgroup=first.subgroup,
        derivation=method,
        confidence=None if None in known else round(math.prod(value for value in known if value is not None), 3),
    )


def _rounded(number: float) -> Decimal:
    return Decimal(format(Decimal(f"{number:#.{_DIGITS}g}"), "f"))
