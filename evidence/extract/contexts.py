"""The studies a document speaks of, each with its arms and the sentences that report it.

The first is the document's own study. Further ones are studies it cites with numbers of theirs; a review has only those.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evidence.extract.arms import ArmGuess, find_arms, treatment_phrases
from evidence.extract.nlp import Reading, Sentence
from evidence.extract.studies import own_study
from evidence.model.codes import Design, Role
from evidence.model.records import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One study with its arms and the sentences about it."""

    study: Study
    arms: tuple[ArmGuess, ...]
    sentences: tuple[Sentence, ...]


def contexts(reading: Reading) -> tuple[Context, ...]:
    """The document's own study first, then the studies it cites."""
    own, cited = reading.sentences, ()
    study = own_study(reading)
    if study.design in (Design.REVIEW, Design.PRECLINICAL):
        return (Context(study=study, arms=(), sentences=()),)
    arms = find_arms(reading, sentences=own)
    study = own_study(reading, tuple(arm.n for arm in arms if arm.n and arm.role is not Role.OTHER))
    if not arms:
        arms = single_arm(reading, own, study)
        if study.design is None and arms:
            study = replace(study, design=Design.OTHER)
    return (Context(study=study, arms=arms, sentences=own), *cited)


def single_arm(reading: Reading, sentences: Sequence[Sentence], study: Study) -> tuple[ArmGuess, ...]:
    """The only group of a study without comparison, named by its treatment; none where no patients are counted."""
    if study.n_total is None:
        return ()
    names: dict[str, int] = {}
    label: dict[str, str] = {}
    title = reading.document.bibliography.title or ""
    for phrase in treatment_phrases(title, 0, len(title)):
        key = "+".join(phrase.names)
        names[key] = names.get(key, 0) + 3
        label.setdefault(key, title[phrase.start : phrase.end])
    for sentence in sentences:
        if sentence.zone in ("introduction", "discussion", "references"):
            continue
        for phrase in treatment_phrases(reading.text, sentence.start, sentence.end):
            key = "+".join(phrase.names)
            names[key] = names.get(key, 0) + 1
            label.setdefault(key, reading.text[phrase.start : phrase.end])
    names.pop("", None)
    if not names:
        return ()
    best = max(names, key=lambda key: (names[key], len(key)))
    treatment = tuple(best.split("+"))
    variants = (label[best], *treatment)
    return (ArmGuess(label=label[best], role=Role.SINGLE, treatment=treatment, n=study.n_total, variants=variants),)
