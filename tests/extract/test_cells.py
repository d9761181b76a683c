"""Numbers of tables, from a JATS article as a person downloads it to the rows of the evidence tables."""

from decimal import Decimal

import pytest

from evidence.extract import extract
from evidence.extract.nlp import prepare
from evidence.extract.table_arms import arms_of_tables
from evidence.model.codes import Adjustment, Measure, Outcome, Role
from evidence.model.records import Records
from evidence.read import read

_TEXT = (
    "<p>We randomly assigned 120 patients to sorafenib (n = 60) or placebo (n = 60). Patients in the sorafenib group "
    "received sorafenib; patients in the placebo group received placebo. The sorafenib group was compared with the "
    "placebo group.</p>"
)


def _article(caption: str, head: str, body: str, foot: str = "", text: str = _TEXT) -> bytes:
    def rows(block: str, cell: str) -> str:
        lines = block.strip().split("\n")  # not splitlines: leading em spaces are levels
        return "".join("<tr>" + "".join(_cell(one, cell) for one in line.split("|")) + "</tr>" for line in lines)

    return (
        "<article><front><article-meta><title-group><article-title>Sorafenib versus placebo: a randomized trial"
        "</article-title></title-group></article-meta></front><body>"
        f"<sec><title>Results</title>{text}<table-wrap><label>Table 2</label><caption><p>{caption}</p></caption>"
        f"<table><thead>{rows(head, 'th')}</thead><tbody>{rows(body, 'td')}</tbody></table>"
        f"<table-wrap-foot><p>{foot}</p></table-wrap-foot></table-wrap></sec></body></article>"
    ).encode()


def _cell(text: str, tag: str) -> str:
    """`text`, or `3*text` for a cell over three columns."""
    span, star, rest = text.partition("*")
    if star and span.strip().isdigit():
        return f'<{tag} colspan="{span.strip()}">{rest.strip()}</{tag}>'
    return f"<{tag}>{text.strip(' ')}</{tag}>"


def _extract(*parts: str, **more: str) -> Records:
    return extract(read(_article(*parts, **more), name="article.nxml"))


def test_a_count_with_its_percentage_is_a_proportion_of_the_arm_above_it():
    records = _extract(
        "Response to treatment",
        "| Sorafenib (n=60) | Placebo (n=60) | P value",
        "Complete remission, n (%) | 30 (50) | 15 (25) | 0.005",
    )
    found = {row.arm.lower(): row for row in records.arm_results if row.source.table}
    assert {arm: (row.value, row.events, row.total) for arm, row in found.items()} == {
        "sorafenib": (Decimal(50), 30, 60),
        "placebo": (Decimal(25), 15, 60),
    }
    assert {row.outcome for row in found.values()} == {Outcome.CR}
    (contrast,) = [row for row in records.contrasts if row.source.table]
    assert (contrast.measure, contrast.p_value, contrast.arm.lower(), contrast.comparator.lower()) == (
        Measure.P,
        Decimal("0.005"),
        "sorafenib",
        "placebo",
    )


def _results(records: Records) -> dict[tuple[str, str], tuple[str, str | None]]:
    """(arm, outcome words) of the table's numbers, with measure and value."""
    return {
        (row.arm.lower(), row.outcome_text): (row.measure.value, str(row.value))
        for row in records.arm_results
        if row.source.table
    }


def _contrasts(records: Records) -> list[tuple[str, str, str, str, str, str]]:
    return [
        (
            row.arm.lower(),
            row.comparator.lower(),
            row.measure.value,
            str(row.estimate),
            str(row.ci_low),
            str(row.ci_high),
        )
        for row in records.contrasts
        if row.source.table
    ]


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        ("| Hazard ratio (95% CI) | P value", "0.64 (0.49-0.83) | 0.001"),
        ("| HR | 95% CI | P value", "0.64 | 0.49-0.83 | 0.001"),
        ("| HR | Lower limit | Upper limit | P value", "0.64 | 0.49 | 0.83 | 0.001"),
        ("| Hazard ratio | 2*95% confidence interval | P", "0.64 | .49 | .83 | .001"),
        ("| Hazard ratio (95% CI) | P value", "0\u00b764 (0\u00b749\u20130\u00b783)* | 0\u00b7001"),
    ],
)
def test_an_estimate_takes_its_limits_and_p_from_its_own_cell_or_the_next_ones(head, cells):
    records = _extract(
        "Efficacy", head.replace("|", "| Sorafenib (n=60) | Placebo (n=60) |", 1), f"Overall survival | | | {cells}"
    )
    (contrast,) = [row for row in records.contrasts if row.source.table]
    assert (contrast.outcome, contrast.measure) == (Outcome.OS, Measure.HR)
    assert (contrast.estimate, contrast.ci_low, contrast.ci_high) == (Decimal("0.64"), Decimal("0.49"), Decimal("0.83"))
    assert contrast.p_value == Decimal("0.001")
    assert (contrast.arm.lower(), contrast.comparator.lower()) == ("sorafenib", "placebo")


def test_every_quote_stands_at_its_offsets_and_names_row_and_column():
    article = _article(
        "Efficacy",
        "| Sorafenib (n=60) | Placebo (n=60) | HR | 95% CI",
        "Overall survival at 2 years, % | 70 | 55 | 0.64 | 0.49-0.83",
    )
    document = read(article, name="article.nxml")
    rows = [row for row in extract(document).results() if row.source.table]
    assert len(rows) == 3
    for row in rows:
        assert document.text[row.source.char_start : row.source.char_end] == row.source.quote
        assert (row.source.table, row.source.row) == ("Table 2", "Overall survival at 2 years, %")
    assert {row.source.column for row in rows} == {"Sorafenib (n=60)", "Placebo (n=60)", "HR"}


