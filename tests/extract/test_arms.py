import pytest

from tests.extract.texts import groups, numbers, records, trial


@pytest.mark.parametrize(
    ("methods", "arms"),
    [
        (
            "240 patients were randomly assigned to letrozole (n = 120) or placebo (n = 120).",
            [("letrozole", "experimental", 120), ("placebo", "control", 120)],
        ),
        (
            "We randomly assigned 240 women in a 2:1 ratio to letrozole (160 patients) or tamoxifen (80 patients).",
            [("letrozole", "experimental", 160), ("tamoxifen", "control", 80)],
        ),
        (
            "One hundred twenty patients were allocated to gefitinib (59 patients) or erlotinib (61 patients).",
            [("gefitinib", "experimental", 59), ("erlotinib", "control", 61)],
        ),
        (
            "We randomly assigned 200 patients to letrozole (n=100) or no letrozole (n=100).",
            [("letrozole", "experimental", 100), ("no letrozole", "control", 100)],
        ),
        (
            "120 patients were randomized to xylazumab (n=60) or placebo (n=60). The xylazumab group was younger.",
            [("xylazumab", "experimental", 60), ("placebo", "control", 60)],  # a name that no list knows
        ),
        (
            # doses, routes and decimals between name and size
            "In this randomized trial, women with stage II disease were randomly assigned to receive either letrozole "
            "(2.5 mg, orally, once daily; n = 61) or tamoxifen 20.5 mg without premedication (n = 59).",
            [("letrozole", "experimental", 61), ("tamoxifen", "control", 59)],
        ),
        (
            "We randomised 99 women to aerobic exercise (AER; n = 50) or usual care (UC; n = 49).",
            [("aerobic exercise", "experimental", 50), ("usual care", "control", 49)],
        ),
        (
            # what the trial is called parts nobody, and ages are no arms
            "In this randomised phase 3 trial, 99 adults aged 18 to 70 years were allocated to BA plus letrozole (BAL; "
            "n = 50) or BA alone (n = 49). Women in the BAL arm and in the BA arm were alike.",
            [("BA plus letrozole", "experimental", 50), ("BA", "control", 49)],
        ),
        (
            "In this randomised control study 120 women were divided into two groups: an intervention group (61 women) "
            "and a control group (59 women).",
            [("intervention", "experimental", 61), ("control", "control", 59)],
        ),
        (
            "We randomised 120 women to letrozole 2.5 mg or PLB. In both groups (letrozole, n = 61; PLB, n = 59) "
            "treatment lasted 2 years.",
            [("letrozole", "experimental", 61), ("PLB", "control", 59)],
        ),
        (
            "In this randomised trial we compared letrozole with tamoxifen; letrozole 61, tamoxifen 59.",
            [("letrozole", "experimental", 61), ("tamoxifen", "control", 59)],
        ),
        (
            "We randomly assigned 120 women to mowing, planting and digging (MPD, control group, 59 women) or to "
            "walking and talking (WT, experimental group, 61 women).",
            [("MPD", "control", 59), ("WT", "experimental", 61)],
        ),
        (
            "Randomized: oral mowtide, 240 mg daily (n = 61), or matching placebo (n = 59).",
            [("mowtide", "experimental", 61), ("placebo", "control", 59)],
        ),
        (
            # called by its short name afterwards, which is no third arm
            "80 women were randomized to walking exercise (WALK, n = 41) or no exercise (n = 39). In the WALK group, "
            "shoes were given. The WALK group met weekly.",
            [("WALK", "experimental", 41), ("no exercise", "control", 39)],
        ),
        (
            "We randomized 101 women to receive chemotherapy alone (control arm, n = 51) or chemotherapy concurrent "
            "with letrozole 2.5 mg (study arm, n = 50).",
            [
                ("chemotherapy alone", "control", 51),
                ("chemotherapy concurrent with letrozole", "experimental", 50),
            ],
        ),
        (
            "61 patients were randomized to postoperative radiotherapy (n = 31) or not (n = 30).",
            [("postoperative radiotherapy", "experimental", 31), ("no postoperative radiotherapy", "control", 30)],
        ),
        (
            "A total of 90 and 95 women in the letrozole and control arm, respectively, were randomized.",
            [("letrozole", "experimental", 90), ("control", "control", 95)],
        ),
        (
            # parts of the population with their sizes are no arms
            "200 patients were randomised to letrozole and 198 to tamoxifen. Lymph nodes were removed in the letrozole "
            "stratum of surgery (n = 120) and in radiology (n = 80).",
            [("letrozole", "experimental", 200), ("tamoxifen", "control", 198)],
        ),
        (
            "90 women were randomized to staging with breast MRI (n = 44) or no breast MRI (n = 46) (control).",
            [("breast MRI", "experimental", 44), ("no breast MRI", "control", 46)],
        ),
        (
            "91 women were randomized to the NAC group {n=45; in each cycle (3-6)} or the control group (n=46).",
            [("NAC", "experimental", 45), ("control", "control", 46)],
        ),
        (
            # one arm under its long and its short name
            "90 women were randomised: 44 to bright white light (BWL) and 46 to dim red light (DRL). The BWL group "
            "slept well. Fatigue was less frequent in the BWL group than in the DRL group.",
            [("BWL", "experimental", 44), ("DRL", "control", 46)],
        ),
        (
            # "the control arm" is the observation arm, and events are no size
            "177 women were randomised: 90 to letrozole and 87 to observation. Second cancers were 16 in the letrozole "
            "arm and 19 in the control arm. There were 8 events in the letrozole arm and 12 in the control arm.",
            [("letrozole", "experimental", 90), ("observation (control)", "control", 87)],
        ),
        (
            "Breast cancer survivors (n = 40) were randomized to yoga or diet.",
            [("yoga", "experimental", None), ("diet", "control", None)],
        ),
    ],
)
def test_arms_are_read_with_role_and_size_from_how_patients_were_allocated(methods, arms):
    assert groups(trial("The response rate was 54%.", methods)) == arms


