"""What names an arm in a text: treatments with their combinations, and the words that stand at "group".

Two names are of the same arm where `key_of` says the same of them. Nothing here knows a document; the words that cannot
belong to a name stand in `lexicon/arms.toml`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from evidence.extract import lexicon

# ----------------------------------------------------------------------------------------------------------- treatments


@dataclass(frozen=True, slots=True)
class Phrase:
    """A treatment or a combination as written, with the normal names of its parts; none where it was not given."""

    start: int
    end: int
    names: tuple[str, ...]


#: "with or without X" denies nothing.
_DENIED = re.compile(r"(?:(?<!with or )\b(?:no|without|not receiving)\s|\bnon-?\s?|\banti-?)$", re.IGNORECASE)
#: A treatment behind one of these is where patients come from, not what the arm gets.
_SETTING = re.compile(
    r"\b(?:after|following|post|before|prior|prior to|pre|undergo(?:ing|es)?|underwent|since"
    r"|refractory to|resistant to|failed|failing)[\s-](?:an? |the |first |prior )?$",
    re.IGNORECASE,
)
#: A treatment before one of these describes a trial, a dose or an animal.
_DESCRIBES = re.compile(r"[\s-]controlled|-based|-induced|-treated mice")
_ALONE = re.compile(r"\s(?:alone|only|monotherapy)\b")
_OPEN_BRACKET = re.compile(r"\s?\(")
_PLUS = r"\+|plus|/|combined with|in combination with|concurrent(?:ly)? with|followed by|together with|-"
_JOINED = re.compile(rf"\s?(?:{_PLUS}|added to)\s?(?:the )?")
_COMBINED = re.compile(r"plus|\+|combin")
#: What joins a further treatment to a combination ("X plus Y, Z and W").
_JOINED_FURTHER = re.compile(rf"\s?(?:{_PLUS}|–|with(?! placebo)|added to)\s?(?:the )?|,\s|,? and ")


def treatment_phrases(text: str, start: int, end: int) -> list[Phrase]:
    """Treatments and their combinations as written: "sorafenib plus chemotherapy", "non-sorafenib", "X alone"."""
    phrases: list[Phrase] = []
    for first, last, name in lexicon.treatments().find(text, start, end):
        denied = _DENIED.search(text[max(start, first - 14) : first])
        behind = text[last : last + 14]
        if _SETTING.search(text[max(start, first - 24) : first]) or _DESCRIBES.match(behind):
            continue
        negated = denied is not None and not text[first - 1 : first].isalpha()
        begin = first - len(denied.group()) if denied else first
        alone = _ALONE.match(behind)
        stop = last + alone.end() if alone else last
        if phrases and not negated:
            before = phrases[-1]
            gap = text[before.end : begin]
            if _OPEN_BRACKET.fullmatch(gap) and name in before.names and text[last : last + 1] == ")":
                phrases[-1] = Phrase(before.start, last + 1, before.names)
                continue
            joined = _JOINED_FURTHER if _COMBINED.search(text[before.start : begin]) else _JOINED
            if joined.fullmatch(gap):
                phrases[-1] = Phrase(before.start, stop, (*before.names, name))
                continue
        phrases.append(Phrase(begin, stop, () if negated else (name,)))
        _join_regimen(text, phrases)
    return phrases


#: A short form in brackets behind a list of drugs.
_REGIMEN = re.compile(r"\s?[(\[](?P<short>[A-Z][A-Za-z]{1,5})\s?[)\],;]")
_LISTED = re.compile(r",\s|,?\sand\s")


def _join_regimen(text: str, phrases: list[Phrase]) -> None:
    """Join listed treatments that the short form behind them takes together ("lenalidomide and dexamethasone (Rd)")."""
    short = _REGIMEN.match(text, phrases[-1].end)
    if short is None or lexicon.outcomes().find(short["short"]):
        return
    for first in range(len(phrases) - 2, -1, -1):
        listed = _LISTED.fullmatch(text, phrases[first].end, phrases[first + 1].start)
        names = tuple(name for phrase in phrases[first:] for name in phrase.names)
        if listed is None or not phrases[first].names or len(names) > len(short["short"]):
            return
        if len(names) == len(short["short"]):
            phrases[first:] = [Phrase(phrases[first].start, phrases[-1].end, names)]
            return


def regimen_of(text: str, end: int, short: str) -> str | None:
    """The drugs named right before `end`, as many as a short form has letters; None where there are others, or none."""
    phrases = treatment_phrases(text, max(0, end - 120), end + len(short) + 3)
    named = [phrase for phrase in phrases if phrase.end <= end and not text[phrase.end : end].strip()]
    if not named or lexicon.outcomes().find(short) or not len(named[-1].names) == len(short) > 1:
        return None
    return text[named[-1].start : named[-1].end]


# ---------------------------------------------------------------------------------------------------------------- names

#: "Group A", "arm 2", "cohort III": a name that says nothing of the treatment.
LETTERED = re.compile(
    r"\b(?P<word>[Gg]roup|GROUP|[Aa]rm|ARM|[Cc]ohort)\s(?P<letter>(?:[A-D]|[1-4]|I{1,3}|IV)(?:\+[A-Z])?)\b(?![-+/]|\d|\.\d)"
)
#: "the treatment group", "(study arm, n = 50)".
BY_ROLE = re.compile(
    rf"\b(?P<label>(?:study|{'|'.join(lexicon.arm_words('generic', 'experimental'))}) (?:group|arm))\b"
    r"(?! (?:[A-D1-4]|of|comparison|difference|assignment)\b)(?:,? \(?[nN]\s?=\s?(?P<n>\d[\d,]*))?"
)
_UNITS = r"mg|g|µg|μg|mcg|Gy|IU|mL|MU"
#: One dose, with what it is given per.
DOSE = re.compile(rf"\d[\d.,]*\s?(?:{_UNITS})(?:/(?:m2|kg|day|d|m\b))?(?!\w)", re.IGNORECASE)
_DOSE = re.compile(
    rf"\s*(?:\d[\d.,]*\s?(?:-|to)?\s?\d*\s?(?:{_UNITS})(?:/(?:m2|kg|day|d|m\b))?\b[^,;()]*)$", re.IGNORECASE
)
_STOP = frozenset(lexicon.arm_words("name", "stop"))
_EMPTY = re.compile(rf"\b(?:{'|'.join(lexicon.arm_words('name', 'empty'))})\b|\+")
_DENYING = frozenset(("non", "no", "without", "not"))


def without_dose(name: str) -> str:
    """A name without the dose behind it ("X 400 mg daily")."""
    return _DOSE.sub("", name)


def key_of(name: str) -> str:
    """What makes two names of a group the same: words without "the", "group", "alone", doses and plural s."""
    plain = re.sub(r"[\s/_-]+", " ", without_dose(name.lower()))
    words = _EMPTY.sub(" ", plain).split()
    return " ".join(sorted(dict.fromkeys(word.rstrip("s") if len(word) > 4 else word for word in words)))


def denies(words: Iterable[str]) -> bool:
    """Whether a name says that something was not given ("non-sorafenib", "no maintenance")."""
    return not _DENYING.isdisjoint(words)


def without_denial(words: Iterable[str]) -> set[str]:
    """The words of such a name that say what was not given."""
    return set(words) - _DENYING


def stops_name(word: str) -> bool:
    """Whether a word cannot stand inside the name of an arm."""
    return word.lower() in _STOP


def whole_number(printed: str) -> int:
    """The size of a group, printed with or without thousands commas."""
    return int(printed.replace(",", ""))


# -------------------------------------------------------------------------------------------------------------- cutting

#: Names longer than this are clauses.
_MOST_WORDS = 6
_CLAUSE_END = re.compile(r"[.;:,()\[\]]\s|[;:()\[\]]|, ")
_COMBINATION = re.compile(r"\b(?:plus|combined|combination|followed)\b|\+")
_INSIDE_COMBINATION = frozenset(("plus", "with", "+", "and", "followed", "by", "combined", "without", "no"))
#: A treatment may be called so, but not by that alone.
_TREATMENT_WORDS = frozenset(("therapy", "treatment", "dose"))
_NOT_FIRST = frozenset(("plus", "with", "and", "+", "of", "by", "combined", "followed", "therapy", "treatment"))


def name_before(text: str, end: int, start: int = 0) -> str:
    """The name that ends here: words back to the first that cannot belong to it."""
    piece = _CLAUSE_END.split(text[max(start, end - 90) : end])[-1]
    combination = _COMBINATION.search(piece) is not None
    words = piece.split()
    taken: list[str] = []
    for word in reversed(words):
        bare = word.strip(",.;:")
        plain = bare.lower()
        joins = combination and plain in _INSIDE_COMBINATION
        if (taken and (joins or plain in ("no", "without"))) or plain == "alone":
            taken.insert(0, word)
            continue
        if plain in _STOP and not (plain in _TREATMENT_WORDS and len(words) > 1 and bare != words[0]):
            break
        taken.insert(0, word)
        if len(taken) == _MOST_WORDS:
            break
    while taken and taken[0].lower().strip(",") in _NOT_FIRST:
        taken.pop(0)
    return " ".join(taken).strip(" ,.;:-")


_LEADING = re.compile(
    r"^(?:(?:the|an?|oral|intravenous|either|adjuvant|receive|treatment with)\s)?(?:\d+-(?:day|week|month|year),?\s)?"
)
#: "DA plus cladribine": a regimen that no list knows, and what is added to it.
_BACKBONE = re.compile(r"^[A-Z][A-Z0-9-]*\s(?:plus|\+)\s")
_UNIT = re.compile(_UNITS)
_IS_NUMBER = re.compile(r"\d[\d.,]*")
_GROUP_WORD = re.compile(r"(?:group|arm)s?$")
_MAY_STAND = frozenset(("no", "without", "treatment", "therapy", "dose"))


def name_at(rest: str) -> str:
    """The name that begins a text: a treatment phrase if one stands there, else words up to a stop."""
    rest = _LEADING.sub("", rest.lstrip())
    phrases = treatment_phrases(rest, 0, min(len(rest), 120))
    if phrases and phrases[0].start <= 12 and not re.search(r"[,;(]", rest[: phrases[0].start]):
        first = phrases[0]
        lead = _BACKBONE.sub("", rest[: first.start])
        return rest[first.start : first.end] if any(map(stops_name, lead.split())) else rest[: first.end]
    taken: list[str] = []
    for word in rest.split()[:_MOST_WORDS]:
        bare = word.strip(",.;:()")
        stops = stops_name(bare) and bare.lower() not in _MAY_STAND
        if stops and taken and _UNIT.fullmatch(bare) and _IS_NUMBER.fullmatch(taken[-1]):
            taken.pop()
        if stops or word.startswith("(") or _GROUP_WORD.match(bare):
            break
        taken.append(bare)
        if word[-1] in ",.;:)":
            break
    return " ".join(taken)
