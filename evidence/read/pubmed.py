"""Records of PubMed as XML: title and abstract, what the record says about the article, and notices about it.

A retraction, an erratum or an expression of concern is said in the status of the document: whoever pools its numbers
has to know. A file may hold many records; each is a document of its own.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from evidence.errors import UnknownFormat
from evidence.model.document import Bibliography, Reference
from evidence.read.bibliography import own_registry_ids, registry_ids
from evidence.read.compose import Composer, Content, Heading, sections
from evidence.read.headings import openings
from evidence.read.jats_inline import Inline, inline, plain
from evidence.read.jats_references import Links
from evidence.read.references import read_entry
from evidence.read.xml_tree import parse_xml, serialized

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
#: Kinds of linked notices that a reader of the article has to know, and what each says.
NOTICES = {
    "RetractionIn": "This article was retracted",
    "PartialRetractionIn": "This article was retracted in part",
    "ExpressionOfConcernIn": "An expression of concern about this article was published",
    "ErratumIn": "An erratum to this article was published",
    "CorrectedandRepublishedIn": "This article was corrected and published again",
    "RetractedandRepublishedIn": "This article was retracted and published again",
    "UpdateIn": "This article was updated",
}
#: By this a record that can only describe a paper is known.
NO_ABSTRACT = "The record holds no abstract, only the title."
_RETRACTED = "Retracted Publication"


@dataclass(slots=True, kw_only=True)
class Abstract:
    """What a record of PubMed holds, whichever way it was written down."""

    title: str
    parts: list[tuple[str, Inline]] = field(default_factory=list)  # label and text of each part of the abstract
    authors: tuple[str, ...] = ()
    first_author: str | None = None
    journal: str | None = None
    year: int | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    registered: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    notices: list[str] = field(default_factory=list)
    references: tuple[Reference, ...] = ()


def split_pubmed(data: bytes, source: str) -> list[tuple[str, bytes]]:
    """PMID and own bytes of every article in a set; a file with one article is left as it is."""
    root = parse_xml(data, source)
    articles = _articles(root)
    if len(articles) < 2:
        return [("", data)]
    return [(plain(article.find(".//PMID")), serialized(article)) for article in articles]


def read_pubmed(data: bytes, source: str) -> Content:
    """The first article of a set.

    Raises
    ------
    ReadError
        If the XML is broken or declares entities of its own.
    UnknownFormat
        If the set holds no article.
    """
    root = parse_xml(data, source)
    articles = _articles(root)
    if not articles:
        raise UnknownFormat(f"{source}: the PubMed XML holds no article (its root is <{root.tag}>). Download it again.")
    return content_of(_abstract(articles[0]))


def content_of(record: Abstract) -> Content:
    """Title, abstract with its labels as headings, and a line of what kind of publication it is."""
    out = Composer()
    out.write(record.title)
    out.end_paragraph()
    if record.parts:
        out.heading("Abstract", 1)
    for label, part in record.parts:
        if label:
            out.heading(label, 2)
        out.end_paragraph()
        if not label:
            out.headings += (Heading(name, out.at + at, 2) for name, at in openings(part.text))
        start, _ = out.write(part.text)
        Links({}).mark(part, out, start)
        out.end_paragraph()
    about = [("Publication type", "; ".join(record.types)), ("Trial registration", "; ".join(record.registered))]
    if any(value for _, value in about):
        out.heading("Record", 1)
        for name, value in about:
            if value:
                out.end_line()
                out.write(f"{name}: {value}.")
    out.end_line()
    text = out.text()
    notices = list(dict.fromkeys(record.notices))
    if _RETRACTED in record.types and not any("retracted" in notice for notice in notices):
        notices.insert(0, f"{NOTICES['RetractionIn']}.")
    return Content(
        text=text,
        sections=sections(out.headings, len(text)),
        marks=tuple(out.marks),
        references=record.references,
        bibliography=Bibliography(
            title=record.title or None,
            authors=record.authors,
            journal=record.journal,
            year=record.year,
            doi=record.doi,
            pmid=record.pmid,
            pmcid=record.pmcid,
            registry_ids=tuple(dict.fromkeys((*record.registered, *own_registry_ids(text)))),
            first_author=record.first_author,
        ),
        notices=tuple(notices),
        gaps=() if record.parts else (NO_ABSTRACT,),
    )


def notice(kind: str, where: str) -> str:
    """The sentence about a linked notice; `where` is the journal with its issue, and the PMID."""
    return f"{NOTICES[kind]} ({where})." if where else f"{NOTICES[kind]}."


def _articles(root: Any) -> list[Any]:
    return [root] if root.tag == "PubmedArticle" else list(root.iter("PubmedArticle"))


def _abstract(article: Any) -> Abstract:
    citation, data = article.find("MedlineCitation"), article.find("PubmedData")
    paper = citation.find("Article") if citation is not None else None
    if paper is None:
        return Abstract(title="")
    people = paper.findall("AuthorList/Author")
    ids = {}
    if data is not None:
        # References carry ids as well, deeper in the record.
        ids = {entry.get("IdType"): plain(entry) for entry in data.findall("ArticleIdList/ArticleId")}
    places = {entry.get("EIdType"): plain(entry) for entry in paper.findall("ELocationID")}
    accessions = " ".join(plain(number) for number in paper.findall("DataBankList/DataBank/AccessionNumberList/*"))
    return Abstract(
        title=plain(paper.find("ArticleTitle")),
        parts=[
            ((part.get("Label") or "").strip(), content)
            for part in paper.findall("Abstract/AbstractText")
            if (content := inline(part)).text.strip()
        ],
        authors=tuple(name for name in (_name(person) for person in people) if name),
        first_author=(plain(people[0].find("LastName")) or _name(people[0]) or None) if people else None,
        journal=plain(paper.find("Journal/Title")) or plain(citation.find("MedlineJournalInfo/MedlineTA")) or None,
        year=_year(paper),
        doi=ids.get("doi") or places.get("doi"),
        pmid=plain(citation.find("PMID")) or None,
        pmcid=ids.get("pmc"),
        registered=registry_ids(accessions),
        types=tuple(plain(kind) for kind in paper.findall("PublicationTypeList/PublicationType")),
        notices=[
            notice(link.get("RefType"), _where(link))
            for link in citation.findall("CommentsCorrectionsList/CommentsCorrections")
            if link.get("RefType") in NOTICES
        ],
        references=_references(data),
    )


def _name(person: Any) -> str:
    given = plain(person.find("ForeName")) or plain(person.find("Initials"))
    family = plain(person.find("LastName"))
    return " ".join(part for part in (given, family) if part) or plain(person.find("CollectiveName"))


def _year(paper: Any) -> int | None:
    for place in ("Journal/JournalIssue/PubDate/Year", "Journal/JournalIssue/PubDate/MedlineDate", "ArticleDate/Year"):
        if match := _YEAR.search(plain(paper.find(place))):
            return int(match.group())
    return None


def _where(link: Any) -> str:
    pmid = plain(link.find("PMID"))
    parts = (plain(link.find("RefSource")).rstrip("."), f"PMID {pmid}" if pmid else "")
    return ", ".join(part for part in parts if part)


def _references(data: Any) -> tuple[Reference, ...]:
    entries = data.findall("ReferenceList/Reference") if data is not None else []
    return tuple(read_entry(number, plain(entry.find("Citation"))) for number, entry in enumerate(entries, 1))
