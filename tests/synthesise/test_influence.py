"""Leaving studies out, adding them, and diagnostics: each as pooling those studies says."""

import numpy as np
import pytest

from evidence.errors import SynthesisError, TooFewStudies
from evidence.synthesise import cumulative, influence, leave_one_out, pool, predict_studies

Y = [-0.65, -0.34, -0.05, -0.97, 0.11, -0.40, 0.23]
V = [0.10, 0.03, 0.015, 0.16, 0.02, 0.05, 0.08]


@pytest.mark.parametrize("method", ["common", "dl", "reml", "pm"])
@pytest.mark.parametrize("interval", ["wald", "hartung_knapp"])
def test_each_step_is_the_pooled_estimate_of_its_studies(method, interval):
    how = {"method": method, "interval": interval}
    for i, step in enumerate(leave_one_out(Y, V, **how)):
        alone = pool(Y[:i] + Y[i + 1 :], V[:i] + V[i + 1 :], **how)
        assert (step.k, step.notes, step.interval) == (6, alone.notes, alone.interval)
        assert (step.mu, step.ci_low, step.tau2) == pytest.approx((alone.mu, alone.ci_low, alone.tau2), rel=1e-9)
    for i, step in enumerate(cumulative(Y, V, **how), start=1):
        alone = pool(Y[:i], V[:i], **how)
        assert (step.k, step.notes, step.df) == (i, alone.notes, alone.df)
        assert (step.mu, step.ci_low, step.tau2) == pytest.approx((alone.mu, alone.ci_low, alone.tau2), rel=1e-9)


def test_studies_are_added_by_values_or_by_precision():
    assert cumulative(Y, V, [3, 1, 2, 2, 9, 0, 5]).order == (5, 1, 2, 3, 0, 6, 4)
    found = cumulative(Y, V, "precision")
    assert found.order == (2, 4, 1, 5, 6, 0, 3)
    assert (len(found), found[-1].k) == (7, 7)


@pytest.mark.parametrize("by", ["year", [1, 2], [1, 2, 3, 4, 5, 6, float("nan")], ["a"] * 7])
def test_an_order_that_is_none_is_refused(by):
    with pytest.raises(SynthesisError, match="added"):
        cumulative(Y, V, by)


def test_the_outlier_is_the_influential_study():
    y, v = [0.1, 0.2, 0.15, 0.3, 0.05, 0.12, 0.22, 3.0], [0.05] * 8
    found = influence(y, v, interval="wald")
    assert found.influential.tolist() == [False] * 7 + [True]
    assert np.argmax(np.abs(found.rstudent)) == 7
    assert found.weights.sum() == pytest.approx(100)
    assert found.without.k.tolist() == [7] * 8
    # under a common effect a study's Baujat x is its part in Q
    assert influence(y, v, method="common").baujat_x.sum() == pytest.approx(pool(y, v).Q)


def test_equal_effects_have_no_influence():
    found = influence([0.5] * 4, [0.1, 0.2, 0.3, 0.4])
    assert not found.influential.any()
    assert np.isfinite(found.rstudent).all() and np.isfinite(found.cooks_d).all()


def test_predictions_lie_between_the_study_and_the_pooled_estimate():
    pooled, predicted = pool(Y, V), predict_studies(Y, V)
    between = (predicted.estimate - Y) * (predicted.estimate - pooled.mu)
    assert (between <= 0).all()
    common = predict_studies(Y, V, method="common", interval="wald")
    assert common.estimate == pytest.approx(np.full(7, pool(Y, V, method="common").mu))


def test_too_few_studies_are_refused():
    with pytest.raises(TooFewStudies, match="at least 2"):
        leave_one_out([0.1], [0.2])
    with pytest.raises(TooFewStudies, match="at least 3"):
        influence([0.1, 0.2], [0.2, 0.2])