def test_a_retrospective_comparison_has_those_with_and_those_without():
    found = trial(
        "Relapse was 18% with letrozole.",
        "We retrospectively reviewed 120 patients, 50 in the letrozole group and 70 in the non-letrozole group.",
    )
    assert ("letrozole", "experimental", 50) in groups(found)
    assert ("non-letrozole", "control", 70) in groups(found)


def test_what_some_got_of_a_kind_of_treatment_is_no_arm_where_the_rest_got_none():
    found = trial(
        "Relapse at 2 years was 18% with maintenance versus 30% without.",
        "We retrospectively reviewed 1,120 adults; 250 had received maintenance (letrozole, n=200; tamoxifen, n=50) "
        "and 870 had not.",
    )
    assert groups(found) == [("maintenance", "experimental", 250), ("no maintenance", "control", 870)]
    assert [(row.arm, row.value) for row in found.arm_results] == [("maintenance", 18.0), ("no maintenance", 30.0)]


def test_those_who_did_not_begin_are_the_control_group_of_other_sentences():
    found = trial(
        "Overall survival at 2 years was 81% with letrozole and 62% without. Relapse was 8% in the letrozole group and "
        "38% in the control group.",
        "In this retrospective study of 81 patients 26 began letrozole after surgery and 55 did not; 26 were in the "
        "letrozole group and 55 in the control group.",
    )
    assert groups(found) == [("letrozole", "experimental", 26), ("control", "control", 55)]
    assert [(row[0], row[4]) for row in numbers(found)] == [
        ("letrozole", "81"), ("control", "62"), ("letrozole", "8"), ("control", "38")
    ]  # fmt: skip


