"""Sentences that lay several numbers over arms and outcomes, divide them in brackets, or leave words to the end."""

import pytest

from tests.extract.texts import comparisons, numbers, records, trial


def told(found):
    """(arm, code, words, measure, months, value) of each arm result."""
    pairs = zip(numbers(found), found.arm_results, strict=True)
    return [(arm, code, row.outcome_text, *rest) for (arm, code, *rest), row in pairs]


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        (
            "More women had pain with letrozole compared to tamoxifen (59% compared to 43%).",
            [("letrozole", "59"), ("tamoxifen", "43")],
        ),
        (
            "The median overall survival was 3.8 years (95% CI = 3.0 to 5.9 years) and 2.5 (95% CI = 1.6 to 3.2 "
            "years), respectively, with letrozole and tamoxifen.",
            [("letrozole", "45.6"), ("tamoxifen", "30")],
        ),
        ("The median duration of response was 15 months with letrozole.", [("letrozole", "15")]),
        (
            "Relapse was detected in 6 and 9 patients, respectively, with letrozole and tamoxifen.",
            [("letrozole", "6"), ("tamoxifen", "9")],
        ),
        (
            "Causes of death were stroke (12 vs 16) and infection (6 vs 4).",
            [("letrozole", "12"), ("tamoxifen", "16"), ("letrozole", "6"), ("tamoxifen", "4")],
        ),
    ],
)
def test_numbers_that_were_passed_over_are_read(sentence, rows):
    assert [(arm, value) for arm, _, _, _, value in numbers(trial(sentence))] == rows


def test_a_percentage_in_words_is_no_count_of_people():
    found = trial("Sixty percent of women in the letrozole group had a relapse.")
    assert numbers(found) == [("letrozole", "RELAPSE", "proportion", None, "60")]


def test_a_word_before_and_names_a_second_outcome_with_numbers_of_its_own():
    found = trial(
        "The incidence of total and grade III-IV mucositis was 64% and 51% (P = 0.04), and 12% and 3% (P = 0.002), "
        "respectively, in the letrozole and tamoxifen groups."
    )
    assert told(found) == [
        ("letrozole", "AE", "total mucositis", "proportion", None, "64"),
        ("tamoxifen", "AE", "total mucositis", "proportion", None, "51"),
        ("letrozole", "AE_G3", "grade III-IV mucositis", "proportion", None, "12"),
        ("tamoxifen", "AE_G3", "grade III-IV mucositis", "proportion", None, "3"),
    ]
    assert [(code, p) for _, _, code, *_, p in comparisons(found)] == [("AE", "=0.04"), ("AE_G3", "=0.002")]


def test_rows_of_numbers_are_of_arms_where_an_arm_is_named_between_them():
    found = trial("OS and DFS were 70% and 60% in the letrozole group, and 50% and 40% in the tamoxifen group.")
    assert [(arm, code, value) for arm, code, _, _, value in numbers(found)] == [
        ("letrozole", "OS", "70"),
        ("letrozole", "DFS", "60"),
        ("tamoxifen", "OS", "50"),
        ("tamoxifen", "DFS", "40"),
    ]


def test_grades_without_the_word_and_an_abbreviated_toxicity_are_severe_toxicity():
    found = records(
        "Methods: We randomly assigned 240 patients to letrozole (n = 120) or tamoxifen (n = 120).\n\n"
        "Results: Regimen-related toxicity (RRT) was common. III-IV RRT was seen in 16.7% with letrozole.\n"
    )
    assert told(found) == [("letrozole", "AE_G3", "III-IV RRT", "proportion", None, "16.7")]


def test_days_until_an_event_stay_days():
    found = trial(
        "The median time to neutrophil engraftment was 12 (range, 9-19 days) and 11 days (range, 9-15 days), "
        "respectively, in the letrozole and tamoxifen groups."
    )
    assert told(found) == [
        ("letrozole", "OTHER", "time to neutrophil engraftment (days)", "median", None, "12"),
        ("tamoxifen", "OTHER", "time to neutrophil engraftment (days)", "median", None, "11"),
    ]


def test_means_of_durations_keep_their_unit():
    found = trial("The mean time to recovery was 4.1 weeks with letrozole and 6.1 weeks with tamoxifen.")
    assert [(row.outcome_text, row.measure.value, str(row.value)) for row in found.arm_results] == [
        ("time to recovery (weeks)", "mean", "4.1"),
        ("time to recovery (weeks)", "mean", "6.1"),
    ]


def test_a_bracket_divides_the_number_before_it_and_not_the_next():
    found = trial(
        "13 patients have died; 5 on letrozole (2 from progression, 1 from sepsis) and 8 on tamoxifen (3 from "
        "sepsis, 1 from stroke)."
    )
    assert told(found) == [
        ("letrozole", "DEATH", "have died", "count", None, "5"),
        ("tamoxifen", "DEATH", "have died", "count", None, "8"),
    ]


def test_an_arm_behind_the_bracket_that_divides_a_number_is_the_arm_of_the_number():
    found = trial(
        "Relapse occurred in 8 patients (fever in 4, rash in 2) in the letrozole group, and 3 patients (fever in 1, "
        "rash in 1) in the tamoxifen group."
    )
    assert [(row.arm, row.events) for row in found.arm_results if row.outcome.value == "RELAPSE"] == [
        ("letrozole", 8),
        ("tamoxifen", 3),
    ]


def test_what_happened_may_stand_behind_the_numbers_of_both_arms():
    found = trial("After 46 months, 12 patients (10%) on letrozole and 17 (14.2%) on tamoxifen have progressed.")
    assert [(row.arm, row.outcome_text, str(row.value)) for row in found.arm_results] == [
        ("letrozole", "progressed", "10"),
        ("tamoxifen", "progressed", "14.2"),
    ]


TOGETHER = (
    "The median time to progression for women who had letrozole, tamoxifen, and letrozole plus tamoxifen was 11 "
    "months, 7 months, and 8 months, respectively."
)


def test_patients_who_got_what_each_of_two_arms_got_are_a_third():
    assert [(arm, value) for arm, _, _, _, value in numbers(trial(TOGETHER))] == [
        ("letrozole", "11"),
        ("tamoxifen", "7"),
        ("letrozole plus tamoxifen", "8"),
    ]


def test_numbers_of_three_groups_are_not_all_of_the_one_that_has_a_name():
    found = trial("The response rate with diet, exercise and letrozole was 73%, 80% and 91%, respectively.")
    assert {row.arm for row in found.arm_results} <= {""}
