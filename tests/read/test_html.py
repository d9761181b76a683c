import socket

import pytest

from evidence.errors import ReadError
from evidence.read import read

PAGES = ("archive-old", "archive-new", "journal")


@pytest.fixture(scope="module")
def pages(documents):
    return {name: read(documents / "pages" / f"{name}.html") for name in PAGES}


def page(body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


LONG = "<p>" + "Patients were followed for two years after the last of them had been enrolled. " * 4 + "</p>"


@pytest.mark.parametrize("name", PAGES)
def test_offsets_hold_together(pages, sound, name):
    assert pages[name].format == "html"
    sound(pages[name])


@pytest.mark.parametrize("name", PAGES)
def test_what_stands_around_the_article_is_left_out(pages, name):
    for number in range(11, 19):  # scripts, banners, references, related articles: each holds a number of its own
        assert f"0.{number}" not in pages[name].text
    for words in ("Skip to", "Go to:", "Open in a new tab", "Full size table", "Accept all", "Google Scholar"):
        assert words not in pages[name].text


@pytest.mark.parametrize(
    ("name", "sections"),
    [
        ("archive-old", ["Abstract", "Background", "Results", "Methods", "Patients", "Results"]),
        ("archive-new", ["Abstract", "Objective", "Results", "1. Introduction", "2. Results"]),
        ("journal", ["Abstract", "Results"]),
    ],
)
def test_headings_are_sections(pages, name, sections):
    assert [section.heading for section in pages[name].sections] == sections
    assert pages[name].sections[0].level == pages[name].sections[-1].level == 1


def test_meta_tags_are_the_bibliography(pages):
    about = pages["archive-old"].bibliography
    assert about.title == "Examplinib against placebo in relapsed leukaemia"
    assert (about.authors, about.first_author) == (("Li Berg", "Fen Huang"), "Berg")
    assert (about.journal, about.year) == ("Journal of Examples", 2020)
    assert (about.doi, about.pmid, about.registry_ids) == ("10.1234/example.1", "12345678", ("NCT01234567",))
    other = pages["journal"].bibliography
    assert (other.authors, other.doi, other.year) == (("Li Berg", "Fen Huang"), "10.1234/example.3", 2022)


def test_a_page_without_meta_tags_is_known_by_its_heading():
    document = read(page(f"<h1>Examplinib in a small cohort</h1>{LONG}"))
    assert document.bibliography.title == "Examplinib in a small cohort"
    assert document.text.count("Examplinib in a small cohort") == 1


def test_spans_are_expanded_into_the_grid(pages, grid_of):
    assert grid_of(pages["archive-old"], "Table 1") == [
        ["Outcome", "Group", "Group", "HR (95% CI)"],
        ["Outcome", "Examplinib", "Placebo", "HR (95% CI)"],
        ["Death", "39/167a", "67/168", "0.64 (0.49–0.83)"],
        ["Death", "23%", "40%", None],
    ]
    table = pages["archive-old"].tables[0]
    assert {cell.row for cell in table.cells if cell.head} == {0, 1}


@pytest.mark.parametrize(
    ("name", "label", "caption", "footnotes"),
    [
        ("archive-old", "Table 1", "Efficacy outcomes", ("a One patient withdrew.",)),
        ("archive-new", "Table 1", "Characteristics.", ("n, number of patients.",)),
        ("journal", "Table 1", "Survival by schedule", ("Median, Kaplan-Meier.", "Daily, every day.")),
        ("journal", "Table 3", "Doses", ()),
    ],
)
def test_a_table_carries_the_caption_and_footnotes_that_its_page_puts_around_it(pages, name, label, caption, footnotes):
    table = next(table for table in pages[name].tables if table.label == label)
    assert (table.caption, table.footnotes) == (caption, footnotes)
    assert pages[name].text.count(caption) == 1


@pytest.mark.parametrize("name", ["archive-new", "journal"])
def test_a_table_that_is_not_on_the_page_is_said(pages, name):
    assert pages[name].status == "partial"
    assert pages[name].status_reason == "Table 2 is not on the page (a link or an image) and was not read."


def test_a_table_that_lays_out_the_page_is_none(pages):
    assert [table.label for table in pages["journal"].tables] == ["Table 1", "Table 3"]
    assert "of two columns" in pages["journal"].text


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("archive-old", [("citation", "1, 2", (1, 2))]),
        ("archive-new", [("citation", "1", (1,)), ("citation", "2", (2,))]),
        ("journal", [("citation", "1–3", (1, 2, 3))]),
    ],
)
def test_links_into_the_list_of_references_are_citations(pages, name, marks):
    document = pages[name]
    cited = [mark for mark in document.marks if mark.kind == "citation"]
    assert [(m.kind, document.text[m.char_start : m.char_end], m.references) for m in cited] == marks


def test_superscripts_are_marked(pages):
    document = pages["archive-old"]
    raised = [document.text[m.char_start - 2 : m.char_end] for m in document.marks if m.kind == "superscript"]
    assert "109" in raised and "67a" in raised


def test_the_list_of_references_becomes_records(pages):
    first, second = pages["archive-old"].references
    assert (first.number, first.first_author, first.year) == (1, "Miller", 2011)
    assert (second.number, second.first_author, second.year) == (2, "Osei", 2012)
    assert [entry.number for entry in pages["journal"].references] == [1, 2, 3]
    assert "A first study" not in pages["journal"].text


def test_printed_citations_are_marked_where_a_page_has_no_links():
    document = read(page(f"<h1>A paper of examples</h1>{LONG}<p>As shown before [1-3], 25 patients died.</p>"))
    assert [(mark.kind, mark.references) for mark in document.marks] == [("citation", (1, 2, 3))]


def test_a_page_with_nothing_but_the_abstract_is_partial():
    document = read(page(f"<h1>A paper of examples</h1><h2>Abstract</h2>{LONG}<h2>Access options</h2><p>Buy it.</p>"))
    assert document.status == "partial"
    assert "only title and abstract" in document.status_reason


def test_a_page_saved_before_it_was_loaded_is_partial():
    document = read(page("<p>Checking your browser.</p>", "<title>Just a moment...</title>"))
    assert document.status == "partial"
    assert "before it was loaded" in document.status_reason


def test_a_page_of_scripts_holds_no_text():
    with pytest.raises(ReadError, match="no text"):
        read(page("<script>load()</script>"))


@pytest.mark.parametrize(
    ("head", "encoding", "status"),
    [
        ("<meta charset='utf-8'>", "utf-8", "ok"),
        ("<meta http-equiv='Content-Type' content='text/html; charset=windows-1252'>", "cp1252", "ok"),
        ("", "cp1252", "partial"),
    ],
)
def test_the_encoding_is_the_one_the_page_claims(head, encoding, status):
    html = page(f"<p>Naïve patients – 18 years.</p>{LONG}", head).decode()
    document = read(html.encode(encoding))
    assert "Naïve patients – 18 years." in document.text
    assert document.status == status


def test_nothing_is_loaded_from_the_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    link = '<link rel="stylesheet" href="http://127.0.0.1:9/a.css"><iframe src="http://127.0.0.1:9/x"></iframe>'
    assert "followed" in read(page(link + LONG)).text


def test_elements_without_end_are_said_and_absurd_spans_refused():
    document = read(page(LONG + "<div>" * 5000 + "HR 0.64" + "</div>" * 5000))
    assert document.status == "partial" and "nested" in document.status_reason
    rows = '<tr><td colspan="999999" rowspan="999999">x</td><td>y</td></tr>' * 900
    with pytest.raises(ReadError, match="cells"):
        read(page(f"<table>{rows}</table>"))
