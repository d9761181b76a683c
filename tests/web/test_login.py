"""Who gets in, and what a request must bring to change something."""

import pytest

from tests.web.conftest import PASSWORD, Browser


def test_without_users_the_person_at_home_says_a_name_and_sees_the_documents(stranger):
    browser = stranger
    first = browser.get("/")
    assert "Say your name" in first.text
    answer = browser.say("/name", {"name": "  Ada   Byron ", "next": "/"}, of="/login")
    assert answer.url.path == "/"
    assert "Ada Byron" in answer.text


def test_a_name_of_spaces_is_asked_for_again(stranger):
    answer = stranger.say("/name", {"name": "  "}, of="/login")
    assert answer.status_code == 422
    assert "Say the name" in answer.text


def test_with_a_user_nobody_sees_anything_before_logging_in(site, stranger, store, log_in):
    stranger.say("/name", {"name": "Ada"}, of="/login")
    store.users.add("Grace", PASSWORD, "viewer")
    for browser in (stranger, Browser(site)):
        assert browser.get("/").url.path == "/login"
    assert log_in("Grace", "viewer").get("/").url.path == "/"


def test_a_wrong_password_is_refused_on_the_page_and_keeps_the_name(stranger, store):
    store.users.add("Grace", PASSWORD, "viewer")
    answer = stranger.say("/login", {"name": "Grace", "password": "wrong"}, of="/login")
    assert answer.status_code == 401
    assert 'value="Grace"' in answer.text
    assert "wrong" in answer.text


def test_many_wrong_passwords_are_throttled(stranger, store):
    store.users.add("Grace", PASSWORD, "viewer")
    browser = stranger
    codes = [browser.say("/login", {"name": "Grace", "password": "wrong"}, of="/login").status_code for _ in range(12)]
    assert codes[0] == 401
    assert codes[-1] == 429


@pytest.mark.parametrize("wanted", ["//other.example/", "/\\other.example", "https://other.example/", "javascript:x"])
def test_after_logging_in_nobody_is_led_elsewhere(stranger, store, wanted):
    store.users.add("Grace", PASSWORD, "viewer")
    browser = stranger
    fields = {"name": "Grace", "password": PASSWORD, "next": wanted}
    answer = browser.say("/login", fields, of="/login", follow_redirects=False)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("token", [None, "", "guessed"])
def test_a_form_without_the_token_of_the_session_changes_nothing(stranger, store, token):
    store.users.add("Grace", PASSWORD, "viewer")
    browser = stranger
    browser.get("/login")
    fields = {"name": "Grace", "password": PASSWORD} | ({} if token is None else {"csrf": token})
    assert browser.post("/login", data=fields).status_code == 403
    assert browser.get("/").url.path == "/login"


def test_a_form_of_a_page_elsewhere_is_refused(log_in):
    browser = log_in("Grace", "admin")
    answer = browser.say("/logout", {}, headers={"Origin": "https://other.example"})
    assert answer.status_code == 403
    assert browser.get("/").url.path == "/"


def test_logging_out_ends_the_session(log_in):
    browser = log_in("Grace", "viewer")
    browser.say("/logout", {})
    assert browser.get("/").url.path == "/login"


def test_a_new_password_ends_the_sessions_made_with_the_old_one(store, log_in):
    browser = log_in("Grace", "viewer")
    (user,) = store.users.list()
    store.users.set_password(user.user_id, "another long password")
    assert browser.get("/").url.path == "/login"


def test_a_disabled_user_is_out_at_once(store, log_in):
    browser = log_in("Grace", "viewer")
    store.users.add("Root", PASSWORD, "admin")
    store.users.disable(store.users.list()[0].user_id)
    assert browser.get("/").url.path == "/login"


def test_an_altered_cookie_is_no_session(log_in):
    browser = log_in("Grace", "viewer")
    value = browser.cookies["evidence_session"]
    browser.cookies.clear()
    browser.cookies.set("evidence_session", value[:-2] + ("AA" if value[-2:] != "AA" else "BB"))
    assert browser.get("/").url.path == "/login"


def test_a_page_asked_for_under_another_name_is_refused(stranger):
    assert stranger.get("/login", headers={"Host": "rebound.example"}).status_code == 400


def test_every_answer_forbids_scripts_of_others(home):
    for address in ("/", "/login", "/nothing", "/static/evidence.css"):
        headers = home.get(address).headers
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_cookie_is_kept_from_scripts(stranger):
    cookie = stranger.get("/login").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
