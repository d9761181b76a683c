"""The list of references of a JATS article, and which of its entries a citation mark points to.

What an article shows as mark ("12", "Smith 2012") need not be the number of the entry; the link behind it is.
"""

import re
from itertools import pairwise
from typing import Any

from evidence.model.document import Reference
from evidence.read.citations import numbers_in
from evidence.read.compose import Composer
from evidence.read.jats_inline import Inline, plain
from evidence.read.references import read_entry

_LABEL = re.compile(r"^\W*(\d{1,4})\W*$")
_YEAR = re.compile(r"\b(?:19|20)\d\d")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
#: What may stand between two links that are the ends of a range.
_RANGE = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")
_CITATIONS = ("element-citation", "mixed-citation", "nlm-citation", "citation")
_LONGEST_RANGE = 60


class Links:
    """From the ids of entries to their numbers."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self.numbers = numbers
        self.known = frozenset(numbers.values())

    def mark(self, content: Inline, out: Composer, start: int) -> None:
        """Mark what stands in running text written at `start`, citations with the entries they lead to."""
        text = content.text
        for i, (kind, a, b, targets) in enumerate(content.marks):
            cited = self._cited(text[a:b], targets)
            if cited and i + 1 < len(content.marks):
                _, after, _, following = content.marks[i + 1]
                # "[3-7]" is often two links with a dash between them.
                ends = [self.numbers[target] for target in following[:1] if target in self.numbers]
                if ends and _RANGE.fullmatch(text[b:after]) and cited[-1] < ends[0] <= cited[-1] + _LONGEST_RANGE:
                    cited += tuple(n for n in range(cited[-1] + 1, ends[0]) if n in self.known)
            out.mark(kind, start + a, start + min(b, len(text)), cited)

    def _cited(self, printed: str, targets: tuple[str, ...]) -> tuple[int, ...]:
        """The entries behind links, with those that a printed range leaves to the reader."""
        linked = [self.numbers[target] for target in targets if target in self.numbers]
        printed_numbers = numbers_in(printed)
        if linked and set(linked) <= set(printed_numbers):
            linked = [number for number in printed_numbers if number in self.known]
        return tuple(dict.fromkeys(linked))


def read_references(article: Any) -> tuple[tuple[Reference, ...], Links]:
    """The entries in order with their numbers: those of their labels if all have one, else their places."""
    back = article.find("back")
    entries = list(back.iter("ref")) if back is not None else []
    labels = [_LABEL.match(plain(entry.find("label")) or plain(entry.find(".//label"))) for entry in entries]
    numbers = [int(label.group(1)) for label in labels if label]
    if len(numbers) < len(entries) or any(a >= b for a, b in pairwise(numbers)):
        numbers = list(range(1, len(entries) + 1))
    links: dict[str, int] = {}
    for number, entry in zip(numbers, entries, strict=True):
        for element in entry.iter("ref", *_CITATIONS):
            if element.get("id"):
                links.setdefault(element.get("id"), number)
    return tuple(_reference(n, entry) for n, entry in zip(numbers, entries, strict=True)), Links(links)


def _reference(number: int, entry: Any) -> Reference:
    """The first work of an entry; what its markup leaves out is read from its text."""
    citation = next(entry.iter(*_CITATIONS), None)
    if citation is None:
        return Reference(number=number)
    tagged = Reference(
        number=number,
        first_author=_author(citation),
        year=_year(plain(citation.find(".//year"))),
        doi=_doi(citation),
        title=plain(citation.find("article-title")).rstrip(". ") or None,
    )
    if tagged.first_author and tagged.year:
        return tagged
    printed = read_entry(number, _LABEL.sub("", plain(citation)))
    return Reference(
        number=number,
        first_author=tagged.first_author or printed.first_author,
        year=tagged.year or printed.year,
        doi=tagged.doi or printed.doi,
        title=tagged.title or printed.title,
    )


def _author(citation: Any) -> str | None:
    """The family name of the first person, else the name of the group."""
    people = next(
        (group for group in citation.iter("person-group") if group.get("person-group-type", "author") != "editor"),
        citation,
    )
    first = next(people.iter("surname", "collab"), None)
    return plain(first) or None if first is not None else None


def _year(printed: str) -> int | None:
    match = _YEAR.search(printed)
    return int(match.group()) if match else None


def _doi(citation: Any) -> str | None:
    for element in citation.iter("pub-id", "ext-link", "uri"):
        text = plain(element)
        is_doi = element.get("pub-id-type") == "doi" or (element.tag != "pub-id" and "doi.org/" in text)
        if is_doi and (match := _DOI.search(text)):
            return match.group().rstrip(".,;")
    return None
