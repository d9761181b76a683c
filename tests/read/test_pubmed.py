import hashlib

import pytest

from evidence.errors import ReadError, UnknownFormat
from evidence.read import read, read_all, split
from evidence.read.xml_tree import parse_xml, serialized


@pytest.fixture(scope="module", params=["pubmed.xml", "pubmed.nbib"])
def records(request, documents):
    return read_all(documents / "records" / request.param)


def test_every_record_of_a_file_is_a_document(records, sound):
    assert [document.bibliography.pmid for document in records][:2] == ["11111111", "33333333"]
    assert records[0].source.endswith("#11111111")
    assert len({document.document_id for document in records}) == len(records)
    for document in records:
        assert document.format == "pubmed"
        sound(document)


def test_a_record_whose_number_is_damaged_does_not_cost_the_others(documents):
    data = (documents / "records" / "pubmed.nbib").read_bytes().replace(b"PMID- 33333333", b"PMID-0.33333333")
    parts = split(data, name="export.nbib")
    assert [part.name for part in parts][:2] == ["export.nbib#11111111", "export.nbib#2"]


def test_labels_of_the_abstract_are_sections(records):
    headings = [section.heading for section in records[0].sections]
    assert headings[:3] == ["Abstract", "BACKGROUND", "RESULTS"]
    document = records[0]
    assert document.section_at(document.text.index("hazard")) == "RESULTS"


def test_the_record_is_the_bibliography(records):
    about = records[0].bibliography
    assert about.title == "Examplinib versus placebo in relapsed leukaemia."
    assert (about.authors[0], about.first_author) == ("Li van der Berg", "van der Berg")
    assert (about.journal, about.year, about.doi) == ("Journal of examples", 2020, "10.1234/example.1")
    assert about.pmcid == "PMC7654321"
    assert about.registry_ids[0] == "NCT01234567"
    assert records[1].bibliography.year == 2018


def test_every_registry_number_is_kept(documents):
    first = read_all(documents / "records" / "pubmed.nbib")[0]
    assert first.bibliography.registry_ids == ("NCT01234567", "ISRCTN12345678")


def test_a_retraction_is_said_and_a_comment_is_not(records):
    assert records[1].status_reason.startswith("This article was retracted (J Ex. 2019 May;4(5):1")
    assert "44444444" in records[1].status_reason
    assert records[0].status_reason.startswith("An erratum to this article was published (J Ex. 2021 Jan;6(1):9")
    assert "2020;5:99" not in records[0].status_reason
    assert {document.status for document in records[:2]} == {"ok"}


def test_a_retraction_known_by_the_type_alone_is_said(documents):
    xml = (documents / "records" / "pubmed.xml").read_text()
    start = xml.index('<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"')
    end = xml.index("</CommentsCorrectionsList>", start) + len("</CommentsCorrectionsList>")
    document = read_all((xml[:start] + xml[end:]).encode())[1]
    assert document.status_reason == "This article was retracted."


def test_the_kind_of_publication_stands_in_the_text(records):
    assert "Publication type: Journal Article; Randomized Controlled Trial." in records[0].text


def test_a_record_without_abstract_is_partial(documents):
    last = read_all(documents / "records" / "pubmed.xml")[2]
    assert (last.status, last.status_reason) == ("partial", "The record holds no abstract, only the title.")


def test_superscripts_and_references_are_kept(documents):
    first = read_all(documents / "records" / "pubmed.xml")[0]
    assert [first.text[mark.char_start : mark.char_end] for mark in first.marks] == ["9"]
    assert [(entry.first_author, entry.year) for entry in first.references] == [("Miller", 2011)]


def test_each_record_is_known_by_its_own_bytes(documents):
    data = (documents / "records" / "pubmed.xml").read_bytes()
    article = parse_xml(data, "set")[1]
    own = hashlib.sha256(serialized(article)).hexdigest()[:16]
    assert read_all(data)[1].document_id == own == read(serialized(article)).document_id
    shuffled = data.replace(b'<PMID Version="1">11111111</PMID>', b'<PMID Version="1">11111112</PMID>')
    assert read_all(shuffled)[1].document_id == own


def test_a_file_with_one_record_is_known_by_its_bytes(documents):
    data = b"<PubmedArticleSet>" + split(documents / "records" / "pubmed.xml")[0].data + b"</PubmedArticleSet>"
    (document,) = read_all(data, name="one.xml")
    assert document == read(data, name="one.xml")
    assert document.document_id == hashlib.sha256(data).hexdigest()[:16]
    assert document.source == "one.xml"


def test_a_file_with_several_records_is_no_single_document(documents):
    with pytest.raises(ReadError, match="holds 3 documents"):
        read(documents / "records" / "pubmed.xml")


@pytest.mark.parametrize(
    ("data", "fault", "words"),
    [
        (b"<PubmedArticleSet></PubmedArticleSet><x", ReadError, "broken"),
        (b"<PubmedArticleSet><PubmedBookArticle/></PubmedArticleSet>", UnknownFormat, "no article"),
        (b"<PubmedArticleSet><PubmedArticle/></PubmedArticleSet>", ReadError, "no text"),
        (b'<!DOCTYPE PubmedArticleSet [<!ENTITY x SYSTEM "file:///etc/passwd">]><PubmedArticle>&x;</PubmedArticle>',
         ReadError, "entities"),
        (b"PMID- 11111111\nTI  - na\xefve\n", ReadError, "UTF-8"),
    ],
)  # fmt: skip
def test_what_is_no_record_is_refused_in_one_sentence(data, fault, words):
    with pytest.raises(fault, match=words):
        read_all(data)


def test_an_abstract_of_nothing_but_labels_is_one_part():
    document = read(b"PMID- 1\nTI  - A trial.\nAB  - " + b"RESULTS: none. " * 50 + b"\n")
    assert [section.heading for section in document.sections if section.level == 1] == ["Abstract"]
    assert len(document.sections) <= 2
