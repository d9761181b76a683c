"""Rows built by hand, as an extractor or a person would give them."""

from decimal import Decimal
from itertools import count

from evidence.model.codes import Design, Measure, Outcome, Role, Severity
from evidence.model.question import Question
from evidence.model.records import Arm, ArmResult, Contrast, Flag, Records, Source, Study
from evidence.synthesise import answer

_places = count(1)


def _source(at=None):
    at = next(_places) * 100 if at is None else at
    return Source(char_start=at, char_end=at + 10, quote="as printed")


def _number(text):
    return None if text is None else Decimal(str(text))


def hr(result_id, study, text, *, arm="sorafenib", comparator="placebo", document=None, at=None, **more):
    """A contrast from "0.48 (0.28-0.82)", "0.48" or "" (no estimate)."""
    estimate, _, limits = text.partition(" ")
    low, _, high = limits.strip("()").partition("-")
    fields = {
        "result_id": result_id,
        "document_id": document or f"doc-{study}",
        "study_id": study,
        "arm_id": None,
        "comparator_arm_id": None,
        "arm": arm,
        "comparator": comparator,
        "outcome": Outcome.OS,
        "outcome_text": "overall survival",
        "measure": Measure.HR,
        "source": _source(at),
        "estimate": _number(estimate or None),
        "ci_low": _number(low or None),
        "ci_high": _number(high or None),
    }
    return Contrast(**(fields | more))


def counts(result_id, study, arm, events=None, total=None, *, value=None, document=None, at=None, **more):
    """An arm_result: events of total, or a percentage."""
    fields = {
        "result_id": result_id,
        "document_id": document or f"doc-{study}",
        "study_id": study,
        "arm_id": f"{study}-{arm}",
        "arm": arm,
        "outcome": Outcome.CR,
        "outcome_text": "complete remission",
        "measure": Measure.PROPORTION,
        "source": _source(at),
        "events": events,
        "total": total,
        "value": _number(value),
    }
    return ArmResult(**(fields | more))


def study(study_id, *, document=None, label=None, design=Design.RANDOMIZED, **more):
    return Study(
        study_id=study_id, document_id=document or f"doc-{study_id}", label=label or study_id, design=design, **more
    )


def arm(study_id, label, *, document=None, role=Role.OTHER, n=None, treatment=()):
    return Arm(
        arm_id=f"{study_id}-{label}",
        study_id=study_id,
        document_id=document or f"doc-{study_id}",
        label=label,
        role=role,
        n=n,
        treatment=treatment,
    )


def flag(
    *result_ids, document="doc-A", severity=Severity.ERROR, message="The estimate and its p-value cannot both be true."
):
    return Flag(
        flag_id=f"flag-{result_ids[0]}",
        document_id=document,
        study_id=None,
        result_ids=result_ids,
        check="a_check",
        severity=severity,
        message=message,
    )


def records(*rows):
    """Records from rows in any order; studies that are not given are randomized primary reports."""
    of = {kind: tuple(row for row in rows if isinstance(row, kind)) for kind in (Study, Arm, ArmResult, Contrast, Flag)}
    results = of[ArmResult] + of[Contrast]
    known = {(row.document_id, row.study_id) for row in of[Study]}
    more = {
        (row.document_id, row.study_id): study(row.study_id, document=row.document_id)
        for row in results
        if (row.document_id, row.study_id) not in known
    }
    return Records(
        studies=of[Study] + tuple(more.values()),
        arms=of[Arm],
        arm_results=of[ArmResult],
        contrasts=of[Contrast],
        flags=of[Flag],
    )


def ask(*rows, **question):
    """The answer to a question about these rows; by default hazard ratios of OS, sorafenib versus anything."""
    fields = {"id": "q", "outcome": ("OS",), "measure": "HR", "treatment": ("sorafenib",)}
    return answer(Question(**(fields | question)), records(*rows))


def used(analysis):
    return [estimate.result_ids for estimate in analysis.estimates]


def reasons(analysis):
    return {row.result_id: row.reason for row in analysis.left_out}
