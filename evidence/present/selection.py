"""Which rows of a selected study a comparison table shows, and which study answers its question."""

from decimal import Decimal

from evidence.model.codes import REPORTED, RowStatus
from evidence.model.matching import mentions
from evidence.model.question import Question
from evidence.model.records import Result, Study
from evidence.model.studies import in_population, wrong_design


def study_matches(study: Study, population: str, question: Question) -> bool:
    """Design and population, in words, of the study are those asked for."""
    return wrong_design(question, study.design) is None and in_population(question.population, population)


def row_matches(row: Result, question: Question) -> bool:
    """Outcome, subgroup, time point, derivation and status of the row are those asked for.

    A row without a time point (a median, a hazard ratio) belongs to every time point.
    """
    if row.outcome not in question.outcome:
        return False
    if row.derivation != REPORTED and not question.include_derived:
        return False
    if row.status not in question.status if question.status else row.status is RowStatus.REJECTED:
        return False
    if question.timepoint_months is not None and row.timepoint_months not in (
        None,
        Decimal(str(question.timepoint_months)),
    ):
        return False
    if question.subgroup is None:
        return row.subgroup is None
    return row.subgroup is not None and mentions(row.subgroup, question.subgroup)
