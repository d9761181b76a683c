"""Which of the arms is the control: by the words of their names, by what the letters stand for, or by their order."""

import re
from collections.abc import Iterable, Mapping, Sequence

from evidence.extract import lexicon
from evidence.extract.arm_candidates import Candidate
from evidence.extract.arm_names import LETTERED, denies, key_of, treatment_phrases, without_denial
from evidence.model.codes import Role


def treatments_of(label: str) -> tuple[str, ...]:
    """Normal names of what an arm is given."""
    return tuple(dict.fromkeys(name for phrase in treatment_phrases(label, 0, len(label)) for name in phrase.names))


_CONTROL_GIVEN = re.compile(r"\b(?:placebos?|controls?|alone|no|without|not|sham|usual|standard|conventional)\b")


def roles_of(arms: Sequence[Candidate], title: str, told: Sequence[str], long_forms: Mapping[str, str]) -> list[Role]:
    """Control or experimental by the words of the names; other where nothing tells or an arm overlaps with the rest."""
    # of names with equally many words the label: "pamidronate" tells more than "group B"
    fullest = [max([arm.label, *sorted(arm.aliases)], key=lambda name: len(key_of(name).split())) for arm in arms]
    keys = [set(key_of(name).split()) for name in fullest]
    divided = _dividing_pair(arms, keys)
    control = [
        _is_control(index, [arm.label, *arm.aliases, long_forms.get(arm.label, "")], keys, divided)
        for index, arm in enumerate(arms)
    ]
    if said := _said_of_letters(arms, told):
        return said
    if not any(control):
        lettered = all(LETTERED.fullmatch(arm.label) for arm in arms)
        control = _by_definition(arms, told) if lettered else _by_order(arms, title, told, long_forms)
    if all(control) and len(arms) == 2:
        inactive = [any(map(_INACTIVE.search, (arm.label, *arm.aliases))) for arm in arms]
        control = inactive if sum(inactive) == 1 else [False, True]
    if not any(control):
        return [Role.OTHER] * len(arms)
    return [
        Role.OTHER if divided and index not in divided else Role.CONTROL if is_control else Role.EXPERIMENTAL
        for index, is_control in enumerate(control)
    ]


def _said_of_letters(arms: Sequence[Candidate], told: Sequence[str]) -> list[Role]:
    """Roles of lettered arms that each is introduced by ("the control group A or the experimental group B")."""
    body = " ".join(told)
    roles = []
    for arm in arms:
        name = rf"{re.escape(arm.label)}(?![\w+])"
        control = re.search(rf"\b(?:control|standard) {name}", body)
        tried = re.search(rf"\b(?:experimental|investigational) {name}", body)
        if not LETTERED.fullmatch(arm.label) or bool(control) == bool(tried):
            return []
        roles.append(Role.CONTROL if control else Role.EXPERIMENTAL)
    return roles if Role.CONTROL in roles else []


#: Of two controls the one that got less is the control of the other.
_INACTIVE = re.compile(
    r"placebo|observation|no (?:\w+ )?(?:treatment|maintenance|therapy)|untreated|sham", re.IGNORECASE
)


def _dividing_pair(arms: Sequence[Candidate], keys: Sequence[set[str]]) -> set[int]:
    """Indices of "sorafenib" and "non-sorafenib", which divide the patients; further groups overlap with them."""
    for first, arm in enumerate(arms):
        given = set(key_of(arm.label).split())
        for second, other in enumerate(keys):
            if denies(other) and given == without_denial(other):
                return {first, second}
    return set()


def _is_control(index: int, names: Iterable[str], keys: Sequence[set[str]], divided: set[int]) -> bool:
    """Whether an arm is a control: its treatment is part of another arm's, or its name says so."""
    key = keys[index]  # empty where the arm is called by its role
    others = [
        other
        for position, other in enumerate(keys)
        if other and position != index and (index not in divided or position in divided)
    ]
    if key and any(key < other and not denies(other) for other in others):
        return True
    if denies(key):
        return True
    if any(other < key for other in others):
        return False
    return any(lexicon.control_words().search(_BACKBONE.sub("", name)) for name in names)


#: "standard chemotherapy plus X" is X's arm.
_BACKBONE = re.compile(r"\b(?:standard|conventional)\b(?=.*(?:\b(?:plus|combined|with|followed)\b|\+))", re.IGNORECASE)


#: What follows a letter, up to the next letter or the end of the sentence.
_DEFINED = r"{}\b,?(?P<words>(?:[^.;]|\.(?=\d)){{1,160}}?)(?=[.;]|\b(?:group|arm) (?:[A-D1-4]|I{{1,3}})\b|$)"


def _by_definition(arms: Sequence[Candidate], told: Sequence[str]) -> list[bool]:
    """Which of two lettered arms is the control: the one given "placebo", "X alone", or X where the other got X and Y.

    Where nothing tells it is the second.
    """
    body = " ".join(told)
    if len(arms) != 2 or "random" not in body or any(arm.label.startswith("cohort") for arm in arms):
        return [False] * len(arms)  # cohorts are not set against each other
    without, given = [], []
    for arm in arms:
        found = re.finditer(_DEFINED.format(re.escape(arm.label)), body, re.IGNORECASE)
        defined = " ".join(match["words"] for _, match in zip(range(2), found, strict=False))
        without.append(bool(_CONTROL_GIVEN.search(defined)))
        given.append(set(treatments_of(defined)))
    first = given[0] < given[1] if all(given) and without[0] == without[1] else without[0] > without[1]
    return [first, not first]


def _by_order(arms: Sequence[Candidate], title: str, told: Sequence[str], long_forms: Mapping[str, str]) -> list[bool]:
    """Which is the control where no word tells: the arm that the other is set against in the title, or more often."""
    if len(arms) != 2:
        return [False] * len(arms)
    first, second = (
        "(?:" + "|".join(re.escape(name) for name in {arm.label, long_forms.get(arm.label, arm.label)}) + ")"
        for arm in arms
    )
    body = " ".join(told)
    for text, against in (
        (body, _NOT_INFERIOR),
        (title, _AGAINST),
        (body, _AGAINST),
        (body, r"(?:or|than(?: with| in)?)\b"),
    ):
        lead = _set_against(first, second, text, against) - _set_against(second, first, text, against)
        if lead:
            return [False, True] if lead > 0 else [True, False]
    return [False, True]


#: What was tried was not worse than what it was tried against.
_NOT_INFERIOR = r"non-?inferior to\b"
_AGAINST = r"(?:versus|vs\.?|compared (?:with|to)|over)\b"


def _set_against(one: str, other: str, text: str, against: str) -> int:
    """How often one name is set against another: "A versus B", "compared with B, A was", "to compare A with B"."""
    ways = [rf"{one}[^.;]{{0,60}}?\b{against}[^.;]{{0,20}}?{other}"]
    if against is _AGAINST:
        ways.append(rf"\bcompared (?:with|to) (?:the )?{other}(?: \w+)?, (?:the )?{one}")
        ways.append(rf"\bcompar(?:e|ed|es|ing) (?:the )?{one}[^.;]{{0,20}}? with (?:the )?{other}")
    return sum(len(re.findall(way, text, re.IGNORECASE)) for way in ways)
