"""Records of bibliographies in BibTeX, read with bibtexparser: what RIS records hold, with LaTeX turned into text.

No number may be lost by that: where the digits of a value change, it stays as it is written.
"""

import logging
import re

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import BlockMiddleware, LatexDecodingMiddleware, SeparateCoAuthors

from evidence.errors import ReadError
from evidence.read.bibliography import family_name, registry_ids
from evidence.read.compose import Content
from evidence.read.medline import decoded, labelled
from evidence.read.pubmed import Abstract, content_of

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DOI = re.compile(r"\b10\.\d{4,9}/\S+")
_DIGITS = re.compile(r"\d+")
#: LaTeX takes these for a comment and for the end of a table cell; bibliographies mean them.
_UNESCAPED = re.compile(r"(?<!\\)([%&])")

# What is broken becomes the fault of its record; the parser would print it as well.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL + 1)


def split_bibtex(data: bytes, source: str) -> list[tuple[str, bytes]]:
    """Key and own bytes of every entry, with the abbreviations (`@string`) of the file before it."""
    library = parse_string(decoded(data, source), parse_stack=[])
    if len(library.entries) + len(library.failed_blocks) < 2:
        return [("", data)]
    strings = "".join(f"{block.raw}\n" for block in library.strings)
    return [
        (getattr(block, "key", ""), f"{strings}{(block.raw or '').strip()}\n".encode())
        for block in library.blocks
        if block in library.entries or block in library.failed_blocks
    ]


def read_bibtex(data: bytes, source: str) -> Content:
    """One entry.

    Raises
    ------
    ReadError
        If the bytes are no UTF-8 text, or no entry with a title.
    """
    text = decoded(data, source)
    plain = _fields(text, [SeparateCoAuthors()])
    told = _fields(_UNESCAPED.sub(r"\\\1", text), [LatexDecodingMiddleware(keep_math_mode=False), SeparateCoAuthors()])
    fields = {name: [_sure(value, told.get(name, []), at) for at, value in enumerate(plain[name])] for name in plain}

    def first(*names: str) -> str:
        return next((" ".join(fields[name][0].split()) for name in names if fields.get(name)), "")

    title = first("title")
    if not title:
        raise ReadError(f"{source}: this is no whole BibTeX entry with a title. Export it again.")
    authors = [" ".join(name.split()) for name in fields.get("author", ())]
    year, doi = _YEAR.search(first("year", "date")), _DOI.search(f"{first('doi')} {first('url')}")
    eprint = first("eprint") if first("eprinttype").lower() == "pubmed" else ""
    pmid = re.fullmatch(r"\d{6,8}", first("pmid") or eprint)
    pmcid = re.search(r"PMC\d{5,9}", first("pmcid", "pmc"))
    return content_of(
        Abstract(
            title=title,
            parts=labelled(first("abstract")),
            authors=tuple(" ".join(part.strip() for part in reversed(name.split(",", 1))) for name in authors),
            first_author=family_name(authors[0]) if authors else None,
            journal=first("journal", "journaltitle") or None,
            year=int(year.group()) if year else None,
            doi=doi.group().rstrip(".,;") if doi else None,
            pmid=pmid.group() if pmid else None,
            pmcid=pmcid.group() if pmcid else None,
            registered=registry_ids(first("keywords")),
        )
    )


def _fields(text: str, middleware: list[BlockMiddleware]) -> dict[str, list[str]]:
    """Values by field of the first entry; several of them where these are people."""
    library = parse_string(text, append_middleware=middleware)
    fields = library.entries[0].fields if library.entries else []
    return {
        field.key.lower(): [str(value) for value in field.value]
        if isinstance(field.value, list)
        else [str(field.value)]
        for field in fields
    }


def _sure(value: str, told: list[str], at: int) -> str:
    """The value as text, where every number in it came through."""
    text = told[at] if at < len(told) else value
    return text if _DIGITS.findall(text) == _DIGITS.findall(value) else value