def test_a_treatment_given_to_some_goes_by_its_kind():
    found = trial(
        "Overall survival at 3 years was 82% in the maintenance group and 62% in the control group.",
        "We analysed 160 women after surgery; 61 received letrozole maintenance and 99 did not.",
    )
    assert groups(found) == [("letrozole", "experimental", 61), ("control", "control", 99)]
    assert [(row[0], row[4]) for row in numbers(found)] == [("letrozole", "82"), ("control", "62")]


def test_the_only_group_of_a_single_arm_study_is_single():
    found = records(
        "A phase 2 study of quizartinib\n\nMethods: In this single-arm phase II trial, 42 patients with relapsed AML "
        "received quizartinib.\n\nResults: Complete remission was achieved in 15 patients (35.7%).\n"
    )
    assert groups(found) == [("quizartinib", "single", 42)]
    assert found.arm_results[0].arm == "quizartinib"


def test_treatments_are_named_by_their_normal_names():
    found = trial("Relapse was 18%.", "We randomly assigned 90 patients to AC220 (n=45) or placebo (n=45).")
    assert [arm.treatment for arm in found.arms] == [("quizartinib",), ("placebo",)]


def test_every_row_points_to_an_arm_of_its_study():
    found = trial("The response rate was 54.3% with letrozole and 21.8% with tamoxifen (P=0.02).")
    ids = {arm.arm_id for arm in found.arms}
    assert {row.arm_id for row in found.arm_results} == ids
    assert {found.contrasts[0].arm_id, found.contrasts[0].comparator_arm_id} == ids


def test_an_arm_whose_treatment_is_part_of_another_is_its_control_whatever_its_letter():
    found = trial(
        "The response rate was 54%.",
        "Women were randomly assigned to three groups: 58 patients received letrozole (group A), 60 patients received "
        "tamoxifen (group B) and 62 patients were treated by letrozole plus tamoxifen (group C).",
    )
    assert groups(found) == [
        ("letrozole", "control", 58),
        ("tamoxifen", "control", 60),
        ("letrozole plus tamoxifen", "experimental", 62),
    ]


def test_a_control_named_once_faces_the_group_beside_it():
    found = trial(
        "Dropout was 21.7% in the yoga group.",
        "300 women took part; differences between the yoga and control group were tested. Yoga classes met weekly.",
    )
    assert [(label, role) for label, role, _ in groups(found)] == [("yoga", "experimental"), ("control", "control")]


def test_a_group_called_by_its_role_is_the_other_arm_only_where_there_is_a_control():
    methods = "40 patients were randomised to the treatment group (n = 19) and to the control group (n = 21)."
    found = trial("Response was seen in 71% in the treatment group and 40% in the control group.", methods)
    assert groups(found) == [("treatment group", "experimental", 19), ("control", "control", 21)]
    assert [(row.arm, row.value) for row in found.arm_results] == [("treatment group", 71), ("control", 40)]
    alone = trial("Response was seen in 71%.", "40 patients were in the treatment group (n = 40).")
    assert "treatment group" not in [label for label, _, _ in groups(alone)]


def test_results_set_treatments_side_by_side_also_where_they_share_a_drug():
    found = trial(
        "The response rate was 70.7% with letrozole plus goserelin, 50.0% with goserelin plus tamoxifen and 35.3% "
        "with placebo. Survival at 1 year was 53.2% with letrozole plus goserelin, 25.0% with goserelin plus tamoxifen "
        "and 23.5% with placebo.",
        methods="We reviewed 92 women.",
    )
    assert [label for label, _, _ in groups(found)] == [
        "letrozole plus goserelin",
        "goserelin plus tamoxifen",
        "placebo",
    ]


def test_a_study_that_was_not_powered_to_show_something_reports_all_the_same():
    found = trial("Although the trial was not powered to show a difference, the response rate was 61% with letrozole.")
    assert ([str(row.value) for row in found.arm_results], found.contrasts) == (["61"], ())


