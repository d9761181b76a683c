"""Font, sizes and colours of the figures, and how wide a text is in them. Lengths are millimetres, font sizes points.

DejaVu Sans ships with matplotlib, so a figure looks the same, and its text is as wide, on every machine. It lacks
Chinese, Japanese and Korean, among others: such texts are drawn in the first of `FALLBACKS` that this machine has, and
where none is, `undrawable` tells which characters are missing.
"""

import logging
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.textpath import text_to_path

from evidence.present.names import head_of_words

FONT = "DejaVu Sans"
#: Fonts with the characters of other scripts, as Linux, Windows and macOS have them.
FALLBACKS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Arial Unicode MS",
    "Malgun Gothic",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Noto Sans",
)
MM_PER_POINT = 25.4 / 72

#: Points. Journals ask for 7 at least in the printed size.
TITLE_SIZE = 9.0
TEXT_SIZE = 7.5
FOOT_SIZE = 7.0
#: Distance between baselines, as a multiple of the font size: clear of the descenders of the line above.
LEADING = 1.25
#: How far a line of text reaches above and below its baseline, as a share of the font size.
ASCENT = 0.78
DESCENT = 0.24
#: From the middle of a line of text to its baseline, as a share of the font size.
MIDDLE = 0.36

#: Where a line may break: at a space, but not inside "p = 0.12" or "95% CI".
_BREAKS = re.compile(r"(?<![=<>]) (?![=<>] |CI\b)")

INK = "#111111"
MUTED = "#555555"
SQUARE = "#4d4d4d"
DIAMOND = "#1f4e79"
SUBTOTAL = "#7f9db9"
PREDICTION = "#a33b20"
RULE = "#999999"
PALE = "#e6e6e6"
PAPER = "#ffffff"
#: Colours that people with any colour vision tell apart (Okabe & Ito 2008); text and symbols say the same.
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")


@lru_cache(maxsize=64)
def font(size: float, bold: bool = False, families: tuple[str, ...] = (FONT,)) -> FontProperties:
    """The figure font in one size, with fonts for the characters it lacks."""
    return FontProperties(family=list(families), size=size, weight="bold" if bold else "normal")


@lru_cache(maxsize=4096)
def families_of(text: str) -> tuple[str, ...]:
    """The figure font, and those of the fallbacks that are needed for the text and are there."""
    families, lacking = [FONT], set(text) - _characters(FONT)
    for family in FALLBACKS:
        if not lacking:
            break
        if family in _installed() and lacking & _characters(family):
            families.append(family)
            lacking -= _characters(family)
    return tuple(families)


def undrawable(texts: Iterable[str]) -> list[str]:
    """Characters of the texts that no font of this machine has, each once."""
    return sorted(
        {
            character
            for text in set(texts)
            for character in set(text).difference(*map(_characters, families_of(text)))
            if not character.isspace()
        }
    )


@lru_cache(maxsize=1)
def _installed() -> frozenset[str]:
    return frozenset(fontManager.get_font_names())


@lru_cache(maxsize=32)
def _characters(family: str) -> frozenset[str]:
    with quiet():
        path = findfont(FontProperties(family=family), fallback_to_default=False)
    return frozenset(map(chr, get_font(path).get_charmap()))


@contextmanager
def quiet() -> Iterator[None]:
    """No warnings about characters without a glyph, which the picture itself tells, or fonts without a bold face."""
    log = logging.getLogger("matplotlib.font_manager")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r"Glyph .* missing", category=UserWarning)
            yield
    finally:
        log.setLevel(level)


@lru_cache(maxsize=16384)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Width of one line of text in millimetres."""
    with quiet():
        width, _, _ = text_to_path.get_text_width_height_descent(text, font(size, bold, families_of(text)), False)
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
