"""From single patients to curves: who counts, once each, and what a curve is called."""

from decimal import Decimal

import pytest

from evidence.model.codes import Outcome
from evidence.model.records import Patient, Records, Study
from evidence.present.patient_curves import patient_curves
from tests.present.rows import source


def patient(number, time, event, *, arm="sorafenib", study="trial", document="d1", outcome=Outcome.OS):
    return Patient(
        result_id=f"{document}-{arm}-{number}",
        document_id=document,
        study_id=study,
        arm_id=None,
        arm=arm,
        patient=str(number),
        outcome=outcome,
        outcome_text="overall survival",
        source=source(),
        time_months=None if time is None else Decimal(time),
        event=event,
    )


def curves(*patients):
    ids = dict.fromkeys((row.study_id, row.document_id) for row in patients)
    studies = tuple(Study(study_id=study, document_id=document, label=study.upper()) for study, document in ids)
    return patient_curves(Records(studies=studies, patients=patients), "OS")


def test_each_arm_has_its_curve_under_its_name():
    found = curves(patient(1, 6, True), patient(2, 9, False), patient(1, 3, True, arm="placebo"))
    assert [(own.name, own.curve.n, own.curve.events) for own in found.curves] == [
        ("sorafenib", 2, 1),
        ("placebo", 1, 1),
    ]
    assert found.outcome == "overall survival"
    assert found.curves[0].curve.survival == pytest.approx((0.5, 0.5))


def test_several_studies_name_their_curves():
    found = curves(patient(1, 6, True), patient(1, 9, False, study="other"), patient(2, 9, False, arm=""))
    assert [own.name for own in found.curves] == ["TRIAL: sorafenib", "OTHER: sorafenib", "TRIAL: arm not stated"]


def test_patients_without_time_or_status_are_counted_and_left_out():
    found = curves(patient(1, 6, True), patient(2, None, True), patient(3, 4, None))
    assert found.curves[0].curve.n == 1
    assert "sorafenib: 2 patients are listed without a time or a status." in found.notes


def test_a_patient_in_two_documents_counts_once():
    found = curves(*[patient(number, number, True) for number in range(1, 4)], patient(1, 1, True, document="d2"))
    assert [own.curve.n for own in found.curves] == [3]


def test_another_outcome_is_another_figure():
    found = curves(patient(1, 6, True, outcome=Outcome.RFS))
    assert found.curves == () and found.notes == ()
