import subprocess
import sys

import pytest

from evidence.extract.nlp import prepare, sentence_spans
from evidence.read import read


def sentences(text):
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Survival was longer (HR 0.71, 95% CI 0.55-0.92).",
        "Miller et al. reported 45% vs. 30%.",
        "See Fig. 2 for No. 7.",
        "The P value was P = .04 in St. Gallen.",
        "A line that the page\nwrapped goes on.",
    ],
)
def test_a_full_stop_within_a_sentence_ends_none(text):
    assert sentences(text) == [text]


def test_sentences_end_at_full_stops_and_at_blank_lines():
    assert sentences("One ended. Two followed\n\nThree had no stop") == [
        "One ended.",
        "Two followed",
        "Three had no stop",
    ]


def test_what_is_too_long_for_a_sentence_is_parted_between_words():
    text = "remission in 12 of 38 patients and " * 2000
    parts = sentences(text)
    assert max(map(len, parts)) <= 3000
    assert " ".join(parts) == text.strip()


def test_digits_without_end_are_no_number():
    reading = prepare(read(b"Remission was seen in 25 of 3" + b"9" * 400 + b" patients, of 1,234,567 asked."))
    assert reading.text == "Remission was seen in 25 of " + "\ufffd" * 401 + " patients, of 1,234,567 asked."


def test_headings_say_what_a_sentence_is_for():
    reading = prepare(read(b"Title\n\nMethods: We did it.\n\nResults: It worked.\n\nDiscussion: Others agree.\n"))
    zones = {reading.words(sentence): sentence.zone for sentence in reading.sentences}
    assert (zones["We did it."], zones["It worked."], zones["Others agree."]) == ("methods", "results", "discussion")


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("The cumulative incidence of relapse (CIR) was low.", "CIR", "cumulative incidence of relapse"),
        ("The event-free survival [EFS] was long.", "EFS", "event-free survival"),
    ],
)
def test_abbreviations_are_known_by_their_long_form(text, short, long):
    assert prepare(read(text.encode())).abbreviations[short] == long


def test_a_unit_in_brackets_is_no_short_form_of_what_it_measures():
    reading = prepare(read(b"No.\tRelapse-free survival (months)\tOverall survival (months)\n1\t12\t15\n"))
    assert "months" not in reading.abbreviations


def test_a_text_without_abbreviations_gives_no_warning():
    code = "from evidence.read import read; from evidence.extract import extract; extract(read(b'Results: 45% died.'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_a_citation_behind_the_full_stop_ends_its_sentence():
    mark = "<xref ref-type='bibr' rid='B{0}'><sup>{0}</sup></xref>"
    article = (
        "<article><front><article-meta><title-group><article-title>Letrozole</article-title></title-group>"
        "</article-meta></front><body><sec><title>Discussion</title><p>In the HERON trial overall survival was "
        f"59%.{mark.format(1)}<sup>,</sup>{mark.format(2)} In another, 31 of 106 patients responded.{mark.format(3)}"
        f" Five others (see Table 2){mark.format(4)} did not.</p></sec></body></article>"
    )
    reading = prepare(read(article.encode(), name="article.nxml"))
    assert [reading.words(sentence) for sentence in reading.sentences if sentence.zone == "discussion"][1:] == [
        "In the HERON trial overall survival was 59%.1,2",
        "In another, 31 of 106 patients responded.3",
        "Five others (see Table 2)4 did not.",
    ]
