"""In whom a number was measured, where that is not the whole study population."""

import re

from evidence.extract import lexicon

_KINDS, _MARKERS, _HISTORIES, _ENDINGS = (
    "|".join(lexicon.word_list("subgroup", name)) for name in ("kinds", "markers", "histories", "drug_endings")
)
_DRUG = rf"[a-z]+(?:{_ENDINGS})\b"
_VERB = r"was|were|had|did"
_REACHED = "achieved|reached|responded|relapsed|progressed|survived|entered"
_MARK_OR_END = r"[.;:()\[\],]|$"
_PREPOSITION = r"\b(?:[Ii]n|[Aa]mong|[Ff]or|[Oo]f"

_PEOPLE = "patients|participants|women|men|those|people|individuals|subjects|children"
#: How people are told apart by what they took or had besides, which is no arm ("those using X before").
_DOING = r"(?:not |never )?(?:using|taking|receiving|reporting|undergoing|having|aged)"

_SUBGROUP = re.compile(
    # in the prespecified subgroup of patients with visceral metastases
    rf"{_PREPOSITION}|[Ww]ithin)\s(?:the |a )?(?:prespecified |predefined |planned |exploratory )*"
    r"(?:subgroups?|subsets?|stratum|subpopulation)\s(?:analysis |analyses )?(?:of |with |who |in )?"
    rf"(?P<named>[^.;:()\[\],]{{3,90}}?)(?=\s(?:{_VERB}|the|showed|{_DRUG}|there)|{_MARK_OR_END})"
    # in premenopausal women, among EGFR-mutated patients
    rf"|{_PREPOSITION})\s(?:the )?"
    rf"(?P<kind>(?:{_KINDS}|(?:[a-z]+\s)??[\w-]+-(?:positive|negative|mutated|mutant|amplified|high|low))"
    r"\s(?:patients|women|disease|tumou?rs|subgroup|cases|participants|subset|cancers?))"
    # patients with undetectable disease
    rf"|(?P<history>\b(?:patients|women|participants|those)\s(?:with|without)\s(?:{_HISTORIES})[^.;:()\[\],]{{2,60}}?)"
    rf"(?=\s(?:{_VERB}|{_DRUG}|and\b|or\b|but\b)|{_MARK_OR_END})"
    # ... and 1.21 in patients without
    rf"|\b(?:in|among|for)\s(?P<rest>(?:patients|women|participants|those)\swithout)(?={_MARK_OR_END})"
    # compared with 13% in those who did not
    r"|\b(?:in|among|for)\s(?P<others>those\s(?:who|with|without|not)\s[^.;:()\[\],]{2,60}?)(?=\s\(|[.;:()\[\],]|$)"
    # for the 19 patients who had been in remission
    r"|\b(?:[Ff]or|[Aa]mong|[Ii]n)\sthe\s\d+\s(?P<counted>(?:patients|women|men|participants)\s(?:who|with|in)\s"
    rf"[^.;:()\[\],]{{3,90}}?)(?={_MARK_OR_END})"
    # Of the 32 patients who achieved remission, ...
    r"|\bOf\s(?:the\s)?\d+\s(?P<outof>(?:patients|women|men|participants)\swho\s(?:had )?"
    rf"(?:{_REACHED})\b[^.;:()\[\],]{{0,70}}?)(?=,\s)"
    # Among patients with a mutation who took 80 mg, ...
    r"|\bAmong\s(?P<among>(?:the\s)?(?:patients|women|men|participants|those)\s(?:who|with|in)\s[^.;:()\[\],]{3,90}?)(?=,\s)"
    r"|\bIn\s(?P<whose>(?:the\s)?(?:patients|women|men|participants|those)\swho\s[^.;:()\[\],]{3,90}?)(?=,\s)"
    # in MRD negative patients, in ER+ disease
    rf"|\b(?:[Ii]n|[Aa]mong|[Ff]or)\s(?:the )?(?P<marker>(?:{_MARKERS})[\s-]?(?:positive|negative|\+|-)"
    r"\s(?:patients|subgroup|disease|women|tumou?rs)[^.;:()\[\],]{0,40}?)"
    rf"(?=\s(?:{_VERB}|with|there)|{_MARK_OR_END})"
    # For participants who did not use X, ...; 0.87 (0.71-1.06) for those using X
    rf"|\b(?:For|In)\s(?P<apart>(?:the\s)?(?:{_PEOPLE})\s(?:who|with|without|{_DOING})\s[^.;:()\[\],]{{3,90}}?)"
    rf"(?=,\s|\s\(|\sthe\s)"
    rf"|(?<=[)\]])\s(?:for|in|among)\s(?P<behind>(?:the\s)?(?:{_PEOPLE})\s(?:who|with|without|{_DOING})\s[^.;:()\[\],]{{3,80}}?)"
    rf"(?=\s(?:and|but|versus|vs)\b\s[\d-]|\s\(|{_MARK_OR_END})"
    # among participants who reported X or began it
    rf"|\bamong\s(?P<amid>(?:the\s)?(?:{_PEOPLE})\s(?:who|with|without|{_DOING})\s[^.;:()\[\],]{{3,90}}?)(?=\s\(|,\s)"
    # in patients aged 65 or over the rates were; For T4 or N2 tumours, ...
    rf"|\b[Ii]n\s(?P<aged>(?:{_PEOPLE})\saged\s[^.;:()\[\],]{{2,40}}?)(?=\s\(|\sthe\s|\s(?:{_VERB})\b|,)"
    r"|(?:^|(?<=[.;:]\s))[Ff]or\s(?P<staged>[TNM]\d[a-z]?(?: (?:or|and) [TNM]\d[a-z]?)*\s(?:tumou?rs|disease|cancers?))"
    # "MRD+ pts: median OS was 14.6 months", "For T4 tumours, ..."
    rf"|(?:^|(?<=[.;:]\s))(?P<headed>(?:{_MARKERS})[\s-]?(?:positive|negative|\+|-)(?:\s(?:{_PEOPLE}|pts|subgroup|disease))?)(?=:)"
    # Patients with a ratio > 0.5 benefited (HR ...), those with a lower ratio did not (HR ...)
    rf"|\b(?P<benefiting>(?:[Pp]atients|[Ww]omen|[Mm]en|[Tt]hose) with [^.;:()\[\],]{{3,60}}?(?:\.\d+)?)"
    r"(?=\s(?:(?:seemed|appeared) to (?:have )?benefit|benefit(?:t?ed)?\b|did not(?: benefit)?\s\())"
    # in patients with a mutation (hazard ratio 0.55, ...
    rf"|\b(?:in|among|for|to)\s(?P<bracketed>(?:the\s)?(?:{_PEOPLE})\s(?:who|with|without|{_DOING})\s[^.;:()\[\],]{{3,60}}?)"
    r"(?=\s[(\[](?:[<>≤≥]\s?\d[\d.]*\s?%?[;,]\s)?(?:adjusted |unadjusted )?(?:hazard|odds|risk|rate|HR|OR|RR|IRR)\b)"
    # ... with a mutation (hazard ratio 0.55, ...) and without it (hazard ratio 0.80, ...
    r"|(?<=[)\]])\s(?:and|but|versus|vs)\s(?:in |among |for )?"
    r"(?P<further>(?:those\s)?(?:with|without)\s[^.;:()\[\],]{2,60}?)(?=\s[(\[])"
    # 46 and 31 underwent surgery; their survival was ...
    r"|\b(?P<their>(?:proceeded|went on|underwent|received|relapsed|achieved|reached|responded)\b"
    r"[^.;:()\[\],\d]{0,60}?)(?=[;,]\s(?:their|whose)\s)"
    # in the elderly subgroup
    rf"|{_PREPOSITION})\s(?:patients in )?(?:the )?"
    r"(?P<before>[^.;:()\[\],]{3,50}?[\s-](?:subgroup|subset|subpopulation|stratum))\b"
    # high EGFR expression, low risk patients
    r"|(?P<level>\b(?:[Ll]ow|[Hh]igh|[Mm]id(?: or high)?)\s[\w-]+\s(?:expression|expressers|risk patients))"
)


