"""The readers that are compared: ours and others, each as the texts of the pages of a PDF, or as the tables on them."""

import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

Grid = list[list[str]]


def whole(path: Path) -> list[str]:
    """Everything: text, sections, tables, references."""
    from evidence.read import read

    document = read(path)
    return [document.text[page.char_start : page.char_end] for page in document.pages]


def grids(path: Path) -> Iterator[tuple[int, Grid]]:
    """Our tables, each with the number of its page; a cell that spans others stands at its first place."""
    from evidence.read import read
    from tests.shared.grids import ours

    for table in read(path).tables:
        yield table.page or 0, ours(table)


def words(path: Path) -> list[str]:
    """Lines of words with boxes and fonts, signs repaired, superscripts marked; no tables, no paragraphs."""
    from evidence.read.pdf_lines import read_page

    return _pages(path, lambda page: "\n".join(line.text for line in read_page(page).lines))


def pdfium(path: Path) -> list[str]:
    """Plain text."""
    return _pages(path, _text_of)


def _text_of(page: Any) -> str:
    text = page.get_textpage()
    try:
        return str(text.get_text_range())
    finally:
        text.close()


def _pages(path: Path, read: Callable[[Any], str]) -> list[str]:
    import pypdfium2

    document = pypdfium2.PdfDocument(path.read_bytes())
    texts = []
    for page in document:
        texts.append(read(page))
        page.close()
    document.close()
    return texts


def pdftotext(path: Path, *options: str) -> list[str]:
    """Plain text, one process per file."""
    command = ["pdftotext", *options, "-enc", "UTF-8", path, "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    return done.stdout.decode("utf-8", errors="replace").split("\f")


def pdfplumber(path: Path) -> list[str]:
    """Plain text."""
    import pdfplumber

    texts = []
    with pdfplumber.open(path) as document:
        for page in document.pages:
            texts.append(page.extract_text())
            page.close()
    return texts


def pdfplumber_grids(path: Path, strategy: str) -> Iterator[tuple[int, Grid]]:
    """Tables by ruled lines, which is pdfplumber's default, or by the places of words."""
    import pdfplumber

    from tests.shared.grids import plain

    settings = {"vertical_strategy": strategy, "horizontal_strategy": strategy}
    with pdfplumber.open(path) as document:
        for page in document.pages:
            for table in page.extract_tables(settings):
                yield page.page_number, [[plain(cell or "") for cell in row] for row in table]
            page.close()


class Reader(NamedTuple):
    """One way of reading a PDF: `read` is what is measured, `texts` and `grids` what of it is compared."""

    title: str
    read: Callable[[Path], Any]
    texts: Callable[[Path], list[str]] | None = None
    grids: Callable[[Path], Iterator[tuple[int, Grid]]] | None = None
    program: str | None = None  # that has to be installed, and does the work in processes of its own
    slow: bool = False


def _of_text(title: str, texts: Callable[[Path], list[str]], **more: Any) -> Reader:
    return Reader(title, texts, texts=texts, **more)


def _of_tables(title: str, tables: Callable[[Path], Iterator[tuple[int, Grid]]]) -> Reader:
    return Reader(title, lambda path: list(tables(path)), grids=tables, slow=True)


READERS: dict[str, Reader] = {
    "whole": Reader("evidence: text, sections, tables, references", whole, texts=whole, grids=grids),
    "words": _of_text("evidence: words with boxes, signs repaired", words),
    "pdfium": _of_text("pypdfium2: plain text", pdfium),
    "pdftotext": _of_text("pdftotext (poppler): plain text", pdftotext, program="pdftotext"),
    "pdftotext-raw": _of_text("pdftotext -raw: plain text", lambda path: pdftotext(path, "-raw"), program="pdftotext"),
    "pdfplumber": _of_text("pdfplumber: plain text", pdfplumber, slow=True),
    "pdfplumber-lines": _of_tables(
        "pdfplumber: tables by lines (default)", partial(pdfplumber_grids, strategy="lines")
    ),
    "pdfplumber-text": _of_tables("pdfplumber: tables by text", partial(pdfplumber_grids, strategy="text")),
}
