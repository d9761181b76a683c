"""Adding a row that the reading missed."""

import re

import pytest

from evidence.web.entries import find_quotes


@pytest.fixture
def pdf(store):
    return next(document for document in store.records().documents if document.format == "pdf")


@pytest.fixture
def values(store, pdf):
    """A row that fits: two numbers of a sentence of the document."""
    row = next(row for row in store.records().contrasts if row.document_id == pdf.document_id and row.ci_low)
    return {
        "table": "contrasts",
        "study_id": row.study_id,
        "quote": " ".join(row.source.quote.split()),
        "v_arm": row.arm,
        "v_comparator": row.comparator,
        "v_outcome": "EFS",
        "v_measure": "HR",
        "v_estimate": str(row.estimate),
        "v_ci_low": str(row.ci_low),
        "v_ci_high": str(row.ci_high),
    }


def entered(store):
    return [row for row in store.records().results() if row.status == "entered"]


def send(browser, document, fields):
    page = f"/documents/{document.document_id}/enter"
    return browser.say(page, fields, of=page)


def test_a_typed_row_is_added_where_its_quote_stands_and_shown(home, store, pdf, values):
    answer = send(home, pdf, values)
    assert re.fullmatch(rf"/review/{pdf.document_id}-e1", answer.url.path)
    assert "Entered" in answer.text
    (row,) = entered(store)
    assert (row.reviewer, row.outcome, str(row.estimate)) == ("Ada", "EFS", values["v_estimate"])
    assert row.source.quote.split() == values["quote"].split()
    assert store.text(pdf.document_id)[row.source.char_start : row.source.char_end] == row.source.quote


def test_it_can_be_taken_back(home, store, pdf, values):
    page = send(home, pdf, values)
    seen = re.search(r'name="seen" value="(\d+)"', page.text)[1]
    home.say(f"{page.url.path}/decide", {"action": "undo", "seen": seen}, of=str(page.url.path))
    assert entered(store) == []


def test_chosen_words_are_taken_at_their_place(home, store, pdf, values):
    text = store.text(pdf.document_id)
    start = text.rindex("sorafenib")
    send(home, pdf, values | {"quote": "sorafenib", "char_start": str(start), "char_end": str(start + 9)})
    assert entered(store)[0].source.char_start == start


def test_a_quote_changed_after_choosing_is_looked_for(home, store, pdf, values):
    send(home, pdf, values | {"char_start": "0", "char_end": "5"})
    assert entered(store)[0].source.quote.split() == values["quote"].split()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"quote": "words of no document at all"}, "does not have this quote"),
        ({"v_estimate": "about 1"}, "a number such as"),
        ({"v_outcome": ""}, "outcome"),
        ({"v_ci_low": "9.99"}, "give a reason"),
        ({"study_id": "of-another"}, "no study"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_typed_is_lost(home, store, pdf, values, wrong, told):
    answer = send(home, pdf, values | wrong)
    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{values["v_arm"]}"' in answer.text
    assert entered(store) == []


def test_the_live_check_of_a_new_row(home, pdf, values):
    page = f"/documents/{pdf.document_id}/enter"
    told = home.say(f"{page}/check", values | {"v_estimate": "0.1234"}, of=page)
    assert "0.1234 is not printed anywhere" in told.text


def test_a_viewer_adds_nothing(log_in, store, pdf, values):
    viewer = log_in("Vera", "viewer")
    page = f"/documents/{pdf.document_id}/enter"
    assert viewer.get(page).status_code == 403
    assert viewer.say(page, values).status_code == 403
    assert entered(store) == []


def test_of_a_quote_that_stands_several_times_a_place_is_chosen(home, store, pdf, values):
    text = store.text(pdf.document_id)
    places = [start for start, _ in find_quotes(text, "95% CI")]
    assert 1 < len(places) < 20
    sent = values | {"quote": "95% CI"}
    asked = send(home, pdf, sent)
    assert asked.status_code == 422
    assert f"These words stand {len(places)} times in the document" in asked.text
    offered = re.findall(r'name="place" value="(\d+)"', asked.text)
    assert offered == [str(start) for start in places]
    assert 'name="char_start" value=""' in asked.text  # so that the form, sent again, has chosen nothing
    assert entered(store) == []
    send(home, pdf, sent | {"place": offered[-1]})
    (row,) = entered(store)
    assert row.source.char_start == places[-1]


def test_of_a_quote_that_stands_very_often_more_is_asked_for(home, store, pdf, values):
    answer = send(home, pdf, values | {"quote": "e", "place": "-1"})
    assert re.search(r"These words stand \d\d+ times in the document; quote more", answer.text)
    assert 'name="place"' not in answer.text
    assert entered(store) == []


def test_quotes_are_found_across_line_breaks_and_their_signs_are_no_pattern():
    text = "Survival was\nlonger (HR  0.5) and was longer."
    assert [text[slice(*span)] for span in find_quotes(text, "was longer")] == ["was\nlonger", "was longer"]
    assert [text[slice(*span)] for span in find_quotes(text, "(HR 0.5)")] == ["(HR  0.5)"]
    assert list(find_quotes(text, "HR 0x5")) == []
    assert list(find_quotes(text, "  ")) == []
