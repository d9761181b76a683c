"""Does a printed hazard ratio agree with the survival printed beside it?"""

import itertools
import math
from collections.abc import Iterator
from decimal import Decimal

from evidence.check.derive_hazards import Sides, fraction, survival_of
from evidence.check.derived_rows import Comparison, Key, comparisons
from evidence.check.doubt import Doubt, printed
from evidence.check.rounding import ends, level
from evidence.formulas.hazards import log_hr_from_ci
from evidence.model.codes import Measure, Severity
from evidence.model.measures import TIME_TO_EVENT
from evidence.model.records import Contrast, Records

#: Standard errors of the printed hazard ratio. Of 31 published comparisons one lay further away than 2.1, at 3.1.
_FAR = 2.5


def derived_mismatch(records: Records) -> Iterator[Doubt]:
    """The hazard ratio that survival at one time implies is far from the one the document prints.

    Only noted: curves that cross, or few patients at risk at that time, can explain it. Where the comparison turned
    round fits better, its direction is in doubt and not its size, which is not asked here.
    """
    for comparison in comparisons(records):
        for key in comparison.outcomes():
            if key.outcome in TIME_TO_EVENT:
                yield from _of_outcome(comparison, key)


def _of_outcome(comparison: Comparison, key: Key) -> Iterator[Doubt]:
    found = []
    for row in comparison.reported(key, Measure.HR):
        survival = survival_of(comparison, key, row)
        turned = row.arm_id == comparison.comparator.arm_id
        if survival is not None and (off := _distance(row, survival, turned=turned)) is not None:
            found.append((off, row, survival, turned))
    if not found:
        return
    off, row, survival, turned = min(found, key=lambda item: item[0])
    if off > _FAR:
        implied = _log_ratio(fraction(survival.arm), fraction(survival.comparator), turned=turned)
        yield Doubt(
            document_id=row.document_id,
            study_id=row.study_id,
            result_ids=(row.result_id, survival.arm.result_id, survival.comparator.result_id),
            severity=Severity.INFO,
            message=f"{row.arm} vs {row.comparator}, {key.outcome.value}: {printed(survival.arm.value or 0)}% "
            f"({survival.arm.arm}) and {printed(survival.comparator.value or 0)}% ({survival.comparator.arm}) at "
            f"{printed(survival.arm.timepoint_months or 0)} months imply a hazard ratio of about "
            f"{math.exp(implied):.2f}, but the document says {printed(row.estimate or 0)} "
            f"({printed(row.ci_low or 0)} to {printed(row.ci_high or 0)}).",
        )


def _log_ratio(a: float, b: float, *, turned: bool) -> float:
    """Log hazard ratio of survival in the direction of a row that may compare the arms the other way round."""
    log_ratio = math.log(math.log(a) / math.log(b))
    return -log_ratio if turned else log_ratio


def _distance(row: Contrast, survival: Sides, *, turned: bool) -> float | None:
    """Least distance, in standard errors of the printed ratio, of all survival that is printed like this."""
    if not row.estimate or row.estimate < 0 or row.ci_low is None or row.ci_high is None:
        return None
    if not 0 < row.ci_low < row.ci_high:
        return None
    stated = log_hr_from_ci(float(row.estimate), float(row.ci_low), float(row.ci_high), level(row))
    percents = [(side.value or 0, *ends(side.value or Decimal(0), log_scale=False)) for side in survival]
    pairs = [(float(a) / 100, float(b) / 100) for a, b in itertools.product(*percents)]
    implied = [_log_ratio(a, b, turned=turned) for a, b in pairs if 0 < a < 1 and 0 < b < 1]
    straight, other_way = (min(abs(log_ratio - sign * stated.log_hr) for log_ratio in implied) for sign in (1, -1))
    return None if other_way < straight else straight / stated.se
