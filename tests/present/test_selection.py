"""Which arms a word selects."""

import pytest

from evidence.model.records import Arm
from evidence.present.selection import arm_matches


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
    ],
)
def test_a_word_selects_the_arms_that_had_it(label, treatment, asked, expected):
    arm = Arm(arm_id="a", study_id="s", document_id="d", label=label, treatment=treatment)
    assert arm_matches(arm, (asked,)) is expected


def test_several_words_are_alternatives_and_none_take_everything():
    arm = Arm(arm_id="a", study_id="s", document_id="d", label="no maintenance")
    assert arm_matches(arm, ("placebo", "no maintenance"))
    assert not arm_matches(arm, ("placebo", "sorafenib"))
    assert arm_matches(arm, ())
