"""The database itself refuses to change what people decided, and keeps whole numbers as large as documents print."""

from dataclasses import replace

import build
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy import exc as sql

from evidence.errors import StoreError, TooLarge

LARGEST = 999_999_999_999_999


@pytest.fixture
def full(store):
    for name in ("trial", "other"):
        store.add(build.document(name), build.records(name, registry_ids=(), acronym=None, first_author=name))
    store.decide(build.hazard_ratio(), "accept", by="Ada")
    store.decide(build.remission(), "reject", by="Ada")
    store.merge([study.study_id for study in store.records().studies], by="Ada")
    with store._database.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO assignments (assignment_id, document_id, first, second, created_by, created_at) "
                "VALUES (1, :document, 'Ada', 'Bo', 'Cy', CURRENT_TIMESTAMP)"
            ),
            {"document": build.document_id("trial")},
        )
        connection.execute(
            text(
                "INSERT INTO readings (event_id, assignment_id, result_id, document_id, action, reviewer, at, "
                "\"values\", previous, hash) VALUES (1, 1, :row, :document, 'accept', 'Ada', CURRENT_TIMESTAMP, "
                "'{}', '', 'x')"
            ),
            {"document": build.document_id("trial"), "row": build.remission()},
        )
    return store


def all_rows(connection):
    return [
        connection.execute(text(f"SELECT * FROM {table} ORDER BY event_id")).all()
        for table in ("events", "link_events", "readings")
    ]


STATEMENTS = ["UPDATE {} SET reviewer = 'Eve'", "UPDATE {} SET hash = 'x' WHERE event_id = 1", "DELETE FROM {}"]
THEIR_OWN = {
    "sqlite": ["REPLACE INTO {0} SELECT * FROM {0} WHERE event_id = 1", "UPDATE OR REPLACE {} SET event_id = 7"],
    "postgresql": ["TRUNCATE {} CASCADE", "DELETE FROM ONLY {}"],
}


@pytest.mark.parametrize("table", ["events", "link_events", "readings"])
def test_no_statement_changes_or_removes_a_decision(full, url, table):
    engine = create_engine(url)
    with engine.connect() as connection:
        before = all_rows(connection)
        connection.rollback()
        assert all(before)
        for statement in (*STATEMENTS, *THEIR_OWN[engine.dialect.name]):
            with pytest.raises(sql.DBAPIError, match="decisions are only ever added"):
                connection.execute(text(statement.format(table)))
            connection.rollback()
        assert all_rows(connection) == before
    engine.dispose()


@pytest.mark.parametrize("count", [7_900_000_000, LARGEST])
def test_a_count_of_many_digits_is_kept(store, count):
    row = replace(build.records().arm_results[0], events=count, total=count)
    study = replace(build.records().studies[0], n_total=count)
    store.add(build.document(), replace(build.records(), arm_results=(row,), studies=(study,)))
    store.decide(build.remission(), "correct", by="Ada", values={"events": str(count - 1)})
    assert store.records().arm_results[0].events == count - 1
    assert store.records().studies[0].n_total == count


def test_a_larger_one_is_refused_at_the_door(store):
    row = replace(build.records().arm_results[0], total=10**30)
    with pytest.raises(TooLarge, match=r"total is 10{30} in document \w+, and a store keeps .* up to 15 digits"):
        store.add(build.document(), replace(build.records(), arm_results=(row,)))
    assert not store.has(build.document_id("trial"))
    store.add(build.document(), build.records())
    for text_typed in (str(LARGEST + 1), "9" * 5000):
        with pytest.raises(StoreError, match=r"events should have at most 15 digits, not \d+\."):
            store.decide(build.remission(), "correct", by="Ada", values={"events": text_typed})
