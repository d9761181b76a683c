"""Studies over HTTP: what their documents say of them, and joining, parting and taking that back."""

import re
from collections import Counter
from html import unescape
from urllib.parse import quote

import pytest

from evidence.pipeline import checked_records


@pytest.fixture(scope="session")
def ingested(ingested_corpus):
    return ingested_corpus


def reports(store, study_id):
    return {study.document_id for study in store.records().studies if study.study_id == study_id}


@pytest.fixture
def shared(store):
    """A study that several documents report."""
    counts = Counter(study_id for study_id, _ in {(s.study_id, s.document_id) for s in store.records().studies})
    study_id, count = counts.most_common(1)[0]
    assert count > 1
    return study_id


@pytest.fixture
def two(store, shared):
    """Two other studies."""
    found = dict.fromkeys(study.study_id for study in store.records().studies if study.study_id != shared)
    return list(found)[:2]


def decide(browser, study_id, action, *, seen=None, **fields):
    page = f"/studies/{quote(study_id)}"
    if seen is None:
        found = re.search(r'name="seen" value="(\d+)"', browser.get(page).text)
        seen = found[1] if found else "0"
    return browser.say(f"{page}/{action}", {"seen": seen, **fields}, of=page)


def test_the_first_page_leads_to_the_studies_and_these_to_each(home, store):
    assert '<a href="/studies">' in home.get("/").text
    text = home.get("/studies").text
    for study_id in {study.study_id for study in store.records().studies}:
        assert f'href="/studies/{quote(study_id)}"' in text


def test_studies_can_be_searched(home, store, shared):
    study = next(each for each in store.records().studies if each.study_id == shared)
    text = home.get("/studies", params={"q": study.study_id}).text
    assert f'href="/studies/{quote(shared)}"' in text
    assert "0 studies with these words" in home.get("/studies", params={"q": "<script>"}).text


def test_a_study_shows_why_its_documents_are_one_and_every_number(home, store, shared):
    text = unescape(home.get(f"/studies/{quote(shared)}").text)
    for link in store.links(shared):
        assert f'href="/documents/{link.document_id}"' in text
        assert f"Linked by {link.reason}" in text
    for row in checked_records(store).results():
        assert (f'href="/review/{quote(row.result_id)}"' in text) == (row.study_id == shared)


def test_a_document_is_parted_with_a_reason_and_that_is_taken_back(home, store, shared):
    before = reports(store, shared)
    document_id = min(before)
    answered = decide(home, shared, "split", document=document_id, reason="another trial of the same group")
    assert answered.status_code == 200
    assert "another trial of the same group" in answered.text
    now = answered.url.path.rpartition("/")[2]
    assert reports(store, now) == before - {document_id}
    assert decide(home, now, "undo").status_code == 200
    assert reports(store, shared) == before


def test_two_studies_are_joined(home, store, two):
    answered = decide(home, two[0], "merge", other=two[1], reason="one trial, told twice")
    assert answered.status_code == 200
    (event,) = store.link_events()
    assert (event.action, event.reviewer, event.reason) == ("merge", "Ada", "one trial, told twice")
    assert "Ada joined studies" in answered.text


def test_nothing_is_recorded_without_a_reason_or_another_study(home, store, two):
    assert decide(home, two[0], "merge", other=two[1], reason=" ").status_code == 422
    assert decide(home, two[0], "merge", other="", reason="one trial").status_code == 422
    assert decide(home, two[0], "merge", other=two[0], reason="one trial").status_code == 422
    assert not store.link_events()


def test_who_decides_second_is_told_and_nothing_is_recorded(home, store, two):
    store.merge(two, by="Bo", reason="same registry number")
    study_id = next(s for s in two if any(each.study_id == s for each in store.records().studies))
    answered = decide(home, study_id, "undo", seen="0")
    assert answered.status_code == 409
    assert "Bo joined studies" in answered.text
    assert len(store.link_events()) == 1


def test_a_viewer_sees_studies_and_joins_none(log_in, store, two):
    viewer = log_in("Vera", "viewer")
    assert "The other study" not in viewer.get(f"/studies/{quote(two[0])}").text
    answered = decide(viewer, two[0], "merge", other=two[1], reason="one trial")
    assert answered.status_code == 403
    assert not store.link_events()


def test_an_unknown_study_is_told(home):
    assert home.get("/studies/nothing").status_code == 404
