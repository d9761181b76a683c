"""Which rows are about a question, before their numbers are looked at, and in words a clinician understands why not."""

from evidence.model.codes import REPORTED, Measure, RowStatus, Severity
from evidence.model.derivations import is_approximation
from evidence.model.matching import plain
from evidence.model.question import Question
from evidence.model.records import ArmResult, Result
from evidence.model.studies import in_population, wrong_design
from evidence.synthesise.index import Index

#: Measures of one arm that count patients; the others estimate a probability over time and have no simple variance.
COUNTED = frozenset({Measure.PROPORTION, Measure.COUNT})
#: A person stands behind the number, so that an automatic check no longer holds it back.
CONFIRMED = frozenset({RowStatus.ACCEPTED, RowStatus.CORRECTED})


def not_about(question: Question, row: Result, index: Index) -> str | None:
    """Why a row does not answer the question, whatever its numbers; None if it may."""
    study = index.merged.get(row.study_id)
    if row.status is RowStatus.REJECTED:
        return "rejected by a reviewer"
    if question.status and row.status.value not in question.status:
        return f"status is {row.status.value}, asked for {' or '.join(question.status)}"
    wrong = _wrong_kind(question, row) or wrong_design(question, study.design if study else None)
    if wrong:
        return wrong
    if not in_population(question.population, index.populations.get(row.study_id, "")):
        return f"population does not match {' or '.join(question.population)}"
    if question.subgroup is None and row.subgroup:
        return f"subgroup {row.subgroup}, not the whole population"
    if question.subgroup is not None and _same_text(row.subgroup) != _same_text(question.subgroup):
        return f"{'subgroup ' + row.subgroup if row.subgroup else 'the whole population'}, not {question.subgroup}"
    if question.timepoint_months is not None and (
        row.timepoint_months is None or float(row.timepoint_months) != question.timepoint_months
    ):
        at = "no time point" if row.timepoint_months is None else f"{row.timepoint_months} months"
        return f"{at}, not {question.timepoint_months:g} months"
    if row.derivation != REPORTED and row.derivation not in question.approximations:
        if not question.include_derived:
            return f"computed from other numbers ({row.derivation}); only reported numbers are asked for"
        if is_approximation(row.derivation):
            return f"only an approximation ({row.derivation}), used where it is asked for by its name"
    if index.cited(row) and not question.include_cited:
        return "cited row; only the studies' own reports are asked for"
    return None if row.status in CONFIRMED else _held_back(row, index)


def _held_back(row: Result, index: Index) -> str | None:
    """Why nobody has yet decided that a row can be used: a contradiction in it, or in a number it was computed from."""
    for each in (row, *index.inputs(row)):
        if each is not row and each.status in (RowStatus.REJECTED, RowStatus.CORRECTED):
            return f"computed from {each.result_id}, which a reviewer has {each.status.value}"
        if each.status in CONFIRMED:
            continue
        for flag in index.flags.get(each.result_id, ()):
            if flag.severity is Severity.ERROR:
                return f"held back until a person decides: {flag.message}"
    return None


def _wrong_kind(question: Question, row: Result) -> str | None:
    if isinstance(row, ArmResult):
        if question.kind == "contrast":
            return f"a number of one arm ({row.measure.value}), not a comparison"
        if row.measure not in COUNTED:
            return f"{row.measure.value} is not a count of patients"
        return None
    if question.kind == "proportion":
        return "a comparison of two arms, not a proportion of one"
    if row.measure.value != question.measure:
        return f"the measure is {row.measure.value}, not {question.measure}"
    return None


def _same_text(text: str | None) -> str:
    return plain(text or "").replace("-", " ")
