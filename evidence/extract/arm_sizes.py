"""How many people sentences give each arm where no allocation does."""

import re
from collections.abc import Sequence

from evidence.extract import lexicon
from evidence.extract.arm_candidates import Candidate, Candidates
from evidence.extract.arm_names import whole_number
from evidence.extract.numbers import is_design_assumption

#: The number of patients before the name of their arm, with what may stand between.
_NUMBER_BEFORE_NAME = re.compile(
    r"(?<![\w.,-])(\d[\d,]*) (?:(?:patients|pts|women|men|participants|subjects|were|randomi[sz]ed|assigned|allocated"
    r"|to|in|the|on|received|receiving|with) ){0,5}$",
    re.IGNORECASE,
)


#: Allocated patients are fewer than this only in case reports.
_FEWEST = 5


def _number_before(name: str, words: str) -> int:
    """The number of patients that stands before the first mention of a name that has one; 0 where none has."""
    at = words.find(name)
    while at >= 0:
        end = at + len(name)
        match = _NUMBER_BEFORE_NAME.search(words, max(0, at - 100), at)
        if match and not words[end : end + 1].isalnum():
            return whole_number(match[1])
        at = words.find(name, end)
    return 0


def sizes_beside_names(told: Sequence[str], candidates: Candidates) -> None:
    """Sizes from numbers that stand right before the names of two arms in one sentence ("26 X and 27 Y")."""
    named = [c for c in candidates.by_key.values() if not c.sizes and (c.groups or c.partners)]
    if len(named) < 2:
        return
    for words in told:
        folded = words.casefold()
        here = [candidate for candidate in named if candidate.label.casefold() in folded]
        if len(here) < 2 or is_design_assumption(words):
            continue
        found: dict[str, int] = {}
        for candidate in here:
            number = _number_before(candidate.label.casefold(), folded)
            if number >= _FEWEST:
                found[candidate.label] = number
        if len(found) == 2 and not lexicon.outcomes().find(words):
            for candidate in here:
                if candidate.label in found:
                    candidate.sizes[found[candidate.label]] += 2


def size_the_rest(arms: list[Candidate]) -> None:
    """Give the second of two arms the size told by "26 began X and 55 did not"."""
    if len(arms) == 2:
        for one, other in (arms, arms[::-1]):
            if one.rest is not None and not other.sizes:
                other.sizes[one.rest] = 1


_IN_EACH = re.compile(
    r"(?<![\w.])(\d+) (?:patients |women |participants )?(?:in|per|to) each (?:treatment |study )?(?:group|arm)"
    r"|\([nN]\s?=\s?(\d+) (?:each|(?:in|per) (?:each )?(?:group|arm))\)"
)


_PER_ARM = re.compile(
    r"(?<![\w.])(\d[\d,]*) (?:(?:patients|participants|women) )?(?:per|in each|to each) (?:arm|group)\b"
)


def size_each(arms: list[Candidate], told: Sequence[str], text: str) -> None:
    """Give arms without a size the one told by "40 patients in each group".

    Where the arms are told together with all who were randomized ("9650 were randomized (4825 per arm)"), other sizes
    are those of parts.
    """
    for words in told:
        each_arm = _PER_ARM.search(words) if "random" in words else None
        size = whole_number(each_arm[1]) if each_arm else 0
        if size and re.search(rf"(?<![\d,])(?:{size * len(arms)}|{size * len(arms):,})(?![\d,])", words):
            for arm in arms:
                arm.sizes = {size: 1}
            return
    if each := _IN_EACH.search(text):
        for arm in arms:
            arm.sizes = arm.sizes or {int(each[1] or each[2]): 1}
