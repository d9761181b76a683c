"""Two reviewers read a document without seeing each other; a third decides where they differ."""

from dataclasses import replace
from decimal import Decimal

import pytest
from build import document, document_id, hazard_ratio, records, remission, tamper
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import Conflict, EvidenceError, Forbidden, NotFound, StoreError
from evidence.model.codes import DocumentStatus
from evidence.store import open_store, restore
from evidence.store.review import in_force

MINE = document_id("trial")


@pytest.fixture
def dual(store):
    store.add(document(), records())
    return store.dual


@pytest.fixture
def pair(dual):
    return dual.assign(MINE, "Ann", "Ben", by="Cleo").assignment_id


def entered(arm="chemotherapy", value="40", quote="Remission"):
    return {
        "study_id": f"{MINE}-s1",
        "arm": arm,
        "outcome": "CRc",
        "measure": "proportion",
        "value": value,
        "quote": quote,
    }


def read_alike(dual, pair, *, ben="accept", **ben_values):
    for by in ("Ann", "Ben"):
        dual.record(pair, remission(), "accept", by=by)
    dual.record(pair, hazard_ratio(), "accept", by="Ann")
    dual.record(pair, hazard_ratio(), ben, by="Ben", **ben_values)
    dual.finish(pair, by="Ann")
    dual.finish(pair, by="Ben")


def test_a_document_given_to_two_reviewers_is_not_decided_by_anybody(store, dual, pair):
    with pytest.raises(StoreError, match="under dual review"):
        store.decide(remission(), "accept", by="Ann")
    with pytest.raises(StoreError, match="under dual review"):
        store.enter("arm_results", {**entered(), "document_id": MINE}, by="Dora")
    assert store.records().arm_results[0].status == "extracted"
    dual.withdraw(pair, by="Cleo", reason="Ben is ill")
    store.decide(remission(), "accept", by="Ann")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [("Ann", " ann ", "both reviewers"), ("extractor", "Ann", "second reader"), ("Ann", "", "two reviewers")],
)
def test_two_readers_have_to_be_two(dual, first, second, said):
    with pytest.raises(StoreError, match=said):
        dual.assign(MINE, first, second, by="Cleo")


def test_a_document_with_decisions_in_force_is_not_read_independently(store, dual):
    store.decide(remission(), "accept", by="Dora")
    with pytest.raises(StoreError, match="1 decisions"):
        dual.assign(MINE, "Ann", "Ben", by="Cleo")
    store.decide(remission(), "undo", by="Dora")
    assert dual.assign(MINE, "Ann", "Ben", by="Cleo").second == "Ben"


def test_a_document_that_two_have_read_is_read_again_for_a_reason_alone(store, dual, pair):
    read_alike(dual, pair)
    dual.take_agreed(pair, by="Cleo")
    assert dual.get(pair).closed_at is not None
    for row in (remission(), hazard_ratio()):
        store.decide(row, "undo", by="Cleo")
    for again in (None, "  "):
        with pytest.raises(StoreError, match=r"Ann and Ben have read .* \(assignment 1\).* say why"):
            dual.assign(MINE, "Dora", "Eve", by="Cleo", again=again)
    anew = dual.assign(MINE, "Dora", "Eve", by="Cleo", again="Ann was at the trial")
    assert not anew.unblinded
    assert all(finding.holds for finding in store.examine())


def test_a_withdrawn_document_of_which_no_reading_is_known_is_given_out_again(dual, pair):
    dual.record(pair, remission(), "accept", by="Ann")
    dual.withdraw(pair, by="Cleo", reason="Ben is ill")
    assert dual.assign(MINE, "Ann", "Dora", by="Cleo").second == "Dora"


