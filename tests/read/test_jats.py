import socket

import pytest

from evidence.errors import ReadError
from evidence.read import read


@pytest.fixture(scope="module")
def article(documents):
    return read(documents / "article.xml")


def test_offsets_hold_together(article, sound):
    sound(article)


def test_sections_carry_their_titles(article):
    assert [(section.level, section.heading) for section in article.sections] == [
        (1, "Abstract"), (2, "Background"), (2, "Findings"), (1, "Methods"), (2, "Patients"), (1, "Results"),
        (1, "Acknowledgements"),
    ]  # fmt: skip
    assert article.section_at(article.text.index("0·64")) == "Findings"


def test_spans_are_expanded_into_the_grid(article, grid_of):
    assert grid_of(article, "Table 1") == [
        ["Outcome", "Group", "Group", "HR (95% CI)"],
        ["Outcome", "Examplinib", "Placebo", "HR (95% CI)"],
        ["Survival", "Survival", "Survival", "Survival"],
        ["Death", "39/167a", "67/168", "0.64 (0.49–0.83)"],
        ["Death", "23%", "40%", None],
        ["\u2003Relapse", "21", "48", "0.39 (0.23–0.65)"],
    ]
    table = article.tables[0]
    assert (table.caption, table.footnotes) == ("Efficacy outcomes", ("a One patient withdrew.",))
    assert {cell.row for cell in table.cells if cell.head} == {0, 1}
    death = [cell for cell in table.cells if cell.text == "Death"]
    assert len({(cell.char_start, cell.char_end) for cell in death}) == 1


def test_panels_of_one_table_are_tables_of_their_own(article):
    panels = [table for table in article.tables if table.label == "Table 3"]
    assert [[cell.text for cell in table.cells] for table in panels] == [
        ["A", "n", "x", "1"],
        ["B", "events", "y", "2"],
    ]
    assert [[cell.text for cell in table.cells if cell.head] for table in panels] == [["A", "n"], ["B", "events"]]


def test_a_table_inside_a_paragraph_follows_it(article):
    assert "See the table. The text goes on." in article.text


def test_a_table_that_is_an_image_is_said(article):
    assert article.status == "partial"
    assert article.status_reason == "Table 2 is an image and was not read."


def test_citations_and_superscripts_are_marked(article):
    found = [(mark.kind, article.text[mark.char_start : mark.char_end]) for mark in article.marks]
    assert found == [("superscript", "*"), ("citation", "12"), ("superscript", "9"), ("superscript", "a")]


def test_what_is_not_the_article_itself_is_left_out(article):
    for number in ("0.77", "0.11", "0.99"):  # a reviewer's report, a reference, the graphical abstract
        assert number not in article.text


def test_the_front_matter_is_the_bibliography(article):
    about = article.bibliography
    assert about.title == "Examplinib versus placebo: the EXAMPLE trial"
    assert about.authors == ("Li van der Berg", "Fen Huang")
    assert (about.first_author, about.journal, about.year) == ("van der Berg", "Journal of Examples", 2020)
    assert (about.doi, about.pmid, about.pmcid) == ("10.1234/example.1", "12345678", "PMC7654321")
    assert about.registry_ids == ("NCT01234567",)


BOMB = '<!DOCTYPE article [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {b} "{("&" + a + ";") * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
) + "]><article><body><p>&i;</p></body></article>"  # fmt: skip


EXTERNAL = '<!DOCTYPE article [<!ENTITY x SYSTEM "{}">]><article><body><p>&x;</p></body></article>'


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        (BOMB, "entities"),
        (EXTERNAL.format("file:///etc/passwd"), "entities"),
        (EXTERNAL.format("http://127.0.0.1:9/x"), "entities"),
        ("<article>" + "<sec>" * 5000 + "</sec>" * 5000 + "</article>", "broken"),
        ("<pmc-articleset><article/><article/></pmc-articleset>", "2 articles"),
    ],
)  # fmt: skip
def test_hostile_or_ambiguous_xml_is_refused(xml, words):
    with pytest.raises(ReadError, match=words):
        read(xml.encode())


def test_nothing_is_loaded_from_the_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    document = read(
        b'<!DOCTYPE article SYSTEM "http://127.0.0.1:9/jats.dtd"><article><body><p>HR&nbsp;0.64</p></body></article>'
    )
    assert document.text.strip() == "HR\u00a00.64"


def test_a_table_with_absurd_spans_is_refused():
    rows = '<tr><td colspan="999999" rowspan="999999">x</td></tr>' * 900
    with pytest.raises(ReadError, match="cells"):
        read(f"<article><body><table-wrap><table>{rows}</table></table-wrap></body></article>".encode())


def test_an_article_without_a_body_is_partial():
    xml = "<article><front><article-meta><abstract><p>HR 0.64.</p></abstract></article-meta></front></article>"
    document = read(xml.encode())
    assert document.status == "partial"
    assert "only title and abstract" in document.status_reason


def test_namespaces_do_not_matter():
    body = "<body><sec><title>Results</title><p>HR 0.64</p></sec></body>"
    document = read(f'<article xmlns="http://jats.nlm.nih.gov">{body}</article>'.encode())
    assert [section.heading for section in document.sections] == ["Results"]
