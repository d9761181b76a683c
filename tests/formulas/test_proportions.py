import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.formulas import (
    FISHER_TEST,
    agresti_coull,
    chi_squared,
    clopper_pearson,
    fisher_exact,
    fisher_p_value,
    jeffreys,
    katz,
    newcombe,
    wald,
    wald_difference,
    wilson,
    wilson_corrected,
    woolf,
)

unhurried = settings(deadline=None)  # the machine may be busy

INTERVALS = (wilson, wilson_corrected, clopper_pearson, agresti_coull, jeffreys, wald)
tables = st.tuples(st.integers(1, 60), st.integers(1, 60)).flatmap(
    lambda totals: st.tuples(
        st.integers(0, totals[0]), st.just(totals[0]), st.integers(0, totals[1]), st.just(totals[1])
    )
)
mixed_tables = tables.filter(lambda row: 0 < row[0] + row[2] < row[1] + row[3])


@unhurried
@given(st.integers(1, 400), st.floats(50, 99.9), st.data())
def test_counting_non_events_mirrors_every_interval(total, level, data):
    events = data.draw(st.integers(0, total))
    for interval in INTERVALS:
        low, high = interval(events, total, level)
        assert interval(total - events, total, level) == pytest.approx((1 - high, 1 - low), abs=1e-9)
        assert low <= high


@unhurried
@given(st.integers(1, 400), st.data())
def test_a_higher_level_widens_every_interval(total, data):
    events = data.draw(st.integers(0, total))
    for interval in set(INTERVALS) - {agresti_coull}:  # its centre moves with the level
        narrow, wide = interval(events, total, 80), interval(events, total, 99)
        assert wide.low <= narrow.low <= narrow.high <= wide.high


@unhurried
@given(st.integers(1, 200), st.data())
def test_the_exact_interval_leaves_half_the_error_on_each_side(total, data):
    from scipy.stats import binom

    events = data.draw(st.integers(0, total))
    low, high = clopper_pearson(events, total)
    assert events == 0 or binom.sf(events - 1, total, low) == pytest.approx(0.025)
    assert events == total or binom.cdf(events, total, high) == pytest.approx(0.025)


@unhurried
@given(tables)
def test_swapping_the_groups_mirrors_the_intervals_of_the_difference(table):
    a, na, b, nb = table
    for interval in (newcombe, wald_difference):
        low, high = interval(a, na, b, nb)
        assert interval(b, nb, a, na) == pytest.approx((-high, -low), abs=1e-12)
        assert low - 1e-12 <= a / na - b / nb <= high + 1e-12
    assert newcombe(a, na, b, nb).low >= -1


@unhurried
@given(mixed_tables)
def test_fishers_odds_ratio_lies_between_its_limits_and_turns_with_the_groups(table):
    a, na, b, nb = table
    one, other = fisher_exact(a, na, b, nb), fisher_exact(b, nb, a, na)
    assert one.ci_low <= one.odds_ratio <= one.ci_high
    assert 0 < one.p_value <= 1
    assert one.p_value == pytest.approx(other.p_value)
    for mine, turned in ((one.odds_ratio, other.odds_ratio), (one.ci_low, other.ci_high), (one.ci_high, other.ci_low)):
        assert mine == pytest.approx(1 / turned if turned else math.inf, rel=1e-9)


@unhurried
@given(mixed_tables)
def test_fishers_odds_ratio_is_scipys_conditional_one(table):
    from scipy.stats import contingency

    a, na, b, nb = table
    theirs = contingency.odds_ratio([[a, na - a], [b, nb - b]])
    limits = theirs.confidence_interval(0.95)
    assert tuple(fisher_exact(*table))[:3] == pytest.approx((theirs.statistic, limits.low, limits.high), rel=1e-6)


@unhurried
@given(mixed_tables)
def test_corrections_only_lower_chi_squared(table):
    plain = chi_squared(*table)
    for correction in ("yates", "n_minus_1"):
        corrected = chi_squared(*table, correction=correction)
        assert corrected.statistic <= plain.statistic
        assert corrected.p_value >= plain.p_value


@pytest.mark.parametrize(
    ("table", "p_value"),
    [  # R 4.2.2: fisher.test(matrix(c(a, na - a, b, nb - b), 2))$p.value, printed to seven digits
        ((6, 38, 3, 24), 1.0),
        ((4, 54, 0, 54), 0.118024),
        ((25, 38, 7, 24), 0.008556628),
        ((49, 60, 30, 62), 0.0001396703),
        ((1, 8, 3, 9), 0.5764706),
    ],
)
def test_fishers_p_value_alone_is_that_of_the_whole_test(table, p_value):
    assert fisher_p_value(*table) == pytest.approx(p_value, rel=1e-6)
    assert fisher_p_value(*table) == pytest.approx(fisher_exact(*table).p_value, rel=1e-12)


def test_rs_own_search_for_fishers_odds_ratio_can_be_repeated():
    # R 4.2.2: fisher.test(matrix(c(7, 15, 13, 3), 2))
    expected = (0.11533809406914673, 0.01578983890512160, 0.60228516896295103, 0.00358974828191833)
    assert tuple(fisher_exact(7, 20, 15, 18, tolerance=FISHER_TEST)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: wilson(5, 4), "no count"),
        (lambda: jeffreys(-1, 4), "no count"),
        (lambda: clopper_pearson(1, 4, 100), "level"),
        (lambda: newcombe(1, 4, 7, 5), "no count"),
        (lambda: katz(0, 10, 3, 10), "fisher_exact"),
        (lambda: woolf(10, 10, 3, 10), "fisher_exact"),
        (lambda: chi_squared(0, 10, 0, 12), "nothing to test"),
        (lambda: chi_squared(1, 10, 2, 12, correction="half"), "yates"),
        (lambda: fisher_exact(1.5, 10, 2, 12), "whole numbers"),
        (lambda: fisher_exact(10, 10, 12, 12), "anything"),
    ],
)
def test_what_gives_no_interval_is_refused_in_words(call, word):
    with pytest.raises(ValueError, match=word):
        call()
