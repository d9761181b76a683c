"""Studies that nothing links and that may be about the same patients."""

import pytest

from evidence.check.double_counting import possible_overlap, possible_same_study, same_numbers_in_two_studies
from evidence.model.codes import Design, Outcome, Report, Role, Severity
from tests.check.telling import Telling, together

COHORT = {
    "design": Design.COHORT_RETROSPECTIVE,
    "label": "Lee 2018",
    "first_author": "Lee",
    "year": 2018,
    "n_total": 76,
}


def first(**known) -> Telling:
    return Telling("first", study="one", **{**COHORT, **known})


def second(document: str = "second", **known) -> Telling:
    return Telling(document, study="two", **{**COHORT, "label": "Lee 2020", "year": 2020, **known})


def same(*tellings) -> list:
    return list(possible_same_study(together(*tellings)))


def test_one_author_drug_and_nearly_one_year_may_be_one_study():
    (doubt,) = same(first(), second(n_total=None))
    assert (doubt.study_id, doubt.document_id, doubt.severity) == ("two", "second", Severity.INFO)
    assert doubt.message == (
        "Lee 2020 (second.pdf) may be the same study as Lee 2018 (76 patients, first.pdf): the author and sorafenib "
        "agree, and the years are at most 2 apart."
    )


def test_drug_patients_and_design_may_be_one_study_where_an_author_is_not_known():
    (doubt,) = same(first(), second(first_author=None, year=None, label="a cohort"))
    assert "both have 76 patients given sorafenib" in doubt.message


@pytest.mark.parametrize(
    "known",
    [
        {"n_total": 80},
        {"year": 2022},
        {"design": Design.RANDOMIZED},
        {"first_author": "Kim"},
        {"arms": {"midostaurin": (Role.SINGLE, ("midostaurin",))}},
        {"arms": {"both": (Role.SINGLE, ("sorafenib", "azacitidine"))}},
        {"arms": {}},
        {"document": "first"},
        {"registry_ids": ("NCT2",)},
        {"acronym": "BETA"},
    ],
)
def test_what_speaks_against_one_study(known):
    assert same(first(registry_ids=("NCT1",), acronym="ALPHA"), second(**known)) == []


def test_a_review_is_no_study():
    assert len(same(first(design=None), second(n_total=None, design=None))) == 1
    assert same(first(design=None), second(n_total=None, design=Design.REVIEW)) == []


def test_a_study_like_two_others_is_one_doubt():
    three = Telling("third", study="zero", **COHORT)
    (doubt,) = [doubt for doubt in same(first(), three, second(n_total=None)) if doubt.study_id == "zero"]
    assert "first.pdf" in doubt.message and "second.pdf" in doubt.message


def overlap(*tellings) -> list:
    return list(possible_overlap(together(*tellings)))


def test_cohorts_of_one_author_and_drug_may_share_patients():
    (doubt,) = overlap(first(), second(n_total=120))
    assert doubt.severity is Severity.WARNING
    assert (
        "Lee 2020 (120 patients, second.pdf) may share patients with Lee 2018 (76 patients, first.pdf)" in doubt.message
    )


def test_so_may_cohorts_of_one_team():
    team = ("Kim AB", "Lee C", "Cho DE", "Han F")
    other = ("Alice B. Kim", "Chul Lee", "Dana E. Cho", "Xu G")
    assert len(overlap(first(authors=team), second(authors=other, first_author="Kim", n_total=120))) == 1
    assert overlap(first(authors=team), second(authors=other[1:], first_author="Kim", n_total=120)) == []


@pytest.mark.parametrize(
    "known",
    [
        {"design": Design.RANDOMIZED},
        {"design": None},
        {"year": 2024},
        {"first_author": "Kim"},
        {"arms": {"midostaurin": (Role.SINGLE, ("midostaurin",))}},
        {"registry_ids": ("NCT2",)},
    ],
)
def test_what_speaks_against_shared_patients(known):
    assert overlap(first(registry_ids=("NCT1",)), second(**{"n_total": 120, **known})) == []


def shared(*tellings) -> list:
    return list(same_numbers_in_two_studies(together(*tellings)))


def test_the_very_same_numbers_of_two_studies_are_doubted():
    (doubt,) = shared(
        first().value("sorafenib", "78.9", Outcome.LFS).value("placebo", "56.6", Outcome.LFS),
        second(report=Report.CITED).value("sorafenib", "78.9").value("placebo", "56.6"),
    )
    assert doubt.severity is Severity.WARNING
    assert doubt.message.startswith(
        "78.9 and 56.6 (LFS) stand for Lee 2020 in second.pdf and for Lee 2018 in first.pdf"
    )
    assert len(shared(first().ratio("0.60", "0.40", "0.90"), second().ratio("0.60", "0.40", "0.90"))) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (first().value("sorafenib", "78.9"), second().value("sorafenib", "78.9")),  # one number: chance
        (
            first().value("sorafenib", "79").value("placebo", "57"),
            second().value("sorafenib", "79").value("placebo", "57"),
        ),
        (
            first().value("sorafenib", "78.9").value("placebo", "56.6"),
            second().value("sorafenib", "78.9", months="36").value("placebo", "56.6"),
        ),
        (first().ratio("0.60"), second().ratio("0.60")),
        (
            first().ratio("0.60", "0.40", "0.90"),
            second(arms={"midostaurin": (Role.EXPERIMENTAL, ("midostaurin",)), "none": (Role.CONTROL, ())}).ratio(
                "0.60", "0.40", "0.90"
            ),
        ),
    ],
)
def test_numbers_that_two_studies_may_share_by_chance_are_not(one, other):
    assert shared(one, other) == []
