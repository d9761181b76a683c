"""Names and sizes of the arms from the sentence that divides the patients: "randomized to X (n = 43) or Y (n = 41)"."""

import re
from itertools import takewhile

from evidence.extract.arm_candidates import Candidates, Place
from evidence.extract.arm_names import BY_ROLE, LETTERED, key_of, name_at, name_before, whole_number
from evidence.extract.numbers import is_design_assumption

_DIVIDES = re.compile(r"random|assign|allocat", re.IGNORECASE)


def divides(place: Place) -> bool:
    """Whether a sentence tells how the patients were parted."""
    return bool(_DIVIDES.search(place.words))


def collect_divisions(place: Place, candidates: Candidates) -> bool:
    """Note every name that patients of a sentence were randomized to; whether each was found with its size."""
    _two_numbers_two_names(place, candidates)
    if is_design_assumption(place.words) or "with or without" in place.words:
        return False  # "SOC with or without X": neither half is the name of an arm
    names = _randomized_to(place.words)
    if len(names) < 2:
        return False
    keys = []
    for place_in_list, (name, nicknames, n) in enumerate(names):
        at = place.start + place_in_list  # named in this order
        if BY_ROLE.fullmatch(name):
            candidates.note_role(name, at, support=2 * place.weight, n=n)
            continue
        key = candidates.note(name, at, support=2 * place.weight, n=n)
        for nickname in nicknames:
            if letter := LETTERED.fullmatch(nickname):
                candidates.add_letter(key, letter)
            else:
                candidates.add_nickname(key, nickname)
        keys.append(key)
    candidates.set_against(keys)
    return all(n is not None for _, _, n in names)


# ------------------------------------------------------------------------------------------------------- randomized to

#: "In a randomized phase 3 trial" tells nobody's treatment.
_RANDOMIZED = re.compile(
    r"\b(?:randomi[sz]ed(?!,? (?:[\w-]+,? ){0,3}(?:phase|trial|study|comparison)\b)"
    r"|random(?:ly)?(?: assign(?:ed|ment))?"
    r"|assigned|allocated|received|divided)\b"
)
#: What leads from the verb to the names, the surest first ("women with stage I cancer to receive X or Y").
_LEADS = (
    re.compile(r"[^.;]{0,200}?(?:\b(?:to|and) (?:receive|undergo)d?\b(?:[^.;()]{0,30}?\beither\b)?|\beither\b)"),
    re.compile(r"[^.;]{0,120}?\b(?:(?<!\d )to|into|between(?! \d+\s))\s"),
    re.compile(r"[^.;]{0,120}?(?:(?<!patients )(?<!women )(?<!adults )\b(?:with|receive|for)\s|(?<=received)\s)"),
)
_REST = re.compile(r"\s?(?:treatment (?:with|including|of)\s)?(?:either\s)?(?P<rest>(?:[^.;]|\.(?=\d)){5,400})")
_INSIDE = re.compile(r"[({\[][^(){}\[\]]*[)}\]]")
_NEXT_NAME = re.compile(
    r"\s(?:or|versus|vs\.?|compared with)\s(?:to )?(?:receive )?|\band (?=\d|no |observation|placebo)|, (?=or )"
    r"|\sand\s(?:to (?:the )?)?(?=[^,()]*(?:group|arm)s?\b)|(?<=~), "
)
_EITHER = re.compile(
    r"^(?:(?:or|either|one of|(?:two|three|four) (?:\w+ )?(?:groups|arms):|to"
    r"|\d+(?: patients)? (?:were |was )?(?:to|received?)|receive|the|an?)\s)*"
    r"(?:[^({\[,]*\b(?:including|received)\s)?"
)
#: "24 months of X" against what has no such time.
_FOR_A_TIME = re.compile(
    r"(?:(?:or|either|to|receive)\s)*(?:\d+|one|two|three|four|six|twelve)"
    r"[\s-](?:day|week|month|year|cycle|course|dose)s?['’]?(?: of)?\s"
)
_SIZE = re.compile(
    r"[({\[](?:(?P<inside>[^(){}\[\]]{1,40}?)[,;:]?\s)?[nN]\s?=\s?(?P<n>\d[\d,]*)"
    r"|[({\[][^(){}\[\]]{3,60}[,;]\s?[nN]\s?=\s?(?P<k>\d[\d,]*)"
    r"|[({\[](?P<m>\d[\d,]*) (?:patients|pts|women|men|participants|subjects)"
)
_SHORT_BEHIND = re.compile(r"\s?\((?P<short>[A-Za-z][\w+/-]{1,15})\)")
_NICKNAME = re.compile(r"[A-Za-z][\w+/-]{1,15}|\w+ (?:group|arm)")
_NOT = re.compile(r"not\b")
_WITHIN_ARM = re.compile(r"\bin (?:the )?[^,;]{2,60}? (?:group|arm|cohort)\s$")
_DENIED = re.compile(r"(?:no|without)\s")
#: Of a longer list the last are no names.
_MOST_NAMES = 5

