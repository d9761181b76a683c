"""Tables with a study in each column, as a review sets trials side by side."""

from evidence.extract import extract
from evidence.read import read
from tests.extract.texts import comparisons, groups, records

NUMBERED = """Drugs for relapsed myeloma

This review summarizes the trials of the SWOG in relapsed myeloma.

Table 1. SWOG trials of carfilzomib

| | Trial 7011 Phase I | Trial 7044 Phase II | Trial 7102 RCT | |
|---|---|---|---|---|
| | Twice weekly | Once weekly | Dexamethasone | Carfilzomib plus dexamethasone |
| Patients evaluated | 25 | 50 | 80 | 82 |
| VGPR | 5 (20%) | 12 (24%) | 8 (10%) | 33 (40%)* |
| Total response | 10 (40%) | 25 (50%) | 24 (30%) | 57 (70%) |
* Note: p=0.03,
"""

TRANSPOSED = """Adjuvant bisphosphonates: an overview

This review summarizes studies of adjuvant zoledronic acid.

Table 1. Randomized trials of zoledronic acid

| Study | NORTHWIND (NCT01234567) | Keller 2014 |
|---|---|---|
| Phase | III | II |
| Treatment | Zoledronic acid vs placebo | Zoledronic acid 4 mg |
| No. of patients | 610 | 48 |
| Median age, years | 61 | 58 |
| Bone metastases | 12% vs 18% | 5 (10.4%) |
| Median overall survival, months | 71.2 months vs 66.0 months | 44.5 |
"""


def studies(found):
    return [
        (study.label, study.design and study.design.value, study.phase, study.n_total) for study in found.studies[1:]
    ]


def results(found):
    label = {study.study_id: study.label for study in found.studies}
    return [
        (label[row.study_id], row.arm, row.outcome.value, row.measure.value, row.events, row.total, str(row.value))
        for row in found.arm_results
    ]


def test_trials_that_a_group_numbers_stand_in_columns_and_one_has_two_arms():
    found = records(NUMBERED)
    assert studies(found) == [
        ("SWOG 7011", "single_arm", "1", 25),
        ("SWOG 7044", "single_arm", "2", 50),
        ("SWOG 7102", "randomized", None, None),
    ]
    assert groups(found) == [
        ("carfilzomib", "single", 25),
        ("carfilzomib", "single", 50),
        ("Carfilzomib plus dexamethasone", "experimental", 82),
        ("Dexamethasone", "control", 80),
    ]
    assert results(found) == [
        ("SWOG 7011", "carfilzomib", "OTHER", "proportion", 5, 25, "20"),
        ("SWOG 7044", "carfilzomib", "OTHER", "proportion", 12, 50, "24"),
        ("SWOG 7102", "Dexamethasone", "OTHER", "proportion", 8, 80, "10"),
        ("SWOG 7102", "Carfilzomib plus dexamethasone", "OTHER", "proportion", 33, 82, "40"),
        ("SWOG 7011", "carfilzomib", "ORR", "proportion", 10, 25, "40"),
        ("SWOG 7044", "carfilzomib", "ORR", "proportion", 25, 50, "50"),
        ("SWOG 7102", "Dexamethasone", "ORR", "proportion", 24, 80, "30"),
        ("SWOG 7102", "Carfilzomib plus dexamethasone", "ORR", "proportion", 57, 82, "70"),
    ]
    assert [(arm, other, code, p) for arm, other, code, *_, p in comparisons(found)] == [
        ("Carfilzomib plus dexamethasone", "Dexamethasone", "OTHER", "=0.03"),
    ]


def test_rows_in_words_tell_phase_and_treatment_of_the_study_in_a_column():
    found = records(TRANSPOSED)
    assert studies(found) == [("NORTHWIND", "randomized", "3", 610), ("Keller 2014", "single_arm", "2", 48)]
    assert groups(found) == [
        ("Zoledronic acid", "experimental", None),
        ("placebo", "control", None),
        ("Zoledronic acid 4 mg", "single", 48),
    ]
    assert results(found) == [
        ("NORTHWIND", "Zoledronic acid", "OTHER", "proportion", None, None, "12"),
        ("NORTHWIND", "placebo", "OTHER", "proportion", None, None, "18"),
        ("Keller 2014", "Zoledronic acid 4 mg", "OTHER", "proportion", 5, 48, "10.4"),
        ("NORTHWIND", "Zoledronic acid", "OS", "median_time", None, None, "71.2"),
        ("NORTHWIND", "placebo", "OS", "median_time", None, None, "66.0"),
        ("Keller 2014", "Zoledronic acid 4 mg", "OS", "median_time", None, None, "44.5"),
    ]


