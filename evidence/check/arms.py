"""Do the arms of a study add up to its patients, and have they one size?"""

from collections.abc import Iterator

from evidence.check.doubt import Doubt, place
from evidence.model.codes import Role, Severity
from evidence.model.records import ARM_SIZE, Records


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


def arm_sizes(records: Records) -> Iterator[Doubt]:
    """A table has more patients in an arm than were assigned to it, or as many with two digits exchanged.

    Fewer are usual: tables count those who were analysed.
    """
    sizes = {(arm.document_id, arm.study_id, arm.label): arm.n for arm in records.arms if arm.n is not None}
    doubted: set[tuple[str, str | None, str | None]] = set()
    for quantity in records.quantities:
        about = quantity.document_id, quantity.study_id, quantity.arm
        n = sizes.get((quantity.document_id, quantity.study_id or "", quantity.arm or ""))
        if quantity.what != ARM_SIZE or quantity.value is None or n is None or about in doubted:
            continue
        told = int(quantity.value)
        if told > n or (told < n and sorted(str(told)) == sorted(str(n))):
            doubted.add(about)
            yield Doubt(
                document_id=quantity.document_id,
                study_id=quantity.study_id,
                result_ids=(),
                severity=Severity.WARNING,
                message=f"{quantity.arm}: the arm has {n} patients, but {told} in {place(quantity.source)}.",
            )