#: "Relapse within 6 months was associated with a larger benefit from the drug": of those who relapsed.
_BENEFITED = re.compile(
    r"(?:^|[,;:]\s|\band\s)(?P<those>[^.;:()\[\],]{3,80}?)\s(?:was|were) associated with (?:an? )?(?:\w+ )?benefit "
    r"(?:from|of|with)\b"
)
#: What may stand between a number with its brackets and the patients it is of.
_IS_IN = re.compile(r"[\s)\]%]*(?:in |among |for )?(?:the )?")


#: What parts a number from patients behind it.
_VERSUS = re.compile(r"\b(?:vs|v|versus|compared|than)\b")
_APART = re.compile(r"[,;]")


def subgroup_of(text: str, start: int, end: int, at: int, after: int) -> tuple[int, int] | None:
    """Offsets of the words that restrict a number to some of the patients: right behind it, else nearest before it.

    `at` is where the number begins, `after` where it ends with its interval and p-value.
    """
    found = None
    if "benefit" in text[start:at] and (benefited := _BENEFITED.search(text[start:at])):
        found = (start + benefited.start("those"), start + benefited.end("those"))
    for match in _SUBGROUP.finditer(text, start, end):
        if match.lastgroup == "further" and (found is None or match.start() >= at):
            continue  # nobody was set apart before, so that these are arms, or a list goes on
        if match.start() >= after and _IS_IN.fullmatch(text, after, match.start(match.lastgroup or 0)):
            return match.span(match.lastgroup or 0)
        # "19.3 v 4.9 months in those who did not": the first number is of the others
        rest = match.lastgroup in ("others", "rest") and _VERSUS.search(text, at, match.start())
        apart = match.lastgroup == "their" or rest or _APART.search(text, at, match.start())
        near = match.start() - at < 50 and not apart
        if match.start() < at or (near and found is None):
            found = match.span(match.lastgroup or 0)
        if match.start() >= at:
            break
    return found


#: A title with one of these sets patients apart.
_SETS_APART = re.compile(
    r"\b(?:according to|with (?:and|or|versus) without|with/without|versus|vs|compared|by|stratified|sub-?groups?"
    r"|sub-?analysis|influence|effects? of|impact|role)\b",
    re.IGNORECASE,
)
_WHOM = re.compile(r"\b(?:in|for|of|with|after|among)\b.*", re.IGNORECASE | re.DOTALL)
_FILLER = frozenset("the a an of in on with who were had have been being is was and or patients participants".split())


def population(title: str) -> frozenset[str]:
    """Words of a title that say whom the paper is about; none where it sets patients apart."""
    whom = _WHOM.search(title)
    return _words(whom.group()) if whom and not _SETS_APART.search(whom.group()) else frozenset()


def is_everybody(subgroup: str, everybody: frozenset[str]) -> bool:
    """Whether words for some patients only say again whom the whole paper is about."""
    words = _words(subgroup)
    return bool(words) and words <= everybody


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", text.lower())) - _FILLER
