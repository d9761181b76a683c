"""Estimates of comparisons: a label ("hazard ratio", "OR"), the number behind it, and the interval of that number."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import islice

from evidence.extract.digits import SIGNED, UNIT, to_decimal
from evidence.extract.limits import CI, limits, named_intervals
from evidence.extract.names import YEAR, named_after, named_before
from evidence.extract.quantity import Claims, Kind, Quantity, Spread
from evidence.model.codes import Adjustment, Measure

#: The words for each measure; the first that matches at a place wins, so that a subdistribution hazard is no hazard.
_MEASURES: dict[Measure, str] = {
    Measure.SHR: r"(?i:sub-?distribution(?:al)? hazards? ratios?)|\b[aA]?s[dD]?HRs?\b|\bSHRs?\b|\bSDHRs?\b",
    Measure.HR: (
        r"(?i:hazards? ratios?|\bhazards? rates? ratios?)"
        r"|\b(?:[Aa]djusted |[Mm]ultivariable |[ac])?HRs?\b(?!\s?[+-]\s?[,)/ ])"  # "HR+" is a hormone receptor
    ),
    Measure.IRR: r"(?i:(?:incidence |event )?rate ratios?)|\b[a]?IRRs?\b",
    Measure.OR: (
        r"(?i:odds[\s-]ratios?)|\b[aA]?ORs?(?![A-Za-z])(?=[^a-z]{0,4}[\s(=,:\[\d])"
        r"|\bOR(?=[A-Z]\d|[a-z-]+(?:vs))"  # subscripts that lost their place: "ORQ4-Q1"
    ),
    Measure.RR: r"(?i:relative risks?|risk ratios?)|\b[a]?RRs?\b",
    Measure.RD: (
        r"(?i:(?:absolute )?risk differences?|(?:absolute )?risk reductions? of"
        r"|absolute (?:risk )?(?:differences?|reductions?)"
        r"|(?:between-group |absolute |treatment )?differences?"
        r"(?:(?=[^.;()]{0,40}(?:percentage points?|%))|(?=(?:[^.;()]|\.\d){0,40}percentage points?)"
        # "difference in success was 8.0% in favor of X (95% CI: -0.9% to 16.8%)"
        r"|(?=[^.;()\d]{0,60}?-?\d[\d.]*\s?%(?:\s[^.;,()\d]{2,50})?\s?[,;(\[]+\s?(?:\d\d\s?%\s?)(?:CI|confidence)))"
        r")"
    ),
    Measure.SMD: r"(?i:standardi[sz]ed mean differences?)|\bSMDs?\b|Hedges'? g|Cohen'?s d",
    Measure.MD: (
        r"(?i:(?:weighted )?mean differences?|difference in means?)|\bMDs?\b(?=\s?[=:,(]?\s?-?\d)"
        # "difference: -29.2 min, 95% CI -31.7 to -26.8"
        rf"|\b(?i:differences?)(?=(?: of| was|:|,|;|\s|\()*(?:{SIGNED})\s?(?:{UNIT})?\s?[,;(\[]+\s?"
        r"(?:\d\d(?:\.\d)?\s?%\s?)?(?:CI\b|confidence interval))"
        # "superior to placebo (-8.7 mm Hg [95% CI -9.7 to -7.7]; p<0.001)": a sign, limits and a p-value in one bracket
        r"|\b(?i:superior to|inferior to|versus|compared with|compared to)(?=\s[^.;()\[\]\d]{2,60}\("
        rf"(?:[^()\[\]\d]{{2,60}}[;,]\s)?[-+]\d[\d.]*\s?(?:{UNIT})?\s?[\[,;]\s?(?:\d\d(?:\.\d)?\s?%\s?CI)?[\s:,]*"
        rf"{SIGNED}\s?(?:to|,|;)\s?{SIGNED}\]?[;,]\s[pP]\s?[<=>])"
    ),
}
_LABEL = re.compile(
    # every label begins with one of these letters, which is soon told
    r"(?=[AaBbCcDdEeHhIiMmOoRrSsTtVvWw])(?:"
    + "|".join(f"(?P<{measure.name}>{words})" for measure, words in _MEASURES.items())
    + ")"
)
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


def estimates(
    sentence: str, claims: Claims, inherited: Measure | None, earlier: Measure | None = None
) -> Iterator[Quantity]:
    """Labelled estimates, then the unlabelled ones that continue them.

    `inherited` is the measure of the sentence before, `earlier` of one further back, which only a bracket with limits
    and p-value continues.
    """
    labels = [match for match in _LABEL.finditer(sentence) if claims.free(match.start(), match.end())]
    labels = [
        label for label, earlier in zip(labels, [None, *labels], strict=False) if not _again(sentence, earlier, label)
    ]
    intervals = named_intervals(sentence)
    for index, match in enumerate(labels):
        measure = Measure[match.lastgroup or ""]
        stop = labels[index + 1].start() if index + 1 < len(labels) else len(sentence)
        found = _first_after(sentence, match.end(), min(stop, match.end() + _REACH), measure, claims, intervals)
        if found is None:
            continue
        adjustment = _adjustment(sentence[max(0, match.start() - 60) : match.end()])
        yield replace(found, start=min(found.start, match.start()), label=match.group(), adjustment=adjustment)
        claims.claim(match.start(), match.end())
        claims.claim(found.at, found.end)
        if found.spread is not None:
            claims.claim(found.spread.start, found.spread.end)
        if match.group().lower().endswith("s") or stop == len(sentence):
            further = _continued(sentence, found.end, stop, measure, claims)
        elif another := _AND_ANOTHER.match(sentence, found.end, stop):
            further = islice(_continued(sentence, another.end(), stop, measure, claims), 1)
        else:
            continue
        for more in further:
            yield replace(more, label=match.group(), adjustment=adjustment)
    if not labels and inherited is not None:
        yield from _continued(sentence, 0, len(sentence), inherited, claims)
    elif not labels and earlier is not None:
        for bracket in _TOLD_IN_FULL.finditer(sentence):
            yield from _continued(sentence, bracket.start() + 1, bracket.end(), earlier, claims)


def _again(sentence: str, earlier: re.Match[str] | None, label: re.Match[str]) -> bool:
    """Whether a label only abbreviates the one before it: "hazard ratio [HR]"."""
    return earlier is not None and sentence[earlier.end() : label.start()].strip() in ("(", "[")


def _adjustment(context: str) -> Adjustment | None:
    if _UNADJUSTED.search(context):
        return Adjustment.UNADJUSTED
    return Adjustment.ADJUSTED if _ADJUSTED.search(context) else None


_NUMBER = re.compile(SIGNED)
_NO_ESTIMATE_AFTER = re.compile(
    r"\s?-?(?:year|yr|month|mo\b|week|day)"  # a time
    r"|\s(?:over|v|vs\.?|versus|and|or|to)\s\d+(?:\.\d+)?[\s-](?:year|month|week|day|cycle|mg)"  # two times or doses
    r"|-\s?to\s?-?\d"  # a range
    r"|\s?/\s?\d|\s(?:patients|women|men|participants|deaths|events)\b"  # people
)
_EQUALS_BEFORE = re.compile(r"[=:]\s?$")
_SIZE_BEFORE = re.compile(r"\bn\s?=\s?$", re.IGNORECASE)
_SAYS_BEFORE = re.compile(r"(?:=|:|,|of|was|is)\s?$")
_PERCENT_AFTER = re.compile(r"\s?(?:%|percent)")
_OTHER_MATTER = re.compile(r",\s[a-z]+\s(?:[\w-]+\s){0,6}(?:was|were|had|of)\s")
_CLAUSE_END = re.compile(r"(?<!\bvs)(?<!\bv)[.] |; ")


def _first_after(
    sentence: str, start: int, stop: int, measure: Measure, claims: Claims, intervals: list[tuple[int, int]]
) -> Quantity | None:
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
        if any(first <= begin < last for first, last in intervals):
            continue  # a limit, whose own number stands elsewhere
        if text[0] in "+-" and begin > 0 and sentence[begin - 1] not in " (=:,;[":
            begin += 1
            text = text.lstrip("+- ")
        before = sentence[max(0, begin - 16) : begin]
        percent = _PERCENT_AFTER.match(sentence, match.end())
        value = to_decimal(text)
        spread = limits(sentence, match.end(), value, labelled=True)
        # "in the control group 1.18 (95% CI ...)": a decimal with an interval is no number of a group
        sure = "." in text and spread is not None
        if (
            _NO_ESTIMATE_AFTER.match(sentence, match.end())
            or (not sure and named_before(sentence, begin) and not _EQUALS_BEFORE.search(before))
            or (named_after(sentence, match.end()) and measure is not Measure.MD)
            or _SIZE_BEFORE.search(before)
        ):
            continue
        if measure is Measure.RD and _OTHER_MATTER.search(sentence, start, begin):
            return None  # "to show a difference, the response rate was 61%"
        if percent and measure in _NEVER_PERCENT:
            return None  # "RR 45%" is a response rate
        clauses = len(_CLAUSE_END.findall(sentence[start:begin]))
        if YEAR.match(text.lstrip("+- ")) or clauses > (1 if measure is Measure.RD else 0):
            return None
        if measure in _RATIOS and (value <= 0 or (spread is None and value > _LARGE_RATIO)):
            return None
        if measure in _RATIOS and spread is None and "." not in text and not _SAYS_BEFORE.search(before):
            return None
        if spread is not None and spread.kind == "unsaid":
            spread = replace(spread, kind="ci")
        end = spread.end if spread else percent.end() if percent else match.end()
        spread = spread or _interval_behind_outcome(sentence, match.end(), value)
        return Quantity(kind=Kind.ESTIMATE, start=start, end=end, at=begin, value=value, measure=measure, spread=spread)
    return None


_OUTCOME_BETWEEN = re.compile(r"\s?%?\s(?:for|in favou?r of) [^\d;.,()]{2,60}?(?: \([A-Za-z]{2,8}\))?\s(?=[(\[])")


def _interval_behind_outcome(sentence: str, at: int, value: Decimal) -> Spread | None:
    """The interval of "0.99 for progression-free survival (95% CI, 0.77-1.26)", which must be named as one."""
    between = _OUTCOME_BETWEEN.match(sentence, at)
    spread = limits(sentence, between.end(), value, labelled=True) if between else None
    return spread if spread is not None and spread.kind == "ci" else None


#: "0.64 (95% CI, 0.47 to 0.87) for A versus C and 0.51 (95% CI, ...": one more behind a label for one.
_AND_ANOTHER = re.compile(
    r"[^.()\[\]]{0,10}(?:[pP]\s?[<=>]\s?0?\.\d+)?[)\]] (?:for|with|in) [^.;:()\[\]%=]{3,90},? and (?=\d)"
)
#: "(0.78, 0.56-1.09; p=0.14)": an estimate, its limits and a p-value alone in a bracket.
_TOLD_IN_FULL = re.compile(r"\(\d\.\d+,\s\d\.\d+(?:-|\sto\s)\d+\.\d+[;,]\s?p\s?[<=>]\s?0?\.\d+\)")
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
