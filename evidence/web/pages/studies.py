"""Studies across their documents: why these are taken for one study, and joining or parting them."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from evidence.errors import Conflict, NotFound, StoreError
from evidence.model.codes import RowStatus, Severity
from evidence.model.records import Arm, DocumentRecord, Records, Result, Study
from evidence.model.studies import merged_studies
from evidence.model.tables import as_text
from evidence.model.users import Role
from evidence.web import wording
from evidence.web.answers import row_address
from evidence.web.rendering import page
from evidence.web.service import Service, Serving
from evidence.web.visitors import Form, Reviewer, Viewer, ask_name, texts

router = APIRouter(include_in_schema=False)

_DONE = {"merge": "joined studies", "split": "parted a document", "undo": "took back the decision before"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyState:
    """A study in the list."""

    study: Study  # what its documents say together
    label: str
    documents: int
    rows: int
    decided: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one document is to a study."""

    document: DocumentRecord
    study: Study
    reason: str  # why it is linked to the others; empty where there are none


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultLine:
    """A number of a study."""

    address: str
    words: str
    interval: str
    groups: str
    document: str
    status: str
    flags: Sequence[str]  # severities


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStep:
    """A decision about which studies are one."""

    done: str
    reviewer: str
    at: dt.datetime
    reason: str


@router.get("/studies")
def studies(
    request: Request, service: Serving, visitor: Viewer, q: Annotated[str, Query(max_length=500)] = ""
) -> Response:
    """All studies, or those that have every word that was typed."""
    records = service.known.records()
    words = q.casefold().split()
    found = [each for each in _states(records) if all(word in _said(each) for word in words)]
    return page(request, "studies.html", {"visitor": visitor, "q": q, "states": found})


@router.get("/studies/{study_id}")
def show(request: Request, service: Serving, visitor: Viewer, study_id: str) -> Response:
    """A study with its documents, arms and results."""
    if visitor.may(Role.REVIEWER) and (asked := ask_name(request, service, visitor)):
        return asked
    mark, records = service.known.dated()
    own = _own(records, study_id)
    links = service.kept.of(mark, ("links", study_id), lambda: service.store.links(study_id))
    labels = wording.labels(records)
    events = service.store.link_events(study_id)
    values = {
        "visitor": visitor,
        "deciding": visitor.may(Role.REVIEWER),
        "study": merged_studies(own)[study_id],
        "label": labels[study_id],
        "facts": _facts(merged_studies(own)[study_id]),
        "reports": _reports(records, own, {link.document_id: link.reason for link in links}),
        "arms": _arms(records, study_id),
        "outcomes": _outcomes(records, study_id),
        "others": sorted(
            ((each, label) for each, label in labels.items() if each != study_id), key=lambda pair: pair[1]
        ),
        "steps": [
            LinkStep(done=_DONE[event.action], reviewer=event.reviewer, at=event.at, reason=event.reason or "")
            for event in events
        ],
        "seen": events[-1].event_id if events else 0,
        "undoable": len(events) > 2 * sum(event.action == "undo" for event in events),
    }
    return page(request, "study.html", values)


@router.post("/studies/{study_id}/merge")
def merge(service: Serving, visitor: Reviewer, form: Form, study_id: str) -> Response:
    """Take another study and this one for one."""
    sent = texts(form)
    records = _unchanged(service, study_id, sent)
    other = sent.get("other", "")
    if not other or other == study_id:
        raise StoreError("Choose the other study.")
    service.store.merge([study_id, other], by=visitor.named(), reason=_reason(sent))
    return _back(service, _own(records, study_id)[0])


@router.post("/studies/{study_id}/split")
def split(service: Serving, visitor: Reviewer, form: Form, study_id: str) -> Response:
    """Take what a document reports for another study."""
    sent = texts(form)
    records = _unchanged(service, study_id, sent)
    document_id = sent.get("document", "")
    if not document_id:
        raise StoreError("Choose the document that reports another study.")
    service.store.split(study_id, document_id, by=visitor.named(), reason=_reason(sent))
    own = _own(records, study_id)
    return _back(service, next((each for each in own if each.document_id != document_id), own[0]))


@router.post("/studies/{study_id}/undo")
def undo(service: Serving, visitor: Reviewer, form: Form, study_id: str) -> Response:
    """Take back the last joining or parting that is in force."""
    sent = texts(form)
    records = _unchanged(service, study_id, sent)
    service.store.undo_link(study_id, by=visitor.named(), reason=sent.get("reason", "").strip() or None)
    return _back(service, _own(records, study_id)[0])


