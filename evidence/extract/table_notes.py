"""What the foot notes of a table say of its numbers: of one cell by its mark, or of all."""

import re

from evidence.extract.cell_numbers import read_p
from evidence.extract.numbers import PValue

_SIGN = r"[*†‡§¶#]"
_PLUS = r"(?<![^\s,;.])\+(?=\s?[Pp]\b)"  # a foot-note sign only before a p-value
_NOTE = re.compile(
    rf"(?<![\w*†‡§¶#])(?P<mark>{_SIGN}{{1,3}}|{_PLUS})\s?(?:Notes?:\s?)?(?P<text>(?:(?!{_PLUS})[^*†‡§¶#])+)"
)
_MARK_BEHIND = re.compile(rf"(?P<mark>{_SIGN}{{1,3}}|(?<=[)%\]])\+)\s*$")
#: A note that is a p-value and nothing else; "P<0.05 vs baseline" compares no groups.
_ONLY_P = re.compile(r"[Pp](?:[\s-]?values?)?\s?(?:=|<|>|≤|≥|was|of)?\s?[01]?\.\d+\s*[.;,]?\s*")
_ADJUSTED = re.compile(
    r"(?<!not )(?<!un)\badjust(?:ed|ing|ments?) (?:for|according)|\bANCOVA\b|\banalys[ie]s of covariance\b"
    r"|\b(?:as|other|baseline) covaria(?:te|ble)s?\b|\bas (?:an )?independent variables?\b",
    re.IGNORECASE,
)
_SUBDISTRIBUTION = re.compile(
    r"\bsub-?distribution(?:al)? hazards?\b|\b(?:by|from|with|using) (?:the |a )?Fine (?:and|&|-) ?Gray\b",
    re.IGNORECASE,
)
_RATIO = re.compile(r"\b(?:geometric )?(?:mean )?ratios?\b|\brelative (?:change|difference)s?\b", re.IGNORECASE)


def note_of(text: str, notes: str) -> str:
    """The note to the mark that a verbatim cell or head ends with; empty where there is none."""
    mark = _MARK_BEHIND.search(text)
    if mark is None:
        return ""
    return next((note["text"].strip() for note in _NOTE.finditer(notes) if note["mark"] == mark["mark"]), "")


def p_of_note(text: str, notes: str) -> PValue | None:
    """The p-value that the note to a cell's mark gives ("0.67 (0.48 to 0.95)**", "**P=0.023")."""
    note = note_of(text, notes)
    # a note that goes on for lines is one, and so is its first line where the next explains something else
    only = next((piece for piece in (note, note.split("\n")[0].strip()) if _ONLY_P.fullmatch(piece)), None)
    return read_p(only.rstrip(" .;,"), named=True) if only is not None else None


_NOT_TOLD = r"not (?:reported|recorded|available|given|stated|published|provided|known)"


def says_unreported(text: str, notes: str) -> bool:
    """Whether NR in a verbatim cell means a number that nobody reported, by the notes or the note to its mark."""
    short = re.match(r"\W*(?P<short>[A-Z]{2})\b", text)
    if short is None:
        return False
    defined = (
        rf"\b{short['short']}\b\s?(?:,|=|:|-|indicates?|denotes?|means?|stands for)?\s?[^.;,\n]{{0,30}}{_NOT_TOLD}"
    )
    return bool(re.search(defined, notes, re.IGNORECASE) or re.search(_NOT_TOLD, note_of(text, notes), re.IGNORECASE))


def is_ratio(label: str, notes: str) -> bool:
    """Whether the note to a row's mark makes its numbers ratios, among rows of differences."""
    return _RATIO.search(note_of(label, notes)) is not None


def subdistribution_of(notes: str) -> tuple[str, ...]:
    """The sentences of the notes that call hazard ratios subdistribution hazard ratios."""
    return tuple(text for text in re.split(r"(?<=[.;])\s|\n", notes) if _SUBDISTRIBUTION.search(text))


def says_adjusted(notes: str) -> bool:
    """Whether the notes say that the estimates were adjusted."""
    return _ADJUSTED.search(notes) is not None
