"""Many analyses at once: the same figures as one by one, whatever is absent, and as PyMARE where it has them."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from pymare import estimators

from evidence.errors import NotConverged, SynthesisError, TooFewStudies
from evidence.model.question import METHODS
from evidence.synthesise import metafor_default_tau2, pool, pool_many
from evidence.synthesise.fixed_weights import sum_of_chi_squared
from evidence.synthesise.many import ALL_INTERVALS

FIGURES = (
    "mu se statistic df p_value ci_low ci_high pi_low pi_high tau2 se_tau2 tau2_low tau2_high Q Q_p I2 H2 I2_Q I2_low "
    "I2_high H2_low H2_high H2_Q I2_Q_low I2_Q_high log_likelihood AIC BIC AICc typical_variance hartung_knapp_factor"
).split()


def random_analyses(seed, k, m, absent=0.0):
    random = np.random.default_rng(seed)
    V = random.uniform(0.01, 0.5, (k, m))
    Y = random.normal(0.3, np.sqrt(V + 0.1 * random.integers(0, 2, m)))
    gone = random.random((k, m)) < absent
    gone[0] = False
    Y[gone] = np.nan
    return Y, V


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("interval", ALL_INTERVALS)
def test_many_analyses_are_each_as_one_by_itself(method, interval):
    Y, V = random_analyses(1, 7, 40, absent=0.5)
    found = pool_many(Y, V, method=method, interval=interval, level=90)
    for column in range(40):
        here = ~np.isnan(Y[:, column])
        one = pool(Y[here, column], V[here, column], method=method, interval=interval, level=90)
        assert found.k[column] == one.k
        assert found.weights[here, column] == pytest.approx(one.weights)
        assert np.isnan(found.weights[~here, column]).all()
        for name in FIGURES:
            expected, value = getattr(one, name), getattr(found, name)[column]
            assert math.isnan(value) if expected is None else value == pytest.approx(expected, rel=1e-9, abs=1e-11), (
                name
            )


def test_more_analyses_than_are_worked_on_together_keep_their_order():
    Y, V = random_analyses(2, 50, 4000)
    found = pool_many(Y, V, method="dl")
    assert found.weights.shape == (50, 4000)
    for column in (0, 1599, 1600, 3999):
        assert found.mu[column] == pytest.approx(pool(Y[:, column], V[:, column], method="dl").mu, rel=1e-12)


@pytest.mark.parametrize("method", ["dl", "he", "ml", "reml"])
@pytest.mark.parametrize(
    ("interval", "correction"),
    [
        ("wald", "wald"),
        ("hartung_knapp", "knapp-hartung"),
        ("hartung_knapp_adhoc", "knapp-hartung-conservative"),
    ],
)
def test_pymare_gives_the_same_within_its_search(method, interval, correction):
    Y, V = random_analyses(3, 12, 30)
    if method in ("dl", "he"):
        kind = estimators.DerSimonianLaird if method == "dl" else estimators.Hedges
        theirs = kind(small_sample_correction=correction)
    else:
        theirs = estimators.VarianceBasedLikelihoodEstimator(method=method, small_sample_correction=correction)
    theirs.fit(Y, v=V, X=np.ones((12, 1)))
    ours = pool_many(Y, V, method=method, interval=interval)
    near = {"rel": 1e-12, "abs": 1e-14} if method in ("dl", "he") else {"rel": 1e-4, "abs": 1e-5}
    assert ours.tau2 == pytest.approx(np.ravel(theirs.params_["tau2"]), **near)
    assert ours.mu == pytest.approx(theirs.params_["fe_params"][0], **near)
    assert ours.se**2 == pytest.approx(np.ravel(theirs.params_["inv_cov"]), **near)


variances = st.floats(-8, 8).map(lambda power: 10.0**power)


@settings(deadline=None, max_examples=80)
@example([(0.0, 1.0), (0.0, 1.0), (0.0, 1e5), (3.0, 10**3.5), (0.5, 1.0)], "reml", 3.0)  # a second, lower maximum
@given(
    st.lists(st.tuples(st.floats(-3, 3), variances), min_size=2, max_size=8),
    st.sampled_from(["ml", "reml"]),
    st.floats(-8, 8),
)
def test_no_tau2_on_the_line_is_likelier_even_with_variances_from_1e_8_to_1e8(pairs, method, power):
    v = np.array([v for _, v in pairs])
    y = np.array([y for y, _ in pairs]) * np.sqrt(v + 10**power)
    assume(np.ptp(y) > 1e-3 * math.sqrt(v.min()))

    def log_likelihood(tau2):
        w = 1 / (v + np.atleast_1d(tau2)[:, None])
        rest = y - (w * y).sum(axis=1, keepdims=True) / w.sum(axis=1, keepdims=True)
        value = np.log(w).sum(axis=1) / 2 - (w * rest**2).sum(axis=1) / 2
        return value - np.log(w.sum(axis=1)) / 2 if method == "reml" else value

    found = log_likelihood(pool(y, v, method=method).tau2)[0]
    assert found >= log_likelihood([0, *np.geomspace(1e-10, 1e20, 2000)]).max() - 1e-8 * (1 + abs(found))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(-3000, 3000), st.floats(-8, 8)), min_size=2, max_size=8))
def test_moment_estimates_have_their_digits_even_with_variances_from_1e_8_to_1e8(pairs):
    v = [Fraction(10.0**power) for _, power in pairs]
    y = [Fraction(y, 1000) * Fraction(math.sqrt(variance)) for (y, _), variance in zip(pairs, v, strict=True)]
    assume(max(y) - min(y) > Fraction(1, 100))
    w = [1 / variance for variance in v]
    mean = sum(a * b for a, b in zip(w, y, strict=True)) / sum(w)
    Q = sum(a * (b - mean) ** 2 for a, b in zip(w, y, strict=True))
    trace = sum(a * (sum(w) - a) for a in w) / sum(w)
    found = pool([float(one) for one in y], [float(one) for one in v], method="dl")
    assert pytest.approx(float(Q), rel=1e-7, abs=1e-9) == found.Q
    assert found.tau2 == pytest.approx(max(0.0, float((Q - len(y) + 1) / trace)), rel=1e-6, abs=1e-9 / float(trace))
    assert found.typical_variance == pytest.approx(float((len(y) - 1) / trace), rel=1e-9)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 2)), min_size=2, max_size=8),
    st.sampled_from(METHODS),
    st.sampled_from([2.0**-30, 0.001, 1e6]),
)
def test_results_scale_with_the_unit_and_turn_with_the_sign(pairs, method, unit):
    y, v = (np.array(column) for column in zip(*pairs, strict=True))
    assume(np.ptp(y) > 1e-3)
    one, other, turned = (pool(y * c, v * c**2, method=method) for c in (1.0, unit, -1.0))
    assert other.mu / unit == pytest.approx(one.mu, rel=1e-9, abs=1e-11)
    assert other.tau2 / unit**2 == pytest.approx(one.tau2, rel=1e-7, abs=1e-10)
    assert turned.mu == pytest.approx(-one.mu, rel=1e-12, abs=1e-12)
    assert (turned.ci_low, turned.ci_high) == pytest.approx((-one.ci_high, -one.ci_low), rel=1e-9, abs=1e-10)


@settings(deadline=None, max_examples=40)
@given(st.floats(-2, 2), st.floats(0.01, 2), st.lists(st.tuples(st.floats(-2, 2), st.floats(0.01, 2)), min_size=1))
def test_under_a_common_effect_a_study_counts_as_its_two_halves(y, v, others):
    rest_y, rest_v = [y for y, _ in others], [v for _, v in others]
    whole = pool([y, *rest_y], [v, *rest_v], method="common", interval="wald")
    halves = pool([y, y, *rest_y], [2 * v, 2 * v, *rest_v], method="common", interval="wald")
    assert (halves.mu, halves.se, halves.Q) == pytest.approx((whole.mu, whole.se, whole.Q), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("kind", ["jackson", "biggerstaff_jackson"])
def test_with_equal_variances_every_interval_of_tau2_is_the_same(kind):
    y, v = [0.1, 0.9, -0.4, 0.6, 1.3], [0.07] * 5
    exact, other = pool(y, v), pool(y, v, tau2_interval=kind)
    assert (other.tau2_low, other.tau2_high) == pytest.approx((exact.tau2_low, exact.tau2_high), rel=1e-9)
    assert (other.I2_low, other.H2_high) == pytest.approx((exact.I2_low, exact.H2_high), rel=1e-9)


def test_a_sum_of_chi_squared_variables_has_its_distribution():
    from scipy import integrate, stats

    for df in (1, 2, 7):
        for q in (0.1, 3.0, 40.0):
            assert sum_of_chi_squared(q, np.full(df, 2.0)) == pytest.approx(stats.chi2.cdf(q / 2, df), abs=1e-12)

    def density_of_both(x):
        return stats.chi2.pdf(x, 1) * stats.chi2.cdf((20 - x) / 50, 1)

    expected = 2 * integrate.quad(lambda root: root * density_of_both(root**2), 0, math.sqrt(20))[0]
    assert sum_of_chi_squared(20.0, np.array([1.0, 50.0])) == pytest.approx(expected, abs=1e-9)


def test_the_wider_interval_and_that_of_iqwig():
    y, v = [-0.31, -0.28, -0.35, -0.30], [0.04, 0.09, 0.12, 0.05]  # Hartung-Knapp is far too narrow here
    wald, adhoc = pool(y, v, interval="wald"), pool(y, v, interval="hartung_knapp_adhoc")
    wider, iqwig = pool(y, v, interval="hartung_knapp_ci"), pool(y, v, interval="hartung_knapp_iqwig")
    assert (wider.ci_low, wider.interval, wider.df) == (wald.ci_low, "wald", None)
    assert "wider than the Hartung-Knapp one" in wider.notes[0]
    assert (iqwig.ci_low, iqwig.df) == (adhoc.ci_low, 3)


def test_equal_effects_give_the_point_of_the_formula_when_asked_for():
    result = pool([0.5] * 4, [0.1, 0.2, 0.3, 0.4], equal_effects="point")
    assert (result.se, result.ci_low, result.ci_high, result.p_value) == (0, 0.5, 0.5, 0)
    assert result.statistic == math.inf
    assert "a point" in result.notes[0]
    assert (pool([0.0] * 3, [0.1] * 3, equal_effects="point").statistic, result.interval) == (0, "hartung_knapp")


def test_ten_thousand_studies_are_pooled():
    random = np.random.default_rng(5)
    v = random.uniform(0.01, 1, 10_000)
    result = pool(random.normal(0.2, np.sqrt(v + 0.1)), v)
    assert result.tau2 == pytest.approx(0.1, abs=0.02)
    assert result.ci_low < 0.2 < result.ci_high


@pytest.mark.parametrize(
    ("Y", "V", "message"),
    [
        ([[0.1, 0.2], [0.3, 0.4]], [[1, 1], [0, 1]], "Study 2 of analysis 1 has effect 0.3 and sampling variance 0.0"),
        ([[0.1, math.inf]], [[1, 1]], "Study 1 of analysis 2"),
        ([[0.1, 0.2]], [[1, -1]], "must be finite and the variance positive"),
        ([[0.1, 0.2]], [[1], [1]], "one shape"),
        ([0.1, 0.2], [1, 1], "studies by analyses"),
        ([["a"]], [[1]], "must be numbers"),
    ],
)
def test_unusable_numbers_are_refused_by_study_and_analysis(Y, V, message):
    with pytest.raises(SynthesisError, match=message):
        pool_many(Y, V)


def test_studies_out_of_all_proportion_are_refused():
    with pytest.raises(SynthesisError, match=r"Study 1 of 2 has effect 0\.1 and sampling variance 1e-300"):
        pool([0.1, 0.2], [1e-300, 1e300])
    with pytest.raises(SynthesisError, match="Study 3 of 3 has effect 1e"):
        pool([0.1, 0.2, 1e200], [0.1, 0.1, 0.1])
    with pytest.raises(SynthesisError, match="Study 1 of 2 in analysis 2"):
        pool_many([[0.1, 0.1], [0.2, 0.2]], [[0.1, 1e-90], [0.1, 0.1]])


def test_an_analysis_without_studies_is_refused_by_its_place():
    with pytest.raises(TooFewStudies, match="analysis 2"):
        pool_many([[0.1, math.nan]], [[1, 1]])


@pytest.mark.parametrize("option", [{"tau2_interval": "wald"}, {"equal_effects": "keep"}])
def test_unknown_ways_are_refused(option):
    with pytest.raises(SynthesisError, match="is none of"):
        pool([0.1, 0.2], [1, 1], **option)


def test_where_metafors_iterations_do_not_end_the_study_that_stands_out_is_named_and_ours_is_found():
    y, v = [110, 100, -170, 720], [20000, 50000, 80000, 90000]
    with pytest.raises(NotConverged, match="Study 1 of 4 stands out: effect 110, sampling variance 20000"):
        metafor_default_tau2(y, v)  # metafor 3.8: "Fisher scoring algorithm did not converge"
    tau2 = pool(y, v).tau2
    w = 1 / (np.array(v) + tau2)
    P = np.diag(w) - np.outer(w, w) / w.sum()
    assert y @ P @ P @ y == pytest.approx(np.trace(P), rel=1e-10)


def test_one_study_has_no_tau2_to_compare_with_metafors():
    with pytest.raises(SynthesisError, match="One study"):
        metafor_default_tau2([0.1], [0.2])
