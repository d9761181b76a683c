import hashlib
import json

import pytest

from evidence.errors import ReadError, UnknownFormat
from evidence.read import read, read_all
from tests.documents.records.study import STUDY, as_bytes, study


@pytest.fixture(scope="module")
def record():
    return read(as_bytes(STUDY), name="study.json")


def test_offsets_hold_together(record, sound):
    assert (record.format, record.status) == ("ctgov", "ok")
    sound(record)


def test_the_record_becomes_text_with_sections(record):
    assert [section.heading for section in record.sections if section.level == 1] == [
        "Summary", "Conditions", "Design", "Eligibility", "Arms and interventions", "Primary outcomes", "Results",
    ]  # fmt: skip
    assert record.section_at(record.text.index("9.3 (7.7")) == "Overall Survival (OS)"
    assert "Enrollment: 371 (actual)." in record.text


def test_an_outcome_measure_is_a_table(record, grid_of):
    assert grid_of(record, "Outcome measure 1") == [
        [None, "Examplinib", "Placebo"],
        ["Participants analyzed", "247", "124"],
        ["Overall Survival (OS)", "9.3 (7.7 to 10.7)", "5.6 (4.7 to 7.3)"],
    ]
    table = next(table for table in record.tables if table.label == "Outcome measure 1")
    assert table.caption == "Median, 95% Confidence Interval, months"


def test_adverse_events_are_counts_at_risk(record, grid_of):
    assert grid_of(record, "Serious adverse events")[1] == ["Febrile neutropenia", "76/246", "9/109"]
    assert grid_of(record, "Adverse events")[1:] == [
        ["All-cause mortality", "170/247", "90/124"],
        ["Serious adverse events", "205/246", "34/109"],
    ]


def test_every_fact_stands_in_the_line_it_points_to(record):
    measures = "resultsSection.outcomeMeasuresModule.outcomeMeasures"
    lines = {fact.path: record.text[fact.char_start : fact.char_end] for fact in record.facts}
    values = {fact.path: fact.value for fact in record.facts}
    path = f"{measures}[0].classes[0].categories[0].measurements[1].upperLimit"
    assert (values[path], lines[path]) == ("7.3", "Overall Survival (OS)\t9.3 (7.7 to 10.7)\t5.6 (4.7 to 7.3)")
    path = f"{measures}[0].analyses[0].paramValue"
    assert values[path] == "0.64"
    assert lines[path].startswith(
        "Groups: Examplinib / Placebo; Hazard Ratio (HR) 0.64 (two sided 95% CI 0.49 to 0.83)"
    )
    results = [path for path in values if path.endswith((".value", "numAffected", "paramValue", "numSubjects"))]
    assert results and all(values[path] in lines[path] for path in results)


def test_the_registry_numbers_are_kept(record):
    assert record.bibliography.registry_ids == ("NCT01234567", "EudraCT 2015-000140-42")
    assert (record.bibliography.title, record.bibliography.year) == (
        "A Study of Examplinib in Relapsed Leukaemia",
        2019,
    )


def test_a_study_without_results_is_partial():
    made = study()
    del made["resultsSection"]
    document = read(as_bytes(made))
    assert document.status == "partial"
    assert "No results are posted" in document.status_reason


def test_a_study_that_was_stopped_is_said():
    document = read(as_bytes(study(statusModule={"overallStatus": "TERMINATED", "whyStopped": "Slow accrual."})))
    assert (document.status, document.status_reason) == ("ok", "The study was terminated: Slow accrual.")


def test_a_list_of_studies_gives_a_document_each():
    other = study(identificationModule={"nctId": "NCT07654321"})
    documents = read_all(as_bytes({"studies": [STUDY, other], "totalCount": 2}), name="search.json")
    assert [document.source for document in documents] == ["search.json#NCT01234567", "search.json#NCT07654321"]
    assert [document.bibliography.registry_ids[0] for document in documents] == ["NCT01234567", "NCT07654321"]
    own = hashlib.sha256(json.dumps(other, ensure_ascii=False).encode()).hexdigest()[:16]
    assert documents[1].document_id == own
    with pytest.raises(ReadError, match="2 documents"):
        read(as_bytes({"studies": [STUDY, other]}))


def test_digits_are_kept_as_they_are():
    made = study()
    made["resultsSection"]["adverseEventsModule"]["frequencyThreshold"] = 5.0
    assert "percent: 5.0." in read(as_bytes(made)).text


@pytest.mark.parametrize(
    ("data", "fault", "words"),
    [
        (b'{"protocolSection": {"identificationModule": ', ReadError, "broken"),
        (b'{"protocolSection": {"a": ' + b"[" * 200 + b"]" * 200 + b"}}", ReadError, "without end"),
        (b'{"protocolSection": {"a": ' + b"[" * 90_000 + b"]" * 90_000 + b"}}", ReadError, "without end"),
        (b'{"studies": [{"protocolSection": {}}, 3]}', UnknownFormat, "no study"),
        (b'{"protocolSection": {"conditionsModule": {"conditions": [3]}}}', ReadError, "not laid out"),
    ],
)  # fmt: skip
def test_what_is_no_study_record_is_refused_in_one_sentence(data, fault, words):
    with pytest.raises(fault, match=words):
        read(data)
