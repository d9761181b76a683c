"""What the extractor knows of medicine, from the lists of words: outcomes, treatments, arms, cues; no word is code.

A blank in an entry matches a blank, a hyphen or a line end; entries under `exact` keep their case, all others match in
any case. Every list is compiled once.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

from evidence.extract.word_lists import word_lists
from evidence.model.codes import Outcome

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeEntry:
    """One outcome of the lexicon."""

    code: Outcome
    name: str
    kind: str  # time_to_event, incidence, response, safety, other
    words: str | None = None  # of a document's own outcome: what it means by the words that name it


class Vocabulary(Generic[Entry]):
    """Words and what each stands for; where several begin together, the longest is the one that stands there."""

    def __init__(
        self, words: Iterable[tuple[str, Entry, bool]], unlisted: Callable[[str], Entry | None] | None = None
    ) -> None:
        """Words as (word, entry, exact); an exact word keeps its case, the others match in any.

        `unlisted` says what a single word in small letters stands for that no entry begins with.
        """
        self._unlisted = unlisted
        exact: dict[str, Entry] = {}
        folded: dict[str, Entry] = {}
        for word, entry, keep_case in words:
            (exact if keep_case else folded).setdefault(word if keep_case else _folded(word), entry)
        self.entries = folded | exact
        patterns = [(word, _pattern(word)) for word in exact] + [(word, f"(?i:{_pattern(word)})") for word in folded]
        patterns.sort(key=lambda pair: (len(pair[1]), len(pair[0])), reverse=True)
        # One expression for all that begin with the same piece of a word: trying a thousand words at every place of a
        # text takes most of its time.
        by_piece: dict[str, list[str]] = {}
        for word, pattern in patterns:
            by_piece.setdefault(_first_piece(word), []).append(pattern)
        self._beginning: dict[str, tuple[re.Pattern[str], ...]]
        self._beginning = {piece: (re.compile("|".join(parts)),) for piece, parts in by_piece.items()}

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int, Entry]]:
        """Every word found, as (start, end, entry)."""
        found = []
        at, end = start, len(text) if end is None else end
        for piece in _PIECE.finditer(text, start, end):
            if piece.start() < at:
                continue
            for pattern in self._beginning.get(piece.group().lower(), ()):
                if match := pattern.match(text, piece.start(), end):
                    word = match.group()
                    entry = self.entries[word] if word in self.entries else self.entries[_folded(word)]
                    found.append((match.start(), match.end(), entry))
                    at = match.end()
                    break
            else:
                compound = _HYPHENATED.match(text, piece.end())
                if self._unlisted and not compound and (entry_of_form := self._unlisted(piece.group().lower())):
                    found.append((piece.start(), piece.end(), entry_of_form))
        return found

    def extended(self, words: Iterable[tuple[str, Entry, bool]]) -> "Vocabulary[Entry]":
        """The same vocabulary with further words, tried first."""
        more = Vocabulary(words, self._unlisted)
        for piece, patterns in self._beginning.items():
            more._beginning[piece] = more._beginning.get(piece, ()) + patterns
        more.entries = self.entries | more.entries
        return more


#: Where a word of a vocabulary can begin: at a run of letters and digits, or at a mark.
_PIECE = re.compile(r"\w+|[^\w\s]")


#: "xylotuvimab-R-CHP" is the name of a regimen.
_HYPHENATED = re.compile(r"-[A-Z]")


def _first_piece(word: str) -> str:
    found = _PIECE.match(word)
    return found.group().lower() if found else ""


def _pattern(word: str) -> str:
    """Pattern of one word: blank and hyphen alike, and no letter or digit on either side."""
    before = r"(?<![\w])" if re.match(r"\w", word) else ""
    after = r"(?![\w])" if re.search(r"\w$", word) else ""
    return f"{before}{_body(word)}{after}"


def _body(word: str) -> str:
    return r"[\s-]+".join(re.escape(part) for part in re.split(r"[\s-]+", word))


def _folded(word: str) -> str:
    return re.sub(r"[\s-]+", " ", word).lower()


@cache
def outcomes() -> Vocabulary[OutcomeEntry]:
    """Words for outcomes."""
    words = []
    for table in word_lists("outcomes")["outcome"]:
        entry = OutcomeEntry(code=Outcome(table["code"]), name=table["name"], kind=table["kind"])
        words += [(word, entry, False) for word in table["words"]]
        words += [(word, entry, True) for word in table["exact"]]
    return Vocabulary(words)


@cache
def abbreviations(*kinds: str) -> tuple[str, ...]:
    """Abbreviations of the outcomes of these kinds, or of all, as written ("OS", "mPFS")."""
    return tuple(
        word
        for table in word_lists("outcomes")["outcome"]
        if not kinds or table["kind"] in kinds
        for word in table["exact"]
    )


@cache
def treatments() -> Vocabulary[str]:
    """Words for drugs and regimens, each with its normal name. Abbreviations in capitals keep their case."""
    data = word_lists("treatments")
    words = []
    for table in ("drugs", "regimens"):
        for name, others in data[table].items():
            words += [(word, name, word.isupper() or word.endswith(".")) for word in [name, *others]]
    return Vocabulary(words, _drug_by_stem)


@cache
def _stems() -> re.Pattern[str]:
    stems = "|".join(map(re.escape, word_lists("treatments")["stems"]["words"]))
    return re.compile(rf"(?!(?:anti|non))[a-z]{{3,}}(?:{stems})")


def _drug_by_stem(word: str) -> str | None:
    """The word itself where it ends like the name of a drug; WHO Stem Book 2018 (WHO/EMP/RHT/TSN/2018.1)."""
    return word if _stems().fullmatch(word) else None


@cache
def _drugs() -> frozenset[str]:
    return frozenset(word_lists("treatments")["drugs"])


def is_drug(name: str) -> bool:
    """Whether a normal name is a drug rather than a regimen or procedure."""
    return name in _drugs() or _drug_by_stem(name) is not None


@cache
def control_words() -> re.Pattern[str]:
    """What makes an arm the control."""
    data = word_lists("treatments")["control"]
    prefixes = "|".join(re.escape(prefix) for prefix in data["prefixes"])
    return re.compile(
        rf"^(?:{prefixes})|" + "|".join(_pattern(word) for word in data["words"]),
        re.IGNORECASE,
    )


def word_list(group: str, name: str = "words") -> tuple[str, ...]:
    """The words of one list of `cues.toml`, as written."""
    return tuple(word_lists("cues")[group][name])


def arm_words(group: str, name: str) -> tuple[str, ...]:
    """The words of one list of `arms.toml`, as written."""
    return tuple(word_lists("arms")[group][name])


@cache
def cues(group: str, name: str = "words") -> re.Pattern[str]:
    """Words of one list of `cues.toml` as a pattern in any case."""
    longest_first = sorted(word_list(group, name), key=len, reverse=True)
    if all(re.fullmatch(r"\w(?:.*\w)?", word, re.DOTALL) for word in longest_first):
        # Asking once, and not for each word, whether a word begins here saves most of the time.
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(_body, longest_first))})(?!\w)", re.IGNORECASE)
    return re.compile("|".join(_pattern(word) for word in longest_first), re.IGNORECASE)
