"""The document's own study: what it is called, how it was made, how many patients, followed how long."""

import re
from decimal import Decimal
from string import ascii_lowercase
from textwrap import shorten

from evidence.extract import lexicon
from evidence.extract.nlp import Reading, Sentence
from evidence.extract.times import to_months
from evidence.model.codes import Design, Report
from evidence.model.records import Study

#: The first sentences of a text without headings, where a paper says what it is.
_FRONT = 6000


def described_design(text: str) -> Design | None:
    """Design of a study as another document describes it."""
    phase = phase_of(text)
    if lexicon.cues("design", "retrospective").search(text):
        return Design.COHORT_RETROSPECTIVE
    if _RANDOM_OWN.search(text):
        return Design.RANDOMIZED
    compared = re.search(r"\b(?:vs\.?|versus|placebo|compared (?:to|with))\b", text)
    if lexicon.cues("design", "single_arm").search(text) or (phase in ("1", "1/2", "2") and not compared):
        return Design.SINGLE_ARM
    return Design.RANDOMIZED if phase == "3" else None


def own_study(reading: Reading) -> Study:
    """The study this document reports, without its size; a review is a study of design `review`."""
    document = reading.document
    about = document.bibliography
    front = reading.text[:_FRONT]
    design = design_of(reading)
    acronym = acronym_of(about.title or reading.text[:300], front) if design is not Design.REVIEW else None
    label = acronym or (
        f"{about.first_author} {about.year}"
        if about.first_author and about.year
        else about.first_author or about.title or "this study"
    )
    return Study(
        study_id=f"{document.document_id}-s1",
        document_id=document.document_id,
        label=shorten(label, 120, placeholder="…"),
        acronym=acronym,
        registry_ids=about.registry_ids if design is not Design.REVIEW else (),
        first_author=about.first_author,
        year=about.year,
        report=Report.PRIMARY,
        design=design,
        phase=phase_of(front) if design not in (Design.REVIEW, Design.PRECLINICAL) else None,
        population=_population(reading) if design is not Design.PRECLINICAL else None,
        followup_median_months=follow_up(reading.text, reading.sentences) if design is not Design.REVIEW else None,
    )


# -------------------------------------------------------------------------------------------------------------- design


def design_of(reading: Reading) -> Design | None:
    """How the study was made, from title, abstract and methods."""
    about = reading.document.bibliography
    title = about.title or ""
    front = reading.text[:_FRONT]
    if about.article_type in _REVIEWS:
        return Design.REVIEW
    if lexicon.cues("design", "review").search(f"{title}. {'' if _PATIENTS.search(front) else front}"):
        return Design.REVIEW
    if _SAYS_REVIEW.search(front) and not any(sentence.zone == "methods" for sentence in reading.sentences):
        return Design.REVIEW
    if len(lexicon.cues("design", "preclinical").findall(front)) >= 2 and not _PATIENTS.search(front):
        return Design.PRECLINICAL
    # what introduction and discussion say of other trials is not the design of this one
    own = " ".join(
        reading.words(s)
        for s in reading.sentences
        if s.zone in ("methods", "results", "") or (s.zone == "introduction" and _AIM.search(reading.words(s)))
    )
    front = f"{title}. {own[:_FRONT]}"
    if lexicon.cues("design", "retrospective").search(title):
        return Design.COHORT_RETROSPECTIVE
    if lexicon.cues("design", "single_arm").search(title):
        return Design.SINGLE_ARM
    random = _RANDOM_OWN.search(front)
    retrospective = lexicon.cues("design", "retrospective").search(front)
    if random and not (retrospective and retrospective.start() < random.start() and "random" not in title.lower()):
        return Design.RANDOMIZED
    if retrospective or lexicon.cues("design", "retrospective").search(own[:8000]):
        return Design.COHORT_RETROSPECTIVE
    if lexicon.cues("design", "single_arm").search(front) or re.search(r"phase\s(?:I|II|1|2|1/2|I/II|1-2)\b", front):
        return Design.SINGLE_ARM if re.search(r"phase|trial|dose|pilot", front) else None
    if lexicon.cues("design", "prospective").search(front):
        return Design.COHORT_PROSPECTIVE
    return None


