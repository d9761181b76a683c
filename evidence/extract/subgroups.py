"""In whom a number was measured, where that is not the whole study population."""

import re

_SUBGROUP = re.compile(
    r"\b(?:[Ii]n|[Aa]mong|[Ff]or|[Oo]f|[Ww]ithin)\s(?:the |a )?(?:prespecified |predefined |planned |exploratory )*(?:subgroups?|subsets?|stratum|subpopulation)\s"
    r"(?:analysis |analyses )?(?:of |with |who |in )?(?P<a>[^.;:()\[\],]{3,90}?)(?=\s(?:was|were|had|the|did|showed|gilt|[a-z]+ib\b|there)|[.;:()\[\],]|$)"
    r"|\b(?:[Ii]n|[Aa]mong|[Ff]or|[Oo]f)\s(?:the )?(?P<b>(?:premenopausal|postmenopausal|younger|older|elderly|node-positive|node-negative|[\w-]+-(?:positive|negative|mutated|mutant|amplified|high|low))\s(?:patients|women|disease|tumou?rs|subgroup|cases|participants|subset|cancers?))"
    r"|(?P<c>\b(?:patients|women|participants|those)\s(?:with|without)\s(?:detectable|undetectable|measurable|residual|MRD|prior|previous|no prior)[^.;:()\[\],]{2,60}?)(?=\s(?:was|were|had|did|[a-z]+ib\b)|[.;:()\[\],]|$)"
    r"|\b(?:[Ii]n|[Aa]mong|[Ff]or)\s(?:the )?(?P<d>(?:MRD|ER|PR|HER2|HR|EGFR|KRAS)[\s-]?(?:positive|negative|\+|-)\s(?:patients|subgroup|disease|women|tumou?rs)[^.;:()\[\],]{0,40}?)(?=\s(?:was|were|had|did|with|there)|[.;:()\[\],]|$)"
    r"|\b(?:[Ii]n|[Aa]mong|[Ff]or|[Oo]f)\s(?:patients in )?(?:the )?(?P<f>[^.;:()\[\],]{3,50}?[\s-](?:subgroup|subset|subpopulation|stratum))\b"
    r"|(?P<e>\b(?:[Ll]ow|[Hh]igh|[Mm]id(?: or high)?)\s[\w-]+\s(?:expression|expressers|risk patients))"
)


def subgroup_of(text: str, start: int, end: int, at: int) -> tuple[int, int] | None:
    """Offsets of the words that restrict a number at `at` to some of the patients, nearest before it in its sentence."""
    found = None
    for match in _SUBGROUP.finditer(text, start, end):
        if match.start() < at or (match.start() - at < 50 and found is None and "," not in text[at : match.start()]):
            group = next(name for name in "abcdef" if match[name])
            found = match.span(group)
        if match.start() >= at:
            break
    return found
