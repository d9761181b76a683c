"""What single numbers do to the analyses they would enter: which doubt matters most for a pooled estimate."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import numpy as np

from evidence.formulas.scales import is_ratio, natural
from evidence.model.codes import Measure, Outcome, Role
from evidence.model.question import Question
from evidence.model.records import Arm, Contrast, Records, Result
from evidence.model.results import Stake, StudyEstimate
from evidence.synthesise.many import pool_many
from evidence.synthesise.relevance import COUNTED
from evidence.synthesise.selection import select


def stakes(records: Records, result_ids: Collection[str]) -> dict[str, Stake]:
    """Stake of each of these numbers that enters an analysis of at least two studies.

    The analysis pools, as `pool` does by default (REML), all studies of the same experimental treatment by the outcome
    and measure of the number: reported ratios, odds ratios from counts, and proportions of the only arm. It lets
    numbers enter that a doubt holds back, since that is what is at stake. Without a number its study is represented by
    the next best one, if it has another. Of several analyses of one number the one it moves most counts.

    Parameters
    ----------
    records : Records
        Of many documents.
    result_ids : collection of str
        The numbers asked about.

    Returns
    -------
    dict
        By result id; numbers that enter no analysis are not in it.
    """
    asked: defaultdict[tuple[Outcome, str, tuple[str, ...]], list[Result]] = defaultdict(list)
    drugs = _drugs(records.arms)
    for row in records.results():
        if row.result_id in result_ids and (treatment := drugs.get((row.document_id, row.study_id))):
            for measure in _measures(row):
                asked[row.outcome, measure, treatment].append(row)
    found: dict[str, Stake] = {}
    for (outcome, measure, treatment), rows in asked.items():
        question = Question(id="stake", outcome=(outcome.value,), measure=measure, treatment=("+".join(treatment),))
        for stake in _of_question(question, _about(records, outcome), rows, treatment):
            known = found.get(stake.result_id)
            if known is None or stake.change > known.change:
                found[stake.result_id] = stake
    return found


def _of_question(
    question: Question, records: Records, rows: list[Result], treatment: tuple[str, ...]
) -> Iterator[Stake]:
    estimates = select(question, records).estimates
    used = {result_id for estimate in estimates for result_id in estimate.result_ids}
    measure = question.measure or ""
    if len(estimates) < 2:
        return
    pooled = _pooled(estimates)
    for row in rows:
        if row.result_id in used:
            without = _pooled(select(question, _without(records, row.result_id)).estimates)
            yield Stake(
                result_id=row.result_id,
                outcome=row.outcome.value,
                measure=measure,
                treatment=treatment,
                k=len(estimates),
                pooled=natural(measure, pooled),
                without=natural(measure, without),
                change=abs(pooled - without),
            )


def _pooled(estimates: tuple[StudyEstimate, ...]) -> float:
    """The pooled estimate on the scale of analysis; of one study its own."""
    if len(estimates) == 1:
        return estimates[0].y
    y, v = (np.array([[getattr(estimate, name)] for estimate in estimates]) for name in ("y", "v"))
    return float(pool_many(y, v).mu[0])


def _measures(row: Result) -> tuple[str, ...]:
    """As what the number would be pooled: ratios alone, since their changes can be compared."""
    if isinstance(row, Contrast):
        return (row.measure.value,) if is_ratio(row.measure) and row.measure is not Measure.P else ()
    return ("OR", "PLO") if row.measure in COUNTED else ()


def _drugs(arms: tuple[Arm, ...]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Treatment (or else label) of the experimental, or only, arm of each study, where there is one such arm."""
    treatments: defaultdict[tuple[str, str], set[tuple[str, ...]]] = defaultdict(set)
    for arm in arms:
        named = arm.treatment or (arm.label,)
        if arm.role in (Role.EXPERIMENTAL, Role.SINGLE) and all(named):
            treatments[arm.document_id, arm.study_id].add(named)
    return {study: min(found) for study, found in treatments.items() if len(found) == 1}


def _about(records: Records, outcome: Outcome) -> Records:
    """What is known of one outcome, without the doubts that hold numbers back."""
    return replace(
        records,
        arm_results=tuple(row for row in records.arm_results if row.outcome is outcome),
        contrasts=tuple(row for row in records.contrasts if row.outcome is outcome),
        flags=(),
    )


def _without(records: Records, result_id: str) -> Records:
    return replace(
        records,
        arm_results=tuple(row for row in records.arm_results if row.result_id != result_id),
        contrasts=tuple(row for row in records.contrasts if row.result_id != result_id),
    )
