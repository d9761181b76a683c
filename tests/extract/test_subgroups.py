import pytest

from evidence.extract.subgroups import is_everybody, population, subgroup_of
from tests.extract.texts import trial


def subgroup(text, number):
    at = text.index(number)
    span = subgroup_of(text, 0, len(text), at, at + len(number))
    return span and text[slice(*span)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("In the subgroup of patients with visceral disease, PFS was 7.1 months", "patients with visceral disease"),
        ("In a prespecified subgroup analysis of smokers, PFS was 7.1 months", "smokers"),
        ("Among EGFR-mutated patients, PFS was 7.1 months", "EGFR-mutated patients"),
        ("In premenopausal women, PFS was 7.1 months", "premenopausal women"),
        ("seen in patients with a mutation (hazard ratio, 7.1; 95% CI, 6.0 to 8.4)", "patients with a mutation"),
        ("In MRD negative patients, PFS was 7.1 months", "MRD negative patients"),
        ("For patients with prior surgery, PFS was 7.1 months", "patients with prior surgery"),
        (
            "PFS was longer, and the HR 7.1 in patients with detectable disease and 8.2 in others",
            "patients with detectable disease",
        ),
        ("For the 19 patients who had been in remission, PFS was 7.1", "patients who had been in remission"),
        ("Among patients with a mutation who took 80 mg, the rate was 7.1%", "patients with a mutation who took 80 mg"),
        ("In the elderly subgroup, PFS was 7.1 months", "elderly subgroup"),
        ("For women who did not use oestrogens, the rate was 7.1%", "women who did not use oestrogens"),
        (
            "events among participants who reported pain at entry (n=20) were 7.1%",
            "participants who reported pain at entry",
        ),
    ],
)
def test_the_words_that_restrict_a_number_are_its_subgroup(text, words):
    assert subgroup(text, "7.1") == words


def test_a_number_of_everybody_has_no_subgroup():
    assert subgroup("In the letrozole group, PFS was 7.1 months in all patients", "7.1") is None


def test_the_nearest_subgroup_before_a_number_is_its_own():
    text = "In younger patients PFS was 7.1 months, and in older patients PFS was 5.2 months"
    assert (subgroup(text, "7.1"), subgroup(text, "5.2")) == ("younger patients", "older patients")


def test_two_estimates_have_each_the_patients_named_behind_it():
    text = "HRs of 0.87 (0.71-1.06) for those using oestrogens and 0.83 (0.73-0.95) for those who never used them"
    for number, interval, words in (
        ("0.87", "(0.71-1.06)", "those using oestrogens"),
        ("0.83", "(0.73-0.95)", "those who never used them"),
    ):
        span = subgroup_of(text, 0, len(text), text.index(number), text.index(interval) + len(interval))
        assert text[slice(*span)] == words


@pytest.mark.parametrize(
    ("title", "everybody"),
    [
        ("Letrozole in women with a prior fracture: a randomised trial", True),
        ("Letrozole and fractures in women with a prior fracture according to age", False),
        ("Letrozole in women with and without a prior fracture", False),
        ("Letrozole in postmenopausal women", False),
    ],
)
def test_patients_of_the_title_are_no_subgroup(title, everybody):
    assert is_everybody("women with prior fracture", population(title)) is everybody


def test_a_heading_within_a_paragraph_names_the_patients_of_its_sentence():
    found = trial("Most women did well. MRD+ pts: median OS 14.6 vs 10.4 mo (HR 0.69 [95% CI 0.51, 0.93]).")
    assert [row.subgroup for row in (*found.arm_results, *found.contrasts)] == ["MRD+ pts"] * 3


def test_those_who_benefited_and_those_who_did_not_are_some_of_the_patients():
    found = trial(
        "Overall survival was the end point. Women with a ratio >0.5 seemed to benefit (HR 0.66, 95% CI 0.45-0.97), "
        "those with a lower ratio did not (HR 1.04, 95% CI 0.73-1.48)."
    )
    assert [row.subgroup for row in found.contrasts] == ["Women with a ratio >0.5", "those with a lower ratio"]


def test_a_subgroup_before_the_number_may_have_two_words_and_an_article_behind():
    found = trial(
        "In hormone receptor-positive disease the stratified HR for OS was 0.51 (95% CI, 0.33-0.79). "
        "In patients aged 70 years or more the HR for OS was 1.12 (95% CI, 0.61-2.05)."
    )
    assert [row.subgroup for row in found.contrasts] == [
        "hormone receptor-positive disease",
        "patients aged 70 years or more",
    ]


@pytest.mark.parametrize(
    ("sentence", "subgroup"),
    [
        ("In patients aged 65 or over the response rate was 95.3% with letrozole.", "patients aged 65 or over"),
        ("For T4 or N2 tumors, overall survival at 3 years was 64.5% with letrozole.", "T4 or N2 tumors"),
    ],
)
def test_patients_of_an_age_and_tumours_of_a_stage_are_subgroups(sentence, subgroup):
    (row,) = trial(sentence).arm_results
    assert row.subgroup == subgroup


def test_their_survival_is_of_those_told_just_before_and_not_of_all():
    found = trial(
        "Forty-six patients (38%) in the letrozole arm and 31 (26%) in the tamoxifen arm underwent surgery; their "
        "5-year OS was 54% and 50%, respectively."
    )
    assert [(row.arm, str(row.value), row.subgroup) for row in found.arm_results if row.outcome.value == "OS"] == [
        ("letrozole", "54", "underwent surgery"),
        ("tamoxifen", "50", "underwent surgery"),
    ]
    assert {row.subgroup for row in found.arm_results if row.outcome.value != "OS"} <= {None}


def test_patients_with_a_level_before_their_hazard_ratio_are_a_subgroup():
    found = trial(
        "The PFS benefit with letrozole over tamoxifen appeared confined to patients with a high ratio of receptors "
        "(≥ 0.5; HR, 0.48; 95% CI, 0.26 to 0.89)."
    )
    assert [row.subgroup for row in found.contrasts] == ["patients with a high ratio of receptors"]


def test_patients_without_what_those_before_them_had_are_another_subgroup():
    found = trial(
        "Overall survival was better with letrozole in patients with nodal disease (HR 0.64; 95% CI 0.36-0.95) and "
        "without nodal disease (HR 0.79; 95% CI 0.59-0.98)."
    )
    assert [(str(row.estimate), row.subgroup) for row in found.contrasts] == [
        ("0.64", "patients with nodal disease"),
        ("0.79", "without nodal disease"),
    ]
