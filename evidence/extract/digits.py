"""How numbers are written: digits with thousands marks and typesetting blanks, and number words."""

import re
from decimal import Decimal

#: A number as written: thousands marks, a leading point, and the blank that typesetting leaves behind one ("0. 92").
NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+\. \d\d(?=\s*[)\];,])|\.\d+|\d+)"
SIGNED = rf"(?:[-+]\s?)?{NUMBER}"
WHOLE = r"(?:\d{1,3}(?:,\d{3})+|\d+)"
PERCENT = r"\s?(?:%|percent\b|per cent\b)"
#: Units of what is measured on patients, which stand behind a number and tell nothing of whom it is.
UNIT = (
    r"(?:(?:mm ?Hg|cm ?H2O|[mcdk]?m|[µμmkn]?g|[mdµμ]?L|ml|[mµμnp]?mol|ms(?:ec)?2?|s|sec(?:onds?)?|min(?:utes?)?"
    r"|h|hrs?|hours?|days?|beats|bpm|points?|units?|IU|U|kcal|kJ|W|Hz|cells|steps|MET(?:-?h)?)"
    r"(?:\s?/\s?(?:[a-zA-Zµμ]{1,5}\d?|1\.73 ?m2|min|day|week|10\d))*)(?![\w])"
)

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES = {word: value for value, word in enumerate(_SMALL)} | {word: 10 * ten for ten, word in enumerate(_TENS, 2)}

#: "seven", "Twenty-five"; `spelled` gives its value.
WORD_NUMBER = re.compile(
    rf"\b(?P<tens>{'|'.join(_TENS)})(?:[\s-](?P<ones>{'|'.join(_SMALL[1:10])}))?\b|\b(?P<small>{'|'.join(_SMALL)})\b",
    re.IGNORECASE,
)
_NO_DIGITS = re.compile(r"[,\s+]")


def to_decimal(text: str) -> Decimal:
    """The number as printed: thousands marks and typesetting blanks out, digits untouched (".013" is 0.013)."""
    plain = _NO_DIGITS.sub("", text)
    sign = "-" if plain.startswith("-") else ""
    plain = plain.lstrip("-")
    return Decimal(sign + ("0" + plain if plain.startswith(".") else plain))


def to_whole(text: str) -> int:
    """A whole number as printed ("1,234" is 1234)."""
    return int(text.replace(",", ""))


def spelled(match: re.Match[str]) -> int:
    """The whole number that a match of `WORD_NUMBER` stands for."""
    if match["small"]:
        return _VALUES[match["small"].lower()]
    return _VALUES[match["tens"].lower()] + _VALUES.get((match["ones"] or "").lower(), 0)
