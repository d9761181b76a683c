"""Which outcome a number of a table is about, from its row, the headings above it, its column and the caption."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from evidence.extract.lexicon import OutcomeEntry, Vocabulary
from evidence.extract.meanings import says_nothing
from evidence.extract.outcomes import OutcomeMention, find_outcomes
from evidence.model.codes import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An outcome with the words of the table. `kind` as in the lexicon; `subgroup` is what the row says beside it."""

    code: Outcome
    text: str
    kind: str
    subgroup: str | None
    sure: float
    from_column: bool = False


_GRADES = re.compile(
    r"\bgrades?\s?(?P<sign>[≥>]=?\s?)?(?P<low>[1-5]|IV|I{1,3}|V)(?:\s?(?:-|to|or|and|/|,)\s?(?P<high>[1-5]|IV"
    r"|I{1,3}|V))*(?P<more>\s?\+| or (?:higher|more|above|worse|greater))?",
    re.IGNORECASE,
)
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}
_SAFETY = re.compile(
    r"\badverse\b|\btoxicit(?:y|ies)\b|\bside[ -]effects?\b|\bcomplications?\b|\bsafety\b|\bTEAEs?\b|\bAEs?\b",
    re.IGNORECASE,
)
_SERIOUS = re.compile(r"\bserious\b|\bSAEs?\b", re.IGNORECASE)
#: Headings that rank outcomes and name none.
_RANK = re.compile(
    r"(?:(?:key |main |other |exploratory )*(?:primary|secondary|tertiary|efficacy|exploratory)\W*(?:(?:efficacy"
    r"|effectiveness)\W*)?(?:end ?points?|outcomes?|measures?)?\W*)+|outcomes?|end ?points?",
    re.IGNORECASE,
)
_GENERAL = re.compile(r"(?:any|others?|all|total|overall|none)(?: (?:events?|grades?))?", re.IGNORECASE)
#: A row that only the caption explains.
_TOTAL_SCORE = re.compile(r"(?:the )?(?:total|overall|sum|global|summary)(?: sum)? (?:scores?|scale)", re.IGNORECASE)
#: A caption of results in parts of the patients; "according to treatment group" tells of the arms.
_SUBGROUPS = re.compile(
    r"\bsub-?groups?\b|\bsubset\b|\b(?:stratified by|according to) "
    r"(?!(?:the )?(?:(?:assigned|allocated|randomi[sz]ed|study|trial) )*(?:treatments?|arms?|groups?|regimens?)\b)",
    re.IGNORECASE,
)
#: Words before "death" or "recurrence" that leave it the outcome of its code; any other word makes it another outcome.
_UNQUALIFIED = re.compile(
    r"(?:^|\b(?:all[- ]cause|overall|total|any|of|for|crude|\d+-(?:day|month|year)|cumulative|disease|tumou?r"
    r"|cancer|to|leuk[a-z]+|first))\s?$",
    re.IGNORECASE,
)
_DEATH = re.compile(
    r"(?:all[- ]cause |overall |total |any |crude )?(?:deaths?|mortality|died|dead)(?: rate)?(?: (?:from"
    r"|of) any cause|,? all[- ]causes?| \(all[- ]causes?\))?",
    re.IGNORECASE,
)
#: "CR-i" is printed for CRi.
_HYPHENED = re.compile(r"\bCR-([ihp])\b")
_CAUSES = re.compile(r"^\s?(?:s\b)?(?:,? (?:from|due to|because of|of|related)\b(?! any)|[- ]?related)", re.IGNORECASE)
_COMPOSITE = re.compile(r"\bor\b|/|\band\b|\+", re.IGNORECASE)


