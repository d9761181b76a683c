"""What is planted: each function changes the first outcome of its group and tells the numbers that a flag must name.

Beside them stand the functions that prepare what both documents of a pair print: a claim, a ratio of the counts.
"""

import random
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from planted.documents import Draft, Figures

from evidence.formulas.two_proportions import woolf

NULL = Decimal(1)


def _transposed(number: str) -> str:
    """Two digits that stand side by side and differ, exchanged; the last such two."""
    digits = [i for i, sign in enumerate(number) if sign.isdigit()]
    for i, j in reversed([*pairwise(digits)]):
        if number[i] != number[j] and not (i == 0 and number[j] == "0"):
            swapped = list(number)
            swapped[i], swapped[j] = swapped[j], swapped[i]
            return "".join(swapped)
    raise ValueError(number)


def can_be_transposed(number: str) -> bool:
    try:
        return abs(float(_transposed(number)) / float(number) - 1) > 0.1
    except ValueError:
        return False


def _each(plan: Draft, group: str, *places: str) -> Iterator[Figures]:
    for place, figures in plan.places.items():
        if not places or place in places:
            yield figures[group][0]


def estimate_digits(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for outcome in _each(plan, "survival"):
        outcome["hr"][0] = _transposed(outcome["hr"][0])
    return (outcome["hr"][0],)


def limit_digits(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for outcome in _each(plan, "survival"):
        outcome["hr"][2] = _transposed(outcome["hr"][2])
    return (outcome["hr"][2],)


def limits_exchanged(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for outcome in _each(plan, "survival"):
        estimate, low, high = outcome["hr"]
        outcome["hr"] = [estimate, high, low]
    return low, high


def estimate_outside(plan: Draft, dice: random.Random) -> tuple[str, ...]:
    above = dice.random() < 0.5
    for outcome in _each(plan, "survival"):
        estimate, low, high = outcome["hr"]
        moved = Decimal(high) * Decimal("1.12") if above else Decimal(low) * Decimal("0.85")
        outcome["hr"][0] = str(moved.quantize(Decimal(estimate)))
    return (outcome["hr"][0],)


def percent_of_another(plan: Draft, dice: random.Random) -> tuple[str, ...]:
    off = Decimal(dice.choice((4, 6, 9)))
    for outcome in _each(plan, "response"):
        percent = Decimal(outcome["percent"][0])
        outcome["percent"][0] = str(percent + off if percent + off < 95 else percent - off)
    return (outcome["percent"][0],)


def _opposite_p(outcome: Figures) -> str:
    return "=0.21" if "<" in outcome["p"] or float(outcome["p"][1:]) < 0.05 else "=0.003"


def p_of_another_interval(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for outcome in _each(plan, "survival"):
        outcome["p"] = _opposite_p(outcome)
    return (outcome["p"][1:],)


def p_of_other_counts(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for outcome in _each(plan, "response"):
        outcome["p"] = _opposite_p(outcome)
    return (outcome["p"][1:],)


def arms_exchanged(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for outcome in _each(plan, "survival", "table"):
        if "median" in outcome:
            outcome["median"].reverse()
            return tuple(outcome["median"])
        rates = next(iter(outcome["rates"].values()))
        rates.reverse()
    return tuple(rates)


def difference_called_ratio(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for outcome in _each(plan, "response"):
        outcome["effect"] = {"measure": "hazard ratio", "numbers": outcome["effect"]["numbers"]}
    return (outcome["effect"]["numbers"][0],)


def with_difference(outcome: Figures) -> None:
    outcome["effect"] = {"measure": "risk difference", "unit": " percentage points", "numbers": outcome["rd"]}


def with_odds_ratio(outcome: Figures) -> None:
    """The odds ratio of the counts with Woolf's interval (1955)."""
    (ea, eb), (na, nb) = outcome["events"], outcome["of"]
    ratio = ea * (nb - eb) / (eb * (na - ea))
    outcome["effect"] = {"measure": "odds ratio", "numbers": [f"{x:.2f}" for x in (ratio, *woolf(ea, na, eb, nb))]}


def odds_called_risk(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for outcome in _each(plan, "response"):
        outcome["effect"]["measure"] = "relative risk"
    return (outcome["effect"]["numbers"][0],)


def difference_of_others(plan: Draft, dice: random.Random) -> tuple[str, ...]:
    off = Decimal(dice.choice((-7, -6, 7)))
    for outcome in _each(plan, "response"):
        outcome["effect"]["numbers"] = [str(Decimal(number) + off) for number in outcome["effect"]["numbers"]]
    return (outcome["effect"]["numbers"][0],)


def wrong_total(plan: Draft, dice: random.Random) -> tuple[str, ...]:
    off = dice.choice((-9, 10, 18))
    for figures in plan.everywhere:
        figures["total"] += off
    return (str(figures["total"]),)


def two_sizes(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    figures = plan.places["table"]
    n = int(_transposed(str(figures["n"][0]))) if can_be_transposed(str(figures["n"][0])) else figures["n"][0] + 9
    figures["n"][0] = n
    return (str(n),)


def rising_survival(plan: Draft, dice: random.Random) -> tuple[str, ...]:
    off = Decimal(dice.choice((3, 5)))
    for outcome in _each(plan, "survival"):
        early, late = list(outcome["rates"])[:2]
        outcome["rates"][late][0] = str(Decimal(outcome["rates"][early][0]) + off)
        outcome.pop("rate_ci", None)
    return (outcome["rates"][late][0],)


def without_intervals(outcome: Figures) -> None:
    outcome.pop("rate_ci", None)


def free_above_overall(plan: Draft, dice: random.Random) -> tuple[str, ...]:
    off = Decimal(dice.choice((4, 6)))
    for figures in plan.everywhere:
        outcome = figures["survival"][0]
        (overall,) = (other for other in figures["survival"] if other["outcome"] == "overall survival")
        (time,) = set(outcome["rates"]) & set(overall["rates"])
        outcome["rates"][time][0] = str(Decimal(overall["rates"][time][0]) + off)
        outcome.pop("rate_ci", None)
    return (outcome["rates"][time][0],)


def complete_above_overall(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for figures in plan.everywhere:
        complete = figures["response"][0]
        (overall,) = (other for other in figures["response"] if other["outcome"] == "overall response")
        overall["events"][1] = complete["events"][1] - 3
        overall["percent"][1] = f"{100 * overall['events'][1] / figures['n'][1]:.1f}"
        overall.pop("p", None)
    return (overall["percent"][1],)


def median_outside(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for outcome in _each(plan, "survival"):
        high = Decimal(outcome["median_ci"][0][1])
        outcome["median"][0] = str((high * Decimal("1.2")).quantize(Decimal(outcome["median"][0])))
    return (outcome["median"][0],)


def claimed_significant(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for outcome in _each(plan, "survival"):
        outcome["claim"] = "claimed"
    return (outcome["hr"][2],)


def not_claimed(outcome: Figures) -> None:
    outcome["claim"] = "unclaimed"
    for name in ("median", "median_ci", "p"):
        outcome.pop(name, None)


def impossible_percent(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for figures in plan.everywhere:
        outcome, n = figures["response"][0], figures["n"][0]
        middle = 100 * (outcome["events"][0] - 0.5) / n
        outcome["percent"][0] = f"{middle:.1f}"
    return (outcome["percent"][0],)


def percent_alone(outcome: Figures) -> None:
    outcome["without_counts"] = True
    outcome.pop("p", None)


def inverted_ratio(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for outcome in _each(plan, "survival"):
        estimate, low, high = outcome["hr"]
        places = Decimal("0.01")
        outcome["hr"] = [str((NULL / Decimal(number)).quantize(places)) for number in (estimate, high, low)]
    return (outcome["hr"][0],)


def errors_called_deviations(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for figures in plan.everywhere:
        outcome = figures["mean"][0]
        outcome["sd"] = [f"{float(sd) / n**0.5:.2f}" for sd, n in zip(outcome["sd"], figures["n"], strict=True)]
    return (outcome["sd"][0],)


def events_above_patients(plan: Draft, dice: random.Random) -> tuple[str, ...]:
    off = dice.choice((3, 7, 12))
    for figures in plan.everywhere:
        figures["response"][0]["events"][0] = figures["n"][0] + off
    return (str(figures["n"][0] + off),)


def subgroup_above_arm(plan: Draft, dice: random.Random) -> tuple[str, ...]:
    off = dice.choice((5, 14, 31))
    for figures in plan.everywhere:
        figures["subgroup"]["n"][0] = figures["n"][0] + off
    return (str(figures["n"][0] + off),)


def say_subgroup(figures: Figures) -> None:
    figures["subgroup_said"] = True


def two_estimates(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for outcome in _each(plan, "survival", "table"):
        outcome["hr"][0] = _transposed(outcome["hr"][0])
    return (outcome["hr"][0],)


def two_results(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for outcome in _each(plan, "survival", "table"):
        places = Decimal("0.01")
        outcome["hr"] = [str((Decimal(number) * Decimal("1.15")).quantize(places)) for number in outcome["hr"]]
    return (outcome["hr"][0],)


def reduction(outcome: Figures) -> None:
    outcome["reduction"] = str(int(100 - 100 * Decimal(outcome["hr"][0])))
    for name in ("median", "median_ci"):
        outcome.pop(name, None)


def other_reduction(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for outcome in _each(plan, "survival"):
        outcome["reduction"] = str(100 - int(outcome["reduction"]))
    return (outcome["reduction"],)


def lost_point(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for outcome in _each(plan, "response"):
        outcome["percent"][0] = outcome["percent"][0].replace(".", "")
    return (outcome["percent"][0],)


def repeated_row(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for figures in plan.everywhere:
        first, second = figures["survival"][:2]
        second["hr"], second["p"] = list(first["hr"]), first["p"]
    return (first["hr"][0],)


def short_followup(plan: Draft, _dice: random.Random) -> tuple[str, ...]:
    for figures in plan.everywhere:
        figures["followup"] = str((Decimal(figures["survival"][0]["median"][0]) / 2).quantize(Decimal("0.1")))
    return (figures["followup"],)
