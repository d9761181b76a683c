"""What a web page says about its article in its head: Highwire, Dublin Core and PRISM meta tags."""

import re
from dataclasses import replace
from typing import Any

from evidence.model.document import Bibliography
from evidence.read.bibliography import family_name, from_text, own_registry_ids

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
#: Names of the tags for each column, best first; compared in small letters.
_NAMES = {
    "title": ("citation_title", "dc.title", "dcterms.title", "prism.title", "og:title"),
    "authors": ("citation_author", "citation_authors", "dc.creator", "dc.contributor"),
    "journal": ("citation_journal_title", "prism.publicationname", "dc.source", "citation_journal_abbrev"),
    "date": (
        "citation_publication_date", "prism.publicationdate", "citation_date", "citation_cover_date",
        "citation_online_date", "dc.date", "dcterms.issued",
    ),
    "doi": ("citation_doi", "prism.doi", "dc.identifier"),
    "pmid": ("citation_pmid",),
    "pmcid": ("citation_pmcid",),
}  # fmt: skip


def read_head(root: Any) -> dict[str, list[str]]:
    """The contents of the meta tags by column."""
    tags: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").strip().lower()
        if content := " ".join((meta.get("content") or "").split()):
            tags.setdefault(name, []).append(content)
    return {
        column: next((tags[name] for name in names if tags.get(name)), [])
        for column, names in _NAMES.items()
    }  # fmt: skip


def bibliography(head: dict[str, list[str]], title: str | None, text: str, front: str) -> Bibliography:
    """From the meta tags, and what they leave out from the text of the page; `title` is the heading of the page."""
    authors = _authors(head["authors"])
    title = next(iter(head["title"]), None) or title
    if not head["doi"] and not authors:
        printed = from_text(text, title=title)
    else:
        printed = Bibliography(registry_ids=own_registry_ids(text, front=front))
    years = [match.group() for date in head["date"] if (match := _YEAR.search(date))]
    dois = [match.group() for doi in head["doi"] if (match := _DOI.search(doi))]
    pmcid = next(iter(head["pmcid"]), None)
    return replace(
        printed,
        title=title or printed.title,
        authors=authors or printed.authors,
        journal=next(iter(head["journal"]), None) or printed.journal,
        year=int(years[0]) if years else printed.year,
        doi=dois[0] if dois else printed.doi,
        pmid=next((pmid for pmid in head["pmid"] if pmid.isdecimal()), None) or printed.pmid,
        pmcid="PMC" + pmcid.upper().removeprefix("PMC") if pmcid else printed.pmcid,
        first_author=family_name(authors[0]) if authors else printed.first_author,
    )


def _authors(found: list[str]) -> tuple[str, ...]:
    """One name per tag, or all in one tag parted by semicolons; "Berg, Li" becomes "Li Berg"."""
    names = [name.strip() for entry in found for name in entry.split(";") if name.strip()]
    turned = (" ".join(part.strip() for part in reversed(name.split(",", 1))) for name in names)
    return tuple(dict.fromkeys(turned))
