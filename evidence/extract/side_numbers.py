"""Numbers of the text that are no results, for checks to compare: who was taken in, doses given, parts of a whole.

Each kind is read where its own words stand and nowhere else, so that most sentences cost one look. The numbers of
tables are read in `side_tables.py`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from evidence.extract.contexts import Context
from evidence.extract.digits import NUMBER, PERCENT, SIGNED, UNIT, WHOLE, to_decimal, to_whole
from evidence.extract.histories import told_histories, what_of
from evidence.extract.limits import CI, limits
from evidence.extract.nlp import Reading, Sentence
from evidence.extract.numbers import is_design_assumption
from evidence.extract.patterns import one_of
from evidence.extract.rows import Rows
from evidence.extract.study_size import OF_AN_ARM, numbers_of_people, whole_number
from evidence.model.codes import Report
from evidence.model.records import CONCLUSION, Quantity, Source, Study

#: Parts of a paper that tell of other studies as well.
_ELSEWHERE = ("introduction", "discussion", "references")
#: Words for the size of a cited study, of which one number is told.
_CITED = "patients in the study"


def side_numbers(reading: Reading, found: Sequence[Context], rows: Rows) -> Iterator[Quantity]:
    """Numbers beside the results, of the document's own study, and the sizes of those that it lists in a table."""
    for context in found:
        if context.study.report is Report.PRIMARY:
            for sentence in context.sentences:
                if sentence.zone not in _ELSEWHERE:
                    yield from _quantities(context.study, rows, sentence, _told(reading.words(sentence)))
        elif context.rows:
            yield from _cited_numbers(reading, context, found, rows)
    for sentence in reading.sentences:
        if sentence.zone != "references" and found:
            words = reading.words(sentence)
            printed = [*_spreads(words), *_shares(words), *_impossible_p(words), *_conclusions(words)]
            if sentence.zone not in _ELSEWHERE:
                printed += _intervals(words)
            yield from _quantities(found[0].study, rows, sentence, printed)


_Fields = dict[str, object]


def _quantities(study: Study, rows: Rows, sentence: Sentence, told: Iterable[_Fields]) -> Iterator[Quantity]:
    """The numbers of one sentence, with it as their source."""
    source = None
    for fields in told:
        source = source or rows.source(sentence.start, sentence.end)
        yield Quantity(
            document_id=study.document_id,
            study_id=study.study_id,
            source=source,
            **fields,  # type: ignore[arg-type]
        )


def _cited_numbers(reading: Reading, context: Context, found: Sequence[Context], rows: Rows) -> Iterator[Quantity]:
    """The size of a cited study, and its patients with an earlier treatment, in the table and in the text about it."""
    study = context.study

    def tabled(what: str, n: int, source: Source) -> Quantity:
        return Quantity(
            document_id=study.document_id, study_id=study.study_id, what=what, value=Decimal(n), source=source
        )

    sizes = [(row.n, rows.source(row.start, row.end, table=row.table)) for row in context.rows if row.n is not None]
    yield from (tabled(_CITED, n, source) for n, source in sizes)
    histories = [(row.table, one) for row in context.rows for one in row.histories]
    for table, one in histories:
        source = rows.source(one.start, one.end, table=table, column=one.column_head)
        yield tabled(what_of(one.treatment), one.n, source)
    treatments = [one.treatment for _, one in histories]
    named = _naming(reading, study, found) if sizes or treatments else []
    if sizes:
        for sentence in named:
            yield from _quantities(study, rows, sentence, _enrolled(reading.words(sentence), _CITED))
    if treatments:
        for sentence in sorted({*named, *context.sentences}, key=lambda one: one.start):
            told = told_histories(reading.words(sentence), treatments)
            yield from _quantities(study, rows, sentence, (_count(what_of(name), n) for name, n in told))


def _naming(reading: Reading, study: Study, found: Sequence[Context]) -> list[Sentence]:
    """The sentences that name a study, each with the one behind it that names none."""
    own, every = _names(study), [name for other in found for name in _names(other.study)]
    about: list[Sentence] = []
    named = False
    for before, sentence in pairwise((None, *reading.sentences)):
        if sentence is None or sentence.zone == "references":
            continue
        words = reading.words(sentence)
        follows = named and before is not None and before.paragraph == sentence.paragraph
        named = any(name in words for name in own)
        if named or (follows and not any(name in words for name in every)):
            about.append(sentence)
    return about


