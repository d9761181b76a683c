"""Which studies of different documents are one study.

A pure function of the set of studies: computed when read, so the order of ingesting changes nothing, and one more paper
may join or part studies. Two rows are linked by what they share: first a registry number, then the acronym, then first
author and year; then an author whose name is misspelt in one document, with year and drug; then an author with drug and
number of patients, where the years lie at most two apart, as those of an abstract and its paper. Something may speak
against it: different registry numbers, different acronyms, or that one document tells the two apart. Where a third row
fits one of two linked rows and contradicts the other, it cannot be known which is meant, and the two stay apart: a
study split is seen in the table, two studies merged are not. What a person decided about rows (`links.py`) comes before
all of this.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from evidence.model.codes import Role
from evidence.model.records import Arm, Study
from evidence.model.spelling import letters, misspelt, slug

#: A study as one document reports it: document id and the id the study has in it.
Key = tuple[str, str]

#: An abstract and the paper of its study lie no further apart.
YEARS_TO_THE_PAPER = 2
#: A smaller number of patients is shared by chance.
TELLING_SIZE = 10
#: Shorter names may differ by one letter and be two names (Chen and Cheng), so that the size has to agree as well.
LONG_NAME = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What people decided about rows, the last word on each."""

    apart: frozenset[Key] = frozenset()  # not linked by what they share
    bonds: tuple[frozenset[Key], ...] = ()  # each of them one study


def link(studies: Sequence[Study], arms: Iterable[Arm] = (), decided: Decided | None = None) -> dict[Key, str]:
    """Study id of every study, the same where it is the same study.

    The id is readable: the smallest registry number, else the acronym, else author and year, else the id the study has
    in its document. Studies that stay apart but would be called the same get a suffix; one that a person set apart gets
    it in any case, so that the others keep their id.
    """
    decided = decided or Decided()
    drugs = drugs_of(arms)
    # Rows with the very same registry numbers first, so that one row with several numbers cannot part them.
    by_numbers: defaultdict[object, list[Study]] = defaultdict(list)
    apart = []
    for study in studies:
        if key_of(study) in decided.apart:
            apart.append(_Group.of([study], drugs))
        else:
            by_numbers[registry_of(study) or key_of(study)].append(study)
    # What people joined counts before what rows share, so that what is known of one row speaks for the other as well.
    groups = _bound([_Group.of(members, drugs) for members in by_numbers.values()], decided.bonds)
    for rule in _RULES:
        groups = _merge(groups, rule)
    groups = _bound(groups + apart, decided.bonds)
    named = [(group, group.name()) for group in groups]
    often = Counter(name for group, name in named if not group.keys <= decided.apart)
    return {
        key: name if often[name] == 1 and not group.keys <= decided.apart else f"{name}-{group.suffix()}"
        for group, name in named
        for key in group.keys
    }


def key_of(row: Study | Arm) -> Key:
    """Which study, as one document reports it."""
    return row.document_id, row.study_id


