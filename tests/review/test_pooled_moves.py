"""Pooled estimates before and after a decision."""

from dataclasses import replace
from decimal import Decimal

from study_rows import arm, flag, hr, records, study

from evidence import synthesise
from evidence.model.codes import Outcome, Role, RowStatus
from evidence.model.question import Question
from evidence.pooled_moves import analyses, default_questions, moves


def trial(name, text, drug="sorafenib", **more):
    return (
        study(name),
        arm(name, drug, role=Role.EXPERIMENTAL, treatment=(drug,)),
        arm(name, "placebo", role=Role.CONTROL, treatment=("placebo",)),
        hr(f"r-{name}-{more.get('outcome', 'OS')}", name, text, arm=drug, arm_id=f"{name}-{drug}", **more),
    )


A, B, C = trial("A", "0.48 (0.28-0.82)"), trial("B", "0.80 (0.60-1.07)"), trial("C", "0.60 (0.30-1.20)")
EFS = tuple(trial(name, "0.7 (0.5-0.9)", outcome=Outcome.EFS)[-1] for name in "AB")
KNOWN = records(*A, *B, *C, *EFS)
OS = Question(id="os", outcome=("OS",), measure="HR", treatment=("sorafenib",))


def decided(known, result_id, **values):
    return replace(
        known,
        contrasts=tuple(replace(row, **values) if row.result_id == result_id else row for row in known.contrasts),
    )


def test_without_questions_the_studies_of_one_treatment_are_pooled_by_outcome_and_measure():
    questions = default_questions(KNOWN)
    assert [(asked.outcome, asked.measure, asked.treatment) for asked in questions] == [
        (("OS",), "HR", ("sorafenib",)),
        (("EFS",), "HR", ("sorafenib",)),
    ]
    assert len({asked.id for asked in questions}) == 2
    assert [analysis.pooled.k for analysis in analyses(KNOWN, questions)] == [3, 2]


def test_one_study_or_outcomes_without_a_code_are_no_question():
    other = tuple(trial(name, "0.7 (0.5-0.9)", outcome=Outcome.OTHER)[-1] for name in "AB")
    assert default_questions(records(*A, *other, *trial("D", "0.5 (0.3-0.9)", drug="midostaurin"))) == ()


def test_a_correction_moves_the_estimates_it_enters_and_no_other():
    after = decided(KNOWN, "r-A-OS", estimate=Decimal("0.60"), status=RowStatus.CORRECTED)
    (move,) = moves(KNOWN, after, default_questions(KNOWN))
    assert move.question.outcome == ("OS",)
    assert (move.before, move.after) == tuple(synthesise.answer(OS, known).pooled for known in (KNOWN, after))
    assert move.before.mu != move.after.mu


def test_where_one_study_is_left_nothing_is_pooled_any_more():
    (move,) = moves(KNOWN, decided(KNOWN, "r-A-EFS", status=RowStatus.REJECTED), default_questions(KNOWN))
    assert (move.before.k, move.after) == (2, None)
    (back,) = moves(decided(KNOWN, "r-A-EFS", status=RowStatus.REJECTED), KNOWN, default_questions(KNOWN))
    assert (back.before, back.after) == (move.after, move.before)


def test_a_number_that_a_person_enters_may_make_an_analysis():
    alone = records(*A)
    assert default_questions(alone) == ()
    both = records(*A, *B)
    (move,) = moves(alone, both, default_questions(alone, both))
    assert (move.before, move.after.k) == (None, 2)


def test_what_changes_no_number_moves_nothing():
    assert moves(KNOWN, KNOWN, [OS]) == ()
    assert moves(KNOWN, decided(KNOWN, "r-A-OS", status=RowStatus.ACCEPTED), [OS]) == ()


def test_a_flag_that_holds_a_number_back_moves_what_it_enters():
    (move,) = moves(KNOWN, replace(KNOWN, flags=(flag("r-B-OS", document="doc-B"),)), [OS])
    assert (move.before.k, move.after.k) == (3, 2)


def test_other_questions_are_not_answered_anew(monkeypatch):
    asked = []
    answer = synthesise.answer
    monkeypatch.setattr(synthesise, "answer", lambda question, known: asked.append(question) or answer(question, known))
    after = decided(KNOWN, "r-A-OS", estimate=Decimal("0.60"))
    moves(KNOWN, after, default_questions(KNOWN))
    assert {question.outcome for question in asked} == {("OS",)} and len(asked) == 2


def test_two_studies_that_become_one_move_every_estimate():
    merged = replace(
        KNOWN,
        studies=tuple(replace(row, study_id="A") if row.study_id == "B" else row for row in KNOWN.studies),
        arms=tuple(replace(row, study_id="A") if row.study_id == "B" else row for row in KNOWN.arms),
        contrasts=tuple(replace(row, study_id="A") if row.study_id == "B" else row for row in KNOWN.contrasts),
    )
    found = moves(KNOWN, merged, default_questions(KNOWN))
    assert [(move.before.k, move.after and move.after.k) for move in found] == [(3, 2), (2, None)]
