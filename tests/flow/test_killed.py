"""A program that is killed (SIGKILL) at any moment leaves a sound store, with all that it acknowledged.

`benchmarks/killed.py` does the same at fifty moments.
"""

import signal

import pytest

from tests.flow import killing

MOMENTS = 8


@pytest.fixture(scope="module")
def programs():
    with killing.Programs() as started:
        yield started


@pytest.fixture(scope="module")
def moments(programs, tmp_path_factory):
    seconds = killing.duration(programs, tmp_path_factory.mktemp("undisturbed"))
    return killing.moments(MOMENTS, seconds, seed=8)


@pytest.mark.parametrize("number", range(MOMENTS))
def test_a_killed_program_loses_nothing_it_acknowledged_and_another_goes_on(
    number, programs, moments, tmp_path, monkeypatch
):
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # the worker that goes on is in this process
    outcome = killing.killed(programs, tmp_path / "run", moments[number])
    assert outcome.faults == ()


@pytest.mark.program
@pytest.mark.parametrize("part", [0.2, 0.5, 0.8])
def test_in_postgresql_too(part, programs, postgresql, tmp_path, monkeypatch):
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    undisturbed, url = postgresql.new_database(), postgresql.new_database()
    seconds = killing.duration(programs, tmp_path / "undisturbed", undisturbed)
    outcome = killing.killed(programs, tmp_path / "run", part * seconds, url)
    assert outcome.faults == ()
    assert outcome.acknowledged > 1
    with killing.open_store(url) as store:
        assert len(store.records().documents) >= killing.PAPERS
    assert not (tmp_path / "run" / "evidence.db").exists()
    for made in (undisturbed, url):
        postgresql.drop(made)


def test_what_was_lost_would_be_named(tmp_path):
    folder = tmp_path / "run"
    (folder / "files").mkdir(parents=True)
    (folder / "files" / ("0" * 16)).write_bytes(b"half")
    said = [["stored", "a" * 16], ["decided", "accept"], ["kept", "b" * 16], ["ready", None]]
    with killing.open_store(killing.url_of(folder)) as store:
        assert [fault.split()[0] for fault in killing.missing(store, folder, said)] == [
            "stored",
            "decided",
            "kept",
            "0" * 16,
        ]
