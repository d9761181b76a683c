"""Comparisons of arms from one sentence: its estimates, and p-values that stand behind no estimate."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from evidence.extract import lexicon
from evidence.extract.directions import pointing, told_of
from evidence.extract.factors import compared_groups, factor_of, speaks_of_factors
from evidence.extract.link import Bound
from evidence.extract.numbers import Kind, Quantity
from evidence.extract.outcomes import OutcomeMention
from evidence.extract.pairs import Pair, pair_of
from evidence.extract.patterns import one_of_list
from evidence.extract.run_outcomes import goes_on
from evidence.extract.scenes import Scene
from evidence.model.codes import Adjustment, Measure, Outcome, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """An estimate or a p-value with what it compares, of what, and when."""

    quantity: Quantity
    measure: Measure
    pair: Pair
    outcome: OutcomeMention | None
    months: Decimal | None
    adjustment: Adjustment | None
    sure: float
    labels: tuple[str, str] = ("", "")  # names of compared groups that are no arms
    horizon: bool = False  # the label itself says until when ("hazard ratio within 24 months")


def comparisons(scene: Scene, bounds: Sequence[Bound]) -> Iterator[Comparison]:
    """Every comparison of a sentence: estimates first, then p-values that are the only report of one."""
    for quantity in scene.quantities:
        if quantity.kind is Kind.ESTIMATE and quantity.measure is not None:
            yield _estimate(scene, quantity, quantity.measure, bounds)
    yield from _p_values(scene, bounds)


# ------------------------------------------------------------------------------------------------------------ estimates


def _estimate(scene: Scene, quantity: Quantity, measure: Measure, bounds: Sequence[Bound]) -> Comparison:
    """One estimate; its time point is that of the percentages before it."""
    outcome = _outcome_of(scene, quantity)
    row, place = _estimates_in_row(scene, quantity)
    pair, labels = _compared(scene, row, place)
    before = [bound for bound in bounds if bound.quantity.end <= quantity.start]
    pair = told_of(scene, quantity, pointing(quantity, pair, before), outcome)
    within = [time for time in scene.times if quantity.start <= time.start < quantity.at and len(time.months) == 1]
    return Comparison(
        quantity=quantity,
        measure=measure,
        pair=pair,
        labels=labels,
        outcome=outcome,
        months=within[-1].months[0] if within else before[-1].months if before else None,
        horizon=bool(within),
        adjustment=quantity.adjustment or _adjusted_in(scene, quantity),
        sure=pair.sure * (1.0 if outcome else 0.6),
    )


_NOBODY = Pair(arm=None, comparator=None, sure=0.5)
_NO_NAMES = ("", "")


def _compared(scene: Scene, row: Sequence[Quantity], place: int) -> tuple[Pair, tuple[str, str]]:
    """What an estimate of a row compares: two arms, or groups or a factor as the sentence calls them."""
    factor = factor_of(scene, row, place)
    if factor is not None:
        return _NOBODY, (factor, "")
    groups = compared_groups(scene)
    if groups is not None and not scene.mentions:
        return _NOBODY, groups
    if scene.compares_others and not _each_within_its_patients(scene):
        return _NOBODY, _NO_NAMES
    # "(A vs. B) of PFS and OS are 1.7 and 2.0": the direction stands before the first of them
    return pair_of(scene, row[0], default=bool(scene.mentions) or not speaks_of_factors(scene)), _NO_NAMES


_OF_ITS_PATIENTS = re.compile(
    r"\b(?:in|among|for)\s(?:the )?(?:those|patients|women|men|participants)\s(?:who|with|without)\b[^.;()]*?"
    r"(?:\s(?:was|were)\s|,\s|\(|$)",
    re.IGNORECASE,
)


def _each_within_its_patients(scene: Scene) -> bool:
    """Whether each part of the patients has a hazard ratio of its own: "among those with X ... 0.4, without X 0.8"."""
    ratios = [q for q in scene.quantities if q.kind is Kind.ESTIMATE and q.measure in (Measure.HR, Measure.SHR)]
    parts = [match.start() for match in _OF_ITS_PATIENTS.finditer(scene.text, scene.start, scene.end)]
    if len(ratios) < 2 or len(parts) != len(ratios) or len(ratios) < len(_SAID_OF.findall(scene.words)):
        return False
    ends = [*parts[1:], scene.end]
    return all(part < ratio.at < end for part, ratio, end in zip(parts, ratios, ends, strict=True))


_SAID_OF = re.compile(r"\b(?:those|patients|women|men|participants)\s(?:who|with|without)\b", re.IGNORECASE)

_MULTIVARIABLE = re.compile(
    r"\b[Mm]ulti-?varia(?:te|ble)\b|\b[Aa]fter (?:\w+ )?adjust\w+|\badjusted for\b|adjusting (?:for|of)"
    r"|\b[Ww]eighted (?:[\w-]+ )?(?:Cox|regression|analys[ie]s|estimat)|\b[Pp]ropensity\b|\binverse probability\b"
    r"|\b(?:as|with) (?:an? )?(?:[\w-]+ )?covaria(?:te|ble)s?\b"
)


def _adjusted_in(scene: Scene, quantity: Quantity) -> Adjustment | None:
    """A sentence that begins with the multivariable analysis means all its estimates."""
    return Adjustment.ADJUSTED if _MULTIVARIABLE.search(scene.text, scene.start, quantity.start) else None


def _outcome_of(scene: Scene, quantity: Quantity) -> OutcomeMention | None:
    """The outcome an estimate is about: named inside its label or right behind it, else by its place in a list."""
    inside = [o for o in scene.outcomes if quantity.start <= o.start and o.end <= quantity.end]
    if inside:
        return inside[0]  # "hazard ratio for death, 0.64", "0.99 for DFS (95% CI ...)"
    end = max(quantity.end, quantity.p.end) if quantity.p else quantity.end
    behind = next((o for o in scene.outcomes if end <= o.start < end + 40), None)
    if behind is not None and _IS_FOR.fullmatch(scene.between(end, behind.start)):
        return behind
    told_before = scene.inherited_outcome is not None and scene.inherited_outcome.lasting
    if told_before and quantity.measure in _RATIOS and all(o.free for o in scene.outcomes):
        return None if _for_something_else(scene, quantity) else _inherited(scene, quantity)
    listed = _outcome_in_list(scene, quantity)
    if listed is not None:
        return listed
    if _for_something_else(scene, quantity):
        return None
    associated = _ASSOCIATED.search(scene.text, quantity.end, scene.end) if speaks_of_factors(scene) else None
    if associated is not None:
        told = next(
            (o for o in scene.outcomes if o.start >= associated.end() and o.start < associated.end() + 60), None
        )
        if told is not None:
            return told
    before = [o for o in scene.outcomes if o.end <= quantity.start]
    of_whom = [o for o in before if o.code is Outcome.MRD_NEG and _PATIENTS_BEHIND.match(scene.text, o.end)]
    if before:
        return next((o for o in reversed(before) if o not in of_whom), before[-1])
    after = [o for o in scene.outcomes if o.start >= quantity.end]
    return after[0] if after else _inherited(scene, quantity)


def _inherited(scene: Scene, quantity: Quantity) -> OutcomeMention | None:
    """The outcome told before; for a hazard ratio the last that takes time: there is no hazard of a response."""
    told = scene.inherited_outcome
    if told is not None and told.entry.kind == "response" and quantity.measure in (Measure.HR, Measure.SHR):
        return scene.inherited_hazard
    return told


#: Measures of events, which go on with the event told before; a difference of means says of what it is.
_RATIOS = (Measure.HR, Measure.SHR, Measure.OR, Measure.RR, Measure.IRR)
#: "X (HR 2.1) and Y (HR 1.4) were associated with OS": the outcome stands behind.
_ASSOCIATED = re.compile(r"\b(?:associated with|predict\w*|factors?|affect\w*|influenc\w*|impact\w*)\b")
#: "LFS did not differ in MRD-negative patients (HR ...)": of whom, and no outcome.
_PATIENTS_BEHIND = re.compile(r"\s(?:patients|participants|women|men|adults|children|recipients|disease|subgroup)\b")
_IS_FOR = re.compile(r"[\s)\]]*(?:for|in)\s(?:the |an? )?")
_OF_WHAT = re.compile(
    r"\s*(?:\[[^\]]*\]|\([^)]*\))?\s*(?:for|of)\s(?:the )?(?P<what>[a-z][^,;:=()\[\]\d]{3,60}?)"
    r"(?=\s(?:was|were|is|in|with|among|between|on)\b|[,;:=(]|$)"
)


def _for_something_else(scene: Scene, quantity: Quantity) -> bool:
    """Whether the label says of what the ratio is, in words that are neither an outcome nor an arm known here."""
    label = quantity.start + len(quantity.label or "")
    of_what = _OF_WHAT.match(scene.text, label, quantity.at) if quantity.label else None
    if of_what is None:
        return False
    start, end = of_what.span("what")
    return not any(start <= mention.start < end for mention in scene.mentions)


_ESTIMATES_JOINED = re.compile(r"[\s)\]]*(?:,|;|and|,\s?and|;\s?and)?\s*(?:\()?")
_OUTCOMES_JOINED = re.compile(r"[\s)\]]*(?:rates?)?\s*(?:,|and|or|nor|,\s?and)\s*(?:the |longer )?")


def _outcome_in_list(scene: Scene, quantity: Quantity) -> OutcomeMention | None:
    """Estimates in a row laid against outcomes in a row ("of PFS and OS are 1.772 (...) and 2.047 (...)")."""
    row, place = _estimates_in_row(scene, quantity)
    outcomes = [o for o in scene.outcomes if o.end <= row[0].at][-len(row) :]
    if len(row) < 2 or len(outcomes) < len(row):
        return None
    for one, other in pairwise(outcomes):
        if not _OUTCOMES_JOINED.fullmatch(scene.between(one.end, other.start)):
            return None
    return outcomes[place]


def _estimates_in_row(scene: Scene, quantity: Quantity) -> tuple[list[Quantity], int]:
    """The row of estimates that one stands in, and its place there."""
    estimates = [q for q in scene.quantities if q.kind is Kind.ESTIMATE]
    first = last = estimates.index(quantity)
    while last + 1 < len(estimates) and _joined(scene, estimates[last], estimates[last + 1]):
        last += 1
    place = first
    while first > 0 and _joined(scene, estimates[first - 1], estimates[first]):
        first -= 1
    return estimates[first : last + 1], place - first


def _joined(scene: Scene, one: Quantity, other: Quantity) -> bool:
    """Whether nothing but "and" or a comma stands between an estimate with its p-value and the next."""
    end = max(one.end, one.p.end) if one.p else one.end
    return _ESTIMATES_JOINED.fullmatch(scene.between(end, other.start)) is not None


# ------------------------------------------------------------------------------------------------------------- p-values

_COMPARES = re.compile(rf"\b{one_of_list(lexicon.word_list('comparison'))}\b", re.IGNORECASE)
#: "variables with P < 0.10 were entered": a rule of the analysis, not a result.
_THRESHOLD = re.compile(
    r"\s*(?:in (?:the )?univaria\w+ \w+\s)?"
    r"(?:(?:were|was|are|is) (?:included|considered|entered|regarded|taken|deemed|defined|used)|entered|on univaria)"
)
_P_JOINED = re.compile(r"[\s,;]*(?:and)?\s*")


def _p_values(scene: Scene, bounds: Sequence[Bound]) -> Iterator[Comparison]:
    """p-values that stand behind no estimate, with what they compare.

    Several p-values in a row are laid against outcomes in a row ("aGVHD and cGVHD ... (P=0.806, P=0.908)"). Tests for
    trend, interaction or non-inferiority compare no two arms and are left out; so are p-values of sentences without
    outcome or comparison.
    """
    loose = [q for q in scene.quantities if q.kind is Kind.P_VALUE and q.p is not None and q.p.test is None]
    if not loose or len(scene.arms) < 2:
        return
    pairs = {id(quantity): pair for quantity in loose if (pair := _pair_before(scene, quantity)) is not None}
    pairs = pairs or _against_the_control(scene, loose)
    loose = [quantity for quantity in loose if id(quantity) in pairs] or _between_arms(scene, loose)
    divided = len({bound.arm for bound in bounds if bound.arm is not None}) > 1
    if not divided and not _COMPARES.search(scene.words):
        return
    for row in _p_rows(scene, loose):
        before = [bound for bound in bounds if bound.quantity.end <= row[0].start]
        side_by_side = len({bound.arm for bound in before if bound.arm is not None}) > 1
        for position, quantity in enumerate(row):
            outcome, months = _told_by(scene, row, position, before)
            clause = [bound for bound in before if ";" not in scene.between(bound.quantity.end, quantity.start)]
            if not clause and factor_of(scene, row, position) is not None:
                continue
            said = pairs.get(id(quantity))
            if said is None and len(row) == 1 and _over_several_groups(scene, before, outcome, months):
                continue
            groups = compared_groups(scene) if not any(bound.arm is not None for bound in before) else None
            pair = said or (_NOBODY if groups or scene.compares_others else _pair_of_p(scene, quantity, before))
            if outcome is not None and (groups or pair.arm is not None) and (side_by_side or not outcome.free):
                yield Comparison(
                    quantity=quantity,
                    measure=Measure.P,
                    pair=pair,
                    labels=groups or _NO_NAMES,
                    outcome=outcome,
                    months=months,
                    adjustment=None,
                    sure=pair.sure,
                )


def _over_several_groups(
    scene: Scene, before: Sequence[Bound], outcome: OutcomeMention | None, months: Decimal | None
) -> bool:
    """Whether a p-value stands behind the numbers of three groups or more, and so compares no two of them."""
    others = [q.end for q in scene.quantities if before and q.kind is Kind.P_VALUE and q.end <= before[-1].quantity.at]
    start = max(others, default=0)
    same = [b for b in before if b.quantity.at >= start and (b.outcome, b.months) == (outcome, months)]
    kinds = {b.quantity.kind for b in same}
    arms = {b.arm for b in same}
    return len(same) > 2 and len(kinds) == 1 and (None in arms or len(arms) > 2)


#: Between two arms, and between them and the p-value of their comparison ("(A v B: P = .01; C v B: P = .5)").
_SET_AGAINST = re.compile(r"(?: group| arm)?,? (?:versus|vs\.?|v|compared (?:with|to)|against) (?:the )?")
_OF_THE_PAIR = re.compile(r"(?: group| arm)?(?:: ?|, ?| ?[=(\[] ?)")


def _pair_before(scene: Scene, quantity: Quantity) -> Pair | None:
    """The two of several arms that are named right before a p-value, one against the other."""
    named = [mention for mention in scene.single_mentions if mention.end <= quantity.start][-2:]
    if len(scene.arms) < 3 or len(named) < 2 or named[0].arms == named[1].arms:
        return None
    against = _SET_AGAINST.fullmatch(scene.between(named[0].end, named[1].start))
    if against is None or not _OF_THE_PAIR.fullmatch(scene.between(named[1].end, quantity.start)):
        return None
    return Pair(arm=named[0].arms[0], comparator=named[1].arms[0], sure=0.9)


def _against_the_control(scene: Scene, loose: Sequence[Quantity]) -> dict[int, Pair]:
    """The pairs of p-values behind all arms but the control ("33% with A, 45% with B (P=.02) and 35% with C (P=.9)").

    Keys are ids of the quantities; empty where any of three arms or more is not told of, or the control has one, too.
    """
    control = [index for index, arm in enumerate(scene.arms) if arm.role is Role.CONTROL]
    told = {mention.arms[0] for mention in scene.single_mentions}
    if len(scene.arms) < 3 or len(control) != 1 or told != set(range(len(scene.arms))):
        return {}
    owners = {
        mention.arms[0]: quantity
        for quantity in loose
        for mention in scene.single_mentions
        if mention.end <= quantity.start and _ARM_BEFORE_P.fullmatch(scene.text, mention.end, quantity.start)
    }
    if set(owners) != told - set(control) or len(loose) != len(owners):
        return {}
    return {id(quantity): Pair(arm=arm, comparator=control[0], sure=0.75) for arm, quantity in owners.items()}


#: What ties a p-value to the arm before it ("the X (P=0.02)") or behind it ("(P=0.02) in the X group").
_ARM_BEFORE_P = re.compile(r"(?: groups?| arms?)?,? ?[(\[]\s?")
_ARM_BEHIND_P = re.compile(r"\s?[)\]],? (?:in|for|with|among) (?:the )?")


def _between_arms(scene: Scene, loose: Sequence[Quantity]) -> list[Quantity]:
    """p-values without those that two arms have each of its own: they test a change within the arm."""
    own: dict[int, Quantity] = {}
    for quantity in loose:
        for mention in scene.single_mentions:
            before = mention.end <= quantity.start and _ARM_BEFORE_P.fullmatch(scene.text, mention.end, quantity.start)
            behind = quantity.end <= mention.start and _ARM_BEHIND_P.fullmatch(scene.text, quantity.end, mention.start)
            if before or behind:
                own.setdefault(mention.arms[0], quantity)
    within = {id(quantity) for quantity in own.values()} if len(own) > 1 else set()
    return [quantity for quantity in loose if len(within) < 2 or id(quantity) not in within]


def _p_rows(scene: Scene, loose: Sequence[Quantity]) -> list[list[Quantity]]:
    """p-values in rows, joined by "and" or commas; thresholds are left out."""
    rows: list[list[Quantity]] = []
    for quantity in loose:
        if _THRESHOLD.match(scene.text, quantity.end):
            continue
        if rows and _P_JOINED.fullmatch(scene.between(rows[-1][-1].end, quantity.start)):
            rows[-1].append(quantity)
        else:
            rows.append([quantity])
    return rows


def _told_by(
    scene: Scene, row: Sequence[Quantity], position: int, before: Sequence[Bound]
) -> tuple[OutcomeMention | None, Decimal | None]:
    """Outcome and time point of one p-value of a row; `before` are the numbers before the row."""
    outcomes = [o for o in scene.outcomes if o.end <= row[0].start]
    months = before[-1].months if before else None
    if not outcomes:
        return (scene.inherited_outcome if goes_on(scene) else None), months
    if len(row) > 1 and len(outcomes) >= len(row):
        outcome = outcomes[-len(row) :][position]
        same = [bound for bound in before if bound.outcome == outcome]
        return outcome, same[-1].months if same else months
    last = outcomes[-1]
    if before and before[-1].outcome in outcomes and last.start <= before[-1].quantity.end:
        return before[-1].outcome, months
    return last, months


def _pair_of_p(scene: Scene, quantity: Quantity, before: Sequence[Bound]) -> Pair:
    """The arms a p-value compares: those of the numbers just before it, else those of the sentence."""
    last = list(dict.fromkeys(bound.arm for bound in reversed(before) if bound.arm is not None))[:2]
    default = pair_of(scene, quantity, default=True)
    if len(last) == 2 and {default.arm, default.comparator} != set(last):
        first, second = sorted(last, key=lambda index: (scene.arms[index].role is not Role.EXPERIMENTAL, index))
        return Pair(arm=first, comparator=second, sure=0.7)
    return default
