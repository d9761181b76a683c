"""One estimate per study for a question, and for every other row of the asked outcomes why it was left out."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.errors import QuestionError
from evidence.model.codes import Adjustment, Severity
from evidence.model.derivations import is_computed
from evidence.model.question import Question
from evidence.model.records import Contrast, Flag, Records, Result, Study
from evidence.model.results import LeftOut, StudyEstimate
from evidence.model.studies import study_labels
from evidence.synthesise.candidates import Candidate, offers
from evidence.synthesise.index import Index

#: Name of the subgroup of studies that do not state the column they are grouped by.
NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a question takes from the records."""

    estimates: tuple[StudyEstimate, ...]  # by label
    left_out: tuple[LeftOut, ...]  # in the order of reading
    notes: tuple[str, ...] = ()


def select(question: Question, records: Records) -> Selection:
    """Take one estimate of each study.

    Reported numbers come before computed ones, a study's own report before a citation, counts before a reported
    comparison (where counts are asked for), then the question's first outcome, the adjustment it prefers, the whole
    follow-up before a time point, and last the place in the document. A choice between different values is noted.

    Raises
    ------
    QuestionError
        If `subgroup_by` is no column of the studies.
    """
    if question.subgroup_by is not None and question.subgroup_by not in Study.__dataclass_fields__:
        raise QuestionError(
            f"Question {question.id!r}: subgroup_by {question.subgroup_by!r} is no column of the studies. "
            f"Known: {', '.join(Study.__dataclass_fields__)}."
        )
    index = Index.of(records)
    found = offers(question, records, index)
    by_study: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate in found.candidates:
        by_study[candidate.rows[0].study_id].append(candidate)
    labels = study_labels(index.merged, [row.study_id for row in records.results()])

    reasons: dict[str, tuple[Result, str]] = {}
    estimates = []
    for study_id, candidates in by_study.items():
        used, *others = sorted(candidates, key=lambda candidate: candidate.rank)
        taken = {row.result_id for row in used.rows}
        notes = []
        for other in others:
            for row in other.rows:
                if row.result_id not in taken and row.result_id not in reasons:
                    reasons[row.result_id] = (row, why_not(other, used, index))
            notes += differs(other, used)
        estimates.append(_estimate(question, used, labels[study_id], index, tuple(dict.fromkeys(notes))))
    used_ids = {result_id for estimate in estimates for result_id in estimate.result_ids}
    for result_id, refused in found.refused.items():
        if result_id not in used_ids:
            reasons.setdefault(result_id, refused)
    left_out = tuple(
        LeftOut(result_id=row.result_id, study_id=row.study_id, label=labels[row.study_id], reason=reason)
        for row, reason in sorted(reasons.values(), key=lambda item: index.place(item[0]))
    )
    estimates.sort(key=lambda estimate: (estimate.label.casefold(), estimate.study_id))
    return Selection(estimates=tuple(estimates), left_out=left_out, notes=_same_numbers(estimates))


def _estimate(question: Question, used: Candidate, label: str, index: Index, choices: tuple[str, ...]) -> StudyEstimate:
    first = used.rows[0]
    study = index.merged.get(first.study_id)
    flags = tuple(dict.fromkeys(flag for row in used.rows for flag in index.flags_of(row)))
    errors = [flag for flag in flags if flag.severity is Severity.ERROR]
    cited = index.cited(first)
    return StudyEstimate(
        study_id=first.study_id,
        label=label,
        result_ids=tuple(row.result_id for row in used.rows),
        y=used.y,
        v=used.v,
        estimate=used.estimate,
        ci_low=used.ci_low,
        ci_high=used.ci_high,
        arm=used.arm,
        comparator=used.comparator,
        group=_group(study, question.subgroup_by) if question.subgroup_by else None,
        outcome=first.outcome.value,
        report="cited" if cited else "primary",
        design=study.design.value if study and study.design else None,
        adjustment=used.adjustment.value if used.adjustment else None,
        derivation=used.derivation,
        error_flags=tuple(dict.fromkeys(flag.check for flag in errors)),
        notes=tuple(dict.fromkeys((*used.notes, *choices, *map(_doubt, flags)))),
    )


