import pytest

from evidence.check.arms import arm_totals_mismatch
from evidence.model.codes import Role, Severity
from evidence.model.records import Arm, Records, Study

EXPERIMENTAL, CONTROL, OTHER, SINGLE = Role.EXPERIMENTAL, Role.CONTROL, Role.OTHER, Role.SINGLE


def study_of(n_total, *arms, document="d1"):
    return Records(
        studies=(Study(study_id="s1", document_id=document, label="Trial A", n_total=n_total),),
        arms=tuple(
            Arm(arm_id=f"a{i}", study_id="s1", document_id=document, label=f"arm {i}", role=role, n=n)
            for i, (role, n) in enumerate(arms)
        ),
    )


@pytest.mark.parametrize(
    ("n_total", "arms", "doubted"),
    [
        (371, [(EXPERIMENTAL, 247), (CONTROL, 124)], False),
        (371, [(EXPERIMENTAL, 274), (CONTROL, 124)], True),
        (300, [(EXPERIMENTAL, 100), (EXPERIMENTAL, 100), (CONTROL, 100)], False),
        (300, [(EXPERIMENTAL, 100), (CONTROL, 100), (OTHER, 100)], False),
        (200, [(EXPERIMENTAL, 100), (CONTROL, 100), (OTHER, 60)], False),  # a subgroup
        (371, [(EXPERIMENTAL, 247), (CONTROL, None)], False),
        (None, [(EXPERIMENTAL, 247), (CONTROL, 124)], False),
        (371, [(EXPERIMENTAL, 247)], False),
        (40, [(SINGLE, 38)], False),
    ],
)
def test_the_arms_have_to_add_up_to_the_study(n_total, arms, doubted):
    assert bool(list(arm_totals_mismatch(study_of(n_total, *arms)))) is doubted


@pytest.mark.parametrize(("n", "severity"), [(274, Severity.WARNING), (240, Severity.INFO)])
def test_patients_left_out_of_the_analysis_are_only_noted(n, severity):
    (doubt,) = arm_totals_mismatch(study_of(371, (EXPERIMENTAL, n), (CONTROL, 124)))
    assert doubt.severity is severity


def test_the_message_shows_the_sum():
    (doubt,) = arm_totals_mismatch(study_of(371, (EXPERIMENTAL, 274), (CONTROL, 124)))
    assert doubt.message == (
        "Trial A: the arms add up to 274 (arm 0) + 124 (arm 1) = 398 patients, but the study is reported with 371."
    )


def test_a_study_in_two_documents_is_added_up_in_each_alone():
    first, second = study_of(20, (EXPERIMENTAL, 10), (CONTROL, 10)), study_of(20, (EXPERIMENTAL, 10), document="d2")
    both = Records(studies=first.studies + second.studies, arms=first.arms + second.arms)
    assert list(arm_totals_mismatch(both)) == []
