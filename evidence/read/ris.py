"""Records of reference managers as tagged lines (RIS), read with rispy: as MEDLINE records, but without notices."""

import re
from typing import Any

import rispy

from evidence.errors import ReadError
from evidence.read.bibliography import family_name, registry_ids
from evidence.read.compose import Content
from evidence.read.medline import decoded, labelled
from evidence.read.pubmed import Abstract, content_of

_BEGINS = re.compile(r"^(?=TY {0,2}- )", re.MULTILINE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DOI = re.compile(r"\b10\.\d{4,9}/\S+")
_PMCID = re.compile(r"\bPMC\d{5,9}\b")
#: PubMed numbers stand among accession numbers, which other databases use too.
_PMID = re.compile(r"(?:PMID:?\s*)?(\d{6,8})")
#: Where programs write title, abstract and journal, the usual tag first.
_TITLES = ("title", "primary_title", "translated_title")
_ABSTRACTS = ("abstract", "notes_abstract")
_JOURNALS = ("secondary_title", "journal_name", "alternate_title1", "alternate_title2", "alternate_title3")
_DATES = ("year", "publication_year", "date")


def split_ris(data: bytes, source: str) -> list[tuple[str, bytes]]:
    """Own bytes of every record; what stands before the first is no record."""
    records = [part.strip() for part in _BEGINS.split(decoded(data, source))[1:]]
    if len(records) < 2:
        return [("", data)]
    return [("", (record + "\n").encode()) for record in records]


def read_ris(data: bytes, source: str) -> Content:
    """One record.

    Raises
    ------
    ReadError
        If the bytes are no UTF-8 text, or no record with a title.
    """
    text = decoded(data, source)
    try:
        entries = rispy.loads(text[begin.start() :] if (begin := _BEGINS.search(text)) else text)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise ReadError(f"{source}: the RIS record is broken ({error}). Export it again.") from error
    entry = entries[0] if entries else {}
    title = _first(entry, _TITLES)
    if not title:
        raise ReadError(f"{source}: the RIS record has no title (TI or T1). Export it again with its title.")
    authors = [" ".join(name.split()) for name in entry.get("authors") or entry.get("first_authors") or ()]
    year = _YEAR.search(_first(entry, _DATES))
    address = " ".join([_first(entry, ("doi",)), *entry.get("urls", ())])
    doi = _DOI.search(address)
    pmcid = _PMCID.search(" ".join(str(value) for name, value in entry.items() if name.startswith("custom")))
    pmid = _PMID.fullmatch(_first(entry, ("accession_number",))) if _is_of_pubmed(entry) else None
    return content_of(
        Abstract(
            title=title,
            parts=labelled(_first(entry, _ABSTRACTS)),
            authors=tuple(" ".join(part.strip() for part in reversed(name.split(",", 1))) for name in authors),
            first_author=family_name(authors[0]) if authors else None,
            journal=_first(entry, _JOURNALS) or None,
            year=int(year.group()) if year else None,
            doi=doi.group().rstrip(".,;") if doi else None,
            pmid=pmid[1] if pmid else None,
            pmcid=pmcid.group() if pmcid else None,
            registered=registry_ids(" ".join(entry.get("keywords", ()))),
        )
    )


def _is_of_pubmed(entry: dict[str, Any]) -> bool:
    """Whether the accession number is one of PubMed: another database, where one is named, has its own."""
    database = _first(entry, ("name_of_database", "database_provider"))
    return not database or bool(re.search(r"pubmed|medline|nlm", database, re.IGNORECASE))


def _first(entry: dict[str, Any], names: tuple[str, ...]) -> str:
    values = (entry.get(name) for name in names)
    return next((" ".join(str(value).split()) for value in values if value and not isinstance(value, list)), "")
