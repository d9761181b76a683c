"""What the methods say of every ratio that the results give without a word about its adjustment."""

import re

from evidence.extract.nlp import Reading
from evidence.model.codes import Adjustment, Measure

_RATIOS = r"(?:hazard|odds|risk|rate) ratios?"
_UNADJUSTED = re.compile(
    rf"\b(?:unadjusted|crude|unstratified) (?:\w+ )?{_RATIOS}|{_RATIOS}[^.;]*\bunadjusted\b", re.IGNORECASE
)
_ADJUSTED = re.compile(
    rf"\b(?:adjusted|multivaria\w+|stratified) (?:\w+ )?{_RATIOS}|(?<!un)\bstratified (?:Cox|proportional)"
    rf"|{_RATIOS}[^.;]*\b(?:stratified by|stratified for|adjust(?:ed|ing|ment) for)\b"
    r"|\bCox [^.;]*\b(?:stratified by|stratified for|stratified according|adjust(?:ed|ing|ment) for)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\b(?:uni|multi)-?varia(?:te|ble)\b[^.;]*\b(?:performed|used|conducted|analy|model)", re.IGNORECASE
)

#: Measures the methods speak of as ratios.
RATIOS = (Measure.HR, Measure.SHR, Measure.OR, Measure.RR, Measure.IRR)


def usual_adjustment(reading: Reading) -> Adjustment | None:
    """Whether the ratios of a paper are adjusted, where its methods know only one kind."""
    told = [reading.words(sentence) for sentence in reading.sentences if sentence.zone == "methods"]
    unadjusted = any(_UNADJUSTED.search(words) for words in told)
    adjusted = any(_ADJUSTED.search(words) for words in told)
    if unadjusted == adjusted or (adjusted and any(_SEVERAL.search(words) for words in told)):
        return None
    return Adjustment.ADJUSTED if adjusted else Adjustment.UNADJUSTED
