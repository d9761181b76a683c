"""Kinds of errors, and pairs of documents that differ in one of them: a clean one and one with the error.

A kind chooses figures that can show it, prepares what both documents print, and plants the error in one.
"""

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from planted import errors
from planted.cohort import cohort_document, survival_of_patients
from planted.documents import LAYOUTS, TRIALS, Draft, Figures, draft


class Pair(NamedTuple):
    """Two documents alike but for one error."""

    kind: str
    name: str
    ending: str
    clean: bytes
    planted: bytes
    numbers: tuple[str, ...]  # what a flag must name


@dataclass(frozen=True, kw_only=True)
class Kind:
    name: str
    what: str
    group: str  # of figures: survival, response, mean, or trial for the figures of the whole
    fits: Callable[[Figures], bool]
    plant: Callable[[Draft, random.Random], tuple[str, ...]]
    prepare: Callable[[Figures], None] = lambda _figures: None
    places: tuple[str, ...] = LAYOUTS


def pairs(number: int, seed: int) -> Iterator[Pair]:
    """So many pairs, the kinds in turn, each kind over all trials that can show it."""
    turn = 0
    made = 0
    while made < number:
        for kind in KINDS:
            if made < number:
                yield _pair(kind, turn, random.Random(f"{seed} {kind.name} {turn}"))
                made += 1
        turn += 1


def _pair(kind: Kind, turn: int, dice: random.Random) -> Pair:
    if kind.group == "cohort":
        return _cohort_pair(kind, turn, dice)
    candidates = [
        (trial, i)
        for trial in TRIALS
        for i, figures in enumerate([trial] if kind.group == "trial" else trial.get(kind.group, ()))
        if kind.fits({**figures, "trial": trial})
    ]
    trial, index = candidates[turn % len(candidates)]
    clean = draft(trial, dice, kind.places[turn % len(kind.places)])
    for figures in clean.everywhere:
        _first(figures, kind.group, index)
        kind.prepare(figures if kind.group == "trial" else figures[kind.group][0])
    planted = deepcopy(clean)
    numbers = kind.plant(planted, dice)
    ending, as_is = clean.write()
    wrong = planted.write()[1]
    assert as_is != wrong, (kind.name, trial["source"])
    return Pair(kind.name, f"{kind.name}-{turn:02d}", ending, as_is, wrong, numbers)


def _cohort_pair(kind: Kind, turn: int, dice: random.Random) -> Pair:
    right = survival_of_patients()
    outcome = list(right)[turn % 2]
    wrong = deepcopy(right)
    off = dice.choice((8, 11, 14)) * (-1 if turn % 3 else 1)
    value = Decimal(right[outcome][1]) + off
    wrong[outcome][1] = str(value if value < 100 else value - 2 * off)
    state = dice.getstate()
    clean = cohort_document(right, dice)
    dice.setstate(state)
    return Pair(kind.name, f"{kind.name}-{turn:02d}", ".txt", clean, cohort_document(wrong, dice), (wrong[outcome][1],))


def _first(figures: Figures, group: str, index: int) -> None:
    """The chosen outcome first, and the others behind it."""
    if group != "trial":
        figures[group].insert(0, figures[group].pop(index))


def _significant(outcome: Figures) -> bool:
    low, high = (Decimal(limit) for limit in outcome["hr"][1:])
    return high < 1 or low > 1


def _has(*names: str) -> Callable[[Figures], bool]:
    return lambda figures: all(name in figures for name in names)


def _at_one_time(outcome: Figures) -> bool:
    others = (other for other in outcome["trial"]["survival"] if other["outcome"] == "overall survival")
    times = set(outcome.get("rates", ()))
    return outcome["outcome"] != "overall survival" and any(
        len(times & set(other.get("rates", ()))) == 1 for other in others
    )


def _far_from_one(outcome: Figures) -> bool:
    return "hr" in outcome and _significant(outcome)


