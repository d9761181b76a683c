"""Groups that the document compares without their being arms of its study: levels of a factor, doses, other columns.

Results name them by their words. Here each becomes a row of its own among the arms, and the results point to it, as the
contract asks for every compared group.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from evidence.extract.arm_names import treatment_phrases
from evidence.extract.meanings import SIZES
from evidence.model.codes import Role
from evidence.model.records import Arm, ArmResult, Contrast

#: What a result of the whole study population, or of nobody known, says instead of an arm.
_NOBODY = ("", "overall")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Arms with the groups compared besides, and the results with the ids of both."""

    arms: tuple[Arm, ...]
    arm_results: tuple[ArmResult, ...]
    contrasts: tuple[Contrast, ...]


def with_compared_groups(
    arms: Sequence[Arm], arm_results: Sequence[ArmResult], contrasts: Sequence[Contrast]
) -> Compared:
    """Every group that a result names as a row of the arms, with the one size that heads of its columns tell.

    Names in other letters are one group, and so are a name and its short form ("D 110 mg", "Dabigatran 110 mg").
    """
    # what is set against nothing named is a factor ("older age (P=0.02)"), no group
    rows: list[ArmResult | Contrast] = [*arm_results, *(row for row in contrasts if row.arm and row.comparator)]
    named = [(row, row.arm, row.arm_id) for row in rows]
    named += [(row, row.comparator, row.comparator_arm_id) for row in contrasts if row.arm]
    owners = {(arm.study_id, arm.label.lower()): arm for arm in arms}
    sizes: dict[tuple[str, str], set[int]] = {}
    for result in arm_results:
        size = SIZES.search(result.source.column or "") if result.subgroup is None else None
        if size is not None:
            sizes.setdefault((result.study_id, result.arm.lower()), set()).add(int(re.sub(r"\D", "", size["n"])))
    labels: dict[tuple[str, str], tuple[str, str]] = {}
    for row, label, arm_id in named:
        if arm_id is None and label.lower() not in _NOBODY:
            labels.setdefault((row.study_id, label.lower()), (label, row.document_id))
    full = {key: _full(key, labels) for key in labels}
    for key, (label, document_id) in labels.items():
        if key not in owners and full[key] == key:
            own = [arm for arm in owners.values() if arm.study_id == key[0]]
            whole = next((arm for arm in arms if arm in own and key[1].startswith(f"{arm.label.lower()} ")), None)
            told = sizes.get(key, set())
            n = next(iter(told)) if len(told) == 1 else None
            owners[key] = _group(label, document_id, key[0], len(own) + 1, whole, n)

    def owner(study_id: str, label: str, arm_id: str | None) -> tuple[str, str | None]:
        """The label and id of the group a result names."""
        key = (study_id, label.lower())
        arm = None if arm_id is not None else owners.get(full.get(key, key))
        return (arm.label, arm.arm_id) if arm is not None else (label, arm_id)

    results = []
    for result in arm_results:
        arm, arm_id = owner(result.study_id, result.arm, result.arm_id)
        results.append(replace(result, arm=arm, arm_id=arm_id))
    comparisons = []
    for contrast in contrasts:
        arm, arm_id = owner(contrast.study_id, contrast.arm, contrast.arm_id)
        other, other_id = owner(contrast.study_id, contrast.comparator, contrast.comparator_arm_id)
        comparisons.append(replace(contrast, arm=arm, arm_id=arm_id, comparator=other, comparator_arm_id=other_id))
    return Compared(arms=tuple(owners.values()), arm_results=tuple(results), contrasts=tuple(comparisons))


def _full(key: tuple[str, str], labels: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """The one name that a name of the same study shortens in its first word; the name itself where there is none."""
    study_id, label = key
    first, _, rest = label.partition(" ")
    longer = [
        (study, other)
        for study, other in labels
        if study == study_id
        and rest
        and first.isalpha()
        and other != label
        and other.startswith(first)
        and other.partition(" ")[2] == rest
    ]
    return longer[0] if len(longer) == 1 else key


def _group(label: str, document_id: str, study_id: str, number: int, whole: Arm | None, n: int | None) -> Arm:
    """A compared group; the dose of an arm (`whole`) has the role and treatment of that arm."""
    given = tuple(dict.fromkeys(name for phrase in treatment_phrases(label, 0, len(label)) for name in phrase.names))
    return Arm(
        arm_id=f"{study_id}-a{number}",
        study_id=study_id,
        document_id=document_id,
        label=label,
        role=whole.role if whole is not None else Role.OTHER,
        treatment=given or (whole.treatment if whole is not None else ()),
        n=n,
    )
