"""The arms of the document's own study, from its sentences and from the heads of its tables together.

Sentences know the names and abbreviations of the arms; table heads, where a table sets groups with sizes side by side,
know which names are arms and which are not. Where both speak, the tables choose and the sentences name.
"""

from collections.abc import Sequence
from dataclasses import replace

from evidence.extract.arms import ArmGuess, find_arms
from evidence.extract.nlp import Reading, Sentence
from evidence.extract.table_arms import arms_of_tables
from evidence.model.codes import Role


def own_arms(reading: Reading, sentences: Sequence[Sentence]) -> tuple[ArmGuess, ...]:
    """The arms; those of the tables with the names, roles and sizes that the sentences give them."""
    told = find_arms(reading, sentences=sentences)
    tabled = arms_of_tables(reading)
    if len(tabled) < 2 or any(arm.role is Role.OTHER for arm in told):
        # overlapping groups ("sorafenib", and its four regimens) are more than the columns of one table
        return told or tabled
    matched = [next((arm for arm in told if _same(arm, group)), None) for group in tabled]
    if told and not any(matched):
        return told
    return tuple(_joined(group, arm) for group, arm in zip(tabled, matched, strict=True))


def _same(arm: ArmGuess, group: ArmGuess) -> bool:
    """Whether a name of the sentences and a table head mean one arm: one's words hold the other's."""
    words = [_words(name) for name in (arm.label, *arm.variants)]
    head = _words(group.label)
    return any(name and (name <= head or head <= name) for name in words)


def _words(name: str) -> frozenset[str]:
    plain = name.lower().replace("-", " ").replace("/", " ").split()
    return frozenset(word for word in plain if word not in _FILLER)


_FILLER = frozenset("the group arm patients only alone plus and with of treatment therapy +".split())


def _joined(group: ArmGuess, arm: ArmGuess | None) -> ArmGuess:
    if arm is None:
        return group
    variants = tuple(dict.fromkeys((arm.label, *arm.variants, group.label, *group.variants)))
    return replace(
        arm,
        n=arm.n if arm.n is not None else group.n,
        treatment=arm.treatment or group.treatment,
        variants=variants,
    )
