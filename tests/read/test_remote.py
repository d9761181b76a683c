import json
import os
import time

import pytest

from evidence.errors import ReadError
from evidence.read import read
from evidence.read.remote import Identifier, Library, identifier_of
from tests.documents.services import HANG, Services

ARTICLE = b"<?xml version='1.0'?><article><body><sec><title>Results</title><p>HR 0.64.</p></sec></body></article>"
ABSTRACT = (
    b"<?xml version='1.0'?><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>123</PMID><Article><ArticleTitle>A "
    b"trial.</ArticleTitle><Abstract><AbstractText>HR 0.64.</AbstractText></Abstract></Article></MedlineCitation>"
    b"</PubmedArticle></PubmedArticleSet>"
)
DOI = "10.1000/a(b);c#d.e"
PMID = Identifier("pmid", "123")


def found(**entry) -> tuple[int, bytes]:
    return 200, json.dumps({"resultList": {"result": [entry] if entry else []}}).encode()


@pytest.fixture
def services():
    running = Services()
    yield running
    running.close()


@pytest.fixture
def library(services, tmp_path):
    return Library(
        europepmc=services.url, eutils=services.url, cache=tmp_path / "cache", timeout=0.5, per_second=500, backoff=0.01
    )


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("pmid:123", "pmid:123"), ("PMID: 123", "pmid:123"), ("pmcid:PMC7", "pmcid:PMC7"), ("pmcid:7", "pmcid:PMC7"),
        ("doi:10.1000/182", "doi:10.1000/182"), ("https://doi.org/10.1000/182", "doi:10.1000/182"),
    ],
)  # fmt: skip
def test_identifiers_are_known_in_every_spelling(text, identifier):
    assert str(identifier_of(text)) == identifier


@pytest.mark.parametrize(
    "text", ["pmid:abc", "doi:182", "pmcid:PMC", "pmid:1;DROP", 'doi:10.1000/a" OR x', "paper.pdf"]
)
def test_what_is_no_identifier_is_refused_before_anybody_is_asked(text, library, services):
    with pytest.raises(ReadError, match="identifier"):
        library.fetch(identifier_of(text))
    assert services.paths() == []


def test_an_open_full_text_is_fetched_as_jats(library, services):
    services.answers = {
        "/search?EXT_ID:123 AND SRC:MED": [found(pmid="123", pmcid="PMC7", isOpenAccess="Y")],
        "/PMC7/fullTextXML": [(200, ARTICLE)],
    }
    fetched = library.fetch(PMID)
    assert not fetched.abstract_only
    assert read(fetched.data).format == "jats"


def test_a_pmcid_needs_no_search(library, services):
    services.answers = {"/PMC7/fullTextXML": [(200, ARTICLE)]}
    assert library.fetch(Identifier("pmcid", "PMC7")).data == ARTICLE
    assert services.paths() == ["/PMC7/fullTextXML"]


def test_a_doi_is_found_whatever_signs_it_holds(library, services):
    services.answers = {
        f'/search?DOI:"{DOI}"': [found(doi=DOI.upper(), pmcid="PMC7", isOpenAccess="Y")],
        "/PMC7/fullTextXML": [(200, ARTICLE)],
    }
    assert library.fetch(Identifier("doi", DOI)).data == ARTICLE


@pytest.mark.parametrize("entry", [{"isOpenAccess": "N"}, {"isOpenAccess": "N", "pmcid": "PMC7"},
                                   {"isOpenAccess": "Y", "pmcid": "PMC8"}])  # fmt: skip
def test_a_paper_that_is_not_open_gives_its_abstract(entry, library, services):
    services.answers = {
        "/search?EXT_ID:123 AND SRC:MED": [found(pmid="123", **entry)],
        "/PMC7/fullTextXML": [(200, ARTICLE)],  # in the archive, and not for everybody
        "/efetch?123": [(200, ABSTRACT)],
    }
    fetched = library.fetch(PMID)
    assert fetched.abstract_only
    assert read(fetched.data).format == "pubmed"


def test_another_paper_that_a_search_brings_up_is_not_taken(library, services):
    services.answers = {'/search?DOI:"10.1000/182"': [found(doi="10.1000/1829", pmcid="PMC7", isOpenAccess="Y")],
                        "/PMC7/fullTextXML": [(200, ARTICLE)]}  # fmt: skip
    with pytest.raises(ReadError, match=r"^doi:10.1000/182: neither Europe PMC nor PubMed knows this paper"):
        library.fetch(Identifier("doi", "10.1000/182"))


