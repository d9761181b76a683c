"""Ranges that a text gives over several studies which a table lists: "in all phase 2 trials, remission in 47-56%".

Which studies are meant is told by the table that the paragraph names, by the phase the words say, and by the drugs
named in the paragraph; where it counts the studies ("three phase 2 trials"), as many must be left, and each must have a
number of the outcome in the table. A range in brackets is that of one number and not read here.
"""

import re
from collections.abc import Iterator, Sequence

from evidence.extract import lexicon
from evidence.extract.contexts import Context
from evidence.extract.digits import NUMBER, to_decimal
from evidence.extract.nlp import Reading, Sentence
from evidence.extract.outcomes import OutcomeMention, document_outcomes, find_outcomes
from evidence.extract.rows import Rows
from evidence.extract.studies import phase_of
from evidence.extract.study_size import whole_number
from evidence.extract.times import find_times
from evidence.model.codes import Measure, Outcome, Role
from evidence.model.records import OVER_STUDIES, ArmResult, Quantity, Records

_PHASE = r"[Pp]hase (?:[1-3](?:[/-][1-3])?|I{1,3}(?:[/-]I{1,3})?)(?![\w/-])"
_STUDIES = (
    rf"(?:[a-z-]+ ){{0,3}}?(?:(?P<phase>{_PHASE}) (?:[a-z-]+ ){{0,2}}?)?"
    r"(?:trials?|studies|study|series|reports|cohorts)\b"
)
#: All of several studies: "in all phase 2 trials", "across these studies", "in both trials".
_ALL = re.compile(
    rf"\b(?:[Aa]ll|[Bb]oth|[Tt]hese|[Tt]hose|[Aa]cross|[Aa]mong|[Tt]he (?=two|three|four|five|six|seven|eight|nine))"
    rf"(?: (?:the|of|these|two|three|four|five|six))* ?{_STUDIES}"
)
_COUNTED = re.compile(rf"\b(?P<n>\d{{1,2}}|[A-Z]?[a-z]+) {_STUDIES}")
_TABLE = re.compile(r"\bTables? (?:\d+|[IVX]+)\b")
_RANGE = re.compile(
    rf"(?<![\w.,/(\[%-])(?P<low>{NUMBER})\s?(?:%|percent)?\s?(?:-|to|and)\s?(?P<high>{NUMBER})\s?"
    r"(?P<unit>%|percent\b|months\b)"
)
#: Within a bracket, or behind words for the limits of one number.
_OF_ONE = re.compile(r"[(\[][^)\]]*$|\b(?:CI|IQR|range|interval)[,:;]? ?$")
_PERCENTS = (Measure.PROPORTION, Measure.SURVIVAL_PROBABILITY, Measure.CUMULATIVE_INCIDENCE)
#: Outcomes under whose code many things are reported.
_MANY_THINGS = (Outcome.OTHER, Outcome.AE, Outcome.AE_G3, Outcome.SAE)


def study_ranges(reading: Reading, found: Sequence[Context], rows: Rows, records: Records) -> Iterator[Quantity]:
    """The ranges over all of several studies that one table lists, with the rows they are told of."""
    tables: dict[str, list[Context]] = {}
    for context in found[1:]:
        for label in dict.fromkeys(row.table for row in context.rows):
            tables.setdefault(label, []).append(context)
    outcome_words = document_outcomes(reading.abbreviations) if tables else None
    for index, sentence in enumerate(reading.sentences if tables else ()):
        words = reading.words(sentence)
        scope = _ALL.search(words) if sentence.zone != "references" and _RANGE.search(words) else None
        told = _paragraph(reading, index) if scope is not None else ""
        table = _table_of(told, tables) if told else None
        if scope is None or table is None:
            continue
        studies = _meant(tables[table], told, scope)
        outcomes = find_outcomes(reading.text, sentence.start, sentence.end, outcome_words)
        for outcome, match in _ranges(words, sentence, outcomes):
            of = _rows_of(reading, sentence, outcome, match, studies, table, records)
            if of:
                yield Quantity(
                    document_id=reading.document.document_id,
                    study_id=found[0].study.study_id,
                    what=reading.text[outcome.start : outcome.end].replace("\n", " "),
                    low=to_decimal(match["low"]),
                    high=to_decimal(match["high"]),
                    spread=OVER_STUDIES,
                    result_ids=tuple(row.result_id for row in of),
                    source=rows.source(sentence.start, sentence.end),
                )


