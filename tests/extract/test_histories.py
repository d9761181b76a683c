"""Patients of cited studies with an earlier treatment: the columns that count them and the words that tell."""

import pytest

from evidence.extract.histories import counted_history, told_histories
from tests.extract.texts import records

REVIEW = """Review of kinase inhibitors in relapsed leukaemia

This review summarizes trials.

Table 1. Trials in relapse

| Study | Patients | {head} | Treatment | Response |
|---|---|---|---|---|
| Miller 2015 (NCT01111111) | 127 | 31 | Crenolanib | CR 39% |
| Phase III (OPALINE) Olsen 2018 (NCT01234567) | 244 | 52 | Ivosidenib | CR 41% |

In the OPALINE trial, 244 patients received ivosidenib or chemotherapy, and median survival was 8.8 months. {told}
"""


def counted(told, head="N post HSCT"):
    """What is counted of each study, with the number and whether a table prints it."""
    found = records(REVIEW.format(head=head, told=told)).quantities
    return [(one.what, int(one.value), bool(one.source.table)) for one in found if "previous" in one.what]


@pytest.mark.parametrize(
    ("head", "treatment"),
    [
        ("N° of post HCT", "transplantation"),
        ("Prior allo-SCT, n", "transplantation"),
        ("Previously transplanted", "transplantation"),
        ("Prior ASCT", "autologous transplantation"),
        ("After lenalidomide", None),  # most likely the study itself
        ("Previous lenalidomide (n)", "lenalidomide"),
        ("Pretreated with TKI", "tyrosine kinase inhibitor"),
        ("OS after HSCT", None),
        ("Time from prior HSCT", None),
        ("Patients", None),
    ],
)
def test_a_head_says_of_which_earlier_treatment_patients_are_counted(head, treatment):
    assert counted_history(head) == treatment


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("Sixty-six patients in this trial were treated for relapse after allo-HSCT (HR 0.50).", [66]),
        ("It included 66 previously transplanted patients.", [66]),
        ("It included 66 patients with a prior allogeneic stem cell transplantation.", [66]),
        ("Of note, 66 patients after HCT were enrolled.", [66]),
        ("After a median of 4 months, 14 patients had relapsed.", []),
        ("Overall, 14 patients proceeded to HSCT, and 14 patients received maintenance after HSCT.", []),
        ("Overall, 14 patients relapsed after HSCT.", []),  # what befell them
        ("Remission was seen in 14 patients who responded after a prior HSCT.", []),
        ("Relapse after HSCT was the reason for entry of 40 and 26 patients after HSCT.", []),  # two parts
        ("In the ivosidenib group, 40 patients had a prior HSCT.", []),
        ("Earlier, 40 patients had received venetoclax.", []),  # no column counts it
    ],
)
def test_the_text_tells_of_all_patients_with_an_earlier_treatment(told, found):
    table = [("patients with previous transplantation", n, True) for n in (31, 52)]
    assert counted(told) == table + [("patients with previous transplantation", n, False) for n in found]


def test_a_column_that_counts_no_patients_is_no_history():
    assert not counted("Sixty-six patients were treated for relapse after allo-HSCT.", head="Response after HSCT")


def test_drugs_given_before_are_told_by_their_names():
    told = told_histories("A total of 58 patients had previously received midostaurin.", ["midostaurin"])
    assert told == (("midostaurin", 58),)
