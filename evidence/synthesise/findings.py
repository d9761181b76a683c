"""A summary of findings worked out: the pooled ratio of each row, the comparator's risk and what follows from both.

Nothing is assumed where it is not reported: a risk at 24 months is one that a comparator arm reports at 24 months.
"""

import math
from collections.abc import Mapping
from decimal import Decimal
from statistics import median

from evidence.formulas.absolute import absolute_effect
from evidence.formulas.scales import natural
from evidence.model.codes import REPORTED, Measure, Outcome, Report, RowStatus
from evidence.model.findings import AbsoluteRisk, ComparatorRate, ComparatorRisk, Finding, Findings
from evidence.model.matching import plain
from evidence.model.measures import TIME_TO_EVENT
from evidence.model.question import Question
from evidence.model.records import ArmResult, Records
from evidence.model.results import Analysis, StudyEstimate
from evidence.model.summary import HAZARDS, Summary, SummaryOutcome, shows_survival

_UNSURE = (
    "whether this ratio counts survivors or deaths is not known; say so by show in the summary, or ask for a hazard "
    "ratio"
)


def findings(
    summary: Summary,
    analyses: Mapping[str, Analysis],
    records: Records,
    asymmetry: Mapping[str, tuple[str, ...]] | None = None,
) -> Findings:
    """The rows of a summary from the analyses of its questions, by question id.

    A row whose question has no analysis is named as unanswered. `asymmetry` says by question what its test gave.
    """
    told = asymmetry or {}
    rows = tuple(
        _finding(row, analyses[row.question], records, told.get(row.question, ()))
        for row in summary.outcome
        if row.question in analyses
    )
    unanswered = tuple(row for row in summary.outcome if row.question not in analyses)
    return Findings(summary=summary, rows=rows, unanswered=unanswered)


def _finding(row: SummaryOutcome, analysis: Analysis, records: Records, asymmetry: tuple[str, ...]) -> Finding:
    question = analysis.question
    survival = shows_survival(row, question)
    sizes = [arm.n for used in analysis.estimates for arm in (used.arm, used.comparator) if arm is not None]
    effect = _effect(analysis)
    risk: ComparatorRisk | str
    if effect is None:
        risk = "no study has the relative effect"
    elif survival is None:
        risk = _UNSURE
    else:
        risk = _comparator_risk(row, analysis, records, survival=survival)
    comparator = None if isinstance(risk, str) else risk
    reason = risk if isinstance(risk, str) else ""
    intervention = None
    if comparator is not None and effect is not None:
        made = _with_intervention(question.measure or "", effect, comparator.risk, survival=bool(survival))
        intervention, reason = (None, made) if isinstance(made, str) else (made, "")
    return Finding(
        row=row,
        question=question,
        analysis=analysis,
        survival=bool(survival),
        effect=effect,
        participants=sum(n for n in sizes if n is not None),
        unknown_n=sum(n is None for n in sizes),
        comparator=comparator,
        intervention=intervention,
        why_not=reason,
        asymmetry=asymmetry,
    )


def _effect(analysis: Analysis) -> tuple[float, float, float] | None:
    """Ratio and limits: pooled, or of the only study."""
    if analysis.pooled is not None:
        pooled, measure = analysis.pooled, analysis.question.measure or ""
        return (
            _ratio(measure, pooled.mu),
            _ratio(measure, pooled.ci_low),
            _ratio(measure, pooled.ci_high),
        )
    if len(analysis.estimates) == 1:
        (only,) = analysis.estimates
        return only.estimate, only.ci_low, only.ci_high
    return None


def _ratio(measure: str, y: float) -> float:
    try:
        return natural(measure, y)
    except OverflowError:
        return math.inf


def _with_intervention(
    measure: str, effect: tuple[float, float, float], comparator: float, *, survival: bool
) -> AbsoluteRisk | str:
    """Risk with the intervention, counted as the comparator's is; a text where the ratio allows none.

    A hazard ratio counts events: with survival S0 the intervention has S0^HR. An odds or risk ratio counts what the row
    counts.
    """
    turned = survival and measure in HAZARDS
    event = 1 - comparator if turned else comparator
    kind = "HR" if measure in HAZARDS else measure

    def risk(ratio: float) -> float | None:
        if not (0 < ratio < math.inf):
            return None
        try:
            made = absolute_effect(kind, ratio, event).risk
        except ValueError:
            return None
        return 1 - made if turned else made

    estimate, low, high = (risk(ratio) for ratio in effect)
    if estimate is None:
        return (
            f"the ratio {effect[0]:.2f} at a comparator risk of {100 * comparator:.1f}% gives no risk between 0 and 1"
        )
    return AbsoluteRisk(risk=estimate, low=high if turned else low, high=low if turned else high)


