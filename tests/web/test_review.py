"""The review over HTTP: what is shown of a row, and what a decision does to it and to the queue."""

import re
from collections import OrderedDict
from html import unescape
from urllib.parse import quote

import pytest

from evidence import pipeline
from evidence.model.derivations import inputs_of
from evidence.model.records import Contrast
from evidence.pipeline import checked_records

HX = {"HX-Request": "true"}


@pytest.fixture
def rows(store):
    return list(checked_records(store).results())


@pytest.fixture
def hazard(rows):
    """A hazard ratio that the PDF prints with its interval."""
    return next(
        row for row in rows if isinstance(row, Contrast) and row.source.page and row.ci_low and row.estimate is not None
    )


def decide(browser, row, action, *, seen=0, headers=None, **fields):
    return browser.say(
        f"/review/{row.result_id}/decide",
        {"action": action, "seen": str(seen), **fields},
        of=f"/review/{row.result_id}",
        headers=headers,
    )


def current(store, row):
    return store.trace(row.result_id).current


def form_of(text):
    """The values that stand in the form of a correction."""
    inputs = re.findall(r'name="(v_\w+)" value="([^"]*)"', text)
    selects = re.findall(r'<select id="[^"]+" name="(v_\w+)".*?<option value="([^"]*)" selected', text, re.S)
    return {name: unescape(value) for name, value in (*inputs, *selects)}


def test_the_review_begins_with_the_first_row_that_waits(home):
    answer = home.get("/review")
    assert re.fullmatch(r"/review/[0-9a-f]{16}-\w.*", answer.url.path)
    assert "<strong>1</strong> of" in answer.text


def test_a_row_stands_beside_its_sentence_and_says_why_it_is_next(home, hazard):
    text = home.get(f"/review/{hazard.result_id}").text
    assert f"<mark>{hazard.estimate}</mark>" in text or "<mark>" in text
    assert f"<dd>{hazard.estimate}</dd>" in text
    assert "confidence" in text
    assert hazard.arm in text
    assert hazard.comparator in text


def test_the_page_of_a_row_is_shown_with_its_boxes_as_soon_as_it_is_laid_out(home, hazard):
    shown = home.get(f"/review/{hazard.result_id}/source").text
    assert f"/documents/{hazard.document_id}/pages/{hazard.source.page}.png" in shown
    assert '<rect class="number" data-mark' in shown
    assert '<rect class="quoted"' in shown
    assert '<rect class="number" data-mark' in home.get(f"/review/{hazard.result_id}").text


def test_where_the_file_is_gone_its_text_is_shown_and_why(home, hazard, monkeypatch):
    monkeypatch.setattr("evidence.files.original", lambda record, folder=None: None)
    monkeypatch.setattr("evidence.places._documents", OrderedDict())
    shown = home.get(f"/review/{hazard.result_id}/source").text
    assert "is not there any more" in shown
    assert f"<mark>{hazard.estimate}</mark>" in shown


def test_a_computed_row_leads_to_the_rows_it_came_from(home, store, tmp_path):
    trial = tmp_path / "trial.txt"
    trial.write_text(
        "Alder 2020: midostaurin against placebo in acute myeloid leukemia, a randomised trial\n\n"
        "METHODS: We randomly assigned 200 patients to midostaurin (n=100) or placebo (n=100).\n"
        "RESULTS: Complete remission was reached by 60 of 100 patients with midostaurin and 40 of 100 with placebo.\n"
    )
    assert pipeline.ingest([trial], store).complete
    row = next(row for row in checked_records(store).results() if inputs_of(row))
    shown = home.get(f"/review/{quote(row.result_id)}").text
    assert all(f'href="/review/{name}"' in shown for name in inputs_of(row))


def test_an_unknown_row_is_told(home):
    assert home.get("/review/0000000000000000-r1").status_code == 404


def test_accepting_goes_on_to_the_next_row_and_says_what_was_done(home, store, hazard):
    following = re.search(r'data-key="n"[^>]*href="([^"]+)"', home.get(f"/review/{hazard.result_id}").text)[1]
    answer = decide(home, hazard, "accept")
    assert answer.url.path == following
    assert current(store, hazard).status == "accepted"
    assert current(store, hazard).reviewer == "Ada"
    assert re.search(rf"Accepted <a href=\"/review/{hazard.result_id}", answer.text)


