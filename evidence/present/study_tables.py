"""What the studies are: one row for each study, and one for each of its arms, as tables on paper."""

from collections.abc import Mapping

from evidence.model.codes import Report
from evidence.model.records import Arm, Records, Study
from evidence.model.studies import NOT_STUDIES, merged_studies, study_labels
from evidence.model.tables import as_text
from evidence.present.names import arm_text, plain, shortened
from evidence.present.paper import PaperRow, PaperTable, columns, stacked
from evidence.present.references import References, own_documents
from evidence.present.wording import DAGGER, NOT_REPORTED

_STUDIES = columns(
    ("Study", 38),
    ("Design; phase", 30),
    ("Population", 70),
    ("Patients", 18),
    ("Median follow-up (months)", 24),
    ("Registry", 34),
    ("Reports", 16),
)
_ARMS = columns(("Study", 42), ("Arm", 56), ("Role", 24), ("Treatment", 38), ("Patients", 22))
_NAME_WIDTH = 120
_POPULATION_WIDTH = 400
CITED_ALONE = f"{DAGGER} Known from the publications that restate it; its own report was not read."
_NO_STUDIES = "No study with numbers was found."


def studies_with_numbers(records: Records) -> dict[str, Study]:
    """Studies of patients that have a number, by id, older first."""
    numbered = {row.study_id for row in (*records.results(), *records.patients)}
    merged = merged_studies(records.studies)
    shown = [study for study_id, study in merged.items() if study_id in numbered and study.design not in NOT_STUDIES]
    shown.sort(key=lambda study: (study.year is None, study.year or 0, study.label.casefold(), study.study_id))
    return {study.study_id: study for study in shown}


def characteristics(records: Records, references: References) -> PaperTable:
    """Characteristics of the studies that have numbers, a row for each."""
    shown, documents = studies_with_numbers(records), own_documents(records)
    names = _names(shown)
    rows = tuple(
        PaperRow(
            cells=(
                names[study_id],
                stacked(_words(study.design), f"phase {plain(study.phase)}" if study.phase else None),
                _text(study.population, _POPULATION_WIDTH),
                as_text(study.n_total) or NOT_REPORTED,
                as_text(study.followup_median_months) or NOT_REPORTED,
                "\n".join(map(plain, study.registry_ids)) or NOT_REPORTED,
                references.mark(documents[study_id]),
            )
        )
        for study_id, study in shown.items()
    )
    cited = any(study.report is Report.CITED for study in shown.values())
    return PaperTable(
        caption="Characteristics of the studies",
        columns=_STUDIES,
        rows=rows or (PaperRow(cells=(_NO_STUDIES,), heading=True),),
        notes=(CITED_ALONE,) if cited else (),
    )


def arms(records: Records) -> PaperTable:
    """The arms of the studies that have numbers, as their own reports name them, else as those that restate them."""
    shown = studies_with_numbers(records)
    names = _names(shown)
    reports = {(study.document_id, study.study_id): study.report for study in records.studies}
    rows: list[PaperRow] = []
    for study_id in shown:
        listed = [arm for arm in records.arms if arm.study_id == study_id]
        own = [arm for arm in listed if reports.get((arm.document_id, study_id)) is Report.PRIMARY]
        rows += [
            PaperRow(
                cells=(
                    names[study_id],
                    shortened(arm_text(arm.label), _NAME_WIDTH),
                    plain(arm.role),
                    " + ".join(map(plain, arm.treatment)) or NOT_REPORTED,
                    as_text(arm.n) or NOT_REPORTED,
                )
            )
            for arm in _once(own or listed)
        ]
    return PaperTable(
        caption="Arms of the studies",
        columns=_ARMS,
        rows=tuple(rows) or (PaperRow(cells=("No arm was found.",), heading=True),),
    )


def _once(listed: list[Arm]) -> list[Arm]:
    """Arms that several documents name alike, once."""
    return list(
        {(plain(arm.label).casefold(), arm.role, arm.treatment, arm.n): arm for arm in reversed(listed)}.values()
    )[::-1]


def _names(shown: Mapping[str, Study]) -> dict[str, str]:
    labels = study_labels(shown, shown)
    return {
        study_id: shortened(plain(labels[study_id]), _NAME_WIDTH)
        + (f" {DAGGER}" if study.report is Report.CITED else "")
        for study_id, study in shown.items()
    }


def _words(code: str | None) -> str:
    return plain(code).replace("_", " ") if code else "design not reported"


def _text(text: str | None, width: int) -> str:
    return shortened(plain(text), width) if text else NOT_REPORTED
