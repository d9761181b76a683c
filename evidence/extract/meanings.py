"""What the words of a table say: which measure, which unit, which time, how many people.

Heads, labels, headings and captions are read by the same rules; what a fragment leaves over when all of that is taken
out is the name of an outcome, a factor or a subgroup (`rest`).
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from evidence.extract.times import to_months
from evidence.model.codes import Adjustment, Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one fragment says; None or empty where it is silent."""

    text: str
    rest: str  # what is left: the name of something
    name: str  # the same with the time point in it
    unit: str | None = None  # see _UNITS
    spread: str | None = None  # what stands in the brackets: ci, range, iqr
    measure: Measure | None = None
    either: tuple[Measure, ...] = ()  # the measures of a head that names several ("hazard ratio or risk difference")
    limits: bool = False  # confidence limits, with or without the estimate
    p: bool = False
    silent: bool = False  # test statistics, coefficients, p for interaction or trend: no result of a comparison
    adjustment: Adjustment | None = None
    months: Decimal | None = None
    baseline: bool = False
    size: int | None = None
    time_unit: str | None = None


# ------------------------------------------------------------------------------------------------------------ fragments

SIZES = re.compile(r"[\[(]?\s*\b[Nn]\s?=\s?(?P<n>\d[\d, ]*\d|\d)\s*(?:[,;]?\s?\d+(?:\.\d+)?\s?%)?\s*[\])]?")
_COMPARISONS: tuple[tuple[Measure, str], ...] = (
    (Measure.SHR, r"(?i:\bsub-?distribution(?:al)? hazards? ratios?)|\b(?:[aA]?s[dD]?HRs?|SHRs?)\b"),
    (Measure.HR, r"(?i:\bhazards?[ -](?:rates? )?ratios?)|\b(?:[aAcC]|[aA]dj\.? ?)?HRs?\b"),
    (Measure.IRR, r"(?i:\b(?:incidence |event )?rate ratios?)|\b[aA]?IRRs?\b"),
    (Measure.OR, r"(?i:\bodds[ -]?ratios?)|\b(?:[aAcC]|[aA]dj\.? ?)?ORs?\b(?! rates?| \(?(?:%|n\b))"),
    (Measure.RR, r"(?i:\brelative risks?|\brisk ratios?)|\b[aA]?RRs?\b(?!\s?,?\s?(?:n\b|%|\(%))"),
    (Measure.SMD, r"(?i:\bstandardi[sz]ed mean differences?|\bHedges'? g\b|\bCohen'?s d\b)|\bSMDs?\b"),
    (
        Measure.RD,
        r"(?i:\b(?:absolute )?risk (?:differences?|reductions?)|\babsolute differences?"
        r"|\bdifferences? in (?:proportions?|percent\w*|rates?))",
    ),
    (
        Measure.MD,
        r"(?i:\b(?:weighted |adjusted |adj\.? |unadjusted |least[ -]squares? |LS ?|LMS )*(?:mean ?|treatment "
        r"|group |between[ -]groups? |estimated )?differences?"
        r"(?! ?from (?:baseline|pre))|\bdifferences? (?:in|of) (?:adjusted |LS )?means?)|\b(?:W?MDs?)\b",
    ),
)
COMPARISON = re.compile("|".join(f"(?P<m{i}>{words})" for i, (_, words) in enumerate(_COMPARISONS)))
_LIMITS = re.compile(
    r"\(?\b\d{2}(?:\.\d)?\s?%\s?-?\s?(?:confidence (?:intervals?|limits?)|C\.?I\.?s?\b"
    r"|confidence\b)(?: of [a-z ]+)?\)?|\bconfidence (?:intervals?|limits?)|\bCIs?\b"
    r"|\b(?:[Ll]ower|[Uu]pper)(?: (?:limit|bound|95%|CI)\w*)*\b"
)
_P = re.compile(
    r"^\s*\$?[Pp]\$?[\s-]?(?:values?)?(?![A-Za-z])|\b[Pp][\s-]?values?\b|\bsignificance\b|^[Pp]\s?\("
    r"|\blog-?\s?rank\b|^sig\.?$"
)
_SILENT = re.compile(
    r"\binteraction\b|\btrend\b|\bheterogeneity\b|χ\s?2?\b|\bchi-?\s?squared?\b|\bX2\b|^[tFzZ]$"
    r"|\b[tFzZ][ -](?:values?|test|statistics?|score)\b|\bdf\b|\bd\.f\.|\bWald\b(?! (?:\d\d ?% ?)?C)"
    r"|\bcoefficients?\b|^(?:B|β|beta)\b|\bs\.?e\.?\(?β|\beffect sizes?\b|^ES$|\bscore range\b"
    r"|\bnon-?inferiority\b|\bnumber needed\b|^NNT\b|\bE-?values?\b|\bR2\b|\bpower\b|^I2\b"
    r"|\bweight\b(?=\s*\(?%)",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"\bwithin[ -]groups?\b|\bvs\.? baseline|\bfrom baseline\b|\bpre[ -]?(?:vs|to|-)[ -]?post", re.IGNORECASE
)
_UNADJUSTED = re.compile(
    r"\bunadjusted\b|\bcrude\b|\bunivaria(?:te|ble)\b|\bnon-adjusted\b|\bbivaria(?:te|ble)\b", re.IGNORECASE
)
_ADJUSTED = re.compile(
    r"\badjusted\b|\badj\.?(?=\s|$)|\bmulti-?varia(?:te|ble)\b|\b[aA](?:HR|OR|RR|IRR|sHR)\b|\bpropensity\b"
    r"|\badjustment\b|\bweighted\b|\bstratified\b",
    re.IGNORECASE,
)

