"""How a page calls what it shows: arms, compared groups, times, and texts of documents on one line or cut to length."""

import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

from evidence.model.codes import Measure, Outcome
from evidence.model.matching import Side, matches
from evidence.model.measures import CONTRAST_MEASURES, lower_is_better
from evidence.model.results import Analysis, ArmCount
from evidence.model.tables import as_text

#: An arm to which the document gives no name that was read.
NOT_STATED = "arm not stated"
#: More groups than this are called by a general word.
_MOST_NAMES = 2


def plain(text: str) -> str:
    """Text of a document on one line, without control and direction characters that a terminal or reader would obey."""
    spaced = " ".join(text.split())
    return "".join(character for character in spaced if not unicodedata.category(character).startswith("C"))


def shortened(text: str, most: int) -> str:
    """At most so many characters, cut after a whole word with an ellipsis."""
    return text if len(text) <= most else head_of_words(text[: most - 1], text) + "…"


def arm_text(label: str) -> str:
    """Name of an arm, or that it has none."""
    return plain(label) or NOT_STATED


def months_text(months: Decimal) -> str:
    """A time in months, and in years where they are whole: "24 months (2 years)"."""
    text = f"{as_text(months)} month{'' if months == 1 else 's'}"
    years, rest = divmod(months, 12)
    return text if rest or not years else f"{text} ({years:f} year{'' if years == 1 else 's'})"


def head_of_words(head: str, text: str) -> str:
    """A head of the text without a word it cuts through; the cut word stays where it is most of what is left."""
    if text[len(head) : len(head) + 1].isalnum() and head[-1:].isalnum():
        whole = head.rpartition(" ")[0]
        head = whole if 2 * len(whole) > len(head) else head
    return head.rstrip(" ,;:–—-(")


def sides_of(analysis: Analysis) -> tuple[str, str]:
    """What the compared groups are called: as the pooled studies call them where one or two names do, else in general.

    A word of the question that names every group comes before two labels: "sorafenib" for "sorafenib" and "sorafenib
    maintenance".
    """
    question = analysis.question
    arms = [row.arm for row in analysis.estimates]
    comparators = [row.comparator for row in analysis.estimates if row.comparator]
    return (
        _side(arms, question.treatment, "treatment"),
        _side(comparators, question.comparator, "comparator"),
    )


def _side(arms: Sequence[ArmCount], asked: tuple[str, ...], general: str) -> str:
    labels = _distinct(plain(arm.label) for arm in arms)
    sides = [Side(labels=(arm.label,), treatment=arm.treatment) for arm in arms]
    common = [plain(word) for word in asked if all(matches(word, side) for side in sides)]
    names = _distinct(" + ".join(map(plain, arm.treatment)) for arm in arms)
    for words in (labels if len(labels) == 1 else common[:1], labels, names):
        if arms and 1 <= len(words) <= _MOST_NAMES and all(words):
            return " or ".join(words)
    if not arms and 1 <= len(asked) <= _MOST_NAMES:
        return " or ".join(map(plain, asked))
    return general


def _distinct(texts: Iterable[str]) -> list[str]:
    """Each text once, whatever its case, as it was written first."""
    return list({text.casefold(): text for text in reversed(list(texts))}.values())[::-1]


def favours(analysis: Analysis, word: str = "Favours") -> tuple[str, str] | None:
    """Who is favoured left and right of the null line; None where the outcome does not tell."""
    measure = analysis.question.measure
    if measure is None or measure not in CONTRAST_MEASURES:
        return None
    directions = {lower_is_better(Outcome(code), Measure(measure)) for code in analysis.question.outcome}
    if len(directions) != 1 or None in directions:
        return None
    arm, comparator = sides_of(analysis)
    return (
        (f"{word} {arm}", f"{word} {comparator}")
        if True in directions
        else (
            f"{word} {comparator}",
            f"{word} {arm}",
        )
    )
