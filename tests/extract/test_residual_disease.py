"""Residual disease of single patients before treatment, and claims of the text about all of them."""

import pytest

from evidence.model.records import MRD_NEGATIVE, MRD_POSITIVE, STAYED_MRD_NEGATIVE, TURNED_MRD_NEGATIVE
from tests.extract.test_patients import of

STATES = "Patient|{head}|Status\n1|negative|Relapse\n2|0.35%|CR\n3|positive|CR\n4|0.002%|CR"


def states(head, **more):
    """(patient, whether positive, level) of each patient whose state is told."""
    found = of(STATES.format(head=head), **more).quantities
    return [
        (one.patient, one.what == MRD_POSITIVE, str(one.percent) if one.percent else None)
        for one in found
        if one.patient
    ]


@pytest.mark.parametrize(
    ("head", "notes", "read"),
    [
        ("MRD at baseline", "", True),
        ("Minimal residual disease before treatment", "", True),
        ("Pre-treatment MRD", "", True),
        ("MRD", "MRD was measured before the first dose of blinatumomab.", True),
        ("MRD", "Relapse was counted from the start of treatment.", False),
        ("MRD before transplantation", "", False),  # another time
        ("MRD after 2 cycles", "", False),
        ("Blasts at baseline", "", False),
    ],
)
def test_a_column_is_read_where_it_is_said_to_be_from_before_treatment(head, notes, read):
    expected = [("1", False, None), ("2", True, "0.35"), ("3", True, None), ("4", True, "0.002")]
    assert states(head, notes=notes) == (expected if read else [])


def test_a_level_below_what_the_document_calls_positive_is_not_told():
    text = "<p>MRD positivity was defined as at least 0.01% of cells.</p>"
    assert [one[0] for one in states("MRD at baseline", text=text)] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("sentence", "claims"),
    [
        ("Three of 4 patients (75%) remained persistently MRD-negative.", [(STAYED_MRD_NEGATIVE, 3, 4)]),
        ("In all, 3 patients maintained minimal residual disease negativity.", [(STAYED_MRD_NEGATIVE, 3, None)]),
        ("Two patients (50%) stayed negative for MRD throughout.", [(STAYED_MRD_NEGATIVE, 2, None)]),
        ("Two patients converted to MRD negativity.", [(TURNED_MRD_NEGATIVE, 2, None)]),
        ("Two patients were MRD-positive before blinatumomab.", [(MRD_POSITIVE, 2, None)]),
        ("One patient was MRD-negative at baseline.", [(MRD_NEGATIVE, 1, None)]),
        ("Two patients were MRD-positive at relapse.", []),
        ("Two patients achieved MRD negativity.", []),  # they may have had it before
        ("Patients remained MRD-negative for 5 months.", []),
        ("Remission was maintained in 3 patients.", []),
    ],
)
def test_claims_are_read_with_their_numbers(sentence, claims):
    found = of(STATES.format(head="MRD at baseline"), text=f"<p>{sentence}</p>").quantities
    told = [(one.what, int(one.value), one.total) for one in found if "MRD" in one.what and not one.patient]
    assert told == claims
