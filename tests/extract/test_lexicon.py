from evidence.extract import lexicon
from evidence.extract.lexicon import Vocabulary


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


def test_a_drug_that_no_list_names_is_known_by_the_stem_of_its_name():
    text = "Xyloratinib plus Zemtuvamab; we accept, except for non-statin tinib and zemtuvamab-R-CHP."
    assert [entry for _, _, entry in lexicon.treatments().find(text)] == ["xyloratinib", "zemtuvamab"]
    assert lexicon.is_drug("xyloratinib")
