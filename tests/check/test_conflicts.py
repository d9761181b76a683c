from dataclasses import replace
from decimal import Decimal

import pytest

from evidence.check import check
from evidence.check.conflicts import arms_swapped, conflict_within_document, repeated_numbers
from evidence.model.codes import Adjustment, Measure, Severity
from evidence.model.records import Quantity, Records, Source
from tests.check.rows import arm_result, contrast, of
from tests.extract.texts import records as read_records


def at(row, section=None, table=None, column=None, quote="quoted", start=0, **changes):
    """The row as another place of the document prints it."""
    source = replace(row.source, section=section, table=table, column=column, quote=quote, char_start=start, row=table)
    return replace(row, source=source, **changes)


def told(what, value, section=None, **more):
    source = Source(char_start=0, char_end=6, quote="quoted", section=section)
    value = None if value is None else Decimal(value)
    return Quantity(document_id="d1", study_id="s1", what=what, value=value, source=source, **more)


# ---------------------------------------------------------------------------------------------------------- comparisons


@pytest.mark.parametrize(
    ("other", "severity"),
    [
        (("0.62", "0.40", "0.96"), None),  # the same
        (("0.6", "0.4", "1.0"), None),  # the same, rounded
        (("0.62", "0.40", "0.99"), Severity.ERROR),
        (("0.82", "0.40", "0.96"), Severity.ERROR),
        (("0.62", "0.40", "0.97"), Severity.INFO),  # its last digit cut off
        (("0.70", "0.45", "1.09"), None),  # another analysis
    ],
)
def test_a_comparison_is_doubted_where_one_of_its_three_numbers_differs_in_another_place(other, severity):
    first = at(contrast("0.62", "0.40", "0.96"), section="Abstract")
    second = at(contrast(*other), table="Table 2", column="HR", start=90, result_id="c2")
    found = list(conflict_within_document(of(first, second)))
    assert [doubt.severity for doubt in found] == ([severity] if severity else [])
    if severity is Severity.ERROR:
        assert "abstract" in found[0].message
        assert "Table 2" in found[0].message


def test_two_models_or_two_subgroups_may_share_numbers():
    first = at(contrast("0.62", "0.40", "0.96"), section="Abstract", adjustment=Adjustment.UNADJUSTED)
    second = at(contrast("0.62", "0.40", "0.99"), table="Table 2", column="HR", result_id="c2")
    assert not list(conflict_within_document(of(first, replace(second, adjustment=Adjustment.ADJUSTED))))
    assert not list(conflict_within_document(of(first, replace(second, subgroup="women"))))


def test_a_minus_sign_lost_in_the_text_is_found():
    row = at(contrast("-4.26", "-5.13", "-3.38", measure=Measure.MD), table="Table 2", column="Difference", quote="x")
    lost = told("estimate", "-4.26", low=Decimal("-5.13"), high=Decimal("3.38"), spread="ci")
    (doubt,) = conflict_within_document(replace(of(row), quantities=(lost,)))
    assert (doubt.severity, "-5.13 to 3.38" in doubt.message) == (Severity.ERROR, True)
    other = replace(lost, low=Decimal("-6.02"), high=Decimal("3.38"))
    assert not list(conflict_within_document(replace(of(row), quantities=(other,))))


# -------------------------------------------------------------------------------------------------- numbers of one arm


def test_one_count_with_two_percentages_is_noted():
    first, second = (
        at(arm_result("19", 47, 254), section="Findings"),
        at(arm_result("18", 47, 254), section="Results", result_id="r2"),
    )
    (doubt,) = conflict_within_document(of(first, second))
    assert doubt.severity is Severity.INFO
    assert not list(conflict_within_document(of(first, replace(second, value=Decimal("18.5")))))


