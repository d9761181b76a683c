"""The arms of the document's own study, from its sentences and from the heads of its tables together.

Sentences know the names and abbreviations of the arms; table heads, where a table sets groups with sizes side by side,
know which names are arms and which are not. Where both speak, the tables choose and the sentences name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evidence.extract.arm_amounts import arms_by_amount
from evidence.extract.arm_names import DOSE, denies
from evidence.extract.arms import ArmGuess, find_arms
from evidence.extract.nlp import Reading, Sentence
from evidence.extract.table_arms import arms_of_tables
from evidence.extract.table_sizes import table_sizes
from evidence.model.codes import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnArms:
    """The arms, and how many people the tables count in all; the first table counts those who were taken in."""

    arms: tuple[ArmGuess, ...]
    everybody: int | None


def own_arms(reading: Reading, sentences: Sequence[Sentence]) -> OwnArms:
    """The arms; those of the tables with the names, roles and sizes that the sentences give them."""
    named = _called_by_dose(_named(reading, sentences))
    sizes = table_sizes(reading, named)
    everybody = sizes.whole[0] if sizes.whole else None
    arms = [_sized(arm, sizes.arms.get(index, ()), divided=index in sizes.divided) for index, arm in enumerate(named)]
    told = [arm.n for arm in arms if arm.n is not None]
    if everybody is not None and len(told) == len(arms) and 2 * sum(told) < everybody:
        # numbers so far below all patients count events
        arms = [replace(arm, n=sizes.arms.get(index, (None,))[0]) for index, arm in enumerate(arms)]
    return OwnArms(arms=tuple(arms), everybody=everybody)


def _named(reading: Reading, sentences: Sequence[Sentence]) -> tuple[ArmGuess, ...]:
    told = find_arms(reading, sentences=sentences) or _by_amount(reading, sentences)
    tabled = arms_of_tables(reading)
    others = sum(arm.role is Role.OTHER for arm in told)
    if len(tabled) < 2 or 0 < others < len(told):
        # overlapping groups ("sorafenib", and its four regimens) are more than the columns of one table
        return told or tabled
    meant = _meant(told, tabled)
    if told and not any(meant):
        return told
    return tuple(_joined(group, arms) for group, arms in zip(tabled, meant, strict=True))


def _by_amount(reading: Reading, sentences: Sequence[Sentence]) -> tuple[ArmGuess, ...]:
    """Arms that only the amount of what they get tells apart."""
    words = [reading.words(sentence) for sentence in sentences if sentence.zone not in ("introduction", "references")]
    return arms_by_amount(words, reading.document.bibliography.title or "")


def _called_by_dose(arms: Sequence[ArmGuess]) -> tuple[ArmGuess, ...]:
    """Arms of one treatment that their doses tell apart are called by these, too ("42% with 10 mg/kg")."""
    doses = [found[0] if len(found := DOSE.findall(arm.label)) == 1 else "" for arm in arms]
    kinds = [arm.label.replace(dose, "").lower() if dose else "" for arm, dose in zip(arms, doses, strict=True)]
    return tuple(
        replace(arm, variants=(*arm.variants, dose))
        if dose and kinds.count(kind) > 1 and doses.count(dose) == 1
        else arm
        for arm, dose, kind in zip(arms, doses, kinds, strict=True)
    )


def _sized(arm: ArmGuess, tabled: Sequence[int], *, divided: bool) -> ArmGuess:
    """The arm with the size on which sentences and tables agree, or several tables, or which one table alone tells."""
    if not tabled or (arm.n in arm.sizes and arm.n in tabled):
        return arm
    agreed = [size for size in tabled if size in arm.sizes] or (tabled if len(tabled) > 1 == len(set(tabled)) else [])
    if agreed:
        return replace(arm, n=agreed[0])
    return arm if arm.n in arm.sizes or divided else replace(arm, n=tabled[0])


def _meant(told: Sequence[ArmGuess], tabled: Sequence[ArmGuess]) -> list[list[ArmGuess]]:
    """For each table head the arms of the sentences that it means; an arm that fits several heads is meant by none."""
    meant: list[list[ArmGuess]] = [[arm for arm in told if _equal(arm, group)] for group in tabled]
    taken = [arm for arms in meant for arm in arms]
    for arm in told:
        places = [place for place, group in enumerate(tabled) if _contained(arm, group)]
        if arm not in taken and len(places) == 1:
            meant[places[0]].append(arm)
    return meant


def _equal(arm: ArmGuess, group: ArmGuess) -> bool:
    return any(_words(name) == _words(group.label) for name in (arm.label, *arm.variants))


def _contained(arm: ArmGuess, group: ArmGuess) -> bool:
    """Whether one name holds the words of the other, and none of them says that something was not given."""
    head = _words(group.label)
    names = [_words(name) for name in (arm.label, *arm.variants)]
    return any(name and (name <= head or head <= name) and not denies(name ^ head) for name in names)


def _words(name: str) -> frozenset[str]:
    plain = name.lower().replace("-", " ").replace("/", " ").split()
    return frozenset(word for word in plain if word not in _FILLER)


_FILLER = frozenset("the group arm patients only alone plus and with of treatment therapy +".split())


def _joined(group: ArmGuess, arms: Sequence[ArmGuess]) -> ArmGuess:
    """The table's arm with what the sentences know of it."""
    if not arms:
        return group
    arm = arms[0]
    names = [name for one in arms for name in (one.label, *one.variants)]
    return replace(
        arm,
        n=next((one.n for one in (*arms, group) if one.n is not None), None),
        treatment=arm.treatment or group.treatment,
        variants=tuple(dict.fromkeys([*names, group.label, *group.variants])),
        sizes=tuple(size for one in arms for size in one.sizes),
    )
