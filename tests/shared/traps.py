"""Traps of the development documents and whether the checks name them; the list itself is traps.toml.

A trap counts as found where one flag of an accepted check carries all of its numbers in its message. Two
contradictions of one trap need two flags, or one that names both.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from evidence.check import check
from evidence.extract import extract
from evidence.model.records import Flag, Records
from tests.shared.grids import SHARED, document

LIST = Path(__file__).with_suffix(".toml")
#: Folder of annotations -> where its documents lie and how a report calls them.
SETS = {
    "gold/seeds": ("seeds", "seed documents"),
    "gold/abstracts-dev": ("gold/abstracts-dev", "abstracts"),
    "gold/fulltext-dev": ("gold/fulltext-dev", "full texts (JATS)"),
    "pdfs": ("pdfs", "PDF files"),
}
#: Ends of the names of documents; annotations have others.
FORMATS = (".txt", ".nxml", ".pdf")
_NUMBER = re.compile(r"\d+(?:[.·]\d+)?")


@dataclass(frozen=True, kw_only=True)
class Trap:
    gold: str
    n: int
    kind: str
    about: str
    reason: str | None = None
    checks: tuple[str, ...] = ()
    numbers: tuple[frozenset[Decimal], ...] = ()
    found: bool = False

    @property
    def set_name(self) -> str:
        return SETS[self.gold.rpartition("/")[0]][1]

    @property
    def name(self) -> str:
        return f"{self.gold.rpartition('/')[2]} {self.n}"

    def is_named_by(self, flags: Iterable[Flag]) -> bool:
        said = [numbers_in(flag.message) for flag in flags if flag.check in self.checks]
        return all(any(wanted <= numbers for numbers in said) for wanted in self.numbers)


def traps() -> list[Trap]:
    """All traps, in the order of the list."""
    with LIST.open("rb") as file:
        listed = tomllib.load(file)["document"]
    return [_trap(part["gold"], **entry) for part in listed for entry in part["traps"]]


def _trap(gold: str, *, numbers: Iterable[Iterable[str]] = (), checks: Iterable[str] = (), **others) -> Trap:
    wanted = tuple(frozenset(map(Decimal, group)) for group in numbers)
    return Trap(gold=gold, numbers=wanted, checks=tuple(checks), **others)


def numbers_in(text: str) -> frozenset[Decimal]:
    """The numbers of a text, without signs."""
    return frozenset(Decimal(number.replace("·", ".")) for number in _NUMBER.findall(text))


def path_of(gold: str) -> Path:
    """The document that an annotation belongs to."""
    folder, _, name = gold.rpartition("/")
    (path,) = (path for end in FORMATS if (path := SHARED / SETS[folder][0] / (name + end)).exists())
    return path


@cache
def checked(path: Path) -> Records:
    """What reading, extracting and checking a document gives, once for all tests."""
    return check(extract(document(path)))


def documents() -> Iterator[tuple[str, Path]]:
    """Every development document with the name of its set."""
    for folder, called in SETS.values():
        for path in sorted((SHARED / folder).iterdir()):
            if path.suffix in FORMATS:
                yield called, path
