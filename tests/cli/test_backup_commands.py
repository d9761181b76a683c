"""`evidence backup` and `evidence restore` as a person calls them."""

from pathlib import Path

import pytest

from evidence.store import open_store
from tests.cli.papers import ALPHA, TEXT


@pytest.fixture
def url(either, evidence, monkeypatch):
    """A store in either database, where commands that name none find it."""
    monkeypatch.setenv("EVIDENCE_STORE", either)
    return either


@pytest.fixture
def decided(evidence, stored):
    evidence("accept", f"{stored['ALPHA']}-c1", "--by", "Ada")
    return stored


def test_a_store_goes_into_a_file_and_comes_back(evidence, decided, new_url):
    again = new_url()
    told = evidence("backup", "copy.zip")
    assert (told.code, told.out) == (0, "copy.zip: 2 documents · 1 decisions\n")
    back = evidence("restore", "copy.zip", "--store", again)
    assert back.code == 0, back.err
    assert "2 documents · 1 decisions\nnext: evidence doctor" in back.out
    assert evidence("doctor", "--store", again).code == 0
    assert evidence("list").out == evidence("list", "--store", again).out


def test_originals_are_kept_where_they_are_and_named_where_not(evidence, decided, new_url):
    Path("alpha.txt").write_bytes(TEXT.format(**ALPHA).encode())
    Path("beta.txt").write_text("another text now")
    told = evidence("backup", "copy.zip", "--originals")
    assert told.err == " not kept: beta.txt is not where it was read, or is another file now\n"
    assert told.out.endswith("· 1 originals\n")
    evidence("restore", "copy.zip", "--store", new_url(), "--originals", "papers")
    (written,) = Path("papers").iterdir()
    assert written.name == f"{decided['ALPHA']}-alpha.txt"
    assert written.read_bytes() == Path("alpha.txt").read_bytes()


def test_a_store_that_holds_something_is_not_replaced(evidence, decided, url):
    evidence("backup", "copy.zip")
    told = evidence("restore", "copy.zip")
    assert told.code == 1
    assert told.err.startswith("evidence: The store holds something already") and told.err.count("\n") == 1
    evidence("accept", f"{decided['ALPHA']}-r1", "--by", "Ada")
    told = evidence("restore", "copy.zip", "--force")
    assert told.code == 1 and "lacks decisions that the store has" in told.err
    with open_store(url) as store:
        assert len(store.decisions()) == 2


def test_a_file_that_is_no_backup_is_named_in_one_sentence(evidence):
    Path("copy.zip").write_text("not a zip")
    told = evidence("restore", "copy.zip")
    assert told.code == 1 and told.err.count("\n") == 1
    assert "copy.zip is no whole backup of an evidence store" in told.err
    assert not Path("evidence.db").exists()
