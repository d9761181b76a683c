"""Which group of people the words of a table name: an arm of the study, or one that only the table knows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.extract import lexicon
from evidence.extract.arm_mentions import arm_mentions, arm_pattern
from evidence.extract.arms import ArmGuess
from evidence.extract.lexicon import OutcomeEntry, Vocabulary
from evidence.extract.meanings import COMPARISON, SIZES, hear, says_nothing
from evidence.extract.nlp import Reading
from evidence.extract.outcomes import document_outcomes
from evidence.model.codes import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A group of people: an arm of the study, or a group that only the table names. Both None: the whole population."""

    arm: int | None
    label: str | None


WHOLE = Who(arm=None, label=None)


_PAIR = re.compile(
    r"(?P<a>[^;:()\[\]]+?)\s*(?:\bvs?\.?\s|\bversus\b|\bcompared (?:with|to)\b|\brelative to\b"
    r"|\bover\b(?= placebo| control)|(?<=\w)\s?[-/]\s(?=[A-Za-z])|(?<=\w)\s[-/](?=[A-Za-z]))\s*(?P<b>[^;:()\[\],]+)",
    re.IGNORECASE,
)
_PEOPLE = re.compile(r"^\s*(?:all )?(?:patients|participants|subjects|cases)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween (?:the )?(?P<a>[^()]+?) and (?:the )?(?P<b>[^()]+?)(?=\)|$| \()", re.IGNORECASE)
_SHORT_FORM = re.compile(r"(?<![\w-])[A-Za-z]*[A-Z][A-Za-z]*[A-Z][\w-]*(?![\w-])")
_TOTAL = re.compile(
    r"(?:total|overall|all(?: (?:patients|participants|subjects|groups|cases|women|randomi[sz]ed))?"
    r"|whole (?:group|cohort|population)|combined|entire cohort|total (?:cohort|population|group|sample))",
    re.IGNORECASE,
)
_GROUP_WORD = re.compile(r"[\s-](?:groups?|arms?|cohorts?)\b", re.IGNORECASE)
_EXPERIMENTAL = re.compile(
    r"(?:intervention|experimental|treatment|treated|active|active treatment|study(?: drug)?|investigational)",
    re.IGNORECASE,
)
_CONTROL = re.compile(
    r"(?:controls?|comparators?|reference|untreated|usual care|standard care|no treatment)", re.IGNORECASE
)


#: Times and statistics beside the name of a group.
_BESIDE = re.compile(
    r"\s*\b(?:\d+(?:\s?-\s?\d+)?\s?(?:days?|weeks?|months?|years?|hours?|h|d)|(?:day|week|month|year)s? \d+"
    r"|baseline|follow-?up|pre-?test|post-?test|total|m|mean|at|after)\b",
    re.IGNORECASE,
)


