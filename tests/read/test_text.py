import pytest

from evidence.read import read


@pytest.fixture(scope="module")
def review(documents):
    return read(documents / "review.md")


@pytest.fixture(scope="module")
def report(documents):
    return read(documents / "cells-on-lines.txt")


def marked(document, kind):
    return [document.text[mark.char_start : mark.char_end] for mark in document.marks if mark.kind == kind]


def test_offsets_hold_together(review, report, sound):
    sound(review)
    sound(report)


def test_markdown_headings_and_bold_lines_are_sections(review):
    assert [(section.level, section.heading) for section in review.sections] == [
        (1, "Inhibitors for the prevention of relapse"), (2, "Abstract"), (2, "Treatment"), (4, "Examplinib"),
        (2, "References"),
    ]  # fmt: skip


def test_lines_of_their_own_are_sections(report):
    assert [(section.level, section.heading) for section in report.sections] == [
        (1, "Objective"), (1, "Methods"), (2, "Treatment outcomes"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("paragraph", "heading"),
    [
        ("Findings Between June 2004 and May 2008 we enrolled 335 patients.", "Findings"),
        ("RESULTS: Eight of 12 patients responded.", "RESULTS"),
        ("PATIENTS AND METHODS Adults were enrolled.", "PATIENTS AND METHODS"),
        ("Results of the trial were published before.", None),
        ("Methods for pooling differ.", None),
        ("Patients were enrolled.", None),
    ],
)
def test_the_heading_that_opens_a_paragraph_of_an_abstract(paragraph, heading):
    document = read(f"A title of a paper on examplinib\n\n{paragraph}\n".encode())
    assert [section.heading for section in document.sections] == ([heading] if heading else [])


@pytest.mark.parametrize(
    ("paragraph", "headings"),
    [
        (
            "Background: Examplinib is new. Methods: We treated 12 adults (all men). Results: Eight responded.",
            ["Background", "Methods", "Results"],
        ),
        ("AIM. To test it. RESULTS. Results: none were seen. CONCLUSION. It fails.", ["AIM", "RESULTS", "CONCLUSION"]),
        (
            "Background Little is known. Methods Adults were enrolled. Results of others differ.",
            ["Background", "Methods"],
        ),
        ("We say why. Results: eight responded.", []),
    ],
)
def test_the_headings_of_an_abstract_in_one_paragraph(paragraph, headings):
    document = read(f"A title of a paper on examplinib\n\n{paragraph}\n".encode())
    assert [section.heading for section in document.sections] == headings


def test_lines_with_tabs_are_rows(review, grid_of):
    assert grid_of(review, "Table 1") == [
        ["Drug", "Trial", "Patients", "Survival"],
        ["Examplinib", "EXAMPLE NCT01234567", "335 (18–60 years)", "76.6% vs 60.1% [95]"],
        [None, "SAMPLE NCT07654321", "83", "n.a."],
    ]
    table = review.tables[0]
    assert table.caption == "Trials of inhibitors"
    assert table.footnotes == ("n.a. not available, OS overall survival",)
    assert [cell.text for cell in table.cells if cell.head] == ["Drug", "Trial", "Patients", "Survival"]


def test_cells_on_lines_of_their_own_are_rows_between_blank_lines(report, grid_of):
    assert grid_of(report, "Table 1") == [
        ["No.", "Sex", "Drugs", "Months"],
        ["1", "M", "DA, HA,\nMA", "72"],
        ["2", "F", "IA", "13"],
    ]
    assert report.tables[0].footnotes == ("1The months run from the first dose.",)
    assert report.status_reason is None


def test_a_row_with_another_number_of_cells_is_said():
    document = read(b"Table 3 Doses\n\nDrug\tDose\tn\nA\t1\nB\t2\t3\n")
    assert document.status == "partial"
    assert "Table 3: the head has 3 cells, but row 2 has 2" in document.status_reason


def test_a_markdown_table_is_a_grid(grid_of):
    document = read(b"Table 4. Doses\n\n| Drug | n |\n|---|---|\n| A | 1 |\n| B | 2 |\n")
    assert grid_of(document, "Table 4") == [["Drug", "n"], ["A", "1"], ["B", "2"]]


def test_bracketed_citations_are_marked_and_intervals_are_not(review):
    assert marked(review, "citation") == ["[1, 2]", "[3–7]"]
    assert marked(review, "superscript") == ["<sup>1</sup>", "<sup>1</sup>"]


def test_citations_in_parentheses_are_marked_and_counts_are_not(report):
    assert marked(report, "citation") == ["(1, 2)", "(3)", "(4, 5)", "(6)", "(7)"]


@pytest.mark.parametrize(
    "text",
    [
        "The median was 36 months (3-43).",
        "Remission in 19 patients (19/19), which is 25 (25%).",
        "HR 0.54 (0.41-0.72) and 0.84 [0.66-1.01]",
        "The median age was 59 [21-76].",
        "Patients had (1) relapse, (2) no donor or (3) another disease.",
        "median 59 years [21-76]",
    ],
)
def test_numbers_of_the_study_are_no_citations(text):
    assert marked(read(text.encode()), "citation") == []


def test_line_ends_of_any_system_become_one():
    assert read(b"Results\r\n\r\nHR 0.64\rP=0.01\r\n").text == "Results\n\nHR 0.64\nP=0.01\n"


def test_markdown_tables_may_leave_out_the_outer_pipes_and_escape_others(grid_of):
    table = b"Outcome | A | B\n--- | :---: | ---:\nDeath \\| any | 39/167 | 67/168\n"
    document = read(b"Table 1. Efficacy\n\n" + table + b"\nText.\n")
    assert document.status == "ok"
    assert grid_of(document, "Table 1") == [["Outcome", "A", "B"], ["Death \\| any", "39/167", "67/168"]]


def test_underlined_lines_are_headings(sound):
    document = read(b"Trial of examplinib\n===\n\nOutcome of the cells\n---\n\nThe ratio was 0.64.\n\n---\n\nEnd.\n")
    sound(document)
    assert [(section.level, section.heading) for section in document.sections] == [
        (1, "Trial of examplinib"), (2, "Outcome of the cells"),
    ]  # fmt: skip


def test_numbers_behind_a_percentage_are_a_citation_where_they_cannot_be_its_limits():
    body = "Relapse is common [1]. It is fatal [2]. Drugs exist [3,4]. Some help [5]. "
    text = body + "Survival is only 20% [1-3] or 26% [2,3,6]; here it was 61% [52-70].\n"
    cited = [text[mark.char_start : mark.char_end] for mark in read(text.encode()).marks if mark.kind == "citation"]
    assert cited[-2:] == ["[1-3]", "[2,3,6]"]
