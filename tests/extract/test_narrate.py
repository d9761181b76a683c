import pytest

from tests.extract.texts import numbers, records, trial


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        (
            "The response rate was 54.3% with letrozole and 21.8% with tamoxifen.",
            [("letrozole", "ORR", "proportion", None, "54.3"), ("tamoxifen", "ORR", "proportion", None, "21.8")],
        ),
        (
            "Complete remission occurred in 65 of 120 patients (54%) with letrozole vs 26/120 (22%) with tamoxifen.",
            [("letrozole", "CR", "proportion", None, "54"), ("tamoxifen", "CR", "proportion", None, "22")],
        ),
        (
            "Overall survival at 2 years was 71.0% in the letrozole group and 60.2% in the tamoxifen group.",
            [
                ("letrozole", "OS", "survival_probability", "24", "71.0"),
                ("tamoxifen", "OS", "survival_probability", "24", "60.2"),
            ],
        ),
        (
            "The median progression-free survival was 9.3 months with tamoxifen and 12.1 months with letrozole.",
            [("tamoxifen", "PFS", "median_time", None, "9.3"), ("letrozole", "PFS", "median_time", None, "12.1")],
        ),
        (
            "Median overall survival was not reached with letrozole and was 1.5 years with tamoxifen.",
            [("letrozole", "OS", "median_time", None, "not reached"), ("tamoxifen", "OS", "median_time", None, "18")],
        ),
        (
            "Seven patients in the letrozole group died.",
            [("letrozole", "DEATH", "count", None, "7")],
        ),
        (
            "The cumulative incidence of acute GVHD at day 100 was 30% with letrozole.",
            [("letrozole", "AGVHD", "cumulative_incidence", "3.29", "30")],
        ),
        (
            "49 (41%) of 120 patients in the letrozole group and 66 (55%) of 120 in the tamoxifen group had relapsed "
            "or died.",
            [
                ("letrozole", "RFS", "proportion", None, "41"),
                ("tamoxifen", "RFS", "proportion", None, "55"),
            ],
        ),
    ],
)
def test_a_number_is_a_row_with_its_arm_outcome_measure_and_time(sentence, rows):
    assert numbers(trial(sentence)) == rows


def test_a_percentage_keeps_its_count_and_its_total():
    found = trial("Relapse occurred in 25 of 120 patients (20.8%) with letrozole.")
    (row,) = found.arm_results
    assert (row.events, row.total, str(row.value)) == (25, 120, "20.8")


def test_limits_printed_as_fractions_become_percentages_like_their_value():
    found = trial("The objective response rate was 60% (95% CI, 0.51 to 0.69) with letrozole.")
    (row,) = found.arm_results
    assert (str(row.ci_low), str(row.ci_high), row.ci_level) == ("51", "69", 95)


def test_a_range_is_no_confidence_interval():
    found = trial("Median overall survival was 18.4 months (range, 2.0-30.1) with letrozole.")
    (row,) = found.arm_results
    assert (str(row.value), row.ci_low, row.ci_high) == ("18.4", None, None)


@pytest.mark.parametrize(
    "sentence",
    [
        "We had 80% power to detect a response rate of 30% with letrozole.",
        "Response was defined as a decrease of at least 50% with letrozole.",
        "Median age was 61 years with letrozole and 62 years with tamoxifen.",
    ],
)
def test_plans_definitions_and_descriptions_of_patients_are_no_results(sentence):
    assert numbers(trial(sentence)) == []


def test_decimals_with_a_middle_dot_and_en_dashes_are_read_and_quoted_as_printed():
    text = "Overall survival at 24 months was 71·0% (95% CI 62·0–80·0) with letrozole."
    found = trial(text)
    (row,) = found.arm_results
    assert (str(row.value), str(row.ci_low), str(row.ci_high)) == ("71.0", "62.0", "80.0")
    assert row.source.quote == text


def test_a_study_without_arms_gives_its_numbers_to_the_whole_population():
    found = records(
        "Methods: In this prospective cohort study, 85 patients were enrolled.\n\n"
        "Results: The overall response rate was 45 of 85 (52.9%). 1-, 2- and 3-year OS was 80%, 70% and 60%.\n"
    )
    assert numbers(found) == [
        ("overall", "ORR", "proportion", None, "52.9"),
        ("overall", "OS", "survival_probability", "12", "80"),
        ("overall", "OS", "survival_probability", "24", "70"),
        ("overall", "OS", "survival_probability", "36", "60"),
    ]


