"""Decisions of people: what was extracted stays, what is current follows, and everything can be traced."""

import datetime as dt
import random

import build
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, event, select

from evidence.errors import NotFound, StoreError
from evidence.model import tables
from evidence.model.codes import Outcome, RowStatus
from evidence.store import open_store, review, schema
from evidence.store.queries import Event


@pytest.fixture
def store(url):
    with open_store(url) as opened:
        opened.add(build.document(), build.records())
        yield opened


def contrast(store):
    return next(row for row in store.records().contrasts if row.result_id == build.hazard_ratio())


def extracted_rows(url):
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = {name: connection.execute(select(table)).all() for name, table in schema.ROWS.items()}
    engine.dispose()
    return rows


@pytest.mark.parametrize(("action", "status"), [("accept", RowStatus.ACCEPTED), ("reject", RowStatus.REJECTED)])
def test_a_decision_says_who_and_when(store, action, status):
    store.decide([build.hazard_ratio(), build.remission()], action, by=" Ada ", reason="checked on page 1")
    for row in store.records().results():
        assert (row.status, row.reviewer) == (status, "Ada")
        assert row.reviewed_at.tzinfo is dt.UTC
        assert abs(row.reviewed_at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
    assert store.trace(build.hazard_ratio()).events[0].reason == "checked on page 1"


def test_a_correction_changes_the_current_value_and_keeps_the_extracted_one(store):
    store.decide(build.hazard_ratio(), "correct", by="Ada", values={"estimate": "0.640", "subgroup": "FLT3-ITD"})
    now = contrast(store)
    assert (str(now.estimate), now.subgroup, now.status) == ("0.640", "FLT3-ITD", RowStatus.CORRECTED)
    trace = store.trace(build.hazard_ratio())
    assert str(trace.extracted.estimate) == "0.60"
    assert trace.current == now
    assert trace.events[0].values == {
        "before": {"estimate": "0.60", "subgroup": ""},
        "after": {"estimate": "0.640", "subgroup": "FLT3-ITD"},
    }


CORRECTIONS = {
    "arm_results": {
        "arm_id": f"{build.document_id('trial')}-a2",
        "arm": "chemotherapy",
        "outcome": "CR",
        "outcome_text": "complete remission",
        "measure": "cumulative_incidence",
        "timepoint_months": "24.0",
        "value": "65.80",
        "not_reached": "true",
        "ci_low": "48.7",
        "ci_high": "80.4",
        "ci_level": "90",
        "sd": "1.50",
        "events": "26",
        "total": "39",
        "subgroup": "MRD-positive",
    },
    "contrasts": {
        "arm_id": f"{build.document_id('trial')}-a2",
        "comparator_arm_id": f"{build.document_id('trial')}-a1",
        "arm": "chemotherapy",
        "comparator": "drug A",
        "outcome": "EFS",
        "outcome_text": "event-free survival",
        "measure": "SHR",
        "estimate": "1.670",
        "ci_low": "1.11",
        "ci_high": "2.50",
        "ci_level": "99",
        "p_value": "0.0010",
        "p_operator": "<",
        "adjustment": "adjusted",
        "timepoint_months": "12",
        "subgroup": "age < 60",
    },
}


@pytest.mark.parametrize(("table", "column"), [(t, c) for t, columns in tables.CORRECTABLE.items() for c in columns])
def test_every_correctable_column_can_be_corrected_to_the_very_text(store, table, column):
    result_id = build.hazard_ratio() if table == "contrasts" else build.remission()
    store.decide(result_id, "correct", by="Ada", values={column: CORRECTIONS[table][column]})
    row = next(row for row in store.records().results() if row.result_id == result_id)
    assert tables.to_row(row)[column] == CORRECTIONS[table][column]


def test_a_correction_to_nothing_means_not_reported(store):
    store.decide(build.hazard_ratio(), "correct", by="Ada", values={"ci_low": "", "arm_id": "", "adjustment": ""})
    assert (contrast(store).ci_low, contrast(store).arm_id, contrast(store).adjustment) == (None, None, None)


def test_later_decisions_build_on_earlier_ones(store):
    store.decide(build.hazard_ratio(), "correct", by="Ada", values={"estimate": "0.64"})
    store.decide(build.hazard_ratio(), "correct", by="Bo", values={"ci_low": "0.41"})
    store.decide(build.hazard_ratio(), "accept", by="Cy")
    now = contrast(store)
    assert (str(now.estimate), str(now.ci_low), now.status, now.reviewer) == ("0.64", "0.41", RowStatus.ACCEPTED, "Cy")


def test_undo_takes_back_one_decision_at_a_time_and_the_history_keeps_all(store):
    as_extracted = contrast(store)
    store.decide(build.hazard_ratio(), "correct", by="Ada", values={"estimate": "0.64"})
    corrected = contrast(store)
    store.decide(build.hazard_ratio(), "reject", by="Bo")
    store.decide(build.hazard_ratio(), "undo", by="Bo")
    assert contrast(store) == corrected
    store.decide(build.hazard_ratio(), "undo", by="Ada")
    assert contrast(store) == as_extracted
    store.decide(build.hazard_ratio(), "accept", by="Ada")
    assert contrast(store).status is RowStatus.ACCEPTED
    history = store.trace(build.hazard_ratio()).events
    assert [event.action for event in history] == ["correct", "reject", "undo", "undo", "accept"]
    assert [event.values.get("undone") for event in history if event.action == "undo"] == [
        history[1].event_id,
        history[0].event_id,
    ]


def test_rows_can_be_read_as_they_stood_at_a_moment(store):
    as_extracted = store.records()
    store.decide(build.hazard_ratio(), "correct", by="Ada", values={"estimate": "0.64"})
    store.decide(build.hazard_ratio(), "undo", by="Ada")
    store.decide(build.remission(), "reject", by="Bo")
    moments = [store.trace(name).events for name in (build.hazard_ratio(), build.remission())]
    corrected, undone = (event.at for event in moments[0])
    assert store.records(before=corrected) == as_extracted
    if corrected < undone:  # the clock ticked between them
        found = store.records(before=undone).contrasts
        assert next(str(row.estimate) for row in found if row.result_id == build.hazard_ratio()) == "0.64"
    later = moments[1][-1].at + dt.timedelta(seconds=1)
    assert store.records(before=later) == store.records() != as_extracted


def test_what_was_extracted_is_never_updated(store, url):
    before = extracted_rows(url)
    said = []
    event.listen(
        store._database._engine,
        "before_cursor_execute",
        lambda connection, cursor, statement, *rest: said.append(statement),
    )
    store.decide(build.hazard_ratio(), "correct", by="Ada", values={"estimate": "0.64"})
    store.decide([build.hazard_ratio(), build.remission()], "reject", by="Bo")
    store.decide(build.hazard_ratio(), "undo", by="Bo")
    store.enter("contrasts", entered(store), by="Ada")
    written = {
        " ".join(statement.split()[:3]) for statement in said if statement.startswith(("INSERT", "UPDATE", "DELETE"))
    }
    assert written == {"INSERT INTO events"}
    assert extracted_rows(url) == before


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"estimate": "about 0.6"}, "estimate should be a number such as 0.60, not 'about 0.6'"),
        ({"estimate": "NaN"}, "estimate should be a number"),
        ({"ci_low": "Infinity"}, "ci_low should be a number"),
        ({"estimate": "0,60"}, "estimate should be a number"),
        ({"estimate": "1_0"}, "estimate should be a number"),
        ({"estimate": "٠.٦"}, "estimate should be a number"),
        ({"outcome": "Overall survival"}, "'Overall survival' is no outcome of contrasts; use one of OS, RFS"),
        ({"outcome": ""}, "'outcome' of"),
        ({"arm": ""}, "cannot be empty"),
        ({"measure": "proportion"}, "no measure of contrasts; use one of HR, SHR"),
        ({"p_operator": "≤"}, "use one of =, <, >, <=, >="),
        ({"adjustment": "partly"}, "use one of unadjusted, adjusted"),
        ({"quote": "HR 0.64"}, "'quote' of contrasts is not for a person to set; these are: arm_id"),
        ({"status": "accepted"}, "not for a person to set"),
        ({"value": "65.8"}, "not for a person to set"),
        ({"estimate": "0.60"}, "already has these values; accept it instead"),
        ({}, "needs at least one column"),
    ],
)
def test_a_correction_that_is_no_value_of_its_column_is_refused(store, values, sentence):
    with pytest.raises(StoreError) as fault:
        store.decide(build.hazard_ratio(), "correct", by="Ada", values=values)
    assert sentence in str(fault.value)
    assert store.trace(build.hazard_ratio()).events == ()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"events": "25.5"}, "events should be a whole number"),
        ({"not_reached": "yes"}, "not_reached should be true or false"),
        ({"measure": "HR"}, "no measure of arm_results; use one of proportion"),
    ],
)
def test_a_correction_of_a_number_of_one_arm_is_held_to_its_columns(store, values, sentence):
    with pytest.raises(StoreError) as fault:
        store.decide(build.remission(), "correct", by="Ada", values=values)
    assert sentence in str(fault.value)