def test_an_arm_that_changes_beside_an_unchanged_one_is_doubted():
    stays = at(arm_result("47.4"), section="Abstract", quote="47.4% versus 16.7%", arm_id="a1")
    abstract = at(arm_result("16.7"), section="Abstract", quote="47.4% versus 16.7%", arm_id="a2", arm="placebo")
    text = at(arm_result("17.6"), section="Results", quote="47.4% versus 17.6%", arm_id="a2", arm="placebo")
    (doubt,) = conflict_within_document(of(stays, abstract, replace(text, result_id="r2")))
    assert "16.7 beside 47.4" in doubt.message
    elsewhere = at(text, section="Results", quote="50.1% versus 17.6%", result_id="r2")
    assert not list(conflict_within_document(of(stays, abstract, elsewhere)))


def swapped(second_arm="placebo", second=("85", "53")):
    rows = []
    for start, values in ((0, ("53", "85")), (90, second)):
        for arm, value in zip(("sorafenib", second_arm), values, strict=True):
            name = f"r{len(rows)}"
            rows.append(at(arm_result(value), start=start, arm=arm, arm_id=f"a-{arm}", result_id=name))
    return of(*rows)


def test_numbers_of_two_arms_that_are_exchanged_in_another_place_are_an_error():
    (doubt,) = arms_swapped(swapped())
    assert (doubt.severity, len(doubt.result_ids)) == (Severity.ERROR, 4)
    assert "53 with sorafenib and 85 with placebo" in doubt.message


def test_other_numbers_of_the_same_arms_are_not_exchanged():
    assert not list(arms_swapped(swapped(second=("85", "54"))))
    assert not list(arms_swapped(swapped(second=("53", "85"))))


# --------------------------------------------------------------------------------------------------- numbers told twice


@pytest.mark.parametrize(
    ("what", "values", "severity"),
    [
        ("doses in 50 patients", (68, 88), Severity.ERROR),
        ("doses in 50 patients", (68, 68), None),
        ("treatment-related deaths", (11, 12), Severity.ERROR),
        ("patients randomized", (365, 356), Severity.WARNING),
        ("patients randomized", (365, 120), None),  # one arm, or one stratum
        ("patients", (365, 356), None),  # anybody
    ],
)
def test_a_number_told_twice_has_to_be_one(what, values, severity):
    quantities = tuple(
        told(what, value, section) for value, section in zip(values, ("Abstract", "Methods"), strict=True)
    )
    found = list(conflict_within_document(Records(quantities=quantities)))
    assert [doubt.severity for doubt in found] == ([severity] if severity else [])


def test_deaths_of_one_arm_are_not_all_deaths():
    quantities = (told("treatment-related deaths", 11), told("treatment-related deaths", 3, arm="in the one group"))
    assert not list(conflict_within_document(Records(quantities=quantities)))


def test_a_document_that_gives_two_numbers_of_doses_is_flagged():
    text = (
        "Abstract: Forty patients received 61 infusions of donor lymphocytes.\n\n"
        "Results: Eighty-one infusions were administered to 40 patients, and 30 infusions were given to 22 patients.\n"
    )
    flags = [flag for flag in check(read_records(text)).flags if flag.check == "conflict_within_document"]
    assert [flag.severity for flag in flags] == [Severity.ERROR]
    assert "61" in flags[0].message
    assert "81" in flags[0].message


# ----------------------------------------------------------------------------------------------------- repeated numbers


def test_the_numbers_of_another_row_look_copied():
    first = at(contrast("0.86", "0.65", "1.16", p="=0.3238"), table="Table 3", column="HR", outcome_text="death")
    second = at(first, table="Table 3", column="HR", outcome_text="vascular death", result_id="c2")
    second = replace(second, source=replace(second.source, row="Vascular death"))
    (doubt,) = repeated_numbers(of(first, second))
    assert doubt.severity is Severity.WARNING
    assert not list(repeated_numbers(of(first, replace(second, p_value=Decimal("0.3311")))))
    short = [replace(row, p_value=Decimal("0.03")) for row in (first, second)]
    assert not list(repeated_numbers(of(*short)))  # p-values of two digits meet by chance