def test_nothing_of_a_reading_is_told_to_the_other_before_both_have_finished(store, dual, pair):
    before = store.decisions(), store.records(), store.snapshot_id(), dual.accuracy()
    dual.record(pair, hazard_ratio(), "correct", by="Ann", values={"estimate": "0.61"})
    theirs = dual.enter(pair, "arm_results", entered(), by="Ann")
    assert [row["estimate"] for row in dual.rows(pair, by="ann") if "estimate" in row] == ["0.61"]
    assert [row["status"] for row in dual.rows(pair, by="Ben")] == ["extracted", "extracted"]
    assert dual.readings(pair, by="Ben") == ()
    with pytest.raises(NotFound, match="no result"):
        dual.record(pair, theirs, "reject", by="Ben")
    for ask in (
        lambda: dual.readings(pair, by="Cleo"),
        lambda: dual.rows(pair, by="Cleo"),
        lambda: dual.compare(pair),
        lambda: dual.take_agreed(pair, by="Cleo"),
        lambda: dual.adjudicate(pair, hazard_ratio(), "first", by="Cleo"),
    ):
        with pytest.raises(Forbidden):
            ask()
    assert (dual.agreement(), dual.finished_readings()) == ((), ())
    assert before == (store.decisions(), store.records(), store.snapshot_id(), dual.accuracy())
    assert [(one.reviewer, one.read, one.of) for one in dual.progress(pair)] == [("Ann", 1, 2), ("Ben", 0, 2)]


def test_who_has_finished_cannot_change_what_they_read(dual, pair):
    with pytest.raises(StoreError, match="2 of 2 rows"):
        dual.finish(pair, by="Ann")
    read_alike(dual, pair)
    with pytest.raises(StoreError, match="You have finished"):
        dual.record(pair, remission(), "undo", by="Ann")


def test_where_two_readers_agree_their_reading_becomes_the_decision(store, dual, pair):
    read_alike(dual, pair)
    assert all(row.agreed for row in dual.compare(pair))
    assert dual.take_agreed(pair, by="Ann") == 2
    assert dual.get(pair).closed_at is not None
    assert [row.status for row in store.records().results()] == ["accepted", "accepted"]
    noted = store.trace(hazard_ratio()).events[0].values["dual"]
    assert (noted["assignment"], noted["readings"]["second"]["reviewer"]) == (pair, "Ben")
    assert noted["readings"]["second"]["read"]["estimate"] == "0.60"
    store.decide(remission(), "undo", by="Ann")  # decided as any other from now on


def test_where_they_differ_somebody_else_decides(store, dual, pair):
    read_alike(dual, pair, ben="correct", values={"estimate": "0.61"})
    row = next(row for row in dual.compare(pair) if not row.agreed)
    assert [(field.column, field.first, field.second) for field in row.fields if not field.agreed] == [
        ("estimate", "0.60", "0.61")
    ]
    with pytest.raises(Forbidden, match="somebody else"):
        dual.adjudicate(pair, hazard_ratio(), "second", by="ben")
    dual.adjudicate(pair, hazard_ratio(), "second", by="Cleo")
    dual.adjudicate(pair, hazard_ratio(), "values", by="Cleo", values={"estimate": "0.62"}, reason="erratum")
    assert dual.get(pair).closed_at is None
    dual.take_agreed(pair, by="Cleo")
    assert dual.get(pair).closed_at is not None
    assert store.records().contrasts[0].estimate == Decimal("0.62")
    assert [event.action for event in store.trace(hazard_ratio()).events] == ["correct", "undo", "correct"]
    assert all(finding.holds for finding in store.examine())


def test_a_row_that_somebody_settled_meanwhile_is_not_settled_again_unseen(store, dual, pair):
    read_alike(dual, pair, ben="correct", values={"estimate": "0.61"})
    dual.adjudicate(pair, hazard_ratio(), "second", by="Cleo", seen=0)
    with pytest.raises(Conflict, match=r"Cleo corrected estimate from 0\.60 to 0\.61"):
        dual.adjudicate(pair, hazard_ratio(), "first", by="Dora", seen=0)
    (event,) = store.trace(hazard_ratio()).events
    dual.adjudicate(pair, hazard_ratio(), "first", by="Dora", seen=event.event_id)
    assert str(store.trace(hazard_ratio()).current.estimate) == "0.60"


