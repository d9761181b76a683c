"""Which arms and populations the words of a question name."""

import pytest

from evidence.model.codes import Role
from evidence.model.matching import Side, is_comparator, is_treatment, matches, matches_any, mentions
from evidence.model.question import Question


@pytest.mark.parametrize(
    ("entry", "label", "treatment", "expected"),
    [
        ("sorafenib", "Sorafenib group", (), True),
        ("sorafenib", "SORAFENIB 400 mg", (), True),
        ("sorafenib", "maintenance", ("sorafenib",), True),
        ("sorafenib", "sorafenib plus placebo", (), True),
        ("sorafenib", "non-sorafenib", ("sorafenib",), False),
        ("sorafenib", "non\u2011sorafenib cohort", ("sorafenib",), False),
        ("sorafenib", "non sorafenib", (), False),
        ("sorafenib", "nonsorafenib", ("sorafenib",), False),
        ("sorafenib", "no sorafenib", ("sorafenib",), False),
        ("sorafenib", "without sorafenib", ("sorafenib",), False),
        ("sorafenib", "control (no sorafenib)", ("sorafenib",), False),
        ("sorafenib", "patients not receiving sorafenib", (), False),
        ("sorafenib", "placebo for sorafenib", (), False),
        ("sorafenib", "sorafenib-matching placebo", ("sorafenib",), False),
        ("sorafenib", "placebo", ("sorafenib",), False),
        ("sorafenib", "sorafenib-naive", (), False),
        ("sorafenib", "post-sorafenib", (), False),
        ("sorafenib", "regorafenib", (), False),
        ("sor", "sorafenib", (), False),
        ("midostaurin", "chemotherapy without sorafenib or midostaurin", (), False),
        ("chemotherapy", "chemotherapy without sorafenib", (), True),
        ("azacitidine", "azacitidine plus placebo", (), True),
        ("placebo", "azacitidine plus placebo", (), True),
        ("placebo", "sorafenib", (), False),
        ("venetoclax + azacitidine", "azacitidine and venetoclax", (), True),
        ("venetoclax + azacitidine", "azacitidine", (), False),
        ("control", "controls", (), True),
        ("no maintenance", "non-maintenance group", (), True),
        ("no maintenance", "observation", ("no maintenance",), True),
        ("no maintenance", "no sorafenib maintenance", (), True),
        ("no maintenance", "sorafenib maintenance", ("sorafenib",), False),
    ],
)
def test_an_entry_names_the_arms_that_had_it_and_no_others(entry, label, treatment, expected):
    assert matches(entry, Side(labels=(label,), treatment=treatment)) is expected


def test_of_two_labels_the_one_that_denies_the_treatment_decides():
    assert not matches("sorafenib", Side(labels=("sorafenib", "non-sorafenib")))


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("non-sorafenib", True),
        ("no sorafenib", True),
        ("no maintenance", True),
        ("non-sorafenib maintenance", False),
        ("sorafenib", False),
        ("control", False),
        ("control (no sorafenib)", True),
        ("patients not receiving sorafenib", True),
        ("salvage without sorafenib", False),
        ("post-sorafenib", False),
    ],
)
def test_no_maintenance_is_also_written_as_the_absence_of_the_treatment(label, expected):
    question = Question(id="q", outcome=("OS",), treatment=("sorafenib",), comparator=("no maintenance",))
    assert is_comparator(question, Side(labels=(label,))) is expected


def test_without_an_asked_treatment_roles_decide():
    question = Question(id="q", outcome=("OS",))
    assert is_treatment(question, Side(labels=("A",), role=Role.EXPERIMENTAL))
    assert is_comparator(question, Side(labels=("B",), role=Role.CONTROL))
    assert not is_treatment(question, Side(labels=("A",)))


def test_an_arm_of_which_nothing_is_known_is_no_comparator():
    question = Question(id="q", outcome=("OS",), treatment=("sorafenib",))
    assert not is_comparator(question, Side(labels=("",)))


