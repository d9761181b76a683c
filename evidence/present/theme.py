"""Font, sizes and colours of the figures, and how wide a text is in them. Lengths are millimetres, font sizes points.

DejaVu Sans ships with matplotlib, so a figure looks the same, and its text is as wide, on every machine.
"""

import re
from functools import lru_cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from evidence.present.names import head_of_words

FONT = "DejaVu Sans"
MM_PER_POINT = 25.4 / 72

#: Points. Journals ask for 7 at least in the printed size.
TITLE_SIZE = 9.0
TEXT_SIZE = 7.5
FOOT_SIZE = 7.0
#: Distance between baselines, as a multiple of the font size: clear of the descenders of the line above.
LEADING = 1.25

#: Where a line may break: at a space, but not inside "p = 0.12".
_BREAKS = re.compile(r"(?<![=<>]) (?![=<>] )")

INK = "#111111"
MUTED = "#555555"
SQUARE = "#4d4d4d"
DIAMOND = "#1f4e79"
SUBTOTAL = "#7f9db9"
PREDICTION = "#a33b20"
RULE = "#999999"


@lru_cache(maxsize=8)
def font(size: float, bold: bool = False) -> FontProperties:
    """The figure font in one size."""
    return FontProperties(family=FONT, size=size, weight="bold" if bold else "normal")


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Width of one line of text in millimetres."""
    width, _, _ = text_to_path.get_text_width_height_descent(text, font(size, bold), False)
    return float(width) * MM_PER_POINT


def line_height(size: float) -> float:
    """Distance between two baselines in millimetres."""
    return size * LEADING * MM_PER_POINT


def wrap(text: str, width: float, size: float, bold: bool = False, lines: int | None = None) -> list[str]:
    """Text broken into lines no wider than `width`; beyond `lines` of them the last ends in an ellipsis.

    A word wider than a line is broken between characters.
    """
    done: list[str] = []
    current = ""
    for word in _BREAKS.split(text):
        candidate = f"{current} {word}" if current else word
        if text_width(candidate, size, bold) <= width:
            current = candidate
            continue
        if current:
            done.append(current)
        while text_width(word, size, bold) > width and len(word) > 1:
            head = _longest_head(word, width, size, bold)
            done.append(word[:head])
            word = word[head:]
        current = word
    done.append(current)
    if lines is not None and len(done) > lines:
        kept = done[:lines]
        kept[-1] = ellipsise(" ".join(done[lines - 1 :]), width, size, bold)
        return kept
    return done


def ellipsise(text: str, width: float, size: float, bold: bool = False) -> str:
    """The text, cut to `width` with an ellipsis where it is wider; after a whole word, unless this costs much of it."""
    if text_width(text, size, bold) <= width:
        return text
    room = width - text_width("…", size, bold)
    head = text[: _longest_head(text, room, size, bold)]
    return head_of_words(head, text) + "…"


def _longest_head(text: str, width: float, size: float, bold: bool) -> int:
    """How many characters from the start fit; at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[:middle], size, bold) <= width:
            low = middle
        else:
            high = middle - 1
    return low
