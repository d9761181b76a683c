import pytest

from tests.extract.texts import comparisons, numbers, records, trial

CURVE = "survival_probability"


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        (
            "Median OS in the tamoxifen and letrozole groups was 14.5 and 15.9 months, respectively.",
            [("tamoxifen", "OS", None, "14.5"), ("letrozole", "OS", None, "15.9")],
        ),
        (
            "The 2-year OS was 71.0% and 60.2% in the letrozole and tamoxifen groups, respectively.",
            [("letrozole", "OS", "24", "71.0"), ("tamoxifen", "OS", "24", "60.2")],
        ),
        (
            "The response rate was higher with letrozole than with tamoxifen (45% vs 30%, respectively).",
            [("letrozole", "ORR", None, "45"), ("tamoxifen", "ORR", None, "30")],
        ),
        (
            "The response rate was higher with letrozole than with tamoxifen (45 vs 30%).",
            [("letrozole", "ORR", None, "45"), ("tamoxifen", "ORR", None, "30")],
        ),
        (
            "The 1- and 2-year OS rates were 80% and 61% in the letrozole group and 70% and 45% in the tamoxifen "
            "group, respectively.",
            [
                ("letrozole", "OS", "12", "80"),
                ("letrozole", "OS", "24", "61"),
                ("tamoxifen", "OS", "12", "70"),
                ("tamoxifen", "OS", "24", "45"),
            ],
        ),
        (
            "A complete response was seen in 51 (42.5%) patients who received letrozole and 33 (27.5%) who received "
            "tamoxifen.",
            [("letrozole", "CR", None, "42.5"), ("tamoxifen", "CR", None, "27.5")],
        ),
        (
            "With letrozole, PFS and OS at 2 years were 50% and 70%, respectively.",
            [("letrozole", "PFS", "24", "50"), ("letrozole", "OS", "24", "70")],
        ),
        (
            "Of 120 patients in the letrozole group, 24 (20%) relapsed, compared with 48 of 120 (40%) in the tamoxifen "
            "group.",
            [("letrozole", "RELAPSE", None, "20"), ("tamoxifen", "RELAPSE", None, "40")],
        ),
    ],
)
def test_numbers_of_a_list_go_to_their_arms_outcomes_and_times_in_the_order_of_the_words(sentence, rows):
    assert [(arm, outcome, months, value) for arm, outcome, _, months, value in numbers(trial(sentence))] == rows


def test_groups_that_are_called_by_letters_are_the_arms_the_letters_stand_for():
    found = trial(
        "The response rate was 41% in group A and 29% in group B.",
        methods="340 patients were randomized to letrozole (group A) or tamoxifen (group B).",
    )
    assert [(arm, value) for arm, _, _, _, value in numbers(found)] == [("letrozole", "41"), ("tamoxifen", "29")]


@pytest.mark.parametrize(
    ("sentence", "value", "arm"),
    [
        ("The 2-year OS was 61.0% in the non-letrozole group.", "61.0", "non-letrozole"),
        ("The 2-year OS was 78.0% in the letrozole group.", "78.0", "letrozole"),
    ],
)
def test_patients_without_a_drug_are_never_those_with_it(sentence, value, arm):
    methods = "We retrospectively reviewed 120 patients, 50 in the letrozole group and 70 in the non-letrozole group."
    assert [(who, number) for who, _, _, _, number in numbers(trial(sentence, methods))] == [(arm, value)]


def who(sentence):
    return [(arm, outcome, value) for arm, outcome, _, _, value in numbers(trial(sentence))]


def test_they_are_those_on_the_only_arm_of_the_sentence_before():
    sentence = "In all, 117 patients began letrozole. They received 4 cycles; 29 relapsed and 23 left the study."
    assert who(sentence) == [("letrozole", "RELAPSE", "29"), ("letrozole", "DISCONTINUATION", "23")]


def test_a_number_whose_parts_are_those_of_the_arms_is_of_all():
    assert who("Nine patients relapsed, including 6 in the letrozole group and 3 in the tamoxifen group.") == [
        ("overall", "RELAPSE", "9"),
        ("letrozole", "RELAPSE", "6"),
        ("tamoxifen", "RELAPSE", "3"),
    ]


