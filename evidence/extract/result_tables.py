"""Which tables report results: not those of baseline characteristics, nor lists of single patients."""

import re

from evidence.extract.grids import Grid
from evidence.extract.meanings import hear

_BASELINE_CAPTION = re.compile(
    r"\bbaseline\b(?!.{0,30}\b(?:to|change|versus|vs|and (?:after|post|follow|at|end|final))\b)(?![- ](?:to"
    r"|adjusted))|\bcharacteristics? of\b|\bcharacteristics\b|\bdemographics?\b|\bfeatures of (?:the )?(?:study "
    r"|patient )?(?:population|patients|participants)"
    r"|\b(?:at|on) (?:admission|study entry|entry|enrol\w+|inclusion|diagnosis)\b"
    r"|\bdescription of (?:the )?(?:study )?(?:population|sample|patients|participants)|\binclusion criteria"
    r"|\beligibility|\bschedule of|\bpreoperative\b.{0,30}\b(?:data|evaluation|results)",
    re.IGNORECASE,
)
#: A caption that tells of a later time than the start.
_LATER = re.compile(
    r"^(?!.*\bbaseline (?:\w+ )*(?:characteristics|data|demographics)).*"
    r"(?:\bchange|\bafter\b|\bfollow-?up\b|\bpost-?(?:test|treatment|intervention|operative)|\bbaseline and \d)",
    re.IGNORECASE,
)
_CHARACTERISTIC = re.compile(
    r"^\W*(?:(?:mean|median) )?(?:age\b|sex\b|gender|(?:fe)?male\b|wom[ae]n\b|men\b|race\b|white\b|caucasian"
    r"|ethnic|asian\b|black\b|BMI\b|body mass|(?:body )?weight\b|height\b|smok|education|marital|married|ECOG"
    r"|performance status|"
    r"karnofsky|stage\b|histolog|tumou?r (?:size|grade)|diabetes|hypertension|comorbid|medical history"
    r"|medications?\b|employ|occupation|living|employment|disease duration|donor|cytogenetic|karyotype|FAB\b"
    r"|NYHA|creatinine|h(?:a)?emoglobin|platelets?|WBC)",
    re.IGNORECASE,
)
_EFFICACY = re.compile(
    r"\bsurviv|\brespon(?:se|ded)|\brelaps|\bdeaths?\b|\bmortality|\brecurren|\badverse|\btoxicit|\bprogression"
    r"|\bremission|\bfollow-?up\b|\bchange\b|\bafter\b|\bweeks?\b|\boutcomes?\b|\bend ?points?\b|\bevents?\b",
    re.IGNORECASE,
)
_PATIENT = re.compile(
    r"(?:patients?|pts?|case|UPN|subject|participant)\.?(?: ?(?:no|number|id|#)\.?)?|no\.?|#", re.IGNORECASE
)


#: The sex of one person, with or without the age.
_SEX = re.compile(r"(?:\d{1,3} ?[/,]? ?)?(?:M|F|male|female|man|woman|[♂♀])(?: ?[/,]? ?\d{1,3})?", re.IGNORECASE)


def _lists_people(grid: Grid) -> bool:
    """Whether each line is one person: a column gives each a sex."""
    for index in range(len(grid.lines[0].spots)):
        texts = [spot.text.strip() for line in grid.lines if (spot := line.spots[index]) is not None]
        if len(texts) > 2 and len(texts) * 2 > len(grid.lines) and all(map(_SEX.fullmatch, texts)):
            return len(set(texts)) > 1 and len({line.labels[0] for line in grid.lines if line.labels}) > 1
    return False


def is_result_table(grid: Grid) -> bool:
    """Whether a table reports results: no baseline characteristics, no list of single patients."""
    if _lists_people(grid):
        return False
    numbers = [line.labels[0] for line in grid.lines if line.labels and re.fullmatch(r"\d{1,3}[a-z]?", line.labels[0])]
    if (
        len(numbers) * 2 > len(grid.lines) > 2
        and (len(set(numbers)) == len(numbers))
        and (not grid.label_heads[0] or _PATIENT.fullmatch(grid.label_heads[0].strip(" .")))
    ):
        return False
    heads = " ".join(part for column in grid.columns for part in column.parts)
    estimates = any(hear(part).measure is not None for column in grid.columns for part in column.parts)
    estimates = estimates or any(hear(label).measure is not None for line in grid.lines for label in line.labels)
    if estimates:
        return True
    if _BASELINE_CAPTION.search(grid.caption) and not _LATER.search(grid.caption):
        return False
    words = [" ".join((*line.headings[-1:], *line.labels)) for line in grid.lines]
    described = {
        match.group().lower()[:8]
        for text in words
        if (match := _CHARACTERISTIC.search(text) or _CHARACTERISTIC.search(text.split(" ", 1)[-1]))
    }
    return len(described) < 3 or (
        bool(_EFFICACY.search(grid.caption + " " + heads)) and len(described) < len(grid.lines) / 3
    )
