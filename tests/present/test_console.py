"""What a terminal shows: tables of records, a forest plot in characters, and progress."""

import io
from dataclasses import replace
from pathlib import PurePath

import pytest
from rich.cells import cell_len
from rich.console import Console

from evidence.model.codes import Severity
from evidence.model.results import Stake
from evidence.model.tables import TABLES, records_of
from evidence.present.console import (
    flags_table,
    progress,
    record_details,
    records_table,
    result_text,
    studies_table,
)
from evidence.present.forest_console import forest_console, forest_lines
from tests.present.analyses import LONG, analysis_of, estimate, grouped, proportions, ratios, with_computed
from tests.present.rows import contrast, records


def shown(renderable, width=100, **more):
    console = Console(file=io.StringIO(), width=width, **more)
    console.print(renderable)
    return console.file.getvalue()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("width", [80, 200])
def test_every_table_can_be_listed_within_the_width(table, width):
    text = shown(records_table(records_of(records(), table), table), width)
    assert text.strip() and all(len(line) <= width for line in text.splitlines())


def test_a_listing_shows_numbers_with_the_digits_printed():
    text = shown(records_table(records().contrasts, "contrasts"), 200)
    assert "0.60" in text and "None" not in text


def test_studies_are_listed_with_the_number_of_their_rows_and_doubts():
    line = next(line for line in shown(studies_table(records()), 120).splitlines() if "primary" in line)
    assert line.split()[:3] == ["TRIAL-1", "primary", "randomized"]
    assert line.split()[3:8] == ["202", "2", "3", "1", "1"]


def test_flags_are_shown_worst_first_with_study_page_and_words():
    lines = shown(flags_table(records()), 200).splitlines()
    assert lines[1].startswith(Severity.ERROR) and "Cohort 2020" in lines[1] and "25 of 38 is 65.8%" in lines[1]
    assert lines[2].startswith(Severity.WARNING) and "The hazard ratio for death was 0.60" in lines[2]


def test_studies_of_one_name_are_told_apart_by_their_files():
    known = records()
    alike = replace(known, studies=tuple(replace(study, label="this study") for study in known.studies))
    files = {document.document_id: document.source for document in known.documents}
    text = " ".join(shown(flags_table(alike), 400).split())
    assert all(f"this study ({PurePath(files[flag.document_id]).name})" in text for flag in alike.flags)


def test_a_doubt_says_what_it_moves_in_a_pooled_estimate():
    known = records()
    about = {"result_id": "r", "treatment": ("sorafenib",), "k": 5, "change": 0.1}
    ratio = Stake(outcome="OS", measure="HR", pooled=0.374, without=0.319, **about)
    share = Stake(outcome="CR", measure="PLO", pooled=13.08, without=7.63, **about)
    ids = [flag.flag_id for flag in known.flags]
    text = shown(flags_table(known, dict(zip(ids, (ratio, share), strict=True))), 400)
    assert "OS HR of sorafenib, 5 studies: 0.37 with it, 0.32 without" in text
    assert "CR of sorafenib, 5 studies: 13.1% with it, 7.6% without" in text
    assert "what it moves" not in shown(flags_table(known), 400)


def test_details_show_the_quote_and_what_is_not_reported():
    text = " ".join(shown(record_details(records().contrasts[0]), 200).split())
    assert "estimate 0.60" in text and "timepoint months not reported" in text and "a 40% reduction" in text


def test_texts_of_documents_are_neither_markup_nor_commands_to_the_terminal():
    row = contrast(arm="[bold red]x[/]", comparator="\x1b[31mplacebo\x1b]0;title\x07\u202e")
    text = shown(records_table([row], "contrasts"), 200)
    assert "[bold red]x[/]" in text and "\x1b" not in text and "\x07" not in text and "\u202e" not in text


def test_one_number_in_a_few_words():
    assert [result_text(row) for row in (records().contrasts[0], *records().arm_results[2:])] == [
        "OS HR 0.60 [0.40, 0.90]",
        "OS median_time not reached",
        "CRc proportion 25/38 65.8",
    ]


