import pytest

from evidence.extract.outcomes import document_outcomes, find_outcomes
from tests.extract.texts import trial


def named(text, words=None):
    return [
        (mention.code.value, text[mention.start : mention.end]) for mention in find_outcomes(text, 0, len(text), words)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("overall survival was longer", [("OS", "overall survival")]),
        ("overall survival (OS) was longer", [("OS", "overall survival")]),  # one outcome, named twice
        ("Relapse-free survival and OS", [("RFS", "Relapse-free survival"), ("OS", "OS")]),
        ("progression-free\nsurvival", [("PFS", "progression-free\nsurvival")]),
        ("the rate of complete remission", [("CR", "complete remission")]),
        ("disease progression or death", [("PFS", "disease progression or death")]),
        ("chronic GVHD", [("CGVHD", "chronic GVHD")]),
        ("seven patients died", [("DEATH", "died")]),
    ],
)
def test_an_outcome_is_found_under_each_of_its_words(text, expected):
    assert named(text) == expected


@pytest.mark.parametrize(
    "text", ["patients with relapsed or refractory AML", "treatment after relapse", "relapsed AML", "relapsed lymphoma"]
)
def test_a_relapse_that_tells_who_was_treated_is_no_outcome(text):
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CV mortality was low", [("OTHER", "CV mortality")]),
        ("the hazard ratio for cardiovascular mortality", [("OTHER", "cardiovascular mortality")]),
        (
            "first hospitalization or death from any cause occurred",
            [("OTHER", "hospitalization or death from any cause")],
        ),
        ("the risk of death or stroke", [("OTHER", "risk of death or stroke")]),
        ("the risk of AF recurrence", [("OTHER", "AF recurrence")]),
        ("recurrence of atrial flutter was seldom", [("OTHER", "recurrence of atrial flutter")]),
        ("local recurrence", [("RELAPSE", "local recurrence")]),
        ("recurrence of AML", [("RELAPSE", "recurrence")]),
        ("relapse or death from any cause", [("RFS", "relapse or death from any cause")]),
    ],
)
def test_a_death_or_recurrence_of_another_kind_is_another_outcome(text, expected):
    assert [(code, words.removeprefix("first ")) for code, words in named(text)][:1] == expected


def test_a_standard_deviation_is_not_stable_disease():
    assert named("Mean (SD) operating time was 101 (31) min") == []
    assert ("OTHER", "SD") in named("CR in 3 and SD in 5 patients")


def test_small_words_are_not_taken_for_abbreviations():
    assert named("or os pr") == []


def test_an_event_listed_under_a_grade_takes_its_code():
    text = "grade 3 or higher adverse events were anemia and fatigue"
    assert {code for code, _ in named(text)} == {"AE_G3"}


def test_an_abbreviation_of_the_document_names_the_outcome_it_stands_for():
    words = document_outcomes({"FFR": "relapse-free survival", "XYZ": "extra yellow zebra"})
    assert named("FFR was 61%; XYZ was not", words) == [("RFS", "FFR")]
    assert named("FFR was 61%") == []


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("mortality of GVHD was", "OTHER", "mortality of GVHD"),
        ("died of disease progression in", "OTHER", "died of disease progression"),
        ("deaths from any cause", "DEATH", None),
        ("mortality of patients with", "DEATH", None),
        ("died of the 20", "DEATH", None),
    ],
)
def test_deaths_of_one_cause_are_not_deaths_of_any(text, code, words):
    (mention, *_) = find_outcomes(text, 0, len(text))
    assert (mention.code.value, mention.words) == (code, words)


def test_the_standard_deviation_of_a_mean_is_no_stable_disease():
    found = find_outcomes(text := "The mean ± SD stay was 9 days; SD was seen in 12%.", 0, len(text))
    assert [(mention.start, mention.end) for mention in found] == [(text.index("SD was"), text.index("SD was") + 2)]


def test_time_to_progression_to_another_disease_is_not_time_to_progression():
    found = trial("Time to progression to acute leukemia was 21 months with letrozole and 12 months with tamoxifen.")
    assert {(row.outcome.value, row.outcome_text) for row in found.arm_results} == {
        ("OTHER", "Time to progression to acute leukemia")
    }


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("Differentiation syndrome of grade 3 or higher was seen", "Differentiation syndrome of grade 3 or higher"),
        ("Neutropenia of grade 3 or 4 was seen", "Neutropenia of grade 3 or 4"),
        ("The incidence of grade 3 neutropenia was", "grade 3 neutropenia"),
    ],
)
def test_an_event_before_its_grade_names_the_outcome(words, text):
    found = trial(f"{words} in 12% with letrozole and in 6% with tamoxifen.")
    assert {(row.outcome.value, row.outcome_text) for row in found.arm_results} == {("AE_G3", text)}


@pytest.mark.parametrize(
    "words", ["Undetectable NPM1 MRD was seen", "MRD turned negative", "Conversion from MRD+ to MRD- was seen"]
)
def test_residual_disease_may_be_told_free_of_in_several_words(words):
    found = trial(f"{words} in 17 (77.3%) and 6 (54.5%) patients with CR, respectively, on letrozole and tamoxifen.")
    assert {(row.outcome.value, row.measure.value) for row in found.arm_results} == {("MRD_NEG", "proportion")}


def test_two_outcomes_with_a_slash_are_those_of_numbers_with_a_slash():
    found = trial(
        "The overall response rate/complete response rate (ORR/CRR) was 80%/60% for letrozole versus 66%/42% for "
        "tamoxifen."
    )
    assert [(row.arm, row.outcome.value, str(row.value)) for row in found.arm_results] == [
        ("letrozole", "ORR", "80"),
        ("letrozole", "CR", "60"),
        ("tamoxifen", "ORR", "66"),
        ("tamoxifen", "CR", "42"),
    ]


def test_who_had_done_something_else_at_a_time_did_not_survive_so_often():
    found = trial(
        "At 3 years, 97.2% of patients with letrozole and 76.8% with tamoxifen were alive. "
        "At 3 years, 58.0% of the patients in the letrozole group had stopped treatment."
    )
    assert [str(row.value) for row in found.arm_results if row.outcome.value == "OS"] == ["97.2", "76.8"]


def test_events_listed_with_numbers_behind_one_grade_are_of_that_grade():
    found = trial(
        "Gr 3-4 neutropenia (41% vs 24%) and thrombocytopenia (22% vs 21%) were more common with letrozole; "
        "nausea (64% vs 23%) was mild."
    )
    codes = [(row.outcome.value, str(row.value)) for row in found.arm_results]
    assert codes == [("AE_G3", "41"), ("AE_G3", "24"), ("AE_G3", "22"), ("AE_G3", "21"), ("AE", "64"), ("AE", "23")]
