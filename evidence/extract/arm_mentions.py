"""Where the arms of a study are named in a text: by name, by role ("the control group"), by letter, or all at once."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from evidence.extract import lexicon
from evidence.extract.arms import ArmGuess
from evidence.model.codes import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmMention:
    """A place that names one arm, or several at once ("the two groups")."""

    start: int
    end: int
    arms: tuple[int, ...]  # indices into the arms
    taken_up: bool = False  # "They", "these patients": the arm of the sentence before


# -------------------------------------------------------------------------------------------------------------- pattern

_ALL = (
    r"\b(?:both|the two|the three|the four|these two|either|the|all|two|three|four|treatment|study)"
    r"\s(?:treatment |study |patient )?(?:groups|arms|cohorts)\b|\beither (?:treatment |study )?(?:group|arm)\b"
)
_THIS = r"\bthis (?:group|arm)\b"
_WITHOUT = r"\b(?:without(?: it)?|those who did not|no treatment)(?=\s?(?:[,.;()]|$))"
#: "patients not receiving ", "those who did not receive " before the name of the other arm.
_NOT_GIVEN = (
    r"(?<!with or )(?<!with and )(?<!with/)(?i:non-?|no |without |not (?:receiving|given|treated with|taking|having) "
    r"|not (?:receive|received|have|had) |(?:absence|lack|omission) of )(?:any |the )?"
)
#: "31% without and 28% with X", "in patients without and with X", "with and without X".
_PAIRED = (
    r"\bwithout(?=\s(?:and|or|vs\.?|versus)\s(?:\d[^.;]*?(?:\.\d[^.;]*?)*\s)?with\s)"
    r"|\bwith(?=\s(?:and|or|vs\.?|versus)\swithout\s)"
)
_NOT_DENIED = r"(?<!non-)(?<!non )(?<!without )(?<!no )"
_DENIES = re.compile(r"no|without", re.IGNORECASE)
#: A short form that is no word of the language ("Rd", "VRd").
_NO_WORD = re.compile(r"(?=[a-z]*[A-Z])[B-DF-HJ-NP-TV-XZb-df-hj-np-tv-xz]{2,4}")
_GROUP_BEHIND = r"(?:[\s-](?:groups?|arms?|cohorts?|recipients?|patients))"
#: "in the study and the control group": "group" stands once, behind the last.
_GROUPS_FOLLOW = r"(?=\s(?:and|or|vs\.?|versus)\s(?:the\s)?[\w-]+\s(?:groups?|arms?)\b)"
#: What arms are called by their role alone ("the intervention group").
_GENERIC = {
    Role.EXPERIMENTAL: "|".join(("study", *lexicon.arm_words("generic", "experimental"))),
    Role.CONTROL: "|".join(lexicon.arm_words("generic", "control")),
}


@lru_cache(maxsize=64)  # every table of a document asks for that of its arms
def arm_pattern(arms: tuple[ArmGuess, ...]) -> re.Pattern[str]:
    """Pattern that finds every mention of these arms, for `arm_mentions`.

    The name of the group that matched says what was found: `a0_...`, `a1_...` an arm, `all`, `this`, `without`.
    """
    parts = [(index, body) for index, arm in enumerate(arms) for body in _names(arm, arms)]
    parts.sort(key=lambda part: -len(part[1]))
    alternatives = [f"(?P<a{index}_{number}>{body})" for number, (index, body) in enumerate(parts)]
    alternatives += [f"(?P<all>{_ALL})", f"(?P<this>{_THIS})"]
    if len(arms) == 2:
        alternatives += [f"(?P<without>{_WITHOUT})", f"(?P<paired>{_PAIRED})"]
    return re.compile("|".join(alternatives))


def _names(arm: ArmGuess, arms: tuple[ArmGuess, ...]) -> Iterator[str]:
    """Patterns of the names of one arm; its role names it where it is the only one with that role."""
    for word in sorted(dict.fromkeys(arm.variants), key=len, reverse=True):
        yield _pattern_of(word)
    if len(arms) == 2 and arm.role is Role.CONTROL:
        for other in arms:
            if other is not arm:
                yield from (rf"(?<![\w]){_NOT_GIVEN}{_plain(word)}(?![\w]){_GROUP_BEHIND}?" for word in other.variants)
    generic = _GENERIC.get(arm.role)
    if generic is not None and sum(other.role is arm.role for other in arms) == 1:
        yield rf"(?<![\w-])(?:{generic})(?:[\s-](?:groups?|arms?|patients)\b|{_GROUPS_FOLLOW})"
        if arm.role is Role.CONTROL:
            yield r"\bcontrols\b"


def _pattern_of(word: str) -> str:
    """Pattern of one name, with "group" behind it where it stands; a short name in small letters needs it."""
    body = _plain(word)
    short = word.isupper() or _NO_WORD.fullmatch(word) is not None
    name = body if short and len(word) <= 4 else f"(?i:{body})"
    not_denied = "" if _DENIES.match(word) else _NOT_DENIED
    needs_group = len(word) <= 2 and not short
    apart = r"(?<![\w.])" if word[0].isdigit() else r"(?<![\w])"  # "2.5 mg" is not "5 mg"
    return rf"{apart}{not_denied}{name}(?![\w])(?![\s-]controlled){_GROUP_BEHIND}{'' if needs_group else '?'}"


def _plain(word: str) -> str:
    """Pattern of the words of a name, joined by blanks or hyphens."""
    return r"[\s-]+".join(re.escape(part) for part in re.split(r"[\s-]+", word) if part)


# ------------------------------------------------------------------------------------------------------------- mentions


def arm_mentions(
    pattern: re.Pattern[str], arms: tuple[ArmGuess, ...], text: str, start: int, end: int
) -> list[ArmMention]:
    """Where the arms are named between two offsets, in order.

    "This group" is the arm named last before it; "without" at the end of a clause is the control, once an arm is named.
    """
    found = [*_lettered_lists(arms, text, start, end), *_dose_lists(arms, text, start, end)]
    paired: list[re.Match[str]] = []
    for match in pattern.finditer(text, start, end):
        name = match.lastgroup or ""
        if _EITHER_WAY_BEHIND.match(text, match.end()) or _EITHER_WAY.search(text, start, match.start()):
            continue
        named: tuple[int, ...]
        if name == "paired":
            paired.append(match)
            continue
        if name == "this":
            named = found[-1].arms if found and len(found[-1].arms) == 1 else ()
        elif name == "all":
            named = tuple(range(len(arms)))
        elif name == "without":
            named = tuple(index for index, arm in enumerate(arms) if arm.role is Role.CONTROL)[:1] if found else ()
        else:
            named = (int(name[1:].split("_")[0]),)
        if named or name == "all":
            found.append(ArmMention(start=match.start(), end=match.end(), arms=named))
    found += _beside_their_name(arms, paired, found, text)
    return sorted(found, key=lambda mention: mention.start)


#: "X with or without Y" tells how both arms were made, and names neither.
_EITHER_WAY = re.compile(r"\bwith(?: or |/)without (?:the )?$")
_EITHER_WAY_BEHIND = re.compile(r"\swith(?: or |/)without\b")
_UP_TO_NAME = {
    "without": re.compile(r"\s(?:and|or|vs\.?|versus)\s(?:\d[^;]*\s)?with\s(?:the )?"),
    "with": re.compile(r"\s(?:and|or|vs\.?|versus)\s"),
}


def _beside_their_name(
    arms: tuple[ArmGuess, ...], paired: Sequence[re.Match[str]], found: Sequence[ArmMention], text: str
) -> Iterator[ArmMention]:
    """The "without" of "without and with X", and the "with" of "with and without X", is the other arm."""
    for match in paired:
        named = min((m for m in found if m.start >= match.end()), key=lambda m: m.start, default=None)
        if (
            named is None
            or len(named.arms) != 1
            or not _UP_TO_NAME[match.group()].fullmatch(text, match.end(), named.start)
        ):
            continue
        if (arms[named.arms[0]].role is Role.CONTROL) == (match.group() == "with"):
            yield ArmMention(start=match.start(), end=match.end(), arms=(1 - named.arms[0],))


_LETTER = r"(?:[A-D]|[1-4])"
#: "groups A and B", "arms 1, 2 and 3".
_LETTER_LIST = re.compile(
    rf"\b(?:[Gg]roups|[Aa]rms|[Cc]ohorts) (?P<list>{_LETTER}(?:, {_LETTER})*,? (?:and|or|vs\.?|versus) {_LETTER})\b"
)
_ONE_LETTER = re.compile(r"\b[A-D1-4]\b")


#: "the 30- and 60-mg groups": the unit stands once, behind the last.
_DOSE_LIST = re.compile(
    r"(?<![\w.])(?P<list>(?:\d[\d.]*(?:\s?-)?,?\s(?:and |or |vs\.? |versus )?)+)\d[\d.]*[\s-]?(?P<unit>mg|g|µg|μg|Gy)"
    r"(?:/(?:m2|kg|day|d))?[\s-](?:dose )?(?:groups|arms|cohorts)\b"
)
_AMOUNT = re.compile(r"\d[\d.]*-?")


def _dose_lists(arms: tuple[ArmGuess, ...], text: str, start: int, end: int) -> Iterator[ArmMention]:
    """Mentions in lists of doses but the last, which has its unit: each number names its arm."""
    for match in _DOSE_LIST.finditer(text, start, end):
        for amount in _AMOUNT.finditer(match["list"]):
            dose = re.compile(rf"{re.escape(amount.group().rstrip('-'))}\s?{match['unit']}\b")
            owners = [index for index, arm in enumerate(arms) if any(map(dose.match, arm.variants))]
            if len(owners) == 1:
                at = match.start("list") + amount.start()
                yield ArmMention(start=at, end=at + len(amount.group()), arms=(owners[0],))


def _lettered_lists(arms: tuple[ArmGuess, ...], text: str, start: int, end: int) -> list[ArmMention]:
    """Mentions in lists of letters: each letter names its arm."""
    found = []
    for match in _LETTER_LIST.finditer(text, start, end):
        for letter in _ONE_LETTER.finditer(match["list"]):
            names = {f"group {letter.group()}", f"arm {letter.group()}"}
            owner = next((index for index, arm in enumerate(arms) if names & set(arm.variants)), None)
            if owner is not None:
                at = match.start("list") + letter.start()
                found.append(ArmMention(start=at, end=at + 1, arms=(owner,)))
    return found
