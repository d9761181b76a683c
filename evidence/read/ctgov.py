"""Studies of ClinicalTrials.gov as its interface gives them out (JSON, version 2).

The record becomes text a person can read, with a table for every outcome measure, and facts: every value of the design
and of the results with its path and with the line of the text that shows it. `evidence.extract.registry` makes rows of
the facts. A file may hold one study or a list of them.
"""

import json
import re
from typing import Any

from evidence.errors import ReadError, UnknownFormat
from evidence.model.document import Bibliography
from evidence.read.bibliography import registry_ids
from evidence.read.compose import Content, sections
from evidence.read.ctgov_results import write_adverse_events, write_flow, write_outcomes
from evidence.read.ctgov_text import Page, sentence_case

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
#: No record of the registry is nested so deeply.
_DEEPEST = 60


def split_ctgov(data: bytes, source: str) -> list[tuple[str, bytes]]:
    """Registry number and own bytes of every study; a file with one study is left as it is."""
    studies = _studies(data, source)
    if len(studies) < 2:
        return [("", data)]
    return [(_text(_id_module(study), "nctId"), json.dumps(study, ensure_ascii=False).encode()) for study in studies]


def read_ctgov(data: bytes, source: str) -> Content:
    """One study.

    Raises
    ------
    ReadError
        If the JSON is broken or nested without end.
    UnknownFormat
        If it is no study of the registry.
    """
    study = _studies(data, source)[0]
    try:
        return _content(study)
    except (AttributeError, KeyError, TypeError, IndexError) as error:
        raise ReadError(
            f"{source}: the study record is not laid out as version 2 of the registry's interface ({error}). "
            "Download it again."
        ) from error


def _content(study: dict[str, Any]) -> Content:
    protocol, results = _dict(study, "protocolSection"), _dict(study, "resultsSection")
    page = Page(study)
    title = _write_protocol(page, protocol)
    if results:
        page.out.heading("Results", 1)
        write_flow(page, _dict(results, "participantFlowModule"))
        write_outcomes(page, _dict(results, "outcomeMeasuresModule"))
        write_adverse_events(page, _dict(results, "adverseEventsModule"))
    page.out.end_line()
    text = page.out.text()
    identification, status = _id_module(study), _dict(protocol, "statusModule")
    posted = _dict(status, "resultsFirstPostDateStruct") or _dict(status, "studyFirstPostDateStruct")
    year = _YEAR.search(_text(posted, "date"))
    others = " ".join(
        f"{entry.get('type', '')} {entry.get('id', '')}".replace("EUDRACT_NUMBER", "EudraCT")
        for entry in identification.get("secondaryIdInfos", [])
    )
    return Content(
        text=text,
        sections=sections(page.out.headings, len(text)),
        tables=tuple(page.out.tables),
        facts=tuple(page.facts),
        bibliography=Bibliography(
            title=title or None,
            year=int(year.group()) if year else None,
            registry_ids=tuple(dict.fromkeys(registry_ids(f"{_text(identification, 'nctId')} {others}"))),
        ),
        notices=_notices(status),
        gaps=() if results else ("No results are posted for this study; the record holds its protocol only.",),
    )


