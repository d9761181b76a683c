"""Studies that a document cites: how a sentence or a table row names them, and which names mean the same study.

A study is named by acronym, registry number, author and year, or the number of an entry in the reference list. Whatever
names stand together in one place are names of one study.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from evidence.extract import lexicon
from evidence.extract.nlp import Reading, Sentence, clean_offsets
from evidence.extract.studies import ACRONYM, is_acronym

_REGISTRY = re.compile(
    r"\b(?:NCT\s?\d{8}|ISRCTN\s?\d{8}|DRKS\s?\d{8}|ChiCTR[-\w]*\d{6,}|ACTRN\s?\d{14}|UMIN\s?\d{9}"
    r"|EudraCT\s?\d{4}-\d{6}-\d{2}|\d{4}-\d{6}-\d{2}|CTRI/\d{4}/\d{2,3}/\d+|jRCT\w?\d{9,10}|NTR\s?\d{4})\b"
)
_NAME = r"(?:(?:[vV]an|[dD]e|[dD]er|[vV]on|[dD]el|[lL]e|[lL]a)\s)*[A-Z][a-zA-Z'’]+(?:-[A-Z][a-z]+)?"
_AUTHOR_YEAR = re.compile(rf"\b(?P<name>{_NAME})(?: et al\.?,?| and colleagues,?)? \(?(?P<year>(?:19|20)\d\d)\b")
_AUTHOR = re.compile(rf"\b(?P<name>{_NAME})(?:\set al\.?|\sand (?:colleagues|co-workers|coworkers))")
_STUDY_ACRONYM = re.compile(
    rf"(?P<before>{ACRONYM})(?=\s(?:trial|study|phase|regimen trial)|\))"
    rf"|(?:trial|study)\s\(?(?P<behind>{ACRONYM})|\((?P<bracketed>{ACRONYM})(?: trial| study)?\)"
    rf"|\b[Ii]n (?P<place>{ACRONYM})(?![\w-])"
    rf"|(?<![\w-])(?P<doing>{ACRONYM}),? (?:then |had |was |also )?(?:randomi[sz]ed|compared|tested|enrolled|assigned)"
)


#: Trials that cooperative groups number: "CALGB 8421", "SWOG S0106", "NSABP B-31".
_NUMBERED = re.compile(
    rf"\b(?P<group>{'|'.join(sorted(map(re.escape, lexicon.word_list('cooperative_groups')), key=len, reverse=True))})"
    r"[ -](?P<number>[A-Z]{0,4}-?(?!(?:19|20)\d\d\b)\d{3,6}[A-Z]?|[A-Z]{1,4}-?\d{2,6})(?![\w-])"
)
_NUMBER = re.compile(r"\b(?:trial|study|protocol)\s(?:no\.?\s)?#?(?P<number>[A-Z]{0,3}-?\d+[A-Z]?)\b", re.IGNORECASE)


def numbered_trial(head: str, caption: str) -> str | None:
    """The name of "Trial 8421": with the group of which the caption of its table tells, else as it is written."""
    number = _NUMBER.search(head)
    if number is None:
        return None
    groups = {name for name in lexicon.word_list("cooperative_groups") if re.search(rf"\b{re.escape(name)}\b", caption)}
    return f"{groups.pop()} {number['number']}" if len(groups) == 1 else number.group()


@dataclass(slots=True)
class CitedStudy:
    """One cited study with every name it was met under."""

    acronym: str | None = None
    registry_ids: set[str] = field(default_factory=set)
    author: str | None = None
    year: int | None = None
    references: set[int] = field(default_factory=set)
    sentences: list[Sentence] = field(default_factory=list)

    def label(self) -> str:
        """What people call it."""
        if self.acronym:
            return self.acronym
        if self.author:
            return f"{self.author} {self.year}" if self.year else self.author
        return "; ".join(sorted(self.registry_ids)) or f"reference {min(self.references)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of studies in one stretch of text."""

    acronyms: tuple[str, ...] = ()
    registry_ids: tuple[str, ...] = ()
    authors: tuple[tuple[str, int | None], ...] = ()
    references: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.acronyms or self.registry_ids or self.authors or self.references)


