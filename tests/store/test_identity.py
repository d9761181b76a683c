"""The same study in several documents gets one id, and two studies never get the same."""

import itertools
import random

import build
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.model.codes import Role
from evidence.model.records import Arm, Study
from evidence.store import open_store
from evidence.store.identity import link


def study(at: str, **known) -> Study:
    """`at` is document and study in it: "a1" is study 1 of document a."""
    numbers = tuple(part for part in known.pop("ids", "").split(";") if part)
    return Study(study_id=f"{at[0]}-s{at[1]}", document_id=at[0], label="x", registry_ids=numbers, **known)


def cortes(at: str, **known) -> Study:
    return study(at, first_author="Cortes", year=2018, **known)


def arms(**treatments: str) -> list[Arm]:
    """One experimental arm for each study: `a1="sorafenib+placebo"`."""
    return [
        Arm(
            arm_id=f"{at}-a", study_id=f"{at[0]}-s{at[1]}", document_id=at[0], label=drugs, role=Role.EXPERIMENTAL,
            treatment=tuple(drugs.split("+")),
        )
        for at, drugs in treatments.items()
    ]  # fmt: skip


def together(studies, arms=()) -> set[frozenset[str]]:
    """Which are one, as sets of "a1"."""
    named = sorted(link(studies, arms).items(), key=lambda item: item[1])
    return {
        frozenset(f"{document}{local[-1]}" for (document, local), _ in group)
        for _, group in itertools.groupby(named, key=lambda item: item[1])
    }


def sets(text: str) -> set[frozenset[str]]:
    """Sets from "a1 b1 | c1"."""
    return {frozenset(part.split()) for part in text.split("|")}


CASES = {
    "a shared registry number": (
        [study("a1", ids="NCT02421939", acronym="ADMIRAL"), study("b1", ids="NCT02421939;2014-001"), cortes("c1")],
        "a1 b1 | c1",
    ),
    "a registry number written in another way": (
        [study("a1", ids="NCT02421939"), study("b1", ids="nct 02421939")],
        "a1 b1",
    ),
    "a row with both numbers joins rows with either": (
        [study("a1", ids="NCT1"), study("b1", ids="2014-001"), study("c1", ids="NCT1;2014-001")],
        "a1 b1 c1",
    ),
    "one document reports on two trials, another lists both numbers in one row": (
        [
            study("a1", ids="NCT1"),
            study("a2", ids="NCT2"),
            study("b1", ids="NCT1;NCT2"),
            study("c1", ids="NCT1"),
            study("d1", ids="NCT2"),
        ],
        "a1 c1 | a2 d1 | b1",
    ),
    "two rows of one document with one number": ([study("a1", ids="NCT1"), study("a2", ids="NCT1")], "a1 a2"),
    "an acronym whatever its case, hyphens and punctuation": (
        [study("a1", acronym="QuANTUM-R"), study("b1", acronym="QUANTUM R"), study("c1", acronym="Quantum‐R.")],
        "a1 b1 c1",
    ),
    "acronyms that differ": ([study("a1", acronym="QuANTUM-R"), study("b1", acronym="QuANTUM-First")], "a1 | b1"),
    "one acronym, other registry numbers": (
        [study("a1", acronym="RATIFY", ids="NCT1"), study("b1", acronym="RATIFY", ids="NCT2")],
        "a1 | b1",
    ),
    "one acronym, a registry number on one side": (
        [study("a1", acronym="RATIFY", ids="NCT1"), study("b1", acronym="RATIFY")],
        "a1 b1",
    ),
    "two trials of one acronym, and rows that could be either": (
        [
            study("a1", acronym="RATIFY", ids="NCT1"),
            study("b1", acronym="RATIFY", ids="NCT2"),
            study("c1", acronym="RATIFY"),
            study("d1", acronym="RATIFY"),
        ],
        "a1 | b1 | c1 d1",
    ),
    "author and year whatever case and accents": (
        [study("a1", first_author="Röllig", year=2015), study("b1", first_author="ROLLIG", year=2015)],
        "a1 b1",
    ),
    "letters that are no accents to Unicode": (
        [study("a1", first_author="Sørensen", year=2015), study("b1", first_author="Sorensen", year=2015)],
        "a1 b1",
    ),
    "another year": ([cortes("a1"), study("b1", first_author="Cortes", year=2019)], "a1 | b1"),
    "an author without a year": ([study("a1", first_author="Cortes"), study("b1", first_author="Cortes")], "a1 | b1"),
    "author and year, other registry numbers": ([cortes("a1", ids="NCT1"), cortes("b1", ids="NCT2")], "a1 | b1"),
    "author and year, other acronyms": (
        [cortes("a1", acronym="BRIGHT AML 1003"), cortes("b1", acronym="QuANTUM-R")],
        "a1 | b1",
    ),
    "a citation by author and year of a trial with everything": (
        [cortes("a1", acronym="BRIGHT AML 1003", ids="NCT1"), cortes("b1")],
        "a1 b1",
    ),
    "one document that cites two studies of one author and year": ([cortes("a1"), cortes("a2")], "a1 | a2"),
    "and a third document that may mean either": ([cortes("a1"), cortes("a2"), cortes("b1")], "a1 | a2 | b1"),
    "and a third document that says which": (
        [cortes("a1", acronym="BRIGHT"), cortes("a2", acronym="QuANTUM-R"), cortes("b1", acronym="Bright")],
        "a1 b1 | a2",
    ),
    "one document that names one acronym twice": (
        [study("a1", acronym="X1"), study("a2", acronym="X1"), study("b1", acronym="X1"), study("c1", acronym="X1")],
        "a1 | a2 | b1 c1",
    ),
    "nothing known": ([study("a1"), study("b1"), study("b2")], "a1 | b1 | b2"),
    "an acronym of punctuation is none": ([study("a1", acronym="-"), study("b1", acronym="–")], "a1 | b1"),
}


