"""Effects, Mantel-Haenszel, Peto, mixed models and single tables as R gives them; made by counts.R beside this file.

Tolerance: 1e-9 relative for closed forms. For mixed models 1e-6 of the estimate, and 1e-5 of tau2 and the standard
error, which glmer takes from finite differences; hypergeometric models 1e-4 and 1e-3, where metafor stops its search.
"""

import json
import math
from pathlib import Path

import pytest

from evidence import formulas
from evidence.synthesise import effects, glmm, mantel_haenszel, peto

REFERENCE = json.loads((Path(__file__).parent / "counts.json").read_text(encoding="utf-8"))
DATA = REFERENCE["data"]
NO_NUMBER = (None, "NA", "NaN", "Inf", "-Inf")


def cases(what):
    return pytest.mark.parametrize(
        "case",
        [case for case in REFERENCE["cases"] if case["what"] == what],
        ids=lambda case: "-".join([case["data"], *map(str, case["options"].values())]),
    )


def close(expected, rel=1e-9):
    return None if expected in ("NA", None) else pytest.approx(expected, rel=rel, abs=1e-12)


def test_the_file_says_what_made_it():
    assert REFERENCE["made_with"] == {"R": "4.2.2", "metafor": "3.8.1", "metadat": "1.2.0", "lme4": "1.1.31"}


@cases("effects")
def test_effects_agree_with_escalc(case):
    y, v = effects(**case["options"], **DATA[case["data"]])
    theirs = zip(case["figures"]["y"], case["figures"]["v"], strict=True)
    # where metafor has no finite pair, neither have we
    expected = [(math.nan, math.nan) if {*NO_NUMBER} & {*pair} else pair for pair in theirs]
    assert list(y) == pytest.approx([pair[0] for pair in expected], rel=1e-9, abs=1e-13, nan_ok=True)
    assert list(v) == pytest.approx([pair[1] for pair in expected], rel=1e-9, abs=1e-13, nan_ok=True)


@cases("mantel_haenszel")
def test_mantel_haenszel_agrees_with_metafor(case):
    result = mantel_haenszel(*DATA[case["data"]].values(), **case["options"])
    for name, expected in case["figures"].items():
        assert getattr(result, name) == close(tuple(expected) if name == "weights" else expected), name
    assert result.Q_df == result.k_estimates - 1


@cases("peto")
def test_peto_agrees_with_metafor(case):
    result = peto(*DATA[case["data"]].values())
    for name, expected in case["figures"].items():
        assert getattr(result, name) == close(tuple(expected) if name == "weights" else expected), name


@cases("glmm")
def test_mixed_models_agree_with_metafor(case):
    result = glmm(*DATA[case["data"]].values(), **case["options"])
    searched = case["options"].get("model") == "CM.EL" and case["options"]["measure"] == "OR"
    for name, expected in case["figures"].items():
        rel = 1e-6 if name in ("mu", "Q_lrt", "Q_lrt_p", "k") else 1e-5
        if searched:
            rel = 1e-4 if name == "mu" else 1e-3
        near = rel * result.se if name.endswith(("_low", "_high")) else 1e-12
        assert getattr(result, name) == pytest.approx(expected, rel=rel, abs=near), name


def test_a_hypergeometric_model_keeps_its_standard_error_where_the_spread_is_small():
    # metafor 3.8.1 gives tau2 0.00015 and a standard error of 6e-7 here
    exact, two_binomials = (glmm(*DATA["hahn2001"].values(), model=model) for model in ("CM.EL", "UM.FS"))
    assert exact.mu == pytest.approx(two_binomials.mu, rel=0.01)
    assert exact.se == pytest.approx(two_binomials.se, rel=0.01)


@cases("two_proportions")
def test_two_proportions_agree_with_r(case):
    row, level = case["options"]["row"], case["options"]["level"]
    counts = [column[row] for column in DATA[case["data"]].values()]
    figures = case["figures"]
    fisher = formulas.fisher_exact(*counts, level, tolerance=formulas.FISHER_TEST)
    infinite = [math.inf if value == "Inf" else value for value in figures["fisher"]]
    assert tuple(fisher) == close(tuple(infinite))
    exact = formulas.fisher_exact(*counts, level)  # R's search ends at 1.2e-4
    assert tuple(exact) == pytest.approx(tuple(infinite), rel=3e-4, abs=1.3e-4)
    assert formulas.wald_difference(*counts, level) == close(tuple(figures["wald"]))
    for name, correction in (("pearson", "none"), ("yates", "yates")):
        test = formulas.chi_squared(*counts, correction=correction)
        assert tuple(test) == close((figures[name], figures[f"{name}_p"])), name


@cases("one_proportion")
def test_one_proportion_agrees_with_r(case):
    options = case["options"]
    for name, expected in case["figures"].items():
        found = getattr(formulas, name)(options["events"], options["total"], options["level"])
        assert tuple(found) == close(tuple(expected)), name
