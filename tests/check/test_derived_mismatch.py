from dataclasses import replace

import pytest

from evidence.check.derived_mismatch import derived_mismatch
from evidence.model.codes import Severity
from tests.check.rows import contrast
from tests.check.trials import both, trial

SURVIVAL = both("70.2", "46.0")


def test_a_hazard_ratio_far_from_the_survival_beside_it_is_noted():
    (doubt,) = derived_mismatch(trial(*SURVIVAL, contrast("0.71", "0.54", "0.95")))
    assert (doubt.severity, doubt.result_ids) == (Severity.INFO, ("d1-r3", "d1-r1", "d1-r2"))
    assert doubt.message == (
        "sorafenib vs placebo, OS: 70.2% (sorafenib) and 46.0% (placebo) at 24 months imply a hazard ratio of about "
        "0.46, but the document says 0.71 (0.54 to 0.95)."
    )


@pytest.mark.parametrize(
    "reported",
    [
        contrast("0.46", "0.35", "0.61"),
        contrast("0.56", "0.38", "0.83"),  # the whole follow-up may differ that much
        replace(contrast("2.17", "1.64", "2.86"), arm_id="a2", comparator_arm_id="a1"),
        contrast("1.41", "1.05", "1.85"),  # turned round it fits better: its direction is another question
        contrast("0.71"),
        contrast("0.71", "0.54", "0.95", timepoint="12"),
        contrast("0.71", "0", "0.95"),
    ],
)
def test_what_fits_or_cannot_be_compared_is_not(reported):
    assert list(derived_mismatch(trial(*SURVIVAL, reported))) == []


def test_one_of_several_ratios_that_fits_is_enough():
    rows = (contrast("0.71", "0.54", "0.95"), contrast("0.46", "0.35", "0.61"))
    assert list(derived_mismatch(trial(*SURVIVAL, *rows))) == []
