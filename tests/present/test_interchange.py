"""What other programs take: RIS, study data for RevMan, a form for robvis."""

import csv
from dataclasses import replace
from decimal import Decimal

import pytest
import rispy

from evidence.errors import ExportError, QuestionError
from evidence.model.codes import Design, RowStatus
from evidence.model.records import DocumentRecord, Records, Study
from evidence.model.risk_of_bias import Judgement, load_robvis
from evidence.present.interchange import write_revman, write_ris, write_robvis
from tests.present.rows import QUOTE, contrast, records


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_documents_come_back_from_ris_as_they_were(tmp_path):
    known = DocumentRecord(
        document_id="d1",
        source="papers/trial.pdf",
        format="pdf",
        title="A trial\nER  - of lines",
        authors=("Xuan L", "Li van der Berg"),
        journal="Journal of examples",
        year=2020,
        doi="10.1234/example.1",
        pmid="11111111",
        pmcid="PMC7654321",
    )
    path = write_ris(replace(records(), documents=(known, *records().documents[1:])), tmp_path / "out" / "docs.ris")
    first, *others = rispy.loads(path.read_text(encoding="utf-8"))
    assert first == {
        "type_of_reference": "JOUR",
        "id": "d1",
        "title": "A trial ER - of lines",
        "authors": ["Xuan L", "Li van der Berg"],
        "journal_name": "Journal of examples",
        "year": "2020",
        "doi": "10.1234/example.1",
        "accession_number": "11111111",
        "custom2": "PMC7654321",
        "file_attachments1": "papers/trial.pdf",
    }
    assert [entry["id"] for entry in others] == ["d2", "d3"]  # the document that failed is no reference
    assert set(others[0]) == {"type_of_reference", "id", "file_attachments1"}


def test_study_data_for_revman_are_three_files_that_name_studies_alike(tmp_path):
    information, arms, results = write_revman(records(), tmp_path)
    assert [path.name for path in (information, arms, results)] == [
        "study-information.csv", "study-arms.csv", "study-results.csv",
    ]  # fmt: skip
    names = {row["Study"] for row in rows_of(information)}
    assert names == {"TRIAL-1", "Olden 2009", "Cohort 2020"}
    assert {row["Study"] for row in (*rows_of(arms), *rows_of(results))} <= names
    trial = rows_of(information)[0]
    assert (trial["Number of participants"], trial["References"]) == ("202", "=A trial; papers/review.pdf")
    hazard = next(row for row in rows_of(results) if row["Result ID"] == "trial-os-hr")
    told = (hazard["Effect estimate"], hazard["CI start"], hazard["P value operator"], hazard["Source text"])
    assert told == ("0.60", "0.40", "<", QUOTE)


def test_studies_of_one_label_are_told_apart_and_rejected_rows_stay_out(tmp_path):
    rows = records()
    twin = Study(study_id="twin", document_id="d3", label="TRIAL-1")
    rejected = contrast(result_id="no", status=RowStatus.REJECTED, estimate=Decimal("9.9"))
    written = replace(rows, studies=(*rows.studies, twin), contrasts=(*rows.contrasts, rejected))
    information, _, results = write_revman(written, tmp_path)
    assert {row["Study"] for row in rows_of(information)} >= {"TRIAL-1 (trial)", "TRIAL-1 (twin)"}
    assert "no" not in {row["Result ID"] for row in rows_of(results)}


def test_the_form_for_robvis_has_no_judgement_and_is_read_once_it_is_filled_in(tmp_path):
    rows = records()
    review = Study(study_id="r", document_id="d2", label="Review", design=Design.REVIEW)
    randomized, others = write_robvis(replace(rows, studies=(*rows.studies, review)), tmp_path / "rob.csv")
    assert randomized.read_text().splitlines() == [
        "Study,D1,D2,D3,D4,D5,Overall,Weight", "TRIAL-1,,,,,,,", "Olden 2009,,,,,,,",
    ]  # fmt: skip
    assert others.name == "rob-robins-i.csv"
    assert others.read_text().splitlines() == ["Study,D1,D2,D3,D4,D5,D6,D7,Overall,Weight", "Cohort 2020,,,,,,,,,"]
    with pytest.raises(QuestionError):
        load_robvis(randomized)
    randomized.write_text(randomized.read_text().replace(",,,,,,,", ",Low,Low,High,Low,Low,High,"))
    assert load_robvis(randomized).assessments[0].overall is Judgement.HIGH


def test_without_a_study_there_is_nothing_to_judge(tmp_path):
    with pytest.raises(ExportError, match="no study"):
        write_robvis(Records(), tmp_path / "rob.csv")
