from dataclasses import replace

import pytest

from evidence.check.differences import difference_mismatch
from evidence.model.codes import Adjustment, Measure, Severity
from tests.check.rows import contrast, found, trial
from tests.check.test_labels import beside


def difference(estimate, **changes):
    return contrast(estimate, measure=Measure.RD, **changes)


@pytest.mark.parametrize(
    ("estimate", "ours", "theirs", "severity"),
    [
        ("32.5", "54.3", "21.8", None),
        ("18.6", "34.0", "15.3", None),  # 18.7 of rounded percentages
        ("-32.5", "54.3", "21.8", None),  # the other way round
        ("31", "54.3", "21.8", None),  # strata may do this
        ("25.5", "54.3", "21.8", Severity.WARNING),
        ("3.6", "21.1", "10.5", Severity.WARNING),
        ("5.3", "56", "51", None),
    ],
)
def test_a_risk_difference_is_that_of_the_two_percentages(estimate, ours, theirs, severity):
    assert found(difference_mismatch, trial(*beside(difference(estimate), ours, theirs))) is severity


def test_an_adjusted_difference_and_percentages_of_another_place_are_not_asked():
    adjusted = replace(difference("25.5"), adjustment=Adjustment.ADJUSTED)
    assert found(difference_mismatch, trial(*beside(adjusted, "54.3", "21.8"))) is None
    *rows, between = beside(difference("25.5"), "54.3", "21.8")
    elsewhere = replace(between, source=replace(between.source, char_start=500, char_end=506))
    assert found(difference_mismatch, trial(*rows, elsewhere)) is None


def test_the_message_gives_both_differences():
    (doubt,) = difference_mismatch(trial(*beside(difference("25.5"), "54.3", "21.8")))
    assert doubt.message.endswith("54.3% and 21.8% differ by 32.5 points, but the document gives 25.5.")
