"""How many patients a study took in, as its own text or another document tells it."""

import re
from collections.abc import Iterator, Sequence

from evidence.extract.arms import ArmGuess
from evidence.extract.names import named_after
from evidence.extract.nlp import Reading, Sentence
from evidence.extract.numbers import WORD_NUMBER, is_design_assumption, spelled
from evidence.model.codes import Role

_ONES = "one|two|three|four|five|six|seven|eight|nine"
_PEOPLE = (
    r"(?:patients?|pts|women|men|participants|subjects|adults|children|individuals|persons|cases|females|males"
    r"|volunteers|survivors|people)\b"
)
#: A number of people, in digits or words, with up to nine words before who they are.
_N_CUES = re.compile(
    r"\b(?P<n>\d{1,3}(?:,\d{3})+|(?<!\d )\d{1,3} \d{3}(?= [a-z])|\d+"
    rf"|(?:[A-Z][a-z]+|[Aa](?= hundred)|{_ONES}|ten|eleven|twelve|\w+teen|\w+ty)"
    rf"(?:[\s-](?:{_ONES}|ten|eleven|twelve|hundred|thousand|and|\w+ty|\w+teen))*)"
    r"\s(?P<what>(?:[A-Za-z()/+,-][\w()/+,-]*\s){0,9}?)"
    rf"{_PEOPLE}"
)


#: Score of the number of patients that a table gives.
_TABLED = 4.5


def described_size(text: str) -> int | None:
    """Number of patients of a study as another document tells it: the first number of patients that is no share."""
    for match in _N_CUES.finditer(text):
        n = whole_number(match["n"])
        before = text[max(0, match.start() - 24) : match.start()]
        after = text[match.end() : match.end() + 25]
        if (
            n is None
            or n < 5
            or re.search(r"[\d.,(]$|%\s?$|(?<!cohort )(?<!total )(?<!series )(?<!study )(?<!group )\bof $", before)
            or re.match(r"\s?\(\d+(?:\.\d+)?\s?%", after)
        ):
            continue
        return n
    return None


def size_of(reading: Reading, arms: Sequence[ArmGuess], everybody: int | None) -> int | None:
    """Patients randomized, or taken into the study; of several printed numbers that to which the arms sum.

    `everybody`, the number over the column of all patients in a table, counts like a sentence that says who was taken
    in. No part of the patients is more than all of them.
    """
    arm_sizes = tuple(arm.n for arm in arms if arm.n and arm.role is not Role.OTHER)
    fewest = max((arm.n for arm in arms if arm.n), default=0)
    total = sum(arm_sizes) if len(arm_sizes) > 1 else None
    best: tuple[float, int] | None = None
    if everybody is not None:
        best = (_TABLED + (2 if everybody == total else 0), everybody)
    for sentence in reading.sentences:
        if sentence.zone in ("discussion", "references", "introduction") or sentence.start > 25000:
            continue
        words = reading.words(sentence)
        if is_design_assumption(words) and "random" not in words:
            continue
        for n, match in numbers_of_people(words):
            if n < fewest:
                continue
            score = _score(words, match, sentence)
            if n == total:
                score += 2
            elif total is not None and n in arm_sizes:
                score -= 2
            if best is None or score > best[0]:
                best = (score, n)
    return best[1] if best is not None and best[0] >= 2 else None


# ----------------------------------------------------------------------------------------------------------- candidates

#: What stands before a share or a part of the patients, an age or the end of a longer number.
_NO_TOTAL_BEFORE = re.compile(
    r"[\d.,]$|%\s?$|(?<!total )(?<!population )(?<!sample )(?<!cohort )\bof (?:the |these )?$|\(\s?$|[Aa]ged $"
    r"|\b(?:planned|target|required|expected)\b[^.;\d]{0,30}$"
)
#: A size that no word for people stands behind.
_TOTALS = re.compile(
    r"\b[Aa] total of (?P<n>\d[\d,]*)\b|\brandomly assigned (?P<m>\d[\d,]*)\b|\(N\s?=\s?(?P<k>\d[\d,]*)\)"
    # participants (n = 40), patients with cancer (n = 88) were randomly assigned
    rf"|^(?:[A-Z][\w-]+ )?(?i:{_PEOPLE})(?: at baseline)?\s?\([nN]\s?=\s?(?P<people>\d[\d,]*)\)"
    r"|\([nN]\s?=\s?(?P<bracket>\d[\d,]*)\)(?=,? (?:were|was) (?:then |equally )?(?:random|enrolled|recruited))"
)
_OTHER_THINGS = re.compile(r"\s(?:courses|cycles|samples|events|doses|centers|centres|hospitals)")


