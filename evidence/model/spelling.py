"""Names however they are written: without case, accents and punctuation, and with a letter misspelt."""

import unicodedata
from difflib import SequenceMatcher

#: Shorter names are never taken for misspelt: Li and Lin are two.
SHORTEST_NAME = 4
#: Letters that Unicode does not see as a letter with an accent, as bibliographies without them write them.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"})


def slug(words: str) -> str:
    """Words in lower case without accents, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", words.casefold().translate(_PLAIN))
    letters = (char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return "-".join("".join(letters).split())


def letters(words: str) -> str:
    """Letters and digits alone: what is left when case, accents, hyphens and punctuation do not count."""
    return slug(words).replace("-", "")


def misspelt(name: str, other: str) -> bool:
    """Whether two names are one with a letter added, left out or replaced behind the first (Praz and Pratz)."""
    if name == other or name[:1] != other[:1] or min(len(name), len(other)) < SHORTEST_NAME:
        return False
    steps = SequenceMatcher(None, name, other, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for kind, i1, i2, j1, j2 in steps if kind != "equal") == 1
