"""What several documents tell of one study, for the tests of checks between documents."""

from decimal import Decimal

from evidence.model.codes import Measure, Outcome, Report, Role
from evidence.model.records import Arm, ArmResult, Contrast, DocumentRecord, Records, Source, Study

OURS = {"sorafenib": (Role.EXPERIMENTAL, ("sorafenib",)), "placebo": (Role.CONTROL, ("placebo",))}


class Telling:
    """One study as one document tells it: `Telling("paper").arm_result("sorafenib", "85.0")`."""

    def __init__(
        self, document: str, report: Report = Report.PRIMARY, *, study: str = "x", arms=None, authors=(), **known
    ):
        self.document, self.study_id = document, study
        about = {"label": "TRIAL X", "report": report, **known}
        self.record = DocumentRecord(
            document_id=document, source=f"papers/{document}.pdf", format="pdf", authors=authors
        )
        self.study = Study(study_id=study, document_id=document, **about)
        self.arms = {
            label: Arm(
                arm_id=f"{document}-{study}-{label}", study_id=study, document_id=document, label=label, role=role,
                treatment=drugs,
            )
            for label, (role, drugs) in (OURS if arms is None else arms).items()
        }  # fmt: skip
        self.rows: list[ArmResult | Contrast] = []

    def _about(self, outcome: Outcome) -> dict:
        return {
            "result_id": f"{self.document}-{self.study_id}-{len(self.rows) + 1}",
            "document_id": self.document,
            "study_id": self.study_id,
            "outcome": outcome,
            "outcome_text": outcome.value,
            "source": Source(char_start=0, char_end=1, quote="x"),
        }

    def value(
        self, arm: str, value: str, outcome=Outcome.RFS, months="24", measure=Measure.SURVIVAL_PROBABILITY, **known
    ):
        about = self._about(outcome) | {"timepoint_months": Decimal(months) if months else None, "measure": measure}
        arm_id = self.arms[arm].arm_id if arm in self.arms else None
        self.rows.append(ArmResult(arm_id=arm_id, arm=arm, value=Decimal(value), **(about | known)))
        return self

    def ratio(self, estimate: str, low: str | None = None, high: str | None = None, outcome=Outcome.OS, **known):
        a, b = list(self.arms.values())[:2]
        about = self._about(outcome) | {"measure": Measure.HR, **known}
        limits = {"ci_low": low and Decimal(low), "ci_high": high and Decimal(high)}
        self.rows.append(
            Contrast(
                arm_id=a.arm_id,
                comparator_arm_id=b.arm_id,
                arm=a.label,
                comparator=b.label,
                estimate=Decimal(estimate),
                **limits,
                **about,
            )
        )
        return self


def together(*tellings: Telling) -> Records:
    rows = [row for telling in tellings for row in telling.rows]
    return Records(
        documents=tuple({telling.document: telling.record for telling in tellings}.values()),
        studies=tuple(telling.study for telling in tellings),
        arms=tuple(arm for telling in tellings for arm in telling.arms.values()),
        arm_results=tuple(row for row in rows if isinstance(row, ArmResult)),
        contrasts=tuple(row for row in rows if isinstance(row, Contrast)),
    )
