"""Ranges over several studies in the text, and the rows of the table that they are told of."""

import pytest

from evidence.check import check
from evidence.model.records import OVER_STUDIES
from tests.extract.texts import records

REVIEW = """# Targeted agents in relapsed lymphoma: a review

## Abstract

This review summarizes trials.

## Trials

Table 1 Trials in relapse

Study\tPhase\tPatients\tTreatment\tResponse\tMedian PFS
Miller 2015 NCT01111111\tII\t127\tIbrutinib\tORR 68% CR 21%\t13.9 months
Olsen 2016 NCT02222222\tII\t64\tIbrutinib\tORR 61% CR 17%\t10.5 months
Adams 2018 NCT03333333\tIII\t280\tIbrutinib vs temsirolimus\tORR 72% vs 40%\t14.6 vs 6.2 months
Baker 2019 NCT04444444\tII\t86\tVenetoclax\tORR 53% CR 18%\t11.3 months

{text}
"""


def read(text):
    return records(REVIEW.format(text=text))


def ranges(text):
    """(outcome, low, high, the values of the rows) of each range."""
    found = read(text)
    values = {row.result_id: str(row.value) for row in found.arm_results}
    return [
        (one.what, str(one.low), str(one.high), sorted(values[name] for name in one.result_ids))
        for one in found.quantities
        if one.spread == OVER_STUDIES
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Two phase 2 trials of ibrutinib were done (Table 1). In both phase 2 trials the ORR was 61-68%.",
            [("ORR", "61", "68", ["61", "68"])],
        ),
        (
            "Across all phase II trials (Table 1), an ORR between 53% and 68% and a median PFS of 10.5 to 13.9 months "
            "were seen.",
            [("ORR", "53", "68", ["53", "61", "68"]), ("PFS", "10.5", "13.9", ["10.5", "11.3", "13.9"])],
        ),
        # the treated arm of a randomised trial, not its control
        ("Across these trials of ibrutinib (Table 1) the ORR was 61-72%.", [("ORR", "61", "72", ["61", "68", "72"])]),
        ("Three phase 2 trials of ibrutinib exist. In all phase 2 trials the ORR was 61-68%.", []),  # the table has two
        ("Across these trials (Table 2) the ORR was 61-68%.", []),  # another table
        ("In all phase 2 trials the ORR was 61% (95% CI 53-68%).", []),
        ("In the trial of ibrutinib the ORR was 61-68%.", []),  # one study
        ("In all phase 2 trials 12-30% of patients were men.", []),
    ],
)
def test_a_range_is_told_of_the_studies_that_the_paragraph_means(text, found):
    assert ranges(text) == found


def test_a_study_of_the_table_outside_the_range_of_the_text_is_flagged():
    text = "Two phase 2 trials of ibrutinib were done (Table 1). In both phase 2 trials the ORR was {}%."
    (flag,) = [flag for flag in check(read(text.format("63-68"))).flags if flag.check == "range_mismatch"]
    assert "the range is given as 63 to 68%" in flag.message
    assert "Table 1 has 61 (Olsen 2016" in flag.message
    assert not [flag for flag in check(read(text.format("61-68"))).flags if flag.check == "range_mismatch"]