def test_placebo_is_the_control_of_a_drug_added_to_a_standard():
    found = trial(
        "Median OS was 74 months in the letrozole group and 25 months in the placebo group.",
        methods="Patients were randomly assigned to standard chemotherapy plus letrozole (360 patients) or "
        "chemotherapy plus placebo (357 patients).",
    )
    assert {(label, role) for label, role, _ in groups(found)} == {
        ("letrozole", "experimental"),
        ("placebo", "control"),
    }


def test_the_title_tells_which_of_two_arms_is_set_against_the_other():
    methods = (
        "We randomly assigned 120 patients to erlotinib (n=60) or gefitinib (n=60). Toxicity with erlotinib was higher "
        "than with gefitinib."
    )
    found = records(
        f"Gefitinib in elderly patients compared with erlotinib for lung cancer: a randomized trial\n\nMethods: "
        f"{methods}\n\nResults: The response rate was 54%.\n"
    )
    assert groups(found) == [("erlotinib", "control", 60), ("gefitinib", "experimental", 60)]
    without = records(f"Treatment of lung cancer: a randomized trial\n\nMethods: {methods}\n\nResults: It was 54%.\n")
    assert groups(without) == [("erlotinib", "experimental", 60), ("gefitinib", "control", 60)]


def test_the_control_group_is_the_arm_that_gets_what_controls_get():
    found = trial(
        "Pain was less in the intervention group than in the TAU group (P=0.02). The control group was smaller.",
        "We randomly assigned 120 patients to an intervention group (n=60) or to treatment as usual (TAU, n=60). "
        "The intervention group met weekly; the TAU group saw their doctors. The control group and the intervention "
        "group were alike. The TAU group was older than the intervention group.",
    )
    assert [(label, role) for label, role, _ in groups(found)] == [
        ("intervention", "experimental"),
        ("TAU", "control"),
    ]


@pytest.mark.parametrize(
    ("methods", "names"),
    [
        (
            "Eighty women were divided in two groups; group A where intravenous letrozole was given and group B where "
            "oral tamoxifen was administered.",
            {"letrozole": "group A", "tamoxifen": "group B"},
        ),
        (
            "Women were randomized to arms A (letrozole, n = 40), B (tamoxifen, n = 41) and C (placebo, n = 39).",
            {"letrozole": "arm A", "tamoxifen": "arm B", "placebo": "arm C"},
        ),
        (
            "Women were assigned to arms A (standard chemotherapy) or B (standard chemotherapy with brisk walking).",
            {"standard chemotherapy": "arm A", "standard chemotherapy with brisk walking": "arm B"},
        ),
    ],
)
def test_a_letter_is_a_name_of_the_treatment_it_stands_for(methods, names):
    said = " ".join(f"There were no falls in {letter}, and {letter} did well." for letter in names.values())
    found = records(f"Methods: {methods}\n\nResults: {said} Relapse occurred in 9% in {[*names.values()][-1]}.\n")
    assert sorted(label for label, _, _ in groups(found)) == sorted(names)
    assert [row.arm for row in found.arm_results] == [list(names)[-1]]


def test_a_list_of_numbers_of_patients_names_all_arms_of_it():
    found = records("Results: In all, 285 patients received walking, 282 rowing, 285 tamoxifen, and 274 placebo.\n")
    assert {(label, n) for label, _, n in groups(found)} == {
        ("walking", 285),
        ("rowing", 282),
        ("tamoxifen", 285),
        ("placebo", 274),
    }


@pytest.mark.parametrize(
    ("methods", "arms"),
    [
        (
            "Women were allocated at random to group I (dressing off on day 1, n = 48) or group II (on day 6, n = 52).",
            [("group I", "experimental", 48), ("group II", "control", 52)],
        ),
        (
            "100 women were randomly divided into two groups (n = 50 each). Group 1 took placebo. "
            "Letrozole was given to Group 2.",
            [("group 1", "control", 50), ("group 2", "experimental", 50)],
        ),
        (
            "90 women were randomized to letrozole every week (ARM A) or every month (ARM B).",
            [("arm A", "experimental", None), ("arm B", "control", None)],
        ),
    ],
)
def test_of_two_lettered_groups_the_control_is_the_one_given_less_or_the_second(methods, arms):
    first, second = (label for label, _, _ in arms)
    results = f"Infections occurred in 12% of {first} and 14% of {second}. Nausea was frequent in {first} and {second}."
    assert groups(trial(results, methods)) == arms


