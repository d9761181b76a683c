import pytest

from tests.extract.texts import comparisons, numbers, records, trial

SIDES = ("letrozole", "tamoxifen")
CI = "95% CI, 1.2 to 4.1"


def found(sentence):
    records = trial(sentence)
    return [(row[0], row[4]) for row in numbers(records)], [row[:2] for row in comparisons(records)]


@pytest.mark.parametrize(
    ("sentence", "values", "pairs"),
    [
        (  # the usual order
            "Median OS was 26.7 months with letrozole and 12.3 months with tamoxifen (HR 0.61; 95% CI, 0.4 to 0.9).",
            [("letrozole", "26.7"), ("tamoxifen", "12.3")],
            [SIDES],
        ),
        (  # the worse arm first: the ratio can only be of the first to the second
            f"Overall survival was worse in the tamoxifen than in the letrozole arm (61% vs 80%; HR 1.9; {CI}).",
            [("tamoxifen", "61"), ("letrozole", "80")],
            [SIDES[::-1]],
        ),
        (  # the worse arm first, but the ratio as usual
            "OS was worse in the tamoxifen than in the letrozole arm (61% vs 80%; HR 0.6; 95% CI, 0.4 to 0.9).",
            [("tamoxifen", "61"), ("letrozole", "80")],
            [SIDES],
        ),
        (  # words and ratio agree against the order of the numbers
            f"PFS was shorter in the letrozole versus the tamoxifen arm (26.7 versus 12.3 months, HR 2.28; {CI}).",
            [("tamoxifen", "26.7"), ("letrozole", "12.3")],
            [SIDES],
        ),
        (  # the ratio says whose it is
            "Median OS was 30 months with letrozole and 25 months with tamoxifen "
            "(hazard ratio for death in the tamoxifen group 1.18; 95% CI, 0.95 to 1.45).",
            [("letrozole", "30"), ("tamoxifen", "25")],
            [SIDES[::-1]],
        ),
        (
            "Median OS was 30 months with letrozole and 25 months with tamoxifen "
            "(HR vs tamoxifen 0.85; 95% CI, 0.69 to 1.05).",
            [("letrozole", "30"), ("tamoxifen", "25")],
            [SIDES],
        ),
        (  # each number with its own arm, and a ratio that can only be of the second to the first
            f"OS at 2 years was 52% with tamoxifen and 34% with letrozole (HR 0.64; {CI.replace('1.2', '0.4')}).",
            [("tamoxifen", "52"), ("letrozole", "34")],
            [SIDES[::-1]],
        ),
        (  # the words alone change nothing
            "Median PFS was shorter in the letrozole versus the tamoxifen arm (26.7 versus 12.3 months).",
            [("letrozole", "26.7"), ("tamoxifen", "12.3")],
            [],
        ),
    ],
)
def test_a_comparison_points_as_its_words_and_numbers_say(sentence, values, pairs):
    assert found(sentence) == (values, pairs)


def test_numbers_that_contradict_their_words_are_less_sure():
    told = "Median PFS was {} in the letrozole versus the tamoxifen arm (26.7 versus 12.3 months)."
    sure, unsure = (trial(told.format(word)).arm_results[0].confidence for word in ("longer", "shorter"))
    assert unsure < sure


def test_the_only_arm_named_stands_second_where_others_are_set_against_it():
    values, _ = found("Treated women had longer OS at 2 years than women given tamoxifen (62% vs 45%).")
    assert values == [("letrozole", "62"), ("tamoxifen", "45")]


def test_who_is_favoured_does_not_say_whose_number_comes_first():
    values, _ = found(
        "OS at 2 years was 50% with tamoxifen and 60% with letrozole. PFS at 2 years favoured letrozole: 40% v 48%."
    )
    assert values[2:] == [("tamoxifen", "40"), ("letrozole", "48")]


def test_a_number_before_not_inferior_is_not_that_of_the_arm_behind_it():
    values, pairs = found(
        "Median OS for letrozole of 13.6 months (95% CI 12.1-14.9) was non-inferior to tamoxifen (12.3 months; "
        "HR 0.92; 95% CI, 0.79 to 1.06)."
    )
    assert values == [("letrozole", "13.6"), ("tamoxifen", "12.3")]
    assert pairs == [SIDES]


