"""Numbers of one group: percentages, fractions, durations, means, group sizes, counts, and medians "not reached"."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from evidence.extract.digits import NUMBER, PERCENT, SIGNED, UNIT, WHOLE, WORD_NUMBER, spelled, to_decimal, to_whole
from evidence.extract.limits import CI, OPEN_LIMITS, limits, percentage_limits
from evidence.extract.names import YEAR, named_after, named_before
from evidence.extract.plain_numbers import plain_numbers, signed_percentages
from evidence.extract.quantity import Claims, Kind, Quantity, Spread

_UNIT = r"(?P<unit>months?|mos?\b\.?|weeks?|wks?\b|years?|yrs?\b\.?|days?)\b"
_OF = r"(?:\s?/\s?| of (?:the |all )?| out of (?:the )?| among (?:the )?)"
_BRACKETED_PERCENT = rf"\s?[(\[]\s?(?P<percent>{NUMBER}){PERCENT}\s?"

#: The written forms, the fullest first; one regular expression per form, with the same group names in each.
_FORMS: dict[str, str] = {
    # 25 of 38 (65.8%), 25/38 (65.8%), 25 of 38 patients (65.8%)
    "fraction_percent": (
        rf"(?P<events>{WHOLE}){_OF}(?P<total>{WHOLE})(?: [a-z-]+){{0,3}}"
        rf"\s?[(\[,]\s?(?P<percent>{NUMBER}){PERCENT}\s?(?P<close>[)\];,])"
    ),
    # 23 [10%] of 233, 18 (18%) of 99
    "count_percent_total": (
        rf"(?P<events>{WHOLE}){_BRACKETED_PERCENT}[)\]]"
        rf"\s?(?:patients |women |participants |cases )?of (?:the )?(?P<total>{WHOLE})"
    ),
    # 65.8% (25/38), 65.8% (25 of 38 patients; 95% CI ...)
    "percent_fraction": (
        rf"(?P<percent>{NUMBER}){PERCENT}\s?[(\[]\s?(?:n\s?=\s?)?(?P<events>{WHOLE}){_OF}(?P<total>{WHOLE})"
        r"(?: [a-z-]+){0,2}\s?(?P<close>[)\];,])"
    ),
    # 15 patients (39.5%), 13 (68.4%)
    "count_percent": rf"(?P<events>{WHOLE})(?! (?:m[gL]|mcg|k?g|ml)\b)"
    rf"(?P<noun>(?: [a-z-]+){{0,3}}){_BRACKETED_PERCENT}(?P<close>[)\];,])",
    # (13 patients, 30.2%), (n = 3, 15.8%)
    "counted_percent": (
        rf"(?:[nN]\s?=\s?)?(?P<events>{WHOLE})(?: (?:patients?|pts|women|cases|relapses?|deaths?|events?))?"
        rf"\s?[,;]\s?(?P<percent>{NUMBER}){PERCENT}(?=\s?[)\]])"
    ),
    # 65.8% (n = 25)
    "percent_size": rf"(?P<percent>{NUMBER}){PERCENT}\s?[(\[]\s?[nN]\s?=\s?(?P<events>{WHOLE})\s?[)\]]",
    # 25 of 38, 25/38
    "fraction": rf"(?P<events>{WHOLE}){_OF}(?P<total>{WHOLE})(?!\s?(?:%|/|\.\d))",
    # 23.4 (SD 3.2), 23.4 ± 3.2, 72.3 ± 7.5%
    "mean": (
        rf"(?P<value>{SIGNED})\s?(?P<unit>%|[a-z]+)?\s?"
        rf"(?:(?:±|\+/-|-/\+|\+-)\s?(?P<sd>{NUMBER})(?:\)?(?P<behind>{PERCENT})|\s?{UNIT})?"
        rf"|[(\[]\s?(?:SD|standard deviation|s\.d\.)\s?[,:=]?\s?(?P<bracketed>{NUMBER})(?:\s?[)\]])?)"
    ),
    # 85.0%
    "percent": rf"(?P<percent>{NUMBER}){PERCENT}",
    # n = 43
    "size": rf"\b[nN]\s?=\s?(?P<total>{WHOLE})",
    # 9.3 months, 5.5 (3.8-14.0) months, 2.3 (95% CI = 1.6 to 3.2 years)
    "duration": (
        rf"(?P<value>{NUMBER})(?:\s?(?:[(\[][^()\[\]]{{3,40}}[)\]]\s?)?{_UNIT}"
        rf"|(?=\s?[(\[](?:range|IQR|95\s?% CI)[\s,:=]+{NUMBER}\s?(?:-|to)\s?{NUMBER}\s?"
        rf"{_UNIT.replace('unit', 'inner')}))"
    ),
}
_FORM = {name: re.compile(form) for name, form in _FORMS.items()}
_ANY_FORM = re.compile(
    # every form begins with a figure, a minus sign or a word, which is soon told
    r"(?=[-\d]|\b[A-Za-z])(?:"
    + "|".join(f"(?P<{name}>{re.sub(r'[?]P<[a-z]+>', '?:', form)})" for name, form in _FORMS.items())
    + ")"
)


def values(sentence: str, claims: Claims) -> Iterator[Quantity]:
    """Everything that is neither an estimate nor a p-value, each character read once."""
    words = list(WORD_NUMBER.finditer(sentence))
    yield from _spelled_percentages(sentence, words, claims)
    yield from _spelled_fractions(sentence, words, claims)
    for match in OPEN_LIMITS.finditer(sentence):  # a limit that was not reached is no median that was not
        if claims.free(match.start(), match.end()):
            claims.claim(match.start(), match.end())
    yield from _not_reached(sentence, claims)
    for match in CI.finditer(sentence):  # the 95 of "95% CI" is no result
        before = sentence[max(0, match.start() - 2) : match.start()]
        if claims.free(match.start(), match.end()) and not _DIGIT_BEFORE.search(before):
            claims.claim(match.start(), match.end())
    yield from signed_percentages(sentence, claims)
    yield from _announced_deviations(sentence, claims)
    yield from _written_forms(sentence, claims)
    yield from _inherited_units(sentence, claims)
    yield from plain_numbers(sentence, claims)
    yield from _counts(sentence, words, claims)


_MEAN_AND_DEVIATION = re.compile(
    r"\bmeans?,? ?(?:\((?:±\s?)?|±\s?)(?:SD|s\.d\.|standard deviations?)\)?", re.IGNORECASE
)
_WITH_DEVIATION = re.compile(rf"(?<![\w.,/-])(?P<value>{SIGNED})(?:\s[a-zA-Z/]+\d?)?\s?\((?P<sd>{NUMBER})\)")


def _announced_deviations(sentence: str, claims: Claims) -> Iterator[Quantity]:
    """Means with deviations in brackets, behind words that say so: "mean (SD) age was 61.2 (9.8) years"."""
    announced = _MEAN_AND_DEVIATION.search(sentence)
    if announced is None:
        return
    claims.claim(*announced.span())
    for match in _WITH_DEVIATION.finditer(sentence, announced.end()):
        if claims.free(match.start(), match.end()):
            claims.claim(match.start(), match.end())
            yield replace(_here(Kind.MEAN, match), value=to_decimal(match["value"]), sd=to_decimal(match["sd"]))


_DIGIT_BEFORE = re.compile(r"\d\s?$")
_NOT_REACHED = re.compile(
    r"(?:was|were|has|had|have|is)?\s?(?:also )?(?:not|never) (?:yet |been |yet been )?"
    r"(?:reached|attained|estimable|evaluable)"
    r"|\bunreached\b"
    r"|(?<![A-Za-z])N[RE](?![A-Za-z])(?=\s*[\[(;,.)\]]|\s(?:vs|v|versus|and|months|in)\b)"
)


def _not_reached(sentence: str, claims: Claims) -> Iterator[Quantity]:
    for match in _NOT_REACHED.finditer(sentence):
        if claims.free(match.start(), match.end()):
            claims.claim(match.start(), match.end())
            yield Quantity(kind=Kind.NOT_REACHED, start=match.start(), end=match.end(), at=match.start())


def _written_forms(sentence: str, claims: Claims) -> Iterator[Quantity]:
    """Numbers in one of the written forms, left to right; a form that is no result is left at its first number."""
    about_intervals = "CI" in sentence or "confidence interval" in sentence
    at = 0
    while any_form := _ANY_FORM.search(sentence, at):
        form = any_form.lastgroup or ""
        match = _FORM[form].match(sentence, any_form.start())
        quantity = None
        if match and claims.free(match.start(), match.end()) and _measures_something(sentence, match, form):
            quantity = _quantity(sentence, match, form)
        if quantity is None:
            at = any_form.start() + 1
            while at < len(sentence) and sentence[at] in "0123456789.,":
                at += 1
            continue
        if about_intervals and quantity.spread is not None and quantity.spread.kind == "unsaid":
            # limits in brackets without a word are confidence limits where the sentence speaks of them
            quantity = replace(quantity, spread=replace(quantity.spread, kind="ci"))
        claims.claim(quantity.start, quantity.end)
        at = max(any_form.end(), quantity.end)
        yield quantity


_PART_OF_NAME = re.compile(r"[\w.]$|\d[-/,]$|[A-Za-z]-$")


def _measures_something(sentence: str, match: re.Match[str], form: str) -> bool:
    """Not part of a name, a date, a dose or a longer number."""
    begin = match.start()
    if form != "size" and _PART_OF_NAME.search(sentence[max(0, begin - 2) : begin]):
        return False
    if form in ("fraction", "duration", "mean") and named_before(sentence, begin):
        return False
    return not (form == "fraction" and named_after(sentence, match.end()))


def _quantity(sentence: str, match: re.Match[str], form: str) -> Quantity | None:
    """The quantity behind one of the written forms; None where it is no result after all."""
    if form == "size":
        return replace(_here(Kind.SIZE, match), total=to_whole(match["total"]))
    if form == "mean":
        value, sd = to_decimal(match["value"]), to_decimal(match["sd"] or match["bracketed"])
        return replace(_here(Kind.MEAN, match), value=value, sd=sd, unit="%" if match["behind"] else match["unit"])
    if form == "duration":
        value = to_decimal(match["value"])
        spread = limits(sentence, match.end("value"), value, labelled=False)
        if spread is None:
            spread = limits(sentence, match.end(), value, labelled=False)
        return replace(_here(Kind.DURATION, match, spread), value=value, unit=_unit(match["unit"] or match["inner"]))
    if form == "fraction":
        return _fraction(match)
    return _percentage(sentence, match) if form == "percent" else _counted_percentage(sentence, match, form)


def _here(kind: Kind, match: re.Match[str], spread: Spread | None = None) -> Quantity:
    end = max(match.end(), spread.end) if spread else match.end()
    return Quantity(kind=kind, start=match.start(), end=end, at=match.start(), spread=spread)


def _unit(text: str) -> str:
    return {"m": "months", "w": "weeks", "y": "years", "d": "days"}[text[0].lower()]


#: "24/7" and "7 days of 7": what people say of a service, not of patients.
_NO_TOTALS = (7, 24)


def _fraction(match: re.Match[str]) -> Quantity | None:
    events, total = to_whole(match["events"]), to_whole(match["total"])
    if events > total or total < 2 or ("/" in match.group() and total in _NO_TOTALS):
        return None
    return replace(_here(Kind.FRACTION, match), events=events, total=total)


#: "more than 10%", "from 15 to 47%", "18.2%-56.9%": the number behind is a bound.
_BOUND_BEFORE = re.compile(
    r"(?:\b(?:more|less|fewer|greater|lower|higher|rather) than|\bat (?:least|most)|[<>≤≥]|\bup to|\bexceed\w*|\bover"
    r"|\bunder|\bnear(?:ly)?|\baround|\bapproximately|\babout|\bfrom [\d.]+\s?%?\s?to"
    r"|(?<!\bcompared )(?<!\brelative )\bto|[\d.]+\s?%\s?-|\bmargin (?:of|was))\s?$"
)
_NO_RESULT_AFTER = re.compile(
    r"\s?(?:-|to)\s?\d[\d.]*\s?%"  # the lower end of a range
    r"|\sor (?:more|higher|greater|less|fewer|above|over)\b"
    r"|\s?-?\s?(?:CI\b|confidence|power|IC\b|of (?:the )?(?:dose|planned))"
)


def _percentage(sentence: str, match: re.Match[str]) -> Quantity | None:
    """A bare percentage; thresholds, ranges, levels and power are none."""
    before = sentence[max(0, match.start() - 40) : match.start()]
    if _BOUND_BEFORE.search(before) or _NO_RESULT_AFTER.match(sentence, match.end()):
        return None
    value = to_decimal(match["percent"])
    return replace(_here(Kind.PERCENT, match, percentage_limits(sentence, match.end(), value)), value=value)


_NO_NOUN = re.compile(r"\b(?:vs?|versus|and|or|to|in|was|were|with|from|than|of|by)\b")


def _counted_percentage(sentence: str, match: re.Match[str], form: str) -> Quantity | None:
    """A percentage with the number of people behind it."""
    found = match.groupdict()
    value, events = to_decimal(match["percent"]), to_whole(match["events"])
    total = to_whole(found["total"]) if found.get("total") else None
    if value > 100:  # more events than patients stay as printed, because a check must see them
        return None
    if form == "count_percent" and _NO_NOUN.search(match["noun"]):
        return None
    end = match.end() - 1 if found.get("close") in (";", ",") else match.end()
    spread = percentage_limits(sentence, end, value) if form != "counted_percent" else None
    end = max(end, spread.end) if spread else end
    return replace(_here(Kind.PERCENT, match, spread), end=end, value=value, events=events, total=total)


_SPELLED_PERCENT = re.compile(
    rf"(?: of (?:the )?(?P<among>{WHOLE}))?(?: [a-z-]+){{0,2}}"
    rf"{_BRACKETED_PERCENT}[)\]](?:\s?(?:patients |women )?of (?:the )?(?P<total>{WHOLE}))?"
)
#: "Sixty percent of the patients".
_PERCENT_OF = re.compile(r"[\s-](?:percent|per cent)\b(?=\s(?:of|in|were|had)\b)")


def _spelled_percentages(sentence: str, words: Iterable[re.Match[str]], claims: Claims) -> Iterator[Quantity]:
    """Percentages in words, or with events in words: "Sixty percent of", "Twenty-five (65.8%) of the 38"."""
    for word in words:
        if (sign := _PERCENT_OF.match(sentence, word.end())) and claims.free(word.start(), sign.end()):
            claims.claim(word.start(), sign.end())
            value = Decimal(spelled(word))
            yield Quantity(kind=Kind.PERCENT, start=word.start(), end=sign.end(), at=word.start(), value=value)
            continue
        match = _SPELLED_PERCENT.match(sentence, word.end())
        if not match or not claims.free(word.start(), match.end()):
            continue
        value = to_decimal(match["percent"])
        spread = percentage_limits(sentence, match.end(), value)
        end = max(match.end(), spread.end) if spread else match.end()
        claims.claim(word.start(), end)
        yield Quantity(
            kind=Kind.PERCENT,
            start=word.start(),
            end=end,
            at=word.start(),
            value=value,
            events=spelled(word),
            total=to_whole(match["among"] or match["total"]) if match["among"] or match["total"] else None,
            spread=spread,
        )


_SPELLED_FRACTION = re.compile(rf" (?:out )?of (?:the )?(?P<total>{WHOLE})(?!\s?(?:%|/|\.\d))")


def _spelled_fractions(sentence: str, words: Iterable[re.Match[str]], claims: Claims) -> Iterator[Quantity]:
    """Fractions whose events stand in words: "three of 41"."""
    for word in words:
        match = _SPELLED_FRACTION.match(sentence, word.end())
        if not match or not claims.free(word.start(), match.end()) or spelled(word) > to_whole(match["total"]):
            continue
        claims.claim(word.start(), match.end())
        yield Quantity(
            kind=Kind.FRACTION,
            start=word.start(),
            end=match.end(),
            at=word.start(),
            events=spelled(word),
            total=to_whole(match["total"]),
        )


_WITH_UNIT = re.compile(rf"(?<![\w.]){NUMBER}(?:{PERCENT}|\s?{_UNIT})")
_FIRST_OF_PAIR = re.compile(
    rf"(?<![\w.\-/])(?P<first>{NUMBER})\s?(?P<spread>[(\[][^()\[\]]{{0,40}}[)\]])?"
    r"\s?(?P<join>vs?\.?|versus|,?\s?(?:and|or)|to|,|compared (?:with|to)|against)\s?(?:only )?$"
)
_RANGE_BEFORE = re.compile(r"\b(?:from|between|ranging)\s$")
#: The first number of a pair, its limits and the word between stand within so many characters.
_PAIR_REACH = 100


def _inherited_units(sentence: str, claims: Claims) -> Iterator[Quantity]:
    """The first members of "11 vs. 16%" and "15.9 and 14.5 months", which print their unit once, at the end."""
    for match in list(_WITH_UNIT.finditer(sentence)):
        if claims.free(match.start(), match.start() + 1):
            continue  # the number with the unit is no result, so that the one before it is none
        percent = match["unit"] is None
        at = match.start()
        while pair := _FIRST_OF_PAIR.search(sentence, max(0, at - _PAIR_REACH), at):
            first, last = pair.span("first")
            if (
                not claims.free(first, last)
                or named_before(sentence, first)
                or _RANGE_BEFORE.search(sentence[max(0, first - 10) : first])
                or pair["join"] == "to"
                or (pair["join"] == "," and at == match.start() and "." not in pair["first"])
            ):
                break
            value = to_decimal(pair["first"])
            if (percent and value > 100) or YEAR.match(pair["first"]):
                break
            spread = limits(sentence, last, value, labelled=False) if pair["spread"] else None
            end = max(last, spread.end) if spread else last
            claims.claim(first, end)
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


_COUNT = re.compile(
    rf"(?<![\w.\-/±])(?<!grade [≥≤<>])(?<!grade [≥≤<>] ){WHOLE}"
    r"(?!\)[A-Z]|\s?\([\d.]+\s?-\s?[\d.]+\)|[\w%]|\.\d|\s?%|-\d|/\d|,\d)"
)
_OF_PLACES = re.compile(
    r"\sof (?:the |these |all )?(?:[\w-]+ )?(?:hospitals|cent(?:er|re)s|sites|countries|institutions|trials|studies)\b"
)
_PEOPLE_AFTER = re.compile(r"\s(?:patients|women|men|participants|subjects)")
#: A number word counts people only before one of these ("two of the three hospitals" is not a result).
_COUNTED = re.compile(
    r"\s*(?:[(\[]"
    r"|(?:[a-z-]+ ){0,3}?"
    r"(?:patients?|pts|women|men|cases|participants|subjects|deaths?|events?|people|children|relapses?)\b"
    r"|(?:of|in|were|had|achieved|died|relapsed|developed)\b)",
    re.IGNORECASE,
)


def _counts(sentence: str, words: Iterable[re.Match[str]], claims: Claims) -> Iterator[Quantity]:
    """Whole numbers of people or events, in digits or words."""
    for match in _COUNT.finditer(sentence):
        if (
            not claims.free(match.start(), match.end())
            or named_before(sentence, match.start())
            or named_after(sentence, match.end())
            or _OF_PLACES.match(sentence, match.end())
            or (YEAR.match(match.group()) and not _PEOPLE_AFTER.match(sentence, match.end()))
        ):
            continue
        claims.claim(match.start(), match.end())
        yield replace(_here(Kind.COUNT, match), events=to_whole(match.group()))
    for match in words:
        if _OF_PLACES.match(sentence, match.end()) or not _COUNTED.match(sentence, match.end()):
            continue
        if claims.free(match.start(), match.end()):
            claims.claim(match.start(), match.end())
            yield replace(_here(Kind.COUNT, match), events=spelled(match))