def test_levels_of_a_factor_are_compared_with_the_level_that_has_the_estimate_one():
    records = _extract(
        "Multivariable Cox regression for overall survival",
        "Variable | Level | Hazard ratio (95% CI) | P",
        "Stage | I | 1.00 | \n | II | 1.81 (1.08-3.05) | 0.025\n"
        "Sex | Male | Reference | \n | Female | 0.87 (0.51-1.51) | 0.63",
    )
    assert _contrasts(records) == [
        ("stage ii", "stage i", "HR", "1.81", "1.08", "3.05"),
        ("sex female", "sex male", "HR", "0.87", "0.51", "1.51"),
    ]
    rows = [row for row in records.contrasts if row.source.table]
    other = {arm.arm_id for arm in records.arms if arm.role is Role.OTHER}
    assert all({row.arm_id, row.comparator_arm_id} <= other for row in rows)
    assert {(row.outcome, row.adjustment) for row in rows} == {(Outcome.OS, Adjustment.ADJUSTED)}


def test_a_factor_named_above_its_levels_is_part_of_their_names():
    records = _extract(
        "Risk factors for relapse",
        "Factor | OR (95% CI)",
        "Stage\n\u2003I | 1\n\u2003II | 1.81 (1.08-3.05)\nHistory of smoking (yes vs no) | 2.10 (1.20-3.60)",
    )
    assert _contrasts(records) == [
        ("stage ii", "stage i", "OR", "1.81", "1.08", "3.05"),
        ("history of smoking yes", "history of smoking no", "OR", "2.10", "1.20", "3.60"),
    ]


def test_the_group_marked_reference_is_the_comparator_of_a_row_of_estimates():
    records = _extract(
        "Mortality by blood pressure",
        "Cause of death | Normal | Raised | High",
        "Stroke\nNo. of deaths | 577 | 499 | 900\nHR (95% CI) | Reference | 1.20 (1.06-1.36) | 1.53 (1.37-1.70)",
    )
    assert _contrasts(records) == [
        ("raised", "normal", "HR", "1.20", "1.06", "1.36"),
        ("high", "normal", "HR", "1.53", "1.37", "1.70"),
    ]
    assert {row.outcome_text for row in records.contrasts if row.source.table} == {"Stroke"}


@pytest.mark.parametrize(
    ("caption", "head", "body", "measure", "value", "sd"),
    [
        (
            "Scores",
            "| Sorafenib (n=60) | Placebo (n=60)",
            "Pain score, mean (SD) | 3.2 (1.1) | 4.0 (1.2)",
            "mean",
            "3.2",
            "1.1",
        ),
        (
            "Scores, mean ± SD",
            "| Sorafenib (n=60) | Placebo (n=60)",
            "Pain score | 3.2 ± 1.1 | 4.0 ± 1.2",
            "mean",
            "3.2",
            "1.1",
        ),
        (
            "Scores",
            "| 2*Sorafenib (n=60) | 2*Placebo (n=60)\n | Mean | SD | Mean | SD",
            "Pain score | 3.2 | 1.1 | 4.0 | 1.2",
            "mean",
            "3.2",
            "1.1",
        ),
        (
            "Scores",
            "| Sorafenib (n=60) | Placebo (n=60)",
            "Pain score, mean (SE) | 3.2 (1.1) | 4.0 (1.2)",
            "mean",
            "3.2",
            "None",
        ),
        (
            "Survival",
            "| Sorafenib (n=60) | Placebo (n=60)",
            "2-year overall survival, % | 70 | 55",
            "survival_probability",
            "70",
            "None",
        ),
        (
            "Survival",
            "| Sorafenib (n=60) | Placebo (n=60)",
            "Median overall survival (years) | 2.5 | 1.5",
            "median_time",
            "30",
            "None",
        ),
        (
            "Events",
            "| 2*Sorafenib (n=60) | 2*Placebo (n=60)\n | n | % | n | %",
            "Fractures | 6 | 10 | 9 | 15",
            "proportion",
            "10",
            "None",
        ),
    ],
)
def test_the_unit_of_a_cell_comes_from_its_row_column_or_caption(caption, head, body, measure, value, sd):
    records = _extract(caption, head, body)
    row = next(row for row in records.arm_results if row.source.table and row.arm.lower() == "sorafenib")
    assert (row.measure.value, str(row.value.normalize() if measure == "median_time" else row.value)) == (
        measure,
        "3E+1" if measure == "median_time" else value,
    )
    assert str(row.sd) == sd


def test_a_time_in_the_head_or_the_row_is_the_time_point():
    records = _extract(
        "Pain score, mean (SD)",
        "| 2*Baseline | 2*6 months\n | Sorafenib | Placebo | Sorafenib | Placebo",
        "Pain | 5.0 (1.0) | 5.1 (1.0) | 3.2 (1.1) | 4.0 (1.2)",
    )
    rows = [row for row in records.arm_results if row.source.table]
    assert [(row.arm.lower(), row.value, row.timepoint_months) for row in rows] == [
        ("sorafenib", Decimal("3.2"), Decimal(6)),
        ("placebo", Decimal("4.0"), Decimal(6)),
    ]


