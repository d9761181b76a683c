"""What single numbers do to the analyses they would enter: which doubt matters most for a pooled estimate."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from evidence.formulas.scales import is_ratio, natural
from evidence.model.codes import Measure, Outcome, Role, RowStatus
from evidence.model.matching import Side, matches
from evidence.model.question import Question
from evidence.model.records import Arm, ArmResult, Contrast, Records, Result
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
    found: dict[str, Stake] = {}
    for analysis in _analyses(records, result_ids):
        for stake in _of_question(analysis):
            known = found.get(stake.result_id)
            if known is None or stake.change > known.change:
                found[stake.result_id] = stake
    return found


def default_questions(records: Records) -> tuple[Question, ...]:
    """The questions of these analyses, in the order of outcomes: what is pooled where nobody asked for anything.

    Not every one finds two studies that can be pooled; but no other does.
    """
    result_ids = {row.result_id for row in records.results()}
    questions = (analysis.question for analysis in _analyses(records, result_ids))
    order = tuple(Outcome)
    return tuple(sorted(questions, key=lambda asked: (order.index(Outcome(asked.outcome[0])), asked.id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Analysis:
    """One question, the rows that may enter it, and which of them are asked about."""

    question: Question
    treatment: tuple[str, ...]
    records: Records
    asked: tuple[Result, ...]


def _analyses(records: Records, result_ids: Collection[str]) -> Iterator[_Analysis]:
    """The analyses that numbers may enter; one to which fewer than two studies have anything to say is passed over."""
    asked: defaultdict[tuple[Outcome, str, tuple[str, ...]], list[Result]] = defaultdict(list)
    by_outcome: defaultdict[Outcome, list[Result]] = defaultdict(list)
    drugs = _drugs(records.arms)
    for row in records.results():
        # What has no code is many things, which nobody pools.
        if row.outcome is Outcome.OTHER or row.status is RowStatus.REJECTED:
            continue
        by_outcome[row.outcome].append(row)
        if row.result_id in result_ids and (treatment := drugs.get((row.document_id, row.study_id))):
            for measure in _measures(row):
                asked[row.outcome, measure, treatment].append(row)
    sides = _sides(records)

    @cache
    def treated(drug: str, document_id: str, study_id: str) -> bool:
        """Whether some group of a study had this treatment."""
        return any(matches(drug, side) for side in sides[document_id, study_id])

    for (outcome, measure, treatment), rows in asked.items():
        drug = "+".join(treatment)
        question = Question(
            id=f"{outcome.value} {measure} {drug}", outcome=(outcome.value,), measure=measure, treatment=(drug,)
        )
        fit = [row for row in by_outcome[outcome] if _may_answer(row, question)]
        if len({row.study_id for row in fit}) > 1:
            fit = [row for row in fit if treated(drug, row.document_id, row.study_id)]
        if len({row.study_id for row in fit}) > 1:
            yield _Analysis(question=question, treatment=treatment, records=_only(records, fit), asked=tuple(rows))


def _of_question(analysis: _Analysis) -> Iterator[Stake]:
    question, records = analysis.question, analysis.records
    estimates = select(question, records).estimates
    used = {result_id for estimate in estimates for result_id in estimate.result_ids}
    measure = question.measure or ""
    if len(estimates) < 2:
        return
    pooled = _pooled(estimates)
    for row in analysis.asked:
        if row.result_id in used:
            without = _pooled(select(question, _without(records, row.result_id)).estimates)
            yield Stake(
                result_id=row.result_id,
                outcome=row.outcome.value,
                measure=measure,
                treatment=analysis.treatment,
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


def _may_answer(row: Result, question: Question) -> bool:
    """Whether a row is of the kind that the measure of a question takes; computed ones only where they may enter."""
    if isinstance(row, Contrast):
        return row.measure.value == question.measure
    return question.kind != "contrast" and row.measure in COUNTED


def _sides(records: Records) -> Mapping[tuple[str, str], frozenset[Side]]:
    """The groups of each study of each document, as its rows and arms name them."""
    arms = {(arm.document_id, arm.arm_id): arm for arm in records.arms}
    sides: defaultdict[tuple[str, str], set[Side]] = defaultdict(set)
    for row in records.results():
        own = sides[row.document_id, row.study_id]
        own.add(Side.of(row.arm, arms.get((row.document_id, row.arm_id or ""))))
        if isinstance(row, Contrast):
            own.add(Side.of(row.comparator, arms.get((row.document_id, row.comparator_arm_id or ""))))
    return {study: frozenset(own) for study, own in sides.items()}


def _only(records: Records, rows: Collection[Result]) -> Records:
    """These rows with their studies and arms, without the doubts that hold numbers back."""
    studies = {row.study_id for row in rows}
    return Records(
        documents=records.documents,
        studies=tuple(study for study in records.studies if study.study_id in studies),
        arms=tuple(arm for arm in records.arms if arm.study_id in studies),
        arm_results=tuple(row for row in rows if isinstance(row, ArmResult)),
        contrasts=tuple(row for row in rows if isinstance(row, Contrast)),
    )


def _without(records: Records, result_id: str) -> Records:
    return replace(
        records,
        arm_results=tuple(row for row in records.arm_results if row.result_id != result_id),
        contrasts=tuple(row for row in records.contrasts if row.result_id != result_id),
    )
