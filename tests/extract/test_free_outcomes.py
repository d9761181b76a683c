import pytest

from tests.extract.texts import comparisons, numbers, records, trial


def outcomes(found):
    return [(row.outcome.value, row.outcome_text) for row in found.contrasts]


@pytest.mark.parametrize(
    ("sentence", "outcome"),
    [
        # before the verb
        (
            "Change in waist circumference was -2.1 cm with letrozole; mean difference, -1.4 (95% CI, -2.2 to -0.6).",
            "Change in waist circumference",
        ),
        # behind a comparative, before the brackets
        (
            "Walking was easier with letrozole than with tamoxifen, with longer grip endurance (51 s versus 42 s; "
            " difference: 9 s, 95% CI 4 to 14).",
            "grip endurance",
        ),
        # behind the label
        ("The hazard ratio for vertebral fracture was 0.62 (95% CI, 0.40 to 0.96).", "vertebral fracture"),
        # behind the count
        (
            "There were 12 of 120 (10.0%) thromboembolic events in the letrozole group and 20 of 120 (16.7%) in the "
            "tamoxifen group (odds ratio, 0.56; 95% CI, 0.26 to 1.19).",
            "thromboembolic events",
        ),
    ],
)
def test_an_outcome_that_no_lexicon_knows_is_told_in_the_words_of_its_sentence(sentence, outcome):
    assert outcomes(trial(sentence)) == [("OTHER", outcome)]


def test_means_of_two_arms_are_results_of_what_the_sentence_measures():
    found = trial("The mean waist circumference was 84.2 ± 6.1 cm with letrozole and 88.0 ± 7.3 cm with tamoxifen.")
    assert numbers(found) == [
        ("letrozole", "OTHER", "mean", None, "84.2"),
        ("tamoxifen", "OTHER", "mean", None, "88.0"),
    ]
    assert {row.outcome_text for row in found.arm_results} == {"waist circumference"}


def test_a_p_value_beside_the_numbers_of_two_arms_compares_what_they_measure():
    found = trial("Successful weaning was 83% in the letrozole group and 65% in the tamoxifen group, p = 0.004.")
    assert comparisons(found) == [("letrozole", "tamoxifen", "OTHER", "P", None, None, None, "=0.004")]


def test_p_values_that_each_arm_has_of_its_own_compare_no_arms():
    found = trial(
        "Relapses fell from 40% to 31% (P=0.02) in the letrozole group and from 41% to 38% (P=0.4) in the "
        "tamoxifen group."
    )
    assert comparisons(found) == []


METHODS = (
    "We randomly assigned 240 patients to letrozole (n = 120) or tamoxifen (n = 120). The primary outcome was {}. "
    "Other outcomes were exploratory."
)


@pytest.mark.parametrize(
    ("definition", "outcome"),
    [
        ("overall survival at any time", ("OS", "overall survival")),
        (
            "time to first major bleeding event (MBE), defined as bleeding into an organ or transfusion",
            ("OTHER", "primary outcome: time to first major bleeding event"),
        ),
    ],
)
def test_the_primary_outcome_is_what_the_paper_says_it_is(definition, outcome):
    found = records(
        f"Methods: {METHODS.format(definition)}\n\n"
        "Results: The hazard ratio for the primary outcome was 0.82 (95% CI, 0.73 to 0.93).\n"
    )
    code, text = outcome
    row = found.contrasts[0]
    assert row.outcome.value == code
    assert row.outcome_text in (text, "primary outcome")


def test_a_primary_outcome_without_a_code_is_told_by_its_definition():
    found = records(
        f"Methods: {METHODS.format('transfusion independence for at least 12 weeks')}\n\n"
        "Results: The primary outcome was reached by 60 (50.0%) patients in the letrozole group.\n"
    )
    (row,) = found.arm_results
    assert row.outcome_text == "primary outcome: transfusion independence for at least 12 weeks"
