"""The groups that a document's tables set side by side, for studies whose sentences name no arms."""

import re
from collections import Counter

from evidence.extract import lexicon
from evidence.extract.arms import ArmGuess, treatment_phrases
from evidence.extract.grids import Column, Grid, grids
from evidence.extract.meanings import hear, plain_group, says_nothing
from evidence.extract.nlp import Reading
from evidence.model.codes import Role

#: Heads with a size that divide the patients by what they are instead of by what they got.
_TRAIT = re.compile(
    r"\b(?:total|overall|all|age[ds]?|years?|male|female|men|women|yes|no\b|present|absent|positive|negative|responders?|survivors?|dead|alive|stage|grade|risk|score|quartile|"
    r"tertile|baseline|visit|weeks?|months?|day|period|cases|children|adolescents|adults|elderly|normal|high|low|mild|moderate|severe)\b|[<>≤≥%]",
    re.IGNORECASE,
)
_MOST_ARMS = 6


def arms_of_tables(reading: Reading) -> tuple[ArmGuess, ...]:
    """Groups with a size in the heads of neighbouring columns ("Stent (n = 30) | No stent (n = 52)").

    The set of groups that most tables share is taken, the first where several are shared alike; empty where no table has
    two such columns or where they divide the patients by a trait.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    found: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    for grid in grids(reading):
        named = _sized_columns(grid)
        if 2 <= len(named) <= _MOST_ARMS:
            key = tuple(sorted(label.lower() for label, _ in named))
            seen[key] += 1
            found.setdefault(key, named)
    if not found:
        return ()
    best = max(found, key=lambda key: seen[key])
    return tuple(_guess(label, n, [other for other, _ in found[best] if other != label]) for label, n in found[best])


def _sized_columns(grid: Grid) -> list[tuple[str, int]]:
    """Names and sizes of the columns that are groups; none where one of them is a trait."""
    named: dict[str, tuple[str, int]] = {}
    for column in grid.columns:
        group = _sized(column)
        if group is not None:
            named.setdefault(group[0].lower(), group)
    groups = [group for group in named.values() if not re.fullmatch(r"(?:total|overall|all)\b.*", group[0], re.IGNORECASE)]
    return [] if any(_TRAIT.search(label) for label, _ in groups) else groups


def _sized(column: Column) -> tuple[str, int] | None:
    for index in range(len(column.parts) - 1, -1, -1):
        said = hear(column.parts[index])
        if said.size is None or said.p or said.measure is not None:
            continue
        label = plain_group(column.parts[index]) or (plain_group(column.parts[index - 1]) if index else "")
        if label and len(label) <= 60 and not says_nothing(label) and re.search(r"[A-Za-z]", label):
            return label, said.size
    return None


def _guess(label: str, n: int, others: list[str]) -> ArmGuess:
    names = [name for phrase in treatment_phrases(label, 0, len(label)) for name in phrase.names]
    control = bool(lexicon.control_words().search(label))
    contrasted = any(lexicon.control_words().search(other) for other in others)
    role = Role.CONTROL if control else Role.EXPERIMENTAL if contrasted else Role.OTHER
    return ArmGuess(label=label, role=role, treatment=tuple(dict.fromkeys(names)), n=n, variants=(label,))
