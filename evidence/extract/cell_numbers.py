"""The number grammar of table cells: what one cell prints, read by its form alone.

A cell is shorter than a sentence and leaves out what its head says: "7 (21.2)" is a count with its percentage, a mean
with its standard deviation or a median with one limit, and only the head knows. The grammar therefore says what stands
where; `cells.py` decides what it is. A cell that fits no form entirely is not read at all.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from evidence.extract.numbers import PValue


@dataclass(frozen=True, slots=True, kw_only=True)
class CellNumber:
    """What a cell prints. `value` is its first number, `bracket` a single second one ("30 (8)", "12.1 ± 3.0")."""

    value: Decimal | None = None
    percent: bool = False  # the value carries a percent sign
    bracket: Decimal | None = None
    bracket_percent: bool = False
    plus_minus: bool = False  # value ± bracket
    low: Decimal | None = None
    high: Decimal | None = None
    total: int | None = None  # 7/21, or "n = 354, ..." before the value
    p: PValue | None = None
    not_reached: bool = False
    reference: bool = False  # 1, 1.00, "Ref": the group others are compared with
    whole: bool = False  # the value is a whole number without decimals
    fraction: bool = False  # value of total: 7/21


_PLAIN = r"(?:\d{1,3}(?:[, ]\d{3})+(?![\d])(?:\.\d+)?|\d+\.\d+|\d+|\.\d+)"
_SIGNED = rf"[-+]?\s?{_PLAIN}"
_JOIN = r"\s*(?:-|~|to|,|;|/)\s*"
#: Footnote letters and signs that stick to a number.
_MARKS = (
    r"(?:\s?[*†‡§¶#|^$]|(?<=[)%\]])\+|(?<=[\d)%\]])(?:[ivx]{1,4}|[a-z]{1,2})(?:,[a-z])*|\s[a-z](?:,\s?[a-z])*)*\s*\.?"
)
_INNER_MARK = r"(?:[*†‡§]{1,2}|(?<=\d)[a-f](?=\s?[(\[]))?"
_OPEN, _CLOSE = r"[(\[]\s*", r"\s*[)\]]"
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern + _MARKS))
    for name, pattern in (
        (
            "fraction",
            rf"(?P<a>\d[\d, ]*?)\s?/\s?(?P<total>\d[\d, ]*\d"
            rf"|\d){_INNER_MARK}(?:\s?{_OPEN}(?P<less>[<>])?\s?(?P<b>{_PLAIN})\s?(?P<pct>%)?{_CLOSE})?",
        ),
        (
            "percent_of",
            rf"(?P<a>{_PLAIN})\s?%\s?{_OPEN}(?:n\s?=\s?)?(?P<n>\d+)(?:\s?(?:/|of)\s?(?P<total>\d+))?{_CLOSE}",
        ),
        (
            "interval",
            rf"(?P<a>{_SIGNED})\s?(?P<pct>%)?\s?[*†‡]*\s?{_OPEN}(?:95\s?% ?CI:?,?\s?)?"
            rf"(?P<low>{_SIGNED})\s?%?{_JOIN}(?P<high>{_SIGNED}|N[RE]|not reached|∞)\s?\+?\s?%?{_CLOSE}",
        ),
        (
            "loose_interval",
            rf"(?P<a>{_SIGNED})\s?(?P<pct>%)?[,;]?\s(?:95\s?% ?CI:?,?\s?)?(?P<low>{_SIGNED})\s?%?\s?(?:-"
            rf"|to)\s?(?P<high>{_SIGNED})\s?%?",
        ),
        ("plus_minus", rf"(?P<a>{_SIGNED})\s?(?P<pct>%)?\s?(?:±|\+/-|\+-)\s?(?P<b>{_PLAIN})\s?%?"),
        (
            "bracket",
            rf"(?P<a>{_SIGNED})\s?(?P<pct0>%)?{_INNER_MARK}\s?{_OPEN}(?:SD "
            rf"|SE )?(?P<less>[<>])?\s?(?P<b>{_PLAIN})\s?(?P<pct>%)?{_CLOSE}",
        ),
        (
            "limits",
            rf"(?:{_OPEN})?(?:95\s?% ?CI:?,?\s?)?(?P<low>{_SIGNED})\s?%?{_JOIN}(?P<high>{_SIGNED})\s?%?(?:{_CLOSE})?",
        ),
        ("number", rf"(?P<a>{_SIGNED})\s?(?P<pct>%)?(?:\s?\(n\))?"),
        ("number", rf"{_OPEN}(?P<a>{_PLAIN})\s?(?P<pct>%)?{_CLOSE}"),
    )
)
_P_CELL = re.compile(
    rf"(?P<letter>[Pp]\s?(?:-?values?)?\s?)?(?P<op><\s?=|>\s?=|=\s?<"
    rf"|[=<>≤≥])?\s?(?P<value>[01]?\.\d+(?:\s\d{{3}})?"
    rf"|[01](?:\.0+)?)(?:\s?[x×]\s?10\s?-\s?(?P<power>\d{{1,3}}))?(?:\s?{_OPEN}(?P<more>{_PLAIN}){_CLOSE})?{_MARKS}"
)
_REFERENCE = re.compile(
    r"(?:1(?:\.0+)?\s?(?:[(\[]?\s?(?:ref(?:erence|erent)?\.?|-+)?\s?[)\]]?)|[(\[]?\s?ref(?:erence"
    r"|erent)?\.?(?: group| category)?\s?[)\]]?(?:\s?1(?:\.0+)?)?)" + _MARKS,
    re.IGNORECASE,
)
_NOT_REACHED = re.compile(
    r"(?:NR|NE|not (?:yet )?(?:reached|estimable))(?:\s?[(\[][^()\[\]]*[)\]])?" + _MARKS, re.IGNORECASE
)
_SIZE_FIRST = re.compile(r"(?:[nN]\s?=\s?)?(?P<n>\d[\d ]*)\s?[,;:]\s(?=[-+]?\s?\d+(?:\.\d+)?\s?(?:[(\[±%]|\+/-))")


def read_cell(text: str) -> CellNumber | None:
    """The numbers of one cell; None where it prints none, or something that is no single result."""
    text = _plain(text)
    if not text or not re.search(r"\d|N[RE]|[Rr]ef|[Nn]ot ", text):
        return None
    if _NOT_REACHED.fullmatch(text):
        return CellNumber(not_reached=True)
    if _REFERENCE.fullmatch(text):
        whole = re.match(r"1(?:\.0+)?", text)
        return CellNumber(
            reference=True,
            value=Decimal(whole.group()) if whole else None,
            whole=text.startswith("1") and "." not in text,
        )
    total = None
    if before := _SIZE_FIRST.match(text):
        total = int(re.sub(r"\D", "", before["n"]))
        text = text[before.end() :]
    for name, pattern in _FORMS:
        if match := pattern.fullmatch(text):
            return _read(name, match.groupdict(), total)
    return None


def read_p(text: str, *, named: bool) -> PValue | None:
    """The p-value of a cell; a bare number is one only where its head says so (`named`)."""
    match = _P_CELL.fullmatch(_plain(text))
    if not match or not (named or match["letter"]):
        return None
    value = Decimal(_digits(match["value"]))
    if match["power"]:
        value = value.scaleb(-int(match["power"]))
    if value > 1:
        return None
    operator = (match["op"] or "=").replace(" ", "").replace("=<", "<=")
    return PValue(value=value, operator={"≤": "<=", "≥": ">="}.get(operator, operator), test=None, start=0, end=0)


def p_with_estimate(text: str) -> Decimal | None:
    """The number in brackets behind a p-value ("P = 0.018 (2.218)")."""
    match = _P_CELL.fullmatch(_plain(text))
    return Decimal(_digits(match["more"])) if match and match["letter"] and match["more"] else None


def _plain(text: str) -> str:
    """The cell on one line; "2. 54" is a decimal that lost its place."""
    return re.sub(r"(?<=\d)\. (?=\d)", ".", re.sub(r"\s+", " ", text)).strip()


def _digits(text: str | None) -> str:
    """A number without thousands marks and blanks; ".91" is 0.91."""
    plain = re.sub(r"[,\s+]", "", text or "")
    sign = "-" if plain.startswith("-") else ""
    plain = plain.lstrip("-")
    return sign + ("0" + plain if plain.startswith(".") else plain)


def _read(name: str, group: dict[str, str | None], total: int | None) -> CellNumber | None:
    value = Decimal(_digits(group["a"])) if group.get("a") else None
    bracket = Decimal(_digits(group["b"])) if group.get("b") else None
    percent = bool(group.get("pct"))
    whole = value is not None and value == value.to_integral_value() and "." not in (group.get("a") or "")
    if name == "fraction":
        total = int(_digits(group["total"] or ""))
        if value is None or value > total:
            return None
        return CellNumber(
            value=value,
            bracket=None if group["less"] else bracket,
            bracket_percent=percent,
            total=total,
            whole=True,
            fraction=True,
        )
    if name == "percent_of":
        events = Decimal(group["n"] or "")
        of = int(group["total"]) if group["total"] else None
        return CellNumber(
            value=events, bracket=value, bracket_percent=True, total=of, whole=True, fraction=of is not None
        )
    if name == "bracket":
        return CellNumber(
            value=value,
            percent=bool(group["pct0"]),
            bracket=None if group["less"] else bracket,
            bracket_percent=percent,
            total=total,
            whole=whole,
        )
    if name == "plus_minus":
        return CellNumber(value=value, percent=percent, bracket=bracket, plus_minus=True, total=total, whole=whole)
    if name in ("interval", "loose_interval", "limits"):
        high = group["high"] or ""
        limit = Decimal(_digits(high)) if re.search(r"\d", high) else None
        low = Decimal(_digits(group["low"] or ""))
        if limit is None or low > limit:
            return (
                None
                if name == "limits"
                else CellNumber(value=value, percent=percent, total=total, whole=whole)
                if limit is None
                else None
            )
        return CellNumber(value=value, percent=percent, low=low, high=limit, total=total, whole=whole)
    return CellNumber(value=value, percent=percent, total=total, whole=whole)