def test_a_head_over_both_arms_is_a_subgroup():
    records = _extract(
        "Complete remission by age",
        "| 2*Children | 2*Adults\n | Sorafenib (n=20) | Placebo (n=20) | Sorafenib (n=40) | Placebo (n=40)",
        "Complete remission, n (%) | 10 (50) | 5 (25) | 20 (50) | 10 (25)",
    )
    assert {(row.arm.lower(), row.subgroup, row.total) for row in records.arm_results if row.source.table} == {
        ("sorafenib", "Children", 20),
        ("placebo", "Children", 20),
        ("sorafenib", "Adults", 40),
        ("placebo", "Adults", 40),
    }


def test_grades_in_the_head_decide_the_code_of_an_adverse_event():
    records = _extract(
        "Adverse events",
        "| 2*Sorafenib (n=60) | 2*Placebo (n=60)\n | Grade 1-2 | Grade 3-4 | Grade 1-2 | Grade 3-4",
        "Nausea | 12 (20%) | 6 (10%) | 9 (15%) | 3 (5%)",
    )
    assert {(row.outcome, row.outcome_text) for row in records.arm_results if row.source.table} == {
        (Outcome.AE, "Nausea, Grade 1-2"),
        (Outcome.AE_G3, "Nausea, Grade 3-4"),
    }


@pytest.mark.parametrize(
    ("caption", "head", "body"),
    [
        (
            "Baseline characteristics",
            "| Sorafenib (n=60) | Placebo (n=60)",
            "Previous remission, n (%) | 30 (50) | 15 (25)",
        ),
        (
            "Patients",
            "| Sorafenib (n=60) | Placebo (n=60)",
            "Age, mean (SD) | 60 (9) | 61 (9)\nMale, n (%) | 30 (50) | 31 (52)\nStage III, n (%) | 9 (15) | 9 (15)",
        ),
        (
            "Single patients",
            "Patient | Age | Response | Survival (months)",
            "1 | 60 | CR | 12\n2 | 61 | PR | 10\n3 | 55 | CR | 9",
        ),
        ("Toxicity", "| Sorafenib (n=60) | Placebo (n=60)", "Heart (single/multiple) | 4/8 | 2/0"),
        ("Response", "| Sorafenib (n=60) | Placebo (n=60)", "Complete remission, n (%) | - | .."),
        ("Subgroups", "| Sorafenib (n=60) | Placebo (n=60) | P for interaction", "Overall survival | | | 0.02"),
        ("Event rates per 100 person-years", "| Sorafenib (n=60) | Placebo (n=60)", "Stroke, % per year | 1.6 | 1.1"),
        (
            "Changes within groups",
            "| 2*Sorafenib (n=60) | 2*Placebo (n=60)\n | Score | P | Score | P",
            "Pain | | 0.01 | | 0.02",
        ),
    ],
)
def test_what_is_no_result_of_an_arm_or_a_comparison_gives_no_row(caption, head, body):
    assert [row for row in _extract(caption, head, body).results() if row.source.table] == []


def test_a_p_value_over_three_groups_compares_no_two_of_them():
    records = _extract(
        "Adverse events, n (%)",
        "| Sorafenib | Doxazosin | Placebo | P value",
        "Any adverse event | 58 (19%) | 67 (23%) | 42 (15%) | 0.036",
    )
    assert [row for row in records.contrasts if row.source.table] == []
    assert {arm for arm, _ in _results(records)} == {"sorafenib", "doxazosin", "placebo"}


def test_two_doses_of_one_drug_in_a_table_head_are_two_arms():
    records = _extract(
        "Strokes",
        "| Sorafenib 110 mg (n=30) | Sorafenib 150 mg (n=30) | Placebo (n=60) | 2*Hazard ratio (95% CI)\n"
        " | n | n | n | S 110 mg vs. placebo | S 150 mg vs. placebo",
        "Stroke | 8 | 5 | 9 | 0.91 (0.74-1.11) | 0.66 (0.53-0.82)",
        foot="S, sorafenib",
    )
    assert _contrasts(records) == [
        ("sorafenib 110 mg", "placebo", "HR", "0.91", "0.74", "1.11"),
        ("sorafenib 150 mg", "placebo", "HR", "0.66", "0.53", "0.82"),
    ]
    doses = {arm.arm_id: arm.n for arm in records.arms if "mg" in arm.label}
    assert list(doses.values()) == [30, 30]
    assert [row.arm_id for row in records.arm_results if row.source.table and "mg" in row.arm] == list(doses)


def test_arms_in_rows_take_their_outcome_from_column_or_caption():
    records = _extract(
        "Duration of diarrhoea in hours",
        "Group | n | Mean | SD",
        "Sorafenib | 60 | 49.4 | 32.6\nPlacebo | 58 | 26.5 | 27.4",
    )
    rows = [row for row in records.arm_results if row.source.table]
    assert [(row.arm.lower(), row.value, row.sd, row.total) for row in rows] == [
        ("sorafenib", Decimal("49.4"), Decimal("32.6"), 60),
        ("placebo", Decimal("26.5"), Decimal("27.4"), 58),
    ]


def test_tables_name_the_arms_that_sentences_do_not():
    article = _article(
        "Postoperative course of patients with and without stent",
        "| With stent (n = 30) | Without stent (n = 52) | P",
        "Hematuria, n (%) | 19 (63) | 32 (62) | 0.9",
        text="<p>We reviewed operations in patients with stent and in patients without stent.</p>",
    )
    arms = arms_of_tables(prepare(read(article, name="article.nxml")))
    assert [(arm.label, arm.role, arm.n) for arm in arms] == [
        ("With stent", Role.EXPERIMENTAL, 30),
        ("Without stent", Role.CONTROL, 52),
    ]


