"""What a panel must know to judge each domain of GRADE: facts of the pooled studies, never the grade."""

from collections import Counter
from collections.abc import Iterable

from evidence.model.codes import Measure, Outcome, Report
from evidence.model.derivations import is_computed
from evidence.model.findings import Finding, Findings
from evidence.model.measures import TIME_TO_EVENT, lower_is_better
from evidence.model.summary import HAZARDS
from evidence.present.finding_words import outcome_name, participants_text
from evidence.present.names import plain
from evidence.present.paper import PaperRow, PaperTable, columns, stacked
from evidence.present.scales import has_prediction, scale_of
from evidence.present.wording import heterogeneity_text, natural, number, percent, prediction_limits

_JUDGED = "Judgement: to be entered by the panel"
_DOMAINS = columns(
    ("Outcome", 30),
    ("Risk of bias", 46),
    ("Inconsistency", 46),
    ("Indirectness", 44),
    ("Imprecision", 50),
    ("Publication bias", 40),
)
_NOTHING = PaperRow(cells=("No question of this summary has an answer.",), heading=True)


def facts_table(found: Findings, title: str) -> PaperTable:
    """The facts for each domain, a row for each outcome; `title` is that of the summary."""
    return PaperTable(
        caption=f"Facts for each domain of GRADE: {title}",
        columns=_DOMAINS,
        rows=tuple(map(_facts, found.rows)) or (_NOTHING,),
        notes=("The program gives facts; whether to rate down is the panel's judgement.",),
    )


def _facts(finding: Finding) -> PaperRow:
    return PaperRow(
        cells=(
            outcome_name(finding),
            stacked(*_bias(finding), _JUDGED),
            stacked(*_inconsistency(finding), _JUDGED),
            stacked(*_indirectness(finding), _JUDGED),
            stacked(*_imprecision(finding), _JUDGED),
            stacked(*_publication(finding), _JUDGED),
        ),
        result_ids=tuple(name for row in finding.analysis.estimates for name in row.result_ids),
    )


def _counts(words: Iterable[str]) -> str:
    return ", ".join(f"{count} {word}" for word, count in Counter(words).items())


def _bias(finding: Finding) -> list[str]:
    used = finding.analysis.estimates
    if not used:
        return ["No study."]
    designs = _counts(plain(row.design or "design not reported").replace("_", " ") for row in used)
    adjusted = _counts(row.adjustment or "adjustment not stated" for row in used)
    facts = [f"Designs: {designs}.", f"Estimates: {adjusted}."]
    for count, words in (
        (sum(row.report == Report.CITED for row in used), "restated by another publication"),
        (sum(is_computed(row.derivation) for row in used), "computed from other reported numbers"),
        (sum(bool(row.error_flags) for row in used), "with a contradiction that a person accepted"),
    ):
        if count:
            facts.append(f"{count} {words}.")
    return facts


def _inconsistency(finding: Finding) -> list[str]:
    pooled, k = finding.analysis.pooled, len(finding.analysis.estimates)
    if pooled is None:
        return ["One study." if k == 1 else "No study." if not k else f"{k} studies, not pooled."]
    facts = [f"k = {pooled.k}.", f"{heterogeneity_text(pooled)}."]
    if has_prediction(pooled):
        scale = scale_of(finding.analysis)
        low, high = prediction_limits(pooled, scale)
        facts.append(
            f"{percent(pooled.level)} prediction interval {natural(scale, low)} to {natural(scale, high)}: "
            f"{_against(low, high, finding)}."
        )
    else:
        facts.append("No prediction interval: two studies cannot give one.")
    if (test := finding.analysis.group_test) is not None:
        column = plain(finding.question.subgroup_by or "").replace("_", " ")
        facts.append(f"Test of differences by {column}: p = {test.p_value:.2g}.")
    return facts


def _indirectness(finding: Finding) -> list[str]:
    used = finding.analysis.estimates
    if not used:
        return ["No study."]
    arms = Counter(plain(row.arm.label) or "not stated" for row in used)
    others = Counter(plain(row.comparator.label) or "not stated" for row in used if row.comparator)
    return [
        f"Outcomes as reported: {_counts(row.outcome for row in used)}.",
        f"Interventions: {_several(arms)}.",
        f"Comparators: {_several(others)}.",
    ]


def _several(names: Counter[str]) -> str:
    """At most six names with their counts."""
    listed = ", ".join(f"{count} {name}" for name, count in names.most_common(6))
    return f"{listed}, and {len(names) - 6} others" if len(names) > 6 else listed


def _imprecision(finding: Finding) -> list[str]:
    facts = [f"Participants: {participants_text(finding)}."]
    counts = [arm.events for row in finding.analysis.estimates for arm in (row.arm, row.comparator) if arm]
    if counts and all(events is not None for events in counts):
        facts.append(f"Events: {sum(events for events in counts if events is not None):,}.")
    if finding.effect is not None:
        scale = scale_of(finding.analysis)
        _, low, high = finding.effect
        facts.append(
            f"{percent(finding.question.level)} confidence interval {natural(scale, low)} to {natural(scale, high)}: "
            f"{_against(low, high, finding)}."
        )
    return facts


def _against(low: float, high: float, finding: Finding) -> str:
    """An interval against the decision line of the ratio, and against no effect where that is another."""
    lines = [("line of no effect", 1.0)]
    if finding.row.decision_line != 1:
        lines.insert(0, ("decision line", finding.row.decision_line))
    return "; ".join(_side(low, high, name, line, finding) for name, line in lines)


def _side(low: float, high: float, name: str, line: float, finding: Finding) -> str:
    where = f"the {name} ({number(line)})"
    if low <= line <= high:
        return f"includes {where}"
    below = high < line
    better = _lower_is_better(finding)
    favours = (
        ""
        if better is None or line != 1
        else f", in favour of the {'intervention' if better is below else 'comparator'}"
    )
    return f"lies {'below' if below else 'above'} {where}{favours}"


def _lower_is_better(finding: Finding) -> bool | None:
    """Whether a ratio below 1 favours the intervention; the summary's own word comes first."""
    if finding.row.direction is not None:
        return finding.row.direction == "lower"
    measure = Measure(finding.question.measure or "HR")
    if measure not in HAZARDS and not finding.survival and Outcome(finding.question.outcome[0]) in TIME_TO_EVENT:
        return True  # the summary says that this ratio counts deaths
    told = {lower_is_better(Outcome(code), measure) for code in finding.question.outcome}
    return told.pop() if len(told) == 1 else None


def _publication(finding: Finding) -> list[str]:
    k = len(finding.analysis.estimates)
    return [f"k = {k}.", *finding.asymmetry]
