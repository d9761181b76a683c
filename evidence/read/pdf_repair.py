"""Signs that a PDF stores under the code of another character, told by the shape of their ink.

Symbol fonts without a Unicode table print a minus and store "2", or print "=" and store a quarter sign. A reader that
believes the code loses the sign of a number. Only shapes that the stored character can never have are repaired, each
repair is marked, and a character whose meaning stays unknown is handed on as U+FFFD.
"""

import math
import re
from typing import Any

import pypdfium2.raw as pdfium

from evidence.read.pdf_calls import ink_boxes

#: A minus is at least this much wider than high; "2", a control character or an unknown one never is.
_FLAT = 0.22
#: An equals sign is this much lower than wide; "\u00bc" and "5" are as high as wide or higher.
_EQUALS = (0.25, 0.62)
_MINUS = "\u2212"
_AS_MINUS = "2\ufffd"
_AS_EQUALS = "5\u00bc"
_SUSPICIOUS = re.compile(f"[{_AS_MINUS}{_AS_EQUALS}]")
_UPRIGHT = math.radians(5)


def repairs(text_page: Any, characters: str) -> dict[int, str]:
    """The printed signs of characters that were stored under another code, by place."""
    places = [match.start() for match in _SUSPICIOUS.finditer(characters)]
    if not places:
        return {}
    left, right, bottom, top = ink_boxes(text_page, places)
    width, height = right - left, top - bottom
    low = (height < _EQUALS[1] * width).nonzero()[0].tolist()
    signs = {places[n]: _sign(characters[places[n]], float(width[n]), float(height[n])) for n in low}
    return {
        i: sign
        for i, sign in signs.items()
        # A character that stands on its side is flat without being a minus.
        if sign and abs(pdfium.FPDFText_GetCharAngle(text_page, i)) < _UPRIGHT
    }


def _sign(character: str, width: float, height: float) -> str | None:
    """The sign whose shape this is, if the stored character cannot have it."""
    if width < 1.5 or height <= 0:
        return None
    if character in _AS_MINUS and height < _FLAT * width:
        return _MINUS
    if character in _AS_EQUALS and _EQUALS[0] * width < height < _EQUALS[1] * width:
        return "="
    return None
