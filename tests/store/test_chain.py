"""The chain of decisions: it holds whatever people decide, and shows whatever is changed behind the program's back."""

import multiprocessing
import tempfile
from pathlib import Path

import build
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import StoreError
from evidence.store import chain, open_store, schema

TABLES = (schema.events, schema.link_events)


def faults(store):
    with store._database.reading() as connection:
        return [fault for table in TABLES for fault in chain.faults(connection, table)]


def decided(url):
    """A store in which people made three decisions about numbers and three about studies."""
    store = open_store(url)
    for name in ("trial", "other"):
        store.add(build.document(name), build.records(name, registry_ids=(), acronym=None, first_author=name))
    store.decide(build.hazard_ratio(), "correct", by="Ada", reason="misread", values={"estimate": "0.62"})
    store.decide(build.remission(), "accept", by="Ada")
    store.decide(build.hazard_ratio(), "undo", by="Béla")
    studies = [study.study_id for study in store.records().studies]
    store.merge(studies, by="Ada", reason="one trial")
    store.undo_link(store.records().studies[0].study_id, by="Ada")
    store.merge(studies, by="Ada")
    return store


def altered(url, statement):
    """Faults found after somebody wrote into the database by other means."""
    build.tamper(url, statement)
    with open_store(url) as store:
        return faults(store)


def other_value(column, url):
    """SQL of another value of a column that is still one of its type."""
    if column.name == "event_id":
        return "event_id + 100"
    if column.name == "at" and url.startswith("postgresql"):
        return "at + interval '1 microsecond'"
    return f"coalesce(\"{column.name}\", '') || ' '"


@pytest.mark.parametrize(
    ("table", "column"), [pytest.param(table, column, id=str(column)) for table in TABLES for column in table.columns]
)
def test_a_change_of_any_column_of_any_event_is_found(url, table, column):
    decided(url).close()
    for event_id in (1, 2, 3):
        value = other_value(column, url)
        told = altered(url, f'UPDATE {table} SET "{column.name}" = {value} WHERE event_id = {event_id}')
        named = event_id + 100 if column.name == "event_id" else event_id
        assert f"event {named} of {table} is not as it was recorded" in told


def test_an_event_that_was_removed_is_found(url):
    decided(url).close()
    assert altered(url, "DELETE FROM events WHERE event_id = 2") == [
        "the event recorded before event 3 of events is not the one that stands before it now"
    ]


def test_an_event_slipped_in_is_found(url):
    decided(url).close()
    copied = ", ".join(
        f'"{column.name}"' for column in schema.events.columns if column.name not in ("event_id", "previous")
    )
    slip = f"INSERT INTO events (event_id, previous, {copied}) SELECT 9, 'x', {copied} FROM events WHERE event_id = 1"
    assert altered(url, slip)


def test_the_last_event_is_known_by_its_hash(store):
    store.add(build.document(), build.records())
    ends = []
    for _ in range(2):
        store.decide(build.remission(), "accept", by="Ada")
        with store._database.reading() as connection:
            ends.append(chain.end(connection, schema.events))
    assert len(set(ends)) == 2 and all(len(end) == 64 for end in ends)


ACTIONS = st.tuples(
    st.sampled_from(["accept", "reject", "undo", "correct"]),
    st.sampled_from([build.hazard_ratio(), build.remission()]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
)


@settings(max_examples=20, deadline=None)
@given(made=st.lists(ACTIONS, max_size=8))
def test_whatever_people_decide_the_chain_holds(made):
    with tempfile.TemporaryDirectory() as folder, open_store(f"sqlite:///{Path(folder) / 'evidence.db'}") as store:
        store.add(build.document(), build.records())
        kept = 0
        for number, (action, row, reason) in enumerate(made):
            values = {"subgroup": f"{reason}{number}"} if action == "correct" else None
            try:
                store.decide([row], action, by=reason or "Ada", reason=reason, values=values)
                kept += 1
            except StoreError:  # nothing to undo, or nobody named: nothing is recorded
                pass
            assert faults(store) == []
        assert len({decision.at for decision in store.decisions()}) == kept


def accept_often(url, result_id):
    with open_store(url) as store:
        for _ in range(10):
            store.decide(result_id, "accept", by="Ada")


def test_programs_that_decide_at_once_add_to_one_chain(url):
    with open_store(url) as store:
        store.add(build.document(), build.records())
        deciding = [
            multiprocessing.get_context("spawn").Process(target=accept_often, args=(url, row))
            for row in (build.hazard_ratio(), build.remission(), build.remission())
        ]
        for process in deciding:
            process.start()
        for process in deciding:
            process.join(60)
        assert [process.exitcode for process in deciding] == [0, 0, 0]
        assert len(store.decisions()) == 30
        assert faults(store) == []


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_decisions_of_an_older_store_get_their_chain(tmp_path, revision):
    with decided(f"sqlite:///{tmp_path / 'new.db'}") as store:
        before = [made for made in store.decisions() if revision == "0003" or made.column != "study_id"]
    with open_store(build.older(tmp_path / "new.db", tmp_path / "old.db", revision)) as store:
        assert list(store.decisions()) == before
        assert faults(store) == []
        store.decide(build.remission(), "undo", by="Ada")
        assert faults(store) == []
        with store._database.reading() as connection:
            assert connection.execute(schema.documents.select()).mappings().first()["text_sha256"]
