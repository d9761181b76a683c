"""Names of arms from what was given: "245 allocated to X and 122 to Y", "26 X, 27 Y", "X versus Y"."""

import re
from itertools import pairwise

from evidence.extract import lexicon
from evidence.extract.arm_candidates import Candidates, Place
from evidence.extract.arm_names import name_at, treatment_phrases, whole_number


def collect_allocations(place: Place, candidates: Candidates) -> None:
    """Note every name that patients of a sentence were allocated to, given, or compared by."""
    _counted_allocations(place, candidates)
    _compared_treatments(place, candidates)
    _results_with(place, candidates)


# ---------------------------------------------------------------------------------------------------- counted patients

_ALLOCATING = re.compile(r"random|assign|allocat|received|receiving|treated|enrolled|includ|comprised|were|patients")
_ARM_WORD = re.compile(r"\b(?:arm|group)s?\b")
#: Allocated patients are fewer than this only in case reports.
_FEWEST = 5


def _counted_allocations(place: Place, candidates: Candidates) -> None:
    """Note names that a number of patients stands before."""
    if not _allocates(place.words):
        return
    found = _numbers_to_names(place, candidates)
    if found:
        found += _capitals_after_numbers(place.words)
    found += _treatments_after_numbers(place.words)
    _note_those_without(place, candidates)
    several = len(found) > 1
    candidates.set_against(
        [
            candidates.note(name, place.start, support=2 * place.weight if several else 1, n=n if several else None)
            for name, n in found
        ]
    )


def _allocates(words: str) -> bool:
    """Whether a sentence tells who was given what.

    "872 in the A arm and 867 in the B arm" does, unless it counts what happened there.
    """
    return bool(_ALLOCATING.search(words)) or bool(_ARM_WORD.search(words) and not lexicon.outcomes().find(words))


_PATIENTS = r"patients?|pts|women|men|females|males|participants?|subjects?|individuals"
_GIVEN = r"randomly |randomi[sz]ed |allocated |assigned |received |receiving |treated |given |undergoing "
#: "245 patients were randomly assigned to", "122 (33%) in the", "24 without".
_ALLOCATED = re.compile(
    r"\b(?P<n>\d[\d,]*)\s?(?:\([^()]*\)\s?)?"
    rf"(?:(?:{_PATIENTS}|were|was|been|who|had|have|eligible|randomly|of them)\s){{0,5}}"
    rf"(?:(?:{_GIVEN})+(?:to |with |by )?(?:receive )?|to |with(?=\s)|in |on |without(?=\s))"
    r"(?:the )?(?:an? )?(?=[A-Za-z]|\d+[A-Z]\b)"
)
#: Inside a number, or the second of "26 and 27 in the X and Y arms".
_INSIDE_NUMBER = re.compile(r"[\w.=-]$|\d and $")
_PERCENT_BEHIND = re.compile(r"\s?%")
_SAYS_GIVEN = re.compile(r"random|alloc|assign|receiv|treat|given|undergo")
_OUT_OF = re.compile(r"(?:\b[Oo]f\s(?:the\s)?|/\s?)$")
_WITHOUT = re.compile(r"without\s?$")


def _numbers_to_names(place: Place, candidates: Candidates) -> list[tuple[str, int]]:
    """Names with the number of patients allocated to each.

    "24/82 (29%) in the A group" counts events: its denominator is noted as weak evidence of the size of A.
    """
    found: list[tuple[str, int]] = []
    words = place.words
    for match in _ALLOCATED.finditer(words):
        before = words[: match.start()]
        if _INSIDE_NUMBER.search(before) or _PERCENT_BEHIND.match(words, match.end("n")):
            continue
        n = whole_number(match["n"])
        name = name_at(words[match.end() :])
        out_of = _OUT_OF.search(before) is not None
        if not _SAYS_GIVEN.search(match.group()) and (out_of or place.tells_outcome):
            key = candidates.note(name, place.start, support=1) if name and out_of else None
            if key and not candidates.by_key[key].sizes:
                candidates.by_key[key].sizes[n] = 1
            continue
        if not name or n < _FEWEST:
            continue
        short = _SHORT_BEHIND.match(words, match.end() + len(name)) if words.startswith(name, match.end()) else None
        if short and (key := candidates.note(name, place.start, support=0)):
            candidates.add_nickname(key, short["short"])
        if _WITHOUT.search(match.group()) and not name.lower().startswith(("no ", "non")):
            name = f"without {name}"
        found.append((name, n))
    return found


#: "83 were given consolidation (non-HSCT)".
_SHORT_BEHIND = re.compile(r"\s?\((?P<short>(?:[a-z]+-)?[A-Z][\w+/-]{1,15})\)")
_CAPITALS_AFTER_NUMBER = re.compile(r"(?:and|,|;) (?P<n>\d[\d,]*) (?P<label>[A-Z][\w+/-]*)(?=[.,;)]|\s(?:group|arm)\b)")


def _capitals_after_numbers(words: str) -> list[tuple[str, int]]:
    """Names written in capitals behind a further number (", 122 SOR")."""
    return [(match["label"], whole_number(match["n"])) for match in _CAPITALS_AFTER_NUMBER.finditer(words)]


