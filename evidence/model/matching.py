"""Which arm, study or subgroup the words of a question ask for.

A drug is also named where it was not given: "non-sorafenib", "no sorafenib", "sorafenib-matched placebo". Such an arm
never matches an entry "sorafenib", whatever else was read of it; it does match an entry that asks for the absence
("no sorafenib", "no maintenance"). Words are matched whole and without case; several entries are alternatives.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from evidence.model.codes import Role
from evidence.model.question import Question
from evidence.model.records import Arm

#: Words before a treatment that say it was not given. They reach to the next joint of the label.
_NEGATION = re.compile(
    r"\b(?:no|not|without|never|neither|nor|lacking|lack of|absence of|minus|instead of|rather than)\b"
)
_JOINT = re.compile(r"[+;)\]]|\b(?:plus|with|but|then|followed by)\b")
#: A comma ends what is denied ("no prophylaxis, sorafenib"), unless it stands in a list ("without A, B or C").
_LIST = re.compile(r"\b(?:or|nor)\b")
#: What follows a treatment that was not given: "sorafenib-naive", "sorafenib-matched placebo".
_ABSENT_AFTER = re.compile(r"[- ]?(?:naive|naïve|free|untreated|match(?:ed|ing))\b")
#: What stands before a treatment that was given at another time: "post-sorafenib relapse".
_OTHER_TIME = re.compile(r"\b(?:post|pre|prior|ex)-$")
#: Parts of a label; a placebo belongs to its own part alone: "azacitidine plus placebo".
_PARTS = re.compile(r"[+;,&/]|\b(?:plus|and|with|then|followed by)\b")
_NEGATIVE_ENTRY = re.compile(r"^(?:no|non|without)[ -]+(?P<thing>.+)$")
#: A part of a label that names nothing but an absence: "no maintenance", "control (no sorafenib)".
_ABSENCE = re.compile(r"^(?:(?:control|patient|observation|group|arm|cohort)s?\W+)*(?:no|non|not|without)\b")
#: A time ends what a sentence denies: in "no maintenance after transplantation" there was a transplantation.
_TIME = r"(?:after|before|during|following|since|until)"
#: In a sentence about patients a denial reaches over at most three words: "without any prior transplantation".
_DENIED_BEFORE = re.compile(
    r"\b(?:non|no|not|without|never|neither|nor|lacking|lack of|absence of|rather than)[ -]+"
    rf"(?:{_TIME} )?(?:(?!(?:and|plus|with|but|then|followed|who|{_TIME})\b)\w[\w-]*[ -]+){{0,3}}$"
)
_BEGINS_WITH_TIME = re.compile(rf"{_TIME}\b")
_JUST_DENIED = re.compile(r"\b(?:no|not|never|nor|rather than) $")
_DENIED_AFTER = re.compile(r"[- ]?(?:naive|naïve|free|untreated|negative)\b")

#: "elsewhere": named, but as something other than the treatment of this arm.
Mention = Literal["given", "not given", "elsewhere", "absent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What is known of one compared group."""

    labels: tuple[str, ...]  # as the row and the arm's record write it
    treatment: tuple[str, ...] = ()  # normal names
    role: Role | None = None

    @classmethod
    def of(cls, label: str, arm: Arm | None = None) -> "Side":
        """A group from the label a row gives it and from the arm's record, where there is one."""
        if arm is None:
            return cls(labels=(label,))
        return cls(labels=tuple(dict.fromkeys((arm.label, label))), treatment=arm.treatment, role=arm.role)

    @property
    def name(self) -> str:
        """For messages."""
        return next((label for label in self.labels if label), "an arm without a name")

    @property
    def known(self) -> bool:
        """Whether anything says which group it is."""
        return any(self.labels) or bool(self.treatment)


@lru_cache(maxsize=4096)
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
        return matches_comparator(question.comparator, side, treatment=question.treatment)
    if not question.treatment:
        return side.role is Role.CONTROL
    return side.known and not is_treatment(question, side)


