"""Two small trials with the rows that extraction would make of them, written by hand."""

from dataclasses import replace
from decimal import Decimal

from evidence.check import check
from evidence.model.codes import Design, Measure, Outcome, Role
from evidence.model.document import Document
from evidence.model.records import Arm, ArmResult, Contrast, Patient, Records, Source, Study
from evidence.read import read

TEXT = """{label}

Results: {n} patients were randomized. Complete remission was reached by {events} of {total} patients ({percent}%) on
{drug} and by 10 of 40 patients (25.0%) on chemotherapy. The hazard ratio for death with {drug} was {hr}
(95% CI {low} to {high}).
"""

ALPHA = {
    "label": "ALPHA", "n": 80, "events": 25, "total": 40, "percent": "62.5", "drug": "alphatinib",
    "hr": "0.60", "low": "0.40", "high": "0.90",
}  # fmt: skip
#: The percentage is misprinted (26 of 40 is 65.0%).
BETA = {
    "label": "BETA", "n": 80, "events": 26, "total": 40, "percent": "56.0", "drug": "betatinib",
    "hr": "0.75", "low": "0.50", "high": "1.13",
}  # fmt: skip


def paper(trial: dict) -> tuple[Document, Records]:
    text = TEXT.format(**trial)
    document = read(text.encode(), name=f"{trial['label'].lower()}.txt")
    name, study = document.document_id, trial["label"].lower()

    def source(words: str) -> Source:
        start = document.text.index(words)
        return Source(char_start=start, char_end=start + len(words), quote=words)

    def arm_result(which: str, arm_id: str, label: str, events: int, total: int, percent: str) -> ArmResult:
        return ArmResult(
            result_id=f"{name}-{which}",
            document_id=name,
            study_id=study,
            arm_id=arm_id,
            arm=label,
            outcome=Outcome.CR,
            outcome_text="Complete remission",
            measure=Measure.PROPORTION,
            source=source(f"{events} of {total} patients ({percent}%)"),
            events=events,
            total=total,
            value=Decimal(percent),
            confidence=0.9,
        )

    hazard = Contrast(
        result_id=f"{name}-c1",
        document_id=name,
        study_id=study,
        arm_id=f"{study}-1",
        comparator_arm_id=f"{study}-2",
        arm=trial["drug"],
        comparator="chemotherapy",
        outcome=Outcome.OS,
        outcome_text="death",
        measure=Measure.HR,
        source=source(f"{trial['hr']}\n(95% CI {trial['low']} to {trial['high']})"),
        estimate=Decimal(trial["hr"]),
        ci_low=Decimal(trial["low"]),
        ci_high=Decimal(trial["high"]),
        ci_level=Decimal(95),
        confidence=0.9,
    )
    arm = Arm(arm_id=f"{study}-1", study_id=study, document_id=name, label=trial["drug"], n=40)
    records = Records(
        documents=(document.record(),),
        studies=(
            Study(
                study_id=study,
                document_id=name,
                label=trial["label"],
                acronym=trial["label"],
                design=Design.RANDOMIZED,
                population="relapsed leukaemia",
                n_total=trial["n"],
            ),
        ),
        arms=(
            replace(arm, role=Role.EXPERIMENTAL, treatment=(trial["drug"],)),
            replace(arm, arm_id=f"{study}-2", label="chemotherapy", role=Role.CONTROL, treatment=("chemotherapy",)),
        ),
        arm_results=(
            arm_result("r1", f"{study}-1", trial["drug"], trial["events"], trial["total"], trial["percent"]),
            arm_result("r2", f"{study}-2", "chemotherapy", 10, 40, "25.0"),
        ),
        contrasts=(hazard,),
        patients=(
            Patient(
                result_id=f"{name}-p1",
                document_id=name,
                study_id=study,
                arm_id=arm.arm_id,
                arm=arm.label,
                patient="UPN 7",
                outcome=Outcome.OS,
                outcome_text="survival",
                source=source(trial["percent"]),
                time_months=Decimal(14),
                event=False,
                event_text="alive",
            ),
        ),
    )
    return document, check(records)