def name_outcome(
    words: Vocabulary[OutcomeEntry],
    *,
    row: str,
    headings: Sequence[str],
    column: str,
    caption: str,
    rows_named: bool = False,
) -> Named | None:
    """The outcome of one cell. `row`, `headings` (innermost last) and `column` come without unit, group and time."""
    named = _coded(words, row) or (_coded(words, f"complete remission {row}") if _QUALIFIED.match(row) else None)
    if named is not None:
        bare = named[1] == "safety" and headings and says_nothing(_GRADES.sub(" ", row))
        text = f"{headings[-1]}: {row}" if bare else row  # "Grade 3" below the name of an event
        return _graded(
            Named(code=named[0], text=text, kind=named[1], subgroup=None, sure=1.0), row, headings, column, caption
        )
    spoken = not says_nothing(row)
    other = row if spoken else ""
    for text in (column, *reversed(headings)):
        found = _coded(words, text)
        if found is not None and found[1] != "safety" and found[0] is not Outcome.DISCONTINUATION:
            return Named(
                code=found[0], text=text, kind=found[1], subgroup=other or None, sure=0.9, from_column=text is column
            )
    safety = any(_SAFETY.search(text) for text in (*headings, column, caption))
    if spoken:
        under = [text for text in headings if not _RANK.fullmatch(text)]
        people = None if _EVERYBODY.match(row) else f"{under[-1]}: {row}" if under else row
        if not safety and _SUBGROUPS.search(caption) and (found := _coded(words, caption, within=True)):
            return Named(code=found[0], text=found[2], kind=found[1], subgroup=people, sure=0.7)
        if not safety and not rows_named and (one := _whole_caption(words, caption)):
            return Named(code=one[0], text=one[2], kind=one[1], subgroup=people, sure=0.8)
        code, kind = (Outcome.AE, "safety") if safety else (Outcome.OTHER, "other")
        full = f"{under[-1]}: {row}" if under and (not safety or _GENERAL.fullmatch(row)) else row
        full = f"{_short(caption)}: {row}" if full is row and _TOTAL_SCORE.fullmatch(row) and caption else full
        return _graded(Named(code=code, text=full, kind=kind, subgroup=None, sure=0.9), row, headings, column, caption)
    for text in (*reversed(headings), column):
        if not says_nothing(text):
            found = _coded(words, text)
            code, kind = (
                (found[0], found[1]) if found else (Outcome.AE, "safety") if safety else (Outcome.OTHER, "other")
            )
            full = _with_caption(text, caption) if text is column else text
            return _graded(
                Named(code=code, text=full, kind=kind, subgroup=None, sure=0.85, from_column=text is column),
                row,
                headings,
                column,
                caption,
            )
    found = _coded(words, caption, within=True)
    if found is not None and (found[1] != "safety" or _SAFETY.search(caption)):
        return _graded(
            Named(code=found[0], text=found[2], kind=found[1], subgroup=None, sure=0.75), row, headings, column, caption
        )
    return Named(code=Outcome.OTHER, text=_short(caption), kind="other", subgroup=None, sure=0.6) if caption else None


#: "With incomplete platelet recovery", under a row of remissions.
_QUALIFIED = re.compile(r"with (?:incomplete|partial|full)\b", re.IGNORECASE)
_EVERYBODY = re.compile(
    r"(?:all|overall|total|entire|whole|full|ITT|intention|intent)\b(?: (?:randomly|randomi[sz]ed|assigned"
    r"|treated|patients|participants|population|cohort|group|analysis|set|to|treat))*\W*$",
    re.IGNORECASE,
)


def _whole_caption(words: Vocabulary[OutcomeEntry], caption: str) -> tuple[Outcome, str, str] | None:
    """The survival or response outcome that a caption begins with ("Relapse-free survival, X versus Y")."""
    found = _coded(words, caption, within=True)
    if found is None or found[1] not in ("time_to_event", "response"):
        return None
    before = caption[: caption.find(found[2])]
    return found if len(re.findall(r"[A-Za-z]{3,}", before)) <= 3 and not re.search(r"\band\b", caption[:60]) else None


