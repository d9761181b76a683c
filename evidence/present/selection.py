"""Which studies, arms and rows a question selects for a comparison table.

Words are matched as whole words without case. A word that an arm's label only denies ("non-sorafenib", "without
maintenance") is no match, whatever the arm's normal names say; asking for "no maintenance" finds "no maintenance".
"""

import re
from collections.abc import Iterable
from decimal import Decimal

from evidence.model.codes import REPORTED, Report, RowStatus
from evidence.model.question import Question
from evidence.model.records import Arm, Result, Study

#: A denial, then at most three words ("without any prior"), then the word asked for. A comma, "and", "plus", "with" or
#: "then" ends what is denied: "no prophylaxis, sorafenib" is an arm with sorafenib.
_DENIAL = re.compile(
    r"\b(?:(?:non|no|not|without|never|neither|nor|minus|lacking|lack of|absence of|instead of|rather than|placebo for)"
    r"[\s\-–]*(?:(?!(?:and|plus|with|but|then|followed)\b)\w[\w\-–]*[\s\-–]+){0,3}"
    r"|(?:post|pre|prior)[\s\-–]+)$",  # "post-sorafenib", but not "post-transplant sorafenib"
    re.IGNORECASE,
)
#: What may follow the word and denies it: "sorafenib-free", "sorafenib naive", "sorafenib-matched placebo".
_DENIED_AFTER = re.compile(r"[\s\-–]*(?:free|naive|naïve|untreated|placebo|match(?:ed|ing))\b", re.IGNORECASE)


def names(text: str, word: str) -> bool:
    """Whether the text names the word as a whole word that is not denied."""
    return any(not denied for denied in _mentions(text, word))


def arm_matches(arm: Arm, words: Iterable[str]) -> bool:
    """Whether the arm is one of the treatments asked for; no words ask for every arm."""
    wanted = tuple(words)
    if not wanted:
        return True
    for word in wanted:
        in_label = list(_mentions(arm.label, word))
        if in_label and all(in_label):
            continue
        if in_label or any(names(treatment, word) for treatment in arm.treatment):
            return True
    return False


def study_matches(study: Study, question: Question) -> bool:
    """Design, population and report of the study are those asked for."""
    if question.design and study.design not in question.design:
        return False
    if study.report is Report.CITED and not question.include_cited:
        return False
    about = f"{study.population or ''} {study.label}"
    return not question.population or any(names(about, word) for word in question.population)


def row_matches(row: Result, question: Question) -> bool:
    """Outcome, subgroup, time point, derivation and status of the row are those asked for.

    A row without a time point (a median, a hazard ratio) belongs to every time point.
    """
    if row.outcome not in question.outcome:
        return False
    if row.derivation != REPORTED and not question.include_derived:
        return False
    if row.status not in question.status if question.status else row.status is RowStatus.REJECTED:
        return False
    if question.timepoint_months is not None and row.timepoint_months not in (
        None,
        Decimal(str(question.timepoint_months)),
    ):
        return False
    if question.subgroup is None:
        return row.subgroup is None
    return row.subgroup is not None and names(row.subgroup, question.subgroup)


def _mentions(text: str, word: str) -> Iterable[bool]:
    """One truth value per mention of the word: whether it is denied there."""
    for match in re.finditer(rf"(?<!\w){re.escape(word.strip())}(?!\w)", text, re.IGNORECASE):
        before = re.split(r"[,;+/()]", text[: match.start()])[-1]
        yield bool(_DENIAL.search(before) or _DENIED_AFTER.match(text, match.end()))
