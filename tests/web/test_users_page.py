"""Users and accounts over HTTP: who may change what, and that it holds at once."""

import re
from html import unescape

import httpx
import pytest

from evidence.errors import LoginRefused
from tests.web.conftest import PASSWORD, Browser

OTHER = "another long password"
NEW = {"password": OTHER, "again": OTHER}


@pytest.fixture
def admin(log_in):
    return log_in("Ada", "admin")


def user_of(store, name):
    return store.users.named(name)


def can_log_in(store, name, password):
    try:
        store.users.verify(name, password, address="test")
    except LoginRefused:
        return False
    return True


def test_at_home_the_first_user_is_admin_and_is_then_asked_to_log_in(home, store):
    assert "Add the first user" in home.get("/users").text
    answer = home.say("/users", {"name": "Cleo", "role": "viewer", **NEW}, of="/users")
    assert answer.url.path == "/login"
    assert user_of(store, "Cleo").role == "admin"
    assert home.get("/").url.path == "/login"
    assert home.say("/login", {"name": "Cleo", "password": OTHER, "next": "/users"}, of="/login").url.path == "/users"


def test_who_has_said_no_name_at_home_is_asked_for_it_before_the_first_user(stranger):
    answer = stranger.get("/users")
    assert answer.url.path == "/login"
    assert 'value="/users"' in answer.text


def test_an_admin_adds_users_who_can_log_in(admin, store, site):
    answer = admin.say("/users", {"name": "Béla <i>", "role": "reviewer", **NEW}, of="/users")
    assert answer.status_code == 200
    assert "Béla &lt;i&gt; is added." in answer.text
    assert user_of(store, "Béla <i>").created_by == "Ada"
    with Browser(site) as browser:
        assert browser.say("/login", {"name": "béla <i>", "password": OTHER}, of="/login").url.path == "/"


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"name": "Ada", **NEW, "role": "viewer"}, 409, "already"),
        ({"name": "Ben", "password": OTHER, "again": "something else", "role": "viewer"}, 422, "not the same"),
        ({"name": "Ben", "password": "short", "again": "short", "role": "viewer"}, 422, "12"),
        ({"name": "Ben", **NEW, "role": "king"}, 422, "no role"),
    ],
)
def test_what_may_not_be_is_told_beside_the_form(admin, store, fields, status, said):
    answer = admin.say("/users", fields, of="/users")
    assert answer.status_code == status
    assert said in re.search(r'role="alert">([^<]+)', answer.text)[1]
    assert f'value="{fields["name"]}"' in answer.text
    assert [user.name for user in store.users.list()] == ["Ada"]


def test_role_disabling_and_password_hold_at_once(admin, log_in, store):
    ben = log_in("Ben", "viewer")
    number = user_of(store, "Ben").user_id
    admin.say(f"/users/{number}/role", {"role": "reviewer"}, of="/users")
    assert "reviewer" in ben.get("/").text
    assert "is disabled" in admin.say(f"/users/{number}/disable", {}, of="/users").text
    assert ben.get("/").url.path == "/login"
    assert not can_log_in(store, "Ben", PASSWORD)
    admin.say(f"/users/{number}/enable", {}, of="/users")
    assert can_log_in(store, "Ben", PASSWORD)
    admin.say(f"/users/{number}/password", NEW, of="/users")
    assert can_log_in(store, "Ben", OTHER)
    assert not can_log_in(store, "Ben", PASSWORD)


def test_an_admin_logs_somebody_out_everywhere(admin, log_in, store):
    ben = log_in("Ben", "viewer")
    admin.say(f"/users/{user_of(store, 'Ben').user_id}/sessions", {}, of="/users")
    assert ben.get("/").url.path == "/login"


def test_the_last_admin_stays_and_it_is_said(admin, store):
    number = user_of(store, "Ada").user_id
    for what, fields in (("disable", {}), ("role", {"role": "viewer"})):
        answer = admin.say(f"/users/{number}/{what}", fields, of="/users")
        assert answer.status_code == 422
        assert "only admin" in answer.text
    assert user_of(store, "Ada").role == "admin"


