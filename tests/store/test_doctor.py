"""The doctor finds a store clean as the program leaves it, and names what was changed by other means."""

import build
import pytest

from evidence.store import open_store, restore


@pytest.fixture
def full(store):
    for name in ("trial", "other"):
        store.add(build.document(name), build.records(name, registry_ids=(), acronym=None, first_author=name))
    store.decide(build.hazard_ratio(), "correct", by="Ada", values={"estimate": "0.62"})
    store.decide(build.hazard_ratio(), "undo", by="Ada")
    studies = [study.study_id for study in store.records().studies]
    mine = {"document_id": build.document_id("trial"), "study_id": store.trace(build.remission()).current.study_id}
    asked = {**mine, "arm": "drug A", "outcome": "CR", "measure": "proportion"}
    store.enter("arm_results", {**asked, "quote": "65.8%"}, by="Ada")
    store.enter("arm_results", asked, by="Ada")
    store.merge(studies, by="Ada")
    return store


def test_a_store_as_the_program_leaves_it_is_clean(full):
    findings = full.examine()
    assert [finding for finding in findings if not finding.holds] == []
    assert len(findings) == 8


CHANGES = [
    ("decision_chain", "UPDATE events SET reviewer = 'Eve' WHERE event_id = 1", "event 1 of events is not as it was"),
    ("text_checksums", "UPDATE documents SET text = text || '.'", "is not the one that was read"),
    ("text_checksums", "UPDATE documents SET text = NULL", "is not the one that was read"),
    ("foreign_keys", "DELETE FROM arms WHERE role = 'control'", "contrasts has a row of"),
    ("orphans", "DELETE FROM contrasts", "is about"),
    ("orphans", "UPDATE events SET \"values\" = '{\"undone\": 7}' WHERE action = 'undo'", "takes back an event"),
    ("orphans", "UPDATE events SET \"values\" = 'x' WHERE action = 'undo'", "could not be checked"),
    ("orphans", "DELETE FROM studies", "event 1 of link_events is about study"),
    ("quotes", "UPDATE contrasts SET char_start = char_start + 1", f"the quote of {build.hazard_ratio()} does not"),
    ("quotes", "UPDATE arm_results SET quote = 'other words'", f"the quote of {build.remission()} does not"),
    ("quotes", "UPDATE documents SET text = ' ' || text", "entered by a person, does not stand"),
    ("schema_revision", "DROP TABLE patients", "table patients has no column result_id"),
    ("schema_revision", "ALTER TABLE flags DROP COLUMN message", "table flags has no column message"),
]
#: What only one of the databases lets anybody do.
ITS_OWN = {
    "sqlite": [
        (
            "decision_chain",
            "UPDATE events SET at = 'yesterday' WHERE event_id = 2",
            "event 2 of events is not as it was",
        ),
        ("append_only", "DROP TRIGGER events_no_delete", "decisions of events be changed or removed"),
        ("database_integrity", "PRAGMA writable_schema = 1", "ix_events_result_id"),
    ],
    "postgresql": [
        ("decision_chain", "UPDATE events SET at = now() WHERE event_id = 2", "event 2 of events is not as it was"),
        ("append_only", "ALTER TABLE readings DISABLE TRIGGER ALL", "decisions of readings be changed or removed"),
        ("append_only", "DROP TRIGGER link_events_only_added ON link_events", "decisions of link_events be changed"),
        (
            "append_only",
            "CREATE OR REPLACE FUNCTION evidence_only_added() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RETURN NULL; END'",
            "decisions of events be changed",
        ),
    ],
}


def assert_named(url, check, sentence):
    with open_store(url) as store:
        (finding,) = [finding for finding in store.examine() if finding.check == check]
    assert not finding.holds
    assert sentence in finding.message
    assert finding.message.endswith(("clean.", "compare."))


@pytest.mark.parametrize(("check", "change", "sentence"), CHANGES)
def test_what_was_changed_by_other_means_is_named(full, url, check, change, sentence):
    full.close()
    build.tamper(url, change)
    assert_named(url, check, sentence)


def test_what_only_this_database_lets_be_changed_is_named_too(full, new_url, tmp_path):
    full.backup(tmp_path / "full.zip")
    for check, change, sentence in ITS_OWN[full._database._engine.dialect.name]:
        again = new_url()
        restore(tmp_path / "full.zip", again)
        if "writable_schema" in change:  # an index that knows nothing of the rows
            lie = "UPDATE sqlite_master SET sql = replace(sql, 'result_id)', 'action)')"
            build.tamper(again, change, f"{lie} WHERE name = 'ix_events_result_id'")
        else:
            build.tamper(again, change)
        assert_named(again, check, sentence)


def test_of_many_faults_a_few_are_named_and_the_others_counted(store, url):
    for number in range(8):
        store.add(build.document(str(number)), build.records(str(number)))
    store.close()
    build.tamper(url, "UPDATE documents SET text = 'x'")
    with open_store(url) as store:
        (finding,) = [finding for finding in store.examine() if finding.check == "text_checksums"]
    assert "; and 3 more. Restore" in finding.message
