"""Numbers that name something instead of measuring it: grade 3, day 28, 400 mg, 12 March, 2019."""

import re

_MONTHS = "January February March April May June July August September October November December".split()
_NAMED = (  # in singular and plural
    "grade phase day table figure group cycle stage version level type step week visit arm course quartile score"
    " patient case period cohort part stratum class category schedule tertile quintile"
).split()
_NAMED_AS_WRITTEN = r"figs?\.?|no\.|nos\.|number|refs?\.|aged|ages?|appendix|ECOG|Sept"
_MONTHS_SHORT = "|".join(month[:3] for month in _MONTHS)

#: What stands right before a number that names something.
_BEFORE = re.compile(
    rf"(?:[A-Za-z]-?|\b(?:grade|phase|stage|period)s?\s\d\s?(?:or|and|to|,)\s|\b(?:(?:{'|'.join(_NAMED)})s?|{_NAMED_AS_WRITTEN}|{'|'.join(_MONTHS)}|{_MONTHS_SHORT})\s)$",
    re.IGNORECASE,
)
_DOSES = r"mg|m?g/|ug|µg|μg|mcg|mL|ml\b|kg\b|Gy\b|IU\b|g/|g\b|L\b|mmol|nmol|cGy|kcal|units?\b|U/"
_MEASURED = r"mm\b|cm\b|°|×|x\s?10|hours?|hrs?\b|h\b|minutes?|min\b|times\b|fold\b"
_COUNTED = r"countries|sites|cent(?:er|re)s|hospitals|institutions|cycles?\b|doses?\b"
_AFTER = re.compile(rf"\s?-?(?:{_DOSES}|{_MEASURED}|{_COUNTED}|/\d{{1,2}}/\d|th\b|st\b|nd\b|rd\b|{'|'.join(_MONTHS)})")

#: No name before a number is longer.
_REACH = 18

YEAR = re.compile(r"(?:19|20)\d\d$")


def named_before(sentence: str, at: int) -> bool:
    """Whether the words before a number at `at` make it a name ("grade 3", "T-315", "May 7")."""
    return bool(_BEFORE.search(sentence[max(0, at - _REACH) : at]))


def named_after(sentence: str, end: int) -> bool:
    """Whether the words behind a number that ends at `end` make it a dose, a date or a number of places."""
    return bool(_AFTER.match(sentence, end))
