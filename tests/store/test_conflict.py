"""Two people at one row: who decides about what is no longer there is told, and nothing is recorded."""

import build
import pytest

from evidence.errors import Conflict, NotFound, StoreError
from evidence.model.codes import DocumentStatus, RowStatus
from evidence.model.records import DocumentRecord
from evidence.store import open_store


@pytest.fixture
def store(url):
    with open_store(url) as opened:
        opened.add(build.document(), build.records())
        yield opened


def newest(store, result_id):
    events = store.trace(result_id).events
    return events[-1].event_id if events else 0


def test_a_decision_about_what_was_seen_is_recorded(store):
    row = build.hazard_ratio()
    store.decide(row, "accept", by="Ada", seen=0)
    store.decide(row, "correct", by="Bo", values={"estimate": "0.64"}, seen=newest(store, row))
    store.decide(row, "undo", by="Bo", seen=newest(store, row))
    assert len(store.trace(row).events) == 3


def test_a_decision_about_what_changed_meanwhile_says_who_did_what(store):
    row = build.hazard_ratio()
    store.decide(row, "correct", by="Bo", values={"estimate": "0.64", "subgroup": "FLT3-ITD"})
    store.decide(row, "reject", by="Cy")
    with pytest.raises(Conflict) as fault:
        store.decide(row, "accept", by="Ada", seen=0)
    assert "Bo corrected estimate from 0.60 to 0.64, subgroup from nothing to FLT3-ITD; then Cy rejected it." in str(
        fault.value
    )
    assert (str(fault.value.current.estimate), fault.value.current.status) == ("0.64", RowStatus.REJECTED)
    assert fault.value.current == store.trace(row).current
    assert (fault.value.event.reviewer, fault.value.event.event_id) == ("Cy", newest(store, row))
    assert len(store.trace(row).events) == 2


def test_of_several_rows_one_that_changed_stops_all(store):
    rows = (build.hazard_ratio(), build.remission())
    store.decide(build.remission(), "accept", by="Bo")
    seen = {name: newest(store, name) for name in rows}
    store.decide(rows, "accept", by="Ada", seen=seen)
    with pytest.raises(Conflict, match=f"{build.hazard_ratio()} was decided about meanwhile: Ada accepted it"):
        store.decide(rows, "reject", by="Cy", seen={build.remission(): newest(store, build.remission())})
    assert [newest(store, name) for name in rows] == [2, 3]


def test_a_row_entered_and_taken_back_meanwhile_is_no_longer_there(store):
    about = {"document_id": build.document_id("trial"), "study_id": store.records().studies[0].study_id}
    row = store.enter("arm_results", {**about, "arm": "drug A", "outcome": "CR", "measure": "proportion"}, by="Ada")
    seen = newest(store, row)
    store.decide(row, "undo", by="Bo")
    with pytest.raises(Conflict, match="Bo took back the decision before") as fault:
        store.decide(row, "accept", by="Ada", seen=seen)
    assert fault.value.current is None


def test_an_event_that_never_was_about_the_row_is_refused(store):
    with pytest.raises(StoreError, match="no decision 7 about"):
        store.decide(build.hazard_ratio(), "accept", by="Ada", seen=7)
    with pytest.raises(NotFound):
        store.decide("nothing", "accept", by="Ada", seen=0)


def test_the_version_changes_with_every_change_and_with_nothing_else(store, url):
    failed = build.document("scan", status=DocumentStatus.FAILED, text="").record()
    known = DocumentRecord(
        document_id="0" * 16, source="list.ris", format="ris", doi="10.1/x", journal="Blood", status=DocumentStatus.OK
    )
    changes = [
        lambda: store.add(build.document("other"), build.records("other", registry_ids=(), acronym="B")),
        lambda: store.add_failed(failed),
        lambda: store.add(build.document("scan"), build.records("scan", registry_ids=(), acronym="C")),
        lambda: store.describe([known]),
        lambda: store.decide(build.hazard_ratio(), "accept", by="Ada"),
        lambda: store.decide(build.hazard_ratio(), "undo", by="Ada"),
        lambda: store.merge([study.study_id for study in store.records().studies][:2], by="Ada"),
        lambda: store.undo_link(store.records().studies[0].study_id, by="Ada"),
    ]
    versions = [store.version()]
    with open_store(url) as other:
        for change in changes:
            change()
            versions.append(store.version())
            store.records()
            store.add(build.document(), build.records())
            assert other.version() == versions[-1]
        store.describe([known])  # nothing is left to fill
        assert other.version() == versions[-1]
    assert len(set(versions)) == len(changes) + 1
