import pytest

from tests.extract.texts import comparisons, records, trial

SIDES = ("letrozole", "tamoxifen")


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        (
            "Letrozole improved survival over tamoxifen (hazard ratio for death, 0.71; 95% CI, 0.55 to 0.92; P=0.01).",
            [(*SIDES, "OS", "HR", "0.71", "0.55", "0.92", "=0.01")],
        ),
        (
            "Complete remission was achieved in 54.3% of the letrozole group and 21.8% of the tamoxifen group "
            "(odds ratio, 4.27; 95% CI, 2.30-7.91).",
            [(*SIDES, "CR", "OR", "4.27", "2.30", "7.91", None)],
        ),
        (
            "The cumulative incidence of relapse was lower with letrozole than with tamoxifen "
            "(subdistribution hazard ratio, 0.44; 95% CI, 0.21 to 0.90).",
            [(*SIDES, "RELAPSE", "SHR", "0.44", "0.21", "0.90", None)],
        ),
        (
            "The response rate was higher with letrozole than with tamoxifen (45% vs 30%; P=0.02).",
            [(*SIDES, "ORR", "P", None, None, None, "=0.02")],
        ),
        (
            "PFS was longer with letrozole than with tamoxifen (HR 0·66, 95% CI 0·50–0·87; p<0·001).",
            [(*SIDES, "PFS", "HR", "0.66", "0.50", "0.87", "<0.001")],
        ),
    ],
)
def test_an_estimate_compares_two_arms_as_printed(sentence, rows):
    assert comparisons(trial(sentence)) == rows


@pytest.mark.parametrize(
    "sentence",
    [
        "Overall survival did not depend on age (P for interaction = 0.43).",
        "The effect on overall survival was alike in all subgroups (interaction P=0.60).",
        "Overall survival fell over the quartiles of age (P for trend <0.001).",
    ],
)
def test_the_p_value_of_an_interaction_or_trend_compares_no_two_arms(sentence):
    assert comparisons(trial(sentence)) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The trial had 90% power to detect a hazard ratio for death of 0.70.",
        "We assumed a hazard ratio of 0.70 for overall survival.",
    ],
)
def test_a_planned_hazard_ratio_is_no_comparison(sentence):
    assert comparisons(trial(sentence)) == []


def test_a_hazard_ratio_without_named_arms_is_kept_and_names_none():
    found = records("Results: The hazard ratio for relapse was 0.61 (95% CI, 0.40 to 0.93; P = 0.02).\n")
    assert comparisons(found) == [("", "", "RELAPSE", "HR", "0.61", "0.40", "0.93", "=0.02")]
    assert found.contrasts[0].arm_id is None
    assert found.contrasts[0].confidence < 0.6


@pytest.mark.parametrize(("word", "code"), [("adjusted", "adjusted"), ("unadjusted", "unadjusted")])
def test_the_words_before_an_estimate_say_how_it_is_adjusted(word, code):
    found = trial(f"Letrozole improved overall survival ({word} HR 0.64, 95% CI 0.49-0.83).")
    assert found.contrasts[0].adjustment.value == code


def test_an_estimate_in_some_patients_names_them():
    found = trial(
        "In the subgroup of patients with detectable disease, overall survival was longer with letrozole "
        "(HR 0.40, 95% CI 0.20-0.80)."
    )
    assert [row.subgroup for row in found.contrasts] == ["patients with detectable disease"]


def test_two_hazard_ratios_of_a_list_go_to_the_two_outcomes():
    found = trial(
        "Hazard ratios for PFS and OS were 0.81 (95% CI, 0.55-1.19) and 1.02 (95% CI, 0.66-1.58), respectively, "
        "for letrozole versus tamoxifen."
    )
    assert [(row[2], row[4]) for row in comparisons(found)] == [("PFS", "0.81"), ("OS", "1.02")]


def test_a_p_value_behind_three_groups_compares_no_two_of_them():
    found = trial(
        "The response rate was 70.7% with letrozole, 50.0% with anastrozole and 35.3% with tamoxifen (p=0.007).",
        methods="We randomly assigned patients to letrozole (n = 80), anastrozole (n = 80) or tamoxifen (n = 80).",
    )
    assert comparisons(found) == []