def test_a_number_both_entered_is_one_row(store, dual, pair):
    for by, value in (("Ann", "40"), ("Ben", "40.0")):
        dual.enter(pair, "arm_results", entered(value=value), by=by)
    dual.enter(pair, "arm_results", entered(arm="drug A", quote="Overall"), by="Ben")
    read_alike(dual, pair)
    *_, both, alone = dual.compare(pair)
    assert [(field.column, field.agreed, field.same_number) for field in both.fields if not field.agreed] == [
        ("value", False, True)
    ]
    assert (alone.first.verdict, alone.second.verdict, alone.fields) == ("absent", "kept", ())
    dual.take_agreed(pair, by="Cleo")
    dual.adjudicate(pair, both.result_id, "second", by="Cleo")
    dual.adjudicate(pair, alone.result_id, "first", by="Cleo")
    assert [(row.status, str(row.value)) for row in store.records().arm_results] == [
        ("accepted", "65.8"),
        ("entered", "40.0"),
        ("rejected", "40"),
    ]
    assert all(finding.holds for finding in store.examine())


def test_the_extractor_is_a_second_reader_whose_values_are_hidden(store, dual):
    pair = dual.assign(MINE, "Ann", "Extractor", by="Cleo").assignment_id
    shown = dual.rows(pair, by="Ann")
    assert [row["quote"] for row in shown] == ["25 of 38 patients (65.8%)", "hazard ratio 0.60 (95% CI, 0.40 to 0.90)"]
    told = {name for row in shown for name, text in row.items() if text}
    assert told == {"result_id", "document_id", "study_id", "page", "section", "char_start", "char_end", "quote"}
    with pytest.raises(StoreError, match="hidden"):
        dual.record(pair, hazard_ratio(), "accept", by="Ann")
    values = {"arm": "drug A", "comparator": "Chemotherapy", "outcome": "OS", "measure": "HR", "estimate": "0.60"}
    dual.record(pair, hazard_ratio(), "correct", by="Ann", values={**values, "ci_low": "0.40", "ci_high": "0.9"})
    assert {made.action: dict(made.values) for made in dual.readings(pair, by="Ann")}["correct"].keys() == {"after"}
    missed = dual.enter(pair, "arm_results", entered(arm="drug A", value="65.8", quote="patients (65.8%)"), by="Ann")
    dual.finish(pair, by="Ann")
    remitted, survival = dual.compare(pair)
    assert {field.column for field in survival.fields if not field.agreed} == {"ci_high", "adjustment"}
    assert (remitted.result_id, remitted.first.result_id) == (remission(), missed)
    assert {field.column for field in remitted.fields if not field.agreed} == {"events", "total"}
    dual.adjudicate(pair, remission(), "second", by="Cleo")
    dual.adjudicate(pair, hazard_ratio(), "second", by="Cleo")
    assert [row.status for row in store.records().results()] == ["accepted", "accepted"]
    assert {one.readers for one in dual.agreement()} == {"reviewer and extractor"}


def test_agreement_is_that_of_the_readings_before_adjudication(dual, pair):
    read_alike(dual, pair, ben="correct", values={"ci_low": "0.4", "p_value": "0.01"})
    before = {(one.table, one.field): one for one in dual.agreement()}
    dual.take_agreed(pair, by="Cleo")
    dual.adjudicate(pair, hazard_ratio(), "first", by="Cleo")
    assert {(one.table, one.field): one for one in dual.agreement()} == before
    low, p_value = before["contrasts", "ci_low"], before["contrasts", "p_value"]
    assert (low.agreed, low.same_number, low.n) == (0, 1, 1)
    assert (p_value.agreed, p_value.same_number, p_value.n) == (0, 0, 1)
    assert before["contrasts", "outcome"].kappa is None
    assert "one category" in before["contrasts", "outcome"].reason
    assert ("contrasts", "sd") not in before


