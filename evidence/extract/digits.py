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

_WORDS = "|".join((*_TENS, *_SMALL))
#: "seven", "Twenty-five", "two hundred and six"; `spelled` gives its value. Thousands are not read, nor a part of them.
WORD_NUMBER = re.compile(
    r"\b(?=[efnostz]|an? hundred)(?<!thousand )(?<!thousand and )(?<!hundred )(?<!hundred and )"
    rf"(?:(?P<hundreds>{'|'.join(_SMALL[1:])}|an?) hundred\b(?: (?:and )?(?=(?:{_WORDS})\b))?)?"
    rf"(?:(?P<tens>{'|'.join(_TENS)})(?:[\s-](?P<ones>{'|'.join(_SMALL[1:10])}))?\b|(?P<small>{'|'.join(_SMALL)})\b"
    r"|(?(hundreds)|(?!)))(?![\s-](?:hundred|thousand|million))",
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
    hundreds = (match["hundreds"] or "").lower()
    rest = match["small"] or ""
    value = 100 * _VALUES.get(hundreds, 1) if hundreds else 0
    if rest:
        return value + _VALUES[rest.lower()]
    return value + _VALUES.get((match["tens"] or "").lower(), 0) + _VALUES.get((match["ones"] or "").lower(), 0)
