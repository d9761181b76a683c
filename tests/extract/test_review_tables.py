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
