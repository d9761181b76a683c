"""`evidence doctor` as a person calls it."""

import json
import sqlite3


def test_a_clean_store_is_told_to_be_one(evidence, stored):
    told = evidence("doctor")
    assert told.code == 0, told.out
    assert all(line.startswith("ok ") for line in told.out.splitlines())
    assert "every decision is as it was recorded" in told.out


def test_an_altered_decision_ends_with_exit_code_1(evidence, stored, tmp_path):
    evidence("accept", f"{stored['ALPHA']}-c1", "--by", "Ada")
    assert "(events to " in evidence("doctor").out
    connection = sqlite3.connect(tmp_path / "evidence.db")
    connection.execute("UPDATE events SET reviewer = 'Eve'")
    connection.commit()
    connection.close()
    told = evidence("doctor")
    assert told.code == 1
    assert "FAULT  decision chain: event 1 of events is not as it was recorded. Ask who" in told.out
    rows = json.loads(evidence("doctor", "--json").out)
    assert [row["check"] for row in rows if not row["holds"]] == ["decision_chain"]


def test_there_is_nothing_to_check_without_a_store(evidence):
    told = evidence("doctor")
    assert told.code == 1 and told.err.startswith("evidence: There is no store")