_Named = tuple[str, tuple[str, ...], int | None]


def _randomized_to(words: str) -> list[_Named]:
    """(name, short names, size) of each arm in "randomized to X (A, n = 43) or Y"; empty where there are not two."""
    masked = _masked(_masked(words))  # brackets, and brackets around brackets
    for lead in _LEADS:
        for verb in _RANDOMIZED.finditer(masked):
            if verb.group() == "received" and _WITHIN_ARM.search(masked, 0, verb.start()):
                continue  # what was given within an arm divides that arm
            start = lead.match(masked, verb.end())
            rest = _REST.match(masked, start.end()) if start else None
            pieces = _parted(words, masked, rest.start("rest"), rest.end()) if rest else []
            timed = [
                piece for piece in pieces if piece.strip().isdecimal() or _FOR_A_TIME.match(f"{piece.strip(' ,')} ")
            ]
            if len(timed) == 1:
                pieces = [_FOR_A_TIME.sub("", piece.strip(" ,"), count=1) for piece in pieces]
            found = [_named(piece) for piece in pieces[:_MOST_NAMES]] if len(pieces) > 1 else []
            if verb.group() == "received" and not all(n for _, _, n in found):
                continue  # what was received is the arm only where it has a size
            if found and _NOT.match(pieces[1]):
                found[1] = (f"no {found[0][0]}", *found[1][1:])
            named = list(takewhile(lambda one: one[0], found))
            if len(named) > 1:
                return _told_apart(named, pieces)
    return []


def _masked(words: str) -> str:
    return _INSIDE.sub(lambda match: "~" * len(match.group()), words)


def _parted(words: str, masked: str, start: int, end: int) -> list[str]:
    """The text between two words that join names; what stands in brackets joins nothing."""
    pieces, at = [], start
    for joint in _NEXT_NAME.finditer(masked, start, end):
        pieces.append(words[at : joint.start()])
        at = joint.end()
    return [*pieces, words[at:end]]


def _named(piece: str) -> _Named:
    """Name, short names and size in one piece of the sentence."""
    piece = _EITHER.sub("", piece.strip(" ,"), count=1)
    size = _SIZE.search(piece)
    n = whole_number(size["n"] or size["k"] or size["m"]) if size else None
    inside = size["inside"].strip(" ,;:") if size and size["inside"] else ""
    by_role = BY_ROLE.match(piece)
    name = by_role["label"] if by_role else name_at(piece)
    short = _SHORT_BEHIND.match(piece, len(name)) if name and piece.startswith(name) else None
    nicknames = [short["short"]] if short else []
    if _NICKNAME.fullmatch(inside) or LETTERED.fullmatch(inside):
        nicknames.append(inside)
    return name or (nicknames[0] if nicknames else ""), tuple(nicknames), n


def _told_apart(found: list[_Named], pieces: list[str]) -> list[_Named]:
    """Names that differ only in what was cut off ("X alone", "X concurrent with Y") get it back."""
    denied = next((_DENIED.sub("", name) for name, _, _ in found if _DENIED.match(name)), None)
    if denied:
        # "staging with MRI" against "no MRI" is MRI
        found = [
            (denied if denied in piece and denied not in name else name, nicknames, n)
            for piece, (name, nicknames, n) in zip(pieces, found, strict=False)
        ]
    keys = [key_of(name) for name, _, _ in found]
    return [
        (_up_to_bracket(piece) if keys.count(key) > 1 and _up_to_bracket(piece) else name, nicknames, n)
        for key, piece, (name, nicknames, n) in zip(keys, pieces, found, strict=False)
    ]


def _up_to_bracket(piece: str) -> str:
    """The words of a piece before its first bracket or comma, where they are few enough for a name."""
    words = re.split(r"[({\[,]", _EITHER.sub("", piece.strip(" ,"), count=1))[0].split()
    return " ".join(words) if len(words) <= 6 else ""


# ------------------------------------------------------------------------------------------------------ numbers, names

#: "26 and 27 patients were assigned to X and Y", "26 and 27 in the X and Y arms".
_TWO_AND_TWO = re.compile(
    r"(?P<a>\d[\d,]*) and (?P<b>\d[\d,]*) (?:patients |women |participants |were |randomly )*"
    r"(?:assigned |allocated |randomi[sz]ed )?(?:to |in |received )(?:the )?(?P<one>[^.;]+?) and (?P<other>[^.;,]+)"
)


def _two_numbers_two_names(place: Place, candidates: Candidates) -> None:
    """Note two names that two numbers are laid against."""
    both = _TWO_AND_TWO.search(place.words)
    if both is None or place.tells_outcome:
        return
    one, other = name_before(both["one"], len(both["one"])), name_at(both["other"])
    if one and other:
        sized = ((one, whole_number(both["a"])), (other, whole_number(both["b"])))
        candidates.set_against([candidates.note(name, place.start, support=2 * place.weight, n=n) for name, n in sized])
