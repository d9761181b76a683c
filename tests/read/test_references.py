import pytest

from evidence.read import read
from evidence.read.references import entries, read_entry


def facts(reference):
    return reference.first_author, reference.year, reference.doi, reference.title


@pytest.mark.parametrize(
    ("entry", "author", "year", "doi", "title"),
    [
        ("Miller J, Sommer AE, Winter B, et al. Journal of Examples 2018;19:889–903.", "Miller", 2018, None, None),
        (
            "van der Berg B, Jung Jr KI. Examplinib in relapsed leukaemia. N Engl J Med. 2015;373:1994-2004.",
            "van der Berg", 2015, None, "Examplinib in relapsed leukaemia",
        ),
        (
            "Miller, L. A. & Jung, D. Safety of examplinib: results from a trial. Europace 20, f392–f400 (2018).",
            "Miller", 2018, None, "Safety of examplinib: results from a trial",
        ),
        ("S.K. Sommer, T. Jung, M. Lü, et al., Journal of Cancer 86 (2017) 233–239", "Sommer", 2017, None, None),
        (
            "Jorge Miller, Anna E Sommer, Bert Winter. Examplinib or placebo in adults. Lancet 2019; 20: 984–97.",
            "Miller", 2019, None, "Examplinib or placebo in adults",
        ),
        (
            "O’Hara PT, Kushner FG, et al; EXAMPLE Investigators. 2013 guideline for infarction. Circulation. "
            "2014;127:e362. doi: 10.1161/example.1",
            "O’Hara", 2014, "10.1161/example.1", "2013 guideline for infarction",
        ),
        (
            "World Health Organization. A global brief on hypertension. 2013. Available from http://www.who.int/brief.",
            "World Health Organization", 2013, None, "A global brief on hypertension",
        ),
        ("2013 guidelines for the management of hypertension. Blood Press 2014; 22: 193–278.", None, 2014, None,
         "2013 guidelines for the management of hypertension"),
        ("Anter, E. N. P. et al. An expandable catheter for ablation. JACC Clin. Electrophysiol. (in the press).",
         "Anter", None, None, "An expandable catheter for ablation"),
    ],
)  # fmt: skip
def test_an_entry_gives_what_it_prints(entry, author, year, doi, title):
    assert facts(read_entry(1, entry)) == (author, year, doi, title)


@pytest.mark.parametrize(
    ("printed", "doi"),
    [
        ("https://doi.org/10.1056/nejmoa1504 720.", "10.1056/nejmoa1504720"),
        ("https://doi.org/10.1111/jch. 12011 PMID: 23126357", "10.1111/jch.12011"),
        ("https://doi.org/10.1001/cardio .2018.4925.", "10.1001/cardio.2018.4925"),
        ("doi:10.1093/ajh/hpv031. Published online July 1.", "10.1093/ajh/hpv031"),
        ("doi:10.1093/ajh hpv031 and more words that follow", None),
    ],
)
def test_a_doi_is_put_together_at_a_line_end_or_left_out(printed, doi):
    assert read_entry(1, f"Miller J, Sommer A. A title of some words. J Ex 2015;1:2. {printed}").doi == doi


@pytest.mark.parametrize(
    "text",
    [
        "1. {0}18;19:\n\n889–903. 2. {1}19;132:\n\n598.\n\n3. {2}20;1:9.",
        "[1] {0}18;19:889.\n[2] {1}19;132:598.\n[3] {2}20;1:9.",
        "1 {0}18;19:889.\n2 {1}19;132:598. 3 {2}20;1:9.",
        "- {0}18;19:889.\n- {1}19;132:598.\n- {2}20;1:9.",
        "{0}18;\n19:889.\n{1}19;132:598.\n{2}20;1:9.",
        "- {0}18;19:889.\n- Sommer JE, Jung D,\n\n- Klein E. J Ex 2019;132:598.\n3. {2}20;1:9.",
        "1.\n\n{0}18;19:889.\n\n2.\n\n{1}19;132:598. 3.\n\n{2}20;1:9.",
    ],
)
def test_entries_are_told_apart_however_they_are_numbered(text):
    listed = text.format("Miller J, et al. J Ex 20", "Sommer JE, et al. J Ex 20", "Winter B. J Ex 20")
    assert [(entry.number, entry.first_author, entry.year) for entry in entries(listed)] == [
        (1, "Miller", 2018), (2, "Sommer", 2019), (3, "Winter", 2020),
    ]  # fmt: skip


def test_an_entry_that_may_hold_the_next_one_has_no_year():
    found = entries("1. Miller J. J Ex 2018;19:889. Sommer JE. J Ex 2019;132:598.\n3. Winter B. J Ex 2020;1:9.")
    assert [(entry.number, entry.year) for entry in found] == [(1, None), (3, 2020)]


