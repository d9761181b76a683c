"""The example of docs/extending.md: lists that a person adds, in a process of its own because lists are read once."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from evidence.settings import LEXICON_VARIABLE

PAGE = (Path(__file__).parents[2] / "docs" / "extending.md").read_text(encoding="utf-8")
LISTS = dict(re.findall(r"```toml file=(\S+)\n(.*?)```", PAGE, re.DOTALL))
PAPER = re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)[1]
READ = """
import json, sys
from evidence.errors import EvidenceError
try:
    from evidence.extract import extract
    from evidence.extract.word_lists import check_lists
    from evidence.read import read
    check_lists()
    found = extract(read(sys.stdin.buffer.read()))
except EvidenceError as error:
    print(json.dumps(str(error)))
else:
    print(json.dumps({
        "arms": [[arm.label, list(arm.treatment), arm.role.value, arm.n] for arm in found.arms],
        "results": [[row.arm, row.outcome_text, str(row.value)] for row in found.arm_results],
        "contrasts": [[row.arm, row.comparator, row.outcome_text, str(row.estimate)] for row in found.contrasts],
    }))
"""


def read_with(folder):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", READ],
        input=PAPER.encode(),
        capture_output=True,
        env={**os.environ, LEXICON_VARIABLE: str(folder) if folder else ""},
        check=True,
    )
    return json.loads(done.stdout)


def written(folder, lists):
    for name, text in lists.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_lists_of_the_page_make_a_new_disease_area_readable(tmp_path):
    found = read_with(written(tmp_path, LISTS))
    assert found["arms"] == [["CIM331", ["nemolizumab"], "experimental", 60], ["vehicle", [], "control", 60]]
    assert found["results"] == [["CIM331", "EASI-75", "62"], ["vehicle", "EASI-75", "31"]]
    assert found["contrasts"] == [["CIM331", "vehicle", "EASI-75", "3.6"]]


def test_without_them_the_drug_has_no_normal_name():
    assert [treatment for _, treatment, _, _ in read_with(None)["arms"]] == [[], []]


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        ({}, r"names .*, where there is no list of words \(\*\.toml\)"),
        ({"drugs.toml": ""}, "drugs.toml: no list goes by this name; there are arms, cues, outcomes, treatments"),
        ({"treatments.toml": "[drugs"}, "treatments.toml: the list cannot be read"),
        ({"treatments.toml": '[drugs]\nnemolizumab = "CIM331"'}, "drugs.nemolizumab is no list of words"),
        ({"cues.toml": '[people]\ndisease = ["eczema"]'}, "there is no list people.disease; there are diseases"),
        ({"outcomes.toml": '[[outcome]]\nname = "itch"\nkind = "other"\nwords = ["itch"]'}, "look at code"),
        (
            {"outcomes.toml": '[[outcome]]\ncode = "ITCH"\nname = "itch"\nkind = "other"\nwords = ["itch"]'},
            "'ITCH' is no code of an outcome; there are OS, ",
        ),
    ],
)
def test_lists_that_do_not_fit_are_refused_with_what_to_do(tmp_path, lists, said):
    assert re.search(said, read_with(written(tmp_path, lists)))


def command(folder, lists, *arguments):
    environment = {**os.environ, LEXICON_VARIABLE: str(lists), "EVIDENCE_STORE": f"sqlite:///{folder}/evidence.db"}
    return subprocess.run(
        [sys.executable, "-m", "evidence", *arguments], capture_output=True, text=True, env=environment, check=False
    )


def test_commands_read_the_added_lists_in_all_their_processes(tmp_path):
    paper, lists = tmp_path / "paper.txt", tmp_path / "lists"
    paper.write_text(PAPER, encoding="utf-8")
    lists.mkdir()
    refused = command(tmp_path, lists, "ingest", str(paper))
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1 and "there is no list of words" in refused.stderr
    assert command(tmp_path, written(lists, LISTS), "ingest", str(paper)).returncode == 0
    rows = json.loads(command(tmp_path, lists, "show", str(paper), "--json").stdout)
    assert [row["treatment"] for row in rows if "treatment" in row] == [["nemolizumab"], []]
