import pytest

from tests.extract.texts import comparisons, numbers, trial


def rows(sentence):
    return [(arm, outcome, value) for arm, outcome, _, _, value in numbers(trial(sentence))]


def texts(sentence):
    return [(row.arm, row.outcome_text, row.events) for row in trial(sentence).arm_results]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (  # one drug named before the list, the other in the next clause
            "With letrozole the commonest adverse events of grade 3 or higher were anemia (40.7%) and fever (22.8%); "
            "they were rarer than with tamoxifen.",
            [("letrozole", "AE_G3", "40.7"), ("letrozole", "AE_G3", "22.8")],
        ),
        (  # the arm behind each list
            "Serious adverse events included sepsis (7%) and nausea (2%) with letrozole, and sepsis (5%), pneumonia "
            "(4%) and fever (3%) with tamoxifen.",
            [
                ("letrozole", "SAE", "7"),
                ("letrozole", "SAE", "2"),
                ("tamoxifen", "SAE", "5"),
                ("tamoxifen", "SAE", "4"),
                ("tamoxifen", "SAE", "3"),
            ],
        ),
        (  # later items in the order of the first
            "Serious adverse events included fractures (30 events in the letrozole group vs 69 in the tamoxifen "
            "group) and infections (42 events vs 53).",
            [
                ("letrozole", "SAE", "30"),
                ("tamoxifen", "SAE", "69"),
                ("letrozole", "SAE", "42"),
                ("tamoxifen", "SAE", "53"),
            ],
        ),
        (
            "Within 90 days the commonest grade 3 adverse events were infections (25 [25%] of 100 patients in the "
            "letrozole group vs 24 [24%] of 102 in the tamoxifen group) and acute GVHD (23 [23%] of 100 vs 21 [21%] "
            "of 102).",
            [
                ("letrozole", "AE_G3", "25"),
                ("tamoxifen", "AE_G3", "24"),
                ("letrozole", "AGVHD", "23"),
                ("tamoxifen", "AGVHD", "21"),
            ],
        ),
    ],
)
def test_numbers_of_a_list_of_events_go_to_the_arm_it_is_of(sentence, expected):
    assert rows(sentence) == expected


def test_a_window_in_which_events_were_counted_is_no_time_point_of_what_is_listed():
    found = trial("Within 90 days the commonest adverse events were fever (9%) and acute GVHD (23%) with letrozole.")
    assert {row.timepoint_months for row in found.arm_results} == {None}


def test_sizes_in_brackets_behind_events_count_them_also_those_no_lexicon_knows():
    assert texts(
        "In the letrozole group, 15 patients (12.5%) had adverse events, including rash (n = 6), oily hair (n = 3), "
        "and fever (n = 1)."
    ) == [
        ("letrozole", "adverse events", 15),
        ("letrozole", "rash", 6),
        ("letrozole", "oily hair", 3),
        ("letrozole", "fever", 1),
    ]


def test_the_grades_of_one_disease_are_counted_each():
    assert texts("Seventeen patients developed aGVHD (grade I, n = 7; grade II, n= 7; grade IV, n=1).") == [
        ("overall", "aGVHD", 17),
        ("overall", "aGVHD grade I", 7),
        ("overall", "aGVHD grade II", 7),
        ("overall", "aGVHD grade IV", 1),
    ]


def test_causes_of_death_are_no_adverse_events():
    sentence = "Causes of death included disease progression (n = 34), infections (n = 9) and GVHD (n = 1)."
    assert rows(sentence) == [("overall", "OTHER", "34"), ("overall", "OTHER", "9"), ("overall", "OTHER", "1")]
    assert texts(sentence)[1][1] == "death from infections"


@pytest.mark.parametrize(
    "sentence",
    [
        "Adverse events led 15.5% of the letrozole group and 7% of the tamoxifen group to stop treatment.",
        "Adverse events leading to discontinuation occurred in 15.5% with letrozole and 7% with tamoxifen.",
        "Discontinuation because of adverse events was reported in 15.5% with letrozole and 7% with tamoxifen.",
    ],
)
def test_stopping_because_of_adverse_events_is_discontinuation(sentence):
    assert rows(sentence) == [("letrozole", "DISCONTINUATION", "15.5"), ("tamoxifen", "DISCONTINUATION", "7")]


def test_equal_numbers_of_two_events_in_one_sentence_are_two():
    sentence = "With letrozole, 3 (2.5%) had a molecular relapse and 3 (2.5%) had a morphological relapse."
    assert texts(sentence) == [("letrozole", "molecular relapse", 3), ("letrozole", "morphological relapse", 3)]


def test_a_count_that_stands_elsewhere_with_its_percentage_is_not_told_twice():
    found = trial(
        "Seven patients in the letrozole group died. Death occurred in 7 of 120 patients (5.8%) with letrozole."
    )
    assert [(row.events, row.total) for row in found.arm_results] == [(7, 120)]


def test_the_number_of_a_patient_counts_nobody():
    assert rows("Patient 13 achieved complete remission.") == []


def test_hazard_ratios_in_a_row_share_the_direction_told_before_them():
    found = trial(
        "The hazard ratios (tamoxifen vs. letrozole) of PFS and OS were 1.77 (95% CI, 1.10 to 2.85) and 2.05 (95% CI, "
        "1.11 to 3.38)."
    )
    assert [row[:5] for row in comparisons(found)] == [
        ("tamoxifen", "letrozole", "PFS", "HR", "1.77"),
        ("tamoxifen", "letrozole", "OS", "HR", "2.05"),
    ]


def test_deaths_that_were_recorded_are_not_deaths_of_a_cause():
    found = trial("In all, 508 deaths were recorded (248 in the letrozole group and 260 in the tamoxifen group).")
    assert [(row.arm, row.outcome.value, row.events) for row in found.arm_results[-2:]] == [
        ("letrozole", "DEATH", 248),
        ("tamoxifen", "DEATH", 260),
    ]
