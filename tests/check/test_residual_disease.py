"""Patients who were positive before treatment against claims that so many stayed, became or were negative."""

from dataclasses import replace
from decimal import Decimal

import pytest

from evidence.check import check
from evidence.check.curves import ipd_mismatch
from evidence.model.codes import Outcome, Severity
from evidence.model.records import (
    MRD_NEGATIVE,
    MRD_POSITIVE,
    STAYED_MRD_NEGATIVE,
    TURNED_MRD_NEGATIVE,
    Patient,
    Quantity,
    Records,
    Study,
)
from tests.check.rows import source
from tests.extract.test_patients import of as read

#: Six patients: the fourth and the fifth were positive, the sixth relapsed.
LEVELS = {"4": "0.35", "5": "1.20"}
RELAPSED = ("6",)


def quantity(what, **more):
    return Quantity(document_id="d1", study_id="s1", what=what, source=source(), **more)


def doubts(what, said, *, relapsed=RELAPSED, untold=(), n=6, total=None):
    patients = [
        quantity(
            MRD_POSITIVE if name in LEVELS else MRD_NEGATIVE,
            patient=name,
            group=6,
            percent=Decimal(LEVELS[name]) if name in LEVELS else None,
        )
        for name in map(str, range(1, 7))
        if name not in untold
    ]
    followed = tuple(
        Patient(
            result_id=f"p{name}",
            document_id="d1",
            study_id="s1",
            arm_id=None,
            arm="overall",
            patient=str(name),
            outcome=Outcome.RELAPSE,
            outcome_text="Status",
            source=source(),
            event=str(name) in relapsed,
        )
        for name in range(1, 7)
    )
    claim = quantity(what, value=Decimal(said), total=total)
    study = Study(study_id="s1", document_id="d1", label="S", n_total=n)
    return list(ipd_mismatch(Records(studies=(study,), patients=followed, quantities=(*patients, claim))))


@pytest.mark.parametrize(
    ("what", "said", "words"),
    [
        (STAYED_MRD_NEGATIVE, 3, None),
        (STAYED_MRD_NEGATIVE, 4, None),  # four were negative, one of whom may have relapsed afterwards
        (STAYED_MRD_NEGATIVE, 5, "2 were MRD-positive before treatment (patient 4: 0.35%, patient 5: 1.20%)"),
        (TURNED_MRD_NEGATIVE, 2, None),
        (TURNED_MRD_NEGATIVE, 3, "only 2 were MRD-positive"),
        (MRD_POSITIVE, 2, None),
        (MRD_POSITIVE, 3, "only 2 were (patient 4: 0.35%, patient 5: 1.20%)"),
        (MRD_POSITIVE, 1, None),  # of some of the patients
        (MRD_NEGATIVE, 4, None),
        (MRD_NEGATIVE, 5, "only 4 were."),
    ],
)
def test_no_more_patients_than_the_table_allows_stayed_or_became_negative(what, said, words):
    found = doubts(what, said)
    assert [doubt.severity for doubt in found] == ([Severity.WARNING] if words else [])
    assert not words or words in found[0].message


def test_all_who_did_not_relapse_cannot_have_stayed_negative_if_some_were_positive():
    (doubt,) = doubts(STAYED_MRD_NEGATIVE, 4, relapsed=("1", "2"))
    assert "just as many did not relapse, and of those 2 were MRD-positive before treatment" in doubt.message
    assert not doubts(STAYED_MRD_NEGATIVE, 4, relapsed=("4", "5"))


def test_patients_of_whom_the_table_does_not_tell_may_have_been_either():
    assert not doubts(STAYED_MRD_NEGATIVE, 4, untold=("1",))
    assert not doubts(MRD_POSITIVE, 3, untold=("1",))


def test_claims_of_other_patients_are_not_compared():
    assert not doubts(STAYED_MRD_NEGATIVE, 5, n=60)
    assert not doubts(STAYED_MRD_NEGATIVE, 5, total=40)


def test_a_document_whose_patients_contradict_its_words_is_flagged():
    rows = "Patient|MRD at baseline|Status\n1|neg|CR\n2|0.35%|CR\n3|neg|Relapse\n4|neg|CR"
    records = check(read(rows, text="<p>Three of 4 patients remained MRD-negative.</p>"))
    assert [flag.check for flag in records.flags if "patient 2: 0.35%" in flag.message] == ["ipd_mismatch"]
    kept = replace(records, quantities=(), flags=())
    assert not [flag for flag in check(kept).flags if "0.35%" in flag.message]
