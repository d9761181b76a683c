import pytest

from evidence.extract.subgroups import subgroup_of


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
        ("In MRD negative patients, PFS was 7.1 months", "MRD negative patients"),
        ("For patients with prior surgery, PFS was 7.1 months", "patients with prior surgery"),
        (
            "PFS was longer, and the HR 7.1 in patients with detectable disease and 8.2 in others",
            "patients with detectable disease",
        ),
        ("For the 19 patients who had been in remission, PFS was 7.1", "patients who had been in remission"),
        ("Among patients with a mutation who took 80 mg, the rate was 7.1%", "patients with a mutation who took 80 mg"),
        ("In the elderly subgroup, PFS was 7.1 months", "elderly subgroup"),
    ],
)
def test_the_words_that_restrict_a_number_are_its_subgroup(text, words):
    assert subgroup(text, "7.1") == words


def test_a_number_of_everybody_has_no_subgroup():
    assert subgroup("In the letrozole group, PFS was 7.1 months in all patients", "7.1") is None


def test_the_nearest_subgroup_before_a_number_is_its_own():
    text = "In younger patients PFS was 7.1 months, and in older patients PFS was 5.2 months"
    assert (subgroup(text, "7.1"), subgroup(text, "5.2")) == ("younger patients", "older patients")
