"""Files that hold many documents, and formats that are not papers."""

from pathlib import Path

import pytest

from evidence.store import open_store
from tests.documents.services import Services

DOCUMENTS = Path(__file__).parents[1] / "documents"


def stored():
    with open_store("sqlite:///evidence.db") as store:
        return {document.source: document for document in store.records().documents}


def test_every_record_of_a_file_is_stored_and_a_broken_one_costs_itself_alone(evidence, papers):
    text = (DOCUMENTS / "records" / "pubmed.xml").read_text()
    (papers / "set.xml").write_text(text.replace("<ArticleTitle>A letter without abstract.</ArticleTitle>", ""))
    done = evidence("ingest", papers)
    assert done.code == 1
    assert "added 2 · failed 1" in done.out
    documents = stored()
    assert [documents[f"{papers}/set.xml#{pmid}"].status for pmid in (11111111, 33333333, 55555555)] == [
        "ok", "ok", "failed",
    ]  # fmt: skip
    assert "added 0 · unchanged 2 · failed 1" in evidence("ingest", papers).out


def test_a_retracted_article_is_named_when_it_is_ingested(evidence, papers):
    (papers / "records.nbib").write_bytes((DOCUMENTS / "records" / "pubmed.nbib").read_bytes())
    done = evidence("ingest", papers, "--jobs", 2)
    assert done.code == 0
    assert f" note: {papers}/records.nbib#33333333: This article was retracted" in done.err
    assert "in part" not in done.out


def test_what_a_browser_saves_beside_a_page_is_no_paper(evidence, papers):
    page = (DOCUMENTS / "pages" / "archive-new.html").read_bytes()
    (papers / "cohort.html").write_bytes(page)
    (papers / "cohort_files").mkdir()
    (papers / "cohort_files" / "frame.html").write_bytes(page.replace(b"38", b"39"))
    assert evidence("ingest", papers).code == 0
    assert list(stored()) == [f"{papers}/cohort.html"]


@pytest.fixture
def services(monkeypatch, tmp_path):
    running = Services()
    monkeypatch.setenv("EVIDENCE_EUROPEPMC", running.url + "/")
    monkeypatch.setenv("EVIDENCE_EUTILS", running.url)
    monkeypatch.setenv("EVIDENCE_CACHE", str(tmp_path / "cache"))
    yield running
    running.close()


def test_papers_are_ingested_by_their_identifiers(evidence, papers, services):
    record = (DOCUMENTS / "records" / "pubmed.xml").read_bytes()
    abstract = record[: record.index(b"<PubmedArticle>", record.index(b"</PubmedArticle>"))] + b"</PubmedArticleSet>"
    services.answers = {
        "/PMC7654321/fullTextXML": [(200, (DOCUMENTS / "article.xml").read_bytes())],
        "/efetch?11111111": [(200, abstract)],
    }
    done = evidence("ingest", "pmcid:PMC7654321", "pmid:11111111", "doi:10.1000/absent")
    assert done.code == 1
    assert "added 2 · failed 1" in done.out
    assert " failed: doi:10.1000/absent: neither Europe PMC nor PubMed knows this paper" in done.err
    assert "partial: pmid:11111111: " in done.err and "Only the abstract was read" in done.err
    documents = stored()
    assert {source: document.format for source, document in documents.items()} == {
        "pmcid:PMC7654321": "jats", "pmid:11111111": "pubmed",
    }  # fmt: skip
    assert "unchanged 2" in evidence("ingest", "pmcid:PMC7654321", "pmid:11111111").out
    assert services.paths().count("/PMC7654321/fullTextXML") == 1


def test_a_file_that_is_called_like_an_identifier_is_a_file(evidence, papers, services, tmp_path):
    (tmp_path / "pmid:1").write_text(
        "Overall survival was longer with drug A (hazard ratio 0.64; 95% CI 0.49 to 0.83)."
    )
    assert evidence("ingest", "pmid:1").code == 0
    assert services.paths() == []
