import pytest

from evidence.model.codes import Role
from evidence.model.question import Question
from evidence.synthesise.matching import Side, is_comparator, is_treatment, matches


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
