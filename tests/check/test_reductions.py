from dataclasses import replace

import pytest

from evidence.check.reductions import reduction_mismatch
from evidence.model.codes import Severity
from tests.check.rows import arm_result, contrast, found, of


def says(quote, estimate="0.64", *percentages):
    """A sentence with a ratio and the arms' percentages."""
    ratio = contrast(estimate, quote=quote)
    return of(*(replace(arm_result(value), source=ratio.source) for value in percentages), ratio)


@pytest.mark.parametrize(
    ("quote", "severity"),
    [
        ("a 36% reduction in the risk of death (HR 0.64)", None),
        ("a 37% relative risk reduction (HR 0.64)", None),  # 0.635 may stand behind 0.64
        ("a 64% reduction in the risk of death (HR 0.64)", Severity.WARNING),
        ("A reduced the risk of death by 36% (HR 0.64)", None),
        ("A reduced the risk of death by 64% (HR 0.64)", Severity.WARNING),
        ("with a reduction of relapse at 2 years of 46% (HR 0.64)", Severity.WARNING),
        ("an absolute reduction of 12% (HR 0.64)", None),
        ("a dose reduction in 20% of patients (HR 0.64)", None),
        ("reduced by 36% and by 20%, a 20% reduction (HR 0.64)", None),  # which is whose is not told
    ],
)
def test_a_reduction_is_one_less_the_ratio_of_its_sentence(quote, severity):
    assert found(reduction_mismatch, says(quote)) is severity


def test_the_ratio_may_be_printed_the_other_way_round():
    assert found(reduction_mismatch, says("B reduced the risk by 36% (HR 1.56)", "1.56")) is None


def test_a_reduction_may_be_that_of_the_two_percentages():
    assert found(reduction_mismatch, says("a 57% reduction (33.3% vs 77.3%, HR 0.25)", "0.25", "33.3", "77.3")) is None


def test_points_that_are_called_percent_are_told():
    (doubt,) = reduction_mismatch(says("a reduction of 44% (33.3% vs 77.3%, HR 0.25)", "0.25", "33.3", "77.3"))
    assert doubt.message == (
        "sorafenib vs placebo, OS, HR: the sentence speaks of a reduction of 44%, but HR 0.25 is one of 75%, "
        "33.3% and 77.3% are one of 57% and differ by 44.0 points, which the document likely means."
    )
