"""The files behind what a person named: found in folders, fetched for identifiers, known by their bytes.

Nothing is read here beyond the bytes; what they hold, `read` tells.
"""

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.errors import EvidenceError
from evidence.originals import OriginalFolder

if TYPE_CHECKING:
    from evidence.model.records import DocumentRecord
    from evidence.read.remote import Library

#: Name of standard input among the paths.
STANDARD_INPUT = "-"
#: Pages about a folder rather than documents in it, whatever their ending; a person who names one means it.
_ABOUT_FOLDERS = frozenset(
    "authors changelog citation contributing copying licence license notice readme sources".split()
)
#: Plain text has no signature, so in a folder the ending must say that it is prose; a person who names a file means it.
_PROSE = frozenset({".txt", ".text", ".md", ".markdown", ""})
#: A file with such an ending that has no reader is a broken paper, not something else that lies in the folder.
_PAPERS = _PROSE - {""} | {".pdf", ".xml", ".nxml", ".html", ".htm", ".nbib", ".ris", ".bib", ".docx", ".docm"}
#: What begins so names a paper to be fetched, unless it is a file.
_IDENTIFIERS = ("pmid:", "pmcid:", "doi:", "https://doi.org/", "http://doi.org/", "https://dx.doi.org/")
_ONLY_ABSTRACT = "Only the abstract was read, because the full text is not open access."


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file to ingest. `named`: a person gave its path, rather than that of a folder it lies in.

    `name` is what to call it where that is not its path, as of an upload.
    """

    path: str
    named: bool
    name: str | None = None


def find_files(paths: Iterable[str | Path | FoundFile]) -> tuple[FoundFile, ...]:
    """The files behind paths: files as they are, folders recursively and sorted, `-` for standard input.

    An identifier of a paper ("pmid:12345678", "doi:10.1000/182", "pmcid:PMC1234567") stays as it is.

    Hidden files and folders, pages about a folder such as README.md, and what a browser saves in a folder beside a page
    are passed over unless named. A path that does not exist, and a folder without files, stay in the list and fail when
    they are read. Each file stands once.
    """
    found: dict[str, FoundFile] = {}
    for given in paths:
        if isinstance(given, FoundFile):
            found[f"{given.path}\n{given.name}"] = given
            continue
        path = str(given)
        members = tuple(_members(Path(path))) if path != STANDARD_INPUT and Path(path).is_dir() else ()
        if not members:
            found[path] = FoundFile(path=path, named=True)
        for member in members:
            found.setdefault(member, FoundFile(path=member, named=False))
    return tuple(found.values())


def _members(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        hidden |= any(_beside_a_page(folder / parent) for parent in inside.parents)
        if not hidden and path.is_file() and path.stem.lower() not in _ABOUT_FOLDERS:
            yield str(path)


def _beside_a_page(folder: Path) -> bool:
    """Whether a browser saved the pictures and frames of a page here."""
    page = folder.name.removesuffix("_files")
    return page != folder.name and any((folder.parent / f"{page}{ending}").exists() for ending in (".html", ".htm"))


def fetch(path: str, library: "Callable[[], Library]") -> tuple[bytes | None, str | None, str | None]:
    """The bytes behind standard input or an identifier, why there are none, and what of the paper is missing.

    Identifiers are asked for in this one process, so that the services are asked at the pace they allow.
    """
    if path == STANDARD_INPUT:
        return sys.stdin.buffer.read(), None, None
    if not path.lower().startswith(_IDENTIFIERS) or Path(path).exists():
        return None, None, None
    from evidence.read.remote import identifier_of

    try:
        fetched = library().fetch(identifier_of(path))
    except EvidenceError as error:
        return None, str(error), None
    return fetched.data, None, _ONLY_ABSTRACT if fetched.abstract_only else None


def open_library() -> "Library":
    """The services that papers are fetched from, as the environment names them."""
    from evidence.read.remote import Library
    from evidence.settings import cache_folder, service_urls

    europepmc, eutils = service_urls()
    return Library(europepmc=europepmc, eutils=eutils, cache=cache_folder())


def identity_of(path: str, data: bytes | None) -> str | None:
    """Id of the document with these bytes; None where they cannot be had, which `read` will explain."""
    try:
        if data is None:
            with Path(path).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()[:16]
        return hashlib.sha256(data).hexdigest()[:16]
    except OSError:
        return None


def name_of(path: str) -> str:
    """What a person calls the file."""
    return "standard input" if path == STANDARD_INPUT else path


def is_prose(path: str) -> bool:
    """Whether the ending allows a text to be a paper."""
    return Path(path).suffix.lower() in _PROSE


def is_paper(path: str) -> bool:
    """Whether the ending is one of papers."""
    return Path(path).suffix.lower() in _PAPERS


def is_workbook_file(path: str) -> bool:
    """Whether this is a workbook in the format of Excel 2007 and later, by its content."""
    file = Path(path)
    if path == STANDARD_INPUT or not file.is_file():
        return False
    with file.open("rb") as opened:
        if not opened.read(4).startswith(b"PK"):
            return False
    from evidence.read.workbook import is_workbook

    return is_workbook(file.read_bytes())


def original(record: "DocumentRecord", folder: OriginalFolder | None = None) -> bytes | None:
    """The bytes a stored document was read from, from the folder of uploaded files or where it was read.

    None where its file is not there any more, or is another one.
    """
    uploaded = folder.path_of(record.document_id) if folder is not None else None
    if uploaded is not None and (found := _parts(uploaded).get(record.document_id)) is not None:
        return found
    path = Path(record.source)
    return _parts(path if path.is_file() else Path(record.source.rpartition("#")[0])).get(record.document_id)


@lru_cache(maxsize=1)
def _parts(path: Path) -> Mapping[str, bytes]:
    """The documents of a file by their ids; none where it cannot be read. Documents of one file are asked in a row."""
    from evidence.read import split

    try:
        return {hashlib.sha256(part.data).hexdigest()[:16]: part.data for part in split(path)} if path.is_file() else {}
    except EvidenceError:
        return {}
