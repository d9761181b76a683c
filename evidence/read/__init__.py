"""Files into documents: `read` finds the format by content and hands back one text with structure and offsets.

Each format has one reader. What a reader could not read stands in the document's `status_reason`; a file that cannot be
read at all raises `ReadError` with the remedy.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from evidence.errors import ReadError, UnknownFormat
from evidence.model.codes import DocumentStatus
from evidence.model.document import Document
from evidence.read.bibtex import read_bibtex, split_bibtex
from evidence.read.clean import clean
from evidence.read.compose import Content, refuse_books
from evidence.read.ctgov import read_ctgov, split_ctgov
from evidence.read.html import read_html
from evidence.read.jats import read_jats
from evidence.read.medline import read_medline, split_medline
from evidence.read.pdf import read_pdf
from evidence.read.pdf_boxes import PlacedWord, boxes, placed_words
from evidence.read.pdf_ocr import BY_OCR, require_ocr
from evidence.read.pdf_picture import PageImage, page_image, page_picture, page_sizes
from evidence.read.pubmed import NO_ABSTRACT, read_pubmed, split_pubmed
from evidence.read.ris import read_ris, split_ris
from evidence.read.text import read_text
from evidence.read.word import read_word

__all__ = [
    "BY_OCR",
    "NO_ABSTRACT",
    "READERS",
    "PageImage",
    "Part",
    "PlacedWord",
    "Reader",
    "boxes",
    "clean",
    "page_image",
    "page_picture",
    "page_sizes",
    "placed_words",
    "read",
    "read_all",
    "require_ocr",
    "split",
]

#: Larger files are scans or archives; reading them would only fill the memory.
LARGEST_FILE = 100 * 1024 * 1024
#: So many gaps of one document are told one by one.
_TOLD = 8
#: How much of a file tells its format.
_HEAD = 4096

_XML = re.compile(
    r"^\s*(?:<\?xml\b|<!DOCTYPE\s+(?!html\b)[\w:-]+|<(?:[\w-]+:)?(?:article|pmc-articleset|PubmedArticle|PubmedArticleSet)[\s>])",
    re.IGNORECASE,
)
_HTML = re.compile(
    r"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE\s+html\b|<html[\s>]|<head[\s>]|<body[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_STUDY = re.compile(r"\s*[\[{].{0,2000}?\"protocolSection\"\s*:\s*{", re.DOTALL)
_RIS = re.compile(r"(?:[A-Z][\w ]*:[^\n]*\s+)*TY {1,2}- [A-Z]")  # after lines such as "Database: Embase"
_BIBTEX = re.compile(
    r"\s*(?:%[^\n]*\s+)*@(?:article|book|booklet|comment|conference|inbook|incollection|inproceedings|manual|misc|"
    r"mastersthesis|online|phdthesis|preamble|proceedings|report|string|techreport|unpublished)\s*[{(]",
    re.IGNORECASE,
)
_MEDLINE = re.compile(r"\s*PMID *- *\d+\s")
#: What files without a reader begin with, and what to call them.
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "an old Office document (doc, xls, ppt)"),
    (b"{\\rtf", "a rich-text document (RTF)"),
    (b"\x89PNG", "an image (PNG)"),
    (b"\xff\xd8\xff", "an image (JPEG)"),
    (b"GIF8", "an image (GIF)"),
    (b"II*\x00", "an image (TIFF)"),
    (b"MM\x00*", "an image (TIFF)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"%!PS", "a PostScript file"),
)


@dataclass(frozen=True, slots=True)
class Reader:
    """One format: its name in the evidence tables, how its files begin, who reads them, and who takes them apart.

    `split` gives, for a file that may hold several documents, a name and the bytes of each.
    """

    format: str
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes, str], Content]
    split: Callable[[bytes, str], list[tuple[str, bytes]]] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One of the documents in a file: what to call it, and its own bytes."""

    name: str
    data: bytes


def _is_pdf(head: bytes) -> bool:
    return b"%PDF-" in head[:1024]


