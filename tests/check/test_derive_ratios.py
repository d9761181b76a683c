"""Ratios and differences a document does not print; values are those of metafor 3.8.1 (escalc), to four digits."""

from dataclasses import replace

import pytest

from evidence.check.derive_ratios import ratios
from evidence.model.codes import Measure, Outcome
from tests.check.rows import contrast
from tests.check.trials import both, trial

COUNTED = {"measure": Measure.PROPORTION, "outcome": Outcome.CR, "months": None}


def made(records):
    return {row.derivation: (str(row.estimate), str(row.ci_low), str(row.ci_high)) for row in ratios(records)}


def test_counts_of_both_arms_give_both_ratios_and_the_difference():
    assert made(trial(*both("65.8", "29.2", **COUNTED, events=(25, 7), total=(38, 24)))) == {
        "rr_from_counts": ("2.256", "1.161", "4.383"),
        "or_from_counts": ("4.670", "1.545", "14.12"),
        "rd_from_counts": ("36.62", "13.00", "60.25"),
    }


def test_a_half_goes_into_the_cells_of_a_ratio_with_an_empty_one():
    found = made(trial(*both(None, None, **COUNTED, events=(0, 7), total=(38, 24))))
    assert found["rr_from_counts"] == ("0.04274", "0.002552", "0.7158")
    assert found["or_from_counts"] == ("0.03030", "0.001638", "0.5607")
    assert found["rd_from_counts"][0] == "-29.17"  # 0 - 7/24


def test_where_nobody_had_the_event_only_a_difference_could_be_and_has_no_interval():
    assert made(trial(*both(None, None, **COUNTED, events=(0, 0), total=(38, 24)))) == {}


@pytest.mark.parametrize(
    ("rows", "suffix"),
    [
        (both("65.8", "29.2", **COUNTED, total=(38, 24)), "from_percent"),
        (both("65.8", "29.2", **COUNTED), "from_percent_and_arm_n"),
        (both(None, None, **COUNTED | {"measure": Measure.COUNT}, events=(25, 7)), "from_counts_and_arm_n"),
    ],
)
def test_the_name_says_what_was_not_printed(rows, suffix):
    assert set(made(trial(*rows, n=(38, 24)))) == {f"{measure}_{suffix}" for measure in ("rr", "or", "rd")}


@pytest.mark.parametrize(
    "rows",
    [
        both("65.8", "29.2", **COUNTED | {"measure": Measure.SURVIVAL_PROBABILITY}),
        both("65.8", "29.2", **COUNTED | {"measure": Measure.CUMULATIVE_INCIDENCE}),
        both("65.8", "29.2", **COUNTED | {"outcome": Outcome.OS}),  # alive, or dead?
        both("65.8", "29.2", **COUNTED, subgroup="older"),  # the arms' sizes are not theirs
        both(None, None, **COUNTED, events=(250, 7)),
        (*both("65.8", "29.2", **COUNTED), *both("60.5", "29.2", **COUNTED)),
        (both("65.8", "29.2", **COUNTED)[0], both("65.8", "29.2", **COUNTED | {"months": "6"})[1]),
    ],
)
def test_no_ratio_where_the_numbers_are_no_counts_of_the_same(rows):
    assert made(trial(*rows, n=(38, 24))) == {}


def test_a_reported_measure_is_not_computed_again():
    reported = replace(contrast("4.7", "1.5", "14.1", measure=Measure.OR), outcome=Outcome.CR, outcome_text="CR")
    rows = both("65.8", "29.2", **COUNTED, events=(25, 7), total=(38, 24))
    assert set(made(trial(*rows, reported))) == {"rr_from_counts", "rd_from_counts"}


def test_adverse_events_of_different_words_are_not_compared():
    adverse = COUNTED | {"outcome": Outcome.AE}
    rows = both(None, None, **adverse, events=(25, 7), total=(38, 24), outcome_text=("nausea", "rash"))
    assert made(trial(*rows)) == {}