class Groups:
    """Finds the groups that the words of a table name."""

    def __init__(self, reading: Reading, arms: tuple[ArmGuess, ...], notes: str) -> None:
        self.arms = arms
        self._pattern = arm_pattern(arms)
        self._long = dict(reading.abbreviations) | _defined(notes)
        self.outcome_words: Vocabulary[OutcomeEntry] = document_outcomes(self._long)

    def with_long_form(self, name: str) -> str:
        """A name with what its short form stands for: "SBP, mmHg" is "SBP (systolic blood pressure), mmHg"."""
        short = next((word for word in _SHORT_FORM.findall(name.split(",")[0]) if word in self._long), None)
        if (
            short is None
            or len(re.findall(r"[A-Za-z]{3,}", name.replace(short, " ").split(",")[0])) > 1
            or self._long[short].lower() in name.lower()
        ):
            return name
        return re.sub(rf"(?<![\w-]){re.escape(short)}(?![\w-])", f"{short} ({self._long[short]})", name, count=1)

    def named_with_time(self, who: Who | None) -> bool:
        """Whether the name of an arm holds a time ("10-day decitabine"), which is no time point."""
        return who is not None and who.arm is not None and hear(self.arms[who.arm].label).months is not None

    def who(self, text: str, *, loose: bool = True, share: float = 0.35) -> Who | None:
        """The one group that a fragment names; None where it names none, or two.

        `loose` takes groups that are no known arm: with a size, with "group" or "arm", or named by a treatment.
        An arm's name must make up `share` of the fragment: "placebo" does not name the group of "time since the last
        placebo dose".
        """
        plain = plain_group(text)
        if not plain and _PEOPLE.search(text):
            return WHOLE
        if not plain or COMPARISON.fullmatch(plain):
            return None
        if _TOTAL.fullmatch(plain):
            return WHOLE
        found = self._known(plain, share)
        if len(found) == 1:
            return Who(arm=found.pop(), label=plain)
        if found or not loose:
            return None
        if says_nothing(plain):
            return None
        sized = SIZES.search(text) is not None
        named = (
            bool(lexicon.treatments().find(plain))
            or bool(_GROUP_WORD.search(text))
            or bool(lexicon.control_words().fullmatch(plain))
        )
        return Who(arm=None, label=plain) if sized or named else None

    def _known(self, plain: str, share: float) -> set[int]:
        mentions = arm_mentions(self._pattern, self.arms, plain, 0, len(plain)) if self.arms else []
        named = sum(mention.end - mention.start for mention in mentions)
        if mentions and named < share * len(_BESIDE.sub("", plain)):
            return set()
        found = {mention.arms[0] for mention in mentions if len(mention.arms) == 1}
        if len(found) > 1:
            # the longest name wins where it contains the others ("X plus Y" over "Y")
            longest = max(mentions, key=lambda mention: mention.end - mention.start)
            if all(longest.start <= mention.start and mention.end <= longest.end for mention in mentions):
                return {longest.arms[0]}
            exact = {i for i in found if any(plain.lower() == word.lower() for word in self.arms[i].variants)}
            return exact or found
        if found:
            return found
        long = self._long.get(plain)
        if long and long != plain:
            return self._known(long, share)
        for pattern, role in ((_EXPERIMENTAL, Role.EXPERIMENTAL), (_CONTROL, Role.CONTROL)):
            holders = [index for index, arm in enumerate(self.arms) if arm.role is role]
            if len(holders) == 1 and pattern.fullmatch(plain):
                return set(holders)
        if re.fullmatch(r"[A-Za-z]{3,6}", plain):
            begun = {i for i, arm in enumerate(self.arms) if arm.label.lower().startswith(plain.lower())}
            return begun if len(begun) == 1 else set()
        return set()

    def pair(self, text: str, columns: Sequence[Who] = ()) -> tuple[Who, Who] | None:
        """The two groups of "A vs B"; the table's own groups help with short forms ("D 110 mg vs. warfarin")."""
        if between := _BETWEEN.search(text):
            sides = [self._side(between[side].strip(" ,:"), columns) for side in ("a", "b")]
            if sides[0] is not None and sides[1] is not None and sides[0] != sides[1]:
                return sides[0], sides[1]
        inside = re.search(r"\(([^()]*(?:\bvs?\.?\s|versus|compared|\s?-\s)[^()]*)\)", text)
        for piece in ([inside[1]] if inside else []) + [text]:
            match = _PAIR.search(piece)
            if not match:
                continue
            first, second = (self._side(side.strip(" ,:"), columns) for side in (match["a"], match["b"]))
            if first is None and second is not None:
                first = _beside(match["a"])
            elif second is None and first is not None:
                second = _beside(match["b"])
            if first is not None and second is not None and first != second:
                return first, second
        return None

    def pair_under(self, parts: Sequence[str], columns: Sequence[Who]) -> tuple[Who, Who] | None:
        """The two groups of "Odds ratio vs. placebo" over "10 mg", or of that head alone beside two groups.

        The head names the comparator; the part below it names the other group, by words that only one column has.
        """
        for upper, part in enumerate(parts):
            match = _PAIR.search(part)
            if match is None or not COMPARISON.search(match["a"]):
                continue
            second = self._side(match["b"].strip(" ,:"), columns)
            others = [who for who in columns if second is not None and not _same_group(who, second)]
            if second is None or len(others) == len(columns):
                return None
            below = _words_of(" ".join(parts[upper + 1 :]))
            named = [who for who in others if below and below <= _words_of(who.label or "")] if below else others
            return (named[0], second) if len(named) == 1 else None
        return None

    def _side(self, text: str, columns: Sequence[Who]) -> Who | None:
        plain = plain_group(text)
        near = {who for who in columns if who.label and _short_for(plain, who.label)}
        if len(near) == 1:
            return near.pop()
        long = " ".join(self._long.get(word, word) for word in plain.split())
        known = self.who(plain, loose=False) or (self.who(long, loose=False) if long != plain else None)
        if known == WHOLE:
            return None
        if known is not None:
            return Who(arm=known.arm, label=plain)
        return Who(arm=None, label=plain) if plain and lexicon.treatments().find(plain) else None


