"""Figures of R's metafor, made by metafor.R beside this file; versions stand in metafor.json.

Tolerance: 1e-9 relative for closed forms, 1e-7 where metafor itself iterates (tau2 of ML, REML, EB and PM and all that
follows from it; limits of tau2, which R's root search gives to about six digits).
"""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from evidence.formulas import agresti_coull, clopper_pearson, freeman_tukey_back, harmonic_mean, wilson
from evidence.synthesise import effects, pool, subgroups

METAFOR = json.loads((Path(__file__).parent / "metafor.json").read_text(encoding="utf-8"))
DATA = METAFOR["data"]


def close(expected, *, unit=1.0, rel=1e-7):
    return None if expected is None else pytest.approx(expected, rel=rel, abs=1e-12 * unit)


def unit_of(name):
    return math.sqrt(np.median(DATA[name]["v"]))


def test_the_file_says_what_made_it():
    assert METAFOR["made_with"] == {"R": "4.2.2", "metafor": "3.8.1"}
    assert len(METAFOR["pool"]) == len(DATA) * (9 * 3 + 3)


@pytest.mark.parametrize(
    "case", METAFOR["pool"], ids=lambda case: f"{case['data']}-{case['method']}-{case['interval']}-{case['level']}"
)
def test_pooling_agrees_with_metafor(case):
    data, figures, unit = DATA[case["data"]], dict(case["figures"]), unit_of(case["data"])
    how = {name: case[name] for name in ("method", "interval", "level")}
    result = pool(data["y"], data["v"], **how)
    higgins = pool(data["y"], data["v"], prediction="hts", **how)
    figures.pop("weights")
    assert (higgins.pi_low, higgins.pi_high) == (
        close(figures.pop("hts_low", None), unit=unit),
        close(figures.pop("hts_high", None), unit=unit),
    )
    for name in ("tau2_low", "tau2_high"):
        assert getattr(result, name) == close(figures.pop(name, None), unit=unit**2, rel=1e-6), name
    for name in ("tau2", "se_tau2"):
        assert getattr(result, name) == close(figures.pop(name, None), unit=unit**2), name
    for name in ("mu", "se", "ci_low", "ci_high", "pi_low", "pi_high"):
        assert getattr(result, name) == close(figures.pop(name, None), unit=unit), name
    for name, expected in figures.items():
        assert getattr(result, name) == close(expected), name
    assert result.weights == close(tuple(case["figures"]["weights"]))


@pytest.mark.parametrize("name", [name for name in DATA if name != "no_heterogeneity"])
def test_q_at_the_limits_of_tau2_is_the_quantile_of_chi_squared(name):
    from scipy.stats import chi2

    y, v = np.array(DATA[name]["y"]), np.array(DATA[name]["v"])
    found = pool(y, v, level=90.0)
    for limit, tail in ((found.tau2_low, 0.95), (found.tau2_high, 0.05)):
        w = 1 / (v + limit)
        Q = np.sum(w * (y - np.sum(w * y) / np.sum(w)) ** 2)
        target = chi2.ppf(tail, len(y) - 1)
        assert pytest.approx(target, rel=1e-9) == Q or (limit == 0 and target > Q)


@pytest.mark.parametrize("case", METAFOR["subgroups"], ids=lambda case: "-".join(map(str, list(case.values())[:3])))
def test_subgroups_and_their_test_agree_with_metafor(case):
    data, names = DATA[case["data"]], METAFOR["groups"][case["data"]]
    groups, test = subgroups(data["y"], data["v"], names, method=case["method"], interval=case["interval"])
    assert [group.name for group in groups] == case["names"]
    pooled = [(group.pooled.mu, group.pooled.se) for group in groups if group.pooled]
    several = [i for i, group in enumerate(groups) if len(group.members) > 1]
    assert pooled == [(close(case["mu"][i]), close(case["se"][i])) for i in several]
    assert (test.Q, test.df, test.p_value) == (close(case["Q"]), len(groups) - 1, close(case["p_value"]))


@pytest.mark.parametrize(
    "case", METAFOR["effects"], ids=lambda case: f"{case['measure']}-{'-'.join(map(str, case['options'].values()))}"
)
def test_effect_sizes_agree_with_escalc(case):
    y, v = effects(case["measure"], **case["options"], **METAFOR["columns"][case["columns"]])
    for ours, theirs in ((y, case["y"]), (v, case["v"])):
        # where metafor has no finite value, neither have we
        expected = [math.nan if value in (None, "NA", "Inf", "-Inf") else value for value in theirs]
        assert list(ours) == pytest.approx(expected, rel=1e-9, abs=1e-13, nan_ok=True)


def test_double_arcsines_come_back_as_metafor_brings_them():
    expected = METAFOR["double_arcsine"]
    back = [freeman_tukey_back(y, n) for y, n in zip(expected["y"], expected["totals"], strict=True)]
    assert back == pytest.approx(expected["fractions"], rel=1e-9, abs=1e-12)
    assert freeman_tukey_back(expected["pooled"], harmonic_mean(expected["totals"])) == close(
        expected["pooled_fraction"], rel=1e-9
    )


@pytest.mark.parametrize("case", METAFOR["proportions"], ids=lambda case: f"{case['events']}/{case['total']}")
def test_intervals_of_a_proportion_agree_with_r(case):
    row = (case["events"], case["total"], case["level"])
    assert clopper_pearson(*row) == pytest.approx(tuple(case["clopper_pearson"]), rel=1e-9, abs=1e-12)
    assert wilson(*row) == pytest.approx(tuple(case["wilson"]), rel=1e-9, abs=1e-12)
    assert agresti_coull(*row) == pytest.approx(tuple(case["agresti_coull"]), rel=1e-9, abs=1e-12)
