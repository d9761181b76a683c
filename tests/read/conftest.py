"""The documents of the read tests, and what must hold of every document."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from evidence.model.document import Document

DOCUMENTS = Path(__file__).parents[1] / "documents"


@pytest.fixture(scope="session")
def papers() -> ModuleType:
    """Builders of small PDFs."""
    spec = importlib.util.spec_from_file_location("papers", DOCUMENTS / "papers.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def documents() -> Path:
    """The folder of small documents."""
    return DOCUMENTS


@pytest.fixture(scope="session")
def sound():
    """A function that fails if offsets of a document do not hold together."""
    return _sound


def _sound(document: Document) -> None:
    text, clean = document.text, document.clean
    for table in document.tables:
        assert 0 <= table.char_start <= table.char_end <= len(text)
        for cell in table.cells:
            assert text[cell.char_start : cell.char_end] == cell.text
            assert table.char_start <= cell.char_start and cell.char_end <= table.char_end
    assert [page.number for page in document.pages] == list(range(1, len(document.pages) + 1))
    at = 0
    for page in document.pages:
        assert page.char_start == at <= page.char_end
        at = page.char_end
    assert at in (0, len(text))
    starts = [section.char_start for section in document.sections]
    assert starts == sorted(starts)
    for section in document.sections:
        assert (
            text[section.char_start :].startswith(section.heading)
            or section.heading in text[section.char_start :][:200]
        )
        assert section.char_start < section.char_end <= len(text)
    for mark in document.marks:
        assert 0 <= mark.char_start < mark.char_end <= len(text)
    assert len(clean.starts) == len(clean.ends) == len(clean.text)
    assert list(clean.starts) == sorted(clean.starts) and list(clean.ends) == sorted(clean.ends)


def table_texts(document: Document, label: str) -> list[list[str | None]]:
    """The grid of one table as texts."""
    table = next(table for table in document.tables if table.label == label)
    return [[cell.text if cell else None for cell in row] for row in table.grid()]


@pytest.fixture(scope="session")
def grid_of():
    """A function giving the grid of a table as texts."""
    return table_texts
