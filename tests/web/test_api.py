"""The JSON API, asked by a program with a token and by a person with a session."""

import datetime as dt

import httpx
import pytest

from evidence.model.users import Scope
from tests.web.conftest import PASSWORD


@pytest.fixture
def program(site, store):
    """A client with a token of a reviewer that may do all a reviewer may."""
    user = store.users.add("Grace", PASSWORD, "reviewer")
    secret, _ = store.users.issue_token(user.user_id, "script", [Scope.READ, Scope.DECIDE, Scope.INGEST], 1)
    with httpx.Client(base_url=f"{site}/api/v1", headers={"Authorization": f"Bearer {secret}"}, timeout=60) as client:
        yield client


def first_contrast(program):
    return program.get("/contrasts", params={"limit": 1}).json()["items"][0]


def test_rows_come_in_parts_that_join_to_the_whole(program, store):
    ids, after = [], None
    while True:
        answer = program.get("/contrasts", params={"limit": 3} | ({"after": after} if after else {})).json()
        ids += [row["result_id"] for row in answer["items"]]
        after = answer["next"]
        if after is None:
            break
    assert sorted(ids) == sorted(row.result_id for row in store.records().contrasts)


def test_a_number_is_a_text_with_its_printed_digits(program, store):
    stored = {row.result_id: row.estimate for row in store.records().contrasts}
    rows = program.get("/contrasts").json()["items"]
    assert {row["estimate"] for row in rows} == {None if value is None else str(value) for value in stored.values()}


def test_rows_are_filtered(program):
    rows = program.get("/contrasts", params={"outcome": "OS"}).json()["items"]
    assert rows
    assert {row["outcome"] for row in rows} == {"OS"}


def test_a_decision_is_recorded_under_the_name_of_the_tokens_user(program, store):
    row = first_contrast(program)
    about = program.get(f"/rows/{row['result_id']}").json()
    assert about["seen"] == 0
    answer = program.post(f"/rows/{row['result_id']}/decisions", json={"action": "accept", "seen": 0})
    assert answer.status_code == 201
    assert answer.json()["row"]["status"] == "accepted"
    assert store.decisions()[-1].reviewer == "Grace"


def test_a_decision_on_what_changed_meanwhile_is_a_conflict_that_shows_the_number_as_it_stands(program, store):
    row = first_contrast(program)["result_id"]
    store.decide(row, "correct", by="Ada", values={"estimate": "0.99"})
    answer = program.post(f"/rows/{row}/decisions", json={"action": "reject", "seen": 0})
    assert answer.status_code == 409
    told = answer.json()["error"]
    assert told["code"] == "conflict"
    assert told["details"]["current"]["estimate"] == "0.99"
    assert told["details"]["decided_by"] == "Ada"
    assert [event.action for event in store.trace(row).events] == ["correct"]


@pytest.mark.parametrize(
    ("values", "word"),
    [({"estimate": "zero"}, "number"), ({"study_id": "x"}, "not for a person"), ({"outcome": "NONE"}, "no outcome")],
)
def test_a_value_that_is_none_is_refused_in_one_shape(program, store, values, word):
    row = first_contrast(program)["result_id"]
    answer = program.post(f"/rows/{row}/decisions", json={"action": "correct", "values": values, "seen": 0})
    assert answer.status_code == 422
    assert word in answer.json()["error"]["message"]
    assert store.decisions() == ()


def test_what_is_not_there_is_told_in_the_same_shape(program):
    for path in ("/rows/none", "/documents/none", "/jobs/99", "/questions/none", "/nothing", "/documents/none/text"):
        answer = program.get(path)
        assert answer.status_code == 404
        assert set(answer.json()["error"]) == {"code", "message", "details"}


def test_a_number_is_entered_with_its_quote(program, store):
    row = next(row for row in store.records().contrasts if row.arm_id and row.comparator_arm_id)
    values = {
        "document_id": row.document_id,
        "study_id": row.study_id,
        "arm": row.arm,
        "comparator": row.comparator,
        "outcome": "OS",
        "measure": "HR",
        "estimate": "0.5",
        "quote": row.source.quote,
    }
    answer = program.post("/rows", json={"table": "contrasts", "values": values})
    assert answer.status_code == 201, answer.text
    assert answer.json()["row"]["status"] == "entered"


def test_a_selection_is_pooled(program):
    answer = program.post("/pooled", json={"outcome": ["OS"], "measure": "HR"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["pooled"]["k"] >= 1


def test_exports_are_files(program):
    for kind, start in (("xlsx", b"PK"), ("csv", b"PK"), ("jsonl", b"{"), ("ris", b"1.")):
        answer = program.get(f"/exports/{kind}")
        assert answer.status_code == 200, answer.text
        assert answer.content.startswith(start)
        assert "attachment" in answer.headers["content-disposition"]


@pytest.mark.parametrize("secret", ["x", "evd_guessed", "evd_" + "x" * 4000])
def test_a_token_that_is_none_gets_nothing(program, secret):
    answer = program.get("/documents", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "login_needed"


def test_a_token_may_do_what_its_scopes_say_and_no_more(site, store, program):
    (user,) = store.users.list()
    secret, token = store.users.issue_token(user.user_id, "reader", [Scope.READ], 1)
    row = first_contrast(program)["result_id"]
    with httpx.Client(base_url=f"{site}/api/v1", headers={"Authorization": f"Bearer {secret}"}) as reader:
        assert reader.get("/documents").status_code == 200
        answer = reader.post(f"/rows/{row}/decisions", json={"action": "accept", "seen": 0})
        assert answer.status_code == 403
        store.users.revoke_token(token.token_id)
        assert reader.get("/documents").status_code == 401
    assert store.decisions() == ()
    assert token.expires_at > dt.datetime.now(dt.UTC)


def test_a_viewer_decides_nothing(log_in, store):
    browser = log_in("Vera", "viewer")
    row = store.records().contrasts[0].result_id
    headers = {"X-CSRF-Token": browser.csrf()}
    answer = browser.post(f"/api/v1/rows/{row}/decisions", json={"action": "accept", "seen": 0}, headers=headers)
    assert answer.status_code == 403
    assert store.decisions() == ()


def test_a_session_without_its_token_changes_nothing_through_the_api(log_in, store):
    browser = log_in("Grace", "reviewer")
    row = store.records().contrasts[0].result_id
    body = {"action": "accept", "seen": 0}
    assert browser.post(f"/api/v1/rows/{row}/decisions", json=body).status_code == 403
    headers = {"X-CSRF-Token": browser.csrf(), "Origin": "https://other.example"}
    assert browser.post(f"/api/v1/rows/{row}/decisions", json=body, headers=headers).status_code == 403
    assert store.decisions() == ()
