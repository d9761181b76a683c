"""Small-study effects by R's metafor, made by asymmetry.R beside this file; versions stand in asymmetry.json.

Tolerance: 1e-9 relative for closed forms, 1e-7 where metafor iterates, 1e-6 for Henmi and Copas's limits (a search in
an integral).
"""

import json
from pathlib import Path

import pytest

from evidence.synthesise import begg, count_asymmetry, egger, fail_safe_n, henmi_copas, trim_and_fill

FILE = json.loads((Path(__file__).parent / "asymmetry.json").read_text(encoding="utf-8"))
DATA = FILE["data"]


def close(expected, rel=1e-9):
    if isinstance(expected, list):
        return [close(one, rel) for one in expected]
    return None if expected is None else pytest.approx(expected, rel=rel, abs=1e-12)


def rel_of(method):
    return 1e-7 if method in ("reml", "pm") else 1e-9


def named(*keys):
    return lambda case: "-".join(str(case[key]) for key in keys)


def studies(case):
    return DATA[case["data"]]["y"], DATA[case["data"]]["v"]


def test_the_file_says_what_made_it():
    assert FILE["made_with"] == {"R": "4.2.2", "metafor": "3.8.1", "metadat": "1.2.0"}


@pytest.mark.parametrize("case", FILE["eggers"], ids=named("data", "predictor", "model", "method", "interval", "level"))
def test_eggers_test_in_its_variants_agrees(case):
    how = {name: case[name] for name in ("method", "interval") if case[name]}
    found = egger(
        *studies(case),
        predictor=case["predictor"],
        n=DATA[case["data"]]["n"],
        model=case["model"],
        level=case["level"],
        force=True,
        **how,
    )
    rel = rel_of(case["method"])
    assert (found.statistic, found.p_value) == (close(case["statistic"], rel), close(case["p_value"], 10 * rel))
    assert [found.limit, found.limit_low, found.limit_high] == close([case["limit"], case["low"], case["high"]], rel)


@pytest.mark.parametrize("case", FILE["of_counts"], ids=named("data", "measure", "test"))
def test_tests_for_counts_agree_with_regressions_of_r(case):
    counts = [FILE["tables"][case["data"]][name] for name in ("a", "na", "c", "nc")]
    found = count_asymmetry(*counts, test=case["test"], measure=case["measure"], force=True)
    assert [found.slope, found.slope_se, found.statistic, found.p_value] == close(case["slope"], 1e-8)
    assert [found.intercept, found.intercept_se] == close(case["intercept"], 1e-8)
    if found.limit is not None:
        assert [found.limit_low, found.limit_high] == close(case["limits"], 1e-8)


@pytest.mark.parametrize("case", FILE["ranks"], ids=named("data"))
def test_the_rank_test_agrees(case):
    found = begg(*studies(case), force=True)
    assert (found.tau, found.p_value, found.p_normal) == (
        close(case["tau"]),
        close(case["p_value"]),
        close(case["p_normal"]),
    )


@pytest.mark.parametrize("case", FILE["filled"], ids=named("data", "method", "estimator", "side"))
def test_trim_and_fill_agrees(case):
    found = trim_and_fill(
        *studies(case),
        estimator=case["estimator"],
        side=case["side"],
        method=case["method"],
        interval="wald",
        force=True,
    )
    rel = rel_of(case["method"])
    assert (found.side, found.missing) == (case["found"], case["missing"])
    assert (found.se, found.p_value) == (close(case["se"], rel), close(case["p_value"]))
    assert [list(found.y), list(found.v)] == close([case["y"], case["v"]], rel)
    assert (found.pooled.mu, found.pooled.se) == (close(case["mu"], rel), close(case["se_mu"], rel))
    assert found.pooled.tau2 == close(case["tau2"], rel)


@pytest.mark.parametrize("case", FILE["safe"], ids=named("data", "type", "alpha", "target", "weighted"))
def test_fail_safe_n_agrees(case):
    how = {name: case[name] for name in ("alpha", "target", "weighted")}
    assert fail_safe_n(*studies(case), case["type"], force=True, **how).n == case["n"]


@pytest.mark.parametrize("case", FILE["intervals"], ids=named("data", "level"))
def test_the_interval_of_henmi_and_copas_agrees(case):
    found = henmi_copas(*studies(case), level=case["level"])
    assert (found.mu, found.se, found.tau2) == (close(case["mu"]), close(case["se"]), close(case["tau2"]))
    assert (found.ci_low, found.ci_high) == (close(case["ci_low"], 1e-6), close(case["ci_high"], 1e-6))
