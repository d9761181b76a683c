"""From papers to doubts and back: flags follow what people decide, and documents are compared with each other."""

import json

import pytest

from evidence import check
from evidence.pipeline import by_influence, checked_records, ingest
from evidence.store import open_store

PAPER = """Drug A for relapsed leukaemia: the {label} trial

Results: In all, 371 patients with relapsed leukaemia were randomized, 247 to drug A and 124 to chemotherapy
({number}). Overall survival was longer with drug A than with chemotherapy (hazard ratio for death, {hr}; 95% CI, {low}
to {high}).
"""
FIRST = {"label": "FIRST", "number": "NCT00000011", "hr": "0.64", "low": "0.49", "high": "0.83"}
#: The upper limit is misprinted.
SECOND = {"label": "SECOND", "number": "NCT00000012", "hr": "0.76", "low": "0.58", "high": "1.38"}


@pytest.fixture
def store(papers, either, monkeypatch):
    monkeypatch.setenv("EVIDENCE_STORE", either)
    for trial in (FIRST, SECOND):
        (papers / f"{trial['label'].lower()}.txt").write_text(PAPER.format(**trial))
    with open_store(either) as opened:
        ingest([papers], opened)
        yield opened


def doubted(store) -> list[str]:
    return [flag.check for flag in checked_records(store).flags]


def survival(store, label: str):
    records = store.records()
    (study,) = (study for study in records.studies if study.acronym == label)
    return next(row for row in records.contrasts if row.study_id == study.study_id)


def test_flags_follow_decisions_and_come_back_with_undo(store):
    row = survival(store, "SECOND").result_id
    before = doubted(store)
    assert before == ["ci_estimate_mismatch"]
    store.decide(row, "correct", by="A. Reviewer", values={"ci_high": "0.98"})
    assert doubted(store) == []
    store.decide(row, "correct", by="A. Reviewer", values={"ci_low": "0.99"})
    assert doubted(store) == ["ci_limits_order"]
    store.decide(row, "reject", by="A. Reviewer")
    assert doubted(store) == []
    for _ in range(3):
        store.decide(row, "undo", by="A. Reviewer")
    assert doubted(store) == before


def test_an_entered_number_is_checked(store):
    row = survival(store, "FIRST")
    values = {
        "document_id": row.document_id, "study_id": row.study_id, "arm": row.arm, "comparator": row.comparator,
        "outcome": "EFS", "measure": "HR", "estimate": "0.64", "ci_low": "0.83", "ci_high": "0.49",
        "quote": row.source.quote,
    }  # fmt: skip
    store.enter("contrasts", values, by="A. Reviewer")
    assert sorted(doubted(store)) == ["ci_estimate_mismatch", "ci_limits_order"]


def test_flags_are_the_same_on_every_reading_and_not_stored_twice(store):
    store.merge([study.study_id for study in store.records().studies], by="A. Reviewer")
    first, second = checked_records(store), checked_records(store)
    assert first == second
    assert "conflict_between_documents" in [flag.check for flag in first.flags]
    assert check(first) == first
    assert set(check(store.records()).flags) == set(first.flags)
    assert {flag.check for flag in store.records().flags} == {"ci_estimate_mismatch"}


def test_doubts_about_numbers_that_move_a_pooled_estimate_come_first(store, evidence):
    ((flag, stake),) = by_influence(checked_records(store))
    assert flag.result_ids == (survival(store, "SECOND").result_id,)
    assert (stake.k, stake.outcome, stake.measure) == (2, "OS", "HR")
    (told,) = json.loads(evidence("flags", "--json").out)
    assert told["influence"]["without"] == pytest.approx(0.64) and told["check"] == "ci_estimate_mismatch"


def test_a_run_does_not_throw_away_who_is_who(store, papers, evidence):
    (papers / "questions.toml").write_text('[[question]]\nid = "os"\noutcome = ["OS"]\nmeasure = "HR"\n')
    evidence("run", papers / "questions.toml", papers, "--out", "out")
    with open_store("sqlite:///out/evidence.db") as built:
        built.merge([study.study_id for study in built.records().studies], by="A. Reviewer")
    again = evidence("run", papers / "questions.toml", papers, "--out", "out")
    assert again.code == 1 and "decisions of people about 1 links of studies" in again.err