def test_a_head_of_two_measures_gives_each_row_its_own():
    records = _extract(
        "Efficacy",
        "End point | Sorafenib (N=60) | Placebo (N=60) | Hazard Ratio or Risk Difference (95% CI)",
        "Median overall survival (95% CI) - mo | 9.3 (7.7-10.7) | 5.6 (4.7-7.3) | 0.64 (0.49-0.83)\n"
        "Complete remission - no. (%) | 30 (50) | 15 (25) | 25.0 (8.1-40.2)",
    )
    assert _contrasts(records) == [
        ("sorafenib", "placebo", "HR", "0.64", "0.49", "0.83"),
        ("sorafenib", "placebo", "RD", "25.0", "8.1", "40.2"),
    ]


def test_rows_under_a_caption_of_one_survival_outcome_are_subgroups():
    records = _extract(
        "Relapse-free survival, sorafenib versus placebo",
        "| Sorafenib | Placebo | HR (95% CI)",
        "All randomly assigned patients | | | 0.68 (0.46-1.01)\nMRD\n\u2003Detectable | | | 0.52 (0.32-0.84)",
    )
    rows = [row for row in records.contrasts if row.source.table]
    assert [(row.outcome, row.subgroup) for row in rows] == [
        (Outcome.RFS, None),
        (Outcome.RFS, "MRD: Detectable"),
    ]


def test_remissions_with_incomplete_recovery_take_their_own_codes():
    records = _extract(
        "Best response",
        "| Sorafenib (n=60) | Placebo (n=60)",
        "Complete remission, n (%) | 10 (17) | 5 (8)\n\u2003With incomplete platelet recovery, n (%) | 3 (5) | 6 (10)",
    )
    assert {row.outcome for row in records.arm_results if row.source.table} == {Outcome.CR, Outcome.CRP}


def test_limits_in_the_row_below_belong_to_the_number_above_them():
    records = _extract(
        "Survival at 24 months",
        "End point | Sorafenib (n=60) | Placebo (n=60)",
        "RFS, % | 85.0 | 53.3\n(95% CI) | (70 to 93) | (36 to 68)",
    )
    rows = [row for row in records.arm_results if row.source.table]
    assert [(row.value, row.ci_low, row.ci_high, row.timepoint_months) for row in rows] == [
        (Decimal("85.0"), Decimal(70), Decimal(93), Decimal(24)),
        (Decimal("53.3"), Decimal(36), Decimal(68), Decimal(24)),
    ]


def test_compared_groups_that_are_no_arms_of_the_study_are_rows_of_their_own():
    records = _extract(
        "Multivariate analysis of overall survival",
        "Variable | Hazard ratio (95% CI) | P",
        "Stage | | \nEarly | 1.00 | \nLate | 1.80 (1.10-2.95) | 0.02",
    )
    arms = {arm.label: arm for arm in records.arms}
    (contrast,) = [row for row in records.contrasts if row.source.table]
    late, early = arms["Stage Late"], arms["Stage Early"]
    assert (late.role, early.role, late.n) == (Role.OTHER, Role.OTHER, None)
    assert (contrast.arm_id, contrast.comparator_arm_id) == (late.arm_id, early.arm_id)
    assert len({arm.arm_id for arm in records.arms}) == len(records.arms)


def test_a_dose_under_its_short_form_is_the_group_with_the_full_name():
    records = _extract(
        "Outcome events",
        "Outcome | Sorafenib 200 mg | Sorafenib 400 mg | Placebo | Hazard ratio (95% CI) S 200 mg vs. placebo "
        "| Hazard ratio (95% CI) S 400 mg vs. placebo",
        "Stroke, n | 12 | 10 | 20 | 0.61 (0.40-0.93) | 0.52 (0.30-0.90)",
    )
    doses = {arm.label: arm for arm in records.arms if "mg" in arm.label}
    assert {label: (arm.role, arm.treatment) for label, arm in doses.items()} == {
        "Sorafenib 200 mg": (Role.EXPERIMENTAL, ("sorafenib",)),
        "Sorafenib 400 mg": (Role.EXPERIMENTAL, ("sorafenib",)),
    }
    assert {row.arm_id for row in records.contrasts} <= {arm.arm_id for arm in doses.values()}


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("The sorafenib group was compared with the placebo group.", (58, 61)),  # sentences tell no sizes
        (
            "We randomly assigned 58 patients to sorafenib and 61 to placebo. In the sorafenib group (n = 55), and in "
            "the placebo group (n = 60), samples were taken.",
            (58, 61),  # the sizes on which sentences and tables agree
        ),
        (
            "We randomly assigned 120 patients to sorafenib (n = 59) or placebo (n = 61).",
            (59, 61),  # what was randomized stays, where the table counts others
        ),
    ],
)
def test_the_first_row_of_a_table_may_tell_the_sizes_of_the_arms(text, sizes):
    more = " The sorafenib group and the placebo group were alike. The sorafenib group did not differ."
    records = _extract(
        "Characteristics of the patients",
        "| Sorafenib | Placebo",
        "No. of patients | 58 | 61\nMedian age | 55 | 56\nMale | 30 | 31",
        text=f"<p>{text}{more}</p>",
    )
    assert tuple(arm.n for arm in records.arms) == sizes


