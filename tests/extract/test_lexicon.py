import shutil
from pathlib import Path

import pytest

from evidence.extract import lexicon
from evidence.extract.lexicon import Vocabulary
from tests.extract.texts import numbers, trial

CACHED = (lexicon.outcomes, lexicon.treatments, lexicon.abbreviations, lexicon.cues, lexicon.control_words)


@pytest.fixture
def lists(tmp_path, monkeypatch):
    """A copy of the lists that a test may add to."""
    for file in Path(str(lexicon.FOLDER)).glob("*.toml"):
        shutil.copy(file, tmp_path)
    monkeypatch.setattr(lexicon, "FOLDER", tmp_path)
    _forget()
    yield tmp_path
    _forget()


def _forget():
    for cached in (*CACHED, lexicon._load, lexicon._drugs):
        cached.cache_clear()


def test_a_new_drug_is_read_by_its_normal_name_after_one_line_of_data(lists):
    methods = "We randomly assigned 90 patients to ZX-4711 (n=45) or placebo (n=45)."
    assert trial("Relapse was 18%.", methods).arms[0].treatment == ()
    file = lists / "treatments.toml"
    file.write_text(file.read_text().replace("[drugs]", '[drugs]\nzetaxanib = ["ZX-4711"]', 1))
    _forget()
    assert trial("Relapse was 18%.", methods).arms[0].treatment == ("zetaxanib",)


def test_a_new_outcome_is_read_after_one_table_of_data(lists):
    sentence = "Ulcer healing was 61% with letrozole."
    with (lists / "outcomes.toml").open("a") as file:
        file.write('\n[[outcome]]\ncode = "OTHER"\nname = "ulcer healing"\nkind = "response"\n')
        file.write('words = ["ulcer healing"]\nexact = ["UH"]\n')
    _forget()
    assert numbers(trial(sentence)) == [("letrozole", "OTHER", "proportion", None, "61")]
    assert [row.outcome_text for row in trial("UH was 61% with letrozole.").arm_results] == ["UH"]


def test_the_longest_word_that_begins_at_a_place_is_found():
    words = Vocabulary([("survival", 1, False), ("survival rate", 2, False), ("OS", 3, True)])
    text = "Survival Rate, survival-rate, survival; OS and os"
    assert [(text[a:b], entry) for a, b, entry in words.find(text)] == [
        ("Survival Rate", 2),
        ("survival-rate", 2),
        ("survival", 1),
        ("OS", 3),
    ]


def test_a_word_is_not_found_within_a_longer_word():
    words = Vocabulary([("OS", 1, True), ("death", 2, False), ("α-1b", 3, False)])
    assert words.find("OSLO deaths 1OS") == []
    assert len(words.find("interferon α-1b")) == 1


def test_further_words_come_before_the_known_ones():
    words = Vocabulary([("response rate", 1, False)]).extended([("RR", 2, True), ("response rate", 3, False)])
    assert [entry for _, _, entry in words.find("response rate (RR)")] == [3, 2]


def test_every_list_is_read():
    assert lexicon.is_drug("sorafenib")
    assert not lexicon.is_drug("chemotherapy")
    assert lexicon.control_words().search("placebo")
    assert "OS" in lexicon.abbreviations("time_to_event")
    assert "CR" not in lexicon.abbreviations("time_to_event")
