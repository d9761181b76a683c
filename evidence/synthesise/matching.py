"""Which arm is the one a question asks for: its entries against the labels and normal names of arms.

A drug is also named where it was not given: "non-sorafenib", "no sorafenib", "sorafenib-matched placebo". Such an arm
never matches an entry "sorafenib", whatever else was read of it; it does match an entry that asks for the absence
("no sorafenib", "no maintenance").
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from evidence.model.codes import Role
from evidence.model.question import Question

#: Words before a treatment that say it was not given. They reach to the next joint of the label.
_NEGATION = re.compile(r"\b(?:no|not|without|never|lacking|minus|instead of|rather than)\b")
_JOINT = re.compile(r"[+;)\]]|\b(?:plus|with|but|then|followed by)\b")
#: What follows a treatment that was not given: "sorafenib-naive", "sorafenib-matched placebo".
_ABSENT_AFTER = re.compile(r"[- ]?(?:naive|naïve|free|untreated|match(?:ed|ing))\b")
#: Parts of a label; a placebo belongs to its own part alone: "azacitidine plus placebo".
_PARTS = re.compile(r"[+;,&/]|\b(?:plus|and|with|then|followed by)\b")
_NEGATIVE_ENTRY = re.compile(r"^(?:no|non|without)[ -]+(?P<thing>.+)$")

Mention = Literal["given", "not given", "absent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What is known of one compared group."""

    labels: tuple[str, ...]  # as the row and the arm's record write it
    treatment: tuple[str, ...] = ()  # normal names
    role: Role | None = None

    @property
    def name(self) -> str:
        """For messages."""
        return next((label for label in self.labels if label), "an arm without a name")

    @property
    def known(self) -> bool:
        """Whether anything says which group it is."""
        return any(self.labels) or bool(self.treatment)


def plain(text: str) -> str:
    """Lower case, one kind of space and one kind of dash."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", text).replace("w/o", "without")
    return re.sub(r"\s+", " ", text).strip()


def is_treatment(question: Question, side: Side) -> bool:
    """Whether the group had what the question asks for; without an asked treatment, whether it is experimental."""
    if not question.treatment:
        return side.role is Role.EXPERIMENTAL
    return any(matches(entry, side) for entry in question.treatment)


def is_comparator(question: Question, side: Side) -> bool:
    """Whether the group is the asked comparator; without one, any that is not the treatment (or has role control)."""
    if question.comparator:
        return any(_matches_comparator(entry, side, question.treatment) for entry in question.comparator)
    if not question.treatment:
        return side.role is Role.CONTROL
    return side.known and not is_treatment(question, side)


def matches(entry: str, side: Side) -> bool:
    """Whether one entry names this group; "a + b" asks for both."""
    return all(_matches_part(part, side) for part in (plain(piece) for piece in entry.split("+")) if part)


def _matches_comparator(entry: str, side: Side, treatment: Iterable[str]) -> bool:
    if matches(entry, side):
        return True
    # Who is asked for as "no maintenance" is also written "non-sorafenib", where sorafenib is the maintenance asked.
    negative = _NEGATIVE_ENTRY.match(plain(entry))
    return (
        negative is not None
        and _mention_in_labels(negative["thing"], side) != "given"
        and any(_mention_in_labels(plain(asked), side) == "not given" for asked in treatment)
    )


def _matches_part(entry: str, side: Side) -> bool:
    negative = _NEGATIVE_ENTRY.match(entry)
    if negative:
        named = any(plain(name) == entry for name in side.treatment)
        return named or _mention_in_labels(negative["thing"], side) == "not given"
    mention = _mention_in_labels(entry, side)
    if mention != "absent":
        return mention == "given"
    if any(_is_without_treatment(plain(label)) for label in side.labels if label):
        return False
    return any(_mention(entry, plain(name)) == "given" for name in side.treatment)


def _mention_in_labels(entry: str, side: Side) -> Mention:
    """What the labels say together; one that denies the treatment outweighs one that names it."""
    found = {_mention(entry, plain(label)) for label in side.labels}
    return "not given" if "not given" in found else "given" if "given" in found else "absent"


@lru_cache(maxsize=4096)
def _mention(entry: str, text: str) -> Mention:
    denied = f"non{entry}" in text
    for found in re.finditer(rf"(?<!\w){re.escape(entry)}s?(?!\w)", text):
        before, after = text[: found.start()], text[found.end() :]
        prefix = re.search(r"(\w+)-$", before)
        if prefix and prefix[1] != "non":
            continue  # part of another word: "post-sorafenib"
        if (
            (prefix or re.search(r"\bnon $", before))
            or _NEGATION.search(_JOINT.split(before)[-1])
            or _ABSENT_AFTER.match(after)
            or ("placebo" not in entry and _beside_placebo(text, found.start(), found.end()))
        ):
            denied = True
            continue
        return "given"
    return "not given" if denied else "absent"


def _beside_placebo(text: str, start: int, end: int) -> bool:
    """Whether the part of the label around this span is a placebo."""
    left = max((joint.end() for joint in _PARTS.finditer(text) if joint.end() <= start), default=0)
    right = min((joint.start() for joint in _PARTS.finditer(text) if joint.start() >= end), default=len(text))
    return "placebo" in text[left:right]


def _is_without_treatment(label: str) -> bool:
    """Whether every part of a label is a placebo or an absence, so that no drug can have been given."""
    parts = [part.strip(" ()[]") for part in _PARTS.split(label)]
    return all("placebo" in part or _NEGATIVE_ENTRY.match(part) for part in parts if part)