# -------------------------------------------------------------------------------------------------------- which studies


def _paragraph(reading: Reading, index: int) -> str:
    """The words of a paragraph up to the end of one of its sentences."""
    sentence = reading.sentences[index]
    return " ".join(reading.words(one) for one in reading.sentences[: index + 1] if one.paragraph == sentence.paragraph)


def _table_of(told: str, tables: dict[str, list[Context]]) -> str | None:
    """The table of studies that the words name last; the only one where they name none."""
    named = [match.group() for match in _TABLE.finditer(told)]
    if named:
        return named[-1] if named[-1] in tables else None
    return next(iter(tables)) if len(tables) == 1 else None


def _meant(listed: Sequence[Context], told: str, scope: re.Match[str]) -> list[Context]:
    """The studies of a table that a sentence speaks of; none where the paragraph counts another number of them."""
    drugs = {name for _, _, name in lexicon.treatments().find(told) if lexicon.is_drug(name)}
    phase = phase_of(scope["phase"]) if scope["phase"] else None
    meant = [
        context
        for context in listed
        if (phase is None or context.study.phase == phase)
        and (not drugs or any(drugs.intersection(arm.treatment) for arm in context.arms))
    ]
    counts = {
        n
        for match in _COUNTED.finditer(told)
        if (phase_of(match["phase"]) if match["phase"] else None) == phase
        and (n := 2 if match["n"].lower() == "both" else whole_number(match["n"])) is not None
    }
    return meant if len(meant) > 1 and counts <= {len(meant)} else []


# ---------------------------------------------------------------------------------------------------------- which rows


def _ranges(
    words: str, sentence: Sentence, outcomes: Sequence[OutcomeMention]
) -> Iterator[tuple[OutcomeMention, re.Match[str]]]:
    """Each range with its outcome: the last named before it and behind the range before, else the next behind it."""
    at = sentence.start
    ranges = [match for match in _RANGE.finditer(words) if not _OF_ONE.search(words[: match.start()])]
    ends = [*(sentence.start + match.start() for match in ranges[1:]), sentence.end]
    for match, end in zip(ranges, ends, strict=False):
        start = sentence.start + match.start()
        before = [one for one in outcomes if at <= one.start and one.end <= start]
        behind = [one for one in outcomes if start < one.start and one.end <= end]
        if named := (before[-1:] or behind[:1]):
            yield named[0], match
        at = sentence.start + match.end()


def _rows_of(
    reading: Reading,
    sentence: Sentence,
    outcome: OutcomeMention,
    match: re.Match[str],
    studies: Sequence[Context],
    table: str,
    records: Records,
) -> list[ArmResult]:
    """The rows of the table with the outcome of these studies' treated arms; none where a study has none."""
    if outcome.code in _MANY_THINGS:
        return []
    measures = (Measure.MEDIAN_TIME,) if match["unit"] == "months" else _PERCENTS
    times = {months for time in find_times(reading.text, sentence.start, sentence.end) for months in time.months}
    controls = {arm.arm_id for arm in records.arms if arm.role is Role.CONTROL}
    names = {context.study.study_id for context in studies}
    found = [
        row
        for row in records.arm_results
        if row.study_id in names
        and (row.source.table, row.outcome, row.subgroup) == (table, outcome.code, None)
        and row.measure in measures
        and row.value is not None
        and row.arm_id not in controls
    ]
    told = {row.timepoint_months for row in found}
    if len(told) > 1 or (times and None not in told and not told <= times):
        return []
    return found if {row.study_id for row in found} == names else []
