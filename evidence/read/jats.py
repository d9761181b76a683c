"""Articles in JATS or NLM XML, as PubMed Central gives them out.

Title, abstract, body, back matter and floating tables are written in this order; sub-articles and responses are not,
and the list of references becomes records. Marks keep citation numbers and superscripts apart from results. Nothing
outside the file is ever loaded, and entities the file declares itself are refused.
"""

from dataclasses import replace
from typing import Any

from evidence.errors import ReadError, UnknownFormat
from evidence.model.document import Bibliography
from evidence.read.bibliography import own_registry_ids, registry_ids
from evidence.read.compose import Composer, Content, Heading, sections
from evidence.read.headings import openings
from evidence.read.jats_inline import SKIPPED, inline, plain
from evidence.read.jats_references import Links, read_references
from evidence.read.jats_tables import write_table_wrap
from evidence.read.xml_tree import parse_xml

#: Elements with a title and paragraphs below it.
_SECTIONS = frozenset("sec app ack fn-group glossary notes boxed-text def-list bio".split())
#: Elements that only hold others.
_HOLDERS = frozenset(
    "list list-item fig fig-group floats-group app-group disp-quote statement caption fn verse-group "
    "disp-formula-group table-wrap-group".split()
)
#: Which date is the year of publication, best first.
_DATES = ("ppub", "print", "collection", "epub-ppub", "epub", "electronic", "pub", "pmc-release")


def read_jats(data: bytes, source: str) -> Content:
    """Parse, then write everything that belongs to the article itself.

    Raises
    ------
    ReadError
        If the XML is broken, declares entities of its own, holds several articles or no text.
    UnknownFormat
        If the XML is no article.
    """
    article = _article(data, source)
    meta = article.find("front/article-meta")
    bibliography = _bibliography(article, meta)
    references, links = read_references(article)
    writer = _Writer(source, links)
    out = writer.out
    if bibliography.title:
        out.write(bibliography.title)
        out.end_paragraph()
    if (abstract := _abstract(meta)) is not None:
        title = abstract.find("title")
        out.heading(plain(title) or "Abstract", 1)
        writer.children(abstract, 2, in_abstract=True)
    front_end = out.at
    body = article.find("body")
    for element in article:
        if element.tag in ("body", "back", "floats-group"):
            writer.children(element, 1)
    text = out.text()
    if not text.strip():
        raise ReadError(f"{source}: the article holds no text, neither abstract nor body. Give its PDF instead.")
    gaps = writer.gaps
    if body is None or not plain(body):
        gaps.insert(0, "The file holds no body, only title and abstract.")
    own = registry_ids(" ".join(meta.itertext())) if meta is not None else ()
    own += own_registry_ids(text, front=text[:front_end])
    return Content(
        text=text,
        sections=sections(out.headings, len(text)),
        tables=tuple(out.tables),
        marks=tuple(out.marks),
        references=references,
        bibliography=replace(bibliography, registry_ids=tuple(dict.fromkeys(own))),
        gaps=tuple(gaps),
    )


def _article(data: bytes, source: str) -> Any:
    """The article element, namespaces taken off its tags."""
    root = parse_xml(data, source)
    articles = [root] if root.tag == "article" else root.findall(".//article")
    if not articles:
        raise UnknownFormat(
            f"{source}: the XML is no article (its root is <{root.tag}>). Give the paper as JATS XML, PDF or text."
        )
    if len(articles) > 1:
        raise ReadError(f"{source}: the XML holds {len(articles)} articles. Save each in a file of its own.")
    return articles[0]


def _abstract(meta: Any) -> Any:
    """The abstract proper; of several the one without a type, since graphical and editor's ones repeat its numbers."""
    found = meta.findall("abstract") if meta is not None else []
    return next((abstract for abstract in found if not abstract.get("abstract-type")), found[0] if found else None)


class _Writer:
    """Walks the article and writes it; tables found inside a paragraph follow after it."""

    def __init__(self, source: str, links: Links) -> None:
        self.out = Composer()
        self.source = source
        self.links = links
        self.gaps: list[str] = []

    def children(self, element: Any, level: int, *, in_abstract: bool = False) -> None:
        """What the element holds, apart from a title already written as heading."""
        for child in element:
            if child.tag != "title":
                self.block(child, level, in_abstract=in_abstract)

    def block(self, element: Any, level: int, *, in_abstract: bool = False) -> None:
        """One element that stands on lines of its own; `level` is that of a section at this place."""
        tag = element.tag
        if tag in SKIPPED or (tag == "label" and element.getparent().tag in _SECTIONS):
            return
        if tag in _SECTIONS:
            title = plain(element.find("title")) or ("Acknowledgements" if tag == "ack" else "")
            if title:
                self.out.heading(title, level)
            self.children(element, level + bool(title), in_abstract=in_abstract)
        elif tag == "table-wrap":
            if gap := write_table_wrap(element, self.out, self.source, self.links):
                self.gaps.append(gap)
        elif tag in _HOLDERS:
            self.children(element, level, in_abstract=in_abstract)
        else:
            self.paragraph(element, level, in_abstract=in_abstract)

    def paragraph(self, element: Any, level: int, *, in_abstract: bool) -> None:
        """Running text, then whatever floats in it."""
        content = inline(element)
        if content.text.strip():
            self.out.end_paragraph()
            if in_abstract:
                self.out.headings += (Heading(name, self.out.at + at, level) for name, at in openings(content.text))
            start, _ = self.out.write(content.text)
            self.links.mark(content, self.out, start)
            self.out.end_paragraph()
        for floating in content.floating:
            self.block(floating, level)


def _bibliography(article: Any, meta: Any) -> Bibliography:
    journal = article.find("front/journal-meta//journal-title")
    if meta is None:
        return Bibliography(journal=plain(journal) or None)
    ids = {element.get("pub-id-type"): "".join(element.itertext()).strip() for element in meta.findall("article-id")}
    pmcid = ids.get("pmc") or ids.get("pmcid") or ids.get("pmcaid")
    people = [
        contrib
        for contrib in meta.findall("contrib-group/contrib")
        if contrib.get("contrib-type", "author") == "author"
    ]
    authors = tuple(name for name in (_name(contrib) for contrib in people) if name)
    family = plain(people[0].find(".//surname")) if people else ""
    return Bibliography(
        title=plain(meta.find("title-group/article-title")) or None,
        authors=authors,
        journal=plain(journal) or None,
        year=_year(meta),
        doi=ids.get("doi") or None,
        pmid=ids.get("pmid") or None,
        pmcid=("PMC" + pmcid.removeprefix("PMC")) if pmcid else None,
        first_author=family or (authors[0] if authors else None),
        article_type=article.get("article-type"),
    )


def _name(contrib: Any) -> str:
    """Given and family name, or the name of a group."""
    surname = plain(contrib.find(".//surname"))
    given = plain(contrib.find(".//given-names"))
    return " ".join(part for part in (given, surname) if part) or plain(contrib.find("collab"))


def _year(meta: Any) -> int | None:
    years = {}
    for date in meta.findall("pub-date"):
        year = plain(date.find("year"))
        if year.isdecimal() and len(year) == 4:
            years[date.get("pub-type") or date.get("publication-format") or date.get("date-type") or ""] = int(year)
    return next((years[kind] for kind in _DATES if kind in years), next(iter(years.values()), None))