@pytest.mark.parametrize(("studies", "expected"), CASES.values(), ids=CASES.keys())
def test_which_studies_are_one(studies, expected):
    assert together(studies) == sets(expected)


def author(at: str, name: str, year: int, **known) -> Study:
    return study(at, first_author=name, year=year, **known)


SORAFENIB = {"a1": "sorafenib", "b1": "sorafenib"}
LESS_THAN_SURE = {
    "a misspelt author, same year and drug": (
        [author("a1", "Maziarz", 2021), author("b1", "Marziarz", 2021)],
        {},
        True,
    ),
    "in another year": ([author("a1", "Maziarz", 2021), author("b1", "Marziarz", 2020)], {}, False),
    "with another drug": (
        [author("a1", "Maziarz", 2021), author("b1", "Marziarz", 2021)],
        {"b1": "midostaurin"},
        False,
    ),
    "with the drug in a combination": (
        [author("a1", "Maziarz", 2021), author("b1", "Marziarz", 2021)],
        {"b1": "sorafenib+azacitidine"},
        False,
    ),
    "with other numbers of patients": (
        [author("a1", "Maziarz", 2021, n_total=60), author("b1", "Marziarz", 2021, n_total=62)],
        {},
        False,
    ),
    "with other registry numbers": (
        [author("a1", "Maziarz", 2021, ids="NCT1"), author("b1", "Marziarz", 2021, ids="NCT2")],
        {},
        False,
    ),
    "two letters apart": ([author("a1", "Maziarz", 2021), author("b1", "Marziars", 2021)], {}, False),
    "another first letter": ([author("a1", "Maziarz", 2021), author("b1", "Naziarz", 2021)], {}, False),
    "a short name may be another one": ([author("a1", "Praz", 2014), author("b1", "Pratz", 2014)], {}, False),
    "unless the number of patients agrees": (
        [author("a1", "Praz", 2014, n_total=18), author("b1", "Pratz", 2014, n_total=18)],
        {},
        True,
    ),
    "an abstract and its paper": (
        [author("a1", "Burchert", 2018, n_total=83), author("b1", "Burchert", 2020, n_total=83)],
        {},
        True,
    ),
    "of another size": (
        [author("a1", "Burchert", 2018, n_total=83), author("b1", "Burchert", 2020, n_total=80)],
        {},
        False,
    ),
    "of a size not told": ([author("a1", "Xuan", 2018, n_total=76), author("b1", "Xuan", 2019)], {}, False),
    "of a size that is shared by chance": (
        [author("a1", "Xuan", 2018, n_total=7), author("b1", "Xuan", 2019, n_total=7)],
        {},
        False,
    ),
    "three years later": (
        [author("a1", "Burchert", 2017, n_total=83), author("b1", "Burchert", 2020, n_total=83)],
        {},
        False,
    ),
    "of another drug": (
        [author("a1", "Burchert", 2018, n_total=83), author("b1", "Burchert", 2020, n_total=83)],
        {"b1": "midostaurin"},
        False,
    ),
    "with another acronym": (
        [author("a1", "Perl", 2018, n_total=83, acronym="A"), author("b1", "Perl", 2019, n_total=83, acronym="B")],
        {},
        False,
    ),
}


