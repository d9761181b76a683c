"""Do the arms of a study add up to its patients?"""

from collections.abc import Iterator

from evidence.check.doubt import Doubt
from evidence.model.codes import Role, Severity
from evidence.model.records import Records


def arm_totals_mismatch(records: Records) -> Iterator[Doubt]:
    """Patients in the experimental and control arms do not add up to the patients of the study.

    Asked only where every such arm has its number and both roles are there. Arms without a role may be part of the sum
    (a third arm) or not (subgroups), so either sum will do. Fewer patients are only noted: some are left out of many
    analyses.
    """
    for study in records.studies:
        arms = [arm for arm in records.arms if (arm.study_id, arm.document_id) == (study.study_id, study.document_id)]
        compared = [arm for arm in arms if arm.role in (Role.EXPERIMENTAL, Role.CONTROL)]
        counts = [arm.n for arm in compared if arm.n is not None]
        if study.n_total is None or len({arm.role for arm in compared}) < 2 or len(counts) < len(compared):
            continue
        others = [arm.n or 0 for arm in arms if arm.role is Role.OTHER]
        if study.n_total in (sum(counts), sum(counts) + sum(others)):
            continue
        parts = " + ".join(f"{arm.n} ({arm.label})" for arm in compared)
        yield Doubt(
            document_id=study.document_id,
            study_id=study.study_id,
            result_ids=(),
            severity=Severity.WARNING if sum(counts) > study.n_total else Severity.INFO,
            message=f"{study.label}: the arms add up to {parts} = {sum(counts)} patients, but the study is reported "
            f"with {study.n_total}.",
        )
