"""What one number does to the analysis it enters."""

import pytest
from study_rows import arm, counts, flag, hr, records, study

from evidence.model.codes import Outcome, Role, RowStatus
from evidence.model.question import Question
from evidence.synthesise import answer, default_questions, leave_one_out, stakes


def trial(name, text, drug="sorafenib", **more):
    """A study with its two arms and its hazard ratio r-NAME."""
    return (
        hr(f"r-{name}", name, text, arm=drug, arm_id=f"{name}-{drug}", comparator_arm_id=f"{name}-placebo", **more),
        arm(name, drug, role=Role.EXPERIMENTAL, treatment=(drug,)),
        arm(name, "placebo", role=Role.CONTROL, treatment=("placebo",)),
    )


A, B, C = trial("A", "0.48 (0.28-0.82)"), trial("B", "0.80 (0.60-1.07)"), trial("C", "0.60 (0.30-1.20)")
ALL = ("r-A", "r-B", "r-C")


def test_a_stake_is_what_leaving_the_number_out_changes():
    known = records(*A, *B, *C)
    estimates = answer(Question(id="q", outcome=("OS",), measure="HR"), known).estimates
    without = leave_one_out([row.y for row in estimates], [row.v for row in estimates])
    found = stakes(known, ALL)
    for result_id, expected in zip(ALL, without, strict=True):
        stake = found[result_id]
        assert stake.without == pytest.approx(2.718281828**expected.mu, rel=1e-6)
        assert (stake.outcome, stake.measure, stake.treatment, stake.k) == ("OS", "HR", ("sorafenib",), 3)
    assert len({stake.pooled for stake in found.values()}) == 1
    assert found["r-B"].change > found["r-C"].change  # the largest study moves more than the smallest


def test_a_number_that_is_held_back_has_a_stake_all_the_same():
    assert stakes(records(*A, *B, flag("r-A")), ["r-A"])["r-A"].k == 2


@pytest.mark.parametrize(
    "others",
    [
        (),  # alone
        trial("B", "0.80 (0.60-1.07)", drug="midostaurin"),
        trial("B", "0.80 (0.60-1.07)", outcome=Outcome.EFS),
        trial("B", "0.80 (0.60-1.07)", status=RowStatus.REJECTED),
    ],
)
def test_what_enters_no_analysis_of_two_studies_has_none(others):
    assert stakes(records(*A, *others), ["r-A"]) == {}


def test_a_number_of_a_part_of_the_patients_has_none():
    assert stakes(records(*trial("A", "0.48 (0.28-0.82)", subgroup="women"), *B, *C), ["r-A"]) == {}


def test_without_its_number_a_study_is_represented_by_its_next_one():
    cited = hr("cited", "A", "0.48 (0.28-0.82)", arm_id="A-sorafenib", comparator_arm_id="A-placebo")
    assert stakes(records(*A, cited, *B), ["r-A"])["r-A"].change == pytest.approx(0)


def test_counts_enter_proportions_and_odds_ratios():
    def cohort(name, events):
        return counts(f"r-{name}", name, "sorafenib", events, 40), arm(
            name, "sorafenib", role=Role.SINGLE, treatment=("sorafenib",)
        )

    found = stakes(records(*cohort("A", 10), *cohort("B", 20), *cohort("C", 22)), ["r-A"])
    assert found["r-A"].measure == "PLO" and found["r-A"].pooled < found["r-A"].without


def test_a_study_of_two_experimental_treatments_is_not_comparable():
    second = arm("A", "midostaurin", role=Role.EXPERIMENTAL, treatment=("midostaurin",))
    assert stakes(records(*A, second, *B, study("A")), ["r-A"]) == {}


def test_outcomes_without_a_code_are_pooled_with_nothing():
    other = (
        trial("A", "0.48 (0.28-0.82)", outcome=Outcome.OTHER),
        trial("B", "0.80 (0.60-1.07)", outcome=Outcome.OTHER),
    )
    assert stakes(records(*other[0], *other[1]), ALL) == {}


def test_a_study_counts_whose_label_alone_names_the_treatment():
    named = (
        *trial("B", "0.80 (0.60-1.07)")[:1],
        arm("B", "sorafenib 400 mg"),
        arm("B", "placebo", treatment=("placebo",)),
    )
    row = hr("r-B", "B", "0.80 (0.60-1.07)", arm="sorafenib 400 mg", comparator="placebo")
    assert stakes(records(*A, named[1], named[2], row), ["r-A"])["r-A"].k == 2


def test_every_analysis_that_gives_a_stake_is_a_question_of_its_own():
    known = records(*A, *B, *C, *trial("D", "0.5 (0.3-0.9)", drug="midostaurin"))
    (question,) = default_questions(known)
    (stake,) = stakes(known, ["r-A"]).values()
    assert (question.outcome, question.measure, question.treatment) == (("OS",), stake.measure, stake.treatment)
    assert answer(question, known).pooled.k == stake.k == 3