#: What JATS calls articles without patients of their own.
_REVIEWS = ("review-article", "systematic-review")
_SAYS_REVIEW = re.compile(
    r"\b(?:[Tt]his|[Oo]ur|[Tt]he present|[Aa]|[Nn]arrative) (?:\w+ )?(?:review|overview)\b"
    r"(?! of (?:the )?(?:\w+ )?(?:charts|records|files))"
)
#: A background sentence that says what the study set out to do.
_AIM = re.compile(
    r"\b(?:[Tt]o|we) (?:\w+ly )?(?:evaluate|assess|compare|determine|investigate|analy[sz]e|study|studied|examine)d?\b"
)
#: Patients of the study itself, in numbers.
_PATIENTS = re.compile(
    r"\b(?:\d[\d,]*|[A-Z][a-z]+(?:-[a-z]+)?)\s(?:[\w()+/-]+\s){0,5}?"
    r"(?:patients|women|men|participants|adults|children|pts|subjects)\b"
    r"|patients (?:were|was) (?:enrolled|included|randomly|assigned|randomi[sz]ed|reviewed|analy[sz]ed)|\(n\s?=\s?\d"
)
_RANDOM_OWN = re.compile(
    r"(?:randomly|randomi[sz]ed|were allocated|allocated \(|random assignment|randomi[sz]ation|at random|assigned \(\d)"
    r"(?!\s(?:studies|trials\b|evidence|data|controlled trials\b))",
    re.IGNORECASE,
)
_PHASE = re.compile(
    r"\bphase[\s-](?P<phase>(?:III|II|IV|I|[1-4])[ab]?(?:\s?(?:/|-|and)\s?(?:III|II|IV|I|[1-4])[ab]?)?)\b(?!\sof|\sdose\b(?!-|\s(?:escal|expan|find|rang)))",
    re.IGNORECASE,
)
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4"}


def phase_of(text: str) -> str | None:
    """Phase of a trial as "2" or "1/2"; Roman numerals become Arabic."""
    match = _PHASE.search(text)
    if not match:
        return None
    parts = re.split(r"\s?(?:/|-|and)\s?", match["phase"])
    return "/".join(_ROMAN.get(part.upper().rstrip("AB"), part.lower().rstrip("ab")) for part in parts)


#: Capitals with digits and small letters between ("EXAMPLE", "EXAMPLE-2", "ExAMPLE-R").
#: No name of a trial is one word of more than 24 letters; the limit keeps long runs of capitals from taking minutes.
ACRONYM = (
    r"(?:(?=[A-Za-z0-9]{2,24}(?![A-Za-z0-9]))"
    r"(?:[A-Z][A-Z0-9]*[a-z]?[A-Z0-9]+[A-Za-z0-9]*|[A-Z][a-z]?[A-Z]{2,}[A-Za-z0-9]*)"
    r"(?:[-/ ](?:[A-Z]{1,4}\d?|\d{1,3}[A-Z]?)(?![\w])|-[A-Z][a-z]{2,7}(?![\w-]))?)"
)
_ACRONYM_PLACE = re.compile(
    # the EXAMPLE trial, in EXAMPLE (NCT...), at the end of a title
    rf"(?:\b[Tt]he |\(|^|: |in (?:the )?)(?P<named>{ACRONYM})"
    r"(?:\)?,? (?:trial|study|Trial|Study|TRIAL|STUDY|was (?:a|an)\b|\((?:NCT|ClinicalTrials))"
    r"|\s?\)\s?(?:trial|study|$))"
    # (EXAMPLE): ..., (the group's EXAMPLE)
    rf"|\((?:[A-Z][\w &-]+? )?(?P<bracketed>{ACRONYM})\)\s*(?::|$|\n)"
    rf"|\b(?:trial|study)\s\((?P<behind>{ACRONYM})\)"
    r"|[/ ](?P<last>[A-Z]{4,}(?:-\d)?)\)\s*(?:\n|$)"
    # EXAMPLE: a trial of ...
    rf"|^(?:[A-Z][\w -]{{2,20}}/)?(?P<first>{ACRONYM}):\s"
)
_PLURAL_OR_NUMERAL = re.compile(r"[A-Z]+s|[IVX]+-[IVX]+")


