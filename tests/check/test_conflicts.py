from dataclasses import replace
from decimal import Decimal

import pytest

from evidence.check import check
from evidence.check.conflicts import conflict_within_document
from evidence.model.codes import Adjustment, Measure, Severity
from evidence.model.records import ARM_SIZE, Arm, Quantity, Records, Source
from tests.check.rows import arm_result, at, contrast, of
from tests.extract.texts import records as read_records


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
        (("0.70", "0.45", "1.09"), Severity.INFO),  # perhaps another analysis
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


@pytest.mark.parametrize(
    ("p_values", "more", "severity"),
    [
        (("<0.001", "<0.001"), {}, Severity.WARNING),
        (("<0.001", "=0.03"), {}, Severity.INFO),
        ((None, None), {}, Severity.INFO),
        (("<0.001", "<0.001"), {"adjustment": Adjustment.ADJUSTED}, None),  # there may be several models
        (("<0.001", "<0.001"), {"subgroup": "women"}, None),
        (("<0.001", "<0.001"), {"table": None}, None),  # two sentences
    ],
)
def test_text_and_table_give_one_comparison_one_result(p_values, more, severity):
    first, second = (contrast(*numbers, p=p) for numbers, p in zip((ONE, OTHER), p_values, strict=True))
    first = at(first, section="Abstract")
    second = at(second, **({"table": "Table 2", "column": "HR", "start": 90, "result_id": "c2"} | more))
    found = list(conflict_within_document(of(first, second)))
    assert [doubt.severity for doubt in found] == ([severity] if severity else [])
    if severity is Severity.WARNING:
        assert (
            "0.64 (0.49 to 0.83) (abstract), but 0.74 (0.56 to 0.95) (Table 2), both with p<0.001" in found[0].message
        )


ONE, OTHER = ("0.64", "0.49", "0.83"), ("0.74", "0.56", "0.95")


@pytest.mark.parametrize(
    ("told", "doubted"),
    [(120, False), (104, False), (131, True), (102, True)],  # 102 has the digits of 120
)
def test_a_table_has_no_more_patients_in_an_arm_than_there_are(told, doubted):
    arm = Arm(arm_id="a1", study_id="s1", document_id="d1", label="letrozole", n=120)
    source = Source(char_start=0, char_end=6, quote="quoted", table="Table 1")
    size = Quantity(document_id="d1", study_id="s1", what=ARM_SIZE, arm="letrozole", value=Decimal(told), source=source)
    found = list(conflict_within_document(Records(arms=(arm,), quantities=(size, size))))
    words = [f"letrozole: the arm has 120 patients, but {told} in Table 1."] * doubted
    assert [doubt.message for doubt in found] == words


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


ABSTRACT, TEXT = "47.4% versus 16.7%", "47.4% versus 19.6%"


def beside(second, arm="placebo", text=TEXT):
    """The rows of an abstract that tells of two arms, and of a later place that prints the first number again."""
    stays = at(arm_result("47.4"), section="Abstract", quote=ABSTRACT)
    first = at(arm_result("16.7"), section="Abstract", quote=ABSTRACT, arm_id="a2", arm=arm, result_id="r2")
    return of(stays, first, at(second, section="Results", quote=text, start=90, arm_id="a2", arm=arm, result_id="r3"))


def test_an_arm_that_changes_beside_an_unchanged_one_is_doubted():
    (doubt,) = conflict_within_document(beside(arm_result("19.6")))
    assert (doubt.severity, doubt.result_ids) == (Severity.WARNING, ("r2", "r3"))
    assert "16.7 beside 47.4 with sorafenib (abstract), but 19.6 (text (Results))" in doubt.message


@pytest.mark.parametrize(
    ("second", "text"),
    [
        (arm_result("16.7"), "47.4% versus 16.7%"),  # the same
        (arm_result("17"), "47.4% versus 17%"),  # the same, rounded
        (arm_result("19.6"), "50.1% versus 19.6%"),  # other numbers of both
        (arm_result("19.6"), "47.4% versus 16.7% and 19.6% in those who stopped"),  # one of two groups of the sentence
    ],
)
def test_numbers_of_other_patients_are_no_conflict(second, text):
    assert not list(conflict_within_document(beside(second, text=text)))


def test_percentages_of_other_counts_are_no_conflict():
    records = beside(arm_result("19.6", 10, 51))
    first = replace(records.arm_results[1], events=4, total=24)
    assert not list(conflict_within_document(of(records.arm_results[0], first, records.arm_results[2])))


# --------------------------------------------------------------------------------------------------- numbers told twice


@pytest.mark.parametrize(
    ("what", "values", "severity"),
    [
        ("doses in 50 patients", (68, 88), Severity.ERROR),
        ("doses in 50 patients", (68, 68), None),
        ("treatment-related deaths", (11, 12), Severity.ERROR),
        ("patients randomized", (365, 356), Severity.WARNING),
        ("patients randomized", (365, 120), None),  # one arm, or one stratum
        ("patients with previous transplantation", (31, 66), Severity.WARNING),  # may be those of one arm
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
