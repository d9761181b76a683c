"""Effect sizes and conversions against reference values kept outside this repository, in ../shared/stats beside it.

They are run where those files are; elsewhere this module says so.
"""

import json
import math
from pathlib import Path

import pytest

from evidence.formulas import agresti_coull, clopper_pearson, log_hr_from_ci, log_hr_from_oe, log_hr_from_p, wilson
from evidence.synthesise import effects

SHARED = Path(__file__).resolve().parents[3] / "shared" / "stats"
if not SHARED.is_dir():
    pytest.skip(f"the reference values are not here ({SHARED})", allow_module_level=True)


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
