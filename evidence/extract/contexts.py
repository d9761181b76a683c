"""The studies a document speaks of, each with its arms and the sentences that report it.

The first is the document's own study. The others are studies that it cites and whose numbers it repeats: named in the
sentence, or in the sentence before it, or in a row of a table that lists studies. A sentence that reports somebody
else's numbers without saying whose belongs to no study and gives no rows.
"""

from dataclasses import dataclass, replace

from evidence.extract.arm_names import LETTERED
from evidence.extract.arms import ArmGuess, find_arms
from evidence.extract.attribution import share_out
from evidence.extract.citations import Citations, CitedStudy
from evidence.extract.nlp import Reading, Sentence
from evidence.extract.own_arms import own_arms
from evidence.extract.review_tables import StudyRow, study_rows
from evidence.extract.single_arms import single_arm
from evidence.extract.studies import described_design, own_study, phase_of
from evidence.extract.study_size import described_size, size_of
from evidence.extract.trial_columns import trial_columns, with_roles
from evidence.model.codes import Design, Report, Role
from evidence.model.records import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One study with its arms, the sentences about it, and its rows in tables that list studies."""

    study: Study
    arms: tuple[ArmGuess, ...]
    sentences: tuple[Sentence, ...]
    rows: tuple[StudyRow, ...] = ()


def contexts(reading: Reading) -> tuple[Context, ...]:
    """The document's own study first, then the studies it cites."""
    study = own_study(reading)
    if study.design is Design.PRECLINICAL:
        return (Context(study=study, arms=(), sentences=()),)
    review = study.design is Design.REVIEW
    citations = Citations(reading)
    rows = _rows_by_study(reading, citations, review=review)
    own, cited = share_out(reading, citations, study, review=review)
    arms: tuple[ArmGuess, ...] = ()
    if not review:
        found_arms = own_arms(reading, own)
        arms = found_arms.arms
        study = replace(study, n_total=size_of(reading, arms, found_arms.everybody))
        if study.design is Design.SINGLE_ARM and not any(arm.treatment or LETTERED.match(arm.label) for arm in arms):
            # kinds of patients set side by side, and not cohorts: everybody had the one treatment
            arms = (*single_arm(reading, own, study), *(replace(arm, role=Role.OTHER) for arm in arms))
        arms = arms or single_arm(reading, own, study)
        if study.design is None and arms:
            study = replace(study, design=Design.OTHER)
    found = [Context(study=study, arms=arms, sentences=() if review else own)]
    for number, (name, sentences) in enumerate(_cited(citations, cited, rows), start=2):
        found.append(_cited_context(reading, f"{study.document_id}-s{number}", name, sentences, rows.get(id(name), ())))
    return tuple(found)


def _rows_by_study(reading: Reading, citations: Citations, *, review: bool) -> dict[int, tuple[StudyRow, ...]]:
    """Rows and columns of tables that list studies, by the identity of the cited study."""
    rows: dict[int, tuple[StudyRow, ...]] = {}
    for row in (*study_rows(reading, citations), *trial_columns(reading, citations, review=review)):
        study = citations.study(row.names, together=True)
        if study is not None:
            rows[id(study)] = (*rows.get(id(study), ()), row)
    return rows


def _cited(
    citations: Citations, sentences: dict[int, list[Sentence]], rows: dict[int, tuple[StudyRow, ...]]
) -> list[tuple[CitedStudy, tuple[Sentence, ...]]]:
    """Cited studies that stand in a table of studies or have a sentence with a result."""
    return [
        (study, tuple(sentences.get(id(study), ())))
        for study in citations.studies
        if id(study) in rows or id(study) in sentences
    ]


def _cited_context(
    reading: Reading, study_id: str, name: CitedStudy, sentences: tuple[Sentence, ...], rows: tuple[StudyRow, ...]
) -> Context:
    """A cited study with what its sentences and table rows say of design, size and arms."""
    told = " ".join(reading.words(sentence) for sentence in sentences)
    listed = " ".join(row.told or reading.text[row.start : row.end] for row in rows)
    by_row = _arms_by_row(rows)
    # what each row of an arm tells is no size of the study
    n_total = next((row.n for row in rows if row.n is not None and not by_row), None) or described_size(told)
    study = Study(
        study_id=study_id,
        document_id=reading.document.document_id,
        label=name.label(),
        acronym=name.acronym,
        registry_ids=tuple(sorted(name.registry_ids)),
        first_author=name.author,
        year=name.year,
        report=Report.CITED,
        design=described_design(f"{listed} {told}"),
        phase=phase_of(listed) or phase_of(told),
        n_total=n_total,
    )
    arms = find_arms(reading, sentences=sentences, few=True)
    listed_arms = by_row or next((row.arms for row in rows if row.arms), ())
    if len(arms) < 2 and len(listed_arms) > 1:
        arms = listed_arms
    if not arms:
        arms = listed_arms or single_arm(reading, sentences, study)
    return Context(study=study, arms=arms, sentences=sentences, rows=rows)


def _arms_by_row(rows: tuple[StudyRow, ...]) -> tuple[ArmGuess, ...]:
    """The arms of a study to which one table gives a row each; empty where it does not."""
    named = [(row.arms[0].label, row.n) for row in rows if len(row.arms) == 1]
    labels = [label for label, _ in named]
    if (
        len(named) < 2
        or len(named) < len(rows)
        or len({row.table for row in rows}) > 1
        or len(set(labels)) < len(labels)
    ):
        return ()
    return with_roles(labels, [size for _, size in named])
