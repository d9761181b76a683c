"""Whose results a sentence tells: the document's own, or those of a study it cites.

A citation holds until another one, a word that speaks of the own study, or the end of the paragraph. A sentence that
reports somebody else's numbers without saying whose belongs to no study.
"""

import re
from dataclasses import replace

from evidence.extract import lexicon
from evidence.extract.citations import Citations, CitedStudy, Names
from evidence.extract.nlp import Reading, Sentence
from evidence.model.records import Study

#: What makes a sentence worth attributing: it holds a result.
_RESULT = re.compile(
    r"\d\s?%|\bHR\b|hazard ratio|odds ratio|\bmonths?\b|\bweeks\b|\d+ (?:of|out of) \d+|\bp\s?[=<]|\d+ patients",
    re.IGNORECASE,
)
#: A number that a citation may stand beside.
_CITED_NUMBER = re.compile(r"\d\s?%|HR|hazard")


_STUDY = (
    r"(?:stud(?:y|ies)|trials?|series|cohorts?|programs?|programmes?|reports?|registr(?:y|ies)|authors|groups"
    r"|meta-analys[ie]s)"
)
#: "In a Japanese trial", "compare with those of", "some studies reported": what a discussion says of others' results.
_OF_OTHERS = re.compile(
    r"\b[Ii]n an?(?:other)? (?!(?:post|sub|sensitivity|planned|pre-?specified)\b)(?:[\w-]+ ){0,4}?"
    rf"{_STUDY}\b(?! arm| group| population)"
    r"|\b(?:compar\w+|consistent|comparable|similar|in (?:keeping|line|agreement|accordance)|agree\w*) (?:\w+ )?"
    r"(?:with|to) (?:that|those|the (?:results?|rates?|findings|figures?|data)) "
    r"(?:of|in|from|reported|seen|observed|obtained)\b"
    r"|\b(?i:some|other|several|few|most|earlier|prior|previous) (?:[\w-]+ ){0,2}?"
    rf"{_STUDY} (?:have |had )?(?:reported|show(?:ed|n)|found|suggested|observed|described|demonstrated)\b"
)


def share_out(
    reading: Reading, citations: Citations, own_study: Study, *, review: bool
) -> tuple[tuple[Sentence, ...], dict[int, list[Sentence]]]:
    """Which sentences speak of the document's own study, and which of each cited one, by its identity.

    Methods and results are the document's own; in a review, which has no results of its own, only the methods are.
    """
    own: list[Sentence] = []
    cited: dict[int, list[Sentence]] = {}
    current: CitedStudy | None = None
    paragraph = -1
    for sentence in reading.sentences:
        if sentence.zone == "references":
            continue
        if sentence.zone == "methods" or (sentence.zone == "results" and not review):
            own.append(sentence)
            continue
        if sentence.paragraph != paragraph:
            current, paragraph = None, sentence.paragraph
        words = reading.words(sentence)
        names = _names_of_others(citations, sentence.start, sentence.end, own_study)
        ours = not review and _speaks_of_own(citations, sentence, own_study, words)
        named = bool(names) and not ours
        if sentence.zone == "" and not review:
            named = named and _cites_number(names, words)
        tells_result = _RESULT.search(words) is not None
        if named:
            study = citations.study(names, together=False) if tells_result or review else None
            if study is not None:
                current = study
            elif names.references or names.acronyms or names.authors:
                # several studies at once: their shared number belongs to none of them
                current = current if len(names.acronyms) == 1 else None
                if not review:
                    continue
        elif ours:
            current = None
        if current is not None and tells_result:
            cited.setdefault(id(current), []).append(sentence)
        elif current is None and not named and not review and (ours or _may_be_own(sentence, words)):
            own.append(sentence)
    return tuple(own), cited


def _speaks_of_own(citations: Citations, sentence: Sentence, own_study: Study, words: str) -> bool:
    """Whether the results of a sentence are those of the own study, of which it speaks.

    "Our results differ from those of X et al., who reported 13%" goes on to another study before any result.
    """
    own = lexicon.cues("cited", "own").search(words)
    result = _RESULT.search(words, own.end()) if own is not None else None
    if own is None or result is None:
        return own is not None
    return not _names_of_others(citations, sentence.start + own.end(), sentence.start + result.start(), own_study)


def _names_of_others(citations: Citations, start: int, end: int, own_study: Study) -> Names:
    """Studies named between two offsets, without the names of the document's own study."""
    names = citations.names(start, end)
    known = {own_study.acronym, *own_study.registry_ids, own_study.first_author}
    return replace(
        names,
        acronyms=tuple(name for name in names.acronyms if name not in known),
        registry_ids=tuple(name for name in names.registry_ids if name not in known),
        authors=tuple(author for author in names.authors if author[0] not in known),
    )


def _cites_number(names: Names, words: str) -> bool:
    """Whether a citation stands beside a number; where no heading says where we are, only that is somebody else's."""
    return bool(names.references or names.authors) and _CITED_NUMBER.search(words) is not None


def _may_be_own(sentence: Sentence, words: str) -> bool:
    """Whether a sentence that names no study may tell of the own one; introductions and hearsay do not."""
    if sentence.zone in ("", "introduction"):
        return sentence.zone == "" and lexicon.cues("cited", "elsewhere").search(words) is None
    return lexicon.cues("cited").search(words) is None and _OF_OTHERS.search(words) is None
