"""Saved web pages of articles: PubMed Central, journals, and pages of any other site.

Navigation, banners and other furniture are taken out, the article is what is left of the largest main part. Headings
become sections, tables grids, links into the list of references citation marks; the list itself becomes records.
Nothing is ever loaded from the network, and scripts are not run.
"""

import re
from dataclasses import replace
from typing import Any

from evidence.errors import ReadError
from evidence.model.document import Mark, Reference
from evidence.read.citations import citation_marks, outside_tables, with_references
from evidence.read.compose import Composer, Content, Heading, sections
from evidence.read.headings import ends_the_paper, normal_form, openings
from evidence.read.html_head import bibliography, read_head
from evidence.read.html_page import BLOCKS, HEADINGS, article_of, is_named, listed, parse, remove_furniture, words
from evidence.read.html_tables import Wrapped, absent_tables, data_tables, write_table
from evidence.read.jats_inline import Inline
from evidence.read.jats_references import Links
from evidence.read.references import read_entry

#: Less text than this is what a page shows while it loads, or in front of a login.
_LEAST_TEXT = 200
#: A page with one of these below its abstract holds the paper itself.
_BODY = frozenset(
    (
        "introduction", "background", "methods", "method", "materials and methods", "patients and methods", "results",
        "results and discussion", "discussion", "conclusion", "conclusions", "main",
    )
)  # fmt: skip
_ABSTRACTS = frozenset(("abstract", "summary", "structured abstract"))
_FRAGMENT = re.compile(r"#(?P<id>.+)$")
#: Names of links into a list of references where the list itself is not on the page.
_REFERENCE_ID = re.compile(r"^(?:bib|ref|cr|b|r|cit|bibr)[-_]?(?:cr)?\d+$", re.IGNORECASE)
_FIGURES = re.compile(r"[\d\s,;\u2010-\u2015\u2212()\[\]-]+")
_FLOATING = re.compile(r"(?:Table|Figure|Fig)\b\.?\s*\w{1,4}\W*$", re.IGNORECASE)
_NUMBER = re.compile(r"^\W*(\d{1,3})[.)\]]?(?=\s|[A-Z])\s*")
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>?#]+")


def read_html(data: bytes, source: str) -> Content:
    """Parse, take the furniture out, write what is left.

    Raises
    ------
    ReadError
        If the page holds no text.
    """
    root, gaps = parse(data, source)
    head = read_head(root)
    page_title = words(root.find(".//title")) if root.find(".//title") is not None else ""
    remove_furniture(root)
    article = article_of(root)
    references, links = _take_references(article)
    tables = data_tables(article)
    heading = next((words(h1) for h1 in article.iter("h1") if words(h1)), None)
    title = next(iter(head["title"]), None) or heading or page_title or None
    writer = _Writer(source, links, tables, title)
    writer.block(article)
    out = writer.out
    text = out.text()
    if not text.strip():
        raise ReadError(
            f"{source}: the web page holds no text. Open it in a browser, wait until it is loaded, and save it again."
        )
    parts = sections(_levelled(out.headings), len(text))
    marks = tuple(out.marks)
    if not any(mark.kind == "citation" for mark in marks):
        marks = _printed_citations(text, writer, references)
    front = text[
        : next((part.char_start for part in parts if normal_form(part.heading) in _BODY - {"background"}), 6000)
    ]
    return Content(
        text=text,
        sections=parts,
        tables=tuple(out.tables),
        marks=marks,
        references=references,
        bibliography=bibliography(head, heading or page_title or None, text, front),
        gaps=(*gaps, *_gaps(text, page_title, out.headings), *_not_shown(article, tables)),
    )


