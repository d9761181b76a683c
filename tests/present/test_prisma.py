"""The PRISMA flow: its boxes word by word, what is not known, what does not add up."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import QuestionError
from evidence.model.prisma import PrismaCounts, arithmetic_doubts, load_prisma, with_store
from evidence.model.records import Records
from evidence.present.prisma import prisma_picture
from tests.present.pictures import NAMES, assert_boxes_hold, assert_legible, texts_of
from tests.present.rows import records

WHOLE = """
[identification]
databases = { PubMed = 812, Embase = 455 }
registers = 30
duplicates = 310
automation = 0
other = 0

[screening]
screened = 987
excluded = 900
sought = 87
not_retrieved = 3
assessed = 84
reasons = { "Wrong population" = 40, "No survival outcome" = 12 }

[included]
studies = 28
reports = 32
"""
NUMBERS = st.one_of(st.none(), st.integers(0, 10**9))
KEYS = (
    "databases registers duplicates automation other screened excluded excluded_by_automation sought not_retrieved "
    "assessed reasons studies reports total_studies total_reports previous_studies previous_reports"
).split()
#: The same review as the update of an earlier one.
UPDATE = (
    WHOLE.replace("studies = 28\nreports = 32", "studies = 28\nreports = 32\ntotal_studies = 48\ntotal_reports = 56")
    + """