def test_a_table_that_divides_an_arm_tells_no_size_of_it():
    records = _extract(
        "Main features",
        "| 2*Sorafenib | 2*Placebo\n| Women (n=20) | Men (n=30) | Women (n=22) | Men (n=31)",
        "Weight, mean (SD) | 60 (9) | 71 (8) | 61 (7) | 70 (8)",
        text="<p>The sorafenib group was compared with the placebo group. The placebo group was younger.</p>",
    )
    assert {arm.n for arm in records.arms} == {None}


def test_new_heads_further_down_begin_a_new_part_of_the_table():
    records = _extract(
        "Visits to doctors",
        "Profession | Sorafenib 0-3 months m (SD) | Placebo 0-3 months m (SD) | p",
        "Nurse | 3. 44 (1.21) | 2.59 (1.35) | 0.06\n"
        "| Sorafenib 4-12 months m (SD) | Placebo 4-12 months m (SD) | p\n"
        "Nurse | 2.54 (2.33) | 2.38 (2.59) | 0.30",
    )
    assert _results(records) == {
        ("sorafenib", "Nurse, 0-3 months"): ("mean", "3.44"),
        ("placebo", "Nurse, 0-3 months"): ("mean", "2.59"),
        ("sorafenib", "Nurse, 4-12 months"): ("mean", "2.54"),
        ("placebo", "Nurse, 4-12 months"): ("mean", "2.38"),
    }
    assert {(row.outcome_text, str(row.p_value)) for row in records.contrasts} == {
        ("Nurse, 0-3 months", "0.06"),
        ("Nurse, 4-12 months", "0.30"),
    }
    assert {row.timepoint_months for row in records.arm_results} == {None}


@pytest.mark.parametrize(
    ("caption", "results"),
    [
        ("Characteristics of mood and sleep 4 months after the intervention", 2),
        ("Patients with pain at baseline and 3 months follow-up", 2),
        ("Baseline characteristics of patients who completed follow-up", 0),
        ("Characteristics of the patients", 0),
    ],
)
def test_a_caption_of_a_later_time_is_of_results(caption, results):
    records = _extract(caption, "| Sorafenib (n=60) | Placebo (n=60)", "Pain, mean (SD) | 3.1 (1.0) | 4.2 (1.1)")
    assert len([row for row in records.arm_results if row.source.table]) == results


def test_the_duration_of_an_event_is_no_adverse_event():
    records = _extract(
        "Duration of diarrhoea in hours", "| Mean | SD", "Sorafenib | 47.5 | 38.9\nPlacebo | 26.5 | 27.4"
    )
    assert {(row.outcome, str(row.value), str(row.sd)) for row in records.arm_results if row.source.table} == {
        (Outcome.OTHER, "47.5", "38.9"),
        (Outcome.OTHER, "26.5", "27.4"),
    }


def test_a_p_value_for_interaction_names_the_factor_and_tests_no_arms():
    records = _extract(
        "Outcome events",
        "| Sex | Hazard ratio (95% CI) Sorafenib vs. placebo | P-value | P-value for interaction",
        "Stroke | Women | 0.61 (0.40-0.93) | 0.02 | 0.31\n | Men | 0.72 (0.50-1.10) | 0.14 |\n"
        "All-cause death | Women | 0.81 (0.60-1.13) | 0.22 | 0.97\n | Men | 0.82 (0.60-1.15) | 0.24 |",
    )
    tests = [row for row in records.contrasts if row.measure is Measure.P]
    assert [(row.outcome, row.outcome_text, row.subgroup, str(row.p_value)) for row in tests] == [
        (Outcome.OTHER, "Stroke (interaction with Sex)", "Sex", "0.31"),
        (Outcome.OS, "All-cause death (interaction with Sex)", "Sex", "0.97"),
    ]
    assert len([row for row in records.contrasts if row.measure is Measure.HR]) == 4


def test_in_a_forest_of_subgroups_the_factor_stands_on_a_line_of_its_own():
    records = _extract(
        "Subgroup analyses of overall survival",
        "Subgroup | Sorafenib (n=60) | Placebo (n=60) | Hazard ratio (95% CI) | P for interaction",
        "Sex | | | | 0.31\nWomen | 12/30 | 16/31 | 0.61 (0.40-0.93) |\nMen | 15/30 | 17/29 | 0.72 (0.50-1.10) |",
    )
    (test,) = [row for row in records.contrasts if row.measure is Measure.P]
    assert (test.outcome, test.subgroup, str(test.p_value)) == (Outcome.OS, "Sex", "0.31")
    ratios = {row.subgroup: str(row.estimate) for row in records.contrasts if row.measure is Measure.HR}
    assert ratios == {"Sex: Women": "0.61", "Sex: Men": "0.72"}


def test_a_factor_of_more_than_two_levels_compares_no_two_of_them():
    records = _extract(
        "Risk factors for relapse",
        "| Relapse rate univariate | Relapse rate multivariate (RR)",
        "Sex male/female | P = 0.012 | NS\nRisk good/intermediate/poor | P = 0.002 | NS",
    )
    assert [(row.arm, row.comparator) for row in records.contrasts if row.source.table] == [("Sex male", "Sex female")]


def test_a_table_beside_one_of_everybody_is_of_those_its_caption_adds():
    def table(caption, estimate):
        rows = f"<tr><td>Stage I</td><td>1.00</td></tr><tr><td>Stage II</td><td>{estimate}</td></tr>"
        return (
            f"<table-wrap><label>{caption[:3]}</label><caption><p>{caption}</p></caption><table><thead><tr><th>Factor"
            f"</th><th>Hazard ratio (95% CI)</th></tr></thead><tbody><tr><td>Stage</td><td></td></tr>{rows}</tbody>"
            "</table></table-wrap>"
        )

    everybody, women = "Predictors of overall survival.", "Predictors of overall survival in women with one lesion."
    text = _TEXT + table(everybody, "1.81 (1.08-3.05)") + table(women, "2.40 (1.10-5.20)")
    records = _extract("Schedule of visits", "Visit | Week", "First | 2", text=text)
    assert {str(row.estimate): row.subgroup for row in records.contrasts} == {
        "1.81": None,
        "2.40": "women with one lesion",
    }


