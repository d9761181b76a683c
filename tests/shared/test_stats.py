"""Pooling and effect sizes against reference values kept outside this repository, in ../shared/stats beside it.

They are run where those files are; elsewhere this module says so. Two differences are meant: one study has no tau2 and
no I2 here, and where all effects are equal a Hartung-Knapp interval of width 0 is replaced by the Wald interval.
"""

import json
import math
from pathlib import Path

import pytest

from evidence.errors import SynthesisError
from evidence.formulas import agresti_coull, clopper_pearson, log_hr_from_ci, log_hr_from_oe, log_hr_from_p, wilson
from evidence.synthesise import effects, pool, subgroups

SHARED = Path(__file__).resolve().parents[3] / "shared" / "stats"
if not SHARED.is_dir():
    pytest.skip(f"the reference values are not here ({SHARED})", allow_module_level=True)

TESTS = {"z": "wald", "knha": "hartung_knapp", "adhoc": "hartung_knapp_adhoc"}
OF_TEST = {
    "estimate": "mu", "se": "se", "stat": "statistic", "df": "df", "p": "p_value", "ci_lb": "ci_low",
    "ci_ub": "ci_high", "pi_lb": "pi_low", "pi_ub": "pi_high",
}  # fmt: skip
OF_FIT = {
    "k": "k", "tau2": "tau2", "se_tau2": "se_tau2", "I2": "I2", "H2": "H2", "Q": "Q", "Q_df": "Q_df", "Q_p": "Q_p",
    "I2_Q": "I2_Q", "tau2_ci_lb": "tau2_low", "tau2_ci_ub": "tau2_high",
}  # fmt: skip


def load(name):
    return json.loads((SHARED / f"{name}.json").read_text(encoding="utf-8"))


def cases(name, keep=lambda case: True):
    file = load(name)
    return [
        pytest.param(case, columns(file, case), tolerance(file, case), id=case["id"])
        for case in file["cases"]
        if keep(case)
    ]


def columns(file, case):
    return file["datasets"][case["dataset"]]["columns"] if case.get("dataset") else {}


def tolerance(file, case):
    given = case.get("tol") or file["default_tol"]
    return {"rel": given["rtol"], "abs": given["atol"]}


def near(expected, tol):
    return None if expected is None else pytest.approx(expected, **tol)


@pytest.mark.parametrize(("case", "data", "tol"), cases("02_pool") + cases("12_edge_cases"))
def test_pooling(case, data, tol):
    method = {"FE": "common"}.get(case["call"]["method"], case["call"]["method"].lower())
    y, v, expected = data["yi"], data["vi"], case["outputs"]
    if "expected_error" in expected:
        with pytest.raises(SynthesisError):
            pool(y, v, method=method)
        return
    equal = len(y) > 1 and len(set(y)) == 1
    for test, figures in expected["tests"].items():
        result = pool(y, v, method=method, interval=TESTS[test])
        if equal and test == "knha":
            assert (result.interval, figures["se"]) == ("wald", 0)
            continue
        for name, field in OF_TEST.items():
            if name in figures:
                assert getattr(result, field) == near(figures[name], tol), (test, name)
        if "pi_hts_lb" in figures:
            higgins = pool(y, v, method=method, interval=TESTS[test], prediction="hts")
            assert (higgins.pi_low, higgins.pi_high) == (
                near(figures["pi_hts_lb"], tol),
                near(figures["pi_hts_ub"], tol),
            )
    for name, field in OF_FIT.items():
        if name in expected and not (len(y) == 1 and name in ("tau2", "I2")):
            assert getattr(result, field) == near(expected[name], tol), name
    if "weights_pct" in expected:
        assert result.weights == pytest.approx(tuple(expected["weights_pct"]), **tol)


def is_escalc(case):
    return "escalc" in case["call"]["fun"] and "vtype" not in case["call"]


