"""Where outcomes are named in a text, and how a number about them is called."""

from dataclasses import dataclass

from evidence.extract import lexicon
from evidence.extract.lexicon import OutcomeEntry
from evidence.model.codes import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeMention:
    """One outcome where the text names it."""

    start: int
    end: int
    entry: OutcomeEntry

    @property
    def code(self) -> Outcome:
        """Its code in the evidence tables."""
        return self.entry.code


def find_outcomes(text: str, start: int, end: int) -> list[OutcomeMention]:
    """Outcomes named between two offsets, in order; "overall survival (OS)" is one mention."""
    found: list[OutcomeMention] = []
    for first, last, entry in lexicon.outcomes().find(text, start, end):
        if found and entry == found[-1].entry and text[found[-1].end : first].strip(" -") in ("(", "[", "rate (", "rates ("):
            continue
        if entry.kind == "safety" and found and found[-1].entry.kind == "safety" and text[found[-1].end : first].strip() in ("", "treatment-related"):
            # "grade 3 neutropenia" keeps the grade; the word goes into the text of the outcome
            found[-1] = OutcomeMention(start=found[-1].start, end=last, entry=found[-1].entry)
            continue
        found.append(OutcomeMention(start=first, end=last, entry=entry))
    return found