@pytest.mark.parametrize("role", ["viewer", "reviewer", "adjudicator"])
def test_nobody_else_sees_or_changes_users(admin, log_in, store, role):
    other = log_in("Ben", role)
    assert other.get("/users").status_code == 403
    number = user_of(store, "Ben").user_id
    for where, fields in (("", {"name": "X", "role": "admin", **NEW}), (f"/{number}/role", {"role": "admin"})):
        assert other.say(f"/users{where}", fields, of="/account").status_code == 403
    assert {user.name for user in store.users.list()} == {"Ada", "Ben"}
    assert user_of(store, "Ben").role == role


def test_nothing_changes_without_the_token_of_the_session(admin, store):
    answer = admin.post("/users", data={"name": "Ben", "role": "admin", **NEW})
    assert answer.status_code == 403
    assert len(store.users.list()) == 1


def test_the_own_password_takes_the_current_one_and_ends_other_sessions(admin, log_in, store):
    elsewhere = log_in("Ada", "admin")
    answer = admin.say("/account/password", {"current": "wrong", **NEW}, of="/account")
    assert answer.status_code == 422
    assert "current password is not right" in answer.text
    assert can_log_in(store, "Ada", PASSWORD)
    answer = admin.say("/account/password", {"current": PASSWORD, **NEW}, of="/account")
    assert "Your password is changed" in answer.text
    assert can_log_in(store, "Ada", OTHER)
    assert elsewhere.get("/").url.path == "/login"


def test_guessing_the_current_password_is_throttled(admin):
    token = admin.csrf("/account")
    answers = [
        admin.post("/account/password", data={"csrf": token, "current": "wrong", **NEW}).status_code for _ in range(6)
    ]
    assert answers[0] == 422
    assert answers[-1] == 429


def test_a_token_is_shown_once_works_within_its_scopes_and_is_revoked(admin, site, store):
    made = admin.say("/account/tokens", {"name": "R script", "scope_read": "yes", "days": "9"}, of="/account")
    secret = unescape(re.search(r'id="secret"[^>]+value="([^"]+)"', made.text)[1])
    assert secret not in admin.get("/account").text
    (token,) = store.users.tokens(user_of(store, "Ada").user_id)
    assert set(token.scopes) == {"read"}

    def asked(path):
        return httpx.get(f"{site}{path}", headers={"Authorization": f"Bearer {secret}"}).status_code

    assert asked("/api/v1/documents") == 200
    admin.say(f"/account/tokens/{token.token_id}/revoke", {}, of="/account")
    assert asked("/api/v1/documents") == 401


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "x", "scope_read": "yes", "days": "366"},
        {"name": "x", "scope_read": "yes", "days": "many"},
        {"name": "x", "days": "9"},
        {"name": "", "scope_read": "yes", "days": "9"},
    ],
)
def test_a_token_that_may_not_be_is_refused_beside_the_form(admin, store, fields):
    answer = admin.say("/account/tokens", fields, of="/account")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert not store.users.tokens(user_of(store, "Ada").user_id)


def test_a_token_never_goes_beyond_the_role(log_in, admin, store):
    ben = log_in("Ben", "viewer")
    assert "scope_admin" not in ben.get("/account").text
    answer = ben.say("/account/tokens", {"name": "x", "scope_admin": "yes", "days": "9"}, of="/account")
    assert answer.status_code == 403
    assert not store.users.tokens(user_of(store, "Ben").user_id)


def test_nobody_revokes_the_token_of_another(admin, log_in, store):
    ben = log_in("Ben", "reviewer")
    _, token = store.users.issue_token(user_of(store, "Ada").user_id, "script", ["read"], 9)
    assert ben.say(f"/account/tokens/{token.token_id}/revoke", {}, of="/account").status_code == 404
    assert store.users.tokens(user_of(store, "Ada").user_id)[0].revoked_at is None


def test_logging_out_everywhere_ends_this_session_too(admin, log_in):
    elsewhere = log_in("Ada", "admin")
    assert admin.say("/account/sessions", {}, of="/account").url.path == "/login"
    assert elsewhere.get("/").url.path == "/login"
