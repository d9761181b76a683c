"""The number grammar: estimates with intervals, p-values, percentages, fractions, durations, group sizes, "not reached".

It reads clean text (see `Document.clean`) and knows typography, not medicine: which number is an estimate, what its
interval is, which p stands behind it. What the number is about is decided in `link.py`. Three passes, each claiming its
characters so that the next does not read them again: p-values, labelled estimates, then everything else.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from evidence.model.codes import Adjustment, Measure


class Kind(StrEnum):
    """What sort of number it is."""

    ESTIMATE = "estimate"  # of a comparison: value, interval, p, measure
    PERCENT = "percent"  # may carry interval, events, total
    DURATION = "duration"  # value with a unit of time, may carry interval
    FRACTION = "fraction"  # events of total without a percentage
    COUNT = "count"  # a bare whole number of people or events
    SIZE = "size"  # n = 43
    MEAN = "mean"  # with its standard deviation
    NOT_REACHED = "not_reached"
    P_VALUE = "p_value"  # standing on its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Limits behind a number. Only `kind` "ci" is a confidence interval."""

    low: Decimal
    high: Decimal
    kind: str  # "ci", "range", "iqr", "unsaid"
    level: Decimal | None
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PValue:
    """A p-value as printed; `test` names an interaction, trend or heterogeneity test, which compares no two arms."""

    value: Decimal
    operator: str
    test: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One number with what belongs to it; `start` to `end` covers the number and its own brackets, in clean text."""

    kind: Kind
    start: int
    end: int
    at: int  # where the number itself begins
    value: Decimal | None = None
    unit: str | None = None
    measure: Measure | None = None
    label: str | None = None  # the words that named the measure
    adjustment: Adjustment | None = None
    spread: Spread | None = None
    p: PValue | None = None
    events: int | None = None
    total: int | None = None
    sd: Decimal | None = None


# --------------------------------------------------------------------------------------------------------- vocabulary

#: A number as written: thousands marks, a leading point, and the blank that typesetting leaves behind a point ("0. 92").
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+\. \d\d(?=\s*[)\];,])|\.\d+|\d+)"
_SIGNED = rf"(?:[-+]\s?)?{_NUMBER}"
_LEVEL = r"(?P<level>\d{2}(?:\.\d+)?)\s?(?:%|percent|per cent)?[\s-]*"
_CI_WORDS = (
    r"(?:(?:two-sided |one-sided |exact |adjusted |bootstrap )*(?:confidence|credible|credibility) (?:intervals?|limits?)"
    r"|CIs?\b|C\.I\.|CrIs?\b|IC\b)(?:\s*[\[(](?:\d{2}\s?%\s?)?CIs?[\])])?"
)
_CI = re.compile(rf"(?:\b{_LEVEL})?{_CI_WORDS}")
_JOIN = r"\s?%?\s*(?:-|to|,|;|and|/)\s*"

_MEASURES: tuple[tuple[Measure, str], ...] = (
    (Measure.SHR, r"sub-?distributional? hazards? ratios?|\b[aA]?s[dD]?HRs?\b|\bSHRs?\b|\bSDHRs?\b"),
    (
        Measure.HR,
        r"hazards? ratios?|\bhazards? rates? ratios?|\b(?:adjusted |multivariable |[ac])?HRs?\b(?!\s?[+-]\s?[,)/ ])",
    ),
    (Measure.IRR, r"(?:incidence |event )?rate ratios?|\b[a]?IRRs?\b"),
    (Measure.OR, r"odds[\s-]ratios?|\b[aA]?ORs?(?![A-Za-z])(?=[^a-z]{0,4}[\s(=,:\[\d])|\bOR(?=[A-Z]\d|[a-z-]+(?:vs))"),
    (Measure.RR, r"relative risks?|risk ratios?|\b[a]?RRs?\b"),
    (
        Measure.RD,
        r"(?:absolute )?risk differences?|(?:absolute )?risk reductions? of|absolute (?:risk )?(?:differences?|reductions?)"
        r"|(?:between-group |absolute |treatment )?differences?(?=[^.;()]{0,40}(?:percentage points?|%))",
    ),
    (Measure.SMD, r"standardi[sz]ed mean differences?|\bSMDs?\b|Hedges'? g|Cohen'?s d"),
    (Measure.MD, r"(?:weighted )?mean differences?|difference in means?|\bMDs?\b(?=\s?[=:,(]?\s?-?\d)"),
)
_LABEL = re.compile("|".join(f"(?P<m{i}>{words})" for i, (_, words) in enumerate(_MEASURES)))
_ADJUSTED = re.compile(
    r"\badjusted\b(?! for inflation)|multi-?varia(?:te|ble)|\ba(?:HR|OR|RR|IRR|sHR)\b|propensity|stratified (?:Cox|analysis|HR|hazard)"
    r"|(?:inverse probability|weighted)",
    re.IGNORECASE,
)
_UNADJUSTED = re.compile(r"\bunadjusted\b|\bcrude\b|univaria(?:te|ble)|non-adjusted", re.IGNORECASE)

_P = re.compile(
    r"(?<![A-Za-z0-9_-])\$?[Pp](?:[\s-]?values?)?\$?\s?"
    r"(?P<test>(?:\s*(?:for|of|_|-)?\s?(?:the )?(?:interactions?|trends?|heterogeneity|non-?inferiority)[a-z ]{0,20}))?"
    r"\s?(?P<for>for [a-z][a-z ,\-/*]{1,40}?)?\s*"
    r"(?P<op><\s?or\s?=|>\s?or\s?=|<=|>=|=\s?<|[=<>≤≥]|of|was|is|,|less than|:)\s*"
    r"(?P<value>\d*\.\s?\d[\d]*(?:\s\d{1,3}(?=[\s,;)\]]))?|[01](?!\d))"
    r"(?P<power>\s?[x×*]\s?10\s?\^?\s?-\s?\d+)?",
)
_MORE_P = re.compile(r"\s*(?:,|and|,\s?and)\s*(?P<value>0?\.\d+)(?![\d%]|\s?%)")
_TEST_NEAR = re.compile(r"interaction|for trend|heterogeneity|\btrend\b|non-?inferiority", re.IGNORECASE)
_OPERATORS = {"≤": "<=", "≥": ">=", "less than": "<", "of": "=", "was": "=", "is": "=", ",": "=", ":": "="}

_UNITS = r"(?P<unit>months?|mos?\b\.?|weeks?|wks?\b|years?|yrs?\b\.?|days?)\b"
_NOT_REACHED = re.compile(
    r"(?:was|were|has|had|have|is)?\s?(?:also )?(?:not|never) (?:yet |been |yet been )?(?:reached|attained|estimable|evaluable)"
    r"|\bunreached\b|(?<![A-Za-z])N[RE](?![A-Za-z])(?=\s*[\[(;,.)\]]|\s(?:vs|v|versus|and|months|in)\b)"
)

_WORDS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split()
    )
} | {word: 10 * tens for tens, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
WORD_NUMBER = re.compile(
    r"\b(?P<tens>twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[\s-](?P<ones>one|two|three|four|five|six|seven|eight|nine))?\b"
    r"|\b(?P<small>zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen)\b",
    re.IGNORECASE,
)
#: A number word counts people only before one of these ("two of the three hospitals" is not a result).
_COUNTED = re.compile(
    r"\s*(?:\(|\[|(?:[a-z-]+ ){0,3}?(?:patients?|pts|women|men|cases|participants|subjects|deaths?|events?|people|children|relapses?)\b"
    r"|(?:of|in|were|had|achieved|died|relapsed|developed)\b)",
    re.IGNORECASE,
)

#: What stands right before a number that names something instead of measuring it.
_NAMES_BEFORE = re.compile(
    r"(?:[A-Za-z]-|[A-Za-z]|\b(?:grades?|phases?|days?|tables?|figs?\.?|figures?|groups?|cycles?|stages?|versions?|levels?|types?|steps?|"
    r"no\.|number|nos\.|ref\.|refs\.|weeks?|visits?|arms?|courses?|aged|age|ages|version|appendix|quartiles?|scores?|ECOG|"
    r"January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\s)$",
    re.IGNORECASE,
)
_NAMES_AFTER = re.compile(
    r"\s?-?(?:mg|m?g/|ug|µg|μg|mcg|mL|ml\b|kg\b|Gy\b|IU\b|mm\b|cm\b|°|×|x\s?10|g/|g\b|L\b|mmol|nmol|hours?|hrs?\b|h\b|minutes?|min\b|"
    r"cGy|kcal|units?\b|U/|countries|sites|cent(?:er|re)s|hospitals|institutions|times\b|fold\b|cycles?\b|doses?\b|/\d{1,2}/\d|th\b|st\b|nd\b|rd\b|"
    r"January|February|March|April|May|June|July|August|September|October|November|December)",
)
_YEAR = re.compile(r"(?:19|20)\d\d$")


def is_design_assumption(sentence: str) -> bool:
    """Whether a sentence plans or assumes numbers (power, margins, sample size) instead of reporting them."""
    return bool(_ASSUMPTION.search(sentence))


_ASSUMPTION = re.compile(
    r"\bpower(?:ed)? (?:of|to|for|was)|\b\d+\s?% power|(?:to|could|would|can) (?:detect|show|demonstrate) (?:a|an|the) "
    r"|non-?inferiority (?:margin|limit|bound)|margin (?:of|was|for)|sample size (?:of|was|calculation)|\bassum(?:ing|ed|ption)|hypothesi[sz]ed"
    r"|(?:were|was) (?:required|needed) (?:to|for)|(?:upper|lower) (?:limit|bound)ary? (?:was|of) (?:set|prespecified)"
    r"|(?:one-sided|two-sided) (?:alpha|significance|type)|type (?:I|1|one) error|(?:was|were|is|are) (?:considered|regarded|taken|deemed|defined)\b|\bdefined as\b|significance level|level of significance|expected (?:to be|difference|rate)|planned (?:sample|enrol)",
    re.IGNORECASE,
)


def to_decimal(text: str) -> Decimal:
    """The number as printed: thousands marks and typesetting blanks out, digits untouched (".013" is 0.013)."""
    plain = re.sub(r"[,\s+]", "", text)
    sign = "-" if plain.startswith("-") else ""
    plain = plain.lstrip("-")
    return Decimal(sign + ("0" + plain if plain.startswith(".") else plain))


# ---------------------------------------------------------------------------------------------------------- the passes


def quantities(
    text: str, start: int, end: int, *, inherited: Measure | None = None, masked: Iterable[tuple[int, int]] = ()
) -> list[Quantity]:
    """Every number of one sentence, in order.

    Parameters
    ----------
    text : str
        Clean text of the document.
    start, end : int
        The sentence.
    inherited : Measure, optional
        Measure named in the sentence before: an unlabelled "0.73 (0.52-0.98)" continues it.
    masked : pairs of offsets
        Stretches that hold no result: citation marks, superscripts, time points ("2-year", "at 24 months").
    """
    sentence = text[start:end]
    claimed = bytearray(len(sentence))
    for first, last in masked:
        _claim(claimed, max(first - start, 0), max(min(last - start, len(sentence)), 0))
    p_values = list(_p_values(sentence, claimed))
    estimates = list(_estimates(sentence, claimed, inherited))
    found = estimates + list(_values(sentence, claimed))
    found.sort(key=lambda quantity: quantity.at)
    found, loose = _bind_p_values(sentence, found, p_values)
    found += [Quantity(kind=Kind.P_VALUE, start=p.start, end=p.end, at=p.start, value=p.value, p=p) for p in loose]
    found.sort(key=lambda quantity: quantity.at)
    return [_shift(quantity, start) for quantity in found]


def _claim(claimed: bytearray, start: int, end: int) -> None:
    claimed[start:end] = b"x" * max(end - start, 0)


def _free(claimed: bytearray, start: int, end: int) -> bool:
    return not any(claimed[start:end])


def _shift(quantity: Quantity, by: int) -> Quantity:
    spread = quantity.spread and replace(
        quantity.spread, start=quantity.spread.start + by, end=quantity.spread.end + by
    )
    p = quantity.p and replace(quantity.p, start=quantity.p.start + by, end=quantity.p.end + by)
    return replace(quantity, start=quantity.start + by, end=quantity.end + by, at=quantity.at + by, spread=spread, p=p)


def _p_values(sentence: str, claimed: bytearray) -> Iterator[PValue]:
    """p-values with operator; "p values of 0.0165 and 0.0191" gives two."""
    for match in _P.finditer(sentence):
        operator = match["op"].replace(" ", "").replace("or", "")
        operator = _OPERATORS.get(match["op"], operator)
        operator = "<" if operator == "=<" else operator
        if operator not in ("=", "<", ">", "<=", ">="):
            continue
        value = to_decimal(re.sub(r"\s", "", match["value"]))
        if match["power"]:
            value = value.scaleb(-int(re.findall(r"\d+", match["power"])[-1]))
        if value > 1:
            continue
        before = sentence[max(0, match.start() - 40) : match.start()]
        tail = re.match(r"\s*\(?(?:for|by)? ?[a-z* -]{0,25}", sentence[match.end() :])
        near = before[before.rfind("(") + 1 :] if "(" in before else before
        test = match["test"] or (match["for"] or "") + (tail.group() if tail else "") + near[-25:]
        named = _TEST_NEAR.search(test)
        p = PValue(
            value=value,
            operator=operator,
            test=named.group().lower() if named else None,
            start=match.start(),
            end=match.end(),
        )
        _claim(claimed, match.start(), match.end())
        yield p
        if re.search(r"values", match.group(), re.IGNORECASE):
            at = match.end()
            while more := _MORE_P.match(sentence, at):
                _claim(claimed, more.start(), more.end())
                yield replace(p, value=to_decimal(more["value"]), start=more.start("value"), end=more.end())
                at = more.end()


_SPREAD = re.compile(
    rf"\s?(?P<unitword>%|percent|percentage points?|points?|months?|weeks?|years?|mo\b|days?)?\s*[,;:]?\s*(?:and |with |with a |\()?\s*(?P<open>[\[(])?\s*"
    rf"(?:(?P<ci>{_LEVEL}{_CI_WORDS}|{_CI_WORDS.replace('?P<level>', '')})\s*[,:;=]?\s*(?:of |from |was |were |ranging from |range |is )?\s*"
    rf"|(?P<other>IQR|interquartile range|inter-quartile range|range|Q1-Q3|min-max)\s*[,:;=]?\s*)?"
    rf"(?P<inner>[\[(])?\s*(?P<low>{_SIGNED}){_JOIN}(?P<high>{_SIGNED}|infinity|∞|N[RAE]\b|not (?:reached|estimable))\s?(?P<pct>%)?(?![\d.]*\d)\s*(?P<close>[\])])?"
)


def _spread(sentence: str, at: int, value: Decimal, *, labelled: bool) -> Spread | None:
    """Limits that stand right behind a number; None where what follows are not limits of it.

    Without the words for it, limits need brackets or decimals, must be in order and must hold the number; with the words
    they are taken as printed, also where they cannot be true, because a check must see that.
    """
    match = _SPREAD.match(sentence, at)
    if not match:
        return None
    named = match["ci"] is not None
    bracket = match["open"] or match["inner"] or sentence[at : match.start("low")].find("(") >= 0
    if match["high"][0] not in "0123456789.+-":
        return None
    low, high = to_decimal(match["low"]), to_decimal(match["high"])
    if not named and not match["other"]:
        join = sentence[match.end("low") : match.start("high")]
        decimals = "." in match["low"] and "." in match["high"]
        if not (bracket or (labelled and decimals and sentence[at : match.start("low")].strip() in (",", ";"))):
            return None
        if "and" in join or ("," in join and not (bracket and labelled)) or "/" in join:
            return None
        scale = Decimal(100) if high <= 1 < value else Decimal(1)
        if not low * scale <= value <= high * scale:
            return None
    if named and "and" in sentence[match.end("low") : match.start("high")] and not bracket and not labelled:
        return None
    if high <= 1 < value and match["unitword"] in ("%", "percent"):  # a percentage with its limits as fractions
        low, high = low * 100, high * 100
        low, high = low.normalize() + 0, high.normalize() + 0
    end = match.end("close") if match["close"] and bracket else match.end("pct") if match["pct"] else match.end("high")
    kind = "ci" if named else "iqr" if (match["other"] or "").lower().startswith(("iqr", "inter", "q1")) else None
    kind = kind or ("range" if match["other"] else "unsaid")
    level = Decimal(match["level"]) if named and match["level"] else None
    return Spread(low=low, high=high, kind=kind, level=level, start=match.start("low"), end=end)


def _estimates(sentence: str, claimed: bytearray, inherited: Measure | None) -> Iterator[Quantity]:
    """Labelled estimates, then the unlabelled ones that continue them."""
    if is_design_assumption(sentence):
        inherited = None
    labels = [match for match in _LABEL.finditer(sentence) if _free(claimed, match.start(), match.end())]
    previous: Quantity | None = None
    for index, match in enumerate(labels):
        measure = _MEASURES[int((match.lastgroup or "m0")[1:])][0]
        stop = len(sentence)
        for later in labels[index + 1 :]:
            # "hazard ratio [HR]" names the same thing twice
            if sentence[match.end() : later.start()].strip(" ([") or later.start() - match.end() > 4:
                stop = later.start()
                break
        found = _estimate_after(sentence, match.end(), min(stop, match.end() + 140), measure, claimed)
        if found is None:
            continue
        context = sentence[max(0, match.start() - 60) : match.end()]
        adjustment = _adjustment(context)
        previous = replace(found, start=min(found.start, match.start()), label=match.group(), adjustment=adjustment)
        if not is_design_assumption(sentence):
            yield previous
        _claim(claimed, match.start(), match.end())
        _claim(claimed, found.at, found.end)
        if match.group().lower().endswith("s") or stop == len(sentence):
            for more in _continued(sentence, found.end, stop, measure, claimed):
                _claim(claimed, more.at, more.end)
                if not is_design_assumption(sentence):
                    yield replace(more, label=match.group(), adjustment=adjustment)
    if not labels and inherited is not None:
        for more in _continued(sentence, 0, len(sentence), inherited, claimed):
            _claim(claimed, more.at, more.end)
            yield more


def _adjustment(context: str) -> Adjustment | None:
    if _UNADJUSTED.search(context):
        return Adjustment.UNADJUSTED
    return Adjustment.ADJUSTED if _ADJUSTED.search(context) else None


def _estimate_after(sentence: str, start: int, stop: int, measure: Measure, claimed: bytearray) -> Quantity | None:
    """First number after a label that can be its estimate."""
    at = start
    while match := re.compile(_SIGNED).search(sentence, at, stop):
        at = match.end()
        begin = match.start()
        if not _free(claimed, match.start(), match.end()):
            continue
        ci = _CI.match(sentence, begin)
        if ci:
            at = ci.end()
            continue
        text = match.group()
        if text[0] in "+-" and (begin > 0 and sentence[begin - 1] not in " (=:,;["):
            begin += 1
            text = text.lstrip("+- ")
        after = sentence[match.end() : match.end() + 16]
        if re.match(r"\s?-?(?:year|yr|month|mo\b|week|day)", after) or re.match(r"-\s?to\s?-?\d", after):
            continue
        if re.match(r"\s?/\s?\d|\s(?:patients|women|men|participants|deaths|events)\b", after):
            continue
        if _NAMES_BEFORE.search(sentence[:begin]) and not re.search(r"[=:]\s?$", sentence[:begin]):
            continue
        if _NAMES_AFTER.match(after) and measure not in (Measure.MD,):
            continue
        if re.search(r"\bn\s?=\s?$", sentence[:begin], re.IGNORECASE):
            continue
        percent = re.match(r"\s?(?:%|percent)", after)
        if percent and measure in (Measure.HR, Measure.SHR, Measure.RR, Measure.IRR):
            return None  # "RR 45%" is a response rate
        between = sentence[start:begin]
        if re.search(r"\b(?:19|20)\d\d$", text) or len(re.findall(r"[.;] ", between)) > (
            1 if measure is Measure.RD else 0
        ):
            return None
        value = to_decimal(text)
        spread = _spread(sentence, match.end(), value, labelled=True)
        if spread is not None and spread.kind == "unsaid":
            spread = replace(spread, kind="ci")
        if measure in (Measure.HR, Measure.SHR, Measure.OR, Measure.RR, Measure.IRR):
            if value <= 0 or (spread is None and value > 50):
                return None
            if spread is None and "." not in text and not re.search(r"(?:=|:|,|of|was|is)\s?$", sentence[:begin]):
                return None
        end = spread.end if spread else match.end() + (percent.end() if percent else 0)
        return Quantity(kind=Kind.ESTIMATE, start=start, end=end, at=begin, value=value, measure=measure, spread=spread)
    return None


_CONTINUED = re.compile(rf"(?<![\w.%-]){_SIGNED}(?!\s?%)(?=[\s,;(\[])")


def _continued(sentence: str, start: int, stop: int, measure: Measure, claimed: bytearray) -> Iterator[Quantity]:
    """Numbers with an interval that inherit the label before them ("... and 0.73, 0.52-0.98")."""
    at = start
    while match := _CONTINUED.search(sentence, at, stop):
        at = match.end()
        if not _free(claimed, match.start(), match.end()) or "." not in match.group():
            continue
        value = to_decimal(match.group())
        spread = _spread(sentence, match.end(), value, labelled=True)
        if (
            spread is None
            or spread.kind not in ("ci", "unsaid")
            or re.match(r"\s?(?:months?|years?|weeks?|%)", sentence[match.end() :])
        ):
            continue
        if not spread.low <= value <= spread.high or (
            value <= 0 and measure not in (Measure.RD, Measure.MD, Measure.SMD)
        ):
            continue
        at = spread.end
        yield Quantity(
            kind=Kind.ESTIMATE,
            start=match.start(),
            end=spread.end,
            at=match.start(),
            value=value,
            measure=measure,
            spread=replace(spread, kind="ci"),
        )


_OF = r"(?:\s?/\s?| of (?:the |all )?| out of (?:the )?| among (?:the )?)"
_PCT = r"\s?(?:%|percent\b|per cent\b)"
_INT = r"\d{1,3}(?:,\d{3})+|\d+"
_VALUE_FORMS = re.compile(
    # 25 of 38 (65.8%), 25/38 (65.8%), 25 of 38 patients (65.8%)
    rf"(?P<a_events>{_INT}){_OF}(?P<a_total>{_INT})(?P<a_noun>(?: [a-z-]+){{0,3}})\s?[(\[,]\s?(?P<a_pct>{_NUMBER}){_PCT}\s?(?P<a_close>[)\];,])"
    # 23 [10%] of 233, 18 (18%) of 99
    rf"|(?P<b_events>{_INT})\s?[(\[]\s?(?P<b_pct>{_NUMBER}){_PCT}\s?[)\]]\s?(?:patients |women |participants |cases )?of (?:the )?(?P<b_total>{_INT})"
    # 65.8% (25/38), 65.8% (25 of 38 patients; 95% CI ...)
    rf"|(?P<c_pct>{_NUMBER}){_PCT}\s?[(\[]\s?(?:n\s?=\s?)?(?P<c_events>{_INT}){_OF}(?P<c_total>{_INT})(?P<c_noun>(?: [a-z-]+){{0,2}})\s?(?P<c_close>[)\];,])"
    # 15 patients (39.5%), 13 (68.4%)
    rf"|(?P<d_events>{_INT})(?P<d_noun>(?: [a-z-]+){{0,3}})\s?[(\[]\s?(?P<d_pct>{_NUMBER}){_PCT}\s?(?P<d_close>[)\];,])"
    # (13 patients, 30.2%) and (n = 3, 15.8%)
    rf"|(?:[nN]\s?=\s?)?(?P<e_events>{_INT})(?: (?:patients?|pts|women|cases|relapses?|deaths?|events?))?\s?[,;]\s?(?P<e_pct>{_NUMBER}){_PCT}(?=\s?[)\]])"
    # 65.8% (n = 25)
    rf"|(?P<f_pct>{_NUMBER}){_PCT}\s?[(\[]\s?[nN]\s?=\s?(?P<f_events>{_INT})\s?[)\]]"
    # 25 of 38, 25/38
    rf"|(?P<g_events>{_INT}){_OF}(?P<g_total>{_INT})(?!\s?(?:%|/|\.\d))"
    # 85.0%
    rf"|(?P<h_pct>{_NUMBER}){_PCT}"
    # n = 43
    rf"|\b[nN]\s?=\s?(?P<n>{_INT})"
    # 23.4 (SD 3.2), 23.4 ± 3.2
    rf"|(?P<m_mean>{_SIGNED})\s?(?P<m_unit>%|[a-z]+)?\s?(?:±|\+/-|\+-|[(\[]\s?(?:SD|standard deviation|s\.d\.)\s?[,:=]?\s?)\s?(?P<m_sd>{_NUMBER})"
    # 9.3 months, 5.5 (3.8-14.0) months
    rf"|(?P<t_value>{_NUMBER})\s?(?:[(\[][^()\[\]]{{3,40}}[)\]]\s?)?{_UNITS}",
)


def _values(sentence: str, claimed: bytearray) -> Iterator[Quantity]:
    """Everything that is not an estimate or a p-value."""
    yield from _spelled_percentages(sentence, claimed)
    for match in _NOT_REACHED.finditer(sentence):
        if _free(claimed, match.start(), match.end()):
            _claim(claimed, match.start(), match.end())
            yield Quantity(kind=Kind.NOT_REACHED, start=match.start(), end=match.end(), at=match.start())
    for match in _CI.finditer(sentence):
        if _free(claimed, match.start(), match.end()) and not re.search(r"\d\s?$", sentence[: match.start()]):
            _claim(claimed, match.start(), match.end())
    at = 0
    ci_seen = "CI" in sentence or "confidence interval" in sentence
    while match := _VALUE_FORMS.search(sentence, at):
        form = next(name[0] for name, text in match.groupdict().items() if text is not None and name != "unit")
        group = match.groupdict()
        at = match.end()
        begin = match.start()
        if not _free(claimed, match.start(), match.end()) or not _measures_something(sentence, match, form):
            at = match.start() + 1 + len(re.match(r"[\d.,]*", sentence[match.start() + 1 :]).group())  # type: ignore[union-attr]
            continue
        quantity = _value_of(sentence, match, form, group, begin)
        if quantity is None:
            at = match.start() + 1 + len(re.match(r"[\d.,]*", sentence[match.start() + 1 :]).group())  # type: ignore[union-attr]
            continue
        if quantity.spread is not None and quantity.spread.kind == "unsaid":
            # limits in brackets without a word are confidence limits where the sentence speaks of them
            quantity = replace(quantity, spread=replace(quantity.spread, kind="ci" if ci_seen else "unsaid"))
        _claim(claimed, quantity.start, quantity.end)
        at = max(at, quantity.end)
        yield quantity
    yield from _inherited_units(sentence, claimed)
    yield from _counts(sentence, claimed)


def _measures_something(sentence: str, match: re.Match[str], form: str) -> bool:
    """Not part of a name, a date, a dose or a longer number."""
    before = sentence[: match.start()]
    if re.search(r"[\w.]$|\d[-/,]$|[A-Za-z]-$", before) and form != "n":
        return False
    if form in "gtm" and _NAMES_BEFORE.search(before):
        return False
    return not (form == "g" and _NAMES_AFTER.match(sentence[match.end() :]))


def _integer(text: str | None) -> int | None:
    return int(text.replace(",", "")) if text else None


def _value_of(
    sentence: str, match: re.Match[str], form: str, group: dict[str, str | None], begin: int
) -> Quantity | None:
    """The quantity behind one of the written forms."""
    if form in "abcdef":
        events, total = _integer(group[f"{form}_events"]), _integer(group.get(f"{form}_total"))
        value = to_decimal(group[f"{form}_pct"] or "")
        if events is None or value > 100:
            return None
        if total is not None and events > total:
            return None
        noun = group.get(f"{form}_noun") or ""
        if form == "d" and re.search(r"\b(?:vs?|versus|and|or|to|in|was|were|with|from|than|of|by)\b", noun):
            return None
        spread = None
        end = match.end()
        close = group.get(f"{form}_close")
        if form in "cda" and close in (";", ","):
            end = match.end() - 1
            spread = _spread(sentence, end, value, labelled=False) or None
            spread = _spread_percent(sentence, end, value) if spread is None else spread
        elif form in "bf" or close:
            spread = _spread_percent(sentence, end, value)
        end = max(end, spread.end) if spread else end
        return Quantity(
            kind=Kind.PERCENT, start=begin, end=end, at=begin, value=value, events=events, total=total, spread=spread
        )
    if form == "g":
        events, total = _integer(group["g_events"]), _integer(group["g_total"])
        if events is None or total is None or events > total or total < 2:
            return None
        if "/" in match.group() and (
            total in (7, 24) or re.search(r"[A-Za-z]\s?$", sentence[max(0, begin - 1) : begin])
        ):
            return None
        return Quantity(kind=Kind.FRACTION, start=begin, end=match.end(), at=begin, events=events, total=total)
    if form == "h":
        value = to_decimal(group["h_pct"] or "")
        if _BOUND_BEFORE.search(sentence[:begin]) or re.match(r"\s?(?:-|to)\s?\d[\d.]*\s?%", sentence[match.end() :]):
            return None  # a threshold or a range, no single result
        if re.match(r"\s?-?\s?(?:CI\b|confidence|power|IC\b|of (?:the )?(?:dose|planned))", sentence[match.end() :]):
            return None
        spread = _spread_percent(sentence, match.end(), value)
        end = spread.end if spread else match.end()
        return Quantity(kind=Kind.PERCENT, start=begin, end=end, at=begin, value=value, spread=spread)
    if form == "n":
        return Quantity(kind=Kind.SIZE, start=begin, end=match.end(), at=begin, total=_integer(group["n"]))
    if form == "m":
        return Quantity(
            kind=Kind.MEAN,
            start=begin,
            end=match.end(),
            at=begin,
            value=to_decimal(group["m_mean"] or ""),
            sd=to_decimal(group["m_sd"] or ""),
            unit=group["m_unit"],
        )
    value = to_decimal(group["t_value"] or "")
    spread = _spread(sentence, match.end("t_value"), value, labelled=False)
    if spread is None:
        spread = _spread(sentence, match.end(), value, labelled=False)
    end = max(match.end(), spread.end) if spread else match.end()
    return Quantity(
        kind=Kind.DURATION, start=begin, end=end, at=begin, value=value, unit=_unit(group["unit"] or ""), spread=spread
    )


#: "more than 10%", "from 15 to 47%", "18.2%-56.9%": the number behind is a bound.
_BOUND_BEFORE = re.compile(
    r"(?:\b(?:more|less|fewer|greater|lower|higher|rather) than|\bat (?:least|most)|[<>≤≥]|\bup to|\bexceed\w*|\bover|\bunder|\bnear(?:ly)?|\baround|\bapproximately|\babout|"
    r"\bfrom [\d.]+\s?%?\s?to|\bto|[\d.]+\s?%\s?-)\s?$"
)


def _unit(text: str) -> str:
    return {"m": "months", "w": "weeks", "y": "years", "d": "days"}[text[0].lower()]


def _spread_percent(sentence: str, at: int, value: Decimal) -> Spread | None:
    """Limits of a percentage; limits printed as fractions (0.36 to 0.68) become percentages, like the value."""
    spread = _spread(sentence, at, value, labelled=False)
    if spread is not None and spread.high <= 1 < value:
        low, high = (Decimal(format((limit * 100).normalize(), "f")) for limit in (spread.low, spread.high))
        return replace(spread, low=low, high=high)
    return spread


_PAIR = re.compile(
    rf"(?<![\w.\-/])(?P<first>{_NUMBER})\s?(?P<spread>[(\[][^()\[\]]{{0,40}}[)\]])?\s?(?P<join>vs?\.?|versus|and|or|to|,|compared (?:with|to)|against)\s?(?:only )?$"
)


def _inherited_units(sentence: str, claimed: bytearray) -> Iterator[Quantity]:
    """The first members of "11 vs. 16%" and "15.9 and 14.5 months", which print their unit once, at the end."""
    ends = list(re.finditer(rf"(?<![\w.])(?P<last>{_NUMBER})(?:{_PCT}|\s?{_UNITS})", sentence))
    for match in ends:
        if not claimed[match.start()]:
            continue
        at = match.start()
        while pair := _PAIR.search(sentence, 0, at):
            first = pair.start("first")
            if not _free(claimed, first, pair.end("first")) or _NAMES_BEFORE.search(sentence[:first]):
                break
            if re.search(r"\b(?:from|between|ranging)\s$", sentence[:first]):
                break
            if pair["join"] == "to" or (pair["join"] == "," and at == match.start() and "." not in pair["first"]):
                break
            value = to_decimal(pair["first"])
            percent = match["unit"] is None
            if percent and value > 100 or _YEAR.match(pair["first"]):
                break
            spread = _spread(sentence, pair.end("first"), value, labelled=False) if pair["spread"] else None
            end = pair.end("first") if spread is None else max(pair.end("first"), spread.end)
            _claim(claimed, first, end)
            yield Quantity(
                kind=Kind.PERCENT if percent else Kind.DURATION,
                start=first,
                end=end,
                at=first,
                value=value,
                unit=None if percent else _unit(match["unit"]),
                spread=spread,
            )
            at = first


def _counts(sentence: str, claimed: bytearray) -> Iterator[Quantity]:
    """Whole numbers of people or events, in digits or words."""
    for match in re.finditer(rf"(?<![\w.\-/±])(?:{_INT})(?![\w%]|\.\d|\s?%|-\d|/\d|,\d)", sentence):
        before, after = sentence[: match.start()], sentence[match.end() :]
        if not _free(claimed, match.start(), match.end()) or _NAMES_BEFORE.search(before) or _NAMES_AFTER.match(after):
            continue
        if _YEAR.match(match.group()) and not re.match(r"\s(?:patients|women|men|participants|subjects)", after):
            continue
        _claim(claimed, match.start(), match.end())
        value = _integer(match.group())
        yield Quantity(kind=Kind.COUNT, start=match.start(), end=match.end(), at=match.start(), events=value)
    for match in WORD_NUMBER.finditer(sentence):
        if not _free(claimed, match.start(), match.end()) or not _COUNTED.match(sentence[match.end() :]):
            continue
        value = spelled(match)
        _claim(claimed, match.start(), match.end())
        yield Quantity(kind=Kind.COUNT, start=match.start(), end=match.end(), at=match.start(), events=value)


def spelled(match: re.Match[str]) -> int:
    """The whole number a number word stands for."""
    if match["small"]:
        return _WORDS[match["small"].lower()]
    return _WORDS[match["tens"].lower()] + _WORDS.get((match["ones"] or "").lower(), 0)


_SPELLED_PERCENT = re.compile(
    rf"(?P<noun>(?: [a-z-]+){{0,2}})\s?[(\[]\s?(?P<pct>{_NUMBER}){_PCT}\s?[)\]](?:\s?(?:patients |women )?of (?:the )?(?P<total>{_INT}))?"
)


def _spelled_percentages(sentence: str, claimed: bytearray) -> Iterator[Quantity]:
    """ "Twenty-five (65.8%) of the 38", "seven [7%] of 102": the events stand in words."""
    for match in WORD_NUMBER.finditer(sentence):
        percent = _SPELLED_PERCENT.match(sentence, match.end())
        if not percent or not _free(claimed, match.start(), percent.end()):
            continue
        value = to_decimal(percent["pct"])
        spread = _spread_percent(sentence, percent.end(), value)
        end = max(percent.end(), spread.end if spread else 0)
        _claim(claimed, match.start(), end)
        yield Quantity(
            kind=Kind.PERCENT,
            start=match.start(),
            end=end,
            at=match.start(),
            value=value,
            events=spelled(match),
            total=_integer(percent["total"]),
            spread=spread,
        )


def _bind_p_values(sentence: str, found: list[Quantity], p_values: list[PValue]) -> tuple[list[Quantity], list[PValue]]:
    """Give each estimate the p that stands behind it, before the next estimate; the other p-values stay loose."""
    bound: list[Quantity] = []
    taken: set[int] = set()
    for index, quantity in enumerate(found):
        if quantity.kind is Kind.ESTIMATE:
            following = next((q.at for q in found[index + 1 :] if q.kind is Kind.ESTIMATE), len(sentence))
            for number, p in enumerate(p_values):
                gap = sentence[quantity.end : p.start]
                if number in taken or not quantity.end <= p.start < following or len(gap) > 70:
                    continue
                if any(quantity.end <= q.at < p.start for q in found if q is not quantity):
                    break  # the p belongs to the numbers in between
                if p.test is None and not re.search(r"[.] |\d\s?%", gap):
                    taken.add(number)
                    quantity = replace(quantity, p=p)
                break
        bound.append(quantity)
    return bound, [p for number, p in enumerate(p_values) if number not in taken]
