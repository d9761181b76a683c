"""Records -> Records with flags and derived rows: what do the reported numbers imply?

A contradiction gives a flag, an implied and unreported number gives a row. `CHECKS` (of one document), `BETWEEN` (of
several) and `DERIVATIONS` are the whole room, read top to bottom; the name of a check's function is its name in the
`check` column. Checks see the reported rows alone: a derived one repeats what it was derived from, and one that a
person rejected counts no more.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from evidence.check.anew import computed_anew
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
from evidence.check.conflicts_between import (
    conflict_between_documents,
    measure_named_differently,
    outcome_named_differently,
)
from evidence.check.curves import ipd_mismatch
from evidence.check.derive import events_from_percent, kaplan_meier_from_patients
from evidence.check.derive_hazards import hazard_ratios
from evidence.check.derive_ratios import ratios
from evidence.check.derived_mismatch import derived_mismatch
from evidence.check.differences import difference_mismatch
from evidence.check.double_counting import possible_overlap, possible_same_study, same_numbers_in_two_studies
from evidence.check.doubt import Doubt
from evidence.check.labels import direction_mismatch, measure_mislabelled
from evidence.check.misplaced import arms_swapped, repeated_numbers
from evidence.check.p_values import p_ci_mismatch, p_count_mismatch
from evidence.check.proportions import percent_impossible, proportion_ci_mismatch
from evidence.check.reductions import reduction_mismatch
from evidence.check.sums import p_value_impossible, range_mismatch, share_mismatch, sum_mismatch
from evidence.check.survival import crude_survival, follow_up_short, median_ci_cut, survival_ci_mismatch
from evidence.check.within_arm import (
    competing_risks_sum,
    relapse_among_all,
    response_above_wider,
    survival_above_overall,
    survival_rises,
    total_above_arm,
)
from evidence.model.codes import REPORTED, RowStatus, Severity
from evidence.model.records import ArmResult, Contrast, Flag, Records, Result

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
    relapse_among_all,
    events_exceed_total,
    total_above_arm,
    measure_mislabelled,
    direction_mismatch,
    difference_mismatch,
    reduction_mismatch,
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
BETWEEN: tuple[Check, ...] = (
    conflict_between_documents,
    outcome_named_differently,
    measure_named_differently,
    possible_same_study,
    possible_overlap,
    same_numbers_in_two_studies,
)
DERIVATIONS: tuple[Derivation, ...] = (events_from_percent, kaplan_meier_from_patients, hazard_ratios, ratios)

_WORST_FIRST = tuple(Severity)


def check(records: Records) -> Records:
    """The records with their doubts as flags, worst first, and with the rows the reported numbers imply.

    Works on one document or on many. Only reported rows are examined and computed with. Doubts and rows that are
    already there are not added again, so checking twice changes nothing.
    """
    there = {row.result_id for row in records.results()}
    derived = [row for row in _derived(records) if row.result_id not in there]
    checked = _with_flags(records, CHECKS)
    return between(
        replace(
            checked,
            arm_results=records.arm_results + tuple(row for row in derived if isinstance(row, ArmResult)),
            contrasts=records.contrasts + tuple(row for row in derived if isinstance(row, Contrast)),
        )
    )


def between(records: Records) -> Records:
    """The records with the doubts that only several documents together give."""
    several = len({study.document_id for study in records.studies}) > 1
    return _with_flags(records, BETWEEN) if several else records


def recheck(extracted: Records, current: Records) -> Records:
    """Documents as people left them, `current`, with the flags and derived rows that follow; `extracted`, as read.

    Flags that checking the rows as read does not give rest on what is not in the rows; they stay, unless every row
    they are about was rejected. Of the others those stay that the rows as they stand still give, and new ones follow.
    """
    current = computed_anew(current, before=_derived(extracted), now=_derived(current))
    as_read = {_about(flag) for flag in _flags(CHECKS, extracted)}
    now = {_about(flag): flag for flag in _flags(CHECKS, current)}
    standing = {row.result_id for row in _examined(current).results()}
    kept = []
    for flag in extracted.flags:
        if _about(flag) in now:
            kept.append(now.pop(_about(flag)))
        elif _about(flag) not in as_read and (not flag.result_ids or standing.intersection(flag.result_ids)):
            kept.append(flag)
    return replace(current, flags=(*kept, *now.values()))


def _with_flags(records: Records, checks: Iterable[Check]) -> Records:
    known = {_about(flag) for flag in records.flags}
    return records.with_flags(tuple(flag for flag in _flags(checks, records) if _about(flag) not in known))


def _flags(checks: Iterable[Check], records: Records) -> list[Flag]:
    """What these checks doubt, worst first, each doubt once."""
    examined = _examined(records)
    flags = {_about(flag): flag for examine in checks for flag in _flags_of(examine, examined)}
    return sorted(flags.values(), key=lambda flag: _WORST_FIRST.index(flag.severity))


def _flags_of(examine: Check, records: Records) -> Iterator[Flag]:
    """The doubts of one check as rows of the flags table; the id is the same on every run."""
    name = examine.__name__
    for doubt in examine(records):
        key = "\x1f".join((doubt.document_id, name, *(doubt.result_ids or (doubt.message,))))
        yield Flag(
            flag_id=hashlib.sha256(key.encode()).hexdigest()[:16],
            document_id=doubt.document_id,
            study_id=doubt.study_id,
            result_ids=doubt.result_ids,
            check=name,
            severity=doubt.severity,
            message=doubt.message,
        )


def _about(flag: Flag) -> tuple[str, str, object]:
    """What makes two flags one doubt, whatever id their study has."""
    return flag.document_id, flag.check, flag.result_ids or flag.message


def _examined(records: Records) -> Records:
    """The reported rows that no person rejected."""
    return replace(
        records,
        arm_results=tuple(filter(_counts, records.arm_results)),
        contrasts=tuple(filter(_counts, records.contrasts)),
    )


def _counts(row: Result) -> bool:
    return row.derivation == REPORTED and row.status is not RowStatus.REJECTED


def _derived(records: Records) -> Iterator[ArmResult | Contrast]:
    for derive in DERIVATIONS:
        yield from derive(_examined(records))