def test_heads_of_an_html_page_cite_their_studies():
    page = """<html><head><title>Checkpoint inhibitors in lymphoma: a review</title></head><body>
    <h1>Checkpoint inhibitors in lymphoma: a review</h1><p>This review summarizes published studies.</p>
    <table><caption>Table 1. Published studies of nivolumab</caption>
    <tr><th></th><th colspan="3">Weber et al. 2017</th><th>Ortiz et al. 2019</th></tr>
    <tr><th></th><th>Nivolumab (n = 40)</th><th>Brentuximab (n = 42)</th><th>P value</th><th>Nivolumab</th></tr>
    <tr><td>Patients</td><td></td><td></td><td></td><td>31</td></tr>
    <tr><td>Complete response, n (%)</td><td>14 (35)</td><td>10 (24)</td><td>0.27</td><td>9 (29)</td></tr>
    <tr><td>Median PFS (months)</td><td>14.1</td><td>8.3</td><td>0.01</td><td>11.6</td></tr>
    </table></body></html>"""
    found = extract(read(page.encode()))
    assert [study.label for study in found.studies[1:]] == ["Weber 2017", "Ortiz 2019"]
    assert ("Nivolumab", "single", 31) in groups(found)
    assert results(found) == [
        ("Weber 2017", "Nivolumab", "CR", "proportion", 14, 40, "35"),
        ("Weber 2017", "Brentuximab", "CR", "proportion", 10, 42, "24"),
        ("Ortiz 2019", "Nivolumab", "CR", "proportion", 9, 31, "29"),
        ("Weber 2017", "Nivolumab", "PFS", "median_time", None, None, "14.1"),
        ("Weber 2017", "Brentuximab", "PFS", "median_time", None, None, "8.3"),
        ("Ortiz 2019", "Nivolumab", "PFS", "median_time", None, None, "11.6"),
    ]
    assert [(arm, other, code, p) for arm, other, code, *_, p in comparisons(found)] == [
        ("Nivolumab", "Brentuximab", "CR", "=0.27"),
        ("Nivolumab", "Brentuximab", "PFS", "=0.01"),
    ]


def test_a_table_of_the_papers_own_arms_with_methods_cited_in_its_heads_lists_no_studies():
    found = records(
        "Methods: We randomly assigned 120 patients to sorafenib (n = 60) or placebo (n = 60).\n\n"
        "Results: The trials of the past differ.\n\nTable 1. Response by trial criteria\n\n"
        "| Outcome | RECIST 1.1 | mRECIST |\n|---|---|---|\n| Response | 12 (20%) | 15 (25%) |\n"
    )
    assert len(found.studies) == 1


def test_results_in_the_row_of_a_study_are_no_names_of_trials():
    found = records(
        "Maintenance\n\nThis review summarizes studies.\n\nTable 1. Studies of maintenance\n\n"
        "| Study | Treatment | Response | Survival |\n|---|---|---|---|\n"
        "| Miller 2015 | Sorafenib | ORR 65% | RFS 18 months |\n"
        "| Olsen 2018 | Midostaurin | ORR 50% | RFS 12 months |\n"
    )
    assert [study.label for study in found.studies[1:]] == ["Miller 2015", "Olsen 2018"]


def test_outcomes_in_the_columns_of_a_trial_are_no_arms():
    found = records(
        "Maintenance\n\nThis review summarizes trials.\n\nTable 1. Trials of maintenance\n\n"
        "| | NORTHWIND (NCT01234567) | | SOUTHWIND (NCT01234568) | |\n|---|---|---|---|---|\n"
        "| | CR | Relapse | CR | Relapse |\n| Sorafenib | 65% | 12% | 50% | 20% |\n"
        "| Placebo | 40% | 30% | 35% | 31% |\n"
    )
    assert not {"CR", "Relapse"} & {label for label, _, _ in groups(found)}


def test_who_cites_a_comparison_without_naming_the_arm_leaves_it_open():
    found = records(f"{NUMBERED}\nIn SWOG 7102, overall response occurred in 66% of patients.\n")
    assert [row.arm for row in found.arm_results if str(row.value) == "66"] == [""]


def test_bare_numbers_of_both_arms_stand_in_the_order_of_their_row():
    found = records(
        "Kinase inhibitors: an overview\n\nThis review summarizes trials of kinase inhibitors.\n\n"
        "Table 1. Randomized trials\n\n"
        "| Characteristic | NORTHWIND | SOUTHGALE |\n|---|---|---|\n"
        "| Experimental arm | Midostaurin | Quizartinib |\n"
        "| Control arm | Placebo | Placebo |\n"
        "| Median OS, months (experimental vs control) | 74.7 vs 25.6 | 31.9 vs 15.1 |\n"
        "| CR, % (control vs experimental) | 53.5 vs 58.9 | 55.4 vs 54.9 |\n"
        "| HR for OS (95% CI) | 0.78 (0.63-0.96) | 0.79 (0.62-0.99) |\n"
    )
    of = {study.study_id: study.label for study in found.studies}
    assert sorted((of[row.study_id], row.arm, row.outcome.value, str(row.value)) for row in found.arm_results) == [
        ("NORTHWIND", "Midostaurin", "CR", "58.9"),
        ("NORTHWIND", "Midostaurin", "OS", "74.7"),
        ("NORTHWIND", "Placebo", "CR", "53.5"),
        ("NORTHWIND", "Placebo", "OS", "25.6"),
        ("SOUTHGALE", "Placebo", "CR", "55.4"),
        ("SOUTHGALE", "Placebo", "OS", "15.1"),
        ("SOUTHGALE", "Quizartinib", "CR", "54.9"),
        ("SOUTHGALE", "Quizartinib", "OS", "31.9"),
    ]
    assert comparisons(found) == [
        ("Midostaurin", "Placebo", "OS", "HR", "0.78", "0.63", "0.96", None),
        ("Quizartinib", "Placebo", "OS", "HR", "0.79", "0.62", "0.99", None),
    ]


def test_trials_of_one_series_are_told_apart_by_the_word_behind_the_hyphen():
    found = records(
        "Kinase inhibitors: an overview\n\nThis review summarizes trials of quizartinib.\n\n"
        "Table 1. Randomized trials of quizartinib\n\n"
        "| Outcome | QuANTUM-R | QuANTUM-First |\n|---|---|---|\n| Response, n (%) | 12 (20) | 15 (25) |\n"
    )
    assert [study.label for study in found.studies[1:]] == ["QuANTUM-R", "QuANTUM-First"]
