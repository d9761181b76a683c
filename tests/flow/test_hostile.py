"""Files that ask for all memory, all time or another file cost themselves alone, and each says why in one sentence."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evidence.processes import MEMORY
from evidence.store import open_store
from tests.documents.hostile import FILES, write_all
from tests.flow.files import paper

#: What is said of each file that is not read in full.
SAID = {
    "glyphs.pdf": "too many characters",
    "glyphs-in-forms.pdf": "too many characters",
    "form-in-itself.pdf": "no text layer",
    "inflating.pdf": "would unpack to more than 128 MB",
    "encrypted.pdf": "password",
    "loop.pdf": "no text layer",
    "laughs.xml": "entities",
    "quadratic.xml": "entities",
    "external-file.xml": "entities",
    "external-http.xml": "entities",
    "external-dtd.xml": "&secret; is used but not defined",
    "deepest.xml": "depth",
    "deep.html": "nested without end",
    "bomb.docx": "100 times its size",
    "deep.docx": "100 times its size",
    "understated.docx": "broken",
    "overlapping.docx": "would unpack to 5,000 MB",
    "table.html": "200,000 cells",
    "table.xml": "200,000 cells",
    "table.docx": "200,000 cells",
    "table.txt": "200,000 cells",
    "long-line.txt": "more than 5,000,000",
    "deep.json": "nested without end",
    **{name: "broken or cut short" for name in FILES if name.startswith("truncated")},
}
#: These only look dangerous: all their text is read.
HARMLESS = FILES.keys() - SAID.keys()

_RUN = """
import json, resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "evidence", *sys.argv[1:]], capture_output=True, text=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
print(json.dumps({"code": done.returncode, "out": done.stdout, "err": done.stderr, "peak": peak}))
"""


@pytest.fixture(scope="module")
def ingested(tmp_path_factory):
    """The whole set with a good paper among it, ingested once: what was printed, the peak of memory, the documents."""
    folder = tmp_path_factory.mktemp("hostile")
    write_all(folder)
    (folder / "good.txt").write_bytes(paper())
    url = f"sqlite:///{folder}.db"
    command = [sys.executable, "-c", _RUN, "ingest", str(folder), "--jobs", "2", "--store", url]
    done = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    with open_store(url) as store:
        return done, {Path(document.source).name: document for document in store.records().documents}


def test_a_hostile_folder_ends_with_a_sentence_for_each_file_and_the_good_paper_stored(ingested):
    done, documents = ingested
    assert done["code"] == 1
    assert "Traceback" not in done["err"] and "fault of evidence" not in done["err"]
    assert done["err"].count("\n") == len(SAID)
    assert documents["good.txt"].status == "ok"
    assert documents.keys() == FILES.keys() | {"good.txt"}


@pytest.mark.parametrize("name", SAID)
def test_a_hostile_file_says_what_is_wrong_with_it(ingested, name):
    _, documents = ingested
    assert documents[name].status in ("failed", "partial")
    assert SAID[name] in documents[name].status_reason


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_a_file_that_only_looks_dangerous_is_read(ingested, name):
    _, documents = ingested
    assert documents[name].status == "ok"


def test_hostile_files_do_not_fill_the_memory(ingested):
    done, _ = ingested
    assert 0 < done["peak"] < MEMORY


def test_no_hostile_file_had_to_be_stopped(ingested):
    done, _ = ingested
    assert "so it was stopped" not in done["err"]
