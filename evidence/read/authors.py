"""Names of authors as citations print them: "Cortes JE", "Chinitz, L. A.", "S.K. Metzelder", "Jorge Cortes"."""

import re
from typing import NamedTuple

PARTICLES = "van von de der den del della di da la le el al bin dos ten ter du".split()
_UPPER = r"[A-Z\u00c0-\u00de\u0100-\u017f]"
_PARTICLE = rf"(?:(?:{'|'.join(PARTICLES)}|{'|'.join(name.capitalize() for name in PARTICLES)})\s+|[dDlLO]['\u2019]\s?)"
_PART = rf"{_UPPER}[\w'\u2019]+(?:[-\u2010\u2011]\w[\w'\u2019]*)*"
_FAMILY = rf"(?P<family>{_PARTICLE}{{0,3}}{_PART}(?:\s+{_PART}){{0,2}}?)"
_SUFFIX = r"(?:,?\s+(?:Jr|Sr|II|III|IV|2nd|3rd)\b\.?)?"
_DOTTED = rf"(?:{_UPPER}\.[\s-]?\s?){{1,4}}"
#: One name in each form in use, the most telling first. All names of one list are printed alike.
_FORMS = (
    re.compile(rf"{_FAMILY},\s+{_DOTTED}{_SUFFIX}(?<![\s-])"),  # Chinitz, L. A.
    re.compile(rf"{_DOTTED}{_FAMILY}{_SUFFIX}(?=[,.;:&\s]|$)"),  # S.K. Metzelder
    re.compile(rf"{_FAMILY}{_SUFFIX}\s+{_UPPER}(?:-?{_UPPER}){{0,3}}{_SUFFIX}(?=[,.;:&\s(]|$)"),  # Cortes JE
    re.compile(rf"{_UPPER}[a-z'\u2019]+(?:-{_UPPER}?[a-z]+)?(?:\s+{_UPPER}\.?)?\s+{_FAMILY}{_SUFFIX}(?=[,.;:&\s]|$)"),
)
#: Full given names look like other words; a list of them is one only with a second name or "et al".
_FULL_GIVEN = _FORMS[-1]
_SEPARATOR = re.compile(r"\s*(?:[,;]\s*(?:and\s+|&\s*)?|\s+and\s+|\s*&\s*)")
_OTHERS = re.compile(r"[\s,;]*\b(?:et\s+al\b\.?|and\s+others\b\.?|and\s+colleagues\b\.?)[,;:]?\s*")
_END = re.compile(r"\s*(?:[.:;(,]|$)")
#: A group that signs instead of people: named by what it is.
_GROUP = re.compile(
    r"^(?P<name>[A-Z][^.;:()\d]{2,120}?\b(?:Organi[sz]ation|Association|Society|Committee|Group|Investigators|Agency|"
    r"Institutes?|Collaborat(?:ion|ors|ive)|Consortium|Council|Network|Centers?|College|Administration|Ministry|"
    r"Department|Federation|Alliance|Foundation|Trialists|Commission|Academy)\b[^.;:()\d]{0,60}?)\s*[.;:(]"
)


class Author(NamedTuple):
    """A name as printed, and the family name in it."""

    printed: str
    family: str


def leading_authors(text: str) -> tuple[list[Author], str]:
    """The authors a citation begins with, and the text behind them; no authors where it names none."""
    text = text.lstrip()
    for form in _FORMS:
        names, at, others = _names(form, text)
        if not names or (form is _FULL_GIVEN and len(names) < 2 and not others):
            continue
        if others or text[at - 1] == "." or _END.match(text, at):
            rest = text[at:]
            if rest.startswith(";") or others.endswith(";") or re.match(r"\s*,\s*(?:for|on behalf of)\b", rest):
                rest = rest.partition(". ")[2]  # "; LEADER Steering Committee."
            return names, rest.lstrip(" .,:;")
    return [], text


def leading_group(text: str) -> tuple[str | None, str]:
    """The organisation or group a citation begins with, and the text behind it."""
    match = _GROUP.match(text)
    return (match.group("name").strip(), text[match.end() :].lstrip()) if match else (None, text)


def _names(form: re.Pattern[str], text: str) -> tuple[list[Author], int, str]:
    """Names of one form, where they end, and the "et al." that follows."""
    names: list[Author] = []
    at = 0
    while match := form.match(text, at):
        names.append(Author(" ".join(match.group().split()), " ".join(match.group("family").split())))
        at = match.end()
        if others := _OTHERS.match(text, at):
            return names, others.end(), others.group().rstrip()
        separator = _SEPARATOR.match(text, at)
        if not separator or not form.match(text, separator.end()):
            return names, at, ""
        at = separator.end()
    return names, at, ""