def matches(entry: str, side: Side) -> bool:
    """Whether one entry names this group; "a + b" asks for both, "7+3" is one name."""
    pieces = re.split(r"(?<!\d)\+|\+(?!\d)", entry)
    return all(_matches_part(part, side) for part in map(plain, pieces) if part)


def matches_any(entries: Iterable[str], side: Side) -> bool:
    """Whether one of the entries names this group; no entries take every group."""
    asked = tuple(entries)
    return not asked or any(matches(entry, side) for entry in asked)


def matches_comparator(entries: Iterable[str], side: Side, *, treatment: Iterable[str] = ()) -> bool:
    """Whether one of the entries names this group of a comparison in which `treatment` is asked for; none take every.

    Who is asked for as "no maintenance" is also written "non-sorafenib", where sorafenib is the maintenance asked for;
    "salvage without sorafenib" is not, as its patients had something else.
    """
    wanted, asked = tuple(entries), tuple(treatment)
    return not wanted or any(matches(entry, side) or _is_absence_of(entry, side, asked) for entry in wanted)


def mentions(text: str, words: str) -> bool:
    """Whether a sentence about patients (a population, a subgroup) has the words and does not deny them."""
    text, words = plain(text), plain(words)
    denied = _JUST_DENIED if _BEGINS_WITH_TIME.match(words) else _DENIED_BEFORE
    for found in re.finditer(rf"(?<!\w){re.escape(words)}s?(?!\w)", text):
        before = re.split(r"[,;+/()]", text[: found.start()])[-1]
        if not denied.search(before) and not _DENIED_AFTER.match(text, found.end()):
            return True
    return False


def _is_absence_of(entry: str, side: Side, treatment: tuple[str, ...]) -> bool:
    negative = _NEGATIVE_ENTRY.match(plain(entry))
    return (
        negative is not None
        and _mention_in_labels(negative["thing"], side) != "given"
        and any(_mention_in_labels(plain(asked), side) == "not given" for asked in treatment)
        and all(_is_without_treatment(plain(label)) for label in side.labels if label)
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
    order: tuple[Mention, ...] = ("not given", "given", "elsewhere")
    return next((mention for mention in order if mention in found), "absent")


@lru_cache(maxsize=4096)
def _mention(entry: str, text: str) -> Mention:
    mention: Mention = "not given" if f"non{entry}" in text else "absent"
    for found in re.finditer(rf"(?<!\w){re.escape(entry)}s?(?!\w)", text):
        before, after = text[: found.start()], text[found.end() :]
        if (
            re.search(r"\bnon[ -]$", before)
            or _is_denied(before, after)
            or _ABSENT_AFTER.match(after)
            or ("placebo" not in entry and _beside_placebo(text, found.start(), found.end()))
        ):
            mention = "not given"
        elif not _OTHER_TIME.search(before):
            return "given"
        elif mention == "absent":
            mention = "elsewhere"
    return mention


def _is_denied(before: str, after: str) -> bool:
    """Whether a negation in the text before reaches the treatment."""
    reach = _JOINT.split(before)[-1]
    head, _, last = reach.rpartition(",")
    if _NEGATION.search(last):
        return True
    listed = _LIST.search(last) or _LIST.search(_JOINT.split(after)[0])
    return bool(listed and _NEGATION.search(head))


def _beside_placebo(text: str, start: int, end: int) -> bool:
    """Whether the part of the label around this span is a placebo."""
    left = max((joint.end() for joint in _PARTS.finditer(text) if joint.end() <= start), default=0)
    right = min((joint.start() for joint in _PARTS.finditer(text) if joint.start() >= end), default=len(text))
    return "placebo" in text[left:right]


def _is_without_treatment(label: str) -> bool:
    """Whether every part of a label is a placebo or an absence, so that no drug can have been given."""
    parts = [part.strip(" ()[]") for part in _PARTS.split(label)]
    return all("placebo" in part or _ABSENCE.match(part) for part in parts if part)
