"""Rooms called by their names in every order of imports, and nothing large loaded before it is needed."""

import json
import subprocess
import sys

import pytest

from tests.flow.files import paper

LARGE = "spacy scispacy pymare matplotlib pandas sqlalchemy alembic pdfplumber pypdfium2 scipy numpy lxml".split()


def python(code, *, cwd=None):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "imports",
    [
        "import evidence",
        "import evidence.read",
        "import evidence; import evidence.read",
        "import evidence; evidence.read; import evidence.read.text",
        "from evidence.read import read; import evidence",
        "from evidence import read; import evidence",
        "import evidence.pipeline, evidence.check, evidence",
    ],
)
def test_a_room_is_called_by_its_name_in_every_order_of_imports(tmp_path, imports):
    (tmp_path / "x.txt").write_bytes(paper())
    code = (
        f"{imports}\nprint(evidence.read('x.txt').format)\nfrom evidence.read import read\nprint(read('x.txt').format)"
    )
    assert python(code, cwd=tmp_path) == "text\ntext\n"


def test_the_session_of_the_documentation_works(tmp_path):
    (tmp_path / "trial.txt").write_bytes(paper())
    code = """
import evidence
document = evidence.read("trial.txt")
records = evidence.check(evidence.extract(document))
frames = evidence.to_frames(records)
store = evidence.open_store("sqlite:///evidence.db")
store.add(document, records)
print(sorted(frames), store.records().contrasts[0].estimate)
"""
    assert python(code, cwd=tmp_path) == (
        "['arm_results', 'arms', 'contrasts', 'documents', 'flags', 'patients', 'studies'] 0.64\n"
    )


def test_public_names_are_listed_and_others_are_refused():
    code = "import evidence\nprint([n for n in evidence.__all__ if n not in dir(evidence)])\nevidence.absent"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n"
    assert "module 'evidence' has no attribute 'absent'" in done.stderr


@pytest.mark.parametrize("asked", ["['--help']", "['ingest', '--help']", "['pool', '--help']", "['--version']"])
def test_help_loads_none_of_the_large_libraries(asked):
    code = f"""
import json, sys
from evidence.cli import main
try:
    main({asked})
except SystemExit:
    pass
print(json.dumps([name for name in {LARGE} if name in sys.modules]))
"""
    assert json.loads(python(code).splitlines()[-1]) == []


def test_the_package_is_a_program():
    done = subprocess.run([sys.executable, "-m", "evidence", "--version"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "evidence 0.1.0\n")
