"""What goes wrong in daily use: each is one clear sentence, the rest of the batch goes on, and what is stored stays."""

import io
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from evidence.model.codes import DocumentStatus
from evidence.store import open_store
from tests.documents.scans import scanned
from tests.flow.files import ENDLESS, UNREADABLE, external, jats, paper, pdf


def stored():
    with open_store("sqlite:///evidence.db") as store:
        return {document.source: document for document in store.records().documents}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_is_one_sentence_and_the_next_one_is_stored(evidence, papers, name):
    content, said = UNREADABLE[name]
    (papers / name).write_bytes(content())
    (papers / "zz-good.txt").write_bytes(paper())
    done = evidence("ingest", papers)
    assert done.code == 1
    (line,) = done.err.splitlines()
    assert line.startswith(f" failed: {papers / name}: ") and said in line
    assert "added 1 · failed 1" in done.out
    documents = stored()
    assert documents[str(papers / "zz-good.txt")].status is DocumentStatus.OK
    failed = documents[str(papers / name)]
    assert failed.status is DocumentStatus.FAILED and said in failed.status_reason


@pytest.mark.parametrize("digits", [20, 4000])
@pytest.mark.parametrize("name", ENDLESS)
def test_numbers_without_end_break_nothing(evidence, papers, name, digits):
    endless = "9" * digits
    (papers / name).write_text(ENDLESS[name].replace("ENDLESS", endless))
    done = evidence("ingest", papers)
    assert (done.code, done.err) == (0, "")
    assert [document.status for document in stored().values()] == [DocumentStatus.OK]


def test_a_number_too_large_for_a_store_costs_its_document_alone(evidence, papers, monkeypatch):
    (papers / "a-good.txt").write_bytes(paper())
    (papers / "b-large.txt").write_text("Randomized trial of drug A. In all, 37,100 patients were randomized.")
    monkeypatch.setattr("evidence.store.schema.LARGEST_WHOLE", 9_999)  # what extraction reads is never larger
    done = evidence("ingest", papers)
    assert "added 1 · failed 1" in done.out
    assert "n_total is 37100 in document" in done.err and "whole numbers of up to 4 digits" in done.err
    kept = stored()
    assert kept[str(papers / "a-good.txt")].status is DocumentStatus.OK
    assert kept[str(papers / "b-large.txt")].status is DocumentStatus.FAILED


def test_an_external_entity_is_never_fetched(evidence, papers, tmp_path):
    (tmp_path / "secret.txt").write_text("the-secret")
    (papers / "external.xml").write_bytes(external(tmp_path / "secret.txt"))
    evidence("ingest", papers)
    with open_store("sqlite:///evidence.db") as store:
        texts = [store.text(document.document_id) for document in store.records().documents]
    assert texts and not any("the-secret" in text for text in texts)


def test_a_page_without_text_makes_the_document_partial_and_says_which(evidence, papers):
    (papers / "half.pdf").write_bytes(pdf(paper().decode(), ""))
    done = evidence("ingest", papers)
    assert done.code == 0
    assert "partial: " in done.err and "half.pdf" in done.err and "2" in done.err
    (document,) = stored().values()
    assert document.status is DocumentStatus.PARTIAL


def test_of_many_pages_without_text_the_first_are_named_and_the_others_counted(evidence, papers):
    (papers / "long.pdf").write_bytes(pdf(*[paper().decode(), ""] * 50))
    done = evidence("ingest", papers)
    assert "Pages 2, 4, 6, " in done.err and "38, 40 and 30 others of 100: no text layer" in done.err


@pytest.mark.program
def test_ocr_reads_again_what_was_read_in_part(evidence, papers):
    data = (Path(__file__).parents[2] / "corpus" / "pdf" / "xuan-2020.pdf").read_bytes()
    (papers / "half.pdf").write_bytes(scanned(data, keep=[2]))
    done = evidence("ingest", papers)
    assert "Page 1 of 2: no text layer (a scanned image); read it with OCR (--ocr)." in done.err
    done = evidence("ingest", papers, "--ocr")
    assert done.code == 0 and "added 1" in done.out
    assert "Page 1 of 2: read by OCR" in done.err
    assert "unchanged 1" in evidence("ingest", papers).out


