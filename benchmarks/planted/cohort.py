"""A cohort given one treatment, with a table of its patients and survival that follows from it, or does not."""

import random
from collections.abc import Sequence

from planted.documents import COHORT, upper

_TITLE = ("{A} in {condition}: a retrospective cohort", "Outcome of {n} patients with {condition} given {a}")
_RESULT = (
    "{Outcome} was {first}% at 12 months and {second}% at 24 months.",
    "The 12- and 24-month {outcome} rates were {first}% and {second}%, respectively.",
    "At 12 months {outcome} was {first}%, and at 24 months it was {second}%.",
)
_HEAD = ("No.", "Status", "Relapse-free survival (months)", "Overall survival (months)", "Outcome")
_OUTCOMES = ("relapse-free survival", "overall survival")


def kaplan_meier(times: Sequence[int], events: Sequence[bool], at: int) -> float:
    """Survival in percent at a time by the product-limit method (Kaplan and Meier 1958)."""
    survival = 1.0
    for time in sorted({time for time, event in zip(times, events, strict=True) if event and time <= at}):
        at_risk = sum(other >= time for other in times)
        survival *= 1 - sum(event and other == time for other, event in zip(times, events, strict=True)) / at_risk
    return 100 * survival


def survival_of_patients() -> dict[str, list[str]]:
    """Both outcomes at 12 and 24 months, as the table of patients gives them."""
    patients = COHORT["patients"]
    events = {_OUTCOMES[0]: [p[2] == "relapse" for p in patients], _OUTCOMES[1]: [p[3] == "dead" for p in patients]}
    return {
        outcome: [f"{kaplan_meier([p[i] for p in patients], events[outcome], at):.1f}" for at in (12, 24)]
        for i, outcome in enumerate(_OUTCOMES)
    }


def cohort_document(survival: dict[str, list[str]], dice: random.Random) -> bytes:
    """Plain text with a table of the patients."""
    n = len(COHORT["patients"])
    words = {"a": COHORT["a"], "A": upper(COHORT["a"]), "condition": COHORT["condition"], "n": n}
    title, sentence = dice.choice(_TITLE), dice.choice(_RESULT)
    results = " ".join(
        sentence.format(outcome=outcome, Outcome=upper(outcome), first=rates[0], second=rates[1])
        for outcome, rates in survival.items()
    )
    table = ["\t".join(_HEAD)]
    for number, (rfs, os, status, contact) in enumerate(COHORT["patients"], 1):
        table.append(f"{number}\t{status}\t{rfs}\t{os}\t{contact}")
    return "\n".join(
        [
            title.format(**words),
            "",
            "Methods",
            f"We reviewed {n} patients with {COHORT['condition']} who were given {COHORT['a']}. "
            "Relapse-free survival was "
            "counted from the start of this treatment, overall survival from diagnosis; both were estimated with the "
            "Kaplan-Meier method.",
            "",
            "Results",
            f"All {n} patients were evaluable. {results}",
            "",
            "Table 1. Outcomes of the patients",
            *table,
            "",
            "Discussion",
            "A longer follow-up is needed.",
            "",
        ]
    ).encode()
