"""Records of bibliographies beside the papers they describe: what a paper does not show of itself is taken from them.

What the paper prints is never overwritten; where the record says otherwise, that is told.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sqlalchemy import Connection, update

from evidence.model.codes import DocumentStatus
from evidence.model.records import DocumentRecord
from evidence.model.spelling import letters
from evidence.store import queries, schema, writing

#: Formats of records; they describe papers and not one another.
RECORDS = ("pubmed", "ris", "bibtex")
_IDENTIFIERS = ("doi", "pmid", "pmcid")
_COLUMNS = ("title", "authors", "journal", "year", *_IDENTIFIERS)
#: Columns in which two spellings are one, but for case and punctuation; names of people and journals have many.
_COMPARED = ("title", "year", *_IDENTIFIERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A stored paper that a record describes."""

    document_id: str
    source: str
    filled: tuple[str, ...]  # columns that were empty and are the record's now
    differing: tuple[str, ...]  # "year 2019 in the record, 2020 in the paper"


def describe(connection: Connection, records: Iterable[DocumentRecord]) -> list[tuple[Described, ...]]:
    """Fill the empty bibliographic columns of the stored papers that each record describes."""
    papers = {
        paper.document_id: paper
        for paper in queries.documents(connection)
        if paper.format not in RECORDS and paper.status is not DocumentStatus.FAILED
    }
    known: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for paper in papers.values():
        for key in _keys(paper):
            known[key].append(paper.document_id)
    found = []
    for record in records:
        named = dict.fromkeys(document_id for key in _keys(record) for document_id in known.get(key, ()))
        described = []
        for paper in (papers[document_id] for document_id in named if _same(papers[document_id], record)):
            new = {
                name: getattr(record, name) for name in _COLUMNS if not getattr(paper, name) and getattr(record, name)
            }
            if new:
                table = schema.documents
                connection.execute(update(table).where(table.c.document_id == paper.document_id).values(**new))
                writing.stamp_documents(connection)
                papers[paper.document_id] = replace(paper, **new)
            described.append(
                Described(
                    document_id=paper.document_id,
                    source=paper.source,
                    filled=tuple(new),
                    differing=tuple(_differing(paper, record)),
                )
            )
        found.append(tuple(described))
    return found


def _keys(document: DocumentRecord) -> Iterator[tuple[str, ...]]:
    """What a paper and its record may share."""
    for name in _IDENTIFIERS:
        if value := getattr(document, name):
            yield name, value.casefold()
    if document.title and document.year:
        yield "title", letters(document.title), str(document.year)


def _same(paper: DocumentRecord, record: DocumentRecord) -> bool:
    """Whether the surest identifier that both have agrees; without one, title and year did."""
    for name in _IDENTIFIERS:
        mine, theirs = getattr(paper, name), getattr(record, name)
        if mine and theirs:
            return bool(mine.casefold() == theirs.casefold())
    return True


def _differing(paper: DocumentRecord, record: DocumentRecord) -> Iterator[str]:
    for name in _COMPARED:
        mine, theirs = getattr(paper, name), getattr(record, name)
        if mine and theirs and letters(str(mine)) != letters(str(theirs)):
            yield f"{name} {theirs} in the record, {mine} in the paper"
