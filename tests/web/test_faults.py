"""What a page says when it cannot be shown, and the way on from it."""

import pytest


def test_a_page_that_is_not_there_has_the_menu_of_who_is_logged_in(log_in, stranger):
    text = log_in("Grace", "viewer").get("/nowhere").text
    assert '<a href="/studies">Studies</a>' in text
    assert '<a href="/account">Grace</a>' in text
    assert 'href="/users"' not in text  # not hers
    assert "<nav" not in stranger.get("/nowhere").text


def test_a_page_that_is_refused_has_the_menu_and_its_sentence(log_in):
    answer = log_in("Grace", "viewer").get("/users")
    assert answer.status_code == 403
    assert "needs the role admin" in answer.text
    assert '<a href="/pooled">' in answer.text


@pytest.mark.parametrize(("address", "status"), [("/documents/none", 404), ("/flags?severity=grave", 422)])
def test_at_home_too(home, address, status):
    answer = home.get(address)
    assert answer.status_code == status
    assert '<a href="/login">Ada</a>' in answer.text


def test_a_part_of_a_page_has_the_sentence_alone(home):
    text = home.get("/documents/none", headers={"HX-Request": "true"}).text
    assert 'role="alert"' in text
    assert "<nav" not in text


def test_a_bug_has_the_menu_where_who_asks_can_be_told_and_is_told_anyhow(home, monkeypatch):
    monkeypatch.setattr("evidence.web.pages.pooled.asked", lambda *_: 1 / 0)
    answer = home.get("/pooled")
    assert answer.status_code == 500
    assert '<a href="/login">Ada</a>' in answer.text
    monkeypatch.setattr("evidence.web.faults.recognised", lambda _: 1 / 0)
    answer = home.get("/pooled")
    assert "fault of the program" in answer.text
    assert "<nav" not in answer.text
