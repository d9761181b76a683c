"""The audit trail: a row for every column that a decision changed."""

import pytest
from build import document, document_id, hazard_ratio, records, remission

from evidence.store import open_store

BY = "A. Reviewer"


@pytest.fixture
def store(url):
    with open_store(url) as opened:
        for name in ("trial", "other"):
            opened.add(document(name), records(name, registry_ids=(), acronym=None, first_author=name))
        yield opened


def told(store):
    return [(made.action, made.about, made.column, made.before, made.after) for made in store.decisions()]


def test_every_column_that_a_decision_changed_is_told_with_before_and_after(store):
    row = hazard_ratio()
    store.decide(row, "accept", by=BY)
    store.decide(row, "correct", by=BY, reason="misread", values={"estimate": "0.62", "subgroup": "women"})
    store.decide(row, "undo", by=BY)
    store.decide(row, "reject", by="B. Second")
    assert told(store) == [
        ("accept", row, "status", "extracted", "accepted"),
        ("correct", row, "estimate", "0.60", "0.62"),
        ("correct", row, "subgroup", "", "women"),
        ("correct", row, "status", "accepted", "corrected"),
        ("undo", row, "estimate", "0.62", "0.60"),
        ("undo", row, "subgroup", "women", ""),
        ("undo", row, "status", "corrected", "accepted"),
        ("reject", row, "status", "accepted", "rejected"),
    ]
    made = store.decisions()
    assert made[1].reason == "misread" and made[-1].reviewer == "B. Second"
    assert {decision.document_id for decision in made} == {document_id("trial")}


def test_accepting_twice_is_told_twice(store):
    for _ in range(2):
        store.decide(remission(), "accept", by=BY)
    assert [before for _, _, _, before, _ in told(store)] == ["extracted", "accepted"]


def test_entering_tells_every_column_and_merging_the_studies(store):
    studies = [study.study_id for study in store.records().studies]
    values = {
        "document_id": document_id("trial"), "study_id": studies[0], "arm": "drug A", "comparator": "chemotherapy",
        "outcome": "EFS", "measure": "HR", "estimate": "0.7", "quote": "hazard ratio",
    }  # fmt: skip
    row = store.enter("contrasts", values, by=BY)
    entered = {column: after for _, about, column, _, after in told(store) if about == row}
    assert entered["estimate"] == "0.7" and entered["status"] == "entered" and entered["quote"] == "hazard ratio"
    ids = [study.study_id for study in store.records().studies]
    store.merge(ids, by=BY)
    (merged,) = (made for made in store.decisions() if made.action == "merge")
    assert all(name in merged.about for name in (document_id("trial"), document_id("other")))
    assert (merged.column, merged.after, merged.document_id) == ("study_id", "one study", None)


@pytest.mark.parametrize(
    ("column", "text"), [("p_value", "1.2"), ("p_value", "-0.1"), ("ci_level", "5"), ("timepoint_months", "-1")]
)
def test_a_number_that_cannot_be_is_refused(store, column, text):
    from evidence.errors import StoreError

    with pytest.raises(StoreError, match=f"{column} should be"):
        store.decide(hazard_ratio(), "correct", by=BY, values={column: text})
