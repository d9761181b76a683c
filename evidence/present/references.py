"""The documents behind the tables, numbered in the order in which they are first mentioned, in Vancouver style.

Only what a document shows of itself is written; what it does not show is left out, not guessed.
"""

from collections.abc import Iterable

from evidence.model.codes import Report
from evidence.model.records import DocumentRecord, Records
from evidence.present.names import plain

#: Vancouver style lists six authors, then "et al."
_MOST_AUTHORS = 6


class References:
    """Numbers for documents; a document gets its number when it is first asked for."""

    def __init__(self, documents: Iterable[DocumentRecord]) -> None:
        self._documents = {document.document_id: document for document in documents}
        self._order: list[str] = []

    def mark(self, document_ids: Iterable[str]) -> str:
        """The numbers of documents in brackets, "[1, 3]"; empty where none of them is known."""
        known = [document_id for document_id in dict.fromkeys(document_ids) if document_id in self._documents]
        for document_id in known:
            if document_id not in self._order:
                self._order.append(document_id)
        numbers = sorted(self._order.index(document_id) + 1 for document_id in known)
        return f"[{', '.join(map(str, numbers))}]" if numbers else ""

    def listed(self) -> tuple[str, ...]:
        """The references in the order of their numbers, without them."""
        return tuple(vancouver(self._documents[document_id]) for document_id in self._order)


def vancouver(document: DocumentRecord) -> str:
    """One document: authors, title, journal, year and identifiers; its file where it shows no title."""
    authors = [_author(name) for name in document.authors if plain(name)]
    names = ", ".join(authors[:_MOST_AUTHORS]) + (", et al" if len(authors) > _MOST_AUTHORS else "")
    where = ". ".join(part for part in (plain(document.journal or ""), str(document.year or "")) if part)
    title = plain(document.title or "") or f"[File] {plain(document.source)}"
    known = (("doi", document.doi), ("PMID", document.pmid), ("PMCID", document.pmcid))
    numbers = [f"{name}: {plain(value)}" for name, value in known if value]
    parts = [names, title, where, *numbers]
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)


def _author(name: str) -> str:
    """Family name, then initials: "MJ Levis" and "Levis, M. J." are "Levis MJ"; other names stay as they are."""
    text = plain(name)
    if "," in text:
        family, _, given = text.partition(",")
        short = given.replace(".", "").replace(" ", "")
        return f"{family.strip()} {short if short.isupper() else given.strip()}".strip()
    first, _, rest = text.partition(" ")
    initials = first.replace(".", "")
    if rest and initials.isupper() and len(initials) <= 3 and not rest.replace(".", "").replace(" ", "").isupper():
        return f"{rest} {initials}"
    return text


def own_documents(records: Records) -> dict[str, tuple[str, ...]]:
    """Each study's own reports; where none was read, the documents that restate it."""
    own: dict[str, list[str]] = {}
    cited: dict[str, list[str]] = {}
    for study in records.studies:
        (own if study.report is Report.PRIMARY else cited).setdefault(study.study_id, []).append(study.document_id)
    return {study_id: tuple(own.get(study_id) or cited[study_id]) for study_id in {**cited, **own}}
