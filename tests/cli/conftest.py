"""The program as a person calls it, in a folder of its own."""

from types import SimpleNamespace

import pytest

from evidence.cli import main
from evidence.store import open_store
from tests.cli.papers import ALPHA, BETA, paper


@pytest.fixture
def evidence(tmp_path, monkeypatch, capsys):
    """`evidence("list", "--json")` gives exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EVIDENCE_STORE", raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return SimpleNamespace(code=ended.value.code or 0, out=printed.out, err=printed.err)

    return call


@pytest.fixture
def url(tmp_path):
    """The default store; some modules take other ones."""
    return f"sqlite:///{tmp_path / 'evidence.db'}"


@pytest.fixture
def stored(evidence, url):
    """Documents ALPHA and BETA in the default store; gives their ids by label."""
    ids = {}
    with open_store(url) as store:
        for trial in (ALPHA, BETA):
            document, records = paper(trial)
            store.add(document, records)
            ids[trial["label"]] = document.document_id
    return ids