class _Writer:
    """Walks the article and writes it."""

    def __init__(self, source: str, links: Links, tables: list[Wrapped], title: str | None) -> None:
        self.out = Composer()
        self.source = source
        self.links = links
        self.title = " ".join((title or "").split()).lower()
        self._tables = {wrapped.box: wrapped for wrapped in tables}
        self._captions = {element for wrapped in tables for element in (*wrapped.before, *wrapped.after)}
        if title:
            self.out.write(title)
            self.out.end_paragraph()

    def block(self, element: Any) -> None:
        """One element that stands on lines of its own."""
        if element in self._tables:
            write_table(self._tables[element], self.out, self._cell, self._plain, self.source)
        elif element in self._captions:
            return
        elif element.tag in HEADINGS and not _heads_figure(element):
            text = self._plain(element)
            if text and text.lower() != self.title:
                self.out.heading(text, int(element.tag[1]))
        else:
            self._mixed(element)

    def _mixed(self, element: Any) -> None:
        """Runs of text become paragraphs; blocks between them are written on their own."""
        run = Inline()
        run.add(element.text)
        for child in element:
            if child.tag in BLOCKS or child in self._tables or _holds_blocks(child):
                self._paragraph(run)
                run = Inline()
                self.block(child)
            else:
                self._inline(child, run)
            run.add(child.tail)
        self._paragraph(run)

    def _paragraph(self, content: Inline) -> None:
        text = content.text
        if not text.strip() or " ".join(text.split()).lower() == self.title:
            return
        self.out.end_paragraph()
        if self._in_abstract():
            self.out.headings += (Heading(name, self.out.at + at, 6) for name, at in openings(text))
        start, _ = self.out.write(text)
        self.links.mark(content, self.out, start)
        self.out.end_paragraph()

    def _in_abstract(self) -> bool:
        named = (normal_form(heading.text) for heading in reversed(self.out.headings) if heading.level < 6)
        return next(named, "") in _ABSTRACTS

    def _inline(self, element: Any, run: Inline, *, cites: bool = False) -> None:
        """One element within running text; `cites` says that it stands in a citation already marked as one."""
        if element.tag == "br":
            run.add(" ")
            return
        if element.tag in BLOCKS:
            run.add(" ")
        start = run.length
        targets = self._targets(element)
        is_citation = bool(targets)
        if element.tag == "sup" and any(self._targets(link) for link in element.iter("a")):
            # A superscript that only holds citations is one of them, commas and dashes between them included.
            is_citation = bool(_FIGURES.fullmatch("".join(element.itertext())))
            targets = tuple(dict.fromkeys(t for link in element.iter("a") for t in self._targets(link)))
        run.add(element.text)
        for child in element:
            self._inline(child, run, cites=cites or is_citation)
            run.add(child.tail)
        if is_citation and not cites:
            run.mark("citation", start, targets)
        elif element.tag == "sup" and not cites:
            run.mark("superscript", start)
        if element.tag in BLOCKS:
            run.add(" ")

    def _targets(self, element: Any) -> tuple[str, ...]:
        """Ids of the references a link leads to; its own text where it leads to a list that is not on the page."""
        if element.tag != "a":
            return ()
        match = _FRAGMENT.search(element.get("href") or "")
        target = match.group("id") if match else ""
        if target in self.links.numbers:
            return (target,)
        named = _REFERENCE_ID.match(target) or not names_of(element).isdisjoint(listed("citations"))
        return (target or "?",) if named and words(element) else ()

    def _cell(self, td: Any) -> tuple[str, int]:
        run = Inline()
        self._inline(td, run)
        text = run.text.lstrip(" ")
        start, _ = self.out.write(run.text)
        self.links.mark(run, self.out, start)
        return (run.text, start) if text else ("", start)

    def _plain(self, element: Any) -> str:
        run = Inline()
        self._inline(element, run)
        return run.text.strip()


def names_of(element: Any) -> set[str]:
    """What a link is called by its attributes."""
    values = (element.get("class"), element.get("role"), element.get("data-test"), element.get("data-ref-type"))
    return {name for value in values if value for name in value.lower().split()}


def _take_references(article: Any) -> tuple[tuple[Reference, ...], Links]:
    """The entries of the list of references, which is taken off the page."""
    lists = [element for element in article.iter() if element is not article and is_named(element, "references")]
    lists = [element for element in lists if _entries(element)] or _below_heading(article)
    entries: list[Any] = []
    for element in lists:
        if not any(element is inner for outer in entries for inner in outer.iter()):
            entries += [entry for entry in _entries(element) if all(entry is not known for known in entries)]
    references: list[Reference] = []
    numbers: dict[str, int] = {}
    for place, entry in enumerate(entries, 1):
        reference = _reference(place, entry)
        if references and reference.number <= references[-1].number:
            reference = read_entry(references[-1].number + 1, _NUMBER.sub("", _entry_text(entry)))
        references.append(reference)
        for element in entry.iter():
            if element.get("id"):
                numbers.setdefault(element.get("id"), reference.number)
    for element in lists:
        if element.getparent() is not None:
            element.drop_tree()
    if entries:
        # A heading whose list was taken off the page heads nothing.
        for heading in [heading for heading in article.iter(*HEADINGS) if ends_the_paper(words(heading))]:
            heading.drop_tree()
    return tuple(references), Links(numbers)