@pytest.mark.parametrize(
    ("label", "treatment", "asked", "expected"),
    [
        ("sorafenib", (), "sorafenib", True),
        ("Sorafenib group", (), "sorafenib", True),
        ("maintenance", ("sorafenib",), "SORAFENIB", True),
        ("post-transplant sorafenib", (), "sorafenib", True),
        ("sorafenib plus azacitidine", (), "azacitidine", True),
        ("azacitidine-sorafenib", (), "sorafenib", True),
        ("no prophylaxis, sorafenib", (), "sorafenib", True),
        ("chemotherapy without transplant plus sorafenib", (), "sorafenib", True),
        ("non-sorafenib", (), "sorafenib", False),
        ("non-sorafenib", ("sorafenib",), "sorafenib", False),
        ("nonsorafenib group", (), "sorafenib", False),
        ("without sorafenib", (), "sorafenib", False),
        ("no sorafenib", (), "sorafenib", False),
        ("Without any prior sorafenib maintenance", ("sorafenib",), "sorafenib", False),
        ("sorafenib-naive patients", (), "sorafenib", False),
        ("sorafenib-free", (), "sorafenib", False),
        ("sorafenib-matched placebo", (), "sorafenib", False),
        ("sorafenib-matched placebo", (), "placebo", True),
        ("placebo for sorafenib", (), "sorafenib", False),
        ("post-sorafenib relapse", (), "sorafenib", False),
        ("no maintenance", (), "no maintenance", True),
        ("no maintenance", (), "maintenance", False),
        ("regorafenib", (), "rafenib", False),
        ("7+3 (chemotherapy)", (), "7+3", True),
        ("pre-transplant", ("sorafenib",), "sorafenib", True),
        ("post-sorafenib relapse", ("sorafenib",), "sorafenib", False),
        ("post-sorafenib", (), "no sorafenib", False),
        ("without sorafenib, midostaurin or gilteritinib", (), "midostaurin", False),
        ("chemotherapy, not sorafenib", (), "chemotherapy", True),
        ("chemotherapy, not sorafenib", (), "sorafenib", False),
        ("without sorafenib and midostaurin", (), "midostaurin", False),
    ],
)
def test_a_word_selects_the_arms_that_had_it(label, treatment, asked, expected):
    assert matches_any((asked,), Side(labels=(label,), treatment=treatment)) is expected


def test_several_words_are_alternatives_and_none_take_everything():
    arm = Side(labels=("no maintenance",))
    assert matches_any(("placebo", "no maintenance"), arm)
    assert not matches_any(("placebo", "sorafenib"), arm)
    assert matches_any((), arm)


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("adults with relapsed or refractory AML", "refractory", True),
        ("adults with FLT3-ITD-positive AML", "FLT3-ITD", True),
        ("adults with FLT3\u2011ITD AML", "FLT3-ITD", True),
        ("FLT3-ITD-negative patients", "FLT3-ITD", False),
        ("AML without a FLT3 mutation", "FLT3", False),
        ("patients without any prior transplantation", "transplantation", False),
        ("not treated by transplantation", "transplantation", False),
        ("patients who had no prior inhibitor and relapsed", "relapsed", True),
        ("not eligible for intensive chemotherapy, relapsed", "relapsed", True),
        ("sorafenib or placebo after transplantation", "transplantation", True),
        ("adults in first remissions", "remission", True),
        ("adults in unconfirmed remission", "confirmed remission", False),
        ("MRD-positive", "MRD-positive", True),
        ("sorafenib or no maintenance after allogeneic transplantation", "after allogeneic transplantation", True),
        ("sorafenib or no maintenance after allogeneic transplantation", "transplantation", True),
        ("sorafenib or no maintenance after allogeneic transplantation", "maintenance", False),
        ("given before, not after transplantation", "after transplantation", False),
        ("given before, not after transplantation", "transplantation", False),
        ("never been in remission", "remission", False),
    ],
)
def test_a_population_has_the_words_it_does_not_deny(text, asked, expected):
    assert mentions(text, asked) is expected