def drugs_of(arms: Iterable[Arm]) -> dict[Key, frozenset[str]]:
    """What each study is about: the treatments of its experimental or only arms."""
    drugs: defaultdict[Key, frozenset[str]] = defaultdict(frozenset)
    for arm in arms:
        if arm.role in (Role.EXPERIMENTAL, Role.SINGLE):
            drugs[key_of(arm)] |= frozenset(map(letters, arm.treatment)) - {""}
    return drugs


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows taken for one study so far, and all that is known of it."""

    studies: tuple[Study, ...]
    keys: frozenset[Key]
    documents: frozenset[str]
    registry: frozenset[str]
    acronyms: frozenset[str]
    authors: frozenset[tuple[str, int]]
    drugs: frozenset[str]  # what its rows are about, "drug a+drug b"
    sizes: frozenset[int]
    known_drugs: Mapping[Key, frozenset[str]] = field(compare=False, repr=False)

    @classmethod
    def of(cls, studies: Iterable[Study], drugs: Mapping[Key, frozenset[str]]) -> "_Group":
        rows = tuple(sorted(studies, key=key_of))
        return cls(
            studies=rows,
            keys=frozenset(map(key_of, rows)),
            documents=frozenset(row.document_id for row in rows),
            registry=frozenset().union(*map(registry_of, rows)),
            acronyms=frozenset(letters(row.acronym or "") for row in rows) - {""},
            authors=frozenset(author_year for row in rows if (author_year := author_year_of(row))),
            drugs=frozenset("+".join(sorted(drugs[key_of(row)])) for row in rows if drugs.get(key_of(row))),
            sizes=frozenset(row.n_total for row in rows if row.n_total is not None),
            known_drugs=drugs,
        )

    def name(self) -> str:
        """Readable id of the study."""
        numbers = ["".join(number.split()).lower() for row in self.studies for number in row.registry_ids]
        acronyms = [slug(row.acronym or "") for row in self.studies]
        authors = [f"{slug(row.first_author or '')}-{row.year}" for row in self.studies if author_year_of(row)]
        for names in (numbers, acronyms, authors):
            if any(names):
                return min(name for name in names if name)
        return self.studies[0].study_id

    def suffix(self) -> str:
        """What tells this study from another one of the same name, whatever else is stored."""
        return hashlib.sha256("\n".join(min(self.keys)).encode()).hexdigest()[:6]


def _told_apart(a: _Group, b: _Group) -> bool:
    """One document speaks of both as two."""
    return bool(a.documents & b.documents)


def _told_apart_by_number(a: _Group, b: _Group) -> bool:
    return _told_apart(a, b) and not a.registry & b.registry


def _other_number(a: _Group, b: _Group) -> bool:
    return _told_apart(a, b) or (bool(a.registry and b.registry) and not a.registry & b.registry)


def _other_name(a: _Group, b: _Group) -> bool:
    return _other_number(a, b) or (bool(a.acronyms and b.acronyms) and not a.acronyms & b.acronyms)


def _other_size(a: _Group, b: _Group) -> bool:
    return _other_name(a, b) or (bool(a.sizes and b.sizes) and not a.sizes & b.sizes)


def _misspelt_author(a: _Group, b: _Group) -> bool:
    return any(
        year == other_year and misspelt(name, other) and (min(len(name), len(other)) >= LONG_NAME or a.sizes & b.sizes)
        for name, year in a.authors
        for other, other_year in b.authors
    )


def _near_in_time(a: _Group, b: _Group) -> bool:
    return any(
        name == other and abs(year - other_year) <= YEARS_TO_THE_PAPER
        for name, year in a.authors
        for other, other_year in b.authors
    )


@dataclass(frozen=True, slots=True)
class _Rule:
    """When two rows are one study: they share a sign, are alike in what no sign says, and nothing is against it."""

    signs: Callable[[_Group], Iterable[object]]
    against: Callable[[_Group, _Group], bool]
    alike: Callable[[_Group, _Group], bool] | None = None


#: The strongest sign first.
_RULES = (
    _Rule(lambda group: group.registry, _told_apart_by_number),
    _Rule(lambda group: group.acronyms, _other_number),
    _Rule(lambda group: group.authors, _other_name),
    _Rule(
        lambda group: {(year, drugs) for _, year in group.authors for drugs in group.drugs},
        _other_size,
        _misspelt_author,
    ),
    _Rule(
        lambda group: {
            (name, drugs, size)
            for name, _ in group.authors
            for drugs in group.drugs
            for size in group.sizes
            if size >= TELLING_SIZE
        },
        _other_name,
        _near_in_time,
    ),
)


def _merge(groups: list[_Group], rule: _Rule) -> list[_Group]:
    """Groups that share a sign made one, unless something speaks against one of them and not against the other.

    What speaks against them is looked for among all that the sign connects. Groups with the same opponents are none of
    each other's, so groups made one never contradict each other, and the order of the groups plays no part.
    """
    merged: list[_Group] = []
    for connected in _connected(groups, rule.signs, rule.alike):
        agreeing: defaultdict[frozenset[int], list[_Group]] = defaultdict(list)
        for group in connected:
            opponents = (
                place for place, other in enumerate(connected) if other is not group and rule.against(group, other)
            )
            agreeing[frozenset(opponents)].append(group)
        for candidates in agreeing.values():
            merged += map(_as_one, _connected(candidates, rule.signs, rule.alike))
    return merged


def _bound(groups: list[_Group], bonds: Sequence[frozenset[Key]]) -> list[_Group]:
    """Groups made one because a person said so."""
    bonds_of: defaultdict[Key, set[int]] = defaultdict(set)
    for place, bond in enumerate(bonds):
        for key in bond:
            bonds_of[key].add(place)
    return list(map(_as_one, _connected(groups, lambda group: set().union(*(bonds_of[key] for key in group.keys)))))


def _as_one(groups: Sequence[_Group]) -> _Group:
    first = groups[0]
    return (
        first if len(groups) == 1 else _Group.of((row for group in groups for row in group.studies), first.known_drugs)
    )


def _connected(
    groups: Sequence[_Group],
    signs: Callable[[_Group], Iterable[object]],
    alike: Callable[[_Group, _Group], bool] | None = None,
) -> list[list[_Group]]:
    """Groups that share a sign (and are alike), directly or through others; one without a sign stands alone."""
    parent = list(range(len(groups)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = place = parent[parent[place]]
        return place

    sharing: defaultdict[object, list[int]] = defaultdict(list)
    for place, group in enumerate(groups):
        for sign in signs(group):
            sharing[sign].append(place)
    for places in sharing.values():
        pairs = combinations(places, 2) if alike else ((places[0], place) for place in places[1:])
        for one, other in pairs:
            if alike is None or alike(groups[one], groups[other]):
                parent[root(other)] = root(one)
    parts: defaultdict[int, list[_Group]] = defaultdict(list)
    for place, group in enumerate(groups):
        parts[root(place)].append(group)
    return list(parts.values())


def registry_of(study: Study) -> frozenset[str]:
    """Registry numbers, however they are written."""
    return frozenset(letters(number) for number in study.registry_ids) - {""}


def author_year_of(study: Study) -> tuple[str, int] | None:
    """First author, however written, and year; None where one of them is not known."""
    author = letters(study.first_author or "")
    return (author, study.year) if author and study.year else None
