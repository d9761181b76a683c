"""What became of one number."""

import build
import pytest

from evidence.errors import NotFound
from evidence.history import Change, history
from evidence.store import open_store


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path / 'evidence.db'}") as opened:
        opened.add(build.document(), build.records())
        yield opened


def test_a_history_begins_with_what_was_read_and_tells_every_decision(store):
    ratio = build.hazard_ratio()
    store.decide(ratio, "correct", by="Ann", reason="table 2", values={"estimate": "0.62", "ci_low": "0.41"})
    store.decide(ratio, "undo", by="Ben", reason="misread")
    store.decide(build.remission(), "accept", by="Ann")
    read, corrected, undone = history(store, ratio)
    assert (read.who.split()[0], read.action, read.reason) == ("evidence", "read", None)
    assert Change(column="estimate", before="", after="0.60") in read.changes
    assert all(change.after for change in read.changes)
    assert (corrected.who, corrected.action, corrected.reason) == ("Ann", "correct", "table 2")
    assert set(corrected.changes) == {
        Change(column="estimate", before="0.60", after="0.62"),
        Change(column="ci_low", before="0.40", after="0.41"),
        Change(column="status", before="extracted", after="corrected"),
    }
    assert (undone.who, undone.action) == ("Ben", "undo") and read.at <= corrected.at <= undone.at
    assert Change(column="estimate", before="0.62", after="0.60") in undone.changes


def test_the_history_of_a_row_that_a_person_entered_begins_with_them(store):
    mine = build.document_id("trial")
    values = {"document_id": mine, "study_id": f"{mine}-s1", "arm": "drug A", "outcome": "CR", "measure": "count"}
    entered = store.enter("arm_results", {**values, "value": "25", "quote": "25 of 38"}, by="Ann", reason="missed")
    (step,) = history(store, entered)
    assert (step.who, step.action, step.reason) == ("Ann", "enter", "missed")
    assert Change(column="value", before="", after="25") in step.changes


def test_a_number_that_is_not_stored_is_named(store):
    with pytest.raises(NotFound, match="zz"):
        history(store, "zz")