def _names(study: Study) -> tuple[str, ...]:
    return (*study.registry_ids, *((study.acronym,) if study.acronym else ()))


def _told(words: str) -> Iterator[_Fields]:
    """What is counted, the count, and the group it is of."""
    yield from _enrolled(words)
    yield from _given(words)
    yield from _deaths(words)
    yield from _parts(words)
    yield from _larger_parts(words)


def _holds(words: str, parts: Iterable[str]) -> bool:
    """Whether a sentence holds one of these, which is soon told of most sentences."""
    return any(part in words for part in parts)


def _count(what: str, value: int, arm: str | None = None) -> _Fields:
    return {"what": what, "value": Decimal(value), "arm": arm}


# ----------------------------------------------------------------------------------------------------- who was taken in

_TAKEN_IN = ("random", "enrol", "recruit")
_VERB_BEHIND = re.compile(
    r"(?:,? who)?\s(?:(?:were|was|had been|have been|underwent|then|eventually|finally|subsequently)\s){0,3}"
    r"(?P<verb>random|enrol|recruit)"
)
_VERB_BEFORE = re.compile(r"(?P<verb>random|enrol|recruit)[a-z]*(?: assigned)?(?: a total of)? $")
_VERBS = {"random": "patients randomized", "enrol": "patients enrolled", "recruit": "patients enrolled"}
_PLANNED = re.compile(
    r"\b(?:plan|requir|target|estimat|intend)|\bexpected to\b|\bat least\b|\bup to\b|\bmaxim|\bnot (?:random|enrol)"
)


def _enrolled(words: str, what: str | None = None) -> Iterator[_Fields]:
    """Numbers of people said to be randomized or enrolled; `what` names them where only one number is expected."""
    if not _holds(words, _TAKEN_IN) or _PLANNED.search(words) or is_design_assumption(words):
        return
    for n, match in numbers_of_people(words):
        before, after = words[max(0, match.start() - 35) : match.start()], words[match.end() : match.end() + 60]
        inside = match.groupdict().get("what") or ""
        verb = (
            _VERB_BEHIND.match(after) or _VERB_BEFORE.search(before) or re.search(r"\b(?P<verb>random|enrol)", inside)
        )
        if verb and n >= _FEWEST and not OF_AN_ARM.match(words, match.end()) and not _OF_TIME.search(inside):
            yield _count(what or _VERBS[verb["verb"]], n)


_OF_TIME = re.compile(r"\b(?:days|weeks|months|years|centres|centers|sites|hospitals|first|last)\b")
#: Smaller numbers of people are mostly parts of a study.
_FEWEST = 10

# ------------------------------------------------------------------------------------------------- what they were given

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+|[A-Z]?[a-z]+(?:-[a-z]+)?)"
_PEOPLE = one_of("patients participants subjects women men children individuals recipients")
_THINGS = "doses infusions transplantations transplants courses injections procedures operations biopsies samples"
_THING = one_of(_THINGS)
_GIVEN_TO = re.compile(
    rf"(?P<things>{_NUMBER}) (?:[\w-]+ ){{0,2}}?(?P<thing>{_THING}) (?:of [a-zA-Z -]{{1,40}}? )?"
    r"(?:(?:was|were) )?(?:given|administered|infused|performed|collected|obtained|taken|done|transfused)? ?"
    rf"(?:to|in|from|for|among) (?:the |all )?(?P<people>{_NUMBER}) (?:of \d+ )?{_PEOPLE}"
)
_RECEIVED = re.compile(
    rf"(?P<people>{_NUMBER}) {_PEOPLE} (?:who )?(?:received|underwent|had|were given) (?:a total of )?"
    rf"(?P<things>{_NUMBER}) (?:[\w-]+ ){{0,2}}?(?P<thing>{_THING})\b"
)


def _given(words: str) -> Iterator[_Fields]:
    """How many doses, transplants ... a number of people had ("Fifty patients received 68 doses")."""
    if not _holds(words, _THINGS.split()):
        return
    for form in (_GIVEN_TO, _RECEIVED):
        for match in form.finditer(words):
            people, things = whole_number(match["people"]), whole_number(match["things"])
            if people and things and things >= people > 1:
                yield _count(f"{match['thing']} in {people} patients", things)


# --------------------------------------------------------------------------------------------------------------- deaths