def _studies(data: bytes, source: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(data, parse_float=str)  # the digits as they are
    except (ValueError, RecursionError) as error:
        reason = "it is nested without end" if isinstance(error, RecursionError) else str(error)
        raise ReadError(f"{source}: the JSON is broken ({reason}). Download the study again.") from error
    studies = found.get("studies", [found]) if isinstance(found, dict) else found
    for study in studies:
        if not isinstance(study, dict) or not isinstance(study.get("protocolSection"), dict):
            raise UnknownFormat(
                f"{source}: the JSON is no study of ClinicalTrials.gov. Give a paper or a study record."
            )
        if _deeper(study, _DEEPEST):
            raise ReadError(f"{source}: the JSON is nested without end; it is no study record. Download it again.")
    if not studies:
        raise UnknownFormat(f"{source}: the JSON holds no study.")
    return list(studies)


def _deeper(value: Any, limit: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    return limit == 0 or any(_deeper(v, limit - 1) for v in (value.values() if isinstance(value, dict) else value))


def _write_protocol(page: Page, protocol: dict[str, Any]) -> str:
    """Title, summary, design, eligibility, arms and planned outcomes; the title."""
    out, base = page.out, "protocolSection"
    identification, description = _dict(protocol, "identificationModule"), _dict(protocol, "descriptionModule")
    short, official = _text(identification, "briefTitle"), _text(identification, "officialTitle")
    out.write(short or official)
    out.end_paragraph()
    page.line(f"Registry number: {_text(identification, 'nctId')}.")
    page.facts_of(f"{base}.identificationModule", 0, out.at, skip=("organization", "secondaryIdInfos"))
    if official and official != short:
        page.paragraph(official)
    page.section("Summary", _text(description, "briefSummary"), 1)
    page.section("Description", _text(description, "detailedDescription"), 1)
    conditions = protocol.get("conditionsModule", {}).get("conditions", [])
    if conditions:
        page.section("Conditions", "; ".join(conditions), 1)
        page.facts_of(f"{base}.conditionsModule.conditions", *page.last)
    _write_design(page, _dict(protocol, "designModule"))
    page.section("Eligibility", _text(_dict(protocol, "eligibilityModule"), "eligibilityCriteria"), 1)
    arms = _dict(protocol, "armsInterventionsModule")
    if arms.get("armGroups"):
        out.heading("Arms and interventions", 1)
        for i, arm in enumerate(arms["armGroups"]):
            names = ", ".join(arm.get("interventionNames", []))
            kind = sentence_case(_text(arm, "type"))
            parts = (
                f"{_text(arm, 'label')} ({kind})" if kind else _text(arm, "label"),
                _text(arm, "description"),
                names,
            )
            page.line(
                ". ".join(part.rstrip(".") for part in parts if part) + ".",
                f"{base}.armsInterventionsModule.armGroups[{i}]",
            )
    planned = _dict(protocol, "outcomesModule")
    for name, heading in (("primaryOutcomes", "Primary outcomes"), ("secondaryOutcomes", "Secondary outcomes")):
        if planned.get(name):
            out.heading(heading, 1)
            for outcome in planned[name]:
                parts = (_text(outcome, "measure"), _text(outcome, "description"), _text(outcome, "timeFrame"))
                page.line(". ".join(part.rstrip(".") for part in parts if part) + ".")
    return short or official


def _write_design(page: Page, design: dict[str, Any]) -> None:
    base = "protocolSection.designModule"
    info, enrollment = _dict(design, "designInfo"), _dict(design, "enrollmentInfo")
    if not design:
        return
    page.out.heading("Design", 1)
    phases = ", ".join(sentence_case(phase) for phase in design.get("phases", []))
    for name, value, path in (
        ("Study type", sentence_case(_text(design, "studyType")), f"{base}.studyType"),
        ("Phase", re.sub(r"([Pp]hase)(\d)", r"\1 \2", phases), f"{base}.phases"),
        ("Allocation", sentence_case(_text(info, "allocation")), f"{base}.designInfo.allocation"),
        ("Intervention model", sentence_case(_text(info, "interventionModel")), f"{base}.designInfo.interventionModel"),
        (
            "Observational model",
            sentence_case(_text(info, "observationalModel")),
            f"{base}.designInfo.observationalModel",
        ),
        ("Time perspective", sentence_case(_text(info, "timePerspective")), f"{base}.designInfo.timePerspective"),
        ("Masking", sentence_case(_text(_dict(info, "maskingInfo"), "masking")), ""),
    ):
        if value:
            page.line(f"{name}: {value}.", path)
    if _text(enrollment, "count"):
        kind = f" ({_text(enrollment, 'type').lower()})" if _text(enrollment, "type") else ""
        page.line(f"Enrollment: {_text(enrollment, 'count')}{kind}.", f"{base}.enrollmentInfo")


def _notices(status: dict[str, Any]) -> tuple[str, ...]:
    """A study that was stopped is known by its status alone."""
    overall = _text(status, "overallStatus")
    if overall not in ("TERMINATED", "WITHDRAWN", "SUSPENDED"):
        return ()
    why = _text(status, "whyStopped")
    return (f"The study was {overall.lower()}{f': {why}' if why else ''}".rstrip(".") + ".",)


def _id_module(study: dict[str, Any]) -> dict[str, Any]:
    return _dict(_dict(study, "protocolSection"), "identificationModule")


def _dict(parent: dict[str, Any], name: str) -> dict[str, Any]:
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def _text(parent: dict[str, Any], name: str) -> str:
    value = parent.get(name)
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()