@pytest.mark.parametrize(("studies", "treatments", "one"), LESS_THAN_SURE.values(), ids=LESS_THAN_SURE.keys())
def test_misspelt_names_and_years_of_abstracts_need_something_else_that_agrees(studies, treatments, one):
    assert together(studies, arms(**{**SORAFENIB, **treatments})) == sets("a1 b1" if one else "a1 | b1")


def test_without_a_known_drug_a_misspelt_author_is_another_one():
    assert together([author("a1", "Maziarz", 2021), author("b1", "Marziarz", 2021)]) == sets("a1 | b1")


@pytest.mark.parametrize(
    ("studies", "name"),
    [
        ([study("a1", ids="NCT02421939;2014-000001-11"), study("b1", ids="NCT02421939")], "2014-000001-11"),
        ([study("a1", ids="NCT 02421939", acronym="ADMIRAL")], "nct02421939"),
        ([study("a1", acronym="BRIGHT AML 1003", first_author="Cortes", year=2018)], "bright-aml-1003"),
        ([study("a1", first_author="Röllig", year=2015)], "rollig-2015"),
        ([study("a1", first_author="Ørskov", year=2015)], "orskov-2015"),
        ([study("a1", first_author="Xuan")], "a-s1"),
        ([study("a1", acronym="ADMIRAL"), study("b1", ids="NCT1", acronym="Admiral")], "nct1"),
    ],
)
def test_the_id_of_a_study_can_be_read(studies, name):
    assert set(link(studies).values()) == {name}


def test_two_studies_that_would_be_called_the_same_are_told_apart():
    names = link([cortes("a1"), cortes("a2")])
    assert len(set(names.values())) == 2
    assert all(name.startswith("cortes-2018-") for name in names.values())
    # and keep their names when a third comes, whatever its document is called
    later = link([cortes("a1"), cortes("a2"), cortes("A1")])
    assert {key: later[key] for key in names} == names


any_study = st.builds(
    lambda document, number, ids, acronym, author, year: study(
        f"{document}{number}", ids=";".join(ids), acronym=acronym, first_author=author, year=year
    ),
    st.sampled_from("abcd"),
    st.sampled_from("123"),
    st.lists(st.sampled_from(["NCT1", "NCT2", "NCT3"]), max_size=2, unique=True),
    st.sampled_from([None, None, "X", "Y-1", "y1"]),
    st.sampled_from([None, "Cortes", "Perl"]),
    st.sampled_from([None, 2018, 2019]),
)
any_studies = st.lists(any_study, max_size=9, unique_by=lambda row: (row.document_id, row.study_id))


@settings(max_examples=200, deadline=None)
@given(any_studies, st.randoms())
def test_the_order_of_ingesting_plays_no_part(studies, chance: random.Random):
    other = studies.copy()
    chance.shuffle(other)
    assert link(other) == link(studies)


def numbers_of(studies, group) -> list[tuple[str, frozenset[str]]]:
    return [
        (row.document_id, frozenset(row.registry_ids))
        for row in studies
        if f"{row.document_id}{row.study_id[-1]}" in group
    ]


@settings(max_examples=200, deadline=None)
@given(any_studies)
def test_every_study_has_an_id_and_no_document_has_two_of_its_studies_merged(studies):
    links = link(studies)
    assert links.keys() == {(row.document_id, row.study_id) for row in studies}
    for group in together(studies):
        for (document, numbers), (other, others) in itertools.combinations(numbers_of(studies, group), 2):
            assert document != other or numbers & others


@settings(max_examples=200, deadline=None)
@given(any_studies)
def test_rows_with_the_very_same_registry_numbers_are_one_study(studies):
    links = link(studies)
    for a, b in itertools.combinations(studies, 2):
        if a.registry_ids and set(a.registry_ids) == set(b.registry_ids):
            assert links[a.document_id, a.study_id] == links[b.document_id, b.study_id]


def test_arms_results_and_flags_follow_their_study(url):
    with open_store(url) as store:
        store.add(build.document("review"), build.records("review", registry_ids=(), acronym="Admiral"))
        before = {row.study_id for row in store.records().contrasts}
        store.add(build.document("paper"), build.records("paper", acronym="ADMIRAL"))
        known = store.records()
    assert before == {"admiral"}
    for rows in (known.studies, known.arms, known.arm_results, known.contrasts, known.flags):
        assert [row.study_id for row in rows] == ["nct00000001"] * len(rows)
