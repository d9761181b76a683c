"""Names of arms in lists: letters with what each stands for, numbers of patients with what each received."""

import re
from collections.abc import Iterator

from evidence.extract.arm_candidates import Candidates, Place
from evidence.extract.arm_names import key_of, name_at, treatment_phrases, whole_number

_LETTER = r"(?:[A-D]|[1-4]|I{1,3}|IV)"
_GROUP = r"(?:[Gg]roup|GROUP|[Aa]rm|ARM|[Cc]ohort)"
#: "group A where X was given", "Group 1 (n = 30) received X", "arm B: X".
_SAYS = re.compile(
    rf"\b{_GROUP}\s(?P<letter>{_LETTER})\b\s?(?:\([nN]\s?=\s?\d+\))?(?:\s(?:patients|women|men|participants|subjects))?"
    r"(?::|,? (?:where|in which|who|which|that)|\s?="
    r"|(?=\s(?:received|were|was|got|took|underwent|consisted|included)\b))\s"
    rf"(?P<what>[^.;:]{{3,120}}?)(?=[.;:]|,? (?:and|while|whereas|but) (?:the )?(?:patients in )?(?:the )?{_GROUP}\b|$)"
)
#: "arms A (X), B (Y) and C (Z)".
_BRACKETED = re.compile(rf"(?P<letter>{_LETTER})\s?\((?P<what>[^()]{{3,70}})\)(?:,|;|,? and|,? or)?\s?")
_BRACKETED_LIST = re.compile(rf"\b{_GROUP}s?\s(?={_LETTER}\s?\()")
_GIVING = re.compile(
    r"^(?:(?:received|receiving|were|was|got|took|underwent|consisted of|included|given|treated|assigned|allocated|to"
    r"|receive|with|by|patients|who|the|an?|only|intravenous|i\.?v\.?|oral|parenteral|infusion|infusions|injections?"
    r"|of|subcutaneous|topical)\s)+",
    re.IGNORECASE,
)
_GIVEN = re.compile(r",? (?:was|were|is) (?:given|administ\w+|used|received|applied|performed|prescribed)\b.*")

#: "285 patients received X, 282 Y, 285 Z, and 274 W".
_COUNTED = re.compile(
    r"(?<![\w.,-])(?P<n>\d[\d,]*) (?:patients|women|men|participants|subjects|people|adults|children) "
    r"(?:were (?:randomly )?(?:assigned|allocated|randomi[sz]ed) to(?: receive)?|received) (?P<rest>[^.;()]{3,200})"
)
_NEXT = re.compile(r",? and (?=\d)|, (?=\d)")
_NUMBERED = re.compile(r"(?P<n>\d[\d,]*) (?:(?:patients|received|to) )*(?P<name>[A-Za-z][\w+/ -]{2,50})")
#: "(on day 6)" goes on with the brackets before; alone it names nothing.
_WHEN = re.compile(r"(?:on|at|after|before|from|until)\b")
_FEWEST = 5
_MOST_WORDS = 7


def collect_lists(place: Place, candidates: Candidates) -> None:
    """Note the arms that a sentence lists, where it lists two or more."""
    lettered = _told_apart(list(_lettered(place.words)))
    if len(lettered) > 1:
        keys = []
        for number, (letter, name) in enumerate(lettered):
            key = candidates.note(name, place.start + number, support=2 * place.weight, group=True)
            for word in ("group", "arm", "cohort"):
                candidates.add_nickname(key, f"{word} {letter}")
            keys.append(key)
        candidates.set_against(keys)
    counted = _counted(place.words)
    if len(counted) > 2:
        candidates.set_against(
            [
                candidates.note(name, place.start + number, support=2 * place.weight, n=n)
                for number, (name, n) in enumerate(counted)
            ]
        )


def _lettered(words: str) -> Iterator[tuple[str, str]]:
    """(letter, what it stands for) of each group that the sentence explains."""
    for match in _SAYS.finditer(words):
        yield match["letter"], match["what"]
    for opening in _BRACKETED_LIST.finditer(words):
        at = opening.end()
        while item := _BRACKETED.match(words, at):
            at = item.end()
            yield item["letter"], re.split(r"[,;]\s?[nN]\s?=", item["what"])[0]


def _told_apart(lettered: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """(letter, name) of each group: the treatment, or all words where that is the same; none where these are."""
    for names in (
        [(letter, _what_was_given(what)) for letter, what in lettered],
        [(letter, what) for letter, what in lettered if len(what.split()) <= _MOST_WORDS and not _WHEN.match(what)],
    ):
        keys = {key_of(name) for _, name in names if name}
        if len(keys) == len(lettered):
            return names
    return []


def _what_was_given(words: str) -> str:
    """The treatment in "intravenous amiodarone was given"; empty where the words tell none."""
    bare = _GIVING.sub("", _GIVEN.sub("", words.strip()))
    phrases = treatment_phrases(bare, 0, len(bare))
    if phrases and phrases[0].names:
        return bare[phrases[0].start : phrases[0].end]
    return name_at(bare) if re.match(r"[A-Za-z]{3}", bare) else ""


def _counted(words: str) -> list[tuple[str, int]]:
    """(name, number) of each arm in a list of numbers of patients."""
    match = _COUNTED.search(words)
    if match is None:
        return []
    first, *rest = _NEXT.split(match["rest"])
    found = [(name_at(first), whole_number(match["n"]))]
    for piece in rest:
        item = _NUMBERED.match(piece)
        if item is None:
            break
        found.append((name_at(item["name"]), whole_number(item["n"])))
    return found if all(name and n >= _FEWEST for name, n in found) else []
