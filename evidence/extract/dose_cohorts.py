"""The cohorts of a study that only their doses tell apart: "the 30-mg cohort", "patients treated at 40 mg"."""

import re
from collections.abc import Sequence

from evidence.extract.arm_candidates import Candidate
from evidence.extract.arm_names import DOSE, whole_number

_COHORT = re.compile(
    rf"(?<![\w.])(?P<dose>{DOSE.pattern.replace('?(?:', '?-?(?:', 1)})"
    r"[\s-](?P<word>cohort|group|dose (?:cohort|level|group))\b(?:\s?\([nN]\s?=\s?(?P<n>\d[\d,]*)\))?",
    re.IGNORECASE,
)
_NUMBER_AND_UNIT = re.compile(r"(?P<number>[\d.,]+)[\s-]?(?P<unit>.+)")


def dose_cohorts(told: Sequence[str]) -> list[Candidate]:
    """Two cohorts or more, each named by a dose of one unit, in the order first named; else none.

    A dose alone names no cohort, because doses are reduced; "at 40 mg" does, once the document has a 40-mg cohort.
    """
    found: dict[tuple[str, str], Candidate] = {}
    for words in told:
        for match in _COHORT.finditer(words):
            dose = _NUMBER_AND_UNIT.fullmatch(match["dose"])
            if dose is None:
                continue
            number, unit = dose["number"], dose["unit"].lower()
            cohort = found.setdefault((number, unit), Candidate(label=match.group().split("(")[0].strip(), first=0))
            cohort.aliases |= {f"{number} {unit} {match['word']}", f"at {number} {unit}"}
            if match["n"]:
                cohort.sizes[whole_number(match["n"])] += 1
    return list(found.values()) if len(found) > 1 and len({unit for _, unit in found}) == 1 else []
