import math

import pytest

from evidence.formulas import (
    log_hr_from_ci,
    log_hr_from_observed_expected,
    log_hr_from_oe,
    log_hr_from_p,
    log_hr_from_p_events,
)


def test_the_estimate_and_not_the_middle_of_its_interval_is_the_hazard_ratio():
    found = log_hr_from_ci(0.64, 0.49, 0.83)
    assert found.log_hr == math.log(0.64)
    assert found.se == pytest.approx((math.log(0.83) - math.log(0.49)) / 3.919927969080108, rel=1e-12)
    assert found.v == found.se**2


def test_without_an_estimate_the_middle_of_the_log_limits_stands_for_it():
    assert log_hr_from_ci(None, 0.5, 0.98).log_hr == pytest.approx(math.log(0.7))


def test_the_level_of_the_interval_counts():
    assert log_hr_from_ci(0.6, 0.4, 0.9, 90).se > log_hr_from_ci(0.6, 0.4, 0.9, 95).se


@pytest.mark.parametrize("sides", [1, 2])
def test_a_p_value_gives_the_standard_error_whose_test_has_that_p(sides):
    found = log_hr_from_p(0.7, 0.03, sides=sides)
    assert math.erfc(abs(found.log_hr / found.se) / math.sqrt(2)) * sides / 2 == pytest.approx(0.03)


def test_the_log_rank_numbers_give_the_peto_estimate():
    assert log_hr_from_oe(-8.0, 16.0) == (-0.5, 0.25)


def test_observed_and_expected_events_of_both_groups_give_the_ratio_of_their_quotients():
    found = log_hr_from_observed_expected(30, 40, 50, 40)
    assert found.log_hr == pytest.approx(math.log(0.6))
    assert found.v == pytest.approx(1 / 20)


@pytest.mark.parametrize(
    ("events", "v"),
    [
        ({"events_a": 30, "events_b": 60}, 20),
        ({"events": 90}, 22.5),
        ({"events": 90, "total_a": 100, "total_b": 50}, 20),
    ],
)
@pytest.mark.parametrize("favours_a", [True, False])
def test_events_and_a_log_rank_p_give_the_hazard_ratio_in_the_stated_direction(events, v, favours_a):
    found = log_hr_from_p_events(0.05, favours_a=favours_a, **events)
    assert found.v == pytest.approx(1 / v)
    assert found.log_hr == pytest.approx((-1 if favours_a else 1) * 1.959963984540054 / math.sqrt(v))


@pytest.mark.parametrize(
    "call",
    [
        lambda: log_hr_from_ci(-0.5, 0.4, 0.9),
        lambda: log_hr_from_ci(0.5, 0.0, 0.9),
        lambda: log_hr_from_ci(0.5, 0.9, 0.4),
        lambda: log_hr_from_p(0.0, 0.05),
        lambda: log_hr_from_p(1.0, 0.05),
        lambda: log_hr_from_oe(1.0, 0.0),
        lambda: log_hr_from_observed_expected(0, 4, 5, 4),
        lambda: log_hr_from_p_events(0.05, favours_a=True),
        lambda: log_hr_from_p_events(0.05, favours_a=True, events=40, total_a=20),
    ],
)
def test_numbers_that_give_no_hazard_ratio_are_refused(call):
    with pytest.raises(ValueError, match=r"."):
        call()
