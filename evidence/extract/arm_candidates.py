"""Names that may be arms, with what speaks for each: how often it is named as a group, sizes, what it is set against.

Collectors (`arm_groups.py`, `arm_allocations.py`) read one sentence each time and note what they find in `Candidates`;
which candidates are arms is decided in `arm_choice.py`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from evidence.extract import lexicon
from evidence.extract.arm_names import key_of, stops_name, without_dose
from evidence.extract.outcomes import find_outcomes


@dataclass(frozen=True, kw_only=True)
class Place:
    """One sentence as the collectors see it; `weight` is what a name in it counts."""

    text: str  # clean text of the document
    start: int
    end: int
    weight: int

    @cached_property
    def words(self) -> str:
        """The sentence alone; offsets in it are `start` less than offsets in the text."""
        return self.text[self.start : self.end]

    @cached_property
    def tells_outcome(self) -> bool:
        """Whether the sentence speaks of an outcome."""
        return bool(find_outcomes(self.text, self.start, self.end))


@dataclass(slots=True, kw_only=True)
class Candidate:
    """One name with what speaks for it."""

    label: str
    first: int  # where it was first met
    support: int = 0
    groups: int = 0  # times named as group or arm
    sizes: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    partners: set[str] = field(default_factory=set)  # keys it was set against
    rest: int | None = None  # how many did not get it
    aliases: set[str] = field(default_factory=set)  # every label it was met under
    by_role: bool = False  # the name says nothing but that it is not the control ("treatment group")
    divides: int = 0  # how often a sentence divides the patients into this and others, each with its size
    nicknames: set[str] = field(default_factory=set)  # "group B", "STAN": what else the document calls it


#: Longer names are clauses.
_LONGEST = 80
_ARTICLES = re.compile(
    r"^(?:(?:the|an?|either|oral|intravenous)\s|\d+ (?:cycles|courses|doses|months|weeks|years) of )+"
)
_GROUP_BEHIND = re.compile(r"\s(?:groups?|arms?)$")
#: Names of groups that are no arms of a comparison of treatments.
_NO_ARM = re.compile(
    rf"^(?:{'|'.join(map(re.escape, lexicon.arm_words('no_arm', 'beginnings')))})(?:\s|$)", re.IGNORECASE
)
_NUMBER = re.compile(r"[\d\s.%-]+")
#: Bare letters, counts, dates, tumour classes, grades, parts of a trial and other words beside a number are no groups.
_NO_LABEL = re.compile(
    rf"\b(?:{'|'.join(lexicon.arm_words('no_arm', 'anywhere'))})\b|%|^[nN]\s?="
    r"|^(?:[A-D]|\d+\s.*|[TNM]\d[a-z]?|stage.*|grade.*|(?:dose[ -])?(?:escalation|expansion)(?: \w+)?"
    rf"|(?:{'|'.join(lexicon.arm_words('no_arm', 'months'))})\b.*"
    rf"|{'|'.join(map(re.escape, lexicon.arm_words('no_arm', 'words')))})$",
    re.IGNORECASE,
)


class Candidates:
    """Candidates by the key of their names, in the order first noted."""

    def __init__(self) -> None:
        self.by_key: dict[str, Candidate] = {}
        self._sized: set[str] = set()  # keys given a size in the sentence that is being read

    def note(self, label: str, at: int, *, support: int, n: int | None = None, group: bool = False) -> str | None:
        """Note a name with what it is supported by; its key, or None where it is no name of an arm."""
        label = without_dose(label).strip(" ,.;:-(")
        label = _GROUP_BEHIND.sub("", _ARTICLES.sub("", label))
        key = key_of(label)
        if not key or len(label) > _LONGEST or _names_outcome(label) or _NUMBER.fullmatch(label):
            return None
        if _NO_LABEL.search(label) or _NO_ARM.match(label) or stops_name(label):
            return None
        candidate = self.by_key.setdefault(key, Candidate(label=label, first=at))
        candidate.support += support
        candidate.groups += group
        candidate.aliases.add(label)
        if n is not None and n > 1:
            candidate.sizes[n] += support
            self._sized.add(key)
        if len(label) < len(candidate.label) and not candidate.label.islower():
            candidate.label = label
        return key

    def note_role(self, label: str, at: int, *, support: int, n: int | None = None) -> None:
        """Note a group called by its role alone ("treatment group"); it is an arm only opposite a control."""
        key = f"by role: {_GROUP_BEHIND.sub('', label.lower())}"
        candidate = self.by_key.setdefault(key, Candidate(label=label, first=at, by_role=True))
        candidate.support += support
        candidate.groups += 1
        candidate.aliases.add(label)
        if n is not None and n > 1:
            candidate.sizes[n] += support
            self._sized.add(key)

    def set_against(self, keys: Iterable[str | None]) -> None:
        """Names met in one comparison or allocation are partners of each other."""
        named = {key for key in keys if key}
        for key in named:
            self.by_key[key].partners |= named - {key}

    def add_letter(self, key: str | None, lettered: re.Match[str]) -> None:
        """The letter of "chemotherapy (group B)" is another name of the arm."""
        if key:
            names = {f"group {lettered['letter']}", f"arm {lettered['letter']}"}
            self.by_key[key].aliases |= names
            self.by_key[key].nicknames |= names
            self.by_key[key].groups += 1

    def add_nickname(self, key: str | None, name: str) -> None:
        """The short name in "aerobic exercise (STAN; n = 96)" is another name of the arm."""
        if key:
            self.by_key[key].aliases.add(name)
            self.by_key[key].nicknames.add(name)

    def close(self, *, dividing: bool) -> None:
        """End of a sentence; one that divides the patients sets those it gave sizes apart from all other names."""
        if dividing and len(self._sized) > 1:
            for key in self._sized:
                self.by_key[key].divides += 1
        self._sized = set()


def _names_outcome(label: str) -> bool:
    """Whether an outcome is the first thing named; "CT" is chemotherapy as often as it is a scan."""
    found = lexicon.outcomes().find(label)
    return bool(found) and found[0][1] - found[0][0] > 2
