"""Figures of R's metafor on data sets of metadat, made by engine.R beside this file; versions stand in engine.json.

Tolerance: 1e-9 relative for closed forms, 1e-7 where metafor itself iterates, 1e-6 for limits of tau2, which R's root
search gives to about six digits.
"""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from evidence.synthesise import (
    cumulative,
    influence,
    leave_one_out,
    metafor_default_tau2,
    permutation_test,
    pool,
    pool_many,
    predict_studies,
    regress,
    subgroups,
)

ENGINE = json.loads((Path(__file__).parent / "engine.json").read_text(encoding="utf-8"))
DATA = ENGINE["data"]
LIMITS = "tau2_low tau2_high I2_low I2_high H2_low H2_high".split()


def close(expected, name=""):
    return pytest.approx(expected, rel=1e-6 if name in LIMITS else 1e-7, abs=1e-9)


def named(*keys):
    return lambda case: "-".join(str(case[key]) for key in keys)


def options(case):
    return {"method": case["method"], "interval": case["interval"]}


def moderators(data, names):
    return {name: data[name] for name in names}


def test_the_file_says_what_made_it():
    assert ENGINE["made_with"] == {"R": "4.2.2", "metafor": "3.8.1", "metadat": "1.2.0"}


@pytest.mark.parametrize("case", ENGINE["pool"], ids=named("data", "method", "interval"))
def test_pooling_agrees_with_metafor(case):
    data = DATA[case["data"]]
    result = pool(data["yi"], data["vi"], **options(case))
    for name, expected in case["figures"].items():
        assert getattr(result, name) == close(expected, name), name


@pytest.mark.parametrize("method", ["common", "dl", "he", "hs", "sj", "ml", "reml", "eb", "pm"])
def test_all_data_sets_at_once_agree_with_metafor(method):
    longest = max(len(data["yi"]) for data in DATA.values())
    Y, V = (
        np.array([data[key] + [math.nan] * (longest - len(data[key])) for data in DATA.values()]).T
        for key in ("yi", "vi")
    )
    for interval in ("wald", "hartung_knapp", "hartung_knapp_adhoc"):
        found = pool_many(Y, V, method=method, interval=interval)
        for column, name in enumerate(DATA):
            case = next(
                c for c in ENGINE["pool"] if (c["data"], c["method"], c["interval"]) == (name, method, interval)
            )
            for figure, expected in case["figures"].items():
                assert getattr(found, figure)[column] == close(expected, figure), (name, figure)


@pytest.mark.parametrize("case", ENGINE["defaults"], ids=named("data", "method"))
def test_metafors_default_iterations_stop_where_ours_stop(case):
    data = DATA[case["data"]]
    assert metafor_default_tau2(data["yi"], data["vi"], method=case["method"]) == close(case["tau2"])


@pytest.mark.parametrize("case", ENGINE["regress"], ids=named("data", "method", "interval", "moderators"))
def test_regression_agrees_with_metafor(case):
    data = DATA[case["data"]]
    result = regress(data["yi"], data["vi"], moderators(data, case["moderators"]), **options(case))
    assert ["intrcpt", *result.terms[1:]] == case["terms"]
    for name, expected in case["figures"].items():
        assert getattr(result, name) == close(expected, name), name
    for name, expected in case["arrays"].items():
        assert getattr(result, name) == close(np.array(expected), name), name


@pytest.mark.parametrize("case", ENGINE["permutations"], ids=named("moderator", "interval"))
def test_permutation_test_agrees_with_metafor_where_it_is_exact(case):
    data = {name: values[:6] for name, values in DATA["raudenbush1985"].items()}
    result = permutation_test(
        data["yi"], data["vi"], moderators(data, [case["moderator"]]), method="dl", interval=case["interval"]
    )
    assert result.exact
    assert result.p_value == close(np.array(case["p_value"]))
    assert result.QM_p == close(case["QM_p"])


@pytest.mark.parametrize("case", ENGINE["subgroups"], ids=named("data", "method", "interval"))
def test_subgroups_with_a_common_tau2_agree_with_metafor(case):
    data = DATA[case["data"]]
    groups, test = subgroups(data["yi"], data["vi"], data[case["column"]], tau2="common", **options(case))
    results = [group.pooled or group.single for group in groups]
    for name in ("mu", "se", "ci_low", "ci_high"):
        assert [getattr(result, name) for result in results] == close(case[name]), name
    assert [result.p_value for result in results] == close(case["p_values"])
    assert [result.tau2 for result in results] == close([case["tau2"]] * len(results))
    assert (test.p_value, test.Q_within) == (close(case["p_value"]), close(case["QE"]))
    assert test.Q / (test.df if case["interval"] == "hartung_knapp" else 1) == close(case["QM"])


@pytest.mark.parametrize("case", ENGINE["sensitivity"], ids=named("data", "method", "interval"))
def test_sensitivity_agrees_with_metafor(case):
    data = DATA[case["data"]]
    y, v = data["yi"], data["vi"]
    left = leave_one_out(y, v, **options(case))
    for name, expected in case["left"].items():
        assert [getattr(step, name) for step in left] == close(expected), name
    added = cumulative(y, v, data["year"], **options(case))
    assert [i + 1 for i in added.order] == case["order"]
    for name, expected in case["added"].items():
        assert [getattr(step, name) for step in added] == close(expected), name
    found = influence(y, v, **options(case))
    for name, expected in case["influence"].items():
        assert getattr(found, name) == close(np.array(expected)), name
    assert found.influential.tolist() == case["influential"]
    if "predictions" in case:
        predicted = predict_studies(y, v, **options(case))
        for name, expected in case["predictions"].items():
            assert getattr(predicted, name) == close(np.array(expected)), name