class Citations:
    """The cited studies of one document, found by any of their names."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.entries = {
            reference.number: (reference.first_author, reference.year)
            for reference in reading.document.references
            if reference.first_author
        }
        to_clean = clean_offsets(reading.document)
        self._marks = [
            (to_clean(mark.char_start), to_clean(mark.char_end), mark.references)
            for mark in reading.document.marks
            if mark.references
        ]
        self.acronyms = _known_acronyms(reading)
        self.studies: list[CitedStudy] = []

    def names(self, start: int, end: int) -> Names:
        """Names of studies between two offsets of the clean text."""
        text = self._reading.text[start:end]
        acronyms = [name for name in self.acronyms if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)]
        registry = [re.sub(r"\s", "", match.group()) for match in _REGISTRY.finditer(text)]
        authors: list[tuple[str, int | None]] = [
            (match["name"], int(match["year"]))
            for match in _AUTHOR_YEAR.finditer(text)
            if match["name"] not in _NO_AUTHOR
        ]
        dated = {name for name, _ in authors}
        authors += [
            (match["name"], None)
            for match in _AUTHOR.finditer(text)
            if match["name"] not in dated and match["name"] not in _NO_AUTHOR
        ]
        references: list[int] = []
        marks = [mark for mark in self._marks if start <= mark[0] < end]
        if len(marks) > 1 and re.fullmatch(r"[\s.)]*", self._reading.text[marks[-1][1] : end]):
            marks = marks[-1:]  # the mark that closes the sentence stands for its numbers
        for _, _, cited in marks:
            references += cited
        return Names(
            acronyms=tuple(dict.fromkeys(acronyms)),
            registry_ids=tuple(dict.fromkeys(registry)),
            authors=tuple(dict.fromkeys(authors)),
            references=tuple(dict.fromkeys(references)),
        )

    def study(self, names: Names, *, together: bool) -> CitedStudy | None:
        """The one study that these names mean; None where they mean none or several.

        `together` says that the names stand in one table row, so that all of them are names of one study. In a
        sentence several acronyms, authors or references are several studies.
        """
        if not names or (not together and (len(names.acronyms) > 1 or len(names.registry_ids) > 1)):
            return None
        author = names.authors[0] if len(names.authors) == 1 or (together and names.authors) else None
        reference = names.references[0] if len(names.references) == 1 else None
        acronym = names.acronyms[0] if names.acronyms else None
        if reference is None and author is not None and not together:
            reference = self._only_entry(author)
        if not (acronym or names.registry_ids or author or reference):
            return None
        if reference is not None and reference in self.entries and (author is None or author[1] is None):
            entry = self.entries[reference]
            if author is None or entry[0].lower() == author[0].lower():
                author = entry
        found = self._find(acronym, names.registry_ids, author, reference)
        if found is None and not together and acronym is None and not names.registry_ids and reference is None:
            return None  # "Smith and colleagues", of whom several studies, or none, are known
        if found is None:
            found = CitedStudy()
            self.studies.append(found)
        found.acronym = found.acronym or acronym
        found.registry_ids |= set(names.registry_ids)
        if author is not None and found.author is None:
            found.author, found.year = author
        elif author is not None and found.year is None:
            found.year = author[1]
        if reference is not None:
            found.references.add(reference)
        return found

    def _only_entry(self, author: tuple[str, int | None]) -> int | None:
        """The number of the one entry of the list of references that an author and a year name."""
        entries = [n for n, (name, year) in self.entries.items() if _alike(name, author[0]) and year == author[1]]
        return entries[0] if len(entries) == 1 and author[1] is not None else None

    def _find(
        self, acronym: str | None, registry: Iterable[str], author: tuple[str, int | None] | None, reference: int | None
    ) -> CitedStudy | None:
        registry = set(registry)
        for study in self.studies:
            if registry & study.registry_ids or (acronym is not None and acronym == study.acronym):
                return study
        if registry and any(study.registry_ids for study in self.studies):
            # an unknown number is another study, unless its name is known without a number
            named = [s for s in self.studies if not s.registry_ids and acronym and s.acronym == acronym]
            return named[0] if named else None
        if acronym is not None and any(s.acronym for s in self.studies) and author is None and reference is None:
            return None
        for study in self.studies:
            if (
                reference is not None
                and reference in study.references
                and (acronym is None or study.acronym in (None, acronym))
            ):
                return study
        if author is not None:
            same = [
                study
                for study in self.studies
                if study.author
                and _alike(study.author, author[0])
                and (acronym is None or study.acronym in (None, acronym))
            ]
            for years_apart in (0, 1):  # a meeting abstract and its paper lie a year apart
                near = [
                    study
                    for study in same
                    if author[1] is None
                    or study.year is None
                    or (
                        abs(study.year - author[1]) == years_apart
                        and not (years_apart and self._both(study, author[1]))
                    )
                ]
                if near:
                    return near[0] if len(near) == 1 else None
        return None

    def _both(self, study: CitedStudy, year: int) -> bool:
        """Whether the list of references has papers of this author of the study's year and of another."""
        years = {entry[1] for entry in self.entries.values() if study.author and _alike(entry[0], study.author)}
        return {study.year, year} <= years


def _alike(one: str, other: str) -> bool:
    """Whether two spellings are one name ("Maziarz", "Marziarz")."""
    one, other = one.lower(), other.lower()
    return one == other or (min(len(one), len(other)) > 5 and SequenceMatcher(None, one, other).ratio() > 0.85)


_NO_AUTHOR = frozenset(lexicon.word_list("not_an_author"))


def _known_acronyms(reading: Reading) -> tuple[str, ...]:
    """Acronyms that the document somewhere uses as the name of a trial."""
    counts: dict[str, int] = {}
    limit = min((s.start for s in reading.sentences if s.zone == "references"), default=len(reading.text))
    for match in _STUDY_ACRONYM.finditer(reading.text, 0, limit):
        name = match[match.lastgroup or 0]
        long = reading.abbreviations.get(name)
        if not is_acronym(name) or (long is not None and not re.search(r"\b(?:trial|study)\b", long)):
            continue
        if (match["place"] or match["doing"]) and (len(name) < 5 or name in reading.abbreviations):
            continue  # "in FLT3-ITD", "in AML": short capitals are mostly something else
        if match["bracketed"] and not _TRIAL_BEFORE.search(reading.text[max(0, match.start() - 22) : match.start()]):
            continue
        counts[name] = counts.get(name, 0) + 1
    numbered = dict.fromkeys(match.group() for match in _NUMBERED.finditer(reading.text, 0, limit))
    return (*counts, *(name for name in numbered if name not in counts))


_TRIAL_BEFORE = re.compile(r"(?:trial|study|[Pp]hase\s\S+)\s$")
