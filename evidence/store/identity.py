"""Which studies of different documents are one study.

A pure function of the set of studies: computed when read, so the order of ingesting changes nothing, and one more paper
may join or part studies. Two rows are linked by what they share: first a registry number, then the acronym, then first
author and year. Something may speak against it: different registry numbers, different acronyms, or that one document
tells the two apart. Where a third row fits one of two linked rows and contradicts the other, it cannot be known which
is meant, and the two stay apart: a study split is seen in the table, two studies merged are not.
"""

import hashlib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from evidence.model.records import Study

#: A study as one document reports it: document id and the id the study has in it.
Key = tuple[str, str]

#: Letters that Unicode does not see as a letter with an accent, as bibliographies without them write them.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"})


def link(studies: Sequence[Study]) -> dict[Key, str]:
    """Study id of every study, the same where it is the same study.

    The id is readable: the smallest registry number, else the acronym, else author and year, else the id the study has
    in its document. Studies that stay apart but would be called the same get a suffix.
    """
    # Rows with the very same registry numbers first, so that one row with several numbers cannot part them.
    by_numbers: defaultdict[object, list[Study]] = defaultdict(list)
    for study in studies:
        by_numbers[_registry(study) or (study.document_id, study.study_id)].append(study)
    groups = [_Group.of(members) for members in by_numbers.values()]
    for signs, against in _RULES:
        groups = _merge(groups, signs, against)
    named = [(group, group.name()) for group in groups]
    often = Counter(name for _, name in named)
    return {
        key: name if often[name] == 1 else f"{name}-{group.suffix()}" for group, name in named for key in group.keys
    }


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows taken for one study so far, and all that is known of it."""

    studies: tuple[Study, ...]
    keys: frozenset[Key]
    documents: frozenset[str]
    registry: frozenset[str]
    acronyms: frozenset[str]
    authors: frozenset[str]

    @classmethod
    def of(cls, studies: Iterable[Study]) -> "_Group":
        rows = tuple(sorted(studies, key=lambda study: (study.document_id, study.study_id)))
        return cls(
            studies=rows,
            keys=frozenset((row.document_id, row.study_id) for row in rows),
            documents=frozenset(row.document_id for row in rows),
            registry=frozenset().union(*map(_registry, rows)),
            acronyms=frozenset(_letters(row.acronym or "") for row in rows) - {""},
            authors=frozenset(_author_year(row) for row in rows) - {""},
        )

    def name(self) -> str:
        """Readable id of the study."""
        numbers = ["".join(number.split()).lower() for row in self.studies for number in row.registry_ids]
        acronyms = [_slug(row.acronym or "") for row in self.studies]
        authors = [f"{_slug(row.first_author or '')}-{row.year}" for row in self.studies if _author_year(row)]
        for names in (numbers, acronyms, authors):
            if any(names):
                return min(name for name in names if name)
        return self.studies[0].study_id

    def suffix(self) -> str:
        """What tells this study from another one of the same name, whatever else is stored."""
        return hashlib.sha256("\n".join(min(self.keys)).encode()).hexdigest()[:6]


_Signs = Callable[[_Group], frozenset[str]]
_Against = Callable[[_Group, _Group], bool]


def _told_apart(a: _Group, b: _Group) -> bool:
    """One document speaks of both as two."""
    return bool(a.documents & b.documents)


def _told_apart_by_number(a: _Group, b: _Group) -> bool:
    return _told_apart(a, b) and not a.registry & b.registry


def _other_number(a: _Group, b: _Group) -> bool:
    return _told_apart(a, b) or (bool(a.registry and b.registry) and not a.registry & b.registry)


def _other_name(a: _Group, b: _Group) -> bool:
    return _other_number(a, b) or (bool(a.acronyms and b.acronyms) and not a.acronyms & b.acronyms)


#: What two rows share when they are one study, and what speaks against it; the strongest sign first.
_RULES: tuple[tuple[_Signs, _Against], ...] = (
    (lambda group: group.registry, _told_apart_by_number),
    (lambda group: group.acronyms, _other_number),
    (lambda group: group.authors, _other_name),
)


def _merge(groups: list[_Group], signs: _Signs, against: _Against) -> list[_Group]:
    """Groups that share a sign made one, unless something speaks against one of them and not against the other.

    What speaks against them is looked for among all that the sign connects. Groups with the same opponents are none of
    each other's, so groups made one never contradict each other, and the order of the groups plays no part.
    """
    merged = []
    for connected in _connected(groups, signs):
        agreeing: defaultdict[frozenset[int], list[_Group]] = defaultdict(list)
        for group in connected:
            opponents = (place for place, other in enumerate(connected) if other is not group and against(group, other))
            agreeing[frozenset(opponents)].append(group)
        for candidates in agreeing.values():
            for same in _connected(candidates, signs):
                alone = len(same) == 1
                merged.append(same[0] if alone else _Group.of(study for group in same for study in group.studies))
    return merged


def _connected(groups: Sequence[_Group], signs: _Signs) -> list[list[_Group]]:
    """Groups that share a sign, directly or through others; one without a sign stands alone."""
    parent = list(range(len(groups)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = place = parent[parent[place]]
        return place

    first: dict[str, int] = {}
    for place, group in enumerate(groups):
        for sign in signs(group):
            parent[root(place)] = root(first.setdefault(sign, place))
    parts: defaultdict[int, list[_Group]] = defaultdict(list)
    for place, group in enumerate(groups):
        parts[root(place)].append(group)
    return list(parts.values())


def _registry(study: Study) -> frozenset[str]:
    return frozenset(_letters(number) for number in study.registry_ids) - {""}


def _author_year(study: Study) -> str:
    author = _letters(study.first_author or "")
    return f"{author} {study.year}" if author and study.year else ""


def _slug(words: str) -> str:
    """Words in lower case without accents, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", words.casefold().translate(_PLAIN))
    letters = (char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return "-".join("".join(letters).split())


def _letters(words: str) -> str:
    """Letters and digits alone: what is left when case, accents, hyphens and punctuation do not count."""
    return _slug(words).replace("-", "")
