"""Records of reference managers: RIS and BibTeX."""

import pytest

from evidence.errors import ReadError
from evidence.read import NO_ABSTRACT, read, split


@pytest.fixture(scope="module", params=["records.ris", "records.bib"])
def parts(request, documents):
    return split(documents / "records" / request.param)


def test_a_record_is_a_document_with_its_abstract(parts, sound):
    document = read(parts[0].data, name=parts[0].name)
    about = document.bibliography
    assert about.title.startswith("Examplinib versus placebo in relapsed leuk")
    assert (about.authors, about.first_author) == (("Li van der Berg", "Ana Müller"), "van der Berg")
    assert (about.journal, about.year, about.doi) == ("Journal of examples", 2020, "10.1234/example.1")
    assert about.pmcid == "PMC7654321" and about.pmid is None
    assert "hazard ratio" in document.text and document.status == "ok"
    assert document.section_at(document.text.index("hazard")) == "RESULTS"
    sound(document)


def test_a_bad_record_is_one_sentence_and_does_not_cost_the_others(parts):
    with pytest.raises(ReadError, match="title"):
        read(parts[1].data, name=parts[1].name)
    last = read(parts[-1].data, name=parts[-1].name)
    assert last.bibliography.title == "A paper without an abstract"
    assert last.bibliography.doi == "10.1234/example.2"
    assert last.status == "partial" and last.status_reason == NO_ABSTRACT


def test_latex_becomes_text_and_keeps_every_number(documents):
    document = read(split(documents / "records" / "records.bib")[0].data)
    assert "leukæmia" in document.text and document.format == "bibtex"
    assert "Remission in 25% of 40 patients & a hazard ratio of 0.60 (95% CI, 0.40–0.90; p<0.01)." in document.text


def test_an_unclosed_entry_is_a_record_that_cannot_be_read(documents):
    parts = split(documents / "records" / "records.bib")
    assert [part.name.split("#")[1] for part in parts] == ["berg2020", "nobody2019", "3", "olden2018"]
    with pytest.raises(ReadError, match="no whole BibTeX entry"):
        read(parts[2].data, name=parts[2].name)


@pytest.mark.parametrize(
    ("lines", "pmid"),
    [
        ("AN  - 12345678\nDB  - PubMed\n", "12345678"),
        ("AN  - PMID: 12345678\n", "12345678"),
        ("AN  - 12345678\nDB  - Embase\n", None),
        ("AN  - rayyan-12345678\n", None),
    ],
)
def test_an_accession_number_is_one_of_pubmed_only_where_nothing_else_is_said(lines, pmid):
    document = read(f"TY  - JOUR\nTI  - A trial\n{lines}ER  - \n".encode())
    assert document.bibliography.pmid == pmid and document.format == "ris"


@pytest.mark.parametrize(
    "text", ["TY for your letter - A. Reader", "@reader: thanks for the trial", "We compared\nTY  - x"]
)
def test_other_text_is_no_bibliography(text):
    assert read(text.encode()).format == "text"
