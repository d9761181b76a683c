"""Comparison tables: study by outcome, arms side by side, numbers as printed."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from rich.console import Console

from evidence.model.codes import Adjustment, Measure, Outcome, RowStatus
from evidence.model.question import Question
from evidence.model.records import Records
from evidence.present.compare import comparison_table
from evidence.present.compare_views import (
    CITED_NOTE,
    comparison_markdown,
    comparison_rich,
    result_cells,
    study_cells,
    write_comparison_csv,
)
from evidence.present.side_by_side import side_by_side_html, side_by_side_page
from tests.present.rows import arm_result, contrast, records


def ask(outcome="OS", **more):
    return Question(id="q", outcome=(outcome,), **more)


def rows_of(rows: Records, question: Question):
    return comparison_table(rows, question).rows


def test_arms_stand_side_by_side_with_their_comparison():
    without_time, at_two_years = [row for row in rows_of(records(), ask()) if row.study == "TRIAL-1"]
    assert (without_time.arm, without_time.comparator) == ("sorafenib", "placebo")
    assert (without_time.n, without_time.comparator_n) == (100, 102)
    assert without_time.effect == "HR 0.60 [0.40, 0.90] adjusted" and without_time.p == "<0.001"
    assert without_time.result == "median not reached" and without_time.comparator_result is None
    assert at_two_years.timepoint_months == 24
    assert at_two_years.result == "82.10% [72.6, 88.5]" and at_two_years.comparator_result == "68.0%"
    assert at_two_years.effect is None
    assert set(without_time.result_ids) == {"trial-os-hr", "trial-sorafenib-OS-None"}


def test_a_cited_row_stands_only_where_the_study_itself_reports_none():
    found = {(row.study, row.document_id, row.cited) for row in rows_of(records(), ask())}
    assert found == {("TRIAL-1", "d1", False), ("Olden 2009", "d2", True)}
    assert {row.study for row in rows_of(records(), ask(include_cited=False))} == {"TRIAL-1"}


def test_a_single_arm_has_no_comparator_and_shows_its_counts():
    (row,) = rows_of(records(), ask("CRc"))
    assert (row.result, row.comparator, row.n) == ("65.8% (25/38)", None, 38)
    assert result_cells(row)[2:] == ("sorafenib maintenance (n = 38)", "65.8% (25/38)", "–", "–", "–", "–")
    assert study_cells(row)[4] == "not reported"


@pytest.mark.parametrize(
    ("question", "studies"),
    [
        (ask(treatment=("sorafenib",)), {"TRIAL-1", "Olden 2009"}),
        (ask(treatment=("sorafenib",), comparator=("placebo",)), {"TRIAL-1", "Olden 2009"}),
        (ask(treatment=("midostaurin",)), set()),
        (ask(comparator=("observation",)), set()),
        (ask(design=("single_arm",)), set()),
        (ask(population=("first remission",)), {"TRIAL-1"}),
        (ask(population=("children",)), set()),
        (ask(status=("accepted",)), set()),
        (ask(timepoint_months=24), {"TRIAL-1", "Olden 2009"}),
        (ask(subgroup="MRD-positive"), set()),
    ],
)
def test_a_selection_leaves_what_it_asks_for(question, studies):
    assert {row.study for row in rows_of(records(), question)} == studies


def test_asking_for_the_other_arm_turns_the_row_and_says_that_the_estimate_is_not_turned():
    row = next(row for row in rows_of(records(), ask(treatment=("placebo",))) if row.effect and not row.cited)
    assert (row.arm, row.comparator) == ("placebo", "sorafenib")
    assert row.effect == "HR 0.60 [0.40, 0.90] adjusted (comparator versus arm)"


def test_two_values_for_one_cell_both_stand_in_it():
    one, two = (
        arm_result("sorafenib", Outcome.ORR, Measure.PROPORTION, value=Decimal(value)) for value in ("65.8", "68.5")
    )
    (row,) = rows_of(replace(records(), arm_results=(one, two, one)), ask("ORR"))
    assert row.result == "65.8%; 68.5%"


def test_rejected_and_derived_rows_stay_out_unless_asked_for():
    rejected = replace(records(), contrasts=(contrast(status=RowStatus.REJECTED),), arm_results=())
    assert rows_of(rejected, ask()) == ()
    assert len(rows_of(rejected, ask(status=("rejected",)))) == 1
    derived = replace(records(), contrasts=(contrast(derivation="hr_from_survival"),), arm_results=())
    assert rows_of(derived, ask()) == ()
    assert len(rows_of(derived, ask(include_derived=True))) == 1


@pytest.mark.parametrize(
    ("adjustment", "effect"),
    [
        ("prefer_adjusted", "HR 0.60 [0.40, 0.90] adjusted"),
        ("prefer_unadjusted", "HR 0.70 [0.40, 0.90] unadjusted"),
        ("unadjusted", "HR 0.70 [0.40, 0.90] unadjusted"),
    ],
)
def test_adjusted_and_unadjusted_estimates_are_chosen_as_asked(adjustment, effect):
    both = (
        contrast(adjustment=Adjustment.ADJUSTED),
        contrast(adjustment=Adjustment.UNADJUSTED, estimate=Decimal("0.70"), result_id="crude"),
    )
    (row,) = rows_of(replace(records(), contrasts=both, arm_results=()), ask(adjustment=adjustment))
    assert row.effect == effect


def test_a_result_of_the_whole_population_is_not_put_on_one_arm():
    overall = arm_result("overall", Outcome.NRM, Measure.CUMULATIVE_INCIDENCE, arm_id=None, value=Decimal("11"))
    rows = replace(records(), arm_results=(overall,), contrasts=())
    (row,) = rows_of(rows, ask("NRM"))
    assert (row.arm, row.n, row.result) == ("overall", 202, "11%")
    assert rows_of(rows, ask("NRM", treatment=("sorafenib",))) == ()


def test_outcomes_without_a_code_are_told_apart_by_their_words():
    rows = tuple(
        arm_result("sorafenib", Outcome.OTHER, Measure.COUNT, events=at, outcome_text=text, result_id=text)
        for at, text in enumerate(("rash", "fever"), start=1)
    )
    found = rows_of(replace(records(), arm_results=rows), ask("OTHER"))
    assert [(row.outcome, row.result) for row in found] == [("OTHER: fever", "2"), ("OTHER: rash", "1")]


def test_views_print_not_reported_mark_cited_rows_and_escape_what_documents_say():
    nasty = replace(records().studies[0], label="<b>|x|</b> *y*")
    table = comparison_table(replace(records(), studies=(nasty, *records().studies[1:])), ask())
    text = comparison_markdown(table)
    assert "not reported" in text and "Olden 2009 †" in text and CITED_NOTE in text
    assert "&lt;b&gt;\\|x\\|&lt;/b&gt; \\*y\\*" in text
    assert side_by_side_page(table).startswith("<!doctype html>") and 'charset="utf-8"' in side_by_side_page(table)
    page = side_by_side_html(table)
    assert "<b>" not in page and "&lt;b&gt;|x|" in page and 'scope="row"' in page
    assert comparison_rich(table).row_count == len(table.rows)


def test_csv_leaves_what_is_not_reported_empty(tmp_path):
    path = write_comparison_csv(comparison_table(records(), ask()), tmp_path / "new" / "os.csv")
    with path.open(encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file))
    assert (first["study"], first["cited"], first["n"], first["p"]) == ("Olden 2009", "true", "", "")


@pytest.mark.parametrize("width", [80, 120])
def test_a_terminal_shows_both_arms_with_n_effect_and_p(width):
    console = Console(file=io.StringIO(), width=width)
    console.print(comparison_rich(comparison_table(records(), ask(design=("randomized",), include_cited=False))))
    lines = console.file.getvalue().splitlines()
    assert all(len(line) <= width for line in lines)
    text = " ".join(" ".join(lines).split())
    for part in ("TRIAL-1", "sorafenib", "placebo", "n 100", "n 102", "p <0.001", "82.10%", "68.0%", "24 months"):
        assert part in text


def test_older_studies_stand_first_and_each_is_told_apart_from_its_namesakes():
    first, *others = records().studies
    same = replace(first, study_id="other", year=1999, registry_ids=("NCT1",))
    rows = (contrast(), contrast(study_id="other", result_id="other-hr"))
    table = replace(
        records(),
        studies=(replace(first, year=2020, registry_ids=("NCT2",)), same, *others),
        contrasts=rows,
        arm_results=(),
    )
    assert [row.study for row in rows_of(table, ask())] == ["TRIAL-1 (NCT1)", "TRIAL-1 (NCT2)"]


def test_what_two_documents_cite_alike_stands_once():
    review = next(study for study in records().studies if study.report == "cited")
    again = replace(review, document_id="d3")
    rows = tuple(
        contrast(
            "a",
            "b",
            study_id=review.study_id,
            document_id=document,
            result_id=document,
            arm_id=None,
            comparator_arm_id=None,
        )
        for document in (review.document_id, "d3")
    )
    table = replace(records(), studies=(review, again), arms=(), arm_results=(), contrasts=rows)
    assert len(rows_of(table, ask())) == 1


def test_a_row_without_any_number_does_not_stand():
    empty = contrast(estimate=None, ci_low=None, ci_high=None, p_value=None)
    assert rows_of(replace(records(), contrasts=(empty,), arm_results=()), ask()) == ()


def test_an_arm_without_a_name_is_said_to_be_not_stated():
    unnamed = contrast("", "", arm_id=None, comparator_arm_id=None)
    (row,) = rows_of(replace(records(), contrasts=(unnamed,), arm_results=(), arms=()), ask())
    assert result_cells(row)[2:] == (
        "arm not stated (n not reported)",
        "not reported",
        "arm not stated (n not reported)",
        "not reported",
        "HR 0.60 [0.40, 0.90]",
        "<0.001",
    )


def test_a_study_whose_population_is_not_stated_is_selected_by_the_title_of_its_own_report():
    study = replace(records().studies[0], population=None)
    document = replace(records().documents[0], title="Relapsed or refractory leukaemia: a trial")
    rows = replace(records(), studies=(study,), documents=(document,))
    assert rows_of(rows, ask(population=("refractory",)))
    assert not rows_of(rows, ask(population=("maintenance",)))
    stated = replace(rows, studies=(replace(study, population="adults in first remission"),))
    assert not rows_of(stated, ask(population=("refractory",)))


def test_a_long_name_is_cut_after_a_word_beside_its_results_and_whole_among_the_studies():
    name = "Transplantation in first remission, followed or not followed by a kinase inhibitor"
    long = replace(records().studies[0], label=name)
    text = comparison_markdown(comparison_table(replace(records(), studies=(long,)), ask()))
    assert f"| {name} |" in text and "| Transplantation in first remission, followed or… |" in text
    assert "| 24 months (2 years) |" in text


def test_a_count_stands_once():
    row = arm_result("sorafenib", Outcome.RELAPSE, Measure.COUNT, value=Decimal(6), events=6, total=29)
    (found,) = rows_of(replace(records(), arm_results=(row,), contrasts=()), ask("RELAPSE"))
    assert found.result == "6/29"


def test_a_study_stands_once_among_the_studies_whoever_reports_its_outcomes():
    review = next(study for study in records().studies if study.report == "cited")
    cited = replace(review, study_id="trial", label="TRIAL-1")
    row = contrast(
        document_id=review.document_id, outcome=Outcome.EFS, result_id="cited", arm_id=None, comparator_arm_id=None
    )
    table = replace(records(), studies=(records().studies[0], cited), contrasts=(contrast(), row), arm_results=())
    text = comparison_markdown(comparison_table(table, Question(id="q", outcome=("OS", "EFS"))))
    studies, _, results = text.partition("###")
    assert studies.count("TRIAL-1") == 1 and "†" not in studies
    assert "| TRIAL-1 † |" in results


def test_different_harms_under_one_code_are_told_apart_in_a_cell():
    rows = replace(
        records(),
        arm_results=tuple(
            arm_result("sorafenib", Outcome.AE, Measure.PROPORTION, outcome_text=words, value=Decimal(value))
            for words, value in (("Nausea", "30"), ("Fatigue", "12"))
        ),
        contrasts=(),
    )
    (row,) = comparison_table(rows, Question(id="q", outcome=("AE",))).rows
    assert row.result == row.rate == "Nausea 30%; Fatigue 12%"