def _is_archive(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04")


def _is_html(head: bytes) -> bool:
    return bool(_HTML.match(_as_ascii(head)))


def _is_xml(head: bytes) -> bool:
    return bool(_XML.match(_as_ascii(head)))


def _is_pubmed(head: bytes) -> bool:
    return _is_xml(head) and b"<PubmedArticle" in head.replace(b"\x00", b"")


def _is_ctgov(head: bytes) -> bool:
    return bool(_STUDY.match(_as_ascii(head)))


def _is_medline(head: bytes) -> bool:
    return bool(_MEDLINE.match(_as_ascii(head)))


def _is_ris(head: bytes) -> bool:
    return bool(_RIS.match(_as_ascii(head).lstrip()))


def _is_bibtex(head: bytes) -> bool:
    return bool(_BIBTEX.match(_as_ascii(head)))


def _is_anything(_head: bytes) -> bool:
    return True  # the text reader itself says what is no text


#: In the order they are asked; the last takes what is left.
READERS = (
    Reader("pdf", _is_pdf, read_pdf),
    Reader("docx", _is_archive, read_word),
    Reader("html", _is_html, read_html),
    Reader("pubmed", _is_pubmed, read_pubmed, split_pubmed),
    Reader("jats", _is_xml, read_jats),
    Reader("ctgov", _is_ctgov, read_ctgov, split_ctgov),
    Reader("pubmed", _is_medline, read_medline, split_medline),
    Reader("ris", _is_ris, read_ris, split_ris),
    Reader("bibtex", _is_bibtex, read_bibtex, split_bibtex),
    Reader("text", _is_anything, read_text),
)


def read(source: str | os.PathLike[str] | bytes | BinaryIO, *, name: str | None = None, ocr: bool = False) -> Document:
    """Read one file into a `Document`.

    Parameters
    ----------
    source : path, bytes or file
        A file object must be open in binary mode.
    name : text
        What to call it in `Document.source`; the path by default.
    ocr : bool
        Read the pages of a PDF that have no text with tesseract, some seconds each.

    Raises
    ------
    UnknownFormat
        If the content has no reader.
    ReadError
        If the file is missing, empty, too large, encrypted, broken, holds no text or several documents; if tesseract
        is asked for and not there.
    """
    data, name = _bytes_of(source, name)
    parts, reader = _parts_of(data, name)
    if len(parts) > 1:
        raise ReadError(f"{name}: the file holds {len(parts)} documents. Ingest it, or read it with `read_all`.")
    content = read_pdf(data, name, ocr=ocr) if reader.read is read_pdf else reader.read(data, name)
    if not content.text.strip():
        raise ReadError(f"{name}: the file holds no text. Check the download and give the paper again.")
    refuse_books(content.text, name)
    return Document(
        document_id=hashlib.sha256(data).hexdigest()[:16],
        source=name,
        format=reader.format,
        text=content.text,
        clean=clean(content.text),
        pages=content.pages,
        sections=content.sections,
        tables=content.tables,
        marks=content.marks,
        references=content.references,
        facts=content.facts,
        bibliography=content.bibliography,
        status=DocumentStatus.PARTIAL if content.gaps else DocumentStatus.OK,
        status_reason=" ".join((*content.notices, *_told(content.gaps))) or None,
    )


def _told(gaps: Sequence[str]) -> Iterator[str]:
    """Each sentence once, and of very many the first ones with the number of the others."""
    sentences = list(dict.fromkeys(gaps))
    yield from sentences[:_TOLD]
    if len(sentences) > _TOLD:
        yield f"{len(sentences) - _TOLD} more gaps of this kind are not listed."


def read_all(source: str | os.PathLike[str] | bytes | BinaryIO, *, name: str | None = None) -> list[Document]:
    """Read every document of a file; most formats hold one. Faults as in `read`: one broken document fails the file."""
    return [read(part.data, name=part.name) for part in split(source, name=name)]


def split(source: str | os.PathLike[str] | bytes | BinaryIO, *, name: str | None = None) -> tuple[Part, ...]:
    """The documents of a file, unread, so that one that is broken does not cost the others.

    A file with one document is that document; of several each has its own bytes, and so its own id.

    Raises
    ------
    UnknownFormat, ReadError
        If the file as a whole cannot be read.
    """
    return _parts_of(*_bytes_of(source, name))[0]


def _parts_of(data: bytes, name: str) -> tuple[tuple[Part, ...], Reader]:
    if not data.strip():
        raise ReadError(f"{name}: the file is empty. Check the download and give the paper again.")
    head = data[:_HEAD]
    _refuse_foreign(head, name)
    reader = next(reader for reader in READERS if reader.recognises(head))
    parts = reader.split(data, name) if reader.split else []
    if len(parts) < 2:
        return (Part(name, data),), reader
    return tuple(
        Part(f"{name}#{own}" if own else f"{name}#{i}", part) for i, (own, part) in enumerate(parts, 1)
    ), reader


def _bytes_of(source: str | os.PathLike[str] | bytes | BinaryIO, name: str | None) -> tuple[bytes, str]:
    """The content and what to call it."""
    if isinstance(source, bytes):
        name, data = name or "<bytes>", source
    elif isinstance(source, str | os.PathLike):
        path = Path(source)
        name = name or os.fspath(source)
        try:
            if path.is_dir():
                raise ReadError(f"{name}: this is a folder, not a file. Give the files in it one by one.")
            with path.open("rb") as file:
                data = file.read(LARGEST_FILE + 1)
        except FileNotFoundError as error:
            raise ReadError(f"{name}: there is no such file. Check the path.") from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ReadError(f"{name}: the file cannot be opened ({reason}). Check its permissions.") from error
    else:
        name = name or str(getattr(source, "name", "<stream>"))
        data = source.read(LARGEST_FILE + 1)
        if not isinstance(data, bytes):
            raise ReadError(f"{name}: the file was opened as text. Open it in binary mode ('rb').")
    if len(data) > LARGEST_FILE:
        raise ReadError(
            f"{name}: the file is larger than {LARGEST_FILE // 2**20} MB. Give the paper without its supplements."
        )
    return data, name


def _refuse_foreign(head: bytes, name: str) -> None:
    """Raise for formats that are known and have no reader."""
    kind = next((kind for magic, kind in _FOREIGN if head.startswith(magic)), None)
    if kind is not None:
        raise UnknownFormat(f"{name}: this is {kind}, which has no reader. Give the paper as PDF, JATS XML or text.")


def _as_ascii(head: bytes) -> str:
    """Enough of the text to see markup in any encoding."""
    return head.decode("utf-8", errors="ignore").lstrip("\ufeff").replace("\x00", "").lstrip("\ufffe\ufeff")