def test_with_htmx_a_decision_answers_with_the_next_row_alone_and_its_address(home, hazard):
    answer = decide(home, hazard, "accept", headers=HX)
    assert "<html" not in answer.text
    assert answer.headers["HX-Push-Url"].startswith("/review/")
    assert "undo with u" in answer.text


def test_undo_takes_the_decision_back_and_shows_the_row(home, store, hazard):
    decide(home, hazard, "accept")
    event = store.trace(hazard.result_id).events[-1].event_id
    answer = decide(home, hazard, "undo", seen=event)
    assert answer.url.path == f"/review/{hazard.result_id}"
    assert current(store, hazard).status == "extracted"


def test_a_row_is_rejected_only_with_a_reason(home, store, hazard):
    assert decide(home, hazard, "reject", reason="  ").status_code == 422
    assert current(store, hazard).status == "extracted"
    assert decide(home, hazard, "reject", reason="Of another trial").status_code == 200
    assert current(store, hazard).status == "rejected"
    assert "“Of another trial”" in home.get(f"/review/{hazard.result_id}").text


def test_a_correction_records_the_columns_that_were_changed_alone(home, store, hazard):
    values = form_of(home.get(f"/review/{hazard.result_id}").text)
    assert values["v_estimate"] == str(hazard.estimate)
    answer = decide(home, hazard, "correct", **(values | {"v_subgroup": "women"}))
    assert answer.status_code == 200
    assert store.trace(hazard.result_id).events[-1].values["after"] == {"subgroup": "women"}


def test_a_correction_that_contradicts_itself_needs_a_reason(home, store, hazard):
    values = form_of(home.get(f"/review/{hazard.result_id}").text) | {"v_ci_low": str(hazard.ci_high + 1)}
    answer = decide(home, hazard, "correct", **values)
    assert answer.status_code == 422
    assert "give a reason" in answer.text
    assert form_of(answer.text) == values
    assert current(store, hazard).status == "extracted"
    assert decide(home, hazard, "correct", reason="Printed so", **values).status_code == 200
    assert current(store, hazard).status == "corrected"


def test_what_is_no_number_is_refused_and_stays_in_the_form(home, store, hazard):
    values = form_of(home.get(f"/review/{hazard.result_id}").text) | {"v_estimate": "o.6"}
    answer = decide(home, hazard, "correct", reason="because", **values)
    assert answer.status_code == 422
    assert "a number such as" in answer.text
    assert 'value="o.6"' in answer.text
    assert current(store, hazard).status == "extracted"


def test_the_live_check_names_faults_and_numbers_that_the_quote_does_not_print(home, hazard):
    page = f"/review/{hazard.result_id}"
    values = form_of(home.get(page).text)
    unprinted = home.say(f"{page}/check", values | {"v_estimate": "0.1234"}, of=page)
    assert "estimate 0.1234 is not printed anywhere" in unprinted.text
    fault = home.say(f"{page}/check", values | {"v_ci_low": "low"}, of=page)
    assert 'data-fault="ci_low"' in fault.text
    assert home.say(f"{page}/check", values, of=page).text.strip() == ""


def test_who_decides_second_sees_both_values_and_nothing_is_recorded(log_in, store, hazard):
    grace, ada = log_in("Grace", "reviewer"), log_in("Ada", "reviewer")
    page = f"/review/{hazard.result_id}"
    values = form_of(ada.get(page).text)
    decide(grace, hazard, "correct", **(values | {"v_subgroup": "women"}))
    mine = values | {"v_subgroup": "men", "v_outcome_text": "of any cause"}
    answer = decide(ada, hazard, "correct", **mine)
    assert answer.status_code == 409
    assert "Grace" in answer.text
    assert re.search(r"Subgroup</th><td>not reported</td><td>men</td><td>women</td>", answer.text)
    assert form_of(answer.text)["v_subgroup"] == "men"
    assert len(store.trace(hazard.result_id).events) == 1
    seen = re.search(r'name="seen" value="(\d+)"', answer.text)[1]
    assert decide(ada, hazard, "correct", seen=seen, **mine).status_code == 200
    assert current(store, hazard).subgroup == "men"


