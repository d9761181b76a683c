"""Every document kept beside the repository is stored, and every number stands where its row says."""

import csv
from pathlib import Path

import pytest

from evidence.cli import main
from evidence.model.codes import DocumentStatus
from evidence.store import open_store

SHARED = Path(__file__).parents[3] / "shared"
FOLDERS = ("seeds", "pdfs", "gold")
ENDINGS = (".txt", ".nxml", ".pdf")


def command(*arguments):
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return ended.value.code or 0


@pytest.fixture(scope="module")
def ingested(tmp_path_factory):
    """URL of a store with all documents, and the folder of its CSV export."""
    folder = tmp_path_factory.mktemp("all")
    url = f"sqlite:///{folder / 'all.db'}"
    paths = [SHARED / name for name in FOLDERS]
    assert command("ingest", *paths, "--jobs", "2", "--store", url) == 0
    assert command("export", "--format", "csv", "--out", folder / "csv", "--store", url) == 0
    return url, folder / "csv"


def test_every_document_is_stored_and_none_failed(ingested):
    expected = {path for name in FOLDERS for path in (SHARED / name).rglob("*") if path.suffix in ENDINGS}
    assert expected
    with open_store(ingested[0]) as store:
        documents = store.records().documents
    assert {document.source for document in documents} == {str(path) for path in expected}
    assert [document.source for document in documents if document.status is DocumentStatus.FAILED] == []


@pytest.mark.parametrize("table", ["arm_results", "contrasts"])
def test_every_quote_stands_at_its_offsets(ingested, table):
    url, export = ingested
    with open_store(url) as store, (export / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
        texts = {name: store.text(name) for name in {row["document_id"] for row in rows}}
    assert len(rows) > 100
    wrong = [
        row["result_id"]
        for row in rows
        if texts[row["document_id"]][int(row["char_start"]) : int(row["char_end"])] != row["quote"] or not row["quote"]
    ]
    assert wrong == []


def test_every_row_belongs_to_a_study_and_an_arm_that_is_there(ingested):
    with open_store(ingested[0]) as store:
        records = store.records()
    studies = {(study.document_id, study.study_id) for study in records.studies}
    arms = {(arm.document_id, arm.arm_id) for arm in records.arms}
    results = list(records.results())
    assert [row.result_id for row in results if (row.document_id, row.study_id) not in studies] == []
    assert [row.result_id for row in results if row.arm_id and (row.document_id, row.arm_id) not in arms] == []


def test_ingesting_everything_again_changes_nothing(ingested):
    url, _ = ingested
    with open_store(url) as store:
        before = store.snapshot_id()
    assert command("ingest", *(SHARED / name for name in FOLDERS), "--store", url) == 0
    with open_store(url) as store:
        assert store.snapshot_id() == before
