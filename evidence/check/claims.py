"""Words against numbers: what a sentence says of a result, and what the result it prints says."""

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from evidence.check.doubt import Doubt, printed
from evidence.check.p_values import excludes_null, is_significant
from evidence.model.codes import Measure, Outcome, Severity
from evidence.model.measures import CONTRAST_MEASURES
from evidence.model.records import CONCLUSION, ArmResult, Contrast, Records

# ------------------------------------------------------------------------------------------------------- comparatives

_MORE = r"longer|higher|greater|larger|more (?:frequent|common|prevalent|often)"
_LESS = r"shorter|lower|fewer|smaller|less (?:frequent|common|prevalent|often)"
_NUMBER = r"\d+(?:[.·]\d+)?"  # of negative numbers nobody can tell which is called the greater
_UNIT = r"\s?(?:%|months?|years?|weeks?|days?|points?|[a-zA-Z]{1,3}\b)?"
_COMPARED = re.compile(
    rf"(?<!or )\b(?:(?P<more>{_MORE})|(?P<less>{_LESS}))\b(?:(?!\b(?:{_MORE}|{_LESS})\b)[^.;()\d]){{0,120}}?"
    r"\b(?:than|versus|vs\.?|(?:as )?compared (?:with|to))\s[^.;()\d]{0,80}?"
    rf"[(\[]\s?(?:median |mean )?(?P<a>{_NUMBER}){_UNIT}(?:\s?[(\[][^()\[\]]*[)\]])?"
    rf",?\s(?:versus|vs\.?|v|compared (?:with|to))\s(?P<b>{_NUMBER})(?![\d.])"
)
_DENIED = re.compile(r"\b(?:no|not|nor|neither|never|than)\b[^.;,]{0,25}$")


def comparative_mismatch(records: Records) -> Iterator[Doubt]:
    """A sentence calls one arm higher, longer or lower than the other, and its numbers, in the same order, do not."""
    for quote, rows in _sentences(records.arm_results).items():
        for match in _COMPARED.finditer(" ".join(quote.split())):
            first, second = (Decimal(match[name].replace("·", ".")) for name in ("a", "b"))
            if (
                _DENIED.search(match.string[: match.start()])
                or first == second
                or (first > second) == bool(match["more"])
            ):
                continue
            of = [row for row in rows if row.value in (first, second)] or rows
            yield Doubt(
                document_id=rows[0].document_id,
                study_id=rows[0].study_id,
                result_ids=tuple(row.result_id for row in of),
                severity=Severity.WARNING,
                message=f"'{match.group()}': the words and the order of the numbers do not agree; each number may be "
                "of the other arm.",
            )


def _sentences(rows: tuple[ArmResult, ...]) -> dict[str, list[ArmResult]]:
    found: dict[str, list[ArmResult]] = defaultdict(list)
    for row in rows:
        if row.source.column is None:
            found[row.source.quote].append(row)
    return found


# ------------------------------------------------------------------------------------------------------- significance

_CLAIM = re.compile(r"\bsignificant(?:ly)?\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:no|not|non|without|neither|nor|never|did not|didn't|fail\w*|lack\w*|any)\b[^.;,()]{0,45}$|\bnon-?$",
    re.IGNORECASE,
)
#: Words behind a claim that take up another result.
_TURN = re.compile(
    r"\b(?:but|whereas|while|although|however|though|except|other than|apart from|similar\w*|comparable|trend\w*"
    r"|tend\w*|not|no|nor|without|non-?significan\w*|unchanged|equal|neither|only|interaction|associat\w+|predict\w+"
    r"|factors?)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.;](?=\s)")


def significance_claim_mismatch(records: Records) -> Iterator[Doubt]:
    """A sentence calls a result significant, and its interval or p-value says that it is not; or the other way round.

    The word must stand in the same clause, before the number, with nothing between that turns to another result.
    """
    for row in records.contrasts:
        if row.source.column is not None or row.subgroup:
            continue
        shown = _evidence(row)
        claim = _claim(row) if shown is not None else None
        if shown is None or claim is None or claim is shown[0]:
            continue
        said = "significant" if claim else "not significant"
        yield Doubt.about(row, Severity.WARNING, f"the sentence calls it {said}, but {shown[1]}.")


