import pytest

from tests.extract.texts import comparisons, groups, numbers, records, trial

SIDES = ("letrozole", "tamoxifen")
CI = "95% CI, 0.2 to 0.9"


def sides(sentence):
    return [row[:3] for row in comparisons(trial(sentence))]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (  # two groups of patients, none of them an arm
            "The incidence of acute GVHD did not differ between the patients undergoing and those not undergoing DLI "
            "(P= 0.408).",
            [("patients undergoing DLI", "those not undergoing DLI", "AGVHD")],
        ),
        (
            "Patients with high counts had worse overall survival than those with low counts (P=0.01).",
            [("Patients with high counts", "those with low counts", "OS")],
        ),
        (
            f"Patients with high counts had worse overall survival than those with low counts (HR 0.5; {CI}).",
            [("Patients with high counts", "those with low counts", "OS")],
        ),
        (  # factors laid against estimates; one of them is an arm
            "Multivariable analysis revealed that therapy including letrozole and an early stage were protective "
            f"factors for longer OS (HR 0.395, {CI}; HR 0.493, {CI}).",
            [(*SIDES, "OS"), ("an early stage", "", "OS")],
        ),
        (
            f"Older age (HR 0.395, {CI}) and letrozole (HR 0.493, {CI}) were independent predictors of OS.",
            [("Older age", "", "OS"), (*SIDES, "OS")],
        ),
        (f"Older age was independently associated with longer OS (HR 0.395, {CI}).", [("Older age", "", "OS")]),
        (f"Letrozole was associated with longer OS (HR 0.395, {CI}).", [(*SIDES, "OS")]),
        (f"Longer OS was associated with older age (HR 0.395, {CI}).", [("", "", "OS")]),
        (f"Longer OS was associated with letrozole (HR 0.395, {CI}).", [(*SIDES, "OS")]),
        ("In the letrozole group, low calcium was significantly associated with complete remission (p = 0.01).", []),
    ],
)
def test_estimates_of_factors_and_other_groups_are_not_of_the_arms(sentence, expected):
    assert sides(sentence) == expected


def test_a_benefit_that_something_is_associated_with_is_found_in_those_who_had_it():
    found = trial(
        "Early relapse was associated with a large benefit from letrozole compared with tamoxifen (HR for death 0.38, "
        f"{CI})."
    )
    assert [(row.arm, row.comparator, row.subgroup) for row in found.contrasts] == [(*SIDES, "Early relapse")]


REGIMENS = (
    "Methods: We retrospectively compared 62 patients in the letrozole group (n = 38) and the non-letrozole group "
    "(n = 24). Patients in the letrozole group received FEC regimen (n = 22) or CMF regimen (n = 12).\n\n"
)


def test_what_was_given_within_the_arms_makes_no_further_arms():
    found = records(f"{REGIMENS}Results: The response rate was 50%.\n")
    assert not {"FEC regimen", "CMF regimen"} & {label for label, _, _ in groups(found)}


def test_the_other_groups_are_compared_together_where_there_are_more_than_two():
    methods = (
        "Patients were randomized to letrozole (n = 33), tamoxifen (n = 35), goserelin (n = 37) or ribociclib (n = 34)."
    )
    found = trial("The 2-year OS was 51.5% with letrozole and 17.2% in the other three groups.", methods)
    assert [(row[0], row[4]) for row in numbers(found)] == [("letrozole", "51.5"), ("the other three groups", "17.2")]


def test_a_control_has_both_names_it_is_called_by():
    found = trial(
        "Median OS was 2.5 years with letrozole and 2.6 years in the control group. The control group was older.",
        methods="We randomly assigned 240 women to letrozole (n = 120) or to observation (n = 120).",
    )
    assert [row[0] for row in numbers(found)] == ["letrozole", "observation (control)"]


def test_patients_set_apart_by_something_else_are_not_the_arms():
    found = trial(
        "In patients who responded, the 1-year OS was 66.7%, compared with 13.0% in those who did not (P < 0.001)."
    )
    assert [(row.arm, row.subgroup) for row in found.arm_results] == [
        ("", "patients who responded"),
        ("", "those who did not"),
    ]
    assert comparisons(found) == []


def test_an_estimate_of_a_factor_is_of_the_outcome_it_is_associated_with():
    found = trial(f"Early response (HR 0.21, {CI}) and older age (HR 2.4, {CI}) were associated with OS.")
    assert [row.outcome.value for row in found.contrasts] == ["OS", "OS"]


def test_factors_that_come_back_under_each_outcome_stand_under_it():
    found = records(
        "Methods: In this retrospective cohort study we analysed 200 adults with lymphoma.\n\n"
        "Table 2. Multivariable analysis\n\n| Variable | Hazard ratio (95% CI) |\n|---|---|\n"
        "| Overall survival | |\n| Stage | |\n| I | 1.00 (reference) |\n| II | 1.31 (0.90-1.91) |\n"
        "| Sex | |\n| Male | 1.00 (reference) |\n| Female | 0.88 (0.62-1.25) |\n"
        "| Relapse | |\n| Stage | |\n| I | 1.00 (reference) |\n| II | 1.12 (0.72-1.74) |\n"
        "| Sex | |\n| Male | 1.00 (reference) |\n| Female | 0.94 (0.60-1.47) |\n"
    )
    assert [(row.outcome.value, str(row.estimate)) for row in found.contrasts] == [
        ("OS", "1.31"),
        ("OS", "0.88"),
        ("RELAPSE", "1.12"),
        ("RELAPSE", "0.94"),
    ]
