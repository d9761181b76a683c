"""Contradictions that annotators saw in the development documents are flagged, each by its own numbers.

Needs the documents kept beside the repository (../shared); where they are absent these tests say so and are not run.
"""

import json

import pytest

from tests.shared.grids import SHARED
from tests.shared.traps import checked, path_of, traps

if not (SHARED / "gold").is_dir():
    pytest.skip("the documents kept beside the repository (../shared/gold) are absent", allow_module_level=True)

TRAPS = traps()
CONTRADICTIONS = [trap for trap in TRAPS if trap.kind == "contradiction"]
#: Least share of contradictions that a flag names, over all development documents and of the seeds.
LEAST = {"": 0.70, "gold/seeds/": 1.0}


def test_every_trap_of_the_annotations_is_listed_once_and_told_apart():
    listed = [(trap.gold, trap.n) for trap in TRAPS]
    annotated = [
        (str(path.relative_to(SHARED)).removesuffix(".gold.json"), n)
        for path in SHARED.rglob("*.gold.json")
        for n, _ in enumerate(json.loads(path.read_text(encoding="utf-8")).get("traps", []))
    ]
    assert sorted(listed) == sorted(annotated)
    for trap in TRAPS:
        assert trap.kind in ("contradiction", "reading", "judgement"), trap.name
        assert bool(trap.numbers and trap.checks) is (trap.kind == "contradiction"), trap.name
        assert trap.reason or trap.kind != "judgement", trap.name


@pytest.mark.parametrize("trap", [pytest.param(trap, id=trap.name) for trap in CONTRADICTIONS if trap.found])
def test_a_contradiction_is_flagged_by_its_numbers(trap):
    flags = checked(path_of(trap.gold)).flags
    assert trap.is_named_by(flags), [f"{flag.check}: {flag.message}" for flag in flags]


@pytest.mark.parametrize("where", LEAST)
def test_enough_contradictions_are_flagged(where):
    asked = [trap for trap in CONTRADICTIONS if trap.gold.startswith(where)]
    missed = [trap.name for trap in asked if not trap.found]
    assert 1 - len(missed) / len(asked) >= LEAST[where], missed
