import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formulas import (
    agresti_coull,
    clopper_pearson,
    log_odds_ratio,
    log_risk_ratio,
    one_proportion,
    peto_odds_ratio,
    risk_difference,
    standardised_mean_difference,
    wilson,
)

tables = st.tuples(st.integers(1, 200), st.integers(1, 200)).flatmap(
    lambda totals: st.tuples(
        st.integers(0, totals[0]), st.just(totals[0]), st.integers(0, totals[1]), st.just(totals[1])
    )
)


@pytest.mark.parametrize("effect", [log_odds_ratio, log_risk_ratio, risk_difference, peto_odds_ratio])
@given(table=tables)
def test_swapping_the_arms_turns_the_effect_around(effect, table):
    a, na, b, nb = table
    one, other = effect(a, na, b, nb), effect(b, nb, a, na)
    assert one.y == pytest.approx(-other.y, abs=1e-12)
    assert one.v == pytest.approx(other.v)
    assert one.v > 0


@pytest.mark.parametrize(
    ("to", "added"),
    [("only0", 0.5), ("all", 0.5), ("none", 0.0)],
)
def test_an_empty_cell_gets_the_constant_that_was_asked_for(to, added):
    effect = log_odds_ratio(0, 12, 4, 12, to=to)
    assert effect.added == added
    assert math.isnan(effect.y) == (added == 0)


def test_a_full_table_is_left_as_it_is():
    effect = log_odds_ratio(12, 40, 20, 41)
    assert effect.added == 0
    assert effect.y == pytest.approx(math.log(12 * 21 / (28 * 20)))
    assert effect.v == pytest.approx(1 / 12 + 1 / 28 + 1 / 20 + 1 / 21)


@pytest.mark.parametrize("row", [(5, 4, 1, 9), (-1, 4, 1, 9), (0, 0, 1, 9), (1, 4, math.nan, 9)])
def test_impossible_counts_are_refused(row):
    with pytest.raises(ValueError, match="no count"):
        log_risk_ratio(*row)


def test_an_unknown_zero_rule_is_refused():
    with pytest.raises(ValueError, match="only0"):
        log_odds_ratio(1, 4, 1, 9, to="sometimes")


def test_an_unknown_measure_of_a_proportion_is_refused():
    with pytest.raises(ValueError, match="PLO"):
        one_proportion("PX", 1, 2)


def test_a_mean_difference_without_spread_cannot_be_standardised():
    with pytest.raises(ValueError, match="spread"):
        standardised_mean_difference(1, 0, 10, 2, 0, 10)


@given(st.integers(1, 400), st.data())
def test_intervals_of_a_proportion_hold_it_and_mirror_when_events_are_counted_as_non_events(total, data):
    events = data.draw(st.integers(0, total))
    for interval in (wilson, clopper_pearson, agresti_coull):
        low, high = interval(events, total)
        assert low - 1e-12 <= events / total <= high + 1e-12
        mirrored = interval(total - events, total)
        assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-9)
    assert clopper_pearson(0, total)[0] == wilson(0, total)[0] == 0
    assert clopper_pearson(total, total)[1] == wilson(total, total)[1] == 1


def test_importing_the_formulas_loads_no_large_library():
    code = "import sys, evidence.formulas, evidence.model; print({'scipy', 'numpy', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