def test_ocr_without_its_program_says_what_to_install_before_anything_is_read(evidence, papers, monkeypatch, tmp_path):
    (papers / "good.txt").write_bytes(paper())
    monkeypatch.setenv("PATH", str(tmp_path))
    done = evidence("ingest", papers, "--ocr")
    assert done.code == 1 and done.err.startswith("evidence: OCR needs the program tesseract")
    assert done.err.count("\n") == 1


def test_a_text_in_an_old_encoding_is_read(evidence, papers):
    (papers / "latin.txt").write_bytes("Overall survival, naïve patients: HR 0·64 (95% CI 0·49–0·83)".encode("cp1252"))
    assert evidence("ingest", papers).code == 0
    with open_store("sqlite:///evidence.db") as store:
        (document,) = store.records().documents
        assert "naïve" in store.text(document.document_id)


def test_a_folder_without_files_is_said(evidence, papers):
    done = evidence("ingest", papers)
    assert done.code == 1
    assert done.err == f" failed: {papers}: this folder holds no files to read. Give the folder of the papers.\n"


def test_a_path_that_does_not_exist_is_said_and_the_others_are_read(evidence, papers):
    (papers / "good.txt").write_bytes(paper())
    done = evidence("ingest", "absent.pdf", papers / "good.txt")
    assert done.code == 1
    assert done.err.startswith(" failed: absent.pdf: ") and done.err.count("\n") == 1
    assert list(stored()) == [str(papers / "good.txt")]


def test_an_unknown_format_is_skipped_in_a_folder_and_an_error_when_named(evidence, papers):
    (papers / "figure.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (papers / "good.txt").write_bytes(paper())
    in_folder = evidence("ingest", papers)
    assert in_folder.code == 0
    assert "skipped" in in_folder.err and "figure.png" in in_folder.err
    named = evidence("ingest", papers / "figure.png")
    assert named.code == 1
    assert named.err.startswith(f" failed: {papers / 'figure.png'}: ")


def test_data_and_pages_about_the_folder_are_no_papers_unless_named(evidence, papers):
    for name in ("results.csv", "gold.json", "questions.toml", "script.py", "README.md", ".hidden.txt"):
        (papers / name).write_bytes(paper(name))
    (papers / ".git").mkdir()
    (papers / ".git" / "note.txt").write_bytes(paper("note"))
    (papers / "notes.md").write_bytes(paper("notes"))
    (papers / "deeper").mkdir()
    (papers / "deeper" / "good.txt").write_bytes(paper())
    assert evidence("ingest", papers).code == 0
    assert sorted(stored()) == [str(papers / "deeper/good.txt"), str(papers / "notes.md")]
    assert evidence("ingest", papers / "README.md").code == 0
    assert str(papers / "README.md") in stored()


def test_a_folder_of_nothing_but_other_files_is_said(evidence, papers):
    (papers / "gold.json").write_text('{"a": 1}')
    done = evidence("ingest", papers)
    assert done.code == 1
    assert "no papers" in done.err


def test_the_same_bytes_again_change_nothing_under_any_name(evidence, papers):
    (papers / "a.txt").write_bytes(paper())
    (papers / "b.txt").write_bytes(paper())
    first = evidence("ingest", papers)
    assert "added 1 · unchanged 1" in first.out
    with open_store("sqlite:///evidence.db") as store:
        before = store.snapshot_id()
    assert "added 0 · unchanged 2" in evidence("ingest", papers).out
    with open_store("sqlite:///evidence.db") as store:
        assert store.snapshot_id() == before


def test_a_file_that_failed_is_replaced_when_its_download_was_mended(evidence, papers):
    (papers / "trial.pdf").write_bytes(b"")
    assert evidence("ingest", papers).code == 1
    (papers / "trial.pdf").write_bytes(pdf(paper().decode()))
    assert evidence("ingest", papers).code == 0


def test_standard_input_is_read(evidence, monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(paper())))
    assert evidence("ingest", "-").code == 0
    assert list(stored()) == ["standard input"]


