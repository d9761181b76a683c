"""Answer reference cases of statistics through the public functions of `evidence.synthesise` and `evidence.formulas`.

    python benchmarks/answer_cases.py CASES_DIR ANSWERS_DIR

CASES_DIR holds files of cases as R wrote them: data sets, and for each case a call, its inputs and its outputs. For
each file ANSWERS_DIR gets one of the same name, {"case id": outputs}. A case that is refused is answered by the reason,
as `expected_error`; infinity is the string "Inf". The maps from R's names to ours stand in `answers/`, by topic.
"""

import sys

sys.path.append(
    sys.path.pop(0)
)  # for `answers`, but behind Python's own modules: `statistics` is also a benchmark here

import importlib
import json
import math
import pkgutil
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import answers

from evidence.errors import EvidenceError

Answer = dict[str, Any]


def topics() -> list[Callable[..., Answer | None]]:
    """The `answer` of every topic."""
    names = sorted(module.name for module in pkgutil.iter_modules(answers.__path__))
    return [importlib.import_module(f"answers.{name}").answer for name in names]


def answer_file(file: dict[str, Any]) -> tuple[dict[str, Answer], int]:
    """Answers to the cases of one file, by their id, and how many failed; a case that no topic knows is left out."""
    found: dict[str, Answer] = {}
    failed = 0
    known = topics()
    for case in file["cases"]:
        columns = file["datasets"][case["dataset"]]["columns"] if case.get("dataset") else {}
        try:
            given = next((one for topic in known if (one := topic(case, columns)) is not None), None)
            if given is not None:
                found[case["id"]] = plain(given)
        except (EvidenceError, ValueError) as error:
            found[case["id"]] = {"expected_error": str(error)}
        except Exception:
            print(f"{case['id']}:", file=sys.stderr)
            traceback.print_exc()
            failed += 1
    return found, failed


def plain(value: Any) -> Any:
    """A value as JSON has it: arrays as lists, infinity as a string."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, float) and math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    if isinstance(value, float) and math.isnan(value):
        raise FloatingPointError("an answer is nan; what is not defined is None")
    return value


def main(cases_dir: Path, answers_dir: Path) -> int:
    """Answer every file; 1 if a case failed otherwise than by being refused."""
    answers_dir.mkdir(parents=True, exist_ok=True)
    failed = 0
    for path in sorted(cases_dir.glob("*.json")):
        file = json.loads(path.read_text(encoding="utf-8"))
        found, faults = answer_file(file)
        (answers_dir / path.name).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(f"{path.name}: {len(found)} of {len(file['cases'])} cases answered")
        failed += faults
    return min(failed, 1)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