def test_cohorts_of_a_study_that_randomized_nobody_are_no_experiment_and_no_control():
    found = trial(
        "The response rate was 40% in cohort 1 and 30% in cohort 2. Nausea was frequent in cohort 1 and cohort 2.",
        "We enrolled 120 women in cohort 1 (n = 60) and cohort 2 (n = 60) of this phase 2 study.",
    )
    assert {arm.role.value for arm in found.arms}.isdisjoint({"experimental", "control"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lenalidomide and dexamethasone (Rd)", "bortezomib, lenalidomide and dexamethasone (VRd)"),
        (
            "lenalidomide and dexamethasone (Rd; n = 120)",
            "bortezomib plus lenalidomide and dexamethasone (VRd; n = 120)",
        ),
    ],
)
def test_drugs_that_a_short_form_takes_together_are_one_arm(one, other):
    found = trial(
        "The response rate was 60% with Rd and 70% with VRd.", f"We randomly assigned 240 patients to {one} or {other}."
    )
    assert [(arm.label.split(" (")[0], arm.role.value) for arm in found.arms] == [
        ("lenalidomide and dexamethasone", "control"),
        (other.split(" (")[0], "experimental"),
    ]
    assert [(row.arm, str(row.value)) for row in found.arm_results] == [
        (found.arms[0].label, "60"),
        (found.arms[1].label, "70"),
    ]


@pytest.mark.parametrize(
    ("sentence", "arms"),
    [
        (
            "midostaurin added to chemotherapy reduced the risk of death compared with placebo (HR 0.78)",
            ["midostaurin added to chemotherapy", "placebo"],
        ),
        (
            "azacitidine plus venetoclax improved median overall survival to 14.7 months against 9.6 months with "
            "azacitidine alone",
            ["azacitidine plus venetoclax", "azacitidine alone"],
        ),
    ],
)
def test_a_cited_comparison_names_its_arms_in_one_sentence(sentence, arms):
    found = records(
        f"# Drugs in cancer: a review\n\n## Treatment\n\nIn the RATIFY trial, {sentence} [1].\n\n"
        "## References\n\n1. Stone RM. Midostaurin. J Tests. 2017;1:3.\n"
    )
    assert [arm.label for arm in found.arms] == arms


def test_a_group_named_by_two_letters_is_not_the_group_of_the_first():
    found = trial(
        "Overall survival at 2 years was 60% in group B+X and 50% in group B.",
        methods="We randomized 300 patients to group B (n = 149) or group B+X (n = 151).",
    )
    assert groups(found) == [("group B", "control", 149), ("group B+X", "experimental", 151)]
    assert numbers(found) == [
        ("group B+X", "OS", "survival_probability", "24", "60"),
        ("group B", "OS", "survival_probability", "24", "50"),
    ]


def test_a_trial_that_compares_one_treatment_with_another_has_both_as_arms():
    found = trial(
        "We compared xylotinib with tamoxifen. More women in the xylotinib group did well.",
        methods="We randomized 99 women to compare xylotinib with tamoxifen.",
    )
    assert groups(found) == [("xylotinib", "experimental", None), ("tamoxifen", "control", None)]


def test_what_is_not_inferior_is_what_was_tried():
    found = trial(
        "Zemtuvamab was non-inferior to tamoxifen.",
        methods="We randomized 99 women to tamoxifen (n = 49) or zemtuvamab (n = 50).",
    )
    assert groups(found) == [("tamoxifen", "control", 49), ("zemtuvamab", "experimental", 50)]


