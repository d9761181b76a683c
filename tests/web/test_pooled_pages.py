"""Pooled results over HTTP: all of them, one of them, one that somebody asks, and what decisions moved."""

import datetime as dt
import re
from html import unescape
from urllib.parse import quote

import pytest

from evidence.model.question import Question
from evidence.model.risk_of_bias import ROB2, Assessment, Judgement, RiskOfBias
from evidence.pipeline import checked_records
from evidence.present.scales import scale_of
from evidence.present.wording import estimate_text
from evidence.synthesise import answer, rows_table
from evidence.web import Service

QUESTION = Question(id="response/all", title="Any response", outcome=("OS",), measure="HR")
NOTHING = Question(id="nothing", outcome=("CR",), measure="MD")
TABLE = Question(id="table", outcome=("OS",))


@pytest.fixture(scope="session")
def ingested(ingested_corpus):
    return ingested_corpus


@pytest.fixture
def service(store):
    return Service(store=store, questions=[QUESTION, NOTHING, TABLE])


@pytest.fixture
def analysis(store):
    found = answer(QUESTION, checked_records(store))
    assert found.pooled, "the documents of these tests have hazard ratios of two studies"
    return found


def judged(study):
    low = Judgement.LOW
    assessment = Assessment(study=study, domains=(low,) * len(ROB2.domains), overall=low)
    return {QUESTION.id: RiskOfBias(tool=ROB2, assessments=(assessment,))}


def test_the_plot_has_the_judgements_of_the_file_that_the_question_names(home, store, application, analysis):
    plot = {"question": QUESTION.id}
    assert "Risk of bias" not in home.get("/pooled/forest", params=plot).text
    study = analysis.estimates[0].label
    application[0].state.service = Service(store=store, questions=[QUESTION], judged=judged(study))
    assert "Risk of bias (RoB 2)" in home.get("/pooled/forest", params=plot).text
    assert b"Risk of bias (RoB 2)" in home.get("/pooled/files/forest.svg", params=plot).content
    other = {"outcome": "OS", "measure": "HR"}  # the judgements are about the question of the file alone
    assert "Risk of bias" not in home.get("/pooled/forest", params=other).text


def test_judgements_of_other_studies_cost_the_plot_and_not_the_page(home, store, application, analysis):
    application[0].state.service = Service(store=store, questions=[QUESTION], judged=judged("Nobody 1999"))
    answer = home.get(f"/pooled/{QUESTION.id}")
    assert answer.status_code == 200
    assert "No study of the figure stands in the file on the risk of bias" in unescape(answer.text)
    assert "What went in" in answer.text


def test_each_question_stands_with_its_estimate_or_says_why_not(home, analysis):
    text = unescape(home.get("/pooled").text)
    assert estimate_text(scale_of(analysis), analysis.pooled) in text
    assert re.search(r'href="/pooled/response/all">Any response</a>', text)
    assert "Nothing matched" in text or "no " in text
    assert "It asks for a comparison table; nothing is pooled." in text


def test_a_question_shows_every_study_with_the_numbers_it_was_taken_from(home, analysis):
    text = home.get("/pooled/response/all").text
    for estimate in analysis.estimates:
        for result_id in estimate.result_ids:
            assert f'href="/review/{result_id}"' in text
    for left in analysis.left_out:
        assert f'href="/review/{quote(left.result_id)}"' in text
        assert left.reason in unescape(text)


def test_the_plot_leads_from_each_study_to_its_number_and_runs_nothing(home, analysis):
    src = unescape(
        re.search(r'<iframe class="plot" src="([^"]+)" title="[^"]+"', home.get("/pooled/response/all").text)[1]
    )
    answered = home.get(src)
    for estimate in analysis.estimates:
        assert f'<a target="_top" href="/review/{estimate.result_ids[0]}">' in answered.text
    policy = answered.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox" in policy and "allow-scripts" not in policy
    assert "<script" not in answered.text