def test_what_follows_the_last_entry_is_no_part_of_it():
    found = entries("1. Miller J. J Ex 2018;19:889.\n\nPublisher’s Note (2021) Remains neutral. doi:10.1234/other")
    assert [(entry.year, entry.doi) for entry in found] == [(2018, None)]


def test_a_list_without_a_heading_is_found_if_it_is_one():
    listed = "\n\n".join(f"{n} Miller J, Winter B. Title of a paper. J Ex 20{n + 10};1:9." for n in range(1, 7))
    assert [entry.number for entry in read(f"Some text.\n\n{listed}\n".encode()).references] == [1, 2, 3, 4, 5, 6]
    doses = "\n\n".join(f"{n} Patients took the dose on day {n}." for n in range(1, 7))
    assert read(f"Some text.\n\n{doses}\n".encode()).references == ()


LIST = "References\n" + "\n".join(f"{n}. Miller J. J Ex 20{n + 10};1:9." for n in range(1, 9))


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        ("Relapse is frequent [3–7].", [(3, 4, 5, 6, 7)]),
        ("Relapse is frequent [1, 3-5].", [(1, 3, 4, 5)]),
        ("Relapse is frequent.<sup>2,4</sup>", [(2, 4)]),
        ("The body mass index was in kg/m<sup>2</sup>.", []),
        ("Cells were 10<sup>6</sup> per litre.", []),
        ("At two years 76.6% vs 60.1% were alive [95].", []),
    ],
)
def test_marks_lead_to_the_entries_they_cite(sentence, cited):
    document = read(f"Introduction\n{sentence}\n\n{LIST}\n".encode())
    assert [mark.references for mark in document.marks if mark.references] == cited


ARTICLE = """<article><body><sec><title>Results</title><p>{}</p></sec></body><back><ref-list>
<ref id="B7"><label>7.</label><element-citation>
<person-group person-group-type="author"><name><surname>van der Berg</surname><given-names>B</given-names></name>
<name><surname>Other</surname></name></person-group><article-title>Examplinib.</article-title><year>2018</year>
<pub-id pub-id-type="doi">10.1234/e.7</pub-id></element-citation></ref>
<ref id="B8"><label>8.</label><element-citation>
<person-group person-group-type="author"><collab>EXAMPLE Group</collab></person-group><year>2019a</year>
</element-citation></ref>
<ref id="B9"><label>9.</label><mixed-citation>Winter B, Jung D. A title of words. J Ex 2020;1:9.</mixed-citation></ref>
<ref id="B10"><label>10.</label><mixed-citation id="C10"><name><surname>Klein</surname></name> <year>2021</year>
</mixed-citation></ref></ref-list></back></article>"""


def test_the_list_of_an_article_becomes_records():
    document = read(ARTICLE.format("HR 0.64").encode())
    assert [(entry.number, *facts(entry)) for entry in document.references] == [
        (7, "van der Berg", 2018, "10.1234/e.7", "Examplinib"), (8, "EXAMPLE Group", 2019, None, None),
        (9, "Winter", 2020, None, "A title of words"), (10, "Klein", 2021, None, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("mark", "cited"),
    [
        ('as Winter (<xref ref-type="bibr" rid="B9">2020</xref>) found', [(9,)]),
        ('<sup><xref ref-type="bibr" rid="B7">7</xref>–<xref ref-type="bibr" rid="B9">9</xref></sup>', [(7, 8, 9)]),
        ('[<xref ref-type="bibr" rid="B7">7</xref>–<xref ref-type="bibr" rid="B9">9</xref>]', [(7, 8), (9,)]),
        ('[<xref ref-type="bibr" rid="B7 B9">7, 9</xref>]', [(7, 9)]),
        ('(<xref ref-type="bibr" rid="C10">Klein</xref>)', [(10,)]),
        ('HR 0.64 [<xref ref-type="bibr" rid="missing">12</xref>]', [()]),
    ],
)  # fmt: skip
def test_a_link_leads_to_its_entry_whatever_it_shows(mark, cited):
    document = read(ARTICLE.format(mark).encode())
    assert [found.references for found in document.marks if found.kind == "citation"] == cited


def test_raised_figures_of_a_pdf_cite_and_powers_do_not(papers):
    document = read(papers.with_references())
    assert [(document.text[m.char_start : m.char_end], m.references) for m in document.marks] == [
        ("1,2", (1, 2)), ("2", ()), ("2–4", (2, 3, 4)),
    ]  # fmt: skip
    assert [(entry.number, entry.first_author, entry.year) for entry in document.references] == [
        (1, "Miller", 2018), (2, "Sommer", 2019), (3, "Winter", 2020), (4, "Jung", 2021),
    ]  # fmt: skip