_STANDARD = r"(?:\(|±|\+/-|\+-|,|and|\[|;|or|\s)*\s?"
_NUMBERS = r"(?:n|[Nn]os?\.?|[Nn]umbers?|[Nn]umber \(|[Ff]requenc(?:y|ies)|counts?|events?|patients?)"
#: Units in the order of trying. The value of a cell is read by its unit; without one only its own form speaks.
_UNITS: tuple[tuple[str, str], ...] = (
    (
        "rate",
        r"(?:per|/)\s?(?:1,?0+|100)\b.{0,14}(?:person|patient|women|year|yr|p-?y|day)|%\s?(?:/|per)\s?(?:year|yr"
        r"|y\b|person)|person-?\s?(?:years?|y\b|time)|\bincidence rates?\b(?!\s?ratio)|\brate per\b|\bpatient-years?",
    ),
    (
        "mean_sd",
        rf"\bmeans?\b[^;()]{{0,30}}{_STANDARD}\(?(?:SDs?\b|s\.d\.|standard deviations?)|\((?:SD|s\.d\.)\)"
        rf"|± ?(?:SD|s\.d\.|standard dev)|\bx\s?± ?s\b",
    ),
    (
        "mean_se",
        rf"\bmeans?\b[^;()]{{0,30}}{_STANDARD}\(?(?:SEM?\b|s\.e\.m?\.?|standard errors?)|\((?:SEM?)\)"
        rf"|± ?(?:SEM?\b|s\.e\.|standard err)",
    ),
    ("median", r"\bmedians?\b|\bMed\b|\bm(?:OS|PFS|DFS|RFS|EFS)\b"),
    ("mean", r"\bmeans?\b|^[χx]̄?$|\baverage\b(?! NN)"),
    ("sd", r"^\(?(?:±\s?)?SDs?\)?$|^\(?s\.d\.\)?$|^standard deviations?$"),
    ("se", r"^\(?(?:±\s?)?SEM?s?\)?$|^\(?s\.e\.m?\.?\)?$|^standard errors?(?: of (?:the )?mean)?$"),
    (
        "fraction",
        r"\bn\s?/\s?N\b|\b[Nn]o\.? ?(?:of )?[a-z]+ ?/ ?(?:[Nn]o\.?|total)|\bevents?\s?/\s?(?:patients?|total|n|N"
        r"|[Nn]o\.)|\bwith outcomes?\s?/\s?total|\bsuccesses ?/|\b[Nn]umbers? ?/ ?total",
    ),
    ("percent_count", r"%\s?[\[(]\s?(?:n|[Nn]o\.?|[Nn]umber)\s?[\])]|\bpercent\w*\s\((?:n|[Nn]o\.?|numbers?)\)"),
    ("count_percent", rf"\b{_NUMBERS}[^;()%]{{0,30}}[\[(,;]?\s*\(?\s?(?:%|percent\w*|per cent)"),
    ("percent", r"%|\bpercent\w*|\bper cent\b"),
    (
        "count",
        r"^\(?[nN]\)?$|\bn$|\b[Nn]os?\.(?= |$)|\b[Nn]o of\b|^[Nn]o$|\b[Nn]umbers?\b(?: of)?|^[Ee]vents?$"
        r"|^[Dd]eaths?,? ?n?$",
    ),
)
_UNIT = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _UNITS)
_SPREADS = (
    ("ci", _LIMITS),
    ("iqr", re.compile(r"\bIQR\b|inter-?quartile|\bQ1\b|quartiles?\b|25(?:th)?\s?-\s?75", re.IGNORECASE)),
    ("range", re.compile(r"\branges?\b|\bmin\b|\bminimum\b", re.IGNORECASE)),
)

