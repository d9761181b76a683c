"""Figures of R's survival, made by survival.R beside this file; versions stand in survival.json.

Tolerance: 1e-9 relative for closed forms, 1e-7 for what comes from a maximum of a likelihood.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from evidence import formulas

FILE = json.loads((Path(__file__).parent / "survival.json").read_text(encoding="utf-8"))
DATA = FILE["data"]


def close(expected, rel=1e-9):
    if isinstance(expected, list):
        return [close(one, rel) for one in expected]
    return None if expected is None else pytest.approx(expected, rel=rel, abs=1e-12)


def own(case):
    """Times and events of one treatment."""
    data = DATA[case["data"]]
    rows = zip(data["trt"], data["time"], data["status"], strict=True)
    return list(zip(*[(time, event) for treatment, time, event in rows if treatment == case["trt"]], strict=True))


def covariates(data, names):
    return np.column_stack([data[name] for name in names])


def test_the_file_says_what_made_it():
    assert FILE["made_with"] == {"R": "4.2.2", "survival": "3.5.3"}


@pytest.mark.parametrize(
    "case", FILE["curves"], ids=lambda case: "-".join(str(case[key]) for key in ("data", "trt", "interval", "level"))
)
def test_survival_with_limits_quantiles_and_restricted_mean_agree(case):
    time, event = own(case)
    curve = formulas.kaplan_meier(time, event, level=case["level"], interval=case["interval"])
    asked = formulas.survival_at(curve, case["times"])
    for name in ("n_risk", "survival", "se", "ci_low", "ci_high"):
        assert [getattr(one, name) for one in asked] == close(case[name]), name
    quantiles = [formulas.survival_quantile(curve, p) for p in (0.25, 0.5, 0.75)]
    assert [one.value for one in quantiles] == close(case["quantiles"])
    assert [one.ci_low for one in quantiles] == close(case["quantiles_low"])
    assert [one.ci_high for one in quantiles] == close(case["quantiles_high"])
    mean = formulas.restricted_mean(curve, case["tau"])
    assert (mean.value, mean.se) == (close(case["rmst"]), close(case["rmst_se"]))


@pytest.mark.parametrize(
    "case", FILE["ranks"], ids=lambda case: "-".join(str(case[key]) for key in ("data", "group", "rho", "strata"))
)
def test_log_rank_tests_agree(case):
    data = DATA[case["data"]]
    strata = data["cell"] if case["strata"] else None
    test = formulas.log_rank(data["time"], data["status"], data[case["group"]], strata=strata, rho=case["rho"])
    assert list(test.observed) == close(case["observed"])
    assert list(test.expected) == close(case["expected"])
    assert [list(row) for row in test.variance] == close(case["variance"])
    assert (test.chi2, test.df, test.p_value) == (close(case["chi2"]), case["df"], close(case["p_value"]))


@pytest.mark.parametrize(
    "case",
    FILE["regressions"],
    ids=lambda case: f"{case['data']}-{case['ties']}-{'+'.join(case['covariates'])}-{case['strata']}",
)
def test_cox_regression_agrees(case):
    data = DATA[case["data"]]
    model = formulas.cox(
        data["time"],
        data["status"],
        covariates(data, case["covariates"]),
        names=case["covariates"],
        ties=case["ties"],
        strata=data["cell"] if case["strata"] else None,
    )
    for name in ("coefficient", "se", "hr_low", "hr_high"):
        assert list(getattr(model, name)) == close(case[name], 1e-7), name
    assert [model.log_likelihood_null, model.log_likelihood] == close(case["log_likelihood"])
    for name in ("score", "wald", "likelihood_ratio", "concordance"):
        assert getattr(model, name) == close(case[name], 1e-7), name


def test_cumulative_incidence_agrees():
    data, case = DATA["mgus"], FILE["competing"]
    curve = formulas.cumulative_incidence(data["time"], data["kind"])
    for kind in (1, 2):
        asked = formulas.incidence_at(curve, case["times"], kind)
        assert [one.incidence for one in asked] == close(case["incidence"][kind - 1])
        assert [one.se for one in asked] == close(case["se"][kind - 1])


@pytest.mark.parametrize("case", FILE["fine_gray"], ids=lambda case: f"{case['kind']}-{'+'.join(case['covariates'])}")
def test_fine_and_grays_regression_agrees(case):
    data = DATA["mgus"]
    model = formulas.fine_gray(data["time"], data["kind"], covariates(data, case["covariates"]), kind=case["kind"])
    for name in ("coefficient", "se", "se_model", "se_unclustered"):
        assert list(getattr(model, name)) == close(case[name], 1e-7), name
