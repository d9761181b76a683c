"""In whom a number was measured, where that is not the whole study population."""

import re

from evidence.extract import lexicon

_KINDS, _MARKERS, _HISTORIES, _ENDINGS = (
    "|".join(lexicon.word_list("subgroup", name)) for name in ("kinds", "markers", "histories", "drug_endings")
)
_DRUG = rf"[a-z]+(?:{_ENDINGS})\b"
_VERB = r"was|were|had|did"
_MARK_OR_END = r"[.;:()\[\],]|$"
_PREPOSITION = r"\b(?:[Ii]n|[Aa]mong|[Ff]or|[Oo]f"

_SUBGROUP = re.compile(
    # in the prespecified subgroup of patients with visceral metastases
    rf"{_PREPOSITION}|[Ww]ithin)\s(?:the |a )?(?:prespecified |predefined |planned |exploratory )*"
    r"(?:subgroups?|subsets?|stratum|subpopulation)\s(?:analysis |analyses )?(?:of |with |who |in )?"
    rf"(?P<named>[^.;:()\[\],]{{3,90}}?)(?=\s(?:{_VERB}|the|showed|{_DRUG}|there)|{_MARK_OR_END})"
    # in premenopausal women, among EGFR-mutated patients
    rf"|{_PREPOSITION})\s(?:the )?"
    rf"(?P<kind>(?:{_KINDS}|[\w-]+-(?:positive|negative|mutated|mutant|amplified|high|low))"
    r"\s(?:patients|women|disease|tumou?rs|subgroup|cases|participants|subset|cancers?))"
    # patients with undetectable disease
    rf"|(?P<history>\b(?:patients|women|participants|those)\s(?:with|without)\s(?:{_HISTORIES})[^.;:()\[\],]{{2,60}}?)"
    rf"(?=\s(?:{_VERB}|{_DRUG})|{_MARK_OR_END})"
    # in MRD negative patients, in ER+ disease
    rf"|\b(?:[Ii]n|[Aa]mong|[Ff]or)\s(?:the )?(?P<marker>(?:{_MARKERS})[\s-]?(?:positive|negative|\+|-)"
    r"\s(?:patients|subgroup|disease|women|tumou?rs)[^.;:()\[\],]{0,40}?)"
    rf"(?=\s(?:{_VERB}|with|there)|{_MARK_OR_END})"
    # in the elderly subgroup
    rf"|{_PREPOSITION})\s(?:patients in )?(?:the )?"
    r"(?P<before>[^.;:()\[\],]{3,50}?[\s-](?:subgroup|subset|subpopulation|stratum))\b"
    # high EGFR expression, low risk patients
    r"|(?P<level>\b(?:[Ll]ow|[Hh]igh|[Mm]id(?: or high)?)\s[\w-]+\s(?:expression|expressers|risk patients))"
)


def subgroup_of(text: str, start: int, end: int, at: int) -> tuple[int, int] | None:
    """Offsets of the words that restrict a number at `at` to some of the patients, the nearest before it."""
    found = None
    for match in _SUBGROUP.finditer(text, start, end):
        near = match.start() - at < 50 and "," not in text[at : match.start()]
        if match.start() < at or (near and found is None):
            found = match.span(match.lastgroup or 0)
        if match.start() >= at:
            break
    return found