[previous]
studies = 20
reports = 24
"""
)


def loaded(tmp_path, text=WHOLE):
    path = tmp_path / "prisma.toml"
    path.write_text(text, encoding="utf-8")
    return load_prisma(path)


@settings(deadline=None, max_examples=40)
@given(
    st.fixed_dictionaries(dict.fromkeys(KEYS, NUMBERS)),
    st.fixed_dictionaries(
        dict.fromkeys(("databases", "registers", "reasons"), st.dictionaries(NAMES, st.integers(0, 10**6), max_size=8))
    ),
    st.booleans(),
)
def test_any_counts_give_a_legible_flow(totals, named, update):
    assert_legible(prisma_picture(PrismaCounts(**totals, named=named, update=update)))


def test_the_boxes_of_texts_hold_what_is_drawn(tmp_path):
    assert_boxes_hold(prisma_picture(loaded(tmp_path)))


def test_the_words_are_those_of_the_statement(tmp_path):
    said = " ".join(texts_of(prisma_picture(loaded(tmp_path))))
    for words in (
        "Identification of studies via databases and registers",
        "Records identified from*: Databases (n = 1267) PubMed (n = 812) Embase (n = 455) Registers (n = 30)",
        "Records removed before screening: Duplicate records removed (n = 310) "
        "Records marked as ineligible by automation tools (n = 0) Records removed for other reasons (n = 0)",
        "Records screened (n = 987)",
        "Records excluded** (n = 900)",
        "Reports sought for retrieval (n = 87)",
        "Reports not retrieved (n = 3)",
        "Reports assessed for eligibility (n = 84)",
        "Reports excluded: (n = 52) Wrong population (n = 40) No survival outcome (n = 12)",
        "Studies included in review (n = 28) Reports of included studies (n = 32)",
    ):
        assert words in said
    assert "do not add up" not in said


def test_an_update_has_the_previous_studies_beside_the_flow_and_the_total_below(tmp_path):
    picture = prisma_picture(loaded(tmp_path, UPDATE))
    assert_boxes_hold(picture)
    said = " ".join(texts_of(picture))
    for words in (
        "Previous studies",
        "Identification of new studies via databases and registers",
        "Studies included in previous version of review (n = 20) "
        "Reports of studies included in previous version of review (n = 24)",
        "New studies included in review (n = 28) Reports of new included studies (n = 32)",
        "Total studies included in review (n = 48) Reports of total included studies (n = 56)",
    ):
        assert words in said
    assert "do not add up" not in said
    places = {text.text: text for text in picture.texts}
    assert places["Total studies included in review"].y > places["New studies included in review"].y
    assert places["Studies included in previous"].x < places["Records screened (n = 987)"].x
    assert ("Previous studies", 20) in {(row[0], row[3]) for row in picture.rows}


def test_a_new_review_has_no_previous_studies_and_no_total(tmp_path):
    said = " ".join(texts_of(prisma_picture(loaded(tmp_path))))
    assert "revious" not in said and "Total" not in said and "new" not in said


def test_what_is_not_given_is_not_parted():
    assert not any(text.endswith("not") for text in texts_of(prisma_picture(PrismaCounts(update=True))))


def test_a_store_fills_the_totals_of_an_update_alone(tmp_path):
    counts = with_store(loaded(tmp_path, "[previous]\nstudies = 1\n"), records())
    assert (counts.total_studies, counts.total_reports) == (2, 2)
    assert counts.studies is None and counts.reports is None and counts.assessed is None


def test_a_total_that_is_not_the_sum_is_one_sentence(tmp_path):
    counts = loaded(tmp_path, UPDATE.replace("total_studies = 48", "total_studies = 47"))
    (doubt,) = arithmetic_doubts(counts)
    assert "20 studies of the previous version and 28 new studies are 48, but 47 are given in total" in doubt


def test_what_nobody_knows_is_not_given():
    said = " ".join(texts_of(prisma_picture(PrismaCounts())))
    assert said.count("(n = not given)") == 13
    assert not any(character.isdigit() for character in said.replace("2020", ""))


def test_a_store_fills_what_it_knows_and_says_so():
    counts = with_store(PrismaCounts(), records())
    assert (counts.assessed, counts.studies, counts.reports) == (3, 2, 2)
    assert counts.screened is None and counts.duplicates is None
    said = " ".join(texts_of(prisma_picture(counts)))
    assert "Reports assessed for eligibility (n = 3) ‡" in said and "‡ Counted in the store" in said
    assert "1 document of the store could not be read." in said


def test_a_file_is_kept_against_the_store_and_the_difference_told(tmp_path):
    counts = with_store(loaded(tmp_path), records())
    assert counts.assessed == 84 and not counts.from_store
    assert "The file gives 84 for reports assessed for eligibility, but the store holds 3." in counts.notes


def test_an_empty_store_has_nothing_but_zeros():
    assert with_store(PrismaCounts(), Records()).assessed == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"other": 1},
            "1297 records identified less 311 records removed before screening is 986, but 987 records were",
        ),
        ({"excluded": 901}, "987 records screened less 901 records excluded is 86, but 87 reports were sought"),
        (
            {"not_retrieved": 4},
            "87 reports sought for retrieval less 4 reports not retrieved is 83, but 84 reports were",
        ),
        ({"reports": 30}, "84 reports assessed for eligibility less 52 reports excluded is 32, but 30 reports of"),
        ({"excluded_by_automation": 901}, "901 records excluded by automation tools are more than all 900 excluded"),
    ],
)
def test_what_does_not_add_up_is_one_sentence(tmp_path, change, sentence):
    counts = loaded(tmp_path)
    assert list(arithmetic_doubts(counts)) == []
    (doubt,) = arithmetic_doubts(replace(counts, **change))
    assert sentence in doubt
    assert doubt in " ".join(texts_of(prisma_picture(replace(counts, **change))))


def test_steps_with_an_unknown_number_are_not_judged(tmp_path):
    assert list(arithmetic_doubts(replace(loaded(tmp_path), screened=None, excluded=1))) == []


def test_records_excluded_are_told_apart_where_tools_excluded_some(tmp_path):
    counts = replace(loaded(tmp_path), excluded_by_automation=100)
    said = " ".join(texts_of(prisma_picture(counts)))
    assert "Records excluded** (n = 900) by a human (n = 800) by automation tools (n = 100)" in said


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[screening]\nscreend = 3", "unknown key 'screend' under [screening]"),
        ("[search]\na = 1", "'search' is none of the tables [identification], [screening], [included], [previous]"),
        ("[previous]\nscreened = 3", "unknown key 'screened' under [previous]. Known: studies, reports."),
        ("[included]\ntotal_studies = 3", "belong to the update of a review; give its [previous] table too"),
        ("databases = 4", "'databases' is none of the tables"),
        ("[included]\nstudies = -1", "studies is -1, which is no whole number from 0 on"),
        ("[included]\nstudies = 2.5", "studies is 2.5"),
        ("[included]\nstudies = true", "studies is True"),
        ("[included]\nstudies = {a = 1}", "studies is {'a': 1}"),
        ("[identification]\ndatabases = {PubMed = 'many'}", "databases.PubMed is 'many'"),
        ("[included", "cannot be read as TOML"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_one_sentence(tmp_path, text, sentence):
    with pytest.raises(QuestionError) as refused:
        loaded(tmp_path, text)
    assert sentence in str(refused.value) and "prisma.toml" in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(QuestionError, match=r"absent\.toml"):
        load_prisma(tmp_path / "absent.toml")


def test_the_data_tell_where_each_number_is_from(tmp_path):
    rows = {
        row[2]: row[3:]
        for row in prisma_picture(with_store(loaded(tmp_path, "[screening]\nscreened = 9"), records())).rows
    }
    assert rows["Records screened"] == (9, "file")
    assert rows["Studies included in review"] == (2, "store")
    assert rows["Reports not retrieved"] == (None, None)