_CAUSE = r"(?P<cause>[a-z]+-(?:related|associated))"
_GROUP_BEHIND = r"(?P<group> (?:in|with|on) (?!total)[^,.;()]{1,60})?"
_CAUSED_DEATHS = re.compile(rf"\b(?P<n>{_NUMBER}) {_CAUSE} deaths?\b{_GROUP_BEHIND}")
_DIED_FROM = re.compile(
    rf"\b(?P<n>{_NUMBER}) (?:of \d+ )?(?:{_PEOPLE} )?(?:had )?died (?:from|of|due to|because of|as a result of) "
    rf"{_CAUSE}(?: [a-z]+)?{_GROUP_BEHIND}"
)


def _deaths(words: str) -> Iterator[_Fields]:
    """Deaths of one cause ("treatment-related"), however it is put."""
    if not _holds(words, ("-related", "-associated")):
        return
    for form in (_CAUSED_DEATHS, _DIED_FROM):
        for match in form.finditer(words):
            n = whole_number(match["n"])
            if n:
                yield _count(f"{match['cause']} deaths", n, (match["group"] or "").strip() or None)


# ---------------------------------------------------------------------------------------------------- parts of a whole

_PARTS = re.compile(
    rf"\((?P<a>{_NUMBER}) (?P<first>(?:in|to|with|from|of|on|into|patients)\b[^()\d;]{{3,70}}?),? and "
    rf"(?P<b>{_NUMBER}) (?P<second>[^()\d;,]{{3,70}})\)"
)
_IN_GROUP = re.compile(r"\b(?:in|to|with|from|of|on|into) .*\b(?:groups?|arms?|cohorts?)\b|^(?:to|into) ")
_WHOLE_BEFORE = re.compile(rf"(?<![\w.,/%-])(?P<n>{_NUMBER}) (?P<what>[a-z][\w-]*(?: [a-z][\w-]*){{0,8}}) ?$")


def _parts(words: str) -> Iterator[_Fields]:
    """A number with what it is of each of two groups in brackets behind it."""
    for match in _PARTS.finditer(words) if "(" in words else ():
        before = _WHOLE_BEFORE.search(words[: match.start()], max(0, match.start() - 100))
        if before is None or not _IN_GROUP.search(match["second"]):
            continue
        whole, first, second = map(whole_number, (before["n"], match["a"], match["b"]))
        if whole is not None and first is not None and second is not None:
            yield _count(before["what"], whole)
            yield _count(before["what"], first, match["first"])
            yield _count(before["what"], second, match["second"])


_PART_OF = re.compile(
    rf"(?<![\w.,/%-])(?<!week )(?<!day )(?<!cycle )(?<!grade )(?<!stage )(?P<part>{WHOLE}) (?:out )?of (?:the |all )?"
    rf"(?P<all>{WHOLE}) {_PEOPLE}\b"
)
_OF_ALL = re.compile(
    rf"\b[Oo]f (?:the |all )?(?P<all>{WHOLE}) {_PEOPLE}\b[^.,;:()\d]{{0,60}}, (?P<part>{WHOLE}) "
    r"(?:were|was|had|have|received|completed|died|relapsed|responded|achieved)\b"
)
#: A larger number is of something else: a year, a dose.
_MOST_OF_ALL = 2


def _larger_parts(words: str) -> Iterator[_Fields]:
    """Numbers of people said to be among fewer people."""
    for form in (_PART_OF, _OF_ALL) if "of " in words.lower() else ():
        for match in form.finditer(words):
            part, everybody = to_whole(match["part"]), to_whole(match["all"])
            if everybody < part <= _MOST_OF_ALL * everybody:
                yield _count("patients", part) | {"total": everybody}


# ----------------------------------------------------------------------------------------- limits, shares, p-values

_SPREAD_WORDS = re.compile(r"\b(?:IQR|[Ii]nter-?quartile range|[Rr]ange|Q1-Q3)\b")
_UNIT_BEHIND = rf"\s?(?:years?|yrs?|months?|weeks?|%|{UNIT})?"
_NUMBER_BEFORE = re.compile(rf"(?P<value>(?<![\w.,/-]){NUMBER}){_UNIT_BEHIND}\s?[,;]?\s?[(\[]\s?$")
#: "2 years and 5 months" is one number.
_TWO_UNITS = re.compile(r"\d (?:years?|months?|weeks?|hours?),?(?: and)? $")
_AVERAGE = re.compile(r"\b(?:[Mm]edian|[Mm]ean|[Aa]verage)\b[^.;]*$")