def test_a_signed_number_with_limits_and_a_p_value_behind_the_other_arm_is_a_difference():
    found = trial(
        "The mean fall in blood pressure with letrozole was superior to tamoxifen (-8.70 mm Hg [95% CI -9.72 to "
        "-7.69]; p<0.0001)."
    )
    assert [row[:2] + row[3:] for row in comparisons(found)] == [
        ("letrozole", "tamoxifen", "MD", "-8.70", "-9.72", "-7.69", "<0.0001")
    ]


def test_a_change_within_an_arm_is_no_difference():
    found = trial(
        "Blood pressure fell with letrozole (-8.70 mm Hg [-9.72 to -7.69]) versus tamoxifen (-3.1 [-4 to -2])."
    )
    assert [row for row in comparisons(found) if row[3] == "MD"] == []


@pytest.mark.parametrize(
    ("sentence", "row"),
    [
        (  # words between the estimate and its interval
            "PFS favored letrozole (hazard ratio for disease progression, relapse, or death, 0.70 by Cox regression; "
            "95% CI, 0.55 to 0.90; P=0.02).",
            ("letrozole", "tamoxifen", "PFS", "HR", "0.70", "0.55", "0.90", "=0.02"),
        ),
        (  # one side of the interval
            "Letrozole prolonged PFS over tamoxifen (hazard ratio 0.52 [one-sided 98.3% CI 0-0.86]; p=0.0008).",
            ("letrozole", "tamoxifen", "PFS", "HR", "0.52", "0", "0.86", "=0.0008"),
        ),
        (  # a number with a decimal point before "percentage points"
            "CR was reached by 60.1% with letrozole and 62.1% with tamoxifen, a difference of -2.0 percentage points "
            "(95% CI -11.7 to 7.7).",
            ("letrozole", "tamoxifen", "CR", "RD", "-2.0", "-11.7", "7.7", None),
        ),
        (  # two durations are no estimate
            "The HR of 3 over 6 months for PFS was 0.90 (95% CI, 0.72 to 1.12) with letrozole versus tamoxifen.",
            ("letrozole", "tamoxifen", "PFS", "HR", "0.90", "0.72", "1.12", None),
        ),
    ],
)
def test_an_interval_is_found_behind_the_words_journals_put_before_it(sentence, row):
    assert comparisons(trial(sentence)) == [row]


def test_a_hazard_ratio_of_death_is_one_of_overall_survival():
    found = trial("Death occurred in 9 women given letrozole and 25 given tamoxifen (HR 0.31; 95% CI, 0.15 to 0.64).")
    assert [row.outcome.value for row in found.contrasts] == ["OS"]


def test_a_hazard_ratio_without_an_outcome_is_of_what_takes_time_and_of_no_response():
    found = trial(
        "Event-free survival at 2 years was 60% with letrozole and 55% with tamoxifen. The complete remission rate was "
        "77.7% and 72.4%. In younger women the benefit was larger (HR 0.66; 95% CI, 0.45 to 0.97)."
    )
    assert [row.outcome.value for row in found.contrasts] == ["EFS"]


def test_each_ratio_of_three_arms_compares_the_two_named_right_before_it():
    found = trial(
        "Overall survival was longer with letrozole than with tamoxifen (hazard ratio, 0.71; 95% CI, 0.55 to 0.92) and "
        "with anastrozole than with tamoxifen (hazard ratio, 0.80; 95% CI, 0.61 to 1.05).",
        methods="We randomly assigned 360 women to letrozole (n = 120), anastrozole (n = 120) or tamoxifen (n = 120).",
    )
    assert [(row[0], row[1], row[4]) for row in comparisons(found)] == [
        ("letrozole", "tamoxifen", "0.71"),
        ("anastrozole", "tamoxifen", "0.80"),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Complete remission was seen in 56%, 68% and 59% of patients in the imatinib, letrozole and tamoxifen arms, "
        "respectively (letrozole v imatinib: P = .01; tamoxifen v imatinib: P = .53).",
        "Complete remission was seen in 56% of patients in the imatinib arm, 68% in the letrozole arm (P = .01) and "
        "59% in the tamoxifen arm (P = .53).",
    ],
)
def test_each_p_value_of_three_arms_is_of_its_own_two(sentence):
    found = trial(
        sentence,
        methods="Patients were randomly assigned to letrozole (n = 221), tamoxifen (n = 218) or "
        "imatinib alone (n = 209).",
    )
    pairs = [(row.arm.split()[0], row.comparator.split()[0], str(row.p_value)) for row in found.contrasts]
    assert pairs == [("letrozole", "imatinib", "0.01"), ("tamoxifen", "imatinib", "0.53")]