def test_a_correction_to_an_arm_the_document_does_not_have_is_refused(store):
    with pytest.raises(NotFound, match=f"did you mean {build.document_id('trial')}-a"):
        store.decide(build.hazard_ratio(), "correct", by="Ada", values={"arm_id": f"{build.document_id('trial')}-a9"})


@pytest.mark.parametrize(
    ("action", "more", "sentence"),
    [
        ("accept", {"by": "  "}, "needs the name of the person"),
        ("accept", {"values": {"estimate": "1"}}, "Only a correction takes new values"),
        ("undo", {}, "has no decision to undo"),
        ("enter", {}, "'enter' is no decision about a stored row"),
    ],
)
def test_a_decision_that_says_nothing_is_refused(store, action, more, sentence):
    with pytest.raises(StoreError, match=sentence):
        store.decide(build.hazard_ratio(), action, **{"by": "Ada", **more})


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_what_no_database_keeps_is_refused_by_either(store, text):
    row = build.hazard_ratio()
    for what in ({"by": text}, {"by": "Ada", "reason": text}):
        with pytest.raises(StoreError, match="is no text; leave it out"):
            store.decide(row, "accept", **what)
    with pytest.raises((NotFound, StoreError)):
        store.trace(text)
    assert store.trace(row).events == ()