def test_a_preclinical_paper_gives_no_results():
    found = records(
        "Methods: Mice bearing xenograft tumors of two cell lines received letrozole in vivo.\n\n"
        "Results: Survival was 45% with letrozole and 10% in controls in the mouse model (P<0.001). "
        "In vitro the murine cells were inhibited by 80%.\n"
    )
    assert (found.arm_results, found.contrasts, found.arms) == ((), (), ())
    assert found.studies[0].design.value == "preclinical"


def test_a_number_printed_in_abstract_and_results_is_one_row_the_fuller_one():
    found = records(
        "Methods: We randomly assigned 240 patients to letrozole (n = 120) or tamoxifen (n = 120).\n\n"
        "Results: The response rate was 54% with letrozole. "
        "The response rate was 65 of 120 (54%) in the letrozole group.\n"
    )
    (row,) = found.arm_results
    assert (row.events, row.total) == (65, 120)


@pytest.mark.parametrize(
    ("results", "rows"),
    [
        (
            "There were 27 local progressions in the letrozole group and 16 in the tamoxifen group.",
            [("letrozole", "OTHER", "count", None, "27"), ("tamoxifen", "OTHER", "count", None, "16")],
        ),
        (
            "Osteoporosis was found in three of 41 in the letrozole group and in 11 of 48 in the tamoxifen group.",
            [("letrozole", "OTHER", "count", None, "3"), ("tamoxifen", "OTHER", "count", None, "11")],
        ),
        # who was looked at, and what was counted off, are no results
        ("Of these, 2 in the letrozole group and 1 in the tamoxifen group were excluded.", []),
        ("Blood was taken on days 1 and 2 in the letrozole group.", []),
    ],
)
def test_counts_of_an_arm_are_read_where_no_list_knows_the_outcome(results, rows):
    assert numbers(trial(results)) == rows


@pytest.mark.parametrize(
    ("results", "rows"),
    [
        (
            "Knowledge scores were higher with letrozole than with tamoxifen (66.9 vs 58.7; P<.001).",
            [("letrozole", "OTHER", "mean", None, "66.9"), ("tamoxifen", "OTHER", "mean", None, "58.7")],
        ),
        (
            "Mean operation time was 41.6 min with letrozole versus 60.9 min with tamoxifen.",
            [("letrozole", "OTHER", "mean", None, "41.6"), ("tamoxifen", "OTHER", "mean", None, "60.9")],
        ),
        (
            "Patients receiving letrozole had a decrease in bone density (-3.6% v -0.71% with tamoxifen; P = .04).",
            [("letrozole", "OTHER", "mean", None, "-3.6"), ("tamoxifen", "OTHER", "mean", None, "-0.71")],
        ),
        (
            "The median labelling index was 1.18 in the letrozole group and 0.97 in the tamoxifen group.",
            [("letrozole", "OTHER", "median", None, "1.18"), ("tamoxifen", "OTHER", "median", None, "0.97")],
        ),
        ("VEGF increased in the letrozole group (29.77 to 57.05 pg/mL).", []),  # before and after
        ("The correlation with levels of VEGF in the letrozole group was 0.42.", []),
    ],
)
def test_plain_numbers_are_means_or_medians_by_the_words_before_them(results, rows):
    assert numbers(trial(results)) == rows


def test_what_is_counted_may_stand_between_a_number_and_its_arm():
    found = trial(
        "Cell counts fell to a mean of 0.5 ± 0.8 cells in the letrozole group and to 0.9 ± 0.7 cells in the tamoxifen "
        "group."
    )
    assert [(row.arm, str(row.value), str(row.sd)) for row in found.arm_results] == [
        ("letrozole", "0.5", "0.8"),
        ("tamoxifen", "0.9", "0.7"),
    ]