_WORD_NUMBERS = {
    word: str(n) for n, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
}
_TIME_UNIT = r"(?P<{0}>years?|yrs?|y|months?|mos?|mths?|weeks?|wks?|days?|d)"
_TIMES = re.compile(
    rf"\b(?P<n1>\d+(?:\.\d+)?|{'|'.join(_WORD_NUMBERS)})[\s-]?(?:{_TIME_UNIT.format('u1')})\b\.?(?! of age| old"
    rf"|,? \()(?:[ -](?:after|post|follow|visit|from|of|since|later)[\w-]*(?: [a-z-]+){{0,3}})?"
    rf"|\b(?:{_TIME_UNIT.format('u2')})\s?(?P<n2>\d+(?:\.\d+)?)\b",
    re.IGNORECASE,
)
#: "3 months after the end of treatment" is no time from its start.
_SINCE_THE_END = re.compile(
    r"\.? (?:after|from|post|following|since) (?:the )?(?:end|completion|cessation|discontinuation|stopping)\b",
    re.IGNORECASE,
)
_AGE = re.compile(r"\bage[ds]?\b|\bolder\b|\byounger\b", re.IGNORECASE)
_BASELINE = re.compile(
    r"\bbase-?line\b|\bpre-?(?:treatment|test|intervention|therapy|op\w*|dose)?\b(?=$|[\s),;:])|^T0$"
    r"|\bat (?:entry|admission|randomi[sz]ation|enrol\w+|inclusion)\b|^before\b|\bbefore (?:treatment"
    r"|intervention|therapy)\b|^(?:day|week|month) 0$",
    re.IGNORECASE,
)
_CHANGE = re.compile(r"\bchanges?\b|\bfrom baseline\b|\breduction\b|\bimprovement\b|\bdifferences?\b", re.IGNORECASE)
_DURATION_UNIT = re.compile(
    r"[(,]\s?(?:in )?(years?|yrs?|y|months?|mos?|weeks?|wks?|days?|d)\b\.?\s?(?:\)|$)|\bin (years|months|weeks|days)\b"
    r"|\((?:[^()]*\s)?(days|months|weeks|years)\)|,\s?(months|days|weeks|years)\b|\s-\s(years|yr|y|months|mo"
    r"|weeks|wk|days)\.?$",
    re.IGNORECASE,
)
#: Words that name no outcome by themselves.
_EMPTY = re.compile(
    r"\b(?:no|nos|number|numbers|n|of|the|patients?|participants?|subjects?|cases?|events?|values?|value"
    r"|estimated?|estimates?|overall|all|total|mean|median|med|rate|rates|"
    r"percent\w*|per cent|incidence|with|in|at|by|and|or|to|for|from|vs|versus|between|groups?|analysis|model"
    r"|data|are|is|as|unless|stated|otherwise|results?|"
    r"adjusted|unadjusted|crude|univaria\w+|multivaria\w+|adj|follow-?up|visit|after|post|range|outcomes?"
    r"|events?|measures?|variables?|parameters?|characteristics?|items?|days?|weeks?|months?|years?|hours?)\b\.?",
    re.IGNORECASE,
)


