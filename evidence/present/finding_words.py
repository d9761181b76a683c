"""What one row of a summary of findings is about, in words: its outcome, who is counted, where its risk comes from."""

from collections.abc import Iterable

from evidence.model.codes import Outcome
from evidence.model.findings import ComparatorRate, Finding
from evidence.model.summary import HAZARDS
from evidence.present.names import plain
from evidence.present.outcome_words import COUNTED, outcome_words
from evidence.present.wording import NOT_REPORTED


def outcome_name(finding: Finding) -> str:
    """The row's own name, else its outcomes."""
    return plain(finding.row.name) or " or ".join(map(outcome_words, finding.question.outcome))


def counted_text(finding: Finding) -> str:
    """Who is counted in the absolute columns, and when: "patients alive at 24 months"."""
    outcome = Outcome(finding.question.outcome[0])
    counted = COUNTED.get(outcome)
    when = "" if finding.row.months is None else f" {'at' if finding.survival else 'by'} {finding.row.months:g} months"
    if counted is None:
        return f"patients {'without' if finding.survival else 'with'} the outcome{when}"
    without, event = counted
    return f"patients {without if finding.survival else f'who {event}'}{when}"


def participants_text(finding: Finding) -> str:
    """Patients in the arms that were pooled, and studies: "366 (3 studies)"."""
    k = len(finding.analysis.estimates)
    if not k:
        return "0 studies"
    studies = f"{k} stud{'y' if k == 1 else 'ies'}"
    if not finding.participants:
        return f"{NOT_REPORTED} ({studies})"
    if finding.unknown_n:
        arms = f"{finding.unknown_n} arm{'' if finding.unknown_n == 1 else 's'}"
        return f"at least {finding.participants:,} ({studies}; n {NOT_REPORTED} for {arms})"
    return f"{finding.participants:,} ({studies})"


def source_text(finding: Finding) -> str:
    """Where the comparator's risk is from: "median of 3 comparator arms at 24 months: SORMAIN 66.2% (ids), ..."."""
    risk = finding.comparator
    if risk is None:
        return ""
    when = f" at {finding.row.months:g} months" if finding.question.measure in HAZARDS else ""
    if risk.how == "given":
        return f"{100 * risk.risk:g}%{when}, given: {plain(risk.source)}"
    k = len(risk.arms)
    of_all = f"{k} of {len(finding.analysis.estimates)} pooled studies"
    how = {
        "median": "median of the comparator arms of",
        "pooled": "mean, weighted by patients, of the comparator arms of",
    }[risk.how]
    said = "; ".join(map(_arm_text, risk.arms))
    return f"{100 * risk.risk:.1f}%{when}, {how} {of_all}: {said}"


def _arm_text(arm: ComparatorRate) -> str:
    n = f" of {arm.n}" if arm.n else ""
    return f"{arm.label} {arm.percent:.4g}%{n} ({ids_text(arm.result_ids)})"


def ids_text(result_ids: Iterable[str]) -> str:
    """Ids of rows of the evidence tables."""
    return ", ".join(result_ids)
