import math

import pytest

from evidence.formulas import (
    events_from_survival,
    log_hr_from_ci,
    log_hr_from_medians,
    log_hr_from_observed_expected,
    log_hr_from_oe,
    log_hr_from_p,
    log_hr_from_p_events,
    log_hr_from_survival,
    log_hr_from_survival_and_test,
    log_ratio_asymmetry,
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
        lambda: log_hr_from_medians(12, 0, 30, 40),
        lambda: events_from_survival(55, 100),
        lambda: log_hr_from_survival(0.5, 0.4),
        lambda: log_hr_from_survival_and_test(1.0, 0.4, 0.03),
        lambda: log_hr_from_survival_and_test(0.4, 0.4, 0.03),
        lambda: log_hr_from_survival(1.0, 0.4, total_a=20, total_b=20),
        lambda: log_hr_from_survival(0.5, 0.4, p_value=0.03),
        lambda: log_hr_from_survival(0.5, 0.5, total_a=20, total_b=20, p_value=0.03),
        lambda: log_hr_from_survival(0.5, 0.4, total_a=20, total_b=20, p_value=0.03, variance="all"),
    ],
)
def test_numbers_that_give_no_hazard_ratio_are_refused(call):
    with pytest.raises(ValueError, match=r"."):
        call()


def test_every_form_of_a_hazard_ratio_follows_from_one_another():
    found = log_hr_from_oe(-9.2, 33.5)
    assert (found.o_minus_e, found.log_rank_v) == (pytest.approx(-9.2), pytest.approx(33.5))
    assert found.hr == pytest.approx(math.exp(-9.2 / 33.5))
    again = log_hr_from_ci(found.hr, *found.interval(90), 90)
    assert (again.log_hr, again.se) == (pytest.approx(found.log_hr), pytest.approx(found.se))
    assert log_hr_from_p(found.hr, found.p_value).se == pytest.approx(found.se)


def test_survival_at_one_time_gives_the_hazard_ratio_of_proportional_hazards():
    found = log_hr_from_survival(0.4**0.7, 0.4, total_a=80, total_b=90)
    assert found.hr == pytest.approx(0.7)
    of_limits = log_hr_from_survival(0.4**0.7, 0.4, ci_a=(0.42, 0.63), ci_b=(0.3, 0.5))
    z = 3.919927969080108  # both sides of 95%
    ses = (0.21 / z / 0.4**0.7 / (0.7 * -math.log(0.4)), 0.2 / z / 0.4 / -math.log(0.4))
    assert of_limits.se == pytest.approx(math.hypot(*ses))


def test_survival_and_a_p_value_alone_give_the_ratio_of_survival_with_that_p_value():
    found = log_hr_from_survival_and_test(0.905, 0.662, 0.007)
    assert (found.hr, *found.interval()) == pytest.approx((0.241995, 0.0862938, 0.678629), rel=5e-6)  # R 4.2.2
    assert found.p_value == pytest.approx(0.007)


@pytest.mark.parametrize("variance", ["events", "totals"])
def test_survival_with_a_p_value_keeps_that_p_value_and_its_direction(variance):
    better = log_hr_from_survival(0.55, 0.42, total_a=100, total_b=100, p_value=0.04, variance=variance)
    worse = log_hr_from_survival(0.42, 0.55, total_a=100, total_b=100, p_value=0.04, variance=variance)
    assert better.p_value == pytest.approx(0.04)
    assert better.log_hr == pytest.approx(-worse.log_hr)
    assert better.log_hr < 0


def test_medians_of_constant_hazards_give_their_ratio():
    found = log_hr_from_medians(12, 9, 70, 80)
    assert (found.hr, found.v) == (pytest.approx(0.75), pytest.approx(1 / 70 + 1 / 80))


def test_an_estimate_off_the_middle_of_its_interval_is_measured_in_standard_errors():
    assert log_ratio_asymmetry(0.64, 0.64 / 1.3, 0.64 * 1.3) == pytest.approx(0, abs=1e-12)
    se = math.log(1.3) / 1.959963984540054
    assert log_ratio_asymmetry(0.7, 0.64 / 1.3, 0.64 * 1.3) == pytest.approx(math.log(0.7 / 0.64) / se)