def is_acronym(name: str) -> bool:
    """Whether capitals can be the name of a trial rather than of a disease, a gene or an outcome."""
    if _PLURAL_OR_NUMERAL.fullmatch(name) or sum(letter.isupper() for letter in name) < 3:
        return False
    short = name.removesuffix("s")
    if {name, short, short.lstrip(ascii_lowercase)} & set(lexicon.abbreviations()):
        return False
    beginnings = lexicon.word_list("not_a_trial", "beginnings")
    return name not in lexicon.word_list("not_a_trial") and not name.startswith(beginnings)


def acronym_of(title: str, front: str) -> str | None:
    """Acronym of the study: where the title carries it, or where the front says "the X trial"."""
    for place in (title, front):
        for match in _ACRONYM_PLACE.finditer(place):
            name = next(group for group in match.groups() if group)
            if is_acronym(name):
                return str(name)
    return None


# ----------------------------------------------------------------------------------------------- follow-up, population

_YEARS_OR_MONTHS = r"months?|years?"
_FOLLOW_UP = re.compile(
    # mean and median follow-up were 38 and 33 months
    r"[Mm]ean and median (?:length of |duration of )?follow[- ]?up[^.;]{0,50}?\d+(?:\.\d+)?(?: months?| years?)? and "
    rf"(?P<value5>\d+(?:\.\d+)?)\s(?P<unit5>{_YEARS_OR_MONTHS})|"
    # median follow-up was 24.8 months, median duration of follow-up (range) of 24 (3-60) months
    r"(?:[Mm]edian|MEDIAN)[ -](?:length of |duration of |potential |time of |observation |survivor )*"
    r"(?:follow[- ]?up|observation)(?: time| period| duration)?[^.;]{0,60}?"
    r"(?P<value>\d+(?:\.\d+)?)(?:\s?[\[(][^()\[\]]*[)\]])?[\s-](?P<unit>months?|mo|years?|weeks?|days?)"
    # followed for a median of 3 years
    r"|[Ff]ollow(?:ed|-up)(?: up)? (?:for|of) a median (?:of |time of )?"
    rf"(?P<value2>\d+(?:\.\d+)?)\s(?P<unit2>{_YEARS_OR_MONTHS}|weeks?)"
    # 24-month median follow-up, with a median of 24 months of follow-up
    rf"|(?P<value3>\d+(?:\.\d+)?)[\s-](?P<unit3>{_YEARS_OR_MONTHS})(?:'s?)? median follow"
    rf"|median (?:of )?(?P<value4>\d+(?:\.\d+)?)[\s-](?P<unit4>{_YEARS_OR_MONTHS})(?:'s?)? (?:of )?follow"
)


def follow_up(text: str, sentences: tuple[Sentence, ...]) -> Decimal | None:
    """Median follow-up in months, from the first sentence outside discussion that gives it."""
    for sentence in sentences:
        if sentence.zone in ("discussion", "introduction", "references"):
            continue
        match = _FOLLOW_UP.search(text, sentence.start, sentence.end)
        if match:
            number = next(match[name] for name in ("value", "value2", "value3", "value4", "value5") if match[name])
            unit = next(match[name] for name in ("unit", "unit2", "unit3", "unit4", "unit5") if match[name])
            return to_months(Decimal(number), unit)
    return None


_POPULATION = re.compile(
    r"\b(?:patients?|pts|women|adults|men|children|participants|individuals)\s(?:aged [^,.;]{3,40} )?"
    r"(?:with|who had|who have|having|undergoing|in|who)\s(?!(?:the |each |both )?[\w-]+ (?:arms?|groups?)\b)"
    r"[^.;:()]{6,120}"
)


_UNFINISHED = re.compile(r"\s(?:with|who|who had|who have|having|undergoing|in)$")


def _population(reading: Reading) -> str | None:
    """Short verbatim description of who was studied; the title's if it has one."""
    for sentence in reading.sentences[:25]:
        words = reading.words(sentence)
        match = _POPULATION.search(words)
        if match and sentence.zone not in ("introduction", "references"):
            start, end = reading.document.clean.span(sentence.start + match.start(), sentence.start + match.end())
            found = reading.document.text[start:end]
            found = re.split(r"\s(?:were|was|have been|received|underwent|are)\s", " ".join(found.split()))[0]
            found = _UNFINISHED.sub("", found)[:160].strip(" ,")
            return found if " " in found else None
    return None