def test_a_change_is_no_number_of_an_arm_and_takes_none_of_theirs():
    sentence = (
        "This was a reduction of relapse incidence at 2 years of 44% (33.3% vs 77.3% in letrozole vs tamoxifen group)."
    )
    assert who(sentence) == [("letrozole", "RELAPSE", "33.3"), ("tamoxifen", "RELAPSE", "77.3")]


def test_numbers_before_their_outcomes_keep_to_what_follows_them():
    sentence = (
        "With letrozole, 100 (40%) of 120 patients responded, with 19 (8%) achieving complete remission, ten (4%) "
        "complete remission with incomplete platelet recovery and 25 (10%) partial remission."
    )
    assert who(sentence)[-3:] == [("letrozole", "CR", "8"), ("letrozole", "CRp", "4"), ("letrozole", "PR", "10")]


@pytest.mark.parametrize(
    "sentence",
    [
        "Key adverse events were fever (in 45% of the letrozole group and 38% of the tamoxifen group), and rash (in "
        "42% and 19%).",
        "At a median follow-up of 20.5 months, median OS was 14.7 months with letrozole and 9.6 months with tamoxifen.",
        "Two-year OS was 61% with letrozole and 52% with tamoxifen; adverse events that 5% or more had were mild.",
    ],
)
def test_numbers_go_in_twos_to_the_two_arms(sentence):
    assert [arm for arm, _, _ in who(sentence)] == ["letrozole", "tamoxifen"] * (len(who(sentence)) // 2) != []


@pytest.mark.parametrize(
    "sentence",
    [
        "The 2-year OS was 72.3 ± 7.5% and 81.9 ± 7.0%, respectively, in the letrozole and tamoxifen groups.",
        "The 2-year OS was 72.3% ± 7.5% with letrozole and 81.9% ± 7.0% with tamoxifen.",
    ],
)
def test_a_standard_error_behind_a_share_is_no_share(sentence):
    assert numbers(trial(sentence)) == [
        ("letrozole", "OS", "survival_probability", "24", "72.3"),
        ("tamoxifen", "OS", "survival_probability", "24", "81.9"),
    ]


def test_two_outcomes_whose_medians_were_not_reached_are_two():
    assert who("With letrozole, median EFS and OS have not been reached.") == [
        ("letrozole", "EFS", "not reached"),
        ("letrozole", "OS", "not reached"),
    ]


def test_numbers_of_two_outcomes_that_no_arm_is_named_for_are_of_all():
    assert who("Anemia and fever occurred in 95.5% and 88.6% of patients, respectively.") == [
        ("overall", "AE", "95.5"),
        ("overall", "AE", "88.6"),
    ]


def test_the_second_of_two_grades_counts_nobody():
    assert who("The rate of grade 2 or 3 infection was 14% with letrozole.") == [("letrozole", "AE", "14")]


def test_a_number_before_a_group_of_its_own_is_not_that_of_the_arm_before_it():
    found = trial("Overall survival at 2 years was 29% with letrozole, 33% with exemestane and 42% with anastrozole.")
    assert [(row[0], row[4]) for row in numbers(found)] == [("letrozole", "29"), ("", "33"), ("", "42")]


def test_a_short_form_that_is_no_word_names_its_arm_without_the_word_group():
    found = trial(
        "Overall survival at 2 years was 71% with Rd and 78% with ZRd.",
        "We randomly assigned 240 patients to the Rd group (n = 120) or the ZRd group (n = 120).",
    )
    assert [(row[0], row[4]) for row in numbers(found)] == [("Rd", "71"), ("ZRd", "78")]


def test_two_numbers_joined_by_and_are_each_of_the_outcome_beside_them():
    found = trial(
        "Serious adverse events occurred in 31 patients (12.9%), and 11 patients (4.6%) discontinued therapy."
    )
    assert [(row.outcome.value, row.events) for row in found.arm_results] == [("SAE", 31), ("DISCONTINUATION", 11)]


def test_the_ages_of_two_groups_are_no_times():
    found = trial("Patients given letrozole were older (median 59 vs 55 years) than those given tamoxifen.")
    assert numbers(found) == []


def test_numbers_of_patients_set_against_each_other_are_of_the_two_arms_in_order():
    found = trial("A remission was reached by 60 (50%) of 120 patients versus 42 (35%) of 120.")
    assert [(row.arm, row.events) for row in found.arm_results] == [("letrozole", 60), ("tamoxifen", 42)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Overall survival at 2 years was 62% with letrozole and 41% in the comparator cohort.",
        "Overall survival at 2 years was 62% in women on letrozole and 41% in women on their doctor's choice.",
        "Overall survival at 2 years was 62% among women treated with letrozole and 41% among those given other drugs.",
        "Overall survival at 2 years was 62% with letrozole vs 41%.",
    ],
)
def test_the_number_of_a_group_that_no_list_knows_is_neither_of_the_arm_before_it_nor_of_all(sentence):
    assert [(row[0], row[4]) for row in numbers(trial(sentence))] == [("letrozole", "62"), ("", "41")]


