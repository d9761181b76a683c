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
    r"|to|in|the|on|received|receiving|with|given) ){0,5}$",
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


#: "X, n = 236;", "X 254," behind a name.
_NUMBER_BEHIND_NAME = re.compile(r"(?:,? n\s?=\s?|,? |: )(\d[\d,]*)(?=[,;)]|\.(?!\d)|\s?$| and )")


def _number_behind(name: str, words: str) -> int:
    """The number that stands behind the first mention of a name that has one; 0 where none has."""
    for mention in re.finditer(rf"(?<![\w-]){re.escape(name)}", words):
        if match := _NUMBER_BEHIND_NAME.match(words, mention.end()):
            return whole_number(match[1])
    return 0


def sizes_beside_names(told: Sequence[str], candidates: Candidates) -> None:
    """Sizes from numbers right beside the names of two arms in one sentence ("26 X and 27 Y", "X 26, Y 27")."""
    named = [c for c in candidates.by_key.values() if c.groups or c.partners]
    unsized = {c.label for c in named if not c.sizes}
    for words in told:
        folded = words.casefold()
        here = [candidate for candidate in named if candidate.label.casefold() in folded]
        if len(here) < 2 or is_design_assumption(words):
            continue
        for number_at in (_number_before, _number_behind):
            numbers = {candidate.label: number_at(candidate.label.casefold(), folded) for candidate in here}
            found = {label: number for label, number in numbers.items() if number >= _FEWEST}
            agree = all(found[c.label] in c.sizes for c in here if c.label in found and c.sizes)
            if len(found) > 1 and agree and len(unsized & found.keys()) < 3 and not lexicon.outcomes().find(words):
                for candidate in here:
                    if candidate.label in unsized & found.keys():
                        candidate.sizes[found[candidate.label]] += 2
                break


def size_the_rest(arms: list[Candidate]) -> None:
    """Give the second of two arms the size told by "26 began X and 55 did not"."""
    if len(arms) == 2:
        for one, other in (arms, arms[::-1]):
            if one.rest is not None and not other.sizes:
                other.sizes[one.rest] = 1


_IN_EACH = re.compile(
    r"(?<![\w.])(\d+) (?:patients |women |participants )?(?:in|per|to) each (?:treatment |study )?(?:group|arm)"
    r"|\([nN]\s?=\s?(\d+) (?:each|(?:in|per|for) (?:each )?(?:group|arm|cohort|treatment|product))\)"
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
