"""`evidence doctor` as a person calls it."""

import json

import build
import pytest


@pytest.fixture
def url(either, evidence, monkeypatch):
    """A store in either database, where commands that name none find it."""
    monkeypatch.setenv("EVIDENCE_STORE", either)
    return either


def test_a_clean_store_is_told_to_be_one(evidence, stored):
    told = evidence("doctor")
    assert told.code == 0, told.out
    assert all(line.startswith("ok ") for line in told.out.splitlines())
    assert "every decision is as it was recorded" in told.out


def test_an_altered_decision_ends_with_exit_code_1(evidence, stored, url):
    evidence("accept", f"{stored['ALPHA']}-c1", "--by", "Ada")
    assert "(events to " in evidence("doctor").out
    build.tamper(url, "UPDATE events SET reviewer = 'Eve'")
    told = evidence("doctor")
    assert told.code == 1
    assert "FAULT  decision chain: event 1 of events is not as it was recorded. Ask who" in told.out
    rows = json.loads(evidence("doctor", "--json").out)
    assert [row["check"] for row in rows if not row["holds"]] == ["decision_chain"]


def test_there_is_nothing_to_check_without_a_store(evidence):
    told = evidence("doctor")
    assert told.code == 1 and told.err.startswith("evidence: There is no store")
