"""Every case of ../shared/stats, answered by benchmarks/answer_cases.py, with the tolerances of the files.

They are run where those files are; elsewhere this module says so. Some values of the files are meant to differ: limits
of tau2 that R's meta gives to the four digits of its root search, where ours are exact.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = REPOSITORY.parent / "shared" / "stats"
if not SHARED.is_dir():
    pytest.skip(f"the reference values are not here ({SHARED})", allow_module_level=True)

FILES = """
    01_effect_sizes 02_pool 03_mh_peto 04_glmm 05_metareg_subgroup 06_bias 07_influence 08_network 09_conversions
    10_binomial 11_survival 12_edge_cases 13_bulk 14_meta_variants 15_quantiles
""".split()
#: Values that meta's search has to about 2e-4, and the tolerance they are compared with.
MEANT = {"14_meta_variants": (("tau2_ci_lb", "tau2_ci_ub"), {"rtol": 5e-4, "atol": 1e-7})}


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("answers")
    command = [sys.executable, str(REPOSITORY / "benchmarks" / "answer_cases.py"), str(SHARED), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY)
    assert done.returncode == 0, done.stderr
    return folder


def differences(expected, given, tolerance, meant, path=""):
    """Where an answer is not the one expected, as the rules of compare.py in that folder have it."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            here = given.get(key) if isinstance(given, dict) else None
            if key == "expected_error" and here:
                continue
            rule = meant[1] if key in meant[0] else tolerance
            yield from differences(value, here, rule, meant, f"{path}/{key}")
    elif isinstance(expected, list):
        if not isinstance(given, list) or len(given) != len(expected):
            if expected:
                yield path
            return
        for i, value in enumerate(expected):
            yield from differences(value, given[i], tolerance, meant, f"{path}[{i}]")
    elif isinstance(expected, (int, float)) and not isinstance(expected, bool):
        number = isinstance(given, (int, float)) and not isinstance(given, bool)
        if not number or abs(given - expected) > tolerance["atol"] + tolerance["rtol"] * abs(expected):
            yield f"{path}: {given} is not {expected}"
    elif given != expected:
        yield f"{path}: {given} is not {expected}"


@pytest.mark.parametrize("name", FILES)
def test_every_case_is_answered_as_r_answers_it(name, answers):
    file = json.loads((SHARED / f"{name}.json").read_text(encoding="utf-8"))
    given = json.loads((answers / f"{name}.json").read_text(encoding="utf-8"))
    found = []
    for case in file["cases"]:
        tolerance = case.get("tol") or file["default_tol"]
        meant = MEANT.get(name, ((), {}))
        found += [
            f"{case['id']}{where}" for where in differences(case["outputs"], given.get(case["id"]), tolerance, meant)
        ]
    assert found == []