def _entries(element: Any) -> list[Any]:
    """Innermost list items; where a page uses none, the elements that links lead to."""
    if element.tag == "li":
        return []
    items = [li for li in element.iter("li") if li.find(".//li") is None and len(words(li)) > 20]
    return items or [
        e for e in element.iter("p", "div", "dd", "cite") if e.get("id") and len(words(e)) > 20 and len(words(e)) < 1500
    ]


def _below_heading(article: Any) -> list[Any]:
    """Lists that stand under a heading "References"."""
    for heading in article.iter(*HEADINGS):
        if not ends_the_paper(words(heading)):
            continue
        found = []
        box = heading
        while box.getnext() is None and box.getparent() is not article and box.getparent() is not None:
            box = box.getparent()
        for sibling in box.itersiblings():
            if next(sibling.iter(*HEADINGS), None) is not None:
                break
            if _entries(sibling) or sibling.tag in ("ol", "ul"):
                found.append(sibling)
        if found:
            return found
    return []


def _reference(place: int, entry: Any) -> Reference:
    text = _entry_text(entry)
    label = _NUMBER.match(text)
    reference = read_entry(int(label.group(1)) if label else place, _NUMBER.sub("", text))
    if reference.doi is None:
        for link in entry.iter("a"):
            if "doi.org/" in (link.get("href") or "") and (match := _DOI.search(link.get("href").replace("%2F", "/"))):
                return replace(reference, doi=match.group())
    return reference


def _entry_text(entry: Any) -> str:
    """The entry without the links to other sites behind it."""
    return re.sub(r"(?:\s*\[\s*\])+|\s*\(\s*\)$", "", words(entry)).strip()


def _printed_citations(text: str, writer: _Writer, references: tuple[Reference, ...]) -> tuple[Mark, ...]:
    """On a page without links, what is printed like a citation; superscripts of the page stay marked."""
    raised = [mark for mark in writer.out.marks if mark.kind == "superscript"]
    marks = sorted([*raised, *citation_marks(text)], key=lambda mark: mark.char_start)
    known = {reference.number for reference in references}
    return with_references(text, outside_tables(marks, writer.out.tables), known)


def _levelled(headings: list[Heading]) -> list[Heading]:
    """Levels from 1 without gaps; a page may start its sections at h2 or h3."""
    used = sorted({heading.level for heading in headings})
    return [Heading(heading.text, heading.at, used.index(heading.level) + 1) for heading in headings]


def _gaps(text: str, page_title: str, headings: list[Heading]) -> list[str]:
    """What is missing on a page that is not the whole article."""
    title = page_title.lower()
    if len(text) < _LEAST_TEXT or (len(text) < 10 * _LEAST_TEXT and any(word in title for word in listed("instead"))):
        return [
            f"The page holds only {len(text.strip())} characters of text; it may have been saved before it was loaded."
        ]
    at = next((i for i, heading in enumerate(headings) if normal_form(heading.text) in _ABSTRACTS), None)
    if at is not None:
        below = [h for h in headings[at + 1 :] if h.level <= headings[at].level]
        if not any(normal_form(heading.text) in _BODY for heading in below):
            return ["The page holds no body, only title and abstract."]
    return []


def _not_shown(article: Any, tables: list[Wrapped]) -> list[str]:
    return [
        f"{label} is not on the page (a link or an image) and was not read." for label in absent_tables(article, tables)
    ]


def _heads_figure(element: Any) -> bool:
    within = any(parent.tag in ("figure", "figcaption") for parent in element.iterancestors())
    return within or bool(_FLOATING.match(words(element)))


def _holds_blocks(element: Any) -> bool:
    return any(inner.tag in BLOCKS for inner in element.iterdescendants())