@pytest.mark.parametrize(
    "url",
    ["sqlite:////proc/evidence.db", "sqlite:///absent/folder/evidence.db", "nonsense", "mysql://localhost/x"],
)
def test_a_store_that_cannot_be_opened_is_one_sentence(evidence, papers, url):
    (papers / "good.txt").write_bytes(paper())
    done = evidence("ingest", papers, "--store", url)
    assert done.code == 1
    assert done.err.startswith("evidence: ") and done.err.count("\n") == 1


def test_a_file_that_is_no_database_is_left_as_it_is(evidence, papers, tmp_path):
    (tmp_path / "evidence.db").write_bytes(b"my notes, not a database, long enough to be read as one" * 20)
    done = evidence("ingest", papers)
    assert done.code == 1 and done.err.count("\n") == 1
    assert (tmp_path / "evidence.db").read_bytes().startswith(b"my notes")


def test_a_database_of_another_program_is_left_as_it_is(evidence, papers, tmp_path):
    connection = sqlite3.connect(tmp_path / "evidence.db")
    connection.execute("CREATE TABLE invoices (id INTEGER)")
    connection.commit()
    connection.close()
    done = evidence("ingest", papers)
    assert done.code == 1 and "invoices" in done.err and done.err.count("\n") == 1


#: Loaded by every Python process that starts with this folder on its path.
_BUG = """
import evidence.extract as room

extract = room.extract

def failing(document):
    if "UNLUCKY" in document.text:
        raise IndexError("list index out of range")
    return extract(document)

room.extract = failing
"""


def test_a_bug_on_one_file_is_recorded_and_the_rest_goes_on(papers, tmp_path):
    (tmp_path / "bug").mkdir()
    (tmp_path / "bug" / "sitecustomize.py").write_text(_BUG)
    (papers / "a.txt").write_bytes(paper("UNLUCKY"))
    (papers / "b.txt").write_bytes(paper())

    def ingest(**environment):
        path = os.pathsep.join(filter(None, (str(tmp_path / "bug"), os.environ.get("PYTHONPATH"))))
        environment = {**os.environ, "PYTHONPATH": path, **environment}
        command = [sys.executable, "-m", "evidence", "ingest", str(papers)]
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    done = ingest()
    assert done.returncode == 1
    assert "added 1 · failed 1" in done.stdout
    assert "a fault of evidence itself (IndexError: list index out of range)" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in ingest(EVIDENCE_DEBUG="1").stderr


def test_two_processes_ingest_into_one_store_at_once(papers, tmp_path):
    for number in range(4):
        (papers / f"{number}.txt").write_bytes(paper(f"TRIAL{number}"))
    command = [sys.executable, "-m", "evidence", "ingest", str(papers), "--store", f"sqlite:///{tmp_path}/both.db"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ended = [(process.communicate(), process.returncode) for process in both]
    assert [code for _, code in ended] == [0, 0], ended
    with open_store(f"sqlite:///{tmp_path}/both.db") as store:
        assert len(store.records().documents) == 4


def test_an_article_without_text_is_said(evidence, papers):
    (papers / "void.xml").write_bytes(jats().replace(b"The FIRST trial", b"").replace(b"Results", b""))
    done = evidence("ingest", papers)
    assert done.code == 1 and "void.xml" in done.err and done.err.count("\n") == 1


def test_an_unreadable_file_is_said(evidence, papers):
    (papers / "pipe.txt").symlink_to(papers / "gone.txt")
    (papers / "good.txt").write_bytes(paper())
    done = evidence("ingest", papers / "pipe.txt", papers / "good.txt")
    assert done.code == 1 and "pipe.txt" in done.err and "added 1" in done.out
    assert os.path.lexists(papers / "pipe.txt")
