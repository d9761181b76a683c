"""The page of a document, its pictures and words, and accepting together what nobody doubts."""

import re
from dataclasses import replace

import pytest

from evidence.pipeline import checked_records
from evidence.review_queue import unflagged
from evidence.web.wording import group_words


@pytest.fixture
def pdf(store):
    return next(document for document in store.records().documents if document.format == "pdf")


@pytest.fixture
def article(store):
    return next(document for document in store.records().documents if document.format == "jats")


def test_a_document_lists_its_rows_and_leads_to_their_review(home, store, pdf):
    text = home.get(f"/documents/{pdf.document_id}").text
    rows = [row for row in store.records().results() if row.document_id == pdf.document_id]
    assert all(f"/review/{row.result_id}?document={pdf.document_id}" in text for row in rows)
    assert f"Review its {len(rows)} waiting rows" in text
    assert f"/documents/{pdf.document_id}/pages/1.png" in text


def test_groups_that_a_document_does_not_name_are_not_shown_as_a_comparison_of_nothing(store):
    row = replace(store.records().contrasts[0], arm="sorafenib", comparator="placebo")
    assert group_words(row) == "sorafenib vs placebo"
    assert group_words(replace(row, arm="")) == "not stated vs placebo"
    assert group_words(replace(row, arm="", comparator="")) == ""


def test_an_article_shows_its_text(home, store, article):
    assert store.text(article.document_id)[:60].split()[0] in home.get(f"/documents/{article.document_id}").text


def test_a_page_is_a_picture_that_only_this_browser_keeps(home, pdf):
    answer = home.get(f"/documents/{pdf.document_id}/pages/1.png")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert answer.headers["cache-control"].startswith("private")


@pytest.mark.parametrize(("number", "status"), [("99", 404), ("0", 422), ("x", 422), ("1e3", 422)])
def test_a_page_that_is_not_there_is_told(home, pdf, number, status):
    assert home.get(f"/documents/{pdf.document_id}/pages/{number}.png").status_code == status


def test_a_document_that_is_not_there_is_told(home):
    assert home.get("/documents/0000000000000000").status_code == 404
    assert home.get("/documents/0000000000000000/pages/1.png").status_code == 404


def test_pages_are_for_those_who_are_logged_in(stranger, log_in, pdf):
    viewer = log_in("Vera", "viewer")
    assert viewer.get(f"/documents/{pdf.document_id}/pages/1.png").status_code == 200
    assert stranger.get(f"/documents/{pdf.document_id}/pages/1.png").url.path == "/login"


def test_words_of_a_page_have_their_offsets_in_the_text(home, store, pdf):
    text = store.text(pdf.document_id)
    words = home.get(f"/documents/{pdf.document_id}/pages/1/words").json()["words"]
    assert len(words) > 200
    assert all(text[start:end] == text[start:end].strip() != "" for start, end, *_ in words)


def mark_of(text):
    return re.search(r'name="mark" value="(\w+)"', text)[1]


def test_rows_without_a_doubt_are_accepted_together(home, store, pdf):
    wanted = set(unflagged(checked_records(store), document_id=pdf.document_id))
    assert wanted
    page = f"/documents/{pdf.document_id}"
    text = home.get(page).text
    assert f"Accept these {len(wanted)} rows" in text
    answer = home.say(f"{page}/accept", {"mark": mark_of(text)}, of=page)
    assert f"Accepted {len(wanted)} rows" in answer.text
    accepted = {row.result_id for row in store.records().results() if row.status == "accepted"}
    assert accepted == wanted


def test_another_set_than_was_shown_is_not_accepted(home, store, pdf):
    page = f"/documents/{pdf.document_id}"
    mark = mark_of(home.get(page).text)
    name = unflagged(checked_records(store), document_id=pdf.document_id)[0]
    store.decide(name, "reject", by="Grace", reason="not so")
    answer = home.say(f"{page}/accept", {"mark": mark}, of=page)
    assert answer.status_code == 409
    assert not [row for row in store.records().results() if row.status == "accepted"]


def test_what_somebody_took_back_is_not_accepted_with_others(home, store, pdf):
    name = unflagged(checked_records(store), document_id=pdf.document_id)[0]
    store.decide(name, "reject", by="Grace", reason="not so")
    store.decide(name, "undo", by="Grace")
    page = f"/documents/{pdf.document_id}"
    home.say(f"{page}/accept", {"mark": mark_of(home.get(page).text)}, of=page)
    assert store.trace(name).current.status == "extracted"


def test_a_viewer_accepts_nothing(log_in, store, pdf):
    viewer = log_in("Vera", "viewer")
    page = f"/documents/{pdf.document_id}"
    assert "/accept" not in viewer.get(page).text
    assert viewer.say(f"{page}/accept", {"mark": "x"}, of=page).status_code == 403


def test_a_document_read_by_two_people_shows_no_rows(home, store, pdf):
    store.dual.assign(pdf.document_id, "Ada", "Grace", by="Carl")
    text = home.get(f"/documents/{pdf.document_id}").text
    assert "/dual/" in text
    assert "/accept" not in text
    assert f"/review/{pdf.document_id}" not in text


def test_rows_are_found_by_words_of_their_sentence_and_by_id(home, store, pdf):
    row = next(row for row in store.records().contrasts if row.document_id == pdf.document_id)
    assert f"/review/{row.result_id}" in home.get("/search", params={"q": row.result_id}).text
    found = home.get("/search", params={"q": f"{row.outcome} {row.arm} {row.measure}".upper()}).text
    assert f"/review/{row.result_id}" in found
    assert "0 rows have" in home.get("/search", params={"q": "zzyzx"}).text


def test_what_is_searched_for_stays_text(home):
    text = home.get("/search", params={"q": "\"><script>alert(1)</script>' OR 1=1 --"}).text
    assert "<script>alert" not in text
    assert "0 rows have" in text
