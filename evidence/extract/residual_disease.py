"""Residual disease of single patients before treatment, and what the text says of who was, became or stayed negative.

A column is read only where its head, the notes below the table or its caption say that it is from before treatment; a
level is positive or negative by the words of its cell, else by being printed as a percentage. A level below the one
that the document calls positive stays untold.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from evidence.extract.contexts import Context
from evidence.extract.digits import NUMBER, to_decimal
from evidence.extract.nlp import Reading, clean_offsets
from evidence.extract.people import People, people
from evidence.extract.rows import Rows
from evidence.extract.study_size import whole_number
from evidence.model.codes import Design
from evidence.model.records import MRD_NEGATIVE, MRD_POSITIVE, STAYED_MRD_NEGATIVE, TURNED_MRD_NEGATIVE, Quantity

_DISEASE = r"(?:MRD|(?:[Mm]inimal|[Mm]easurable) residual disease)"
_MRD = re.compile(_DISEASE)
_OTHER_THERAPY = r"(?:\w+[ -])?(?:transplant\w*|HS?CT|SCT|induction|consolidation|diagnosis|relapse)"
_BEFORE = (
    rf"(?:\b(?:before|prior to|pre-?(?=treatment|therapy|maintenance|study))(?! ?(?:\w+ )?{_OTHER_THERAPY})"
    r"|(?:\bat )?\bbaseline\b|\bat (?:the )?(?:start|(?:study )?entry|enrol\w+|inclusion|initiation|screening)\b)"
)
_AT_START = re.compile(_BEFORE, re.IGNORECASE)
_LATER = re.compile(
    r"\b(?:after|post|best|last|final|follow|response|end|cycles?|months?|days?|weeks?|relapse|diagnosis|transplant\w*"
    r"|HS?CT|SCT|induction|consolidation)\b",
    re.IGNORECASE,
)


def residual_disease(reading: Reading, own: Context, rows: Rows) -> Iterator[Quantity]:
    """Patients of the document's own study with their state before treatment, and the claims of its text."""
    review = own.study.design in (Design.REVIEW, Design.PRECLINICAL)
    if review or not any(_MRD.search(reading.text, start, end) for start, end in reading.tables):
        return
    threshold = _threshold(reading.text)
    listed = [(table, column) for table in people(reading) if (column := _column(table)) is not None]
    if len(listed) != 1:
        return
    (table, column) = listed[0]
    document, study, to_clean = own.study.document_id, own.study.study_id, clean_offsets(reading.document)
    for person in table.persons:
        state, level = _state(person.text(column), threshold)
        if state is None:
            continue
        name, cell = " ".join(person.name.cell.text.split()), person.cells[column][0].cell
        head = table.verbatim[column]
        yield Quantity(
            document_id=document,
            study_id=study,
            what=MRD_POSITIVE if state else MRD_NEGATIVE,
            patient=name,
            group=len(table.persons),
            percent=level,
            source=rows.source(
                to_clean(cell.char_start), to_clean(cell.char_end), table=table.table.label, row=name, column=head
            ),
        )
    for sentence in own.sentences:
        for what, match in _claims(reading.words(sentence)):
            count, total = whole_number(match["n"]), match["total"]
            if count is not None:
                yield Quantity(
                    document_id=document,
                    study_id=study,
                    what=what,
                    value=Decimal(count),
                    total=whole_number(total) if total else None,
                    source=rows.source(sentence.start, sentence.end),
                )


# --------------------------------------------------------------------------------------------------------------- tables


def _column(table: People) -> int | None:
    """The one column of residual disease from before treatment."""
    asked = [index for index, head in enumerate(table.heads) if _MRD.search(head) and not _LATER.search(head)]
    told = [index for index in asked if _AT_START.search(table.heads[index])]
    if not told and len(asked) == 1 and any(_AT_START.search(words) for words in _about(table)):
        told = asked
    return told[0] if len(told) == 1 else None


