"""Small-study effects, networks and survival against the reference values of ../shared/stats beside this repository.

The answers come from the public functions by way of benchmarks/answers; the folder's own compare.py judges them with
the tolerance each file states. Run where those files are; elsewhere this module says so.
"""

import importlib.util
import json
from pathlib import Path

import answer_cases
import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "stats"
if not SHARED.is_dir():
    pytest.skip(f"the reference values are not here ({SHARED})", allow_module_level=True)

FILES = {
    name: json.loads((SHARED / f"{name}.json").read_text(encoding="utf-8"))
    for name in ("06_bias", "08_network", "11_survival")
}


def compare():
    spec = importlib.util.spec_from_file_location("compare", SHARED / "compare.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "case"),
    [pytest.param(name, case, id=case["id"]) for name, file in FILES.items() for case in file["cases"]],
)
def test_every_case_agrees(name, case):
    found, failed = answer_cases.answer_file({**FILES[name], "cases": [case]})
    tolerance = case.get("tol") or FILES[name]["default_tol"]
    compared = []
    compare().walk(case["outputs"], found.get(case["id"], ...), case["id"], tolerance, compared)
    assert not failed
    assert [one for one in compared if one[0] != "ok"] == []
