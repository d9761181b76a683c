"""The page of doubts over HTTP: their order, what is chosen of them, and where each leads."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import quote

import pytest

from evidence.model.codes import Severity
from evidence.pipeline import by_influence, checked_records
from evidence.web.pages.flags import doubts_of


@pytest.fixture(scope="session")
def ingested(ingested_corpus):
    return ingested_corpus


@pytest.fixture
def doubts(store):
    found = by_influence(checked_records(store))
    assert len({flag.severity for flag, _ in found}) > 1
    return found


def listed(text):
    """The messages on the page, in order."""
    return [
        unescape(message) for message in re.findall(r'<li>\n<p><span class="severity \w+">\w+</span> (.*?)</p>', text)
    ]


def testdoubts_of_stand_in_the_order_in_which_they_matter(home, doubts):
    text = home.get("/flags").text
    assert listed(text) == [flag.message for flag, _ in doubts][:50]
    assert f"<strong>{len(doubts)}</strong> doubts" in text


def test_each_number_of_a_doubt_leads_to_its_review(home, store, doubts):
    text = home.get("/flags").text
    rows = {row.result_id for row in checked_records(store).results()}
    for flag, _ in doubts[:50]:
        for result_id in flag.result_ids:
            assert result_id not in rows or f'href="/review/{quote(result_id)}"' in text
    first = re.search(r'href="(/review/[^"]+)"', text)[1]
    assert home.get(first).status_code == 200


def test_a_doubt_about_single_patients_says_which(home, store):
    patients = {patient.result_id: patient for patient in checked_records(store).patients}
    flag = next(flag for flag in checked_records(store).flags if patients.keys() & set(flag.result_ids))
    text = unescape(home.get("/flags", params={"q": flag.message.split(":")[0]}).text)
    for result_id in flag.result_ids:
        assert f"patient {patients[result_id].patient}: " in text


@pytest.mark.parametrize("severity", list(Severity))
def test_a_severity_can_be_chosen(home, doubts, severity):
    text = home.get("/flags", params={"severity": severity, "document": "", "study": "", "q": ""}).text
    assert listed(text) == [flag.message for flag, _ in doubts if flag.severity is severity]


def test_a_document_and_a_study_can_be_chosen(home, doubts):
    flag = next(flag for flag, _ in doubts if flag.study_id)
    for field, value in (("document", flag.document_id), ("study", flag.study_id)):
        text = home.get("/flags", params={field: value}).text
        assert listed(text) == [each.message for each, _ in doubts if getattr(each, f"{field}_id") == value]


def test_every_typed_word_has_to_be_there_and_none_is_taken_for_markup(home, doubts):
    flag = doubts[0][0]
    text = home.get("/flags", params={"q": f"{flag.check} {flag.message.split()[0]}"}).text
    assert flag.message in listed(text)
    text = home.get("/flags", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in text
    assert "None has these words" in text


def test_a_doubt_says_what_it_could_change_and_leads_to_that_result(store):
    records = checked_records(store)
    row = next(row for row in records.contrasts if row.ci_low and row.estimate is not None)
    flag = next(iter(records.flags))
    # A second study with the same comparison, so that there is a pooled result to move.
    other = replace(row, result_id=f"{row.result_id}x", study_id="other")
    study = next(each for each in records.studies if each.study_id == row.study_id)
    arms = [each for each in records.arms if (each.document_id, each.study_id) == (row.document_id, row.study_id)]
    more = replace(
        records,
        studies=(*records.studies, replace(study, study_id="other", registry_ids=(), acronym=None)),
        arms=(*records.arms, *(replace(each, study_id="other") for each in arms)),
        contrasts=(*records.contrasts, other),
        flags=(replace(flag, result_ids=(row.result_id,), study_id=row.study_id),),
    )
    (doubt,) = doubts_of(more)
    assert "2 studies" in doubt.changes
    assert doubt.analysis.startswith("/pooled/asked?outcome=")


def test_an_unknown_severity_is_answered_in_words(home):
    answer = home.get("/flags", params={"severity": "grave"})
    assert answer.status_code == 422
    assert "severity" in answer.text
