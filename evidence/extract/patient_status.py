"""What the status of one patient says: dead or not, relapsed or not; "not told" is None and never a guess."""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is told of one patient; None is not told. Who is lost to follow-up was alive when last seen."""

    dead: bool | None = None
    relapsed: bool | None = None

    def __bool__(self) -> bool:
        return self.dead is not None or self.relapsed is not None


#: Short forms that need no legend.
_DEAD = re.compile(
    r"\b(?:dead|died|dies|deaths?|deceased|expired|exitus|fatal)\b|\b(?:DOD|DOC|DOOC|DUC|TRM|NRM|Dead|Died)\b|†|✝",
    re.IGNORECASE,
)
_ALIVE = re.compile(
    r"\b(?:alive|living|surviv(?:al|ed|ing|ors?)|AWD|AWOD|ANED|NED|lost(?: to (?:follow[ -]?up|FU))?|LTFU|censored"
    r"|withdr(?:ew|awn|awal))\b",
    re.IGNORECASE,
)
_NOT_DEAD = re.compile(r"\b(?:no|not|non|without)[\s-]+(?:yet )?(?:dead|death|died|fatal)\b", re.IGNORECASE)
_RELAPSED = re.compile(
    r"\b(?:re-?)?relaps(?:e|ed|es|ing)\b|\brecurr(?:ence|ed|ent)\b|\bprogress(?:ion|ed|ive|ing)\b|\bDOD\b|\bPD\b"
    r"|\b(?:dead|died|death) (?:of|from|due to) (?:disease|leuk(?:a)?emia|lymphoma|myeloma)\b",
    re.IGNORECASE,
)
_NOT_RELAPSED = re.compile(
    r"\b(?:no|not|non|without|never|before|prior to)[\s-]+(?:\w+[\s-]+)?(?:relaps|recurr|progress)\w*(?: mortality)?"
    r"|\b(?:relapse|recurrence|progression|disease|leuk(?:a)?emia)[- ]free\b|\bfree of (?:relapse|disease)\b",
    re.IGNORECASE,
)
#: Remission as it was reached; "CR2" says that there was a relapse before, or that the first was long ago.
_REMISSION = re.compile(
    r"\b(?:CR|CRi|CCR|CR1|NRM|TRM|NED|ANED|AWOD)\b|\b(?:in|continu\w+|ongoing|complete|sustained)\s(?:\w+ )?remission\b"
    r"|\bno evidence of disease\b",
    re.IGNORECASE,
)


def facts(text: str) -> Facts:
    """What a status says in words or in short forms that are known without a legend."""
    lives = _NOT_DEAD.sub(" ", text)
    dead: bool | None = None
    if _DEAD.search(lives):
        dead = True
    elif lives != text or _ALIVE.search(text):
        dead = False
    rest = _NOT_RELAPSED.sub(" ", text)
    relapsed: bool | None = None
    if _RELAPSED.search(rest):
        relapsed = True
    elif rest != text or _REMISSION.search(rest):
        relapsed = False
    return Facts(dead=dead, relapsed=relapsed)


_LEGEND = re.compile(
    r"(?:^|[;,.:(]|\band\b|\s)\s*(?P<short>[A-Z][A-Za-z+/]{0,6}|\d|\+|-)\s?(?:=|:|,|\bindicates\b|\bdenotes\b|\bmeans\b)"
    r"\s?(?P<long>[A-Za-z][A-Za-z '-]{2,50}?)(?=\s*(?:[;,.)]|$|\s[A-Z0-9]\s?=|\sand\b))"
)


def legend(text: str) -> dict[str, str]:
    """Signs that a head or the notes below a table explain: "A, alive; D, dead", "1 = dead"."""
    return {match["short"]: match["long"] for match in _LEGEND.finditer(text)}


#: Several signs in one cell: "D/R", "A, NED".
_SIGNS = re.compile(r"\s*[/,;]\s*")


def spelled_out(text: str, signs: Mapping[str, str]) -> str:
    """A cell of signs with what they stand for; any other as it is."""
    return "; ".join(signs.get(part, part) for part in _SIGNS.split(text.strip())) if signs else text


_YES = re.compile(r"(?:yes|y|\+|1|present|positive)\b.*|\+", re.IGNORECASE)
_NO = re.compile(r"(?:no|n|none|0|absent|never)\b(?! (?:data|information)).*|[-–]", re.IGNORECASE)


def answer(text: str) -> bool | None:
    """Yes or no; None where a cell says neither."""
    text = text.strip()
    return True if _YES.fullmatch(text) else False if _NO.fullmatch(text) else None
