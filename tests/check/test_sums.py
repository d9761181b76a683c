from dataclasses import replace
from decimal import Decimal

import pytest

from evidence.check.sums import p_value_impossible, range_mismatch, share_mismatch, sum_mismatch
from evidence.model.codes import Severity
from evidence.model.records import OVER_STUDIES, Quantity, Records, Source, Study
from tests.check.rows import arm_result


def quantity(what="patients", *, table=None, row=None, column=None, quote="quoted", start=0, **more):
    source = Source(char_start=start, char_end=start + len(quote), quote=quote, table=table, row=row, column=column)
    numbers = {name: Decimal(more.pop(name)) for name in ("value", "percent", "low", "high", "p_value") if name in more}
    return Quantity(document_id="d1", study_id="s1", what=what, source=source, **numbers, **more)


def of(*quantities, n_total=None):
    study = Study(study_id="s1", document_id="d1", label="Trial A", n_total=n_total)
    return Records(studies=(study,), quantities=quantities)


def line(name, whole, *parts):
    """One line of a table with a column of all patients before those of the groups."""
    cells = [(None, whole), *((f"group {number}", part) for number, part in enumerate(parts))]
    return [
        quantity(name, table="Table 1", row=name, column=arm or "All", arm=arm, value=value) for arm, value in cells
    ]


def test_a_line_of_a_table_that_does_not_add_up_is_doubted():
    adding = [cell for n in range(4) for cell in line(f"line {n}", 30 + n, 10, 20 + n)]
    (doubt,) = sum_mismatch(of(*adding, *line("solitary", 58, 37, 19)))
    assert doubt.message == "solitary: the groups add up to 37 + 19 = 56, but the number of all is 58 (Table 1)."
    assert doubt.severity is Severity.WARNING


def test_groups_that_overlap_never_add_up_and_are_not_doubted():
    overlapping = [cell for n in range(6) for cell in line(f"line {n}", 30 + n, 20, 20 + n)]
    assert not list(sum_mismatch(of(*overlapping)))


@pytest.mark.parametrize(("parts", "doubted"), [((3, 8), False), ((4, 8), True)])
def test_parts_in_brackets_add_up_to_the_number_before_them(parts, doubted):
    told = [quantity("deaths", value=11), *(quantity("deaths", arm=f"in group {n}", value=n) for n in parts)]
    assert bool(list(sum_mismatch(of(*told)))) is doubted


@pytest.mark.parametrize(
    ("what", "numbers", "spread", "severity"),
    [
        ("VEGF", ("28.82", "12.35", "15.08"), "range", Severity.ERROR),
        ("VEGF", ("28.82", "12.35", "51.08"), "range", None),
        ("VEGF", ("15.1", "12.35", "15.08"), "range", None),  # rounded
        ("stay", ("7", "12", "4"), "range", Severity.ERROR),
        ("median age", ("62", "29", "84"), "iqr", Severity.WARNING),
        ("median age", ("62", "29", "84"), "range", None),
        ("median age", ("62", "51", "70"), "iqr", None),
        ("median dose (mg)", ("620", "290", "840"), "iqr", None),
        ("estimate", ("3.0", "0.1", "2.0"), "ci", None),  # asked of rows
    ],
)
def test_a_median_lies_between_its_limits(what, numbers, spread, severity):
    value, low, high = numbers
    found = list(range_mismatch(of(quantity(what, value=value, low=low, high=high, spread=spread))))
    assert [doubt.severity for doubt in found] == ([severity] if severity else [])


def test_limits_of_age_that_are_no_quartiles_are_doubted_once():
    ages = [quantity("median age", value=value, low="29", high="84", spread="iqr", start=value) for value in (62, 63)]
    assert len(list(range_mismatch(of(*ages)))) == 1


