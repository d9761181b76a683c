"""What the extractor knows of medicine, read from `lexicon/*.toml`: outcomes, treatments, cues. Nothing of it is code.

Words are compiled once into one pattern each. A blank in an entry matches a blank, a hyphen or a line end; entries under
`exact` keep their case, all others match in any case.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Generic, TypeVar

from evidence.model.codes import Outcome

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeEntry:
    """One outcome of the lexicon."""

    code: Outcome
    name: str
    kind: str  # time_to_event, incidence, response, safety, other


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary(Generic[Entry]):
    """A pattern over all words of a list and what each word stands for."""

    pattern: re.Pattern[str]
    entries: dict[str, Entry]

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int, Entry]]:
        """Every word found, longest first where several begin together, as (start, end, entry)."""
        found = []
        for match in self.pattern.finditer(text, start, len(text) if end is None else end):
            entry = self.entries.get(match.group()) or self.entries.get(_folded(match.group()))
            if entry is not None:
                found.append((match.start(), match.end(), entry))
        return found

    def extended(self, words: Iterable[tuple[str, Entry, bool]]) -> "Vocabulary[Entry]":
        """The same vocabulary with further words, tried first."""
        more = vocabulary(words)
        pattern = re.compile(f"{more.pattern.pattern}|{self.pattern.pattern}")
        return Vocabulary(pattern=pattern, entries=self.entries | more.entries)


def vocabulary(words: Iterable[tuple[str, Entry, bool]]) -> Vocabulary[Entry]:
    """Vocabulary from (word, entry, exact); an exact word keeps its case."""
    exact: dict[str, Entry] = {}
    folded: dict[str, Entry] = {}
    for word, entry, keep_case in words:
        (exact if keep_case else folded).setdefault(word if keep_case else _folded(word), entry)
    parts = [_pattern(word) for word in sorted(exact, key=len, reverse=True)]
    parts += [f"(?i:{_pattern(word)})" for word in sorted(folded, key=len, reverse=True)]
    parts.sort(key=len, reverse=True)
    return Vocabulary(pattern=re.compile("|".join(parts) or r"(?!)"), entries=folded | exact)


def _pattern(word: str) -> str:
    """Pattern of one word: blank and hyphen alike, and no letter or digit on either side."""
    body = r"[\s-]+".join(re.escape(part) for part in re.split(r"[\s-]+", word))
    before = r"(?<![\w])" if re.match(r"\w", word) else ""
    after = r"(?![\w])" if re.search(r"\w$", word) else ""
    return f"{before}{body}{after}"


def _folded(word: str) -> str:
    return re.sub(r"[\s-]+", " ", word).lower()


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((files("evidence.extract") / "lexicon" / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def outcomes() -> Vocabulary[OutcomeEntry]:
    """Words for outcomes."""
    words = []
    for table in _load("outcomes")["outcome"]:
        entry = OutcomeEntry(code=Outcome(table["code"]), name=table["name"], kind=table["kind"])
        words += [(word, entry, False) for word in table["words"]]
        words += [(word, entry, True) for word in table["exact"]]
    return vocabulary(words)


@cache
def treatments() -> Vocabulary[str]:
    """Words for drugs and regimens, each with its normal name. Abbreviations in capitals keep their case."""
    data = _load("treatments")
    words = []
    for table in ("drugs", "regimens"):
        for name, others in data[table].items():
            words += [(word, name, word.isupper() or word.endswith(".")) for word in [name, *others]]
    return vocabulary(words)


@cache
def _drugs() -> frozenset[str]:
    return frozenset(_load("treatments")["drugs"])


def is_drug(name: str) -> bool:
    """Whether a normal name is a drug rather than a regimen or procedure."""
    return name in _drugs()


@cache
def control_words() -> re.Pattern[str]:
    """What makes an arm the control."""
    data = _load("treatments")["control"]
    prefixes = "|".join(re.escape(prefix) for prefix in data["prefixes"])
    return re.compile(
        rf"^(?:{prefixes})|" + "|".join(_pattern(word) for word in data["words"]),
        re.IGNORECASE,
    )


@cache
def cues(group: str, name: str = "words") -> re.Pattern[str]:
    """Words of one list of `cues.toml` as a pattern in any case."""
    words = _load("cues")[group][name]
    return re.compile("|".join(_pattern(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