def test_the_number_a_comparison_begins_with_is_not_of_all():
    found = trial("Compared with other hormones (41%), overall survival at 2 years was higher with letrozole (62%).")
    assert [(row[0], row[4]) for row in numbers(found)] == [("", "41"), ("letrozole", "62")]


def test_an_arm_goes_by_the_kind_of_its_treatment_where_no_other_has_it():
    methods = "We randomly assigned 240 patients to letrozole (n = 120) or salvage chemotherapy (n = 120)."
    sentence = "Overall survival at 2 years was 62% of those given letrozole and 41% of those given chemotherapy."
    assert [row[0] for row in numbers(trial(sentence, methods))] == ["letrozole", "salvage chemotherapy"]
    both = methods.replace("letrozole", "letrozole plus chemotherapy")
    assert "salvage chemotherapy" not in [row[0] for row in numbers(trial(sentence, both))]


def test_with_or_without_names_no_control():
    found = trial(
        "Patients received standard care with or without letrozole; overall survival at 2 years was 89% versus 76%.",
        "We randomly assigned 240 patients to letrozole (n = 120) or standard care (n = 120).",
    )
    assert [(row[0], row[4]) for row in numbers(found)] == [("letrozole", "89"), ("standard care", "76")]


@pytest.mark.parametrize(
    ("sentence", "arms"),
    [
        ("Overall survival at 2 years was 90%, 80% and 70%, respectively.", ["letrozole", "anastrozole", "tamoxifen"]),
        ("Overall survival at 2 years was 90%, 80% and 70%, respectively, in risk groups.", [""] * 3),
        ("In low, medium and high risk, overall survival was 90%, 80% and 70%, respectively.", [""] * 3),
    ],
)
def test_as_many_numbers_as_arms_follow_the_order_in_which_all_of_them_were_named(sentence, arms):
    found = trial(
        f"The response rate was 45% with letrozole, 40% with anastrozole and 30% with tamoxifen. {sentence}",
        methods="We randomly assigned 360 women to letrozole (n = 120), anastrozole (n = 120) or tamoxifen (n = 120).",
    )
    assert [row[0] for row in numbers(found) if row[1] == "OS"] == arms


def test_acute_and_chronic_forms_of_one_disease_are_two_outcomes():
    found = trial("Acute and chronic GVHD were seen in 20% and 45% with letrozole, respectively.")
    assert [(row.outcome.value, str(row.value)) for row in found.arm_results] == [("AGVHD", "20"), ("CGVHD", "45")]


def test_a_p_value_of_what_patients_were_like_compares_no_outcome():
    found = trial("Recipients of letrozole were older than those of tamoxifen (median 59 vs 55 years; p=0.02).")
    assert comparisons(found) == []


