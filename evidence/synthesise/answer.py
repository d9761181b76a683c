"""A question answered from records: what goes in, what is left out and why, and the pooled estimate."""

from evidence.model.derivations import is_computed
from evidence.model.question import Question
from evidence.model.records import Records
from evidence.model.results import Analysis, Group
from evidence.synthesise.pool import pool
from evidence.synthesise.selection import select
from evidence.synthesise.subgroups import subgroups


def answer(question: Question, records: Records) -> Analysis:
    """Select one estimate per study and pool them as the question says.

    Parameters
    ----------
    question : Question
        A comparison question (no measure) selects and pools nothing here.
    records : Records
        Of any number of documents; a study that several of them report counts once.

    Returns
    -------
    Analysis
        `pooled` is None for fewer than two studies; `notes` then say so. Risk differences and proportions are analysed
        as fractions (logit, double arcsine); `estimate` and its limits are in the units of the evidence tables.

    Raises
    ------
    QuestionError
        If `subgroup_by` is no column of the studies.
    """
    if question.kind == "compare":
        note = "The question names no measure, so it asks for a comparison table; nothing is pooled."
        return Analysis(question=question, estimates=(), left_out=(), pooled=None, notes=(note,))
    chosen = select(question, records)
    notes = list(chosen.notes)
    y = [estimate.y for estimate in chosen.estimates]
    v = [estimate.v for estimate in chosen.estimates]
    how = {"method": question.method, "interval": question.interval, "level": question.level}
    if not y:
        rows = len(chosen.left_out)
        notes.append(
            "Nothing matched: "
            + (
                f"{rows} rows have the outcome, and each says why it was left out."
                if rows
                else "no row has the outcome."
            )
        )
    elif len(y) == 1:
        notes.append("One study: nothing was pooled.")
    pooled = pool(y, v, **how) if len(y) > 1 else None  # type: ignore[arg-type]
    reported = tuple(i for i, estimate in enumerate(chosen.estimates) if not is_computed(estimate.derivation))
    reported_only = None
    if len(reported) < len(y):
        alone = pool([y[i] for i in reported], [v[i] for i in reported], **how) if len(reported) > 1 else None  # type: ignore[arg-type]
        reported_only = Group(name="Reported only", members=reported, pooled=alone)
    groups, test = (), None
    if question.subgroup_by and y:
        names = [estimate.group or "" for estimate in chosen.estimates]
        groups, test = subgroups(y, v, names, **how)  # type: ignore[arg-type, assignment]
    return Analysis(
        question=question,
        estimates=chosen.estimates,
        left_out=chosen.left_out,
        pooled=pooled,
        groups=groups,
        group_test=test,
        reported_only=reported_only,
        notes=tuple(notes),
    )