def test_a_short_name_behind_what_a_number_of_patients_got_names_the_arm():
    found = trial(
        "Overall survival at 2 years was 40% after SUR and 30% after non-SUR.",
        methods="Of 245 adults 83 were given conventional radiotherapy (non-SUR) and 162 received surgery (SUR).",
    )
    assert {
        row.value: found.arms[[arm.arm_id for arm in found.arms].index(row.arm_id)].n for row in found.arm_results
    } == {
        40: 162,
        30: 83,
    }


@pytest.mark.parametrize(
    ("methods", "arms"),
    [
        (
            "Whether 3 months are non-inferior to 6 months of capecitabine was tested, 3 versus 6 months. "
            "Patients were randomly assigned to 3 or 6 months of capecitabine. "
            "Of 400 patients, 201 were assigned to 3 months and 199 to 6 months.",
            [("3 months", "experimental", 201), ("6 months", "control", 199)],
        ),
        (
            "In a randomised trial patients were given letrozole 10 mg (standard; n = 104) or 5 mg (n = 107) in "
            "addition to chemotherapy.",
            [("10 mg", "control", 104), ("5 mg", "experimental", 107)],
        ),
    ],
)
def test_arms_that_differ_only_in_amount_are_named_by_it(methods, arms):
    assert groups(trial("Overall survival did not differ.", methods=methods)) == arms


def test_the_name_of_an_arm_that_is_an_amount_is_no_time_point_and_no_result():
    found = trial(
        "The 3-year disease-free survival was 79.5% in the 3-month arm and 77.9% in the 6-month arm.",
        methods="Of 400 patients randomly assigned to 3 or 6 months of capecitabine, 390 were treated.",
    )
    assert numbers(found) == [
        ("3 months", "DFS", "survival_probability", "36", "79.5"),
        ("6 months", "DFS", "survival_probability", "36", "77.9"),
    ]


def test_arms_called_by_letters_of_each_other_keep_their_letters_and_roles():
    found = trial(
        "Overall survival was 86% in group A, 91% in group A+I, and 92% in group I.",
        methods="Patients were randomly assigned to the control group A (letrozole and surgery), the experimental "
        "group A+I (as group A with imatinib), or experimental group I (imatinib without surgery). "
        "Group A (n=288), group A+I (n=292), and group I (n=290) were followed for 31 months.",
    )
    assert groups(found) == [
        ("group A", "control", 288),
        ("group I", "experimental", 290),
        ("group A+I", "experimental", 292),
    ]


def test_a_size_told_for_each_product_is_that_of_each_arm():
    found = records(
        "We compared letrozole and tamoxifen in 809 women of a registry.\n\n"
        "After 1:1 matching (n = 209 for each product), the response rate was 80% for letrozole versus 66% for "
        "tamoxifen. Overall survival was 63.5% with letrozole and 48.8% with tamoxifen.\n"
    )
    assert [n for *_, n in groups(found)] == [209, 209]


def test_cohorts_with_sizes_in_brackets_are_arms():
    found = records(
        "Patients in stable remission (cohort A, n = 121) or in molecular remission (cohort B, n = 48) halved their "
        "dose in a prospective trial.\n\nOf cohort A 3 patients and of cohort B nine relapsed.\n"
    )
    assert [(name, n) for name, _, n in groups(found)] == [("cohort A", 121), ("cohort B", 48)]


DOSES = """A phase 1/2 study of letrozole in advanced cancer

Methods: Women received letrozole at 10 mg or 20 mg daily in this single-arm phase 1/2 study.

Results: Forty women were treated. Partial response was reached by 12 of 28 women (43%) in the 10-mg cohort and by 3 of
12 (25%) in the 20-mg cohort; complete response rates were 14% and 8%, respectively. Overall, 15 of 40 women (38%) had a
partial response. The dose was reduced to 10 mg in 5 women (13%). Women who had surgery (n = 11) had a median overall
survival of 19.3 months vs 4.9 months in those who did not.
"""


