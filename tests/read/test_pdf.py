import time

import pytest

from evidence.errors import ReadError
from evidence.read import read


@pytest.fixture(scope="module")
def paper(papers):
    return read(papers.paper(), name="paper.pdf")


def test_offsets_hold_together(paper, sound):
    sound(paper)
    assert len(paper.pages) == 3
    assert paper.page_at(paper.text.index("335 were")) == 2


def test_two_columns_are_read_one_after_the_other(paper):
    assert "with a hazard ratio for death of 0.64 (95% CI 0.49 to 0.83; p=0.001)." in paper.text


def test_a_word_broken_at_a_line_end_is_one_word(paper):
    assert "The treatment was well tolerated" in paper.text


@pytest.mark.parametrize("words", ["Journal of Examples", "Downloaded from", "102"])
def test_running_heads_page_numbers_and_stamps_are_left_out(paper, words):
    assert words not in paper.text


def test_headings_are_sections(paper):
    assert [section.heading for section in paper.sections] == ["Abstract", "Background", "Results", "Discussion"]
    assert paper.section_at(paper.text.index("0.49 to 0.83; p")) == "Results"


def test_columns_drawn_the_wrong_way_round_are_put_in_order(papers):
    assert (
        "with a hazard ratio for death that was 0.64 in the whole population" in read(papers.right_column_first()).text
    )


def test_a_heading_at_the_start_of_a_line_does_not_cut_its_paragraph(papers):
    document = read(papers.run_in_headings())
    assert document.text.split("\n\n") == [
        "Results",
        "Overall survival. At 24 months the probability of survival was 90.5% in the treated group and 66.2% in the "
        "other group.",
        "Relapse of the disease and death of any other cause. With a follow-up of 41.8 months in the median, relapse "
        "was seldom in this group.",
        "Discussion",
        "The hazard ratio agrees with earlier work of the group.\n",
    ]


def test_a_sentence_that_a_table_interrupts_is_whole_and_the_table_follows_it(papers):
    document = read(papers.interrupted())
    assert "the best treatment in almost 60% of patients, whatever their age" in document.text
    assert document.text.index("60% of patients") < document.tables[0].char_start


def test_entries_of_a_list_of_references_are_paragraphs(papers):
    document = read(papers.interrupted())
    assert document.text.split("References\n\n")[1].split("\n\n") == [
        "1. Miller J, Sommer A, et al. J Ex 2018; 19: 889–903.",
        "2. Winter B, Klein E. Examplinib or placebo. J Ex 2019;1:9.",
        "3. Jung D. J Ex doi: 10.1234/e",
        "4. Li S. J Ex 2021;1:9.\n",
    ]


def test_signs_stored_under_wrong_codes_are_read_as_printed_and_marked(papers, sound):
    document = read(papers.symbols_under_wrong_codes())
    sound(document)
    assert document.text.strip() == "1.5 (\u22122.3 to 3.4), p=0.01 in 25 patients of the trial"
    repaired = [document.text[mark.char_start : mark.char_end] for mark in document.marks if mark.kind == "repaired"]
    assert repaired == ["\u2212", "="]


def test_superscripts_are_marked(paper):
    assert ("superscript", "12") in [(mark.kind, paper.text[mark.char_start : mark.char_end]) for mark in paper.marks]


def test_of_a_word_with_a_raised_letter_behind_it_only_the_letter_is_marked(papers):
    document = read(papers.raised_letter())
    assert "recurrencea was 12%" in document.text
    assert [document.text[mark.char_start : mark.char_end] for mark in document.marks] == ["a"]


def test_a_table_with_head_and_foot_rules_is_a_grid(paper, papers, grid_of):
    assert grid_of(paper, "Table 1") == papers.ROWS
    table = next(table for table in paper.tables if table.label == "Table 1")
    assert (table.caption, table.page) == ("Efficacy outcomes", 2)
    assert table.footnotes == ("CI, confidence interval; HR, hazard ratio.",)
    assert {cell.row for cell in table.cells if cell.head} == {0}


def test_a_ruled_table_keeps_stacked_values_in_one_cell(paper, grid_of):
    assert grid_of(paper, "Table 2") == [
        ["Event", "Patients with the event", "Patients with the event", "Odds ratio (95% CI)"],
        ["Event", "Examplinib", "Placebo", "Odds ratio (95% CI)"],
        ["Any", "90 (54%)", "88 (52%)", "1.06 (0.69 to 1.63)"],
        ["Severe", "31 (19%)", "25 (15%)", "1.30 (0.73 to 2.32)"],
    ]


@pytest.mark.parametrize("one_path", [True, False])
def test_filled_cells_are_cells_however_many_lines_and_rows_they_cover(papers, grid_of, sound, one_path):
    document = read(papers.filled_table(one_path=one_path))
    sound(document)
    assert grid_of(document, "Table 3") == [
        ["Site", "Arm", "Success", "P value"],
        ["Posterior wall of the left atrium", "Control", "14/22 (63.6%)", "0.79"],
        ["Posterior wall of the left atrium", "Active", "50/71 (70.4%)", "0.79"],
        ["Roof", "Both", "9/9 (100%)", "0.14"],
    ]
    assert {cell.row for cell in document.tables[0].cells if cell.head} == {0}