@pytest.mark.parametrize(("case", "data", "tol"), cases("01_effect_sizes", is_escalc))
def test_effect_sizes(case, data, tol):
    given = {name: data[column] for name, column in case["inputs"].items()}
    options = {name: case["call"][name] for name in ("add", "to", "drop00") if name in case["call"]}
    for total, events, others in (("n1i", "ai", "bi"), ("n2i", "ci", "di")):
        if others in given:
            given[total] = [a + b for a, b in zip(given[events], given.pop(others), strict=True)]
    names = {
        "ai": "events_a", "n1i": "total_a", "ci": "events_b", "n2i": "total_b", "m1i": "mean_a", "sd1i": "sd_a",
        "m2i": "mean_b", "sd2i": "sd_b", "x1i": "events_a", "t1i": "time_a", "x2i": "events_b", "t2i": "time_b",
        "xi": "events", "ni": "total",
    }  # fmt: skip
    y, v = effects(case["call"]["measure"], **options, **{names[name]: column for name, column in given.items()})
    for ours, theirs in ((y, case["outputs"]["yi"]), (v, case["outputs"]["vi"])):
        expected = [math.nan if value is None else value for value in theirs]
        assert list(ours) == pytest.approx(expected, nan_ok=True, **tol)


@pytest.mark.parametrize(("case", "data", "tol"), cases("13_bulk"))
def test_many_small_sets(case, data, tol):
    given, expected = case["inputs"], case["outputs"]
    for method, figures in expected.items():
        if not isinstance(figures, dict) or "tau2" not in figures:
            continue
        for i, (y, v) in enumerate(zip(given["y"], given["v"], strict=True)):
            result = pool(y, v, method={"FE": "common"}.get(method, method.lower()), interval="wald")
            assert result.tau2 == near(figures["tau2"][i], tol), (method, i)


def is_separate(case):
    return case["id"].endswith(
        ("FE:z:separate-tau2", "DL:z:separate-tau2", "REML:z:separate-tau2", "knha:separate-tau2")
    )


@pytest.mark.parametrize(("case", "data", "tol"), cases("05_metareg_subgroup", is_separate))
def test_subgroups(case, data, tol):
    inputs, expected = case["inputs"], case["outputs"]
    method = {"FE": "common"}.get(case["call"]["method"], case["call"]["method"].lower())
    groups, test = subgroups(
        data[inputs["yi"]],
        data[inputs["vi"]],
        [str(name) for name in data[inputs["subgroup"]]],
        method=method,
        interval=TESTS[case["call"]["test"]],
    )
    for group, mu, se in zip(groups, expected["estimate"], expected["se"], strict=True):
        if group.pooled:
            assert (group.pooled.mu, group.pooled.se) == (near(mu, tol), near(se, tol))
    assert (test.Q, test.df, test.p_value) == (
        near(expected["Q_between"], tol), expected["Q_between_df"], near(expected["Q_between_p"], tol),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("case", "data", "tol"), cases("09_conversions", lambda case: case["id"] in ("hr-ci", "hr-p", "ci-only", "oe-v"))
)
def test_hazard_ratios(case, data, tol):
    given, expected = case["inputs"], case["outputs"]
    if "O_minus_E" in given:
        found = log_hr_from_oe(given["O_minus_E"], given["V"])
    elif "p" in given:
        found = log_hr_from_p(given["hr"], given["p"], sides=given["sides"])
    else:
        found = log_hr_from_ci(given.get("hr"), given["ci_low"], given["ci_high"], 100 * given["level"])
    assert (found.log_hr, found.se, found.v) == tuple(near(expected[name], tol) for name in ("log_hr", "se", "v"))


@pytest.mark.parametrize(("case", "data", "tol"), cases("10_binomial", lambda case: case["id"].startswith("one:")))
def test_one_proportion(case, data, tol):
    row = (case["inputs"]["events"], case["inputs"]["total"], 100 * case["inputs"]["level"])
    for interval in (wilson, clopper_pearson, agresti_coull):
        assert interval(*row) == pytest.approx(tuple(case["outputs"][interval.__name__]), **tol)
