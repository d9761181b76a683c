"""Data and scripts for metafor, a folder per question; `.ci/run` runs the scripts of the corpus."""

import csv

import pytest

from evidence.errors import ExportError
from evidence.model.question import Question
from evidence.outputs import questions_about, write_metafor
from evidence.store import open_store
from tests.cli.papers import ALPHA, BETA, paper


@pytest.fixture
def records(tmp_path):
    with open_store(f"sqlite:///{tmp_path / 'evidence.db'}") as store:
        for trial in (ALPHA, BETA | {"drug": "alphatinib", "label": "BETA"}):
            store.add(*paper(trial))
        return store.records()


def test_a_question_has_its_rows_the_script_and_the_methods(records, tmp_path):
    question = Question(id="os", outcome=("OS",), measure="HR", treatment=("alphatinib",))
    none = Question(id="efs", outcome=("EFS",), measure="HR")
    compare = Question(id="table", outcome=("OS",))
    paths = write_metafor(records, tmp_path / "out", [question, none, compare])
    assert [str(path.relative_to(tmp_path / "out")) for path in paths] == [
        "questions.csv", "os/rows.csv", "os/reproduce.R", "os/methods.md",
    ]  # fmt: skip
    told = {row["question"]: row for row in csv.DictReader(paths[0].read_text().splitlines())}
    assert told["os"]["studies"] == "2" and told["os"]["not_pooled"] == ""
    assert told["efs"]["not_pooled"] and "comparison table" in told["table"]["not_pooled"]
    used = [row for row in csv.DictReader(paths[1].read_text().splitlines()) if row["used"] == "true"]
    assert [row["study"] for row in used] == ["ALPHA", "BETA"]
    script = paths[2].read_text()
    assert all(f"{name} = " in script for name in ("mu", "ci_low", "ci_high", "tau2", "pi_low", "pi_high"))


def test_of_a_treatment_every_outcome_and_measure_is_asked(records):
    found = questions_about(records, ("alphatinib",), ("chemotherapy",))
    assert "OS-HR" in [question.id for question in found]
    assert {(question.treatment, question.comparator) for question in found} == {(("alphatinib",), ("chemotherapy",))}


def test_without_a_question_nothing_is_pooled(records, tmp_path):
    with pytest.raises(ExportError, match="give --treatment NAME"):
        write_metafor(records, tmp_path / "out", [])
