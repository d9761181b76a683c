"""Dual review over HTTP: giving out, reading without the other, settling, and the agreement."""

import csv
import io
import re
from dataclasses import replace

import pytest

from evidence.check import check
from evidence.pipeline import checked_records
from tests.web.test_blinding import DOCUMENT, HAZARD, MARK, REMISSION, STUDY, document, records

ASSIGNED = "/dual/1"


@pytest.fixture
def people(store, log_in):
    """Browsers of two reviewers and an adjudicator; the small document is stored."""
    store.add(document(), check(records()))
    return {
        "Ann": log_in("Ann", "reviewer"),
        "Ben": log_in("Ben", "reviewer"),
        "Cleo": log_in("Cleo", "adjudicator"),
    }


@pytest.fixture
def given(people):
    """The same, and the document is given to Ann and Ben."""
    answer = people["Cleo"].say("/dual", {"document": DOCUMENT, "first": "Ann", "second": "Ben"}, of="/dual")
    assert answer.status_code == 200, answer.text
    return people


@pytest.fixture
def blinded(people):
    """The same, with the extractor as second reader."""
    people["Cleo"].say("/dual", {"document": DOCUMENT, "first": "Ann", "second": "extractor"}, of="/dual")
    return people


def say(browser, row, action, **fields):
    return browser.say(f"{ASSIGNED}/rows/{row}", {"action": action, **fields}, of="/dual")


def finish(browser):
    return browser.say(f"{ASSIGNED}/finish", {"sure": "yes"}, of="/dual")


def both_read(given, **ben):
    for name in ("Ann", "Ben"):
        say(given[name], REMISSION, "accept")
    say(given["Ann"], HAZARD, "accept")
    say(given["Ben"], HAZARD, "correct", **ben)
    finish(given["Ann"])
    return finish(given["Ben"])


def test_only_who_settles_differences_gives_documents_out(people, store):
    assert "Give a document" not in people["Ann"].get("/dual").text
    assert "Give a document" in people["Cleo"].get("/dual").text
    sent = {"document": DOCUMENT, "first": "Ann", "second": "Ben"}
    assert people["Ann"].say("/dual", sent, of="/dual").status_code == 403
    assert store.dual.assignments() == ()
    answer = people["Cleo"].say("/dual", {**sent, "second": "Ann"}, of="/dual")
    assert answer.status_code == 422
    assert "cannot be both" in answer.text


def test_each_sees_their_own_progress_and_nothing_of_the_other(given):
    say(given["Ann"], HAZARD, "accept")
    assert "you: 1 of 2 rows, not finished" in given["Ann"].get("/dual").text
    ben = given["Ben"].get("/dual").text
    assert "you: 0 of 2 rows, not finished" in ben
    assert "1 of 2" not in ben
    assert "Ann: 1 of 2 rows" in given["Cleo"].get("/dual").text


def test_a_reading_goes_on_to_the_next_row_and_can_be_taken_back(given, store):
    answer = say(given["Ann"], REMISSION, "accept")
    assert answer.url.path == f"{ASSIGNED}/rows/{HAZARD}"
    assert "You said: accepted" in answer.text
    answer = say(given["Ann"], REMISSION, "undo")
    assert answer.url.path == f"{ASSIGNED}/rows/{REMISSION}"
    assert "not read yet" in answer.text
    assert [made.action for made in store.dual.readings(1, by="Ann")] == ["accept", "undo"]
    assert store.trace(REMISSION).events == ()


def test_a_rejection_needs_a_reason_and_a_correction_a_value(given):
    assert "Say why" in say(given["Ann"], HAZARD, "reject").text
    answer = say(given["Ann"], HAZARD, "correct", v_estimate="many")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="many"' in answer.text
    assert "you: 0 of 2 rows" in given["Ann"].get(ASSIGNED).text


@pytest.mark.parametrize(
    "where", [ASSIGNED, f"{ASSIGNED}/rows/{HAZARD}", f"{ASSIGNED}/enter", f"{ASSIGNED}/adjudicate"]
)
def test_nobody_else_looks_into_a_reading(given, where):
    assert given["Cleo"].get(where).status_code == 403


def test_what_one_reads_the_other_is_shown_nowhere(given):
    say(given["Ann"], HAZARD, "correct", v_estimate="0.5551", reason="as in the abstract")
    for path in ("/dual", ASSIGNED, f"{ASSIGNED}/rows/{HAZARD}", f"{ASSIGNED}/adjudicate", "/dual/agreement"):
        text = given["Ben"].get(path).text
        assert "0.5551" not in text
        assert "abstract" not in text