TABLE = """
Table 2. Outcomes at 2 years, % (95% CI)

| Outcome | Letrozole (n = 120) | Tamoxifen (n = 120) | Hazard ratio (95% CI) |
|---|---|---|---|
| Relapse, % | {} | {} | 1.90 (1.20 to 3.10) |
| Overall survival, % | {} | {} | 1.70 (1.10 to 2.60) |
| Progression-free survival, % | 60.1 | 60.0 | 1.02 (0.80 to 1.30) |
"""


@pytest.mark.parametrize(
    ("cells", "pair"),
    [
        (("14.0", "26.0", "80.0", "70.0"), SIDES[::-1]),  # relapse and death are rarer with letrozole
        (("26.0", "14.0", "70.0", "80.0"), SIDES),  # as usual
        (("14.0", "26.0", "70.0", "80.0"), SIDES),  # the rows contradict each other
        (("26.0", "25.5", "80.0", "70.0"), SIDES),  # one row alone tells
    ],
)
def test_the_ratios_of_a_column_point_as_all_its_rows_say(cells, pair):
    records = trial("The results stand in the table.\n" + TABLE.format(*cells))
    assert [row[:4] for row in comparisons(records)] == [
        (*pair, "RELAPSE", "HR"), (*pair, "OS", "HR"), (*pair, "PFS", "HR")
    ]  # fmt: skip


USUAL = ("letrozole", "no letrozole")
SWAPPED = USUAL[::-1]
WITHOUT = (
    "In this retrospective study of 160 patients 61 received letrozole maintenance and 99 did not; 61 were in the "
    "letrozole group and 99 in the no letrozole group."
)


@pytest.mark.parametrize(
    ("sentence", "pair"),
    [
        ("Patients without maintenance had a higher risk of relapse (HR 2.4, 95% CI 1.3 to 4.5).", SWAPPED),
        ("Not receiving letrozole was associated with inferior OS (HR 2.4, 95% CI 1.3 to 4.5).", SWAPPED),
        ("Compared with letrozole, patients not given it and without maintenance had a lower OS (HR 2.4).", SWAPPED),
        ("Relapse-free survival was inferior without maintenance (HR 2.4, 95% CI 1.3 to 4.5).", SWAPPED),
        # word and ratio do not agree: as usual
        ("Patients without maintenance had a higher risk of relapse (HR 0.4, 95% CI 0.3 to 0.8).", USUAL),
        ("OS was better than without maintenance (HR 0.4, 95% CI 0.3 to 0.8).", USUAL),
        ("Relapse was less frequent with letrozole than without maintenance (HR 0.4, 95% CI 0.3 to 0.8).", USUAL),
    ],
)
def test_a_ratio_is_of_those_whom_the_sentence_calls_worse_off(sentence, pair):
    assert [row[:2] for row in comparisons(trial(sentence, WITHOUT))] == [pair]


def test_a_difference_is_of_the_arms_in_the_order_in_which_it_was_subtracted():
    found = trial(
        "Overall survival at 2 years was 77.3% in the tamoxifen group and 75.1% in the letrozole group, "
        "a between-group difference of 2.2% (95% CI -0.9 to 5.3)."
    )
    (row,) = found.contrasts
    assert (row.arm, row.comparator, str(row.estimate)) == ("tamoxifen", "letrozole", "2.2")


def test_two_of_three_arms_are_compared_in_the_order_in_which_they_are_named():
    found = records(
        "Methods: Patients were randomized to placebo (182 patients), exemestane (260 patients), "
        "or letrozole (263 patients).\n\n"
        "Results: Death occurred in 9 patients in the letrozole group and 25 in the exemestane group "
        "(hazard ratio, 0.31; 95% CI, 0.15 to 0.67).\n"
    )
    (row,) = [row for row in found.contrasts if row.estimate is not None]
    assert (row.arm, row.comparator) == ("letrozole", "exemestane")