def _comparator_risk(
    row: SummaryOutcome, analysis: Analysis, records: Records, *, survival: bool
) -> ComparatorRisk | str:
    """The comparator's risk and its source; a text where nobody reports or gives one."""
    question = analysis.question
    if row.comparator_percent is not None:
        return ComparatorRisk(risk=row.comparator_percent / 100, how="given", source=row.comparator_source)
    if question.measure in HAZARDS:
        if row.months is None:
            return "no time is given at which the risk should stand (months in the summary)"
        arms = [_at_time(used, row.months, question, records, survival=survival) for used in analysis.estimates]
        nothing = (
            f"no comparator arm of the pooled studies has a reported rate at {row.months:g} months, and none was given"
        )
    else:
        arms = [_counted(used) for used in analysis.estimates]
        nothing = (
            "no comparator arm of the pooled studies has its numbers of patients and events, and no risk was given"
        )
    found = [arm for arm in arms if arm is not None]
    if row.comparator_from == "pooled":
        found = [arm for arm in found if arm.n]
    if not found:
        return nothing
    if row.comparator_from == "pooled":
        percent = sum(arm.percent * (arm.n or 0) for arm in found) / sum(arm.n or 0 for arm in found)
    else:
        percent = median(arm.percent for arm in found)
    if not 0 < percent < 100:
        return f"the {row.comparator_from} comparator rate is {percent:g}%, from which no ratio gives a risk"
    return ComparatorRisk(risk=percent / 100, how=row.comparator_from, arms=tuple(found))


def _counted(used: StudyEstimate) -> ComparatorRate | None:
    """The comparator arm's events of its patients, as they entered the pooling."""
    arm = used.comparator
    if arm is None or arm.events is None or not arm.n:
        return None
    return ComparatorRate(label=used.label, percent=100 * arm.events / arm.n, n=arm.n, result_ids=used.result_ids)


def _at_time(
    used: StudyEstimate, months: float, question: Question, records: Records, *, survival: bool
) -> ComparatorRate | None:
    """What the study reports for the comparator arm of its pooled comparison at this time."""
    if used.comparator is None:
        return None
    name = plain(used.comparator.label)
    arms = _comparator_arms(used, name, records)
    rows = [
        row
        for row in records.arm_results
        if row.study_id == used.study_id
        and row.outcome == used.outcome
        and row.measure in _measures(question)
        and row.value is not None
        and row.subgroup is None
        and row.timepoint_months is not None
        and math.isclose(row.timepoint_months, months, abs_tol=1e-6)
        and (row.status in question.status if question.status else row.status is not RowStatus.REJECTED)
        and (row.derivation == REPORTED or question.include_derived)
        and (plain(row.arm) == name or (row.document_id, row.arm_id) in arms)
    ]
    if not rows:
        return None
    cited = {(study.document_id, study.study_id) for study in records.studies if study.report is Report.CITED}

    def place(row: ArmResult) -> tuple[bool, bool, bool, str, int]:
        restated = (row.document_id, row.study_id) in cited
        return (
            row.derivation != REPORTED,
            restated,
            row.measure is Measure.PROPORTION,
            row.document_id,
            row.source.char_start,
        )

    first, *others = sorted(rows, key=place)
    percent = _shown(first, question, survival=survival)
    different = {_shown(row, question, survival=survival) for row in others} - {percent}
    return ComparatorRate(
        label=used.label,
        percent=percent,
        n=used.comparator.n or first.total,
        result_ids=(first.result_id,),
        others=tuple(sorted(different)),
    )


def _measures(question: Question) -> frozenset[Measure]:
    """What reports the risk of an outcome: survival as survival alone, for a proportion might count the deaths."""
    if _named_for_survival(question):
        return frozenset({Measure.SURVIVAL_PROBABILITY})
    return frozenset({Measure.CUMULATIVE_INCIDENCE, Measure.PROPORTION})


def _shown(row: ArmResult, question: Question, *, survival: bool) -> float:
    """The reported percentage, or its complement where the row of the summary counts the other patients."""
    percent = row.value or Decimal(0)
    return float(percent if _named_for_survival(question) is survival else 100 - percent)


def _named_for_survival(question: Question) -> bool:
    return Outcome(question.outcome[0]) in TIME_TO_EVENT


def _comparator_arms(used: StudyEstimate, name: str, records: Records) -> set[tuple[str, str | None]]:
    """Document and arm id of the comparator in the comparisons that were pooled."""
    found: set[tuple[str, str | None]] = set()
    for row in records.contrasts:
        if row.result_id in used.result_ids:
            for arm_id, label in ((row.arm_id, row.arm), (row.comparator_arm_id, row.comparator)):
                if arm_id is not None and plain(label) == name:
                    found.add((row.document_id, arm_id))
    return found
