"""The groups that a document's tables set side by side, for studies whose sentences name no arms."""

import re
from collections import Counter

from evidence.extract import lexicon
from evidence.extract.arm_names import treatment_phrases
from evidence.extract.arms import COMBINED, ArmGuess
from evidence.extract.grids import Column, Grid, grids
from evidence.extract.group_names import plain_group
from evidence.extract.meanings import hear, says_nothing
from evidence.extract.nlp import Reading
from evidence.model.codes import Role

#: Heads with a size that divide the patients by what they are instead of by what they got.
_TRAIT = re.compile(
    r"\b(?:total|overall|all|age[ds]?|years?|male|female|men|women|yes|no\b|present|absent|positive|negative"
    r"|responders?|survivors?|dead|alive|stage|grade|risk|score|quartile|"
    r"tertile|baseline|visit|weeks?|months?|day|period|cases|children|adolescents|adults|elderly|normal|high|low"
    r"|mild|moderate|severe)\b|[<>≤≥%]",
    re.IGNORECASE,
)
_MOST_ARMS = 6
#: A column beside two treatments that holds who got both.
_BOTH = ("both", "combination", "combined")


def arms_of_tables(reading: Reading) -> tuple[ArmGuess, ...]:
    """Groups with a size in the heads of neighbouring columns ("Stent (n = 30) | No stent (n = 52)").

    The set of groups that most tables share is taken, the first where several are shared alike. Empty where no table
    has two such columns, where they divide the patients by a trait, or where nothing else in the document speaks of
    them as groups or treatments. `n` is None where tables give one group several sizes.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    found: dict[tuple[str, ...], dict[str, set[int]]] = {}
    for grid in grids(reading):
        named = _sized_columns(grid)
        if 2 <= len(named) <= _MOST_ARMS and any(_is_group(reading, label) for label in named):
            key = tuple(sorted(label.lower() for label in named))
            seen[key] += 1
            found.setdefault(key, named)
    if not found:
        return ()
    best = found[max(found, key=lambda key: seen[key])]
    return tuple(_guess(label, sizes, [other for other in best if other != label]) for label, sizes in best.items())


def _sized_columns(grid: Grid) -> dict[str, set[int]]:
    """Names and sizes of the columns that are groups; none where one of them is a trait."""
    named: dict[str, tuple[str, set[int]]] = {}
    for column in grid.columns:
        group = _sized(column)
        if group is not None:
            named.setdefault(group[0].lower(), (group[0], set()))[1].add(group[1])
    groups = {label: sizes for label, sizes in named.values() if not _WHOLE.fullmatch(label)}
    return {} if any(_TRAIT.search(label) for label in groups) else groups


_WHOLE = re.compile(r"(?:total|overall|all)\b.*", re.IGNORECASE)


def _sized(column: Column) -> tuple[str, int] | None:
    for index in range(len(column.parts) - 1, -1, -1):
        said = hear(column.parts[index])
        if said.size is None or said.p or said.measure is not None:
            continue
        label = plain_group(column.parts[index]) or (plain_group(column.parts[index - 1]) if index else "")
        if label and len(label) <= 60 and not says_nothing(label) and re.search(r"[A-Za-z]", label):
            return label, said.size
    return None


def _is_group(reading: Reading, label: str) -> bool:
    """Whether a name is a treatment or a control, or the text speaks of it as a group."""
    if lexicon.treatments().find(label) or lexicon.control_words().search(label):
        return True
    name = re.escape(re.sub(r"\s*\([^()]*\)", "", label))
    title = reading.document.bibliography.title or ""
    spoken = re.compile(
        rf"\b{name}[ -](?:groups?|arms?|recipients|patients)\b|\b(?:with|receive|received|to) {name}\b", re.IGNORECASE
    )
    return bool(spoken.search(reading.text)) or bool(re.search(rf"\b{name}\b", title, re.IGNORECASE))


def _guess(label: str, sizes: set[int], others: list[str]) -> ArmGuess:
    names = [name for phrase in treatment_phrases(label, 0, len(label)) for name in phrase.names]
    contrasted = any(lexicon.control_words().search(other) for other in others)
    control = bool(lexicon.control_words().search(label))
    role = Role.CONTROL if control else Role.EXPERIMENTAL if contrasted else Role.OTHER
    bare = re.sub(r"\s*\([^()]*\)", "", label).strip() or label
    inside = re.findall(r"\(([^()]+)\)", label)
    if bare.lower() in _BOTH and len(others) == 2:
        pairs = (others, others[::-1])
        inside += [f"{one} {joint} {other}" for one, other in pairs for joint in COMBINED]
    return ArmGuess(
        label=bare,
        role=role,
        treatment=tuple(dict.fromkeys(names)),
        n=next(iter(sizes)) if len(sizes) == 1 else None,
        variants=tuple(dict.fromkeys((bare, *inside))),
    )
