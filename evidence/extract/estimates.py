"""Estimates of comparisons: a label ("hazard ratio", "OR"), the number behind it, and the interval of that number."""

import re
from collections.abc import Iterator
from dataclasses import replace

from evidence.extract.digits import SIGNED, to_decimal
from evidence.extract.limits import CI, limits
from evidence.extract.names import YEAR, named_after, named_before
from evidence.extract.quantity import Claims, Kind, Quantity
from evidence.model.codes import Adjustment, Measure

#: The words for each measure; the first that matches at a place wins, so that a subdistribution hazard is no hazard.
_MEASURES: dict[Measure, str] = {
    Measure.SHR: r"sub-?distribution(?:al)? hazards? ratios?|\b[aA]?s[dD]?HRs?\b|\bSHRs?\b|\bSDHRs?\b",
    Measure.HR: (
        r"hazards? ratios?|\bhazards? rates? ratios?"
        r"|\b(?:adjusted |multivariable |[ac])?HRs?\b(?!\s?[+-]\s?[,)/ ])"  # "HR+" is a hormone receptor
    ),
    Measure.IRR: r"(?:incidence |event )?rate ratios?|\b[a]?IRRs?\b",
    Measure.OR: (
        r"odds[\s-]ratios?|\b[aA]?ORs?(?![A-Za-z])(?=[^a-z]{0,4}[\s(=,:\[\d])"
        r"|\bOR(?=[A-Z]\d|[a-z-]+(?:vs))"  # subscripts that lost their place: "ORQ4-Q1"
    ),
    Measure.RR: r"relative risks?|risk ratios?|\b[a]?RRs?\b",
    Measure.RD: (
        r"(?:absolute )?risk differences?|(?:absolute )?risk reductions? of"
        r"|absolute (?:risk )?(?:differences?|reductions?)"
        r"|(?:between-group |absolute |treatment )?differences?(?=[^.;()]{0,40}(?:percentage points?|%))"
    ),
    Measure.SMD: r"standardi[sz]ed mean differences?|\bSMDs?\b|Hedges'? g|Cohen'?s d",
    Measure.MD: r"(?:weighted )?mean differences?|difference in means?|\bMDs?\b(?=\s?[=:,(]?\s?-?\d)",
}
_LABEL = re.compile("|".join(f"(?P<{measure.name}>{words})" for measure, words in _MEASURES.items()))
_ADJUSTED = re.compile(
    r"\badjusted\b(?! for inflation)|multi-?varia(?:te|ble)|\ba(?:HR|OR|RR|IRR|sHR)\b|propensity"
    r"|stratified (?:Cox|analysis|HR|hazard)|inverse probability|weighted",
    re.IGNORECASE,
)
_UNADJUSTED = re.compile(r"\bunadjusted\b|\bcrude\b|univaria(?:te|ble)|non-adjusted", re.IGNORECASE)

#: Ratios, which are above zero, and those of them that are never given in percent.
_RATIOS = (Measure.HR, Measure.SHR, Measure.OR, Measure.RR, Measure.IRR)
_NEVER_PERCENT = (Measure.HR, Measure.SHR, Measure.RR, Measure.IRR)

#: A label and its number stand this close together, in characters.
_REACH = 140
#: A ratio above this is believed only with an interval.
_LARGE_RATIO = 50


def estimates(sentence: str, claims: Claims, inherited: Measure | None) -> Iterator[Quantity]:
    """Labelled estimates, then the unlabelled ones that continue them."""
    labels = [match for match in _LABEL.finditer(sentence) if claims.free(match.start(), match.end())]
    for index, match in enumerate(labels):
        measure = Measure[match.lastgroup or ""]
        stop = _next_label(sentence, match, labels[index + 1 :])
        found = _first_after(sentence, match.end(), min(stop, match.end() + _REACH), measure, claims)
        if found is None:
            continue
        adjustment = _adjustment(sentence[max(0, match.start() - 60) : match.end()])
        yield replace(found, start=min(found.start, match.start()), label=match.group(), adjustment=adjustment)
        claims.claim(match.start(), match.end())
        claims.claim(found.at, found.end)
        if match.group().lower().endswith("s") or stop == len(sentence):
            for more in _continued(sentence, found.end, stop, measure, claims):
                yield replace(more, label=match.group(), adjustment=adjustment)
    if not labels and inherited is not None:
        yield from _continued(sentence, 0, len(sentence), inherited, claims)


