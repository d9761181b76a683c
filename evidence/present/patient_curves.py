"""From patients that a document lists one by one to the curves of their groups.

Who counts: patients with a time and a status. One curve per study and arm; patients of the same study in several
documents are taken from the document that lists most of them, so that nobody counts twice.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.formulas.survival_curves import kaplan_meier
from evidence.model.records import Patient, Records
from evidence.model.studies import merged_studies, study_labels
from evidence.present.names import arm_text, plain
from evidence.present.survival_curves import NamedCurve


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientCurves:
    """The curves of an outcome, what it is called, and what a reader must know of the patients."""

    curves: tuple[NamedCurve, ...]
    outcome: str
    notes: tuple[str, ...]


def patient_curves(records: Records, outcome: str, *, level: float = 95.0) -> PatientCurves:
    """Kaplan-Meier curves of every arm of which single patients are known."""
    rows = [row for row in records.patients if row.outcome.value == outcome]
    chosen = _fullest_documents(rows)
    rows = [row for row in rows if chosen[row.study_id] == row.document_id]
    labels = study_labels(merged_studies(records.studies), [row.study_id for row in rows])
    groups: defaultdict[tuple[str, str], list[tuple[float, bool]]] = defaultdict(list)
    lacking: Counter[tuple[str, str]] = Counter()
    for row in rows:
        group = row.study_id, row.arm
        if row.time_months is None or row.event is None:
            lacking[group] += 1
        else:
            groups[group].append((float(row.time_months), row.event))
    one_study = len({row.study_id for row in rows}) == 1

    def name(group: tuple[str, str]) -> str:
        study_id, arm = group
        return arm_text(arm) if one_study else f"{plain(labels[study_id])}: {arm_text(arm)}"

    curves = [
        NamedCurve(name=name(group), curve=kaplan_meier(*zip(*patients, strict=True), level=level))
        for group, patients in groups.items()
    ]
    notes = [
        f"{name(group)}: {count} {'patient is' if count == 1 else 'patients are'} listed without a time or a status."
        for group, count in lacking.items()
    ]
    if rows:
        notes.append("Patients as the documents list them one by one, which may be only some of those treated.")
    words = Counter(plain(row.outcome_text) for row in rows)
    return PatientCurves(
        curves=tuple(curves), outcome=words.most_common(1)[0][0] if words else outcome, notes=tuple(notes)
    )


def _fullest_documents(rows: Sequence[Patient]) -> dict[str, str]:
    """The document of each study that lists most of its patients; of equal ones the first."""
    counts = Counter((row.study_id, row.document_id) for row in rows)
    chosen: dict[str, str] = {}
    for (study_id, document_id), count in counts.items():
        if study_id not in chosen or count > counts[study_id, chosen[study_id]]:
            chosen[study_id] = document_id
    return chosen
