"""Documents as numbered references in Vancouver style."""

import pytest

from evidence.model.records import DocumentRecord
from evidence.present.references import References, vancouver


def document(name="d", **more):
    return DocumentRecord(**({"document_id": name, "source": f"{name}.pdf", "format": "pdf"} | more))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {
                "authors": ("MJ Levis", "Hamadani M", "Logan, B. R."), "title": "A trial", "journal": "Blood",
                "year": 2024, "doi": "10.1/x", "pmid": "7",
            },
            "Levis MJ, Hamadani M, Logan BR. A trial. Blood. 2024. doi: 10.1/x. PMID: 7.",
        ),
        ({"authors": tuple(f"Author{n} A" for n in "abcdefgh"), "title": "Does it work?"},
         "Authora A, Authorb A, Authorc A, Authord A, Authore A, Authorf A, et al. Does it work?"),
        ({}, "[File] d.pdf."),
        ({"authors": ("Study Group for Leukaemia", "王小明"), "title": "T"}, "Study Group for Leukaemia, 王小明. T."),
        ({"authors": ("", "\n"), "title": "  Two\nlines "}, "Two lines."),
    ],
)  # fmt: skip
def test_a_reference_has_what_the_document_shows_and_nothing_else(fields, expected):
    assert vancouver(document(**fields)) == expected


def test_numbers_follow_the_first_mention():
    references = References([document("a"), document("b"), document("c")])
    assert [references.mark(ids) for ids in (["b"], ["a", "b", "a"], ["unknown"], [])] == ["[1]", "[1, 2]", "", ""]
    assert references.listed() == ("[File] b.pdf.", "[File] a.pdf.")
