"""People merge and split studies; every link says why it is one."""

import build
import pytest

from evidence.errors import NotFound, StoreError
from evidence.model.document import DocumentStatus
from evidence.store import open_store


def add(store, name, status=DocumentStatus.OK, **known):
    """A document with one study, of which only `known` is known."""
    nothing = {"registry_ids": (), "acronym": None, "first_author": None, "year": None}
    store.add(build.document(name, status=status), build.records(name, **{**nothing, **known}))


def study_of(store, name) -> str:
    (study,) = store.records(document_id=build.document_id(name)).studies
    return study.study_id


def reasons(store, name) -> dict[str, str]:
    links = store.links(study_of(store, name))
    return {link.document_id: link.reason for link in links}


@pytest.fixture
def two(store):
    """A paper and a review that cite nothing in common."""
    add(store, "paper", acronym="ALPHA")
    add(store, "review", first_author="Perl", year=2019)
    return store


def test_merged_studies_are_one_and_the_merge_is_kept_with_who_and_why(two):
    two.merge(["alpha", "perl-2019"], by="A. Reviewer", reason="same patients")
    assert study_of(two, "paper") == study_of(two, "review") == "alpha"
    (event,) = two.link_events("alpha")
    assert (event.action, event.reviewer, event.reason) == ("merge", "A. Reviewer", "same patients")
    assert event.at.tzinfo is not None
    assert reasons(two, "paper")[build.document_id("review")] == "decision of a person"


def test_a_merge_stays_when_another_document_could_be_either(two):
    two.merge(["alpha", "perl-2019"], by="A. Reviewer")
    add(two, "letter", acronym="BETA", first_author="Perl", year=2019)
    assert study_of(two, "review") == study_of(two, "paper") != study_of(two, "letter")


def test_a_split_document_stands_alone_and_the_others_keep_their_id(store):
    for name in ("paper", "review", "letter"):
        add(store, name, registry_ids=("NCT1",))
    store.split("nct1", build.document_id("review"), by="A. Reviewer", reason="wrong number cited")
    assert study_of(store, "paper") == study_of(store, "letter") == "nct1"
    assert study_of(store, "review").startswith("nct1-")
    add(store, "poster", registry_ids=("NCT1",))
    assert study_of(store, "poster") == "nct1"


def test_a_split_document_can_be_merged_into_another_study(store):
    for name in ("paper", "review"):
        add(store, name, registry_ids=("NCT1",))
    add(store, "other", registry_ids=("NCT2",))
    store.split("nct1", build.document_id("review"), by="A. Reviewer")
    store.merge([study_of(store, "review"), "nct2"], by="A. Reviewer")
    assert study_of(store, "review") == study_of(store, "other") != study_of(store, "paper")


def test_a_document_split_from_merged_studies_leaves_them(two):
    two.merge(["alpha", "perl-2019"], by="A. Reviewer")
    two.split("alpha", build.document_id("review"), by="B. Reviewer")
    assert study_of(two, "review") != study_of(two, "paper") == "alpha"


def test_undo_takes_back_the_last_decision_and_then_the_one_before(two):
    two.merge(["alpha", "perl-2019"], by="A. Reviewer")
    two.split("alpha", build.document_id("review"), by="A. Reviewer")
    two.undo_link("alpha", by="B. Reviewer", reason="it was right")
    assert study_of(two, "review") == "alpha"
    two.undo_link("alpha", by="B. Reviewer")
    assert (study_of(two, "paper"), study_of(two, "review")) == ("alpha", "perl-2019")
    with pytest.raises(StoreError, match="nothing to undo"):
        two.undo_link("alpha", by="B. Reviewer")
    assert [event.action for event in two.link_events("alpha")] == ["merge", "split", "undo", "undo"]


@pytest.mark.parametrize(
    ("known", "other", "reason"),
    [
        ({"registry_ids": ("NCT 1",)}, {"registry_ids": ("NCT1",)}, "registry number NCT 1"),
        ({"acronym": "ALPHA"}, {"acronym": "Alpha"}, "acronym ALPHA"),
        (
            {"first_author": "Perl", "year": 2019, "acronym": "X"},
            {"first_author": "Perl", "year": 2019, "acronym": "x"},
            "acronym X; author and year, Perl 2019",
        ),
        (
            {"first_author": "Marziarz", "year": 2021},
            {"first_author": "Maziarz", "year": 2021},
            "year 2021 and drug, the author spelt Marziarz here and Maziarz in {other}",
        ),
        (
            {"first_author": "Burchert", "year": 2018},
            {"first_author": "Burchert", "year": 2020},
            "author Burchert, drug and 371 patients, the year 2018 here and 2020 in {other}",
        ),
    ],
)
def test_a_link_says_why_it_is_one(store, known, other, reason):
    add(store, "one", **known)
    assert store.links(study_of(store, "one")) == ()
    add(store, "other", **other)
    assert reasons(store, "one")[build.document_id("one")] == reason.format(other=build.document_id("other"))


def test_what_cannot_be_decided_is_said_and_changes_nothing(two):
    before = two.snapshot_id()
    with pytest.raises(NotFound, match=r"no study 'alpah'.*alpha"):
        two.merge(["alpah", "perl-2019"], by="A. Reviewer")
    with pytest.raises(StoreError, match="two different studies"):
        two.merge(["alpha", "alpha"], by="A. Reviewer")
    with pytest.raises(StoreError, match="needs the name"):
        two.merge(["alpha", "perl-2019"], by=" ")
    with pytest.raises(StoreError, match="nothing to split"):
        two.split("alpha", build.document_id("paper"), by="A. Reviewer")
    with pytest.raises(StoreError, match="does not report alpha"):
        two.split("alpha", build.document_id("review"), by="A. Reviewer")
    assert two.snapshot_id() == before and two.link_events() == ()


def test_a_document_with_such_a_decision_is_not_replaced_by_a_fuller_reading(url):
    with open_store(url) as store:
        add(store, "paper", DocumentStatus.PARTIAL, acronym="ALPHA")
        add(store, "review", first_author="Perl", year=2019)
        store.merge(["alpha", "perl-2019"], by="A. Reviewer")
        with pytest.raises(StoreError, match="people have decided"):
            add(store, "paper", acronym="ALPHA")
