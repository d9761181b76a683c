"""Pooled estimates before and after a decision."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from evidence.model.derivations import inputs_of
from evidence.model.question import Question
from evidence.model.records import Records
from evidence.model.results import Analysis, Pooled


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A question whose pooled estimate a decision changed, with its answers before and after."""

    question: Question
    earlier: Analysis
    later: Analysis

    @property
    def before(self) -> Pooled | None:
        """The pooled estimate before; None where there were fewer than two studies to pool."""
        return self.earlier.pooled

    @property
    def after(self) -> Pooled | None:
        """The pooled estimate after; None where fewer than two studies are left to pool."""
        return self.later.pooled


def default_questions(*states: Records) -> tuple[Question, ...]:
    """What is pooled where nobody asked: studies of the same experimental treatment, by outcome and measure.

    They are the analyses by which the queue of a review is ordered, with the defaults of `pool`. Each is one to which
    at least two studies have something to say, in one of these states of the records.
    """
    from evidence.synthesise import default_questions

    found = {question.id: question for records in states for question in default_questions(records)}
    return tuple(found.values())


def moves(before: Records, after: Records, questions: Iterable[Question]) -> tuple[Move, ...]:
    """The pooled estimates that differ, in the order of the questions.

    Only questions about outcomes of which something changed are answered anew.

    Raises
    ------
    QuestionError
        If a question groups by a column that the studies do not have.
    """
    outcomes = _changed_outcomes(before, after)
    touched = [question for question in questions if outcomes.intersection(question.outcome)]
    answers = (_answers(records, touched) for records in (before, after))
    found = (
        Move(question=question, earlier=one, later=other)
        for question, one, other in zip(touched, *answers, strict=True)
    )
    return tuple(move for move in found if move.before != move.after)


def analyses(records: Records, questions: Iterable[Question]) -> tuple[Analysis, ...]:
    """The answers to these questions with at least one study in them, comparison tables left out.

    Raises
    ------
    QuestionError
        If a question groups by a column that the studies do not have.
    """
    from evidence.synthesise import answer

    found = (answer(question, records) for question in questions if question.kind != "compare")
    return tuple(analysis for analysis in found if analysis.estimates)


def _answers(records: Records, questions: Collection[Question]) -> list[Analysis]:
    from evidence.synthesise import answer

    about = about_outcomes(records, {outcome for question in questions for outcome in question.outcome})
    return [answer(question, about) for question in questions]


def about_outcomes(records: Records, outcomes: Collection[str]) -> Records:
    """The rows of some outcomes, with those that they were computed from and the flags about them."""
    kept = {row.result_id for row in records.results() if row.outcome.value in outcomes}
    kept |= {name for row in records.results() if row.result_id in kept for name in inputs_of(row)}
    return replace(
        records,
        arm_results=tuple(row for row in records.arm_results if row.result_id in kept),
        contrasts=tuple(row for row in records.contrasts if row.result_id in kept),
        patients=(),
        flags=tuple(flag for flag in records.flags if not kept.isdisjoint(flag.result_ids)),
    )


def _changed_outcomes(before: Records, after: Records) -> set[str]:
    """Outcomes of rows that changed or are doubted otherwise; all of them where studies, arms or documents changed."""
    rows = [{row.result_id: row for row in records.results()} for records in (before, after)]
    if any(getattr(before, table) != getattr(after, table) for table in ("documents", "studies", "arms")):
        return {row.outcome.value for known in rows for row in known.values()}
    changed = {name for name in rows[0].keys() | rows[1].keys() if rows[0].get(name) != rows[1].get(name)}
    flags = [
        {(flag.flag_id, flag.severity, flag.message): flag for flag in records.flags} for records in (before, after)
    ]
    for key in flags[0].keys() ^ flags[1].keys():
        changed.update((flags[0].get(key) or flags[1][key]).result_ids)
    return {row.outcome.value for known in rows for name in changed if (row := known.get(name)) is not None}