def _doubt(flag: Flag) -> str:
    """A doubt as a note; one that cannot be true is named, since a person took the row in spite of it."""
    return f"Error flag {flag.check}: {flag.message}" if flag.severity is Severity.ERROR else flag.message


def _group(study: Study | None, column: str) -> str:
    value = getattr(study, column, None)
    if value in (None, "", ()):
        return NOT_STATED
    return ";".join(map(str, value)) if isinstance(value, tuple) else str(value)


def why_not(other: Candidate, used: Candidate, index: Index) -> str:
    """The first thing that put another estimate of the same study behind the one used."""
    if other.rank.computed != used.rank.computed:
        if other.rank.computed == 1:
            return "no confidence interval; another estimate of the study has one"
        better = "a number that is not an approximation" if is_computed(used.derivation) else "a reported number"
        return f"computed ({other.derivation}); {better} is used"
    if other.rank.cited != used.rank.cited:
        return "cited row; the study's own report is used"
    if other.rank.contrast != used.rank.contrast:
        return "the numbers of events in both arms are used"
    if other.rank.outcome != used.rank.outcome:
        return f"{other.rows[0].outcome}; {used.rows[0].outcome} is used for this study"
    if other.rank.adjustment != used.rank.adjustment:
        if used.adjustment is None:
            return f"{'adjusted' if other.adjustment is Adjustment.ADJUSTED else 'unadjusted'} estimate not preferred"
        return f"{used.adjustment.value} estimate preferred"
    if other.rank.timed != used.rank.timed:
        return f"at {other.rows[0].timepoint_months} months; the estimate without a time point is used"
    if other.rows[0].timepoint_months != used.rows[0].timepoint_months:
        return f"at {other.rows[0].timepoint_months} months; {used.rows[0].timepoint_months} months is read first"
    if _same_values(other, used):
        return f"duplicate of {' and '.join(row.result_id for row in used.rows)}"
    if _arms(other) != _arms(used):
        return f"another comparison of the same study ({_arms(other)}); {_arms(used)} is read first"
    flagged = any(index.flags_of(row) for row in (*used.rows, *other.rows))
    return f"two different values for the same comparison ({_value(used)} and {_value(other)}): first used" + (
        "; see flag" if flagged else ""
    )


def differs(other: Candidate, used: Candidate) -> list[str]:
    """A note on the estimate used, where only the place in the document decided between two that differ."""
    if other.rank[:-1] != used.rank[:-1] or _same_values(other, used):
        return []
    if other.rows[0].timepoint_months != used.rows[0].timepoint_months:
        return [f"There are several time points; {used.rows[0].timepoint_months} months is read first."]
    if _arms(other) != _arms(used):
        return [f"Another comparison of the study fits as well: {_arms(other)}, {_value(other)}."]
    return [
        f"Two different values are given for this comparison, {_value(used)} and {_value(other)}; the first is used."
    ]


def _same_values(one: Candidate, other: Candidate) -> bool:
    return (one.y, one.v) == (other.y, other.v)


def _value(candidate: Candidate) -> str:
    counts = [
        count for count in (candidate.arm, candidate.comparator) if count is not None and count.events is not None
    ]
    if counts:
        return " versus ".join(f"{count.events}/{count.n}" for count in counts)
    return f"{candidate.estimate:.4g} ({candidate.ci_low:.4g} to {candidate.ci_high:.4g})"


def _arms(candidate: Candidate) -> str:
    row = candidate.rows[0]
    if isinstance(row, Contrast):
        return " versus ".join(sorted((row.arm, row.comparator)))
    return " versus ".join(row.arm for row in candidate.rows)


def _same_numbers(estimates: Sequence[StudyEstimate]) -> tuple[str, ...]:
    """Studies with identical results: perhaps one set of patients under two names."""
    same: defaultdict[tuple[float, float], list[str]] = defaultdict(list)
    for estimate in estimates:
        if estimate.arm.events is None:  # small counts agree by chance
            same[estimate.y, estimate.v].append(estimate.label)
    return tuple(
        f"{' and '.join(labels)} give exactly the same estimate and interval: the same patients may be counted twice."
        for labels in same.values()
        if len(labels) > 1
    )
