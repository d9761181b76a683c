"""The limits behind a number: confidence intervals, ranges, interquartile ranges, and limits that nobody names."""

import re
from dataclasses import replace
from decimal import Decimal

from evidence.extract.digits import SIGNED, UNIT, to_decimal
from evidence.extract.quantity import Spread

_LEVEL = r"\d{2}(?:\.\d+)?"
_LEVEL_SIGN = r"\s?(?:%|percent|per cent)?[\s-]*(?:(?:one|two)[\s-]sided )?"
_CI_WORDS = (
    r"(?:(?:two-sided |one-sided |exact |adjusted |bootstrap )*"
    r"(?:confidence|credible|credibility) (?:intervals?|limits?)"
    r"|CIs?\b|C\.I\.|CrIs?\b|IC\b)"
    r"(?:\s*[\[(](?:\d{2}\s?%\s?)?CIs?[\])])?"  # "confidence interval [CI]"
)

#: "95% CI", "95 percent confidence interval", "CI": the words before limits, without the limits.
CI = re.compile(rf"(?:\b{_LEVEL}{_LEVEL_SIGN})?{_CI_WORDS}")

_UNIT = rf"%|percent|percentage points?|points?|months?|weeks?|years?|mo\b|days?|{UNIT}"
_LIMITS = re.compile(
    # what may stand between the number and its limits: its unit, a mark, a word, a bracket
    rf"\s?(?P<unit>{_UNIT})?(?: by Cox regression)?\s*[,;:]?\s*(?:and |with |with a |\()?\s*(?P<open>[\[(])?\s*"
    # the words that say what the limits are
    rf"(?:(?P<ci>(?:(?:one|two)-sided )?(?:(?P<level>{_LEVEL}){_LEVEL_SIGN})?{_CI_WORDS})\s*[,:;=]?\s*"
    r"(?:of |from |was |were |ranging from |range |is )?\s*"
    r"|(?P<other>IQR|interquartile range|inter-quartile range|range|Q1-Q3|min-max)\s*[,:;=]?\s*)?"
    # the limits, joined by a dash, "to", a comma ...
    rf"(?P<inner>[\[(])?\s*(?P<low>{SIGNED})(?P<join>\s?%?\s*(?:-|to|,|;|and|/)\s*)"
    rf"(?P<high>{SIGNED}|infinity|∞|N[RAE]\b|not (?:reached|estimable))\s?"
    r"(?P<percent>%)?(?![\d.]*\d)\s*(?P<close>[\])])?"
)

_OPEN = r"(?:infinity|∞|N[RAE]\b|not (?:yet )?(?:reached|estimable|evaluable|calculable))"
#: Limits of which one or both are no number: "95% CI, 14.0 to NR", "(14.0-not reached)", "95% CI, NE, NE".
OPEN_LIMITS = re.compile(
    rf"(?:{CI.pattern}\s*[,:;=]?\s*(?:of |from )?[(\[]?\s*(?:{SIGNED}|{_OPEN})\s*(?:-|to|,|;|and)\s*"
    rf"|[(\[]\s*(?:{SIGNED}|{_OPEN})\s*(?:-|to)\s*){_OPEN}"
    rf"|(?:{CI.pattern}\s*[,:;=]?\s*(?:of |from )?)[(\[]?\s*{_OPEN}\s*(?:-|to|,|;|and)\s*{SIGNED}"
)
_NUMBER_BEGIN = re.compile(r"[\d.+-]")


def limits(sentence: str, at: int, value: Decimal, *, labelled: bool) -> Spread | None:
    """Limits that stand right behind a number; None where what follows are not limits of it.

    Without the words for it, limits need brackets or decimals, must be in order and must hold the number; with the
    words they are taken as printed, also where they cannot be true, because a check must see that. `labelled` says that
    the number is an estimate whose measure is named, so that its limits may follow a mere comma.
    """
    match = _LIMITS.match(sentence, at)
    if not match or not _NUMBER_BEGIN.match(match["high"]):
        return None
    between = sentence[at : match.start("low")]
    bracket = bool(match["open"] or match["inner"]) or "(" in between
    low, high = to_decimal(match["low"]), to_decimal(match["high"])
    if match["ci"]:
        if "and" in match["join"] and not bracket and not labelled:
            return None
    elif not match["other"]:
        decimals = "." in match["low"] and "." in match["high"]
        if not (bracket or (labelled and decimals and between.strip() in (",", ";"))):
            return None
        if re.search(r"and|/", match["join"]) or ("," in match["join"] and not (bracket and labelled)):
            return None
        scale = Decimal(100) if high <= 1 < value else Decimal(1)
        if not low * scale <= value <= high * scale:
            return None
    found = Spread(
        low=low,
        high=high,
        kind="ci" if match["ci"] else _kind(match["other"]),
        level=Decimal(match["level"]) if match["level"] else None,
        start=match.start("low"),
        end=match.end("close") if match["close"] and bracket else match.end("percent" if match["percent"] else "high"),
    )
    return _as_percentages(found, value) if match["unit"] in ("%", "percent") else found


def named_intervals(sentence: str) -> list[tuple[int, int]]:
    """Where limits stand behind the words for an interval ("95% CI: 0.77-1.26"), words included."""
    found = []
    for words in CI.finditer(sentence):
        match = _LIMITS.match(sentence, words.start())
        if not match or not match["ci"] or not _NUMBER_BEGIN.match(match["high"]):
            continue
        if to_decimal(match["low"]) <= to_decimal(match["high"]):
            found.append((words.start(), match.end("high")))
    return found


def _kind(words: str | None) -> str:
    if words is None:
        return "unsaid"
    return "iqr" if words.lower().startswith(("iqr", "inter", "q1")) else "range"


def percentage_limits(sentence: str, at: int, value: Decimal) -> Spread | None:
    """Limits of a percentage; limits printed as fractions (0.36 to 0.68) become percentages, like the value."""
    found = limits(sentence, at, value, labelled=False)
    return _as_percentages(found, value) if found is not None else None


def _as_percentages(spread: Spread, value: Decimal) -> Spread:
    if spread.high > 1 or value <= 1:
        return spread
    low, high = (Decimal(format((limit * 100).normalize(), "f")) for limit in (spread.low, spread.high))
    return replace(spread, low=low, high=high)