def test_what_nobody_typed_stays_as_the_other_one_left_it(log_in, hazard):
    grace, ada = log_in("Grace", "reviewer"), log_in("Ada", "reviewer")
    values = form_of(ada.get(f"/review/{hazard.result_id}").text)
    decide(grace, hazard, "correct", **(values | {"v_subgroup": "women"}))
    answer = decide(ada, hazard, "correct", **(values | {"v_outcome_text": "of any cause"}))
    assert answer.status_code == 409
    assert form_of(answer.text)["v_subgroup"] == "women"


def test_a_viewer_sees_rows_and_decides_nothing(log_in, store, hazard):
    viewer = log_in("Vera", "viewer")
    assert 'value="accept"' not in viewer.get(f"/review/{hazard.result_id}").text
    assert decide(viewer, hazard, "accept").status_code == 403
    assert viewer.get("/review").status_code == 403
    assert current(store, hazard).status == "extracted"


def test_a_decision_needs_the_token_of_the_session(home, store, hazard):
    home.get("/review")
    answer = home.post(f"/review/{hazard.result_id}/decide", data={"action": "accept", "seen": "0", "csrf": "x"})
    assert answer.status_code == 403
    assert current(store, hazard).status == "extracted"


def test_the_queue_can_be_limited_to_a_document_and_ends(home, store, rows):
    document = rows[0].document_id
    waiting = [row.result_id for row in rows if row.document_id == document]
    store.decide(waiting[1:], "reject", by="Ada", reason="for the test")
    answer = home.get("/review", params={"document": document})
    assert answer.url.path == f"/review/{waiting[0]}"
    done = home.say(f"/review/{waiting[0]}/decide", {"action": "accept", "seen": "0", "document": document})
    assert "Every row is decided" in done.text
    assert "Accepted" in done.text


def test_without_a_name_the_person_at_home_is_asked_for_it(stranger):
    answer = stranger.get("/review")
    assert answer.url.path == "/login"


def test_a_quote_with_script_stays_text(home, store, rows):
    text_of = {row.document_id: store.text(row.document_id) for row in rows}
    row = rows[0]
    name = store.enter(
        "arm_results",
        {
            "document_id": row.document_id,
            "study_id": row.study_id,
            "arm": "<script>alert(1)</script>",
            "outcome": "OS",
            "measure": "count",
            "value": "1",
            "quote": text_of[row.document_id][:20],
        },
        by="Ada",
    )
    text = home.get(f"/review/{name}").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_a_document_read_by_two_people_is_not_decided_here(home, store, hazard):
    store.dual.assign(hazard.document_id, "Ada", "Grace", by="Carl")
    page = home.get(f"/review/{hazard.result_id}")
    assert "Two people read this document" in page.text
    assert "/dual/" in page.text
    assert str(hazard.estimate) not in page.text
    assert home.get(f"/review/{hazard.result_id}/source").status_code == 204
    assert "0 rows have" in home.get("/search", params={"q": hazard.result_id}).text
    assert home.get("/review", params={"document": hazard.document_id}).url.path == "/review"
    assert decide(home, hazard, "accept").status_code == 409


def test_pooled_results_that_moved_are_told(home, store, tmp_path):
    for name, estimate, low, high in (("Alder", "0.50", "0.30", "0.83"), ("Birch", "0.80", "0.60", "1.07")):
        (tmp_path / f"{name}.txt").write_text(
            f"{name} 2020: midostaurin against placebo in acute myeloid leukemia, a randomised trial\n\n"
            "METHODS: We randomly assigned 200 patients to midostaurin (n=100) or placebo (n=100).\n"
            f"RESULTS: Overall survival was longer with midostaurin than with placebo (hazard ratio {estimate}; "
            f"95% CI, {low} to {high}).\n"
        )
    assert pipeline.ingest([tmp_path / "Alder.txt", tmp_path / "Birch.txt"], store).complete
    row = next(row for row in checked_records(store).contrasts if str(row.estimate) == "0.80")
    answer = decide(home, row, "correct", v_estimate="0.70", v_ci_high="0.82", reason="as printed elsewhere")
    assert answer.status_code == 200
    panel = unescape(re.search(r'hx-get="(/review/moves[^"]+)"', answer.text)[1])
    moved = home.get(panel).text
    assert "OS HR, midostaurin" in moved
    before, after = re.findall(r"0\.\d\d(?= \[)", moved)
    assert float(after) < float(before)
    assert home.get("/review/moves", params={"before": "of-another-time"}).text.strip() == ""
