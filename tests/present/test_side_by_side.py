"""Comparison tables for a panel: study by outcome, arms beside each other, what is absent said."""

from dataclasses import replace
from decimal import Decimal

import pytest

from evidence.model.codes import Design, Measure, Outcome
from evidence.model.question import Question
from evidence.model.records import Arm, Records, Study
from evidence.present.compare import comparison_table
from evidence.present.side_by_side import side_by_side, side_by_side_html
from tests.present.rows import arm_result, records


def tables(rows=None, *outcomes):
    return side_by_side(comparison_table(rows or records(), Question(id="q", title="T", outcome=outcomes or ("OS",))))


def lines(table):
    heads = [column.head for column in table.columns]
    return [row.cells[0] if row.heading else list(zip(heads, row.cells, strict=True)) for row in table.rows]


def test_one_row_has_rates_medians_effect_and_p_of_two_arms():
    (table,) = tables()
    heading, *rows = lines(table)
    assert heading == "Randomized trials"
    trial = next(row for row in rows if row[0][1].startswith("TRIAL-1"))
    assert trial == [
        ("Study", "TRIAL-1 [2]"),
        ("Design", "randomized\nfollow-up 21.3 months"),
        ("Arm (n)", "sorafenib (n = 100)"),
        ("Rate [CI]", "82.10% [72.6, 88.5] at 24 months"),
        ("Median [CI]", "not reached"),
        ("Comparator (n)", "placebo (n = 102)"),
        ("Rate [CI]", "68.0% at 24 months"),
        ("Median [CI]", "not reported"),
        ("Effect [CI]", "HR 0.60 [0.40, 0.90] adjusted"),
        ("p", "<0.001"),
    ]


def test_a_row_names_the_rows_its_numbers_are_from():
    (table,) = tables()
    row = next(row for row in table.rows if row.cells[0].startswith("TRIAL-1"))
    assert "trial-os-hr" in row.result_ids and "trial-sorafenib-OS-82.10" in row.result_ids


def test_restated_studies_are_marked_and_the_mark_is_explained():
    (table,) = tables()
    old = next(row for row in table.rows if row.cells[0].startswith("Olden"))
    assert old.cells[0] == "Olden 2009 † [1]"
    assert any(note.startswith("† As restated") for note in table.notes)


def test_columns_in_which_nothing_could_stand_are_left_out():
    (table,) = tables(None, "CRc")
    assert [column.head for column in table.columns] == ["Study", "Design", "Arm (n)", "Rate [CI]"]


def test_designs_stand_apart_with_randomized_trials_first_and_pairs_before_single_arms():
    known = records()
    designs = (Design.SINGLE_ARM, Design.COHORT_RETROSPECTIVE, Design.RANDOMIZED, None)
    rows = Records(
        documents=known.documents,
        studies=tuple(
            Study(study_id=f"s{at}", document_id="d1", label=f"Study {at}", design=design, year=2010)
            for at, design in enumerate(designs)
        ),
        arms=tuple(
            Arm(arm_id=f"a{at}", study_id=f"s{at}", document_id="d1", label="drug", n=9) for at in range(len(designs))
        ),
        arm_results=tuple(
            arm_result(
                "drug", Outcome.CR, Measure.PROPORTION, value=Decimal(30), study_id=f"s{at}", arm_id=f"a{at}",
                result_id=f"r{at}",
            )
            for at in range(len(designs))
        ),
    )  # fmt: skip
    (table,) = tables(rows, "CR")
    assert [row.cells[0] for row in table.rows] == [
        "Randomized trials", "Study 2 [1]", "Retrospective cohorts", "Study 1 [1]", "Single-arm studies", "Study 0 [1]",
        "Other designs, or design not reported", "Study 3 [1]",
    ]  # fmt: skip


def test_nothing_found_is_said():
    table = comparison_table(Records(), Question(id="q", outcome=("OS",)))
    assert side_by_side(table) == ()
    assert side_by_side_html(table) == "<p>No row matched this question.</p>"


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", 'O\'Brien & "Sons" <b>'])
def test_markup_in_names_stays_text(name):
    known = records()
    rows = replace(known, studies=(replace(known.studies[0], label=name), *known.studies[1:]))
    page = side_by_side_html(comparison_table(rows, Question(id="q", title=name, outcome=("OS",))))
    assert name not in page and "<script" not in page
    assert 'scope="row"' in page and 'data-result-ids="' in page and page.count("<table") == page.count("</table>")