@pytest.mark.parametrize(
    ("limits", "outside"),
    [
        (("61", "69"), None),
        (("63", "68"), "Table 1 has 61 (Trial A, ibrutinib)"),
        (("61", "65"), "Table 1 has 68.9 (Trial A, ibrutinib)"),
        (("61", "67"), "68.9"),
        (("61", "68"), None),  # cut off
        (("40", "50"), None),  # no limit is that of a study: a range of other numbers
    ],
)
def test_no_study_lies_outside_the_range_of_all(limits, outside):
    source = Source(char_start=0, char_end=1, quote="x", table="Table 1")
    rows = tuple(
        replace(arm_result(value), arm="ibrutinib", result_id=f"r{value}", source=source) for value in ("61", "68.9")
    )
    told = quantity("ORR", low=limits[0], high=limits[1], spread=OVER_STUDIES, result_ids=("r61", "r68.9"))
    found = list(range_mismatch(replace(of(told), arm_results=rows)))
    assert [doubt.severity for doubt in found] == ([Severity.WARNING] if outside else [])
    assert not outside or outside in found[0].message


def test_a_p_value_above_one_has_lost_its_decimal_point():
    (doubt,) = p_value_impossible(of(quantity("p-value", p_value="9196")))
    assert (doubt.severity, "9196" in doubt.message) == (Severity.ERROR, True)


@pytest.mark.parametrize(
    ("value", "total", "percent", "severity"),
    [
        (219, 314, "68.9", Severity.ERROR),
        (219, 314, "69.7", None),
        (47, 254, "18", Severity.INFO),  # cut off, not rounded
        (4, 254, "3", Severity.ERROR),
    ],
)
def test_a_share_of_a_printed_total_is_computed(value, total, percent, severity):
    found = list(share_mismatch(of(quantity(value=value, total=total, percent=percent))))
    assert [doubt.severity for doubt in found] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("value", "percent", "quote", "doubted"),
    [
        (15, "13.0", "15 patients relapsed (13.0%)", True),
        (15, "13.9", "15 patients relapsed (13.9%)", False),
        (15, "28.0", "15 patients (28.0%)", False),  # of some of them
        (15, "1.9", "15 patients (1.9%) of 790 screened", False),  # the sentence tells of whom
        (15, "4.2", "15 (4.2%) cycles", False),  # far more than there are patients: of something else
    ],
)
def test_a_share_without_a_total_may_not_take_more_patients_than_there_are(value, percent, quote, doubted):
    found = list(share_mismatch(of(quantity(value=value, percent=percent, quote=quote), n_total=108)))
    assert bool(found) is doubted
    assert all(doubt.severity is Severity.WARNING for doubt in found)


def shares(*percents):
    """Cells of one column of 120 patients, each with 30 of them."""
    return [
        quantity(f"line {n}", table="Table 1", row=f"line {n}", column="A", value=30, percent=percent, group=120)
        for n, percent in enumerate(percents)
    ]


def test_a_percentage_of_a_table_is_doubted_where_the_others_fit_the_heads():
    (doubt,) = share_mismatch(of(*shares(*["25.0"] * 12, "22.0")))
    assert doubt.severity is Severity.WARNING
    assert not list(share_mismatch(of(*shares(*["25.0"] * 12, "28.0"))))  # some are missing
    assert not list(share_mismatch(of(*shares(*["22.0"] * 12, "25.0"))))  # standardized percentages


@pytest.mark.parametrize(("value", "doubted"), [("131", True), ("120", False)])
def test_no_part_of_the_patients_is_larger_than_all(value, doubted):
    found = list(sum_mismatch(of(quantity("patients", value=value, total=120))))
    assert [doubt.severity for doubt in found] == [Severity.ERROR] * doubted
    assert not found or found[0].message == "131 are said to be among 120 patients (text)."


def test_a_part_above_all_that_is_a_row_is_left_to_the_checks_of_rows():
    told = of(quantity("patients", value="131", total=120))
    assert not list(sum_mismatch(replace(told, arm_results=(arm_result(events=131, total=120),))))
