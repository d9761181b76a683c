"""Which lines are headings, and which words open a paragraph of a structured abstract.

The words are data, in headings.toml.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files

_NUMBERING = re.compile(r"^(?:\d+(?:\.\d+)*\.?|[IVX]+\.)\s*(?:\|\s*)?(?<=[\s.|])")
_SUBNUMBERED = re.compile(r"^\d+\.\d")
_WORDS = re.compile(r"\s+")
#: A heading and the word behind it are shorter.
_LONGEST_OPENING = 120
_SENTENCE_END = re.compile(r"[.?!)\]]\s+(?=[A-Z])")


def level_of(line: str) -> int | None:
    """1 for a part of a paper ("Methods"), 2 for a part of a part ("Statistical analysis"), None for neither."""
    name = normal_form(line)
    if name in _listed("main"):
        return 2 if _SUBNUMBERED.match(line.strip()) else 1
    return 2 if name in _listed("sub") else None


def ends_the_paper(line: str) -> bool:
    """Whether only the list of references follows."""
    return normal_form(line) in _listed("end_matter")


def opening(paragraph: str) -> str | None:
    """The heading a paragraph opens with, as printed ("Findings Between June ...", "Results: ..."), or None."""
    match = _openings().match(paragraph)
    if not match:
        return None
    colon = match.group("colon")
    rest = paragraph[match.end() :].lstrip()
    if colon:
        return match.group("name") if rest else None
    name = match.group("name")
    if normal_form(name) not in _listed("bare") or not rest or not (rest[0].isupper() or rest[0].isdigit()):
        return None
    following = _WORDS.split(rest, maxsplit=1)[0].lower()
    # A capital after the heading shows that a sentence starts; "Results of ..." goes on with a small letter.
    return None if following.strip(",.") in _listed("continues") and not rest[0].isupper() else name


def openings(paragraph: str) -> list[tuple[str, int]]:
    """Every heading of a structured abstract printed as one paragraph, with its offset; empty where none opens it.

    Behind the first, a heading opens a sentence and is printed in the same manner: capitals, colon, full stop or none.
    """
    first = opening(paragraph)
    if first is None:
        return []
    found = [(first, paragraph.index(first))]
    manner = _manner(first, paragraph[found[0][1] :])
    for end in _SENTENCE_END.finditer(paragraph, found[0][1]):
        rest = paragraph[end.end() : end.end() + _LONGEST_OPENING]
        name = opening(rest)
        if name and _manner(name, rest) == manner:
            found.append((name, end.end()))
    names = {normal_form(name) for name, _ in found}
    return found if len(names) == len(found) else found[:1]  # an abstract has each part once


def _manner(name: str, text: str) -> tuple[bool, str]:
    """How a heading is printed: in capitals or not, and what stands behind it."""
    behind = text[len(name) :].lstrip("* ")[:1]
    return name.isupper(), behind if behind in ":.\u2014\u2013" else ""


def normal_form(line: str) -> str:
    """A heading without case, number, emphasis, closing colon and odd spaces."""
    parts = line.strip().strip("*#_").split()
    # Typewritten emphasis: "a b s t r a c t".
    name = ("" if len(parts) > 3 and max(map(len, parts)) == 1 else " ").join(parts)
    return _NUMBERING.sub("", name).rstrip(":. ").replace("\u2019", "'").lower()


@cache
def _listed(kind: str) -> frozenset[str]:
    return frozenset(_data()[kind])


@cache
def _data() -> dict[str, list[str]]:
    return tomllib.loads(files("evidence.read").joinpath("headings.toml").read_text(encoding="utf-8"))


@cache
def _openings() -> re.Pattern[str]:
    names = sorted(_listed("inline") | _listed("bare"), key=len, reverse=True)
    alternatives = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in names)
    # Capitalised or in capitals: "results: ..." in the middle of a list is none.
    return re.compile(
        rf"\s*(?:\*\*)?(?=[A-Z])(?P<name>(?i:{alternatives}))(?:\*\*)?(?:(?P<colon>\s*[:\u2014\u2013]|\.(?=\s+[A-Z]))|(?=\s))(?:\*\*)?"
    )