def test_finishing_is_confirmed_complete_and_fixed(given, store):
    answer = given["Ann"].say(f"{ASSIGNED}/finish", {}, of="/dual")
    assert "Confirm" in answer.text
    assert "not read yet" in finish(given["Ann"]).text
    say(given["Ann"], HAZARD, "accept")
    say(given["Ann"], REMISSION, "accept")
    assert "You have finished" in finish(given["Ann"]).text
    assert "have finished" in say(given["Ann"], HAZARD, "undo").text
    assert store.dual.get(1).finished == ("Ann",)
    assert 'data-key="a"' not in given["Ann"].get(f"{ASSIGNED}/rows/{HAZARD}").text


def test_an_adjudicator_settles_a_difference_and_it_becomes_the_decision(given, store):
    answer = both_read(given, v_estimate="0.74")
    assert answer.url.path == f"{ASSIGNED}/adjudicate"
    assert "somebody else settles" in answer.text
    cleo = given["Cleo"]
    page = cleo.get(f"{ASSIGNED}/adjudicate").text
    assert "Take over the 1 agreed row" in page
    assert "estimate" in page
    row = cleo.get(f"{ASSIGNED}/adjudicate/{HAZARD}").text
    assert "≠ differs" in row
    assert "= same" in row
    cleo.say(f"{ASSIGNED}/agreed", {"count": "1"}, of=f"{ASSIGNED}/adjudicate")
    assert store.trace(REMISSION).current.status == "accepted"
    done = cleo.say(f"{ASSIGNED}/adjudicate/{HAZARD}", {"choice": "second", "reason": "table 2"}, of="/dual")
    assert "Every row is decided" in done.text
    current = store.trace(HAZARD).current
    assert (str(current.estimate), current.status, current.reviewer) == ("0.74", "corrected", "Cleo")
    assert store.dual.get(1).closed_at is not None


@pytest.mark.parametrize(("choice", "status"), [("first", "accepted"), ("reject", "rejected"), ("values", "corrected")])
def test_every_choice_is_recorded(given, store, choice, status):
    both_read(given, v_estimate="0.74")
    values = {"v_estimate": "0.75"} if choice == "values" else {}
    given["Cleo"].say(f"{ASSIGNED}/adjudicate/{HAZARD}", {"choice": choice, **values}, of="/dual")
    row = next(row for row in checked_records(store).contrasts if row.result_id == HAZARD)
    assert row.status == status


def settle(browser, **fields):
    return browser.say(f"{ASSIGNED}/adjudicate/{HAZARD}", fields, of="/dual")


def test_values_are_checked_while_they_are_typed(given, store):
    both_read(given, v_estimate="0.74")
    told = given["Cleo"].say(f"{ASSIGNED}/adjudicate/{HAZARD}/check", {"v_estimate": "9.9"}, of="/dual").text
    assert "error would arise" in told
    assert "9.9 is not printed anywhere" in told
    told = given["Cleo"].say(f"{ASSIGNED}/adjudicate/{HAZARD}/check", {"v_estimate": "many"}, of="/dual").text
    assert "a number such as" in told
    assert (
        f'hx-post="{ASSIGNED}/adjudicate/{HAZARD}/check"' in given["Cleo"].get(f"{ASSIGNED}/adjudicate/{HAZARD}").text
    )
    assert store.trace(HAZARD).events == ()


@pytest.mark.parametrize(
    ("ben", "fields"), [("0.74", {"choice": "values", "v_estimate": "9.9"}), ("9.9", {"choice": "second"})]
)
def test_a_contradiction_is_settled_on_with_a_reason_alone(given, store, ben, fields):
    both_read(given, v_estimate=ben)
    answer = settle(given["Cleo"], **fields)
    assert answer.status_code == 422
    assert "Not recorded. A contradiction would arise" in answer.text
    assert "error would arise" in answer.text
    assert store.trace(HAZARD).events == ()
    settle(given["Cleo"], **fields, reason="so it is printed")
    assert str(store.trace(HAZARD).current.estimate) == "9.9"


def test_what_was_read_as_extracted_is_taken_without_a_reason_whatever_doubts_it_has(store, log_in):
    store.add(document(), replace(records(), flags=()))  # as if before the checks that doubt it were there
    store.dual.assign(DOCUMENT, "Ann", "Ben", by="Cleo")
    for name, values in (("Ann", None), ("Ben", {"estimate": "0.8"})):
        store.dual.record(1, REMISSION, "accept", by=name)
        store.dual.record(1, HAZARD, "correct" if values else "accept", by=name, values=values)
        store.dual.finish(1, by=name)
    settle(log_in("Cleo", "adjudicator"), choice="first")
    assert store.trace(HAZARD).current.status == "accepted"


