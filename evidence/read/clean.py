"""Uniform typography for the number grammar, with the way back to the printed characters.

Two passes: characters that mean the same everywhere (spaces, dashes, ligatures), then those that depend on their
neighbours (a middle dot between digits, a hyphen at a line end). Digits are never altered, added or dropped.
"""

import re
from array import array
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from evidence.model.document import CleanText

_DROPPED = (
    "\u00ad\u180e\ufeff"  # soft hyphen, Mongolian vowel separator, byte order mark
    + "".join(map(chr, range(0x200B, 0x2010)))  # zero width space, joiners, direction marks
    + "".join(map(chr, range(0x202A, 0x202F)))  # direction embeddings
    + "".join(map(chr, range(0x2060, 0x2070)))  # word joiner, invisible operators, direction isolates
)
_SPACES = "\u00a0\u1680\u202f\u205f\u3000\x0b\x0c" + "".join(map(chr, range(0x2000, 0x200B)))
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_MIDDLE_DOTS = "\u00b7\u2219\u22c5\u2027"

_MAP: dict[str, str] = (
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}  # fullwidth forms
    | dict.fromkeys(_DROPPED, "")
    | dict.fromkeys(_SPACES, " ")
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys("\u2028\u2029\u0085", "\n")
    | dict.fromkeys("\u2018\u2019\u201a\u201b", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f", '"')
    | {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
    | {"\u2a7d": "\u2264", "\u2a7e": "\u2265", "\u2266": "\u2264", "\u2267": "\u2265"}  # slanted and double forms
)
_LETTER = r"[^\W\d_]"
# Both begin with the characters they look for, which lets the regular expression skip all others.
_CONTEXT_FREE = re.compile(
    # A soft hyphen takes its line end along.
    rf"[{re.escape(''.join(_MAP))}](?:(?<={_LETTER}\u00ad)[ ]*\n[ ]*(?={_LETTER}))?"
)
_IN_CONTEXT = re.compile(
    rf"[{_MIDDLE_DOTS}-](?:(?<=[\d<=>\u2264\u2265][{_MIDDLE_DOTS}])(?=\d)"  # "0·64"; "p<·001"
    r"|(?<=[a-z]-)[ ]*\n[ ]*(?=[a-z]))"
)


_Piece = tuple[int, int, int]  # start and end of what is replaced, and how many characters replace it
_Offsets = npt.NDArray[np.int_]


def clean(text: str) -> CleanText:
    """The text with uniform typography; `starts` and `ends` lead each of its characters back to the original.

    Middle dots between digits become full stops, dashes and minus signs "-", odd spaces " ", curly quotes straight,
    ligatures letters, fullwidth forms ASCII. Invisible characters go, and so do a hyphen and line end between two
    lower-case letters. Other line ends stay.
    """
    cleaned, pieces = _substitute(text, _CONTEXT_FREE)
    starts = _follow(np.arange(len(text), dtype="l"), pieces)
    ends = _follow(np.arange(1, len(text) + 1, dtype="l"), pieces, ends=True)
    cleaned, pieces = _substitute(cleaned, _IN_CONTEXT)
    return CleanText(cleaned, _packed(_follow(starts, pieces)), _packed(_follow(ends, pieces, ends=True)))


def _substitute(text: str, pattern: re.Pattern[str]) -> tuple[str, list[_Piece]]:
    """Replace every match; also the replacements that change the length, by which all offsets behind them move."""
    parts: list[str] = []
    pieces: list[_Piece] = []
    done = 0
    for match in pattern.finditer(text):
        start, end = match.span()
        new = _replacement(match.group())
        parts += (text[done:start], new)
        done = end
        if len(new) != end - start:
            pieces.append((start, end, len(new)))
    parts.append(text[done:])
    return "".join(parts), pieces


def _follow(offsets: _Offsets, pieces: Sequence[_Piece], *, ends: bool = False) -> _Offsets:
    """Offsets of the characters after substitution: all of a replacement have that of its first, or last, character."""
    if not pieces:
        return offsets
    parts: list[_Offsets] = []
    done = 0
    for start, end, length in pieces:
        parts += (offsets[done:start], np.repeat(offsets[end - 1 if ends else start], length))
        done = end
    return np.concatenate([*parts, offsets[done:]])


def _packed(offsets: _Offsets) -> "array[int]":
    """As plain integers: one taken out of a numpy array is no `int`."""
    found = array("l")
    found.frombytes(offsets.tobytes())
    return found


def _replacement(found: str) -> str:
    if len(found) > 1:
        return ""  # a hyphen with its line end
    if found in _MIDDLE_DOTS:
        return "."
    return _MAP[found]