_TABLED = ("text", "jats")
KINDS: tuple[Kind, ...] = (
    Kind(
        name="estimate, digits exchanged",
        what="HR 0.64 printed as 0.46",
        group="survival",
        fits=lambda o: "hr" in o and errors.can_be_transposed(o["hr"][0]),
        plant=errors.estimate_digits,
    ),
    Kind(
        name="limit, digits exchanged",
        what="0.49 to 0.83 printed as 0.49 to 0.38",
        group="survival",
        fits=lambda o: "hr" in o and errors.can_be_transposed(o["hr"][2]),
        plant=errors.limit_digits,
    ),
    Kind(
        name="limits exchanged",
        what="0.49 to 0.83 printed as 0.83 to 0.49",
        group="survival",
        fits=_has("hr"),
        plant=errors.limits_exchanged,
    ),
    Kind(
        name="estimate outside its interval",
        what="HR 0.93 beside 0.49 to 0.83",
        group="survival",
        fits=_has("hr"),
        plant=errors.estimate_outside,
    ),
    Kind(
        name="percentage of another count",
        what="52 of 247 (27.1%)",
        group="response",
        fits=_has("events"),
        plant=errors.percent_of_another,
    ),
    Kind(
        name="p of another interval",
        what="an interval without 1 beside P = 0.21",
        group="survival",
        fits=_has("hr", "p"),
        plant=errors.p_of_another_interval,
    ),
    Kind(
        name="p of other counts",
        what="25 of 38 against 7 of 24 with P = 0.21",
        group="response",
        fits=_has("p"),
        plant=errors.p_of_other_counts,
    ),
    Kind(
        name="arms exchanged in the table",
        what="medians or rates in the other order than in the text",
        group="survival",
        fits=lambda o: "median" in o or "rates" in o,
        plant=errors.arms_exchanged,
        places=_TABLED,
    ),
    Kind(
        name="difference called hazard ratio",
        what="hazard ratio 32.5 beside 54.3% and 21.8%",
        group="response",
        fits=_has("rd"),
        prepare=errors.with_difference,
        plant=errors.difference_called_ratio,
    ),
    Kind(
        name="odds ratio called relative risk",
        what="the odds ratio of the counts under another name",
        group="response",
        fits=lambda o: all(count < n for count, n in zip(o["events"], o["trial"]["n"], strict=True)),
        prepare=errors.with_odds_ratio,
        plant=errors.odds_called_risk,
    ),
    Kind(
        name="difference of other percentages",
        what="risk difference 25.5 beside 54.3% and 21.8%",
        group="response",
        fits=_has("rd"),
        prepare=errors.with_difference,
        plant=errors.difference_of_others,
    ),
    Kind(
        name="arms do not sum",
        what="381 patients, 247 and 124",
        group="trial",
        fits=_has("survival"),
        plant=errors.wrong_total,
    ),
    Kind(
        name="two sizes of one arm",
        what="247 in the text, 274 in the table",
        group="trial",
        fits=_has("n"),
        plant=errors.two_sizes,
        places=_TABLED,
    ),
    Kind(
        name="survival rises",
        what="51% at 2 years, 54% at 5 years",
        group="survival",
        fits=lambda o: len(o.get("rates", ())) > 1,
        prepare=errors.without_intervals,
        plant=errors.rising_survival,
    ),
    Kind(
        name="event-free above overall survival",
        what="PFS 75% and OS 69% at 12 months",
        group="survival",
        fits=_at_one_time,
        prepare=errors.without_intervals,
        plant=errors.free_above_overall,
    ),
    Kind(
        name="complete above overall response",
        what="complete 10.5%, overall 8.1%",
        group="response",
        fits=lambda o: (
            o["outcome"] == "complete remission"
            and any(x["outcome"] == "overall response" for x in o["trial"]["response"])
        ),
        plant=errors.complete_above_overall,
    ),
    Kind(
        name="median outside its interval",
        what="median 12.8 (7.7 to 10.7)",
        group="survival",
        fits=_has("median_ci"),
        plant=errors.median_outside,
    ),
    Kind(
        name="significance claimed",
        what="significantly longer beside 0.58 to 1.09",
        group="survival",
        fits=lambda o: "hr" in o and not _significant(o),
        prepare=errors.not_claimed,
        plant=errors.claimed_significant,
    ),
    Kind(
        name="impossible percentage",
        what="67.1% of 38 patients",
        group="response",
        fits=lambda o: o["trial"]["n"][0] < 60,
        prepare=errors.percent_alone,
        plant=errors.impossible_percent,
    ),
    Kind(
        name="ratio inverted",
        what="hazard ratio 1.56 beside the longer median",
        group="survival",
        fits=lambda o: _far_from_one(o) and ("median" in o or "rates" in o),
        plant=errors.inverted_ratio,
    ),
    Kind(
        name="standard errors called deviations",
        what="7.1 ± 0.14 in 212 patients",
        group="mean",
        fits=_has("sd"),
        plant=errors.errors_called_deviations,
    ),
    Kind(
        name="survival of a table of patients",
        what="another percentage than the patients give",
        group="cohort",
        fits=_has(),
        plant=lambda *_: (),
    ),
    Kind(
        name="events above patients",
        what="250 of 247",
        group="response",
        fits=_has("events"),
        plant=errors.events_above_patients,
    ),
    Kind(
        name="subgroup above its arm",
        what="a subgroup of 278 of 247 patients",
        group="trial",
        fits=_has("subgroup"),
        prepare=errors.say_subgroup,
        plant=errors.subgroup_above_arm,
    ),
    Kind(
        name="two estimates of one comparison",
        what="HR 0.64 in the text, 0.46 in the table, with one interval",
        group="survival",
        fits=lambda o: "hr" in o and errors.can_be_transposed(o["hr"][0]),
        plant=errors.two_estimates,
        places=_TABLED,
    ),
    Kind(
        name="two results of one comparison",
        what="HR 0.64 (0.49 to 0.83) in the text, 0.74 (0.56 to 0.95) in the table",
        group="survival",
        fits=_has("hr"),
        plant=errors.two_results,
        places=_TABLED,
    ),
    Kind(
        name="reduction of another ratio",
        what="HR 0.64, a reduction of 64%",
        group="survival",
        fits=lambda o: "hr" in o and _significant(o) and abs(float(o["hr"][0]) - 0.5) > 0.03,
        prepare=errors.reduction,
        plant=errors.other_reduction,
    ),
    Kind(
        name="decimal point lost",
        what="211%",
        group="response",
        fits=lambda o: "." in o["percent"][0],
        plant=errors.lost_point,
    ),
    Kind(
        name="result repeated",
        what="ratio, interval and p of one outcome printed for another",
        group="survival",
        fits=lambda o: o is not None and sum("hr" in x and "p" in x for x in o["trial"]["survival"][:2]) == 2,
        plant=errors.repeated_row,
    ),
    Kind(
        name="follow-up below median survival",
        what="followed for a median of 4.6 months, median survival 9.3",
        group="survival",
        fits=lambda o: "median" in o and "followup" in o["trial"],
        plant=errors.short_followup,
    ),
)
