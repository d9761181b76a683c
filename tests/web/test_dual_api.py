"""Dual review and users through the API."""

import pytest

from tests.web.test_blinding import DOCUMENT, HAZARD, MARK, REMISSION, STUDY, document, records

V1 = "/api/v1"


class Program:
    """A browser's session used through the API."""

    def __init__(self, browser):
        self._browser = browser
        self._headers = {"X-CSRF-Token": browser.csrf()}

    def ask(self, method, path, body=None, status=200, **more):
        answer = self._browser.request(method, V1 + path, json=body, headers=self._headers, **more)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def people(store, log_in):
    store.add(document(), records())
    roles = {"Ann": "reviewer", "Ben": "reviewer", "Cleo": "adjudicator"}
    return {name: Program(log_in(name, role)) for name, role in roles.items()}


def assign(people, second="Ben"):
    body = {"document_id": DOCUMENT, "first": "Ann", "second": second}
    return people["Cleo"].ask("POST", "/assignments", body, 201)["assignment_id"]


def test_two_readings_through_the_api_end_in_agreement(people):
    number = assign(people)
    for name, values in (("Ann", None), ("Ben", {"estimate": "0.74"})):
        ask = people[name].ask
        said = {"result_id": REMISSION, "action": "accept"}
        shown = ask("POST", f"/assignments/{number}/readings", said, 201)
        assert [(one["reviewer"], one["read"]) for one in shown["progress"]] == [(name, 1)]
        said = {"result_id": HAZARD, "action": "correct" if values else "accept", "values": values}
        ask("POST", f"/assignments/{number}/readings", said, 201)
        made = ask("GET", f"/assignments/{number}/readings")["readings"]
        assert {one["reviewer"] for one in made} == {name}
        ask("POST", f"/assignments/{number}/finish")
    found = people["Ann"].ask("GET", "/agreement", params={"document_id": DOCUMENT})["agreement"]
    assert [(one["n"], one["agreed"]) for one in found if one["field"] == "estimate"] == [(1, 0)]
    assert len(people["Ann"].ask("GET", f"/assignments/{number}/readings")["readings"]) == 4


def test_who_gives_out_sees_all_and_a_reader_their_own(people, log_in):
    assign(people)
    assert len(people["Cleo"].ask("GET", "/assignments")["items"]) == 1
    assert len(people["Ben"].ask("GET", "/assignments")["items"]) == 1
    assert Program(log_in("Dora", "reviewer")).ask("GET", "/assignments")["items"] == []
    body = {"document_id": DOCUMENT, "first": "Ann", "second": "Ben"}
    people["Ann"].ask("POST", "/assignments", body, 403)


def test_nobody_else_reads_or_records(people):
    number = assign(people)
    people["Cleo"].ask("GET", f"/assignments/{number}/readings", status=403)
    said = {"result_id": HAZARD, "action": "accept"}
    people["Cleo"].ask("POST", f"/assignments/{number}/readings", said, 403)
    people["Ann"].ask("POST", "/assignments/99/finish", status=404)


def test_the_blinded_reader_gets_places_and_gives_a_whole_reading(people):
    number = assign(people, "extractor")
    ann = people["Ann"].ask
    told = ann("GET", f"/assignments/{number}/readings")
    assert MARK not in str(told)
    assert {row["quote"] for row in told["rows"]} == {"Overall survival", "Many patients"}
    ann("POST", f"/assignments/{number}/readings", {"result_id": HAZARD, "action": "accept"}, 422)
    values = {"arm": "drug", "outcome": "CR", "measure": "proportion", "value": "41"}
    body = {"table": "arm_results", "values": {**values, "study_id": STUDY, "quote": "Many patients"}}
    name = ann("POST", f"/assignments/{number}/rows", body, 201)["result_id"]
    assert name in {row["result_id"] for row in ann("GET", f"/assignments/{number}/readings")["rows"]}


def test_users_are_managed_by_admins(log_in, store):
    ask = Program(log_in("Ada", "admin")).ask
    body = {"name": "Ben", "password": "a long enough one", "role": "viewer"}
    ben = ask("POST", "/users", body, 201)
    assert "password" not in str(ben)
    ask("POST", "/users", body, 409)
    changed = ask("PATCH", f"/users/{ben['user_id']}", {"role": "reviewer", "disabled": True})
    assert changed["role"] == "reviewer"
    assert changed["disabled_at"] is not None
    assert ask("PATCH", f"/users/{ben['user_id']}", {"disabled": False})["disabled_at"] is None
    assert [user["name"] for user in ask("GET", "/users")["items"]] == ["Ada", "Ben"]
    ask("PATCH", f"/users/{store.users.named('Ada').user_id}", {"role": "viewer"}, 422)
    ask("PATCH", "/users/99", {}, 404)
    Program(log_in("Cleo", "adjudicator")).ask("GET", "/users", status=403)


def test_the_first_user_made_through_the_api_is_admin(home, store):
    ask = Program(home).ask
    body = {"name": "Ben", "password": "a long enough one", "role": "viewer"}
    ask("POST", "/users", body, 422)
    ask("POST", "/users", {**body, "role": "admin"}, 201)
    ask("GET", "/users", status=401)