def test_a_name_of_two_lines_is_one_head_over_the_columns_above_whose_rule_it_stands(papers, grid_of):
    document = read(papers.banded_table())
    events, time = "No. with event, no. at risk", "Median time, months (95% CI)"
    assert grid_of(document, "Table 4") == [
        [None, events, events, time, time],
        ["Event", "Active", "Placebo", "Active", "Placebo"],
        ["Relapse", "35/90", "42/106", "18 (11 to 26)", "6 (2 to 14)"],
        ["Death", "1/90", "5/106", "NR", "NR"],
        ["Any event", "36/90", "46/106", "17 (10 to 25)", "5 (2 to 13)"],
    ]
    assert {cell.row for cell in document.tables[0].cells if cell.head} == {0, 1}


def test_a_name_wider_than_the_figures_below_it_stays_in_its_column(papers, grid_of):
    assert grid_of(read(papers.wide_heads()), "Table 5") == [
        ["Study", "No. of patients", "2-year relapse, %", "2-year survival, %"],
        ["Miller 2015", "27", "9", "78"],
        ["Olsen 2018", "44", "0", "92"],
    ]


def test_labels_and_values_that_go_on_together_below_themselves_are_one_row(papers, grid_of):
    assert grid_of(read(papers.stacked_rows()), "Table 6")[1:] == [
        ["Complete response or better", "45 (50%)", "30 (33%)", "2.00 (1.10 to 3.64)"],
        ["Sustained loss of disease", "27 (30%)", "18 (20%)", "1.71 (0.86 to 3.40)"],
    ]


def test_a_table_that_goes_on_under_its_head_on_the_next_page_is_read_there_too(papers, sound):
    document = read(papers.over_two_pages())
    sound(document)
    first, second = document.tables
    assert [(part.label, part.caption, part.page) for part in (first, second)] == [
        ("Table 7", "Response by age", 1),
        ("Table 7", "Response by age", 2),
    ]
    assert [[cell.text if cell else None for cell in row] for row in first.grid()][1:] == [
        ["Remission", "45 (50)", "30 (33)", "2.00 (1.10 to 3.64)"],
        ["Relapse", "9 (10)", "18 (20)", "0.44 (0.19 to 1.05)"],
        ["Older patients", None, None, None],
    ]
    assert [cell.text for cell in second.grid()[2] if cell] == ["Relapse", "5 (11)", "9 (20)", "0.50 (0.15 to 1.62)"]
    assert "The hazard ratio agrees" in document.text[second.char_end :]


def test_notes_below_a_table_keep_their_marks_and_what_stands_further_right(papers):
    (table,) = read(papers.banded_table()).tables
    assert " ".join(table.footnotes) == "a Times are medians of all patients. NR, not reached."


def test_a_table_without_rules_is_cut_out_by_the_white_between_its_cells(papers, grid_of, sound):
    document = read(papers.white_table())
    sound(document)
    assert grid_of(document, "Table 8") == [
        ["Outcome", "Active (n=90)", "Hazard ratio (95% CI)"],
        ["Overall survival", None, None],
        ["All patients", "45 (50%)", "0.71 (0.40 to 1.26)"],
        ["Older", "27 (30%)", "0.63 (0.31 to 1.28)"],
        ["Younger", "18 (20%)", "0.80 (0.39 to 1.64)"],
    ]
    assert document.tables[0].footnotes == ("Values are numbers of patients (%) unless stated otherwise.",)


def test_tables_that_cannot_be_cut_out_are_said(papers):
    document = read(papers.tables_that_cannot_be_cut())
    assert document.tables == ()
    assert "Table 1 (page 1) is an image and was not read." in document.status_reason
    assert "Table 2 (page 1) has no rules" in document.status_reason
    assert "0.39 (0.23 to 0.65)" in document.text


def test_the_first_page_is_the_bibliography(paper):
    about = paper.bibliography
    assert about.title == "Maintenance with examplinib after transplantation in acute leukaemia: a randomised trial"
    assert about.authors == ("Li Xuan", "Fen Huang", "Bryan van der Berg", "Qifa Liu")
    assert (about.first_author, about.doi, about.registry_ids) == ("Xuan", "10.1234/example.5678", ("NCT01234567",))


def test_a_scan_is_refused_with_the_remedy(papers):
    with pytest.raises(ReadError, match=r"scan\.pdf: .*\(a scan\).*OCR"):
        read(papers.scanned(2, first_with_text=False), name="scan.pdf")


def test_scanned_pages_among_others_are_named(papers):
    document = read(papers.scanned(3, first_with_text=True))
    assert document.status == "partial"
    assert "Pages 2, 3 of 3: no text layer" in document.status_reason
    assert "335 were" in document.text


def test_an_encrypted_pdf_asks_for_a_copy_without_password(papers):
    with pytest.raises(ReadError, match="password"):
        read(papers.encrypted())


@pytest.mark.parametrize("cut", [40, 0.3])
def test_a_broken_pdf_is_refused_or_read_and_never_crashes(papers, cut):
    data = papers.paper()
    with pytest.raises(ReadError, match=r"broken or cut short|no text layer"):
        read(data[: int(cut if cut > 1 else cut * len(data))])


def test_rubbish_after_the_magic_number_is_refused():
    with pytest.raises(ReadError, match=r"broken"):
        read(b"%PDF-1.7\n" + bytes(range(256)) * 20)


def test_a_page_with_absurdly_many_characters_is_left_out_and_named(papers):
    document = read(papers.crowded(210_000))
    assert document.status == "partial"
    assert "Page 2 of 2: too many characters" in document.status_reason


def test_a_paper_is_read_in_a_fraction_of_a_second(papers):
    data = papers.paper()
    start = time.perf_counter()
    read(data)
    assert time.perf_counter() - start < 1.5
