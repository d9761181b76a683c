"""What a check yields, and the words in which doubts name a row and print a number."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from evidence.model.codes import Outcome, Severity
from evidence.model.records import Contrast, Result, Source

#: Measures and outcomes in a clinician's words, where the code alone reads badly in a sentence.
_PERCENT_WORDS = {
    "proportion": "proportion",
    "survival_probability": "survival probability",
    "cumulative_incidence": "cumulative incidence",
    "median_time": "median time",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A flag without its check's name and id, which `check` adds."""

    document_id: str
    study_id: str | None
    result_ids: tuple[str, ...]
    severity: Severity
    message: str

    @classmethod
    def about(cls, row: Result, severity: Severity, message: str) -> Self:
        """A doubt about one number; the message opens with what the number is."""
        return cls(
            document_id=row.document_id,
            study_id=row.study_id,
            result_ids=(row.result_id,),
            severity=severity,
            message=f"{name_of(row)}: {message}",
        )


def name_of(row: Result) -> str:
    """What a row is about: "sorafenib vs placebo, OS, HR" or "sorafenib, CR, proportion at 24 months"."""
    sides = (row.arm, row.comparator) if isinstance(row, Contrast) else (row.arm,)
    who = " vs ".join(side or "an unnamed arm" for side in sides) if any(sides) else ""
    outcome = (row.outcome_text or "other outcome") if row.outcome is Outcome.OTHER else row.outcome.value
    what = _PERCENT_WORDS.get(row.measure.value, row.measure.value)
    at = f" at {printed(row.timepoint_months)} months" if row.timepoint_months is not None else ""
    among = f"({row.subgroup})" if row.subgroup else ""
    return ", ".join(part for part in (f"{who} {among}".strip(), outcome, what + at) if part)


def printed(number: Decimal | int) -> str:
    """A number with the digits the document prints."""
    return format(number, "f") if isinstance(number, Decimal) else str(number)


def place(source: Source) -> str:
    """Where a number stands, in words: "Table 2", "abstract", "text (Results)"."""
    if source.table:
        return source.table
    if source.section and re.search(r"\babstract|\bsummary", source.section, re.IGNORECASE):
        return "abstract"
    return f"text ({source.section})" if source.section else "text"