def test_a_row_that_a_reader_entered_is_checked_as_a_new_one(given, store):
    fields = {"v_arm": "drug", "v_outcome": "CR", "v_measure": "proportion", "v_value": "41", "study_id": STUDY}
    given["Ann"].say(f"{ASSIGNED}/enter", {"table": "arm_results", "quote": "Many patients", **fields}, of="/dual")
    both_read(given, v_estimate="0.74")
    (entered,) = [row.result_id for row in store.dual.compare(1) if row.first.verdict != row.second.verdict]
    where = f"{ASSIGNED}/adjudicate/{entered}"
    told = given["Cleo"].say(f"{where}/check", {**fields, "v_value": "141"}, of="/dual").text
    assert "141 is not printed anywhere" in told
    assert "error would arise" in told
    assert given["Cleo"].say(where, {"choice": "first"}, of="/dual").url.path == f"{ASSIGNED}/adjudicate/{HAZARD}"
    assert str(store.trace(entered).current.value) == "41"


def test_who_settles_what_somebody_settled_meanwhile_is_told_and_nothing_is_recorded(given, store, log_in):
    both_read(given, v_estimate="0.74")
    seen = given["Cleo"].get(f"{ASSIGNED}/adjudicate/{HAZARD}").text
    assert seen.count('name="seen" value="0"') == 2
    settle(log_in("Dora", "adjudicator"), choice="second", reason="table 2", seen="0")
    answer = settle(given["Cleo"], choice="values", v_estimate="0.75", seen="0")
    assert answer.status_code == 409
    assert "Somebody decided meanwhile" in answer.text
    assert "Dora" in answer.text and "table 2" in answer.text
    assert "<td>0.75</td><td>0.74</td>" in answer.text  # typed, and as it is now
    (event,) = store.trace(HAZARD).events
    assert event.reviewer == "Dora"
    newest = re.search(r'name="seen" value="(\d+)"', answer.text)[1]
    assert settle(given["Cleo"], choice="values", v_estimate="0.75", seen=newest).status_code == 200
    assert str(store.trace(HAZARD).current.estimate) == "0.75"


def test_who_settles_after_the_last_row_was_settled_is_led_to_the_row(given, store, log_in):
    both_read(given, v_estimate="0.74")
    given["Cleo"].say(f"{ASSIGNED}/agreed", {"count": "1"}, of="/dual")
    settle(log_in("Dora", "adjudicator"), choice="second")
    answer = settle(given["Cleo"], choice="first", seen="0")
    assert answer.status_code == 409
    assert f'href="/review/{HAZARD}"' in answer.text
    assert 'name="choice"' not in answer.text


def test_the_two_readers_do_not_settle_their_own_differences(people, store, log_in):
    both = log_in("Dora", "adjudicator")
    people["Cleo"].say("/dual", {"document": DOCUMENT, "first": "Ann", "second": "Dora"}, of="/dual")
    both_read({"Ann": people["Ann"], "Ben": both}, v_estimate="0.74")
    assert 'name="choice"' not in both.get(f"{ASSIGNED}/adjudicate/{HAZARD}").text
    for browser in (people["Ann"], both):
        answer = browser.say(f"{ASSIGNED}/adjudicate/{HAZARD}", {"choice": "first"}, of="/dual")
        assert answer.status_code == 403
    assert store.trace(HAZARD).events == ()


def test_as_many_agreed_rows_are_taken_over_as_were_shown(given, store):
    both_read(given, v_estimate="0.74")
    answer = given["Cleo"].say(f"{ASSIGNED}/agreed", {"count": "2"}, of="/dual")
    assert answer.status_code == 422
    assert store.trace(REMISSION).events == ()


def test_the_blinded_reader_types_what_stands_at_a_place(blinded, store):
    ann = blinded["Ann"]
    page = ann.get(f"{ASSIGNED}/rows/{HAZARD}").text
    assert MARK not in page
    assert "Overall survival" in page
    assert 'value="accept"' not in page
    typed = {"v_arm": "drug", "v_comparator": "placebo", "v_outcome": "OS", "v_measure": "HR", "v_estimate": "0.7"}
    say(ann, HAZARD, "correct", **typed)
    page = ann.get(f"{ASSIGNED}/rows/{HAZARD}").text
    assert "<dd>0.7</dd>" in page
    assert MARK not in page
    assert "Not read: 1 of 2 rows" in ann.get(ASSIGNED).text
    answer = finish(ann)
    assert answer.url.path == f"{ASSIGNED}/adjudicate"
    assert f"0.{MARK}" in ann.get(f"{ASSIGNED}/adjudicate/{HAZARD}").text
    (reading,) = [made for made in store.dual.readings(1, by="Ann") if made.result_id == HAZARD]
    assert reading.values["after"]["estimate"] == "0.7"
    assert reading.values["after"]["ci_low"] == ""