def _about(table: People) -> Iterator[str]:
    """What caption and notes say of residual disease, sentence by sentence."""
    for text in (table.caption, table.notes):
        yield from (words for words in re.split(r"(?<=[a-z)])[.;]\s", text) if _MRD.search(words))


_NEGATIVE = re.compile(r"\bneg\w*|\bundetect\w*|\bnot detect\w*|^\s*(?:[-–−]|no|none|0(?:\.0+)?\s?%?|[<≤].*)\s*$", re.I)
_POSITIVE = re.compile(r"\bpos\w*|^\s*\+\s*$|^\s*yes\s*$|\bdetect(?:ed|able)\b", re.IGNORECASE)
_LEVEL = re.compile(rf"(?<![\d.^×x-])(?P<level>{NUMBER})\s?%")


def _state(text: str, threshold: Decimal | None) -> tuple[bool | None, Decimal | None]:
    """Whether a cell says that residual disease was found, and its level in percent."""
    level = _LEVEL.search(text)
    percent = to_decimal(level["level"]) if level else None
    if _NEGATIVE.search(text):
        return False, None
    if _POSITIVE.search(text):
        return True, percent
    if percent is None or (threshold is not None and percent < threshold):
        return None, None
    return True, percent


_THRESHOLD = re.compile(
    rf"\bpositiv\w+\b[^.;]{{0,40}}?(?:≥|>=|>|at least|more than|above)\s?(?P<level>{NUMBER})\s?%", re.IGNORECASE
)


def _threshold(text: str) -> Decimal | None:
    """The lowest percentage that the document calls positive."""
    return min((to_decimal(match["level"]) for match in _THRESHOLD.finditer(text)), default=None)


# ---------------------------------------------------------------------------------------------------------------- text

_COUNT = (
    r"(?<![\w.,/%-])(?P<n>\d+|[A-Z]?[a-z]+(?:-[a-z]+)?)(?: (?:out )?of (?:the |all )?(?P<total>\d+))?"
    r"(?: (?:patients?|cases?|participants?|subjects?|children))?(?: ?\([^()]*\))?,?(?: who)?(?: (?:has|have|had))? "
)
_BETWEEN = r"(?:(?!from\b|after\b|and\b)[\w-]+ ){0,3}"
_FREE = rf"(?:{_DISEASE}[ -](?:status )?negativ|negativ\w+ (?:for|of|in) {_DISEASE}|negative {_DISEASE})"
_FOUND = rf"(?:{_DISEASE}[ -](?:status )?positiv|positiv\w+ (?:for|of|in) {_DISEASE}|positive {_DISEASE})"
_STAYED = (
    r"(?:maintain|remain|stay|kept|keep|retain|sustain|preserv|continu|were (?:persistently|continuously))(?:ed|ing)?"
)
_TURNED = r"(?:became|becom(?:e|ing)|turn(?:ed|ing)|convert(?:ed|ing)|switch(?:ed|ing))"
_FORMS = (
    (STAYED_MRD_NEGATIVE, re.compile(rf"{_COUNT}{_STAYED} {_BETWEEN}{_FREE}")),
    (TURNED_MRD_NEGATIVE, re.compile(rf"{_COUNT}{_TURNED} {_BETWEEN}{_FREE}")),
    (MRD_POSITIVE, re.compile(rf"{_COUNT}(?:were|was) {_FOUND}\w*,? {_BEFORE}", re.IGNORECASE)),
    (MRD_NEGATIVE, re.compile(rf"{_COUNT}(?:were|was) {_FREE}\w*,? {_BEFORE}", re.IGNORECASE)),
)


def _claims(words: str) -> Iterator[tuple[str, re.Match[str]]]:
    """How many patients a sentence says were, became or stayed negative, or were positive before treatment."""
    if _MRD.search(words):
        for what, form in _FORMS:
            yield from ((what, match) for match in form.finditer(words))
