"""Analyses of a registered study: comparisons of two groups.

The order in which an analysis lists its groups does not say which of them the estimate is of. The words of the analysis
do, or the kinds of the arms: the experimental one is compared with the control. Where neither tells, an estimate is not
taken, because a ratio the wrong way round is worse than none; its p-value is.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from evidence.extract.registry_groups import Group
from evidence.extract.registry_measures import INFERRED, SURE, Meaning
from evidence.extract.registry_record import Node, source
from evidence.model.codes import Adjustment, Measure, Role
from evidence.model.document import Document
from evidence.model.records import Contrast

#: What the registry calls a parameter, and the measure it is. A logarithm is not the ratio itself.
_MEASURES = (
    (re.compile(r"(?i)\blog\b"), None),
    (re.compile(r"(?i)sub-?(?:distribution )?hazard"), Measure.SHR),
    (re.compile(r"(?i)hazard ratio"), Measure.HR),
    (re.compile(r"(?i)odds ratio"), Measure.OR),
    (re.compile(r"(?i)(?:incidence|event) rate ratio|^rate ratio"), Measure.IRR),
    (re.compile(r"(?i)risk ratio|relative risk"), Measure.RR),
    (re.compile(r"(?i)risk difference|difference in (?:the )?(?:percent\w*|proportions?|(?:\w+ )?rates?)"), Measure.RD),
    (re.compile(r"(?i)median difference|difference in medians?|standardi[sz]ed"), None),
    (re.compile(r"(?i)mean difference|difference in (?:ls |least squares? |adjusted )?means?"), Measure.MD),
)
_RATIOS = (Measure.HR, Measure.SHR, Measure.OR, Measure.RR, Measure.IRR)
_P = re.compile(r"^\s*(?P<operator><=|>=|<|>|=|\u2264|\u2265)?\s*(?P<value>\d*\.?\d+(?:[eE]-?\d+)?)\s*$")
_OPERATORS = {"\u2264": "<=", "\u2265": ">="}
_ADJUSTED = re.compile(r"(?i)(?<!un)\bstratified\b|\badjust(?:ed|ing)\b|\bcovariates?\b|\bmultivaria\w+")
_UNADJUSTED = re.compile(r"(?i)\bunstratified\b|\bunadjusted\b|\bunivariate\b")
_JOINER = r"(?:versus|vs\.?|v\.|over|minus|relative to|(?:as )?compared (?:with|to)|against|/|divided by|-)"
_BELOW = re.compile(r"(?i)(?:<\s?1(?:\.0+)?\b|(?:less|lower|smaller) than (?:1|one)(?:\.0+)?\b|below (?:1|one)\b)")
_FAVOURS = re.compile(r"(?i)\bfavou?rs?\b|in favou?r of|\bfavou?ring\b|\bfavou?rable\b|\bbenefits?\b")
_REFERENCE = r"(?i)reference(?: group| arm| category)?(?: is| was|:|=)?\s*"
_TEXTS = ("groupDescription", "estimateComment", "statisticalComment", "pValueComment", "nonInferiorityComment")


def contrasts_of(
    document: Document, measure: Node, groups: dict[str, Group], study_id: str, meaning: Meaning
) -> Iterator[Contrast | None]:
    """One row per analysis of two groups; None for an estimate that could not be taken."""
    for analysis in measure.items("analyses"):
        compared = [groups[name.text()] for name in analysis.items("groupIds") if name.text() in groups]
        estimate, kind = analysis.number("paramValue"), _measure(analysis.text("paramType"))
        operator, p = _p_value(analysis.text("pValue"))
        if len(compared) != 2:
            if estimate is not None or p is not None:
                yield None
            continue
        order = _order(analysis, compared, kind)
        if estimate is not None and kind is Measure.RD:
            estimate, kind = (estimate, kind) if _in_points(measure, analysis) else (None, kind)
        if estimate is not None and (kind is None or order is None):
            yield None
        taken = estimate is not None and kind is not None and order is not None
        if not taken and p is None:
            continue
        one, other = order[0] if order else (compared[0], compared[1])
        low, high = _limits(analysis) if taken else (None, None)
        yield Contrast(
            result_id="",
            document_id=document.document_id,
            study_id=study_id,
            arm_id=one.arm.arm_id if one.arm else None,
            comparator_arm_id=other.arm.arm_id if other.arm else None,
            arm=one.label,
            comparator=other.label,
            outcome=meaning.outcome,
            outcome_text=meaning.words,
            measure=kind if taken and kind is not None else Measure.P,
            source=source(document, analysis),
            estimate=estimate if taken else None,
            ci_low=low,
            ci_high=high,
            ci_level=analysis.number("ciPctValue") if low is not None or high is not None else None,
            p_value=p,
            p_operator=operator if p is not None else None,
            adjustment=_adjustment(analysis),
            timepoint_months=meaning.months if kind not in (Measure.HR, Measure.SHR) else None,
            subgroup=_subgroup(measure),
            confidence=order[1] if order and taken else INFERRED,
        )


def _measure(words: str) -> Measure | None:
    return next((measure for pattern, measure in _MEASURES if pattern.search(words)), None)


def _p_value(printed: str) -> tuple[str, Decimal | None]:
    match = _P.match(printed)
    if not match:
        return "=", None
    operator = match["operator"] or "="
    value = match["value"]
    return _OPERATORS.get(operator, operator), Decimal("0" + value if value.startswith(".") else value)


def _order(analysis: Node, compared: list[Group], kind: Measure | None) -> tuple[tuple[Group, Group], float] | None:
    """Which group the estimate is of, and how sure that is; None where nothing tells."""
    one, other = compared
    text = " ; ".join(filter(None, (analysis.text(name) for name in _TEXTS)))
    told = []
    for first, second in ((one, other), (other, one)):
        names, against = _names(first, second), _names(second, first)
        compared_with = rf"(?i)(?:{names})[^.;]{{0,40}}?\s*{_JOINER}\s*(?:the |treatment with )?(?:{against})"
        reference = rf"{_REFERENCE}(?:the )?(?:{against})"
        if re.search(compared_with, text) or re.search(reference, text):
            told.append((first, second))
    if told:
        return (told[0], SURE) if len(told) == 1 else None  # said both ways
    if kind in (Measure.HR, Measure.SHR):
        for sentence in re.split(r"[.;](?!\d)", text):
            if _BELOW.search(sentence) and _FAVOURS.search(sentence):
                favoured = [g for g, o in ((one, other), (other, one)) if re.search(rf"(?i){_names(g, o)}", sentence)]
                if len(favoured) == 1:
                    return (favoured[0], other if favoured[0] is one else one), SURE
    roles = [group.arm.role if group.arm else None for group in compared]
    if roles.count(Role.CONTROL) == 1 and roles.count(Role.EXPERIMENTAL) == 1:
        return ((one, other) if roles[1] is Role.CONTROL else (other, one)), 0.85
    return None


def _names(group: Group, other: Group) -> str:
    """Pattern of what the words of an analysis may call a group: its title or label, or the words only it has."""
    found = {group.title, group.label}
    own = set(re.findall(r"[\w-]{4,}", group.title.lower())) - set(re.findall(r"[\w-]{4,}", other.title.lower()))
    alternatives = sorted((re.escape(name) for name in found | own if name), key=len, reverse=True)
    return "|".join(rf"(?<![\w-]){name}(?![\w-])" for name in alternatives)


def _limits(analysis: Node) -> tuple[Decimal | None, Decimal | None]:
    """The limits; of a one-sided interval only where there is one, since two of them fit no level."""
    low, high = analysis.number("ciLowerLimit"), analysis.number("ciUpperLimit")
    if analysis.text("ciNumSides") == "ONE_SIDED" and low is not None and high is not None:
        return None, None
    return low, high


def _in_points(measure: Node, analysis: Node) -> bool:
    """Whether a risk difference is in percentage points; small numbers may be fractions unless the unit says."""
    if re.search(r"(?i)percent|%", measure.text("unitOfMeasure") + analysis.text("paramType")):
        return True
    figures = [analysis.number(name) for name in ("paramValue", "ciLowerLimit", "ciUpperLimit")]
    return any(abs(figure) > 1 for figure in figures if figure is not None)


def _adjustment(analysis: Node) -> Adjustment | None:
    text = " ".join(analysis.text(name) for name in ("statisticalMethod", *_TEXTS))
    if _UNADJUSTED.search(text):
        return Adjustment.UNADJUSTED
    return Adjustment.ADJUSTED if _ADJUSTED.search(text) else None


def _subgroup(measure: Node) -> str | None:
    """A measure in one class with a title is of that class."""
    titles = [one.text("title") for one in measure.items("classes")]
    return titles[0] or None if len(titles) == 1 else None