@pytest.mark.parametrize(
    ("results", "rows"),
    [
        (
            "Survival at 10 years was 82% in both arms.",
            [
                ("letrozole", "OS", "survival_probability", "120", "82"),
                ("tamoxifen", "OS", "survival_probability", "120", "82"),
            ],
        ),
        (
            # the arm at the head holds until another comes in
            "In the letrozole group (n = 18), nausea occurred in six (33%) and rash in nine (50%) compared with 0 (0%) "
            "rashes in the tamoxifen group.",
            [
                ("letrozole", "AE", "proportion", None, "33"),
                ("letrozole", "AE", "proportion", None, "50"),
                ("tamoxifen", "AE", "proportion", None, "0"),
            ],
        ),
        (
            "Response rates were 25.5% and 10.2% in the study and the control group, respectively.",
            [("letrozole", "ORR", "proportion", None, "25.5"), ("control", "ORR", "proportion", None, "10.2")],
        ),
        ("Antithrombin showed a 4% borderline significant reduction in the letrozole group.", []),
    ],
)
def test_numbers_go_to_the_arm_at_the_head_to_both_or_in_the_order_of_roles(results, rows):
    methods = "We randomly assigned 240 patients to letrozole (n = 120) or tamoxifen (n = 120)."
    if "control" in results:
        methods = "We randomly assigned 240 patients to letrozole (n = 120) or the control group (n = 120)."
    assert numbers(trial(results, methods)) == rows


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("We randomly assigned 90 patients in complete remission to letrozole (n = 45) or placebo (n = 45).", []),
        ("One of 81 women transplanted in CR1 had a relapse with letrozole.", ["RELAPSE"]),
        ("At day 100, 30 of 45 patients were in complete remission with letrozole.", ["CR"]),
    ],
)
def test_a_remission_in_which_patients_were_treated_is_no_result(sentence, found):
    assert [row.outcome.value for row in trial(sentence).arm_results] == found


def test_survival_without_progression_of_one_place_is_an_outcome_of_its_own():
    found = trial("Median local progression-free survival was 20.7 months with letrozole.").arm_results
    assert [(row.outcome.value, row.outcome_text) for row in found] == [("OTHER", "local progression-free survival")]


def test_the_label_of_a_relative_risk_is_no_response_rate():
    found = trial("Letrozole lowered the risk of relapse compared with tamoxifen (RR = 0.62; 95% CI, 0.40 to 0.96).")
    assert [(row.outcome.value, row.measure.value) for row in found.contrasts] == [("RELAPSE", "RR")]


def test_patients_who_were_taken_in_are_no_events():
    found = trial(
        "In first complete remission 287 had received letrozole, and 268 patients with letrozole were compared."
    )
    assert numbers(found) == []


def test_a_grade_is_no_count():
    found = trial("Neutropenia of grade ≥3 in the letrozole group was rare.")
    assert numbers(found) == []


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        (
            "The 1-year overall survival rates were (61.3±8.9)% with letrozole and (33.3±9.1)% with tamoxifen.",
            [
                ("letrozole", "OS", "survival_probability", "12", "61.3"),
                ("tamoxifen", "OS", "survival_probability", "12", "33.3"),
            ],
        ),
        (
            "PFS events were counted in 16.5% of patients with letrozole against 41.0% of patients with tamoxifen.",
            [("letrozole", "PFS", "proportion", None, "16.5"), ("tamoxifen", "PFS", "proportion", None, "41.0")],
        ),
        (
            "Thirty-day mortality was 2.0% with letrozole and 3.9% with tamoxifen.",
            [
                ("letrozole", "DEATH", "proportion", "0.99", "2.0"),
                ("tamoxifen", "DEATH", "proportion", "0.99", "3.9"),
            ],
        ),
        (
            "Progression-free survival at 5 years was 97.3% (95% CI 94.5-98.7) with letrozole and 95.1% (92.0-97.0) "
            "with tamoxifen, a difference of 2.2% (95% CI -0.9 to 5.3), excluding the non-inferiority margin of 8%.",
            [
                ("letrozole", "PFS", "survival_probability", "60", "97.3"),
                ("tamoxifen", "PFS", "survival_probability", "60", "95.1"),
            ],
        ),
        (
            "Restricted mean survival time to 5 years was 29.8 months for letrozole and 26.3 months for tamoxifen "
            "(difference 3.5 months).",
            [("letrozole", "OS", "mean", None, "29.8"), ("tamoxifen", "OS", "mean", None, "26.3")],
        ),
    ],
)
def test_what_a_number_measures_is_told_by_the_words_around_it(sentence, rows):
    assert numbers(trial(sentence)) == rows


def test_numbers_at_several_times_are_of_the_arm_behind_respectively():
    found = trial(
        "PFS at 1, 2, and 3 years was 70%, 55%, and 47%, respectively, with letrozole and 54%, 39%, and 33% with "
        "tamoxifen."
    )
    assert [(row[0], row[3], row[4]) for row in numbers(found)] == [
        ("letrozole", "12", "70"),
        ("letrozole", "24", "55"),
        ("letrozole", "36", "47"),
        ("tamoxifen", "12", "54"),
        ("tamoxifen", "24", "39"),
        ("tamoxifen", "36", "33"),
    ]
