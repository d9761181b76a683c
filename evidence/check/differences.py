"""Does a printed difference agree with the two percentages printed beside it?"""

from collections.abc import Iterator

from evidence.check.beside import Arms
from evidence.check.doubt import Doubt, printed
from evidence.check.rounding import ends
from evidence.model.codes import Adjustment, Measure, Severity
from evidence.model.measures import PERCENTAGES
from evidence.model.records import ArmResult, Contrast, Records

#: Points by which strata, covariates or missing values may move a difference.
_ADJUSTING = 2.0


def difference_mismatch(records: Records) -> Iterator[Doubt]:
    """A risk difference is not that of the two arms' percentages, in either direction, by more than adjusting changes.

    The percentages stand in the same sentence or table row, or the sentence says them again.
    """
    arms = Arms(records)
    for row in records.contrasts:
        if row.measure is not Measure.RD or row.estimate is None or row.adjustment is Adjustment.ADJUSTED:
            continue
        pairs = list(arms.beside(row, PERCENTAGES, near=True))
        if pairs and all(_points_off(row, *pair) > _ADJUSTING for pair in pairs):
            ours, theirs = pairs[0]
            assert ours.value is not None and theirs.value is not None  # noqa: S101  # pairs have values
            points = abs(ours.value - theirs.value)
            yield Doubt.about(
                row,
                Severity.WARNING,
                f"{printed(ours.value)}% and {printed(theirs.value)}% differ by {printed(points)} points, but the "
                f"document gives {printed(row.estimate)}.",
            )


def _points_off(row: Contrast, ours: ArmResult, theirs: ArmResult) -> float:
    """Points between the printed difference and the nearest that the rounded percentages allow."""
    assert row.estimate is not None and ours.value is not None and theirs.value is not None  # noqa: S101
    (a, b), (c, d) = ends(ours.value, log_scale=False), ends(theirs.value, log_scale=False)
    low, high = sorted((abs(a - d), abs(b - c)))
    said = abs(float(row.estimate))
    return max(low - said, said - high, 0.0)
