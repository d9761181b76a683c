import pytest

from evidence.read.bibliography import authors_below, family_name, from_text, own_registry_ids, registry_ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("ClinicalTrials.gov, NCT02474290", ("NCT02474290",)),
        ("registered with ISRCTN, number 91927162", ("ISRCTN91927162",)),
        ("EudraCT number 2008-007149-30", ("EudraCT 2008-007149-30",)),
        ("DRKS00000591", ("DRKS00000591",)),
        ("ChiCTR-TRC-12345678 and ChiCTR1900012345", ("ChiCTRTRC-12345678", "ChiCTR1900012345")),
        ("UMIN000030158", ("UMIN000030158",)),
        ("ACTRN12605000000606", ("ACTRN12605000000606",)),
        ("CTRI/2019/05/018952", ("CTRI/2019/05/018952",)),
        ("jRCTs031180152", ("jRCTs031180152",)),
        ("Netherlands Trial Register NTR1234", ("NTR1234",)),
        ("grant 02474290", ()),
    ],
)
def test_registry_numbers_are_found_in_the_registries_own_spelling(text, ids):
    assert registry_ids(text) == ids


def test_only_the_documents_own_registry_numbers_are_taken():
    own = "A trial of examplinib\n\nIt is registered as NCT01234567.\n\nIntroduction\n\nOthers (NCT07654321) failed.\n"
    assert own_registry_ids(own) == ("NCT01234567",)
    review = "A review of trials\n\nAbstract\n\nNothing.\n\nIntroduction\n\n" + "".join(
        f"(NCT0000000{i}) " for i in range(5)
    )
    assert own_registry_ids(review) == ()


@pytest.mark.parametrize(
    ("author", "family"),
    [("Li Xuan", "Xuan"), ("Xuan L", "Xuan"), ("Xuan, Li", "Xuan"), ("Bryan van der Berg", "van der Berg"),
     ("Thomas M MacDonald", "MacDonald"), ("J. Kennedy Cruickshank", "Cruickshank")],
)  # fmt: skip
def test_the_family_name_of_an_author(author, family):
    assert family_name(author) == family


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Francesca Biavasco<sup>1</sup> · Robert Zeiser<sup>1</sup>", ("Francesca Biavasco", "Robert Zeiser")),
        ("Nikolaus Marx, MD; John E. Deanfield, MD, PhD", ("Nikolaus Marx", "John E. Deanfield")),
        ("We report the results of a trial, which was open, in patients", ()),
    ],
)
def test_a_line_of_authors_is_one_only_if_its_parts_are_names(line, names):
    assert authors_below([line]) == names


def test_what_is_not_printed_is_not_guessed():
    about = from_text("Objective\n\nTo evaluate examplinib in 19 patients treated in 2014.\n\nMethods\n\nAdults.\n")
    assert (about.title, about.authors, about.year, about.doi, about.journal) == (None, (), None, None, None)


def test_the_citation_line_gives_journal_and_year():
    about = from_text(
        "A title of four words\n\nLancet 2015; 386: 2059–68\nhttp://dx.doi.org/10.1016/S0140-6736(15)00257-3\n"
    )
    assert (about.journal, about.year, about.doi) == ("Lancet", 2015, "10.1016/S0140-6736(15)00257-3")


@pytest.mark.parametrize(
    ("lines", "authors", "family", "journal", "year"),
    [
        ("Miller AM, Li S, et al. J Examples 2016;175:496–504. doi:10.1234/e.1", ("Miller AM", "Li S"),
         "Miller", "J Examples", 2016),
        ("S.K. van Miller, T. Jung, M. Lübeck, et al.\nEuropean Journal of Examples 86 (2017) 233–239",
         ("S.K. van Miller", "T. Jung", "M. Lübeck"), "van Miller", "European Journal of Examples", 2017),
        ("Miller A, Jung T. Lancet Examples (2019) 12:3", ("Miller A", "Jung T"), "Miller", "Lancet Examples", 2019),
        ("Miller L, et al. Blood 2018;132(Suppl 1). Meeting 2019.", ("Miller L",), "Miller", "Blood", 2018),
        ("Miller, L. A. & Jung, D. Examplinib in AML. Nat. Ex. 24, 282–291 (2018).",
         ("Miller, L. A.", "Jung, D."), "Miller", "Nat. Ex", 2018),
        ("A report of the hospital; follow-up to 2019", (), None, None, None),
    ],
)  # fmt: skip
def test_the_line_by_which_a_paper_is_cited_gives_authors_journal_and_year(lines, authors, family, journal, year):
    title = "Examplinib after transplantation: a trial in adults"
    about = from_text(f"{title}\n\n{lines}\n\nSummary\n\nJung A, et al. (Other 3) found in 2001 what we found.\n")
    assert (about.authors, about.first_author, about.journal, about.year) == (authors, family, journal, year)