def test_the_column_of_all_patients_tells_the_size_of_the_study():
    records = _extract(
        "Characteristics of the patients",
        "| All patients | Sorafenib | Placebo",
        "n | 13 372 | 6690 | 6682\nMedian age | 55 | 56 | 55",
        text="<p>Events: 14 with sorafenib and 22 with placebo. INR was known in 330 patients (97%) of the sorafenib "
        "group. The sorafenib group was compared with the placebo group.</p>",
    )
    assert records.studies[0].n_total == 13372
    assert [arm.n for arm in records.arms] == [6690, 6682]


def test_a_number_far_below_all_patients_is_no_size_of_an_arm():
    text = (
        "<p>Embolism was rare (10 with sorafenib and 14 with placebo). The sorafenib group was compared with the "
        "placebo group. In the placebo group INR was measured.</p>"
    )
    with_total, without = (
        _extract("Main features", f"| All patients{size} | Sorafenib | Placebo", "Age | 55 | 56 | 55", text=text)
        for size in (" (N = 900)", "")
    )
    assert {arm.n for arm in with_total.arms} == {None}
    assert [arm.n for arm in without.arms] == [10, 14]


def test_where_rows_are_groups_the_head_of_their_column_names_the_outcome():
    records = _extract(
        "Summary of outcomes at week 8",
        "CGI response | n/N | % | Adjusted odds ratio | Wald 95% CI | p",
        "Sorafenib | 79/101 | 78.2 | 2.15 | 1.15 to 4.02 | 0.017\nPlacebo | 62/99 | 62.6 | - | - | -",
    )
    found = [row for row in records.arm_results if row.source.table]
    assert [(row.arm.lower(), row.outcome_text, str(row.value), row.events, row.total) for row in found] == [
        ("sorafenib", "CGI response", "78.2", 79, 101),
        ("placebo", "CGI response", "62.6", 62, 99),
    ]
    (ratio,) = [row for row in records.contrasts if row.source.table]
    assert (str(ratio.ci_low), str(ratio.ci_high)) == ("1.15", "4.02")


def test_a_numbered_visit_is_no_subgroup_and_a_total_score_is_that_of_the_caption():
    records = _extract(
        "Competence of students in two groups at baseline and after training",
        "Item | 2*T0 | 2*T1\n| Sorafenib (n=60) Mean ± SD | Placebo (n=60) Mean ± SD "
        "| Sorafenib (n=60) Mean ± SD | Placebo (n=60) Mean ± SD",
        "Total score | 94.6 ± 27.1 | 121.9 ± 39.8 | 117.6 ± 19.0 | 158.5 ± 23.1",
    )
    assert [(row.outcome_text, str(row.value), row.subgroup) for row in records.arm_results if row.source.table] == [
        ("Competence of students: Total score, T1", "117.6", None),
        ("Competence of students: Total score, T1", "158.5", None),
    ]


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (
            "Treatment | Age | Sex | Relapse (%) | OS (months)",
            "Sorafenib | 45 | M | 10 | 12\nPlacebo | 33 | F | 20 | 20\nSorafenib | 60 | F | 5 | 9",
        ),
        (
            "Sex/age | Treatment | Blasts (%) | OS (months)",
            "M/45 | Sorafenib | 10 | 12\nF/33 | Placebo | 20 | 20\nF/60 | Sorafenib | 5 | 9",
        ),
        (
            "Patient | Age | Blasts (%) | OS (months)",
            "\n".join(f"{number} | {40 + number} | {number} | {3 * number}" for number in range(1, 20)),
        ),
    ],
)
def test_a_list_of_single_patients_gives_no_results_of_arms(head, body):
    records = _extract("Clinical course of the patients with relapse", head, body)
    assert [row for row in (*records.arm_results, *records.contrasts) if row.source.table] == []


def test_days_until_an_event_stay_days() -> None:
    records = _extract(
        "Recovery", "| Sorafenib (n=60) | Placebo (n=60)", "Median time to neutrophil recovery, days | 12 | 15"
    )
    assert [(row.outcome_text, row.measure, row.value) for row in records.arm_results] == [
        ("Median time to neutrophil recovery, days", Measure.MEDIAN, Decimal(12)),
        ("Median time to neutrophil recovery, days", Measure.MEDIAN, Decimal(15)),
    ]


def test_a_column_of_both_treatments_is_called_by_their_names_in_the_text() -> None:
    text = (
        "<p>We reviewed the resection group and the ablation group. Median survival of patients who had resection, "
        "ablation, and resection plus ablation was 40 months, 30 months and 20 months, respectively.</p>"
    )
    records = _extract(
        "Size of lesions",
        "| Resection (n = 58) | Ablation (n = 43) | Both (n = 12)",
        "Recurrence | 10 (17%) | 12 (28%) | 3 (25%)",
        text=text,
    )
    assert {(row.arm, row.value) for row in records.arm_results if row.source.table is None} == {
        ("Resection", Decimal(40)),
        ("Ablation", Decimal(30)),
        ("Both", Decimal(20)),
    }


