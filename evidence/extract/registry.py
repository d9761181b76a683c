"""Registered studies into records: arms, outcome measures, analyses and adverse events become rows directly.

Nothing is read from prose here but the direction of a comparison; every row quotes the line that shows its values.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from textwrap import shorten

from evidence.extract.registry_analyses import contrasts_of
from evidence.extract.registry_groups import arms_of, groups_of
from evidence.extract.registry_measures import SURE, meaning_of, rows_of
from evidence.extract.registry_record import Node, source, tree
from evidence.model.codes import Design, Measure, Outcome, Report, Severity
from evidence.model.document import Document
from evidence.model.records import Arm, ArmResult, Contrast, Flag, Records, Study


def registry_records(document: Document) -> Records:
    """Study, arms, results and comparisons of a record of ClinicalTrials.gov.

    Numbers that have no place in the evidence tables, and estimates whose direction the record does not tell, are
    counted in a flag of the document.
    """
    record = tree(document)
    study = _study(document, record)
    arms = arms_of(record, document.document_id)
    rows: list[ArmResult | Contrast] = []
    left_out = {"numbers": 0, "comparisons": 0}
    for measure in record.items("resultsSection", "outcomeMeasuresModule", "outcomeMeasures"):
        groups = groups_of(measure, arms)
        for row in rows_of(document, measure, groups, study.study_id):
            left_out["numbers"] += row is None
            rows += [row] if row is not None else []
        for contrast in contrasts_of(document, measure, groups, study.study_id, meaning_of(measure)):
            left_out["comparisons"] += contrast is None
            rows += [contrast] if contrast is not None else []
    rows += _adverse_events(document, record, arms, study.study_id)
    rows.sort(key=lambda row: row.source.char_start)
    named = [replace(row, result_id=f"{document.document_id}-r{number}") for number, row in enumerate(rows, 1)]
    return Records(
        documents=(document.record(),),
        studies=(study,),
        arms=arms,
        arm_results=tuple(row for row in named if isinstance(row, ArmResult)),
        contrasts=tuple(row for row in named if isinstance(row, Contrast)),
        flags=tuple(_flags(document, study, left_out)),
    )


def _study(document: Document, record: Node) -> Study:
    protocol = record.at("protocolSection")
    design = protocol.at("designModule")
    acronym = protocol.text("identificationModule", "acronym") or None
    enrolled = design.whole("enrollmentInfo", "count")
    about = document.bibliography
    return Study(
        study_id=f"{document.document_id}-s1",
        document_id=document.document_id,
        label=acronym
        or next(iter(about.registry_ids), None)
        or shorten(about.title or "this study", 120, placeholder="…"),
        acronym=acronym,
        registry_ids=about.registry_ids,
        year=about.year,
        report=Report.PRIMARY,
        design=_design(design, len(list(protocol.items("armsInterventionsModule", "armGroups")))),
        phase=_phase([phase.text() for phase in design.items("phases")]),
        population="; ".join(name.text() for name in protocol.items("conditionsModule", "conditions"))[:160] or None,
        n_total=enrolled if design.text("enrollmentInfo", "type") == "ACTUAL" else None,
    )


def _design(design: Node, arms: int) -> Design | None:
    if design.text("studyType") == "OBSERVATIONAL":
        perspective = design.text("designInfo", "timePerspective")
        cohorts = {"PROSPECTIVE": Design.COHORT_PROSPECTIVE, "RETROSPECTIVE": Design.COHORT_RETROSPECTIVE}
        return cohorts.get(perspective, Design.OTHER)
    if design.text("designInfo", "allocation") == "RANDOMIZED":
        return Design.RANDOMIZED
    if design.text("designInfo", "interventionModel") == "SINGLE_GROUP" or arms == 1:
        return Design.SINGLE_ARM
    return Design.OTHER if design.below else None


def _phase(codes: list[str]) -> str | None:
    """Codes such as "PHASE2" and "PHASE3" as "2/3"; an early phase 1 is a phase 1."""
    return "/".join(re.sub(r"\D", "", code) for code in codes if re.search(r"\d", code)) or None


def _adverse_events(document: Document, record: Node, arms: tuple[Arm, ...], study_id: str) -> Iterator[ArmResult]:
    module = record.at("resultsSection", "adverseEventsModule")
    groups = groups_of(module, arms, key="eventGroups")
    totals = (
        (Outcome.DEATH, "All-cause mortality", "deaths"),
        (Outcome.SAE, "Serious adverse events", "serious"),
        (Outcome.OTHER, "Other (not including serious) adverse events", "other"),
    )
    counts: list[tuple[Node, str, str, str, Outcome, str]] = []
    for entry in module.items("eventGroups"):
        for outcome, words, name in totals:
            counts.append((entry, entry.text("id"), f"{name}NumAffected", f"{name}NumAtRisk", outcome, words))
    for key in ("seriousEvents", "otherEvents"):
        for event in module.items(key):
            for stat in event.items("stats"):
                # OTHER: one kind of event must never be pooled as the number with any serious event
                group_id, term = stat.text("groupId"), event.text("term")
                counts.append((stat, group_id, "numAffected", "numAtRisk", Outcome.OTHER, term))
    for entry, group_id, affected, at_risk, outcome, words in counts:
        group, events = groups.get(group_id), entry.whole(affected)
        if group is None or events is None:
            continue
        yield ArmResult(
            result_id="",
            document_id=document.document_id,
            study_id=study_id,
            arm_id=group.arm.arm_id if group.arm else None,
            arm=group.label,
            outcome=outcome,
            outcome_text=words,
            measure=Measure.COUNT,
            source=source(document, entry.at(affected), row=words, column=group.title),
            value=entry.number(affected),
            events=events,
            total=entry.whole(at_risk),
            confidence=SURE,
        )


def _flags(document: Document, study: Study, left_out: dict[str, int]) -> Iterator[Flag]:
    said = {
        "numbers": "numbers of its outcome measures have no place in the evidence tables (geometric means, rates)",
        "comparisons": "comparisons were not taken, because the record does not say which group they are of, or what",
    }
    for number, (what, count) in enumerate(left_out.items(), 1):
        if count:
            yield Flag(
                flag_id=f"{document.document_id}-f{number}",
                document_id=document.document_id,
                study_id=study.study_id,
                result_ids=(),
                check="registry_values_left_out",
                severity=Severity.INFO,
                message=f"{study.label}: {count} {said[what]}.",
            )
