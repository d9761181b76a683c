import pytest

from tests.extract.texts import records

TABLE = """Review of kinase inhibitors

This review summarizes studies of maintenance.

Table 1. Studies of maintenance

| {head} |
|---|---|---|---|---|
| Miller 2015 | 27 | Sorafenib | 81% | 72% |
| Olsen 2018 (NCT01234567) | 44 | Midostaurin | 76% | 60% |
"""


def table(head):
    return records(TABLE.format(head=head))


def test_each_row_of_a_table_that_lists_studies_is_a_cited_study():
    found = table("Study | Patients | Treatment | OS | RFS")
    _, miller, olsen = found.studies
    assert (miller.label, miller.n_total, miller.report.value) == ("Miller 2015", 27, "cited")
    assert (olsen.label, olsen.n_total, olsen.registry_ids) == ("Olsen 2018", 44, ("NCT01234567",))
    assert [(arm.label, arm.treatment, arm.n) for arm in found.arms] == [
        ("Sorafenib", ("sorafenib",), 27),
        ("Midostaurin", ("midostaurin",), 44),
    ]


@pytest.mark.parametrize(
    ("columns", "outcomes"),
    [("OS | RFS", {"OS", "RFS"}), ("2-year OS | Disease-free survival", {"OS", "DFS"}), ("Year | Age", set())],
)
def test_columns_of_results_are_told_from_columns_about_the_study(columns, outcomes):
    found = table(f"Study | Patients | Treatment | {columns}")
    assert {row.outcome.value for row in found.arm_results} == outcomes


def test_a_number_of_a_table_stands_where_its_cell_stands():
    found = table("Study | Patients | Treatment | OS | RFS")
    first = found.arm_results[0]
    assert (str(first.value), first.source.column, first.source.quote) == ("81", "OS", "81%")
    assert first.source.table is not None


def test_the_head_tells_the_unit_of_a_bare_number():
    found = records(
        "Review of venetoclax\n\nThis review summarizes studies of venetoclax.\n\n"
        "Table 1. Studies of venetoclax\n\n"
        "| Study | No. of patients | Regimen | CR, n (%) | Median OS, months |\n|---|---|---|---|---|\n"
        "| Miller 2015 | 50 | Venetoclax + 10-day decitabine | 12 (24) | 7.8 |\n"
        "| Olsen 2018 | 40 | Venetoclax + azacitidine | 6 (15) | 5.0 |\n"
    )
    label = {study.study_id: study.label for study in found.studies}
    assert [
        (label[row.study_id], row.arm, row.outcome.value, str(row.value), row.events, row.total, row.timepoint_months)
        for row in found.arm_results
    ] == [
        ("Miller 2015", "Venetoclax + 10-day decitabine", "CR", "24", 12, 50, None),
        ("Miller 2015", "Venetoclax + 10-day decitabine", "OS", "7.8", None, None, None),
        ("Olsen 2018", "Venetoclax + azacitidine", "CR", "15", 6, 40, None),
        ("Olsen 2018", "Venetoclax + azacitidine", "OS", "5.0", None, None, None),
    ]


def test_several_rows_of_one_study_are_its_arms():
    found = records(
        "Review of antibodies\n\nThis review summarizes trials of antibodies in lymphoma.\n\n"
        "Table 1. Randomized trials\n\n"
        "| Trial | Phase | Arm | N | CR rate, % |\n|---|---|---|---|---|\n"
        "| HERON | III | Rituximab + GemOx | 183 | 59.0 |\n"
        "| | | Investigators' choice | 91 | 26.4 |\n"
        "| FALCON | III | Lenalidomide + rituximab | 120 | 41.7 |\n"
        "| | | Rituximab | 118 | 26.3 |\n"
    )
    label = {study.study_id: study.label for study in found.studies}
    assert [(study.label, study.n_total) for study in found.studies[1:]] == [("HERON", None), ("FALCON", None)]
    assert [(label[arm.study_id], arm.label, arm.n) for arm in found.arms] == [
        ("HERON", "Rituximab + GemOx", 183),
        ("HERON", "Investigators' choice", 91),
        ("FALCON", "Lenalidomide + rituximab", 120),
        ("FALCON", "Rituximab", 118),
    ]
    assert [(row.arm, str(row.value)) for row in found.arm_results] == [
        ("Rituximab + GemOx", "59.0"),
        ("Investigators' choice", "26.4"),
        ("Lenalidomide + rituximab", "41.7"),
        ("Rituximab", "26.3"),
    ]


def test_a_column_of_results_has_the_time_and_the_sign_of_its_head():
    found = records(
        TABLE.format(head="Study | Patients | Treatment | 2-year OS | 2-year relapse, %").replace("72% |", "9 |")
    )
    assert [(row.outcome.value, row.measure.value, str(row.value), row.timepoint_months) for row in found.arm_results][
        :2
    ] == [("OS", "survival_probability", "81", 24), ("RELAPSE", "cumulative_incidence", "9", 24)]
