"""What is kept between requests is what reading the whole store gives."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.pipeline import checked_records
from evidence.store import open_store
from evidence.web.known import Known


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    made=st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["accept", "reject", "undo", "correct"])), max_size=6)
)
def test_after_any_decisions_it_is_what_the_store_gives(store, url, made):
    known = Known(store)
    known.records()
    ids = [row.result_id for row in store.records().results()]
    with open_store(url) as other:  # as another process would decide
        for number, action in made:
            result_id = ids[number % len(ids)]
            values = {"subgroup": f"those of {number}"} if action == "correct" else None
            if action == "undo" and not store.trace(result_id).events:
                continue
            try:
                other.decide(result_id, action, by="Ada", values=values)
            except Exception as error:
                assert "already has these values" in str(error) or "left to undo" in str(error)
            assert known.records() == checked_records(store)


def test_many_decisions_and_a_merge_are_seen_as_well(store):
    known = Known(store)
    known.records()
    ids = [row.result_id for row in store.records().results()]
    for _ in range(3):
        store.decide(ids, "accept", by="Ada")
        store.decide(ids, "undo", by="Ada")
    assert known.records() == checked_records(store)
    first, second = sorted({study.study_id for study in store.records().studies})[:2]
    store.merge([first, second], by="Ada")
    assert known.records() == checked_records(store)