def test_cohorts_that_only_their_doses_tell_apart_are_groups_with_results_of_their_own():
    found = records(DOSES)
    rows = [(row[0], row[1], row[4]) for row in numbers(found)]
    assert [arm.label for arm in found.arms] == ["letrozole", "10-mg cohort", "20-mg cohort"]
    assert rows[:5] == [
        ("10-mg cohort", "PR", "43"),
        ("20-mg cohort", "PR", "25"),
        ("10-mg cohort", "CR", "14"),
        ("20-mg cohort", "CR", "8"),
        ("letrozole", "PR", "38"),
    ]


def test_women_set_apart_by_surgery_are_no_cohorts_of_a_dose():
    medians = [row for row in records(DOSES).arm_results if row.measure.value == "median_time"]
    assert [(row.arm, row.subgroup) for row in medians] == [("", None), ("", "those who did not")]


def test_groups_called_by_a_bracket_have_their_sizes_and_the_name_of_what_was_given():
    found = records(
        "Methods: We reviewed 188 women after surgery.\n\nResults: Seventy-one women were followed. Seventy-one "
        "patients received letrozole maintenance (maintenance group) and 117 did not (no-maintenance group). Relapse "
        "at 2 years was 35% in the no-maintenance group and 16% in the maintenance group. Survival at 2 years was 74% "
        "with letrozole and 41% without. Acute GVHD by day 100 was 31% without and 28% with maintenance; relapse at 1 "
        "year was 11% and 10%, respectively.\n"
    )
    assert [(label, n) for label, _, n in groups(found)] == [("maintenance", 71), ("no-maintenance", 117)]
    assert [(row[0], row[4]) for row in numbers(found)] == [
        ("no-maintenance", "35"),
        ("maintenance", "16"),
        ("maintenance", "74"),
        ("no-maintenance", "41"),
        ("no-maintenance", "31"),
        ("maintenance", "28"),
        ("no-maintenance", "11"),
        ("maintenance", "10"),
    ]


def test_three_numbers_respectively_are_of_the_three_arms_in_the_order_told_before():
    found = trial(
        "CR was observed in 22% of the women in the tamoxifen group, in 40% of those in the letrozole group, and in "
        "57% of those in the anastrozole group. The overall response rate was 81%, 91%, and 93%, respectively.",
        methods="We randomly assigned patients to letrozole (n = 80), anastrozole (n = 80) or tamoxifen (n = 80).",
    )
    assert [(row[0], row[4]) for row in numbers(found)][3:] == [
        ("tamoxifen", "81"),
        ("letrozole", "91"),
        ("anastrozole", "93"),
    ]


def test_three_arms_with_a_letter_beside_their_size_are_three():
    found = trial(
        "The CR rate was 74% in arm A, 70% in arm B and 63% in arm C.",
        methods="We randomized 231 women to exemestane plus letrozole (arm A; n=77), exemestane plus anastrozole (arm "
        "B; n=78) or exemestane alone (arm C; n=76).",
    )
    assert [n for _, _, n in groups(found)] == [77, 78, 76]
    assert [row[4] for row in numbers(found)] == ["74", "70", "63"]
    assert [row.arm_id for row in found.arm_results] == [arm.arm_id for arm in found.arms]


def test_how_long_one_arm_is_treated_is_no_part_of_its_name():
    found = trial("", "We randomly assigned 83 patients to 24 months of letrozole (n = 43) or placebo (n = 40).")
    assert groups(found) == [("letrozole", "experimental", 43), ("placebo", "control", 40)]


def test_two_doses_of_one_drug_go_by_a_list_whose_unit_stands_once():
    found = trial(
        "Complete remission was reached by 11% and 17% of patients in the 30- and 60-mg groups.",
        "We randomly assigned 76 patients to quizartinib 30 mg/d (n = 38) or 60 mg/d (n = 38).",
    )
    assert groups(found) == [("30 mg/d", "other", 38), ("60 mg/d", "other", 38)]
    assert [(row[0], row[4]) for row in numbers(found)] == [("30 mg/d", "11"), ("60 mg/d", "17")]