def test_a_decision_about_several_results_is_made_about_all_or_none(store):
    with pytest.raises(NotFound):
        store.decide([build.hazard_ratio(), "nothing"], "accept", by="Ada")
    assert contrast(store).status is RowStatus.EXTRACTED


def entered(store, **more):
    return {
        "document_id": build.document_id("trial"),
        "study_id": store.records().studies[0].study_id,
        "arm": "drug A",
        "comparator": "chemotherapy",
        "outcome": "OS",
        "measure": "HR",
        "estimate": "0.60",
        "quote": "hazard ratio 0.60",
        **more,
    }


def test_a_number_a_person_read_becomes_a_row_with_its_place_in_the_text(store):
    result_id = store.enter("contrasts", entered(store), by="Ada", reason="missed")
    row = store.records().contrasts[-1]
    assert (row.result_id, str(row.estimate), row.status, row.reviewer) == (result_id, "0.60", RowStatus.ENTERED, "Ada")
    assert row.study_id == "nct00000001"
    assert build.TEXT[row.source.char_start : row.source.char_end] == row.source.quote == "hazard ratio 0.60"
    trace = store.trace(result_id)
    assert (trace.extracted, trace.current, trace.document.document_id) == (None, row, build.document_id("trial"))


def test_a_row_entered_can_be_decided_about_and_taken_back(store):
    result_id = store.enter("contrasts", entered(store), by="Ada")
    store.decide(result_id, "correct", by="Bo", values={"estimate": "0.61"})
    assert str(store.records().contrasts[-1].estimate) == "0.61"
    store.decide(result_id, "undo", by="Bo")
    store.decide(result_id, "undo", by="Bo")
    assert [row.result_id for row in store.records().contrasts] == [build.hazard_ratio()]
    assert store.trace(result_id).current is None
    with pytest.raises(StoreError, match="no decision left to undo"):
        store.decide(result_id, "undo", by="Bo")
    with pytest.raises(NotFound):
        store.decide(result_id, "accept", by="Bo")
    assert store.enter("contrasts", entered(store), by="Ada") != result_id


@pytest.mark.parametrize(
    ("more", "fault", "sentence"),
    [
        ({"study_id": "nct00000002"}, NotFound, "no study of"),
        ({"document_id": "unknown"}, NotFound, "no document with text 'unknown'"),
        ({"outcome": ""}, StoreError, "needs 'outcome'"),
        ({"comparator": ""}, StoreError, "needs 'comparator'"),
        ({"quote": "hazard ratio 0.70"}, StoreError, "does not stand there"),
        ({"char_start": "0", "char_end": "9999"}, StoreError, "does not stand there"),
        ({"char_start": "0", "char_end": "7", "quote": "hazard "}, StoreError, "does not stand there"),
        ({"result_id": "mine"}, StoreError, "not for a person to set"),
        ({"arm_id": "nobody"}, NotFound, "no arm of"),
    ],
)
def test_a_row_that_cannot_be_is_not_entered(store, more, fault, sentence):
    with pytest.raises(fault, match=sentence):
        store.enter("contrasts", entered(store, **more), by="Ada")
    assert len(store.records().contrasts) == 1


def test_a_row_is_entered_with_offsets_and_the_quote_is_cut_from_the_text(store):
    place = {"char_start": "18", "char_end": "35", "quote": ""}
    store.enter("contrasts", entered(store, **place), by="Ada")
    assert store.records().contrasts[-1].source.quote == build.TEXT[18:35] == "hazard ratio 0.60"


# Any history of decisions about one row, told twice: by replaying events, and by a stack of states.
@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["accept", "reject", "correct", "undo"]), max_size=12), st.randoms())
def test_replaying_events_is_going_back_and_forth_between_states(actions, chance: random.Random):
    row = build.records().contrasts[0]
    states, events, standing = [row], [], []
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    for number, action in enumerate(actions, start=1):
        values = {}
        if action == "undo":
            if not standing:
                continue
            values = {"undone": standing.pop()}
            states.pop()
        else:
            outcome = chance.choice(["OS", "EFS", "RFS"])
            known = {"outcome": Outcome(outcome)} if action == "correct" else {}
            values = {"after": {"outcome": outcome}} if action == "correct" else {}
            status = {"accept": "accepted", "reject": "rejected", "correct": "corrected"}[action]
            made = (
                tables.to_values(states[-1]) | known | {"status": status, "reviewer": f"r{number}", "reviewed_at": at}
            )
            states.append(tables.from_values("contrasts", made))
            standing.append(number)
        events.append(
            Event(
                event_id=number,
                result_id=row.result_id,
                document_id=row.document_id,
                action=action,
                reviewer=f"r{number}",
                at=at,
                reason=None,
                values=values,
            )
        )
    assert review.current(row, events) == states[-1]
