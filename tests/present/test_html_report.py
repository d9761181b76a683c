"""The report as one page: what stands on it, where its links lead, and what documents cannot do to it."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import html

from evidence.errors import ExportError
from evidence.model.codes import Outcome, RowStatus, Severity
from evidence.model.question import Question
from evidence.model.records import Records
from evidence.model.results import LeftOut, MethodsSection
from evidence.present.compare import comparison_table
from evidence.present.forest import write_forest
from evidence.present.html_report import Answer, figures_of, html_report, write_html_report
from evidence.present.inline_svg import inline_svg
from tests.present.analyses import LONG, analysis_of, estimate, grouped, proportions, ratios, with_computed
from tests.present.rows import QUOTE, contrast, records, source
from tests.present.test_summary_tables import finding, findings

METHODS = (
    MethodsSection(heading="Effects", paragraphs=("The effect measure was the hazard ratio.",)),
    MethodsSection(heading="References", items=("Author 1999, Stat Med 1:1",)),
)


def page_of(*analyses, tables=(), rows=None, **more):
    """The page as a tree."""
    answers = [each if isinstance(each, Answer) else Answer(analysis=each, methods=METHODS) for each in analyses]
    return html.document_fromstring(html_report(answers, tables, records() if rows is None else rows, **more))


def page():
    used = (replace(ratios(3)[0], result_ids=("trial-os-hr",), label="TRIAL-1"), *ratios(3)[1:])
    left_out = (LeftOut(result_id="old-os", study_id="old", label="Olden 2009", reason="no confidence interval"),)
    table = comparison_table(records(), Question(id="t", title="Side by side", outcome=("OS",)))
    return page_of(analysis_of(used, left_out=left_out), tables=[table], snapshot="abcd")


def section(tree, name):
    """Text of the section under the heading with this id, in one line, with room between cells."""
    (found,) = tree.xpath(f"//section[h2[@id='{name}']]")
    for cell in found.iter("th", "td", "li"):
        cell.tail = f" {cell.tail or ''}"
    return " ".join(found.text_content().split())


def test_a_summary_of_findings_stands_in_the_report_with_its_notes():
    tree = page_of(summaries=[findings(finding())])
    assert tree.xpath("//a[@href='#s1']//text()") == ["Summary of findings 1: ", "Drug & placebo"]
    words = section(tree, "s1")
    assert "1,234" in words and "600 per 1,000" in words and "Facts for each domain of GRADE" in words


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("summary", "HR 0."),
        ("summary", "▲ read in part papers/cohort.pdf: page 7 of 12 is a scan"),
        ("summary", "✕ not read papers/locked.pdf: asks for a password"),
        ("summary", "Of 7 numbers in the evidence tables, a person had looked at 1 (14%): 6 extracted, 1 accepted"),
        ("q1", "(95% CI), 3 studies, p = 0.031."),
        ("q1", "Heterogeneity: τ² = 0.020"),
        ("q1", "OS HR 0.60 [0.40, 0.90] adjusted, p <0.001"),
        ("q1", "95% prediction interval"),
        ("q1", "▲ warning TRIAL-1: P<0.001, but the interval 0.40 to 0.90 implies 0.014."),
        ("q1", "no confidence interval 1 Olden 2009: sorafenib vs placebo: OS HR 1.2"),
        ("q1", "The effect measure was the hazard ratio."),
        ("c1", "survival"),
        ("doubts", "✕ error Cohort 2020 25 of 38 is 65.8%, but the document says 68.5%."),
        ("coverage", "Cohort 2020"),
        ("studies", "adults in first remission 202 21.3 NCT01, EudraCT-2 sorafenib (n = 100)"),
        ("documents", "papers/locked.pdf"),
        ("methods", "under Python 3."),
        ("methods", "Author 1999, Stat Med 1:1"),
        ("words", "page 5, characters 100 to"),
    ],
)
def test_the_page_says(where, said):
    assert said in section(page(), where).replace("\xa0", " ")


def test_every_link_leads_somewhere_and_no_id_is_there_twice():
    tree = page()
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    hrefs = tree.xpath("//a/@href")
    assert {href[0] for href in hrefs} == {"#"}
    assert {href[1:] for href in hrefs} <= set(ids)


def test_a_number_leads_to_its_words_and_these_lead_back():
    tree = page()
    (link,) = tree.xpath("//section[h2/@id='q1']//a[contains(., 'OS HR 0.60')][ancestor::table]")
    (words,) = tree.xpath(f"//*[@id='{link.get('href')[1:]}']")
    assert "TRIAL-1, sorafenib vs placebo: OS HR 0.60" in words.text_content()
    (passage,) = words.xpath("ancestor::div")
    assert passage.xpath("string(blockquote)") == " ".join(QUOTE.split())
    assert "=A trial" in passage.xpath("preceding-sibling::h3[1]")[0].text_content()
    assert words.xpath("a[.='Question 1, rows used']/@href") == ["#q1-used"]
    assert tree.xpath("//*[@id='q1-used']")


def test_a_computed_number_leads_to_those_it_came_from():
    name = "trial-os-hr+cited-hr_from_survival_p"
    first = replace(contrast(), document_id="trial", result_id="trial-os-hr")
    second = replace(first, result_id="trial-cited")
    made = replace(first, result_id=name, derivation="hr_from_survival_p", document_id="trial")
    inputs = replace(
        records(),
        documents=(replace(records().documents[0], document_id="trial"),),
        contrasts=(first, second, replace(made, result_id="trial-os-hr+cited-hr_from_survival_p")),
    )
    row = replace(ratios(2)[0], result_ids=(name,), derivation="hr_from_survival_p")
    words = section(page_of(analysis_of((row, ratios(2)[1])), rows=inputs), "words")
    assert "computed from survival at one time and the p-value" in words
    assert words.count("Back to the number computed from it") == 2


def test_the_table_below_the_forest_plot_has_its_studies_and_totals():
    (table,) = page_of(grouped(ratios(4), "randomized", "other")).xpath("//h3[@id='q1-used']/following::table[1]")
    assert table.xpath("count(tbody/tr)") == 4 + 2 + 1 + 1
    assert table.xpath("string(tbody/tr[5]/th)") == "Subgroup: randomized"
    assert not table.xpath("thead/tr/th[not(@scope='col')] | tbody/tr/th[not(@scope='row')]")


def test_the_result_of_reported_rows_alone_stands_beside_the_other():
    assert "5 studies, p = 0.031. Reported only: HR 0." in section(page_of(with_computed(5)), "q1")


def test_pictures_are_on_the_page_with_title_and_description_and_ids_of_their_own(tmp_path):
    answers = []
    for name, analysis in (("one", analysis_of(ratios(3))), ("two", proportions(3))):
        answers.append(Answer(analysis=analysis, figures=figures_of(write_forest(analysis, tmp_path / name))))
    tree = page_of(*answers)
    assert tree.xpath("//*[local-name()='svg']/@aria-labelledby") == [
        "q1-1-title q1-1-desc",
        "q2-1-title q2-1-desc",
    ]
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert "Author 2001" in tree.xpath("string(//*[@id='q1-1-desc'])")
    assert not tree.xpath("//*[local-name()='metadata' or local-name()='image' or local-name()='script']")


def test_a_picture_refers_to_its_own_parts():
    drawn = (
        '<?xml version="1.0"?>\n<svg role="img" aria-labelledby="title desc" width="1pt"><title id="title">id="a"'
        '</title><metadata>x</metadata><g id="g1"><path clip-path="url(#p1)"/></g><clipPath id="p1"/>'
        '<use xlink:href="#m"/></svg>'
    )
    assert inline_svg(drawn, "q1") == (
        '<svg role="img" aria-labelledby="q1-title q1-desc" width="1pt"><title id="q1-title">id="a"</title>'
        '<g><path clip-path="url(#q1-p1)"/></g><clipPath id="q1-p1"/><use xlink:href="#q1-m"/></svg>'
    )


def test_what_a_document_says_stays_text(tmp_path):
    evil = '<script>alert("1")</script><img src=x onerror=alert(1)> {{ 7 * 7 }} ]]> \x00\x1b\u202e'
    rows = records()
    rows = replace(
        rows,
        contrasts=tuple(replace(row, source=source(evil), arm=evil, subgroup=evil) for row in rows.contrasts),
        studies=tuple(replace(study, label=evil, population=evil) for study in rows.studies),
        documents=tuple(replace(row, title=evil, source=evil, status_reason=evil) for row in rows.documents),
        flags=tuple(replace(flag, message=evil) for flag in rows.flags),
    )
    used = (estimate(evil, 0.7, 0.5, 0.9, result_ids=("trial-os-hr",), notes=(evil,)), *ratios(2))
    left_out = (LeftOut(result_id="old-os", study_id="old", label=evil, reason=evil),)
    analysis = replace(
        analysis_of(used, left_out=left_out), question=Question(id="q", title=evil, outcome=("OS",), measure="HR")
    )
    figures = figures_of(write_forest(analysis, tmp_path))
    table = comparison_table(rows, Question(id="t", title=evil, outcome=("OS",)))
    tree = page_of(
        Answer(analysis=analysis, figures=figures, methods=(MethodsSection(heading=evil, paragraphs=(evil,)),)),
        tables=[table],
        rows=rows,
        unanswered=[(Question(id="u", title=evil, outcome=("OS",)), evil)],
    )
    assert not tree.xpath("//script | //img | //@onerror | //iframe | //object | //link")
    text = tree.text_content()
    assert "{{ 7 * 7 }}" in text
    assert not {"\x00", "\x1b", "\u202e"} & set(text)


def test_the_page_needs_nothing_but_itself():
    tree = page()
    assert not tree.xpath("//script | //link | //img | //@src | //iframe")
    assert "default-src 'none'" in tree.xpath("string(//meta[@http-equiv]/@content)")
    assert "url(" not in tree.xpath("string(//style)") and "@import" not in tree.xpath("string(//style)")


def test_headings_descend_one_by_one_and_wide_tables_scroll_in_a_region_with_a_name():
    tree = page()
    levels = [int(each.tag[1]) for each in tree.xpath("//h1 | //h2 | //h3 | //h4")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert not tree.xpath("//table[not(parent::*[@role='region' and @tabindex='0' and @aria-label])]")
    names = tree.xpath("//*[@role='region']/@aria-label")
    assert len(names) == len(set(names))
    assert tree.get("lang") == "en"
    assert tree.xpath("//body/a[1]/@href") == ["#summary"]


@pytest.mark.parametrize(
    ("analysis", "said"),
    [
        (analysis_of(()), "No study matched this question."),
        (replace(analysis_of(()), notes=("Nothing matched: no row has the outcome.",)), "no row has the outcome"),
        (analysis_of(ratios(1)), "One study: nothing to pool."),
        (
            analysis_of((), left_out=(LeftOut(result_id="r", study_id="s", label="A", reason="why"),)),
            "No row was used.",
        ),
    ],
)
def test_a_question_that_cannot_be_pooled_says_why(analysis, said):
    assert said in section(page_of(analysis, rows=Records()), "q1")


def test_nothing_found_is_a_page_as_well():
    tree = page_of(rows=Records())
    assert "No question was pooled." in section(tree, "summary")
    assert "There were no numbers in the evidence tables." in section(tree, "summary")
    assert "No document was given." in section(tree, "documents")
    assert {href[1:] for href in tree.xpath("//a/@href")} <= set(tree.xpath("//@id"))


def test_two_hundred_studies_names_of_three_hundred_characters_and_zero_events_have_their_rows():
    rows = ratios(200)
    tree = page_of(analysis_of((replace(rows[0], label=(LONG * 4)[:300]), *rows[1:])))
    assert len(tree.xpath("//h3[@id='q1-used']/following::table[1]/tbody/tr[not(@class)]")) == 200
    assert (LONG * 4)[:300] in tree.text_content()
    none = replace(proportions(2).estimates[0], arm=replace(proportions(2).estimates[0].arm, events=0))
    zero = replace(proportions(2), estimates=(none, proportions(2).estimates[1]))
    assert "gilteritinib (0/20)" in section(page_of(zero), "q1")


def test_every_text_of_a_document_has_a_direction_of_its_own():
    names = ("دراسة سورافينيب", "索拉非尼维持治疗")
    rows = tuple(replace(row, label=name) for row, name in zip(ratios(2), names, strict=True))
    tree = page_of(analysis_of(rows))
    assert [tree.xpath(f"boolean(//th/bdi[.='{name}'])") for name in names] == [True, True]
    assert set(page().xpath("//blockquote/@dir")) == {"auto"}


def test_the_checklist_has_its_items_in_order_and_says_what_the_authors_fill_in():
    (table,) = [each for each in page().xpath("//table") if "fill in" in (each.findtext("caption") or "")]
    items = table.xpath("tbody/tr/th/text()")
    assert items == "9 10a 10b 11 12 13a 13b 13c 13d 13e 13f 16a 16b 20a 20b 20c 20d".split()
    cells = dict(
        zip(items, (" ".join(cell.text_content().split()) for cell in table.xpath("tbody/tr/td[2]")), strict=True)
    )
    assert cells["11"].startswith("To be filled in by the authors: tool, domains")
    assert cells["12"] == "Question 1: hazard ratio."
    assert "Question 1: random-effects model (REML), Hartung-Knapp interval." in cells["13d"].replace(
        "Random", "random"
    )
    assert "4 documents were given: 2 were read as a whole, 1 in part and 1 not at all." in cells["16a"]
    assert "Question 1: HR 0." in cells["20b"]
    assert "no sensitivity analysis was part of the run" in cells["13f"]
    assert "Decisions about numbers were taken by A. Reader." in cells["9"]


def test_a_number_a_person_entered_has_no_quote_and_says_who():
    entered = contrast(
        result_id="typed", source=source("", page=None), status=RowStatus.ENTERED, reviewer="A. Reader", ci_low=None
    )
    rows = replace(records(), contrasts=(entered,))
    used = (replace(ratios(2)[0], result_ids=("typed",)), ratios(2)[1])
    words = section(page_of(analysis_of(used), rows=rows), "words")
    assert "Entered by a person, without words of the document." in words
    assert "entered by A. Reader" in words and "[–, 0.90]" in words


def test_doubts_stand_worst_first():
    flags = tuple(replace(records().flags[0], flag_id=level, severity=Severity(level)) for level in ("info", "error"))
    text = section(page_of(rows=replace(records(), flags=flags)), "doubts")
    assert text.index("✕ error") < text.index("● info")


def test_a_subgroup_and_a_time_stand_with_the_number():
    row = contrast(timepoint_months=Decimal(24), subgroup="age > 60", outcome=Outcome.OS)
    used = (replace(ratios(2)[0], result_ids=("trial-os-hr",)), ratios(2)[1])
    text = section(page_of(analysis_of(used), rows=replace(records(), contrasts=(row,))), "q1")
    assert "OS HR 0.60 [0.40, 0.90], p <0.001 at 24 months (2 years), age > 60" in text


def test_a_page_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="file"):
        write_html_report([], [], records(), tmp_path / "file" / "report.html")