def test_a_second_estimate_behind_one_label_is_one_although_another_label_follows():
    found = trial(
        "The hazard ratio for progression or death was 0.64 (95% CI, 0.47 to 0.87; P=0.004) for letrozole as compared "
        "with tamoxifen and 0.51 (95% CI, 0.37 to 0.71; P<0.001) for anastrozole as compared with tamoxifen; the "
        "hazard ratio for anastrozole versus letrozole was 0.80 (95% CI, 0.57 to 1.13).",
        methods="We randomly assigned patients to letrozole (n = 80), anastrozole (n = 80) or tamoxifen (n = 80).",
    )
    assert comparisons(found) == [
        ("letrozole", "tamoxifen", "PFS", "HR", "0.64", "0.47", "0.87", "=0.004"),
        ("anastrozole", "tamoxifen", "PFS", "HR", "0.51", "0.37", "0.71", "<0.001"),
        ("anastrozole", "letrozole", "PFS", "HR", "0.80", "0.57", "1.13", None),
    ]


def test_limits_and_a_p_value_in_one_bracket_go_on_with_the_hazard_ratio_told_before():
    found = trial(
        "PFS was longer with letrozole than with tamoxifen (HR 0.63, 95% CI 0.46-0.86; p=0.003). PFS at 2 years was "
        "55% with letrozole and 39% with tamoxifen. Median OS was 40 months with letrozole and 35 months with "
        "tamoxifen (0.78, 0.56-1.09; p=0.14)."
    )
    assert comparisons(found)[1:] == [("letrozole", "tamoxifen", "OS", "HR", "0.78", "0.56", "1.09", "=0.14")]


def test_each_part_of_the_patients_with_a_hazard_ratio_of_its_own_compares_the_arms():
    found = trial(
        "Among patients with nodal disease, the hazard ratio for relapse or death was 0.44 (95% CI 0.25-0.77), whereas "
        "among those without nodal disease it was 0.81 (0.53-1.23)."
    )
    assert comparisons(found) == [
        (*SIDES, "RFS", "HR", "0.44", "0.25", "0.77", None),
        (*SIDES, "RFS", "HR", "0.81", "0.53", "1.23", None),
    ]


def test_one_hazard_ratio_between_two_parts_of_the_patients_compares_no_arms():
    found = trial(
        "Overall survival was worse among patients with nodal disease than among those without nodal disease (HR 1.81; "
        "95% CI 1.2-2.7)."
    )
    assert [row[:2] for row in comparisons(found) if row[0] in SIDES] == []


def test_patients_called_by_their_residual_disease_are_no_outcome_of_a_ratio():
    found = trial(
        "Among MRD-positive patients, PFS at 2 years was 31% with letrozole and 49% with tamoxifen (HR 1.71; 95% CI, "
        "1.12-2.61); no difference was noted in MRD-negative patients (HR 0.91; 95% CI, 0.64-1.29)."
    )
    assert [(row[2], row[4]) for row in comparisons(found)] == [("PFS", "1.71"), ("PFS", "0.91")]


def test_p_values_in_a_list_with_respectively_go_to_the_outcomes_in_their_order():
    found = trial(
        "The 2-year OS, PFS and NRM were 80%, 72% and 10% in the letrozole group, and 60%, 50% and 12% in the "
        "tamoxifen group (P = .02, .01 and .60, respectively)."
    )
    assert [(row[2], row[7]) for row in comparisons(found)] == [("OS", "=0.02"), ("PFS", "=0.01"), ("NRM", "=0.60")]


def test_the_arm_at_the_head_is_the_comparator_of_the_arms_behind_their_ratios():
    found = trial(
        "Compared with tamoxifen, the HR for PFS was 0.62 (95% CI, 0.42-0.91; P=.015) in the letrozole group and 0.71 "
        "(95% CI, 0.49-1.03; P=.07) in the anastrozole group.",
        methods="We randomly assigned patients to letrozole (n = 80), anastrozole (n = 80) or tamoxifen (n = 80).",
    )
    assert [(row[0], row[1], row[4]) for row in comparisons(found)] == [
        ("letrozole", "tamoxifen", "0.62"),
        ("anastrozole", "tamoxifen", "0.71"),
    ]
