"""The options that choose rows, shared by `pool`, `compare` and `export`, and what they leave of the records.

`pool` and `compare` hand them on as a `Question`, which says what was left out and why; `export` writes what is left.
"""

from dataclasses import dataclass, replace
from typing import Annotated

import typer

from evidence.model.codes import REPORTED, Design, Report, RowStatus
from evidence.model.matching import Side, matches_any, matches_comparator, mentions
from evidence.model.records import Arm, ArmResult, Patient, Records, Result, Study
from evidence.model.studies import in_population, population_texts

_HEADING = "Selection"
_OR = "; repeat it for alternatives"

TreatmentOption = Annotated[
    list[str] | None,
    typer.Option("--treatment", help=f"Drug or label of the arm asked about{_OR}.", rich_help_panel=_HEADING),
]
ComparatorOption = Annotated[
    list[str] | None,
    typer.Option("--comparator", help=f"Drug or label of the arm compared with{_OR}.", rich_help_panel=_HEADING),
]
PopulationOption = Annotated[
    list[str] | None,
    typer.Option("--population", help=f"Words in the study's population or label{_OR}.", rich_help_panel=_HEADING),
]
SettingOption = Annotated[
    list[str] | None,
    typer.Option(
        "--setting",
        help=f"Words asked of population or label besides --population{_OR}.",
        rich_help_panel=_HEADING,
    ),
]
DesignOption = Annotated[
    list[Design] | None, typer.Option("--design", help=f"Design of the study{_OR}.", rich_help_panel=_HEADING)
]
SubgroupOption = Annotated[
    str | None,
    typer.Option("--subgroup", help="Words of a subgroup, instead of the whole population.", rich_help_panel=_HEADING),
]
StatusOption = Annotated[
    list[RowStatus] | None,
    typer.Option("--status", help=f"Who stands behind a row, such as accepted{_OR}.", rich_help_panel=_HEADING),
]
DerivedOption = Annotated[
    bool,
    typer.Option(
        "--include-derived/--reported-only", help="Also numbers computed from reported ones.", rich_help_panel=_HEADING
    ),
]
CitedOption = Annotated[
    bool,
    typer.Option(
        "--include-cited/--primary-only", help="Also numbers that a document restates.", rich_help_panel=_HEADING
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a person chose; empty chooses everything."""

    treatment: tuple[str, ...] = ()
    comparator: tuple[str, ...] = ()
    population: tuple[str, ...] = ()
    setting: tuple[str, ...] = ()
    design: tuple[Design, ...] = ()
    subgroup: str | None = None
    status: tuple[RowStatus, ...] = ()
    include_derived: bool = True
    include_cited: bool = True

    def described(self) -> dict[str, str]:
        """The choices made, as an export says them."""
        texts = {
            name: "; ".join(getattr(self, name))
            for name in ("treatment", "comparator", "population", "setting", "design", "status")
        }
        texts["subgroup"] = self.subgroup or ""
        texts["derived rows"] = "" if self.include_derived else "left out"
        texts["cited studies"] = "" if self.include_cited else "left out"
        return {name: text for name, text in texts.items() if text}


def select(records: Records, selection: Selection) -> Records:
    """The rows that were chosen, with their studies, arms, documents and flags."""
    populations = population_texts(records)
    studies = tuple(study for study in records.studies if _wanted_study(study, populations[study.study_id], selection))
    keys = {(study.document_id, study.study_id) for study in studies}
    arms = {(arm.document_id, arm.arm_id): arm for arm in records.arms if (arm.document_id, arm.study_id) in keys}
    arm_results = tuple(row for row in records.arm_results if _wanted_row(row, selection, keys, arms))
    contrasts = tuple(row for row in records.contrasts if _wanted_row(row, selection, keys, arms))
    patients = tuple(row for row in records.patients if _wanted_patient(row, selection, keys, arms))
    rows: tuple[Result | Patient, ...] = (*arm_results, *contrasts, *patients)
    kept = {row.result_id for row in rows}
    documents = {study.document_id for study in studies}
    return replace(
        records,
        documents=tuple(row for row in records.documents if row.document_id in documents)
        if len(studies) < len(records.studies)
        else records.documents,
        studies=studies,
        arms=tuple(arms.values()),
        arm_results=arm_results,
        contrasts=contrasts,
        patients=patients,
        flags=tuple(
            flag
            for flag in records.flags
            if (kept & set(flag.result_ids) if flag.result_ids else (flag.document_id, flag.study_id) in keys)
        ),
    )


def _wanted_study(study: Study, population: str, selection: Selection) -> bool:
    return (
        (not selection.design or study.design in selection.design)
        and (selection.include_cited or study.report is Report.PRIMARY)
        and in_population(selection.population, population)
        and in_population(selection.setting, population)
    )


def _wanted_row(
    row: Result, selection: Selection, studies: set[tuple[str, str]], arms: dict[tuple[str, str], Arm]
) -> bool:
    if (row.document_id, row.study_id) not in studies:
        return False
    if selection.status and row.status not in selection.status:
        return False
    if not selection.include_derived and row.derivation != REPORTED:
        return False
    if selection.subgroup is not None and not mentions(row.subgroup or "", selection.subgroup):
        return False
    own = Side.of(row.arm, _arm(row, row.arm_id, arms))
    if isinstance(row, ArmResult):
        return _is_asked(own, selection)
    other = Side.of(row.comparator, _arm(row, row.comparator_arm_id, arms))
    # An export keeps a comparison in either direction.
    return any(
        matches_any(selection.treatment, first)
        and matches_comparator(selection.comparator, second, treatment=selection.treatment)
        for first, second in ((own, other), (other, own))
    )


def _wanted_patient(
    row: Patient, selection: Selection, studies: set[tuple[str, str]], arms: dict[tuple[str, str], Arm]
) -> bool:
    """Nobody decides about single patients, and they stand for no subgroup."""
    return (
        (row.document_id, row.study_id) in studies
        and (not selection.status or RowStatus.EXTRACTED in selection.status)
        and selection.subgroup is None
        and _is_asked(Side.of(row.arm, _arm(row, row.arm_id, arms)), selection)
    )


def _is_asked(side: Side, selection: Selection) -> bool:
    """Whether one arm is among those chosen; all are where nothing is chosen."""
    asked = bool(selection.treatment or selection.comparator)
    return not asked or _is_treatment(side, selection) or _is_comparator(side, selection)


def _is_treatment(side: Side, selection: Selection) -> bool:
    return bool(selection.treatment) and matches_any(selection.treatment, side)


def _is_comparator(side: Side, selection: Selection) -> bool:
    return bool(selection.comparator) and matches_comparator(selection.comparator, side, treatment=selection.treatment)


def _arm(row: Result | Patient, arm_id: str | None, arms: dict[tuple[str, str], Arm]) -> Arm | None:
    return arms.get((row.document_id, arm_id)) if arm_id else None