@pytest.mark.parametrize(
    "analysis",
    [
        analysis_of(()),
        analysis_of(ratios(1)),
        analysis_of([replace(row, label=f"{LONG} {row.label}", report="cited") for row in ratios(8)]),
        grouped(ratios(7), "randomized", "single_arm", LONG),
        proportions(5),
        analysis_of((estimate("Tiny", 1.7, 0.01, 300), estimate("Far", 250, 2, 9000))),
    ],
)
@pytest.mark.parametrize("width", [80, 100, 120, 200])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_a_forest_fits_the_terminal_and_its_characters(analysis, width, ascii_only):
    lines = [line for line, _ in forest_lines(analysis, width, ascii_only=ascii_only)]
    assert lines and max(map(len, lines)) <= width
    assert not ascii_only or all(line.isascii() for line in lines)


@pytest.mark.parametrize("width", [80, 100, 120])
def test_names_that_take_two_columns_a_letter_neither_shift_nor_overflow_the_plot(width):
    chinese = replace(ratios(3)[0], label="索拉非尼维持治疗临床试验" * 3)
    analysis = analysis_of([chinese, *ratios(3)[1:]])
    analysis = replace(analysis, question=replace(analysis.question, title="索拉非尼维持治疗" * 20))
    lines = [line for line, _ in forest_lines(analysis, width)]
    assert max(map(cell_len, lines)) <= width
    studies = [line for line in lines if "■" in line]
    assert len({cell_len(line[: line.index("[")]) for line in studies}) == 1


def test_a_forest_has_a_line_per_study_with_its_mark_where_its_estimate_is():
    lines = [line for line, _ in forest_lines(analysis_of((estimate("A", 1, 0.5, 2), *ratios(2))), 80)]
    head = next(line for line in lines if line.startswith("Study"))
    first = next(line for line in lines if line.startswith("A "))
    assert "1.00 [0.50, 2.00]" in first and first.index("■") == head.index(" 1 ") + 1
    assert first.index("├") < first.index("■") < first.index("┤")
    pooled = next(line for line in lines if line.startswith("Pooled (k = 3)"))
    assert "◆" in pooled and "100.0%" in pooled
    assert any(line.startswith("95% prediction") and "═" in line for line in lines)


def test_the_result_of_reported_rows_alone_stands_beside_the_one_with_computed_rows():
    lines = [line for line, _ in forest_lines(with_computed(5), 100)]
    (alone,) = [line for line in lines if line.startswith("Reported only (k = 4)")]
    assert "◆" in alone and "%" not in alone


def test_arrows_show_where_an_interval_leaves_the_axis():
    lines = [line for line, _ in forest_lines(analysis_of((estimate("Tiny", 1.7, 0.001, 300), *ratios(9))), 80)]
    tiny = next(line for line in lines if line.startswith("Tiny"))
    assert "◄" in tiny and tiny.endswith("►")


def test_a_long_name_is_cut_before_its_note_marks():
    rows = [replace(ratios(3)[0], label=LONG, notes=("Doubtful.",)), *ratios(3)[1:]]
    lines = [line for line, _ in forest_lines(analysis_of(rows), 80)]
    assert any("… [1]" in line for line in lines) and "[1] Doubtful." in lines


def test_the_console_decides_between_unicode_and_ascii():
    class Latin(io.StringIO):
        encoding = "ascii"

    plain = Console(file=Latin(), width=80)
    plain.print(forest_console(analysis_of(ratios(3))))
    assert plain.file.getvalue().isascii() and "#" in plain.file.getvalue()
    assert "■" in shown(forest_console(analysis_of(ratios(3))))


def test_progress_is_silent_where_there_is_no_terminal():
    console = Console(file=io.StringIO(), width=80)
    with progress(console) as bar:
        bar.update(bar.add_task("reading", total=2), advance=1)
    assert console.file.getvalue() == ""


def test_progress_says_what_is_done_how_much_and_how_long_it_takes():
    console = Console(file=io.StringIO(), width=80, force_terminal=True, legacy_windows=False)
    with progress(console) as bar:
        task = bar.add_task("[x] a.pdf", total=2)
        bar.update(task, advance=1)
    assert "[x] a.pdf" in console.file.getvalue() and "1/2" in console.file.getvalue()
