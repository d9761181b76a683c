"""Patients of a cited study who had a treatment before, in tables that list studies and in the text about them.

"N° post HSCT" over a column of numbers, "sixty patients were treated for relapse after HSCT" in a sentence. The text
is read only for studies of which a table gives the number, and only where a sentence tells who was taken in: what
patients reached or suffered counts events, "40 and 26 patients" are parts of a number, and a group is not the study.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from evidence.extract import lexicon
from evidence.extract.digits import WHOLE, to_whole
from evidence.extract.study_size import numbers_of_people

_KIND = r"(?:(?P<auto>auto(?:logous)?)|allo(?:geneic)?|haplo(?:identical)?|cord[ -]blood)"
_TRANSPLANT = re.compile(
    rf"(?:{_KIND}[ -]?)?(?:ha?ematopoietic )?(?:(?:stem|progenitor)[ -]cell |bone[ -]marrow )?"
    r"(?:(?P<asct>ASCT)|HS?CT|SCT|BMT|transplant(?:ation|s|ed)?)(?![\w-])",
    re.IGNORECASE,
)
_FILLER = (
    r"(?:(?:an?|the|any|first|one|failed|prior|previous|received|treated|with|to|exposed|exposure|therapy|use|of)\s)*"
)
#: Words for what was before; what is "after" a drug or an operation is mostly the study itself.
_CUE = re.compile(
    rf"\b(?P<before>prior|previous(?:ly)?|earlier|history of|pre-?treated|pre-?exposed|exposed)(?:\s|-){_FILLER}"
    rf"|\b(?P<after>after|following|post)[\s-]?{_FILLER}",
    re.IGNORECASE,
)
_TRANSPLANTED = re.compile(r"\b(?:previously )?transplanted\b", re.IGNORECASE)


class History(NamedTuple):
    """An earlier treatment where words name it. `before`: said to be earlier, rather than that something followed."""

    at: int
    treatment: str
    before: bool


def history(words: str) -> History | None:
    """The first treatment that patients are said to have had before; None where none is named."""
    for cue in _CUE.finditer(words):
        if transplant := _TRANSPLANT.match(words, cue.end()):
            return History(cue.start(), _kind_of(transplant), bool(cue["before"]))
        named = lexicon.treatments().find(words, cue.end(), len(words)) if cue["before"] else []
        if named and named[0][0] == cue.end():
            return History(cue.start(), named[0][2], True)
    return None


def _kind_of(transplant: re.Match[str]) -> str:
    return "autologous transplantation" if transplant["auto"] or transplant["asct"] else "transplantation"


_NO_COUNT = re.compile(
    r"\b(?:survival|OS|RFS|LFS|PFS|EFS|CRc?|response|relapse|median|time|months?|days?|GVHD)\b",
    re.IGNORECASE,
)
#: "26", "26 (7%)": a number of patients in a cell.
_COUNT = re.compile(rf"(?P<n>{WHOLE})(?:\s?\(\s?\d+(?:\.\d+)?\s?%?\s?\))?")


def counted_history(head: str) -> str | None:
    """The earlier treatment that a head of a table counts; None for outcomes and times."""
    found = history(head)
    return found.treatment if found and not _NO_COUNT.search(head) else None


def count_in_cell(text: str) -> int | None:
    """The number of patients in a cell; None where it holds another thing, or several."""
    match = _COUNT.fullmatch(text.strip())
    return to_whole(match["n"]) if match else None


def what_of(treatment: str) -> str:
    """What patients who had a treatment before are called."""
    return f"patients with previous {treatment}"


# ---------------------------------------------------------------------------------------------------------------- text

#: Before the number of a part of them: of a group, or of two groups ("40 and 26 patients").
_PART = re.compile(
    r"\d[\d,]*\s(?:and|or|vs\.?|versus|to)\s$|\b(?:only|other|first|remaining)\s$|\b(?:group|arm|cohort)\b[^.;]*$",
    re.IGNORECASE,
)
#: What is given "after transplantation" may be part of the study; what is given "for relapse after" it is its subject.
_TAKEN_IN = re.compile(r"\b(?:includ|enrol|recruit|random|relapsing|with\b|(?:for|in|had)\b[^,]*\brelaps)")
_HAD_BEFORE = re.compile(r"\b(?:treated|receiv|underwent|undergo|had\b|have\b|were\b|been\b)")
#: What befell patients, and groups they belong to.
_OTHER = re.compile(
    r"\b(?:achiev|reach|respon|die|dead|death|aliv|surviv|remain|develop|experienc|proceed|bridg|subsequent|later|then"
    r"|discontinu|complet|withdr|exclu|event|toxic|GVHD|remission|CR|groups?\b|arms?\b|cohort|respectively|not)"
)
_ENDS = re.compile(r"[.;:()\d]|,? (?:but|while|whereas|although)\b")


def told_histories(words: str, treatments: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Which of these earlier treatments a sentence tells of, with how many patients it says had them."""
    return tuple(dict.fromkeys(_told(words, treatments)))


def _told(words: str, treatments: Sequence[str]) -> Iterator[tuple[str, int]]:
    for n, match in numbers_of_people(words):
        if _PART.search(words[: match.start()]):
            continue
        if _TRANSPLANTED.search(match.groupdict().get("what") or "") and "transplantation" in treatments:
            yield "transplantation", n
            continue
        ends = _ENDS.search(words, match.end())
        clause = words[match.end() : ends.start() if ends else len(words)]
        found = history(clause)
        if found is None or found.treatment not in treatments:
            continue
        between, behind = clause[: found.at], clause[found.at :].split(" and")[0]
        if _OTHER.search(between) or _OTHER.search(behind):
            continue
        if not between.strip() or _TAKEN_IN.search(between) or (found.before and _HAD_BEFORE.search(between)):
            yield found.treatment, n