_WORD_AFTER_NUMBER = re.compile(
    r"(?<![\w.=-])(?P<n>\d[\d,]*) (?P<label>[A-Za-z][\w+-]*)(?=[,;)]| and |\s(?:group|arm)s?\b)"
)


def _treatments_after_numbers(words: str) -> list[tuple[str, int]]:
    """Treatments right behind a number ("26 sorafenib, 27 placebo")."""
    return [
        (match["label"], whole_number(match["n"]))
        for match in _WORD_AFTER_NUMBER.finditer(words)
        if lexicon.treatments().find(match["label"])
    ]


#: "26 began X after discharge and 55 did not".
_OTHERS_DID_NOT = re.compile(
    r"\b(?P<n>\d[\d,]*) (?:of them |patients )?"
    r"(?:(?:had )?received|began|started|took|were given|had|were treated with)\s(?P<label>[^.;,()]{3,60}?)"
    r"(?:\s\([^()]*\))?(?:\s(?:after|at)\s[^.;,()]{3,30})?,? (?:and|while|whereas) "
    r"(?P<m>\d[\d,]*) (?:of them |patients )?(?:did|were|had) not"
)


def _note_those_without(place: Place, candidates: Candidates) -> None:
    """Note X with its size, and how many did not get it, from "26 began X and 55 did not"."""
    divided = _OTHERS_DID_NOT.search(place.words)
    if divided and (name := name_at(divided["label"])):
        key = candidates.note(name, place.start, support=2 * place.weight, n=whole_number(divided["n"]))
        if key:
            candidates.by_key[key].rest = whole_number(divided["m"])


def name_those_without(candidates: Candidates) -> None:
    """Name the patients who did not get X, of whom there is a number, where no other name is one of a control.

    One control that is named is X's.
    """
    controls = [key for key, c in candidates.by_key.items() if lexicon.control_words().search(c.label)]
    for key, candidate in list(candidates.by_key.items()):
        if candidate.rest is None or len(controls) > 1 or key in controls:
            continue
        without = (
            controls[0]
            if controls
            else candidates.note(
                f"no {candidate.label}", candidate.first + 1, support=candidate.support, n=candidate.rest
            )
        )
        candidates.set_against([key, without])


# ---------------------------------------------------------------------------------------------------------- comparisons

_AGAINST = re.compile(
    r"\s(?:(?:arm|group|recipients)\s)?(?:(?:was|were|is)\s(?:\w+ly\s)?)?"
    r"(?:versus|vs\.?|v|(?:as )?compared (?:with|to)|in comparison (?:with|to)|superior to|inferior to|or|than"
    r"|against)\s(?:to )?(?:the )?"
)
#: "X improved overall survival compared with Y".
_DID_BETTER = re.compile(
    r"^\s(?:significantly )?(?:improved|prolonged|increased|reduced|decreased|worsened)\s(?:[^.;,()]|\.(?=\d)){3,60}?"
    r"(?=\s(?:compared|versus|vs|over|against)\b)"
)
_BRACKET = re.compile(r"^\s?\([^()]*\)")
#: "To compare X with Y", "a comparison of X and Y".
_COMPARE = re.compile(r"\bcompar(?:es?|ed|ing|isons?(?: of| between))\s(?:the )?(?:\w+ (?:and \w+ )?of )?$")
_VERSUS = re.compile(r"\b(?:versus|vs|with)\b")
_AND = re.compile(r"\s(?:with|and|to)\s(?:the )?")


def _compared_treatments(place: Place, candidates: Candidates) -> None:
    """Note treatments set against each other: "X versus Y", "X compared with Y"."""
    text = place.text
    for one, other in pairwise(treatment_phrases(text, place.start, place.end)):
        between = _DID_BETTER.sub("", text[one.end : other.start])
        gap = _BRACKET.sub("", between) + " "
        further = _VERSUS.search(text, other.end, place.end)  # "comparing X and Y versus Z"
        to_compare = _COMPARE.search(text, place.start, one.start) and not further and _AND.match(gap)
        if len(between) < 40 and (to_compare or _AGAINST.match(gap)):
            support = 2 * place.weight if to_compare else place.weight
            candidates.set_against(
                [candidates.note(text[p.start : p.end], p.start, support=support) for p in (one, other)]
            )


_PERCENT_WITH = re.compile(
    r"\d\s?%\s(?:\([^()]*\)\s)?(?:(?:with|for|on|after)\s)?(?:the )?(?P<whole>(?:triple|dual|double) combination\b)?"
)


def _results_with(place: Place, candidates: Candidates) -> None:
    """Note X, Y and Z in "70% with X, 50% with Y and 35% with Z", where they are treatments."""
    found = list(_PERCENT_WITH.finditer(place.words))
    if len(found) < 2:
        return
    begins = {phrase.start: phrase.end for phrase in treatment_phrases(place.text, place.start, place.end)}
    names = []
    for match in found:
        at = place.start + match.end()
        if match["whole"] or at in begins:
            names.append(match["whole"] or place.text[at : begins[at]])
    if len(set(names)) > 1:
        candidates.set_against([candidates.note(name, place.start, support=place.weight) for name in names])
