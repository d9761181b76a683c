"""The program as a person calls it, in a folder of its own, with a folder `papers` beside it."""

from types import SimpleNamespace

import pytest

from evidence.cli import main
from evidence.present import page_pdf


@pytest.fixture(scope="module", autouse=True)
def no_browser():
    """What a run writes where no Chromium is installed; the tests of programs have one."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(page_pdf, "BROWSERS", ())
        yield


@pytest.fixture
def papers(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EVIDENCE_STORE", raising=False)
    folder = tmp_path / "papers"
    folder.mkdir()
    return folder


@pytest.fixture
def evidence(papers, capsys):
    """`evidence("ingest", papers)` gives exit code, standard output and standard error."""

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return SimpleNamespace(code=ended.value.code or 0, out=printed.out, err=printed.err)

    return call
