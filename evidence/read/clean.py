"""Uniform typography for the number grammar, with the way back to the printed characters.

Two passes: characters that mean the same everywhere (spaces, dashes, ligatures), then those that depend on their
neighbours (a middle dot between digits, a hyphen at a line end). Digits are never altered, added or dropped.
"""

import re
from array import array

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
_CONTEXT_FREE = re.compile(
    # A soft hyphen takes its line end along.
    rf"(?<={_LETTER})\u00ad[ ]*\n[ ]*(?={_LETTER})|[{re.escape(''.join(_MAP))}]"
)
_IN_CONTEXT = re.compile(
    rf"(?<=\d)[{_MIDDLE_DOTS}](?=\d)|(?<=[<=>\u2264\u2265])[{_MIDDLE_DOTS}](?=\d)"  # "0·64"; "p<·001"
    r"|(?<=[a-z])-[ ]*\n[ ]*(?=[a-z])"
)


def clean(text: str) -> CleanText:
    """The text with uniform typography; `starts` and `ends` lead each of its characters back to the original.

    Middle dots between digits become full stops, dashes and minus signs "-", odd spaces " ", curly quotes straight,
    ligatures letters, fullwidth forms ASCII. Invisible characters go, and so do a hyphen and line end between two
    lower-case letters. Other line ends stay.
    """
    result = _substitute(CleanText.unchanged(text), _CONTEXT_FREE)
    return _substitute(result, _IN_CONTEXT)


def _substitute(old: CleanText, pattern: re.Pattern[str]) -> CleanText:
    """Replace every match, carrying the offsets along."""
    pieces: list[str] = []
    starts, ends = array("l"), array("l")
    done = 0
    for match in pattern.finditer(old.text):
        start, end = match.span()
        new = _replacement(match.group())
        pieces += (old.text[done:start], new)
        starts.extend(old.starts[done:start])
        ends.extend(old.ends[done:start])
        for _ in new:
            starts.append(old.starts[start])
            ends.append(old.ends[end - 1])
        done = end
    if not pieces:
        return old
    pieces.append(old.text[done:])
    starts.extend(old.starts[done:])
    ends.extend(old.ends[done:])
    return CleanText("".join(pieces), starts, ends)


def _replacement(found: str) -> str:
    if len(found) > 1:
        return ""  # a hyphen with its line end
    if found in _MIDDLE_DOTS:
        return "."
    return _MAP[found]
