"""Meta-regression and subgroups: what comes in as a moderator, what is refused, and what follows from the model."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import SynthesisError, TooFewStudies
from evidence.synthesise import permutation_test, pool, regress, subgroups

Y = [-0.65, -0.34, -0.05, -0.97, 0.11, -0.40, 0.23]
V = [0.10, 0.03, 0.015, 0.16, 0.02, 0.05, 0.08]
YEAR = [1999, 2004, 2011, 1996, 2015, 2007, 2018]
DRUG = ["b", "a", "c", "b", "a", "c", "a"]


def test_moderators_come_as_columns_of_a_table_a_frame_or_an_array():
    columns = {"year": YEAR, "drug": DRUG}
    named = regress(Y, V, columns)
    assert named.terms == ("intercept", "year", "drugb", "drugc")
    frame, array = regress(Y, V, pd.DataFrame(columns)), regress(Y, V, np.array([YEAR, DRUG], dtype=object).T)
    assert array.terms == ("intercept", "x1", "x2b", "x2c")
    assert regress(Y, V, YEAR, terms=["year"]).terms == ("intercept", "year")
    for other in (frame, array):
        assert other.b == pytest.approx(named.b)


def test_categories_and_groups_are_in_the_order_of_a_dictionary():
    names = ["beta", "Alpha", "alpha", "beta", "Gamma", "alpha", "beta"]
    assert regress(Y, V, {"": names}, intercept=False).terms == ("alpha", "Alpha", "beta", "Gamma")
    assert [group.name for group in subgroups(Y, V, names)[0]] == ["alpha", "Alpha", "beta", "Gamma"]


def test_without_an_intercept_every_category_has_its_own_estimate():
    result = regress(Y, V, {"drug": DRUG}, intercept=False, method="dl", interval="wald")
    assert result.terms == ("druga", "drugb", "drugc")
    assert (result.QM_df, result.R2) == (3, None)
    w = 1 / (np.array(V) + result.tau2)
    here = np.array([drug == "b" for drug in DRUG])
    assert result.b[1] == pytest.approx(np.sum((w * Y)[here]) / np.sum(w[here]))


def test_a_regression_on_the_intercept_alone_is_the_pooled_estimate():
    result, pooled = regress(Y, V, np.empty((7, 0))), pool(Y, V)
    assert (result.QM, result.QM_p, result.R2) == (None, None, None)
    for ours, theirs in (
        (result.b[0], pooled.mu), (result.se[0], pooled.se), (result.p_value[0], pooled.p_value),
        (result.tau2, pooled.tau2), (result.QE, pooled.Q), (result.I2, pooled.I2), (result.AICc, pooled.AICc),
    ):  # fmt: skip
        assert ours == pytest.approx(theirs, rel=1e-9)


@settings(deadline=None, max_examples=30)
@given(
    st.floats(-5, 5),
    st.sampled_from([1e-3, 7.0, 1e4]),
    st.floats(-3000, 3000),
    st.sampled_from(["common", "dl", "he", "hs", "sj", "ml", "reml", "pm"]),
)
def test_origin_and_unit_of_effects_and_of_moderators_only_move_the_coefficients(shift, unit, years, method):
    one = regress(Y, V, {"year": YEAR}, method=method)
    other = regress(
        (np.array(Y) + shift) * unit, np.array(V) * unit**2, {"year": np.array(YEAR) / 10 + years}, method=method
    )
    assert other.b[1] == pytest.approx(one.b[1] * 10 * unit, rel=1e-6)
    assert other.se[1] == pytest.approx(one.se[1] * 10 * unit, rel=1e-6)
    assert other.fitted / unit - shift == pytest.approx(one.fitted, rel=1e-6, abs=1e-7)
    assert pytest.approx((one.QM, one.QE), rel=1e-6) == (other.QM, other.QE)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ({"year": [2000] * 7}, "year is the same for all studies"),
        ({"year": YEAR, "age": [2 * year + 1 for year in YEAR]}, "age follows from intercept, year"),
        ({"drug": ["a"] * 7}, 'drug is "a" in all studies'),
        ({"drug": DRUG, "b": [float(drug == "b") for drug in DRUG]}, "b follows from intercept, druga?"),
        ({"year": [*YEAR[:3], None, *YEAR[4:]]}, "year is missing or infinite in study 4 of 7"),
        ({"year": [*YEAR[:6], float("nan")]}, "study 7 of 7"),
        ({"drug": [*DRUG[:6], ""]}, "study 7 of 7"),
        ({"year": YEAR[:5]}, "5 values for 7 studies"),
        ({"year": [{}] * 7}, "neither a number nor a text"),
        (np.zeros((7, 1, 1)), "columns of length 7"),
    ],
)
def test_moderators_that_cannot_be_used_are_refused_by_name(X, message):
    with pytest.raises(SynthesisError, match=message):
        regress(Y, V, X)


def test_names_must_fit_the_columns():
    with pytest.raises(SynthesisError, match="2 names for 1 moderators"):
        regress(Y, V, YEAR, terms=["a", "b"])
    with pytest.raises(SynthesisError, match="needs a moderator or an intercept"):
        regress(Y, V, {}, intercept=False)


def test_there_must_be_more_studies_than_coefficients():
    with pytest.raises(TooFewStudies, match="3 coefficients needs at least 4"):
        regress(Y[:3], V[:3], {"year": YEAR[:3], "age": [40, 60, 55]})


def test_intervals_that_are_for_pooling_alone_are_refused():
    with pytest.raises(SynthesisError, match="for a regression"):
        regress(Y, V, YEAR, interval="hartung_knapp_ci")


def test_an_exact_fit_has_no_hartung_knapp_variance():
    y = [0.1 * year for year in YEAR]
    with pytest.raises(SynthesisError, match="explain the effects exactly"):
        regress(y, V, YEAR)
    assert regress(y, V, YEAR, interval="wald").b[1] == pytest.approx(0.1)


def test_a_permutation_test_can_be_repeated_and_tries_every_order_where_they_are_few():
    X = {"age": [40, 61, 55, 52, 47, 70, 66]}
    one, same, other = (permutation_test(Y, V, X, method="dl", n=200, seed=seed) for seed in (1, 1, 2))
    assert (one.n, one.exact) == (200, False)
    assert one.p_value.tolist() == same.p_value.tolist() != other.p_value.tolist()
    few = permutation_test(Y, V, {"new": [0, 0, 1, 0, 1, 0, 1]}, method="dl", interval="wald")
    assert (few.n, few.exact) == (35, True)
    with pytest.raises(SynthesisError, match="at least one order"):
        permutation_test(Y, V, X, n=0)


def test_subgroups_with_a_common_tau2_share_it_and_their_degrees_of_freedom():
    groups, test = subgroups(Y, V, DRUG, tau2="common")
    whole = regress(Y, V, {"": DRUG}, intercept=False)
    assert [group.pooled.mu for group in groups] == pytest.approx(whole.b)
    assert {group.pooled.tau2 for group in groups} == {whole.tau2}
    assert {group.pooled.df for group in groups} == {4.0}
    assert (test.df, test.df2) == (2, 4.0)
    assert pytest.approx(regress(Y, V, {"": DRUG}).QM) == test.Q / 2
    hts = subgroups(Y, V, DRUG, tau2="common", prediction="hts")[0][0].pooled
    assert hts.pi_high - hts.pi_low > groups[0].pooled.pi_high - groups[0].pooled.pi_low


def test_a_group_of_one_study_enters_the_test_and_is_shown_as_it_is():
    groups, test = subgroups(Y[:4], V[:4], ["a", "a", "a", "b"])
    assert groups[1].pooled is None
    assert (groups[1].single.mu, groups[1].single.k) == (Y[3], 1)
    assert test.df == 1


@pytest.mark.parametrize(
    ("options", "message"), [({"tau2": "pooled"}, "separate, common"), ({"interval": "z"}, "is none of")]
)
def test_unknown_ways_to_pool_subgroups_are_refused(options, message):
    with pytest.raises(SynthesisError, match=message):
        subgroups(Y, V, DRUG, **options)
