"""`evidence assign` and `evidence agreement`, and what an export has of a dual review."""

import csv
import json

from openpyxl import load_workbook

from evidence.store import open_store


def _read_twice(tmp_path, document_id, *, finish):
    with open_store(f"sqlite:///{tmp_path / 'evidence.db'}") as store:
        for by in ("Ann", "Ben"):
            for row in store.dual.rows(1, by=by):
                store.dual.record(1, row["result_id"], "accept", by=by)
            if finish or by == "Ann":
                store.dual.finish(1, by=by)


def test_a_document_is_assigned_and_its_agreement_told_when_both_have_finished(evidence, stored, tmp_path):
    told = evidence("assign", stored["ALPHA"], "Ann", "Ben", "--by", "Cleo")
    assert (told.code, told.out) == (0, f"assignment 1: Ann and Ben read document {stored['ALPHA']}\n")
    refused = evidence("accept", f"{stored['ALPHA']}-c1", "--by", "Ann")
    assert refused.code == 1 and "under dual review (assignment 1)" in refused.err
    _read_twice(tmp_path, stored["ALPHA"], finish=False)
    assert "No dual review is finished" in evidence("agreement").out
    evidence("export", "--out", "before")
    assert not (tmp_path / "before" / "agreement.csv").exists()
    with open_store(f"sqlite:///{tmp_path / 'evidence.db'}") as store:
        store.dual.finish(1, by="Ben")
        store.dual.take_agreed(1, by="Cleo")
    rows = json.loads(evidence("agreement", "--json").out)
    status = next(row for row in rows if row["record"] == "agreement" and row["field"] == "status")
    assert status["agreed"] == status["n"] > 0 and status["kappa"] is None and "one category" in status["reason"]
    assert any(row["record"] == "accuracy" and row["what"] == "accepted" and row["share"] == 1 for row in rows)
    shown = evidence("agreement").out
    assert "two reviewers" in shown and "The extractor, in rows that people decided about" in shown


def test_a_document_that_two_have_read_is_assigned_again_for_a_reason(evidence, stored, tmp_path):
    evidence("assign", stored["ALPHA"], "Ann", "Ben", "--by", "Cleo")
    _read_twice(tmp_path, stored["ALPHA"], finish=True)
    with open_store(f"sqlite:///{tmp_path / 'evidence.db'}") as store:
        store.dual.withdraw(1, by="Cleo")
    anew = ("assign", stored["ALPHA"], "Dora", "Eve", "--by", "Cleo")
    refused = evidence(*anew)
    assert refused.code == 1 and "--again REASON" in refused.err
    assert evidence(*anew, "--again", "another protocol").code == 0


def test_exports_have_agreement_and_readings_of_finished_reviews(evidence, stored, tmp_path):
    evidence("assign", stored["ALPHA"], "Ann", "Ben", "--by", "Cleo")
    _read_twice(tmp_path, stored["ALPHA"], finish=True)
    assert evidence("export", "--out", "tables").code == 0
    assert evidence("export", "--format", "xlsx", "--out", "tables.xlsx").code == 0
    assert evidence("agreement", "--csv", "agreed.csv").code == 0
    with (tmp_path / "tables" / "readings.csv").open(newline="") as file:
        readings = list(csv.DictReader(file))
    assert {row["reviewer"] for row in readings} == {"Ann", "Ben", "Cleo"}
    assert (tmp_path / "tables" / "agreement.csv").read_text() == (tmp_path / "agreed.csv").read_text()
    assert (tmp_path / "agreed-accuracy.csv").exists()
    assert {"Agreement", "Readings"} <= set(load_workbook(tmp_path / "tables.xlsx").sheetnames)
