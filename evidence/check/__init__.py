"""Records -> Records with flags and derived rows: what do the reported numbers imply?

A contradiction gives a flag, an implied and unreported number gives a row. `CHECKS` and `DERIVATIONS` are the whole
room, read top to bottom; the name of a check's function is its name in the `check` column. Checks see the reported
rows alone: a derived one repeats what it was derived from.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from evidence.check.arithmetic import (
    ci_estimate_mismatch,
    ci_limits_order,
    events_exceed_total,
    percent_count_mismatch,
    value_out_of_range,
)
from evidence.check.arms import arm_totals_mismatch
from evidence.check.claims import comparative_mismatch, conclusion_not_significant, significance_claim_mismatch
from evidence.check.conflicts import conflict_within_document
from evidence.check.curves import ipd_mismatch
from evidence.check.derive import events_from_percent, kaplan_meier_from_patients
from evidence.check.derive_hazards import hazard_ratios
from evidence.check.derive_ratios import ratios
from evidence.check.derived_mismatch import derived_mismatch
from evidence.check.doubt import Doubt
from evidence.check.labels import direction_mismatch, measure_mislabelled
from evidence.check.misplaced import arms_swapped, repeated_numbers
from evidence.check.p_values import p_ci_mismatch, p_count_mismatch
from evidence.check.proportions import percent_impossible, proportion_ci_mismatch
from evidence.check.sums import p_value_impossible, range_mismatch, share_mismatch, sum_mismatch
from evidence.check.survival import crude_survival, follow_up_short, median_ci_cut, survival_ci_mismatch
from evidence.check.within_arm import (
    competing_risks_sum,
    response_above_wider,
    survival_above_overall,
    survival_rises,
    total_above_arm,
)
from evidence.model.codes import REPORTED, Severity
from evidence.model.records import ArmResult, Contrast, Flag, Records

Check = Callable[[Records], Iterator[Doubt]]
Derivation = Callable[[Records], Iterator[ArmResult | Contrast]]

CHECKS: tuple[Check, ...] = (
    value_out_of_range,
    ci_limits_order,
    ci_estimate_mismatch,
    p_ci_mismatch,
    p_count_mismatch,
    percent_count_mismatch,
    percent_impossible,
    proportion_ci_mismatch,
    survival_ci_mismatch,
    median_ci_cut,
    follow_up_short,
    crude_survival,
    survival_rises,
    survival_above_overall,
    response_above_wider,
    competing_risks_sum,
    events_exceed_total,
    total_above_arm,
    measure_mislabelled,
    direction_mismatch,
    arm_totals_mismatch,
    ipd_mismatch,
    conflict_within_document,
    arms_swapped,
    repeated_numbers,
    comparative_mismatch,
    significance_claim_mismatch,
    conclusion_not_significant,
    sum_mismatch,
    range_mismatch,
    share_mismatch,
    p_value_impossible,
    derived_mismatch,
)
DERIVATIONS: tuple[Derivation, ...] = (events_from_percent, kaplan_meier_from_patients, hazard_ratios, ratios)

_WORST_FIRST = tuple(Severity)


def check(records: Records) -> Records:
    """The records with their doubts as flags, worst first, and with the rows the reported numbers imply.

    Works on one document or on many. Only reported rows are examined and computed with. Doubts and rows that are
    already there are not added again, so checking twice changes nothing.
    """
    printed = _as_reported(records)
    known = {flag.flag_id for flag in records.flags}
    flags = {flag.flag_id: flag for examine in CHECKS for flag in _flags(examine, printed) if flag.flag_id not in known}
    there = {row.result_id for row in records.results()}
    derived = [row for derive in DERIVATIONS for row in derive(printed) if row.result_id not in there]
    return replace(
        records,
        arm_results=records.arm_results + tuple(row for row in derived if isinstance(row, ArmResult)),
        contrasts=records.contrasts + tuple(row for row in derived if isinstance(row, Contrast)),
        flags=records.flags + tuple(sorted(flags.values(), key=lambda flag: _WORST_FIRST.index(flag.severity))),
    )


def _as_reported(records: Records) -> Records:
    return replace(
        records,
        arm_results=tuple(row for row in records.arm_results if row.derivation == REPORTED),
        contrasts=tuple(row for row in records.contrasts if row.derivation == REPORTED),
    )


def _flags(examine: Check, records: Records) -> Iterator[Flag]:
    """The doubts of one check as rows of the flags table; the id is the same on every run."""
    name = examine.__name__
    for doubt in examine(records):
        about = doubt.result_ids or (doubt.message,)
        key = "\x1f".join((doubt.document_id, name, doubt.study_id or "", *about))
        yield Flag(
            flag_id=hashlib.sha256(key.encode()).hexdigest()[:16],
            document_id=doubt.document_id,
            study_id=doubt.study_id,
            result_ids=doubt.result_ids,
            check=name,
            severity=doubt.severity,
            message=doubt.message,
        )
