import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from evidence.formulas import ci_from_se, normal_quantile, p_from_se, p_from_z, se_from_ci, se_from_p


@pytest.mark.parametrize("level", [50, 80, 90, 95, 97.5, 99, 99.9])
def test_quantiles_are_exact_for_every_level(level):
    assert normal_quantile(level) == pytest.approx(norm.isf((100 - level) / 200), rel=1e-14)


def test_the_quantile_of_95_percent_is_not_1_96():
    assert normal_quantile() == pytest.approx(1.959963984540054, rel=1e-15)


@given(st.floats(-5, 5), st.floats(1e-6, 10), st.floats(50, 99.9))
def test_an_interval_gives_back_its_standard_error(estimate, se, level):
    assert se_from_ci(*ci_from_se(estimate, se, level), level) == pytest.approx(se, rel=1e-8)


@given(st.floats(0.01, 5), st.floats(0.1, 2))
def test_a_p_value_gives_back_its_standard_error(estimate, se):
    p = p_from_se(estimate, se)
    if 1e-300 < p < 1 - 1e-6:
        assert se_from_p(estimate, p) == pytest.approx(se, rel=1e-5)


@pytest.mark.parametrize("z", [0.0, 0.5, 1.96, 8.0, 37.0])
def test_p_values_are_exact_in_the_tails(z):
    assert p_from_z(z) == pytest.approx(2 * norm.sf(z), rel=1e-12)
    assert p_from_z(-z) == p_from_z(z)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: se_from_ci(0.9, 0.3), "below"),
        (lambda: se_from_ci(0.5, 0.5), "below"),
        (lambda: se_from_ci(math.nan, 1), "below"),
        (lambda: se_from_p(0.0, 0.04), "standard error"),
        (lambda: se_from_p(0.5, 0.0), "standard error"),
        (lambda: se_from_p(0.5, 1.0), "standard error"),
        (lambda: se_from_p(0.5, 0.7, sides=1), "1-sided"),
        (lambda: se_from_p(0.5, 0.04, sides=3), "sides"),
        (lambda: p_from_se(0.5, 0.0), "positive"),
        (lambda: normal_quantile(100), "level"),
        (lambda: ci_from_se(0.1, -1.0), "cannot be"),
    ],
)
def test_impossible_numbers_are_refused_in_words(call, word):
    with pytest.raises(ValueError, match=word):
        call()
