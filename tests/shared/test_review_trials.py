"""The review among the user's documents: the four trials that matter most are there with the right numbers.

Needs the documents kept beside the repository (../shared); where they are absent these tests say so and are not run.
"""

from pathlib import Path

import pytest

import evidence
from evidence.model.codes import Measure, Outcome, Report

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
if not SEEDS.is_dir():
    pytest.skip("the documents kept beside the repository (../shared/seeds) are absent", allow_module_level=True)


@pytest.fixture(scope="module")
def review():
    return evidence.extract(evidence.read(SEEDS / "002_61dbad2191faf305.txt"))


@pytest.mark.parametrize(
    ("registry_id", "acronym", "author", "year", "n_total", "treatment", "comparator"),
    [
        ("DRKS00000591", "SORMAIN", "Burchert", 2020, 83, "sorafenib", "placebo"),
        ("NCT02474290", None, "Xuan", 2020, 202, "sorafenib", "control"),
        ("NCT02039726", "QuANTUM-R", "Cortes", 2019, 367, "quizartinib", "salvage"),
        ("NCT02421939", "ADMIRAL", "Perl", 2019, 371, "gilteritinib", "salvage"),
    ],
)
def test_a_trial_the_review_restates_has_its_names_size_and_arms(
    review, registry_id, acronym, author, year, n_total, treatment, comparator
):
    (study,) = [study for study in review.studies if registry_id in study.registry_ids]
    assert (study.acronym, study.first_author, study.year, study.n_total) == (acronym, author, year, n_total)
    assert study.report is Report.CITED
    arms = [arm for arm in review.arms if arm.study_id == study.study_id]
    assert len(arms) == 2
    assert treatment in arms[0].treatment
    assert comparator in arms[1].label.lower()


@pytest.mark.parametrize(
    ("registry_id", "outcome", "measure", "months", "values"),
    [
        ("NCT02039726", Outcome.CRC, Measure.PROPORTION, None, ("48", "27")),
        ("NCT02039726", Outcome.OS, Measure.MEDIAN_TIME, None, ("6.2", "4.7")),
        ("NCT02421939", Outcome.CRC, Measure.PROPORTION, None, ("54.3", "21.8")),
        ("NCT02421939", Outcome.OS, Measure.MEDIAN_TIME, None, ("9.3", "5.6")),
        ("DRKS00000591", Outcome.OS, Measure.SURVIVAL_PROBABILITY, 24, ("90.5", "66.2")),
        ("DRKS00000591", Outcome.RFS, Measure.SURVIVAL_PROBABILITY, 24, ("85", "53")),
        ("NCT02474290", Outcome.OS, Measure.SURVIVAL_PROBABILITY, 24, ("82.1", "68.0")),
        ("NCT02474290", Outcome.RELAPSE, Measure.CUMULATIVE_INCIDENCE, 12, ("7", "24")),
    ],
)
def test_its_arms_have_the_numbers_the_review_prints(review, registry_id, outcome, measure, months, values):
    (study,) = [study for study in review.studies if registry_id in study.registry_ids]
    arms = [arm.arm_id for arm in review.arms if arm.study_id == study.study_id]
    found = {
        (row.arm_id, str(row.value))
        for row in review.arm_results
        if row.study_id == study.study_id
        and (row.outcome, row.measure, row.timepoint_months) == (outcome, measure, months)
    }
    assert {(arms[0], values[0]), (arms[1], values[1])} <= found