def _spreads(words: str) -> Iterator[_Fields]:
    """Medians with their range or interquartile range."""
    if not _holds(words, ("ange", "IQR", "Q1")):
        return
    for word in _SPREAD_WORDS.finditer(words):
        number = _NUMBER_BEFORE.search(words[: word.start()])
        if number is None:
            continue
        value = to_decimal(number["value"])
        average = _AVERAGE.search(words[: number.start()])
        found = limits(words, number.end("value"), value, labelled=False)
        if average is None or found is None or found.kind == "ci" or _TWO_UNITS.search(words[: number.start()]):
            continue
        yield {
            "what": " ".join(average.group().split()[:8]),
            "value": value,
            "low": found.low,
            "high": found.high,
            "spread": found.kind,
        }


_INTERVAL = re.compile(
    rf"[(\[]\s?(?:{CI.pattern}\s?[,:;=]?\s?)?(?P<low>{SIGNED})(?:\s?(?:-|to|;)\s?|, )(?P<high>{SIGNED})(?![\w.%]*\d)"
)
_VALUE_BEFORE = re.compile(rf"(?<![\w.,/%)-])(?P<value>{SIGNED})(?![\w.]){_UNIT_BEHIND}\s?[,;]?\s?$")


#: Estimates of one sentence.
_MOST = 6


def _intervals(words: str) -> Iterator[_Fields]:
    """Estimates with an interval in brackets behind them, whatever they are of; only those with decimals."""
    found = []
    for match in _INTERVAL.finditer(words) if "." in words else ():
        before = _VALUE_BEFORE.search(words[: match.start()], max(0, match.start() - 25))
        numbers = (before["value"], match["low"], match["high"]) if before else ()
        if numbers and all("." in number for number in numbers):
            found.append(tuple(map(to_decimal, numbers)))
    if len(found) <= _MOST:  # more are a figure or a table that was not recognized
        for value, low, high in found:
            yield {"what": "estimate", "value": value, "low": low, "high": high, "spread": "ci"}


_SHARE = re.compile(
    rf"(?<![\w.,/-])(?<!\bof )(?<!\bof the )(?<!\bof all )(?<!\d )(?P<events>{WHOLE})(?!\s\d{{3}})"
    rf"(?:\s?(?:/|of (?:the )?|out of (?:the )?)\s?(?P<of>{WHOLE})(?![\s,]?\d))?"
    rf"(?P<what>(?: [a-z-]+){{0,3}})\s?[(\[](?P<percent>{NUMBER}){PERCENT}\s?"
    rf"(?:[)\];,]|[\[(][^()\[\]]*[\])]\s?[)\]])"
    rf"(?:(?<=[)\]]) (?:[a-z]+ )?of (?:the )?(?P<total>{WHOLE})(?![\s,]?\d))?"
)


def _shares(words: str) -> Iterator[_Fields]:
    """Counts with their percentage in brackets: 32 of 40 (80%), 15 patients relapsed (13.0%), 4 (3%) of 254."""
    if "%" not in words:
        return
    for match in _SHARE.finditer(words):
        total = match["of"] or match["total"]
        yield {
            "what": match["what"].strip() or "patients",
            "value": Decimal(to_whole(match["events"])),
            "total": to_whole(total) if total else None,
            "percent": to_decimal(match["percent"]),
        }


_P_ABOVE_ONE = re.compile(
    r"[Pp](?<![\w-].)(?:[\s-]?values?)?\s?[=<>≤]\s?(?P<p>\d{2,6}(?:\.\d+)?|[2-9](?:\.\d+)?|1\.\d*[1-9]\d*)"
    r"(?![\w,.]*\d|\s?[x×*%/eE^-]|\s?10|\s[a-z]*(?:variables|predictors|parameters))"
)


def _impossible_p(words: str) -> Iterator[_Fields]:
    """p-values printed above 1."""
    for match in _P_ABOVE_ONE.finditer(words):
        yield {"what": "p-value", "p_value": to_decimal(match["p"])}


# -------------------------------------------------------------------------------------------------------- conclusions

_BETTER = re.compile(r"\b(?:improv|prolong|extend|reduc|decreas|superior to)")
_FIGURE = re.compile(r"\d")


def _conclusions(words: str) -> Iterator[_Fields]:
    """Sentences that say without any number that something is better; its source holds the words."""
    if _BETTER.search(words) and not _FIGURE.search(words):
        yield {"what": CONCLUSION}
