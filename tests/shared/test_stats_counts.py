"""Counts and single studies against the reference values of ../shared/stats beside this repository.

benchmarks/answer_cases.py answers every case through the public functions, and the folder's own compare.py judges the
answers with the tolerance each file states. Run where those files are; elsewhere this module says so.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "stats"
if not SHARED.is_dir():
    pytest.skip(f"the reference values are not here ({SHARED})", allow_module_level=True)


@pytest.mark.parametrize(
    "name", ["01_effect_sizes", "03_mh_peto", "04_glmm", "09_conversions", "10_binomial", "15_quantiles"]
)
def test_every_case_agrees(tmp_path, name):
    (tmp_path / "cases").mkdir()
    shutil.copy(SHARED / f"{name}.json", tmp_path / "cases")
    folders = [str(tmp_path / "cases"), str(tmp_path / "answers")]
    for script in (ROOT / "benchmarks" / "answer_cases.py", SHARED / "compare.py"):
        done = subprocess.run([sys.executable, script, *folders], capture_output=True, text=True, cwd=ROOT)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "wrong 0 missing 0" in done.stdout, done.stdout
