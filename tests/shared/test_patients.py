"""The patients that a shared document lists one by one, against its gold and what lifelines makes of them."""

import json
from pathlib import Path

import pytest

from evidence.check import check
from evidence.extract import extract
from evidence.model.codes import Measure
from evidence.read import read

SHARED = Path(__file__).parents[3] / "shared"
GOLD = [
    (path, told)
    for path in sorted((SHARED / "gold/seeds").glob("*.gold.json"))
    if "ipd" in (told := json.loads(path.read_text(encoding="utf-8")))
]


@pytest.fixture(scope="module", params=GOLD, ids=[path.name for path, _ in GOLD])
def told(request):
    path, gold = request.param
    (text,) = (SHARED / "seeds").glob(f"{path.name[:3]}_*.txt")
    return check(extract(read(text))), gold


if not GOLD:
    pytest.skip(f"no lists of patients in {SHARED}", allow_module_level=True)


def test_every_patient_has_the_times_events_and_statuses_of_the_gold(told):
    records, gold = told
    ours = {(row.patient, row.outcome.value): row for row in records.patients}
    assert len(ours) == len(records.patients) == 2 * len(gold["ipd"])
    for patient in gold["ipd"]:
        for outcome, status in (("RFS", "status"), ("OS", "outcome")):
            row, low = ours[str(patient["patient"]), outcome], outcome.lower()
            assert (row.time_months, row.event, row.event_text) == (
                patient[f"{low}_months"],
                bool(patient[f"{low}_event"]),
                patient[status],
            )


def test_survival_computed_from_them_is_that_of_the_gold(told):
    records, gold = told
    ours = {
        (row.outcome.value, row.timepoint_months): row
        for row in records.arm_results
        if row.derivation == "kaplan_meier_from_patients"
    }
    compared = 0
    for outcome in ("RFS", "OS"):
        for months, value in gold["ipd_kaplan_meier"][outcome].items():
            if months == "median":
                assert ours[outcome, None].not_reached == (value == "not reached")
            elif row := ours.get((outcome, int(months))):
                assert (row.measure, float(row.value)) == (Measure.SURVIVAL_PROBABILITY, value)
                compared += 1
    assert compared >= 5


def test_the_rates_the_document_printed_are_doubted_once_for_each_curve(told):
    records, _ = told
    found = [flag for flag in records.flags if flag.check == "ipd_mismatch" and flag.severity == "warning"]
    doubts = [flag for flag in found if "by Kaplan-Meier" in flag.message]  # beside claims about residual disease
    assert len(found) <= len(doubts) + 1
    assert [flag.message.split(",")[1].split(":")[0].strip() for flag in doubts] == ["RFS", "OS"]
    assert "73.7% and 57.9%" in doubts[0].message and "88.0% and 66.0%" in doubts[0].message
    assert "94.7%" in doubts[1].message and "94.4%" in doubts[1].message and "18 of 19" in doubts[1].message
