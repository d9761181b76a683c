"""Regular expressions from lists of words, so that a pattern shows its form and a list shows its words."""

import re
from collections.abc import Iterable


def one_of(words: str) -> str:
    """Pattern of one of these words, which stand in a row with blanks between them."""
    return f"(?:{'|'.join(words.split())})"


def run_of(words: str) -> str:
    """Pattern of any number of these words in a row, each with a blank behind it."""
    return rf"(?:{one_of(words)}\s)*"


def one_of_list(entries: Iterable[str]) -> str:
    """Pattern of one of these entries of a word list; a star stands for one or more further letters."""
    return f"(?:{'|'.join(re.escape(entry) for entry in entries)})".replace(r"\*", r"\w+")