_READERS = ("Ann", "Ben")


def _steps(people, actions):
    return st.lists(
        st.tuples(
            st.sampled_from(people),
            st.sampled_from(actions),
            st.integers(0, 3),
            st.sampled_from(["first", "second", "values", "reject"]),
            st.sampled_from(["0.5", "0.50", "0.7"]),
        ),
        max_size=20,
    )


_WHILE_READING = ["accept", "correct", "reject", "undo", "enter", "finish", "take_agreed", "adjudicate"]


def _step(dual, pair, name, step):
    """Do one thing; what is not allowed at this moment is refused."""
    by, action, at, choice, value = step
    result_id = (remission(name), hazard_ratio(name), *_entered_ids(name, pair))[at]
    values = {"arm": "drug A", "outcome": "CRc", "measure": "proportion", "value": value}
    if result_id == hazard_ratio(name):
        values = {"arm": "drug A", "comparator": "B", "outcome": "OS", "measure": "HR", "estimate": value}
    try:
        if action == "enter":
            told = entered(arm=("drug A", "chemotherapy")[at % 2], value=value)
            dual.enter(pair, "arm_results", {**told, "study_id": _study_of(dual, pair, by)}, by=by)
        elif action == "finish":
            dual.finish(pair, by=by)
        elif action == "take_agreed":
            dual.take_agreed(pair, by=by)
        elif action == "adjudicate":
            chosen = values if choice == "values" else None
            dual.adjudicate(pair, result_id, choice, by=by, values=chosen)
        else:
            dual.record(pair, result_id, action, by=by, values=values if action == "correct" else None)
    except EvidenceError:
        return False
    return True


def _entered_ids(name, pair):
    return (f"{document_id(name)}-d{pair}a1", f"{document_id(name)}-d{pair}b1")


def _study_of(dual, pair, by):
    return dual.rows(pair, by=by if by in _READERS else "Ann")[0]["study_id"]


def _assert_blinded(store, pair, decided):
    dual = store.dual
    if dual.get(pair).by_extractor:
        shown = dual.rows(pair, by="Ann")
        assert not any(row["outcome"] for row in shown if row["status"] not in ("corrected", "entered", "accepted"))
    with pytest.raises(Forbidden):
        dual.compare(pair)
    for one in _READERS if not dual.get(pair).by_extractor else ("Ann",):
        assert {made.reviewer for made in dual.readings(pair, by=one)} <= {one}
    assert pair not in {made.assignment_id for made in dual.finished_readings()}
    assert store.decisions() == decided


@pytest.mark.parametrize("second", ["Ben", "extractor"])
def test_any_sequence_of_readings_stays_blinded_and_ends_in_one_decision_for_each_row(store, second):
    made = 0

    @settings(max_examples=15, deadline=None, derandomize=True, database=None)
    @given(_steps([*_READERS, "Cleo"], _WHILE_READING), _steps(["Cleo", "Ann"], ["adjudicate"]))
    def any_sequence(steps, adjudications):
        nonlocal made
        made += 1
        name = f"trial {made}"
        store.add(document(name), records(name))
        dual = store.dual
        pair = dual.assign(document_id(name), "Ann", second, by="Cleo").assignment_id
        decided = store.decisions()
        for step in steps:
            other = {reader: dual.rows(pair, by=reader) for reader in _READERS if second == reader or reader == "Ann"}
            done = _step(dual, pair, name, step)
            if not dual.get(pair).unblinded:
                _assert_blinded(store, pair, decided)
                assert all(dual.rows(pair, by=one) == rows for one, rows in other.items() if one != step[0] or not done)
        for reader in _READERS if second == "Ben" else ("Ann",):
            for result_id in (remission(name), hazard_ratio(name)):
                _step(dual, pair, name, (reader, "accept", int(result_id == hazard_ratio(name)), "first", "0.5"))
            _step(dual, pair, name, (reader, "finish", 0, "first", "0.5"))
        for step in adjudications:
            _step(dual, pair, name, step)
        if dual.get(pair).closed_at is None:
            dual.take_agreed(pair, by="Cleo")
        for row in dual.compare(pair):
            if not row.adjudicated:
                dual.adjudicate(pair, row.result_id, "first", by="Cleo")
        assert dual.get(pair).closed_at is not None
        for row in dual.compare(pair):
            force = [event.action for event in in_force(store.trace(row.result_id).events)]
            assert force in (["accept"], ["correct"], ["reject"], ["enter"], ["enter", "reject"])

    any_sequence()
    assert [finding for finding in store.examine() if not finding.holds] == []