def _evidence(row: Contrast) -> tuple[bool, str] | None:
    """Whether the printed numbers show a difference at the level of the interval, and which do."""
    null = CONTRAST_MEASURES[row.measure].null
    p = None
    if row.p_value is not None and 0 <= row.p_value <= 1:
        p = is_significant(row)
    if row.ci_low is not None and row.ci_high is not None and null is not None and row.ci_low < row.ci_high:
        excludes = excludes_null(row.ci_low, row.ci_high, null)
        if excludes is not None and (p is None or p is excludes):
            side = "excludes" if excludes else "includes"
            return (
                excludes,
                f"its interval {printed(row.ci_low)} to {printed(row.ci_high)} {side} {null:g} (no difference)",
            )
        return None
    if p is not None and row.p_value is not None:
        return p, f"its p-value is {row.p_operator or '='}{printed(row.p_value)}"
    return None


def _claim(row: Contrast) -> bool | None:
    """What the clause says of the number: significant, not significant, or nothing."""
    quote = " ".join(row.source.quote.split())
    number = row.p_value if row.measure is Measure.P else row.estimate
    if number is None:
        return None
    whole, _, decimals = printed(number).partition(".")
    spelled = f"{'0?' if whole == '0' else whole}[.·]{decimals}" if decimals else whole
    at = re.search(rf"(?<![\d.·]){spelled}(?!\d)", quote)
    if at is None:
        return None
    clause = _CLAUSE.split(quote[: at.start()])[-1]
    claims = list(_CLAIM.finditer(clause))
    if not claims:
        return None
    last = claims[-1]
    if _NEGATION.search(clause[: last.start()]):
        return None if _TURN.search(clause[last.end() :].replace("not significant", "")) else False
    return None if _TURN.search(clause[last.end() :]) else True


# -------------------------------------------------------------------------------------------------------- conclusions

#: Where a paper concludes, by its heading or the first words of the sentence.
_CONCLUDES = re.compile(r"conclu(?:sion|de)|interpretation", re.IGNORECASE)
_NO_CLAIM = re.compile(
    r"\b(?:not?|nor|neither|without|whether|if|would|could|might|should|will|aim\w*|hypothes\w+|need\w*|potential(?:ly)?"
    r"|previous\w*)\b",
    re.IGNORECASE,
)
_TREND = re.compile(r"\btrends?\b|\btend(?:s|ed)?\b|\bnumerical", re.IGNORECASE)


def conclusion_not_significant(records: Records) -> Iterator[Doubt]:
    """A conclusion says that an outcome was improved or prolonged, and no comparison of it excludes chance.

    Only noted: a difference may be true without being significant, and a conclusion may rest on more than p-values.
    """
    shown: dict[tuple[str, str, str], list[tuple[Contrast, bool, str]]] = defaultdict(list)
    for row in records.contrasts:
        evidence = _evidence(row) if row.subgroup is None and row.outcome is not Outcome.OTHER else None
        if evidence is not None:
            shown[row.document_id, row.study_id, row.outcome.value].append((row, *evidence))
    for claim in records.quantities:
        quote = " ".join(claim.source.quote.split())
        concludes = _CONCLUDES.search(f"{claim.source.section or ''} {quote[:30]}")
        if claim.what != CONCLUSION or not concludes or _NO_CLAIM.search(quote) or _TREND.search(quote):
            continue
        found = [
            rows[0]
            for (document, study, outcome), rows in shown.items()
            if (document, study) == (claim.document_id, claim.study_id)
            and not any(significant for _, significant, _ in rows)
            and _names(quote, outcome, rows[0][0].outcome_text)
        ]
        if found:
            yield Doubt(
                document_id=claim.document_id,
                study_id=claim.study_id,
                result_ids=tuple(row.result_id for row, _, _ in found),
                severity=Severity.INFO,
                message=f"'{quote}': " + "; ".join(f"of {row.outcome.value} {what}" for row, _, what in found) + ".",
            )


def _names(quote: str, code: str, words: str) -> bool:
    """Whether a sentence names an outcome by its code or by its words."""
    return bool(re.search(rf"\b{code}\b", quote)) or (len(words) > 4 and words.lower() in quote.lower())