def hear(text: str) -> Said:
    """What a head, label, heading or caption says about the numbers it stands for."""
    rest = text
    size_match = SIZES.search(text)
    size = int(re.sub(r"\D", "", size_match["n"])) if size_match else None
    rest = SIZES.sub(" ", rest)
    measure, comparison = None, COMPARISON.search(rest)
    if comparison:
        measure = _COMPARISONS[int((comparison.lastgroup or "m0")[1:])][0]
    either = tuple(
        dict.fromkeys(_COMPARISONS[int((found.lastgroup or "m0")[1:])][0] for found in COMPARISON.finditer(rest))
    )
    spread = next((name for name, pattern in _SPREADS if pattern.search(rest)), None)
    limits = spread == "ci"
    rest = COMPARISON.sub(" ", rest) if measure else rest
    rest = _LIMITS.sub(" ", rest)
    timed = rest
    months, rest = _time(rest)
    unit = next((name for name, pattern in _UNIT if pattern.search(rest)), None)
    duration = _DURATION_UNIT.search(rest)
    adjustment = (
        Adjustment.UNADJUSTED if _UNADJUSTED.search(text) else Adjustment.ADJUSTED if _ADJUSTED.search(text) else None
    )
    return Said(
        text=text,
        rest=_bare(rest),
        name=_bare(timed),
        unit=unit,
        spread=spread,
        measure=measure,
        either=either if len(either) > 1 else (),
        limits=limits,
        p=bool(_P.search(text)),
        silent=bool(_SILENT.search(text)),
        adjustment=adjustment,
        months=months,
        baseline=bool(_BASELINE.search(text)) and not _CHANGE.search(text),
        size=size,
        time_unit=next(group for group in duration.groups() if group).lower() if duration else None,
    )


def is_only_baseline(text: str) -> bool:
    """Whether a fragment is nothing but the word for the start."""
    match = _BASELINE.search(text)
    return match is not None and says_nothing(text[: match.start()] + " " + text[match.end() :])


def compares_within(text: str) -> bool:
    """Whether a p-value compares one group with itself earlier."""
    return bool(_WITHIN.search(text))


def _time(text: str) -> tuple[Decimal | None, str]:
    """The last single time point named, in months, and the text without it; ages and ranges are none."""
    if _AGE.search(text):
        return None, text
    found = None
    for match in _TIMES.finditer(text):
        before = text[: match.start()]
        if re.search(r"[<>≤≥=]\s?$|\d\s?-\s?$|\bper\s$|\bevery\s$|\bfirst\s$", before):
            continue
        if _SINCE_THE_END.match(text, match.end("u1") if match["n1"] else match.end()):
            continue
        number, unit = match["n1"] or match["n2"], match["u1"] or match["u2"]
        if unit in ("d", "y", "D", "Y") and not match["n1"]:
            continue
        found = (match, to_months(Decimal(_WORD_NUMBERS.get(number.lower(), number)), unit))
    if found is None:
        return None, text
    match, months = found
    return months, text[: match.start()] + " " + text[match.end() :]


def _bare(text: str) -> str:
    """The naming words: units, brackets of units and signs taken out."""
    text = re.sub(
        r"\(\s*(?:SD|SE|SEM|n|%|N|IQR|range|s\.d\.|s\.e\.|n\s?,\s?%|mean|median|No\.?|,|;|±|\s|/)*\)|\[\s*(?:n|%"
        r"|\(|\)|,|\s|mean ± SD)*\]",
        " ",
        text,
    )
    text = re.sub(r"±\s?\w*|%|,\s?(?:n|No\.?)\b|\b[nN]\s?\(\s*\)|^\s*[-•]\s|[*†‡§¶#]+", " ", text)
    text = re.sub(r"\(\s*\)|\[\s*\]", " ", text)
    text = re.sub(r"\s-\s(?:no|n|mo|yr?|wk)\.?\s*$", " ", text)
    return re.sub(r"\s+", " ", text).strip(" ,;:.-/")


def says_nothing(rest: str) -> bool:
    """Whether only empty words are left ("No. of events", "median")."""
    return not re.search(r"[A-Za-zα-ωΑ-Ω]{2}", _EMPTY.sub(" ", rest)) and not re.search(
        r"[A-Z0-9]", _EMPTY.sub(" ", rest)
    )
