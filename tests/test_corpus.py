"""The corpus is what its sources say, and every document of it is accounted for."""

import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
from lxml import etree

from evidence.model.question import load_questions

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
SHIPPED = sorted([*CORPUS.glob("pdf/*.pdf"), *CORPUS.glob("jats/*.xml")])
DOCUMENTS = sorted([*SHIPPED, *CORPUS.glob("text/*.txt")])


def named(paths):
    return [pytest.param(path, id=path.name) for path in paths]


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory):
    out = tmp_path_factory.mktemp("corpus")
    subprocess.run([sys.executable, CORPUS / "build.py", "--out", out], check=True, capture_output=True)
    return out


def test_the_build_makes_exactly_the_shipped_documents(rebuilt):
    built = {path.relative_to(rebuilt) for path in rebuilt.rglob("*") if path.is_file()}
    assert built == {path.relative_to(CORPUS) for path in SHIPPED}


@pytest.mark.parametrize("path", named(SHIPPED))
def test_a_shipped_document_is_byte_for_byte_what_its_source_builds(path, rebuilt):
    assert (rebuilt / path.relative_to(CORPUS)).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("path", named(DOCUMENTS))
def test_a_document_has_its_line_in_the_list_of_sources(path):
    assert f"`{path.relative_to(CORPUS).as_posix()}`" in (CORPUS / "SOURCES.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", named(CORPUS.glob("pdf/*.pdf")))
def test_a_pdf_is_read_heading_by_heading_in_the_order_of_its_columns(path):
    pdf = pypdfium2.PdfDocument(path)
    text = "".join(page.get_textpage().get_text_range() for page in pdf).replace("\r\n", "\n")
    places = [
        min(place for heading in headings if (place := text.find(f"\n{heading}\n")) >= 0)
        for headings in (["Abstract", "Summary"], ["Introduction"], ["Results"], ["Discussion"], ["References"])
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("path", named(CORPUS.glob("jats/*.xml")))
def test_every_link_in_a_jats_document_has_its_target(path):
    tree = etree.parse(path)
    links = tree.xpath("//xref/@rid")
    assert links
    assert set(links) <= set(tree.xpath("//@id"))


def test_the_question_file_asks_for_each_way_of_answering():
    assert {question.kind for question in load_questions(CORPUS / "questions.toml")} == {
        "contrast", "counts", "proportion", "compare",
    }  # fmt: skip