def numbers_of_people(words: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Numbers of people in a sentence that are not said to be a part of others."""
    for match in _N_CUES.finditer(words):
        n = whole_number(match["n"])
        if n is None or n < 5 or _NO_TOTAL_BEFORE.search(words[: match.start()]) or "%" in match["what"]:
            continue
        if named_after(words, match.end("n")):
            continue
        yield n, match
    for match in _TOTALS.finditer(words):
        n = whole_number(next(group for group in match.groups() if group))
        if n and n > 2 and not _OTHER_THINGS.match(words, match.end()):
            yield n, match


# --------------------------------------------------------------------------------------------------------------- scores

_RANDOMIZED = re.compile(
    r"randomly (?:assigned|allocated|divided)|randomi[sz]ed|were (?:assigned|allocated)|underwent random"
)
_TAKEN_IN = re.compile(
    r"enrolled|included|recruited|entered|accrued|registered|analy[sz]ed|evaluated|studied|reviewed|identified"
    r"|collected|treated|received|participated|assigned|evaluable|eligible|divided|measured|assessed|examined"
    r"|available|consented|consecutive"
)
_HAPPENED = re.compile(
    r"(?<!with )\b(?:died|relapsed|achieved|experienced|responded|developed|completed|discontinued|withdrew|excluded"
    r"|screened)\b"
)
#: What stands behind the number of one arm.
OF_AN_ARM = re.compile(
    r"\s(?:in|of) (?:the|each|both)\s[\w\s-]{0,40}?(?:group|arm)"
    r"|[^.;\d]{0,90}\band \d[\d,]* (?:patients )?(?:to|in the|received)\b"
    r"|[^.;\d]{0,40}\b(?:assigned|allocated|randomi[sz]ed)\s(?:to|into)\b"
    r"(?![^.;]*(?:\bor\b|\bvs?\b|versus|\beither\b|\bbetween\b|\bone of\b|groups|arms|:))"
)
#: "66 patients (45 in the X group and 21 in the Y group)".
_DIVIDED = re.compile(r"\s?\(\d[\d,]* [^(%]*\b(?:and|,|;) \d[\d,]* [a-z]")
#: "was measured in 140 young women with", where the people studied are told of.
_STUDIED_IN = re.compile(r"\b(?:in|from|among|on|of)\s$|^$")
_WHO = re.compile(r"\s(?:in an?|with|aged?|ages|who|at|scheduled|from|\()|\.$")
_IN_TOTAL = re.compile(r"\b[Tt]otal of |\b[Oo]verall,? |\b[Ii]n total,? |^[Aa] total of")


def _score(words: str, match: re.Match[str], sentence: Sentence) -> float:
    """How likely a number of people is the size of the study."""
    near = words[max(0, match.start() - 120) : match.end() + 160]
    score = 5.0 if _RANDOMIZED.search(near) else 2.5 if _TAKEN_IN.search(near) else 0.0
    if _DIVIDED.match(words, match.end()):
        score += 2.5
    elif not score and _WHO.match(words, match.end()) and _STUDIED_IN.search(words[: match.start()]):
        score += 1.6 if "%" not in words else 0
    if _IN_TOTAL.search(words[max(0, match.start() - 20) : match.start() + 10]):
        score += 1
    if sentence.zone == "results" or sentence.start < 2500:
        score += 0.5
    if match.re is _TOTALS:
        score += 2 if match["people"] else 1
    elif _HAPPENED.search(words[match.end() : match.end() + 70]):
        score -= 2
    if OF_AN_ARM.match(words, match.end()):
        score -= 2.5
    # what was taken in is told before what was analysed
    score -= sentence.start / 40000
    return score


# -------------------------------------------------------------------------------------------------------------- numbers


def whole_number(text: str) -> int | None:
    """A whole number in digits or words ("Eighty-three", "three hundred fifty-six")."""
    if text[0].isdigit():
        digits = text.replace(",", "").replace(" ", "")
        return int(digits) if digits.isdecimal() else None
    total, current, seen = 0, 0, False
    for word in re.split(r"[\s-]+", text.lower()):
        if word in ("a", "hundred", "thousand"):
            current, seen = max(current, 1) * {"a": 1, "hundred": 100, "thousand": 1000}[word], True
            if word == "thousand":
                total, current = total + current, 0
            continue
        match = WORD_NUMBER.fullmatch(word)
        if match:
            current += spelled(match)
            seen = True
        elif seen and word != "and":
            break
        elif not seen:
            return None
    return total + current if seen else None