def _next_label(sentence: str, label: re.Match[str], later: list[re.Match[str]]) -> int:
    """Where the next label begins; "hazard ratio [HR]" names one thing twice and is one label."""
    for other in later:
        if sentence[label.end() : other.start()].strip(" ([") or other.start() - label.end() > 4:
            return other.start()
    return len(sentence)


def _adjustment(context: str) -> Adjustment | None:
    if _UNADJUSTED.search(context):
        return Adjustment.UNADJUSTED
    return Adjustment.ADJUSTED if _ADJUSTED.search(context) else None


_NUMBER = re.compile(SIGNED)
_NO_ESTIMATE_AFTER = re.compile(
    r"\s?-?(?:year|yr|month|mo\b|week|day)"  # a time
    r"|-\s?to\s?-?\d"  # a range
    r"|\s?/\s?\d|\s(?:patients|women|men|participants|deaths|events)\b"  # people
)
_EQUALS_BEFORE = re.compile(r"[=:]\s?$")
_SIZE_BEFORE = re.compile(r"\bn\s?=\s?$", re.IGNORECASE)
_SAYS_BEFORE = re.compile(r"(?:=|:|,|of|was|is)\s?$")
_PERCENT_AFTER = re.compile(r"\s?(?:%|percent)")
_CLAUSE_END = re.compile(r"[.;] ")


def _first_after(sentence: str, start: int, stop: int, measure: Measure, claims: Claims) -> Quantity | None:
    """First number after a label that can be its estimate."""
    at = start
    while match := _NUMBER.search(sentence, at, stop):
        at = match.end()
        begin, text = match.start(), match.group()
        if not claims.free(begin, match.end()):
            continue
        if words := CI.match(sentence, begin):
            at = words.end()
            continue
        if text[0] in "+-" and begin > 0 and sentence[begin - 1] not in " (=:,;[":
            begin += 1
            text = text.lstrip("+- ")
        before = sentence[max(0, begin - 16) : begin]
        if (
            _NO_ESTIMATE_AFTER.match(sentence, match.end())
            or (named_before(sentence, begin) and not _EQUALS_BEFORE.search(before))
            or (named_after(sentence, match.end()) and measure is not Measure.MD)
            or _SIZE_BEFORE.search(before)
        ):
            continue
        percent = _PERCENT_AFTER.match(sentence, match.end())
        if percent and measure in _NEVER_PERCENT:
            return None  # "RR 45%" is a response rate
        clauses = len(_CLAUSE_END.findall(sentence[start:begin]))
        if YEAR.match(text.lstrip("+- ")) or clauses > (1 if measure is Measure.RD else 0):
            return None
        value = to_decimal(text)
        spread = limits(sentence, match.end(), value, labelled=True)
        if measure in _RATIOS and (value <= 0 or (spread is None and value > _LARGE_RATIO)):
            return None
        if measure in _RATIOS and spread is None and "." not in text and not _SAYS_BEFORE.search(before):
            return None
        if spread is not None and spread.kind == "unsaid":
            spread = replace(spread, kind="ci")
        end = spread.end if spread else percent.end() if percent else match.end()
        return Quantity(kind=Kind.ESTIMATE, start=start, end=end, at=begin, value=value, measure=measure, spread=spread)
    return None


_FURTHER = re.compile(rf"(?<![\w.%-]){SIGNED}(?!\s?%)(?=[\s,;(\[])")
_OTHER_UNIT = re.compile(r"\s?(?:months?|years?|weeks?|%)")


def _continued(sentence: str, start: int, stop: int, measure: Measure, claims: Claims) -> Iterator[Quantity]:
    """Numbers with an interval that inherit the label before them ("... and 0.73, 0.52-0.98")."""
    at = start
    while match := _FURTHER.search(sentence, at, stop):
        at = match.end()
        if not claims.free(match.start(), match.end()) or "." not in match.group():
            continue
        value = to_decimal(match.group())
        spread = limits(sentence, match.end(), value, labelled=True)
        if spread is None or spread.kind not in ("ci", "unsaid") or _OTHER_UNIT.match(sentence, match.end()):
            continue
        if not spread.low <= value <= spread.high or (value <= 0 and measure in _RATIOS):
            continue
        at = spread.end
        claims.claim(match.start(), spread.end)
        yield Quantity(
            kind=Kind.ESTIMATE,
            start=match.start(),
            end=spread.end,
            at=match.start(),
            value=value,
            measure=measure,
            spread=replace(spread, kind="ci"),
        )
