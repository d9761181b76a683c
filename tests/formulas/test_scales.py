import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formulas import expit, freeman_tukey, freeman_tukey_back, invert, logit, natural


@given(st.floats(1e-12, 1 - 1e-12))
def test_logit_and_expit_undo_each_other(p):
    assert expit(logit(p)) == pytest.approx(p, rel=1e-9)


@given(st.integers(1, 2000), st.data())
def test_a_double_arcsine_comes_back_to_its_proportion(total, data):
    events = data.draw(st.integers(0, total))
    assert freeman_tukey_back(freeman_tukey(events, total), total) == pytest.approx(events / total, abs=1e-7)


@pytest.mark.parametrize("x", [-0.5, 0.0, 3.0])
def test_a_double_arcsine_beyond_its_range_comes_back_to_none_or_all(x):
    assert freeman_tukey_back(x, 20) == (1.0 if x > 1 else 0.0)


@given(st.floats(-700, 700))
def test_expit_never_overflows(x):
    assert 0 <= expit(x) <= 1


@pytest.mark.parametrize(
    ("measure", "x", "total", "expected"),
    [
        ("HR", math.log(0.64), None, 0.64),
        ("OR", 0.0, None, 1.0),
        ("MD", -2.5, None, -2.5),
        ("RD", 0.125, None, 12.5),  # percentage points, as the tables write it
        ("PLO", 0.0, None, 50.0),
        ("PR", 0.25, None, 25.0),
        ("PLN", math.log(0.25), None, 25.0),
        ("PAS", math.asin(math.sqrt(0.3)), None, 30.0),
        ("PFT", freeman_tukey(7, 20), 20, 35.0),
    ],
)
def test_results_come_back_in_the_units_of_the_tables(measure, x, total, expected):
    assert natural(measure, x, total) == pytest.approx(expected)


def test_a_double_arcsine_without_its_total_is_refused():
    with pytest.raises(ValueError, match="number of patients"):
        natural("PFT", 0.6)


def test_inverting_a_ratio_swaps_its_limits():
    assert invert("HR", 1.25, 1.0, 2.0) == (0.8, 0.5, 1.0)
    assert invert("MD", 3.0, 1.0, 5.0) == (-3.0, -5.0, -1.0)


def test_a_ratio_of_zero_has_no_inverse():
    with pytest.raises(ValueError, match="greater than 0"):
        invert("OR", 0.4, 0.0, 2.0)


@pytest.mark.parametrize("p", [0.0, 1.0, -0.1, math.nan])
def test_the_logit_of_none_and_all_is_refused(p):
    with pytest.raises(ValueError, match="logit"):
        logit(p)
