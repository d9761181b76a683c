"""What a sentence compares where that is not the arms: prognostic groups, and the factors of a multivariable analysis.

A hazard ratio of a covariate never belongs to the arms of the study. The groups are called as the sentence calls them;
what a factor is compared with stays empty, because it is mostly not printed.
"""

import re
from collections.abc import Sequence

from evidence.extract import lexicon
from evidence.extract.numbers import Quantity
from evidence.extract.patterns import one_of, one_of_list
from evidence.extract.scenes import Scene

# ---------------------------------------------------------------------------------------------------------- two groups

_PEOPLE = one_of("patients pts women men participants children adults cases recipients those")
_WHO = r"(?:not )?(?:with|without|undergoing|receiving|who|in|aged|having|lacking|harbou?ring|carrying|treated)\b"
_GROUP = rf"(?:the )?{_PEOPLE} {_WHO}[^.;,()]{{0,60}}?"
_END = r"(?=\s?[.;,()]|\s(?:was|were|in terms|regarding|with respect)\b|$)"
_GROUPS = re.compile(
    rf"\bbetween (?P<a>{_GROUP}) and (?P<b>{_GROUP}){_END}"
    rf"|\b(?P<c>{_GROUP})\s(?:(?:had|have|was|were|showed|experienced|achieved)\b[^.;()]{{0,80}}?\s)?"
    rf"(?:than|versus|vs\.?|v|(?:as )?compared (?:with|to))\s(?:in |for |among |that in )?(?P<d>{_GROUP}){_END}",
    re.IGNORECASE,
)
_GIVEN_TWICE = re.compile(r"(?:undergoing|receiving|with|who underwent|who received)$")
_DENIED = re.compile(
    rf"^(?:the )?{_PEOPLE} (?:not |without |who did not )*(?:undergoing |receiving |undergo |receive )?"
)


def compared_groups(scene: Scene) -> tuple[str, str] | None:
    """The names of two groups of patients that a sentence compares, where neither is an arm of the study."""
    for match in _GROUPS.finditer(scene.text, scene.start, scene.end):
        sides = ("a", "b") if match["a"] else ("c", "d")
        start, end = match.start(sides[0]), match.end(sides[1])
        if any(start <= mention.start < end for mention in scene.mentions):
            continue
        one, other = (" ".join(match[side].removeprefix("the ").split()) for side in sides)
        if _GIVEN_TWICE.search(one):
            one = f"{one} {_DENIED.sub('', other)}"  # "between those receiving and those not receiving X"
        return one, other
    return None


# -------------------------------------------------------------------------------------------------------------- factors

_FACTORS = re.compile(one_of_list(lexicon.word_list("comparison", "factors")) + r"|per \d", re.IGNORECASE)
_SAYS_FACTORS = re.compile(
    r"(?:(?:reveal|show|identif|found|find|confirm|demonstrat|indicat|suggest)\w*\s(?:that\s)?|^|[;,]\s)"
    r"(?P<list>(?:[^.;:(),]|\.(?=\d)|,\s(?=[^,]* and ))+?)\s(?:were|was|are|is|remained|as|to be)\s(?:[\w-]+\s){0,5}?"
    r"(?P<said>factors?|predictors?|associated|protective|predictive)\b"
)
_NEXT_FACTOR = re.compile(r",\s(?:and\s)?|\sand\s")
_BEFORE_BRACKET = re.compile(r"(?:^|[,;:]\s|\band\s|\bthat\s)(?:and\s)?(?P<factor>[^,;:()]{3,60}?)\s?[(\[]$")


_NO_VERB = re.compile(r"\s(?:was|were|is|are|did|had)(?: not)?$")


def speaks_of_factors(scene: Scene) -> bool:
    """Whether a sentence speaks of factors rather than of treatments."""
    return bool(_FACTORS.search(scene.words))


def factor_of(scene: Scene, row: Sequence[Quantity], place: int) -> str | None:
    """The factor that one estimate of a row is of; None where it is of an arm, or the sentence tells of none.

    "X and Y were protective (HR ...; HR ...)" lays factors against estimates, "X (HR ...), Y (HR ...)" sets each before
    its own. Empty where the sentence says what an outcome is associated with.
    """
    if not speaks_of_factors(scene):
        return None
    before = scene.text[scene.start : row[0].start]
    said = [*_SAYS_FACTORS.finditer(before)]
    if said:
        listed = _listed(scene.start + said[-1].start("list"), said[-1]["list"])
        if len(listed) not in (1, len(row)) or _names_arm(scene, scene.start + said[-1].end(), row[0].start):
            return None
        start, end = listed[place if len(listed) > 1 else 0]
        if _names_arm(scene, start, end):
            return None
        about_outcome = any(start <= outcome.start < end for outcome in scene.outcomes)
        return "" if about_outcome and said[-1]["said"] == "associated" else " ".join(scene.between(start, end).split())
    named = _BEFORE_BRACKET.search(before) if len(row) == 1 else None
    if named is None or scene.start + named.start("factor") == row[0].start:
        return None
    start, end = (scene.start + offset for offset in named.span("factor"))
    if _names_arm(scene, start, end) or any(start <= outcome.start < end for outcome in scene.outcomes):
        return None
    return _NO_VERB.sub("", named["factor"]) if sum(q.kind is row[0].kind for q in scene.quantities) > 1 else None


def _listed(start: int, words: str) -> list[tuple[int, int]]:
    """Offsets of the items of "X, Y and Z"."""
    joints = [match.span() for match in _NEXT_FACTOR.finditer(words)]
    begins = [0, *(end for _, end in joints)]
    ends = [*(begin for begin, _ in joints), len(words)]
    return [(start + first, start + last) for first, last in zip(begins, ends, strict=True)]


def _names_arm(scene: Scene, start: int, end: int) -> bool:
    return any(start <= mention.start < end for mention in scene.mentions)