@pytest.mark.parametrize(
    ("identifier", "search", "words"),
    [
        (PMID, (404, b""), "knows this paper"),
        (PMID, found(), "knows this paper"),
        (Identifier("doi", "10.1000/182"), found(doi="10.1000/182", isOpenAccess="N"), "neither is the full text open"),
        (PMID, (200, b"<html>maintenance</html>"), "no list of papers"),
        (PMID, (200, b'{"resultList": [1]}'), "no list of papers"),
        (PMID, found(pmid="123", pmcid="PMC9", isOpenAccess="Y"), "no article"),
    ],
)
def test_what_cannot_be_had_is_one_sentence(identifier, search, words, library, services):
    query = "EXT_ID:123 AND SRC:MED" if identifier is PMID else 'DOI:"10.1000/182"'
    services.answers = {f"/search?{query}": [search], "/PMC9/fullTextXML": [(200, b"rubbish")],
                        "/efetch?123": [(200, b"<PubmedArticleSet></PubmedArticleSet>")]}  # fmt: skip
    with pytest.raises(ReadError, match=words) as caught:
        library.fetch(identifier)
    assert str(caught.value).startswith(f"{identifier}: ")
    assert not list(library.cache.glob("*"))


@pytest.mark.parametrize("busy", [(429, b""), (503, b""), (429, b"", {"Retry-After": "0"}), HANG])
def test_a_busy_service_is_asked_again(busy, library, services):
    services.answers = {"/PMC7/fullTextXML": [busy, (200, ARTICLE)]}
    assert library.fetch(Identifier("pmcid", "PMC7")).data == ARTICLE
    assert len(services.paths()) == 2


def test_a_service_that_asks_to_wait_is_waited_for(library, services):
    services.answers = {"/PMC7/fullTextXML": [(429, b"", {"Retry-After": "1"}), (200, ARTICLE)]}
    library.fetch(Identifier("pmcid", "PMC7"))
    (first, _), (second, _) = services.asked
    assert second - first >= 1


@pytest.mark.parametrize(("answer", "words"), [((500, b""), "status 500"), (HANG, "no answer in time")])
def test_a_service_that_stays_busy_is_said_after_four_attempts(answer, words, library, services):
    services.answers = {"/PMC7/fullTextXML": [answer]}
    with pytest.raises(ReadError, match=f"^pmcid:PMC7: .*could not be reached .*{words}"):
        library.fetch(Identifier("pmcid", "PMC7"))
    assert len(services.paths()) == 4


def test_without_a_connection_there_is_one_clear_sentence(library, services):
    services.close()
    with pytest.raises(ReadError, match=r"could not be reached .* Check the connection"):
        library.fetch(PMID)


def test_requests_keep_their_distance(library, services):
    library.per_second = 10
    services.answers = {f"/PMC{n}/fullTextXML": [(200, ARTICLE)] for n in range(1, 5)}
    for n in range(1, 5):
        library.fetch(Identifier("pmcid", f"PMC{n}"))
    (first, _), *_others, (last, _) = services.asked
    assert last - first > 0.2


def test_a_paper_is_fetched_once_and_again_when_it_is_old(library, services):
    services.answers = {"/PMC7/fullTextXML": [(200, ARTICLE), (200, ARTICLE.replace(b"0.64", b"0.65"))]}
    wanted = Identifier("pmcid", "PMC7")
    assert library.fetch(wanted) == library.fetch(wanted)
    assert len(services.paths()) == 1
    (kept,) = library.cache.iterdir()
    old = time.time() - 40 * 24 * 3600
    os.utime(kept, (old, old))
    assert b"0.65" in library.fetch(wanted).data


def test_an_old_copy_is_better_than_nothing(library, services):
    services.answers = {"/PMC7/fullTextXML": [(200, ARTICLE), (503, b"")]}
    wanted = Identifier("pmcid", "PMC7")
    library.fetch(wanted)
    (kept,) = library.cache.iterdir()
    os.utime(kept, (0, 0))
    assert library.fetch(wanted).data == ARTICLE


def test_an_identifier_never_leads_out_of_the_cache(library, services, tmp_path):
    doi = "10.1000/../../../" + "x" * 300
    services.answers = {f'/search?DOI:"{doi}"': [found(doi=doi, pmcid="PMC7", isOpenAccess="Y")],
                        "/PMC7/fullTextXML": [(200, ARTICLE)]}  # fmt: skip
    library.fetch(Identifier("doi", doi))
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]
    assert len(list(library.cache.iterdir())) == 1


def test_a_cache_that_cannot_be_written_costs_only_time(library, services, tmp_path):
    library.cache.write_text("a file where the folder should be")
    services.answers = {"/PMC7/fullTextXML": [(200, ARTICLE)]}
    assert library.fetch(Identifier("pmcid", "PMC7")).data == ARTICLE
