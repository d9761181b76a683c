import math
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.formulas import mean_sd_from_quantiles, mean_sd_from_quartiles, skewed

unhurried = settings(deadline=None)  # the machine may be busy

quantile = NormalDist().inv_cdf


def normal_sample(n):
    """Quartiles and extremes that a standard normal sample has on average (Blom), about the median 0."""
    quartile = quantile((0.75 * n - 0.125) / (n + 0.25))
    extreme = quantile((n - 0.375) / (n + 0.25))
    return {"quartiles": (-quartile, quartile), "extremes": (-extreme, extreme)}


@pytest.mark.parametrize("given_", [("quartiles",), ("extremes",), ("quartiles", "extremes")])
@unhurried
@given(n=st.integers(6, 5000), mean=st.floats(-100, 100), sd=st.floats(0.1, 50))
def test_a_normal_sample_gives_back_its_mean_and_deviation(given_, n, mean, sd):
    limits = {name: tuple(mean + sd * x for x in normal_sample(n)[name]) for name in given_}
    found = mean_sd_from_quantiles(n, mean, sd="wan", **limits)
    assert found.mean == pytest.approx(mean, abs=1e-9)
    assert found.sd == pytest.approx(sd)
    assert not found.skewed


@unhurried
@given(st.integers(8, 500), st.lists(st.integers(-999, 999), min_size=5, max_size=5, unique=True), st.integers(1, 9))
def test_mean_and_deviation_move_with_origin_unit_and_direction(n, values, unit):
    low, q1, median, q3, high = sorted(values)
    for method in ("luo", "wan", "bland"):
        for sd in ("wan", "shi", "bland"):
            how = {"mean": method, "sd": sd}
            one = mean_sd_from_quantiles(n, median, quartiles=(q1, q3), extremes=(low, high), **how)
            moved = [7 - unit * x for x in (high, q3, median, q1, low)]
            other = mean_sd_from_quantiles(
                n, moved[2], quartiles=(moved[1], moved[3]), extremes=(moved[0], moved[4]), **how
            )
            assert other.mean == pytest.approx(7 - unit * one.mean)
            assert other.sd == pytest.approx(unit * one.sd, abs=1e-4)
            assert other.skewed == one.skewed


def test_five_numbers_are_weighed_by_the_number_of_patients():
    # Luo 2018 eq. 15 and Shi 2020 eq. 11, evaluated in R
    found = mean_sd_from_quantiles(60, 14, quartiles=(9, 21), extremes=(2, 41))
    power, share = 60**0.75, 0.72 / 60**0.55
    expected = 2.2 / (2.2 + power) * 21.5 + (0.7 - share) * 15 + (0.3 + share - 2.2 / (2.2 + power)) * 14
    assert found.mean == pytest.approx(expected)
    of_range = (2 + 0.14 * 60**0.6) * quantile((60 - 0.375) / 60.25)
    of_quartiles = (2 + 2 / (0.07 * 60**0.6)) * quantile((0.75 * 60 - 0.125) / 60.25)
    assert found.sd == pytest.approx(39 / of_range + 12 / of_quartiles)


@pytest.mark.parametrize(("n", "sd"), [(12, math.sqrt((11**2 / 4 + 25**2) / 12)), (40, 25 / 4), (71, 25 / 6)])
def test_hozos_deviation_depends_on_the_number_of_patients(n, sd):
    assert mean_sd_from_quantiles(n, 12, extremes=(5, 30), sd="hozo").sd == pytest.approx(sd)


def test_a_lopsided_sample_is_marked():
    assert mean_sd_from_quartiles(1, 2, 30, n=200).skewed
    assert not mean_sd_from_quartiles(10, 20, 31, n=200).skewed
    assert skewed(100, 3, quartiles=(2, 9), extremes=(1, 80))


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: mean_sd_from_quantiles(30, 5), "quartiles or extremes"),
        (lambda: mean_sd_from_quartiles(6, 5, 7, n=30), "in order"),
        (lambda: mean_sd_from_quartiles(4, math.nan, 7, n=30), "in order"),
        (lambda: mean_sd_from_quantiles(30, 5, quartiles=(4, 6), extremes=(4.5, 9)), "in order"),
        (lambda: mean_sd_from_quartiles(4, 5, 7, n=1), "too few"),
        (lambda: mean_sd_from_quantiles(30, 5, quartiles=(4, 7), sd="shi"), "bland and shi"),
        (lambda: mean_sd_from_quantiles(30, 5, quartiles=(4, 7), mean="hozo"), "extremes"),
        (lambda: mean_sd_from_quantiles(30, 5, quartiles=(4, 7), mean="box"), "'box'"),
    ],
)
def test_numbers_that_give_no_mean_are_refused_in_words(call, word):
    with pytest.raises(ValueError, match=word):
        call()