@pytest.mark.parametrize("kind", ["given", "blinded"])
def test_a_missing_row_is_added_to_the_own_reading_alone(request, kind, store):
    ann = request.getfixturevalue(kind)["Ann"]
    assert MARK not in ann.get(f"{ASSIGNED}/enter?table=arm_results").text or kind == "given"
    fields = {"v_arm": "drug", "v_outcome": "CR", "v_measure": "proportion", "v_value": "41", "study_id": STUDY}
    sent = {"table": "arm_results", "quote": "Many patients", **fields}
    answer = ann.say(f"{ASSIGNED}/enter", sent, of="/dual")
    assert "entered" in answer.text
    assert "/rows/" in answer.url.path
    assert store.records(document_id=DOCUMENT).arm_results[1:] == ()
    wrong = ann.say(f"{ASSIGNED}/enter", {**sent, "quote": "it is not there"}, of="/dual")
    assert wrong.status_code == 422
    assert "does not have this quote" in wrong.text
    assert f'action="{ASSIGNED}/enter"' in wrong.text


def test_a_review_by_two_is_withdrawn_with_a_reason(given, store):
    given["Cleo"].say(f"{ASSIGNED}/withdraw", {"reason": "Ben is ill"}, of="/dual")
    assert store.dual.get(1).closed_at is not None
    assert "was withdrawn" in given["Ann"].get(ASSIGNED).text
    store.decide(HAZARD, "accept", by="Ann")


def test_a_document_read_by_two_is_given_out_again_with_a_reason(given, store):
    both_read(given, v_estimate="0.74")
    given["Cleo"].say(f"{ASSIGNED}/withdraw", {"reason": "another protocol"}, of="/dual")
    assert "(read by two before)" in given["Cleo"].get("/dual").text
    sent = {"document": DOCUMENT, "first": "Ann", "second": "Ben"}
    refused = given["Cleo"].say("/dual", sent, of="/dual")
    assert refused.status_code == 422
    assert "say why it is read again" in refused.text
    assert "Why is it read again?" in refused.text
    assert len(store.dual.assignments()) == 1
    given["Cleo"].say("/dual", {**sent, "again": "for the new protocol"}, of="/dual")
    assert [each.closed_at is None for each in store.dual.assignments()] == [False, True]


def test_agreement_and_accuracy_are_told_and_taken_away(given):
    assert "No review by two" in given["Ann"].get("/dual/agreement").text
    both_read(given, v_estimate="0.74")
    given["Cleo"].say(f"{ASSIGNED}/adjudicate/{HAZARD}", {"choice": "second"}, of="/dual")
    page = given["Ann"].get(f"/dual/agreement?document={DOCUMENT}").text
    assert "two reviewers" in page
    assert re.search(
        r"estimate.*?<td class=\"number\">1</td><td class=\"number\">0</td><td class=\"number\">0</td>", page, re.S
    )
    assert "none:" in page  # why there is no kappa
    assert "right: estimate" in page
    rows = list(csv.DictReader(io.StringIO(given["Ann"].get("/dual/agreement.csv").text)))
    (estimate,) = [row for row in rows if row["field"] == "estimate"]
    assert (estimate["n"], estimate["agreed"], estimate["kind"]) == ("1", "0", "number")
    assert "corrected" in given["Ann"].get(f"/dual/accuracy.csv?document={DOCUMENT}").text


def test_the_blinded_reader_sends_no_workbook_whose_faults_would_tell_what_stands_there(blinded):
    files = {"workbook": ("evidence.xlsx", b"PK")}
    ann = blinded["Ann"]
    answer = ann.post("/export/workbook", data={"csrf": ann.csrf("/dual")}, files=files)
    assert "finish it before you send a workbook" in answer.text


def test_at_home_readers_are_said_by_name(home, store):
    store.add(document(), records())
    page = home.get("/dual").text
    assert '<input id="first"' in page
    home.say("/dual", {"document": DOCUMENT, "first": "Ada", "second": "extractor"}, of="/dual")
    assert MARK not in home.get(ASSIGNED).text
    assert "you: 0 of 2 rows, not finished" in home.get("/dual").text