def test_other_pages_keep_the_strict_policy(home):
    assert "unsafe-inline" not in home.get("/pooled/response/all").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "begin"),
    [
        ("forest.svg", b"<?xml"),
        ("forest.pdf", b"%PDF"),
        ("forest.png", b"\x89PNG"),
        ("rows.csv", b"row,used,study"),
        ("reproduce.R", b"#"),
        ("methods.md", b"#"),
    ],
)
def test_each_file_comes_as_an_attachment(home, analysis, name, begin):
    answered = home.get(f"/pooled/files/{name}", params={"question": "response/all"})
    assert answered.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answered.content.startswith(begin)
    if name == "rows.csv":
        assert answered.text.count("\n") == 1 + len(rows_table(analysis))


def test_no_other_file_is_given(home):
    for name in ("pooled.json.bak", "..%2f..%2fetc%2fpasswd", "forest.csv"):
        assert home.get(f"/pooled/files/{name}", params={"question": "response/all"}).status_code == 404


def test_somebody_asks_another_question(home, analysis):
    asked = {"outcome": "OS", "measure": "HR", "method": "dl", "interval": "wald", "treatment": "", "comparator": ""}
    text = unescape(home.get("/pooled/asked", params=asked).text)
    question = Question(id="asked", outcome=("OS",), measure="HR", method="dl", interval="wald")
    assert "DerSimonian-Laird" in text
    assert f'href="/review/{analysis.estimates[0].result_ids[0]}"' in text
    assert '<option value="dl" selected>' in text
    assert question.outcome[0] in text


def test_only_what_people_decided_can_be_pooled(home, store, analysis):
    asked = {"outcome": "OS", "measure": "HR", "status": "decided"}
    assert "Nothing matched" in home.get("/pooled/asked", params=asked).text
    for estimate in analysis.estimates[:2]:
        store.decide(list(estimate.result_ids), "accept", by="Ada")
    text = home.get("/pooled/asked", params=asked).text
    assert "Pooled HR, 2 studies" in text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"outcome": "XX", "measure": "HR"}, "'XX'"),
        ({"outcome": "OS", "measure": "mean"}, "mean"),
        ({"outcome": "OS"}, "Choose an outcome and a measure"),
        ({"outcome": "OS", "measure": "HR", "method": "guess"}, "guess"),
        ({"outcome": "OS", "measure": "HR", "status": "some"}, "some"),
    ],
)
def test_a_question_that_cannot_be_asked_is_answered_in_its_form(home, asked, said):
    answered = home.get("/pooled/asked", params={"treatment": "drug <b>", **asked})
    assert answered.status_code == 422
    assert said in unescape(answered.text)
    assert 'value="drug &lt;b&gt;"' in answered.text


def test_an_unknown_question_is_told(home):
    assert home.get("/pooled/unknown").status_code == 404


def test_what_decisions_moved_is_told_since_reading_and_since_a_moment(home, store, analysis):
    assert "no pooled results are others" in home.get("/pooled/moves").text
    rejected = analysis.estimates[0].result_ids[0]
    store.decide(rejected, "reject", by="Ada", reason="of other patients")
    text = unescape(home.get("/pooled/moves").text)
    assert "1 number was decided about" in text
    assert "Any response" in text
    after = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    text = home.get("/pooled/moves", params={"since": f"{after:%Y-%m-%dT%H:%M}"}).text
    assert "0 numbers were decided about; no pooled results" in text


def test_an_estimate_is_written_alike_where_it_stands_and_where_it_moved(home, store, analysis):
    def told():
        row = re.search(r"Any response.*?</tr>", home.get("/pooled").text, re.S)[0]
        return re.search(r"[\d.]+ \[[\d.]+, [\d.]+\]", row)[0]

    before = told()
    store.decide(analysis.estimates[0].result_ids[0], "reject", by="Ada", reason="of other patients")
    k = analysis.pooled.k
    moved = home.get("/pooled/moves").text
    assert f"<td>{before}, {k} studies</td><td>{told()}, {k - 1} studies</td>" in moved


def test_what_is_no_moment_is_told_on_the_page(home):
    answered = home.get("/pooled/moves", params={"since": "yesterday"})
    assert answered.status_code == 422
    assert "is no moment" in answered.text


def test_a_decision_shows_at_once(home, store, analysis):
    def share():
        return re.search(r"(\d+) of \d+</td>", home.get("/pooled").text)[1]

    assert share() == "0"
    store.decide(list(analysis.estimates[0].result_ids), "accept", by="Ada")
    assert int(share()) == len(analysis.estimates[0].result_ids)