def _same_group(one: Who, other: Who) -> bool:
    """Whether two names stand for one arm, or are one name where no arm is known."""
    if one.arm is not None or other.arm is not None:
        return one.arm == other.arm
    return (one.label or "").lower() == (other.label or "").lower()


def _words_of(name: str) -> set[str]:
    """The words of the name of a group in small letters."""
    return set(plain_group(name).lower().replace(",", " ").split())


def _beside(text: str) -> Who | None:
    """A group that no arm is known for, set against one that is."""
    plain = plain_group(text)
    if COMPARISON.search(plain):
        return None  # "Hazard ratio vs. placebo" says who is compared only on one side
    return Who(arm=None, label=plain) if re.search(r"[A-Za-z]{2}", plain) and len(plain.split()) <= 5 else None


def plain_group(text: str) -> str:
    """The name of a group without size, unit, "group" and marks."""
    text = SIZES.sub(" ", text)
    text = re.sub(
        r"\(\s?(?:%|n|SD|SE|SEM|s\.d\.|mean ± SD|mean|[Nn]o\.?|95% CI|range|IQR|events?|,|\s)*\)|\[[^\]]*\]", " ", text
    )
    text = re.sub(
        r"\b(?:[Mm]eans? ?(?:±|\+/-) ?(?:SD|SE|SEM|s\.d\.)|[Nn]o\. ?\(%\)|n ?\(%\)|n ?/ ?N|n, %)|%|[*†‡§¶#]+"
        r"|,? \b[nN]\b\s*$",
        " ",
        text,
    )
    text = re.sub(
        r"^\s*[-•]\s*|\b(?:groups?|arms?|cohorts?|patients|participants|recipients)\s*$|\bthe\b",
        " ",
        re.sub(r"\s+", " ", text).strip(),
        flags=re.IGNORECASE,
    )
    return re.sub(r"\s+", " ", text).strip(" ,;:.")


def _short_for(short: str, full: str) -> bool:
    """Whether each word of one name begins the word of the other in its place ("D 110 mg", "Dabigatran 110 mg")."""
    one, other = short.lower().split(), full.lower().split()
    return (
        len(one) <= len(other)
        and bool(one)
        and all(b == a or (a.isalpha() and b.startswith(a)) for a, b in zip(one, other, strict=False))
        and (len(one) == len(other) or one == other[: len(one)])
    )


#: Behind other words a comma defines nothing: "for chronic GVHD, relapse and mortality" is a list.
_DEFINED = re.compile(
    r"(?:(?:^|[;,.:]\s*)(?P<first>[A-Z][A-Za-z0-9+/-]{0,9})\s?,|(?:^|[;,.:]\s*|\s)(?P<short>[A-Z][A-Za-z0-9+/-]{0,9})"
    r"\s?(?:=|:|indicates?|denotes?))\s?(?P<long>[A-Za-z][A-Za-z -]{3,50}?)(?=[;,.]|$)"
)


def _defined(notes: str) -> dict[str, str]:
    """Short forms that footnotes explain ("DRO, dronedarone; PBO, placebo")."""
    return {match["first"] or match["short"]: match["long"] for match in _DEFINED.finditer(notes)}