COHORT = "<p>In this retrospective cohort we analysed 210 patients after transplantation.</p>"


def test_levels_that_bound_a_number_stand_under_their_own_factor() -> None:
    records = _extract(
        "Univariable Cox regression for overall survival",
        "Variable | Level | HR | 95% CI | P value",
        "Stage | early | 1 (reference) | |\n | late | 1.80 | 1.20-2.70 | 0.004\n"
        "Age | &lt;60 years | 1 (reference) | |\n | ≥60 years | 1.40 | 1.10-1.78 | 0.006",
        text=COHORT,
    )
    assert _contrasts(records) == [
        ("stage late", "stage early", "HR", "1.80", "1.20", "2.70"),
        ("age ≥60 years", "age <60 years", "HR", "1.40", "1.10", "1.78"),
    ]


def test_limits_under_the_head_of_an_outcome_belong_to_the_estimate_before_them() -> None:
    records = _extract(
        "Multivariable Cox models",
        "Variable | 2* Overall survival | 2* Relapse\n | HR | 95% CI | HR | 95% CI",
        "Late stage versus early stage | 1.80 | 1.20-2.70 | 1.50 | 0.90-2.50\n"
        "Age over 60 versus under 60 | 1.40 | 1.10-1.78 | 1.10 | 0.70-1.73",
        text=COHORT,
    )
    assert [row[3:] for row in _contrasts(records)] == [
        ("1.80", "1.20", "2.70"),
        ("1.50", "0.90", "2.50"),
        ("1.40", "1.10", "1.78"),
        ("1.10", "0.70", "1.73"),
    ]


def test_a_head_that_says_what_the_groups_are_is_no_subgroup() -> None:
    records = _extract(
        "Best response",
        " | 2* Dose every 12 h\n | 100 mg (n=20) | 200 mg (n=40)",
        "Complete remission, n (%) | 5 (25) | 16 (40)",
        text="<p>In this single-arm phase 2 study 60 patients received quizartinib.</p>",
    )
    assert [(row.arm, row.total, row.subgroup) for row in records.arm_results] == [
        ("100 mg", 20, None),
        ("200 mg", 40, None),
    ]
    assert [(arm.label, arm.n) for arm in records.arms if arm.role is Role.OTHER] == [("100 mg", 20), ("200 mg", 40)]


def test_arms_of_one_drug_are_called_by_their_doses() -> None:
    records = _extract(
        "Response to treatment",
        " | Placebo (n=100) | Aldoxin 3 mg/kg (n=100) | Aldoxin 10 mg/kg (n=100)",
        "Complete remission, n (%) | 5 (5) | 10 (10) | 20 (20)",
        text="<p>We randomly assigned 300 patients to placebo, Aldoxin 3 mg/kg or Aldoxin 10 mg/kg. Overall survival "
        "at 2 years was 20% with placebo, 30% with 3 mg/kg and 40% with 10 mg/kg.</p>",
    )
    assert [(row.arm, str(row.value)) for row in records.arm_results if row.outcome is Outcome.OS] == [
        ("placebo", "20"),
        ("Aldoxin 3 mg/kg", "30"),
        ("Aldoxin 10 mg/kg", "40"),
    ]


def test_a_grade_below_an_event_is_told_with_the_event() -> None:
    records = _extract(
        "Adverse events",
        "| Sorafenib (n=60) | Placebo (n=60)",
        "Nausea | | \n\u2003Any grade | 12 (20%) | 6 (10%)\n\u2003Grade 3-4 | 3 (5%) | 1 (2%)\n"
        "Rash | | \n\u2003Any grade | 18 (30%) | 6 (10%)\n\u2003Grade 3-4 | 3 (5%) | 1 (2%)",
    )
    severe = [(row.arm, row.outcome_text, row.events) for row in records.arm_results if row.outcome is Outcome.AE_G3]
    assert [(arm.lower(), *rest) for arm, *rest in severe] == [
        ("sorafenib", "Nausea: Grade 3-4", 3),
        ("placebo", "Nausea: Grade 3-4", 1),
        ("sorafenib", "Rash: Grade 3-4", 3),
        ("placebo", "Rash: Grade 3-4", 1),
    ]


def test_an_estimate_in_one_cell_below_both_arms_compares_them() -> None:
    records = _extract(
        "Efficacy",
        "| Sorafenib (n=60) | Placebo (n=60)",
        "Median overall survival, months | 14.2 | 9.1\nHR for death (95% CI) | 2* 0.64 (0.45-0.91)",
    )
    assert _contrasts(records) == [("sorafenib", "placebo", "HR", "0.64", "0.45", "0.91")]


@pytest.mark.parametrize(("note", "rows"), [("NR, not reached.", 2), ("NR, not reported.", 1), ("*Not reported.", 1)])
def test_what_nobody_reported_was_not_reached_by_nobody(note: str, rows: int) -> None:
    records = _extract(
        "Efficacy",
        "| Sorafenib (n=60) | Placebo (n=60)",
        f"Median overall survival, months | NR{'*' * note.startswith('*')} | 9.1",
        note,
    )
    assert [row.not_reached for row in records.arm_results if row.source.table] == [True, False][-rows:]


def test_grades_in_the_head_of_a_table_without_arms_are_of_everybody() -> None:
    records = _extract(
        "Adverse events (N = 84)",
        "Event | 2* Any grade | 2* Grade ≥3\n | n | % | n | %",
        "Nausea | 38 | 45.2 | 2 | 2.4\nRash | 21 | 25.0 | 0 | 0",
        text="<p>In this single-arm phase 2 study 84 patients were treated.</p>",
    )
    assert [
        (row.arm, row.outcome.value, str(row.value), row.events, row.total)
        for row in records.arm_results
        if row.outcome_text.startswith("Nausea")
    ] == [("overall", "AE", "45.2", 38, 84), ("overall", "AE_G3", "2.4", 2, 84)]