def test_a_backup_keeps_readings_and_a_fuller_reading_of_the_file_does_not_replace_them(store, tmp_path):
    half = document(status=DocumentStatus.PARTIAL)
    store.add(half, replace(records(), documents=(half.record(),)))
    pair = store.dual.assign(MINE, "Ann", "Ben", by="Cleo").assignment_id
    store.dual.record(pair, remission(), "accept", by="Ann")
    with pytest.raises(StoreError, match="read more fully"):
        store.add(document(), records())
    store.backup(tmp_path / "copy.zip")
    restore(tmp_path / "copy.zip", f"sqlite:///{tmp_path / 'again.db'}")
    with open_store(f"sqlite:///{tmp_path / 'again.db'}") as again:
        assert again.dual.readings(pair, by="Ann") == store.dual.readings(pair, by="Ann")
        assert all(finding.holds for finding in again.examine())


@pytest.mark.parametrize(
    ("statement", "check", "said"),
    [
        ("UPDATE readings SET action = 'reject' WHERE result_id <> ''", "decision_chain", "not as it was recorded"),
        ("UPDATE assignments SET second = 'Dora'", "orphans", "readers of assignment 1"),
    ],
)
def test_readings_altered_by_other_means_are_found(store, url, dual, pair, statement, check, said):
    dual.record(pair, remission(), "accept", by="Ann")
    tamper(url, statement)
    assert said in {finding.check: finding.message for finding in store.examine()}[check]


def test_the_accuracy_of_the_extractor_is_told_of_decided_rows_alone(store):
    for number in range(4):
        store.add(document(f"trial {number}"), records(f"trial {number}"))
    store.decide([remission("trial 0"), hazard_ratio("trial 0")], "accept", by="Ann")
    store.decide(remission("trial 1"), "correct", by="Ann", values={"value": "65.9", "sd": "1"})
    store.decide(remission("trial 2"), "reject", by="Ann")
    store.enter("arm_results", {**_entered_in(store, "trial 1"), "value": "40"}, by="Ann")
    found = {(one.group, one.member, one.table, one.field, one.what): one for one in store.dual.accuracy()}
    counts = {key[3:]: (one.count, one.n) for key, one in found.items() if key[:3] == ("all", "", "arm_results")}
    assert counts["", "accepted"] == counts["", "corrected"] == counts["", "rejected"] == (1, 3)
    assert (counts["", "found"], counts["value", "right"], counts["sd", "right"]) == ((2, 3), (1, 2), (0, 1))
    assert counts["outcome", "right"] == (2, 2)
    band = found["confidence", "0.9 to 0.95", "arm_results", "", "accepted"]
    assert (band.count, band.n, band.expected) == (1, 3, pytest.approx(0.9))
    assert found["format", "pdf", "contrasts", "", "accepted"].n == 1


def _entered_in(store, name):
    study = store.records(document_id=document_id(name)).studies[0].study_id
    return {**entered(), "document_id": document_id(name), "study_id": study}