def _unchanged(service: Service, study_id: str, sent: Mapping[str, str]) -> Records:
    """The rows, if nobody decided about the study since the page was shown."""
    records = service.known.records()
    _own(records, study_id)
    events = service.store.link_events(study_id)
    newest = events[-1].event_id if events else 0
    if sent.get("seen") != str(newest):
        last = f"{events[-1].reviewer} {_DONE[events[-1].action]}" if events else "somebody decided"
        raise Conflict(f"Meanwhile {last}. Nothing was recorded; look at the study as it stands now, and decide then.")
    return records


def _reason(sent: Mapping[str, str]) -> str:
    reason = sent.get("reason", "").strip()
    if not reason:
        raise StoreError("Say why; the reason stands with the study from then on.")
    return reason


def _back(service: Service, was: Study) -> Response:
    """To the study that this row belongs to now."""
    records = service.known.records()
    now = next(
        (each for each in records.studies if (each.document_id, each.label) == (was.document_id, was.label)), None
    )
    where = f"/studies/{quote(now.study_id, safe='')}" if now else "/studies"
    return RedirectResponse(where, status_code=HTTPStatus.SEE_OTHER)


def _own(records: Records, study_id: str) -> list[Study]:
    """What each document says of the study.

    Raises
    ------
    NotFound
        If there is no such study.
    """
    found = [study for study in records.studies if study.study_id == study_id]
    if not found:
        raise NotFound(f"There is no study {study_id!r} now; /studies lists those there are.")
    return found


def _states(records: Records) -> list[StudyState]:
    labels = wording.labels(records)
    documents: defaultdict[str, set[str]] = defaultdict(set)
    for study in records.studies:
        documents[study.study_id].add(study.document_id)
    rows = Counter(row.study_id for row in records.results())
    decided = Counter(row.study_id for row in records.results() if row.status is not RowStatus.EXTRACTED)
    return sorted(
        (
            StudyState(
                study=study,
                label=labels[study_id],
                documents=len(documents[study_id]),
                rows=rows[study_id],
                decided=decided[study_id],
            )
            for study_id, study in merged_studies(records.studies).items()
        ),
        key=lambda state: state.label.casefold(),
    )


def _said(state: StudyState) -> str:
    study = state.study
    return " ".join([state.label, study.study_id, *study.registry_ids, study.population or ""]).casefold()


def _facts(study: Study) -> list[tuple[str, str]]:
    told = [
        ("Acronym", study.acronym),
        ("Registry", ", ".join(study.registry_ids)),
        ("First author", study.first_author),
        ("Year", study.year),
        ("Design", study.design.value.replace("_", " ") if study.design else None),
        ("Phase", study.phase),
        ("Population", study.population),
        ("Patients", study.n_total),
        ("Median follow-up (months)", study.followup_median_months),
    ]
    return [(name, as_text(value)) for name, value in told if value not in (None, "")]


def _reports(records: Records, own: Sequence[Study], reasons: Mapping[str, str]) -> list[Report]:
    documents = {document.document_id: document for document in records.documents}
    return [
        Report(document=documents[each.document_id], study=each, reason=reasons.get(each.document_id, ""))
        for each in own
        if each.document_id in documents
    ]


def _arms(records: Records, study_id: str) -> list[tuple[Arm, str]]:
    """The arms, each with the name of its document."""
    names = _names(records)
    return [(arm, names.get(arm.document_id, "")) for arm in records.arms if arm.study_id == study_id]


def _outcomes(records: Records, study_id: str) -> dict[str, list[ResultLine]]:
    names = _names(records)
    severities: defaultdict[str, set[Severity]] = defaultdict(set)
    for flag in records.flags:
        for result_id in flag.result_ids:
            severities[result_id].add(flag.severity)
    found: dict[str, list[ResultLine]] = {}
    for row in sorted(records.results(), key=lambda row: row.outcome.value):
        if row.study_id == study_id:
            line = _line(
                row, names.get(row.document_id, ""), [each for each in Severity if each in severities[row.result_id]]
            )
            found.setdefault(row.outcome.value, []).append(line)
    return found


def _line(row: Result, document: str, severities: Sequence[Severity]) -> ResultLine:
    groups = wording.group_words(row)
    return ResultLine(
        address=row_address(row.result_id),
        words=wording.headline(row, ""),
        interval=wording.interval_words(row),
        groups=f"{groups} ({row.subgroup})".lstrip() if row.subgroup else groups,
        document=document,
        status=row.status.value,
        flags=[each.value for each in severities],
    )


def _names(records: Records) -> Mapping[str, str]:
    return {document.document_id: document.title or document.source for document in records.documents}
