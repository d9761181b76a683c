"""One study in several documents: what they say of it together, what it is called, and whom it is about.

Studies are the same across documents by their `study_id`; a study's own report comes before those that cite it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from evidence.model.codes import Design, Report
from evidence.model.matching import mentions
from evidence.model.question import Question
from evidence.model.records import Records, Study

#: Documents that restate or pool the studies of others, or have no patients; used only when asked for by design.
NOT_STUDIES = frozenset({Design.REVIEW, Design.PRECLINICAL})


def merged_studies(studies: Iterable[Study]) -> dict[str, Study]:
    """One record per study: the first of its own reports, gaps filled from the other documents."""
    merged: dict[str, Study] = {}
    for study in sorted(studies, key=lambda study: study.report is Report.CITED):
        first = merged.setdefault(study.study_id, study)
        gaps: dict[str, Any] = {
            name: getattr(study, name)
            for name in Study.__dataclass_fields__
            if getattr(first, name) in (None, ()) and getattr(study, name) not in (None, ())
        }
        merged[study.study_id] = replace(first, **gaps) if gaps else first
    return merged


def studies_of_patients(studies: Iterable[Study]) -> dict[str, Study]:
    """One record per study, without documents that are no studies of patients of their own."""
    return {study_id: study for study_id, study in merged_studies(studies).items() if study.design not in NOT_STUDIES}


def population_texts(records: Records) -> dict[str, str]:
    """Whom each study is about: its population, or, where no document states one, the title of its own report."""
    titles = {document.document_id: document.title or "" for document in records.documents}
    own: defaultdict[str, list[str]] = defaultdict(list)
    for study in records.studies:
        if study.report is Report.PRIMARY:
            own[study.study_id].append(titles.get(study.document_id, ""))
    return {
        study_id: f"{study.population or '; '.join(own[study_id])}; {study.label}"
        for study_id, study in merged_studies(records.studies).items()
    }


def in_population(words: Iterable[str], text: str) -> bool:
    """Whether a population has one of the words asked for; none ask for everyone."""
    asked = tuple(words)
    return not asked or any(mentions(text, word) for word in asked)


def wrong_design(question: Question, design: Design | None) -> str | None:
    """Why a study of this design does not answer the question; None if it may."""
    if design in NOT_STUDIES and design.value not in question.design:
        return f"from a {design.value} document, not a study of patients of its own"
    if question.design and (design is None or design.value not in question.design):
        return f"design is {design.value if design else 'not stated'}, not {' or '.join(question.design)}"
    return None


def study_labels(studies: Mapping[str, Study], study_ids: Iterable[str]) -> dict[str, str]:
    """A label for each study that no other of them has: "Cortes 2018 (NCT00989261)" where there are two."""
    labels = {study_id: studies[study_id].label if study_id in studies else study_id for study_id in study_ids}
    same: defaultdict[str, list[str]] = defaultdict(list)
    for study_id, label in labels.items():
        same[label.casefold()].append(study_id)
    for members in same.values():
        if len(members) > 1:
            marks = _marks([studies.get(member) for member in members], members)
            for study_id, mark in zip(members, marks, strict=True):
                labels[study_id] = f"{labels[study_id]} ({mark})"
    return labels


def _marks(studies: Sequence[Study | None], study_ids: Sequence[str]) -> Sequence[str]:
    """What tells studies of one label apart: registry number, year, else the id."""
    for marks in (
        [study.registry_ids[0] if study and study.registry_ids else "" for study in studies],
        [str(study.year or "") if study else "" for study in studies],
    ):
        if all(marks) and len(set(marks)) == len(marks):
            return marks
    return study_ids
