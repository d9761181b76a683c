"""The only group of a study without comparison, named by what its patients were given.

A drug that is merely spoken of is not what everybody got: in a registry cohort it is a factor that some patients had.
In a trial it may be what some had before. A name counts only where the words say that it was given, and not to a
smaller number than all, or where it stands in the title of a trial; the results of a study of which that is never said
are of no arm.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from evidence.extract import lexicon
from evidence.extract.arm_names import Phrase, treatment_phrases
from evidence.extract.arms import ArmGuess
from evidence.extract.digits import WHOLE, WORD_NUMBER, spelled, to_whole
from evidence.extract.nlp import Reading, Sentence
from evidence.model.codes import Design, Report, Role
from evidence.model.records import Study

#: Parts of a paper that name the treatments of other studies.
_ABOUT_OTHERS = ("introduction", "discussion", "references")
#: A treatment in the title counts as much as this many in the text.
_TITLE_COUNTS = 3
#: Studies in which not everybody got what the paper is about.
_COHORTS = (Design.COHORT_RETROSPECTIVE, Design.COHORT_PROSPECTIVE)

#: Nobody is given this without somebody else being given a treatment.
_NOTHING = ("placebo",)
#: "received an", "were treated with the", "efficacy and safety of": what stands before something that was given.
_GIVEN_BEFORE = re.compile(
    r"\b(?:recei(?:ve|ved|ving)|(?:treat(?:ed|ment)|therapy|maintenance|salvage|began|started|initiat\w+|given"
    r"|administered)(?: (?:with|on))?|(?:efficacy|safety|tolerability|activity|trial|study|effects?|outcomes?|cycles"
    r"|courses) of)"
    r"\s(?:an? |the |oral |single-agent |frontline |maintenance therapy with )*$"
)
#: "had previously" before "received".
_EARLIER = re.compile(r"\b(?:previous|prior|earlier)(?:ly)?\s$", re.IGNORECASE)
#: "400 mg", " was given": what stands behind something that was given.
_GIVEN_BEHIND = re.compile(
    r",?\s?\(?\d[\d.,]*\s?(?:mg|g|µg|μg|mcg|IU|MU|Gy)\b|\s(?:was|were) (?:given|administered|started|initiated)"
    r"|-treated (?:patients|cohort)"
)


def single_arm(reading: Reading, sentences: Sequence[Sentence], study: Study) -> tuple[ArmGuess, ...]:
    """The only group of a study, named by its treatment; none where none is named, or where a trial must have several.

    A cited study is named where the document discusses others, and its size need not be told.
    """
    cited = study.report is Report.CITED
    if not cited and (study.n_total is None or study.design is Design.RANDOMIZED):
        return ()
    title = "" if cited else reading.document.bibliography.title or ""
    counts: Counter[str] = Counter()
    label: dict[str, str] = {}
    given: set[str] = set()
    for text, phrase, weight in _combined(list(_named(reading, sentences, title, everywhere=cited))):
        if phrase.names and phrase.names != _NOTHING:
            key = "+".join(phrase.names)
            counts[key] += weight
            label.setdefault(key, text[phrase.start : phrase.end])
            in_title = text is title and study.design not in _COHORTS
            if in_title or _was_given(text, phrase, study.n_total):
                given.add(key)
    named = {key: count for key, count in counts.items() if any(map(lexicon.is_drug, key.split("+")))}
    if study.design in _COHORTS and not cited:
        told = {key: count for key, count in counts.items() if key in given}
        named = {key: count for key, count in named.items() if key in given} or told
    elif not cited:
        named = {key: count for key, count in (named or counts).items() if key in given}
    if not named:
        return () if cited or study.design in _COHORTS else _coded(reading, sentences, study)
    best = max(named, key=lambda key: (named[key], len(key)))
    treatment = tuple(best.split("+"))
    variants = (label[best], *treatment)
    return (ArmGuess(label=label[best], role=Role.SINGLE, treatment=treatment, n=study.n_total, variants=variants),)


#: What a new drug is called before it has a name ("AB-123", "ABC1234").
_CODE = re.compile(r"\b[A-Z]{2,5}-?\d{2,7}[A-Z]?\b")


def _coded(reading: Reading, sentences: Sequence[Sentence], study: Study) -> tuple[ArmGuess, ...]:
    """The only group of a trial of a drug with but a code, where sentences say of one code that it was given."""
    codes = {
        match.group()
        for sentence in sentences
        if sentence.zone not in _ABOUT_OTHERS
        for match in _CODE.finditer(reading.text, sentence.start, sentence.end)
        if _was_given(reading.text, Phrase(match.start(), match.end(), ()), study.n_total)
    }
    if len(codes) != 1:
        return ()
    (code,) = codes
    return (ArmGuess(label=code, role=Role.SINGLE, treatment=(code,), n=study.n_total, variants=(code,)),)


def _named(
    reading: Reading, sentences: Sequence[Sentence], title: str, *, everywhere: bool
) -> Iterator[tuple[str, Phrase, int]]:
    """Every treatment named in title and sentences, with the text it stands in and what it counts."""
    for phrase in treatment_phrases(title, 0, len(title)):
        yield title, phrase, _TITLE_COUNTS
    for sentence in sentences:
        if everywhere or sentence.zone not in _ABOUT_OTHERS:
            for phrase in treatment_phrases(reading.text, sentence.start, sentence.end):
                yield reading.text, phrase, 1


def _combined(named: Sequence[tuple[str, Phrase, int]]) -> Iterator[tuple[str, Phrase, int]]:
    """The same, with "A and B" as one treatment where the study elsewhere calls A plus B a combination."""
    combinations = {frozenset(phrase.names): phrase.names for _, phrase, _ in named if len(phrase.names) > 1}
    waiting: tuple[str, Phrase, int] | None = None
    for text, phrase, weight in named:
        if waiting is not None:
            first = waiting[1]
            names = combinations.get(frozenset((*first.names, *phrase.names)))
            if waiting[0] is text and names is not None and _AND.fullmatch(text, first.end, phrase.start):
                waiting = (text, Phrase(first.start, phrase.end, names), weight)
                continue
            yield waiting
        waiting = (text, phrase, weight)
    if waiting is not None:
        yield waiting


_AND = re.compile(r"\sand\s")
#: "25 (5%) of these patients " before "received".
_NUMBER_OF_THEM = re.compile(
    rf"(?:(?<![\w.,-])(?P<n>{WHOLE})|(?i:{WORD_NUMBER.pattern}))\s?(?:[(\[][^()\[\]]*[)\]]\s?)?(?:[a-z-]+ ){{0,5}}$"
)


def _was_given(text: str, phrase: Phrase, n_total: int | None) -> bool:
    """Whether the words around a treatment say that patients were given it, and not only some of them."""
    before = text[max(0, phrase.start - 120) : phrase.start].replace("\n", " ")
    verb = _GIVEN_BEFORE.search(before)
    if verb is not None and _EARLIER.search(before[: verb.start()]):
        return False
    if verb is None:
        return _GIVEN_BEHIND.match(text, phrase.end) is not None
    number = _NUMBER_OF_THEM.search(before[: verb.start()])
    if number is None:
        return True
    return (to_whole(number["n"]) if number["n"] else spelled(number)) == n_total