def test_patients_who_had_another_event_are_no_second_number_of_the_event_before():
    found = trial(
        "Grade 3 or 4 neutropenia occurred in 25 patients (33.8%), and three patients (4.1%) had bleeding of grade 3 "
        "or higher.",
        methods="In this single-arm phase 2 study, 74 patients received letrozole.",
    )
    assert [(row.outcome_text, str(row.value)) for row in found.arm_results] == [
        ("Grade 3 or 4 neutropenia", "33.8"),
        ("bleeding of grade 3 or higher", "4.1"),
    ]


def test_without_the_treatment_of_one_of_two_arms_is_the_other():
    found = records(
        "Methods: Of 240 patients, 110 were given a placebo and 130 received letrozole.\n\n"
        "Results: Women had better overall survival at 2 years than those without letrozole (70% vs 60%). "
        "At 2 years relapse-free survival was 50% with letrozole and 40% without it.\n"
    )
    assert [(arm, value) for arm, *_, value in numbers(found)] == [
        ("letrozole", "70"),
        ("placebo", "60"),
        ("letrozole", "50"),
        ("placebo", "40"),
    ]


def test_corresponding_numbers_keep_the_order_of_the_sentence_before():
    found = trial(
        "Progression-free survival at 2 years was 77.3% in the tamoxifen group and 85.1% in the letrozole group. "
        "In the intention-to-treat population the corresponding figures were 77.0% and 85.0% "
        "(HR for letrozole vs tamoxifen 0.76; 95% CI 0.61-0.96)."
    )
    assert [(arm, value) for arm, *_, value in numbers(found)][2:] == [("tamoxifen", "77.0"), ("letrozole", "85.0")]


def test_numbers_keep_the_order_that_the_denominators_before_them_show():
    found = trial(
        "In the tamoxifen group 40 patients (33.3%) responded. "
        "The response rate was 50.0% (60/120) and 33.0% (33/100), respectively. "
        "Relapse was seen in 17 of the 60 (28.3%) and 16 of the 33 (48.5%) responders.",
        methods="We randomly assigned 220 patients to letrozole (n = 120) or tamoxifen (n = 100).",
    )
    assert [(arm, value) for arm, *_, value in numbers(found)][3:] == [("letrozole", "28.3"), ("tamoxifen", "48.5")]


def test_a_clause_behind_a_semicolon_may_begin_with_its_arm():
    found = trial(
        "In the letrozole group, 40 patients (33.3%) achieved CR and 12 (10.0%) PR; "
        "in the tamoxifen group 22 patients (18.3%) achieved CR and 13 (10.8%) PR."
    )
    assert [(arm, value) for arm, *_, value in numbers(found)] == [
        ("letrozole", "33.3"),
        ("letrozole", "10.0"),
        ("tamoxifen", "18.3"),
        ("tamoxifen", "10.8"),
    ]


def test_what_is_said_irrespective_of_treatment_is_of_no_arm():
    found = trial(
        "Overall survival at 2 years was 71.0% in the letrozole group and 60.2% in the tamoxifen group. "
        "Irrespective of treatment, positive nodes meant worse overall survival at 5 years (58% vs 79%)."
    )
    assert [arm for arm, *_ in numbers(found)] == ["letrozole", "tamoxifen", "", ""]


def test_a_list_set_against_another_has_its_outcomes_in_their_order():
    found = trial(
        "Of the 120 patients on letrozole, 12 (10%) relapsed and 9 (8%) died, compared with 40 (33%) and 38 (32%) of "
        "the 120 on tamoxifen."
    )
    assert [(row[0], row[1], row[4]) for row in numbers(found)] == [
        ("letrozole", "RELAPSE", "10"), ("letrozole", "DEATH", "8"),
        ("tamoxifen", "RELAPSE", "33"), ("tamoxifen", "DEATH", "32"),
    ]  # fmt: skip


def test_the_number_of_an_event_no_list_knows_is_not_of_the_outcome_before_it():
    found = trial("Complete remission was seen in 47% of both groups; a long QT interval occurred in 11% of women.")
    assert ("CR", "11") not in [(row[1], row[4]) for row in numbers(found)]
