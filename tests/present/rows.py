"""Records built by hand: a randomized trial, a review that restates it, a single-arm study, a document that failed."""

import datetime as dt
from decimal import Decimal
from typing import Any

from evidence.model.codes import (
    Adjustment,
    Design,
    DocumentStatus,
    Measure,
    Outcome,
    Report,
    Role,
    RowStatus,
    Severity,
)
from evidence.model.records import Arm, ArmResult, Contrast, DocumentRecord, Flag, Patient, Records, Source, Study

QUOTE = 'The hazard ratio for death was 0.60 (95% CI, 0.40 to 0.90; P<0.001),\nor "a 40% reduction", = significant.'


def source(quote: str = QUOTE, **more: Any) -> Source:
    return Source(char_start=100, char_end=100 + len(quote), quote=quote, **({"page": 5} | more))


def arm_result(arm: str, outcome: Outcome, measure: Measure, **more: Any) -> ArmResult:
    fields: dict[str, Any] = {
        "result_id": f"trial-{arm}-{outcome}-{more.get('value')}",
        "document_id": "d1",
        "study_id": "trial",
        "arm_id": f"d1-{arm}",
        "arm": arm,
        "outcome": outcome,
        "outcome_text": str(outcome),
        "measure": measure,
        "source": source(),
    }
    return ArmResult(**(fields | more))


def contrast(arm: str = "sorafenib", comparator: str = "placebo", **more: Any) -> Contrast:
    fields: dict[str, Any] = {
        "result_id": "trial-os-hr",
        "document_id": "d1",
        "study_id": "trial",
        "arm_id": f"d1-{arm}",
        "comparator_arm_id": f"d1-{comparator}",
        "arm": arm,
        "comparator": comparator,
        "outcome": Outcome.OS,
        "outcome_text": "overall survival",
        "measure": Measure.HR,
        "estimate": Decimal("0.60"),
        "ci_low": Decimal("0.40"),
        "ci_high": Decimal("0.90"),
        "p_value": Decimal("0.001"),
        "p_operator": "<",
        "source": source(),
    }
    return Contrast(**(fields | more))


def records() -> Records:
    """Nothing here is a real result."""
    return Records(
        documents=(
            DocumentRecord(document_id="d1", source="papers/trial.pdf", format="pdf", title="=A trial", pages=9),
            DocumentRecord(document_id="d2", source="papers/review.pdf", format="pdf"),
            DocumentRecord(
                document_id="d3",
                source="papers/cohort.pdf",
                format="pdf",
                status=DocumentStatus.PARTIAL,
                status_reason="page 7 of 12 is a scan",
            ),
            DocumentRecord(
                document_id="d4",
                source="papers/locked.pdf",
                format="pdf",
                status=DocumentStatus.FAILED,
                status_reason="asks for a password",
            ),
        ),
        studies=(
            Study(
                study_id="trial",
                document_id="d1",
                label="TRIAL-1",
                design=Design.RANDOMIZED,
                population="adults in first remission",
                n_total=202,
                followup_median_months=Decimal("21.3"),
                registry_ids=("NCT01", "EudraCT-2"),
            ),
            Study(study_id="trial", document_id="d2", label="TRIAL-1", report=Report.CITED, design=Design.RANDOMIZED),
            Study(study_id="old", document_id="d2", label="Olden 2009", report=Report.CITED, design=Design.RANDOMIZED),
            Study(study_id="cohort", document_id="d3", label="Cohort 2020", design=Design.SINGLE_ARM),
        ),
        arms=(
            Arm(
                arm_id="d1-sorafenib",
                study_id="trial",
                document_id="d1",
                label="sorafenib",
                role=Role.EXPERIMENTAL,
                treatment=("sorafenib",),
                n=100,
            ),
            Arm(arm_id="d1-placebo", study_id="trial", document_id="d1", label="placebo", role=Role.CONTROL, n=102),
            Arm(
                arm_id="d3-all",
                study_id="cohort",
                document_id="d3",
                label="sorafenib maintenance",
                role=Role.SINGLE,
                treatment=("sorafenib",),
                n=38,
            ),
        ),
        arm_results=(
            arm_result(
                "sorafenib",
                Outcome.OS,
                Measure.SURVIVAL_PROBABILITY,
                value=Decimal("82.10"),
                ci_low=Decimal("72.6"),
                ci_high=Decimal("88.5"),
                timepoint_months=Decimal(24),
            ),
            arm_result(
                "placebo",
                Outcome.OS,
                Measure.SURVIVAL_PROBABILITY,
                value=Decimal("68.0"),
                timepoint_months=Decimal(24),
            ),
            arm_result("sorafenib", Outcome.OS, Measure.MEDIAN_TIME, not_reached=True),
            arm_result(
                "sorafenib maintenance",
                Outcome.CRC,
                Measure.PROPORTION,
                result_id="cohort-crc",
                document_id="d3",
                study_id="cohort",
                arm_id="d3-all",
                value=Decimal("65.8"),
                events=25,
                total=38,
                confidence=0.93,
                status=RowStatus.ACCEPTED,
                reviewer="A. Reader",
                reviewed_at=dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC),
            ),
        ),
        contrasts=(
            contrast(adjustment=Adjustment.ADJUSTED),
            contrast(result_id="cited-os", document_id="d2", arm_id=None, comparator_arm_id=None),
            contrast(
                result_id="old-os",
                document_id="d2",
                study_id="old",
                arm_id=None,
                comparator_arm_id=None,
                estimate=Decimal("1.2"),
                ci_low=None,
                ci_high=None,
                p_value=None,
                p_operator=None,
            ),
        ),
        patients=tuple(
            Patient(
                result_id=f"d3-p{number}",
                document_id="d3",
                study_id="cohort",
                arm_id="d3-all",
                arm="sorafenib maintenance",
                patient=f"UPN {number}",
                outcome=Outcome.RFS,
                outcome_text="=RFS (months)",
                source=source("12.0+"),
                time_months=Decimal("12.0"),
                event=event,
                event_text=status,
            )
            for number, (event, status) in enumerate([(True, "relapse"), (False, "CR"), (None, None)], start=1)
        ),
        flags=(
            Flag(
                flag_id="f1",
                document_id="d1",
                study_id="trial",
                result_ids=("trial-os-hr",),
                check="p_ci_mismatch",
                severity=Severity.WARNING,
                message="P<0.001, but the interval 0.40 to 0.90 implies 0.014.",
            ),
            Flag(
                flag_id="f2",
                document_id="d3",
                study_id="cohort",
                result_ids=("cohort-crc",),
                check="percent_count_mismatch",
                severity=Severity.ERROR,
                message="25 of 38 is 65.8%, but the document says 68.5%.",
            ),
        ),
    )
