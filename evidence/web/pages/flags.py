"""The doubts about the numbers, those first that matter most."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from evidence.model.codes import Severity
from evidence.model.records import Flag, Patient, Records, Result
from evidence.model.results import Stake
from evidence.pipeline import by_influence
from evidence.present.wording import stake_text
from evidence.web import wording
from evidence.web.answers import row_address
from evidence.web.rendering import page
from evidence.web.review_page import with_query
from evidence.web.service import Serving
from evidence.web.visitors import Viewer

router = APIRouter(include_in_schema=False)

#: Doubts on one page.
_A_PAGE = 50
Chosen = Annotated[str, Query(max_length=500)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A number that is doubted, and where it stands."""

    address: str  # of its review; empty for an outcome of a single patient, which nobody decides
    headline: str
    status: str
    where: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A flag with all that a page shows of it."""

    flag: Flag
    document: str
    study: str
    places: Sequence[Place]
    changes: str  # what it could change in a pooled result; empty: nothing
    analysis: str  # address of that result


@router.get("/flags")
def flags(
    request: Request,
    service: Serving,
    visitor: Viewer,
    severity: Severity | Literal[""] = "",
    document: Chosen = "",
    study: Chosen = "",
    q: Chosen = "",
    start: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """Doubts that are about what was chosen and have every word that was typed."""
    mark, records = service.known.dated()
    doubts = service.kept.of(mark, "doubts", lambda: tuple(doubts_of(records)))
    words = q.casefold().split()
    found = [
        doubt
        for doubt in doubts
        if severity in ("", doubt.flag.severity)
        and document in ("", doubt.flag.document_id)
        and study in ("", doubt.flag.study_id)
        and (not words or all(word in _said(doubt) for word in words))
    ]
    chosen = {"severity": str(severity), "document": document, "study": study, "q": q}
    values = {
        "visitor": visitor,
        "chosen": chosen,
        "counts": [(each.value, sum(doubt.flag.severity is each for doubt in found)) for each in Severity],
        "documents": sorted({(doubt.flag.document_id, doubt.document) for doubt in doubts}, key=lambda pair: pair[1]),
        "studies": sorted(
            {(doubt.flag.study_id, doubt.study) for doubt in doubts if doubt.flag.study_id}, key=lambda pair: pair[1]
        ),
        "severities": [each.value for each in Severity],
        "all": len(doubts),
        "total": len(found),
        "start": start,
        "shown": found[start : start + _A_PAGE],
        "earlier": _page_at(chosen, start - _A_PAGE) if start else "",
        "later": _page_at(chosen, start + _A_PAGE) if start + _A_PAGE < len(found) else "",
    }
    return page(request, "flags.html", values)


def _page_at(chosen: Mapping[str, str], start: int) -> str:
    fields = {name: value for name, value in chosen.items() if value}
    return with_query("/flags", {**fields, "start": str(start)} if start > 0 else fields)


def doubts_of(records: Records) -> Iterator[Doubt]:
    """All doubts with what is shown of them, in the order in which they matter."""
    labels = wording.labels(records)
    places = {row.result_id: _place(row, labels) for row in records.results()}
    places |= {patient.result_id: _place_of_patient(patient, labels) for patient in records.patients}
    documents = {document.document_id: document for document in records.documents}
    for flag, stake in by_influence(records):
        document = documents.get(flag.document_id)
        yield Doubt(
            flag=flag,
            document=(document.title or document.source) if document else flag.document_id,
            study=labels.get(flag.study_id, flag.study_id) if flag.study_id else "",
            places=[places[name] for name in flag.result_ids if name in places],
            changes=stake_text(stake) if stake else "",
            analysis=_analysis(stake) if stake else "",
        )


def _place(row: Result, labels: Mapping[str, str]) -> Place:
    return Place(
        address=row_address(row.result_id),
        headline=wording.headline(row, labels.get(row.study_id, "")),
        status=row.status.value,
        where=wording.place_words(row),
        quote=row.source.quote or "",
    )


def _place_of_patient(patient: Patient, labels: Mapping[str, str]) -> Place:
    about = f"{labels.get(patient.study_id, '')}, patient {patient.patient}: {patient.outcome_text}"
    return Place(
        address="", headline=about, status="", where=wording.place_words(patient), quote=patient.source.quote or ""
    )


def _analysis(stake: Stake) -> str:
    """Address of the analysis that a number enters: `evidence.synthesise.stakes` asks it so."""
    asked = {"outcome": stake.outcome, "measure": stake.measure, "treatment": "+".join(stake.treatment)}
    return with_query("/pooled/asked", asked)


def _said(doubt: Doubt) -> str:
    """Everything a doubt can be found by."""
    told = [doubt.flag.message, doubt.flag.check, doubt.document, doubt.study]
    return " ".join([*told, *(f"{place.headline} {place.quote}" for place in doubt.places)]).casefold()
