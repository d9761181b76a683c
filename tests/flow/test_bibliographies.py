"""Records of bibliographies beside the papers they describe."""

import pytest

from evidence.pipeline import ingest
from evidence.store import open_store

PAPER = """Drug A for relapsed leukaemia: a trial

Results: In all, 371 patients were randomized. Survival was longer with drug A (hazard ratio for death, 0.64; 95% CI,
0.49 to 0.83). doi:10.1234/example.7
"""


def record(title="Drug A for relapsed leukaemia: a trial", doi="10.1234/EXAMPLE.7", more=""):
    head = f"TY  - JOUR\nTI  - {title}\nAU  - Berg, Li\nJO  - Journal of examples\nPY  - 2020\nDO  - {doi}\n"
    return f"{head}{more}ER  - \n"


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open_store("sqlite:///evidence.db") as opened:
        yield opened


def stored(store, tmp_path, **files):
    folder = tmp_path / "papers"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return ingest([folder], store)


def test_a_record_without_an_abstract_fills_the_paper_and_is_no_document(store, tmp_path):
    report = stored(store, tmp_path, a_ris=record(), b_txt=PAPER)  # the record is found first
    (paper,) = store.records().documents
    assert (paper.authors, paper.journal, paper.year) == (("Li Berg",), "Journal of examples", 2020)
    assert paper.doi == "10.1234/example.7"  # as the paper prints it
    assert [file.status for file in report.files] == ["described", "added"] and report.complete
    assert "took" in report.files[0].remark and "journal" in report.files[0].remark
    before = store.snapshot_id()
    again = ingest([tmp_path / "papers"], store)
    assert [file.status for file in again.files] == ["unchanged", "unchanged"] and store.snapshot_id() == before


def test_a_record_with_an_abstract_is_a_document_and_fills_the_paper_too(store, tmp_path):
    stored(store, tmp_path, a_ris=record(more="AB  - The hazard ratio for death was 0.64.\n"), b_txt=PAPER)
    formats = {row.format: row for row in store.records().documents}
    assert set(formats) == {"ris", "text"} and formats["text"].journal == "Journal of examples"


def test_what_the_paper_prints_is_kept_and_the_difference_told(store, tmp_path):
    report = stored(store, tmp_path, a_txt=PAPER, b_ris=record(title="Drug A, quite another title"))
    paper = next(row for row in store.records().documents if row.format == "text")
    assert paper.title == "Drug A for relapsed leukaemia: a trial"
    assert "title Drug A, quite another title in the record, Drug A for relapsed" in report.files[1].remark


def test_a_record_of_another_paper_changes_nothing_and_is_kept_by_itself(store, tmp_path):
    other = record(doi="10.1234/example.8")  # the same title, another DOI
    report = stored(store, tmp_path, a_txt=PAPER, b_ris=other)
    assert [file.status for file in report.files] == ["added", "added"] and report.files[1].partly
    assert next(row for row in store.records().documents if row.format == "text").journal is None


def test_bad_records_are_named_and_the_others_taken(store, tmp_path):
    report = stored(store, tmp_path, a_txt=PAPER, b_ris="TY  - JOUR\nAU  - Nobody\nER  - \n" + record())
    assert [file.status for file in report.files] == ["added", "failed", "described"] and not report.complete
    assert "has no title" in report.files[1].reason