def _coded(words: Vocabulary[OutcomeEntry], text: str, *, within: bool = False) -> tuple[Outcome, str, str] | None:
    """Code, kind and words of the outcome a text names as a whole; `within` takes one named among other words."""
    if _DEATH.fullmatch(text.strip()):
        return Outcome.DEATH, "incidence", text
    text = _HYPHENED.sub(r"CR\1", text)
    found = find_outcomes(text, 0, len(text), words)
    if not found:
        return None
    first = found[1] if _grades_the_next(text, found) else found[0]
    mention = text[first.start : first.end]
    before, after = text[: first.start], text[first.end :]
    if within:
        codes = {(one.code, one.entry.name) for one in found}
        return (first.code, first.entry.kind, mention) if len(codes) == 1 else None
    deaths = first.code is Outcome.DEATH or (
        first.code is Outcome.OS and re.search(r"death|dying|mortality", mention, re.IGNORECASE)
    )
    if deaths or first.code is Outcome.RELAPSE:
        qualified = before.strip(" (,:") and not _UNQUALIFIED.search(before)
        if (
            qualified
            or (_CAUSES.match(after) and "any cause" not in after)
            or _COMPOSITE.search(before)
            or _COMPOSITE.search(after)
        ):
            return None
    elif first.entry.kind == "time_to_event":
        if _COMPOSITE.search(before) and len(found) == 1:
            return None
    elif before.endswith("-") or (
        first.entry.kind == "response" and len(re.findall(r"[A-Za-z]{3,}", before + after)) > 4
    ):
        return None
    return first.code, first.entry.kind, mention


def _grades_the_next(text: str, found: Sequence[OutcomeMention]) -> bool:
    """Whether the first outcome is only the grade of the second ("Grade III-IV acute GVHD")."""
    if len(found) < 2 or found[0].code is not Outcome.AE_G3 or found[1].entry.kind == "safety":
        return False
    grade = _GRADES.fullmatch(text, found[0].start, found[0].end)
    return grade is not None and not text[found[0].end : found[1].start].strip()


def _graded(named: Named, row: str, headings: Sequence[str], column: str, caption: str) -> Named:
    """An adverse event takes the code of the grade, or "serious", that its row, column, heading or caption names."""
    if named.kind != "safety":
        return named
    for text in (row, column, *reversed(headings), caption):
        if match := _GRADES.search(text):
            low = match["low"].upper()
            grade = _ROMAN.get(low) or int(low)
            text_of = named.text if text is row else f"{named.text}, {match.group().strip()}"
            return _with(
                named, Outcome.AE_G3 if grade >= 3 else Outcome.AE, text_of if text is not caption else named.text
            )
        if text is not caption and _SERIOUS.search(text):
            return _with(named, Outcome.SAE, named.text)
    return named


def _with(named: Named, code: Outcome, text: str) -> Named:
    return replace(named, code=code, text=text)


def _with_caption(column: str, caption: str) -> str:
    """A column that takes up words of the caption, or only says how numbers were taken, is told with the caption."""
    words = set(re.findall(r"[a-z]{3,}", column.lower()))
    if words <= set(re.findall(r"[a-z]{3,}", caption.lower())) or words <= _RELATIVE:
        return f"{_short(caption)}: {column}"
    return column


def _short(caption: str) -> str:
    """What a caption is about, without its second sentence and the groups and visits it lists."""
    return _ASIDE.split(caption)[0].strip(" .")[:120]


_ASIDE = re.compile(
    r"\.\s|\s\(|;|,? (?:in|between|among|for|by) (?:the )?(?:two|three|four|both|study|treatment|all) (?:\w+ )?groups\b"
    r"|,? at baseline and\b",
    re.IGNORECASE,
)


#: Words of a column that only say how its numbers were taken.
_RELATIVE = set(
    "change changes from baseline final visit last day week month year end treatment follow reduction".split()
)
_ABOUT = re.compile(
    r"\b(?:predict(?:ors?|ing|ion|ive)|risk factors?|(?:prognostic |independent )?factors?|associat\w+"
    r"|determinants?|analys[ie]s|regression|models?|hazards? ratios?|odds ratios?|relative risks?|variables?)\b"
    r"[^.]*?\b(?:for|of|with|on|predicting|influencing|affecting)\s+(?:the )?(?P<what>[^.;(]+)",
    re.IGNORECASE,
)


def outcome_of_caption(words: Vocabulary[OutcomeEntry], caption: str) -> Named | None:
    """The outcome of a regression table, which often stands in its caption alone."""
    found = _coded(words, caption, within=True)
    if found is not None:
        return Named(code=found[0], text=found[2], kind=found[1], subgroup=None, sure=0.85)
    match = _ABOUT.search(caption)
    if match is None or find_outcomes(caption, 0, len(caption), words):
        return None
    what = match["what"].strip(" ,")
    again = _ABOUT.search(what)
    what = again["what"].strip(" ,") if again else what
    return Named(code=Outcome.OTHER, text=what[:120], kind="other", subgroup=None, sure=0.7)