def test_arms_in_rows_beside_a_reference_arm_keep_their_numbers() -> None:
    records = _extract(
        "Efficacy",
        "Treatment group | N | Objective response, n (%) | 2* Overall survival\n | | | Median, months | HR (95% CI)",
        "Placebo | 60 | 6 (10) | 9.1 | 1.00 (ref)\nSorafenib | 60 | 15 (25) | 12.2 | 0.70 (0.50-0.98)",
    )
    assert [(row.arm.lower(), row.outcome.value, str(row.value), row.total) for row in records.arm_results] == [
        ("placebo", "ORR", "10", 60),
        ("placebo", "OS", "9.1", None),
        ("sorafenib", "ORR", "25", 60),
        ("sorafenib", "OS", "12.2", None),
    ]


def test_a_grade_before_an_event_of_its_own_code_makes_no_adverse_event_of_it():
    records = _extract(
        "Outcomes",
        "| Sorafenib (n=60) | Placebo (n=60)",
        "Grade III-IV acute GVHD, n (%) | 4 (7) | 9 (15)\nGrade 3-4 anaemia, n (%) | 6 (10) | 3 (5)",
    )
    assert [row.outcome for row in records.arm_results if row.source.table] == [
        *2 * [Outcome.AGVHD],
        *2 * [Outcome.AE_G3],
    ]


def test_a_column_of_subdistribution_hazard_ratios_is_one():
    records = _extract(
        "Outcomes",
        "| Sorafenib (n=60) | Placebo (n=60) | Subdistribution hazard ratio (95% CI)",
        "Relapse, n (%) | 9 (15) | 21 (35) | 0.33 (0.14 to 0.79)",
    )
    assert [row.measure for row in records.contrasts if row.source.table] == [Measure.SHR]


def test_a_heading_of_lines_that_is_ruled_off_with_the_head_is_still_a_heading():
    records = _extract(
        "Multivariate analysis",
        "| Hazard ratio (95% CI) | P value\nOverall survival | |",
        "Sorafenib versus placebo | 0.64 (0.49-0.83) | 0.001\nRelapse | |\n"
        "Sorafenib versus placebo | 0.51 (0.30-0.87) | 0.01",
    )
    assert [(row.outcome, str(row.estimate)) for row in records.contrasts if row.source.table] == [
        (Outcome.OS, "0.64"),
        (Outcome.RELAPSE, "0.51"),
    ]


@pytest.mark.parametrize(
    ("head", "cells", "found"),
    [
        (
            "| Sorafenib 110 mg (n=30) | Sorafenib 150 mg (n=30) | Placebo (n=60) | 2*Odds ratio vs. placebo (95% CI)\n"
            "| | | | 110 mg | 150 mg",
            "8 | 5 | 9 | 0.91 (0.74-1.11) | 0.66 (0.53-0.82)",
            [
                ("sorafenib 110 mg", "placebo", "OR", "0.91", "0.74", "1.11"),
                ("sorafenib 150 mg", "placebo", "OR", "0.66", "0.53", "0.82"),
            ],
        ),
        (
            "| Sorafenib (n=60) | Placebo (n=60) | Odds ratio vs. placebo (95% CI)",
            "8 | 9 | 0.91 (0.74-1.11)",
            [("sorafenib", "placebo", "OR", "0.91", "0.74", "1.11")],
        ),
    ],
)
def test_a_head_that_names_only_the_comparator_compares_the_group_below_it_or_the_other_one(head, cells, found):
    assert _contrasts(_extract("Strokes", head, f"Stroke, n | {cells}")) == found


def test_rows_under_a_caption_that_parts_results_by_treatment_group_are_outcomes():
    records = _extract(
        "Hematologic and cytogenetic response, according to treatment group",
        "| Sorafenib (n=60) | Placebo (n=60)",
        "MR4.5, n (%) | 30 (50) | 15 (25)",
    )
    rows = [row for row in records.arm_results if row.source.table]
    assert {(row.outcome_text, row.subgroup) for row in rows} == {("MR4.5", None)}


@pytest.mark.parametrize(
    ("when", "months"), [("3 months after the end of treatment", None), ("3 months after randomization", Decimal(3))]
)
def test_a_time_from_the_end_of_treatment_is_no_time_point(when, months):
    records = _extract(
        f"Response {when}", "| Sorafenib (n=60) | Placebo (n=60)", "Complete remission, n (%) | 30 (50) | 15 (25)"
    )
    assert {row.timepoint_months for row in records.arm_results if row.source.table} == {months}


def test_an_outcome_over_the_factors_of_a_model_is_no_part_of_their_names():
    records = _extract(
        "Multivariate analysis",
        "Factor | Hazard ratio (95% CI)",
        "Overall survival |\nAge &gt;=40 y versus &lt;40 y | 1.42 (1.11-1.81)\n"
        "Relapse |\nAge &gt;=40 y versus &lt;40 y | 0.94 (0.68-1.30)",
    )
    found = [(row.outcome, row.arm, row.comparator) for row in records.contrasts if row.source.table]
    assert found == [(Outcome.OS, "Age >=40 y", "<40 y"), (Outcome.RELAPSE, "Age >=40 y", "<40 y")]
