"""Signs that a PDF stores under the code of another character, told by the shape of their ink.

Symbol fonts without a Unicode table print a minus and store "2", or print "=" and store a quarter sign. A reader that
believes the code loses the sign of a number. Only shapes that the stored character can never have are repaired, each
repair is marked, and a character whose meaning stays unknown is handed on as U+FFFD.
"""

import ctypes
import math
import re
from typing import Any

import pypdfium2.raw as pdfium

#: A minus is at least this much wider than high; "2", a control character or an unknown one never is.
_FLAT = 0.22
#: An equals sign is this much lower than wide; "\u00bc" and "5" are as high as wide or higher.
_EQUALS = (0.25, 0.62)
_MINUS = "\u2212"
_AS_MINUS = "2\ufffd"
_AS_EQUALS = "5\u00bc"
_SUSPICIOUS = re.compile(f"[{_AS_MINUS}{_AS_EQUALS}]")
_UPRIGHT = math.radians(5)


def repair(text_page: Any, characters: list[str]) -> set[int]:
    """Put the printed signs into `characters`; the places that were repaired."""
    repaired = set()
    values = [ctypes.c_double() for _ in range(4)]
    pointers = [ctypes.byref(value) for value in values]
    for match in _SUSPICIOUS.finditer("".join(characters)):
        i, character = match.start(), match.group()
        if not pdfium.FPDFText_GetCharBox(text_page, i, *pointers):
            continue
        left, right, bottom, top = (value.value for value in values)
        sign = _sign(character, right - left, top - bottom)
        # A character that stands on its side is flat without being a minus.
        if sign and abs(pdfium.FPDFText_GetCharAngle(text_page, i)) < _UPRIGHT:
            characters[i] = sign
            repaired.add(i)
    return repaired


def _sign(character: str, width: float, height: float) -> str | None:
    """The sign whose shape this is, if the stored character cannot have it."""
    if width < 1.5 or height <= 0:
        return None
    if character in _AS_MINUS and height < _FLAT * width:
        return _MINUS
    if character in _AS_EQUALS and _EQUALS[0] * width < height < _EQUALS[1] * width:
        return "="
    return None
